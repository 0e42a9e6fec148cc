"""How `make audit` judges figures, what a bare page is, and how the book is served to it."""

import gzip
import re
import urllib.request

import pytest

from tools import audit, host
from tools.audit import GOALS

BARE = {"performance": 100, "paint": 1.0, "blocked": 20.0, "bytes": 23.0}
GOOD = {
    "performance": 97,
    "accessibility": 100,
    "best-practices": 100,
    "seo": 100,
    "axe": 0,
    "paint": 1.8,
    "blocked": 100,
    "shift": 0.02,
    "bytes": 200,
    "requests": 20,
    "foreign": 0,
    "blocking": 1,
    "blocking bytes": 20,
}
WORSE = {key: 1.01 * value if GOALS[key].most else 1 for key, value in GOOD.items()}
WORSE |= {key: 0.99 * value for key, value in GOOD.items() if GOALS[key].least}


def test_a_figure_that_just_meets_its_goal_is_not_marked():
    texts, steady = audit.cells(GOOD, BARE)
    assert steady
    assert "✗" not in "".join(texts)


@pytest.mark.parametrize("key", GOALS)
def test_a_figure_that_misses_its_goal_is_marked_and_fails_the_run_unless_it_is_a_time(key):
    texts, steady = audit.cells(GOOD | {key: WORSE[key]}, BARE)
    marks = [text.endswith("✗") for text in texts]
    assert marks == [*(k == key for k in GOALS), *(False for _ in BARE)]
    assert steady == (key in {"performance", "paint", "blocked"})


def test_times_are_also_held_against_those_of_the_bare_page():
    assert audit.limit("paint", BARE | {"paint": 0.8}) == 1.6
    assert audit.limit("paint", BARE) == 1.8
    assert audit.limit("blocked", BARE) == 100
    assert audit.limit("blocked", BARE | {"blocked": 190}) == 190


def test_the_table_has_as_many_columns_everywhere():
    assert {len(line) for line in audit.head()} == {1 + len(audit.cells(GOOD, BARE)[0])}


def test_a_bare_page_keeps_the_text_and_nothing_that_the_book_adds():
    bare = audit.bare_page(
        '<html><head><title>A &amp; B</title><link rel="stylesheet" href="book.css"></head>'
        "<body><nav>Contents</nav><article><h1>States</h1><p>One <b>step</b> "
        '<span class="katex-mathml"><math></math></span><span class="katex-html">h</span></p>'
        '<div data-rnn-slot="1"><table></table></div><script>let a;</script>'
        '<img alt="" src="../_images/a.png"/></article></body></html>'
    )
    assert "<title>A &amp; B</title>" in bare
    assert bare.endswith(
        '<body><article><h1>States</h1><p>One <b>step</b> <span class="katex-html">h</span></p>'
        '<img alt="" src="../_images/a.png"/></article></body></html>\n'
    )


def test_every_page_of_the_book_is_measured_and_the_redirect_at_the_root_is_not(
    tmp_path, monkeypatch
):
    toc = re.findall(r"book/(\w+)", (audit.ROOT / "_toc.yml").read_text())
    (tmp_path / "book").mkdir()
    for name in [*(f"book/{page}" for page in toc), "index", "search"]:
        (tmp_path / f"{name}.html").touch()
    monkeypatch.setattr(audit, "HTML", tmp_path)
    assert len(toc) > 20
    assert {path.stem for path in audit.pages(set())} == {*toc, "search"}


def test_only_a_page_that_wants_to_stay_unlisted_need_not_be_found():
    assert audit.unasked('<meta name="robots" content="noindex" />') == ["is-crawlable"]
    assert audit.unasked('<meta name="description" content="noindex" />') == []


def test_a_page_that_is_not_there_ends_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "HTML", tmp_path)
    with pytest.raises(SystemExit, match="no such page"):
        audit.pages({"04_bpt"})


def test_the_host_sends_texts_compressed_and_lets_them_be_kept(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("one step " * 100)
    with host.serve(tmp_path) as address:
        asked = urllib.request.Request(f"{address}/page.html?v=1")
        asked.add_header("Accept-Encoding", "gzip")
        with urllib.request.urlopen(asked) as answer:
            assert answer.headers["Cache-Control"] == "max-age=600"
            assert answer.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(answer.read()) == page.read_bytes()
        page.write_text("changed")
        with urllib.request.urlopen(f"{address}/page.html") as answer:
            assert answer.read() == b"changed"
