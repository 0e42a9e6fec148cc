"""Writes what trace.test.js compares: ordinary, saturated and exploding runs."""

import numpy as np

from rnncore.activations import ELEMENTWISE
from rnncore.widgets import StateStepper
from tests.support.cases import least, write_cases
from tests.support.family import Twin


def random_parameters(rng, features, units):
    """Ordinary, saturated or exploding parameters of one sequence; numbers for one unit of one.

    The vector form stays finite: where one product of a sum overflows, what comes out depends
    on how the sum is carried out.
    """
    timesteps, kind = int(rng.integers(0, 7)), rng.choice(["ordinary", "saturated", "exploding"])
    power = rng.integers(0, 90 if features == units == 1 else 45)
    size = {"ordinary": 1.0, "exploding": 10.0**power, "saturated": 3.0}[kind]
    inputs = 20.0 if kind == "saturated" else 1.0
    bent = [name for name in ELEMENTWISE if name != "linear"]
    choices = {"ordinary": [*bent, "linear"], "saturated": bent, "exploding": ["linear", "relu"]}
    values = {
        "X": rng.normal(size=(timesteps, features)),
        "W_x": rng.normal(size=(features, units)) * inputs,
        "W_h": rng.normal(size=(units, units)) * size,
        "b": rng.normal(size=units),
        "h0": rng.normal(size=units),
    }
    if features == units == 1:
        scalar = {name: float(values[name].ravel()[0]) for name in ("W_x", "W_h", "b", "h0")}
        values = {"X": values["X"].ravel()} | scalar
    return values | {"activation": str(rng.choice(choices[kind]))}


def test_the_cases_are_written():
    rng, shapes = np.random.default_rng(21), [(1, 1), (2, 3), (3, 2), (1, 4)]
    widgets = [
        Twin(StateStepper, **random_parameters(rng, *shapes[i % 4])) for i in range(least(1000))
    ]
    states = [trace["h"] for trace in write_cases("state_stepper", widgets, chaotic=True)]
    saturated = [np.abs(h).max() > 0.999 for h, w in zip(states, widgets) if w.activation == "tanh"]
    assert sum(saturated) >= 50
    assert sum(not np.isfinite(h).all() for h in states) >= 5
