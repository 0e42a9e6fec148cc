"""What the experiments of chapter 8 share: layers by name, and training that stops when it can."""

import numpy as np

from rnncore.layers import GRU, LSTM, Dense, Sequential, SimpleRNN
from rnncore.training import (
    binary_accuracy_with_logits,
    binary_cross_entropy_with_logits,
    evaluate,
    fit,
)

TEST = 1000
BATCH = 50
LEARNT = 0.1  # a mean loss below it counts as learnt, and ends the training
SEEDS = (1, 2, 3, 4, 5)
UNIFORM = {"W_x": "uniform", "W_h": "uniform", "b": "uniform"}  # as PyTorch begins
LAYERS = {
    "plain": (SimpleRNN, {}),
    "plain, PyTorch's start": (SimpleRNN, UNIFORM),
    "LSTM": (LSTM, {}),
    "GRU": (GRU, {}),
}


def recurrent(layer, features, units, rng, **options):
    """Return a new layer by its name in `LAYERS`."""
    kind, usual = LAYERS[layer]
    return kind.initialise(features, units, rng=rng, **usual | options)


def classify(layers, train, test, optimiser, epochs, rng):
    """Train layers and a logit on top of them; return the accuracy on the test, and the epoch.

    The epoch is that in which the loss fell below `LEARNT`, or None.
    """
    units = layers[-1].units
    model = Sequential([*layers, Dense.initialise(units, 1, rng=rng)])
    loss = binary_cross_entropy_with_logits
    history = fit(
        model,
        *train,
        loss,
        optimiser,
        epochs,
        BATCH,
        rng=rng,
        clip=1.0,
        callback=lambda epoch, history: history["loss"][-1] < LEARNT,
    )
    right = binary_accuracy_with_logits
    found = evaluate(model, *test, loss, metrics=[right])[right.__name__]
    done = history["loss"][-1] < LEARNT
    return {"accuracy": round(found, 3), "epoch": len(history["loss"]) if done else None}


def both(make, n, timesteps, rng):
    """Return training and test data of a task."""
    return make(n, timesteps, rng), make(TEST, timesteps, rng)


def generator(seed):
    return np.random.default_rng(seed)
