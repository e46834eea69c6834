#!/usr/bin/env bash
# Installs what OpenDyna needs, from Debian's own packages. Safe to call again.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: deploy/setup.sh [--dev]

Installs the compiler and libraries that build OpenDyna, from Debian 12's own
packages, as root or through sudo. Asks apt only for what is missing.

  --dev   also what the tests and checks need (GoogleTest, clang, clang-tidy, ...), and
          Gymnasium, from PyPI, in a virtual environment of this checkout (build/python)

Exit status: 0 done, 2 cannot run here (another system, or no right to install).
TEXT
}

# What building and running needs.
packages=(
  ca-certificates git g++ cmake ninja-build
  libtorch-dev libopenblas0-openmp libeigen3-dev
  libtomlplusplus-dev libcli11-dev libspdlog-dev libcereal-dev
  libzmq3-dev cppzmq-dev prometheus-cpp-dev libmujoco-dev
  pkgconf libcpp-httplib-dev libssl-dev libbrotli-dev zlib1g-dev
  libonnx-dev libprotobuf-dev protobuf-compiler
  python3 python3-numpy python3-matplotlib python3-pil # draw for dyna plot and dyna render
  libzip-dev libhdf5-dev # recorded transitions, .npz and HDF5
)
# What deploy/test.sh needs on top.
dev_packages=(
  libgtest-dev libgmock-dev libbenchmark-dev
  clang clang-format clang-tidy libclang-rt-14-dev
  ccache # what has been compiled once is not compiled again, whatever the checkout
  prometheus # promtool checks our metrics; and every query of the dashboards is asked of one
  python3-venv # for the real Gymnasium, which Debian does not have
  docker.io docker-compose # for tests/deploy
)

refuse() {
  echo "setup: $*" >&2
  exit 2
}

dev=false
case "${1:-}" in
  "") ;;
  --dev) dev=true && packages+=("${dev_packages[@]}") ;;
  -h | --help) usage && exit 0 ;;
  *) usage >&2 && refuse "unknown argument '$1'" ;;
esac
[ $# -le 1 ] || refuse "one argument at most"

check_system() {
  local ID=unknown VERSION_ID=unknown
  # shellcheck source=/dev/null
  [ -r /etc/os-release ] && . /etc/os-release
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null && [ "$ID" = debian ] ||
    refuse "this is '$ID', not Debian: install these packages' equivalents by hand, then build" \
      "with CMake (see README.md): ${packages[*]}"
  [ "$VERSION_ID" = 12 ] ||
    echo "setup: made for Debian 12, this is Debian $VERSION_ID: going on, versions may differ"
}

missing_packages() {
  local name
  for name in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
      echo "$name"
  done
}

as_root=()
need_root() {
  [ "$(id -u)" -eq 0 ] && return
  command -v sudo >/dev/null ||
    refuse "$1 needs root: run this script as root, or install sudo"
  sudo -v || refuse "$1 needs root, and sudo refused it"
  as_root=(sudo)
}

# apt's output goes to a log; a line now and then says that it is alive.
run_apt() {
  local log
  log=$(mktemp -t opendyna-setup.XXXXXX)
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" 2>&1 | tee "$log" |
    awk '/ newly installed/ { total = $3 + 0 + $1 }
         /^(Fetched|Need to get) / { print "  " $0; fflush() }
         /^Setting up / && ++done % 50 == 0 { print "  set up " done " of " total; fflush() }'; then
    tail -n 20 "$log" >&2
    echo "setup: apt-get $1 failed; its whole output is in $log" >&2
    exit 1
  fi
  rm -f "$log"
}

# LibTorch runs its own loops on OpenMP threads. OpenBLAS's default flavour would add a second
# pool of threads that fights the first over the cores; the OpenMP flavour shares the pool.
prefer_openmp_blas() {
  local link flavour current
  for link in libblas.so.3 liblapack.so.3 libopenblas.so.0; do
    flavour=$(update-alternatives --list "$link-$multiarch" 2>/dev/null |
      grep '/openblas-openmp/') || continue
    current=$(readlink -f "/usr/lib/$multiarch/$link")
    [ "$current" = "$(readlink -f "$flavour")" ] && continue
    need_root "choosing OpenBLAS's OpenMP flavour"
    echo "setup: $link -> $flavour (undo: update-alternatives --auto $link-$multiarch)"
    "${as_root[@]}" update-alternatives --quiet --set "$link-$multiarch" "$flavour"
  done
}

# The tests of the Gymnasium bridge run against the real one, in these versions.
prepare_python() {
  local root folder log
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  folder=$root/build/python
  cmp -s "$root/deploy/python-requirements.txt" "$folder/installed.txt" && return
  echo "setup: installing Gymnasium for the tests into build/python"
  log=$(mktemp -t opendyna-setup.XXXXXX)
  mkdir -p "$root/build"
  if ! { /usr/bin/python3 -m venv --clear "$folder" &&
    "$folder/bin/pip" install --disable-pip-version-check \
      -r "$root/deploy/python-requirements.txt"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "setup: Gymnasium could not be installed (it comes from PyPI); whole output in $log" >&2
    exit 1
  fi
  rm -f "$log"
  cp "$root/deploy/python-requirements.txt" "$folder/installed.txt"
}

check_system
multiarch=$(dpkg-query -W -f='${Architecture}' dpkg)
case "$multiarch" in
  amd64) multiarch=x86_64-linux-gnu ;;
  arm64) multiarch=aarch64-linux-gnu ;;
  *) refuse "Debian has no LibTorch for '$multiarch'; amd64 and arm64 are supported" ;;
esac

mapfile -t missing < <(missing_packages)
if [ ${#missing[@]} -eq 0 ]; then
  echo "setup: all ${#packages[@]} packages are installed"
else
  need_root "installing packages"
  echo "setup: installing ${#missing[@]} packages and what they depend on: ${missing[*]}"
  run_apt update
  run_apt install --yes --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}"
fi
prefer_openmp_blas
if $dev; then prepare_python; fi
echo "setup: done in ${SECONDS} s"
