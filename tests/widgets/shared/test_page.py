"""What a reader types, pastes or follows is taken as it was meant, or refused in words."""

import pytest

from rnncore.widgets import Check, DigitReader, ShapeTracer, StateStepper
from tests.support.family import ask, button, refused, root, values

MEMORY = {"X": [1.0, 1.0, 0.0, 1.0, 0.0, 0.0], "W_x": 1.0, "W_h": 0.5}


@pytest.fixture
def page(shown_once):
    shapes = ShapeTracer(id="shapes")
    reader = DigitReader(id="reader")
    exercise = Check("ex-states-by-hand")
    return shown_once(StateStepper(**MEMORY, id="memory"), shapes, reader, exercise)


def field_of(page, name, label):
    """A field of the editor, which is open then."""
    editor = root(page, name).locator("details.editor")
    if editor.get_attribute("open") is None:
        editor.locator("summary").click()
    return root(page, name).get_by_label(label, exact=True)


def paste(page, field, text):
    """Put a text into a field at once, in place of what was there."""
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def told(page, name):
    """What the widget says of the one field that it refuses, and to which the words are tied."""
    error = root(page, name).locator(".error:not(:empty)")
    said = error.inner_text() if error.count() else ""
    assert list(refused(page, name).values()) == [said] * error.count()
    return said


# --- Fields --------------------------------------------------------------------


MEANT = {
    **{"−0.8": "-0.8", "–0.8": "-0.8", "－０．８": "-0.8", "0,5": "0.5", "1/4": "0.25"},
    **{"1.2e−5": "0.000012", "5\u202f000": "5000", "\u200b-1\ufeff ": "-1", "+.5": "0.5"},
}
REFUSED = {
    "1,000": "has a comma for thousands or for decimals (leave it out, or write a point)",
    "1.000,5": "has a comma for thousands or for decimals (leave it out, or write a point)",
    "1, 2, 3": "is more than one number (a field takes only one, without spaces)",
    "[1 2 3]": "is more than one number (a field takes only one, without spaces)",
    "5 000": "is more than one number (a field takes only one, without spaces)",
    "--1": "is not a number (write it as −0.5, 2e−5 or 1/2)",
    "∞": "is not a number (write it as −0.5, 2e−5 or 1/2)",
    "<img src=x>": "is not a number (write it as −0.5, 2e−5 or 1/2)",
    "1/0": "divides by 0",
    "1e999": "is too large",
}


def test_a_pasted_number_is_the_one_that_was_meant(page):
    field = field_of(page, "memory", "W_h")
    for text, shown in MEANT.items():
        paste(page, field, text)
        assert values(page, "memory")["W_h"] == float(shown), text
        assert field.input_value() == text  # what is typed stays, until the editing ends
        page.keyboard.press("Enter")
        assert field.input_value() == shown, text
        assert told(page, "memory") == ""
        assert field.get_attribute("aria-valuenow") == shown


def test_a_pasted_text_that_is_no_number_or_may_be_two_is_refused_in_words(page):
    field = field_of(page, "memory", "W_h")
    for text, why in REFUSED.items():
        paste(page, field, text)
        page.keyboard.press("Tab")
        said = f"W_h takes a finite number, but “{text}” {why}, so it stays 0.5."
        assert told(page, "memory") == said
        assert field.input_value() == "0.5"
        assert values(page, "memory")["W_h"] == 0.5
    assert page.locator("img[src=x]").count() == 0


def test_what_was_refused_is_no_longer_told_when_the_number_has_changed(page):
    field = field_of(page, "memory", "W_h")
    paste(page, field, "1,000")
    page.keyboard.press("Enter")
    assert told(page, "memory").endswith("so it stays 0.5.")
    button(page, "memory", "holds").click()
    assert (told(page, "memory"), field.get_attribute("aria-invalid")) == ("", None)
    assert field.input_value() == "1"


def test_a_column_from_a_table_is_more_than_one_number(show):
    allowed = ["clipboard-read", "clipboard-write"]
    page = show(StateStepper(**MEMORY, id="memory"), permissions=allowed)
    field = field_of(page, "memory", "W_h")
    for text in ("1\n2", "1\r\n2", "1\t2"):
        page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
        field.focus()
        page.keyboard.press("Control+A")
        page.keyboard.press("Control+V")
        page.keyboard.press("Enter")
        assert "is more than one number" in told(page, "memory"), text
        assert values(page, "memory")["W_h"] == 0.5


def test_what_is_not_typed_to_its_end_is_no_mistake_yet(page):
    field = field_of(page, "memory", "W_h")
    field.focus()
    for text in ("-0,25", "1e-3", "3/4", "−1.5"):
        page.keyboard.press("Control+A")
        for letter in text:
            page.keyboard.type(letter)
            assert told(page, "memory") == ""
            assert field.get_attribute("aria-invalid") is None
    assert values(page, "memory")["W_h"] == -1.5


def test_arrow_keys_count_and_the_wheel_does_not(page):
    field = field_of(page, "memory", "W_h")
    for text, up, down in [("0.5", 0.6, 0.5), ("−0.05", 0.0, -0.1), ("1e20", 1e20, 1e20)]:
        paste(page, field, text)
        page.keyboard.press("ArrowUp")
        assert float(field.input_value()) == values(page, "memory")["W_h"] == up
        page.keyboard.press("ArrowDown")
        assert values(page, "memory")["W_h"] == down
    field.hover()
    page.mouse.wheel(0, 30)
    assert values(page, "memory")["W_h"] == 1e20
    units = field_of(page, "shapes", "units")
    paste(page, units, "1")
    page.keyboard.press("ArrowDown")
    assert values(page, "shapes")["units"] == 1
    page.keyboard.press("ArrowUp")
    assert values(page, "shapes")["units"] == 2


def test_a_field_says_what_it_is_to_screen_readers_and_phones(page):
    field, units = field_of(page, "memory", "W_h"), field_of(page, "shapes", "units")
    assert field.get_attribute("role") == units.get_attribute("role") == "spinbutton"
    assert field.get_attribute("inputmode") is None  # a keypad may have no minus sign
    assert units.get_attribute("inputmode") == "numeric"
    bounds = [units.get_attribute(f"aria-value{name}") for name in ("min", "now", "max")]
    assert bounds == ["1", "100", "100000"]
    assert field.get_attribute("aria-valuemin") is None


def test_a_whole_number_is_whole(page):
    units = field_of(page, "shapes", "units")
    for text, value in {"5\u202f000": 5000, "１２": 12, "3.0": 3, "1e2": 100}.items():
        paste(page, units, text)
        page.keyboard.press("Enter")
        assert values(page, "shapes")["units"] == value
    for text in ("2.5", "1,000", "−3", "1e9"):
        paste(page, units, text)
        page.keyboard.press("Enter")
        assert told(page, "shapes").startswith("units takes a whole number from 1 to 100000, but ")
        assert told(page, "shapes").endswith(", so it stays 100.")
        assert values(page, "shapes")["units"] == 100


def test_a_shape_is_read_as_it_was_meant_or_refused_in_words(page):
    field = root(page, "shapes").get_by_label("shape of the input")
    ways = {
        "（None，5\u202f000）": "(None, 5000)",
        "None × 250 × 32": "(None, 250, 32)",
        "16 x 41": "(16, 41)",
        "[7\u00a0, 9]": "(7, 9)",
    }
    for text, shown in ways.items():
        paste(page, field, text)
        page.keyboard.press("Enter")
        assert field.input_value() == values(page, "shapes")["shape"] == shown
    for text in ("5 000", "(2; 3)", "(2, −3)", "(1,000)"):
        paste(page, field, text)
        page.keyboard.press("Enter")
        assert told(page, "shapes").endswith(f"“{text}” is not one, so the input stays (7, 9).")
        assert field.input_value() == "(7, 9)"


def test_a_guess_is_read_as_it_was_meant_or_refused_in_words(page):
    box = root(page, "memory")
    box.get_by_label("Predict first").check()
    button(page, "memory", "Next step").click()
    guess, verdict = box.locator(".guess input"), box.locator(".predict .verdict")
    for text, why in REFUSED.items():
        paste(page, guess, text)
        page.keyboard.press("Enter")
        said = f"A guess is a finite number, but “{text}” {why}."
        assert verdict.inner_text() == said
        assert refused(page, "memory") == {"Your guess for h_1": said}
    paste(page, guess, "−0,5")
    assert (refused(page, "memory"), verdict.inner_text()) == ({}, "")
    page.keyboard.press("Enter")
    assert refused(page, "memory") == {}  # a wrong guess is a good number
    assert verdict.inner_text().startswith("Not yet: −0.5 is off by 1.5.")
    assert guess.input_value() == "-0.5"
    paste(page, guess, "2/2")
    page.keyboard.press("Enter")
    assert verdict.inner_text() == "Right: h_1 = 1."


# --- Links ---------------------------------------------------------------------


def follow(page, fragment):
    """Go to a link as it came, and wait until it has arrived."""
    page.evaluate("(hash) => { location.hash = hash; }", fragment)
    page.wait_for_function("document.documentElement.dataset.rnnFollowed === location.hash")
    page.evaluate("new Promise((done) => setTimeout(done))")


def unread(page, name="memory"):
    """What the widget says of the link."""
    return ask(page, name, '(root) => root.querySelector(".unread").innerText')


def at(page, name="memory"):
    return int(root(page, name).get_attribute("data-step"))


SENT = [
    *("memory?step=3&W_h=-1.5.", "memory%3Fstep=3&W_h=-1.5", "memory%3Fstep%3D3%26W_h%3D-1.5"),
    *("memory?step=3&amp;W_h=−1.5", "memory?step=3&W_h=%E2%88%921.5)", "memory?W_h=-1.5&step=3»."),
    *(
        "memory?step=3&W%5C_h=-1.5",
        "memory?step%253D3%2526W_h%253D-3/2",
        "memory?step=+3&W_h=-1.5>",
    ),
]


@pytest.mark.parametrize("fragment", SENT)
def test_a_link_is_understood_as_people_and_programs_send_it(page, fragment):
    follow(page, fragment)
    assert (at(page), values(page, "memory")["W_h"], unread(page)) == (3, -1.5, "")


def test_a_page_opens_at_a_link_whose_question_mark_was_escaped(show):
    page = show(StateStepper(**MEMORY, id="memory"), fragment="memory%3Fstep=3%26W_h=1.5.")
    assert (at(page), values(page, "memory")["W_h"], unread(page)) == (3, 1.5, "")


def test_what_of_a_link_is_not_taken_is_told_beside_the_controls_until_the_reader_goes_on(page):
    follow(page, "memory?step=99&W_h=abc&b=0.25&colour=red")
    said = (
        "Part of this link could not be used: “step=99” is past the end, so this is step 6;"
        " “W_h=abc” is not a finite number, so W_h is 0.5; “colour=red” means nothing here."
    )
    assert unread(page) == said
    line = root(page, "memory").locator(".unread")
    assert line.is_visible()
    assert line.get_attribute("role") == "status"
    assert line.evaluate("(line) => line.previousElementSibling.className") == "transport"
    assert at(page) == 6
    assert (values(page, "memory")["W_h"], values(page, "memory")["b"]) == (0.5, 0.25)
    button(page, "memory", "Previous step").click()
    assert unread(page) == ""
    follow(page, "memory?step=2.5")
    assert unread(page).endswith("“step=2.5” is not a step, so this is step 5.")
    follow(page, "memory?step=2")
    assert (at(page), unread(page)) == (2, "")
    follow(page, "memory?step=3&W_h=abc")
    follow(page, "memory?step=4&W_h=abc")  # the same words, of another link
    assert "W_h=abc" in unread(page)
    field_of(page, "memory", "W_h").fill("2")
    assert unread(page) == ""


def test_a_link_goes_to_its_step_where_the_next_one_would_be_asked_for(page):
    box = root(page, "memory")
    box.get_by_label("Predict first").check()
    button(page, "memory", "Next step").click()
    assert box.locator(".guess").is_visible()
    for link, step in {"step=2": 2, "step=3&W_h=1.5": 3, "step=4&W_h=1.5": 4}.items():
        follow(page, f"memory?{link}")
        assert (at(page), unread(page)) == (step, "")
        assert not box.locator(".guess").is_visible()
    button(page, "memory", "Next step").click()
    assert at(page) == 4
    assert box.locator(".guess input").get_attribute("aria-label") == "Your guess for h_5"


def test_shapes_that_disagree_and_other_widgets_say_so_too(page):
    follow(page, "memory?step=1&X=1,2;3,4&W_h=1.5")
    assert "“X=1,2;3,4” is not finite numbers" in unread(page)
    assert (at(page), values(page, "memory")["W_h"]) == (1, 1.5)
    follow(page, "shapes?units=2.5&shape=16%20x%2032,&tokens=3")
    assert unread(page, "shapes").endswith("“units=2.5” does not fit, so units is 100.")
    assert values(page, "shapes")["shape"] == "(16, 32)"
    assert values(page, "shapes")["tokens"] == 3
    follow(page, f"reader?step=2&image={','.join(['2'] * 8)}&unit=3")
    assert "image is 0" in unread(page, "reader")
    assert (at(page, "reader"), values(page, "reader")["unit"]) == (2, 3)
    follow(page, "check-ex-states-by-hand?answer=0,2,0,4&step=1")
    said = unread(page, "check-ex-states-by-hand")
    assert said.endswith("“step=1” means nothing here; “answer=0,2,0,4” means nothing here.")


def test_a_hostile_link_is_told_in_a_few_words(page):
    start = values(page, "memory")
    hostile = [
        "__proto__=1&constructor=2&toString=3&a=4",
        "W_h=<img src=x onerror=alert(1)>",
        "&".join(f"p{i}=1" for i in range(20_000)),
        f"X={'1,' * 500_000}1",
        "%E0%A4%A&%&%%%=%",
    ]
    for query in hostile:
        follow(page, f"memory?{query}")
        assert 20 < len(unread(page)) < 300
        assert values(page, "memory") == start
    assert page.locator("img[src=x]").count() == 0
