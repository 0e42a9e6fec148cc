"""The gate stepper in a browser: numbers, valves and pipes, the hand on the gates, the chart."""

import itertools
import re

import numpy as np
import pytest

from rnncore.widgets import GateStepper
from rnncore.widgets.film import shown
from tests.support.family import assert_true, brief, button, follow, numbers_in, resize, root, twin
from tests.support.scripts import script
from tests.widgets.gate_stepper.test_cases import SIZES, random_parameters

X = [1.0, -0.5, 0.25, 2.0]
WEIGHTS = {
    "lstm": [[0.5, -1.0, 2.0, 0.3], [0.4, 0.7, -0.6, 1.1], [0.1, 0.9, -0.2, 0.3]],
    "gru": [[-0.8, 1.5, 2.0], [0.5, -1.2, 0.6], [0.4, -0.3, 0.2]],
    "simple": [2.0, -0.9, 0.1],
}
START = {"h0": 0.3, "c0": -0.7}
FREE = [-1, -1, -1, -1, -1]
BY_HAND = {"held": [0.25, 0.75, 0.5, 0.125, 0.0], "since": 3}
NAME = "gates"


def small(**changes):
    return GateStepper(**({"X": X, **WEIGHTS, **START} | changes), id=NAME)


@pytest.fixture
def page(shown_once):
    return shown_once(small())


@pytest.fixture
def presets(shown_once):
    return shown_once(GateStepper(id=NAME))


@pytest.fixture
def phone(shown_once):
    return shown_once(small(), viewport={"width": 360, "height": 740}, has_touch=True)


def flat(text):
    return re.sub(r"\s", "", text)


# --- Numbers ---------------------------------------------------------------------------


def test_every_step_shows_the_numbers_of_rnncore(page):
    hands = [("LSTM", {"held": FREE}), ("LSTM", BY_HAND), ("GRU", BY_HAND), ("simple", BY_HAND)]
    for step, (cell, hand) in itertools.product(range(5), hands):
        follow(page, NAME, step, cell=cell, **hand)
        numbers = assert_true(page, NAME)
        states = {(n["name"], n["index"][0]) for n in numbers if n["name"] in {"c", "h"}}
        whole = {(name, t) for name in ("c", "h") for t in range(step + 1)}
        assert states == whole, "a state is missing, or shown before its step"
        of_a_step = set(small().trace())
        assert all(n["index"][0] <= step for n in numbers if n["name"] in of_a_step)


def test_random_parameters_show_the_numbers_of_rnncore(page):
    rng = np.random.default_rng(8)
    for k in range(18):
        parameters = random_parameters(rng, [*SIZES][k % 3])
        follow(page, NAME, int(rng.integers(0, len(parameters["X"]) + 1)), **parameters)
        assert_true(page, NAME)


def test_the_arithmetic_of_the_lstm_is_written_out(page):
    follow(page, NAME, 1, **BY_HAND)
    lines = [flat(line) for line in root(page, NAME).locator(".sum p").all_inner_texts()]
    # i: 1 · 0.5 + 0.3 · 0.4 + 0.1 = 0.72; f: −1 + 0.21 + 0.9 = 0.11; c̃: 2 − 0.18 − 0.2 = 1.62
    assert lines[0] == "i1=σ(1×0.5+0.3×0.4+0.1)=σ(0.72)=0.6726"
    assert lines[1] == "f1=σ(1×(−1)+0.3×0.7+0.9)=σ(0.11)=0.5275"
    assert lines[2] == "c̃1=tanh(1×2+0.3×(−0.6)+(−0.2))=tanh(1.62)=0.9246"
    # c = 0.5275 · (−0.7) + 0.6726 · 0.9246 = −0.3692 + 0.6219 = 0.2527
    assert lines[4] == "c1=0.5275×(−0.7)+0.6726×0.9246=(−0.3692)+0.6219=0.2527"
    follow(page, NAME, 3, **BY_HAND)
    lines = [flat(line) for line in root(page, NAME).locator(".sum p").all_inner_texts()]
    assert lines[0] == "i3=0.25heldbyhand"
    assert lines[1] == "f3=0.75heldbyhand"


def test_the_arithmetic_of_gru_and_simple_is_written_out(page):
    run = twin(page, NAME).trace()
    follow(page, NAME, 2, cell="GRU")
    lines = [flat(line) for line in root(page, NAME).locator(".sum p").all_inner_texts()]
    z, before, new, h = run["z"][2], run["h_gru"][1], run["h_tilde"][2], run["h_gru"][2]
    start = f"h2={shown(z)}×{shown(before)}+{shown(1 - z)}×({shown(new)})="
    assert lines[3].startswith(start)
    assert lines[3].endswith(f"={shown(h)}")
    assert f"+{shown(run['r'][2])}×{shown(before)}×0.6+0.2)" in lines[2]
    follow(page, NAME, 1, cell="simple")
    # 1 · 2 + 0.3 · (−0.9) + 0.1 = 1.83
    text = flat(root(page, NAME).locator(".sum p").inner_text())
    assert text == "h1=tanh(1×2+0.3×(−0.9)+0.1)=tanh(1.83)=0.9498"


@pytest.mark.parametrize(
    ("cell", "equations"),
    [
        ("LSTM", ["ct=ft·ct−1+it·c̃t", "ht=ot·tanh(ct)", "i,f,o=σ(xtWx+ht−1Wh+b)"]),
        ("GRU", ["ht=zt·ht−1+(1−zt)·h̃t", "z,r=σ(xtWx+ht−1Wh+b)", "h̃=tanh(xtWx+rt·ht−1Wh+b)"]),
        ("simple", ["ht=tanh(xtWx+ht−1Wh+b)"]),
    ],
)
def test_the_equation_is_that_of_the_chosen_cell(page, cell, equations):
    follow(page, NAME, 2, cell=cell)
    parts = [flat(part) for part in root(page, NAME).locator(".equation .part").all_inner_texts()]
    assert parts[: len(equations)] == equations


def test_the_code_that_is_shown_computes_what_is_shown(page):
    kinds = [("LSTM", "lstm", "hc"), ("GRU", "gru", "h"), ("simple", "simple", "h")]
    for (cell, key, letters), hand in itertools.product(kinds, [{}, BY_HAND]):
        follow(page, NAME, 4, cell=cell, **hand)
        code = root(page, NAME).locator(".code code").all_text_contents()
        W_x, W_h, b = np.array(WEIGHTS[key])
        space = {"np": np, "X": X, "W_x": W_x, "W_h": W_h, "b": b, **START}
        space["sigmoid"] = lambda z: 1 / (1 + np.exp(-z))
        exec("\n".join(code), space)
        run = twin(page, NAME).trace()
        for letter in letters:
            name = letter if cell == "LSTM" else f"{letter}_{cell.lower()}"
            assert space[letter] == pytest.approx(run[name][-1], abs=1e-14)


def test_the_lines_that_run_are_marked(page):
    follow(page, NAME, 0, **BY_HAND)
    active = root(page, NAME).locator(".code .active")
    assert active.all_inner_texts() == ["h, c = h0, c0"]
    follow(page, NAME, 2, **BY_HAND)
    lines = [flat(line) for line in active.all_inner_texts()]
    assert lines[-2:] == ["c=f*c+i*c_tilde", "h=o*np.tanh(c)"]
    assert not any(line.startswith("if") for line in lines)
    follow(page, NAME, 3, **BY_HAND)
    assert "ift>=3:f,i,o=0.75,0.25,0.5#byhand" in [flat(t) for t in active.all_inner_texts()]


def test_each_cell_tells_its_step_in_words(page):
    follow(page, NAME, 3, **BY_HAND)
    run = twin(page, NAME).trace()
    told = root(page, NAME).locator(".live").inner_text()
    assert told.startswith("Step 3 of 4. LSTM: f = 0.75 by hand, i = 0.25 by hand, o = 0.5 by")
    assert f"c_3 = {shown(run['c'][3])}, h_3 = {shown(run['h'][3])}. GRU: z = 0.125" in told
    assert told.endswith(f"simple: h_3 = {shown(run['h_simple'][3])}.")
    described = root(page, NAME).locator('[data-cell="GRU"] svg desc').text_content()
    assert described in told


# --- The drawing -------------------------------------------------------------------------

VALVES = script(__file__, "valves")
BARS = """
(root) => [...root.querySelectorAll(".opening-bar")].map((bar) => ({
  value: Number(bar.dataset.value), share: bar.width.baseVal.value / Number(bar.dataset.full),
}))
"""


def test_valves_open_as_far_as_their_gates(page):
    for step, hand in [(2, {"held": FREE}), (3, BY_HAND), (4, {"held": [0, 1, 0, 1, 1]})]:
        follow(page, NAME, step, **hand)
        valves = root(page, NAME).evaluate(VALVES)
        assert [valve["name"] for valve in valves] == ["f", "i", "o", "z", "rest", "r"]
        for valve in valves:
            across, along = sorted(valve["sides"], key=lambda side: side != 8)
            assert across == 8 or along == 8
            opening = valve["sides"][1 if valve["name"] in "fz" else 0]
            assert opening == pytest.approx(valve["value"] * 24)
            assert valve["middle"] == pytest.approx(valve["slot"])
        bars = root(page, NAME).evaluate(BARS)
        assert len(bars) == 5
        assert all(bar["share"] == pytest.approx(bar["value"], abs=1e-4) for bar in bars)


def test_pipes_are_as_thick_as_what_flows_in_them(page):
    follow(page, NAME, 3)
    run = twin(page, NAME).trace()
    full = max(1, *np.abs(run["c"]), *np.abs(run["h"]))
    flows = [run["c"][2]]
    flows += [run[name][3] for name in ("kept", "c", "c_tilde", "written", "c", "tanh_c", "h")]
    widths = root(page, NAME).evaluate(
        """(root) => [...root.querySelectorAll("[data-cell=LSTM] .pipe")]
          .map((pipe) => parseFloat(pipe.style.strokeWidth))"""
    )
    np.testing.assert_allclose(widths, 1.5 + 9.5 * np.abs(flows) / full, atol=0.006)


def test_before_the_first_step_nothing_but_the_initial_states_is_known(page):
    follow(page, NAME, 0)
    shown_now = {n["name"] for n in numbers_in(root(page, NAME))}
    assert shown_now == {"c", "h", "h_gru", "h_simple", "simple", "X"}
    openings = root(page, NAME).evaluate(VALVES)
    assert all(min(valve["sides"]) == 0 for valve in openings)


def test_states_carry_the_names_of_their_steps(page):
    follow(page, NAME, 3)
    names = root(page, NAME).evaluate(
        """(root) => [...root.querySelectorAll(".cell")].map((cell) =>
          [...cell.querySelectorAll("rect.state")].map((box) =>
            [box.previousSibling.textContent, ...["name", "index"].map((key) =>
              box.nextSibling.dataset[key])]))"""
    )
    assert names == [
        [["c2", "c", "2"], ["c3", "c", "3"], ["h2", "h", "2"], ["h3", "h", "3"]],
        [["h2", "h_gru", "2"], ["h3", "h_gru", "3"]],
        [["h2", "h_simple", "2"], ["h3", "h_simple", "3"]],
    ]


def test_a_held_gate_is_marked_as_such_in_the_drawing(page):
    follow(page, NAME, 2, **BY_HAND)
    held = root(page, NAME).locator("rect.gate.held")
    assert held.count() == 0  # not yet: from step 3 on
    follow(page, NAME, 3, **BY_HAND)
    assert held.count() == 5
    roles = root(page, NAME).locator("[data-cell=LSTM] svg .role").all_text_contents()
    assert [text for text in roles if "held" in text] == ["f held", "i held", "o held"]


WAYS = """
(root) => {
  const numbers = (text) => (text ?? "").match(/[-\\d.]+/g)?.map(Number) ?? [];
  return {
    dots: [...root.querySelectorAll(".ways-chart .mark:not([visibility])")].map((dot) => ({
      name: dot.dataset.name, index: dot.dataset.index.split(",").map(Number),
      value: Number(dot.dataset.value), place: numbers(dot.getAttribute("transform")),
    })),
    along: [...root.querySelectorAll(".ways-chart .along")].map((line) =>
      numbers(line.getAttribute("d"))),
  };
}
"""


def test_the_way_back_is_drawn_for_every_step_and_told_for_the_first(page):
    follow(page, NAME, 3, reset="after", b_reset=-0.5)
    assert_true(page, NAME)
    run, seen = twin(page, NAME).trace(), root(page, NAME).evaluate(WAYS)
    places = {(dot["name"], *dot["index"]) for dot in seen["dots"]}
    assert places == {(n, 3, k) for n in ("dc", "dh_gru", "dh_simple") for k in range(4)}
    k, value, x, y = np.array([[d["index"][1], d["value"], *d["place"]] for d in seen["dots"]]).T
    across, upwards = np.polyfit(k, x, 1), np.polyfit(value, y, 1)
    np.testing.assert_allclose(x, np.polyval(across, k), atol=0.02)
    np.testing.assert_allclose(y, np.polyval(upwards, value), atol=0.02)
    for line, name in zip(seen["along"][:2], ("dc_along", "dh_gru_along"), strict=True):
        _, heights = np.reshape(line, (-1, 2)).T
        np.testing.assert_allclose(heights, np.polyval(upwards, run[name][3]), atol=0.02)
    rows = [flat(row) for row in root(page, NAME).locator(".ways tbody tr").all_inner_texts()]
    total, along, around = (brief(run[n][3][1]) for n in ("dc", "dc_along", "dc_around"))
    assert rows[0] == f"LSTMdc3/dc1{total}{along}{around}"
    assert rows[2] == f"simpledh3/dh1{brief(run['dh_simple'][3][1])}"
    described = root(page, NAME).locator(".ways-chart desc").text_content()
    assert f"arrives at step 1: LSTM {shown(run['dc'][3][1])}, GRU" in described


def test_the_reset_gate_is_put_after_the_product_and_keeps_its_bias(page):
    box = root(page, NAME)
    follow(page, NAME, 2, cell="GRU")
    weight = box.locator("[data-cell=GRU] svg .weight-name:not([visibility])")
    assert flat(weight.text_content()) == "·Wh"
    box.locator("[data-cell=GRU]").get_by_role("radio", name="after").check()
    assert twin(page, NAME).reset == "after"
    assert flat(weight.text_content()) == "·Wh+b′"
    box.locator("summary").click()
    box.get_by_label("b′ h̃").fill("-1.5")
    assert twin(page, NAME).b_reset == -1.5
    assert_true(page, NAME)
    line = flat(box.locator(".sum p").nth(2).inner_text())
    run = twin(page, NAME).trace()
    assert f"+{shown(run['r'][2])}×({shown(run['h_gru'][1])}×0.6+(−1.5)))=tanh(" in line
    assert flat(box.locator(".equation .part").nth(2).inner_text()) == (
        "h̃=tanh(xtWx+b+rt·(ht−1Wh+b′))"
    )
    code = box.locator(".code code").all_text_contents()
    W_x, W_h, b = np.array(WEIGHTS["gru"])
    space = {"np": np, "X": X, "W_x": W_x, "W_h": W_h, "b": b, "b_reset": -1.5, **START}
    space["sigmoid"] = lambda z: 1 / (1 + np.exp(-z))
    exec("\n".join(code), space)
    assert space["h"] == pytest.approx(run["h_gru"][-1], abs=1e-14)
    box.locator("[data-cell=GRU]").get_by_role("radio", name="before").check()
    assert twin(page, NAME).b_reset == 0
    assert box.get_by_label("b′ h̃").count() == 0
    box.locator("[data-cell=GRU]").get_by_role("radio", name="after").check()
    assert twin(page, NAME).b_reset == -1.5
    assert_true(page, NAME)


MARKS = script(__file__, "marks")


def test_the_chart_has_every_state_and_every_input_at_its_place(page):
    follow(page, NAME, 3, held=FREE)
    marks = root(page, NAME).evaluate(MARKS)
    dots, bars = marks["dots"], marks["bars"]
    assert {(dot["name"], dot["t"]) for dot in dots} == {
        (name, t) for name in ("c", "h", "h_gru", "h_simple") for t in range(4)
    }
    # One scale for all: the place is linear in the step and in the value.
    t, value, x, y = np.array([[d["t"], d["value"], *d["place"]] for d in dots]).T
    across, upwards = np.polyfit(t, x, 1), np.polyfit(value, y, 1)
    assert across[0] > 0
    assert upwards[0] < 0
    np.testing.assert_allclose(x, np.polyval(across, t), atol=0.02)
    np.testing.assert_allclose(y, np.polyval(upwards, value), atol=0.02)
    assert marks["zero"] == pytest.approx(upwards[1], abs=0.02)
    assert [bar["value"] for bar in bars] == X
    for k, bar in enumerate(bars):
        assert bar["x"] == pytest.approx(np.polyval(across, k + 1), abs=0.02)
        ends = sorted([np.polyval(upwards, bar["value"]), upwards[1]])
        assert [bar["y"], bar["y"] + bar["height"]] == pytest.approx(ends, abs=0.02)
    for line, name in zip(marks["lines"], ("c", "h", "h_gru", "h_simple"), strict=True):
        through = [d["place"] for d in dots if d["name"] == name]
        np.testing.assert_allclose(np.reshape(line, (-1, 2)), through, atol=0.02)


# --- The hand ------------------------------------------------------------------------------


def test_a_gate_that_is_moved_is_held_and_can_be_let_go(page):
    box = root(page, NAME)
    follow(page, NAME, 4)
    box.get_by_label("Gate f: forget gate").fill("0.25")
    assert twin(page, NAME).held == [-1, 0.25, -1, -1, -1]
    assert box.get_by_label("Hold f by hand").is_checked()
    assert_true(page, NAME)
    assert box.get_by_label("Gate f: forget gate").get_attribute("aria-valuetext") == (
        "0.25, held by hand"
    )
    box.get_by_label("Hold f by hand").uncheck()
    assert twin(page, NAME).held == FREE
    free = twin(page, NAME).trace()["f"][4]
    slider = box.get_by_label("Gate f: forget gate")
    assert slider.get_attribute("aria-valuetext") == f"{shown(free)}, free"
    assert float(slider.input_value()) == pytest.approx(free, abs=0.005)


def test_a_gate_that_is_ticked_is_held_where_it_stands(page):
    follow(page, NAME, 2)
    free = twin(page, NAME).trace()["z"][2]
    root(page, NAME).get_by_label("Hold z by hand").check()
    assert twin(page, NAME).held[3] == pytest.approx(free, abs=1e-12)  # not as the slider rounds
    assert_true(page, NAME)


def test_the_hand_begins_at_its_step(page):
    follow(page, NAME, 4, held=[0, 1, -1, 1, -1])
    root(page, NAME).get_by_label("By hand from step").select_option("2")
    assert twin(page, NAME).since == 2
    assert_true(page, NAME)
    run = twin(page, NAME).trace()
    assert run["c"][4] == run["c"][1] != run["c"][0]


def test_gates_are_moved_by_keyboard_alone(page):
    follow(page, NAME, 4)
    slider = root(page, NAME).get_by_label("Gate o: output gate")
    slider.focus()
    page.keyboard.press("Home")
    assert twin(page, NAME).held[2] == 0
    page.keyboard.press("ArrowRight")
    assert twin(page, NAME).held[2] == 0.01
    assert page.evaluate("document.activeElement.ariaLabel") == "Gate o: output gate"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press(" ")
    assert twin(page, NAME).held == FREE
    assert root(page, NAME).get_attribute("data-step") == "4"  # the keys were the controls' own


def test_the_weight_of_the_simple_update_is_moved_beside_it(page):
    follow(page, NAME, 4)
    root(page, NAME).get_by_label("Weight W_h of the simple update").fill("1.2")
    assert twin(page, NAME).simple == [2.0, 1.2, 0.1]
    assert_true(page, NAME)


def test_the_cell_to_look_at_is_chosen_and_a_preset_leaves_it(presets):
    page, box = presets, root(presets, NAME)
    box.get_by_role("radio", name="GRU").check()
    assert twin(page, NAME).cell == "GRU"
    assert box.locator(".cell.chosen").get_attribute("data-cell") == "GRU"
    button(page, NAME, "halves").click()
    assert twin(page, NAME).cell == "GRU"
    assert button(page, NAME, "halves").get_attribute("aria-pressed") == "true"
    note = box.locator(".note").inner_text()
    box.get_by_role("radio", name="simple").check()
    assert note == box.locator(".note").inner_text() != ""


@pytest.mark.parametrize("name", ["keeps", "halves", "writes over", "adds up", "hides"])
def test_presets_go_to_the_step_that_shows_them(presets, name):
    button(presets, NAME, name).click()
    wanted = next(p for p in GateStepper(id="a").presets if p["name"] == name)
    assert root(presets, NAME).get_attribute("data-step") == str(wanted["step"])
    assert root(presets, NAME).locator(".note").inner_text() == wanted["note"]
    assert_true(presets, NAME)


def test_what_is_left_of_a_half_open_gate_is_a_power(presets):
    button(presets, NAME, "halves").click()
    rows = [flat(r) for r in root(presets, NAME).locator(".readout tbody tr").all_inner_texts()]
    # c_1 = 0.9467, times 0.5^10 = 0.0009765625
    assert rows[0] == "LSTMcc11=0.0009f2⋯f11=0.510=0.001"
    assert rows[2] == "GRUhh11=0.0009z2⋯z11=0.510=0.001"
    assert rows[3].startswith("simplehh11=0.1826dh11/dh1=")
    first = root(presets, NAME).locator(".readout tbody tr").first
    root(presets, NAME).get_by_label("Time step").fill("3")
    assert flat(first.inner_text()) == "LSTMcc3=0.2367f2·f3=0.52=0.25"


# --- Predict first ---------------------------------------------------------------------------


def guess(page, value):
    box = root(page, NAME)
    box.locator(".guess input").fill(repr(float(value)))
    box.get_by_role("button", name="Check", exact=True).click()
    return box.locator(".verdict").inner_text()


def test_predict_first_knows_the_usual_slips(page):
    follow(page, NAME, 0, c0=-3.0)
    run = twin(page, NAME).trace()
    box = root(page, NAME)
    box.get_by_role("switch").check()
    button(page, NAME, "Next step").click()
    asked = box.locator(".guess label").inner_text()
    assert asked.startswith(f"c1 (f = {shown(run['f'][1])}, old c = −3, i = ")
    f, i, new, c = run["f"][1], run["i"][1], run["c_tilde"][1], run["c"][0]
    assert root(page, NAME).get_attribute("data-step") == "0"
    slips = {
        f * c + new: "add the whole candidate instead of what i lets in",
        i * c + f * new: "swap the gates (f keeps the old memory, i writes the candidate)",
        f * (c + i * new): "let f act on the candidate, too",
        c + i * new: "leave the forget gate out",
    }
    for wrong, why in slips.items():
        assert f"It is what you get if you {why}." in guess(page, wrong)
    assert guess(page, run["c"][1]).startswith("Right: c_1 (f = ")
    assert root(page, NAME).get_attribute("data-step") == "1"
    button(page, NAME, "Next step").click()
    assert box.locator(".guess label").inner_text().startswith("h2 (f = ")
    wrong = run["o"][2] * run["c"][2]
    assert "It is what you get if you forget the tanh around c." in guess(page, wrong)
    assert guess(page, run["h"][2]).startswith("Right: h_2")


def test_predict_first_asks_about_the_chosen_cell(page):
    run = twin(page, NAME).trace()
    box = root(page, NAME)
    box.get_by_role("switch").check()
    button(page, NAME, "Next step").click()
    box.get_by_role("radio", name="GRU").check()
    assert box.locator(".guess").is_hidden()  # the question was about the LSTM
    button(page, NAME, "Next step").click()
    z, h, new = run["z"][1], run["h_gru"][0], run["h_tilde"][1]
    assert "if you swap z and 1 − z (here z keeps" in guess(page, (1 - z) * h + z * new)
    assert "if you leave the old state out." in guess(page, (1 - z) * new)
    assert "if you use the candidate itself as h." in guess(page, new)
    assert guess(page, run["h_gru"][1]).startswith("Right: h_1")
    box.get_by_role("radio", name="simple").check()
    assert box.get_attribute("data-step") == "1"
    button(page, NAME, "Next step").click()
    assert "if you stop before the tanh." in guess(page, run["sum_simple"][2])
    assert guess(page, run["h_simple"][2]).startswith("Right: h_2")


# --- What leaves the page ----------------------------------------------------------------------


def test_copied_python_computes_what_is_shown(page):
    hands = [
        {"held": FREE},
        BY_HAND,
        {"held": [0, 1, -1, 1, -1], "since": 2},
        {"held": [1, 0.3, 0, 0, 0.9], "since": 1},
        {"held": [1, 0.3, 0, 0, 0.9], "since": 5},
        {"held": [-1, -1, -1, 0.3, -1], "since": 2, "reset": "after", "b_reset": -1.5},
    ]
    for hand, step in [(hands[0], 0), *itertools.product(hands, (1, 4))]:
        follow(page, NAME, step, **hand)
        button(page, NAME, "Copy as Python").click()
        space = {}
        exec(root(page, NAME).locator("pre.shared").inner_text(), space)
        shown_now = {(n["name"], *n["index"]): n["value"] for n in numbers_in(root(page, NAME))}
        for name in ("c", "h", "h_gru", "h_simple"):
            assert space[name].item() == pytest.approx(shown_now[name, step], abs=1e-12)


def test_a_link_restores_exactly_what_is_shown(page, shown_once):
    box = root(page, NAME)
    follow(page, NAME, 3)
    box.get_by_label("Gate i: input gate").fill("0.37")
    box.get_by_label("By hand from step").select_option("2")
    box.get_by_role("radio", name="GRU").check()
    box.locator("summary").click()
    box.get_by_label("W_x f", exact=True).fill("1.2345678901234567")
    button(page, NAME, "Copy link").click()
    fragment = box.locator("pre.shared").inner_text().split("#")[1]
    before = numbers_in(box)
    shown_once(small())
    assert numbers_in(box) != before
    page.evaluate("(hash) => { location.hash = hash; }", fragment)
    page.wait_for_selector("[data-step='3']")
    assert numbers_in(box) == before


def test_what_is_invalid_in_a_link_is_ignored(page):
    before = twin(page, NAME).values()
    queries = [
        *({"held": [2, -1, -1, -1, -1]}, {"held": [0.5, 0.5]}, {"since": 1.5}, {"since": 41}),
        *({"cell": "__proto__"}, {"X": 41 * [1.0]}, {"X": [1001.0]}, {"lstm": [[1.0, 2.0]] * 3}),
        *(
            {"reset": "never"},
            {"b_reset": 1},
            {"gru": [[1.0, 2.0, 3.0]] * 4},
            {"simple": [1.0]},
            {"h0": "NaN"},
            {"c0": "1e999"},
        ),
    ]
    for query in queries:
        follow(page, NAME, 2, **query)
        assert twin(page, NAME).values() == before
    assert_true(page, NAME)


# --- Fields, symbols, phones -------------------------------------------------------------------


def test_each_field_changes_its_own_number(page):
    box = root(page, NAME)
    follow(page, NAME, 4)
    box.locator("summary").click()
    fields = {"W_x i": ("lstm", 0, 0), "W_h c̃": ("lstm", 1, 2), "b o": ("lstm", 2, 3)}
    fields |= {"W_x z": ("gru", 0, 0), "W_h r": ("gru", 1, 1), "b h̃": ("gru", 2, 2)}
    fields |= {"W_x": ("simple", 0), "b": ("simple", 2), "h 0": ("h0",), "c 0": ("c0",)}
    fields |= {"x 2": ("X", 1)}
    for label, (name, *index) in fields.items():
        box.get_by_label(label, exact=True).fill("1.5")
        assert np.array(getattr(twin(page, NAME), name))[tuple(index)] == 1.5
        assert_true(page, NAME)
    # What stays is what stood there when the editing began.
    box.get_by_label("x 2", exact=True).fill("2000")
    page.keyboard.press("Tab")
    error = box.locator(".error:not(:empty)").inner_text()
    assert error == "x 2 takes a number from −1000 to 1000, but you typed 2000, so it stays −0.5."
    assert_true(page, NAME)


def test_a_symbol_lights_up_in_equation_code_and_picture(page):
    box = root(page, NAME)
    cells = {
        "LSTM": "c c_prev f i o c_tilde h h_prev x W_x W_h b",
        "GRU": "z r h_tilde h h_prev x W_x W_h b",
        "simple": "h h_prev x W_x W_h b",
    }
    for cell, syms in cells.items():
        follow(page, NAME, 3, cell=cell)
        for sym in syms.split():
            box.locator(f'.equation [data-sym="{sym}"]').first.focus()
            # In the gates' drawings the brown arrow stands for all that W_x, W_h and b bring in.
            places = [".code", ".sum"]
            if cell == "simple" or sym not in {"x", "W_h", "b"}:
                places.append(f'[data-cell="{cell}"] svg')
            for place in places:
                assert box.locator(f'{place} .lit[data-sym="{sym}"]').count() > 0, (place, sym)


WITHOUT_OBSERVER = "window.ResizeObserver = class { observe() {} disconnect() {} };"
WITHOUT_EVENT = """
() => new Promise((done) => requestAnimationFrame(() => {
  addEventListener("focusout", (event) => event.stopPropagation(), true);
  document.querySelector("[data-rnn-slot]").style.width = "360px"; // observed in this very frame
  setTimeout(done);
}))
"""


def test_a_knob_that_a_narrower_page_hides_hands_the_focus_to_the_choice_of_the_cell(page):
    root(page, NAME).get_by_label("Gate r: reset gate").focus()
    resize(page, 360)
    assert page.evaluate("document.activeElement.value") == "LSTM"


def test_it_hands_the_focus_on_when_layout_takes_it_before_the_observer_is_called(show):
    page = show(small(), init=WITHOUT_OBSERVER)
    root(page, NAME).get_by_label("Gate r: reset gate").focus()
    page.set_viewport_size({"width": 360, "height": 740})
    page.wait_for_function("document.activeElement.ariaLabel !== 'Gate r: reset gate'")
    assert page.evaluate("document.activeElement.value") == "LSTM"


def test_it_hands_the_focus_on_when_the_observer_is_called_before_layout_takes_it(show):
    page = show(small())
    root(page, NAME).get_by_label("Gate r: reset gate").focus()
    page.evaluate(WITHOUT_EVENT)
    assert page.evaluate("document.activeElement.value") == "LSTM"


def test_a_knob_of_a_cell_that_is_left_on_a_phone_hands_the_focus_on(phone):
    root(phone, NAME).get_by_label("Gate f: forget gate").focus()
    phone.evaluate("document.querySelector('[data-rnn-slot]').rnnModel.set('cell', 'GRU')")
    phone.wait_for_function("document.activeElement.ariaLabel !== 'Gate f: forget gate'")
    assert phone.evaluate("document.activeElement.value") == "GRU"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_has_room_for_it_and_shows_the_chosen_cell(phone, theme):
    page = phone
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    box = root(page, NAME)
    box.locator("summary").tap()
    for cell in ("LSTM", "GRU", "simple"):
        box.get_by_role("radio", name=cell).tap()
        follow(page, NAME, 3)
        assert box.locator(".cell:visible").evaluate_all(
            "(all) => all.map((c) => c.dataset.cell)"
        ) == [cell]
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
        too_small = box.evaluate(
            """(root) => [...root.querySelectorAll("button, select, input, summary, .hold")]
              .filter((node) => node.offsetParent !== null && node.type !== "checkbox")
              .filter((node) => Math.min(node.offsetWidth, node.offsetHeight) < 44)
              .map((node) => node.outerHTML.slice(0, 80))"""
        )
        assert too_small == []
        assert_true(page, NAME)


def test_all_cells_stand_side_by_side_in_a_column_of_the_book(page):
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_function("document.querySelector('.chart svg').clientWidth < 700")
    boxes = [page.locator(f'[data-cell="{c}"]').bounding_box() for c in ("LSTM", "GRU", "simple")]
    assert len({round(box["y"]) for box in boxes}) == 1
    assert page.locator("[data-cell=LSTM] svg").bounding_box()["width"] > 275.5  # not shrunk


def test_a_drag_changes_the_numbers_in_place(page):
    follow(page, NAME, 4, held=[0.5, 0.5, 0.5, 0.5, 0.5])
    root(page, NAME).get_by_label("Gate f: forget gate").fill("0.4")
    made = root(page, NAME).evaluate(
        """(root) => {
          const seen = new MutationObserver(() => {});
          seen.observe(root, { subtree: true, childList: true });
          const range = root.querySelector('[aria-label="Gate f: forget gate"]');
          range.value = 0.3;
          range.dispatchEvent(new Event("input", { bubbles: true }));
          const added = () => seen.takeRecords().flatMap((record) => [...record.addedNodes])
            .filter((node) => node.nodeType === 1).map((node) => node.outerHTML);
          return new Promise((done) => setTimeout(() => {
            const made = added();
            range.dispatchEvent(new Event("change", { bubbles: true })); // out of sight it waits
            done(made);
          }));
        }"""
    )
    assert made == []
    assert_true(page, NAME)
    assert "f, i, o = 0.3, 0.5, 0.5" in root(page, NAME).locator(".code").inner_text()
