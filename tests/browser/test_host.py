"""What the host does on pages: starts widgets, follows links, keeps its place, is a good guest."""

import re
from contextlib import contextmanager

import pytest

from book._ext import scripts
from book._ext.pages import written
from tests.support.browser import HTML, served
from tests.support.family import root

ALIVE = """
() => [...document.querySelectorAll("[data-rnn-slot]")].map(
  (slot) => [slot.dataset.rnnId, slot.classList.contains("alive"), slot.children.length])
"""
TOP = "(id) => document.getElementById(id).getBoundingClientRect().top"
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)))"

FOLLOWED = "() => document.documentElement.dataset.rnnFollowed === location.hash"


def alive(page):
    """The widgets of a page that have started."""
    return [name for name, lives, _ in page.evaluate(ALIVE) if lives]


# Start.


def test_a_widget_starts_when_it_is_near_the_screen_and_no_earlier(open_page):
    page = open_page("04_bptt.html", start=False)
    assert alive(page) == []
    asked = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert not [name for name in asked if "stepper" in name or "shared" in name]
    page.evaluate("document.getElementById('wires').scrollIntoView()")
    page.wait_for_selector("#wires.alive [data-rnn-widget]")
    assert "wires" in alive(page)
    assert len(alive(page)) < 4


def test_where_its_script_does_not_come_the_film_strip_shows_the_steps(browser, site):
    page = browser.new_context().new_page()
    page.route(re.compile("state-stepper"), lambda route: route.abort())
    page.goto(f"{site}/book/02_compute_states.html#memory")
    page.wait_for_selector("#memory.failed")
    assert page.locator("#memory .rnn-film table").is_visible()
    page.unroute(re.compile("state-stepper"))
    page.evaluate("rnn.start(document.getElementById('memory'))")  # the network is back
    page.wait_for_selector("#memory.alive [data-rnn-widget]")
    page.context.close()


def test_without_the_host_the_page_is_that_without_javascript(browser, site):
    page = browser.new_context().new_page()
    page.route(re.compile(r"/site\."), lambda route: route.abort())
    page.goto(f"{site}/book/02_compute_states.html")
    assert page.locator("#memory .rnn-film table").is_visible()
    page.context.close()


# Links.


LINKS = [
    *("first?step=3", "first%3Fstep=3", "first%3fstep%3D3", "first?step=3.", "first?step=3)"),
    *("first?step=3%E2%80%9D", "first?step=3&amp;W_h=0.5", "%66irst?step=3"),
]
ENDS = ["", ".", ")", "%E2%80%A6", ".)", "%20", "%E2%80%8B", ">"]


def follow_anew(page, fragment):
    """Follow a link to the page from elsewhere: it is loaded again."""
    address = page.url.partition("#")[0]
    page.goto("about:blank")
    page.goto(f"{address}#{fragment}")
    page.wait_for_selector("html[data-rnn-ready]", state="attached")


def test_a_link_means_the_same_however_it_was_sent(open_page):
    page = open_page("intro.html", start=False)
    for fragment in LINKS:
        follow_anew(page, fragment)
        assert root(page, "first").get_attribute("data-step") == "3", fragment
        assert 0 <= page.evaluate(TOP, "first") <= 100, fragment
        assert page.locator(".rnn-said").count() == 0, fragment


def test_a_link_to_a_heading_bears_a_sign_behind_it(open_page):
    page = open_page("04_bptt.html", start=False)
    for end in ENDS:
        follow_anew(page, f"with-matrices{end}")
        page.evaluate(SETTLED)
        top = page.evaluate(TOP, "with-matrices")
        assert top == pytest.approx(64, abs=3), end  # below the bar
        assert page.locator(".rnn-said").count() == 0, end


@pytest.mark.parametrize(
    "fragment", ["nowhere", "nowhere?step=3", "frst%3Fstep=1", "%E0%A4%A?step=1"]
)
def test_what_a_link_asks_for_and_is_not_there_is_said(open_page, fragment):
    page = open_page(f"intro.html#{fragment}", start=False)
    assert "is not on this page" in page.locator("article .rnn-said[role=status]").inner_text()
    page.evaluate("location.hash = '#first?step=2'")
    page.wait_for_selector('[data-rnn-id="first"] [data-step="2"]')
    assert page.locator(".rnn-said").count() == 0


HOSTILE = [
    *("%", "%%%", "?", "?step=1", "%00", "memory?", "memory?%", "memory?%E0%A4%A=1"),
    *("memory?__proto__=1", "memory?constructor=1&toString=2", "memory?step=1#memory?step=2"),
    *("constructor?step=1", "__proto__?step=1", "javascript:alert(1)"),
    *("memory?step=" + "9" * 4000, "memory?" + "a=1&" * 2000, "memory?X=" + "1," * 20000),
    *('x"]<img src=x onerror=alert(1)>', "<script>alert(1)</script>?step=1"),
    "memory?step=<img src=x onerror=alert(1)>",
]


def test_no_fragment_breaks_the_page_or_puts_anything_into_it(open_page):
    page = open_page("02_compute_states.html", start=False)
    count = page.locator("img, script").count()

    def go(fragment):
        page.evaluate("(hash) => { location.hash = hash; }", fragment)
        page.wait_for_function(FOLLOWED)

    for fragment in HOSTILE:
        go(fragment)
        for step in "20":
            go(f"memory?step={step}")
            assert root(page, "memory").get_attribute("data-step") == step
    scripts_of_widgets = 3
    assert page.locator("img, script").count() <= count + scripts_of_widgets
    assert page.evaluate("Object.keys(Object.prototype).length") == 0


# Frames.

OUTER = """<!doctype html><title>Around</title><body style="margin:0"><input autofocus>
<div style="height: 3000px">Above</div>
<iframe {sandbox} src="{address}" style="width: 700px; height: 500px"></iframe>
<div style="height: 3000px">Below</div></body>"""


@contextmanager
def around(browser, folder, **parts):
    """Yield a page of another site around a page of the book, and that one's frame."""
    (folder / "index.html").write_text(OUTER.format(**parts), encoding="utf8")
    page = browser.new_context(viewport={"width": 900, "height": 700}).new_page()
    said = []
    # Fonts of a frame without an origin need a header of the host; see CONTRIBUTING.
    page.on("console", lambda m: "Security Policy" in m.text and said.append(m.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    with served(folder) as elsewhere:
        page.goto(f"{elsewhere}/index.html")
        frame = page.frames[1]
        frame.wait_for_selector("html[data-rnn-ready]", state="attached")
        yield page, frame
    page.context.close()
    assert not said


@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts"'])
def test_in_a_frame_a_link_moves_that_frame_alone(browser, site, tmp_path, sandbox):
    address = f"{site}/book/02_compute_states.html#memory?step=3"
    with around(browser, tmp_path, address=address, sandbox=sandbox) as (page, frame):
        assert root(frame, "memory").get_attribute("data-step") == "3"
        assert 0 <= frame.evaluate(TOP, "memory") <= 100
        assert page.evaluate("scrollY") == 0
        assert page.evaluate("document.activeElement.tagName") == "INPUT"
        frame.evaluate("location.hash = '#pulse?step=2'")
        frame.wait_for_selector('[data-rnn-id="pulse"] [data-step="2"]')
        assert page.evaluate("scrollY") == 0
        assert page.evaluate("document.activeElement.tagName") == "INPUT"


def test_in_a_frame_of_the_same_site_too(open_page, site):
    page = open_page("references.html")
    page.evaluate(
        """(address) => {
          const frame = document.createElement("iframe");
          frame.src = address;
          frame.style = "display: block; width: 600px; height: 400px; margin-top: 4000px";
          document.querySelector("article").append(frame);
        }""",
        f"{site}/book/02_compute_states.html#memory?step=3",
    )
    frame = page.frames[1]
    frame.wait_for_selector("html[data-rnn-ready]", state="attached")
    drawing = "document.querySelector('#memory .drawing').getBoundingClientRect()"
    top, bottom = frame.evaluate(f"[{drawing}.top, {drawing}.bottom]")
    assert 0 <= top < bottom <= 400
    assert page.evaluate("scrollY") == 0


# Storage that is blocked.

BLOCKED = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { configurable: true, get() {
    throw new DOMException("Access is denied for this document.", "SecurityError");
  } });
}
"""


def test_with_cookies_blocked_theme_menu_search_and_exercises_work(open_page):
    page = open_page("02_compute_states.html", init=BLOCKED, viewport={"width": 400, "height": 800})
    theme = "document.documentElement.dataset.theme"
    before = page.evaluate(theme)
    page.locator(".theme-switch-button").first.click()
    assert page.evaluate(theme) != before
    page.locator(".primary-toggle").click()
    assert page.locator("#pst-primary-sidebar-modal").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    assert page.locator("#pst-search-dialog").is_visible()
    page.keyboard.press("Escape")
    exercise = page.locator("[data-rnn-id='check-ex-states-halflife']")
    exercise.locator("input").first.fill("7")
    exercise.get_by_role("button", name="Check").click()
    assert "ot yet" in exercise.locator(".verdict").inner_text()


def test_with_cookies_blocked_the_search_finds(open_page):
    page = open_page("../search.html?q=recurrent", init=BLOCKED, ready=False)
    page.wait_for_selector(".found li")


@pytest.mark.parametrize(
    ("mode", "theme"), [("dark", "dark"), ("light", "light"), ("<b>", "light")]
)
def test_the_theme_that_was_chosen_comes_back_and_nonsense_does_not(open_page, mode, theme):
    page = open_page(
        "references.html", init=f"localStorage.setItem('mode', '{mode}')", color_scheme="light"
    )
    assert page.evaluate("document.documentElement.dataset.theme") == theme


# Saved, loaded again.


def saved(page, folder):
    """Save a page as browsers do: the elements as they are now, and the files beside it."""
    text = page.evaluate("'<!doctype html>' + document.documentElement.outerHTML")
    files = folder / "page_files"
    files.mkdir()
    for address in set(re.findall(r'(?:src|href)="([^"]+_static/[^"]+)"', text)):
        path = HTML / "_static" / address.partition("_static/")[2].partition("?")[0]
        (files / path.name).write_bytes(path.read_bytes())
        text = text.replace(f'"{address}"', f'"page_files/{path.name}"')
    (folder / "page.html").write_text(text, encoding="utf8")
    return (folder / "page.html").as_uri()


def test_a_page_that_was_saved_shows_each_widget_once(open_page, site, browser, tmp_path):
    page = open_page("02_compute_states.html", start=False)
    page.evaluate("document.getElementById('memory').scrollIntoView()")
    page.wait_for_selector("#memory.alive [data-rnn-widget]")
    before = {what: page.locator(what).count() for what in (".copybtn", ".toggle-button")}
    again = browser.new_context().new_page()
    said = []
    again.on("pageerror", lambda error: said.append(str(error)))
    again.goto(saved(page, tmp_path))
    again.wait_for_selector("html[data-rnn-ready]", state="attached")
    again.evaluate("document.getElementById('memory').scrollIntoView()")
    again.wait_for_selector("#memory.alive [data-rnn-widget]")
    assert again.locator("#memory [data-rnn-widget]").count() == 1
    again.locator("#memory").get_by_role("button", name="Next step").click()
    assert root(again, "memory").get_attribute("data-step") == "1"
    assert {what: again.locator(what).count() for what in before} == before
    assert again.locator(".admonition.solution pre:visible").count() == 0
    assert not said
    again.context.close()


@pytest.mark.parametrize("fragment", ["", "#memory?step=3", "#exercises"])
def test_a_reload_keeps_the_readers_place(open_page, fragment):
    page = open_page(
        f"02_compute_states.html{fragment}", start=False, viewport={"width": 400, "height": 800}
    )
    page.evaluate("document.querySelector('#check-ex-states-h0').scrollIntoView()")
    page.wait_for_selector("#check-ex-states-h0.alive")
    page.evaluate("scrollBy(0, -200)")
    page.evaluate(SETTLED)
    before = page.evaluate(TOP, "check-ex-states-h0")
    for _ in range(2):
        page.reload()
        page.wait_for_selector("html[data-rnn-ready]", state="attached")
        page.evaluate(SETTLED)
        assert page.evaluate(TOP, "check-ex-states-h0") == pytest.approx(before, abs=3)
    page.goto(page.url.partition("#")[0].replace("02_compute_states", "notation"))
    page.go_back()
    page.wait_for_selector("html[data-rnn-ready]", state="attached")
    page.evaluate(SETTLED)
    assert page.evaluate(TOP, "check-ex-states-h0") == pytest.approx(before, abs=3)


# The policy.


def test_every_page_has_the_policy_and_no_script_of_its_own():
    for path in written(HTML):
        text = path.read_text(encoding="utf8")
        meta = f'<meta http-equiv="Content-Security-Policy" content="{scripts.policy()}" />'
        assert text.count(meta) == 1, path.name
        assert text.index(meta) < min(
            map(text.index, re.findall("<(?:script|link|style)", text) or ["<"])
        )
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)", text), (
            path.name
        )
        assert not re.search(r"<[^>]+\son\w+=", text), path.name


def test_no_script_makes_code_of_text():
    for path in (HTML / "_static").glob("*.js"):
        made = re.findall(r".{0,40}(?:\beval\(|new Function\()", path.read_text("utf8"))
        # In Sphinx's own, for translations that the book does not have.
        assert [line for line in made if "plural_expr" not in line.lower()] == [], path.name


def test_the_policy_is_in_force(browser, site):
    page = browser.new_context().new_page()
    page.goto(f"{site}/book/references.html")
    ran = page.evaluate(
        """async () => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const image = document.createElement("div");
          image.innerHTML = "<img src=x onerror='window.ran = true'>";
          document.body.append(image);
          const other = await fetch("http://elsewhere.example/").then(() => true, () => false);
          await new Promise((done) => setTimeout(done, 300));
          return [window.ran ?? false, other];
        }"""
    )
    assert ran == [False, False]
    page.context.close()
