"""The exercise as a widget: what it asks, what it expects, and what it refuses."""

import numpy as np
import pytest

from rnncore import exercises
from rnncore.widgets import Check

ASKED = [name for name, exercise in exercises.EXERCISES.items() if exercise.question]


@pytest.mark.parametrize("name", ASKED)
def test_the_expected_answer_and_the_slips_are_those_of_the_package(name):
    check = Check(name)
    exercise = exercises.EXERCISES[name]
    expected = exercise.expected()
    given = {"shape": tuple, "shapes": lambda s: [*map(tuple, s)]}.get(check.kind, np.asarray)
    assert exercises.check(name, given(check.expected))
    assert type(given(check.expected)) is type(expected) or np.ndim(expected) == 0
    assert len(check.slips) == len(exercise.slips)
    for slip in check.slips:
        value = slip["value"]
        kind = tuple if check.kind == "shape" else given
        text = exercises.check(name, kind(value)).text
        assert text == f"{name}: not yet. This is {slip['meaning']}"
    assert len(check.hints) >= 2
    assert check.answer == []


def test_the_name_is_that_of_an_exercise_with_a_question():
    with pytest.raises(ValueError, match=r"^name must be one of ex-mlp-by-hand, .*, got 'ex-none'"):
        Check("ex-none")
    with pytest.raises(ValueError, match="got 'ex-mlp-bias'"):  # it asks for code
        Check("ex-mlp-bias")


def test_another_name_asks_another_exercise():
    check = Check("ex-states-by-hand", id="turn")
    check.answer, check.verdict, check.opened = ["1"], "right.", 2
    check.name = "ex-states-shape"
    assert check.expected == [16, 41, 12]
    assert (check.answer, check.verdict, check.opened) == ([], "", 0)
    assert "16 sequences of 40 steps" in check.film
    assert repr(check) == "Check(id='turn')"


def test_the_film_strip_has_the_question_and_its_hints_with_symbols_set():
    film = Check("ex-states-by-hand").film
    assert "<i>W<sub>h</sub></i> = 0.5" in film
    assert "<code>(1, 4)</code>" in film
    assert film.count("<tr>") == 1 + 1 + 2  # the question, what is asked for, two hints
