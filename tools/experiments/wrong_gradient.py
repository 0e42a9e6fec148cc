"""Read digits row by row with a right and with two wrong backward passes."""

import numpy as np

from rnncore.layers import Dense, Sequential
from rnncore.mistakes import MistakenRNN
from rnncore.tasks import digits
from rnncore.training import Adam, accuracy, categorical_cross_entropy_with_logits, evaluate, fit

TITLE = "Digits, row by row, with 32 units and 15 epochs: a right and two wrong backward passes."
BACKWARD = {"right": (), "no transpose": ("no_transpose",), "state after": ("same_state",)}
GRID = [{"backward": name, "seed": seed} for name in BACKWARD for seed in range(1, 6)]


def run(backward, seed):
    """Return the loss of the first and of the last epoch, and the accuracy on the test digits."""
    rng = np.random.default_rng(seed)
    train, test = digits()
    rnn = MistakenRNN.initialise(8, 32, rng, mistakes=BACKWARD[backward])
    model = Sequential([rnn, Dense.initialise(32, 10, rng)])
    loss = categorical_cross_entropy_with_logits
    history = fit(model, *train, loss, Adam(0.003), 15, rng=rng, clip=1.0)
    found = evaluate(model, *test, loss, metrics=[accuracy])
    first, *_, last = (round(n, 3) for n in history["loss"])
    return {"first": first, "last": last, "accuracy": round(found["accuracy"], 3)}
