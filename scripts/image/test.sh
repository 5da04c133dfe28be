#!/usr/bin/env bash
# Build the image, then run the end-to-end tests with a container of it for each render task. Needs an engine.
set -euo pipefail
cd "$(dirname "$0")/../.."
export IMAGE=${IMAGE:-shutterstep-renderer}
scripts/image/build.sh >&2
SHUTTERSTEP_IMAGE=$IMAGE .venv/bin/python -m pytest tests/image tests/end_to_end/test_capture.py "$@"
