#!/bin/sh
# The program exports no symbols, a plugin only its entry, and the program needs no BLAS.
set -eu
. "$SOURCE/tests/integration/common.sh"
case $C_FLAGS in *-fsanitize*) echo "skipped: sanitizers export symbols of their own"; exit 77 ;; esac

exported() { nm -D --defined-only "$1" | awk '{print $3}'; }
ours=$(exported "$JOUST" | grep -i joust || true)
[ -z "$ours" ] || fail "the program exports $ours"
for plugin in "$BUILD"/lib/joust/plugins/*.so; do
  names=$(exported "$plugin")
  [ "$names" = joust_plugin_1 ] || fail "$plugin exports: $names"
done
! ldd "$JOUST" | grep -iE 'blas|libgsl' || fail "the program links a BLAS, or GSL's shared library that brings one"
