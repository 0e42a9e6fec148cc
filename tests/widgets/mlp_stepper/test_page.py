"""The MLP stepper in a browser: its numbers, its shapes, its controls."""

import re
from itertools import product

import numpy as np
import pytest

from rnncore import mlp
from rnncore.widgets import MLPStepper
from tests.support.family import (
    assert_true,
    button,
    flattened,
    follow,
    numbers_in,
    root,
    values,
)
from tests.support.scripts import script
from tests.widgets.mlp_stepper.test_cases import INFINITE, KINDS, random_values

X0 = [[1.0, 0.5], [0.0, 1.0], [-1.0, 2.0]]
W = [[[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]], [[0.6, -0.4], [0.5, 0.3], [-0.2, 0.7]]]
B = [[0.1, 0.0, -0.2], [0.0, 0.3]]
SUM, ONE = ".sum:not(.one) p", ".one p"
NET = {"x0": X0, "W": W, "B": B, "activations": ["relu", "softmax"]}


@pytest.fixture
def page(shown_once):
    return shown_once(*both())


def both():
    """A batch of three through two layers, and one vector through the same."""
    return MLPStepper(**NET, id="batch"), MLPStepper(**{**NET, "x0": X0[0]}, id="vector")


def texts(page, name, selector):
    """What stands there, without any space."""
    found = root(page, name).locator(selector).all_inner_texts()
    return [re.sub(r"\s", "", text) for text in found]


# --- Numbers ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["batch", "vector"])
def test_every_step_shows_the_numbers_of_rnncore_and_none_ahead(page, name):
    for step in range(5):
        follow(page, name, step)
        numbers = assert_true(page, name)
        seen = {(n["name"], n["index"][0]) for n in numbers if n["name"] in "xz"}
        i = max(0, (step + 1) // 2 - 1)  # the round
        expected = {("x", i)} | ({("z", i + 1)} if step > 0 else set())
        expected |= {("x", i + 1)} if step and step % 2 == 0 else set()
        assert seen == expected
        board = numbers_in(root(page, name).locator(".frame"))
        sizes = {"x": len(W[i]), "z": len(B[i])}
        rows = 3 if name == "batch" else 1
        assert sum(n["name"] == "x" and n["index"][0] == i for n in board) == rows * sizes["x"]
        assert sum(n["name"] == "z" for n in board) == (rows * sizes["z"] if step else 0)
        assert sum(n["name"] == "W" for n in board) == np.size(W[i])
        assert sum(n["name"] == "B" for n in board) == len(B[i])


def test_random_networks_and_infinite_numbers_show_the_numbers_of_rnncore(page):
    rng = np.random.default_rng(23)
    for given in [*(random_values(rng, KINDS[k % 3]) for k in range(20)), INFINITE]:
        step = 2 * len(given["W"]) - int(rng.integers(0, 3))
        follow(page, "batch", step, **given)
        assert root(page, "batch").get_attribute("data-step") == str(step)
        now = values(page, "batch")
        for name in ("x0", "W", "B"):  # as floats: a page sends 1e20 as an integer
            np.testing.assert_array_equal(flattened(now[name]), flattened(given[name]))
        assert all(now[name] == given[name] for name in ("activations", "form", "cell"))
        assert_true(page, "batch")


# --- Shapes, and where the loop ends ---------------------------------------------


def test_the_rounds_of_the_loop_carry_their_shapes_and_what_is_ahead_is_open(page):
    known = ["x0(3,2)", "z1(3,3)", "x1(3,3)", "x1(3,3)", "z2(3,2)", "x2(3,2)"]
    order = [0, 1, 2, 2, 3, 4]  # from which step on each is known
    for step in range(5):
        follow(page, "batch", step)
        expected = [t if step >= at else t[:2] + "?" for t, at in zip(known, order, strict=True)]
        assert texts(page, "batch", ".rounds .chip") == expected
        first, second, third, fourth = texts(page, "batch", ".rounds .arrow")
        assert first == "@W0(2,3)+B0(3,)"
        assert second == "relueachnumber"
        assert third == "@W1(3,2)+B1(2,)"
        assert fourth == "softmaxeachrow"
        now = root(page, "batch").locator(".rounds li[aria-current=step] .round").inner_text()
        assert now == f"i = {max(0, (step + 1) // 2 - 1)}"
    follow(page, "vector", 4)
    expected = ["x0(2,)", "z1(3,)", "x1(3,)", "x1(3,)", "z2(2,)", "x2(2,)"]
    assert texts(page, "vector", ".rounds .chip") == expected


def test_the_numbers_that_meet_are_the_marked_ones(page):
    follow(page, "batch", 1)
    assert texts(page, "batch", ".rounds .meets") == ["2", "2", "3", "3"]
    assert texts(page, "batch", ".sum .meets") == ["2", "2"]
    line = texts(page, "batch", SUM)[0]
    assert line == "(3,2)@(2,3)+(3,)→(3,3)2meets2,andbotharegone"
    follow(page, "vector", 3)
    assert texts(page, "vector", SUM)[0].startswith("(3,)@(3,2)+(2,)→(2,)3meets3")


def test_the_loop_ends_where_the_matrices_do(page):
    last = ".rounds .end"
    assert texts(page, "batch", last) == ["i=2ThereisnoW2,sotheloopends."]
    follow(page, "batch", 4)
    (text,) = texts(page, "batch", last)
    assert "2matrices,3arrays:x0…x2." in text
    with pytest.raises(IndexError):  # as the line says
        W[2]
    too_short = mlp.predict(X0, W[:1], B[:1], ["relu"])
    shape = str(too_short.shape).replace(" ", "")
    assert f"OnemoreroundwouldraiseanIndexError,andonefewerwouldstopatx[1],shape{shape}," in text
    assert texts(page, "batch", ".code code")[-1] == "y=x[-1]#x[2],theoutput"


def test_a_change_of_activation_is_named_wherever_it_acts(page):
    follow(page, "batch", 2, activations=["tanh", "linear"])
    assert texts(page, "batch", ".rounds .f") == ["tanh", "linear"]
    assert texts(page, "batch", ".equation .f") == ["tanh"]
    assert texts(page, "batch", ".bend .f") == ["tanh"]
    assert texts(page, "batch", ".caption.of-next small") == ["tanhofeachnumber"]
    assert "#f[0]istanh" in texts(page, "batch", ".code .active")[0]


# --- The arithmetic of one number --------------------------------------------------


def test_the_row_and_the_column_are_written_out(page):
    follow(page, "batch", 1, cell=[2, 1])
    # row (-1, 2) of x_0, column (-0.3, 0.4) of W_0, bias 0: 0.3 + 0.8 + 0 = 1.1
    assert texts(page, "batch", SUM)[1:] == [
        "z1,row3,column2=row3ofx0·column2ofW0+number2ofB0",
        *("=(−1)×(−0.3)+2×0.4+0", "=0.3+0.8+0", "=1.1"),
    ]
    follow(page, "vector", 1)
    assert texts(page, "vector", SUM)[1:] == [
        "z1,number1=x0·column1ofW0+number1ofB0",
        *("=1×0.5+0.5×0.1+0.1", "=0.5+0.05+0.1", "=0.65"),
    ]
    follow(page, "vector", 0)
    assert texts(page, "vector", SUM) == ["x0istheinput,shape(2,)oneexampleof2numbers,nobatchaxis"]


WRITTEN = {
    "linear": "x1,row1,column3=−0.3",
    "relu": "x1,row1,column3=max(0,−0.3)",
    "tanh": "x1,row1,column3=tanh(−0.3)",
    "sigmoid": "x1,row1,column3=1/(1+e−(−0.3))",
    "softmax": "x1,row1,column3=e−0.3/(e0.65+e−0.1+e−0.3)",
}


def test_each_activation_is_written_out_as_a_step_of_its_own(page):
    one = {"W": W[:1], "B": B[:1], "cell": [0, 2]}
    z = np.array([0.65, -0.1, -0.3])
    by_hand = {
        "linear": z[2],
        "relu": 0.0,
        "tanh": np.tanh(z[2]),
        "sigmoid": 1 / (1 + np.exp(0.3)),
        "softmax": np.exp(z[2]) / np.exp(z).sum(),
    }
    for name, expected in WRITTEN.items():
        follow(page, "batch", 2, **one, activations=[name])
        assert texts(page, "batch", SUM)[1] == expected
        result = root(page, "batch").locator(".sum:not(.one) b .num").get_attribute("data-value")
        assert float(result) == pytest.approx(by_hand[name], abs=1e-12)
        marked = root(page, "batch").locator(".board .z .on").count()
        assert marked == (3 if name == "softmax" else 1)  # softmax looks at the whole row


def test_equation_and_code_are_those_of_the_round(page):
    follow(page, "batch", 0)
    assert texts(page, "batch", ".code .active") == ["x=[x0]"]
    assert texts(page, "batch", ".equation") == ["z1=x0W0+B0x1=relu(z1)"]
    follow(page, "batch", 3)
    assert texts(page, "batch", ".code .active") == ["z=x[i]@W[i]+B[i]"]
    assert texts(page, "batch", ".code code")[1] == "foriinrange(len(W)):#i=1of0…1"
    assert texts(page, "batch", ".equation") == ["z2=x1W1+B1x2=softmax(z2)"]
    assert root(page, "batch").locator(".equation button").first.get_attribute("aria-label") == (
        "Light up z_2"
    )
    follow(page, "batch", 4)
    assert texts(page, "batch", ".code .active") == ["x.append(f[i](z))#f[1]issoftmax"]


def test_each_step_is_told_in_words(page):
    live = root(page, "batch").locator(".live[aria-live]")
    assert live.inner_text() == "Step 0 of 4: the input x_0, shape (3, 2)."
    follow(page, "batch", 1, cell=[2, 1])
    assert live.inner_text() == (
        "Step 1 of 4, i = 0: z_1, shape (3, 2) @ (2, 3) + (3,) → (3, 3), row 3, column 2:"
        " (−1) × (−0.3) + 2 × 0.4 + 0 = 1.1."
    )
    follow(page, "batch", 4, activations=["relu", "linear"])
    assert live.inner_text() == (
        "Step 4 of 4, i = 1: x_2 = linear(z_2), shape (3, 2), row 1, column 1: 0.39."
        " The loop ends: 2 matrices, 3 arrays."
    )


# --- The board ---------------------------------------------------------------------

PLACES = script(__file__, "places")


@pytest.mark.parametrize("width", [1280, 720, 360])
def test_the_row_stands_beside_and_the_column_above_the_number_they_make(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    for i in (0, 1):
        follow(page, "batch", 2 * i + 1, cell=[2, 1])
        assert_board(root(page, "batch").evaluate(PLACES), i)
        whole = "(frame) => frame.scrollWidth <= frame.clientWidth"
        assert root(page, "batch").locator(".frame").evaluate(whole)


def assert_board(places, i):
    """Row 3 and column 2 are looked at in round i."""
    shapes = {key: np.shape(places[key])[:2] for key in places}
    inputs, units = np.shape(W[i])
    assert shapes == {
        "W": (inputs, units),
        "B": (1, units),
        "x": (3, inputs),
        "z": (3, units),
        "next": (3, units),
    }
    for r in range(3):
        for c in range(units):
            cell = places["z"][r][c]
            assert cell["index"] == f"{i + 1},{r},{c}"
            for line in (*places["W"], *places["B"]):
                assert line[c]["left"] == pytest.approx(cell["left"], abs=0.5)
                assert line[c]["right"] == pytest.approx(cell["right"], abs=0.5)
                assert line[c]["bottom"] < cell["top"] + 1
            for before in places["x"][r]:
                assert before["top"] == pytest.approx(cell["top"], abs=0.5)
                assert before["right"] < cell["left"]
            assert not cell["spills"]
    lit = {
        key: {(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell["on"]}
        for key, rows in places.items()
    }
    assert lit["x"] == {(2, k) for k in range(inputs)}
    assert lit["W"] == {(k, 1) for k in range(inputs)}
    assert lit["B"] == {(0, 1)}
    assert lit["z"] == {(2, 1)}
    assert lit["next"] == set()


def test_each_array_of_the_board_has_its_name_its_shape_and_a_word(page):
    captions = ".board .caption"
    follow(page, "batch", 1)
    assert texts(page, "batch", captions) == [
        *("W0(2,3)weights", "+B0(3,)bias,addedtoeachrow", "x0(3,2)arowperexample"),
        *("z1(3,3)weightedsums", "x1reluofeachnumber"),  # x_1 is not there yet
    ]
    follow(page, "vector", 4)
    assert texts(page, "vector", captions) == [
        *("W1(3,2)weights", "+B1(2,)bias", "x1(3,)oneexample"),
        *("z2(2,)weightedsums", "x2(2,)softmaxofeachrow"),
    ]


def test_the_controls_stay_where_they_are_from_round_to_round(page):
    tops = set()
    for step in range(4):
        follow(page, "batch", step)
        box = button(page, "batch", "Next step").bounding_box()
        tops.add(round(box["y"] - root(page, "batch").bounding_box()["y"]))
    assert len(tops) == 1


def test_a_tap_on_a_number_a_row_or_a_column_looks_there(page):
    follow(page, "batch", 1)
    box = root(page, "batch")
    box.get_by_role("radio", name="row 2, column 3").check()
    assert values(page, "batch")["cell"] == [1, 2]
    assert texts(page, "batch", SUM)[-1] == "=−0.8"
    box.locator(".board .x .cell:visible").nth(4).click()  # row 3
    assert values(page, "batch")["cell"] == [2, 2]
    box.locator(".board .W .cell:visible").nth(1).click()  # column 2
    assert values(page, "batch")["cell"] == [2, 1]
    assert_true(page, "batch")
    button(page, "batch", "Next step").click()
    box.locator(".board .next .cell:visible").first.click()
    assert values(page, "batch")["cell"] == [0, 0]
    assert texts(page, "batch", SUM)[1:] == ["x1,row1,column1=max(0,0.65)", "=0.65"]


def test_arrow_keys_move_over_the_numbers_and_stop_at_the_edge(page):
    follow(page, "batch", 1)
    group = root(page, "batch").get_by_role("radiogroup", name="Which number of z_1 to look at")
    group.get_by_role("radio", name="row 1, column 1: 0.65").focus()
    wanted = [("ArrowRight", [0, 1]), ("ArrowDown", [1, 1]), ("ArrowRight", [1, 2])]
    wanted += [
        ("ArrowRight", [1, 2]),
        ("ArrowUp", [0, 2]),
        ("ArrowUp", [0, 2]),
        ("ArrowLeft", [0, 1]),
    ]
    for key, cell in wanted:
        page.keyboard.press(key)
        assert values(page, "batch")["cell"] == cell
        assert page.evaluate("document.activeElement.checked")
    assert root(page, "batch").get_attribute("data-step") == "1"
    page.keyboard.press("ArrowRight")
    page.evaluate("document.querySelector('[data-rnn-id=batch]').rnnModel.set('step', 3)")
    page.wait_for_selector("[data-rnn-id=batch] [data-step='3']")  # z_2 has two columns
    assert page.evaluate("document.activeElement.checked && document.activeElement.offsetWidth > 0")
    assert texts(page, "batch", SUM)[1].startswith("z2,row1,column2=")


def test_a_vector_has_one_row_of_numbers_to_look_at(page):
    follow(page, "vector", 1)
    labels = root(page, "vector").locator(".board .z label:visible").all_inner_texts()
    assert labels == ["number 1: \n0.65", "number 2: \n−0.1", "number 3: \n−0.3"] or [
        re.sub(r"\s+", " ", text) for text in labels
    ] == ["number 1: 0.65", "number 2: −0.1", "number 3: −0.3"]
    root(page, "vector").locator(".board .x .cell:visible").first.click()
    assert values(page, "vector")["cell"] == [0, 0]


def test_where_one_looks_changes_no_number_and_leaves_the_note_and_the_step(page):
    box = root(page, "batch")
    button(page, "batch", "saturated").click()
    note = box.locator(".note").inner_text()
    assert note.startswith("With weights ten times as large, tanh")
    box.get_by_role("switch").check()
    box.get_by_role("radio", name="row 2, column 3").check()
    assert box.locator(".note").inner_text() == note
    assert button(page, "batch", "saturated").get_attribute("aria-pressed") == "true"
    assert box.get_attribute("data-step") == "2"


# --- Controls ------------------------------------------------------------------------


FIELDS = {
    "x0 3,1": ("x0", (2, 0)),
    "W[0] 2,3": ("W", (0, 1, 2)),
    "W[1] 3,1": ("W", (1, 2, 0)),
    "B[0] 2": ("B", (0, 1)),
    "B[1] 1": ("B", (1, 0)),
}


def test_each_field_changes_its_own_number(page):
    box = root(page, "batch")
    box.locator("summary").click()
    for label, (param, path) in FIELDS.items():
        follow(page, "batch", 4)
        box.get_by_label(label, exact=True).fill("1.5")
        changed = values(page, "batch")[param]
        number = changed
        for i in path:
            number = number[i]
        assert number == 1.5
        pairs = zip(flattened(changed), flattened(NET[param]), strict=True)
        assert sum(a != b for a, b in pairs) == 1
        assert_true(page, "batch")
        box.get_by_label(f"Drag {label}").fill("-1")
        assert_true(page, "batch")
        button(page, "batch", "start values").click()


def test_the_fields_of_the_round_are_its_symbols(page):
    def marked():
        return (
            root(page, "batch")
            .locator(".field[data-sym]")
            .evaluate_all(
                "(all) => [...new Set(all.map((n) => n.dataset.sym + n.textContent.split(' ')[0]))]"
            )
        )

    assert marked() == ["xx0", "WW[0]", "bB[0]"]
    follow(page, "batch", 3)
    assert marked() == ["WW[1]", "bB[1]"]


def test_activations_and_form_can_be_chosen(page):
    box = root(page, "batch")
    follow(page, "batch", 4)
    box.locator("summary").click()
    first = box.get_by_label("activation f[0]", exact=True)
    last = box.get_by_label("activation f[1]", exact=True)
    assert first.locator("option").all_inner_texts() == [
        *("linear", "tanh", "sigmoid", "relu", "hard_sigmoid")
    ]
    assert last.locator("option").last.inner_text() == "softmax"
    first.select_option("sigmoid")
    assert values(page, "batch")["activations"] == ["sigmoid", "softmax"]
    assert_true(page, "batch")
    box.get_by_label("what goes in", exact=True).select_option("vector")
    assert_true(page, "batch")
    assert texts(page, "batch", ".rounds .chip")[0] == "x0(2,)"
    assert box.locator("details[open]").count() == 1


def test_bad_input_is_refused_in_words_and_the_last_good_value_stays(page):
    follow(page, "batch", 1)
    box = root(page, "batch")
    box.locator("summary").click()
    field = box.get_by_label("W[0] 1,1", exact=True)
    field.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.type("1e999")
    page.keyboard.press("Tab")
    message = box.locator(".error:not(:empty)").inner_text()
    assert message.startswith("W[0] 1,1 takes a finite number, but ")
    assert message.endswith("so it stays 0.5.")
    assert values(page, "batch")["W"] == W
    assert_true(page, "batch")


def test_keyboard_alone_steps_and_no_focus_is_lost(page):
    root(page, "batch").locator(".frame").focus()
    for key, step in {"ArrowRight": 1, "End": 4, "ArrowLeft": 3, "Home": 0}.items():
        page.keyboard.press(key)
        assert root(page, "batch").get_attribute("data-step") == str(step)
        assert_true(page, "batch")
    symbol = root(page, "batch").locator(".equation button").first
    symbol.focus()
    button(page, "batch", "Next step").dispatch_event("click")  # the equation is another now
    assert page.evaluate("document.activeElement.ariaLabel") == "Light up z_1"


def test_without_activations_one_matrix_gives_the_same(page):
    button(page, "batch", "no activation").click()
    box = root(page, "batch")
    assert box.get_attribute("data-step") == "4"
    assert "one matrix gives the same numbers" in box.locator(".note").inner_text()
    # 0.5·0.6 − 0.3·0.5 − 0.2·0.2 = 0.11 and 0.1·0.6 + 0.4·0.5 + 0.6·0.2 = 0.38; bias 0.06 + 0.04
    assert texts(page, "batch", ONE)[-1] == "z2,row1,column1=1×0.11+0.5×0.38+0.1=0.4"
    assert "shape(2,2)" in texts(page, "batch", ONE)[0]
    numbers = assert_true(page, "batch")
    assert sum(n["name"] == "W_one" for n in numbers) == 4 + 2  # the matrix, and its column again
    button(page, "batch", "Previous step").click()
    assert box.locator(".one").is_hidden()
    follow(page, "batch", 4)
    assert box.locator(".one").is_hidden()


def test_presets_lead_to_one_vector_and_back_to_the_batch(page):
    button(page, "batch", "one vector").click()
    assert texts(page, "batch", ".board .of-z") == ["z1(3,)weightedsums"]
    assert_true(page, "batch")
    button(page, "batch", "a batch of 3").click()
    assert texts(page, "batch", ".board .of-z") == ["z1(3,3)weightedsums"]
    assert_true(page, "batch")
    button(page, "vector", "a batch of 3").click()  # x, −x and zeros
    assert values(page, "vector")["x0"] == [[1, 0.5], [-1, -0.5], [0, 0]]
    assert_true(page, "vector")


# --- Predict first ---------------------------------------------------------------------


def guess(page, value):
    box = root(page, "batch")
    box.locator(".guess input").fill(str(value))
    box.get_by_role("button", name="Check", exact=True).click()
    return box.locator(".verdict").inner_text()


def test_predict_first_knows_the_usual_slips(page):
    follow(page, "batch", 0, cell=[2, 1])
    box = root(page, "batch")
    box.get_by_role("switch").check()
    button(page, "batch", "Next step").click()
    assert box.get_attribute("data-step") == "0"
    assert box.locator(".guess label").inner_text().strip() == "z1, row 3, column 2 ="
    # column 3 of W_0: −0.2 − 1.2 − 0.2 = −1.6; row 2 of x_0: 0.4; the first product: 0.3
    assert "if you use column 3 of W_0" in guess(page, -1.6)
    assert "if you use row 2 of x_0" in guess(page, 0.4)
    assert "if you stop after the first product" in guess(page, 0.3)
    assert guess(page, 1.1) == "Right: z_1, row 3, column 2 = 1.1."
    box.get_by_role("radio", name="row 1, column 2").check()
    button(page, "batch", "Next step").click()
    assert "if you leave the activation out" in guess(page, -0.1)
    assert "if you drop the sign, where relu gives 0" in guess(page, 0.1)
    assert guess(page, 0) == "Right: x_1, row 1, column 2 = 0."
    button(page, "batch", "Next step").click()
    box.get_by_role("radio", name="row 1, column 1").check()  # another question
    assert box.locator(".guess").is_hidden()
    button(page, "batch", "Next step").click()
    box.get_by_role("button", name="Show me").click()
    assert box.locator(".verdict").inner_text() == "z_2, row 1, column 1 = 0.39."
    button(page, "batch", "Next step").click()
    # z is (0.39, 0.04): 0.39/0.43 = 0.907, and e^0.39 = 1.477 without the division
    assert "leave out the exponential" in guess(page, 0.907)
    assert "leave out the division by the sum of the row" in guess(page, 1.477)
    assert_true(page, "batch")


# --- Links and code that leave the page --------------------------------------------------


def test_copied_python_computes_what_is_shown(page):
    for name, step in product(("batch", "vector"), (0, 1, 4)):
        assert_copied(page, name, step)


def assert_copied(page, name, step):
    follow(page, name, step, cell=[0, 1], activations=["tanh", "sigmoid"])
    button(page, name, "Copy as Python").click()
    space = {}
    exec(root(page, name).locator("pre.shared").inner_text(), space)
    run = MLPStepper(**values(page, name), id="a").trace()
    for given, computed in ((space["x"], run["x"]), (space["z"], run["z"][1:])):
        for theirs, ours in zip(given, computed, strict=True):
            np.testing.assert_allclose(theirs, ours, atol=1e-15)
            assert np.shape(theirs) == np.shape(ours)
    if step:
        looked = root(page, name).locator(".sum:not(.one) b .num").get_attribute("data-value")
        assert float(looked) == pytest.approx(float(space["number"]), abs=1e-12)


def test_copied_link_restores_exactly_what_is_shown(page, show):
    box = root(page, "batch")
    button(page, "batch", "one vector").click()
    box.locator("summary").click()
    box.get_by_label("W[1] 2,1", exact=True).fill("1.2345678901234567")
    box.get_by_label("activation f[0]", exact=True).select_option("tanh")
    box.get_by_label("Time step").fill("3")
    box.get_by_role("radio", name="number 2").check()
    button(page, "batch", "Copy link").click()
    link = box.locator("pre.shared").inner_text()
    other = show(*both(), fragment=link.split("#")[1])
    assert values(other, "batch") == values(page, "batch")
    assert numbers_in(root(other, "batch")) == numbers_in(box)
    MLPStepper.linked(MLPStepper(**NET, id="a").values(), link.split("?")[1])


LINKS = [
    ("step=5&cell=9,9", 4, {}),  # the last step
    ("step=3&cell=1.5,0&form=row", 3, {}),
    ("step=2&activations=softmax,relu", 2, {}),
    ("step=2&activations=tanh&W=1,2;3", 2, {}),
    ("step=2&W=1,2,3;4,5,6&B=1;2;3&x0=1,2,3", 2, {}),
    ("x0=" + ";".join(["1,2"] * 5), 0, {}),
    ("x0=" + ";".join(["1,2"] * 4), 0, {"x0": [[1, 2]] * 4}),
    ("W=" + "|".join(["1"] * 999), 0, {}),
    ("step=1&cell=2,2&id=<img src=x onerror=alert(1)>", 1, {"cell": [2, 2]}),
]


def test_what_is_invalid_in_a_link_is_ignored(page):
    start = values(page, "batch")
    for query, step, changes in LINKS:
        follow(page, "batch", 0)
        page.evaluate("(hash) => { location.hash = hash; }", f"#batch?{query}")
        page.wait_for_function("document.documentElement.dataset.rnnFollowed === location.hash")
        assert values(page, "batch") == start | changes, query
        assert root(page, "batch").get_attribute("data-step") == str(step), query
        assert_true(page, "batch")
    assert page.locator("img[src=x]").count() == 0


def test_a_link_may_change_shapes_together(page):
    deep = {"x0": [[1.0]], "W": [[[2.0]]] * 3, "B": [[0.0]] * 3, "activations": ["relu"] * 3}
    follow(page, "batch", 5, **deep)
    assert values(page, "batch") == values(page, "batch") | deep
    assert root(page, "batch").get_attribute("data-steps") == "6"
    assert_true(page, "batch")


# --- Where the reader is -------------------------------------------------------------------


def test_a_symbol_lights_up_in_equation_code_and_picture(page):
    box = root(page, "batch")
    follow(page, "batch", 2)
    for sym in ("z", "x", "W", "b", "x_next"):
        box.locator(f'.equation [data-sym="{sym}"]').first.focus()
        for part in (".equation", ".rounds", ".board", ".code"):
            assert box.locator(f'{part} .lit[data-sym="{sym}"]').count() > 0, (sym, part)
        assert box.locator(f'.lit:not([data-sym="{sym}"])').count() == 0
    box.locator(".board .W").hover(position={"x": 5, "y": 5})
    assert box.locator(".rounds .lit[data-sym=W]").count() == 1  # of this round alone


def test_the_largest_network_fits_a_phone_and_fingers(show):
    rng = np.random.default_rng(24)
    net = [rng.normal(size=(6, 6)) for _ in range(4)]
    bias = [rng.normal(size=6) for _ in range(4)]
    widget = MLPStepper(rng.normal(size=(4, 6)), net, bias, ["linear"] * 4, id="large", step=8)
    page = show(widget, viewport={"width": 360, "height": 740}, has_touch=True)
    box = root(page, "large")
    box.locator("summary").tap()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    small = box.evaluate(
        """(root) => [...root.querySelectorAll("button, select, input, summary, .switch")]
          .filter((node) => node.offsetParent !== null && node.type !== "checkbox")
          .filter((node) => Math.min(node.offsetWidth + 2, node.offsetHeight + 2) < 44)
          .map((node) => [node.offsetWidth, node.offsetHeight, node.outerHTML.slice(0, 80)])"""
    )
    assert small == []
    follow(page, "large", 7, cell=[3, 5])
    seen = box.evaluate(
        """(root) => {
          const of = (selector) => root.querySelector(selector).getBoundingClientRect();
          const [cell, frame] = [of(".board .here"), of(".frame")];
          return cell.left >= frame.left - 1 && cell.right <= frame.right + 1;
        }"""
    )
    assert seen
    assert_true(page, "large")
    spilling = [cell for row in box.evaluate(PLACES)["z"] for cell in row if cell["spills"]]
    assert spilling == []
