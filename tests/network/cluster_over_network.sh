#!/usr/bin/env bash
# A cluster whose processes live in network namespaces of their own, each with its own address, so
# that nothing goes over the loopback interface. Needs root and a release build with tests.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tests/network/cluster_over_network.sh [--proxy] [--steps N] [--out DIR]

Trains Pendulum-v1 with two actors, one imagination worker and two shards, one process per network
namespace. With --proxy every connection passes a proxy that delays by 50 ms each way and, every
four seconds or so, stalls for up to three seconds or breaks all connections.
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bin=$root/build/release/bin
proxy=
steps=1500
out=$root/runs/network
while [ $# -gt 0 ]; do
  case "$1" in
    --proxy) proxy=1; shift ;;
    --steps) steps=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) usage; exit 2 ;;
  esac
done
rm -rf "$out"
mkdir -p "$out.logs"
rm -rf "$out.keys"
"$bin/dyna" keygen "$out.keys" >/dev/null

roles=(replay-0 replay-1 learner-0 model-server-0 imagination-0 actor-0 actor-1 evaluator-0 proxy)
declare -A address pid
for i in "${!roles[@]}"; do address[${roles[$i]}]=10.77.0.$((10 + i)); done

clean_up() {
  for process in "${pid[@]}"; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  for role in "${roles[@]}"; do ip netns del "dyna-$role" 2>/dev/null || true; done
  ip link del dyna-bridge 2>/dev/null || true
}
trap clean_up EXIT

ip link add dyna-bridge type bridge
ip link set dyna-bridge up
for i in "${!roles[@]}"; do
  role=${roles[$i]}
  ip netns add "dyna-$role"
  ip link add "dyna-v$i" type veth peer name eth0 netns "dyna-$role"
  ip link set "dyna-v$i" master dyna-bridge up
  ip -n "dyna-$role" address add "${address[$role]}/24" dev eth0
  ip -n "dyna-$role" link set eth0 up
done

# serve ROLE PORT: prints where clients find it, behind the proxy if there is one.
declare -A at
serve() {
  local role=$1 port=$2
  at[$role]=tcp://${address[$role]}:$port
  [ -n "$proxy" ] || return 0
  ip netns exec dyna-proxy "$bin/chaos_proxy" --listen "${address[proxy]}" --listen-port "$port" \
    --to "${address[$role]}" --to-port "$port" --delay-ms 50 --fault-every-ms 4000 \
    --seed "$port" >"$out.logs/proxy-$role.log" 2>&1 &
  pid[proxy-$role]=$!
  at[$role]=tcp://${address[proxy]}:$port
}
serve replay-0 7101
serve replay-1 7102
serve learner-0 7001
serve model-server-0 7002

# start ROLE PROGRAM SETTING...
start() {
  local role=$1 program=$2
  shift 2
  # With keys: without any, nobody listens beyond the loopback interface.
  local settings=("keys.folder=$out.keys" "cluster.run=network" "cluster.instance=$role"
    "run.steps=$steps"
    "cluster.replay=[\"${at[replay-0]}\", \"${at[replay-1]}\"]"
    "cluster.learner=${at[learner-0]}" "cluster.model_server=${at[model-server-0]}" "$@")
  local arguments=()
  for setting in "${settings[@]}"; do arguments+=(--set "$setting"); done
  ip netns exec "dyna-$role" "$bin/$program" --config "$root/configs/pendulum_mbpo.toml" \
    "${arguments[@]}" >"$out.logs/$role.log" 2>&1 &
  pid[$role]=$!
}
began=$SECONDS
start actor-0 dyna-actor
start actor-1 dyna-actor
start evaluator-0 dyna-actor actor.evaluate=true
start imagination-0 dyna-imagination
start learner-0 dyna-learner "cluster.folder=$out" "learner.bind=tcp://*:7001"
start model-server-0 dyna-model-server "model.bind=tcp://*:7002"
start replay-0 dyna-replay "replay.bind=tcp://*:7101" replay.shard=0
start replay-1 dyna-replay "replay.bind=tcp://*:7102" replay.shard=1

status=0
wait "${pid[learner-0]}" || status=$?
unset "pid[learner-0]"
echo "learner ended with status $status after $((SECONDS - began)) s"
for role in actor-0 actor-1 evaluator-0 imagination-0 model-server-0 replay-0 replay-1; do
  kill -TERM "${pid[$role]}"
  ended=0
  wait "${pid[$role]}" || ended=$?
  unset "pid[$role]"
  [ "$ended" -eq 0 ] || { echo "$role ended with status $ended"; status=1; }
done
if [ -n "$proxy" ]; then
  echo "faults: $(cat "$out".logs/proxy-*.log | cut -d' ' -f1 | sort | uniq -c | tr -s '\n ' ' ')"
fi
cut -d, -f1,2,3,5,7,8 "$out/progress.csv"
exit "$status"
