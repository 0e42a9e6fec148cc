"""The search: what leads where, what the page shows, and what is copied from a page."""

import gzip
import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.browser.test_pages import pale, violations
from tests.support.browser import HTML, ROOT, watched
from tools.stages import DENO

STATIC = HTML / "_static"
ASK = Path(__file__).with_name("ask_the_search.js")

# Where a query leads: to this part of the book first, …
FIRST = {
    "(250, 32)": "02_compute_states.html#from-250-32-to-100",
    "(250, 32) to (100,)": "02_compute_states.html#from-250-32-to-100",
    "[250,32]": "02_compute_states.html#from-250-32-to-100",
    "vanishing gradient": "glossary.html#term-vanishing-gradient",
    "vanishing gradients": "glossary.html#term-vanishing-gradient",
    "a vanishing gradient is not zero": "05b_reach.html#a-vanishing-gradient-is-not-zero",
    "why transpose": "04_bptt.html#why-the-transpose",
    "return_sequences": "glossary.html#term-return_sequences",
    "stateful": "glossary.html#term-stateful",
    "detach": "glossary.html#term-detach",
    "173,401": "07b_reviews.html#the-whole-network",
    "173401": "07b_reviews.html#the-whole-network",
    "173 401": "07b_reviews.html#the-whole-network",
    "0.00098": "05b_reach.html#how-much-is-left-after-ten-steps",
    "forget bias": "glossary.html#term-forget-bias",
    "clip": "glossary.html#term-clipping",
    "softmax": "glossary.html#term-softmax",
    "softmax overflows": "mistakes.html#softmax-overflows",
    "gradient check": "glossary.html#term-gradient-check",
    "batch": "glossary.html#term-batch",
    "truncated": "glossary.html#term-truncated-BPTT",
    "bptt": "glossary.html#term-backpropagation-through-time",
    "h_{t-1}": "mistakes.html#h-t-in-place-of-h-t-1",
    "compute_states": "api.html#rnncore.states.compute_states",
    "numerical_gradient": "api.html#rnncore.gradcheck.numerical_gradient",
    "from_keras": "api.html#rnncore.interop.from_keras",
    "clip_by_norm": "api.html#rnncore.training.clip_by_norm",
    "optimizer": "glossary.html#term-optimiser",
    "initialization": "glossary.html#term-initialisation",
    '"spectral radius"': "glossary.html#term-spectral-radius",
    "one-hot": "glossary.html#term-one-hot-vector",
    "bias gradient": "01_mlp.html#why-a-bias-gradient-sums-over-the-batch",
    "transformer": "08_memory.html#what-should-you-use-today",
    "ε": "glossary.html#term-machine-epsilon",
    "epsilon": "glossary.html#term-machine-epsilon",
    "count the parameters": "01_mlp.html#ex-mlp-parameters",
}
# … or among the first three.
AMONG = {
    "None": "02_compute_states.html#the-question-taken-apart",
    "dhnext": "mistakes.html#backward",
    "0.5^10": "02_compute_states.html#memory-is-a-power",
    "dW_h": "04_bptt.html#with-matrices",
    "∂L/∂W": "04_bptt.html#a-loss-at-every-step",
    "vanishing gradient": "05b_reach.html#how-much-is-left-after-ten-steps",
    "detach": "04b_windows.html#what-detach-does",
    "gradient check": "05_gradients.html#the-gradient-check",
    "forget bias": "08_memory.html#which-forget-bias-for-which-distance",
    "teacher forcing": "06b_tasks.html#a-forecast-and-then-a-free-run",
    "hidden state": "02_compute_states.html#the-question-taken-apart",
    "Adam": "06_learning.html#momentum-and-adam",
    "GRU": "08_memory.html#the-gru-one-state-two-gates",
    "padding": "07b_reviews.html#reviews-of-unequal-length",
    "batch": "01_mlp.html#a-batch-and-why-the-transpose-appears",
    "clip": "05b_reach.html#what-clipping-mends-and-what-it-does-not",
    "(None, 250, 32)": "02_compute_states.html#the-question-taken-apart",
    "vanishng gradiant": "glossary.html#term-vanishing-gradient",
}


@pytest.fixture(scope="module")
def answers():
    """What the built book answers to all queries of this file, {query: answer}."""
    [text] = STATIC.glob("search-text.*.js")
    queries = [*{**FIRST, **AMONG}]
    done = subprocess.run(
        [*DENO, "run", "--no-check", "--allow-read", ASK, text],
        input=json.dumps(queries),
        capture_output=True,
        encoding="utf8",
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(queries, json.loads(done.stdout)["answers"], strict=True))


def addresses(answer):
    return [found["address"].removeprefix("book/") for found in answer["found"]]


@pytest.mark.xdist_group("search")
@pytest.mark.parametrize(("query", "place"), FIRST.items())
def test_a_query_leads_to_its_place_first(answers, query, place):
    assert addresses(answers[query])[0] == place


@pytest.mark.xdist_group("search")
@pytest.mark.parametrize(("query", "place"), AMONG.items())
def test_a_query_leads_to_its_place_among_the_first_three(answers, query, place):
    assert place in addresses(answers[query])[:3]


def parts():
    [path] = STATIC.glob("search-text.*.js")
    return json.loads(re.search(r"rnn\.book=(.*);\n", path.read_text("utf8"))[1])


def test_every_part_that_is_found_is_on_its_page():
    book = parts()
    texts = [(HTML / address).read_text("utf8") for address, _ in book["pages"]]
    assert len(book["parts"]) > 600
    for page, _, anchor, *_ in book["parts"]:
        assert f' id="{anchor}"' in texts[page], (book["pages"][page], anchor)


def test_every_page_of_the_book_and_every_term_of_the_glossary_can_be_found():
    book = parts()
    pages = {f"book/{path.name}" for path in (HTML / "book").glob("*.html")}
    assert {address for address, _ in book["pages"]} == pages
    text = (HTML / "book" / "glossary.html").read_text("utf8")
    terms = {anchor for _, kind, anchor, *_ in book["parts"] if kind == "term"}
    assert len(terms) > 90
    assert {*re.findall(r'<dt id="(term-[^"]+)"', text)} >= terms


def test_only_the_search_page_loads_what_can_be_searched_and_that_is_light():
    scripts = [*STATIC.glob("search*.js")]
    assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) <= 250_000
    for path in [*(HTML / "book").glob("*.html"), *(HTML / "embed").glob("*.html")]:
        assert "search-text" not in path.read_text("utf8")
    assert not list(HTML.rglob("searchindex.js"))


def test_without_javascript_the_search_page_says_what_to_do():
    text = (HTML / "search.html").read_text("utf8")
    inside = re.search(r"(?s)<noscript>\s*<p>(.*?)</noscript>", text)[1]
    said = re.sub(r"<[^>]+>", " ", inside)
    assert "needs JavaScript" in said
    assert "glossary" in said
    assert "search of your browser" in said


# --- In a browser ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found(browser, site):
    """The search page, opened as a file and asked for (250, 32)."""
    with watched(browser, site) as (open_page, complaints):
        options = {"base": HTML.as_uri(), "ready": False, "start": False}
        page = open_page("../search.html?q=(250, 32)", reduced_motion="reduce", **options)
        page.wait_for_selector(".found li")
        yield page
    assert not complaints


def ask(page, query):
    """Type a query, and return what is said of it."""
    page.locator(".bd-search-container input").fill(query)
    page.keyboard.press("Enter")
    return page.locator(".bd-search-container [role=status]").inner_text()


@pytest.mark.xdist_group("search page")
def test_a_result_has_its_section_its_page_and_the_hit_in_its_text(found):
    said = ask(found, "(250, 32)")
    assert re.fullmatch(r"\d+ results for “\(250, 32\)”", said)
    first = found.locator(".found li").first
    assert first.locator("a").inner_text() == "From (250, 32) to (100,)"
    assert first.locator("small").inner_text() == "2 · compute_states: one time step at a time"
    assert first.locator("p mark").first.inner_text() == "(250, 32)"
    assert "q=%28250%2C+32%29" in found.url
    assert found.title().startswith("(250, 32) – Search")


@pytest.mark.xdist_group("search page")
def test_what_somebody_asks_for_is_a_text_and_nothing_else(found):
    for query in ('<img src=x onerror="alert(1)">', "</script><script>x", "(((", "\\", "%", "&q=1"):
        assert query in ask(found, query) or found.locator(".found li").count()
        assert found.locator(".found img, .found script, [role=status] img").count() == 0
        assert found.locator(".bd-search-container input").input_value() == query


@pytest.mark.xdist_group("search page")
def test_if_nothing_is_found_the_page_says_so_and_what_else_there_is(found):
    assert ask(found, "qqqzzz") == "Nothing in the book has “qqqzzz”."
    assert found.locator("[data-ways] a[href*=glossary]").is_visible()
    ask(found, "softmax")
    assert not found.locator("[data-ways]").is_visible()


@pytest.mark.xdist_group("search page")
def test_the_rest_of_many_results_comes_when_asked_for_and_keeps_the_focus(found):
    count = int(ask(found, "batch").split()[0])
    assert found.locator(".found li").count() < count
    found.get_by_role("button", name=f"Show all {count}").press("Enter")
    assert found.locator(".found li").count() == count
    assert found.evaluate("document.activeElement.matches('.found li:nth-child(16) a')")


@pytest.mark.xdist_group("search page")
def test_everyone_can_read_what_is_found(found):
    ask(found, "softmax")
    assert found.get_by_role("button", name="Show all").is_visible()
    assert violations(found) == []
    assert [*pale(found, "light"), *pale(found, "dark")] == []


@pytest.mark.xdist_group("search page")
def test_the_first_result_leads_to_its_section_from_a_file(found):
    ask(found, "(250, 32)")
    found.keyboard.press("Tab")
    found.keyboard.press("Enter")
    found.wait_for_url("**/book/02_compute_states.html#from-250-32-to-100*")
    found.wait_for_function(
        """() => {
          const { top, bottom } = document.getElementById("from-250-32-to-100")
            .getBoundingClientRect();
          return top < innerHeight / 2 && bottom > 0;
        }"""
    )


@pytest.mark.xdist_group("search page")
def test_the_text_of_the_book_comes_with_the_first_query_and_is_asked_for_again(browser, site):
    asked = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append("search-text" in request.url))
    page.goto(f"{site}/search.html")
    page.wait_for_load_state("networkidle")
    assert not any(asked)
    page.route("**/search-text.*", lambda route: route.abort())
    for what in ("did not come", "results"):  # at first there is no network
        ask(page, "softmax")
        page.locator("[role=status]", has_text=what).wait_for()
        page.unroute("**/search-text.*")
    assert sum(asked) == 2
    page.close()


# --- What is copied ------------------------------------------------------------------------

SELECT = """(places) => {
  const [start, end = start] = places.map(([what, n]) => document.querySelectorAll(what)[n]);
  const range = document.createRange();
  range.setStartBefore(start);
  range.setEndAfter(end);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""
FIELD = """() => document.body.prepend(
  Object.assign(document.createElement("textarea"), { id: "pasted" }))"""


def pasted(page):
    """Return what is pasted into a field."""
    page.evaluate(FIELD)
    page.locator("#pasted").focus()
    page.keyboard.press("Control+V")
    text = page.locator("#pasted").input_value()
    page.evaluate("document.getElementById('pasted').remove()")
    return text.strip("\n")


def copied(page, *places):
    """Return what is copied from the first of these places to the last: each (selector, number)."""
    page.evaluate(SELECT, places)
    page.keyboard.press("Control+C")
    return pasted(page)


def pressed(page, what):
    """Return what the button of the first block that matches copies."""
    block = page.locator(what).first
    block.hover()
    block.locator("button.copybtn").click()
    block.locator("button.success").wait_for()
    return pasted(page)


@pytest.mark.xdist_group("copying")
def test_equations_are_copied_as_tex_and_cells_without_what_they_answer(open_page):
    page = open_page("04b_windows.html", ready=False, start=False)
    inline, display = (
        page.locator(f"{what} annotation").first.evaluate("(node) => node.textContent.trim()")
        for what in ("p", "div.math")
    )
    assert copied(page, ("p .math", 0)) == f"${inline}$"
    assert copied(page, ("p .math .mord", 0)) == f"${inline}$"  # a part of it is all of it
    assert copied(page, ("div.math", 0)) == f"$${display}$$"
    paragraphs = copied(page, ("p:has(> .math)", 1), ("p:has(> .math)", 2))
    assert re.search(r"[a-z]{3,} \$[^$]+\$", paragraphs)
    assert "\n\n" in paragraphs
    outputs = page.locator(".cell_input:has(+ .cell_output)")
    first = outputs.first.evaluate("""(node) => {
      const all = [...document.querySelectorAll(".cell_input")];
      return [all.indexOf(node), node.innerText, node.nextElementSibling.innerText];
    }""")
    cells = copied(page, (".cell_input pre", first[0]), (".cell_input pre", first[0] + 1))
    assert first[1].strip() in cells
    assert first[2].strip() not in cells
    assert first[2].strip() in copied(page, (".cell_output pre", 0))  # by itself it is wanted


@pytest.mark.xdist_group("copying")
def test_of_a_line_that_is_shown_wrong_and_right_the_right_one_is_copied(open_page):
    page = open_page("mistakes.html", ready=False, start=False)
    block = ".highlight-diff:has(.gd + .gp + .gp)"  # with a line between the two
    right = "s = np.tanh(x_t @ U + s @ W)\no.append(s @ V)"
    assert copied(page, (f"{block} pre", 0)) == right
    assert pressed(page, block) == right
    assert copied(page, (f"{block} .gd", 0)) == "o.append(s @ V)"
    seen = page.locator(f"{block} pre").first.text_content().splitlines()
    assert [line[:2] for line in seen] == ["- ", "  ", "+ "]


@pytest.mark.xdist_group("copying")
def test_prompts_and_outputs_of_a_console_are_not_copied(open_page):
    page = open_page("api.html", ready=False, start=False)
    block = ".highlight:has(.gp):has(.go)"
    code = page.locator(f"{block} pre").first.evaluate("""(node) => {
      node = node.cloneNode(true);
      node.querySelectorAll(".gp, .go").forEach((part) => part.remove());
      return node.textContent.trim();
    }""")
    assert copied(page, (f"{block} pre", 0)) == code
    assert pressed(page, block) == code
    assert copied(page, (f"{block} .go", 0)) == page.locator(f"{block} .go").first.inner_text()


@pytest.mark.xdist_group("copying")
def test_the_equation_of_a_widget_is_copied_as_tex(open_page):
    page = open_page("intro.html", start=False)
    page.locator(".equation").first.scroll_into_view_if_needed()
    assert copied(page, (".equation", 0)) == "$$h_{t} = x_{t}W_{x} + h_{t-1}W_{h}$$"
