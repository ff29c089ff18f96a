#!/bin/sh
# The report in a browser (Chromium, driven by Python): skipped where one of the two is missing.
set -eu
. "$SOURCE/tests/integration/common.sh"
command -v python3 >/dev/null || { echo "skipped: python3 is not installed" >&2; exit 77; }
PYTHONPATH="$SOURCE/tests/browser" python3 -c 'import browser, sys; sys.exit(not browser.find())' ||
  { echo "skipped: chromium is not installed" >&2; exit 77; }
[ -e /usr/share/javascript/dygraphs/dygraph.min.js ] || { echo "skipped: libjs-dygraphs is not installed" >&2; exit 77; }

cd "$folder"
expect 0 "$JOUST" run -p nk/n16-k2,nk/n10-k3-c4 -o random,evolution,local -n 60 -r 6 --store r.db
expect 0 "$JOUST" report r.db -o report
PYTHONDONTWRITEBYTECODE=1 python3 "$SOURCE/tests/browser/check_report.py" "file://$folder/report/index.html"
