"""The built book in a real browser: served from a folder, with everything it does watched."""

import functools
import http.server
import threading
from pathlib import Path

import pytest

import tools.browser

ROOT = Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"
# Quiet: the browser's own errands would look like the page's.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


@pytest.fixture(scope="session")
def site():
    """The address of the built book, served on a free loopback port."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = functools.partial(Handler, directory=HTML)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser():
    """Chromium: the one that `python -m tools.browser` finds."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tools.browser.path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, site):
    """Open a page of the book; at the end no error and no foreign request may have come up."""
    contexts, complaints = [], []

    def watch_request(request):
        if not request.url.startswith((site, "blob:", "data:", "file:")):
            complaints.append(f"request to another host: {request.url}")

    def open_page(path, base=None, ready=True, init=None, **options):
        if base is None and not (HTML / "index.html").exists():
            pytest.fail("There is no built book in _build/html; run `make book` first.")
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
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
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def show(open_page, tmp_path):
    """Open a page that shows these widgets and nothing else; the book need not be built."""
    from tools import preview  # late: numbers by hand do without widgets

    def show(*widgets, fragment="", **options):
        folder = tmp_path / "book"
        folder.mkdir(exist_ok=True)
        (folder / "preview.html").write_text(preview.page(widgets), encoding="utf8")
        return open_page(f"preview.html#{fragment}", base=tmp_path.as_uri(), **options)

    return show
