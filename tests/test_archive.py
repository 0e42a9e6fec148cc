"""What is in the archive of the book, and how the site offers it."""

import io
import re
import zipfile
from types import SimpleNamespace

import pytest

from book._ext import take
from rnncore import __version__
from tools import archive

PAGE = """<html><ul>
    <li><a href="../lite/index.html?path=a.ipynb" data-served>JupyterLite<small>x</small></a></li>
    <li><a href="../_sources/book/a.ipynb" download>Download</a></li>
    <li data-take><a href="../one-step-at-a-time.zip" download>The whole book</a></li>
  </ul>
<h2>Take it with you</h2>
<p data-take class="x"><a href="../one-step-at-a-time.zip" download>The whole book</a></p>
<div class="rnn-run" data-run="run-page.01234567.js"><button>Run</button> <span>See.</span></div>
</html>
"""


@pytest.fixture
def site(tmp_path):
    """A built site of one page, with all that a site may have beside it, and a wheel."""
    files = {
        "html/index.html": '<html data-moved="book/a.html">',
        "html/book/a.html": PAGE,
        "html/searchindex.js": "index",
        "html/lite/index.html": "",
        "html/pyodide/pyodide.js": "",
        "html/_sources/book/a.ipynb": "{}",
        "html/_static/moved.js": "",
        "html/_static/run-page.01234567.js": "",
        "html/_static/run-worker.01234567.js": "",
        "html/one-step-at-a-time.zip": "",
        "html/404.html": "",
        "html/.buildinfo": "",
        "book/a.ipynb": "{}",
        "book/b.md": "[one](../embed/memory.html)",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with zipfile.ZipFile(tmp_path / "rnncore-0.1.0-0abc-py3-none-any.whl", "w") as wheel:
        wheel.writestr("rnncore/__init__.py", "")  # at the time of the test
    return tmp_path


def contents(folder, site=""):
    (wheel,) = folder.glob("*.whl")
    return archive.contents(folder / "html", folder / "book", wheel, site)


def test_it_has_the_pages_the_notebooks_and_the_package_and_nothing_that_needs_a_server(site):
    assert sorted(contents(site)) == [
        "LICENSE",
        "LICENSE-text",
        "Open me.html",
        "README.txt",
        "notebooks/a.ipynb",
        "notebooks/b.md",
        "notebooks/requirements.txt",
        "notebooks/rnncore-0.1.0-py3-none-any.whl",
        "site/_static/moved.js",
        "site/book/a.html",
        "site/index.html",
        "site/searchindex.js",
    ]


def test_a_page_offers_nothing_that_is_not_in_it(site):
    text = contents(site)["site/book/a.html"].decode()
    assert re.findall(r'href="([^"]*)"', text) == 2 * ["../../notebooks/a.ipynb"]
    assert "<button" not in text
    assert "To run this code a page has to come from a server" in text
    assert "JupyterLite" not in text
    assert "data-take" not in text


def test_a_page_leads_to_its_place_on_the_site_if_that_is_known(site):
    files = contents(site, "https://book.example/latest")
    assert (
        b'<a href="https://book.example/latest/book/a.html">on the site</a>'
        in (files["site/book/a.html"])
    )
    assert b"The site is https://book.example/latest/" in files["README.txt"]


def test_a_markdown_page_beside_the_notebooks_leads_to_the_embed_pages(site):
    assert contents(site)["notebooks/b.md"] == b"[one](../site/embed/memory.html)"


def test_the_same_book_gives_the_same_bytes_whether_it_offered_the_archive_or_not(site):
    first = archive.packed(contents(site))
    page = site / "html" / "book" / "a.html"
    page.write_text(take_out_offers(page.read_text()))
    (site / "html" / "one-step-at-a-time.zip").unlink()
    (wheel,) = site.glob("*.whl")
    with zipfile.ZipFile(wheel, "w") as again:
        again.writestr(zipfile.ZipInfo("rnncore/__init__.py", (2001, 2, 3, 4, 5, 6)), "")
    assert archive.packed(contents(site)) == first


def take_out_offers(text):
    return "".join(line for line in text.splitlines(True) if "data-take" not in line)


def test_all_is_in_one_folder_that_names_the_version_in_order_and_of_one_day(site):
    with zipfile.ZipFile(io.BytesIO(archive.packed(contents(site)))) as packed:
        infos = packed.infolist()
    names = [info.filename for info in infos]
    assert {name.partition("/")[0] for name in names} == {f"one-step-at-a-time-{__version__}"}
    assert names == sorted(names)
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}


# --- What the site offers ---------------------------------------------------------------


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A folder in which an archive of this version, one of another, and two documents are."""
    sizes = {f"-{__version__}.zip": 38, "-9.9.9.zip": 1}
    sizes |= {".pdf": 61, "-without-solutions.pdf": 55}
    (tmp_path / "pdf").mkdir()
    for end, size in sizes.items():
        folder = tmp_path / "pdf" if end.endswith(".pdf") else tmp_path
        (folder / f"one-step-at-a-time{end}").write_bytes(bytes(size * 100_000))
    monkeypatch.setattr(take, "offers", lambda known=take.offers: known(tmp_path))
    return tmp_path


def test_what_is_there_of_this_version_is_offered_under_a_name_that_stays(built):
    assert [*take.offers().values()] == [
        ("one-step-at-a-time.zip", "The whole book, to unpack", ".zip, 3.8 MB"),
        ("one-step-at-a-time.pdf", "The whole book, to print", ".pdf, 6.1 MB"),
        (
            "one-step-at-a-time-without-solutions.pdf",
            "The whole book, to print without solutions",
            ".pdf, 5.5 MB",
        ),
    ]


def shown(body, page="book/intro"):
    context = {"body": body, "pathto": lambda name, resource: f"../{name}"}
    take.add_offers(
        SimpleNamespace(config=SimpleNamespace(root_doc="book/intro")), page, "", context, 1
    )
    return context


SECTION = '<section id="take-it-with-you">\n<h2>Take it with you</h2>\n<p>Words.</p>'


def test_the_first_page_has_a_line_with_what_is_there(built):
    line = shown(SECTION)["body"].removeprefix(SECTION[: SECTION.index("\n<p>")])
    assert re.findall(r'<a href="([^"]*)" download>', line)[0] == "../one-step-at-a-time.zip"
    assert line.endswith("</p>\n<p>Words.</p>")
    assert shown(SECTION, "book/01_mlp")["body"] == SECTION
    assert len(shown(SECTION, "book/01_mlp")["offers"]) == 3


def test_where_nothing_is_there_nothing_names_it(tmp_path, monkeypatch):
    monkeypatch.setattr(take, "offers", lambda known=take.offers: known(tmp_path))
    assert shown(SECTION)["body"] == SECTION
    assert shown(SECTION)["offers"] == []


def test_the_site_has_what_is_offered_and_no_older_one(built, tmp_path):
    site = tmp_path / "html"
    site.mkdir()
    (site / "one-step-at-a-time-old.pdf").touch()
    take.publish(SimpleNamespace(outdir=site), None)
    assert sorted(path.name for path in site.iterdir()) == [
        "one-step-at-a-time-without-solutions.pdf",
        "one-step-at-a-time.pdf",
        "one-step-at-a-time.zip",
    ]
