#!/bin/sh
# manual.sh JOUST FOLDER VERSION: the manual pages, one a command, made from what `joust COMMAND --help` prints.
set -eu
joust=$1 folder=$2 version=$3
rm -rf "$folder" && mkdir -p "$folder"

# page NAME: help on standard input, a page on standard output.
page() {
  awk -v name="$1" -v version="$version" '
    function text(s) {
      gsub(/\\/, "\\e", s)
      gsub(/-/, "\\-", s)
      sub(/^[.'\'']/, "\\\\\\&&", s)
      return s
    }
    function section(s) {
      if (s != current) body = body ".SH " s "\n"
      current = s
    }
    function item(head, rest) { body = body ".TP\n.B " text(head) "\n" text(rest) "\n" }
    function leave_example() {
      if (example) body = body ".EE\n"
      example = 0
    }
    /^Usage: / { usage = substr($0, 8); next }
    /^$/ { leave_example(); if (current == "NOTES") body = body ".PP\n"; next }
    /^(Commands|Actions):$/ { section("COMMANDS"); next }
    !summary { summary = $0; next }
    current == "COMMANDS" && /^  [a-z]/ { rest = $0; sub(/^ +[a-z]+ +/, "", rest); item($1, rest); next }
    /^ +-/ && current != "NOTES" {
      section("FLAGS")
      flag = substr($0, 1, 33); rest = substr($0, 35)
      if (length($0) > 33 && substr($0, 33, 2) !~ /^ /) { flag = $0; rest = "" }
      sub(/^ +/, "", flag); sub(/ +$/, "", flag)
      item(flag, rest)
      next
    }
    current == "FLAGS" && substr($0, 1, 34) ~ /^ +$/ { rest = $0; sub(/^ +/, "", rest); body = body text(rest) "\n"; next }
    { section("NOTES") }
    /^  / && !example { body = body ".EX\n"; example = 1 }
    /^[^ ]/ { leave_example() }
    { body = body text($0) "\n" }
    END {
      leave_example()
      short = tolower(substr(summary, 1, 1)) substr(summary, 2)
      sub(/\.$/, "", short)
      sub(/^joust /, "", short)
      printf ".TH %s 1 \"\" \"joust %s\" \"joust\"\n", toupper(name), version
      printf ".SH NAME\n%s \\- %s\n.SH SYNOPSIS\n.B %s\n%s", text(name), text(short), text(usage), body
      if (name != "joust") printf ".SH SEE ALSO\n.BR joust (1)\n"
    }'
}

# The names under "Commands:" or "Actions:" of a help text.
names() { awk '/^(Commands|Actions):$/ { on = 1; next } /^$/ { on = 0 } on { print $1 }'; }

# pages NAME argument...: of a command, and of those below it.
pages() {
  name=$1
  shift
  "$joust" "$@" --help >"$folder/help"
  page "$name" <"$folder/help" >"$folder/$name.1"
  for below in $(names <"$folder/help"); do
    (pages "$name-$below" "$@" "$below")
  done
}
pages joust
rm -f "$folder/help"
