#!/usr/bin/env bash
# collect.sh ROOT PROGRAM...: makes ROOT a file system that holds the programs of build/release/bin,
# every library they load, and the configs.
set -euo pipefail
root=$1
shift
mkdir -p "$root"/{bin,etc,tmp,configs}
cp -r configs/. "$root/configs"
cp deploy/docker/cluster.toml "$root/configs/"
cp deploy/docker/no_keys.toml "$root/configs/keys.toml"
echo 'dyna:x:10001:10001::/data:/bin/false' >"$root/etc/passwd"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
chmod 1777 "$root/tmp"
for program in "$@"; do
  cp "build/release/bin/$program" "$root/bin/"
  # "name => /path (0x...)" and the loader's own "/path (0x...)".
  ldd "build/release/bin/$program" | grep -o '/[^ ]*'
done | sort -u | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
