#!/bin/sh
# The optimiser llm against a server that plays faults: runs come through or fail with a reason, nothing stored is lost,
# a cassette repeats a sweep without the server, and the key stands nowhere.
set -eu
. "$SOURCE/tests/integration/common.sh"
SERVER=$BUILD/tests/bin/chat_server
SECRET=sk-test-4f1c9e77a2b0
export OPENAI_API_KEY=$SECRET no_proxy='*'
kept=$folder/kept # all that was said
mkdir "$kept"

# serve OPTION|ACT...: starts a server; its requests are in $folder/served after hang_up.
serve() {
  rm -f "$folder/pipe" "$folder/served"
  mkfifo "$folder/pipe"
  "$SERVER" -k "$SECRET" "$@" <"$folder/pipe" >"$folder/served" &
  server=$!
  exec 9>"$folder/pipe"
  while [ ! -s "$folder/served" ]; do sleep 0.02; done
  OPENAI_BASE_URL=$(cat "$folder/served")
  export OPENAI_BASE_URL
}
hang_up() {
  exec 9>&-
  wait "$server"
}
requests() { sed -n 's/^requests \([0-9]*\).*/\1/p' "$folder/served"; }
keep() { cat "$folder/out" "$folder/err" >>"$kept/said"; }

# Faults that pass, and answers that are no proposals: each trial is there in the end.
serve 429-ms ok 500 ok cut ok reset ok bad-json ok drip null refusal prose outside duplicate
expect 0 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,cassette=$kept/a.jsonl" -n 10 -r 1 --store "$kept/a.db" -v
hang_up
said err "complete, 0 failed"
keep
expect 0 "$JOUST" export "$kept/a.db" -o "$folder/a.csv"
[ "$(wc -l <"$folder/a.csv")" = 11 ] || fail "trials are missing"

# The same again without a server: the same content, whatever -j.
expect 0 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,cassette=$kept/a.jsonl" -n 10 -r 1 --store "$kept/b.db"
"$JOUST" export --dump "$kept/a.db" >"$folder/dump1"
"$JOUST" export --dump "$kept/b.db" >"$folder/dump2"
cmp "$folder/dump1" "$folder/dump2" || fail "a replayed run has another content"

# Several runs at once write one cassette; any other number of workers replays them.
serve -l 20
expect 0 "$JOUST" run -p nk/n16-k2,nk/n10-k3-c4 -o "llm:model=m,cassette=$kept/c.jsonl,repairs=0" -n 4 -r 4 \
  --network-jobs 6 --store "$kept/c.db"
hang_up
keep
expect 0 "$JOUST" run -p nk/n10-k3-c4,nk/n16-k2 -o "llm:model=m,cassette=$kept/c.jsonl,repairs=0" -n 4 -r 4 \
  --network-jobs 1 --store "$kept/d.db"
"$JOUST" export --dump "$kept/c.db" >"$folder/dump1"
"$JOUST" export --dump "$kept/d.db" >"$folder/dump2"
cmp "$folder/dump1" "$folder/dump2" || fail "another number of workers, another content"

# A changed prompt is not in the cassette, and the message says where it changed.
cp -r "$SOURCE/plugins/llm/prompts" "$folder/prompts"
sed -i 's/the list of {{count}} values alone/just the list of {{count}} values/' "$folder/prompts/list.txt"
expect 1 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,cassette=$kept/a.jsonl,mode=replay,prompts=$folder/prompts" -n 10 \
  -r 1 --store "$kept/e.db"
said err "has no answer to request 1 of the run 'nk/n16-k2, llm, replicate 1'"
said err "message 2 (user) differs from character"
said err 'asked "'
said err "just the list"
keep

# A fault that does not pass fails the run with its reason; what was measured stays, and the next start goes on from it.
serve ok ok ok 400-context
expect 1 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,cassette=$kept/f.jsonl" -n 6 -r 1 --store "$kept/f.db"
hang_up
said err "HTTP 400: request (5030 tokens) exceeds the available context size (exceed_context_size_error)"
keep
"$JOUST" export "$kept/f.db" -o "$folder/f.csv"
[ "$(wc -l <"$folder/f.csv")" -ge 4 ] || fail "trials before the fault were lost"
serve
expect 0 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,cassette=$kept/f.jsonl" -n 6 -r 1 --store "$kept/f.db" --retry-failed
hang_up
"$JOUST" export "$kept/f.db" -o "$folder/g.csv"
[ "$(wc -l <"$folder/g.csv")" = 7 ] || fail "the run did not go on"
head -4 "$folder/g.csv" | cut -d, -f1-8 >"$folder/g4"
head -4 "$folder/f.csv" | cut -d, -f1-8 | cmp - "$folder/g4" || fail "the first trials are others now"

# Also where everything is recorded anew: what was asked before the fault is not asked for again.
serve ok ok ok 400-context
expect 1 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,cassette=$kept/r.jsonl,mode=record" -n 6 -r 1 --store "$kept/r.db"
hang_up
serve
expect 0 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,cassette=$kept/r.jsonl,mode=record" -n 6 -r 1 --store "$kept/r.db" \
  --retry-failed
hang_up
twice=$(grep -o '"request_hash":"[0-9a-f]*","occurrence":[0-9]*' "$kept/r.jsonl" | sort | uniq -d | wc -l)
[ "$twice" = 1 ] || fail "$twice requests were made twice, where one had failed"

# Each fault that does not pass is told; no key, no server, a wrong key.
for fault in html huge 404 429-quota moved; do
  serve $fault
  expect 1 "$JOUST" run -p nk/n16-k2 -o "llm:model=m" -n 2 -r 1 --store "$kept/$fault.db"
  hang_up
  keep
  [ "$(requests)" = 1 ] || fail "$fault: $(requests) requests"
  said err "llm: ask failed: http://127.0.0.1:"
done
serve
OPENAI_API_KEY=another-$SECRET expect 1 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,cassette=$kept/h.jsonl" -n 2 -r 1 \
  --store "$kept/h.db"
said err "HTTP 401: Incorrect API key provided"
keep
hang_up
expect 1 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,key-variable=JOUST_NO_KEY" -n 2 -r 1 --store "$kept/h2.db"
said err "the environment variable that key-variable names is not set"
keep
expect 2 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,key-variable=$SECRET" -n 2 -r 1 --store "$kept/h.db"
keep

# A budget of tokens ends runs cleanly.
serve
expect 0 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,most-tokens=300,repairs=0" -n 50 -r 1 --store "$kept/i.db"
hang_up
[ "$(requests)" = 3 ] || fail "$(requests) requests for 300 tokens"

# Ctrl-C during a slow request ends it at once and keeps what there is.
serve -l 400
"$JOUST" run -p nk/n16-k2 -o "llm:model=m,cassette=$kept/j.jsonl" -n 1000 -r 1 --store "$kept/j.db" \
  >"$folder/out" 2>"$folder/err" &
run=$!
while [ "$(wc -l <"$kept/j.jsonl" 2>/dev/null || echo 0)" -lt 2 ]; do sleep 0.05; done
kill -TERM $run # as Ctrl-C; INT is ignored by what a shell starts in the background
code=0
wait $run || code=$?
[ "$code" = 130 ] || fail "exit code $code when stopped"
hang_up
keep
"$JOUST" export "$kept/j.db" -o "$folder/j.csv"
[ "$(wc -l <"$folder/j.csv")" -ge 2 ] || fail "trials were lost by Ctrl-C"

# Many runs wait for the network at the same time, more than there are by default.
serve -l 500
expect 0 "$JOUST" run -p nk/n16-k2 -o "llm:model=m,repairs=0" -n 2 -r 24 --network-jobs 24 --store "$kept/k.db"
hang_up
most=$(sed -n 's/.*at once //p' "$folder/served")
[ "$most" -gt 8 ] || fail "only $most requests at once"

# The sweep of the demonstration: answers of a real model, without a key, a server or a network.
(
  unset OPENAI_API_KEY OPENAI_BASE_URL
  expect 0 "$JOUST" run "$SOURCE/sweeps/llm-demo.json" --store "$kept/demo.db"
  expect 0 "$JOUST" show "$kept/demo.db"
  said out "Qwen2.5-Coder-1.5B"
)

! grep -rl "$SECRET" "$kept" || fail "the key was written"
