"""A network that forecasts a sine one step ahead, and then goes on from its own answers."""

import numpy as np

from rnncore.layers import Dense, Sequential, SimpleRNN
from rnncore.training import Adam, fit, mean_squared_error

TITLE = "Forecast a sine, trained on chunks of 10 with a carried or a zero state, then run freely"
PERIOD, CHUNK, WARM, FREE = 25, 10, 50, 100
GRID = [{"carried": carried, "seed": seed} for carried in (True, False) for seed in range(5)]


def run(carried, seed):
    """Return the rms error one step ahead, that of persistence, and that of the free run."""
    rng = np.random.default_rng(seed)
    x, y = waves(16, 200, rng)
    rnn = SimpleRNN.initialise(1, 16, rng, return_sequences=True)
    model = Sequential([rnn, Dense.initialise(16, 1, rng)])
    how = {"batch_size": 16, "rng": rng, "clip": 1.0}
    if carried:
        how |= {"stateful": True, "chunk": CHUNK}
    else:
        x, y = x.reshape(-1, CHUNK, 1), y.reshape(-1, CHUNK, 1)
    fit(model, x, y, mean_squared_error, Adam(0.003), 60, **how)
    x, y = waves(16, WARM + FREE, np.random.default_rng(1000 + seed))
    ahead = model.forward(x, keep=False)[:, WARM:]
    return {
        "one_step": rms(ahead - y[:, WARM:]),
        "persistence": rms(x[:, WARM:] - y[:, WARM:]),
        "free": rms(free_run(model, x[:, :WARM], FREE) - y[:, WARM - 1 : -1]),
    }


def waves(n, steps, rng):
    """Make sines of one period and any phase; the target is the value that comes next."""
    t = np.arange(steps + 1) + rng.uniform(0, PERIOD, (n, 1))
    values = np.sin(2 * np.pi * t / PERIOD)[..., np.newaxis]
    return values[:, :-1], values[:, 1:]


def free_run(model, warm, steps):
    """Read what is known, and then each answer as the next input."""
    y = [model.forward(warm, keep=False)[:, -1:]]
    for _ in range(steps - 1):
        y.append(model.forward(y[-1], *model.state, keep=False))
    return np.concatenate(y, axis=1)


def rms(error):
    """Return the root of the mean square."""
    return float(np.sqrt((error**2).mean()))
