"""Writes how Python shows and reads numbers; numbers.test.js compares it with what a page does."""

import json

import numpy as np
import pytest

from rnncore.widgets.film import shown
from rnncore.widgets.links import unpacked
from rnncore.widgets.reading import read_number, read_shape
from tests.support.cases import CASES, least
from tests.support.family import brief

EDGES = [
    *(0.0, -0.0, 1.0, 0.5, 0.00005, 0.000049999, 999999.99995, 999999.0, 1e6, 1e5, 99999.5),
    *(float("inf"), float("nan"), 5e-324, 1.7976931348623157e308, 1e-300, 123456.789),
]


def test_the_cases_are_written():
    rng, count = np.random.default_rng(5), least(1000)
    sizes = 10.0 ** rng.uniform(-12, 12, count)
    halves = rng.integers(0, 10**6, count) / 2 ** rng.integers(1, 20, count)  # many end in a 5
    numbers = [v for size in (*EDGES, *sizes, *halves) for v in (float(size), -float(size))]
    rows = [[repr(v), shown(v), brief(v), shown(v, 2)] for v in numbers]
    assert sum(f"{abs(v):.6f}".endswith("50") for v in numbers) >= 50
    CASES.mkdir(parents=True, exist_ok=True)
    (CASES / "numbers.json").write_text(json.dumps(rows), encoding="utf8")


NUMBERS = {
    **{"−0.8": -0.8, "–0.8": -0.8, "－０．８": -0.8, "﹣0.8": -0.8, "- 0.8": -0.8, "+3": 3.0},
    **{"1.2e−5": 1.2e-5, "2E+3": 2000.0, ".5": 0.5, "5.": 5.0, "-0": -0.0, "007": 7.0},
    **{"0,5": 0.5, ",5": 0.5, "5,": 5.0, "0,500": 0.5, "1234,567": 1234.567, "-1,5e2": -150.0},
    **{"1/2": 0.5, "-3 / 4": -0.75, "1⁄2": 0.5, "1,5/2": 0.75, "0/3": 0.0},
    **{"5\u202f000": 5000.0, "-160\u00a0000": -160000.0, "1\u2009234\u2009567,5": 1234567.5},
    **{" 0.5\n": 0.5, "\u200b0.5\ufeff": 0.5, "\u200e-1\u200f": -1.0, "0e-999": 0.0},
}
NO_NUMBERS = [
    *("", " ", "-", "+", ".", ",", "e5", "1e", "1e+", "abc", "None", "nan", "inf", "∞", "Infinity"),
    *("1,000", "-12,345", "1,000,000", "1,000.5", "1.000,5", "1.5,2", "1.2.3", "１，０００"),
    *("1 200", "5 000", "1, 2, 3", "[1 2 3]", "1\n2", "1\t2", "1;2", "1 1/2", "1.5\u00a0200"),
    *("1\u202f23", "1\u202f \u202f000", "--1", "+-1", "1-2", "0x10", "0b1", "1_000", "1'000", "1n"),
    *("1e999", "-1e999", "1e-999", "1/0", "0/0", "1/2/3", "1/-2", "½", "1½", "10⁵", "50%", "1e5.5"),
    *("2\u20623", "\u00ad0.8", "\u202e1.2", "١٢", "0.5 m", "<b>1</b>", "9" * 400),
]
WRITTEN = ["(16, 41, 12)", "[16 41 12]", "16x41 X 12", "16×41×12", "（16，41、12）", "16\n41,\t12,"]
SHAPES = {
    **{text: [16, 41, 12] for text in WRITTEN},
    **{"(None, 5\u202f000)": [None, 5000], "3": [3], "(3,)": [3], "0 2": [0, 2]},
}
NO_SHAPES = [
    *("", "()", "16, x", "(16; 41)", "16.5, 2", "-1", "16 041", "1,000", "5 000", "((3,))", "none"),
    *("(2, 3), (4, 5)", "16,,41", "1e2", "١٢", "9" * 20, "Shape(2)"),
]


def value_of(read, text, *given):
    """Return what a text is read as, None where it is refused."""
    try:
        return read(text, *given)
    except ValueError:
        return None


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_read_as_it_was_meant(text):
    assert repr(read_number(text)) == repr(NUMBERS[text])


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_may_mean_another_number_or_none_is_refused_in_words(text):
    with pytest.raises(
        ValueError, match=r"must be a finite number, such as -0\.5, 2e-5 or 1/2, got"
    ):
        read_number(text)


def test_shapes_are_read_as_they_were_meant_or_not_at_all():
    assert {text: read_shape(text) for text in SHAPES} == SHAPES
    assert [text for text in NO_SHAPES if read_shape(text) is not None] == []


def test_a_link_takes_whole_numbers_and_no_decimal_comma():
    assert [unpacked("−2.0", 1), unpacked("4/2", 1), unpacked("−2", 1.5)] == [-2, 2, -2.0]
    assert unpacked("1,−2;3,4", [[0.0]]) == [[1.0, -2.0], [3.0, 4.0]]
    for text, like in [("2.5", 1), ("1_0", 1), ("0,5", 0.5), ("1,,2", [0.0]), ("nan", 0.5)]:
        with pytest.raises(ValueError, match="must be"):
            unpacked(text, like)


def written_anyhow(rng, value):
    """Return a number as one of many writes it."""
    text = str(rng.choice([f"{value:.4g}", f"{value:.3e}", f"{value:.2f}", repr(float(value))]))
    for old, new in [("-", "−"), (".", ","), ("e", "E"), ("+", "")]:
        text = text.replace(old, new) if rng.random() < 0.4 else text
    return str(rng.choice(["", " ", "\u200e"])) + text + str(rng.choice(["", ".", "\u202f", "/4"]))


def test_the_readings_are_written():
    rng = np.random.default_rng(6)
    sizes = rng.normal(size=least(300)) * 10.0 ** rng.integers(-9, 9, least(300))
    texts = [*NUMBERS, *NO_NUMBERS, *(written_anyhow(rng, value) for value in sizes)]
    as_text = [None if v is None else repr(v) for v in (value_of(read_number, t) for t in texts)]
    assert 100 < len(texts) - as_text.count(None) < len(texts)
    linked = [value_of(unpacked, text, 0.0) for text in texts]
    shapes = [[text, read_shape(text)] for text in [*SHAPES, *NO_SHAPES, *texts]]
    rows = {"numbers": list(zip(texts, as_text, linked)), "shapes": shapes}
    (CASES / "reading.json").write_text(json.dumps(rows), encoding="utf8")
