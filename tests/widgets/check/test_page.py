"""The exercise on a page: fields, the verdict in words, hints, and what is kept."""

import pytest

from rnncore.widgets import Check
from tests.support.family import button, root

BY_HAND = "check-ex-states-by-hand"


@pytest.fixture
def page(shown_once):
    """Three exercises, of which the browser has kept nothing yet."""
    page = shown_once(*three())
    yield page
    page.evaluate("localStorage.clear()")


def three():
    return [Check(f"ex-states-{name}") for name in ("by-hand", "shape", "h0")]


def answer(page, *texts, check=BY_HAND):
    fields = root(page, check).locator(".answer :is(input, textarea)").all()
    for field, text in zip(fields, texts, strict=True):
        field.fill(text)
    button(page, check, "Check").click()
    return root(page, check).locator(".verdict").inner_text()


def test_an_answer_gets_its_verdict_at_once(page):
    assert answer(page, "", "", "", "") == (
        "Not answered yet. The answer is a number in every field."
    )
    assert answer(page, "0", "2", "", "4") == "The answer is a number in every field."
    assert page.evaluate("document.activeElement.ariaLabel") == "Your answer, place 3"
    # With the weight added: 2 + 0 + 0.5 = 2.5, −1 + 2.5 + 0.5 = 2, 4 + 2 + 0.5 = 6.5.
    slip = answer(page, "0", "2.5", "2", "6.5")
    assert slip == "Not yet. This is what adding W_h gives; the state is multiplied by it."
    assert answer(page, "0", "2", "0", "5") == "Not yet. 1 of 4 numbers differ."
    assert answer(page, "0", "2", "0", "4") == "Right."
    assert root(page, BY_HAND).get_attribute("data-solved") == "true"
    assert "solved" in root(page, BY_HAND).locator(".title").inner_text()


def test_shapes_may_be_written_in_several_ways(page):
    for text in ("(16, 41, 12)", "16, 41, 12", "[16,41,12]", "16 41 12"):
        assert answer(page, text, check="check-ex-states-shape") == "Right."
    for text in ("16, x", "(16; 41)", "16.5, 2"):
        wanted = "The answer is a shape, such as (2, 3)."
        assert answer(page, text, check="check-ex-states-shape") == wanted


def test_hints_come_one_by_one_and_the_answer_last(page):
    box = root(page, BY_HAND)
    assert box.locator(".hints li").count() == 0
    button(page, BY_HAND, "Hint 1 of 2").click()
    assert box.locator(".hints li").all_inner_texts() == [
        "The first column is the initial state, 0."
    ]
    button(page, BY_HAND, "Hint 2 of 2").click()
    assert box.locator(".solution").count() == 0
    button(page, BY_HAND, "Show the answer").press("Enter")
    assert box.locator(".solution").inner_text() == "The answer: [[0, 2, 0, 4]]"
    assert page.evaluate("document.activeElement.textContent") == "Show the answer"


def test_progress_is_kept_in_the_browser_and_can_be_cleared(page):
    answer(page, "0", "2", "0", "4")
    button(page, BY_HAND, "Hint 1 of 2").click()
    page.reload()
    page.wait_for_selector("html[data-rnn-ready]", state="attached")
    box = root(page, BY_HAND)
    fields = [field.input_value() for field in box.locator(".answer input").all()]
    assert fields == ["0", "2", "0", "4"]
    assert box.locator(".hints li").count() == 1
    assert box.get_attribute("data-solved") == "true"
    assert box.locator(".kept").inner_text() == "Kept in this browser: 1 solved."
    button(page, BY_HAND, "Start again").click()
    assert box.get_attribute("data-solved") == "false"
    assert page.evaluate("document.activeElement.ariaLabel") == "Your answer, place 1"
    answer(page, "0", "2", "0", "4")
    answer(page, "1", "5.5", "-4.75", check="check-ex-states-h0")
    button(page, "check-ex-states-h0", "Forget all").click()
    assert page.evaluate("Object.keys(localStorage).length") == 0
    page.reload()
    page.wait_for_selector("html[data-rnn-ready]", state="attached")
    assert root(page, BY_HAND).get_attribute("data-solved") == "false"


def test_it_works_where_the_browser_keeps_nothing(show):
    no_storage = "Object.defineProperty(window, 'localStorage', { get() { throw new Error(); } });"
    page = show(Check("ex-states-by-hand"), init=no_storage)
    assert answer(page, "0", "2", "0", "4") == "Right."


def test_what_is_kept_by_somebody_else_does_no_harm(page, shown_once):
    keep = "(text) => localStorage.setItem('rnn-check:ex-states-by-hand', text)"
    for text in ("{", "null", "[1]", '{"answer": 5, "opened": "<b>"}', '{"answer": ["x", {}]}'):
        page.evaluate(keep, text)
        assert answer(shown_once(*three()), "0", "2", "0", "4") == "Right."
