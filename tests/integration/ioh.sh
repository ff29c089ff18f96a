#!/bin/sh
# Exports beyond CSV: JSON that another program parses, and IOHprofiler files that iohinspector (pip install
# iohinspector==0.0.8 polars==1.44.2) loads with every run and evaluation, and plots. JOUST_PYTHON names the Python.
set -eu
. "$SOURCE/tests/integration/common.sh"
python=${JOUST_PYTHON:-python3}
command -v "$python" >/dev/null || { echo "skipped: no Python ($python)"; exit 77; }
store=$folder/r.db
expect 0 "$JOUST" run -p nk/n16-k2,nk/n10-k3-c4 -o random,ea.1=evolution,local -n 40 -r 4 --store "$store" -q

# Some trials fail, one run fails after 12 trials, one before its first.
"$python" - "$store" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE trial SET outcome = 1, value = NULL, message = 'no \"luck\"' WHERE id % 7 = 3")
runs = [row[0] for row in db.execute("SELECT id FROM run ORDER BY id LIMIT 2")]
db.execute("DELETE FROM trial WHERE id / 4294967296 = ? AND id % 4294967296 > 12", runs[:1])
db.execute("DELETE FROM trial WHERE id / 4294967296 = ?", runs[1:])
db.execute("UPDATE run SET state = 3, reason = 'fell over', trials = 12 WHERE id = ?", runs[:1])
db.execute("UPDATE run SET state = 3, reason = 'fell over', trials = 0 WHERE id = ?", runs[1:])
db.commit()
END
expect 0 "$JOUST" export "$store" -f csv -o "$folder/r.csv"
expect 0 "$JOUST" export "$store" --format json -o "$folder/r.json"
expect 0 "$JOUST" export "$store" --format ioh -o "$folder/ioh"
said err "runs: 23, evaluations: 892"
said err "runs failed or unfinished, written as far as they got: 1"
said err "runs ended before their first trial, left out: 1"

# JSON: the same trials as in the CSV.
"$python" - "$folder/r.csv" "$folder/r.json" <<'END'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1])))
runs = json.load(open(sys.argv[2]))["runs"]
assert len(runs) == 24, len(runs)
again = []
for run in runs:
    trials = run["trials"]
    for i, outcome in enumerate(trials["outcome"]):
        value = trials["value"][i]
        point = {name: str(column[i]) for name, column in trials["x"].items()}
        again.append((run["problem"], run["optimiser"], str(run["replicate"]), run["seed"], str(i + 1), outcome,
                      "" if value is None else value, (trials.get("message") or {i: None})[i] or "", point))
for row, other in zip(rows, again, strict=True):
    point = {name[2:]: value for name, value in row.items() if name.startswith("x:") and value}
    mine = tuple(row[name] for name in "problem optimiser replicate seed trial outcome".split())
    mine += (row["value"] and float(row["value"]), row["message"], point)
    assert mine == other, (mine, other)
END

# What the folder must not do.
expect 2 "$JOUST" export "$store" -f ioh -o "$folder/ioh"
said err "is not empty"
expect 2 "$JOUST" export "$store" -f ioh
said err "name it with -o DIR"
expect 2 "$JOUST" export "$store" -f xml
said err "'xml' is no format: expected csv, json or ioh"
[ "$(find "$folder/ioh" -name '*.json' | wc -l)" = 6 ] || fail "not one JSON a function and optimiser"

"$python" -c 'import iohinspector' 2>/dev/null || { echo "the rest skipped: $python has no iohinspector"; exit 77; }
cat >"$folder/check.py" <<'END'
import csv, collections, sys, warnings
import matplotlib
matplotlib.use("Agg")
warnings.simplefilter("error", UserWarning)  # how the reader says that it skipped a file
import iohinspector, polars as pl
manager = iohinspector.DataManager()
manager.add_folder(sys.argv[1])
warnings.simplefilter("default", UserWarning)
trials, best, first_best = collections.Counter(), {}, {}
for row in csv.DictReader(open(sys.argv[2])):
    run = row["problem"], row["optimiser"], int(row["replicate"])
    trials[run] += 1
    if row["incumbent"]: best[run] = float(row["incumbent"])
overview = {(r["function_name"], r["algorithm_name"], r["instance"]): r for r in manager.overview.iter_rows(named=True)}
assert len(overview) == len(manager.overview) == len(trials) == 23, len(manager.overview)
for run, n in trials.items():
    assert overview[run]["evals"] == n and overview[run]["best_y"] == best[run], (run, n, best[run], overview[run])
data = manager.load(monotonic=False, include_meta_data=True)
for run in data.partition_by("data_id"):
    key = run["function_name"][0], run["algorithm_name"][0], run["instance"][0]
    assert run["evaluations"].to_list() == list(range(1, trials[key] + 1)), key
    assert run["raw_y"].max() == best[key], key
rows = list(csv.DictReader(open(sys.argv[2])))
assert data["failed"].sum() == sum(row["outcome"] != "ok" for row in rows) > 0
assert len(data) == len(rows)
from iohinspector.plots import plot_ecdf
axes, frame = plot_ecdf(data, maximization=True, scale_f_log=False, eval_max=40, file_name=sys.argv[3])
assert sorted(set(frame["algorithm_name"])) == ["ea.1", "local", "random"], frame
END
expect 0 "$python" "$folder/check.py" "$folder/ioh" "$folder/r.csv" "$folder/ecdf.png"
[ -s "$folder/ecdf.png" ] || fail "no picture of the ECDF"
