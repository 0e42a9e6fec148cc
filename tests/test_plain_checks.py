"""What a notebook must not show where no extension is: each check on a notebook with the fault.

The chapters themselves are checked in tests/test_notebooks.py.
"""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools import plain_checks

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")

HINT = "<details><summary>Hint 1: both</summary>\n\nThink of $a + b$.\n\n</details>"
EXERCISE = f'<a id="ex-sum"></a>\n\n### Exercise 3 · Sums\n\nAdd.\n\n{HINT}'
HEADING = "### Solution of exercise 3 · Sums"
WORDS = "<details><summary>In words</summary>\n\nBecause.\n\n</details>"


def code(source="# Solution of exercise 3\n2 + 2", count=1, **metadata):
    metadata = plain_checks.FOLDED | metadata
    return new_code_cell(source, execution_count=count, metadata=metadata)


SOLUTIONS = ["## Solutions\n\nOne each.", f"{HEADING}\n\n{WORDS}", code()]


def complaints(check, *cells):
    """What `check` says of a notebook of these cells; strings are prose."""
    cells = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return check(nbformat.from_dict({"cells": cells, "metadata": {}}))


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (":::{dropdown} Hint\nThink.\n:::", "a fence"),
        ("```{exercise-start} Sums\n:label: ex-sum\n```", "a directive"),
        ("~~~{figure} a.png\n~~~", "a directive"),
        ("As in {cite}`elman1990`.", "a role or a directive"),
        ("See {step}`step 3 <memory?step=3>`.", "a role or a directive"),
        ("(a-label)=\n## Heading", "a label"),
        (":label: ex-sum", "an option"),
        ("term\n: what it means", "a definition"),
        ("The {{ version }}.", "a substitution"),
        ("A fact.[^1]\n\n[^1]: Its source.", "a footnote"),
        ("<script>1</script>", "unknown HTML"),
        ("<b>bold</b>", "unknown HTML"),
        ("<details><summary>Hint: a</summary>\n\nThink.\n\n</details>", "unknown HTML"),
        ("<details><summary><b>a</b></summary>\n\nThink.\n\n</details>", "unknown HTML"),
        ("<details><summary>Hint 1: a</summary>\n\nThink.", "doesn't close"),
        ("> **A**\n>\n> $$\n> z\n> $$", "more than one line"),
    ],
)
def test_what_only_an_extension_understands_is_caught(raw, fault):
    assert any(fault in found for found in complaints(plain_checks.raw_syntax, f"Prose.\n\n{raw}"))


@pytest.mark.parametrize(
    "text",
    [
        *("`{cite}` and `:::` in code", "```python\nx = {a}\n:::\n```", "$x_{a}$: a set"),
        *("| a | b |\n|---|---|\n| {0} | c |", "$$\n\\frac{a}{b}\n$$", "[step](#memory?step=3)"),
        *(
            "> **A callout**\n>\n> $$z$$\n>\n> It is read.",
            "$$\nz\n$$",
            EXERCISE,
            WORDS,
            "1. one\n2. two: three",
        ),
    ],
)
def test_plain_markdown_is_left_alone(text):
    assert complaints(plain_checks.raw_syntax, text) == []


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [EXERCISE, new_code_cell("answer = ..."), "## Summary", *SOLUTIONS],
        [EXERCISE, SOLUTIONS[0], HEADING, code()],
        [EXERCISE, *SOLUTIONS[:2]],
        [
            *(EXERCISE, EXERCISE.replace("3", "4"), *SOLUTIONS),
            f"{HEADING.replace('3', '4')}",
            WORDS,
        ],
    ],
)
def test_a_solved_exercise_is_left_alone(cells):
    assert complaints(plain_checks.exercise_faults, *cells) == []


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ([EXERCISE], "the solutions []"),
        (SOLUTIONS, "the exercises are []"),
        ([EXERCISE.replace("Sums", "Products"), *SOLUTIONS], "Products"),
        ([EXERCISE, *SOLUTIONS, *SOLUTIONS[1:]], "the solutions"),
        ([EXERCISE, EXERCISE.replace("3", "5"), *SOLUTIONS], "one after the other: [3, 5]"),
        ([EXERCISE.partition("\n\n")[2], *SOLUTIONS], "no anchor"),
        ([EXERCISE.replace("Add.\n\n", ""), *SOLUTIONS], "no question"),
        ([EXERCISE, *SOLUTIONS, "## Summary"], "not at the end"),
        ([EXERCISE, *SOLUTIONS[1:]], "not under their heading"),
        ([EXERCISE, SOLUTIONS[0], f"{HEADING}\n\nBecause."], "not folded up"),
        ([EXERCISE, SOLUTIONS[0], f"{HEADING}\n\n{WORDS}\n\nAnd."], "not folded up"),
        ([EXERCISE, *SOLUTIONS[:2], code(jupyter={})], "not folded up"),
        ([EXERCISE, *SOLUTIONS[:2], code(collapsed=False)], "not folded up"),
        ([EXERCISE, *SOLUTIONS[:2], code("2 + 2")], "doesn't begin with '# Solution of"),
        ([EXERCISE, *SOLUTIONS[:2], code(count=None)], "not executed"),
        ([EXERCISE, SOLUTIONS[0], HEADING], "empty"),
    ],
)
def test_an_exercise_that_is_not_whole_is_caught(cells, fault):
    assert any(fault in found for found in complaints(plain_checks.exercise_faults, *cells))
