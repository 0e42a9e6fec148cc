"""A reader without a mouse, in forced colours: an exercise, symbols, and where the focus is."""

import pytest

from tests.support.browser import watched
from tests.support.family import refused
from tests.support.scripts import script

WITHOUT_RING = script(__file__, "without_ring")
FORCED = {"forced_colors": "active", "color_scheme": "light", "reduced_motion": "reduce"}
CHECK = "check-ex-states-by-hand"
pytestmark = pytest.mark.xdist_group("keyboard")  # the tests share the page


@pytest.fixture(scope="module")
def page(browser, site):
    """A chapter in forced colours, at an exercise."""
    with watched(browser, site) as (open_page, complaints):
        yield open_page("02_compute_states.html#ex-states-by-hand", **FORCED)
    assert not complaints


def focused(page):
    """What a screen reader would call what has the focus."""
    return page.evaluate(
        "(document.activeElement.ariaLabel ?? document.activeElement.textContent).trim()"
    )


def tab_to(page, name):
    """Press Tab until that has the focus, which is soon."""
    for _ in range(12):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    raise AssertionError(f"Tab comes to {focused(page)}, and not to {name}")


def test_an_exercise_is_done_with_keys_alone(page):
    tab_to(page, "Your answer, place 1")
    for text in ("0", "2", "x"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    assert focused(page) == "Your answer, place 3"
    assert "“x” is not a number" in refused(page, CHECK)["Your answer, place 3"]
    page.keyboard.press("Control+A")
    page.keyboard.type("0")
    assert refused(page, CHECK) == {}
    page.keyboard.press("Enter")
    exercise = page.locator(f"[data-rnn-id={CHECK}]")
    assert exercise.locator(".verdict").inner_text() == "Right."
    tab_to(page, "Hint 1 of 2")
    page.keyboard.press("Space")
    assert exercise.locator(".hints li").count() == 1
    tab_to(page, "Embed")
    page.keyboard.press("Tab")
    solution = page.locator("#ex-states-by-hand-solution")
    toggle = solution.get_by_role("button", name="Show the solution", exact=True)
    assert toggle.evaluate("(node) => node === document.activeElement")
    page.keyboard.press("Enter")
    assert solution.locator("pre").first.is_visible()
    assert focused(page) == "Hide the solution"
    assert page.evaluate("document.activeElement.ariaExpanded") == "true"


def test_whatever_has_the_focus_shows_it(page):
    page.keyboard.press("Tab")  # from now on a ring is wanted
    kinds, without = page.evaluate(WITHOUT_RING)
    assert kinds > 40
    assert without == []


LIT_IN_THE_TEXT = "[...document.querySelectorAll('.katex .lit')].map((one) => one.dataset.sym)"


def test_a_symbol_of_a_widget_that_has_the_focus_lights_up_in_the_text(page):
    page.locator("[data-rnn-id=memory] button.sym[tabindex='0']").focus()
    assert set(page.evaluate(LIT_IN_THE_TEXT)) == {"h"}
    page.keyboard.press("ArrowRight")
    assert set(page.evaluate(LIT_IN_THE_TEXT)) == {"x"}
    page.keyboard.press("Tab")
    assert page.evaluate(LIT_IN_THE_TEXT) == []
