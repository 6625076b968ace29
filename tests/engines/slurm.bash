# SPDX-License-Identifier: MIT
# A Slurm of two nodes on this machine alone, in ./slurm: without systemd,
# cgroups and accounting, on loopback and free ports, gone with the test.

# free_ports N: that many ports in a row that nobody has at this moment.
free_ports() {
  python3 - "$1" <<'PY'
import socket, sys
wanted = int(sys.argv[1])
while True:
    held = [socket.socket() for _ in range(wanted)]
    held[0].bind(('127.0.0.1', 0))
    first = held[0].getsockname()[1]
    try:
        for i, s in enumerate(held[1:], 1):
            s.bind(('127.0.0.1', first + i))
    except (OSError, OverflowError):
        continue
    print(first)
    break
PY
}

slurm_conf() {
  local port=$1 host
  host=$(hostname)
  cat <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$slurm/run/munge.socket
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort=$port
SlurmctldPidFile=$slurm/run/slurmctld.pid
SlurmdPidFile=$slurm/run/%n.pid
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool.%n
SlurmctldLogFile=$slurm/log/slurmctld.log
SlurmdLogFile=$slurm/log/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmdParameters=config_overrides
SlurmdTimeout=10
TreeWidth=2
JobRequeue=1
KillWait=30
MinJobAge=600
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=4 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=4 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
}

# Refuses folders whose path Slurm's sockets would not take, and needs root.
start_slurm() {
  slurm=$(mktemp -d /tmp/csv2chakra-slurm.XXXXXX)
  mkdir -p "$slurm/run" "$slurm/state" "$slurm/log"
  chmod 755 "$slurm" "$slurm/run"
  chmod 700 "$slurm/state" "$slurm/log"
  (umask 077 && head -c 128 /dev/urandom >"$slurm/munge.key")
  slurm_conf "$(free_ports 3)" >"$slurm/slurm.conf"
  export SLURM_CONF="$slurm/slurm.conf"
  munged --force --key-file="$slurm/munge.key" \
    --socket="$slurm/run/munge.socket" --pid-file="$slurm/run/munged.pid" \
    --log-file="$slurm/log/munged.log" --seed-file="$slurm/run/munged.seed" \
    --num-threads=2 3>&-
  slurmctld -c 3>&-
  slurmd -N n1 3>&-
  slurmd -N n2 3>&-
  wait_until 30 nodes_are idle 2 || { tail "$slurm"/log/* && return 1; }
}

# nodes_are STATE N
nodes_are() { [ "$(sinfo -h -N -o %T | grep -c "^$1")" -eq "$2" ]; }

stop_slurm() {
  local name pid
  [ -n "${slurm:-}" ] || return 0
  scancel --full -s KILL -u root 2>/dev/null || :
  for name in n1 n2 slurmctld munged; do
    pid=$(cat "$slurm/run/$name.pid" 2>/dev/null) || continue
    kill "$pid" 2>/dev/null || :
    wait_until 20 is_gone "$pid" || kill -KILL "$pid" || :
  done
  for pid in $(slurm_processes); do kill -KILL "$pid" 2>/dev/null || :; done
  rm -rf "$slurm"
  slurm=
}

# Also one that nobody has asked after yet.
is_gone() {
  [ ! -e "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status"
}

# Every process that knows this configuration: daemons, steps, tasks.
slurm_processes() {
  grep -lzxF "SLURM_CONF=$slurm/slurm.conf" /proc/[0-9]*/environ 2>/dev/null |
    cut -d / -f 3 | grep -vx $$ || :
}
