"""The archive of the book after a double click, and its published versions beside one another."""

import io
import re
import shutil
import zipfile
from functools import cache
from html import unescape
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.browser import HTML, ROOT, served, watched
from tools import archive, publish

pytestmark = pytest.mark.xdist_group("taken along")
LINK = re.compile(r'\s(?:href|src|action|data-moved)="([^"]*)"|url=([^"]*)"')
NAMED = re.compile(r"[\w-]+\.[0-9a-f]{8}\.(?:js|css)")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """What is in the archive, {place: bytes}; a small wheel stands in for the package's."""
    if not (HTML / "index.html").exists():
        pytest.fail("There is no built book in _build/html; run `make book` first.")
    wheel = tmp_path_factory.mktemp("wheel") / "rnncore-0-0a-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as empty:
        empty.writestr("rnncore/__init__.py", "")
    return archive.contents(HTML, ROOT / "book", wheel, "")


@pytest.fixture(scope="module")
def unpacked(files, tmp_path_factory):
    folder, packed = tmp_path_factory.mktemp("stick"), archive.packed(files)
    assert len(packed) < 6e6
    with zipfile.ZipFile(io.BytesIO(packed)) as whole:
        whole.extractall(folder)
    return folder / archive.TOP


def links(files):
    """Yield each link of a page, a notebook or a text that leads to a file: (place, link)."""
    for place, content in files.items():
        suffix = PurePosixPath(place).suffix
        if suffix == ".html":
            text = content.decode()
            found = ["".join(both) for both in LINK.findall(text)]
            found += [f"/site/_static/{name}" for name in NAMED.findall(text)]
        elif suffix in (".md", ".ipynb"):
            text = re.sub(r"(?s)```.*?```|`[^`\n]*`", "", content.decode())
            found = re.findall(r"\]\(([\w./-]+\.(?:md|ipynb|html)[^)\s]*)\)", text)
            found += re.findall(r'href=\\?"([^"\\]+)', text)
        else:
            continue
        for link in map(unescape, found):
            if not urlsplit(link).scheme:
                yield place, link


@pytest.fixture(scope="module")
def leads(files):
    """Return a function that says whether a link of the archive leads to something in it."""

    @cache
    def ids(place):
        return {*map(unescape, re.findall(r'\sid="([^"]+)"', files[place].decode()))}

    def leads(place, link):
        path, _, fragment = link.partition("#")
        path, name = unquote(path.partition("?")[0]), unquote(fragment)
        beside = normpath(f"{PurePosixPath(place).parent}/{path}") if path else place
        target = path[1:] if path.startswith("/") else beside
        if target not in files or not name or not target.endswith(".html"):
            return target in files
        return not ids(target).isdisjoint({name, name.partition("?")[0]})

    return leads


def test_every_link_in_the_archive_leads_to_something_in_it(files, leads):
    found = [*links(files)]
    assert len({place for place, _ in found}) > 60
    assert [(place, link) for place, link in found if not leads(place, link)] == []


def test_a_link_of_the_archive_that_leads_nowhere_is_noticed(leads):
    page = "site/book/intro.html"
    for link in ("../lite/index.html", "../_sources/book/intro.ipynb", "#none", "2.html"):
        assert not leads(page, link)
    assert leads(page, "#first?step=3")


def test_from_a_stick_the_book_works_after_a_double_click(open_page, unpacked):
    page = open_page("../../Open%20me.html", base=(unpacked / "site").as_uri(), color_scheme="dark")
    page.wait_for_url("**/site/book/intro.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    stepper = page.locator('[data-rnn-id="first"]')
    stepper.get_by_role("button", name="Next step").click()
    assert stepper.locator("[data-step]").get_attribute("data-step") == "1"
    assert page.get_by_text("To run this code a page has to come from a server").is_visible()
    assert page.get_by_role("button", name="Run this page").count() == 0
    page.locator(".launch summary").click()
    page.locator(".launch a", has_text="Download").wait_for()
    assert page.get_by_text("JupyterLite").count() == 0


def test_from_a_stick_links_to_a_step_exercises_and_search_work(open_page, unpacked):
    page = open_page("02_compute_states.html#memory?step=3", base=(unpacked / "site").as_uri())
    page.wait_for_selector('[data-rnn-id="memory"] [data-step="3"]')
    check = page.locator('[data-rnn-id="check-ex-states-by-hand"]')
    for field, text in zip(check.locator(".answer input").all(), "0205", strict=False):
        field.fill(text)
    check.get_by_role("button", name="Check", exact=True).click()
    assert check.locator(".verdict").inner_text().startswith("Not yet.")
    page.goto(f"{(unpacked / 'site').as_uri()}/search.html?q=(250, 32)")
    page.locator(".found li a").first.click()
    page.wait_for_url("**/book/02_compute_states.html#from-250-32-to-100*")
    page.goto(f"{(unpacked / 'site').as_uri()}/embed/memory.html#memory?step=2")
    page.wait_for_selector('[data-rnn-id="memory"] [data-step="2"]')


# --- Versions --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The address of a host that has versions 1 and 2 of the book in a folder of it."""
    folder = tmp_path_factory.mktemp("published")
    skipped = shutil.ignore_patterns("lite", "pyodide", "_sources", "one-step-at-a-time*")
    shutil.copytree(HTML, folder / "built", ignore=skipped)
    publish.publish(folder / "built", folder / "none", folder / "one", "1.0.0")
    publish.publish(folder / "built", folder / "one", folder / "host" / "rnn", "2.0.0")
    with served(folder / "host") as address:
        yield f"{address}/rnn"


@pytest.fixture
def open_published(browser, published):
    """Open a page of that host; at the end no error and no foreign request may have come up."""
    with watched(browser, published) as (open_page, complaints):
        yield lambda path, version="", **options: open_page(path, published + version, **options)
    assert not complaints


def test_an_address_without_a_version_keeps_its_step(open_published, published):
    page = open_published("02_compute_states.html?q=1#memory?step=3", ready=False, start=False)
    page.wait_for_url(f"{published}/latest/book/02_compute_states.html?q=1#memory?step=3")
    page.wait_for_selector('[data-rnn-id="memory"] [data-step="3"]')
    page.goto(f"{published}/")
    page.wait_for_url(f"{published}/latest/book/intro.html")


def test_an_older_version_says_so_and_leads_to_the_same_place_of_the_latest(
    open_published, published
):
    page = open_published("02_compute_states.html#memory?step=3", "/v1", start=False)
    said = page.get_by_text("This is version 1 of the book, and version 2 is out.")
    assert said.is_visible()
    link = said.get_by_role("link")
    assert link.evaluate("a => a.href") == (
        f"{published}/latest/book/02_compute_states.html#memory?step=3"
    )
    for newest in ("v2", "latest"):
        page.goto(f"{published}/{newest}/book/references.html")
        page.wait_for_selector("html[data-rnn-ready]", state="attached")
        assert page.get_by_text("This is version").count() == 0


# --- The first page ----------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 800)])
def test_a_stepper_is_in_use_within_two_screens_of_the_first_page(open_page, width, height):
    page = open_page("intro.html", viewport={"width": width, "height": height}, start=False)
    stepper = page.locator('[data-rnn-id="first"]')
    stepper.scroll_into_view_if_needed()
    button = stepper.get_by_role("button", name="Next step")
    button.click()
    assert stepper.locator("[data-step]").get_attribute("data-step") == "1"
    bottom = button.evaluate("(b) => b.getBoundingClientRect().bottom + scrollY")
    assert bottom <= 2 * height
