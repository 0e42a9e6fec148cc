"""What an exercise is, and how an answer is judged."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnncore._checks import as_array
from rnncore._types import Array, ArrayLike

CLOSE = 5e-4  # how far a number may be off: three decimals; a count must be exact, however large


class Exercise(NamedTuple):
    """What is asked: `expected()` computes the answer; `slips` explain the usual wrong ones."""

    expected: Callable[[], Any]
    slips: tuple[
        tuple[Callable[[], Any], str], ...
    ] = ()  # pairs (a function that computes the wrong answer, what it shows)
    question: str = ""  # for a widget with fields; code is between backticks
    hints: tuple[str, ...] = ()  # from a nudge to the first steps of the solution


class Verdict(NamedTuple):
    """The judgement of an answer; prints as its text, and is true only if it is right."""

    correct: bool
    text: str

    def __repr__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return self.correct


def same(answer: Any, expected: Any) -> bool:
    """Return whether two answers agree, in shape and to three decimals."""
    if isinstance(expected, (tuple, list)):
        return (
            isinstance(answer, (tuple, list))
            and len(answer) == len(expected)
            and all(map(same, answer, expected))
        )
    a = as_numbers(answer)
    return a is not None and a.shape == np.shape(expected) and bool(close(a, expected).all())


def difference(answer: Any, expected: Any) -> str:
    """Say how they differ without giving the answer away: in shape, or in how many entries."""
    if holds_text(answer):
        return f"{asked(expected)}, but yours is text. Write it without quotation marks."
    if isinstance(expected, (tuple, list)):
        return difference_of_shapes(answer, expected)
    a, shape = as_numbers(answer), np.shape(expected)
    if a is None or a.shape != shape:
        came = "is not made of numbers" if a is None else f"has shape {a.shape}"
        return f"{asked(expected)}, but yours {came}."
    wrong = np.size(expected) - close(a, expected).sum()
    return counted(wrong, np.size(expected), "numbers") if shape else "The number differs."


def counted(wrong: int, count: int, kind: str) -> str:
    """Say how many of the numbers or entries differ."""
    return f"{wrong} of {count} {kind} differ{'s' if wrong == 1 else ''}."


def difference_of_shapes(answer: Any, expected: Any) -> str:
    """Do the same for a shape (a tuple) or a list of shapes."""
    if not isinstance(answer, (tuple, list)):
        return f"{asked(expected)}."
    if len(answer) != len(expected):
        return f"The right answer has {'more' if len(answer) < len(expected) else 'fewer'} entries."
    wrong = len(expected) - sum(map(same, answer, expected))
    return counted(wrong, len(expected), "entries")


def asked(expected: Any) -> str:
    """Say what kind of answer is asked for."""
    if isinstance(expected, (tuple, list)):
        return f"The answer is a {'shape' if isinstance(expected, tuple) else 'list of shapes'}"
    shape = np.shape(expected)
    return f"The answer has shape {shape}" if shape else "The answer is one number"


def holds_text(answer: Any) -> bool:
    """Return whether there is text anywhere in an answer, "1.28" too: nothing is read from it."""
    if isinstance(answer, (tuple, list)):
        return any(map(holds_text, answer))
    is_array = isinstance(answer, np.ndarray)
    return isinstance(answer, (str, bytes)) or (is_array and answer.dtype.kind in "SU")


def close(a: ArrayLike, expected: ArrayLike) -> Array:
    """Return where two arrays agree to three decimals."""
    return np.isclose(a, expected, rtol=0, atol=CLOSE)


def as_numbers(answer: Any) -> Array | None:
    """Return the answer as an array of floats, or None if it is not one; a truth is no number."""
    try:
        array = as_array("answer", answer)
    except ValueError:
        return None
    return None if array.dtype.kind == "b" else array.astype(float)
