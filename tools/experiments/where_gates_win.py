"""Several small tasks, several layers: where do gates win, where nothing, where a plain network?"""

import numpy as np

from rnncore.layers import Dense, Embedding, Sequential
from rnncore.tasks import WORDS, echo, flagged_bit, sentiment, sine
from rnncore.training import Adam, evaluate, fit, mean_squared_error
from tools.experiments._training import SEEDS, TEST, both, classify, generator, recurrent

TITLE = "Six small tasks, each learnt by a plain, an LSTM and a GRU layer."
TASKS = (
    "flagged bit",
    "padding at the end",
    "padding at the front",
    "echo",
    "one unit",
    "30 sines",
)
KINDS = ("plain", "LSTM", "GRU")
GRID = [
    {"task": task, "layer": layer, "seed": seed}
    for seed in SEEDS
    for task in TASKS
    for layer in (*KINDS, *(["plain, PyTorch's start"] if task == "flagged bit" else []))
]
LARGER = [
    {"task": task, "layer": layer, "seed": seed}
    for seed in (6, 7, 8, 9, 10)
    for task in TASKS
    for layer in KINDS
]
UNITS, STEPS, LONGEST = 16, 40, 12


def run(task, layer, seed):
    rng = generator(seed)
    if task == "30 sines":
        return predict(layer, rng)
    if task == "flagged bit":
        data = both(flagged_bit, 2000, STEPS, rng)
        return classify([recurrent(layer, 2, UNITS, rng)], *data, Adam(0.005), 40, rng)
    if task == "echo":
        data = both(lambda n, steps, rng: echo(n, steps, rng, 8), 500, STEPS, rng)
        every = recurrent(layer, 1, UNITS, rng, return_sequences=True)
        return classify([every], *data, Adam(0.005), 40, rng)
    if task == "one unit":
        data = both(one_number, 1000, 30, rng)
        return classify([recurrent(layer, 1, 1, rng)], *data, Adam(0.02), 40, rng)
    data = both(padded(at_the_end=task == "padding at the end"), 2000, STEPS, rng)
    words = Embedding.initialise(len(WORDS), 4, rng=rng)
    layers = [words, recurrent(layer, 4, UNITS, rng)]
    return classify(layers, *data, Adam(0.005), 30, rng)


def padded(at_the_end):
    """Return a task: short reviews, with the token 0 after them or before them."""

    def make(n, timesteps, rng):
        x, y = sentiment(n, LONGEST, rng)
        x = np.pad(x, [(0, 0), (0, timesteps - LONGEST)])
        if not at_the_end:
            x = np.array([np.roll(row, -np.count_nonzero(row)) for row in x])
        return x, y

    return make


def one_number(n, timesteps, rng):
    """Make 1 or -1, and silence after it; the target is whether it was 1."""
    x, y = np.zeros((n, timesteps, 1)), rng.integers(2, size=(n, 1))
    x[:, 0] = 2 * y - 1
    return x, y.astype(float)


def predict(layer, rng):
    """Learn the next value of a sine from 30 examples; return the root mean square error."""
    x, y = sine(30, 20, rng)
    model = Sequential([recurrent(layer, 1, UNITS, rng), Dense.initialise(UNITS, 1, rng=rng)])
    fit(model, x, y, mean_squared_error, Adam(0.005), 200, 30, rng=rng, clip=1.0)
    squared = evaluate(model, *sine(TEST, 20, rng), mean_squared_error)["loss"]
    return {"rms": round(float(np.sqrt(squared)), 3)}
