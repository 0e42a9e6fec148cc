"""Every chapter runs on its own page, with the wheels that NumPy needs, as a reader runs it."""

import json
import time

import pytest

from tests.support.browser import HTML, watched
from tests.support.running import Running

PAGES = sorted(
    path.name for path in (HTML / "book").glob("*.html") if "data-run=" in path.read_text("utf8")
)
SOON = 30  # seconds from the first press to the new states
pytestmark = pytest.mark.xdist_group("run")


@pytest.fixture(scope="module")
def missing():
    """The packages whose wheels are not here; without NumPy's no chapter runs."""
    missing = json.loads((HTML / "pyodide" / "contents.json").read_text())["missing"]
    if "numpy" in missing:
        pytest.fail("NumPy's wheel is missing: python -m tools.pyodide --download fetches it.")
    return missing


@pytest.fixture
def opened(browser, site, missing):
    with watched(browser, site) as (open_page, complaints):
        yield lambda name: Running(open_page(name, start=False))
    assert not complaints


@pytest.mark.parametrize("name", PAGES)
def test_each_cell_gives_what_is_stored(opened, missing, name):
    chapter = opened(name)
    stored = chapter.numbers()
    figures = chapter.page.locator(".cell_output img").count()
    chapter.press().run_all()
    if "matplotlib" in missing:  # then those that draw say so, and no other fails
        assert [text for text in chapter.failed() if "cannot draw" not in text] == []
        assert len(chapter.failed()) <= figures
    else:
        assert not chapter.failed()
        assert chapter.page.locator(".cell_output img").count() == figures
    drawing = [cell for cell in chapter.numbers() if cell and "cannot draw" in cell[-1]]
    assert [cell for cell in chapter.numbers() if cell not in drawing] == [
        old for old, new in zip(stored, chapter.numbers(), strict=True) if new not in drawing
    ]


def test_a_changed_weight_gives_new_states_half_a_minute_after_the_first_press(opened):
    chapter = opened("02_compute_states.html")
    start = time.monotonic()
    chapter.press()
    chapter.write(3, chapter.text(3).replace("W_h=0.5", "W_h=1.5"))
    chapter.run(3)
    chapter.page.get_by_role("button", name="Run cells 1 to 3").click()
    chapter.until("Cell 3 has run")
    took = time.monotonic() - start
    # 1, then 0 + 1.5 · 1, then 1 + 1.5 · 1.5; and 0, 2, −1 + 1.5 · 2
    assert chapter.numbers()[2] == ["array([[0. , 1. , 1.5 , 3.25], [0. , 0. , 2. , 2. ]])"]
    assert took < SOON


def test_a_widget_and_python_hear_each_other(opened):
    chapter = opened("02_compute_states.html").press()
    chapter.write(6, "w = StateStepper([1, 0, 1], W_x=1.0, W_h=0.5, id='memory')\nw")
    chapter.write(7, "w.step = 2")
    chapter.write(8, "w.step, w.W_h")
    chapter.run(1)
    chapter.run(6)
    widget = chapter.page.locator("#memory [data-rnn-widget]")
    chapter.run(7)
    widget.and_(chapter.page.locator("[data-step='2']")).wait_for()
    widget.get_by_role("button", name="Next step").click()
    chapter.run(8)
    assert chapter.output(8) == ["(3, 0.5)"]

    # A link in the prose leads to the one that lives.
    chapter.page.evaluate("location.hash = '#memory?step=1&W_h=0.25'")
    widget.and_(chapter.page.locator("[data-step='1']")).wait_for()
    chapter.run(8)
    assert chapter.output(8) == ["(1, 0.25)"]

    # A kind that the page has not brought along comes when it is asked for.
    chapter.write(9, "from rnncore.widgets import GateStepper\nGateStepper(id='gates')")
    chapter.run(9)
    chapter.page.locator("#gates [data-rnn-widget]").wait_for()

    # After a stop, the names are gone.
    chapter.write(10, "while True: pass")
    chapter.press_run(10)
    chapter.until("Running cell 10")
    chapter.page.get_by_role("button", name="Stop").click()
    chapter.until("Stopped")
    chapter.run(8)
    note = chapter.cell(8).locator(".run-note").inner_text()
    assert note.startswith("w comes from cell 6: run that one first.")
