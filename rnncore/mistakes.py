"""Backpropagation through time with the mistakes that have been made in it, and what they do."""

from functools import cache
from importlib.resources import files
from itertools import compress, product

import numpy as np

from rnncore.bptt import Gradients
from rnncore.layers import Dense, Embedding, Sequential, SimpleRNN
from rnncore.tasks import first_bit
from rnncore.training import Adam, binary_cross_entropy_with_logits, fit

MISTAKES = {
    "no_transpose": "no transpose of W_h",
    "no_transpose_x": "no transpose of W_x",
    "no_slope": "no activation slope",
    "no_accumulation": "no accumulation over time",
    "same_state": "h_t instead of h_t−1",
    "no_future": "gradient from the future dropped",
}
# Every combination of them; that of number i holds the mistakes whose bits i has.
COMBINATIONS = [tuple(compress(MISTAKES, bits[::-1])) for bits in product((0, 1), repeat=6)]

TIMESTEPS, UNITS, EXAMPLES, EPOCHS, RUNS = 6, 8, 256, 25, 5


def backpropagate(X, S, dS, W_x, W_h, mistakes=()):
    """Compute the gradient of a tanh layer through time, each line right or mistaken.

    Parameters
    ----------
    X : (batch, timesteps, features)
    S : (batch, timesteps + 1, units)
        The states that `compute_states` gave with the activation tanh.
    dS : (batch, timesteps, units)
        As in `rnncore.bptt.backpropagate`.
    W_x : (features, units)
    W_h : (units, units)
    mistakes : names of MISTAKES

    Returns
    -------
    Gradients
        X (batch, timesteps, features), W_x (features, units), W_h (units, units), b (units,),
        h0 (batch, units); without mistakes those of `rnncore.bptt.backpropagate`.

    Raises
    ------
    ValueError
        If a mistake is not known; NumPy's own, if W_x lacks its transpose and is not square.

    Examples
    --------
    >>> S = np.tanh([[[0.0, 1.0], [1.0, 0.0]]])
    >>> W_h = np.array([[0.0, 2.0], [0.0, 0.0]])
    >>> for mistakes in (), ["no_transpose"]:
    ...     g = backpropagate(np.ones((1, 1, 1)), S, [[[0.0, 1.0]]], np.ones((1, 2)), W_h, mistakes)
    ...     print(g.h0)
    [[2. 0.]]
    [[0. 0.]]
    """
    check(mistakes)
    X, S, dS, W_x, W_h = map(np.asarray, (X, S, dS, W_x, W_h))
    back_x = W_x if "no_transpose_x" in mistakes else W_x.T
    back_h = W_h if "no_transpose" in mistakes else W_h.T
    dX, dW_x, dW_h, db = np.zeros(X.shape), 0.0, 0.0, 0.0
    dh_next = np.zeros(S[:, 0].shape)
    for k in reversed(range(X.shape[1])):
        dh = dS[:, k] if "no_future" in mistakes else dS[:, k] + dh_next
        dz = dh if "no_slope" in mistakes else dh * (1 - S[:, k + 1] ** 2)
        dX[:, k] = dz @ back_x
        if "no_accumulation" in mistakes:
            dW_x, dW_h, db = 0.0, 0.0, 0.0
        before = S[:, k + 1] if "same_state" in mistakes else S[:, k]
        dW_x = dW_x + X[:, k].T @ dz
        dW_h = dW_h + before.T @ dz
        db = db + dz.sum(axis=0)
        dh_next = dz @ back_h
    return Gradients(dX, dW_x, dW_h, db, dh_next)


class MistakenRNN(SimpleRNN):
    """A SimpleRNN with tanh whose backward pass makes mistakes."""

    def __init__(self, W_x, W_h, b=None, mistakes=()):
        super().__init__(W_x, W_h, b)
        self.mistakes = check(mistakes)

    def _back(self, cache, dS, dstates, window=None):
        dS = np.zeros(cache.S[:, 1:].shape) if dS is None else dS.copy()
        dS[:, -1] += dstates[0]
        g = backpropagate(cache.x, cache.S, dS, *cache.weights[:2], self.mistakes)
        return g.X, g._asdict()


def train(mistakes=(), run=0, epochs=EPOCHS):
    """Train a network to keep the first of six bits, with mistakes in its backward pass.

    The layers are Embedding(2, 8), the simple recurrent layer of 8 units, Dense(8, 1): the
    gradient of the inputs is needed, for the embedding learns, and W_x is square.

    Parameters
    ----------
    mistakes : names of MISTAKES
    run : int
        The seed of weights, bits and batches.
    epochs : int

    Returns
    -------
    loss : (epochs,)
        The mean cross entropy of each epoch.
    accuracy : number
        How many per cent of fresh sequences are answered right in the end.
    """
    rng = np.random.default_rng(run)
    (x, y), test = (first_bit(EXAMPLES, TIMESTEPS, rng) for _ in range(2))
    model = Sequential(
        [
            Embedding.initialise(2, UNITS, rng),
            MistakenRNN.initialise(UNITS, UNITS, rng, mistakes=mistakes),
            Dense.initialise(UNITS, 1, rng),
        ]
    )
    history = fit(
        model, _tokens(x), y, binary_cross_entropy_with_logits, Adam(0.01), epochs, rng=rng
    )
    answers = model.forward(_tokens(test.x), keep=False) > 0
    return np.array(history["loss"]), 100 * float(np.mean(answers == test.y))


def train_all(combinations=COMBINATIONS, runs=RUNS, epochs=EPOCHS):
    """Train with each combination of mistakes, several times.

    Returns
    -------
    loss : (combinations, runs, epochs)
    accuracy : (combinations, runs)
    """
    results = [[train(mistakes, run, epochs) for run in range(runs)] for mistakes in combinations]
    loss = [[loss for loss, _ in each] for each in results]
    return np.array(loss), np.array([[accuracy for _, accuracy in each] for each in results])


@cache
def trained():
    """Load what `train_all` found, as `tools/train_broken.py` has stored it.

    Returns
    -------
    loss : (64, 5, 25)
        To four decimals.
    accuracy : (64, 5)
        In per cent, to one decimal.

    Examples
    --------
    >>> loss, accuracy = trained()
    >>> accuracy[COMBINATIONS.index(("no_transpose",))]
    array([100., 100., 100., 100., 100.])
    """
    path = files("rnncore").joinpath("data", "broken.npz")
    with path.open("rb") as file, np.load(file) as stored:
        return stored["loss"] / 1e4, stored["accuracy"] / 10


def check(mistakes):
    """Return the mistakes as a tuple, or raise a ValueError if one is not known."""
    for name in mistakes:
        if name not in MISTAKES:
            raise ValueError(f"mistakes must be among {', '.join(MISTAKES)}, got {name}.")
    return tuple(mistakes)


def _tokens(x):
    """Turn bits (n, timesteps, 1) into tokens (n, timesteps)."""
    return x[..., 0].astype(int)
