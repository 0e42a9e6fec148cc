"""Python on the pages that are no notebooks: it runs in its order, and shows what they show."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.support.blocks import blocks, run

BOOK = Path(__file__).parents[1] / "book"
PAGES = {name: (BOOK / name).read_text(encoding="utf-8") for name in ("api.md", "own.md")}
OWN = PAGES["own.md"]
SECTIONS = ["An activation", "A layer", "A cell", "A loss", "An optimiser"]


def section(title):
    return re.search(rf"^## {title}\n(.*?)(?=^## )", OWN, re.DOTALL | re.MULTILINE)[1]


def lines_of(code):
    return [line for line in code.splitlines() if line.strip()]


@pytest.mark.parametrize("name", PAGES)
def test_every_block_shows_what_the_page_says(name):
    names = {}
    with np.printoptions():  # which the page may change
        for code, shown in blocks(PAGES[name]):
            assert (code, run(code, names)) == (code, shown)


@pytest.mark.parametrize("name", PAGES)
def test_no_block_of_code_is_left_out(name):
    assert len(blocks(PAGES[name])) == PAGES[name].count("```python") > 0


# Parts of one's own


@pytest.mark.parametrize("title", SECTIONS)
def test_a_part_has_fewer_than_fifteen_lines(title):
    assert all(0 < len(lines_of(code)) < 15 for code, _ in blocks(section(title)))


@pytest.mark.parametrize("title", SECTIONS)
def test_a_part_is_checked_where_it_is_written(title):
    shown = [shown for _, shown in blocks(section(title)) if shown]
    checked = [output for output in shown if "True" in output]
    assert checked or "by hand" in section(title)


# How a page is read and run


def test_a_block_and_the_output_right_after_it_are_a_pair():
    page = "a\n```python\nx = 1\n```\nb\n\n```python\nx\n```\n```\n1\n```\n\n```\nno output\n```\n"
    assert blocks(page) == [("x = 1\n", ""), ("x\n", "1\n")]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("x = 1", ""),
        ("x = 1\nx + 1", "2\n"),
        ("print('a')\n'b'", "a\n'b'\n"),
        ("print('a')", "a\n"),
        ("def f():\n    return 3\n\n\nf()", "3\n"),
    ],
)
def test_a_block_shows_what_a_notebook_would(code, shown):
    assert run(code, {}) == shown


def test_a_block_knows_the_names_of_those_before():
    names = {}
    run("x = 2", names)
    assert run("x * 3", names) == "6\n"
