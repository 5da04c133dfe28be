#!/usr/bin/env bash
# Makes .venv from requirements.lock, and finds or installs Chromium. A second run does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "setup: $*" >&2; }
fail() { say "$*"; exit 1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
can_apt() { command -v apt-get >/dev/null && as_root true 2>/dev/null; }
apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get "$@" -qq >/dev/null; }

find_python() {
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
    # A pyenv shim may be on the PATH and still not run.
    [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null &&
      { echo "$candidate"; return; }
  done
  return 1
}

find_chromium() {
  for candidate in "${SHUTTERSTEP_CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null && return
  done
  compgen -G "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}/chromium*" >/dev/null
}

# Without these a page shows boxes instead of letters: Arabic and Vietnamese, Chinese, Japanese and Korean, emoji.
missing_fonts() {
  command -v fc-list >/dev/null || echo fontconfig
  has_font vi && has_font ar || echo fonts-noto-core
  has_font ja && has_font zh && has_font ko || echo fonts-noto-cjk
  has_font und-zsye || echo fonts-noto-color-emoji
}
has_font() { [ -n "$(fc-list ":lang=$1" family 2>/dev/null)" ]; }

# uv installs the lock file in a fraction of the time pip takes; pip installs uv itself, by the hashes of the same file.
bootstrap_uv() {
  awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock >.venv/uv.txt
  .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r .venv/uv.txt
}

# The functions and the tools are never installed; this makes Python find them in the clone.
functions_on_the_path() {
  printf '%s\n' "$PWD/functions/renderer" "$PWD/functions/starter" "$PWD/scripts" \
    >"$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/shutterstep-clone.pth"
}

stamp=".venv/setup-$(cat requirements.lock pyproject.toml | cksum | tr -d ' ')"
if [ ! -e "$stamp" ]; then
  python=$(find_python) || fail "no Python 3.11 or newer; install one, or name it: PYTHON=/path/to/python3 make setup"
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    can_apt || fail "$python cannot make virtual environments; install its venv package (Debian: python3-venv)"
    say "installing python3-venv"
    apt update && apt install -y --no-install-recommends python3-venv
  fi
  say "Python packages, with $("$python" --version)"
  "$python" -m venv .venv
  bootstrap_uv
  .venv/bin/uv pip install --quiet --python .venv --require-hashes -r requirements.lock
  .venv/bin/uv pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
  functions_on_the_path
fi

if ! find_chromium; then
  say "installing Chromium"
  { can_apt && apt update && apt install -y --no-install-recommends chromium-headless-shell; } ||
    .venv/bin/python -m playwright install chromium-headless-shell ||
    fail "no Chromium; install one (Debian: apt-get install chromium), or name it: SHUTTERSTEP_CHROMIUM=/path/to/chromium"
fi

fonts=$(missing_fonts | tr '\n' ' ')
if [ -n "$fonts" ]; then
  say "installing fonts: $fonts"
  # shellcheck disable=SC2086 # one word a package
  { can_apt && apt update && apt install -y --no-install-recommends $fonts; } ||
    say "some scripts will show as boxes; install fonts for them (Debian: apt-get install $fonts)"
fi
touch "$stamp"
