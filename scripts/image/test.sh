#!/usr/bin/env bash
# Build the image, then test containers of it: what a container may not do, the whole workflow, and every page and option.
# Needs an engine.
set -euo pipefail
cd "$(dirname "$0")/../.."
export IMAGE=${IMAGE:-shutterstep-renderer}
scripts/image/build.sh >&2
SHUTTERSTEP_IMAGE=$IMAGE .venv/bin/python -m pytest tests/image \
  tests/end_to_end/test_{capture,fuzz_render,options,render_pixels,scenarios}.py "$@"
