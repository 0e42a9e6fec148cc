"""The page of measurements: what it says in sentences is what its tables hold."""

import re

import numpy as np
import pytest

from rnncore.activations import sigmoid
from tests.support.repository import BOOK, needs_the_book

pytestmark = needs_the_book


@pytest.fixture(scope="module")
def said():
    return (BOOK / "proof.md").read_text(encoding="utf-8")


def tables(name):
    """The tables of a measurement: for each its rows, a list of cells."""
    text = (BOOK / "_generated" / f"{name}.md").read_text(encoding="utf-8")
    found = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [rows[:1] + rows[2:] for rows in found if rows]


def numbers(said, sentence):
    """The numbers in a sentence, which is given with # for each of them."""
    match = re.search(re.escape(sentence).replace(r"\#", r"(\d+(?:e-\d+)?)"), said)
    assert match, sentence
    return [float(number) for number in match.groups()]


def test_the_largest_errors_are_those_of_the_table(said):
    rows = [row for table in tables("parity") for row in table[1:]]
    worst = [max(float(row[k]) for row in rows) for k in (-2, -1)]
    assert len(rows) > 100
    assert numbers(said, "an output is off by #, and a gradient by #") == worst
    assert numbers(said, "to # digits") == [-np.log10(max(worst))]
    assert numbers(said, "near 1 can cost #") == [float(f"{np.finfo(float).eps / 2:.0e}")]


def test_the_survivors_compute_the_same_as_before(said):
    text = (BOOK / "_generated" / "mutants.md").read_text(encoding="utf-8")
    changes = re.findall(r"^  - (.*)\n  \+ (.*)$", text, re.M)
    assert numbers(said, "these # survivors") == [len(changes)]
    types = [(a, b) for a, b in changes if a.replace("np.float64", "None", 1) == b]
    assert numbers(said, "As a type, `None` means float64 to NumPy, so two") == []
    assert len(types) == 2
    for other in (np.float32, np.float64, np.longdouble, np.int64):
        assert np.result_type(None, other) == np.result_type(np.float64, other)
    kinds = [(a, b) for a, b in changes if b == a.replace('"fiub"', '"XXfiubXX"') != a]
    branches = [(a, b) for a, b in changes if b == a.replace("z >= 0", "z > 0") != a]
    assert len(types + kinds + branches) == len(changes) == 4
    assert "X" not in {np.dtype(code).kind for code in np.typecodes["All"]}
    assert np.exp(-abs(0.0)) == 1
    assert sigmoid.value(0.0) == sigmoid.value(-0.0) == 1 / 2


def test_the_times_are_those_of_the_table(said):
    head, *rows = tables("benchmark")[0]
    ours = [float(row[head.index("rnncore")]) for row in rows]
    beyond = [round(100 * (ratio - 1)) for ratio in (min(ours), max(ours))]
    assert numbers(said, "takes # to #% longer than NumPy has to") == beyond
    assert numbers(said, "takes between # and #% longer than the floor") == beyond
    missed = [row for row in rows if row[-1].endswith("not met")]
    (aim,) = (float(re.search(r"≤ (.*):", row[-1])[1]) for row in missed)
    assert "forward + backward, batch 1" in missed[0][0]
    assert numbers(said, "take #% longer than the floor, but we had allowed only #%") == [
        round(100 * (float(missed[0][head.index("rnncore")]) - 1)),
        round(100 * (aim - 1)),
    ]


def test_who_is_faster_is_said_as_in_the_lines_below_the_table(said):
    text = (BOOK / "_generated" / "benchmark.md").read_text(encoding="utf-8")
    lines = re.findall(r"^- (.*): faster .* than (\d+)% in (\d+) of (\d+) rows(.*)$", text, re.M)
    loop, torch, keras = lines[:3]
    assert [line[0] for line in lines[:3]] == ["textbook loop", "PyTorch", "Keras on JAX"]
    assert numbers(
        said,
        "PyTorch is more than #% faster than `rnncore` in # of # rows, the textbook loop in #,"
        " both of them the MLP, and Keras on JAX in # of the # rows",
    ) == [float(n) for n in (*torch[1:4], loop[2], keras[2], keras[3])]
    assert loop[4].count("MLP") == int(loop[2])
