"""The list of anchors: how it is read, written and added to, and what has moved on a page."""

from types import SimpleNamespace

import pytest

from book._ext import anchors
from tools import anchors as tool

LIST = """\
book/old -> book/new
  top
book/one
  top
  w
  w?step=0…2
  w?a=true
  gone -> #top
  v?step=0…1 -> #w?step=0…1
  far -> book/new#top
"""


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "anchors.txt"
    path.write_text(LIST, "utf8")
    return path


def test_a_list_is_read_line_by_line(listed):
    assert anchors.read(listed) == {
        "book/old": {"": "book/new", "top": ""},
        "book/one": dict.fromkeys(["top", "w", "w?step=0", "w?step=1", "w?step=2", "w?a=true"], "")
        | {"gone": "#top", "v?step=0": "#w?step=0", "v?step=1": "#w?step=1"}
        | {"far": "book/new#top"},
    }


def test_what_is_written_is_what_was_read(listed):
    pages = anchors.read(listed)
    assert "".join(f"{line}\n" for p in pages for line in tool.lines(p, pages[p])) == LIST


def test_steps_that_are_not_all_there_are_written_one_by_one():
    found = dict.fromkeys(["w?step=1", "w?step=2", "v?step=0"], "")
    assert [*tool.lines("a", found)] == ["a", "  w?step=1", "  w?step=2", "  v?step=0"]


def test_new_anchors_are_added_and_those_that_are_gone_stay(listed, tmp_path, monkeypatch):
    (tmp_path / "book").mkdir()
    page = '<p id="out"><article class="a"><p id="{}"></p><p id="id7"></p></article><p id="out">'
    (tmp_path / "book" / "one.html").write_text(page.format("fresh"))
    (tmp_path / "book" / "two.html").write_text(page.format("w?a=1&amp;b=2"))
    (tmp_path / "book" / "old.html").write_text('<html data-moved="new.html">')
    monkeypatch.setattr(tool, "HTML", tmp_path)
    monkeypatch.setattr(tool, "LIST", listed)
    tool.main()
    added = LIST.replace("book/one\n", "book/one\n  fresh\n")
    assert listed.read_text("utf8") == f"{added}book/two\n  w?a=1&b=2\n"


SCRIPT = '<script defer src="../_static/moved.js"></script>'


def moved(body, moves):
    """Return the body of a page with the marks of what has moved."""
    app = SimpleNamespace(
        env=SimpleNamespace(
            anchors={"book/one": moves},
            titles={"book/new": SimpleNamespace(astext=lambda: "A & B")},
        ),
        builder=SimpleNamespace(get_relative_uri=lambda page, to: f"{to.split('/')[-1]}.html"),
    )
    context = {"body": body, "pathto": lambda name, resource: f"../{name}"}
    anchors.lead_on(app, "book/one", "page.html", context, doctree=object())
    return context["body"]


def test_what_has_moved_on_its_page_is_marked_inside_of_its_new_place():
    body = '<section id="a"><h2>A</h2></section><tr id="w?step=0"><th scope="row">0</th></tr>'
    assert moved(body, {"top": "", "b": "#a", "v?step=0": "#w?step=0"}) == (
        '<section id="a"><span id="b" data-moved="#a"></span><h2>A</h2></section>'
        '<tr id="w?step=0"><th scope="row">'
        '<span id="v?step=0" data-moved="#w?step=0"></span>0</th></tr>' + SCRIPT
    )


def test_what_has_moved_to_a_widget_is_marked_in_its_film_strip():
    body = '<div class="rnn-slot" id="w"><div class="rnn-film"><table></table></div></div>'
    assert moved(body, {"v": "#w"}) == SCRIPT.join(
        [body.replace("<table>", '<span id="v" data-moved="#w"></span><table>'), ""]
    )


def test_what_has_moved_to_another_page_leaves_a_link():
    assert moved("<p></p>", {"b": "book/new#a"}) == (
        f'<p></p>{SCRIPT}<p class="moved" id="b" data-moved="new.html#a">'
        '<a href="new.html#a">Now in A &amp; B</a></p>'
    )


def test_a_page_without_moves_stays_as_it_is():
    assert moved("<p></p>", {"a": ""}) == "<p></p>"


def test_a_new_place_that_is_not_there_is_a_warning(caplog):
    moved("<p></p>", {"b": "#a"})
    assert "nothing is at #a, where #b leads" in caplog.text
