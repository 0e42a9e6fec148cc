"""The exercise on a page: fields, the verdict in words, hints, and what is kept."""

import pytest

from rnncore.widgets import Check
from tests.support.family import button, refused, root

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
        "Not answered yet. The answer needs a number in every field."
    )
    wanted = "The answer needs a number in every field."
    assert answer(page, "0", "2", "", "4") == wanted
    assert page.evaluate("document.activeElement.ariaLabel") == "Your answer, place 3"
    assert refused(page, BY_HAND) == {"Your answer, place 3": wanted}
    # With the weight added: 2 + 0 + 0.5 = 2.5, −1 + 2.5 + 0.5 = 2, 4 + 2 + 0.5 = 6.5.
    slip = answer(page, "0", "2.5", "2", "6.5")
    assert slip == "Not yet. This is what adding W_h gives. The state is multiplied by it."
    assert refused(page, BY_HAND) == {}  # an answer that is wrong is one
    assert answer(page, "0", "2", "0", "5") == "Not yet. 1 of 4 numbers differs."
    assert answer(page, "0", "2", "0", "4") == "Right."
    assert root(page, BY_HAND).get_attribute("data-solved") == "true"
    assert "solved" in root(page, BY_HAND).locator(".title").inner_text()


def test_shapes_may_be_written_in_several_ways(page):
    for text in ("(16, 41, 12)", "16, 41, 12", "[16,41,12]", "16 41 12"):
        assert answer(page, text, check="check-ex-states-shape") == "Right."
    for text in ("16, x", "(16; 41)", "16.5, 2"):
        wanted = f"The answer is a shape, such as (2, 3), but “{text}” is not one."
        assert answer(page, text, check="check-ex-states-shape") == wanted


def test_a_single_field_takes_one_number(shown_once):
    page, name = shown_once(Check("ex-states-halflife")), "check-ex-states-halflife"
    assert answer(page, "", check=name) == "Not answered yet. The answer is a number."
    wanted = "The answer is a number, but “half” is not a number (write it as −0.5, 2e−5 or 1/2)."
    assert answer(page, "half", check=name) == wanted
    assert refused(page, name) == {"Your answer": wanted}


def test_of_shapes_the_line_is_named_that_is_none(shown_once):
    page = shown_once(Check("ex-mlp-shapes"))
    for text in ("(32, 784)\n(32, 128), (32, 64)\n", "(32, 784)\n\n(32, 128), (32, 64)"):
        why = "“(32, 128), (32, 64)” is not one"
        wanted = f"The answer is one shape per line, such as (2, 3), but {why}."
        assert answer(page, text, check="check-ex-mlp-shapes") == wanted
        label = "Your answer, one shape per line"
        assert refused(page, "check-ex-mlp-shapes") == {label: wanted}
    assert (
        answer(page, "32 x 784\n（32，128）\n32 64\n[32, 10]", check="check-ex-mlp-shapes")
        == "Right."
    )


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


KEPT = [
    *("{", "null", "5", '"solved"', "[1]", "[]", "true", "1e999", "{}", "[" * 10_000),
    '{"answer": 5, "opened": "<b>"}',
    '{"answer": ["x", {}, null, [["y"]], 7], "opened": -3}',
    '{"answer": {"length": 4}, "opened": 0.5, "solved": "true"}',
    '{"answer": ["<img src=x onerror=alert(1)>"], "opened": 1e308, "solved": 1}',
    '{"answer": [], "opened": [99], "solved": {"true": true}}',
    '{"__proto__": {"solved": true, "opened": 9, "answer": ["0"]}, "constructor": 1}',
    '{"answer": ["0"], "solved": true, "x": "' + "y" * 3_000_000 + '"}',
    '{"answer": [' + ",".join(['"1"'] * 900_000) + '], "solved": true}',
]


def test_what_is_kept_by_somebody_else_does_no_harm(page, shown_once):
    keep = "([name, text]) => localStorage.setItem(`rnn-check:${name}`, text)"
    names = ["ex-states-by-hand", "ex-states-shape", "__proto__", "<b>"]
    for text in KEPT:
        for name in names if len(text) < 20_000 else names[:1]:  # there is room for one such
            page.evaluate(keep, [name, text])
        page = shown_once(*three())
        box = root(page, BY_HAND)
        assert box.get_attribute("data-solved") == "false", text[:60]
        assert box.locator(".kept").inner_text() == "Kept in this browser: 0 solved."
        assert box.locator(".hints li").count() in {0, 2}  # as many as there are, or none
        assert box.locator(".solution").count() == 0
        assert page.locator("img[src=x]").count() == 0
        assert answer(page, "0", "2", "0", "4") == "Right."
        page.evaluate("localStorage.clear()")


def test_only_what_is_literally_solved_is_marked_so(page, shown_once):
    state = '{"answer": ["0", "2", "0", "4"], "opened": 1, "solved": true}'
    page.evaluate("(text) => localStorage.setItem('rnn-check:ex-states-by-hand', text)", state)
    page = shown_once(*three())
    assert root(page, BY_HAND).get_attribute("data-solved") == "true"
    assert root(page, BY_HAND).locator(".hints li").count() == 1


STAND_IN = "document.documentElement.dataset.storage = 'page';"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new Error(); } });"
WHERE = {
    "": "Kept in this browser: 1 solved.",
    STAND_IN: "Kept until this page is closed: 1 solved.",
    NO_STORAGE: "Not kept, because this browser stores nothing: 0 solved.",
}


@pytest.mark.parametrize("script", WHERE)
def test_it_says_truly_where_it_is_kept(show, script):
    page = show(Check("ex-states-by-hand"))
    page.evaluate(f"() => {{ {script} }}")
    assert answer(page, "0", "2", "0", "4") == "Right."
    assert root(page, BY_HAND).locator(".kept").inner_text() == WHERE[script]


def test_an_answer_is_read_as_it_was_meant_or_refused_in_words(page):
    fields = root(page, BY_HAND).locator(".answer input").all()
    ways = ["−0", "4/2", "0,0\u200b", "+4."]
    for field, text in zip(fields, ways, strict=True):
        field.focus()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(text)
    page.keyboard.press("Enter")
    assert root(page, BY_HAND).locator(".verdict").inner_text() == "Right."
    assert [field.input_value() for field in fields] == ["0", "2", "0", "+4."]
    refused = {
        "1,000": "has a comma for thousands or for decimals (leave it out, or write a point)",
        "0 2 0 4": "is more than one number (a field takes only one, without spaces)",
        "four": "is not a number (write it as −0.5, 2e−5 or 1/2)",
    }
    for text, why in refused.items():
        said = answer(page, "0", "2", "0", text)
        assert said == f"The answer needs a number in every field, but “{text}” {why}."
        assert page.evaluate("document.activeElement.ariaLabel") == "Your answer, place 4"
        assert page.evaluate("document.activeElement.value") == text


def test_a_shape_is_taken_as_it_was_meant(page):
    for text in ("16 x 41 × 12", "（16，41，12）", "16\u00a041\t12", "[16, 41, 12,]\u200b"):
        assert answer(page, text, check="check-ex-states-shape") == "Right.", text
    for text in ("16 041 12", "(16, 41, None)", "16,000, 41, 12", "16.0, 41, 12"):
        wanted = f"The answer is a shape, such as (2, 3), but “{text}” is not one."
        assert answer(page, text, check="check-ex-states-shape") == wanted, text
