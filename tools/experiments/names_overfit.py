"""Names of elements, letter by letter: what the losses say, and how much is learnt by heart."""

import numpy as np

from rnncore.activations import softmax
from rnncore.layers import Dense, Embedding, Sequential, SimpleRNN
from rnncore.tasks import ELEMENTS, LETTERS, element_names
from rnncore.training import Adam, fit
from rnncore.training import categorical_cross_entropy_with_logits as loss

TITLE = "Learn to spell 98 names of elements, and watch the other 20 while it learns too much"
EPOCHS = (5, 10, 20, 40, 60, 100, 200)
GRID = [{"seed": seed} for seed in range(5)]


def run(seed):
    """Return, after several epochs, both losses and the share of samples that are known names."""
    rng = np.random.default_rng(seed)
    x, y = element_names()
    order = rng.permutation(len(x))
    train, held_out = order[:98], order[98:]
    known = {ELEMENTS[i] for i in train}
    rnn = SimpleRNN.initialise(16, 64, rng, return_sequences=True)
    letters = len(LETTERS)
    table, dense = Embedding.initialise(letters, 16, rng), Dense.initialise(64, letters, rng)
    model, adam, history, copied = Sequential([table, rnn, dense]), Adam(0.003), {}, []
    how = {"batch_size": 16, "rng": rng, "clip": 1.0, "ignore": 0, "history": history}
    how["validation"] = (x[held_out], y[held_out])
    for last, epochs in zip((0, *EPOCHS), EPOCHS):
        fit(model, x[train], y[train], loss, adam, epochs - last, **how)
        names = samples(model, 200, np.random.default_rng(1000 + seed))
        copied.append(sum(name in known for name in names) / len(names))
    losses = {key: [history[key][e - 1] for e in EPOCHS] for key in ("loss", "validation_loss")}
    best = int(np.argmin(history["validation_loss"]))
    lowest = {"best_epoch": best + 1, "lowest": history["validation_loss"][best]}
    return {"epochs": list(EPOCHS), **losses, "copied": copied, **lowest}


def samples(model, n, rng, longest=20):
    """Return n names, each letter drawn with the probability that the model gives it."""
    end = LETTERS.index(".")
    tokens, state = np.full((n, 1), end), ()
    drawn = []
    for _ in range(longest):
        p = softmax.value(model.forward(tokens, *state, keep=False)[:, 0])
        tokens = (p.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)[:, np.newaxis]
        state = model.state
        drawn.append(tokens)
    texts = ("".join(LETTERS[i] for i in row) for row in np.concatenate(drawn, axis=1))
    return [text.split(".")[0] for text in texts]
