#!/usr/bin/env bash
# Makes the CSV files of this folder again: ALGORITHM/ENVIRONMENT_seedN.csv is the progress.csv of
# one run, ..._episodes.csv its episodes.csv where single episodes matter.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: docs/results/reproduce.sh [--dyna PROGRAM] [--jobs N] [--seeds N,N,...] EXPERIMENT... | all | list

Each run uses one thread, so that its bits do not depend on the machine's cores; --jobs runs go
side by side (default: one per core). Finished runs are kept in runs/results and not made again.
TEXT
}

# experiment | environment | config | seeds | further settings
experiments() {
  cat <<'TABLE'
mbpo                | Pendulum-v1              | pendulum_mbpo               | 0 1 2     |
dhmbpo              | Pendulum-v1              | dhmbpo/pendulum             | 0 1 2     |
dhmbpo_svg          | Pendulum-v1              | dhmbpo/svg                  | 0 1 2     |
dhmbpo_mve          | Pendulum-v1              | dhmbpo/mve                  | 0 1 2     |
dhmbpo_bptt         | Pendulum-v1              | dhmbpo/bptt                 | 0         |
dhmbpo_model_free   | Pendulum-v1              | dhmbpo/model_free           | 0 1 2     |
sac_utd1            | Pendulum-v1              | pendulum_sac                | 0 1 2     | learner.updates_per_step=1
sac_utd10           | Pendulum-v1              | pendulum_sac                | 0 1 2     | learner.updates_per_step=10 run.steps=4000
mbpo                | CartPoleContinuous       | cartpole_continuous_mbpo    | 0 1 2     |
mbpo                | InvertedPendulum-v4      | mbpo/inverted_pendulum       | 0 1 2     | run.steps=6000
dhmbpo              | InvertedPendulum-v4      | dhmbpo/inverted_pendulum    | 0 1 2     |
mbpo                | Hopper-v4                | mbpo/hopper                  | 0         |
mbpo                | HalfCheetah-v4           | mbpo/half_cheetah            | 0         |
dyna_dqn            | CartPole-v1              | cartpole_dyna_dqn           | 0 1 2 3 4 5 6 7 8 9 |
dqn_utd1            | CartPole-v1              | cartpole_dqn                | 0 1 2 3 4 |
dqn_utd20           | CartPole-v1              | cartpole_dyna_dqn           | 0 1 2 3 4 5 6 7 8 9 | imagination.rollout_schedule=[0,1,0,0]
dyna_dqn            | Acrobot-v1               | acrobot_dyna_dqn            | 0 1 2     |
dyna_dqn            | MountainCar-v0           | mountain_car_dyna_dqn       | 0 1 2     |
mbpo                | MountainCarContinuous-v0 | mountain_car_continuous_mbpo | 0 1 2    |
q_learning          | DynaMaze                 | dyna_maze_q_learning        | 0 1 2 3 4 5 6 7 8 9 |
dyna_q_n5           | DynaMaze                 | dyna_maze_dyna_q            | 0 1 2 3 4 5 6 7 8 9 | learner.planning_steps=5
dyna_q_n50          | DynaMaze                 | dyna_maze_dyna_q            | 0 1 2 3 4 5 6 7 8 9 | learner.planning_steps=50
dyna_q_plus         | DynaMaze                 | dyna_maze_dyna_q_plus       | 0 1 2 3 4 5 6 7 8 9 |
prioritized_sweeping | DynaMaze                | dyna_maze_prioritized_sweeping | 0 1 2 3 4 5 6 7 8 9 |
dyna_q              | ShortcutMaze             | shortcut_maze_dyna_q        | 0 1 2 3 4 5 6 7 8 9 |
dyna_q_plus         | ShortcutMaze             | shortcut_maze_dyna_q_plus   | 0 1 2 3 4 5 6 7 8 9 |
dyna_q              | BlockingMaze             | blocking_maze_dyna_q        | 0 1 2 3 4 5 6 7 8 9 |
dyna_q_plus         | BlockingMaze             | blocking_maze_dyna_q_plus   | 0 1 2 3 4 5 6 7 8 9 |
dyna_q              | FrozenLake-v1            | frozen_lake_dyna_q          | 0 1 2     |
dyna_q              | Taxi-v3                  | taxi_dyna_q                 | 0 1 2     |
TABLE
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
dyna=build/release/bin/dyna
jobs=$(nproc)
only_seeds=
while [ $# -gt 0 ]; do
  case "$1" in
    --dyna) dyna=$2; shift 2 ;;
    --jobs) jobs=$2; shift 2 ;;
    --seeds) only_seeds=${2//,/ }; shift 2 ;;
    *) break ;;
  esac
done
case "${1:-}" in
  list) experiments | sed -E 's/ *\| */\//; s/ *\|.*//'; exit 0 ;;
  -h | --help) usage; exit 0 ;;
  "") usage; exit 2 ;;
esac

# One run, to its end; goes on with one that was interrupted.
run_one() {
  local dyna=$1 label=$2 env=$3 config=$4 seed=$5
  shift 5
  local out=runs/results/$label/${env}_seed$seed target=docs/results/$label/${env}_seed$seed
  mkdir -p "$(dirname "$out")" "$(dirname "$target")"
  if [ -f "$out/progress.csv" ] && [ ! -f "$out/finished" ]; then
    OMP_NUM_THREADS=1 "$dyna" train --resume "$out" >>"$out.log" 2>&1
  elif [ ! -f "$out/finished" ]; then
    local sets=(--set compute.threads=1)
    for setting in "$@"; do sets+=(--set "$setting"); done
    OMP_NUM_THREADS=1 "$dyna" train --config "configs/$config.toml" --seed "$seed" --out "$out" \
      "${sets[@]}" >"$out.log" 2>&1
  fi
  touch "$out/finished"
  cp "$out/progress.csv" "$target.csv"
  case "$env" in *Maze) cp "$out/episodes.csv" "${target}_episodes.csv" ;; esac
  echo "$label/$env seed $seed: $(tail -n 1 "$out/progress.csv" | cut -d, -f1,7)"
}
export -f run_one

experiments | while IFS='|' read -r label env config seeds sets; do
  label=${label// /} env=${env// /} config=${config// /}
  for wanted in "$@"; do
    if [ "$wanted" = all ] || [ "$wanted" = "$label/$env" ]; then
      for seed in ${only_seeds:-$seeds}; do echo "$dyna $label $env $config $seed $sets"; done
    fi
  done
done | xargs -r -P "$jobs" -I{} bash -euo pipefail -c 'run_one {}'
