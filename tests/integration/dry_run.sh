#!/bin/sh
# joust run --dry-run: what is to do, how long it takes and what it costs, by the earlier runs of a store; and that it
# runs and writes nothing.
set -eu
. "$SOURCE/tests/integration/common.sh"
cd "$folder"
mkdir plugins
ln -s "$BUILD/tests/fixtures/plugins/slow.so" plugins/
export JOUST_PLUGIN_PATH="$folder/plugins"
run() { "$JOUST" run -p nk/n10-k3-c4,nk7=nk/n10-k3-c4:seed=7 -o random,far=distant --store s.db -j 2 "$@"; }

# The fixture's optimiser `distant` needs the network, so nothing is known of it before it ran.
expect 0 run -n 20 -r 3 --dry-run
said out "12 runs: 2 problems x 2 optimisers x 3 replicates, at most 240 trials in all"
said out "12 to do"
said out "no earlier run to go by"
said out "Run it with -r 1 first"
said out "far: no earlier run to go by for tokens and money of 6 runs"
[ ! -e s.db ] || fail "a dry run makes a store"

# One run of each tells: 20 calls, 2000 tokens, 5.00 a run.
expect 0 run -n 20 -r 1 -q
expect 0 run -n 20 -r 3 --dry-run
said out "4 complete in s.db, 8 to do"
said out "1 earlier run"
said out "with 2 runs at a time and 8 that wait on a network"
said out "far: about calls 80, prompt_tokens 8000, money 20.00"
if grep -q "mood\|model\|no earlier run" out; then fail "what is not paid for is counted: $(cat out)"; fi
expect 0 run -n 60 -r 1 --dry-run # of another budget: three times as much a run
said out "1 earlier run of another budget, scaled"
said out "far: about calls 120, prompt_tokens 12000, money 30.00"
expect 0 "$JOUST" run -p nk/n16-k2 -o far=distant -n 20 -r 2 --store s.db --dry-run
said out "2 earlier runs on other problems"
said out "far: about calls 40, prompt_tokens 4000, money 10.00"
expect 0 run -n 20 -r 3 --shard 2/4 --dry-run
said out "3 runs of shard 2 of 4"
expect 0 run -n 20 -r 1 --dry-run
said out "4 complete in s.db, 0 to do"
said out "all there"

# Runs that failed are not to do unless they are asked for.
expect 1 "$JOUST" run -p nk/n10-k3-c4 -o "$BUILD/tests/fixtures/plugins/outside.so" -n 5 -r 2 --store s.db -q
expect 0 "$JOUST" run -p nk/n10-k3-c4 -o "$BUILD/tests/fixtures/plugins/outside.so" -n 5 -r 2 --store s.db --dry-run
said out "2 failed there earlier (--retry-failed runs them again), 0 to do"
expect 0 "$JOUST" run -p nk/n10-k3-c4 -o "$BUILD/tests/fixtures/plugins/outside.so" -n 5 -r 2 --store s.db --dry-run --retry-failed
said out "2 to do"
echo "no store" >text.db
expect 2 "$JOUST" run -p nk/n10-k3-c4 -o random --store text.db --dry-run
said err "text.db: not a joust store"
