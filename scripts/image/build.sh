#!/usr/bin/env bash
# Build the renderer's image as IMAGE (default shutterstep-renderer). BASE_IMAGE names another base, which needs apt.
set -euo pipefail
cd "$(dirname "$0")/../.."

image=${IMAGE:-shutterstep-renderer}
base=${BASE_IMAGE:-$(sed -n 's/^ARG BASE_IMAGE=//p' functions/renderer/Dockerfile)}
network=()
if ! docker image inspect "$base" >/dev/null 2>&1 && ! timeout 120 docker pull --quiet "$base" >/dev/null 2>&1; then
  echo "image: $base cannot be pulled here; building on a Debian made by debootstrap" >&2
  base=shutterstep-base network=(--network host)
  docker image inspect "$base" >/dev/null 2>&1 || scripts/image/base.sh "$base"
fi
docker build "${network[@]}" --build-arg BASE_IMAGE="$base" --file functions/renderer/Dockerfile --tag "$image" .
docker image inspect --format '{{.Size}}' "$image" | awk -v name="$image" '{printf "%s: %.0f MB on disk\n", name, $1 / 1e6}'
