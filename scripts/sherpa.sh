#!/usr/bin/env bash
# The native library of the feature `sherpa`, from PyPI, pinned by hash: fetched once, into target/, and the shell line that makes
# cargo find it printed.
#   eval "$(scripts/sherpa.sh)"
# Needs: python3 with venv and pip (Debian: apt-get install python3-venv). Linux on x86_64 or aarch64.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$(pwd)
version=2.0.1
place="$root/target/sherpa-onnx-$version"
lib="$place/sherpa_onnx/lib"
if [ ! -f "$place/complete" ]; then
  scripts/need.sh python3=python3 >&2
  python3 -c 'import venv, ensurepip' 2>/dev/null || scripts/need.sh no-such-command=python3-venv >&2
  rm -rf "$place"
  mkdir -p "$place"
  python3 -m venv "$place/venv"
  "$place/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --target "$place" -r scripts/sherpa.txt >&2
  rm -rf "$place/venv"
  [ -f "$lib/libsherpa-onnx-c-api.so" ] || { echo "sherpa.sh: the package holds no library for this machine" >&2; exit 1; }
  touch "$place/complete"
fi
echo "export SHERPA_ONNX_LIB_DIR='$lib'"
