"""Eight ways in which a loss can go, each from three seeds, before and after one change."""

import numpy as np

from rnncore.layers import Dense, Embedding, Sequential, SimpleRNN
from rnncore.tasks import WORDS, count_ones, first_bit, flagged_bit, sentiment
from rnncore.training import SGD, Adam, binary_cross_entropy_with_logits, fit, mean_squared_error

TITLE = "Eight loss curves, and what one change makes of seven of them."
SEEDS = 1, 2, 3
EPOCHS = 30
DIGITS = 3  # that are kept of each loss


def bits(rng, rate=0.01, timesteps=6, scale=1.0):
    """Keep the first of several bits, with the orthogonal W_h times a number."""
    data = [first_bit(256, timesteps, rng) for _ in range(2)]
    rnn = SimpleRNN.initialise(1, 8, rng)
    rnn.parameters["W_h"][...] *= scale
    return Sequential([rnn, Dense.initialise(8, 1, rng)]), data, Adam(rate)


def zeros(rng):
    """Keep the first bit, with all weights zero in the beginning."""
    model, *others = bits(rng)
    for p in model.parameters.values():
        p[...] = 0.0
    return model, *others


def flag(rng, activation):
    """Keep the bit that carries a flag."""
    data = [flagged_bit(512, 6, rng) for _ in range(2)]
    rnn = SimpleRNN.initialise(2, 8, rng, activation=activation)
    return Sequential([rnn, Dense.initialise(8, 1, rng)]), data, Adam(0.01)


def sentences(rng, n):
    """Read n short sentences about films."""
    data = [sentiment(m, 6, rng) for m in (n, 300)]
    embedding = Embedding.initialise(len(WORDS), 4, rng)
    layers = [embedding, SimpleRNN.initialise(4, 16, rng), Dense.initialise(16, 1, rng)]
    return Sequential(layers), data, Adam(0.01)


def ones(rng, rate):
    """Count ones with one linear unit."""
    data = [count_ones(200, 20, rng) for _ in range(2)]
    return SimpleRNN([[0.5]], [[0.9]], activation="linear"), data, SGD(rate)


KINDS = {  # what is trained, and the same after one change
    "healthy": (bits, None),
    "rate too small": (lambda rng: bits(rng, rate=0.0001), bits),
    "rate too large": (lambda rng: bits(rng, rate=2.0), bits),
    "plateau": (
        lambda rng: bits(rng, timesteps=15, scale=0.5),
        lambda rng: bits(rng, timesteps=15),
    ),
    "overfitting": (lambda rng: sentences(rng, 150), lambda rng: sentences(rng, 600)),
    "levels off high": (lambda rng: flag(rng, "linear"), lambda rng: flag(rng, "tanh")),
    "spikes": (lambda rng: ones(rng, 1e-4), lambda rng: ones(rng, 1e-5)),
    "nothing moves": (zeros, bits),
}
GRID = [
    {"kind": kind, "changed": changed, "seed": seed}
    for kind, (_, after) in KINDS.items()
    for changed in (False, True)[: 1 if after is None else 2]
    for seed in SEEDS
]


def run(kind, changed, seed):
    """Train once; return the losses, and the largest norm of a gradient, epoch by epoch."""
    rng = np.random.default_rng(seed)
    model, (train, held_back), optimiser = KINDS[kind][changed](rng)
    loss = mean_squared_error if kind == "spikes" else binary_cross_entropy_with_logits
    history = fit(model, *train, loss, optimiser, EPOCHS, rng=rng, validation=held_back)
    return {name: [float(f"{n:.{DIGITS}g}") for n in each] for name, each in history.items()}
