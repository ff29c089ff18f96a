#!/bin/sh
# Workers: how many there are, what they pay for when a sweep is stopped and goes on, and what a user sees meanwhile.
set -eu
. "$SOURCE/tests/integration/common.sh"
export JOUST_PLUGIN_PATH="$BUILD/tests/fixtures/plugins"
cd "$folder"
cat >slow.json <<END
{"title": "slow", "space": [{"name": "x", "kind": "real", "lower": 0, "upper": 5}],
 "metrics": [{"name": "v", "role": "objective", "direction": "minimise"}],
 "evaluator": {"evaluator": "slow", "options": {"milliseconds": "5"}}}
END
# Each evaluation leaves a line with the number of its process.
processes() { cut -d' ' -f2 paid | sort -u | wc -l; }
slow="slow=./slow.json:file=$folder/paid"

# Runs that wait on a network have workers of their own, beside those of -j.
expect 0 "$JOUST" run -p "$slow" -o distant -n 8 -r 9 -j 1 --network-jobs 3 --store n.db
[ "$(processes)" = 3 ] || fail "--network-jobs 3, but $(processes) processes"
rm paid
expect 0 "$JOUST" run -p "$slow" -o patient -n 8 -r 9 -j 2 --network-jobs 5 --store p.db
[ "$(processes)" = 2 ] || fail "-j 2, but $(processes) processes"
rm paid
expect 2 "$JOUST" run -p "$slow" -o patient -j 0
said err "--jobs is 0: expected 1 to 1024"
expect 2 "$JOUST" run -p "$slow" -o patient --network-jobs 5000
said err "--network-jobs is 5000: expected 1 to 1024"

# Stopped by a signal: what was under way is stored, and the same command goes on; every trial is paid for once. An
# optimiser that does not repeat itself goes on as well.
trials=400
sweep() { exec "$JOUST" run -p "$slow" -o "$1" -n $trials -r 1 --store "$1.db"; }
for optimiser in patient fickle; do
  sweep $optimiser 2>err &
  parent=$!
  while [ ! -s paid ]; do sleep 0.05; done
  kill -USR1 $parent
  sleep 0.3
  kill -TERM $parent
  code=0
  wait $parent || code=$?
  [ $code = 130 ] || { cat err >&2; fail "stopped, but exit code $code"; }
  cp err out
  said out "0 of 1 runs done, 0 failed, 1 under way"
  said out "store: $optimiser.db, log: $optimiser.db.log"
  said out "interrupted: the same command goes on where this one stopped"
  before=$(wc -l <paid)
  [ "$before" -lt $trials ] || fail "it was not stopped in time"
  [ "$("$JOUST" export --dump $optimiser.db | grep -c '^[0-9]')" = "$before" ] || fail "not every trial that was paid is stored"
  code=0
  (sweep $optimiser) 2>err || code=$?
  [ $code = 0 ] || { cat err >&2; fail "it does not go on"; }
  [ "$(wc -l <paid)" = $trials ] || fail "$optimiser: $(wc -l <paid) evaluations were paid for $trials trials"
  rm paid
done
expect 0 "$JOUST" run -p "$slow" -o patient -n $trials -r 1 --store whole.db
"$JOUST" export --dump whole.db >whole
"$JOUST" export --dump patient.db >stopped
cmp whole stopped || fail "a run that was stopped and went on differs"
strings=$(grep -ac "it does not propose what it proposed as trial" fickle.db || true)
[ "$strings" -ge 1 ] || fail "the log of a run that did not repeat itself does not say so"
