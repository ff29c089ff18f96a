#!/bin/sh
# A sweep that is killed again and again ends with the same content as one that ran undisturbed, whatever the number of
# workers; and what its expensive evaluations cost is paid once.
#
#   CYCLES (20): how often it is killed; SEED (1): of the times at which that happens and of what is killed
set -eu
. "$SOURCE/tests/integration/common.sh"
cycles=${CYCLES:-20}
export JOUST_PLUGIN_PATH="$BUILD/tests/fixtures/plugins"
cd "$folder"
cat >slow.json <<END
{"title": "slow", "space": [{"name": "x{}", "repeat": 3, "kind": "real", "lower": 0, "upper": 5}],
 "metrics": [{"name": "v", "role": "objective", "direction": "minimise"}, {"name": "w", "role": "reported"}],
 "evaluator": {"evaluator": "slow", "options": {"milliseconds": "2", "fail": "7"}}}
END
sed 's/"evaluator": {/"parallel": 4, &/' slow.json >four.json
# Expensive runs (648 trials of 2 ms, half of them evaluated four at a time) and cheap ones.
"$JOUST" run -p "slow=./slow.json:file=$folder/paid" -p "four=./four.json:file=$folder/paid" -p nk/n10-k3-c4,nk/n16-k6 \
  -o random,patient,evolution -n 36 -r 3 \
  --dry-run --json >sweep.json
sweep() { exec "$JOUST" run sweep.json -q "$@"; }
dump() { "$JOUST" export --dump "$1"; }

# Undisturbed: the same for every number of workers.
for jobs in 1 2 7; do
  expect 0 "$JOUST" run sweep.json -q --store "$jobs.db" -j "$jobs"
  dump "$jobs.db" >"$jobs.dump"
  cmp "$jobs.dump" 1.dump || fail "-j $jobs gives another content than -j 1"
done
[ "$(wc -l <paid)" = 1944 ] || fail "three sweeps with 648 expensive trials each paid for $(wc -l <paid)"
[ "$(grep -c '^run' 1.dump)" = 36 ] || fail "36 runs expected"

# "MILLISECONDS JOBS WHAT" for each cycle.
awk -v n="$cycles" -v seed="${SEED:-1}" 'BEGIN {
  srand(seed); split("parent parent parent parent worker worker interrupt twice", what, " ")
  for (i = 0; i < n; i++) print 60 + int(240 * rand()), 1 + int(4 * rand()), what[1 + int(8 * rand())]
}' >cycles

check_end() { # of a store that went through it all
  dump "$1" >end.dump
  cmp end.dump 1.dump || fail "the content after being killed is another one ($1, SEED=${SEED:-1})"
}

rm paid
round=1 killed=0
while read -r ms jobs what <&3; do
  store=round$round.db
  sweep --store "$store" -j "$jobs" 2>err &
  parent=$!
  sleep "$(printf 0.%03d "$ms")"
  case $what in
  parent) kill -KILL $parent 2>/dev/null || true ;;
  worker)
    victim=$(cut -d' ' -f1 "/proc/$parent/task/$parent/children" 2>/dev/null || true)
    [ -z "$victim" ] || kill -KILL "$victim" 2>/dev/null || true
    sleep 0.05
    kill -TERM $parent 2>/dev/null || true
    ;;
  interrupt) kill -TERM $parent 2>/dev/null || true ;;
  twice)
    kill -TERM $parent 2>/dev/null || true
    kill -TERM $parent 2>/dev/null || true
    ;;
  esac
  code=0
  wait $parent || code=$?
  case $code in
  0) ;;
  130 | 137 | 143) killed=$((killed + 1)) ;;
  *) cat err >&2; fail "exit code $code after '$what'" ;;
  esac
  if [ $code = 0 ]; then # it ended before it could be killed: once more from the start
    check_end "$store"
    round=$((round + 1))
  fi
done 3<cycles
expect 0 "$JOUST" run sweep.json -q --store "$store"
check_end "$store"
[ "$killed" -ge $((cycles / 2)) ] || fail "only $killed of $cycles cycles killed anything"

# Paid twice is at most what was under way when a kill came: a trial or a batch of four a worker.
paid=$(wc -l <paid)
[ "$paid" -le $((648 * round + 16 * killed)) ] || fail "$paid evaluations were paid for $round sweeps of 648, killed $killed times"
echo "killed $killed times in $round sweeps; paid for $paid evaluations of $((648 * round))"
