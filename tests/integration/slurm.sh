#!/bin/sh
# joust slurm on a real SLURM, started by hand on this machine: one node, no accounting, everything in a folder of its
# own. An array of 8 shards runs, one of them is killed and queued again, and the merged store equals that of one run.
set -eu
. "$SOURCE/tests/integration/common.sh"
cd "$folder"

# ---- without a cluster ----------------------------------------------------------------------------------------------
# shellcheck disable=SC2086 # a list of words
sweep="-p nk/n10-k3-c4 -o random,bo -n 60 -r 16 --name slurm-test"
slurm() { "$JOUST" slurm $sweep "$@"; }
expect 0 slurm --shards 8 --time 2-12 --memory 4G --partition long,short --account us --cpus 3 --store "$folder/it's.db" --no-submit
said out "8 shards, 32 runs in all; nothing is submitted"
said out "--dependency=afterany:JOB"
for line in "--array=1-8" "--time=2-12" "--mem=4G" "--partition=long,short" "--account=us" "--cpus-per-task=3" "--requeue" "--signal=B:USR1@120"; do
  grep -qxF -- "#SBATCH $line" "it's.slurm/shard.sh" || fail "shard.sh lacks $line"
done
for script in "it's.slurm/shard.sh" "it's.slurm/merge.sh"; do sh -n "$script" || fail "$script is no shell script"; done
expect 2 slurm --no-submit
said err "--shards N is needed"
expect 2 slurm --shards 33 --no-submit
said err "--shards is 33: the sweep has 32 runs only"
expect 2 slurm --shards 8 --time 4h
said err "--time is '4h': expected MINUTES"
expect 2 slurm --shards 8 --time 4:59
said err "--time is '4:59': expected 5 minutes at least"
expect 2 slurm --shards 8 --memory 4GB
said err "--memory is '4GB': expected a whole number"
expect 2 slurm --shards 8 --partition "a b"
expect 2 slurm --shards 8 --cpus 0
expect 2 slurm --shards 8 --store results
expect 2 slurm --shards 8 --shard 1/8
expect 3 slurm --shards 8 -p nk/absent
# While a job is queued, what it will read stays as it is.
mkdir fake
printf '#!/bin/sh\necho 17\n' >fake/squeue
chmod +x fake/squeue
expect 0 slurm --shards 4 --store q.db --no-submit
cp -r q.slurm before
(
  PATH=$folder/fake:$PATH
  expect 2 slurm --shards 8 --seed 5 --store q.db
)
said err "job 17 of this sweep is queued or running"
diff -r before q.slurm || fail "the files of a queued job were changed"
if ! command -v sbatch >/dev/null; then
  expect 3 slurm --shards 8
  said err "this is no machine of a SLURM cluster"
fi

# ---- a cluster ------------------------------------------------------------------------------------------------------
for program in munged slurmctld slurmd sbatch; do
  if ! command -v $program >/dev/null && [ ! -x /usr/sbin/$program ]; then
    echo "skipped: $program is not installed (Debian: slurm-wlm, munge)"
    exit 77
  fi
done
if [ "$(id -u)" != 0 ]; then
  echo "skipped: only root can start a SLURM of its own"
  exit 77
fi
PATH=$PATH:/usr/sbin
chmod 711 "$folder"
cluster=$folder/cluster host=$(uname -n) port=$((20000 + $$ % 20000))
mkdir "$cluster" "$cluster/state" "$cluster/spool"
end_daemon() { # by its own file, and waits until it is gone
  process=$(cat "$cluster/$1.pid" 2>/dev/null) || return 0
  kill "$process" 2>/dev/null || return 0
  for _ in $(seq 50); do
    grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$process/status" || return 0
    sleep 0.1
  done
  kill -9 "$process" 2>/dev/null || true
}
clean() {
  scancel --user=root 2>/dev/null || true
  for daemon in slurmd slurmctld munged; do end_daemon $daemon; done
  rm -rf "$folder"
}
trap clean EXIT
trap 'exit 1' INT TERM

dd if=/dev/urandom of="$cluster/munge.key" bs=128 count=1 2>/dev/null
chmod 400 "$cluster/munge.key"
cat >"$cluster/slurm.conf" <<END
ClusterName=joust
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.socket,cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
ReturnToService=2
KillWait=2
MailProg=/bin/true
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=loop Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF="$cluster/slurm.conf"
munged --force --key-file="$cluster/munge.key" --socket="$cluster/munge.socket" --pid-file="$cluster/munged.pid" \
  --log-file="$cluster/munged.log" --seed-file="$cluster/munged.seed" >"$cluster/out" 2>&1 || { cat "$cluster/out"; fail "munged does not start"; }
slurmctld -f "$SLURM_CONF"
slurmd -f "$SLURM_CONF"
wait_for() { # SECONDS condition...
  ends=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -lt $ends ] || return 1
    sleep 0.1
  done
}
node_is_idle() { sinfo --noheader --format=%T 2>/dev/null | grep -q idle; }
wait_for 20 node_is_idle || { tail -n 5 "$cluster"/*.log >&2; fail "the node does not come up"; }

# ---- the array, one task killed and queued again --------------------------------------------------------------------
expect 0 slurm --shards 8 --store all.db --partition loop
said out ": an array of 8 shards, 32 runs in all"
said out "/all.db when all have ended"
said out "queue:    squeue -j "
array=$(sed -n 's/^job \([0-9]*\): an array.*/\1/p' "$folder/out")
merge=$(sed -n 's/^job \([0-9]*\): merges.*/\1/p' "$folder/out")
[ -n "$array" ] && [ -n "$merge" ] || fail "no ids of jobs: $(cat "$folder/out")"
victim=
catch_one() { # a shard whose process is at work
  for shard in 1 2 3 4 5 6 7 8; do
    "$JOUST" status "all.slurm/shard-$shard-of-8.db" --json >status.json 2>/dev/null || continue
    grep -q '"life":	"alive"' status.json || continue
    process=$(sed -n 's/.*"process":	\([0-9]*\).*/\1/p' status.json)
    kill -9 "$process" 2>/dev/null || continue
    victim=$shard
    return 0
  done
  return 1
}
wait_for 30 catch_one || fail "no shard was caught at work"
expect 2 slurm --shards 8 --store all.db
said err "is queued or running: wait for it"
# SLURM starts it again once the credentials of its first start have expired (cred_expire above).
requeue() { scontrol requeue "${array}_$victim" 2>/dev/null; }
wait_for 15 requeue || fail "task $victim cannot be queued again"
queue_is_empty() { [ -z "$(squeue --noheader 2>/dev/null)" ]; }
wait_for 75 queue_is_empty || { squeue >&2; tail -n 20 all.slurm/*.log >&2; fail "the jobs do not end"; }

[ "$(grep -c "shard $victim of 8" "all.slurm/shard-$victim.log")" = 2 ] || { cat "all.slurm/shard-$victim.log"; fail "shard $victim did not run twice"; }
grep -q "32 of 32 runs complete, 0 failed, 0 left" all.slurm/merge.log || { cat all.slurm/*.log >&2; fail "not merged"; }
# shellcheck disable=SC2086
expect 0 "$JOUST" run $sweep -j 2 -q --store whole.db
"$JOUST" export --dump whole.db >wanted
"$JOUST" export --dump all.db >got
cmp wanted got || fail "the merged store is another one"

# Merging once more changes nothing; a shard that is not there is missed, and all else is merged.
expect 0 sh all.slurm/merge.sh
said err "shard-8-of-8.db: 0 runs added with 0 trials, 4 there already"
"$JOUST" export --dump all.db >got
cmp wanted got || fail "merged twice is another store"
rm all.slurm/shard-3-of-8.db
expect 1 sh all.slurm/merge.sh
said err "shard-3-of-8.db is not there: its task never began"
