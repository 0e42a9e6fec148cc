"""The state stepper: every number, every control, by mouse and by keyboard."""

import os
import re

import numpy as np
import pytest

from rnncore.widgets import StateStepper
from tests.support.family import assert_true, follow, numbers_in, root
from tests.support.scripts import script
from tests.support.stepper import as_number, assert_shows, run

CHAPTER = "02_compute_states.html"
ONES = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0]
MEMORY = {"X": ONES, "W_x": 1.0, "W_h": 0.5}
TOY = {
    "X": [[1.0, 0.5], [-0.5, 1.0], [0.5, -1.0]],
    "W_x": [[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]],
    "W_h": [[0.6, -0.2, 0.1], [0.3, 0.5, -0.4], [-0.1, 0.2, 0.7]],
    "b": [0.1, 0.0, -0.2],
}
FORMS = {"memory": MEMORY, "vector": TOY}

SETS = int(os.environ.get("SETS", 21))  # of each form; `make soak` takes more


@pytest.fixture
def steppers(show):
    """A function that opens a page with the two steppers of chapter 2."""

    def steppers(fragment="", **options):
        memory = StateStepper(**MEMORY, id="memory")
        vector = StateStepper(**TOY, id="vector", step=2)
        return show(memory, vector, fragment=fragment, **options)

    return steppers


@pytest.fixture
def page(shown_once):
    """The two steppers, on a desktop."""
    memory = StateStepper(**MEMORY, id="memory")
    return shown_once(memory, StateStepper(**TOY, id="vector", step=2))


@pytest.fixture
def phone(shown_once):
    """The same on a phone."""
    memory = StateStepper(**MEMORY, id="memory")
    vector = StateStepper(**TOY, id="vector", step=2)
    return shown_once(memory, vector, viewport={"width": 360, "height": 740}, has_touch=True)


@pytest.fixture
def opened(page):
    """The same, with all their panels open."""
    page.evaluate("document.querySelectorAll('.panel').forEach((panel) => (panel.open = true))")
    return page


@pytest.fixture
def chapter(open_page):
    """The whole of chapter 2, on a desktop."""
    return open_page(CHAPTER)


def button(page, stepper, name):
    return root(page, stepper).get_by_role("button", name=name, exact=True)


# --- Numbers -----------------------------------------------------------------


@pytest.mark.parametrize("stepper", FORMS)
def test_every_step_shows_the_numbers_of_rnncore(opened, stepper):
    for step in range(len(FORMS[stepper]["X"]) + 1):
        follow(opened, stepper, step)
        assert_shows(opened, stepper, step, **FORMS[stepper])


def random_parameters(rng, kind, features, units):
    """Ordinary, exploding, or saturated parameters.

    The scalar form explodes to infinity and beyond.  The vector form stays finite: where
    one product of a sum overflows, what comes out depends on how the sum is carried out.
    """
    timesteps = int(rng.integers(1, 7))
    power = rng.integers(60, 90) if units == 1 else rng.integers(0, 45)
    size = {"ordinary": 1.0, "exploding": 10.0**power, "saturated": 3.0}[kind]
    bent = str(rng.choice(["tanh", "sigmoid", "relu"]))

    def draw(*shape, scale=1.0):
        return (rng.normal(size=shape) * scale).tolist()

    inputs = 20.0 if kind == "saturated" else 1.0
    weights = {"W_x": draw(features, units, scale=inputs), "W_h": draw(units, units, scale=size)}
    values = {"X": draw(timesteps, features), **weights, "b": draw(units), "h0": draw(units)}
    if units == 1:
        values = {"X": np.ravel(values["X"]).tolist()} | {
            key: float(np.ravel(values[key])[0]) for key in ("W_x", "W_h", "b", "h0")
        }
    activation = {"ordinary": bent, "exploding": "linear", "saturated": "tanh"}[kind]
    return {**values, "activation": activation}


@pytest.mark.parametrize(("stepper", "features", "units"), [("memory", 1, 1), ("vector", 2, 3)])
def test_random_parameter_sets_show_the_numbers_of_rnncore(opened, stepper, features, units):
    rng = np.random.default_rng(20)
    not_finite = saturated = 0
    for i in range(SETS):
        kind = ["ordinary", "exploding", "saturated"][i % 3]
        parameters = random_parameters(rng, kind, features, units)
        step = int(rng.integers(0, len(parameters["X"]) + 1)) if i % 2 else len(parameters["X"])
        follow(opened, stepper, step, **parameters)
        assert_shows(opened, stepper, step, **parameters)
        h = run(**parameters)["h"]
        not_finite += not np.isfinite(h).all()
        saturated += kind == "saturated" and bool((np.abs(h[1:]) > 0.999).any())
    assert not_finite >= 2 or units > 1
    assert saturated >= 5


def test_infinity_and_what_is_no_number_are_shown_as_such_in_the_vector_form(opened):
    # 1, 1e200, then infinity; and infinity times the zeros beside the diagonal is no number.
    parameters = {"X": [[0.0, 0.0]] * 4, "W_x": [[0.0] * 3] * 2, "W_h": np.eye(3) * 1e200}
    parameters |= {"b": [0.0] * 3, "h0": [1.0] * 3}
    h = run(**parameters)["h"]
    assert np.isinf(h[2]).all()
    assert np.isnan(h[3]).all()
    for step in range(5):
        follow(opened, "vector", step, **parameters)
        assert_shows(opened, "vector", step, **parameters)


# --- What becomes of a state -----------------------------------------------------


def test_the_switch_turns_the_activation_off_and_on_again(page):
    box = root(page, "memory")
    follow(page, "memory", 6, activation="relu")
    switch = box.get_by_role("switch", name="Activation relu: on")
    switch.uncheck()
    assert_shows(page, "memory", 6, **MEMORY)
    box.get_by_role("switch", name="Activation relu: off").check()
    assert_shows(page, "memory", 6, **MEMORY, activation="relu")
    follow(page, "memory", 6)
    box.get_by_role("switch", name="Activation relu: off").press(" ")
    assert_shows(page, "memory", 6, **MEMORY, activation="relu")


def test_both_sizes_are_drawn_as_far_as_the_steps_have_gone(opened):
    box = root(opened, "memory")
    follow(opened, "memory", 3, W_h=1.5, activation="tanh")
    drawn = "circle[data-name=norm]:not([visibility=hidden])"
    assert box.locator(drawn).count() == 3  # h_0 = 0 has no place on a logarithmic axis
    follow(opened, "memory", 6, W_h=1.5, activation="tanh")
    # After the inputs each step multiplies by 1.5: 14.21875 · 1.5^44.
    words = box.locator(".ends").inner_text()
    assert "without it: 7.96e8 after 6 inputs and 44 steps of silence" in words
    places = box.evaluate(
        """(root) => ["norm", "norm_linear"].map((name) => [...root.querySelectorAll(
          `circle[data-name=${name}]:not([visibility=hidden])`)].map((c) => [
          Number(c.dataset.index), Number(c.dataset.value),
          Number(c.getAttribute("cx")), Number(c.getAttribute("cy"))]))"""
    )
    points = np.array([*places[0], *places[1]])
    across = np.polyfit(points[:, 0], points[:, 2], 1)
    upwards = np.polyfit(np.log10(points[:, 1]), points[:, 3], 1)
    np.testing.assert_allclose(np.polyval(across, points[:, 0]), points[:, 2], atol=0.01)
    np.testing.assert_allclose(np.polyval(upwards, np.log10(points[:, 1])), points[:, 3], atol=0.01)
    assert across[0] > 0 > upwards[0]


def test_the_shares_of_all_steps_add_up_to_the_state_of_a_linear_network(opened):
    box = root(opened, "memory")
    follow(opened, "memory", 3)
    rows = [re.sub(r"\s+", "", row) for row in box.locator(".terms tr").all_inner_texts()]
    # 1 · 0.5² + 0 · 0.5 + 1 = 1.25
    assert rows == ["x1WxWh20.25", "x2WxWh0", "x3Wx1", "thesum1.25", "h31.25"]
    assert "The rows add up to h3" in box.locator(".terms p").inner_text().replace("\n", "")
    follow(opened, "memory", 3, activation="tanh")
    assert box.locator(".terms p").inner_text().startswith("With tanh the rows don't add up to h3")
    follow(opened, "memory", 3, activation="relu")  # no sum is below 0
    said = box.locator(".terms p").inner_text().replace("\n", "")
    assert said == "With relu the rows happen to add up to h3. With other numbers they may not."
    follow(opened, "memory", 2, activation="relu", W_h=-1)  # relu(1 · -1) = 0, not -1
    assert box.locator(".terms p").inner_text().startswith("With relu the rows don't add up to h")
    follow(opened, "vector", 3)
    assert root(opened, "vector").locator(".terms tr").count() == 5


def test_a_panel_that_opens_shows_the_numbers_of_now_and_costs_nothing_while_it_is_shut(page):
    box = root(page, "memory")
    for step, title, name in [(3, "one linear map", "share"), (6, "50 steps", "norm")]:
        number = box.locator(f"[data-name={name}]").first
        assert number.count() == 0
        follow(page, "memory", step)
        box.locator("summary", has_text=title).click()
        number.wait_for(state="attached")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        assert_shows(page, "memory", step, **MEMORY)
        follow(page, "memory", 2, W_h=0.9)
        assert_shows(page, "memory", 2, **MEMORY | {"W_h": 0.9})
        box.locator("summary", has_text=title).click()
        number.wait_for(state="detached")
        follow(page, "memory", 2, W_h=0.5)


def test_four_units_fit_on_a_phone(show):
    rng = np.random.default_rng(4)
    weights = {"W_x": rng.normal(size=(2, 4)), "W_h": rng.normal(size=(4, 4))}
    wide = StateStepper(rng.normal(size=(3, 2)), **weights, activation="tanh", id="wide")
    page = show(wide, viewport={"width": 360, "height": 740})
    for step in range(4):
        follow(page, "wide", step)
        assert_true(page, "wide")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360


# --- Labels --------------------------------------------------------------------


def test_scalar_arithmetic_is_written_out_under_the_right_names(page):
    follow(page, "memory", 3)
    lines = root(page, "memory").locator(".sum p").all_inner_texts()
    flat = [re.sub(r"\s", "", line) for line in lines]
    assert flat == ["h3=x3·Wx+h2·Wh", "=1×1+0.5×0.5", "=1+0.25", "=1.25"]


def test_activation_and_bias_appear_in_the_arithmetic(page):
    follow(page, "memory", 1, activation="tanh", b=-0.5)
    lines = root(page, "memory").locator(".sum p").all_inner_texts()
    flat = [re.sub(r"\s", "", line) for line in lines]
    assert flat[:2] == ["h1=tanh(x1·Wx+h0·Wh+b)", "=tanh(1×1+0×0.5+(−0.5))"]
    assert as_number(flat[-1].lstrip("=")) == pytest.approx(np.tanh(0.5), abs=5e-5)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(("stepper", "form"), [("memory", "S[:, {}]"), ("vector", "S[0, {}]")])
def test_each_column_of_the_drawing_stands_under_its_own_names(page, stepper, form, width):
    page.set_viewport_size({"width": width, "height": 740})
    page.wait_for_function(
        "(narrow) => [...document.querySelectorAll('.unrolled')].every("
        "(drawn) => drawn.classList.contains('narrow') === narrow)",
        arg=width == 360,
    )
    follow(page, stepper, len(FORMS[stepper]["X"]))
    columns = root(page, stepper).evaluate(
        """(root) => [...root.querySelectorAll("g.time")].map((g) => ({
          heading: g.querySelector(".heading").textContent,
          input: g.querySelector(".x-name")?.textContent ?? null,
          numbers: [...g.querySelectorAll("[data-name]")].map((n) => n.dataset.index),
          places: [...g.querySelectorAll("text:not(.edge-name)")].map((n) => n.getAttribute("x")),
        }))"""
    )
    for t, column in enumerate(columns):
        assert column["heading"] in {form.format(t), form.format(t).replace(" ", "")}
        assert column["input"] == (None if t == 0 else f"x{t}")
        assert {index.split(",")[0] for index in column["numbers"]} == {str(t)}
        assert len(set(column["places"])) == 1, "a label stands beside its column"


def test_product_table_has_its_numbers_in_the_right_rows_and_columns(page):
    follow(page, "vector", 2)
    expected = run(**TOY)
    rows = root(page, "vector").locator("table.products tbody tr:visible").all()
    cells = [
        [re.sub(r"\s", "", c) for c in row.locator("th, td").all_inner_texts()] for row in rows
    ]
    heads = [row[0] for row in cells]
    assert heads == [
        *("x2feature1:−0.5", "x2feature2:1", "h1unit1:0.65", "h1unit2:−0.1", "h1unit3:−0.3"),
        *("b", "z2thecolumn'ssum", "h2=z2"),
    ]
    sums = [as_number(text) for text in cells[-2][1:]]
    np.testing.assert_allclose(sums, expected["z"][2], atol=5e-5)
    products = [
        [as_number(text) for text in row.locator("td > .num").all_inner_texts()] for row in rows
    ]
    np.testing.assert_allclose(products[:2], expected["from_x"][2], atol=5e-5)
    np.testing.assert_allclose(products[2:5], expected["from_h"][2], atol=5e-5)


def text_of(locator):
    return re.sub(r"\s", "", locator.inner_text())


def test_the_edges_of_the_drawing_carry_the_names_of_their_weights(page):
    for stepper in FORMS:
        edges = root(page, stepper).evaluate(
            """(root) => [...root.querySelectorAll("svg .edge-name")].map((name) => [
              name.dataset.sym, name.textContent, name.previousSibling.dataset.sym])"""
        )
        assert len(edges) == 2 * len(FORMS[stepper]["X"])
        for sym, text, arrow in edges:
            assert sym == arrow == text.replace("W", "W_")


def test_nodes_are_named_by_their_step(page):
    names = root(page, "vector").locator("svg .h-name").all_text_contents()
    assert names == ["h0", "h1", "h2", "h3"]
    title = root(page, "vector").locator("svg:has(.h-name) > title").text_content()
    assert title == "The network unrolled in time"
    follow(page, "vector", 2)
    described = root(page, "vector").locator("svg:has(.h-name) > desc").text_content()
    assert described == "3 inputs, 4 states; 2 of 3 updates done."


@pytest.mark.parametrize(
    ("stepper", "changes", "equation", "line"),
    [
        ("memory", {}, "ht=xtWx+ht−1Wh", "S[:,k+1]=X[:,k]*W_x+S[:,k]*W_h"),
        (
            "memory",
            {"activation": "relu", "b": 1.0},
            "ht=relu(xtWx+ht−1Wh+b)",
            "S[:,k+1]=relu(X[:,k]*W_x+S[:,k]*W_h+b)",
        ),
        ("vector", {}, "ht=xtWx+ht−1Wh+b", "S[:,k+1]=X[:,k]@W_x+S[:,k]@W_h+b"),
        (
            "vector",
            {"activation": "tanh", "b": [0, 0, 0]},
            "ht=tanh(xtWx+ht−1Wh)",
            "S[:,k+1]=np.tanh(X[:,k]@W_x+S[:,k]@W_h)",
        ),
    ],
)
def test_equation_and_code_say_what_is_computed(page, stepper, changes, equation, line):
    follow(page, stepper, 2, **changes)
    assert text_of(root(page, stepper).locator(".equation")) == equation
    assert text_of(root(page, stepper).locator(".code .active")) == line


def test_the_table_has_its_caption_and_its_columns(page):
    follow(page, "vector", 2)
    table = root(page, "vector").locator("table.products")
    assert table.locator("thead th").all_inner_texts() == ["comes in", "unit 1", "unit 2", "unit 3"]
    assert table.locator("caption").inner_text().startswith("Step 2: each number that comes in")


def test_how_far_it_is_stands_beside_the_range_and_in_words(page):
    follow(page, "vector", 2)
    box = root(page, "vector")
    assert box.locator(".count").inner_text() == "2 / 3"
    assert box.get_by_label("Time step").get_attribute("aria-valuetext") == "step 2 of 3"
    assert box.locator(".live").inner_text() == "Step 2 of 3: h_2 = 0.34, 0.31, −1.005."


@pytest.mark.parametrize("stepper", FORMS)
def test_each_field_stands_at_its_place_under_its_name(page, stepper):
    box = root(page, stepper)
    box.locator(".editor summary").click()
    groups = box.locator("fieldset").evaluate_all(
        """(all) => all.map((group) => ({
          legend: group.querySelector("legend").textContent,
          fields: [...group.querySelectorAll(".field")].map((field) => ({
            shown: field.querySelector(".field-name").textContent,
            label: field.querySelector("input").ariaLabel,
            sym: field.dataset.sym,
            value: Number(field.querySelector("input").value),
          })),
        }))"""
    )
    values = {"h0": [0.0] * 3 if stepper == "vector" else 0.0, "b": 0.0, **FORMS[stepper]}
    seen = 0
    for group in groups:
        for field in group["fields"]:
            assert field["shown"] == field["label"]
            name, _, place = field["label"].partition(" ")
            if stepper == "vector":
                assert group["legend"].startswith(f"{'h 0' if name == 'h' else name}:")
            if name == "h":
                name, place = "h0", place.partition(",")[2]
            index = tuple(int(i) - 1 for i in place.split(",")) if place else ()
            assert field["value"] == np.array(values["X" if name == "x" else name])[index]
            assert field["sym"] == {"h0": "h_prev"}.get(name, name)
            seen += 1
    assert seen == sum(np.size(value) for value in values.values())
    rows = box.locator("fieldset .field").first.evaluate(
        "(f) => getComputedStyle(f.parentNode).gridTemplateColumns.split(' ').length"
    )
    assert rows == 3 or stepper == "memory"  # a matrix of two rows and three columns looks it


def test_the_slider_says_which_field_it_moves(page):
    box = root(page, "vector")
    box.locator(".editor summary").click()
    box.get_by_label("W_x 2,3", exact=True).focus()
    assert box.locator(".slider-name").inner_text() == "drag W_x 2,3"
    box.get_by_label("Drag W_x 2,3").fill("1")
    changed = [TOY["W_x"][0], [0.1, 0.4, 1.0]]
    assert_shows(page, "vector", 2, **{**TOY, "W_x": changed})


def test_live_line_and_code_tell_the_step(page):
    box = root(page, "memory")
    follow(page, "memory", 0)
    assert box.locator(".code .active").inner_text() == "S = np.zeros((1, 7))"
    follow(page, "memory", 4, W_h=-0.5)
    assert box.locator(".live").inner_text() == "Step 4 of 6: h_4 = 1 × 1 + 1.25 × (−0.5) = 0.375."
    active = box.locator(".code .active").inner_text().strip()
    assert active == "S[:, k+1] = X[:, k]*W_x + S[:, k]*W_h"
    assert "# k = 3" in box.locator(".code").inner_text()


# --- Controls ------------------------------------------------------------------


def test_mouse_steps_plays_scrubs_and_resets(page):
    box = root(page, "memory")
    for step in range(1, 7):
        button(page, "memory", "Next step").click()
        assert_shows(page, "memory", step, **MEMORY)
    assert button(page, "memory", "Next step").get_attribute("aria-disabled") == "true"
    button(page, "memory", "Next step").click(force=True)
    assert_shows(page, "memory", 6, **MEMORY)
    button(page, "memory", "Previous step").click()
    assert_shows(page, "memory", 5, **MEMORY)
    box.get_by_label("Time step").fill("2")
    assert_shows(page, "memory", 2, **MEMORY)
    button(page, "memory", "Play").click()
    page.wait_for_function("document.querySelector('[data-rnn-id=memory] [data-step=\"3\"]')")
    button(page, "memory", "Pause").click()
    button(page, "memory", "Reset").click()
    assert_shows(page, "memory", 0, **MEMORY)


def test_play_stops_at_the_end_and_starts_again_from_there(page):
    follow(page, "vector", 2)
    button(page, "vector", "Play").click()
    page.wait_for_selector('[data-rnn-id=vector] [data-step="3"] [aria-label="Play"]')
    button(page, "vector", "Play").click()
    assert root(page, "vector").get_attribute("data-step") == "0"
    button(page, "vector", "Pause").click()


def test_keyboard_alone(page):
    button(page, "memory", "Reset").focus()
    page.keyboard.press("Shift+Tab")  # the drawing stands before the buttons
    assert "frame" in page.evaluate("document.activeElement.className")
    keys = {"ArrowRight": 1, "End": 6, "ArrowLeft": 5, "Home": 0}
    for key, step in keys.items():
        page.keyboard.press(key)
        assert_shows(page, "memory", step, **MEMORY)
    page.keyboard.press(" ")
    page.wait_for_selector('[data-rnn-id=memory] [data-step="1"]')
    page.keyboard.press(" ")
    assert button(page, "memory", "Play").count() == 1
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == "Next step"
    page.keyboard.press("Enter")
    assert_shows(page, "memory", 2, **MEMORY)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # the range keeps its own keys
    assert_shows(page, "memory", 3, **MEMORY)
    assert page.evaluate("document.activeElement.ariaLabel") == "Time step"


def test_keys_in_a_field_belong_to_the_field(page):
    follow(page, "memory", 2)
    root(page, "memory").locator(".editor summary").press("Enter")
    field = root(page, "memory").get_by_label("W_h", exact=True)
    field.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    assert root(page, "memory").get_attribute("data-step") == "2"
    page.keyboard.press("ArrowUp")  # a number field counts up
    assert_shows(page, "memory", 2, **{**MEMORY, "W_h": 0.6})


EACH_FIELD = {
    "memory": {
        "W_h": {"W_h": 1.5},
        "W_x": {"W_x": 1.5},
        "b": {"b": 1.5},
        "h 0": {"h0": 1.5},
        "x 1": {"X": [1.5, *ONES[1:]]},
    },
    "vector": {
        "W_h 2,3": {"W_h": [TOY["W_h"][0], [0.3, 0.5, 1.5], TOY["W_h"][2]]},
        "W_x 1,2": {"W_x": [[0.5, 1.5, 0.2], TOY["W_x"][1]]},
        "b 3": {"b": [0.1, 0.0, 1.5]},
        "h 0,2": {"h0": [0.0, 1.5, 0.0]},
        "x 2,1": {"X": [TOY["X"][0], [1.5, 1.0], TOY["X"][2]]},
    },
}


@pytest.mark.parametrize("stepper", FORMS)
def test_each_field_changes_its_own_number(page, stepper):
    step, changed = len(FORMS[stepper]["X"]), FORMS[stepper]
    follow(page, stepper, step)
    root(page, stepper).locator(".editor summary").click()
    for label, change in EACH_FIELD[stepper].items():
        root(page, stepper).get_by_label(label, exact=True).fill("1.5")
        changed = {**changed, **change}
        assert_shows(page, stepper, step, **changed)


def test_the_slider_drags_the_field_chosen_last(page):
    root(page, "memory").locator(".editor summary").click()
    follow(page, "memory", 6)
    root(page, "memory").get_by_label("Drag W_h").fill("1.5")
    assert_shows(page, "memory", 6, **{**MEMORY, "W_h": 1.5})
    root(page, "memory").get_by_label("x 2", exact=True).focus()
    root(page, "memory").get_by_label("Drag x 2").fill("-1")
    changed = [1.0, -1.0, *ONES[2:]]
    assert_shows(page, "memory", 6, **{**MEMORY, "W_h": 1.5, "X": changed})


def test_the_activation_can_be_chosen(page):
    follow(page, "vector", 3)
    root(page, "vector").locator(".editor summary").click()
    for activation in ("tanh", "sigmoid", "relu", "linear"):
        root(page, "vector").get_by_label("activation", exact=True).select_option(activation)
        assert_shows(page, "vector", 3, **TOY, activation=activation)


@pytest.mark.parametrize("typed", ["", "-", "e", "1e999"])
def test_bad_input_is_refused_in_words_and_the_last_good_value_stays(page, typed):
    follow(page, "memory", 6)
    root(page, "memory").locator(".editor summary").click()
    field = root(page, "memory").get_by_label("W_h", exact=True)
    field.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.type(typed)
    page.keyboard.press("Tab")
    message = root(page, "memory").locator(".error:not(:empty)").inner_text()
    assert message.startswith("W_h takes a finite number, but ")
    assert message.endswith("so it stays 0.5.")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.input_value() == "0.5"
    assert_shows(page, "memory", 6, **MEMORY)
    field.fill("0.25")
    assert field.get_attribute("aria-invalid") is None
    assert_shows(page, "memory", 6, **{**MEMORY, "W_h": 0.25})


@pytest.mark.parametrize(
    ("name", "W_h", "last"),
    [("holds", 1.0, 4), ("fades", 0.5, None), ("explodes", 1.5, None), ("alternates", -0.8, None)],
)
def test_the_four_memories(page, name, W_h, last):
    follow(page, "memory", 6)
    button(page, "memory", name).click()
    assert_shows(page, "memory", 6, **{**MEMORY, "W_h": W_h})
    if last is not None:  # the state counts the ones
        assert run(**{**MEMORY, "W_h": W_h})["h"][-1] == last
    box = root(page, "memory")
    assert f"W_h = {W_h:g}".replace("-", "−") in box.locator(".note").inner_text()
    assert button(page, "memory", name).get_attribute("aria-pressed") == "true"
    box.locator(".editor summary").click()
    box.get_by_label("W_h", exact=True).fill("3")  # and the caption is no longer true
    assert box.locator(".note").inner_text() == ""
    assert button(page, "memory", name).get_attribute("aria-pressed") == "false"


def test_vector_presets_and_back_to_the_start(page):
    follow(page, "vector", 3)
    for name, W_h in [("forgets", np.zeros((3, 3))), ("adds up", np.eye(3))]:
        button(page, "vector", name).click()
        assert_shows(page, "vector", 3, **{**TOY, "W_h": W_h})
    button(page, "vector", "shifts along").click()
    shelf = {"W_x": [[1, 0, 0], [0, 0, 0]], "W_h": np.eye(3, k=1), "b": [0, 0, 0]}
    assert_shows(page, "vector", 3, **{**TOY, **shelf})
    assert run(**{**TOY, **shelf})["h"][3].tolist() == [0.5, -0.5, 1.0]  # the last three inputs
    button(page, "vector", "start values").click()
    assert_shows(page, "vector", 3, **TOY)


# --- Predict first ---------------------------------------------------------------


def guess(page, value):
    box = root(page, "memory")
    box.locator(".guess input").fill(str(value))
    box.get_by_role("button", name="Check", exact=True).click()
    return box.locator(".verdict").inner_text()


def test_predict_first_hides_the_next_state_until_it_is_guessed(page):
    box = root(page, "memory")
    box.get_by_role("switch", name="Predict first").check()
    button(page, "memory", "Next step").click()
    assert_shows(page, "memory", 0, **MEMORY)
    box.locator(".frame").press("End")
    assert_shows(page, "memory", 0, **MEMORY)
    assert guess(page, "") == "Type a number first."
    assert guess(page, 1) == "Right: h_1 = 1."
    assert_shows(page, "memory", 1, **MEMORY)
    button(page, "memory", "Next step").click()
    # 0 × 1 + (1 + 0.5) = 1.5 is what adding the recurrent weight gives.
    verdict = guess(page, 1.5)
    assert verdict.startswith("Not yet: 1.5 is off by 1. It is what you get if you add the rec")
    assert_shows(page, "memory", 1, **MEMORY)
    assert guess(page, 0.5) == "Right: h_2 = 0.5."
    button(page, "memory", "Next step").click()
    box.get_by_role("button", name="Show me").click()
    assert box.locator(".verdict").inner_text() == "h_3 = 1.25."
    assert_shows(page, "memory", 3, **MEMORY)
    assert page.evaluate("document.activeElement.ariaLabel") == "Next step"
    button(page, "memory", "Previous step").click()
    button(page, "memory", "Next step").click()  # seen already: no question
    assert_shows(page, "memory", 3, **MEMORY)


# --- Links and code that leave the page --------------------------------------------


@pytest.mark.parametrize("stepper", FORMS)
def test_copied_python_computes_what_is_shown(page, stepper):
    step = 2
    changes = {"h0": 0.5 if stepper == "memory" else [0.5, -0.25, 0.125], "activation": "tanh"}
    follow(page, stepper, step, **changes)
    button(page, stepper, "Copy as Python").click()
    code = root(page, stepper).locator("pre.shared").inner_text()
    space = {}
    exec(code, space)
    parameters = {**FORMS[stepper], **changes}
    np.testing.assert_array_equal(space["S"][0], run(**parameters)["h"])
    shown = [n["value"] for n in numbers_in(root(page, stepper)) if n["name"] == "h"]
    assert np.abs(np.ravel(space["h"])[0] - shown).min() < 1e-12


def test_copied_link_restores_exactly_what_is_shown(page, steppers):
    box = root(page, "memory")
    box.locator(".editor summary").click()
    box.get_by_label("W_h", exact=True).fill("1.2345678901234567")
    button(page, "memory", "Next step").click()
    button(page, "memory", "Copy link").click()
    link = box.locator("pre.shared").inner_text()
    other = steppers(link.split("#")[1])
    assert numbers_in(root(other, "memory")) == numbers_in(box)


INVALID = [
    ("step=3&W_h=1.5", 3, {"W_h": 1.5}),
    ("step=99&W_h=abc&nothing=1", 6, {}),  # the last one, and it says so
    ("step=-1&W_h=Infinity&b=NaN", 6, {}),  # the step stays
    ("step=2&X=1,2,x&W_x=", 2, {}),
    ("step=2&X=1,2&W_h=1,2&activation=softmax", 2, {"X": [1.0, 2.0]}),
    ("step=1&activation=__proto__&X=" + ",".join(["1"] * 61), 1, {}),
    ("step=1&id=<img src=x onerror=alert(1)>", 1, {}),
]


def test_what_is_invalid_in_a_link_is_told_and_changes_nothing(page):
    for query, step, changes in INVALID:
        page.evaluate("(hash) => { location.hash = hash; }", f"memory?{query}")
        page.wait_for_function("document.documentElement.dataset.rnnFollowed === location.hash")
        assert_shows(page, "memory", step, **{**MEMORY, **changes})
        said = root(page, "memory").locator(".unread").inner_text()
        assert (said == "") == (query == "step=3&W_h=1.5"), query
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("fragment", ["%E0%A4%A?step=1", '"]?step=1'])
def test_a_page_opens_where_its_address_has_no_widget_behind_the_hash(steppers, fragment):
    assert_shows(steppers(fragment), "memory", 0, **MEMORY)


def test_anchors_of_headings_still_work(chapter):
    chapter.evaluate("location.hash = '#memory-is-a-power'")
    chapter.wait_for_function(
        "Math.abs(document.getElementById('memory-is-a-power').getBoundingClientRect().y) < 120"
    )


def test_links_in_the_prose_lead_to_their_step_each_time(chapter):
    for _ in range(2):
        chapter.get_by_role("link", name="and the last state is 4").click()
        chapter.wait_for_selector('[data-rnn-id=memory] [data-step="6"]')
        assert_shows(chapter, "memory", 6, **{**MEMORY, "W_h": 1.0})
        chapter.keyboard.press("Home")
        assert_shows(chapter, "memory", 0, **{**MEMORY, "W_h": 1.0})
    assert chapter.evaluate(
        "document.querySelector('[data-rnn-id=memory]').contains(document.activeElement)"
    )


# --- One thing in three forms ------------------------------------------------------


def test_a_symbol_lights_up_in_equation_code_and_picture(page):
    box = root(page, "memory")
    follow(page, "memory", 3)
    for sym in ("W_h", "x", "h_prev", "h", "W_x"):
        box.locator(f'.equation [data-sym="{sym}"]').focus()
        for part in (".equation", ".code", "svg", ".sum"):
            assert box.locator(f'{part} .lit[data-sym="{sym}"]').count() > 0, (sym, part)
        assert box.locator(f'.lit:not([data-sym="{sym}"])').count() == 0
    box.locator(".code [data-sym=W_h]").hover()
    assert box.locator("svg path.lit[data-sym=W_h]").count() == 6  # one weight, six times


def test_a_symbol_can_be_held_by_a_tap(page):
    box = root(page, "memory")
    box.locator(".equation [data-sym=W_x]").click()
    button(page, "memory", "Next step").click()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    assert box.locator(".equation [data-sym=W_x]").get_attribute("aria-pressed") == "true"
    assert box.locator("svg .lit[data-sym=W_x]").count() > 0


def test_a_symbol_stays_lit_while_its_field_is_typed_in(page):
    box = root(page, "memory")
    box.locator(".editor summary").click()
    box.get_by_label("W_h", exact=True).fill("0.75")
    assert box.locator("svg path.lit[data-sym=W_h]").count() == 6


def test_equations_of_the_page_and_steppers_light_up_together(chapter):
    chapter.locator("article .katex [data-sym=W_h]").first.hover()
    assert chapter.locator("article .katex .lit[data-sym=W_h]").count() > 1
    assert root(chapter, "memory").locator("svg path.glow[data-sym=W_h]").count() == 6
    root(chapter, "memory").locator(".code [data-sym=x]").hover()
    assert chapter.locator("article .katex .lit[data-sym=x]").count() > 0
    assert chapter.locator("[data-rnn-slot] .glow").count() == 0


def test_new_numbers_are_guessed_from_the_start(page):
    follow(page, "memory", 3)
    root(page, "memory").get_by_role("switch", name="Predict first").check()
    button(page, "memory", "explodes").click()
    assert_shows(page, "memory", 0, **{**MEMORY, "W_h": 1.5})


def test_a_question_that_new_numbers_close_leaves_the_focus_in_the_stepper(page):
    root(page, "memory").get_by_role("switch", name="Predict first").check()
    button(page, "memory", "Next step").click()
    assert page.evaluate("document.activeElement.ariaLabel") == "Your guess for h_1"
    page.evaluate("document.querySelector('[data-rnn-id=memory]').rnnModel.set('W_h', 1.5)")
    assert root(page, "memory").locator(".guess").is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "switch"


PIECES = script(__file__, "pieces")


def test_a_change_of_form_that_comes_piece_by_piece_is_shown_when_it_is_whole(page):
    seen, nan = page.evaluate(PIECES, "vector")
    assert seen == ["3vector"] * 4 + ["2scalar", "3vector"]
    assert not nan


# --- Where the reader is ---------------------------------------------------------


def colours(page):
    return root(page, "memory").evaluate(
        "(root) => [getComputedStyle(root).backgroundColor, getComputedStyle(root).color]"
    )


def as_rgb(colour):
    return "rgb({}, {}, {})".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_of_the_page_wins_over_that_of_the_system(open_page, system):
    from rnncore.palette import DARK, LIGHT

    page = open_page(CHAPTER, color_scheme=system)
    themes = {"light": LIGHT, "dark": DARK}
    seen = set()
    for _ in range(3):  # auto, light, dark, in the order of the page's own button
        page.locator(".theme-switch-button:visible").first.click()
        theme = page.evaluate("document.documentElement.dataset.theme")
        seen.add(theme)
        assert colours(page) == [as_rgb(themes[theme][name]) for name in ("paper", "ink")]
    assert seen == {"light", "dark"}


@pytest.mark.parametrize("stepper", FORMS)
def test_a_phone_has_room_for_it_and_fingers_have_too(phone, stepper):
    page = phone
    follow(page, stepper, 2)
    root(page, stepper).locator(".editor summary").tap()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    assert_shows(page, stepper, 2, **FORMS[stepper])
    small = root(page, stepper).evaluate(
        """(root) => [...root.querySelectorAll("button, select, input, summary, .switch")]
          .filter((node) => node.offsetParent !== null && node.type !== "checkbox")
          .filter((node) => Math.min(node.offsetWidth, node.offsetHeight) < 44)
          .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert small == []
    button(page, stepper, "Next step").tap()
    assert_shows(page, stepper, 3, **FORMS[stepper])


def test_the_story_of_a_phone_without_a_network(open_page):
    page = open_page(CHAPTER, viewport={"width": 360, "height": 740}, has_touch=True)
    page.evaluate(  # pictures come when they are near, so let them come before the network goes
        "() => Promise.all([...document.images].map((image) => {"
        " image.loading = 'eager'; return image.decode(); }))"
    )
    page.context.set_offline(True)
    for _ in range(6):
        button(page, "memory", "Next step").tap()
    root(page, "memory").locator(".editor summary").tap()
    root(page, "memory").get_by_label("W_h", exact=True).fill("1.5")
    assert_shows(page, "memory", 6, **{**MEMORY, "W_h": 1.5})
    # 1.5^5 + 1.5^3 + 1.5^2 + 1 = 7.59375 + 3.375 + 2.25 + 1
    assert root(page, "memory").locator(".sum b").inner_text() == "14.2188"


def test_no_motion_where_none_is_wanted(steppers):
    page = steppers(reduced_motion="reduce")
    durations = root(page, "memory").evaluate(
        "(root) => [...root.querySelectorAll('*')]"
        ".map((node) => getComputedStyle(node).transitionDuration)"
    )
    assert set(durations) == {"0s"}
