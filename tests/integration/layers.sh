#!/bin/sh
# The arrows of the design: a room includes only rooms that it may know, a plugin only <joust/*.h> of ours, and a library's
# headers stand only in the room that owns it.
set -eu
cd "$SOURCE"
failures=$(mktemp)
trap 'rm -f "$failures"' EXIT

# room: whom it may know (itself is always allowed)
knows() {
  case $1 in
  base) echo "joust" ;;
  space) echo "joust base" ;;
  plugin) echo "joust base space" ;;
  evaluator) echo "joust base space plugin" ;;
  data) echo "joust base space plugin evaluator" ;;
  run) echo "joust base space plugin evaluator" ;;
  store) echo "joust base" ;;
  sweep) echo "joust base space plugin evaluator run store" ;;
  stats) echo "base" ;;
  report) echo "base store stats" ;;
  cli) echo "joust base space plugin evaluator data run store sweep stats report" ;;
  *) return 1 ;;
  esac
}

# Every include of a file as "FILE HEADER", where the header is ours (has a known first folder).
includes() { grep -HoE '^ *# *include *[<"][^>"]+' "$@" | sed -E 's/: *# *include *[<"]/ /'; }

for folder in framework/*/; do
  room=$(basename "$folder")
  [ "$room" = include ] && continue
  allowed=$(knows "$room") || { echo "framework/$room: a room that the layer rule does not know" >>"$failures"; continue; }
  includes "$folder"*.[ch] | while read -r file header; do
    case $header in */*) ;; *) continue ;; esac
    target=${header%%/*}
    [ -d "framework/$target" ] || [ "$target" = joust ] || continue
    case " $allowed $room " in
    *" $target "*) ;;
    *) echo "$file includes $header: $room may know only: $allowed" >>"$failures" ;;
    esac
  done
done

includes framework/include/joust/*.h | while read -r file header; do
  case $header in */*) case $header in joust/*) ;; *) echo "$file includes $header" >>"$failures" ;; esac ;; esac
done

for folder in plugins/*/ spaces/*/; do
  ls "$folder"*.[ch] >/dev/null 2>&1 || continue
  includes "$folder"*.[ch] | while read -r file header; do
    case $header in
    joust/* | sys/*) ;;
    gsl/*) [ "$folder" = plugins/bo/ ] || echo "$file includes $header" >>"$failures" ;;
    curl/* | cjson/*) [ "$folder" = plugins/llm/ ] || echo "$file includes $header" >>"$failures" ;;
    */*) echo "$file includes $header: a plugin knows <joust/*.h> and its own library" >>"$failures" ;;
    esac
  done
done

owner() { # of a library's header: the rooms that may include it
  includes $(git ls-files 'framework/*.[ch]' 2>/dev/null || find framework -name '*.[ch]') | while read -r file header; do
    case $header in
    ltdl.h) case $file in framework/plugin/loader.c) ;; *) echo "$file includes $header" ;; esac ;;
    sqlite3.h) case $file in framework/store/*) ;; *) echo "$file includes $header" ;; esac ;;
    curl/*) case $file in framework/data/*) ;; *) echo "$file includes $header" ;; esac ;;
    gsl/*) case $file in framework/stats/*) ;; *) echo "$file includes $header" ;; esac ;;
    esac
  done
}
owner >>"$failures"

if [ -s "$failures" ]; then
  cat "$failures"
  exit 1
fi
