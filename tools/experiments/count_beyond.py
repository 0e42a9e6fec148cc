"""Networks that have learnt to count the ones among 20 bits, asked about longer sequences."""

import numpy as np

from rnncore.layers import GRU, LSTM, Dense, Sequential, SimpleRNN
from rnncore.tasks import count_ones
from rnncore.training import Adam, fit, mean_squared_error

TITLE = "Count the ones among 20 bits, and then among 40 and 80"
LENGTHS = (20, 40, 80)
KINDS = ("linear", "relu", "tanh", "LSTM", "GRU")
GRID = [{"kind": kind, "seed": seed} for kind in KINDS for seed in range(5)]


def run(kind, seed, units=16):
    """Return the rms error of the count for each length."""
    rng = np.random.default_rng(seed)
    if kind in ("LSTM", "GRU"):
        rnn = {"LSTM": LSTM, "GRU": GRU}[kind].initialise(1, units, rng)
    else:
        rnn = SimpleRNN.initialise(1, units, rng, activation=kind)
    model = Sequential([rnn, Dense.initialise(units, 1, rng)])
    x, y = count_ones(1000, LENGTHS[0], rng)
    fit(model, x, y, mean_squared_error, Adam(0.003), 30, rng=rng, clip=1.0)
    errors = []
    for timesteps in LENGTHS:
        x, y = count_ones(500, timesteps, np.random.default_rng(1000 + seed))
        errors.append(float(np.sqrt(((model.forward(x, keep=False) - y) ** 2).mean())))
    return {"lengths": list(LENGTHS), "rms": errors}
