#!/usr/bin/env bash
# Installs what Shutterstep is measured beside: the npm peers from their lock, and shot-scraper with Playwright.
set -euo pipefail
cd "$(dirname "$0")"
export PUPPETEER_SKIP_DOWNLOAD=1 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

stamp="node_modules/setup-$(cat package-lock.json requirements.txt | cksum | tr -d ' ')"
[ -e "$stamp" ] && exit
if command -v npm >/dev/null; then
  npm ci --ignore-scripts --no-audit --no-fund --silent
else
  echo "bench: without npm the npm peers are left out" >&2
  mkdir -p node_modules
fi
../../../.venv/bin/python -m venv .venv
.venv/bin/python -m pip install -qq --disable-pip-version-check -r requirements.txt
touch "$stamp"
