#!/bin/sh
# joust run, plan, show and export on problems that need no data.
set -eu
. "$SOURCE/tests/integration/common.sh"
store=$folder/r.db

# A sweep, its table, its rows.
expect 0 "$JOUST" run -p nk/n16-k2,nk/n10-k3-c4 -o random,evolution -n 50 -r 5 --seed 3 --store "$store"
said err "20 runs complete, 0 failed, 0 there already; 1000 trials"
expect 0 "$JOUST" show "$store"
said out "nk/n16-k2: 50 trials; maximise fitness; best known 0.7"
said out "mean rank over 2 problems"
expect 0 "$JOUST" show "$store" --at 10,end --json
said out '"standard_error"'
expect 0 "$JOUST" export "$store" -o "$folder/a.csv"
[ "$(wc -l <"$folder/a.csv")" = 1001 ] || fail "expected 1001 lines of CSV"
head -1 "$folder/a.csv" | grep -q '^problem,optimiser,replicate,seed,trial,outcome,value,incumbent,cost,seconds,metric:fitness,metric:rank,x:locus1,' || fail "columns: $(head -1 "$folder/a.csv")"

# Nothing is run twice for one key; the plan says so.
expect 0 "$JOUST" plan -p nk/n16-k2 -o random -n 50 -r 6 --seed 3 --store "$store"
[ "$(grep -c ' complete$' "$folder/out")" = 5 ] || fail "the plan does not know the five complete runs"
[ "$(grep -c ' absent$' "$folder/out")" = 1 ] || fail "the plan does not know the run that is absent"
expect 0 "$JOUST" run -p nk/n16-k2,nk/n10-k3-c4 -o random,evolution -n 50 -r 5 --seed 3 --store "$store"
said err "0 runs complete, 0 failed, 20 there already"

# The same sweep gives the same content, whatever the order in which it came about.
expect 0 "$JOUST" run -p nk/n10-k3-c4 -o evolution -n 50 -r 2 --seed 3 --store "$folder/s.db"
expect 0 "$JOUST" run -p nk/n10-k3-c4,nk/n16-k2 -o evolution,random -n 50 -r 5 --seed 3 --store "$folder/s.db"
"$JOUST" export --dump "$store" >"$folder/dump1"
"$JOUST" export --dump "$folder/s.db" >"$folder/dump2"
cmp "$folder/dump1" "$folder/dump2" || fail "two orders, two contents"

# All optimisers share the seeds of a problem's replicates.
[ "$(cut -d, -f1,3,4 "$folder/a.csv" | sort -u | wc -l)" = 11 ] || fail "seeds depend on the optimiser"

# Flags and sweep file say the same things.
expect 0 "$JOUST" run -p k7=nk/n16-k2:seed=7 -o ea=evolution:population=10,sample=3,random -n 20 -r 2 --dry-run --json
cp "$folder/out" "$folder/sweep.json"
expect 0 "$JOUST" run "$folder/sweep.json" --dry-run --json
cmp "$folder/out" "$folder/sweep.json" || fail "a printed sweep does not read back as itself"
expect 0 "$JOUST" run "$folder/sweep.json" --store "$folder/f.db" -q
[ ! -s "$folder/err" ] || fail "--quiet is not quiet"
expect 0 "$JOUST" show "$folder/f.db"
said out "k7"
said out "ea"

# Three optimisers that have one label and other options are three rows.
for population in 5 6 7; do
  expect 0 "$JOUST" run -p nk/n16-k2 -o evolution:population=$population -n 20 -r 2 --store "$folder/three.db" -q
done
expect 0 "$JOUST" show "$folder/three.db"
said out " evolution  "
said out " evolution (2)  "
said out " evolution (3)  "

# The trials of a run become a table, and that a problem with the same optimum.
expect 0 "$JOUST" run -p nk/n16-k2:n=8 -o random:replacement=false -n 300 -r 1 --store "$folder/all.db" -q
expect 0 "$JOUST" export "$folder/all.db" -o "$folder/all.csv"
expect 0 "$JOUST" data import "$folder/all.csv"
said out "all: 256 entries"
expect 0 "$JOUST" data problem all --minimise --objective fitness
said out '"direction":	"minimise"'
[ ! -s "$folder/err" ] || fail "a note on a direction that was asked for"
expect 0 "$JOUST" data problem all
said err "the table's first metric is maximised; where less is better, say --minimise"
cp "$folder/out" "$folder/all.json"
expect 0 "$JOUST" run -p "all=$folder/all.json,nk/n16-k2:n=8" -o local -n 300 -r 2 --store "$folder/two.db" -q
expect 0 "$JOUST" show "$folder/two.db"
[ "$(grep -c '  0.0000 ± 0.0000  ' "$folder/out")" = 2 ] || { cat "$folder/out"; fail "two optima, or none"; }

# A plugin's path in a sweep file starts at the file, and is in no key: from elsewhere it is the same sweep, as it is printed.
mkdir -p "$folder/far/plugins" "$folder/other"
cp "$BUILD/lib/joust/plugins/random.so" "$folder/far/plugins/mine.so"
echo '{"problems": ["nk/n16-k2"], "optimisers": ["plugins/mine.so"], "replicates": 2}' >"$folder/far/sweep.json"
(cd "$folder" && "$JOUST" run far/sweep.json -n 5 --store far.db -q) || fail "no plugin beside the sweep file"
(cd "$folder/other" && "$JOUST" run ../far/sweep.json -n 5 --dry-run --json >printed.json) || fail "no plugin from elsewhere"
expect 0 "$JOUST" run "$folder/other/printed.json" --store "$folder/far.db"
said err "0 runs complete, 0 failed, 2 there already"
expect 0 "$JOUST" show "$folder/far.db"
said out " mine "

# A plugin that is another build under the same version: its runs are kept, but not without a word.
cp "$BUILD/lib/joust/plugins/random.so" "$folder/mine.so"
expect 0 "$JOUST" run -p nk/n16-k2 -o random,"$folder/mine.so" -n 20 -r 2 --store "$folder/mine.db" -q
expect 0 "$JOUST" run -p nk/n16-k2 -o random,"$folder/mine.so" -n 20 -r 2 --store "$folder/mine.db" -q
[ ! -s "$folder/err" ] || fail "a warning of a plugin that is the same"
printf 'x' >>"$folder/mine.so"
expect 0 "$JOUST" run -p nk/n16-k2 -o random,"$folder/mine.so" -n 30 -r 2 --store "$folder/mine.db" -q
[ ! -s "$folder/err" ] || fail "a warning where no run is kept"
expect 0 "$JOUST" run -p nk/n16-k2 -o random,"$folder/mine.so" -n 20 -r 4 --store "$folder/mine.db" -q
said err "mine.db were made by another build of a plugin of the same version, and count as runs of this one: 2 of mine (version"
said err "raise the version in its source, or run it into another store"

# An optimiser that is done at once leaves runs that are complete and empty, which is said.
expect 0 env JOUST_TEST_KEY=x "$JOUST" run -p nk/n16-k2 -o good --plugin-dir "$BUILD/tests/fixtures/plugins" -n 20 -r 4 --store "$folder/done.db"
said err "4 of the complete runs have no trial: their optimiser was done before it proposed a point"
