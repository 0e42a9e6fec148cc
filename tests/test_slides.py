"""Slides: where a cell begins, and where it stands."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import slides


def places(*cells):
    """Mark these cells: texts are prose, pairs are code and what it shows."""

    def made(cell):
        if isinstance(cell, str):
            return new_markdown_cell(cell)
        source, shown = cell
        outputs = [new_output("execute_result", {"text/plain": shown})] if shown else []
        return new_code_cell(source, outputs=outputs)

    notebook = slides.mark(new_notebook(cells=[made(cell) for cell in cells]))
    return [cell.metadata.slideshow.slide_type for cell in notebook.cells]


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("", [""]),
        ("## A\n\na", ["## A\n\na"]),
        ("a\n\n## B\n\nb\n\n### C\nc", ["a", "## B\n\nb", "### C\nc"]),
        ('a\n\n<a id="b"></a>\n\n## B', ["a", '<a id="b"></a>\n\n## B']),
        ("a\n\n```python\n# b\n```\n\n#c\n#### D", ["a\n\n```python\n# b\n```\n\n#c\n#### D"]),
        ("<details>\n\n## B\n\n</details>\n## C", ["<details>\n\n## B\n\n</details>", "## C"]),
    ],
)
def test_each_heading_begins_a_part_and_nothing_is_torn(source, parts):
    assert slides.sections(source) == parts


def test_cells_are_taken_apart_and_code_stays():
    code = new_code_cell("# a\n\n# b")
    notebook = slides.apart(new_notebook(cells=[new_markdown_cell("a\n\n## B", id="x"), code]))
    assert [cell.source for cell in notebook.cells] == ["a", "## B", "# a\n\n# b"]
    assert notebook.cells[0].id == "x"
    assert slides.apart(notebook).cells == notebook.cells


def test_a_section_is_a_slide_a_subsection_below_it_and_the_rest_comes_bit_by_bit():
    assert places("# A", "## B", ("f()", "1"), "So it is 1.", "### C", ("g()", "2")) == (
        ["slide", "slide", "fragment", "fragment", "subslide", "fragment"]
    )


@pytest.mark.parametrize(
    ("lines", "place"), [(slides.ROOM - 1, "fragment"), (slides.ROOM, "subslide")]
)
def test_a_full_slide_goes_on_below(lines, place):
    assert places("## A", "\n".join(lines * ["a"]))[1] == place
    assert places("## A", " ".join(lines * [(slides.WIDTH - 1) * "a"]))[1] == place
    assert places("## A", ("f()", "\n".join((lines - 1) * ["1"])))[1] == place


def test_after_a_break_the_slide_has_room_again():
    half = "\n".join((slides.ROOM // 2) * ["a"])
    assert places("## A", half, half, half) == ["slide", "fragment", "subslide", "fragment"]


@pytest.mark.parametrize("kind", ["image/png", "text/html"])
def test_pictures_and_film_strips_take_more_than_their_words(kind):
    cell = new_code_cell("f()", outputs=[new_output("display_data", {kind: "", "text/plain": ""})])
    assert slides.lines_of(cell) == 1 + slides.TALL[kind]


def test_setup_answers_and_solutions_are_skipped():
    exercise, solution = "### Exercise 1 · A", "### Solution of exercise 1 · A"
    cells = [("import numpy as np\nx = 1", ""), exercise, ('Check("a")', "Check(id='a')")]
    cells += [("answer = ...", "'not yet'"), ("def f():\n    ...", ""), "## Summary"]
    cells += ["## Solutions", solution, ("1 + 1", "2")]
    expected = ["skip", "subslide", "fragment", "skip", "skip", "slide", "skip", "skip", "skip"]
    assert places(*cells) == expected


def test_a_cell_that_pages_hide_is_skipped():
    cell = new_code_cell("f()", metadata={"tags": ["remove-cell"]})
    [cell] = slides.mark(new_notebook(cells=[cell])).cells
    assert cell.metadata.slideshow.slide_type == "skip"
