#!/bin/sh
# joust report: the page of any store, the same bytes each time, and what is wrong said in one message.
set -eu
. "$SOURCE/tests/integration/common.sh"
cd "$folder"

expect 0 "$JOUST" run -p nk/n16-k2,nk/n10-k3-c4 -o random,evolution,local -n 50 -r 8 --seed 3 --store r.db
expect 0 "$JOUST" report r.db -o first
said out "Over 2 problems (nk/n10-k3-c4 and nk/n16-k2), with 50 trials a run and 8 seeds, "
said out "first/index.html"
page=first/index.html
has() { grep -qF -- "$1" "$page" || fail "$page lacks '$1'"; }
has '<html lang="en-GB">'
has 'Ranking over all problems'
has 'id="problem-2"'
has '± is the standard deviation over runs.' # in print there are no tooltips
has 'A: probability that a run of the first is better'
has '<dt>commit</dt>'
has 'fingerprint of all its values'
[ "$(wc -c <"$page")" -lt 1000000 ] || fail "the page has $(wc -c <"$page") bytes"
! grep -qE '(src|href)="?(https?:)?//' "$page" || fail "the page refers to other places"

# The same store gives the same bytes in every file, wherever it lies.
mkdir elsewhere
cp r.db elsewhere/s.db
expect 0 "$JOUST" report elsewhere/s.db -o second -q
[ ! -s out ] || fail "--quiet is not quiet"
diff -r first second >differences || fail "two reports of one store differ: $(head -3 differences)"

# What belongs to the page: figures with what made them, tables. Without gnuplot it goes without figures and says so.
files="tables/summary.tex tables/summary.md tables/summary.csv"
if command -v gnuplot >/dev/null; then
  files="$files figures/rank.svg figures/rank.gp figures/rank.dat figures/convergence-nk-n16-k2.svg"
  [ "$(grep -c '<figure' "$page")" = "$(ls first/figures/*.svg | wc -l)" ] || fail "not every figure is in the page"
fi
for file in $files; do
  [ -s "first/$file" ] || fail "there is no first/$file"
done
expect 0 env PATH="$folder" "$JOUST" report r.db -o plain
said err "no figures"
page=plain/index.html
has 'Figures are left out: they are drawn by gnuplot'
has 'Ranking over all problems'
page=first/index.html

# Other blocks, another level.
expect 0 "$JOUST" report r.db -o first --blocks runs --alpha 0.01 --at 10,20
has 'nk/n16-k2 after 10 trials'
has 'nk/n16-k2 after 20 trials'
has 'nk/n16-k2 at the end of the runs'
said out "With problem-seed pairs as blocks (n = 16)"
has 'at level 0.01'

# A report into a folder that has one replaces it: what joust made and makes no more goes, what others put there stays.
expect 0 "$JOUST" report r.db -o again --formats pdf
echo mine >again/tables/mine.csv
echo mine >again/figures/mine.pdf
printf '../r.db\ntables/../../r.db\n' >>again/.joust-files
expect 0 "$JOUST" run -p nk/n16-k2 -o random,evolution -n 20 -r 4 --store small.db -q
expect 0 "$JOUST" report small.db -o again
expect 0 "$JOUST" report small.db -o fresh
[ "$(cat again/tables/mine.csv again/figures/mine.pdf)" = "mine
mine" ] || fail "a file of somebody else was removed"
[ -s r.db ] || fail "a changed list led out of the folder"
rm again/tables/mine.csv again/figures/mine.pdf
diff -r again fresh >differences || fail "something of the earlier report is left: $(head -3 differences)"

expect 0 "$JOUST" report r.db -o first --at 10,1000
has 'nk/n16-k2 after 1000 trials (all runs had ended)'
expect 0 "$JOUST" show r.db --at 1000
said out " at 1000 trials (all runs had ended)"
expect 0 "$JOUST" show r.db --at-cost 5
said out " at cost 5 (no cost is measured)"

# Without the library of the panel everything else is there.
expect 0 "$JOUST" report r.db -o bare --javascript "$folder/none"
said err "dygraphs is not installed"
page=bare/index.html
has 'The interactive panel is left out'
has 'Ranking over all problems'

# Labels are texts, whatever they hold.
expect 0 "$JOUST" run -p '<b>=nk/n16-k2:seed=2' -o '<script>alert(1)</script>=random' -n 3 -r 2 --store odd.db
expect 0 "$JOUST" report odd.db -o odd
page=odd/index.html
has '&lt;script&gt;alert(1)&lt;/script&gt;'
! grep -qF '<script>alert' "$page" || fail "a label became a script"

# Several budgets of one problem are one problem: no evidence comes of running it again.
for n in 4 5 6 7 8 10; do
  expect 0 "$JOUST" run -p nk/n16-k2 -o random,local -n $n -r 1 --store budgets.db
done
expect 0 "$JOUST" report budgets.db -o budgets
said out "On nk/n16-k2 (10 trials), with 10 trials a run and 1 seed, "
said out "nk/n16-k2 has runs at 6 budgets. They share their seeds, so it counts once, with 10 trials a run"
! grep -q 'is better than' out || fail "one landscape and one seed are taken for evidence"
expect 0 "$JOUST" show budgets.db
said out "mean rank over 1 problem"

# One label with other options: which is which stands beside the ranking.
expect 0 "$JOUST" run -p nk/n16-k2 -o evolution,random -n 5 -r 2 --store twins.db
expect 0 "$JOUST" run -p nk/n16-k2 -o evolution:population=4,sample=2 -n 5 -r 2 --store twins.db
expect 0 "$JOUST" report twins.db -o twins
said out "- Under one label: evolution has population 0, sample 0 and evolution (2) has population 4, sample 2."
page=twins/index.html
has 'evolution (2) has population 4, sample 2.'
expect 0 "$JOUST" show twins.db
said out "under one label: evolution has population 0"

# Failures are there with their reasons.
expect 1 "$JOUST" run -p nk/n16-k2 -o random,"$BUILD/tests/fixtures/plugins/outside.so" -n 5 -r 2 --store broken.db
expect 0 "$JOUST" report broken.db -o broken
said out "2 runs of 4 failed"
page=broken/index.html
has 'proposed a point outside of the space'

# What is wrong.
expect 2 "$JOUST" report r.db
said err "expected -o DIR"
expect 2 "$JOUST" report r.db -o x --blocks seeds
said err "--blocks is 'seeds': expected problems or runs"
expect 2 "$JOUST" report r.db -o x --formats jpg
said err "'jpg' is no format of figures"
expect 2 "$JOUST" report r.db -o x --at 7 --at-cost 5
said err "--at and --at-cost exclude each other"
expect 2 "$JOUST" report r.db -o x --alpha 1.5
said err "expected a level below 1"
[ ! -e x ] || fail "a wrong call leaves a folder behind"
expect 3 "$JOUST" report absent.db -o x
said err "absent.db"
touch file
expect 3 "$JOUST" report r.db -o file
said err "file"

# The page says which BLAS an optimiser that needs one computed with.
expect 0 "$JOUST" run -p nk/n16-k2 -o bo -n 3 -r 1 --store blas.db
expect 0 "$JOUST" report blas.db -o blas -q
page=blas/index.html
has '<dt>blas</dt>'
grep -q '^<dd>lib[a-z]*blas' "$page" || fail "$page does not name the library of the BLAS"
