"""Remember the first of thirty bits, from two kinds of initial weights and with two optimisers."""

import numpy as np

from rnncore.layers import Dense, Sequential, SimpleRNN
from rnncore.tasks import first_bit
from rnncore.training import (
    SGD,
    Adam,
    binary_accuracy_with_logits,
    binary_cross_entropy_with_logits,
    evaluate,
    fit,
)

TITLE = "The first of thirty bits, 16 units, 40 epochs: initial weights and optimisers."
WEIGHTS = {
    "orthogonal": {"W_x": "glorot", "W_h": "orthogonal"},
    "uniform": {"W_x": "uniform", "W_h": "uniform", "b": "uniform"},
}
OPTIMISERS = {"SGD 0.1": lambda: SGD(0.1), "Adam 0.003": lambda: Adam(0.003)}
GRID = [
    {"weights": weights, "optimiser": optimiser, "seed": seed}
    for weights in WEIGHTS
    for optimiser in OPTIMISERS
    for seed in range(1, 6)
]


def run(weights, optimiser, seed):
    """Return the last loss, and the accuracy on a thousand fresh sequences."""
    rng = np.random.default_rng(seed)
    train, test = (first_bit(n, 30, rng) for n in (2000, 1000))
    rnn = SimpleRNN.initialise(1, 16, rng, **WEIGHTS[weights])
    model = Sequential([rnn, Dense.initialise(16, 1, rng)])
    loss, metrics = binary_cross_entropy_with_logits, [binary_accuracy_with_logits]
    history = fit(model, *train, loss, OPTIMISERS[optimiser](), 40, rng=rng, clip=1.0)
    found = evaluate(model, *test, loss, metrics=metrics)
    right = round(found["binary_accuracy_with_logits"], 3)
    return {"loss": round(history["loss"][-1], 3), "accuracy": right}
