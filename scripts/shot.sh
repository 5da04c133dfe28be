#!/usr/bin/env bash
# Takes one picture of one page; stops the local stack again if it was not up before.
set -euo pipefail
cd "$(dirname "$0")/.."
shutterstep=.venv/bin/shutterstep

if ! "$shutterstep" local status >/dev/null 2>&1; then
  trap '"$shutterstep" local down' EXIT
  "$shutterstep" local up
fi
"$shutterstep" capture "$1" -o out
