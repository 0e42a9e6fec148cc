"""Anchors stay: what book/anchors.txt lists is in the built book, or leads to its new place."""

import pickle
import re

import pytest

from book._ext.anchors import read
from book._ext.steps import kind_of
from tests.support.browser import HTML
from tools.anchors import LIST, anchors_of

BUILT = {
    f"book/{path.stem}": path.read_text("utf8")
    for path in sorted((HTML / "book").glob("*.html"))
    if "<article" in path.read_text("utf8")
}
ANCHORS = {page: anchors_of(text) for page, text in BUILT.items()}
LISTED = read(LIST)


def test_each_anchor_of_the_list_is_on_its_page_or_has_a_new_place():
    gone = [
        f"{page}#{anchor}"
        for page, anchors in LISTED.items()
        for anchor, new in anchors.items()
        if anchor and not new and anchor not in ANCHORS.get(anchors.get("", page), [])
    ]
    assert gone == [], f"Write their new places into {LIST.name}, behind an arrow."


def test_each_anchor_of_the_book_is_on_the_list():
    new = [
        f"{page}#{anchor}"
        for page, anchors in ANCHORS.items()
        for anchor in anchors
        if anchor not in LISTED.get(page, {})
    ]
    assert new == [], "Add them with `python -m tools.anchors`."


def test_each_new_place_exists():
    for page, anchors in LISTED.items():
        for old, new in anchors.items():
            target, _, anchor = (new or f"#{old}").partition("#")
            if not old:
                assert new in BUILT
            elif new:
                assert anchor in ANCHORS[target or page]


@pytest.mark.parametrize("page", BUILT)
def test_sections_figures_exercises_solutions_and_references_have_anchors(page):
    text = BUILT[page]
    article = text.partition("<article")[2].partition("</article>")[0]
    assert len(re.findall("<h[1-6]>", article)) == len(re.findall(r'<section id="', article))
    outputs = re.findall(r"(<[^<]*>)\s*<img ", article)
    assert all(re.search(r' id="fig-[\w-]+"', figure) for figure in outputs)
    for kind in ("exercise", "solution", "citation"):
        for tag in re.findall(rf'<\w+ class="{kind}\b[^>]*>', article):
            assert set(re.findall(r' id="([^"]+)"', tag)) & {*ANCHORS[page]}


def test_no_page_of_the_book_has_gone():
    assert BUILT.keys() >= {page for page, anchors in LISTED.items() if "" not in anchors}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what Sphinx's extensions import
def test_each_step_of_each_widget_has_an_anchor():
    with (HTML.parent / ".doctrees" / "environment.pickle").open("rb") as file:
        known = pickle.load(file).onestep_widgets
    for name, (page, kind, values) in known.items():
        last = kind_of(kind).steps(values)
        steps = [f"{name}?step={k}" for k in range(last + 1)] if last else []
        assert {name, *steps} <= {*ANCHORS[page]}
    assert len(known) > 20
