#!/bin/sh
# An installed joust, moved elsewhere, runs; and the tutorial's plugin is built against it in both ways.
set -eu
. "$SOURCE/tests/integration/common.sh"
case $C_FLAGS in *-fsanitize*) echo "skipped: a plugin outside of the build knows nothing of sanitizers"; exit 77 ;; esac

cmake --install "$BUILD" --prefix "$folder/first" >/dev/null
mv "$folder/first" "$folder/joust"
joust=$folder/joust/bin/joust
"$joust" --version | grep -q '^joust [0-9]' || fail "--version"
expect 0 "$joust" list optimisers
said out "evolution"
expect 0 "$joust" list problems
said out "nk/n16-k2"

# A manual page for every command, with its flags.
for page in joust joust-run joust-data-import; do
  [ -s "$folder/joust/share/man/man1/$page.1" ] || fail "there is no manual page $page"
done
for command in $("$joust" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
  [ -s "$folder/joust/share/man/man1/joust-$command.1" ] || fail "there is no manual page joust-$command"
done
grep -q '^.B .-p, .-.-problem PROBLEM' "$folder/joust/share/man/man1/joust-run.1" || fail "joust-run(1) lacks its flags"
grep -q '^.SH NOTES' "$folder/joust/share/man/man1/joust-run.1" || fail "joust-run(1) lacks its notes"

# The tutorial's three commands.
cp -r "$SOURCE/docs/examples/climber" "$folder/climber"
cd "$folder/climber"
pc=$(find "$folder/joust" -name joust.pc)
export PKG_CONFIG_PATH="${pc%/joust.pc}"
# shellcheck disable=SC2046 # a list of flags
"$C_COMPILER" -std=c11 -Wall -Wextra -Werror -shared -fPIC -O2 $(pkg-config --cflags joust) \
  climber.c -o climber.so -lm -Wl,-z,defs
expect 0 "$joust" describe ./climber.so
said out "one parameter of the best point drawn anew"
expect 0 "$joust" run -p nk/n16-k2 -o random,climber=./climber.so -n 100 -r 20 --store c.db
expect 0 "$joust" show c.db
sed -n 3p "$folder/out" | grep -q climber || { cat "$folder/out"; fail "the climber does not beat random search"; }

# With CMake, into the plugin folder, found by its id.
expect 0 cmake -S . -B build -DCMAKE_PREFIX_PATH="$folder/joust" -DCMAKE_C_COMPILER="$C_COMPILER"
expect 0 cmake --build build
expect 0 cmake --install build
expect 0 "$joust" describe climber
[ "$(grep -c '' climber.c)" -lt 60 ] || fail "the smallest optimiser is no longer under 60 lines"
