"""Chapter 2: three states by hand, a bug in the update, a memory that fades to 1%."""

import numpy as np

from rnncore.exercises._verdict import Exercise
from rnncore.states import compute_states

SHORT_X = np.array([[2.0, -1.0, 4.0]])
SHORT_W_X, SHORT_W_H = 1.0, 0.5


def _short(slip=None):
    """Return the states of SHORT_X, or what a slip in the update makes of them."""
    S = compute_states(SHORT_X, SHORT_W_X, SHORT_W_H)
    for k in range(SHORT_X.shape[1] if slip else 0):
        S[:, k + 1] = slip(SHORT_X[:, k], S[:, k])
    return S


def _skipping():
    """Return the result if each round reads the state before last."""
    S = np.zeros((1, 4))
    for k in range(3):
        S[:, k + 1] = SHORT_X[:, k] * SHORT_W_X + S[:, k - 1] * SHORT_W_H
    return S


def _states_shape(batch=16, timesteps=40, features=8, units=12):
    S = compute_states(
        np.zeros((batch, timesteps, features)), np.zeros((features, units)), np.eye(units)
    )
    return S.shape


EXERCISES = {
    "ex-states-by-hand": Exercise(
        _short,
        (
            (
                lambda: _short(lambda x, s: x * SHORT_W_X + s + SHORT_W_H),
                "what adding W_h gives. The state is multiplied by it.",
            ),
            (
                lambda: _short(lambda x, s: x * SHORT_W_H + s * SHORT_W_X),
                "what you get if W_x and W_h change places.",
            ),
            (
                lambda: _short()[:, 1:],
                "S without the initial state. It starts with S[:, 0] = 0.",
            ),
            (
                lambda: _short()[0],
                "right but for its shape, (4,). S keeps its batch axis, (1, 4).",
            ),
        ),
        question=(
            "The sequence is 2, −1, 4, the weights are W_x = 1 and W_h = 0.5, and h_0 = 0. "
            "Give all states, `S` of shape `(1, 4)`."
        ),
        hints=(
            "The first column is the initial state, 0.",
            "h_1 = 2, so h_2 = −1 · 1 + 2 · 0.5.",
        ),
    ),
    "ex-states-h0": Exercise(
        lambda: compute_states([[3, -1]], 2.0, -0.5, h0=[1]),
        (
            (
                lambda: compute_states([[3, -1]], 2.0, -0.5),
                "what an initial state of 0 gives. Here h0 is 1.",
            ),
            (
                lambda: compute_states([[3, -1]], 2.0, -0.5, h0=[1])[:, 1:],
                "S without the initial state. It starts with S[:, 0] = h0.",
            ),
        ),
        question=(
            "The sequence is 3, −1, the weights are W_x = 2 and W_h = −0.5, and h_0 = 1. "
            "Give all states, `S` of shape `(1, 3)`."
        ),
        hints=(
            "`S[:, 0]` is the initial state, whatever it is.",
            "h_1 = 3 · 2 + 1 · (−0.5).",
        ),
    ),
    "ex-states-shape": Exercise(
        _states_shape,
        (
            (
                lambda: _states_shape(timesteps=39),
                "the shape with one state for each input. S also holds the initial state.",
            ),
            (lambda: (16, 12), "the shape of only the last state, S[:, -1]."),
            (
                lambda: _states_shape(units=8),
                "the shape with the features last. A state has one number for each unit.",
            ),
        ),
        question=(
            "A batch of 16 sequences of 40 steps, with 8 features each, goes through 12 units. "
            "What is the shape of `S`?"
        ),
        hints=(
            "`S` has the axes batch, time, units.",
            "There is one state per step, and one before the first.",
        ),
    ),
    "ex-states-bug": Exercise(
        _short,
        (
            (
                _skipping,
                "what the function still returns. S[:, k - 1] is the state before last.",
            ),
            (
                lambda: _short(lambda x, s: x * SHORT_W_X + s + SHORT_W_H),
                "what adding W_h gives. The state is multiplied by it.",
            ),
        ),
    ),
    "ex-states-parameters": Exercise(
        lambda: (32 + 100 + 1) * 100,
        (
            (lambda: (32 + 1) * 100, "the count for a dense layer. W_h has 100 × 100 more."),
            (lambda: (32 + 100) * 100, "the count for both matrices, without the bias b."),
            (
                lambda: (32 + 100 + 1) * 100 * 250,
                "the count with new weights at each of the 250 steps. But all steps share theirs.",
            ),
        ),
        question=(
            "A layer reads 32 features and has 100 units, and its sequences have 250 steps. "
            "How many numbers does it learn, with the bias?"
        ),
        hints=(
            "Three arrays: W_x, W_h and b.",
            "W_h is `(100, 100)`.",
        ),
    ),
    "ex-states-halflife": Exercise(
        lambda: 0.01 ** (1 / 10),
        (
            (lambda: 0.01 / 10, "a tenth of 1%. Each step multiplies, so you need a tenth root."),
            (
                lambda: 0.01**10,
                "0, which is 0.01^10 to three decimals. The power belongs to W_h: W_h^10 = 0.01.",
            ),
            (
                lambda: 1 - 0.99 / 10,
                "a memory that fades along a straight line. Multiplying makes it a curve.",
            ),
        ),
        question=(
            "A linear network with one unit should forget. "
            "Ten steps after a 1 came in, 1% of it should be left. "
            "Which positive W_h does that? Give at least four decimals."
        ),
        hints=(
            "After ten silent steps the state is W_h to the power of 10.",
            "Which root undoes the tenth power?",
        ),
    ),
}
