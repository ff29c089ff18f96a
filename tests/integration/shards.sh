#!/bin/sh
# Shards of a sweep, alone and as tasks of a SLURM array, and the store that they merge into.
set -eu
. "$SOURCE/tests/integration/common.sh"
cd "$folder"
unset SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT SLURM_ARRAY_TASK_MIN SLURM_ARRAY_TASK_MAX SLURM_ARRAY_TASK_STEP || true
printf '{"problems": ["nk/n16-k2", "nk/n10-k3-c4"], "optimisers": ["random", "evolution", "ea10=evolution:population=10"],
  "replicates": 7, "budget": {"trials": 40}}' >sweep.json
dump() { "$JOUST" export --dump "$1"; }

expect 0 "$JOUST" run sweep.json --store whole.db
said err "42 runs complete"

# Three shards merged are the unsharded store; so they are in another order, twice, and with the whole merged in.
for i in 1 2 3; do
  expect 0 "$JOUST" run sweep.json --shard $i/3
  said err "shard $i of 3 (--shard): 14 runs"
  said err "14 runs complete, 0 failed, 0 there already"
done
expect 0 "$JOUST" merge merged.db results.1-of-3.db results.2-of-3.db results.3-of-3.db
said err "results.2-of-3.db: 14 runs added with 560 trials, 0 there already"
dump whole.db >wanted
dump merged.db >got
cmp wanted got || fail "three shards merged are another store"
expect 0 "$JOUST" merge merged.db results.3-of-3.db whole.db results.1-of-3.db
said err "whole.db: 0 runs added with 0 trials, 42 there already"
dump merged.db >got
cmp wanted got || fail "merged twice is another store"

# Every shard has its part of each optimiser, and of each optimiser on each problem; together they are the plan.
for shards in 2 8; do
  : >keys
  for i in $(seq $shards); do
    "$JOUST" plan sweep.json --shard "$i/$shards" >plan
    for pair in "nk/n16-k2 *random" "nk/n16-k2 *ea10" "nk/n10-k3-c4 *evolution"; do
      n=$(grep -c "$pair " plan) || true
      [ "$n" -ge $((7 / shards)) ] && [ "$n" -le $(((7 + shards - 1) / shards)) ] || fail "$n of $pair in shard $i/$shards"
    done
    grep -E '^[0-9a-f]{12}' plan | cut -c1-12 >>keys || true
  done
  [ "$(sort -u keys | wc -l)" = 42 ] && [ "$(wc -l <keys)" = 42 ] || fail "$shards shards do not make up the plan"
done

# The plan as JSON; a shard of the plan of a store.
expect 0 "$JOUST" plan sweep.json --shard 2/3 --json
said out '"store":	"results.2-of-3.db"'
said out '"complete":	14'
expect 0 "$JOUST" plan sweep.json --shard 2/4 --store results.2-of-3.db
said out "of shard 2 of 4: "
expect 0 "$JOUST" plan sweep.json --store none.db
said out "42 runs: 42 absent; store: none.db (not there yet)"

# A task of a SLURM array takes its shard, wherever the array begins and however it counts; the flag stands above it.
array() { SLURM_ARRAY_TASK_ID=$1 SLURM_ARRAY_TASK_COUNT=$2 SLURM_ARRAY_TASK_MIN=$3 SLURM_ARRAY_TASK_MAX=$4 \
  SLURM_ARRAY_TASK_STEP=$5; export SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT SLURM_ARRAY_TASK_MIN SLURM_ARRAY_TASK_MAX \
  SLURM_ARRAY_TASK_STEP; }
array 14 3 10 14 2
expect 0 "$JOUST" run sweep.json --store slurm3.db
said err "shard 3 of 3 (SLURM_ARRAY_TASK_ID): 14 runs"
dump results.3-of-3.db >wanted
dump slurm3.db >got
cmp wanted got || fail "the last task of an array is not the last shard"
expect 0 "$JOUST" plan sweep.json --shard 1/1 --store whole.db
said out "42 runs: 42 complete"
array 0 2 0 1 1
expect 0 "$JOUST" plan sweep.json
said out "shard 1 of 2"
array 3 3 1 7 1
expect 2 "$JOUST" run sweep.json
said err "which shard is that? Say it with --shard I/N"
array 3 3 4 7 1
expect 2 "$JOUST" run sweep.json
unset SLURM_ARRAY_TASK_COUNT
expect 2 "$JOUST" run sweep.json
said err "SLURM_ARRAY_TASK_COUNT is ''"
unset SLURM_ARRAY_TASK_MIN SLURM_ARRAY_TASK_MAX SLURM_ARRAY_TASK_STEP
SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=3
export SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT
expect 0 "$JOUST" plan sweep.json
said out "14 runs of shard 2 of 3: 14 complete; store: results.2-of-3.db"
unset SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT

# What is wrong is said.
for shard in 0/3 4/3 3 1/0 a/b 1/3/2 -1/3 1.5/3 /3 2/; do
  expect 2 "$JOUST" run sweep.json --shard $shard
  said err "--shard is '$shard': expected I/N"
done
expect 2 "$JOUST" merge only.db
said err "expected OUT.db IN.db..."
expect 3 "$JOUST" merge new.db whole.db absent.db
said err "absent.db: no such file"
expect 2 "$JOUST" merge new.db sweep.json
said err "not a joust store"
[ ! -e new.db ] || fail "a merge of nothing makes a store"
expect 2 "$JOUST" merge whole.db whole.db
said err "whole.db is the output"
