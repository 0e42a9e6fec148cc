"""Writes what trace.test.js compares: ordinary, saturated, exploding; gates free or held."""

import numpy as np

from rnncore.widgets import GateStepper
from tests.support.cases import write_cases
from tests.support.family import Twin

FREE = 5 * [-1.0]
SIZES = {"ordinary": 1.0, "saturated": 8.0, "exploding": 300.0}


def random_parameters(rng, kind):
    """Return parameters of that kind; in two of three sets about half of the gates are held."""
    timesteps = int(rng.integers(1, 7 if kind == "ordinary" else 5))

    def draw(*shape):
        return np.clip(rng.normal(size=shape) * SIZES[kind], -1000, 1000).tolist()

    after = {"reset": "after", "b_reset": draw(1)[0]}
    opening = np.where(rng.random(5) < 0.5, rng.choice([0.0, 0.5, 1.0, rng.random()], 5), -1)
    return {
        **{"X": draw(timesteps), "lstm": draw(3, 4), "gru": draw(3, 3), "simple": draw(3)},
        **{"h0": draw(1)[0], "c0": draw(1)[0]},
        "held": opening.tolist() if rng.random() < 0.67 else FREE,
        "since": int(rng.integers(1, timesteps + 2)),
        "cell": str(rng.choice(GateStepper.LIMITS["cells"])),
        **(after if rng.random() < 0.5 else {"reset": "before", "b_reset": 0.0}),
    }


def test_the_cases_are_written():
    rng = np.random.default_rng(7)
    sets = [random_parameters(rng, kind) for _ in range(334) for kind in SIZES]
    widgets = [Twin(GateStepper, **values) for values in sets]
    traces = write_cases("gate_stepper", widgets, chaotic=True)
    held = [any(v != -1 for v in w.held) and w.since <= len(w.X) for w in widgets]
    saturated = [(trace["i"][1:] > 0.9999).any() for trace in traces]
    assert sum(held) > 300
    assert sum(w.b_reset != 0 for w in widgets) > 300
    assert sum(saturated) > 300
    assert sum(np.abs(trace["sum_i"][1:]).max() > 1e5 for trace in traces) > 100
