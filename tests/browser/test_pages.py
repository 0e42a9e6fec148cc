"""Every built page: complete, quiet, accessible, and its own master."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from axe_playwright_python.base import AXE_SCRIPT

from rnncore import __version__, widgets
from tests.support.browser import HTML
from tests.support.family import resize
from tests.support.scripts import script
from tests.test_palette import contrast
from tools import heights

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.name for path in (HTML / "book").glob("*.html"))
NOTEBOOKS = sorted(path.stem for path in (ROOT / "book").glob("*.ipynb"))
COLOURS = script(__file__, "colours_of_text")
FOREIGN = script(__file__, "foreign_rules")
VIOLATIONS, STEP_ALL = script(__file__, "violations"), script(__file__, "step_all")
WIDGET = re.compile(rf"\b({'|'.join(widgets.__all__)})\(")


def test_the_contents_and_the_pages_are_the_same():
    toc = re.findall(r"book/(\w+)", (ROOT / "_toc.yml").read_text())
    assert sorted(f"{name}.html" for name in toc) == PAGES
    assert set(NOTEBOOKS) <= set(toc)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_which_version_it_is(name):
    text = (HTML / "book" / name).read_text(encoding="utf8")
    assert text.count(f">Version {__version__}</p>") == 1


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_everyone_can_read_it(open_page, name):
    """One opening, from the file system, for all that a page has to keep: see below.

    test_budgets opens each page from a host, on a phone and on a desktop.
    """
    options = {"color_scheme": "light", "reduced_motion": "reduce", "viewport": PHONE}
    page = open_page(name, base=HTML.as_uri(), start=False, **options)
    assert_until_a_widget_starts_its_place_is_kept(page)  # and starts all
    page.evaluate(STEP_ALL)
    assert_it_fits_a_phone(page)
    resize(page, 1280)
    assert_widgets_are_alive(page, Path(name).stem)
    assert_equations_are_rendered_and_pictures_described(page)
    assert_its_ids_are_its_own_and_its_letters_whole(page)
    assert page.locator("article img:not([width][height])").count() == 0  # each keeps its place
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 1280
    assert [*pale(page, "light"), *pale(page, "dark"), *pale(page, "dark", "active")] == []
    assert violations(page) == []  # at the end: it changes the page


KEPT = """
() => Object.fromEntries([...document.querySelectorAll("[data-rnn-slot]:not(.alive)")].map(
  (slot) => [slot.id, parseFloat(getComputedStyle(slot).minHeight)]))
"""


def assert_until_a_widget_starts_its_place_is_kept(page):
    """On a phone and on a desktop: all that sleeps on both is measured on both."""
    kept = {}
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        kept[width] = page.evaluate(KEPT)
    # The one of the introduction starts at once.
    assert kept[360] or page.locator("[data-rnn-slot]").count() <= 1
    for width, places in reversed(kept.items()):
        for name, height in heights.measured(page, width).items():
            if name in places:
                assert places[name] == pytest.approx(height, abs=30), (
                    f"{name} at {width}: make heights measures them anew"
                )


def assert_it_fits_a_phone(page):
    assert page.evaluate("[innerWidth, document.scrollingElement.scrollWidth]") == [360, 360]
    # The fields of an exercise stay within it.
    rights = "(all) => all.map((one) => one.getBoundingClientRect().right)"
    fields = page.locator(".check .cells").evaluate_all(rights)
    exercises = page.locator(".check").evaluate_all(rights)
    assert all(field <= around - 8 for field, around in zip(fields, exercises, strict=True))


def assert_widgets_are_alive(page, stem):
    code = ""
    if stem in NOTEBOOKS:
        notebook = nbformat.read(ROOT / "book" / f"{stem}.ipynb", as_version=4)
        code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    slots = page.locator("[data-rnn-slot]").evaluate_all(
        """(slots) => slots.map((slot) => [
          slot.querySelectorAll("[data-rnn-widget]").length,
          slot.classList.contains("alive"),
          slot.querySelector("[data-rnn-widget]").checkVisibility(),
          slot.querySelector(".rnn-film")?.checkVisibility() ?? false,
          slot.querySelector('[aria-label="Next step"]') === null // explorers have none
            || Number(slot.querySelector("[data-step]").dataset.step) > 0, // it has been pressed
        ])"""
    )
    assert slots == [[1, True, True, False, True]] * len(WIDGET.findall(code))


def assert_equations_are_rendered_and_pictures_described(page):
    assert page.locator(".katex-error").count() == 0
    prose = " ".join(page.locator("article :is(p, li, td):not(pre *)").all_inner_texts())
    assert not re.search(r"\\\(|\\\[|\$[^$\s]+\$", prose)
    equations = page.locator("article .math")
    assert equations.evaluate_all("(all) => all.every((one) => one.querySelector('math'))")
    for alt in page.locator("article img").evaluate_all("(all) => all.map((one) => one.alt)"):
        assert len(alt) > 40


def assert_its_ids_are_its_own_and_its_letters_whole(page):
    ids = page.locator("[id]").evaluate_all("(all) => all.map((one) => one.id)")
    assert not [name for name, count in Counter(ids).items() if count > 1]
    assert page.locator("math :is(mi, mo, mn) > *").count() == 0


def violations(page):
    """Return what axe calls serious or critical, in words."""
    page.evaluate(AXE_SCRIPT)
    return page.evaluate(VIOLATIONS)


def pale(page, theme, forced="none"):
    """The texts that stand out too little from their ground, by the measure of WCAG 2, level AA.

    Where colours are forced, axe would be wrong: it asks for -webkit-text-fill-color, which stays.
    """
    page.emulate_media(color_scheme=theme, forced_colors=forced)
    page.wait_for_function("(t) => document.documentElement.dataset.theme === t", arg=theme)
    measured = page.evaluate(COLOURS)
    assert len(measured) >= 3
    return [
        (theme, round(ratio, 2), what)
        for text, ground, large, what in measured
        if (ratio := contrast(as_hex(text), as_hex(ground))) < (3 if large else 4.5)
    ]


def as_hex(colour):
    return "#" + bytes(round(part) for part in colour).hex()


PALE = [
    (".katex-html .mathnormal", "color: #777", 4.48),
    ("p", "background: #fff; color: #000; opacity: 0.5", 3.95),  # as #808080 on white
    (".rnn .note", "background: #fff; color: #0008", 4.48),
    (".rnn .note", "background: #fff; color: color-mix(in srgb, #000, #fff)", 3.95),
    (".rnn svg .x-num", "fill: #888", 3.54),
]


def test_what_is_too_pale_is_found(open_page):
    page = open_page("02_compute_states.html", color_scheme="light")
    page.locator(".preset").first.click()
    for part, style, ratio in PALE:
        found = page.locator(f"article :is({part}):visible").filter(has_text=re.compile("."))
        text = found.first.element_handle()
        before = text.get_attribute("style") or ""
        text.evaluate("(node, style) => { node.style = style; }", style)
        [(_, measured, _)] = pale(page, "light")
        assert measured == pytest.approx(ratio, abs=0.1)
        text.evaluate("(node, style) => { node.style = style; }", before)
    assert pale(page, "light") == []  # it was that one part alone, each time


def test_what_axe_calls_serious_is_found(open_page):
    page = open_page("references.html")
    page.evaluate("document.querySelector('article').append(document.createElement('button'))")
    page.evaluate(
        """() => {
          const link = document.querySelector("article p a");
          link.style = "text-decoration: none; color: #d00";
          link.parentElement.prepend("Words beside a link that only a colour shows. ");
        }"""
    )
    [button, link] = violations(page)
    assert button.startswith("button-name: <button></button>")
    assert link.startswith("link-in-text-block: <a ")


@pytest.mark.parametrize("name", PAGES)
def test_without_javascript_the_page_reads_and_shows_the_steps(open_page, name):
    page = open_page(name, ready=False, java_script_enabled=False)
    assert page.locator("article h1").is_visible()
    slots = page.locator("[data-rnn-slot]").evaluate_all(
        """(slots) => slots.map((slot) => [
          slot.dataset.rnnId,
          [...slot.querySelectorAll(".rnn-film tbody tr")].map((row) => row.id),
          slot.querySelector(".rnn-film tbody tr").checkVisibility(),
        ])"""
    )
    for name, rows, visible in slots:
        assert visible
        assert len(rows) >= 2
        if sum("?step=" in row for row in rows) > 1:  # a stepper
            assert len(rows) >= 4
            assert rows[1] == f"{name}?step=1"
    for block in page.locator(".admonition.solution").all():
        assert block.locator("pre").first.is_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_link_from_elsewhere_lands_on_its_widget_and_stays(open_page, width):
    page = open_page("04_bptt.html#wires?step=4", viewport={"width": width, "height": 740})
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => undefined)")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    slot = page.locator('[data-rnn-id="wires"]')
    drawing = slot.locator(".drawing").bounding_box()
    button = slot.get_by_label("Next step").bounding_box()
    assert 0 <= drawing["y"] <= 300  # under the bar, whatever has been drawn above it since
    assert button["y"] + button["height"] <= 740


def test_without_javascript_a_link_to_a_step_leads_to_its_row(open_page):
    page = open_page("02_compute_states.html", ready=False, java_script_enabled=False)
    page.get_by_role("link", name="step 3").click()
    row = page.locator('[id="memory?step=3"]')
    assert 0 <= row.bounding_box()["y"] <= 900
    assert "1.25" in row.inner_text()


def test_on_paper_every_stepper_is_a_table(open_page):
    page = open_page("02_compute_states.html")
    page.emulate_media(media="print")
    for slot in page.locator("[data-rnn-slot]").all():
        assert slot.locator(".rnn-film table").is_visible()
        assert not slot.locator("[data-rnn-widget]").is_visible()


EMBED_PAGES = sorted(f"embed/{path.name}" for path in (HTML / "embed").glob("*.html"))
EVERY_PAGE = [f"book/{name}" for name in PAGES] + ["genindex.html", "search.html", *EMBED_PAGES]
SHEET = re.compile(r'<link rel="stylesheet" href="(?:\.\./)?(_static/book\.\w{8}\.css)" />')
SCRIPTED = json.loads((ROOT / "tools" / "node" / "scripted.json").read_text())


def test_one_style_sheet_blocks_and_it_is_small():
    """All pages link to the same, and no other one lies beside it."""
    found = [path.relative_to(HTML).as_posix() for path in (HTML / "_static").rglob("*.css")]
    for page in EVERY_PAGE:
        text = (HTML / page).read_text(encoding="utf8")
        assert SHEET.findall(text) == found
        assert len(re.findall(r"stylesheet|@import", text.partition("<body")[0])) == 1
    assert (
        len(gzip.compress((HTML / found[0]).read_bytes())) <= 18_000
    )  # 20 kB is the most; what later chapters need is the rest


def test_every_class_of_the_style_sheet_is_of_a_page_or_a_script(open_page):
    page = open_page("intro.html")
    classes = page.evaluate("""() => {
      const all = (rule) => [rule.selectorText ?? "", ...[...(rule.cssRules ?? [])].flatMap(all)];
      const selectors = all(document.styleSheets[0]).join().replaceAll(/:not\\([^)]*\\)/g, "");
      return [...selectors.matchAll(/\\.([a-z][\\w-]*)/gi)].map((found) => found[1]);
    }""")
    pages = " ".join((HTML / name).read_text(encoding="utf8") for name in EVERY_PAGE)
    of_pages = {name for value in re.findall(r'class="([^"]*)"', pages) for name in value.split()}
    assert len(set(classes)) > 200
    assert set(classes) - of_pages - {*SCRIPTED["states"], *SCRIPTED["made"]} == set()


def test_no_rule_of_the_theme_is_for_a_class_of_a_widget(open_page):
    page = open_page("gallery.html")
    assert page.evaluate(FOREIGN) == []
    page.locator("[data-rnn-widget] button").first.evaluate("(node) => node.classList.add('btn')")
    assert ".btn" in " ".join(page.evaluate(FOREIGN))


def test_what_scripts_add_is_known_and_added_by_one():
    scripts = {path: path.read_text("utf8") for path in (HTML / "_static").rglob("*.js")}
    pages = [(HTML / name).read_text(encoding="utf8") for name in EVERY_PAGE]
    names = {*SCRIPTED["states"], *SCRIPTED["made"]}
    words = set(re.findall(r"[\w-]+", " ".join([*scripts.values(), *pages])))
    assert names <= words
    ours = re.compile(r"(?:site|first|search)\.")  # widgets bring styles of their own
    own = " ".join(text for path, text in scripts.items() if ours.match(path.name))
    added = re.findall(r"""classList\.(?:add|toggle)\(\s*["']([\w-]+)["']\s*[,)]""", own)
    made = re.findall(r"""class=\\?"([a-z][\w -]*)\\?\"""", own)
    not_here = {"bd-header-announcement__content"}  # the book announces nothing
    icons = {name for name in " ".join(made).split() if name.startswith("icon")}  # have no rule
    assert {*added, *" ".join(made).split()} - not_here - icons <= names


PHONE, SCREEN = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
LOOKS = """(node) => {
  const { position, display, opacity, backgroundColor } = getComputedStyle(node);
  const { left, height } = node.getBoundingClientRect();
  return { position, display, opacity, backgroundColor, left, height };
}"""


@pytest.mark.parametrize(
    ("act", "on", "what", "looks"),
    [
        ("click", ".search-button-field", "#pst-search-dialog", {"display": "flex"}),
        ("click", ".primary-toggle", "#pst-primary-sidebar-modal", {"left": 0, "height": 740}),
        (
            *("press Enter", ".dropdown-download-buttons > summary"),
            "details[open] > .dropdown-menu",
            {"position": "absolute", "display": "block"},
        ),
        ("hover", "div.highlight pre", "div.highlight:hover .copybtn", {"position": "absolute"}),
        ("hover", "h1", ".solution > .admonition-title + *", {"opacity": "0", "height": 0}),
    ],
    ids=["search", "menu", "dropdown", "copy", "solution"],
)
def test_what_a_script_makes_or_opens_is_styled(open_page, act, on, what, looks):
    page = open_page(
        "02_compute_states.html",
        color_scheme="light",
        reduced_motion="reduce",
        viewport=PHONE if "primary" in on else SCREEN,
    )
    method, *keys = act.split()
    getattr(page.locator(f"{on}:visible").first, method)(*keys)
    page.wait_for_timeout(500)
    found = page.locator(what).first.evaluate(LOOKS)
    assert found | looks == found


def test_fonts_and_images_of_the_style_sheets_are_there():
    for sheet in (HTML / "_static").rglob("*.css"):
        for url in re.findall(r"url\([\"']?(?!data:)([^\"')]+)", sheet.read_text(encoding="utf8")):
            assert not urlsplit(url).scheme, (sheet.name, url)
            assert (sheet.parent / urlsplit(url).path).exists(), (sheet.name, url)
