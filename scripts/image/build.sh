#!/usr/bin/env bash
# Build the renderer's image as IMAGE (default shutterstep-renderer). BASE_IMAGE names another base, which needs apt;
# PLATFORM is the image's platform, linux/amd64 or linux/arm64; this machine's by default.
set -euo pipefail
cd "$(dirname "$0")/../.."

image=${IMAGE:-shutterstep-renderer}
base=${BASE_IMAGE:-$(sed -n 's/^ARG BASE_IMAGE=//p' functions/renderer/Dockerfile)}
network=() platform=()
here=$(docker version --format '{{.Server.Os}}/{{.Server.Arch}}')
# Only where it differs: an engine without BuildKit knows no --platform.
[ "${PLATFORM:-$here}" = "$here" ] || platform=(--platform "$PLATFORM")
base_is_here() { [ "$(docker image inspect --format '{{.Os}}/{{.Architecture}}' "$base" 2>/dev/null)" = "${PLATFORM:-$here}" ]; }
if ! base_is_here && ! timeout 120 docker pull --quiet "${platform[@]}" "$base" >/dev/null 2>&1; then
  [ "${#platform[@]}" = 0 ] || { echo "image: $base cannot be pulled for $PLATFORM, and debootstrap makes $here only" >&2; exit 1; }
  echo "image: $base cannot be pulled here; building on a Debian made by debootstrap" >&2
  base=shutterstep-base network=(--network host)
  docker image inspect "$base" >/dev/null 2>&1 || scripts/image/base.sh "$base"
fi
docker build "${network[@]}" "${platform[@]}" --build-arg BASE_IMAGE="$base" --file functions/renderer/Dockerfile --tag "$image" .
built=$(docker image inspect --format '{{.Os}}/{{.Architecture}}' "$image")
[ "$built" = "${PLATFORM:-$here}" ] || { echo "image: built for $built instead of $PLATFORM; the engine needs BuildKit" >&2; exit 1; }
docker image inspect --format '{{.Size}}' "$image" | awk -v name="$image" '{printf "%s: %.0f MB on disk\n", name, $1 / 1e6}'
