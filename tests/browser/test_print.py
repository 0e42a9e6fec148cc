"""Paper: light, whole, with the reader's numbers, with and without solutions; and the PDF."""

import re

import pytest
from pypdf import PdfReader

from tests.support import family
from tests.support.scripts import script
from tools import pdf

PAPERS = {"A4": 673, "Letter": 695}  # pixels between the margins of print.css
FAULTS = script(__file__, "faults_on_paper")
PRINTING = "dispatchEvent(new Event('beforeprint'))"
PRINTED = "dispatchEvent(new Event('afterprint'))"
SHOWN = "(nodes) => nodes.filter((node) => node.checkVisibility()).length"


def seen(page, selector):
    """How many elements are seen."""
    return page.locator(selector).evaluate_all(SHOWN)


@pytest.mark.parametrize("name", ["04_bptt", "notation"])
def test_paper_is_light_and_nothing_is_cut_or_empty(open_page, name):
    page = open_page(f"{name}.html", color_scheme="dark", start=False)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate(PRINTING)
    for paper, width in PAPERS.items():
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(FAULTS) == [], paper


def test_solutions_are_printed_unless_the_reader_says_otherwise_by_keyboard(open_page):
    page = open_page("04_bptt.html", start=False)
    menu = page.locator("details.dropdown-download-buttons > summary")
    menu.press("Enter")
    choice = page.get_by_label("Print hints and solutions")
    page.emulate_media(media="print")
    page.evaluate(PRINTING)
    exercises = seen(page, ".exercise")
    assert exercises == seen(page, ".solution > .admonition-title ~ *") > 3
    assert seen(page, ".exercise details p") == page.locator(".exercise details p").count() > 3
    hints = "[data-rnn-slot=check] tr:nth-child(3)"
    assert seen(page, hints) > 0
    page.evaluate(PRINTED)
    assert page.locator("article details[open]").count() == 0

    page.emulate_media(media="screen")
    for _ in range(9):
        if choice.evaluate("(node) => node === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.emulate_media(media="print")
    assert [seen(page, what) for what in (".solution", ".exercise details", hints)] == [0, 0, 0]
    assert seen(page, ".exercise") == exercises


def test_without_a_script_the_choice_works_and_the_stored_strips_are_printed(open_page):
    page = open_page("04_bptt.html", java_script_enabled=False, ready=False, start=False)
    page.emulate_media(media="print")
    solution = page.locator(".solution > .admonition-title").first
    assert solution.is_visible()
    assert page.locator(".rnn-film table").first.is_visible()
    page.emulate_media(media="screen")
    page.locator("details.dropdown-download-buttons > summary").click()
    page.get_by_label("Print hints and solutions").uncheck()
    page.emulate_media(media="print")
    assert not solution.is_visible()


def test_every_kind_of_widget_prints_what_the_reader_has_chosen(open_page):
    page = open_page("gallery.html")
    slots = page.locator("[data-rnn-slot]")
    names = slots.evaluate_all("(slots) => slots.map((slot) => slot.dataset.rnnId)")
    slots.evaluate_all(
        """(slots) => slots.forEach((slot) => {
          [...slot.querySelectorAll(".preset")].at(-2)?.click();
          slot.querySelector('[aria-label="Next step"]')?.click();
          const field = slot.querySelector(".answer input");
          if (!field) return;
          field.value = "42";
          field.dispatchEvent(new Event("input", { bubbles: true }));
        })"""
    )
    before = strips(page)
    page.evaluate(PRINTING)
    after = strips(page)
    kinds = {}
    for name in names:
        kind, given, _ = family.state(page, name)
        kinds[kind.__name__] = before[name] != after[name]
        if kind.__name__ != "Check":
            assert without_the_choice(after[name]) == spelled(page, kind(**given, id=name).film)
    assert "42" in after[next(name for name in names if name.startswith("check"))]
    assert all(kinds.values()), kinds


def strips(page):
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-rnn-slot]")].map(
          (slot) => [slot.dataset.rnnId, slot.querySelector(".rnn-film").innerHTML]))"""
    )


def without_the_choice(strip):
    return re.sub(r"<p>As you have set it: .*?</p>$", "", strip).replace(' aria-current="step"', "")


def spelled(page, html):
    """HTML as the browser spells it."""
    parse = "(text) => Object.assign(document.createElement('div'), { innerHTML: text }).innerHTML"
    return page.evaluate(parse, html)


def test_a_printed_page_has_the_readers_numbers_step_and_link(open_page, tmp_path):
    page = open_page("../embed/memory.html#memory?step=2&W_h=0.7", start=False)
    page.pdf(path=tmp_path / "a.pdf")  # the browser itself says when it prints
    text = PdfReader(tmp_path / "a.pdf").pages[0].extract_text()
    assert "1 × 0.7" in text
    assert "▸" in text
    assert page.locator("tr[aria-current]").get_attribute("id") == "memory?step=2"
    assert "Large type" not in text
    assert "step=2 · W_h=0.7" in text


def test_the_pdf_has_an_outline_page_numbers_and_links_within(browser, tmp_path):
    def long(name, title, link):
        lines = "<p>One step at a time.</p>" * 90
        head = f'<section id="{name}"><h1>{title}</h1><p>{link}</p>'
        return pdf.Page(name, f'{head}{lines}<section id="end"><h2>End</h2></section></section>')

    pages = [long("one", "1 · One", '<a href="two.html#end">on</a>'), long("two", "2 · Two", "")]
    count = pdf.write(browser, tmp_path / "book.pdf", pages, with_solutions=False)
    reader = PdfReader(tmp_path / "book.pdf")
    texts = [page.extract_text() for page in reader.pages]
    first, end, second = (
        next(i for i, text in enumerate(texts) if i > 1 and line in text.split("\n"))
        for line in ("1 · One", "End", "2 · Two")
    )
    assert count == len(texts) > 5
    titles = [entry if isinstance(entry, list) else entry.title for entry in reader.outline]
    assert [title for title in titles if isinstance(title, str)] == [
        *("Contents", "1 · One", "2 · Two")
    ]
    assert reader.outline[2][0].title == "End"
    contents = re.sub(r"\s+", " ", texts[1])
    assert f"1 · One {first + 1} End {end + 1} 2 · Two {second + 1}" in contents
    assert all(str(i + 1) in text.split("\n") for i, text in enumerate(texts) if i)
    assert "without hints and solutions" in texts[0]
    assert reader.metadata.title == "One Step at a Time"
