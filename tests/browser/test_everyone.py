"""Every reader can use it: forced colours, large type, forced dark, right to left, narrow, low.

The gallery has every widget. It is opened once, and each test emulates what a browser does.
"""

import pytest

from tests.support.browser import watched
from tests.support.family import follow, resize
from tests.support.gallery import WIDGETS
from tests.support.scripts import script

pytestmark = pytest.mark.xdist_group("everyone")  # one process opens the gallery
CUT_OFF, MARKS = script(__file__, "cut_off"), script(__file__, "marks")
SCREEN = {"width": 1280, "height": 900}
STEP_TWICE = """() => {
  document.querySelectorAll(".rnn details").forEach((one) => { one.open = true; });
  for (const next of document.querySelectorAll('[aria-label="Next step"]')) {
    next.click();
    next.click();
  }
}"""
HIGHEST = ["bptt-vector", "activations"]
STEPPERS = [name for name, widget in WIDGETS.items() if widget.steps(widget.values())]


@pytest.fixture(scope="module")
def opened(browser, site):
    with watched(browser, site) as (open_page, complaints):
        page = open_page("gallery.html", color_scheme="light", reduced_motion="reduce")
        page.evaluate(STEP_TWICE)
        yield page, page.context.new_cdp_session(page)
    assert not complaints


@pytest.fixture
def gallery(opened):
    """The gallery, each stepper at its second step; as it was again after the test."""
    page, _ = opened
    yield page
    page.emulate_media(forced_colors="none")
    page.evaluate("document.documentElement.dir = 'ltr'")
    page.evaluate("document.querySelectorAll('style.of-a-test').forEach((one) => one.remove())")
    if page.viewport_size != SCREEN:
        resize(page, **SCREEN)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_in_forced_colours_all_marks_and_pictures_are_there(gallery, theme):
    gallery.emulate_media(forced_colors="active", color_scheme=theme)
    assert gallery.evaluate(MARKS) == []


LARGEST = """() => [...document.querySelectorAll("[data-rnn-widget]")].map((root) => [
  root.closest("[data-rnn-slot]").id,
  root.currentCSSZoom * parseFloat(getComputedStyle(root).fontSize),
  root.scrollWidth <= root.clientWidth,
])"""


def test_widgets_are_as_large_as_the_type_of_the_reader(gallery, opened):
    _, devtools = opened
    assert {size for _, size, _ in gallery.evaluate(LARGEST)} == {15}
    devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 24}})
    try:
        for width in (1280, 360):
            resize(gallery, width)
            sizes = gallery.evaluate(LARGEST)
            assert [name for name, _, fits in sizes if not fits] == []
            assert {round(size, 1) for _, size, _ in sizes} == {22.5}
            assert gallery.evaluate("document.scrollingElement.scrollWidth") <= width
    finally:
        devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})


@pytest.mark.parametrize("mode", ["auto", "light"])
def test_a_browser_that_darkens_pages_gets_the_dark_theme(open_page, mode):
    page = open_page("references.html", color_scheme="light")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setAutoDarkModeOverride", {"enabled": True})
    page.evaluate("(mode) => localStorage.setItem('mode', mode)", mode)
    page.reload()
    page.wait_for_selector("html[data-rnn-ready]", state="attached")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


RUNS_BACK = """() => [...document.querySelectorAll(".rnn .equation")].filter((one) => {
  const places = [...one.querySelectorAll("i")].map((part) => part.getBoundingClientRect())
    .filter(({ width }) => width > 0);
  const isBack = ({ top, left }, k) =>
    k && left < places[k - 1].left && top < places[k - 1].bottom; // not on the next line
  return places.some(isBack);
}).map((one) => one.textContent)"""
MIRRORED = """() => [".rnn", ".rnn svg", ".rnn .code", "pre", "code", ".rnn-film table", ".katex"]
  .filter((part) => [...document.querySelectorAll(`article ${part}`)]
    .some((one) => getComputedStyle(one).direction !== "ltr"))"""


def test_on_a_page_that_runs_to_the_left_equations_and_pictures_are_not_mirrored(gallery):
    gallery.evaluate("document.documentElement.dir = 'rtl'")
    assert gallery.evaluate(MIRRORED) == []
    assert gallery.evaluate(RUNS_BACK) == []


SPACED = """*, *::before { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""


def test_with_the_text_spacing_of_wcag_nothing_is_cut(gallery):
    style = gallery.add_style_tag(content=SPACED)
    style.evaluate("(node) => { node.className = 'of-a-test'; }")
    assert gallery.evaluate(CUT_OFF) == []
    resize(gallery, 360)
    assert gallery.evaluate(CUT_OFF) == []


def test_magnified_four_times_nothing_is_cut(gallery):
    resize(gallery, 320, 256)
    assert gallery.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("name", ["api.html", "teachers.html", "../genindex.html"])
def test_magnified_four_times_a_page_of_text_has_no_sideways_scrolling(open_page, name):
    is_index = "genindex" in name
    page = open_page(name, ready=not is_index, viewport={"width": 320, "height": 256})
    assert page.evaluate(CUT_OFF) == []


FIRST_WIDE = """(part) => [...document.querySelectorAll(`article ${part}`)]
  .find((one) => one.scrollWidth > one.clientWidth)"""


def test_what_scrolls_once_it_is_magnified_has_a_name_and_is_reached_by_keys(open_page):
    page = open_page("notation.html")
    page.set_viewport_size({"width": 320, "height": 256})
    named = {".katex-display": "Equation", ".pst-scrollable-table-container": "Table"}
    for part, name in named.items():
        box = page.evaluate_handle(FIRST_WIDE, part).as_element()
        box.scroll_into_view_if_needed()
        page.wait_for_function("(one) => one.tabIndex === 0 && one.role === 'group'", arg=box)
        assert box.get_attribute("aria-label") == name


IN_VIEW = """(name) => {
  const slot = document.getElementById(name);
  const [drawing, controls, next] = [".drawing", ".transport", '[aria-label="Next step"]']
    .map((part) => slot.querySelector(part).getBoundingClientRect());
  const [x, y] = [(next.left + next.right) / 2, (next.top + next.bottom) / 2];
  return {
    whole: drawing.top >= -1 && drawing.bottom <= controls.top + 1,
    next: document.elementFromPoint(x, y)?.closest('[aria-label="Next step"]') != null,
  };
}"""


@pytest.mark.parametrize("size", [(740, 360), (960, 540)], ids=["a phone on its side", "projected"])
def test_a_link_to_a_step_shows_the_drawing_and_next_on_a_low_screen(gallery, size):
    resize(gallery, *size)
    for name in STEPPERS if size[1] == 360 else HIGHEST:
        follow(gallery, name, 1)
        assert (name, gallery.evaluate(IN_VIEW, name)) == (name, {"whole": True, "next": True})
