"""What a drag of a slider writes on a page, and what waits for its end."""

import pytest

from tests.support.family import assert_true
from tests.support.scripts import script
from tools import drag

DRAG = script(__file__, "drag")
STEPPERS = drag.shown()
SCREEN, ALL_IN_SIGHT = {"width": 1280, "height": 900}, {"width": 1280, "height": 7000}
LARGEST = STEPPERS["BpttStepper, 12 steps, 4 features, 4 units"]
OPEN = "document.querySelectorAll('details').forEach((d) => { d.open = true; })"
# The tests of a stepper share its page, so that they run in one process.
EACH = [
    pytest.param(widget, id=name, marks=pytest.mark.xdist_group(f"drag {widget.id}"))
    for name, widget in STEPPERS.items()
]
each = pytest.mark.parametrize("widget", EACH)


@pytest.fixture
def stepper(shown_once):
    """A function that shows a stepper, every panel open, and the slider on the screen."""

    def stepper(widget, screen=SCREEN):
        page = shown_once(widget, viewport=screen)
        page.evaluate(OPEN)
        page.locator('input[aria-label^="Drag"]').scroll_into_view_if_needed()
        return page

    return stepper


def moved(page, share, **options):
    return page.evaluate(DRAG, {"share": share, **options})


@each
def test_a_drag_makes_no_element(stepper, widget):
    page = stepper(widget, ALL_IN_SIGHT)
    moved(page, 0.6)
    change = moved(page, 0.7)
    assert change["written"]
    assert change["made"] == []
    assert_true(page, widget.id)


@each
def test_a_drag_lays_the_page_out_once(stepper, widget):
    page = stepper(widget, ALL_IN_SIGHT)
    counters = page.context.new_cdp_session(page)
    counters.send("Performance.enable")

    def counts():
        metrics = counters.send("Performance.getMetrics")["metrics"]
        now = {metric["name"]: metric["value"] for metric in metrics}
        return now["LayoutCount"], now["RecalcStyleCount"]

    took = []
    for share in (0.5, 0.6, 0.7, 0.8):  # a pause, which ends a drag, may fall into one
        before = counts()
        page.evaluate(drag.DRAG, share)
        took.append([now - then for now, then in zip(counts(), before, strict=True)])
    layouts, styles = map(min, zip(*took, strict=True))
    assert layouts == 1
    assert styles <= 2


FAR = {"drawing frame", "sum", "sum contributions", "live"}


def test_what_is_out_of_sight_waits_for_the_end_of_a_drag(stepper):
    page = stepper(LARGEST)
    assert not FAR & set(moved(page, 0.2)["written"])
    assert set(moved(page, 0.3, ends=True)["written"]) >= FAR
    assert_true(page, LARGEST.id)


def test_what_is_in_sight_does_not_wait(stepper):
    page = stepper(LARGEST, ALL_IN_SIGHT)
    change = moved(page, 0.2)
    assert FAR & set(change["written"]) == FAR - {"live"}, change
    assert_true(page, LARGEST.id)


def test_a_pause_ends_a_drag_too(stepper):
    page = stepper(LARGEST)
    moved(page, 0.2, ends=True)
    before = page.locator(".live").inner_text()
    moved(page, 0.4)
    page.wait_for_function("(b) => document.querySelector('.live').textContent !== b", arg=before)
    assert_true(page, LARGEST.id)


def test_what_comes_into_sight_in_a_drag_is_brought_up_to_date(stepper):
    page = stepper(LARGEST)
    change = moved(page, 0.2, then=".contributions")
    assert "sum contributions" in change["written"]


FIRST = """
new MutationObserver((_, observer) => {
  const root = document.querySelector("[data-rnn-widget]");
  if (!root) return;
  observer.disconnect();
  globalThis.atFirst = root.querySelectorAll("[data-value]").length;
}).observe(document, { childList: true, subtree: true });
"""


def test_a_widget_starts_in_several_tasks(show):
    page = show(LARGEST, init=FIRST)
    assert page.evaluate("atFirst") == 0  # it is filled in the next one
    assert page.locator("[data-value]").count() > 500
    assert page.locator(".later").count() == 0
    assert page.locator(".editor").is_visible()
