#!/usr/bin/env bash
# Check template.yaml with checkov, installed outside of .venv because its pinned dependencies differ. Exceptions: .checkov.yaml.
set -euo pipefail
cd "$(dirname "$0")/.."
home=.shutterstep/checkov-$(cksum <scripts/scan.lock | tr -d ' ')
if [ ! -e "$home/done" ]; then
  .venv/bin/python -m venv --clear "$home"
  "$home/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r scripts/scan.lock
  touch "$home/done"
fi
"$home/bin/checkov" --config-file .checkov.yaml
echo "checkov: nothing but the written exceptions"
