"""The checks behind the book's exercises: an instant verdict that knows the usual slips.

What is expected, and what each slip would give, is computed by the package.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rnncore._checks import as_array
from rnncore.mlp import forward, predict
from rnncore.states import compute_states


class Exercise(NamedTuple):
    """What is asked: `expected()` computes the answer; `slips` explain usual wrong ones."""

    expected: Callable
    slips: tuple = ()  # pairs (a function that computes the wrong answer, what it shows)
    question: str = ""  # for a widget with fields; code stands between backticks
    hints: tuple = ()  # from a nudge to the first steps of the solution


class Verdict(NamedTuple):
    """The answer to an answer; prints as its text, and is true only when right."""

    correct: bool
    text: str

    def __repr__(self):
        return self.text

    def __bool__(self):
        return self.correct


# Chapter 1. One layer, by hand; three layers of a digit reader; a bias that became a column.
LAYER_X = np.array([1.0, -2.0])
LAYER_W = np.array([[0.5, -1.0, 2.0], [1.0, 0.5, -0.5]])
LAYER_B = np.array([0.5, 0.0, -1.0])
SIZES = [784, 128, 64, 10]
BATCH_X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, -1.0]])

# Chapter 2. Three numbers to remember; one task, two halves; a memory that fades to 1 %.
SHORT_X = np.array([[2.0, -1.0, 4.0]])
SHORT_W_X, SHORT_W_H = 1.0, 0.5


def _layer(x=LAYER_X, f="relu", bias=LAYER_B):
    return predict(x, [LAYER_W], [bias], [f])


def _shapes(batch=32):
    weights = [np.zeros(pair) for pair in pairwise(SIZES)]
    biases = [np.zeros(n) for n in SIZES[1:]]
    return [x.shape for x in forward(np.zeros((batch, SIZES[0])), weights, biases, ["relu"] * 3)]


def _count(bias=1):
    return sum((n_in + bias) * n_out for n_in, n_out in pairwise(SIZES))


def _short(slip=None):
    """The states of SHORT_X, or what a slip in the update makes of them."""
    S = compute_states(SHORT_X, SHORT_W_X, SHORT_W_H)
    for k in range(SHORT_X.shape[1] if slip else 0):
        S[:, k + 1] = slip(SHORT_X[:, k], S[:, k])
    return S


def _states_shape(batch=16, timesteps=40, features=8, units=12):
    S = compute_states(
        np.zeros((batch, timesteps, features)), np.zeros((features, units)), np.eye(units)
    )
    return S.shape


EXERCISES = {
    "ex-mlp-by-hand": Exercise(
        _layer,
        (
            (
                lambda: _layer(f="linear"),
                "the sum z before the activation; relu turns what is negative into 0.",
            ),
            (lambda: _layer(bias=0 * LAYER_B), "the layer without its bias b."),
        ),
        question=(
            "A layer has x = [1, −2], W = [[0.5, −1, 2], [1, 0.5, −0.5]], b = [0.5, 0, −1] "
            "and the activation relu. Compute h = f(x W + b)."
        ),
        hints=(
            "x has shape `(2,)` and W has `(2, 3)`: the answer has three numbers.",
            "The first column of W is [0.5, 1]: the first z is 1 · 0.5 + (−2) · 1 + 0.5 = −1.",
        ),
    ),
    "ex-mlp-shapes": Exercise(
        _shapes,
        (
            (
                lambda: _shapes()[1:],
                "the layers' outputs alone; forward also keeps the input x0, at index 0.",
            ),
            (
                lambda: [s[::-1] for s in _shapes()],
                "the shapes with units first; in this book the batch comes first.",
            ),
        ),
        question=(
            "A network reads images of 784 pixels and has layers of 128, 64 and 10 units. "
            "It gets a batch of 32 images. "
            "List the shape of every array that `mlp.forward` returns."
        ),
        hints=(
            "There are three weight matrices, so four arrays.",
            "The first is the input itself, `(32, 784)`.",
        ),
    ),
    "ex-mlp-parameters": Exercise(
        _count,
        (
            (lambda: _count(bias=0), "the weights alone; each unit has a bias too."),
            (
                lambda: _count() * 32,
                "the count times the batch; every example uses the same weights.",
            ),
        ),
        question=(
            "A network reads 784 pixels and has layers of 128, 64 and 10 units. "
            "How many numbers does it learn, biases included?"
        ),
        hints=(
            "A layer has in · out weights and out biases.",
            "The first layer has 784 · 128 + 128 = 100 480.",
        ),
    ),
    "ex-mlp-bias": Exercise(
        lambda: predict(BATCH_X, [LAYER_W], [LAYER_B], ["linear"]),
        ((lambda: BATCH_X @ LAYER_W, "the layer without its bias b."),),
    ),
    "ex-states-by-hand": Exercise(
        _short,
        (
            (
                lambda: _short(lambda x, s: x * SHORT_W_X + s + SHORT_W_H),
                "what adding W_h gives; the state is multiplied by it.",
            ),
            (
                lambda: _short(lambda x, s: x * SHORT_W_H + s * SHORT_W_X),
                "what W_x and W_h give when they change places.",
            ),
            (
                lambda: _short()[:, 1:],
                "the states without the initial one; S starts with S[:, 0] = 0.",
            ),
            (
                lambda: _short()[0],
                "the right numbers in shape (4,); S keeps its batch axis, (1, 4).",
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
                "what an initial state of 0 gives; here h0 is 1.",
            ),
            (
                lambda: compute_states([[3, -1]], 2.0, -0.5, h0=[1])[:, 1:],
                "the states without the initial one; S starts with S[:, 0] = h0.",
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
                "one state per input; S also holds the initial state, at index 0.",
            ),
            (lambda: (16, 12), "the shape of the last state alone, S[:, -1]."),
            (
                lambda: _states_shape(units=8),
                "the number of features in the last place; a state has one number per unit.",
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
                lambda: _short(lambda x, s: x * SHORT_W_X + s + SHORT_W_H),
                "still the sum of the state and W_h; it is a product.",
            ),
        ),
    ),
    "ex-states-parameters": Exercise(
        lambda: (32 + 100 + 1) * 100,
        (
            (lambda: (32 + 1) * 100, "the parameters of a dense layer; W_h adds 100 × 100."),
            (lambda: (32 + 100) * 100, "the two matrices without the bias b."),
            (
                lambda: (32 + 100 + 1) * 100 * 250,
                "a set of weights for each of the 250 time steps; all steps share one.",
            ),
        ),
        question=(
            "A layer reads 32 features and has 100 units; its sequences have 250 steps. "
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
            (lambda: 0.01 / 10, "a tenth of 1 %; each step multiplies, so ask for a tenth root."),
            (
                lambda: 0.01**10,
                "1 % taken ten times over; the power stands on the other side, W_h^10 = 0.01.",
            ),
            (
                lambda: 1 - 0.99 / 10,
                "a memory that fades along a straight line; multiplication bends it.",
            ),
        ),
        question=(
            "A linear network with one unit is to forget: "
            "ten steps after a 1 came in, 1 % of it is left. "
            "Which positive W_h does that? Give at least four decimals."
        ),
        hints=(
            "After ten silent steps the state is W_h to the power of 10.",
            "Which root undoes the tenth power?",
        ),
    ),
}


def check(name, answer):
    """The verdict on an answer.

    Parameters
    ----------
    name : str
        The exercise's label, as in the book.
    answer : number, array, shape, list of shapes; or ``...`` for none yet

    Returns
    -------
    Verdict
        Its text says "not answered yet", "right", or how it is wrong; it is true if right.

    Raises
    ------
    ValueError
        For a label that no exercise has.

    Examples
    --------
    >>> check("ex-states-by-hand", ...)
    ex-states-by-hand: not answered yet. Put your answer in place of the dots.
    >>> check("ex-states-by-hand", [[0, 2.0, 0.0, 4.0]])
    ex-states-by-hand: right.
    """
    if name not in EXERCISES:
        raise ValueError(f"name must be one of {', '.join(EXERCISES)}, got {name!r}.")
    exercise = EXERCISES[name]
    expected = exercise.expected()
    if answer is ...:
        return Verdict(False, f"{name}: not answered yet. Put your answer in place of the dots.")
    if same(answer, expected):
        return Verdict(True, f"{name}: right.")
    for slip, meaning in exercise.slips:
        if same(answer, slip()):
            return Verdict(False, f"{name}: not yet. This is {meaning}")
    return Verdict(False, f"{name}: not yet. {difference(answer, expected)}")


def same(answer, expected):
    """Whether two answers agree, in shape and to three decimals."""
    if isinstance(expected, (tuple, list)):
        return (
            isinstance(answer, (tuple, list))
            and len(answer) == len(expected)
            and all(map(same, answer, expected))
        )
    a = as_numbers(answer)
    return a is not None and a.shape == np.shape(expected) and close(a, expected).all()


def difference(answer, expected):
    """In words, without giving the answer away: the shape, or how many entries are off."""
    if isinstance(expected, (tuple, list)):
        return difference_of_shapes(answer, expected)
    a, shape = as_numbers(answer), np.shape(expected)
    if a is None or a.shape != shape:
        came = "something that is not numbers" if a is None else f"shape {a.shape}"
        return f"The answer {f'has shape {shape}' if shape else 'is one number'}, got {came}."
    wrong = np.size(expected) - close(a, expected).sum()
    return f"{wrong} of {np.size(expected)} numbers differ." if shape else "The number differs."


def difference_of_shapes(answer, expected):
    """The same for a shape (a tuple) or a list of shapes."""
    if not isinstance(answer, (tuple, list)):
        return f"The answer is a {'shape' if isinstance(expected, tuple) else 'list of shapes'}."
    if len(answer) != len(expected):
        return f"The answer has {'more' if len(answer) < len(expected) else 'fewer'} entries."
    wrong = len(expected) - sum(map(same, answer, expected))
    return f"{wrong} of {len(expected)} entries differ."


def close(a, expected):
    """Where two arrays agree to three decimals; a count must be exact, however large."""
    return np.isclose(a, expected, rtol=0, atol=5e-4)


def as_numbers(answer):
    """The answer as an array of floats, or None where it is not one."""
    try:
        return as_array("answer", answer).astype(float)
    except ValueError:
        return None
