# shellcheck shell=bash
# What quickstart.sh and test.sh share. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

stage_name="starting"
stage_started=0
stage_times=()

end_stage() {
  [ "$stage_name" = starting ] || stage_times+=("$stage_name $((SECONDS - stage_started)) s")
}

# stage NAME TEXT: says what begins now, and at which second of the script.
stage() {
  end_stage
  stage_name=$1
  stage_started=$SECONDS
  printf '\n== %s [%d:%02d] %s\n' "$1" $((SECONDS / 60)) $((SECONDS % 60)) "$2"
}

print_stage_times() {
  end_stage
  printf '\nstages:'
  printf ' %s,' "${stage_times[@]}"
  printf ' total %d:%02d\n' $((SECONDS / 60)) $((SECONDS % 60))
}

# quietly LOG COMMAND...: keeps the output for the case of failure.
quietly() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 || {
    cat "$log" >&2
    return 1
  }
}
