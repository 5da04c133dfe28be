#!/usr/bin/env bash
# Run a command with a container engine: an existing one, or else Debian's, which is started before and stopped after it.
# Use: scripts/image/engine.sh COMMAND [ARGUMENT…]
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { echo "engine: $*" >&2; }
if timeout 20 docker info >/dev/null 2>&1; then exec "$@"; fi

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || {
  say "no Docker engine answers, and to start one takes root on Debian; start yours, or name it: DOCKER_HOST=…"; exit 1; }
missing=()
command -v dockerd >/dev/null && command -v docker >/dev/null || missing+=(docker.io)
command -v debootstrap >/dev/null || missing+=(debootstrap)
command -v skopeo >/dev/null || missing+=(skopeo)
if [ "${#missing[@]}" -gt 0 ]; then
  say "installing ${missing[*]}"
  # The package would start an engine for the whole machine; this one is only ours.
  ran=/usr/sbin/policy-rc.d
  [ -e "$ran" ] || { printf '#!/bin/sh\nexit 101\n' >"$ran"; chmod +x "$ran"; trap 'rm -f "$ran"' EXIT; }
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# On the disk, because layers need an overlay file system; the socket's path may have at most 108 characters.
home=$PWD/.shutterstep/engine
run=$(mktemp -d)
mkdir -p "$home"
export DOCKER_HOST=unix://$run/docker.sock
# Containers share this machine's network, so that the engine need not touch its bridges and its firewall.
dockerd --data-root "$home" --exec-root "$run/exec" --pidfile "$run/pid" --host "$DOCKER_HOST" \
  --bridge none --iptables=false --ip-forward=false --ip-masq=false >"$home.log" 2>&1 &
engine=$!
end() {
  kill "$engine" 2>/dev/null && wait "$engine" 2>/dev/null || true
  umount "$run/exec/netns/default" 2>/dev/null || true
  rm -rf "$run"
  [ -z "${ran:-}" ] || rm -f "$ran"
}
trap end EXIT
for _ in $(seq 150); do
  docker info >/dev/null 2>&1 && break
  kill -0 "$engine" 2>/dev/null || { tail "$home.log" >&2; say "dockerd did not start; its log is $home.log"; exit 1; }
  sleep 0.2
done
"$@"
