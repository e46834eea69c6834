#!/usr/bin/env bash
# The whole gate: every test and every check. Stops at the first stage that fails.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: deploy/test.sh [STAGE...]

Installs what is missing, then runs the given stages, or all of them in this order:

  format   clang-format finds nothing to change
  release  g++, optimised: builds everything and runs every test
  asan     torch-free targets and their tests under AddressSanitizer and UBSan
  tsan     torch-free targets and their tests under ThreadSanitizer
  tidy     clang-tidy on the torch-free sources, clang's own warnings with -Wthread-safety too
  fuzz     clang++: libFuzzer on every decoder, seconds each (tests/fuzz/run.sh runs them for longer)
  docker   deploy/compose.yaml scaled, killed and cut on a Docker engine, with the programs of release;
           starts an engine if none answers; where none can be started, it says so and that is all

clang 14 cannot read LibTorch's headers in C++20, hence "torch-free".
TEXT
}

all_stages=(format release docker asan tsan tidy fuzz)
stages=("$@")
[ $# -gt 0 ] || stages=("${all_stages[@]}")
for name in "${stages[@]}"; do
  case " ${all_stages[*]} " in
    *" $name "*) ;;
    *)
      usage
      case "$name" in -h | --help) exit 0 ;; *) exit 2 ;; esac
      ;;
  esac
done

# shellcheck source=deploy/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
engine=""
at_exit() {
  [ $? -eq 0 ] || echo "test: stage $stage_name failed" >&2
  [ -z "$engine" ] || kill "$engine"
}
trap at_exit EXIT
jobs=$(nproc)
source_folders=(actors cli common learner model_server replay)
tests_passed=0

# build_preset PRESET [CMAKE ARGUMENT...]
build_preset() {
  quietly "build/$1/configure.log" cmake --preset "$@"
  cmake --build --preset "$1"
}

# test_preset PRESET: runs its tests and adds them to the count of the closing line.
test_preset() {
  local log="build/$1/ctest.log"
  # One thread per test: the tests themselves fill the cores.
  OMP_NUM_THREADS=1 ctest --preset "$1" -j "$jobs" | tee "$log"
  tests_passed=$((tests_passed + $(sed -n 's/.* tests failed out of //p' "$log")))
}

run_format() {
  stage format "clang-format on every source"
  find "${source_folders[@]}" examples tests \( -name '*.hpp' -o -name '*.cpp' \) -print0 |
    xargs -0 -P "$jobs" -n 32 clang-format --dry-run -Werror
}

run_release() {
  stage release "g++, optimised, every test"
  build_preset release -DDYNA_BUILD_TESTS=ON
  test_preset release
}

run_asan() {
  stage asan "AddressSanitizer and UBSan on torch-free targets"
  build_preset asan
  test_preset asan
}

run_tsan() {
  stage tsan "ThreadSanitizer on torch-free targets"
  build_preset tsan
  test_preset tsan
}

# It compiles every file as clang++ would, without a precompiled header and with the same warnings as
# errors; a build would only say them again.
run_tidy() {
  stage tidy "clang-tidy and clang's warnings with thread-safety analysis on torch-free sources"
  quietly build/clang/configure.log cmake --preset clang
  local pattern
  pattern=$(IFS='|' && echo "${source_folders[*]}")
  # Its output repeats every command line; what it found is what counts.
  quietly build/clang/tidy.log run-clang-tidy -p build/clang -quiet -j "$jobs" \
    "^$root/($pattern)/"
}

run_fuzz() {
  stage fuzz "libFuzzer with AddressSanitizer and UBSan on every decoder"
  build_preset fuzz
  find tests/fuzz/corpus -mindepth 1 -maxdepth 1 -printf '%f\0' |
    xargs -0 -P "$jobs" -n 1 tests/fuzz/run.sh --seconds 5 --forget
}

# An engine that answers, or one of our own with its data in build/.
have_engine() {
  docker info >/dev/null 2>&1 && return
  [ "$(id -u)" -eq 0 ] || return 1
  mkdir -p build/docker
  dockerd --data-root "$root/build/docker/data" >build/docker/engine.log 2>&1 &
  engine=$!
  for _ in {1..60}; do
    docker info >/dev/null 2>&1 && return
    kill -0 "$engine" 2>/dev/null || break # it has given up
    sleep 0.5
  done
  kill "$engine" 2>/dev/null
  engine=""
  return 1
}

run_docker() {
  stage docker "deploy/compose.yaml on a Docker engine"
  if ! have_engine || ! deploy/docker/local_images.sh gate ||
    ! docker run --rm --entrypoint dyna-actor opendyna-light:gate --version; then
    echo "docker: NOT CHECKED: no engine runs a container here, and none can be started"
    [ ! -s build/docker/engine.log ] || tail -n 2 build/docker/engine.log
    return 0
  fi
  tests/deploy/compose_check.py --short --tag gate
}

stage packages "what building and testing needs, from Debian's packages"
deploy/setup.sh --dev
for name in "${stages[@]}"; do "run_$name"; done
print_stage_times
echo "$tests_passed passed, 0 failed"
