"""The reference vectors in tests/reference: load one, and compare with one."""

import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[1] / "reference"
CASES = {case["id"]: case for case in json.loads((FOLDER / "index.json").read_text())["cases"]}


def load(name):
    """The arrays of one case, by the names that the index gives them."""
    with np.load(FOLDER / CASES[name]["file"]) as arrays:
        return dict(arrays)


def assert_agrees(ours, theirs):
    """Equal in shape, and in every number to |a - b| <= 1e-12 * max(1, max|b|)."""
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 1e-12 * max(1, np.abs(theirs).max())
