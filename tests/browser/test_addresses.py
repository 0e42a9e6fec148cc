"""Links to the site and to the repository: the book is built again with addresses made up.

The site lies in a folder of its host, as at many hosts.
"""

import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections import Counter
from functools import cache
from html import unescape
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit
from urllib.request import urlopen

import pytest
import yaml
from PIL import Image

from book._ext import cards, launch
from book._ext.pages import written
from tests.support.browser import HTML
from tools import lite
from tools.anchors import LIST

ROOT = Path(__file__).parents[2]
SETTINGS = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))
SITE, REPOSITORY = "https://book.example/latest/", "https://github.com/us/rnn"
FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"
MOVES = {
    "book/01_mlp": ["the-update -> book/02_compute_states#memory"],
    "book/02_compute_states": [
        "recall -> #memory",
        "recall?step=0…6 -> #memory?step=0…6",
        "one-after-the-other -> #step-through-it",
    ],
}
pytestmark = pytest.mark.xdist_group("addresses")  # in one process, which builds it once


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """The folder of the book with these addresses and moves, from what the last build has read."""
    folder = tmp_path_factory.mktemp("addresses")
    shutil.copytree(HTML.parent / ".doctrees", folder / "_build" / ".doctrees")
    moved = "book/old_states -> book/02_compute_states\n" + LIST.read_text("utf8")
    for page, lines in MOVES.items():
        more = "".join(f"  {line}\n" for line in lines)
        moved = re.sub(rf"(?m)^{page}\n", rf"\g<0>{more}", moved)
    (folder / "anchors.txt").write_text(moved, "utf8")
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))
    settings["html"]["baseurl"] = SITE
    config = settings["sphinx"]["config"]
    config["html_theme_options"]["repository_url"] = REPOSITORY
    config["anchors_that_stay"] = str(folder / "anchors.txt")
    (folder / "_config.yml").write_text(yaml.safe_dump(settings), "utf8")
    command = [Path(sys.executable).parent / "jupyter-book", "build", ROOT, "-W", "-n"]
    done = subprocess.run(
        [*command, "--keep-going", "--path-output", folder, "--config", folder / "_config.yml"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "_build" / "html"


# --- Every link ---------------------------------------------------------------------

LINK = re.compile(r'\s(?:href|src|action|data-moved)="([^"]*)"|url=([^"]*)"')
ADDRESS = re.compile(r'<meta property="og:(?:url|image)" content="([^"]*)"')


def links_of(text):
    return [unescape("".join(found)) for found in LINK.findall(text)] + ADDRESS.findall(text)


def complaint(html, page, link, site, repository):
    """Say what is wrong with a link on a page of the book; empty if nothing is."""
    address = urljoin(site + page.relative_to(html).as_posix(), link)
    if not link:
        return "is empty"
    if repository and address.startswith(f"{repository}/edit/main/"):
        path = ROOT / address.removeprefix(f"{repository}/edit/main/")
        return "" if path.is_file() and path.stem == page.stem else "is no page's source"
    if repository and address.startswith(f"{repository}/issues/new?"):
        return wrong_form(dict(parse_qsl(urlsplit(address).query)))
    if address.startswith((launch.COLAB, launch.BINDER)):
        return wrong_place(page, address, urlsplit(repository).path)
    if address.startswith(f"{site}lite/"):
        return wrong_lite(page, urlsplit(address))
    if not address.startswith(site):
        return "leads out of the folder" if not urlsplit(link).scheme else ""
    path, _, fragment = address.removeprefix(site).partition("#")
    target = html / unquote(path.partition("?")[0])
    if not target.is_file():
        return "leads to no file"
    names = {unquote(fragment), unquote(fragment).partition("?")[0]}
    return "" if not fragment or names & ids_of(target) else "leads to no anchor"


@cache
def ids_of(path):
    return set(map(unescape, re.findall(r'\sid="([^"]+)"', path.read_text("utf8"))))


def wrong_form(query):
    form = FORMS / query.pop("template")
    if not form.is_file():
        return "names no form"
    known = {field["id"]: field for field in yaml.safe_load(form.read_text("utf8"))["body"]}
    return "" if query and query.keys() <= known.keys() else "fills in no field"


def wrong_place(page, address, repository):
    """Say what is wrong with a link to Colab or Binder; its end is the notebook of the page."""
    kinds = {
        rf"{launch.COLAB}{repository}/blob/main/(.*)",
        rf"{launch.BINDER}/gh{repository}/main\?urlpath=lab/tree/(.*)",
    }
    matches = [re.fullmatch(kind, unquote(address)) for kind in kinds]
    return "" if source_of(page) in [found[1] for found in matches if found] else "names no place"


def wrong_lite(page, address):
    served = lite.SITE / address.path.partition("/lite/")[2]
    (name,) = dict(parse_qsl(address.query)).values()
    opened = (lite.SITE / "files" / name).is_file() and name == f"{page.stem}.ipynb"
    return "" if served.is_file() and opened else "opens no notebook"


def source_of(page):
    return f"book/{page.stem}.ipynb"


def wrong_links(html, site, repository):
    return [
        f"{page.relative_to(html)}: {link} {said}"
        for page in written(html)
        for link in links_of(page.read_text("utf8"))
        if (said := complaint(html, page, link, site, repository))
    ]


def test_every_link_leads_somewhere(made_up):
    assert wrong_links(made_up, SITE, REPOSITORY) == []


def test_an_embed_page_names_the_address_of_the_site_and_stays_out_of_search_engines(made_up):
    text = (made_up / "embed" / "memory.html").read_text("utf8")
    assert '<meta name="robots" content="noindex" />' in text
    assert f'<link rel="canonical" href="{SITE}book/02_compute_states.html#memory" />' in text
    to_copy = unescape(re.sub("<[^>]+>", "", text[text.index("<pre") : text.index("</pre>")]))
    assert f'<iframe src="{SITE}embed/memory.html" title="' in to_copy
    assert f'<a href="{SITE}book/02_compute_states.html#memory">' in to_copy
    assert "embed/" not in (made_up / "sitemap.xml").read_text("utf8")


def test_every_link_leads_somewhere_in_the_book_as_it_is():
    site = SETTINGS["html"]["baseurl"] or "https://nowhere.example/"
    assert wrong_links(HTML, site, SETTINGS["repository"]["url"]) == []


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("", "is empty"),
        ("02_compute_states.html#memory?step=3", ""),
        ("02_compute_states.html#memories", "leads to no anchor"),
        ("2_compute_states.html", "leads to no file"),
        ("../../book/intro.html", "leads out of the folder"),
        ("/book/intro.html", "leads out of the folder"),
        (f"{REPOSITORY}/edit/main/book/01_mlp.md", "is no page's source"),
        (f"{launch.COLAB}/us/rnn/blob/main/book/01_mlp.ipynb", ""),
        (f"{launch.COLAB}/us/rnn/blob/main/book/02_compute_states.ipynb", "names no place"),
        (f"{launch.BINDER}/gh/us/rnn/main?urlpath=lab/tree/01_mlp.ipynb", "names no place"),
        ("../lite/notebooks/index.html?path=01_mlp.ipynb", ""),
        ("../lite/lab/index.html?path=01_mlp.ipynb", "opens no notebook"),
        ("../lite/notebooks/index.html?path=02_compute_states.ipynb", "opens no notebook"),
        (f"{REPOSITORY}/issues/new?template=a.yml&where=b", "names no form"),
        (f"{REPOSITORY}/issues/new?template=wrong-number.yml&page=b", "fills in no field"),
        (f"{REPOSITORY}/issues/new?template=wrong-number.yml", "fills in no field"),
    ],
)
def test_a_wrong_link_is_noticed(made_up, link, said):
    page = made_up / "book" / "01_mlp.html"
    assert complaint(made_up, page, link, SITE, REPOSITORY) == said


# --- What follows from the two settings -------------------------------------------------


def test_what_needs_an_address_is_there_with_it_and_only_then(made_up):
    repository, site = SETTINGS["repository"]["url"], SETTINGS["html"]["baseurl"]
    for html, has_repository, has_site in [(made_up, True, True), (HTML, repository, site)]:
        for page in (html / "book").glob("0*.html"):
            text = page.read_text("utf8")
            assert ("Edit this page" in text) == bool(has_repository)
            assert text.count("/issues/new?") == (3 if has_repository else 0)
            assert text.count('rel="canonical"') == bool(has_site)
            assert text.count("og:image") == (4 if has_site else 0)
            assert text.count("twitter:") == (2 if has_site else 0)
            assert 'og:title" content="' in text
        for name in ("sitemap.xml", "robots.txt"):
            assert (html / name).exists() == bool(has_site)


def test_the_map_has_each_page_once_under_its_canonical_address(made_up):
    found = ET.parse(made_up / "sitemap.xml").findall(".//{*}loc")
    pages = sorted((made_up / "book").glob("*.html"))
    canonical = {
        re.search(r'rel="canonical" href="([^"]*)"', page.read_text("utf8"))[1] for page in pages
    }
    assert [one.text for one in found] == sorted(canonical)
    assert len(canonical) == len(pages) - 1  # a page that has moved leads to another one's
    assert f"Sitemap: {SITE}sitemap.xml\n" in (made_up / "robots.txt").read_text()


def head_of(path):
    """What the tags of a page's head say, {name: content}."""
    head = path.read_text("utf8").partition("</head>")[0]
    tags = re.findall(r'<meta (?:property|name)="([^"]*)" content="([^"]*)"', head)
    assert len({name for name, _ in tags}) == len(tags), path
    return {name: unescape(content) for name, content in tags}


def test_each_page_has_a_card_of_its_own_with_its_address_and_a_picture_in_words(made_up):
    pages = sorted(path for path in (made_up / "book").glob("*.html") if path.stem != "old_states")
    heads = [head_of(page) for page in pages]
    for page, card in zip(pages, heads, strict=True):
        assert card["og:url"] == f"{SITE}book/{page.name}"
        assert card["og:image"] == f"{SITE}_static/cards/{page.stem}.png"
        assert card["og:description"] == card["description"]
        assert card["twitter:image:alt"] == card["og:image:alt"]
        assert 40 < len(card["og:image:alt"]) <= 420
        assert card["og:title"] in card["og:image:alt"]
    pictures = [made_up / card["og:image"].removeprefix(SITE) for card in heads]
    assert len({path.read_bytes() for path in pictures}) == len(pages)
    for path in pictures:
        assert path.stat().st_size <= 40_000
        with Image.open(path) as picture:
            assert picture.size == (1200, 630)
    sizes = {(card["og:image:width"], card["og:image:height"]) for card in heads}
    assert sizes == {("1200", "630")}


def test_a_card_is_drawn_the_same_each_time_and_only_for_a_site_with_an_address(made_up):
    text = (made_up / "book" / "04_bptt.html").read_text("utf8")
    card, figure = head_of(made_up / "book" / "04_bptt.html"), cards.FIRST_IMAGE.search(text)[1]
    drawn = [
        cards.draw_card(
            SETTINGS["title"], card["og:title"], card["description"], (4, 22), made_up / figure
        )
        for _ in range(2)
    ]
    with Image.open(made_up / "_static" / "cards" / "04_bptt.png") as stored:
        assert drawn[0].convert("RGB").tobytes() == stored.convert("RGB").tobytes()
    assert drawn[0].tobytes() == drawn[1].tobytes()
    assert (HTML / "_static" / "cards").exists() == bool(SETTINGS["html"]["baseurl"])


def test_each_page_has_one_viewport_and_a_title_and_description_of_its_own():
    pages = [*(HTML / "book").glob("*.html"), *(HTML / "embed").glob("*.html")]
    pages += [HTML / f"{name}.html" for name in ("search", "genindex", "404")]
    texts = [page.read_text("utf8") for page in pages]
    assert {text.count('<meta name="viewport"') for text in texts} == {1}
    for pattern in ("<title>([^<]+)</title>", '<meta name="description" content="([^"]+)"'):
        found = [re.findall(pattern, text) for text in texts]
        assert {len(one) for one in found} == {1}
        assert [one for one, count in Counter(one for [one] in found).items() if count > 1] == []


def test_a_description_is_as_long_as_search_engines_show():
    pages = [*(HTML / "book").glob("*.html"), HTML / "search.html", HTML / "genindex.html"]
    lengths = {page.stem: len(head_of(page)["description"]) for page in pages}
    assert [name for name, length in lengths.items() if not 50 <= length <= 160] == []


def test_search_engines_leave_out_what_is_no_page_to_read():
    left_out = {
        page.relative_to(HTML).as_posix()
        for page in [*HTML.glob("*.html"), *(HTML / "book").glob("*.html")]
        if '<meta name="robots" content="noindex" />' in page.read_text("utf8")
    }
    assert left_out == {"404.html", "search.html"}


def test_a_link_to_the_site_or_to_a_figure_is_shown_with_a_card_too(made_up):
    first, intro = (head_of(made_up / name) for name in ("index.html", "book/intro.html"))
    for name in ("og:title", "og:description", "og:image", "twitter:card"):
        assert first[name] == intro[name]
    figure = head_of(made_up / "embed" / "memory.html")
    assert figure["og:image"] == f"{SITE}_static/cards/02_compute_states.png"


def test_the_first_page_is_canonical_to_the_introduction(made_up):
    text = (made_up / "index.html").read_text("utf8")
    assert f'rel="canonical" href="{SITE}book/intro.html"' in text


# --- The page for an address that does not exist ------------------------------------------


@pytest.fixture
def host(made_up):
    """The address of a host that has the book in its folder, and answers as hosts do."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = urlsplit(self.path).path
            file = made_up / path.removeprefix("/latest/")
            is_there = path.startswith("/latest/") and file.is_file()
            content = (file if is_there else made_up / "404.html").read_bytes()
            self.send_response(200 if is_there else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["/latest/a/b/c/none.html", "/latest/none.html", "/"])
def test_the_page_for_a_missing_address_works_at_any_depth(host, path):
    with pytest.raises(HTTPError, match="404") as answer:
        urlopen(host + path)
    text = answer.value.read().decode("utf8")
    answer.value.close()
    assert "There is no such page" in text
    assert 'rel="canonical"' not in text
    links = {link for link in links_of(text) if not link.startswith(("https://", "#"))}
    assert {"/latest/book/intro.html", "/latest/search.html"} < links
    assert len([link for link in links if ".css" in link]) > 0
    for link in links:
        with urlopen(urljoin(host + path, link)) as response:
            assert response.status == 200


# --- What has moved -------------------------------------------------------------------


def assert_step(page, name, step):
    page.wait_for_selector(f'[data-rnn-id="{name}"] [data-step="{step}"]')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("old_states.html#memory?step=3", "02_compute_states.html#memory?step=3"),
        ("02_compute_states.html#recall?step=3", "02_compute_states.html#memory?step=3"),
        ("02_compute_states.html#recall%3Fstep=3", "02_compute_states.html#memory%3Fstep=3"),
        ("../index.html?q=1#first?step=3", "intro.html?q=1#first?step=3"),
    ],
)
def test_an_old_address_leads_to_the_new_one(open_page, made_up, old, new):
    page = open_page(old, base=made_up.as_uri(), ready=False, start=False)
    page.wait_for_url(lambda url: url.endswith(f"/book/{new}"))
    if "%3F" not in new:
        assert_step(page, re.search(r"#(\w+)", new)[1], 3)


def test_a_section_that_is_now_on_another_page_is_found_there(open_page, made_up):
    page = open_page("01_mlp.html", base=made_up.as_uri())
    assert not page.locator("#the-update").is_visible()
    page.evaluate("location.hash = 'the-update?step=2'")
    page.wait_for_url("**/book/02_compute_states.html#memory?step=2")
    assert_step(page, "memory", 2)


def test_without_a_script_the_new_place_is_found_too(open_page, made_up):
    options = {"base": made_up.as_uri(), "ready": False, "start": False}
    options["java_script_enabled"] = False
    page = open_page("02_compute_states.html#one-after-the-other", **options)
    assert 0 <= page.locator("#step-through-it h2").bounding_box()["y"] <= 200
    page = open_page("02_compute_states.html#recall?step=3", **options)
    assert 0 <= page.locator('[id="memory?step=3"]').bounding_box()["y"] <= 900
    page = open_page("01_mlp.html#the-update", **options)
    page.get_by_role("link", name="Now in 2 ·").click()
    assert page.url.endswith("/book/02_compute_states.html#memory")
    for old, new in {"../index": "intro", "old_states": "02_compute_states"}.items():
        page = open_page(f"{old}.html", **options)
        page.wait_for_url(f"**/book/{new}.html")
