"""What a page costs its reader before it is read: bytes, requests, what blocks, what moves.

None of this depends on the machine; what does is measured by `make audit`.
"""

import gzip
import re
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.browser import HTML, ROOT
from tests.support.scripts import script
from tools import host
from tools.audit import GOALS, PHONE

PAGES = re.findall(r"book/(\w+)", (ROOT / "_toc.yml").read_text())
NEXT = dict(pairwise(PAGES))
WINDOWS = {"phone": PHONE, "desktop": {"width": 1280, "height": 900}}
SECOND_PAGE = 90e3  # bytes that a page fetches after another one
THEME = 2e3  # bytes of the one script that may block: the theme is chosen before the first paint
FIRST_SENTENCE = 30e3  # bytes of the page up to there, and of all that blocks
SCROLL = script(__file__, "scroll_slowly")
START_TO_SCROLL = f"() => {{ globalThis.scrolled = ({SCROLL})(); }}"  # and wait for it later
LAID_OUT = """
() => Promise.race([
  new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
    .then(() => document.fonts.ready).then(() => undefined),
  new Promise((done, fail) => setTimeout(fail, 20_000, "the page is never drawn")),
])
"""
WATCH_SHIFTS = """
globalThis.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    const moved = sources.map(({ node }) => node?.parentElement?.outerHTML.slice(0, 100) ?? "");
    if (!hadRecentInput) globalThis.shifts.push([value, ...moved]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


class Host(host.Handler):
    """A static host from which the fonts come after the first paint, as on a slow line."""

    def do_GET(self):
        if self.path.endswith(".woff2"):
            time.sleep(0.3)
        super().do_GET()


@pytest.fixture(scope="module")
def address():
    """The address of the book on that host."""
    if not (HTML / "index.html").exists():
        pytest.fail("There is no built book in _build/html; run `make book` first.")
    with host.serve(HTML, Host) as address:
        yield address


@contextmanager
def visitor(browser, **options):
    """Yield a new visitor's page, with nothing in the cache, and the network below it."""
    context = browser.new_context(**options)
    context.add_init_script(WATCH_SHIFTS)
    page = context.new_page()
    page.set_default_timeout(10_000)
    try:
        yield page, Network(page)
    finally:
        context.close()


class Network:
    """All that a page asks for, and the bytes that come over the line: none from the cache."""

    def __init__(self, page):
        self.page, self.session = page, page.context.new_cdp_session(page)
        self.under_way, self.sizes, self.complaints = {}, {}, []
        self.session.on("Network.requestWillBeSent", self.ask)
        self.session.on("Network.loadingFinished", self.take)
        self.session.on("Network.loadingFailed", self.take)
        self.session.send("Network.enable")
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("console", self.hear)
        page.on("response", self.read)

    def ask(self, event):
        if (url := event["request"]["url"]).startswith("http"):
            self.under_way[event["requestId"]] = url
            self.sizes[url] = 0

    def take(self, event):
        if url := self.under_way.pop(event["requestId"], None):
            self.sizes[url] += event.get("encodedDataLength", 0)

    def hear(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(f"console: {message.text}")

    def read(self, response):
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def after(self, address):
        """Open an address, and return the bytes of each that is asked for, until no more is."""
        self.page.goto(address)
        return settled(self)[0]


def settled(*networks):
    """Return the bytes that each page has asked for by address, once none asks for more."""
    for network in networks:
        network.page.wait_for_selector("html[data-rnn-ready]", state="attached")
        network.page.evaluate(LAID_OUT)
    quiet = 0
    for _ in range(200):
        networks[0].page.wait_for_timeout(50)
        quiet = 0 if any(network.under_way for network in networks) else quiet + 1
        if quiet == 8:
            return [dict(network.sizes) for network in networks]  # scrolling brings more
    return pytest.fail(f"never done: {[network.under_way for network in networks]}")


@dataclass
class Seen:
    """What one visitor has seen of a page, and been sent for it."""

    sent: dict  # bytes, by address
    sheets: dict  # of those, what the first paint waited for
    scripts: dict
    second: dict  # what the next page was sent after this one; to a phone
    shifts: list  # [how far, what moved ...]
    complaints: list  # of the console and of the host, until all widgets had started


@pytest.fixture(scope="module")
def look(browser, address):
    """Return a function that tells what is seen of a page in one of the windows.

    Both are looked at together, each by a visitor of its own: most of the time is spent waiting.
    """

    def place(name):
        return f"{address}/book/{name}.html"

    def after(network, name):
        """Return what the page that follows a page is sent after it."""
        tab = network.page.context.new_page()
        sent = Network(tab).after(place(name))
        tab.close()
        return sent

    @cache
    def both(name):
        with ExitStack() as stack:
            visitors = [stack.enter_context(visitor(browser, viewport=v)) for v in WINDOWS.values()]
            pages, networks = zip(*visitors, strict=True)
            for page in pages:
                page.goto(place(name), wait_until="commit")
            sent = settled(*networks)
            kinds = [blocking(page) for page in pages]
            phone, desktop = pages
            desktop.evaluate(START_TO_SCROLL)
            second = after(networks[0], NEXT[name]) if name in NEXT else {}
            phone.evaluate(START_TO_SCROLL)  # only now: it fetches what the next page has, too
            shifts = [page.evaluate("scrolled.then(() => globalThis.shifts)") for page in pages]
            said = [network.complaints for network in networks]
            seen = zip(sent, kinds, [second, {}], shifts, said, strict=True)
            return {
                window: Seen(sent, *kinds, *others)
                for window, (sent, kinds, *others) in zip(WINDOWS, seen, strict=True)
            }

    return lambda name, window: both(name)[window]


def each_page(names=PAGES):
    """Let one process have all tests of a page, so that it is opened once."""
    return [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in names]


on_each_page = pytest.mark.parametrize("name", each_page())
in_each_window = pytest.mark.parametrize("window", WINDOWS)


@in_each_window
@on_each_page
def test_the_first_view_of_a_page_is_light(look, address, name, window):
    sent = look(name, window).sent
    assert sent[f"{address}/book/{name}.html"] > 1000
    assert [url for url in sent if not url.startswith(address)] == []
    assert len(sent) <= GOALS["requests"].most, sent
    assert sum(sent.values()) <= 1e3 * GOALS["bytes"].most, sent


@in_each_window
@on_each_page
def test_a_page_from_a_host_is_quiet_and_all_its_widgets_start(look, name, window):
    assert look(name, window).complaints == []  # to scroll past a widget that sleeps is an error


SAID = re.search(
    r"takes between (\d+) and (\d+) kB, and an embed page takes at most (\d+) kB",
    (ROOT / "book" / "teachers.md").read_text(encoding="utf-8"),
)
LEAST, MOST, ALONE = (1e3 * int(number) for number in SAID.groups())


@pytest.mark.parametrize("name", each_page(name for name in PAGES if name[0].isdigit()))
def test_teachers_are_told_what_a_chapter_weighs(look, name):
    assert LEAST <= sum(look(name, "phone").sent.values()) <= MOST


def test_teachers_are_told_what_an_embed_page_weighs():
    pages = [*(HTML / "embed").glob("*.html")]
    assert max(map(weight_alone, pages)) <= ALONE
    assert max(map(weight_alone, pages)) > ALONE - 10e3


def weight_alone(page):
    """The bytes of an embed page and of all files that it names, compressed, with their heads."""
    text = page.read_text(encoding="utf-8")
    names = {*re.findall(r"[\w-]+\.[0-9a-f]{8}\.(?:js|css)", text)}
    paths = [page, *(HTML / "_static" / name for name in names)]
    return sum(len(gzip.compress(path.read_bytes())) + 200 for path in paths)


@in_each_window
@on_each_page
def test_nothing_moves_while_a_page_loads_and_is_scrolled_through(look, name, window):
    shifts = look(name, window).shifts
    assert sum(value for value, *_ in shifts) <= GOALS["shift"].most, shifts


@on_each_page
def test_one_style_sheet_blocks_a_page_and_the_choice_of_its_theme(look, name):
    seen = look(name, "phone")
    assert len(seen.sheets) <= GOALS["blocking"].most, seen.sheets
    assert sum(seen.sheets.values()) <= 1e3 * GOALS["blocking bytes"].most, seen.sheets
    assert sum(seen.scripts.values()) <= THEME, seen.scripts
    # None is found through another one, and no script holds the page up further down.
    assert {path_of(url) for url in seen.sheets} <= named_in(name)
    assert waited_for(name) <= {path_of(url) for url in seen.scripts}


@pytest.mark.parametrize("name", each_page(NEXT))
def test_after_a_page_the_next_one_brings_little_more_than_its_text(look, address, name):
    sent = look(name, "phone").second
    assert sent[f"{address}/book/{NEXT[name]}.html"] > 1000
    assert sum(sent.values()) <= SECOND_PAGE, sent


def blocking(page):
    """Return the style sheets that the first paint waits for, {address: bytes}, and the scripts."""
    entries = page.evaluate(
        """() => performance.getEntriesByType("resource")
          .filter((entry) => entry.renderBlockingStatus === "blocking")
          .map((entry) => [entry.name, entry.transferSize])"""
    )
    sheets = {url: size for url, size in entries if urlsplit(url).path.endswith(".css")}
    return sheets, {url: size for url, size in entries if url not in sheets}


def path_of(url):
    return unquote(urlsplit(url).path)


def markup(name):
    return (HTML / "book" / f"{name}.html").read_text("utf8")


def named_in(name):
    """Return the paths that the tags of a page's head name."""
    head = markup(name).partition("</head>")[0]
    return {f"/{url.removeprefix('../')}" for url in re.findall(r'(?:href|src)="([^"?]+)', head)}


def waited_for(name):
    """Return the scripts for which the page is not read on, wherever in it they stand."""
    tags = re.findall(r"<script\b[^>]*\bsrc=[^>]*>", markup(name))
    plain = [tag for tag in tags if not re.search(r"\b(?:defer|async)\b|type=\"module\"", tag)]
    return {f"/{url}" for tag in plain for url in re.findall(r'src="(?:\.\./)*([^"?]+)', tag)}


CHAPTER, QUESTION = "04_bptt", "how much of the loss is its doing?"
TEXT_IS_PAINTED = """
() => new Promise((done, fail) => {
  const painted = { type: "largest-contentful-paint", buffered: true };
  new PerformanceObserver(() => done()).observe(painted);
  setTimeout(() => fail(new Error("nothing is painted")), 10_000);
})
"""
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 9e4}


@pytest.mark.xdist_group(CHAPTER)
def test_little_comes_before_the_first_sentence_of_chapter_4(look):
    before = re.match(rf".*?<article.*?{re.escape(QUESTION)}", markup(CHAPTER), re.S)[0]
    seen = look(CHAPTER, "phone")
    blocks = [*seen.sheets.values(), *seen.scripts.values()]
    assert len(gzip.compress(before.encode())) + sum(blocks) <= FIRST_SENTENCE, blocks


@pytest.mark.xdist_group(CHAPTER)
def test_the_first_sentence_of_chapter_4_waits_for_nothing_else(look, browser, address):
    seen = look(CHAPTER, "phone")
    awaited = {f"/book/{CHAPTER}.html", *map(path_of, [*seen.sheets, *seen.scripts])}
    with visitor(browser, viewport=PHONE) as (page, _):
        # All else is asked for and never comes.
        page.route(lambda url: path_of(url) not in awaited, lambda route: None)
        page.goto(f"{address}/book/{CHAPTER}.html", wait_until="commit")
        page.evaluate(TEXT_IS_PAINTED)
        sentence = page.locator("article p").filter(has_text=QUESTION)
        assert sentence.is_visible()
        assert 0 < sentence.bounding_box()["y"] < PHONE["height"] / 2


def test_the_stepper_of_chapter_4_answers_the_first_tap_on_a_slow_line(browser, address):
    with visitor(browser, viewport=PHONE, has_touch=True) as (page, network):
        network.session.send("Network.emulateNetworkConditions", SLOW)
        page.goto(f"{address}/book/{CHAPTER}.html", wait_until="commit")
        slot = page.locator("[data-rnn-slot]").first
        slot.scroll_into_view_if_needed()
        before = slot.locator("[data-step]").get_attribute("data-step")
        slot.get_by_role("button", name="Next step").tap()
        assert int(slot.locator("[data-step]").get_attribute("data-step")) == int(before) + 1
