"""Writes what trace.test.js compares: maps that settle, saturate and explode, and their kinks."""

import itertools

import numpy as np

from rnncore.widgets import ActivationExplorer
from tests.support.cases import write_cases
from tests.support.family import Twin

NAMES = ("linear", "tanh", "sigmoid", "relu")
WHOLE = [*itertools.product(NAMES, (-2.0, -1.0, 0.0, 1.0, 2.0, 4.0), (-0.5, 0.0, 1.0))]


def random_parameters(rng, size):
    """Return parameters at random; at the largest size f is saturated or explodes."""
    numbers = {name: float(rng.uniform(-size, size)) for name in ("W_h", "c", "h0")}
    return {"activation": str(rng.choice(NAMES)), "z": float(rng.uniform(-6, 6)), **numbers}


def test_the_cases_are_written():
    rng = np.random.default_rng(31)
    sets = [random_parameters(rng, size) for _ in range(320) for size in (1, 3, 10)]
    sets += [{"activation": f, "z": c, "W_h": w, "c": c, "h0": 1.0} for f, w, c in WHOLE]
    widgets = [Twin(ActivationExplorer, **values) for values in sets]
    traces = write_cases("activation_explorer", widgets, chaotic=True)
    exploded = [abs(trace["h"][-1]) > 1e6 for trace in traces]
    tanh = [w.activation == "tanh" and abs(t["h"][1]) > 0.9999 for w, t in zip(widgets, traces)]
    two = [(np.abs(trace["fixed_slope"]) < 1).sum() > 1 for trace in traces]
    assert min(map(sum, (exploded, tanh, two))) >= 20
