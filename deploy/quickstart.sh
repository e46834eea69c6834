#!/usr/bin/env bash
# From a bare Debian 12 to a trained agent. Safe to call again: what is done is skipped.
set -euo pipefail

if [ $# -gt 0 ]; then
  cat <<'TEXT'
usage: deploy/quickstart.sh

Installs what is missing (deploy/setup.sh), builds the dyna command, and trains
Pendulum-v1 mostly in imagination into runs/quickstart. A second call goes on with
a run that was interrupted, and evaluates one that is complete.
TEXT
  case "$1" in -h | --help) exit 0 ;; *) exit 2 ;; esac
fi

# shellcheck source=deploy/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
dyna=build/release/bin/dyna
config=configs/pendulum_mbpo.toml
run=runs/quickstart
trap '[ $? -eq 0 ] || echo "quickstart: stopped in stage $stage_name; call it again to go on" >&2' EXIT

# Steps and returns of a progress.csv, whatever the order of its columns.
show_progress() {
  awk -F, 'NR == 1 { for (i = 1; i <= NF; ++i) column[$i] = i; next }
           { printf "%10d real steps   return %8.1f\n", $column["env_steps"],
                    $column["eval_return_mean"] }' "$1"
}

stage packages "what building needs, from Debian's packages"
deploy/setup.sh

stage build "the dyna command, optimised, without the tests"
if [ ! -f build/release/build.ninja ]; then
  quietly build/release/configure.log cmake --preset release -DDYNA_BUILD_TESTS=OFF
fi
cmake --build --preset release --target dyna

if [ -f "$run/quickstart.done" ]; then
  stage evaluate "$run is complete: playing 10 episodes with its policy"
  "$dyna" eval "$run"
else
  if compgen -G "$run/checkpoints/*.ckpt" >/dev/null; then
    stage train "going on with $run from its last checkpoint"
    "$dyna" train --resume "$run"
  else
    stage train "$config into $run, about 2 minutes on 2 cores"
    rm -rf "$run" # interrupted before its first checkpoint: nothing to go on with
    "$dyna" train --config "$config" --out "$run"
  fi
  touch "$run/quickstart.done"
fi

print_stage_times
cat <<TEXT

The learning curve (evaluation return; about -1200 is doing nothing, -200 and above is solved):
$(show_progress "$run/progress.csv")

Look further:
  $run/progress.csv                one row per evaluation: returns, losses, model error
  $run/config.toml                 every setting in force
  $dyna eval $run       play episodes with the trained policy
  $dyna train --help              train something else; configs/ has annotated experiments
TEXT
