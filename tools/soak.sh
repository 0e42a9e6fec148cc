#!/usr/bin/env bash
# A long game with every widget of the gallery, from a seed that is printed. Called by `make soak`.
#   SEED=7 ACTIONS=5000 SETS=2000 make soak
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python

export SEED=${SEED:-$RANDOM} ACTIONS=${ACTIONS:-1000} SETS=${SETS:-1000}
echo "SEED=$SEED ACTIONS=$ACTIONS SETS=$SETS"
$python -m pytest tests/browser/test_fuzz.py \
    tests/widgets/state_stepper/test_page.py::test_random_parameter_sets_show_the_numbers_of_rnncore \
    -n auto --maxprocesses 4
