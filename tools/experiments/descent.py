"""Descend on the loss of two weights that count ones: how many updates does it take?"""

import numpy as np

from rnncore.layers import SimpleRNN
from rnncore.tasks import count_ones
from rnncore.training import SGD, Adam, mean_squared_error

TITLE = "Updates until the loss of counting ones is below 0.01, by optimiser, rate and start."
MOST, GOAL = 1000, 0.01
STARTS = {"valley": (0.2, 0.5), "cliff": (-1.5, 2.0)}
KINDS = {"SGD": SGD, "momentum": lambda rate, **clip: SGD(rate, momentum=0.9, **clip), "Adam": Adam}
RATES = {"SGD": (0.001, 0.01), "momentum": (0.0002, 0.001), "Adam": (0.01, 0.1)}
GRID = [
    {"optimiser": name, "rate": rate, "clip": clip, "start": start, "seed": seed}
    for name in KINDS
    for rate in RATES[name]
    for clip in (0.0, 1.0)
    for start in STARTS
    for seed in (1, 2, 3)
]


def run(optimiser, rate, clip, start, seed):
    """Return the number of updates, or -1 if `MOST` are too few; and the loss after the last.

    A loss that is no longer finite counts as -1 and ends the descent.  A clip of 0 is none.
    """
    x, y = count_ones(20, 10, np.random.default_rng(seed))
    W_x, W_h = STARTS[start]
    model = SimpleRNN([[W_x]], [[W_h]], activation="linear")
    update = KINDS[optimiser](rate, global_clipnorm=clip or None).update
    with np.errstate(over="ignore", invalid="ignore"):
        for updates in range(MOST + 1):
            loss, dy = mean_squared_error(model.forward(x), y)
            if loss < GOAL:
                return {"updates": updates, "loss": float(f"{loss:.3g}")}
            if not np.isfinite(loss):
                return {"updates": -1, "loss": -1.0}
            model.backward(dy)
            update(model.parameters, model.gradients)
    return {"updates": -1, "loss": float(f"{loss:.3g}")}
