"""Forecasts of a random walk, where nobody can know more than the last value."""

import numpy as np

from rnncore.layers import GRU, LSTM, Dense, Sequential, SimpleRNN
from rnncore.training import Adam, fit, mean_squared_error

TITLE = "Forecast a random walk one step ahead, and compare with its last value"
KINDS = {"SimpleRNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU}
SIZE = 0.35  # the standard deviation of a step
GRID = [{"kind": kind, "seed": seed} for kind in (*KINDS, "nine weights") for seed in range(5)]


def run(kind, seed):
    """Return the rms errors of the model and of persistence, R², and the lag that fits best."""
    rng = np.random.default_rng(seed)
    (x, y), (new_x, new_y) = walks(64, 50, rng), walks(64, 50, rng)
    if kind in KINDS:
        rnn = KINDS[kind].initialise(1, 16, rng, return_sequences=True)
        model = Sequential([rnn, Dense.initialise(16, 1, rng)])
    else:  # one unit, no bias, and nothing read but the last value
        model = nine_weights(rng)
        x, y, new_x, new_y = (a.reshape(-1, 1, 1) for a in (x, y, new_x, new_y))
    epochs = 30 if kind in KINDS else 10
    fit(model, x, y, mean_squared_error, Adam(0.01), epochs, batch_size=16, rng=rng, clip=1.0)
    answer = model.forward(new_x, keep=False)
    return {
        "weights": sum(p.size for p in model.parameters.values()),
        "rms": rms(answer - new_y),
        "persistence": rms(new_x - new_y),
        "R2": 1 - float(((answer - new_y) ** 2).mean() / new_y.var()),
        "to_last": rms(answer - new_x),  # how far the answer is from the last value
    }


def nine_weights(rng):
    """Make the smallest LSTM with a dense layer: 4 weights for x, 4 for h, and 1."""
    p = LSTM.initialise(1, 1, rng).parameters
    lstm = LSTM(p["W_x"], p["W_h"], None, activation="linear", return_sequences=True)
    return Sequential([lstm, Dense(rng.uniform(-1, 1, (1, 1)))])


def walks(n, steps, rng):
    """Make random walks; the target is the value that comes next."""
    values = rng.normal(0, SIZE, (n, steps + 1, 1)).cumsum(axis=1)
    return values[:, :-1], values[:, 1:]


def rms(error):
    """Return the root of the mean square."""
    return float(np.sqrt((error**2).mean()))
