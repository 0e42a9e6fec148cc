"""Writes what trace.test.js compares: right answers, the usual slips, and numbers at random."""

from dataclasses import dataclass

import numpy as np

from rnncore import exercises
from rnncore.widgets import Check
from rnncore.widgets.check import kind_of, plain
from tests.support.cases import write_cases

ASKED = {name: asked for name, asked in exercises.EXERCISES.items() if asked.question}


@dataclass
class Answered:
    """An exercise with an answer in its fields, as `write_cases` takes it."""

    name: str
    question: dict  # kind, expected, slips
    answer: object

    LIMITS, roughly = Check.LIMITS, Check.roughly

    def values(self):
        return {**self.question, "texts": as_texts(self.answer)}

    def trace(self):
        verdict = exercises.check(self.name, self.answer)
        text = verdict.text.removeprefix(f"{self.name}: ")
        return {"right": float(bool(verdict)), "verdict": text}


def as_texts(answer):
    """Return what a reader types for it."""
    if isinstance(answer, tuple):
        return [str(answer)]
    if isinstance(answer, list):
        return ["\n".join(map(str, answer))]
    return [repr(float(v)) for v in np.ravel(answer)]


def answers(expected, slips, rng):
    """Return right answers, those that are wrong in the known ways, and some wrong at random."""
    found = [value for value in (expected, *slips) if fits_the_fields(value, expected)]
    for value in list(found):
        if isinstance(value, tuple):
            found += [value[:-1], (*value, 1), tuple(n + 1 for n in value)]
        elif isinstance(value, list):
            found += [value[:-1], [*value, (1,)], [s[::-1] for s in value]]
        else:
            for size in np.repeat([1e-4, 4e-4, 6e-4, 1e-3, 1, 1e300], 4):
                moved = rng.random(np.shape(value)) < 0.5
                found.append(value + size * rng.normal(size=np.shape(value)) * moved)
    return [value for value in found if not isinstance(value, tuple) or value]  # () is no answer


def fits_the_fields(value, expected):
    """Return whether a reader can give this answer: there is a field for each number."""
    return kind_of(expected) != "numbers" or np.shape(value) == np.shape(expected)


def computed_once(exercise):
    """Return the exercise with its expected answer and slips computed now, and not each time."""
    expected = exercise.expected()
    slips = [(slip(), meaning) for slip, meaning in exercise.slips]
    fixed = tuple((lambda value=value: value, meaning) for value, meaning in slips)
    return exercise._replace(expected=lambda: expected, slips=fixed)


def test_the_cases_are_written(monkeypatch):
    rng, cases = np.random.default_rng(5), []
    for name, asked in ASKED.items():
        exercise = computed_once(asked)
        monkeypatch.setitem(exercises.EXERCISES, name, exercise)
        expected, slips = exercise.expected(), [(slip(), why) for slip, why in exercise.slips]
        told = [{"value": plain(value), "meaning": meaning} for value, meaning in slips]
        question = {"kind": kind_of(expected), "expected": plain(expected), "slips": told}
        tried = answers(expected, [value for value, _ in slips], rng)
        cases += [Answered(name, question, answer) for answer in tried]
    said = zip(cases, [trace["verdict"] for trace in write_cases("check", cases)], strict=True)
    by_name = {name: set() for name in ASKED}
    for case, verdict in said:
        by_name[case.name].add(verdict)
    assert all("right." in verdicts and len(verdicts) >= 3 for verdicts in by_name.values())
    assert len(cases) >= 1000
