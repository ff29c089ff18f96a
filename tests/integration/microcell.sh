#!/bin/sh
# microcell: its tables are whole and what `joust run` does when nothing else is said; where Fashion-MNIST is installed,
# entries are trained again with every instruction set that this processor has, and agree in every bit.
# MICROCELL_SAMPLE: entries to train again (3).
set -eu
. "$SOURCE/tests/integration/common.sh"
for problem in fashion fashion-frugal fashion-1epoch; do
  expect 0 "$JOUST" data verify "microcell/$problem" --sample 0
  said out "microcell/$problem: the table is whole"
done

# The default needs no data and no plugin but what is here.
expect 0 "$JOUST" run --dry-run --json
said out '"microcell/fashion"'
expect 0 "$JOUST" run -n 20 -r 2 --store "$folder/default.db"
said err "12 runs complete, 0 failed"
expect 0 "$JOUST" show "$folder/default.db"
said out "microcell/fashion: 20 trials; minimise validation cross-entropy (nats); best known 0."
said out "to compare with: all conv3x3 0."
expect 2 "$JOUST" run -o random
said err "there is no problem to run"

# The generator: bad arguments, a file of something else.
generate=$(dirname "$JOUST")/microcell-generate
expect 2 "$generate"
expect 2 "$generate" "$folder/r.txt" --samples 100
said err "--samples: expected a multiple of 32"
expect 2 "$generate" "$folder/r.txt" --seeds 3
expect 2 "$generate" "$folder/r.txt" --speed 3
echo "something else" >"$folder/other.txt"
expect 2 "$generate" "$folder/other.txt"
said err "results of something else"
expect 3 "$generate" "$folder/none.txt" --csv "$folder/rows.csv"
said err "15132 of 15132 trainings are missing"
expect 3 "$generate" "$folder/r.txt" --data "$folder"
said err "apt install dataset-fashion-mnist"

images=/usr/share/datasets/fashion-mnist
[ -d "$images" ] || { echo "no $images: nothing is trained"; exit 77; }

# A copy of the problems for each instruction set.
mkdir "$folder/spaces"
cp -r "$SOURCE/spaces/microcell" "$SOURCE/spaces/nasbench201" "$folder/spaces"
for kernels in avx512 avx2 sse2 generic; do
  sed "s/\"samples\": 16000/\"kernels\": \"$kernels\", &/" "$SOURCE/spaces/microcell/fashion-live.json" >"$folder/spaces/microcell/fashion-live.json"
  grep -q "\"$kernels\"" "$folder/spaces/microcell/fashion-live.json" || fail "the kernels were not set"
  code=0
  "$JOUST" data verify microcell/fashion --sample "${MICROCELL_SAMPLE:-3}" --space-dir "$folder/spaces" >"$folder/out" 2>"$folder/err" || code=$?
  if grep -q "this processor cannot run the kernels" "$folder/err"; then continue; fi
  [ "$code" = 0 ] || { cat "$folder/out" "$folder/err" >&2; fail "with $kernels the table's numbers do not come out"; }
  said out "every bit agrees"
  echo "$kernels: $(tail -1 "$folder/out")"
done

expect 0 "$JOUST" data verify microcell/fashion-1epoch --sample 2
said out "every bit agrees"

# Killed and started again, the generator goes on: nothing twice, and a line that was cut off is trained anew.
grow() { # LINES: runs the generator until the file has as many, then kills it
  "$generate" "$folder/t.txt" --samples 32 -j 2 --seeds 0-0 &
  pid=$!
  while kill -0 $pid && [ "$(wc -l 2>/dev/null <"$folder/t.txt" || echo 0)" -lt "$1" ]; do sleep 0.1; done
  kill -9 $pid || fail "the generator ended by itself"
  wait $pid 2>/dev/null || true
  sleep 0.5
}
grow 20
truncate -s -20 "$folder/t.txt"
grow $(($(wc -l <"$folder/t.txt") + 5))
[ "$(awk 'NR > 1 && NF == 8' "$folder/t.txt" | wc -l)" -ge 22 ] || fail "the generator does not go on"
[ -z "$(awk 'NR > 1 && NF == 8 { print $1, $2 }' "$folder/t.txt" | sort | uniq -d)" ] || fail "a cell was trained twice"
