# Shared by the integration tests: a folder of their own, and checks that say what went wrong. $JOUST is the program.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder/data"
unset JOUST_DATA JOUST_PLUGIN_PATH JOUST_SPACE_PATH NO_COLOR || true

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# expect CODE command...: runs the command, keeps its output in $folder/out and $folder/err, and checks its exit code.
expect() {
  wanted=$1
  shift
  code=0
  "$@" >"$folder/out" 2>"$folder/err" </dev/null || code=$?
  if [ "$code" != "$wanted" ]; then
    cat "$folder/out" "$folder/err" >&2
    fail "exit code $code, not $wanted: $*"
  fi
}

# said FILE text: the text stands in what the last command wrote to out or err.
said() {
  grep -qF -- "$2" "$folder/$1" || { cat "$folder/$1" >&2; fail "standard $1 does not say '$2'"; }
}
