"""What stands for a widget in a stored notebook: a table or a question, whatever is left of it."""

import re
from html.parser import HTMLParser

import bleach
import numpy as np
import pytest

from rnncore.exercises import EXERCISES
from rnncore.widgets import Check
from tests.support.gallery import WIDGETS

LARGEST = 15_000  # bytes
VIEW = "application/vnd.jupyter.widget-view+json"
# Of the tags that GitHub lets through in a notebook, those that a strip may use.
TAGS = {"table", "caption", "thead", "tbody", "tr", "th", "td", "p", "br", "small"}
TAGS |= {"code", "i", "sub", "sup"}
ASKED = [name for name, exercise in EXERCISES.items() if exercise.question]
ALL = {**WIDGETS, **{name: Check(name) for name in ASKED}}
each = pytest.mark.parametrize("widget", ALL.values(), ids=ALL)


class Tables(HTMLParser):
    """The texts of the cells, row by row, and the other texts."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.around, self.cell = [], "", False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.cell = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = False

    def handle_data(self, data):
        if self.cell:
            self.rows[-1][-1] += data
        else:
            self.around += data


def html_of(widget):
    return widget._repr_mimebundle_()[0]["text/html"]


@each
def test_what_is_stored_is_a_table_beside_the_view_and_says_how_to_get_the_widget(widget):
    data, _ = widget._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html", VIEW}
    html = data["text/html"]
    assert data["text/plain"] == repr(widget)
    assert html.count("Run this cell") == 1
    assert len(html.encode()) <= LARGEST
    assert not re.search(r"0x[0-9a-f]{6}|<script|style=|class=|href=|src=", html)


@each
def test_it_reads_as_a_table_without_attributes_and_with_few_tags(widget):
    html = html_of(widget)
    bare = bleach.clean(html, tags=TAGS, attributes={}, strip=True)
    assert bare == re.sub(r' (id|scope)="[^"]*"', "", html)
    table = Tables(bare)
    assert len({len(row) for row in table.rows}) <= 2  # a second table may be narrower
    assert len(table.rows) >= 2
    assert all(row[0] for row in table.rows)


@each
def test_it_is_the_same_whenever_it_is_made(widget):
    again = type(widget)(**widget.values(), id=widget.id)
    assert html_of(again) == html_of(widget)


def test_a_stepper_stores_the_strip_that_is_on_paper():
    for widget in WIDGETS.values():
        assert isinstance(widget, Check) or html_of(widget).startswith(widget.film)


@pytest.mark.parametrize("name", ASKED)
def test_an_exercise_shows_its_question_and_what_is_asked_for_but_no_answer_or_hint(name):
    exercise, check = EXERCISES[name], Check(name)
    table = Tables(html_of(check))
    (_, question), (_, wanted) = table.rows  # and no hints
    assert letters(question) == letters(exercise.question)
    many = check.kind == "numbers" and np.size(exercise.expected()) > 1
    assert counted(wanted) == np.size(exercise.expected()) if many else wanted == WANTED[check.kind]
    check.answer, check.opened, check.verdict = ["1"], 3, "right."  # a reader's; not for others
    assert html_of(check) == html_of(Check(name))


WANTED = {
    "numbers": "a number",
    "shape": "a shape, such as (2, 3)",
    "shapes": "shapes, such as (2, 3)",
}


def counted(wanted):
    """Return how many numbers: 2 rows of 3 numbers are 6."""
    return np.prod([int(n) for n in re.findall(r"\d+", wanted)])


def letters(text):
    """Return a text without the marks that set code and indices."""
    return re.sub("[`_]", "", text)
