"""The button "Run this page": what a reader sees of it where NumPy's wheel is missing, and before.

Everything comes from the site's own files.  With the wheels, all chapters run in tests/places.
"""

import json
import re
import shutil
from contextlib import contextmanager

import pytest

from book._ext import run
from tests.browser.test_pages import pale
from tests.support.browser import HTML, served, watched
from tests.support.running import Running

CHAPTER = "02_compute_states.html"
SHORT = "intro.html"  # with two cells: each gets an editor, which takes its time
EDITS = f"rnn-run:/book/{SHORT}"
pytestmark = pytest.mark.xdist_group("run")  # one process starts Python


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The address of the book as it is where nobody has fetched the compiled wheels."""
    folder = tmp_path_factory.mktemp("site")
    for path in HTML.iterdir():
        if path.name != "pyodide":
            (folder / path.name).symlink_to(path)
    place = shutil.copytree(HTML / "pyodide", folder / "pyodide")
    contents = json.loads((place / "contents.json").read_text())
    for path in place.glob("*wasm32.whl"):
        path.unlink()
        del contents["files"][path.name]
    contents["missing"] = ["numpy", "matplotlib", "contourpy", "kiwisolver", "pillow"]
    (place / "contents.json").write_text(json.dumps(contents))
    with served(folder) as address:
        yield address


@pytest.fixture
def opened(browser, bare):
    """Open the chapter on that site; nothing may go wrong, and no other host is asked."""
    with watched(browser, bare) as (open_page, complaints):
        yield lambda name=CHAPTER, **options: Running(
            open_page(name, base=bare, start=False, **options)
        )
    assert not complaints


NO_PYTHON = "globalThis.Worker = class { postMessage() {} terminate() {} };"


@pytest.fixture
def halted(opened):
    """A page that runs, but whose Python never comes: its editors are all that matters."""
    return lambda init="", **options: opened(**options, init=NO_PYTHON + init).press()


# Before the button is pressed.


def test_nothing_is_loaded_before_the_button_is_pressed(opened):
    chapter = opened()
    chapter.page.wait_for_timeout(300)
    asked = chapter.page.evaluate("performance.getEntriesByType('resource').map((e) => e.name)")
    assert not [name for name in asked if "run-" in name or "pyodide" in name]
    assert chapter.page.locator(".cm-editor").count() == 0


def test_without_javascript_there_is_no_button(opened):
    chapter = opened(java_script_enabled=False, ready=False)
    assert not chapter.button.is_visible()


def test_a_page_opened_as_a_file_says_that_it_needs_a_server(open_page):
    chapter = Running(open_page(CHAPTER, base=HTML.as_uri(), start=False))
    chapter.button.click()
    assert "opened as a file" in chapter.box.get_by_role("status").inner_text()
    assert chapter.page.locator(".run-bar").count() == 0


# Python, without NumPy.


def test_python_starts_from_the_site_s_own_files_and_says_that_numpy_is_missing(opened):
    chapter = opened().press()
    chapter.page.locator(".run-count").filter(has_text=re.compile(r"^\d+ of 1\d MB$")).wait_for()
    assert "NumPy is missing on this site" in chapter.until("missing", "ready")

    # Plain Python runs, and all cells share it.
    chapter.write(2, "power = 2**70\nprint('a line')\npower")
    assert "has run" in chapter.run(2)
    assert chapter.output(2) == ["a line\n", str(2**70)]
    chapter.write(3, "power + 1")
    chapter.run(3)
    assert chapter.output(3) == [str(2**70 + 1)]

    # What it gives as HTML is shown without what could run.
    hostile = "<b id='memory'>bold</b><script>document.title = 1</script><a href='javascript:x'>"
    chapter.write(4, f"from IPython.display import HTML\nHTML({hostile!r})")
    chapter.run(4)
    shown = chapter.cell(4).locator(".output.text_html")
    assert shown.evaluate("(node) => node.innerHTML") == "<b>bold</b><a></a>"

    # What takes all the memory says so, and what does not end is stopped.
    chapter.write(5, "raise MemoryError")
    chapter.run(5)
    assert "not enough memory" in chapter.cell(5).locator(".run-note").inner_text()

    # What needs NumPy says so.
    chapter.run(1)
    assert "No module named 'numpy'" in chapter.output(1)[-1]
    assert "NumPy is missing on this site" in chapter.cell(1).locator(".run-note").inner_text()

    # One that needs a later run of an earlier cell names it, and offers to run it.
    chapter.write(4, "early = 1")
    chapter.write(7, "early + 1")
    why = "NameError: name 'early' is not defined"
    assert chapter.run(7) == f"Cell 7 stopped with an error: {why}."
    assert chapter.refused(7) == f"failed: {why}, changed"
    note = chapter.cell(7).locator(".run-note")
    assert note.inner_text().startswith("early comes from cell 4: run that one first.")
    assert note.get_by_role("button", name="Run cells 1 to 7").is_visible()
    chapter.run(4)
    chapter.run(7)
    assert chapter.output(7) == ["2"]
    assert (note.inner_text(), chapter.refused(7)) == ("", None)

    # It is stopped in the middle, says so, and starts again.
    chapter.write(2, "while True:\n    pass")
    chapter.press_run(2)
    chapter.until("Running cell 2")
    chapter.page.get_by_role("button", name="Stop").click()
    assert "run from the top" in chapter.until("Stopped")
    chapter.press_run(7)
    chapter.until("Loading Python")

    # And the page is as it was.
    chapter.page.get_by_role("button", name="Restore the page").click()
    assert chapter.output(3) == [
        "array([[0.  , 1.  , 0.5 , 1.25],\n       [0.  , 0.  , 2.  , 0.  ]])\n"
    ]
    assert chapter.page.locator(".cm-editor, .run-bar, .run-row").count() == 0
    assert chapter.page.evaluate("document.activeElement.textContent") == "Run this page"
    assert chapter.page.locator("#memory[data-rnn-needs]").count() == 1


def test_a_cell_that_takes_long_says_so(halted):
    for name, known in run.seconds().items():
        chapter = halted(name=f"{name}.html")
        said = chapter.page.locator(".run-row").filter(has_text="takes about")
        assert said.count() == len(known), "python -m tools.run_pages measures them anew"


# The editor.


def test_tab_leaves_the_editor_and_other_keys_indent(halted):
    chapter = halted()
    editor = chapter.editor(3)
    editor.click()
    chapter.page.keyboard.press("Tab")
    focused = "document.activeElement.ariaLabel ?? document.activeElement.textContent"
    assert chapter.page.evaluate(focused) == "Run cell 3"
    chapter.page.keyboard.press("Shift+Tab")
    assert chapter.page.evaluate(focused) == "Code of cell 3"
    before = chapter.text(3)
    chapter.page.keyboard.press("Control+Home")
    chapter.page.keyboard.press("Control+]")
    assert chapter.text(3) == f"    {before}"
    chapter.page.keyboard.press("Control+[")
    assert chapter.text(3) == before
    says, _ = editor.get_attribute("aria-describedby").split()
    assert "Tab leaves the editor" in chapter.page.locator(f"#{says}").inner_text()


def test_changes_survive_a_reload_and_can_be_taken_back(halted):
    chapter = halted(name=SHORT)
    stored = chapter.text(2)
    chapter.write(2, "mine = '<b>&\"'")
    chapter.page.reload()
    chapter.page.wait_for_selector("html[data-rnn-ready]", state="attached")
    assert chapter.page.locator(".cm-editor").count() == 0
    chapter.press()
    assert chapter.text(2) == "mine = '<b>&\"'"
    chapter.page.get_by_role("button", name="Original code of cell 2").click()
    assert chapter.text(2) == stored
    focused = chapter.page.evaluate("document.activeElement.ariaLabel")
    assert focused == "Code of cell 2"  # the button is gone
    chapter.write(2, "mine = 2")
    chapter.page.get_by_role("button", name="Restore the page").click()
    assert chapter.page.evaluate("(key) => localStorage.getItem(key)", EDITS) is None
    chapter.page.get_by_role("button", name="Bring my changes back").click()
    assert chapter.text(2) == "mine = 2"


HOSTILE = [
    *("", "null", "[]", "{", "7", '{"a": 1}', '{"__proto__": "x", "constructor": {}}'),
    *('{"MARK": 7}', '{"MARK": null}', '{"MARK": {"length": 3}}', '{"MARK": ["<b>"]}'),
    json.dumps({"MARK": "x" * 600_000}),
]


def test_what_others_write_into_the_storage_breaks_nothing(halted):
    chapter = halted(name=SHORT)
    stored = chapter.text(2)
    chapter.write(2, "mine")
    (mark,) = json.loads(chapter.page.evaluate("(key) => localStorage.getItem(key)", EDITS))
    for value in HOSTILE:
        chapter.page.get_by_role("button", name="Restore the page").click()
        put = "([key, value]) => localStorage.setItem(key, value)"
        chapter.page.evaluate(put, [EDITS, value.replace("MARK", mark)])
        assert chapter.press().text(2) == stored


BLOCKED = """
for (const name of ["localStorage", "sessionStorage"]) {
  const get = () => { throw new Error("blocked"); };
  Object.defineProperty(window, name, { get, configurable: true });
}
"""


def test_where_storage_is_blocked_changes_last_until_the_page_is_left(halted):
    chapter = halted(name=SHORT, init=BLOCKED)
    chapter.write(2, "mine = 1")
    assert "this browser stores nothing" in chapter.status()
    assert chapter.text(2) == "mine = 1"


def test_on_a_phone_all_is_within_reach(halted):
    chapter = halted(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    assert chapter.page.evaluate("document.documentElement.scrollWidth") == 360
    bar = chapter.page.locator(".run-bar").bounding_box()
    assert bar["y"] + bar["height"] == pytest.approx(740, abs=1)
    assert bar["height"] < 160
    for button in chapter.page.locator(".run-bar button, .run-row:visible button:visible").all():
        assert button.bounding_box()["height"] >= 44
    chapter.editor(3).tap()
    size = "(label) => getComputedStyle(document.querySelector(`[aria-label='${label}']`)).fontSize"
    assert chapter.page.evaluate(size, "Code of cell 3") == "16px"  # else the phone zooms in


def test_everyone_can_read_a_running_page_in_both_themes(halted):
    from axe_playwright_python.sync_playwright import Axe

    chapter = halted(color_scheme="light", reduced_motion="reduce")
    chapter.write(3, "def f(x):  # a comment\n    return 'text', 1.5, None\n")
    assert [*pale(chapter.page, "light"), *pale(chapter.page, "dark")] == []
    options = {"rules": {"color-contrast": {"enabled": False}}}  # this has been measured
    found = (
        Axe().run(chapter.page, ".run-bar, .run-row, .cm-editor", options).response["violations"]
    )
    assert not found, [[v["id"], [n["html"] for n in v["nodes"]][:3]] for v in found]


# What goes wrong, in words.


@contextmanager
def failing(browser, address, init="", **routes):
    """Yield a page that may complain."""
    context = browser.new_context()
    context.add_init_script(init or "0")
    page = context.new_page()
    for pattern, action in routes.items():
        page.route(f"**/{pattern}*", action)
    page.goto(f"{address}/book/{SHORT}")
    page.wait_for_selector("html[data-rnn-ready]", state="attached")
    yield Running(page)
    context.close()


def test_a_lost_connection_is_said_and_running_a_cell_tries_again(browser, bare):
    with failing(browser, bare, python_stdlib=lambda route: route.abort()) as chapter:
        assert "connection was lost" in chapter.press().until("lost", "ready")
        chapter.page.unroute("**/python_stdlib*")
        chapter.press_run(2)
        chapter.until("Starting Python", "missing")


def test_an_editor_that_does_not_come_is_said(browser, bare):
    with failing(browser, bare, **{"run-page": lambda route: route.abort()}) as chapter:
        chapter.button.click()
        chapter.page.wait_for_function(
            "() => document.querySelector('[data-run]').innerText.includes('connection')"
        )


def test_a_site_without_python_is_said(browser, bare):
    with failing(browser, bare, contents=lambda route: route.fulfill(status=404)) as chapter:
        assert "without Python" in chapter.press().until("without")


def test_an_old_browser_is_said(browser, bare):
    with failing(browser, bare, "delete globalThis.WebAssembly") as chapter:
        assert "too old" in chapter.press().until("too old")


def test_memory_that_is_not_enough_is_said(browser, bare):
    def fill(route):
        route.fulfill(content_type="text/javascript", body="throw new RangeError('out of memory')")

    with failing(browser, bare, **{"pyodide.mjs": fill}) as chapter:
        assert "not enough memory" in chapter.press().until("memory", "lost")
