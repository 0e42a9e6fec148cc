"""Handwritten digits, read row by row or all at once, by models of about 5 000 weights."""

import numpy as np

from rnncore.layers import GRU, LSTM, Dense, Sequential, SimpleRNN
from rnncore.tasks import digits
from rnncore.training import Adam, accuracy, fit
from rnncore.training import categorical_cross_entropy_with_logits as loss

TITLE = "Read the 8 by 8 digits with and without recurrence"
RECURRENT = {"SimpleRNN": (SimpleRNN, 64), "LSTM": (LSTM, 29), "GRU": (GRU, 35)}
EPOCHS = 30
MODELS = (*RECURRENT, "MLP", "logistic regression")
GRID = [{"model": model, "seed": seed} for model in MODELS for seed in range(5)]
LARGER = [{"model": model, "seed": seed} for model in MODELS for seed in range(5, 20)]


def run(model, seed):
    """Return the number of weights, and the share of the test digits that is read right."""
    rng = np.random.default_rng(seed)
    train, test = digits()
    made = build(model, rng)
    if model not in RECURRENT:  # all 64 pixels at once
        train, test = ((part.x.reshape(-1, 64), part.y) for part in (train, test))
    (x, y), (new_x, new_y) = train, test
    fit(made, x, y, loss, Adam(0.003), EPOCHS, rng=rng, clip=1.0)
    right = accuracy(made.forward(new_x, keep=False), new_y)
    return {"weights": sum(p.size for p in made.parameters.values()), "accuracy": right}


def build(model, rng):
    """Make a model of that name, with about 5 000 weights where it can have them."""
    if model in RECURRENT:
        kind, units = RECURRENT[model]
        return Sequential([kind.initialise(8, units, rng), Dense.initialise(units, 10, rng)])
    if model == "MLP":
        hidden = Dense.initialise(64, 64, rng, "relu")
        return Sequential([hidden, Dense.initialise(64, 10, rng)])
    return Sequential([Dense.initialise(64, 10, rng)])
