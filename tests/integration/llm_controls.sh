#!/bin/sh
# The sweep of controls, all arms, against a scripted server: each arm runs, the searches that start from the model's
# proposals find them in its cassette, and the whole repeats without the server.
set -eu
. "$SOURCE/tests/integration/common.sh"
cd "$folder"
unset OPENAI_API_KEY || true
export no_proxy='*'
sed 's/, "nasbench201\/cifar10"\]/]/; s/"replicates": 5/"replicates": 2/; s/"trials": 30/"trials": 8/' \
  "$SOURCE/sweeps/llm-controls.json" >controls.json
grep -q '"problems": \["nk/n10-k3-c4"\]' controls.json || fail "the sweep has other problems now"

# sweep OPTION...: runs it against a server of its own; what that was asked is in `served` afterwards.
sweep() {
  rm -f pipe served
  mkfifo pipe
  "$BUILD/tests/bin/chat_server" -n 10 -c 4 <pipe >served &
  server=$!
  exec 9>pipe
  while [ ! -s served ]; do sleep 0.05; done
  OPENAI_BASE_URL=$(cat served)
  export OPENAI_BASE_URL
  expect 0 "$JOUST" run "$@"
  said err "16 runs complete, 0 failed"
  exec 9>&-
  wait "$server"
}
sweep controls.json --store a.db

# Five arms of the model, two replicates, eight steps: no request beyond those that their counters know.
expect 0 "$JOUST" show a.db --json
asked=$(sed -n 's/^requests \([0-9]*\).*/\1/p' served)
counted=$(tr -d ' \t\n' <out | grep -o '"calls":{"n":2,"mean":[0-9.]*' | sed 's/.*://' | awk '{ n += 2 * $1 } END { print n }')
[ "$asked" = "$counted" ] || fail "$asked requests, but $counted are counted"
grep -q start_calls out || fail "what a start took is not counted"

# A search that starts from the model's proposals makes the same ones first.
expect 0 "$JOUST" export a.db
first() { # OPTIMISER
  awk -F, -v o="$1" 'NR > 1 && $2 == o && $5 <= 5 { line = $3 " " $5; for (i = 13; i <= 22; i++) line = line " " $i; print line }' out
}
first named >named
[ "$(wc -l <named)" = 10 ] || fail "trials are missing"
for label in "local from named" "bo from named"; do
  first "$label" >other
  cmp named other || fail "$label does not start with the proposals of named"
done

# The same again, without a server.
expect 0 "$JOUST" run controls.json --store b.db
"$JOUST" export --dump a.db >dump1
"$JOUST" export --dump b.db >dump2
cmp dump1 dump2 || fail "replayed, the sweep has another content"

# Recorded anew every request is made once more, and none twice: searches that start from the model's proposals find the
# new ones.
sed 's/"model": "default"/"model": "default", "mode": "record"/' controls.json >record.json
sweep record.json --store c.db
again=$(sed -n 's/^requests \([0-9]*\).*/\1/p' served)
[ "$again" = "$asked" ] || fail "$again requests to record anew, $asked at first"
expect 0 "$JOUST" run controls.json --store d.db
"$JOUST" export --dump d.db >dump2
cmp dump1 dump2 || fail "recorded anew and replayed, the sweep has another content"
