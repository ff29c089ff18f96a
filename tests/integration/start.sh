#!/bin/sh
# Optimisers that start from the first proposals of another one of the sweep.
set -eu
. "$SOURCE/tests/integration/common.sh"
cd "$folder"

cat >points.json <<'END'
[[[0,1,2,3,0,1,2,3,0,1], [3,3,3,3,3,3,3,3,3,3]], [[1,1,1,1,1,1,1,1,1,1]]]
END
cat >s.json <<'END'
{"replicates": 3, "budget": {"trials": 20}, "problems": ["nk/n10-k3-c4"],
 "optimisers": [
   {"optimiser": "local", "label": "after random", "start": {"from": "random", "trials": 5}},
   "random", "local",
   {"optimiser": "playback", "label": "mine", "options": {"file": "points.json"}},
   {"optimiser": "random", "label": "after mine", "start": {"from": "mine", "trials": 5}}]}
END
expect 0 "$JOUST" run s.json --store s.db -j 2
expect 0 "$JOUST" export s.db

rows() { # OPTIMISER FIRST LAST: the trials as "replicate trial value point"
  awk -F, -v o="$1" -v a="$2" -v b="$3" \
    'NR > 1 && $2 == o && $5 >= a && $5 <= b { $1 = $2 = $4 = $10 = ""; print }' "$folder/out" | sort
}
rows random 1 5 >expected
rows "after random" 1 5 >got
cmp expected got || fail "the first trials are not those of random"
[ "$(rows "after random" 1 20 | wc -l)" = 60 ] || fail "a run that starts so does not go on to its budget"
rows random 6 20 >expected
rows "after random" 6 20 >got
cmp -s expected got && fail "after its start it still is random"


# A start that is shorter than it was to be is left early; a replicate without any has none.
[ "$(rows mine 1 5 | wc -l)" = 3 ] || fail "the points of the file"
[ "$(rows "after mine" 1 20 | wc -l)" = 60 ] || fail "a short start ends the run"
"$JOUST" export s.db | awk -F, '$2 == "mine" || ($2 == "after mine" && ($3 == 1 && $5 <= 2 || $3 == 2 && $5 == 1))' |
  cut -d, -f3,5,7 | sort | uniq -c | awk '$1 != 2 { exit 1 }' || fail "the points of the file do not come first"

# It is stored with the options, and in the keys: another start is another run.
expect 0 "$JOUST" run s.json --store s.db
said err "0 runs complete, 0 failed, 15 there already"
sed 's/"trials": 5}}/"trials": 4}}/' s.json >t.json
expect 0 "$JOUST" run t.json --store s.db
said err "6 runs complete, 0 failed, 9 there already"

# A sweep that is printed reads back as itself.
expect 0 "$JOUST" run s.json --dry-run --json
cp out u.json
expect 0 "$JOUST" run u.json --dry-run --json
cmp out u.json || fail "a printed sweep does not read back as itself"

refused() { # WORDS, the optimisers on standard input
  { echo '{"problems": ["nk/n10-k3-c4"], "optimisers": ['; cat; echo ']}'; } >bad.json
  expect 2 "$JOUST" run bad.json --store bad.db
  said err "$1"
}
refused "'b' starts from 'c', which is no optimiser of the sweep" <<'END'
"random", {"optimiser": "local", "label": "b", "start": {"from": "c", "trials": 5}}
END
refused "'b' starts from 'b', which starts from another one itself" <<'END'
"random", {"optimiser": "local", "label": "b", "start": {"from": "b", "trials": 5}}
END
refused "bad.json:2:57: 'trials' is missing: expected a number" <<'END'
"random", {"optimiser": "local", "label": "b", "start": {"from": "random"}}
END
refused "bad.json:2:" <<'END'
"random", {"optimiser": "local", "start": {"from": "random", "trials": 0}}
END
