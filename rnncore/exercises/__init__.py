"""The checks behind the book's exercises: an instant verdict that recognises the usual slips.

The exercises of each chapter have a file of their own.  The package computes what is expected,
and what each slip would give.
"""

from typing import Any

from rnncore.exercises import (
    _activations,
    _bptt,
    _gates,
    _gradients,
    _layers,
    _learning,
    _mlp,
    _states,
    _tasks,
)
from rnncore.exercises._verdict import Verdict, difference, same

CHAPTERS = (_mlp, _states, _activations, _bptt, _gradients, _learning, _tasks, _layers, _gates)
EXERCISES = {name: asked for part in CHAPTERS for name, asked in part.EXERCISES.items()}


def check(name: str, answer: Any) -> Verdict:
    """Return the verdict on an answer.

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
        If no exercise has that label.

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
