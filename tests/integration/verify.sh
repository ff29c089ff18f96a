#!/bin/sh
# joust data verify: a table against the evaluator that measures the same, and microcell's tables against its trainer.
set -eu
. "$SOURCE/tests/integration/common.sh"
mkdir "$folder/mine"
cd "$folder/mine"

# A problem that is measured, a grid of all its points, and the problem that looks them up.
problem() { # EVALUATOR LIVE
  cat <<END
{"title": "four points", "space": [{"name": "a{}", "repeat": 2, "kind": "categorical", "choices": ["0", "1"]}],
 "metrics": [{"name": "fitness", "role": "objective", "direction": "maximise"}],
 $2"references": [{"name": "a coin", "value": 0.5, "description": "heads or tails"}], "evaluator": $1}
END
}
problem '"nk:k=1"' '' >live.json
table() { problem '{"evaluator": "table", "options": {"file": "./four.table"}}' '"live": "live.json", '; }
table >looked-up.json
expect 0 "$JOUST" run -p ./live.json -o random -n 40 -r 1 --store four.db
expect 0 "$JOUST" export four.db -o rows.csv
{
  echo 'x:a1,x:a2,metric:fitness,made'
  awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR > 1 { print $at["x:a1"] "," $at["x:a2"] "," $at["value"] ",by hand" }' rows.csv | sort -u
} >four.csv
expect 0 "$JOUST" data import four.csv
said out "four: 4 entries"
cp "$XDG_DATA_HOME/joust/tables/four.table" four.table
grep -q '"made":"by hand"' four.table || fail "the table does not say how it was made"
expect 0 "$JOUST" data verify ./looked-up.json
said out "the table is whole"
said out "4 points measured anew, 1 metric of each: every bit agrees"

# One value another: named, with both values.
mv four.csv right.csv
sed '2s/,[^,]*,by hand$/,0.123,by hand/' right.csv >four.csv
expect 0 "$JOUST" data import four.csv
cp "$XDG_DATA_HOME/joust/tables/four.table" four.table
expect 1 "$JOUST" data verify ./looked-up.json
said out "fitness of 0,0: 0.123 in the table, "
said err "1 of 4 values differ from the table's"

# A byte of the table changed, nothing to compare with, another space.
printf '\377' | dd of=four.table bs=1 seek=$(($(wc -c <four.table) - 1)) conv=notrunc 2>/dev/null
expect 2 "$JOUST" data verify ./looked-up.json --sample 0
said err "is damaged"
expect 2 "$JOUST" data verify ./live.json
said err "names no problem that measures its values anew"
mv right.csv four.csv
expect 0 "$JOUST" data import four.csv
cp "$XDG_DATA_HOME/joust/tables/four.table" four.table
sed 's/"1"/"2"/' live.json >other.json
sed 's/live.json/other.json/' looked-up.json >odd.json
expect 2 "$JOUST" data verify ./odd.json
said err "the space is not that of"
expect 3 "$JOUST" data verify nothing/here

# References are shown wherever results are.
expect 0 "$JOUST" describe ./live.json
said out "a coin  0.5000  heads or tails"
expect 0 "$JOUST" show four.db
said out "to compare with: a coin 0.5000"
expect 0 "$JOUST" show four.db --json
said out '"heads or tails"'
