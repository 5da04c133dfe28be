#!/usr/bin/env bash
# Validate, build and deploy template.yaml with the SAM CLI, which is installed outside of .venv because its pinned dependencies differ.
# Use: scripts/sam.sh [pytest options]
set -euo pipefail
cd "$(dirname "$0")/.."
home=$PWD/.shutterstep/sam-$(cksum <scripts/sam.lock | tr -d ' ')
if [ ! -e "$home/done" ]; then
  .venv/bin/python -m uv venv --quiet --clear "$home"
  .venv/bin/python -m uv pip install --quiet --python "$home/bin/python" --require-hashes -r scripts/sam.lock
  touch "$home/done"
fi
SHUTTERSTEP_SAM=$home/bin/sam .venv/bin/python -m pytest tests/sam "$@"
