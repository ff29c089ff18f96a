#!/bin/sh
# The optimiser playback: points from JSON and CSV, errors with their place, and the published proposals of GPT-4.
set -eu
. "$SOURCE/tests/integration/common.sh"
cd "$folder"
unset JOUST_DATA

play() { # FILE REPLICATES: the trials as "replicate trial message locus1..locus10"
  rm -f p.db
  expect 0 "$JOUST" run -p nk/n10-k3-c4 -o playback:file="$1" -n 50 -r "$2" --store p.db -q
  expect 0 "$JOUST" export p.db
  awk -F, 'NR > 1 { line = $3 " " $5 " " $NF; for (i = 13; i <= 22; i++) line = line " " $i; print line }' "$folder/out"
}

# Lists, objects, labels, indices, marks; then done, also where there is no list for a replicate.
cat >a.json <<'END'
{"lists": [
  [[0, 1, 2, 3, 0, 1, 2, 3, 0, 1],
   {"x": ["3", 2, "1", 0, 3, 2, 1, 0, 3, 2], "mark": "a guess"}],
  [{"locus10": 3, "locus1": 1, "locus2": 0, "locus3": 0, "locus4": 0, "locus5": 0, "locus6": 0, "locus7": 0,
    "locus8": 0, "locus9": "2"}]
]}
END
cat >expected <<'END'
1 1  0 1 2 3 0 1 2 3 0 1
1 2 a guess 3 2 1 0 3 2 1 0 3 2
2 1  1 0 0 0 0 0 0 0 2 3
END
play a.json 4 >got
diff expected got || fail "JSON: not the points of the file"
expect 0 "$JOUST" show p.db
grep -q '1  playback   *2 ' "$folder/out" || fail "replicates without a list are counted as runs: $(cat "$folder/out")"

# A relative path starts at the sweep file, also where the sweep is printed and read elsewhere; the runs are the same.
mkdir sub elsewhere
cp a.json sub/
echo '{"problems": ["nk/n10-k3-c4"], "replicates": 2,
 "optimisers": ["random", {"optimiser": "playback", "options": {"file": "a.json"}}]}' >sub/s.json
keys() { "$JOUST" plan "$1" --json | grep '"key"'; }
keys sub/s.json >wanted
"$JOUST" run sub/s.json --dry-run --json >elsewhere/s.json
[ "$(grep -c '"folder"' elsewhere/s.json)" = 1 ] || fail "which folder it is, is said of playback alone: $(cat elsewhere/s.json)"
keys elsewhere/s.json >got
cmp wanted got || fail "the runs of a printed sweep have other keys"
"$JOUST" run -p nk/n10-k3-c4 -o playback:file=a.json -r 2 --dry-run --json >elsewhere/flags.json
expect 0 "$JOUST" run elsewhere/s.json --store elsewhere.db -q
(cd elsewhere && expect 0 "$JOUST" run flags.json --store f.db -q)
expect 0 "$JOUST" slurm sub/s.json --shards 2 --no-submit --store elsewhere/t.db
keys elsewhere/t.slurm/sweep.json >got
cmp wanted got || fail "the runs of a sweep for SLURM have other keys"
(cd elsewhere && expect 0 "$JOUST" run t.slurm/sweep.json --store t.db -q)

# CSV, with quotes, other columns and a row of another problem.
cat >a.csv <<'END'
problem,replicate,mark,note,locus1,locus2,locus3,locus4,locus5,locus6,locus7,locus8,locus9,x:locus10
nk/n10-k3-c4,1,,"a ""remark"", long",0,1,2,3,0,1,2,3,0,1
nk/n16-k2,1,,,none,,,,,,,,,
nk/n10-k3-c4,2,,,1,0,0,0,0,0,0,0,2,3

nk/n10-k3-c4,1,a guess,,3,2,1,0,3,2,1,0,3,"2"
END
play a.csv 2 >got
diff expected got || fail "CSV: not the points of the file"

# What joust exports can be played back: the same values again.
expect 0 "$JOUST" run -p nk/n10-k3-c4 -o evolution -n 30 -r 3 --store e.db -q
"$JOUST" export e.db | cut -d, -f1-7 >before
"$JOUST" export e.db >e.csv
expect 0 "$JOUST" run -p nk/n10-k3-c4 -o evolution=playback:file=e.csv -n 30 -r 3 --store f.db -q
"$JOUST" export f.db | cut -d, -f1-7 >after
cmp before after || fail "an export that was played back gives other values"

# Every error names the place.
refused() { # CODE WORDS, the file on standard input
  cat >"$3"
  rm -f q.db
  expect "$1" "$JOUST" run -p nk/n10-k3-c4 -o playback:file="$3" -n 5 -r 1 --store q.db
  grep -q "$2" q.db.log "$folder/err" || fail "expected '$2', got: $(cat q.db.log "$folder/err")"
}
refused 1 'bad.json:2:1: not JSON' bad.json <<'END'
[[
END
refused 1 'bad.json:2:3: a point of 2 values: the problem has 10 parameters' bad.json <<'END'
[[[0,1,2,3,0,1,2,3,0,1],
  [0, 1]]]
END
refused 1 "bad.json:1:6: 4 is no index of a choice of parameter 'locus2': expected a whole number from 0 to 3" bad.json <<'END'
[[[0,4,2,3,0,1,2,3,0,1]]]
END
refused 1 "bad.json:2:7: 'x' is no value of parameter 'locus3': expected one of 0, 1, 2, 3" bad.json <<'END'
{"published": "a \"source\", {here}", "lists": [[[
0, 1, "x", 3,0,1,2,3,0,1]]]}
END
refused 1 "bad.json:1:14: no lists for problem 'nk/n10-k3-c4'" bad.json <<'END'
{"problems": {"other/problem": []}}
END
refused 1 "bad.json:1:3: the point has no value for parameter 'locus1'" bad.json <<'END'
[[{"locus2": 0}]]
END
refused 1 "has no points" bad.json <<'END'
[]
END
refused 1 "bad.csv:1:1: no column for parameter 'locus10'" bad.csv <<'END'
locus1,locus2,locus3,locus4,locus5,locus6,locus7,locus8,locus9
END
refused 1 "bad.csv:3:5: '7' is no value of parameter 'locus3'" bad.csv <<'END'
locus1,locus2,locus3,locus4,locus5,locus6,locus7,locus8,locus9,locus10
0,1,2,3,0,1,2,3,0,1
0,1,7,3,0,1,2,3,0,1
END
refused 1 "bad.csv:2:1: a row of 3 cells: the header has 10" bad.csv <<'END'
locus1,locus2,locus3,locus4,locus5,locus6,locus7,locus8,locus9,locus10
0,1,2
END
refused 1 "bad.csv:2:1: replicate 'one': expected a whole number" bad.csv <<'END'
replicate,locus1,locus2,locus3,locus4,locus5,locus6,locus7,locus8,locus9,locus10
one,0,1,2,3,0,1,2,3,0,1
END
expect 1 "$JOUST" run -p nk/n10-k3-c4 -o playback -n 5 -r 1 --store r.db
grep -q "which points? expected one of the options file and beside" r.db.log || fail "no word on missing options"
expect 1 "$JOUST" run -p nk/n10-k3-c4 -o playback:file=absent.json -n 5 -r 1 --store s.db
grep -q "absent.json: No such file" s.db.log || fail "no word on a missing file"

# The published proposals of GPT-4, evaluated by joust: the values of the paper.
[ -d "$SHARED_DATA/genius" ] || exit 0
export JOUST_DATA="$folder/data"
expect 0 "$JOUST" data import "$SHARED_DATA/genius"
genius="{\"optimisers\": [{\"optimiser\": \"playback\", \"label\": \"GENIUS (GPT-4, published)\", \"options\": {\"beside\": \"genius-gpt4.json\"}}]}"
echo "$genius" >genius.json
expect 0 "$JOUST" run genius.json -n 200 -r 5 --store g.db -q \
  -p nasbench201/cifar10,nasbench201/cifar100,nasbench201/imagenet16-120,nasbench-macro/cifar10,channel-bench/resnet,channel-bench/mobilenet
expect 0 "$JOUST" show g.db
said out "GENIUS (GPT-4, published) counted, mean of a run"
said out "arXiv 2304.10970"
expect 0 "$JOUST" show g.db --json
said out '"text":	"arXiv 2304.10970'
"$JOUST" export g.db >g.csv

best() { # PROBLEM: the best value of each replicate, 2 decimals
  sed 's/"GENIUS (GPT-4, published)"/GENIUS/' g.csv |
    awk -F, -v problem="$1" '$1 == problem && $8 != "" { best[$3] = $8 } END { for (r = 1; r in best; r++) printf "%.2f ", best[r] }'
}
[ "$(best nasbench-macro/cifar10)" = "93.05 92.92 92.83 " ] || fail "Macro: $(best nasbench-macro/cifar10)"
[ "$(best channel-bench/resnet)" = "93.76 93.82 93.75 " ] || fail "ResNet: $(best channel-bench/resnet)"
[ "$(best channel-bench/mobilenet)" = "91.76 91.76 91.76 " ] || fail "MobileNet: $(best channel-bench/mobilenet)"
means() { # the mean test accuracy of the incumbents, as show says it
  "$JOUST" show g.db | awk -v problem="$1:" '$1 == problem { on = 1 } on && /GENIUS/ { print $0; exit }'
}
means nasbench201/cifar10 | grep -q ' 93\.79 ' || fail "CIFAR-10: $(means nasbench201/cifar10)"
means nasbench201/cifar100 | grep -q ' 70\.91 ' || fail "CIFAR-100: $(means nasbench201/cifar100)"
means nasbench201/imagenet16-120 | grep -q ' 44\.96 ' || fail "ImageNet16-120: $(means nasbench201/imagenet16-120)"
grep -q 'exact' g.csv && grep -q 'tied, one of' g.csv && grep -q 'value only, one of' g.csv || fail "how certain the designs are is lost"
