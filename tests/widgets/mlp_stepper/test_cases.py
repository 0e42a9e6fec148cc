"""Writes what trace.test.js compares: ordinary, saturated and exploding networks of any size."""

from itertools import pairwise

import numpy as np

from rnncore.widgets import MLPStepper
from tests.support.cases import write_cases
from tests.support.family import Twin

KINDS = ["ordinary", "saturated", "exploding"]
# 1e200 · 1e200 is infinite, and infinity times 0 is NaN.
INFINITE = {
    **{"x0": [[1e200, 1.0]], "W": [[[1e200], [1.0]], [[0.0]]], "B": [[0.0], [0.0]]},
    **{"activations": ["linear", "relu"], "form": "batch", "cell": [0, 0]},
}


def random_values(rng, kind):
    """Return ordinary, saturated or exploding parameters of any size that can be drawn."""
    layers = int(rng.integers(1, 5))
    sizes = rng.integers(1, 7, size=layers + 1)
    known = ["linear", "relu"] if kind == "exploding" else ["linear", "relu", "tanh", "sigmoid"]
    names = [str(name) for name in rng.choice(known, size=layers)]
    if kind != "exploding" and rng.random() < 0.5:
        names[-1] = "softmax"
    scale = {"ordinary": 1.0, "saturated": 20.0, "exploding": 10.0 ** rng.integers(3, 60)}[kind]
    return {
        "x0": rng.normal(size=(int(rng.integers(1, 5)), sizes[0])).tolist(),
        "W": [(rng.normal(size=pair) * scale).tolist() for pair in pairwise(sizes)],
        "B": [rng.normal(size=n).tolist() for n in sizes[1:]],
        "activations": names,
        "form": str(rng.choice(["batch", "vector"])),
        "cell": [int(rng.integers(0, 4)), int(rng.integers(0, 6))],
    }


def test_the_cases_are_written():
    rng = np.random.default_rng(22)
    given = [random_values(rng, KINDS[i % 3]) for i in range(1002)]
    widgets = [Twin(MLPStepper, **values) for values in [*given, INFINITE]]
    *traces, infinite = write_cases("mlp_stepper", widgets)
    largest = np.array([max(np.abs(x).max() for x in trace["x"]) for trace in traces])
    assert (largest > 1e100).sum() >= 50
    saturated = [np.abs(t["x"][-1]).max() > 0.999 for t in traces[1::3]]
    assert sum(saturated) >= 50
    assert np.isinf(infinite["z"][1]).all()
    assert np.isnan(infinite["x"][2]).all()
