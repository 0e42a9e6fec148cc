"""Chapter 8: a step by hand, a bias for a distance, a count, a wrong order, another GRU."""

import numpy as np

from rnncore.activations import sigmoid, tanh
from rnncore.exercises._verdict import Exercise
from rnncore.layers import GRU, LSTM, GRUCell, LSTMCell, SimpleRNN

W_X = np.array([[1.0, 0.0, 1.0, 0.0]])  # i f c o
W_H = np.array([[0.0, 1.0, -1.0, 2.0]])
B = np.array([0.0, 1.5, 0.0, -1.0])
SWAPPED = [0, 1, 3, 2]
V_X, V_H = np.arange(12).reshape(2, 6) / 10 - 0.5, np.eye(2, 6) - 0.5
TWO = np.array([[0.1] * 6, [0.2] * 6])
Z = np.array([2.0, -0.5, 1.0])


def _shown(keep=0.75, write=0.5, show=0.5, squash=True):
    """Return what a cell shows that held 2 and gets the candidate 0.6."""
    c = keep * 2.0 + write * 0.6
    return show * (tanh.value(c) if squash else c)


def _logit(f):
    return np.log(f / (1 - f))


def _count(kind, **options):
    layer = kind.initialise(5, 9, rng=1, **options)
    return sum(p.size for p in layer.parameters.values())


def _stepped(order=(0, 1, 2, 3)):
    """Return h and c of the step by hand, with the parts of the weights in some order."""
    cell = LSTMCell(*(p[..., list(order)] for p in (W_X, W_H, B)))
    cell.forward([[1.0]], [[0.5]], [[2.0]])
    return np.hstack(cell.state)


def _gru(inside=True, after=True, turned=False):
    """Return a step of the GRU; with slips of where b' is, and where r and z are."""
    x, h = np.ones((1, 2)), np.full((1, 2), 0.5)
    if not after:
        return GRUCell(V_X, V_H, TWO.sum(axis=0), reset_after=False).forward(x, h)
    b = TWO.copy()
    if not inside:
        b[0, 4:], b[1, 4:] = TWO[:, 4:].sum(axis=0), 0.0
    stay = GRUCell(V_X, V_H, b).forward(x, h)
    if not turned:
        return stay
    sums = x @ V_X + h @ V_H + TWO.sum(axis=0)
    z = sigmoid.value(sums[:, :2])
    new = (stay - z * h) / (1 - z)
    return (1 - z) * h + z * new


EXERCISES = {
    "ex-memory-step": Exercise(
        _shown,
        (
            (
                lambda: _shown(squash=False),
                "half of the cell state. What is shown first goes through tanh.",
            ),
            (
                lambda: _shown(show=1.0),
                "all of tanh(c). The output gate lets only half of it through.",
            ),
            (
                lambda: _shown(keep=0.5, write=0.75),
                "the step with the two gates exchanged. The forget gate multiplies the old state.",
            ),
        ),
        question=(
            "An LSTM of one unit has c = 2. At the next step its forget gate is 0.75, its input "
            "gate is 0.5, its output gate is 0.5, and its candidate is 0.6. "
            "What is the new h? Give four decimals."
        ),
        hints=(
            "First the cell state: how much is kept, and how much is added?",
            "c = 0.75 · 2 + 0.5 · 0.6 = 1.8, and h is half of its tanh.",
        ),
    ),
    "ex-memory-bias": Exercise(
        lambda: _logit(0.5 ** (1 / 40)),
        (
            (
                lambda: 0.5 ** (1 / 40),
                "the forget gate itself. Which bias has it as its sigmoid?",
            ),
            (
                lambda: np.log(40),
                "the rule of thumb, which leaves 0.37. Here one half should be left.",
            ),
            (
                lambda: _logit(0.5 / 40),
                "the bias of a gate of 0.5 / 40. Gates are multiplied, so you need a root.",
            ),
        ),
        question=(
            "Forty words follow the word “not”, and the forget gate of a unit is σ(b) at each of "
            "them. Which bias b leaves exactly half of its cell state? Give two decimals or more."
        ),
        hints=(
            "After 40 steps f to the power of 40 is left. Which f makes that one half?",
            "f = 0.98282, and b = log(f / (1 − f)).",
        ),
    ),
    "ex-memory-count": Exercise(
        lambda: _count(LSTM),
        (
            (lambda: _count(SimpleRNN), "the count for one part. An LSTM has four of them."),
            (
                lambda: _count(LSTM) + 4 * 9,
                "PyTorch's count, which has a second bias of 36. Here and in Keras there is one.",
            ),
            (
                lambda: _count(GRU, reset_after=False),
                "the count for three parts, as in a GRU with one bias. An LSTM has four.",
            ),
        ),
        question=(
            "How many weights and biases does an LSTM with 9 units have if it reads 5 features?"
        ),
        hints=(
            "For one part: 5 · 9 for the inputs, 9 · 9 for the state, and 9 biases.",
            "Three gates and the candidate make four parts.",
        ),
    ),
    "ex-memory-bug": Exercise(
        _stepped,
        (
            (
                lambda: _stepped(SWAPPED),
                "still what the wrong order gives. The candidate comes before the output gate.",
            ),
        ),
    ),
    "ex-memory-code": Exercise(
        _gru,
        (
            (
                lambda: _gru(after=False),
                "the form with the reset before the product. Here r multiplies h W_h + b'.",
            ),
            (
                lambda: _gru(inside=False),
                "a step whose b' is outside the bracket. r multiplies b', too.",
            ),
            (
                lambda: _gru(turned=True),
                "a step with z the other way round. Here z says how much of the old state stays.",
            ),
        ),
    ),
    "ex-memory-z": Exercise(
        lambda: -Z,
        (
            (
                lambda: Z,
                "what the other gate has. With that, z would keep what has to be replaced.",
            ),
            (
                lambda: 1 - Z,
                "1 minus each of them. It is the sigmoid that is subtracted from 1.",
            ),
        ),
        question=(
            "In another text's GRU, the update gate says how much is new. It has W_x = 2, "
            "W_h = −0.5 and b = 1. Which W_x, W_h and b does z need in this book's GRU, so that "
            "both compute the same?"
        ),
        hints=(
            "Here z says how much stays, so it is 1 minus the other gate.",
            "1 − σ(a) = σ(−a).",
        ),
    ),
}
