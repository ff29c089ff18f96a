#!/bin/sh
# Plugins that crash, hang, leak, exit, or write where they should not cost their own runs and nothing else: the sweep
# ends with random complete, each failure named, and nothing of theirs left behind.
set -eu
. "$SOURCE/tests/integration/common.sh"
cd "$folder"
export JOUST_PLUGIN_PATH="$BUILD/tests/fixtures/plugins"
memory=200M asan=
case ${C_FLAGS-} in *-fsanitize=*) memory=400M asan=yes ;; esac

# FAULT, and what must be said of it; "-": the run is complete all the same; "?": nobody can say what it does.
cat >faults <<'END'
segfault-create crashed in create: signal 11 (Segmentation fault)
segfault-ask crashed in ask, trial 3: signal 11 (Segmentation fault)
segfault-tell crashed in tell, trial 3: signal 11 (Segmentation fault)
segfault-destroy crashed in destroy, trial 10: signal 11 (Segmentation fault)
spin exceeded its limit of 4 s of wall time
deaf exceeded its limit of 4 s of wall time in tell, trial 3
hog exceeded its limit of MEMORY of memory in ask, trial 3
exit ended the process in ask, trial 3: exit(0)
exit-destroy ended the process in destroy, trial 10: exit(0)
quick-exit ended the process in tell, trial 3: exit(7)
last-word ended the process in ask, trial 3: exit(8)
abort crashed in ask, trial 3: signal 6 (Aborted)
overflow crashed in ask, trial 3: signal 11 (Segmentation fault)
close closed file descriptors that are not its own
scribble its worker sent something that is no result of a run
print -
linger -
daemon -
fork ?
jump ?
heap HEAP
nan proposed a point outside of the space: trial 3: parameter 'locus1'
outside proposed a point outside of the space: trial 3: parameter 'locus1'
too-many ask filled 2 rows: expected 1 to 1
END
heap="crashed in tell, trial 3: signal"
[ -z "$asan" ] || heap="ended the process in tell, trial 3: exit(1)"
sed -i "s/MEMORY/$memory/; s/HEAP/$heap/" faults
sweep="-p nk/n10-k3-c4 -n 10 -r 2 --limit seconds=4,memory=$memory,grace=0.2"
all=$(sed 's/ .*//; s/.*/,&=hostile:fault=&/' faults | tr -d '\n')
# shellcheck disable=SC2086 # words
expect 1 "$JOUST" run $sweep -o "random$all" --store h.db -j 8
"$JOUST" export --dump h.db >dump

while read -r fault words; do
  case $words in
  '?') continue ;;
  -)
    [ "$(grep -cP "^run\t.*\t$fault\thostile\t.*\tcomplete\t10\t" dump)" = 2 ] || fail "$fault: its runs are not complete"
    continue
    ;;
  esac
  grep -F "replicate 1: $fault: $words" h.db.log >/dev/null || { grep -a "$fault:" h.db.log >&2 || true; fail "$fault: the log does not say '$words'"; }
  [ "$(grep -cP "^run\t.*\t$fault\thostile\t.*\tbroken\t" dump)" = 2 ] || fail "$fault: its runs are not recorded as failed"
done <faults

# What the dead leave behind: their last words and where they were, in log and store; what they printed, in the log and
# only so much; no process.
grep -A6 "segfault-tell: crashed" h.db.log >crash
grep -q "here it comes" crash || fail "the last line of the log did not survive the crash"
grep -q "hostile.so(" crash || fail "there is no backtrace"
grep -A6 "last-word: ended" h.db.log | grep -q "this was the reason" || fail "what it printed last is lost"
said err "failed: nk/n10-k3-c4, replicate 1: segfault-ask: crashed in ask, trial 3: signal 11"
! grep -q "nobody wants" err out || fail "what a plugin prints reaches the terminal"
grep -q "what else it prints is left out" h.db.log || fail "what a plugin prints has no bound"
[ "$(wc -c <h.db.log)" -lt 1000000 ] || fail "the log has $(wc -c <h.db.log) bytes"
sleep 0.2
for process in /proc/[0-9]*; do
  [ "$(readlink "$process/cwd" 2>/dev/null)" != "$folder" ] || [ "${process#/proc/}" = $$ ] ||
    ! grep -qa "joust" "$process/cmdline" 2>/dev/null || fail "a process is left: $(tr '\0' ' ' <"$process/cmdline")"
done

# The runs of random are what they are without such company.
# shellcheck disable=SC2086
expect 0 "$JOUST" run $sweep -o random --store r.db
"$JOUST" export --dump r.db >alone
awk '/^run\t/ { keep = /\trandom\trandom\t/ } keep' dump >together
cmp alone together || fail "the runs of random depend on their company"

# Failed runs are left as they are; --retry-failed runs them again, and only them.
# shellcheck disable=SC2086
expect 1 "$JOUST" run $sweep -o random,quick-exit=hostile:fault=quick-exit --store h.db
said err "0 runs complete, 0 failed, 4 there already"
said err "--retry-failed runs them again"
# shellcheck disable=SC2086
expect 1 "$JOUST" run $sweep -o random,quick-exit=hostile:fault=quick-exit --store h.db --retry-failed
said err "0 runs complete, 2 failed, 2 there already"

# Processor time has a limit, too; and what a plugin leaks in run after run is no run's fault.
expect 1 "$JOUST" run -p nk/n10-k3-c4 -n 10 -r 1 -o spin=hostile:fault=spin --limit cpu_seconds=0.3,grace=0.1 --store c.db
said err "spin: exceeded its limit of 0.3 s of processor time in ask, trial 3"
expect 0 "$JOUST" run -p nk/n10-k3-c4 -n 10 -r 12 -o hostile:fault=leak --limit memory=$memory --store l.db -j 2
said err "12 runs complete, 0 failed"

# Limits come from the sweep file as well, and bad ones are refused.
cat >limits.json <<'END'
{"problems": ["nk/n10-k3-c4"], "optimisers": ["hostile:fault=deaf"], "budget": {"trials": 5}, "replicates": 1,
 "limits": {"seconds": 0.3, "memory": "1.5G", "grace": 0.1}}
END
expect 0 "$JOUST" run limits.json --dry-run --json
said out '"memory":	"1.5G"'
expect 1 "$JOUST" run limits.json --store d.db
said err "exceeded its limit of 0.3 s of wall time"
expect 2 "$JOUST" run limits.json --limit seconds=soon
said err "--limit seconds is 'soon': expected a number of seconds above 0"
expect 2 "$JOUST" run limits.json --limit time=5
said err "--limit 'time=5': expected seconds=T, cpu_seconds=T, memory=SIZE, grace=T"
sed -i 's/"1.5G"/"much"/' limits.json
expect 2 "$JOUST" run limits.json
said err "limits.json:2:39: 'memory': expected a number of bytes above 0, K, M or G behind it"

# Where the system gives fewer processes or descriptors than asked for, the sweep goes on with fewer workers.
(
  ulimit -n 40
  expect 0 "$JOUST" run -p nk/n10-k3-c4 -o random,evolution -n 10 -r 20 -j 50 --store u.db
)
grep -q "going on with fewer workers" u.db.log || fail "the log does not say that there are fewer workers"
