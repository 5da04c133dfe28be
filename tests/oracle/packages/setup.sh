#!/usr/bin/env bash
# Installs the pages of others that the oracle's tests picture: npm packages from their lock, and manuals of Debian.
set -euo pipefail
cd "$(dirname "$0")"

manuals="python-flask-doc git-doc libjs-sphinxdoc libjs-jquery libjs-underscore"
stamp="node_modules/setup-$(cat package-lock.json setup.sh | cksum | tr -d ' ')"
# Tests in several processes install once.
exec 9>setup.lock
flock 9
[ -e "$stamp" ] && exit
npm ci --ignore-scripts --no-audit --no-fund --silent

# Unpacked here, not installed: that takes no root, and slim images of Debian leave documents out when they install.
rm -rf debian
mkdir -p debian/archives
# shellcheck disable=SC2086 # one word a package
download() { apt-get -qq -o APT::Sandbox::User=root download $manuals; }
(cd debian/archives && { download 2>/dev/null || { apt-get -qq update && download; }; })
for archive in debian/archives/*.deb; do dpkg-deb -x "$archive" debian; done
rm -rf debian/archives
touch "$stamp"
