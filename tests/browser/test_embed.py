"""Embed pages: each widget alone, at the step of the fragment, with the text that embeds it."""

import re
from html.parser import HTMLParser

import pytest

from book._ext.embed import LICENCES
from tests.browser.test_pages import PHONE, pale, violations
from tests.support.browser import HTML

NAMES = sorted(
    name
    for path in (HTML / "book").glob("*.html")
    for name in re.findall(r' data-rnn-id="([^"]+)"', path.read_text("utf8"))
)
MEMORY = "../embed/memory.html"
SHOWN = """
() => [...document.querySelectorAll("[data-rnn-slot].alive > :not(.rnn-film)")].map((el) => [
  el.parentNode.dataset.rnnId,
  el.querySelectorAll("[data-rnn-widget]").length,
  el.querySelector("[data-step]")?.dataset.step ?? "1", // explorers have no steps
  document.scrollingElement.scrollWidth,
])
"""
ZOOM = "() => document.querySelector('[data-rnn-widget]').currentCSSZoom"
TO_COPY = "() => document.querySelector('details pre').textContent"
TAGS = "(all) => all.map((one) => one.tagName)"
THEME = "() => document.documentElement.dataset.theme"


def test_each_widget_has_a_page_that_shows_it_alone_at_the_step_of_the_fragment(open_page, site):
    assert sorted(path.stem for path in (HTML / "embed").iterdir()) == NAMES
    page = open_page(MEMORY, start=False, viewport=PHONE)
    exercises = [name for name in NAMES if name.startswith("check-")]  # one is as another
    for name in sorted({*NAMES} - {*exercises[1:]}):
        page.goto(f"{site}/embed/{name}.html#{name}?step=1")
        page.wait_for_selector("html[data-rnn-ready]", state="attached")
        assert page.evaluate(SHOWN) == [[name, 1, "1", 360]]


LATE = """addEventListener("DOMContentLoaded", () =>
  document.body.append(Object.assign(new Image(), { src: "/late.png" })))"""


def test_it_starts_before_all_has_come(browser, site):
    page = browser.new_context().new_page()
    page.route("**/late.png", lambda route: None)  # never
    page.add_init_script(LATE)
    page.goto(f"{site}/embed/memory.html", wait_until="domcontentloaded")
    page.wait_for_selector(".alive [data-rnn-widget]", timeout=10_000)
    assert page.evaluate("document.readyState") == "interactive"
    page.context.close()


def test_it_shows_nothing_else_and_works_from_a_file(open_page):
    page = open_page(MEMORY, base=HTML.as_uri(), start=False)
    page.get_by_role("button", name="Next step").click()
    assert page.evaluate(SHOWN) == [["memory", 1, "1", 1280]]
    assert page.locator("body > *").evaluate_all(TAGS) == ["MAIN", "FOOTER"]


def test_everyone_can_read_it_in_both_themes(open_page):
    page = open_page(f"{MEMORY}#memory?step=3", color_scheme="light", reduced_motion="reduce")
    page.locator("summary", has_text="page of yours").click()
    assert [*pale(page, "light"), *pale(page, "dark")] == []
    assert violations(page) == []


def test_without_javascript_it_shows_the_steps(open_page):
    page = open_page(MEMORY, ready=False, start=False, java_script_enabled=False)
    assert page.locator(".rnn-film tbody tr:visible").count() == 7
    assert page.locator("button:visible, summary:visible").count() == 0


def test_a_link_to_something_else_says_so(open_page):
    page = open_page(f"{MEMORY}#memry?step=3", start=False)
    assert "“memry”, which is not on this page" in page.locator(".rnn-said").inner_text()


class Frame(HTMLParser):
    """What a text to copy has: the attributes of its frame, and its links with their words."""

    def __init__(self, text):
        super().__init__()
        self.frame, self.links, self.last = {}, {}, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.last = dict(attributes).get("href")
        if tag == "iframe":
            self.frame = dict(attributes)

    def handle_data(self, words):
        if self.last:
            self.links[words], self.last = self.last, None


def test_the_text_to_copy_shows_what_is_shown_and_says_whose_it_is(open_page, site):
    page = open_page(f"{MEMORY}?theme=dark#memory?step=2&W_h=1.5", permissions=["clipboard-write"])
    page.get_by_role("button", name="Next step").click()
    page.locator("summary", has_text="page of yours").click()
    page.get_by_role("button", name="Copy", exact=True).click()
    page.locator("footer [role=status]", has_text="Copied.").wait_for()
    made, at = Frame(page.evaluate(TO_COPY)), "#memory?step=3&W_h=1.5"
    assert made.frame["src"] == f"{site}/embed/memory.html?theme=dark{at}"
    assert made.frame["title"] == page.locator("h1").inner_text()
    assert made.links == LICENCES | {
        "One Step at a Time": f"{site}/book/02_compute_states.html{at}"
    }
    back = page.locator("footer a").first
    assert back.evaluate("(link) => link.href") == made.links["One Step at a Time"]


def test_the_text_to_copy_has_the_address_of_the_site_where_there_is_one(open_page):
    page = open_page(MEMORY)
    public = "https://book.example/latest/embed/memory.html"
    page.evaluate("(page) => { document.querySelector('footer').dataset.page = page; }", public)
    page.get_by_role("button", name="Next step").click()
    made = Frame(page.evaluate(TO_COPY))
    assert made.frame["src"] == f"{public}#memory?step=1"
    assert made.links["One Step at a Time"].startswith("https://book.example/latest/book/02")


def test_a_frame_that_is_copied_is_as_high_as_the_widget(open_page):
    page = open_page(MEMORY, viewport={"width": 760, "height": 400})
    height = page.evaluate("document.scrollingElement.scrollHeight")
    made = Frame(page.evaluate(TO_COPY))
    assert height <= int(made.frame["height"]) <= height + 60


def test_two_frames_on_one_page_show_two_steps_and_the_page_stays(open_page, site, tmp_path):
    frames = [
        f'<iframe src="{site}/embed/memory.html#memory?step={step}"></iframe>' for step in (1, 4)
    ]
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "two.html").write_text(f"<p style='height:3000px'>{''.join(frames)}")
    page = open_page("two.html", base=tmp_path.as_uri(), ready=False, start=False)
    for frame, step in zip(page.frames[1:], "14", strict=True):
        frame.wait_for_selector(f'[data-rnn-widget][data-step="{step}"]')
        assert frame.locator("footer a").first.get_attribute("target") == "_blank"
    assert page.evaluate("[scrollY, document.activeElement.tagName]") == [0, "BODY"]


def test_it_is_as_large_as_the_reader_wants(open_page):
    page = open_page(MEMORY)
    assert page.evaluate(ZOOM) == 1
    page.get_by_role("button", name="Large type").click()
    assert page.evaluate(ZOOM) == 1.5
    page.reload()  # the address has kept it
    assert page.evaluate(ZOOM) == 1.5
    devtools = page.context.new_cdp_session(page)
    devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 24}})
    page.reload()
    assert page.evaluate(ZOOM) == 1.5**2
    page.set_viewport_size(PHONE)
    page.wait_for_function(f"() => ({ZOOM})() < 1.2")  # as wide as there is room
    assert page.evaluate("document.scrollingElement.scrollWidth") == 360


@pytest.mark.parametrize(
    ("asked", "theme"), [("dark", "dark"), ("auto", "light"), ("<b>", "light")]
)
def test_its_theme_may_be_asked_for(open_page, asked, theme):
    page = open_page(f"{MEMORY}?theme={asked}", start=False, color_scheme="light")
    assert page.evaluate(THEME) == theme


def test_on_a_large_page_a_click_finds_its_place(open_page):
    page = open_page("../embed/reader.html?large=1")
    picture = page.locator(".record")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    x = box["x"] + 0.4 * box["width"]
    page.mouse.click(x, box["y"] + box["height"] / 2)
    band = page.locator(".unit-band").bounding_box()
    assert band["x"] <= x <= band["x"] + band["width"]


def test_the_book_leads_to_it_with_what_is_shown(open_page):
    page = open_page("02_compute_states.html#memory?step=2")
    page.locator("#memory").get_by_role("button", name="Next step").click()
    page.locator("#memory").get_by_role("link", name="Embed").press("Enter")
    page.wait_for_url(re.compile(r"/embed/memory\.html#memory\?step=3$"))
    page.wait_for_selector('[data-rnn-widget][data-step="3"]')
