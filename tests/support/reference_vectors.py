"""Load the reference vectors in tests/reference, and compare with one."""

import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[1] / "reference"
CASES = {
    case["id"]: case for case in json.loads((FOLDER / "index.json").read_text("utf8"))["cases"]
}


def load(name):
    """Return the arrays of one case, by the names in the index."""
    with np.load(FOLDER / CASES[name]["file"]) as arrays:
        return dict(arrays)


def assert_agrees(ours, theirs):
    """Assert the same shape, and |a - b| <= 1e-12 * max(1, max|b|) for every number."""
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 1e-12 * max(1, np.abs(theirs).max())
