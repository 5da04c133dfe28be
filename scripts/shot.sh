#!/usr/bin/env bash
# One picture of one page; a local stack that was not up before is taken down again.
set -euo pipefail
cd "$(dirname "$0")/.."
shutterstep=.venv/bin/shutterstep

if ! "$shutterstep" local status >/dev/null 2>&1; then
  trap '"$shutterstep" local down' EXIT
  "$shutterstep" local up
fi
"$shutterstep" capture "$1" -o out
