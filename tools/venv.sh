#!/usr/bin/env bash
# Make .venv ready: `tools/venv.sh book` to build the book, `tools/venv.sh test` for all the rest.
# Nothing is installed again until a file of requirements, the folder or Python itself changes.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "make: $1" >&2
    exit 1
}

wanted=$1
requirements=(requirements.txt)
if [[ $wanted == test ]]; then requirements+=(requirements-test.txt); fi

# The stamp says what was installed, where, and by which Python.
key() {
    echo "$PWD"
    .venv/bin/python -VV
    cat "${requirements[@]}" pyproject.toml tools/ipython_kernel_config.py | cksum
}
stamp=.venv/$wanted.stamp
if [[ -x .venv/bin/python && -e $stamp && $(key) == "$(cat "$stamp")" ]]; then exit 0; fi

system=${PYTHON:-python3}
command -v "$system" >/dev/null ||
    fail "Python is missing. On Debian or Ubuntu: sudo apt install python3 python3-venv"
"$system" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed, this is $("$system" -V 2>&1). Debian 12 and Ubuntu 24.04 have it (sudo apt install python3 python3-venv); PYTHON=python3.12 make … picks another one."
"$system" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "Python's venv module is missing. On Debian or Ubuntu: sudo apt install python3-venv"

# A folder that was moved, a Python that is gone or has no pip: begin afresh.
if [[ $(cat .venv/place 2>/dev/null) != "$PWD" ]] || ! .venv/bin/python -m pip -V &>/dev/null; then
    echo "Making .venv"
    "$system" -m venv --clear .venv
    .venv/bin/python -m pip -V &>/dev/null ||
        fail "The new .venv has no pip. On Debian or Ubuntu: sudo apt install python3-venv python3-pip"
    echo "$PWD" >.venv/place
fi

echo "Installing ${requirements[*]} and rnncore into .venv"
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    "${requirements[@]/#/--requirement=}" --editable . ||
    fail "The installation into .venv failed (see above); the same command tries again."
mkdir -p .venv/etc/ipython
cp tools/ipython_kernel_config.py .venv/etc/ipython/
key >"$stamp"
