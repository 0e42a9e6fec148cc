#!/usr/bin/env bash
# A long game with every widget of the gallery, from a seed that is printed. Called by `make soak`.
#   SEED=7 ACTIONS=5000 SETS=2000 make soak
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python

found=$($python -m tools.browser)
if [[ $found == playwright ]]; then unset CHROME_PATH; else export CHROME_PATH=$found; fi
export SEED=${SEED:-$RANDOM} ACTIONS=${ACTIONS:-1000} SETS=${SETS:-1000}
echo "SEED=$SEED ACTIONS=$ACTIONS SETS=$SETS"
$python -m pytest tests/browser/test_fuzz.py tests/widgets \
    -k "test_fuzz or test_cases or test_random" -n auto --maxprocesses 4
.venv/bin/deno test -P
