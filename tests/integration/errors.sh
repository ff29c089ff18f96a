#!/bin/sh
# Every bad input: one clear message, the right exit code.
set -eu
. "$SOURCE/tests/integration/common.sh"
cd "$folder"

expect 2 "$JOUST"
expect 0 "$JOUST" --help
said out "Usage: joust COMMAND"
expect 2 "$JOUST" rnu
said err "did you mean 'run'?"
for command in run show export plan list describe; do
  expect 0 "$JOUST" $command --help
  said out "Usage: joust $command"
done
expect 2 "$JOUST" run --trails 5
said err "did you mean --trials?"
expect 2 "$JOUST" run -n many
said err "expected a whole number"
expect 2 "$JOUST" run -n
said err "-n needs a value"
expect 2 "$JOUST" run -p nk/n16-k2 -o random -n 0
said err "--trials is 0: expected 1 to 10000000"
expect 2 "$JOUST" run -p nk/n16-k2 -o random -n 5 --json
said err "--json goes with --dry-run"
expect 0 "$JOUST" run -p nk/n16-k2 -o random --dry-run --plugin-dir nowhere
said err "--plugin-dir: there is no folder 'nowhere'"
expect 2 "$JOUST" run -o random
said err "there is no problem to run"
expect 2 "$JOUST" run -p nk/n16-k2
said err "there is no optimiser to run"
expect 3 "$JOUST" run -p nk/n16-k3 -o random
said err "there is no problem 'nk/n16-k3': did you mean 'nk/n16-k"
expect 3 "$JOUST" run -p nk/n16-k2 -o evolutoin
said err "did you mean 'evolution'?"
expect 2 "$JOUST" run -p nk/n16-k2 -o evolution:poplation=3
said err "evolution has no option 'poplation': did you mean 'population'?"
expect 2 "$JOUST" run -p nk/n16-k2 -o evolution,evolution:population=30
said err "two optimisers have the label 'evolution'"
expect 2 "$JOUST" run -p nk/n16-k2 -o random --cost 5
said err "no metric of cost"
expect 2 "$JOUST" run -p nk/n16-k2:k=99 -o random
said err "k"

expect 3 "$JOUST" run -p nk -o random
said err "there is no problem 'nk': there are nk/n10-k3-c4, nk/n16-k2, "
expect 3 "$JOUST" run -p random -o nk/n16-k2
said err "there is no problem 'random': it is an optimiser, and belongs behind -o"
expect 2 "$JOUST" run -p nk/n16-k6 -o nk/n16-k2
said err "there is no optimiser 'nk/n16-k2': it is a problem, and belongs behind -p"
expect 3 "$JOUST" run demmo
said err "there is no sweep 'demmo': did you mean 'demo'?"
expect 0 "$JOUST" help run
said out "Usage: joust run"
expect 2 "$JOUST" help rnu
said err "did you mean 'run'?"

expect 3 "$JOUST" describe foo
! grep -q "did you mean" "$folder/err" || fail "foo is near to nothing"
expect 3 "$JOUST" describe nk/n16-k3
said err "there is no problem 'nk/n16-k3': did you mean 'nk/n16-k"
expect 3 "$JOUST" describe evolutoin
said err "'evolutoin' is no problem, optimiser or evaluator"
said err "did you mean 'evolution'?"
expect 3 "$JOUST" describe ./absent.so
said err "./absent.so"
expect 2 "$JOUST" describe nk/n16-k2,random
said err "names 2 things: expected one"
expect 0 "$JOUST" describe evolution:population=3
said out "optimiser evolution"

# Data that are not there: which command brings them.
expect 3 "$JOUST" run -p nasbench201/cifar10 -o random
said err "joust data fetch nasbench201"
expect 0 "$JOUST" data verify
said err "there are no tables yet"

# Files that are not what they should be: the place, and what was expected there.
printf '{"problems": ["nk/n16-k2"],\n "optimisers": ["random"],\n "replicates": "ten"}' >bad.json
expect 2 "$JOUST" run bad.json
said err "bad.json:3:16: 'replicates' is a text: expected a number"
printf '{"problems": ["nk/n16-k2"],\n "optimiser": ["random"]}' >bad.json
expect 2 "$JOUST" run bad.json
said err "bad.json:2:15: a sweep has no 'optimiser': did you mean 'optimisers'?"
printf '{"problems": ["nk/n16-k2",],}' >bad.json
expect 2 "$JOUST" run bad.json
said err "bad.json:1:"
expect 3 "$JOUST" run no-such.json
said err "no-such.json"

# Stores that are none, and places where none can be.
expect 3 "$JOUST" show absent.db
said err "absent.db"
[ ! -e absent.db ] || fail "show makes a store"
echo "no store at all, but long enough to look at" >text.db
expect 2 "$JOUST" show text.db
said err "text.db"
expect 2 "$JOUST" run -p nk/n16-k2 -o random --store text.db
expect 3 "$JOUST" run -p nk/n16-k2 -o random --store "$folder/no/such/folder/x.db"
expect 2 "$JOUST" show /dev/full
expect 2 "$JOUST" show text.db --at 10,zwanzig
said err "'zwanzig' is no budget"
expect 2 "$JOUST" show text.db --at 20,10
said err "'10' is not above the budget before it"
expect 2 "$JOUST" show text.db --at 20 --at-cost 10
said err "--at and --at-cost exclude each other"

# An export is whole or not there, and never takes the place of the store or of what lies beside it.
expect 0 "$JOUST" run -p nk/n16-k2 -o random -n 500 -r 2 --store whole.db -q
cp whole.db before.db
ln whole.db link.csv
for output in whole.db ./whole.db link.csv; do
  expect 2 "$JOUST" export whole.db -o "$output"
  said err "cannot write '$output': that is the store itself"
done
cmp before.db whole.db || fail "the store was written over"
expect 0 "$JOUST" export whole.db -o /dev/null
[ -c /dev/null ] || fail "a device was replaced"
echo old >old.csv
(
  trap '' XFSZ # a limit on the size of files stands in the way as a full disk would
  ulimit -f 4
  expect 3 "$JOUST" export whole.db -o old.csv
)
said err "cannot write"
[ "$(cat old.csv)" = old ] || fail "half an export took the place of a file"
[ "$(echo old.csv*)" = old.csv ] || fail "half an export is left: $(echo old.csv*)"

expect 0 "$JOUST" run -p nk/n16-k2 -o random -n 3 -r 1 --store there.db -q
expect 2 "$JOUST" run there.db
said err "there.db is a store, not a sweep file: --store there.db"

# A plugin that breaks the contract costs its own run, and the exit code says so.
expect 1 "$JOUST" run -p nk/n16-k2 -o random,"$BUILD/tests/fixtures/plugins/outside.so" -n 5 -r 2 --store broken.db
said err "proposed a point outside of the space"
expect 0 "$JOUST" show broken.db
said out "0 of 2"
said out "2 failed runs are in no mean, and count in ranks as the worst value of their problem"
