#!/bin/sh
# joust plot: every figure in every format, the same bytes each time, and what it says when something is wrong.
set -eu
. "$SOURCE/tests/integration/common.sh"
store=$folder/r.db
expect 0 "$JOUST" run -p nk/n16-k2,nk/n10-k3-c4 -o random,evolution,local -n 30 -r 4 --store "$store" -q

# Without gnuplot: one message, and nothing left behind.
mkdir "$folder/empty" "$folder/into"
expect 3 env PATH="$folder/empty" "$JOUST" plot "$store" -o "$folder/into/a.svg"
said err "apt install gnuplot-nox"
[ -z "$(ls -A "$folder/into")" ] || fail "left behind: $(ls -A "$folder/into")"
command -v gnuplot >/dev/null || { echo "the rest skipped: no gnuplot"; exit 77; }

# All of them, twice.
expect 0 "$JOUST" plot "$store" -o "$folder/one" --formats svg,pdf,png
names="convergence-nk-n10-k3-c4 convergence-nk-n16-k2 rank cd ecdf box-nk-n10-k3-c4 box-nk-n16-k2 heat run"
for name in $names; do
  for ending in svg pdf png gp dat; do
    [ -s "$folder/one/$name.$ending" ] || fail "no $name.$ending"
  done
done
expect 0 "$JOUST" plot "$store" -o "$folder/two" --formats svg,pdf,png
diff -r "$folder/one" "$folder/two" || fail "two calls, two pictures"

# An SVG: text as text, title and desc, ids of its own, nothing from elsewhere, ink of the page.
for file in "$folder"/one/*.svg; do
  name=$(basename "$file" .svg)
  head -c 5 "$file" | grep -q '^<svg ' || fail "$name.svg does not begin with <svg"
  grep -q "<title id=\"$name-title\">.* " "$file" || fail "$name.svg has no title"
  grep -q "<desc id=\"$name-desc\">..........*</desc>" "$file" || fail "$name.svg has no description"
  grep -q '<text>random' "$file" || [ "$name" = run ] || fail "$name.svg names no optimiser"
  ! grep -qiE 'gnuplot|xlink|url\(|black|rgb\(0,0,0\)|rgb\(  0,   0,   0\)' "$file" || fail "$name.svg: $(grep -iEm1 'gnuplot|xlink|url\(|black|rgb\(  0,' "$file")"
  ids=$(grep -oE "\bid=['\"][^'\"]*" "$file" | grep -vE "id=.$name(-|\$)" || true)
  [ -z "$ids" ] || fail "$name.svg has ids that are not its own: $ids"
done

# What a user restyles: the scripts draw the same again.
cp -r "$folder/one" "$folder/again"
rm "$folder"/again/*.png
(cd "$folder/again" && gnuplot all.gp) || fail "the scripts do not run by themselves"
cmp "$folder/one/rank.png" "$folder/again/rank.png" || fail "the scripts draw something else"

# One file, by kind; the budget's end stands at the axis.
for kind in convergence box run; do
  expect 0 "$JOUST" plot "$store" -o "$folder/into/$kind.svg" --figure $kind -p nk/n16-k2 --columns 1
done
for kind in rank cd ecdf heat; do expect 0 "$JOUST" plot "$store" -o "$folder/into/$kind.pdf" -f $kind --linear; done
expect 0 "$JOUST" plot "$store" -o "$folder/into/r.png" -f run -p nk/n16-k2 --optimiser local --replicate 3
grep -q '<text>30</text>' "$folder/into/convergence.svg" || fail "the axis does not end at the budget"
[ "$(ls -A "$folder/into" | wc -l)" = 8 ] || fail "left behind: $(ls -A "$folder/into")"

# Labels that mean something to gnuplot, XML or a shell.
expect 0 "$JOUST" run -p nk/n16-k2 -o "a_b^{c} & <d> 'e' \"f\" \\n %d=random,local" -n 10 -r 2 --store "$folder/w.db" -q
expect 0 "$JOUST" plot "$folder/w.db" -o "$folder/w.svg"
printf '%s' "<text>a_b^{c} &amp; &lt;d> 'e' \"f\" \\n %d</text>" >"$folder/wanted"
grep -qFf "$folder/wanted" "$folder/w.svg" || { grep -F a_b "$folder/w.svg"; fail "a label is not what it was"; }

# Wrong uses.
expect 2 "$JOUST" plot "$store"
said err "-o FILE.svg"
expect 2 "$JOUST" plot "$store" -o "$folder/x.gif"
said err "'gif' is no format of figures: expected svg, pdf or png"
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" -f convergance
said err "did you mean 'convergence'?"
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" -f box
said err "is of one problem: name it with -p: nk/n10-k3-c4, nk/n16-k2"
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" -p nk/n16
said err "there is no problem 'nk/n16' in the store: it has nk/n10-k3-c4, nk/n16-k2"
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" -f cd -p nk/n16-k2
said err "is over all problems: leave out -p"
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" -f cost -p nk/n16-k2
said err "nothing to show in figure cost: no optimiser counted tokens or money"
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" -f run -p nk/n16-k2 --optimiser none
said err "no runs of optimiser 'none'"
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" -f run -p nk/n16-k2 --replicate 9
said err "no replicate 9"
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" -f box -p nk/n16-k2 --optimiser local
said err "--optimiser is of figure run, not of figure box"
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" -f cd --cost
said err "--cost is of figures convergence, rank and ecdf, not of figure cd"
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" -f rank --cost
said err "--cost: not every problem has a metric of cost"
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" --columns 3
said err "--columns is 1 or 2"
expect 3 "$JOUST" plot "$store" -o "$folder/nowhere/x.svg"
said err "cannot write"

# Two sweeps in one store whose optimisers never met: why there is no ranking, and what to name.
expect 0 "$JOUST" run -p nk/n16-k2 -o evolution -n 20 -r 2 --store "$folder/apart.db" -q
expect 0 "$JOUST" run -p nk/n10-k3-c4 -o local -n 20 -r 2 --store "$folder/apart.db" -q
expect 2 "$JOUST" plot "$folder/apart.db" -o "$folder/x.svg" -f rank
said err "nothing to show in figure rank: no two optimisers have runs on every problem at one budget: name a problem with"

# Another budget is no other problem: over all problems that one counts at which the optimisers met.
expect 0 "$JOUST" run -p nk/n16-k2 -o evolution -n 20 -r 2 --store "$store" -q
expect 0 "$JOUST" plot "$store" -o "$folder/x.svg" -f rank
expect 2 "$JOUST" plot "$store" -o "$folder/x.svg" -p nk/n16-k2
said err "more than one budget of problem 'nk/n16-k2' in the store: -p 'nk/n16-k2 (20 trials)' or -p 'nk/n16-k2 (30 trials)'"
expect 0 "$JOUST" plot "$store" -o "$folder/x.svg" -f rank -p "nk/n16-k2 (30 trials)"
