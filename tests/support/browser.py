"""The built book in a real browser: served from a folder, with everything it does watched."""

import functools
import http.server
import json
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

import tools.browser
from tests.support.scripts import script

ROOT = Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"
VIEWPORT = {"width": 1280, "height": 900}
RENDER_ANEW = script(__file__, "render_anew")
LAY_OUT_ALL = """() => document.head.append(Object.assign(document.createElement("style"), {
  textContent: ".rnn-far { content-visibility: visible !important; }",
}))"""
# Quiet: the browser's own errands would look like the page's.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no other host is reached
]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for groups
def pytest_collection_modifyitems(items):
    """Keep the tests of a widget's page in one process, which opens that page once."""
    for item in items:
        if item.path.name == "test_page.py":
            item.add_marker(pytest.mark.xdist_group(item.path.parent.name))


def pytest_collection_finish(session):
    """Refuse to go on where groups are lost in silence: each process would do the work of all."""
    if getattr(session.config.option, "loadgroup", False):
        for item in session.items:
            if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
                pytest.exit("pytest-xdist does not group tests in this version of pytest", 3)


@contextmanager
def served(folder):
    """Serve a folder on a free loopback port, and yield its address."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Handler, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def site():
    """The address of the built book."""
    with served(HTML) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """Chromium: the one that `python -m tools.browser` finds."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tools.browser.path(), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def watched(browser, site):
    """Yield a function that opens a page, and the list of what its pages complain of."""
    contexts, complaints = [], []

    def watch_request(request):
        if not request.url.startswith((site, "blob:", "data:", "file:")):
            complaints.append(f"request to another host: {request.url}")

    def open_page(path, base=None, ready=True, start=True, init=None, **options):
        if base is None and not (HTML / "index.html").exists():
            pytest.fail("There is no built book in _build/html; run `make book` first.")
        context = browser.new_context(**{"viewport": VIEWPORT, **options})
        contexts.append(context)
        if init:
            context.add_init_script(init)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", watch_request)
        page.on(
            "console",
            lambda m: m.type in {"error", "warning"} and complaints.append(f"console: {m.text}"),
        )
        page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))
        page.on("response", lambda r: r.status >= 400 and complaints.append(f"{r.status}: {r.url}"))
        page.goto(f"{base or site}/book/{path}")
        if ready:
            page.wait_for_selector("html[data-rnn-ready]", state="attached")
        if start:  # what is far from the screen is there, too
            page.evaluate(LAY_OUT_ALL)
        if ready and start:
            page.evaluate("rnn.startAll().then(() => undefined)")
        return page

    yield open_page, complaints
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(browser, site):
    """Open a page of the book; at the end no error and no foreign request may have come up."""
    with watched(browser, site) as (open_page, complaints):
        yield open_page
    assert not complaints


def show_on(open_page, folder):
    """Return a function that opens a page with these widgets; its file lies in that folder."""
    folder = folder / "book"
    folder.mkdir(exist_ok=True)

    def show(*widgets, fragment="", **options):
        from tools import preview  # late: most tests show no widget

        name = f"{len(list(folder.iterdir()))}.html"  # each its own, so that one can go back to it
        (folder / name).write_text(preview.page(widgets), encoding="utf8")
        return open_page(f"{name}#{fragment}", base=folder.parent.as_uri(), **options)

    return show


@pytest.fixture
def show(open_page, tmp_path):
    """Open a page that shows these widgets and nothing else; the book need not be built."""
    return show_on(open_page, tmp_path)


@pytest.fixture(scope="module")
def _pages(browser, site, tmp_path_factory):
    with watched(browser, site) as (open_page, complaints):
        yield show_on(open_page, tmp_path_factory.mktemp("pages")), complaints, {}
    assert not complaints


@pytest.fixture
def shown_once(_pages):
    """Show widgets on a page that is opened once for all tests of a module.

    Use it as `show`, with widgets and options (but no fragment)::

        @pytest.fixture
        def page(shown_once):
            return shown_once(StateStepper(**MEMORY, id="memory"))

    A later call with equal widgets and options returns the same page as new: each widget is
    rendered again with its first values, what was open is closed, and the address, the size of
    the window, the theme, the place of the mouse and the focus are those of a new page.  That
    takes a tenth of the time.  A page on which a test emulates media, adds elements or listeners,
    or replaces functions is one for `show`.
    """
    show, complaints, pages = _pages

    def shown_once(*widgets, **options):
        states = [[type(w).__name__, w.id, w.step, w.presets, w.values()] for w in widgets]
        key = json.dumps([states, options], sort_keys=True)
        if key not in pages:
            pages[key] = show(*widgets, **options)
            return pages[key]
        page = pages[key]
        page.mouse.move(0, 0)
        if page.viewport_size != (size := options.get("viewport", VIEWPORT)):
            page.set_viewport_size(size)
        page.evaluate(RENDER_ANEW)
        return page

    yield shown_once
    found = complaints.copy()
    complaints.clear()  # the next test answers for what comes up from now on
    assert not found
