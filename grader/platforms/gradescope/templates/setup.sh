#!/usr/bin/env bash
# Runs once, as root, when the platform builds the image. Everything student code may read goes to $VENV; this folder
# is closed to every user but root.
set -euo pipefail

SOURCE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
VENV="${HW11_VENV:-/opt/hw11}"

wanted=""
command -v bwrap >/dev/null || wanted="bubblewrap"
find_python() {
  for name in ${HW11_PYTHON:-python3.13 python3.12 python3.11 python3}; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
}
PYTHON="$(find_python)"
[ -n "$PYTHON" ] || wanted="$wanted python3.11 python3.11-venv"
if [ -n "$wanted" ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $wanted || apt-get install -y -qq --no-install-recommends python3 python3-venv
  PYTHON="$(find_python)"
fi
[ -n "$PYTHON" ] || { echo "hw11 needs Python 3.11 or newer: choose a newer base image"; exit 1; }

# shellcheck disable=SC2086
"$PYTHON" -m venv ${HW11_VENV_OPTIONS:-} "$VENV"
PIP="$VENV/bin/python -m pip --disable-pip-version-check --no-input"
$PIP install --quiet --no-cache-dir --extra-index-url "${HW11_TORCH_INDEX:-https://download.pytorch.org/whl/cpu}" \
  -c "$SOURCE/constraints.txt" "$SOURCE"/*.whl
$PIP install --quiet --no-cache-dir --no-deps --force-reinstall "$SOURCE"/*.whl
chmod -R go+rX "$VENV"

chmod -R go-rwx "$SOURCE"
chmod +x "$SOURCE/run_autograder"
echo "hw11: installed in $VENV"
