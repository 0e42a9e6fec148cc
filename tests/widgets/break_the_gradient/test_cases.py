"""Writes what trace.test.js compares: ordinary, saturated and large numbers, with any mistakes."""

import numpy as np

from rnncore.mistakes import MISTAKES
from rnncore.widgets import BreakTheGradient, break_the_gradient
from rnncore.widgets.break_the_gradient import BOUND
from tests.support.cases import write_cases
from tests.support.family import Twin

SHAPES = [(2, 3), (3, 3), (1, 2), (4, 2), (4, 4)]  # features, units
SIZES = {"ordinary": 0.7, "saturated": 4.0, "large": 1e3}


def random_problem(rng, kind, features, units):
    """Return ordinary numbers, or such that saturate tanh, or the largest there may be."""
    timesteps, size = int(rng.integers(1, 7)), SIZES[kind]

    def draw(*shape, scale=1.0):
        return (rng.normal(size=shape) * scale).clip(-BOUND, BOUND).tolist()

    return {
        "X": draw(timesteps, features),
        "W_x": draw(features, units, scale=size),
        "W_h": draw(units, units, scale=size),
        "b": draw(units),
        "h0": draw(units),
        "dS": draw(timesteps, units),
    }


def random_mistakes(rng):
    return {name: bool(rng.random() < 0.3) for name in MISTAKES}


def once(function):
    """Return the function, computed once for the same arguments: mistakes share a problem."""
    known = {}

    def remembered(**given):
        key = tuple(np.asarray(value).tobytes() for value in given.values())
        if key not in known:
            known[key] = function(**given)
        return known[key]

    return remembered


def test_the_cases_are_written(monkeypatch):
    rng, kinds = np.random.default_rng(31), list(SIZES)
    problems = [random_problem(rng, kinds[i % 3], *SHAPES[i % 5]) for i in range(126)]
    widgets = [
        Twin(BreakTheGradient, **problem, **random_mistakes(rng))
        for problem in problems
        for _ in range(8)
    ]
    for name in ("numerical_gradients", "gradients"):
        monkeypatch.setattr(break_the_gradient, name, once(getattr(break_the_gradient, name)))
    monkeypatch.setattr(break_the_gradient, "training_data", dict)  # stored; a trait brings it
    traces = write_cases("break_the_gradient", widgets)
    assert sum(np.isnan(trace["error"]).any() for trace in traces) >= 100  # NumPy refuses
    assert sum((np.abs(trace["h"][1:]) > 0.999).any() for trace in traces) >= 300
    assert len(traces) >= 1000
