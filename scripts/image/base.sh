#!/usr/bin/env bash
# Makes a base image where no registry can be reached: Debian 13 by debootstrap, with this machine's package settings.
# Use: scripts/image/base.sh NAME   (root, a Debian machine, and an engine that runs)
set -euo pipefail
cd "$(dirname "$0")/../.."
name=$1
suite=trixie

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
sources=$(cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null || true)
mirror=$(grep -om1 'https\?://[^ ]*/debian/\? *$' <<<"$sources" || grep -om1 'https\?://[^ ]*' <<<"$sources" | head -1)
[ -n "$mirror" ] || { echo "image: no Debian mirror in this machine's apt sources; set BASE_IMAGE instead" >&2; exit 1; }

debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$root.log" 2>&1 || { tail "$root.log" >&2; exit 1; }
rm -f "$root.log" "$root/etc/apt/sources.list" "$root"/var/cache/apt/archives/*.deb
if [ -e /etc/apt/sources.list.d/debian.sources ]; then
  sed "s/\b$codename\b/$suite/g" /etc/apt/sources.list.d/debian.sources >"$root/etc/apt/sources.list.d/debian.sources"
else
  sed "s/\b$codename\b/$suite/g" /etc/apt/sources.list >"$root/etc/apt/sources.list"
fi
apt-config dump | grep -E '^Acquire::(http|https|Check)' >"$root/etc/apt/apt.conf.d/90machine" || true
# As in Debian's own slim images: no documentation, no translations, no fsync.
rm -rf "$root"/usr/share/{doc,info,locale,man}/*
printf '%s\n' force-unsafe-io path-exclude=/usr/share/{doc,info,locale,man}/\* >"$root/etc/dpkg/dpkg.cfg.d/slim"
# pip's settings that say where packages come from, and whom this machine trusts: the ca-certificates package of the
# image would write its own bundle over this one.
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/machine-ca.crt"
{ printf '[global]\ncert = /etc/machine-ca.crt\n'; .venv/bin/python -m pip config list 2>/dev/null |
  sed -nE "s/^(:env:|global)\.(index-url|proxy|trusted-host)='(.*)'$/\2 = \3/p" | sort -u; } >"$root/etc/pip.conf"
# Removes names and passwords from addresses, which must stay on this machine.
find "$root/etc/apt" "$root/etc/pip.conf" -type f -exec sed -Ei 's#(://)[^/@[:space:]"]*@#\1#g' {} +
tar -C "$root" -c . | docker import - "$name" >/dev/null
