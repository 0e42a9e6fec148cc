"""Writes what trace.test.js compares: paths that settle, overshoot, are clipped and diverge."""

import numpy as np

from rnncore.widgets import TrainingStepper
from rnncore.widgets.training_stepper import CLIPS, OPTIMISERS
from tests.support.cases import least, write_cases
from tests.support.family import Twin


def random_parameters(rng):
    """Return parameters at random: rates from tiny to far too large, clipped or not."""
    return {
        "W_x": float(rng.normal()),
        "W_h": float(rng.normal() * rng.choice([0.5, 1, 2])),
        "timesteps": int(rng.integers(1, rng.choice([4, 12, 41]))),
        "optimiser": str(rng.choice(OPTIMISERS)),
        "rate": float(10 ** rng.uniform(-5, 0.5)),
        "momentum": float(rng.choice([0, 0.5, 0.9, 0.99])),
        "clip": float(rng.choice([0, 0, 0.01, 1, 100])),
        "clip_by": str(rng.choice(CLIPS)),
        "updates": int(rng.integers(1, 6)),
    }


def test_the_cases_are_written():
    rng = np.random.default_rng(41)
    widgets = [Twin(TrainingStepper, **random_parameters(rng)) for _ in range(least(1000))]
    widgets += [
        Twin(TrainingStepper, **{**TrainingStepper(id="a").values(), **settings})
        for settings in ({"updates": 200}, {"W_h": 1.0, "W_x": 1.0}, {"W_h": 0.0}, {"W_h": -1.0})
    ]
    traces = write_cases("training_stepper", widgets, chaotic=True)
    diverged = [np.isinf(trace["loss"]).any() for trace in traces]
    clipped = [np.nanmax(np.abs(trace["used_h"] - trace["dW_h"])) > 0 for trace in traces]
    learnt = [trace["loss"][trace["done"]] < trace["loss"][0] / 10 for trace in traces]
    assert min(map(sum, (diverged, clipped, learnt))) >= 50
