"""An exercise of the book as a widget: fields, hints and an instant verdict, without a kernel."""

import re
from html import escape
from pathlib import Path
from typing import ClassVar

import numpy as np
import traitlets

from rnncore.exercises import EXERCISES
from rnncore.exercises._verdict import CLOSE
from rnncore.widgets.base import BadValue, Parameter, Widget, style, together
from rnncore.widgets.film import table
from rnncore.widgets.linker import link


class Check(Widget):
    """Ask an exercise of the book; the expected answer and the usual slips come from `exercises`.

    Parameters
    ----------
    name : str
        The exercise's label, as in the book.
    id : str
        The name it is linked by; without it the exercise's label with ``check-`` before it.

    `answer`, the texts in the fields, and `verdict` can be read and set in Python.

    Raises
    ------
    ValueError
        For a label that no exercise has, or of an exercise that has no question to be
        answered in fields.

    Examples
    --------
    >>> Check("ex-states-by-hand").trace()["expected"].tolist()
    [[0.0, 2.0, 0.0, 4.0]]
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("check/style.css")

    parameters = ("name",)
    LIMITS: ClassVar = {"close": CLOSE}
    when_run = "Run this cell to get fields that say at once whether your answer is right."
    name = Parameter().tag(sync=True)
    kind = traitlets.Unicode().tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    expected = traitlets.Any().tag(sync=True)
    slips = traitlets.List().tag(sync=True)
    hints = traitlets.List().tag(sync=True)
    answer = traitlets.List(traitlets.Unicode()).tag(sync=True)
    opened = traitlets.Int(0).tag(sync=True)
    verdict = traitlets.Unicode().tag(sync=True)
    _together = together("name")

    def __init__(self, name, *, id=None):
        super().__init__(f"check-{name}" if id is None else id, name=name)
        self._ask()

    @classmethod
    def clean(cls, name):
        """Return the label, if it is that of an exercise with a question."""
        asked = [label for label, exercise in EXERCISES.items() if exercise.question]
        if name not in asked:
            raise BadValue(f"name must be one of {', '.join(asked)}, got {name!r}.")
        return {"name": name}

    @traitlets.observe("name")
    def _renew_question(self, change):
        if self._ready:
            self._ask()

    def _ask(self):
        """Fill in what belongs to the exercise; the answer is empty again."""
        exercise = EXERCISES[self.name]
        expected = exercise.expected()
        self.kind, self.expected = kind_of(expected), plain(expected)
        wrong = [(slip(), meaning) for slip, meaning in exercise.slips]
        self.slips = [{"value": plain(value), "meaning": meaning} for value, meaning in wrong]
        self.question, self.hints = exercise.question, list(exercise.hints)
        self.answer, self.opened, self.verdict = [], 0, ""

    def trace(self):
        """Return the expected answer."""
        expected = EXERCISES[self.name].expected()
        numbers = kind_of(expected) == "numbers"
        return {"expected": np.asarray(expected, float) if numbers else expected}

    def strip(self):
        """Return a table of the question and its hints."""
        hints = EXERCISES[self.name].hints
        return self._table(*((f"hint {i}", marked(hint)) for i, hint in enumerate(hints, 1)))

    def preview(self):
        """Return the question without its hints."""
        return f"{self._table()}<p>{self.when_run}</p>"

    def _table(self, *more):
        exercise = EXERCISES[self.name]
        asked = [("question", marked(exercise.question)), ("answer", wanted(exercise.expected()))]
        return table("An exercise", (), [*asked, *more])


def kind_of(expected):
    """Return the kind of an answer: numbers, shape (a tuple) or shapes (a list of tuples)."""
    return {tuple: "shape", list: "shapes"}.get(type(expected), "numbers")


def wanted(expected):
    """Return what the fields ask for, in words; its size shows, as in the fields."""
    kind = kind_of(expected)
    if kind != "numbers":
        return "a shape, such as (2, 3)" if kind == "shape" else "shapes, such as (2, 3)"
    *rows, columns = np.shape(expected) or (1,)
    numbers = f"{columns} numbers" if columns > 1 else "a number"
    return f"{rows[0]} rows of {numbers}" if rows and rows[0] > 1 else numbers


def plain(value):
    """Return the value as nested lists of numbers."""
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return np.asarray(value).tolist()


def marked(text):
    """Return the text as HTML, `code` set as such, and W_x, h_0 or dL/dW_h as symbols."""
    parts = escape(text).split("`")
    symbol = re.compile(r"\b((?:dL/d|d)?[Whxz])_(t−1|\w)(?!\w)")
    parts[::2] = [symbol.sub(r"<i>\1<sub>\2</sub></i>", part) for part in parts[::2]]
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
