#!/bin/sh
# joust status of a sweep that runs, was killed, and is complete; and that nobody else gets at its store meanwhile.
set -eu
. "$SOURCE/tests/integration/common.sh"
cd "$folder"
sweep="-p nk/n10-k3-c4 -o random,bo -n 40 -r 5 --name watched --store s.db"

# shellcheck disable=SC2086 # a list of words
"$JOUST" run $sweep -q &
process=$!
trap 'kill -9 $process 2>/dev/null || true; rm -rf "$folder"' EXIT
for _ in $(seq 300); do
  if "$JOUST" status s.db --json >status.json 2>err && grep -q '"complete":	[1-9]' status.json; then break; fi
  sleep 0.1
done
# Stopped, it is alive and gets no further. If it was too fast for us, the rest still holds.
if kill -STOP $process && "$JOUST" status s.db | grep -q ", running for "; then
  expect 0 "$JOUST" status s.db
  said out "s.db: sweep 'watched', running for "
  said out "(process $process)"
  said out "left; "
  said out "runs/min, about "
  expect 3 "$JOUST" run -p nk/n10-k3-c4 -o random --store s.db
  while grep -q "another program is writing to this store" "$folder/err"; do # it was stopped within a write
    kill -CONT $process && sleep 0.05 && kill -STOP $process
    expect 3 "$JOUST" run -p nk/n10-k3-c4 -o random --store s.db
  done
  said err "s.db: another joust (process $process) is running its sweep into this store"
  if grep -q "runs complete" "$folder/err"; then fail "it says that it did something: $(cat "$folder/err")"; fi
  "$JOUST" run -p nk/n10-k3-c4 -o random -n 5 -r 1 --store other.db -q
  expect 3 "$JOUST" merge s.db other.db
  said err "another joust (process $process)"
  expect 0 "$JOUST" merge peek.db s.db other.db
  expect 0 "$JOUST" merge peek.db other.db
fi
kill -9 $process 2>/dev/null || true
wait $process 2>/dev/null || true
grep -q '"sweep":	"watched"' status.json || fail "no name: $(cat status.json)"
grep -q '"planned":	10' status.json || fail "not ten runs planned: $(cat status.json)"
if "$JOUST" status s.db --check >out 2>err; then :; else
  [ $? = 1 ] || fail "an incomplete sweep is not exit code 1"
  grep -q "killed (process $process is no more): the same command goes on where it was" out || fail "not killed: $(cat out)"
  grep -q "s.db: 0 runs failed, [1-9][0-9]* not there" err || fail "$(cat err)"
fi

# shellcheck disable=SC2086
expect 0 "$JOUST" run $sweep
expect 0 "$JOUST" status s.db --check
said out "10 of 10 runs complete, 0 failed, 0 left"
said out "mean rank so far: "
expect 0 "$JOUST" status s.db --watch
[ "$(sqlite3 s.db 'SELECT count(*) FROM planned' 2>/dev/null || echo 10)" = 10 ] || fail "planned twice"

# More is planned than is there; what failed, and why; another sweep in the same store.
expect 1 "$JOUST" run -p nk/n10-k3-c4 -o random,bad="$BUILD/tests/fixtures/plugins/outside.so" -n 40 -r 7 --store s.db
expect 1 "$JOUST" status s.db --check
said out "7 of 14 runs complete, 7 failed, 0 left"
said out "failed: bad on nk/n10-k3-c4, replicate 1 and 6 more: "
said err "s.db: 7 runs failed, 0 not there"
expect 0 "$JOUST" status s.db --json
said out '"runs":	7'
said out '"running":	false'
expect 3 "$JOUST" status none.db

# Another sweep in the store: what is counted is the last one, and it is said what is not.
expect 0 "$JOUST" run -p nk/n16-k2 -o random -n 10 -r 2 --store two.db -q
expect 0 "$JOUST" status two.db
said out "two.db: sweep without a name, finished"
said out "mean rank so far: random"
expect 0 "$JOUST" run -p nk/n16-k6 -o random -n 10 -r 3 --store two.db -q
expect 0 "$JOUST" status two.db
said out "two.db: last sweep without a name, finished"
said out "3 of 3 runs complete"
said out "2 complete runs of other sweeps in this store are not counted"
said out "mean rank so far, all sweeps of the store: random"
