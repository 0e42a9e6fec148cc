"""What an exercise is, and how an answer is judged."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnncore._checks import as_array

CLOSE = 5e-4  # how far a number may be off: three decimals; a count must be exact, however large


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
    """Return where two arrays agree to three decimals."""
    return np.isclose(a, expected, rtol=0, atol=CLOSE)


def as_numbers(answer):
    """The answer as an array of floats, or None where it is not one."""
    try:
        return as_array("answer", answer).astype(float)
    except ValueError:
        return None
