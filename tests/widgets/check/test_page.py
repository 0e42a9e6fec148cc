"""The exercise on a page: fields, verdicts as the package gives them, hints, and what is kept."""

import numpy as np
import pytest

from rnncore import exercises
from rnncore.widgets import Check
from tests.support.family import button, root

NAMES = [name for name, exercise in exercises.EXERCISES.items() if exercise.question]
BY_HAND = "check-ex-states-by-hand"

VERDICTS = """
async ([id, texts]) => {
  const { texts: parts, states } = JSON.parse(document.getElementById("rnn-widgets").textContent);
  const state = Object.values(states).find((s) => s.id === id);
  const source = state._esm.map((part) => parts[part]).join("\\n");
  const module = new Blob([source], { type: "text/javascript" });
  const { trace } = await import(URL.createObjectURL(module));
  return texts.map((fields) => trace(state, fields));
}
"""


def answers(name, rng):
    """Right, wrong in the known ways, and wrong at random."""
    exercise = exercises.EXERCISES[name]
    found = [exercise.expected(), *(slip() for slip, _ in exercise.slips)]
    for value in list(found):
        if isinstance(value, tuple):
            found += [value[:-1], (*value, 1), tuple(n + 1 for n in value)]
        elif isinstance(value, list):
            found += [value[:-1], [*value, (1,)], [s[::-1] for s in value]]
        else:
            shape = np.shape(value)
            for size in (1e-4, 1e-3, 1):
                wrong = value + size * rng.normal(size=shape) * (rng.random(shape) < 0.5)
                found.append(np.asarray(wrong))
    return found


def as_texts(answer):
    """What a reader types for it."""
    if isinstance(answer, tuple):
        return [str(answer)]
    if isinstance(answer, list):
        return ["\n".join(map(str, answer))]
    return [repr(float(v)) for v in np.ravel(answer)]


@pytest.mark.parametrize("name", NAMES)
def test_the_verdict_is_that_of_the_package(show, name):
    page = show(Check(name))
    shape = np.shape(exercises.EXERCISES[name].expected())
    tried = answers(name, np.random.default_rng(len(name)))
    if isinstance(exercises.EXERCISES[name].expected(), (np.ndarray, float, int)):
        tried = [a for a in tried if np.shape(a) == shape]  # fields allow no other
    verdicts = page.evaluate(VERDICTS, [f"check-{name}", [as_texts(a) for a in tried]])
    said = [exercises.check(name, a).text.removeprefix(f"{name}: ") for a in tried]
    assert verdicts == said
    assert "right." in said
    assert len(set(said)) >= 3


def answer(page, *texts, check=BY_HAND):
    fields = root(page, check).locator(".answer :is(input, textarea)").all()
    for field, text in zip(fields, texts, strict=True):
        field.fill(text)
    button(page, check, "Check").click()
    return root(page, check).locator(".verdict").inner_text()


def test_an_answer_gets_its_verdict_at_once(show):
    page = show(Check("ex-states-by-hand"))
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


def test_shapes_may_be_written_in_several_ways(show):
    page = show(Check("ex-states-shape"))
    for text in ("(16, 41, 12)", "16, 41, 12", "[16,41,12]", "16 41 12"):
        assert answer(page, text, check="check-ex-states-shape") == "Right."
    for text in ("16, x", "(16; 41)", "16.5, 2"):
        wanted = "The answer is a shape, such as (2, 3)."
        assert answer(page, text, check="check-ex-states-shape") == wanted


def test_hints_come_one_by_one_and_the_answer_last(show):
    page = show(Check("ex-states-by-hand"))
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


def test_progress_is_kept_in_the_browser_and_can_be_cleared(show):
    page = show(Check("ex-states-by-hand"), Check("ex-states-h0"))
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


def test_what_is_kept_by_somebody_else_does_no_harm(show):
    junk = "localStorage.setItem('rnn-check:ex-states-by-hand', '%s')"
    for text in ("{", "null", "[1]", '{"answer": 5, "opened": "<b>"}', '{"answer": ["x", {}]}'):
        page = show(Check("ex-states-by-hand"), init=junk % text)
        assert answer(page, "0", "2", "0", "4") == "Right."


def test_the_fields_stay_within_an_exercise_on_a_small_phone(open_page):
    page = open_page("03_activations.html", viewport={"width": 360, "height": 800})
    for name in ("ex-act-by-hand", "ex-act-slope", "ex-act-shape"):
        widget = root(page, f"check-{name}")
        right = widget.locator(".cells").bounding_box()
        around = widget.bounding_box()
        assert right["x"] + right["width"] <= around["x"] + around["width"] - 8
