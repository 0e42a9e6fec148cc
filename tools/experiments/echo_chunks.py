"""The echo task in chunks: the state carried from chunk to chunk, or zero at each border."""

import numpy as np

from rnncore.layers import Dense, Sequential, SimpleRNN
from rnncore.tasks import echo
from rnncore.training import Adam, binary_accuracy_with_logits, fit
from rnncore.training import binary_cross_entropy_with_logits as loss

TITLE = "Say again the bit of some steps ago, trained in chunks with a carried or a zero state"
STREAMS, STEPS, UNITS, UPDATES = 32, 320, 16, 1000
CHUNKS = {3: (1, 2, 4, 8, 16), 12: (4, 8, 16, 24)}
GRID = [
    {"lag": lag, "chunk": chunk, "carried": carried, "seed": seed}
    for lag, chunks in CHUNKS.items()
    for chunk in chunks
    for carried in (True, False)
    for seed in range(5)
]


def run(lag, chunk, carried, seed):
    """Return the accuracy on new streams, read as in training: halfway, and at the end."""
    rng = np.random.default_rng(seed)
    train, test = echo(STREAMS, STEPS, rng, lag), echo(STREAMS, STEPS, rng, lag)
    rnn = SimpleRNN.initialise(1, UNITS, rng, return_sequences=True)
    model = Sequential([rnn, Dense.initialise(UNITS, 1, rng)])
    how = {"batch_size": STREAMS, "rng": rng, "clip": 1.0}
    if carried:
        how |= {"stateful": True, "chunk": chunk}
    else:  # each chunk is an example by itself, and begins with zeros
        train, test = ([cut(a, chunk) for a in part] for part in (train, test))
    epochs, adam, found = round(UPDATES * chunk / STEPS), Adam(0.002), []
    for more in (epochs // 2, epochs - epochs // 2):
        fit(model, *train, loss, adam, more, **how)
        logits = model.forward(test[0], keep=False)
        found.append(binary_accuracy_with_logits(logits, test[1]))
    return {"halfway": found[0], "accuracy": found[1]}


def cut(streams, chunk):
    """Return the chunks of all streams as examples, without the steps that fill no chunk."""
    whole = streams.shape[1] // chunk * chunk
    return streams[:, :whole].reshape(-1, chunk, 1)
