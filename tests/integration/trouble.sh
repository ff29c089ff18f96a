#!/bin/sh
# A store in trouble: each time one clear message, nothing of what was stored is lost, and the same command goes on.
set -eu
. "$SOURCE/tests/integration/common.sh"
cd "$folder"
sweep="-p nk/n10-k3-c4 -o random,evolution -n 400 -r 60"
# shellcheck disable=SC2086 # a list of words
run() { "$JOUST" run $sweep -j 2 "$@"; }
expect 0 run --store whole.db
"$JOUST" export --dump whole.db >wanted
same() { # the sweep goes on in this store and gives the same
  expect 0 run --store "$1"
  "$JOUST" export --dump "$1" >got
  cmp wanted got || fail "$1 is another store in the end"
}

# ---- a clock that jumps ---------------------------------------------------------------------------------------------
# Every look at the time of day gives another one, years before and behind; only the steady clocks are left.
cat >clock.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>
static long jump(void) {
  static long n;
  return ++n * 982451653 % 2000000000;
}
time_t time(time_t *out) {
  time_t now = jump();
  if (out) *out = now;
  return now;
}
int gettimeofday(struct timeval *restrict out, void *restrict zone) {
  (void)zone;
  out->tv_sec = jump(), out->tv_usec = 0;
  return 0;
}
int clock_gettime(clockid_t clock, struct timespec *out) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, out);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) out->tv_sec = jump();
  return result;
}
END
case "${C_FLAGS-}" in
*sanitize*) echo "a clock that jumps is left out: no preloading beside sanitizers" ;;
*)
  "${C_COMPILER:-cc}" -shared -fPIC -o clock.so clock.c -ldl
  [ "$(LD_PRELOAD=$folder/clock.so date +%Y)" = 2001 ] || fail "the clock does not jump"
  export LD_PRELOAD="$folder/clock.so"
  expect 0 run --store jump.db
  expect 0 "$JOUST" status jump.db --check
  said out "120 of 120 runs complete"
  expect 0 "$JOUST" run -p nk/n10-k3-c4 -o random -n 5 -r 1 --store late.db -q
  expect 0 "$JOUST" merge late.db jump.db
  unset LD_PRELOAD
  "$JOUST" export --dump jump.db >got
  cmp wanted got || fail "the content depends on the clock"
  slow=$("$JOUST" export jump.db | awk -F, 'NR > 1 && ($10 < 0 || $10 > 100)' | wc -l)
  [ "$slow" = 0 ] || fail "$slow trials took less than nothing or more than 100 seconds"
  ;;
esac

# ---- a store that is removed, or is none, or of a later joust -------------------------------------------------------
# shellcheck disable=SC2086
"$JOUST" run -p nk/n10-k3-c4 -o bo -n 60 -r 8 -j 1 --store gone.db >out 2>err &
process=$!
begun() { "$JOUST" status gone.db --json 2>/dev/null | grep -q '"complete":	[1-9]'; }
for _ in $(seq 200); do
  if begun; then break; fi
  sleep 0.05
done
rm gone.db
code=0
wait $process || code=$?
[ $code = 3 ] || fail "the store was removed, exit code $code: $(cat err)"
said err "gone.db: the store was removed or replaced while it was in use; all that it held is saved as gone.db.rescued"
[ -e gone.db.rescued ] || fail "nothing was saved"
expect 0 "$JOUST" status gone.db.rescued
said out " of 8 runs complete, 0 failed"
mv gone.db.rescued gone.db
rm -f gone.db-wal gone.db-shm
expect 0 "$JOUST" run -p nk/n10-k3-c4 -o bo -n 60 -r 8 -j 2 --store gone.db
if grep -q " 0 there already" "$folder/err"; then fail "what was saved is run again: $(cat "$folder/err")"; fi

cp whole.db later.db
printf '\0\0\0\143' | dd of=later.db bs=1 seek=60 conv=notrunc 2>/dev/null # user_version, in the header of the file
cp later.db later.copy
for command in "run $sweep --store" "plan $sweep --store" show export status "merge new.db"; do
  # shellcheck disable=SC2086
  expect 2 "$JOUST" $command later.db
  said err "later.db: written by a newer joust (schema 99; this one knows 1): update joust to open it"
done
expect 2 "$JOUST" merge later.db whole.db
cmp later.db later.copy || fail "a store of a newer schema was changed"
echo "problem,optimiser" >text.db
for command in "run $sweep --store" show status "merge new.db"; do
  # shellcheck disable=SC2086
  expect 2 "$JOUST" $command text.db
  said err "text.db: not a joust store"
done
expect 2 "$JOUST" merge text.db whole.db
said err "text.db: not a joust store"
[ "$(cat text.db)" = "problem,optimiser" ] || fail "a file that is no store was changed"

# ---- two at once ----------------------------------------------------------------------------------------------------
# One of them works, the other one says so, or finds all done.
run --store two.db >first 2>&1 &
first=$!
run --store two.db >second 2>&1 &
second=$!
for process in $first $second; do
  code=0
  wait $process || code=$?
  [ $code = 0 ] || [ $code = 3 ] || { cat first second >&2; fail "two at once: exit code $code"; }
  [ $code = 0 ] || cat first second | grep -q "two.db: another joust (process [0-9]*) is running its sweep into this store" ||
    { cat first second >&2; fail "not told"; }
done
same two.db

# ---- a disk that is full, or read-only ------------------------------------------------------------------------------
mkdir disk
if ! mount -t tmpfs -o size=768k joust-test "$folder/disk" 2>/dev/null; then
  echo "skipped: a full disk (no right to mount one)"
  exit 77
fi
trap 'umount "$folder/disk"; rm -rf "$folder"' EXIT
expect 3 run --store disk/s.db
said err "the disk is full; what was stored before is safe"
cp disk/s.db* . # readable as it is
expect 0 "$JOUST" show s.db
before=$("$JOUST" status s.db --json | sed -n 's/^	"complete":	\([0-9]*\),/\1/p')
[ "$before" -gt 0 ] || fail "nothing was stored before the disk was full"
expect 3 run --store disk/s.db # still full
said err "disk"
expect 3 "$JOUST" merge disk/m.db whole.db
mount -o remount,size=64m "$folder/disk"
expect 0 run --store disk/s.db
said err "$before there already"
"$JOUST" export --dump disk/s.db >got
cmp wanted got || fail "after a full disk it is another store"

mount -o remount,ro "$folder/disk"
expect 0 "$JOUST" show disk/s.db
expect 0 "$JOUST" status disk/s.db --check
expect 0 "$JOUST" merge from-read-only.db disk/s.db
for command in "run $sweep -r 61 --store disk/s.db" "merge disk/s.db whole.db"; do
  # shellcheck disable=SC2086
  expect 3 "$JOUST" $command
  said err "disk/s.db: cannot write: the store is read-only"
done
expect 3 run --store disk/new.db
said err "disk/new.db: cannot make a store there: Read-only file system"
