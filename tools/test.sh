#!/usr/bin/env bash
# All tests, one stage after the other; the first that fails ends the run. Called by `make test`.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
# The arrays are small: threads of the linear algebra would only wait for one another.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

at_once=(-n auto --maxprocesses 4)

stage() {
    local name=$1 start=$SECONDS
    shift
    echo "── $name"
    "$@" || {
        echo "── $name: FAILED after $((SECONDS - start)) s" >&2
        exit 1
    }
    echo "── $name: passed in $((SECONDS - start)) s"
}

find_browser() {
    local found
    found=$($python -m tools.browser) || return
    if [[ $found == playwright ]]; then unset CHROME_PATH; else export CHROME_PATH=$found; fi
    echo "$found"
}

lint() {
    $python -m ruff check . && $python -m ruff format --check .
}

compare_notebooks() {
    local notebooks=() path
    while IFS= read -r path; do notebooks+=("$path"); done < <($python -m tools.notebooks --list)
    if [[ ${#notebooks[@]} == 0 ]]; then
        echo "There is no notebook under book/." >&2
        return 1
    fi
    $python -m pytest -p tools.nbval_history "${at_once[@]}" --dist loadscope \
        --nbval --nbval-current-env --nbval-cell-timeout=300 "${notebooks[@]}"
}

stage "a browser" find_browser
stage "lint" lint
stage "unit tests" $python -m pytest tests --ignore=tests/browser "${at_once[@]}"
stage "notebooks" compare_notebooks
stage "the book" $python -m tools.build_book
stage "the pages in the browser" $python -m pytest tests/browser "${at_once[@]}" --dist loadgroup
echo "── all stages passed in $SECONDS s"
