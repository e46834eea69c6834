#!/usr/bin/env bash
# Fuzzes decoders. Build them first: cmake --preset fuzz && cmake --build --preset fuzz
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tests/fuzz/run.sh [--seconds N] [--forget] [TARGET...]

Runs each target (default: all): first its corpus in the tree, then N seconds (default 600) of new
inputs. What it learns is kept in build/fuzz/corpus/TARGET for the next run, unless --forget; an
input that breaks something is left in build/fuzz/findings/TARGET-* and ends the script with status 1
after the other targets have run. One line per target: inputs run, inputs per second, edges covered,
greatest memory of the process, greatest while decoding.
TEXT
}

seconds=600
forget=no
targets=()
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds)
      seconds=${2:?--seconds needs a number}
      shift 2
      ;;
    --forget)
      forget=yes
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*)
      usage >&2
      exit 2
      ;;
    *)
      targets+=("$1")
      shift
      ;;
  esac
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$root/build/fuzz
seeds=$root/tests/fuzz/corpus
if [ ${#targets[@]} -eq 0 ]; then
  mapfile -t targets < <(cd "$seeds" && ls -d -- */ | tr -d /)
fi
# Files of the target that writes some are not to reach a disk.
[ -d /dev/shm ] && export TMPDIR=/dev/shm
export DYNA_FUZZ_PEAKS=1
export ASAN_OPTIONS=detect_stack_use_after_return=1:allocator_may_return_null=0
export UBSAN_OPTIONS=print_stacktrace=1
mkdir -p "$build/findings"

failed=0
for target in "${targets[@]}"; do
  program=$build/fuzz/fuzz_$target
  [ -x "$program" ] || {
    echo "run.sh: no $program: is '$target' a target, and is it built?" >&2
    exit 2
  }
  learned=$build/corpus/$target
  [ "$forget" = no ] || learned=$(mktemp -d)
  log=$build/fuzz_$target.log
  mkdir -p "$learned"
  dictionary=()
  if [ -f "$root/tests/fuzz/$target.dict" ]; then
    dictionary=("-dict=$root/tests/fuzz/$target.dict")
  fi
  # -rss_limit_mb and -malloc_limit_mb: what a target's own bound does not see, such as a thread's.
  status=0
  "$program" -max_total_time="$seconds" -max_len=8192 -timeout=20 -rss_limit_mb=1024 \
    -malloc_limit_mb=256 -print_final_stats=1 -artifact_prefix="$build/findings/$target-" \
    "${dictionary[@]}" "$learned" "$seeds/$target" >"$log" 2>&1 || status=$?
  [ "$forget" = no ] || rm -r "$learned"
  if [ "$status" -ne 0 ]; then
    failed=1
    echo "$target: FINDING (log $log)"
    grep -E 'check failed|ERROR: |runtime error|SUMMARY|Test unit written' "$log" || tail -n 20 "$log"
    continue
  fi
  stat_of() { sed -n "s/^stat::$1: *//p" "$log"; }
  printf '%-15s %10s runs %7s/s %6s edges %4s MiB rss; %s\n' "$target" \
    "$(stat_of number_of_executed_units)" "$(stat_of average_exec_per_sec)" \
    "$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d ' ' -f 2)" \
    "$(stat_of peak_rss_mb)" "$(grep '^peak:' "$log" || echo 'peak: not printed')"
done
exit $failed
