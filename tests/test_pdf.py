"""The book as one text: anchors, links and headings of its pages, before a browser prints it."""

import re

import pytest

from tools.pdf import HTML, Page, anchored, contents, joined, running_heads

FIRST = Page(
    "01_one",
    '<section id="one"><h1>1 · One</h1>'
    '<section id="summary"><h2>Summary <code>x</code></h2>'
    '<a href="#one">here</a> <a href="02_two.html#memory?step=3&amp;W_h=1">a step</a>'
    ' <a href="02_two.html">the page</a> <a href="../genindex.html">index</a>'
    ' <a href="https://a.org/#x">far</a> <img src="../_images/a.png"></section></section>',
)
SECOND = Page(
    "02_two",
    '<section id="two"><span id="old"></span><h1>2 · Two</h1>'
    '<section id="summary"><h2>Summary</h2><p aria-labelledby="summary old">…</p>'
    '<table><tr id="memory?step=3"></tr></table></section></section>',
)


def addresses(text):
    return re.findall(r'<a href="([^"]*)"', text)


def test_an_anchor_that_two_pages_have_is_one_of_each_in_the_whole_book():
    ids = re.findall(r'\sid="([^"]*)"', joined([FIRST, SECOND]))
    assert len(ids) == len({*ids})
    assert {"01_one--summary", "02_two--summary", "01_one", "02_two"} <= {*ids}


def test_links_between_pages_lead_within_the_book():
    text = joined([FIRST, SECOND])
    step = anchored("02_two", "memory?step=3")
    here, _, page, far = addresses(text)
    assert [here, page, far] == ["#01_one--one", "#02_two", "https://a.org/#x"]
    assert f'id="{step}"' in text
    assert 'aria-labelledby="02_two--summary 02_two--old"' in text


def test_a_link_to_a_step_that_no_row_has_leads_to_the_page():
    asked = addresses(joined([FIRST, SECOND]))[1]
    assert asked == "#02_two"


@pytest.mark.parametrize(
    ("base", "link"),
    [("", "<a>index</a>"), ("https://b.org", '<a href="https://b.org/genindex.html">index</a>')],
)
def test_a_link_out_of_the_book_has_the_public_address_or_is_text(base, link):
    assert link in joined([FIRST, SECOND], base)


def test_pictures_are_those_of_the_built_book():
    assert f'src="{HTML.as_uri()}/book/../_images/a.png"' in joined([FIRST])


def test_the_contents_have_titles_sections_and_the_numbers_of_their_pages():
    text = contents([FIRST, SECOND], {"01_one--one": 3, "02_two--summary": 17})
    lines = re.findall(r'<li class="(h\d)"><a href="#([^"]*)">(.*?)</a><span>(\d+)</span>', text)
    assert lines == [
        ("h1", "01_one--one", "1 · One", "3"),
        ("h2", "01_one--summary", "Summary <code>x</code>", "000"),
        ("h1", "02_two--two", "2 · Two", "000"),
        ("h2", "02_two--summary", "Summary", "17"),
    ]


def test_the_title_of_a_page_is_above_its_text():
    assert '@page p-02_two { @top-right { content: "2 · Two";' in running_heads([SECOND])
