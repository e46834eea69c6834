#!/usr/bin/env bash
# local_images.sh [TAG]: the images of the Dockerfile from build/release as it is, in seconds and
# without a base image, for tests and for work on the sources. Runs only on a system with the
# libraries' own Debian.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# make_image NAME PROGRAM...
make_image() {
  local root="$work/$1"
  deploy/docker/collect.sh "$root" "${@:2}"
  strip "$root"/bin/*
  install -d -o 10001 -g 10001 "$root/data"
  tar -C "$root" -c . | docker import --change 'USER 10001:10001' --change 'WORKDIR /data' \
    --change 'ENV PATH=/bin' - "opendyna-$1:${tag}" >/dev/null
}

tag=${1:-local}
make_image light dyna-actor dyna-replay
make_image full dyna dyna-actor dyna-replay dyna-learner dyna-model-server dyna-imagination
