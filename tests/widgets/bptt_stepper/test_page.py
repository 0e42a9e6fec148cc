"""The stepper through the gradient in time: its numbers, its picture, its words, its controls."""

import itertools
import re

import numpy as np
import pytest

from rnncore.states import compute_states
from rnncore.widgets import BpttStepper
from rnncore.widgets.film import shown
from tests.support.family import assert_true, button, follow, numbers_in, root, twin
from tests.widgets.bptt_stepper.test_cases import random_parameters

SCALAR = {"X": [1.0, -1.0, 0.5, 1.0], "W_x": 1.0, "W_h": 0.9, "activation": "tanh"}
TOY = {
    "X": [[1.0, 0.5], [-0.5, 1.0], [0.5, -1.0]],
    "W_x": [[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]],
    "W_h": [[0.6, -0.2, 0.1], [0.3, 0.5, -0.4], [-0.1, 0.2, 0.7]],
    "b": [0.1, 0.0, -0.2],
    "activation": "tanh",
}
FORMS = {"scalar": SCALAR, "vector": TOY}
HALVES = {"X": [1.0, 0.0, 2.0], "W_x": 0.5, "W_h": 0.5, "id": "halves"}


@pytest.fixture
def page(shown_once):
    """Both forms, on a desktop."""
    return shown_once(*(BpttStepper(**FORMS[form], id=form) for form in FORMS))


@pytest.fixture
def halves(shown_once):
    """A function that shows a small network at a step, with other values of some parameters."""
    page = shown_once(BpttStepper(**HALVES))

    def halves(step, **parameters):
        follow(page, "halves", step, **parameters)
        return page

    return halves


def ones(form):
    """A gradient of 1 from the loss to every unit of every state."""
    values = FORMS[form]
    return np.ones(np.shape(values["X"])[:1] + np.shape(values["W_h"])[:1])


def text_of(locator):
    return re.sub(r"\s", "", locator.inner_text())


# --- Numbers -----------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_every_step_shows_the_numbers_of_rnncore(page, form):
    T = len(FORMS[form]["X"])
    dS = ones(form)
    dS[0] = -0.5
    for step in range(2 * T + 1):
        for options in ({}, {"window": 2, "dS": dS}, {"derivative": "local", "weight": "W_x"}):
            follow(page, form, step, **options)
            numbers = assert_true(page, form)
            assert_only_what_is_reached(numbers, step, T)
    follow(page, form, 2 * T, derivative="local", weight="b", dS=dS, scale=1.7)
    assert_true(page, form)


def assert_only_what_is_reached(numbers, step, T):
    """Forward: states to h_step and nothing of the way back; then down to step 2T + 1 - step."""
    to = 2 * T + 1 - step
    for number in numbers:
        name, index = number["name"], number["index"]
        if name == "h":
            assert index[0] <= step, number
        elif name in {"dh", "slope", "dz", "dx"} or re.match("(local|held|sum|d[WHb])_?", name):
            assert index[0] >= to or (name == "dh" and index[0] == 0 and to <= 1), number
        elif name == "back":
            assert index[0] >= to - 1, number
    reached = {n["index"][0] for n in numbers if n["name"] == "dh"}
    assert reached == {t for t in range(T + 1) if t >= to or (t == 0 and to == 1)}


@pytest.mark.parametrize(("form", "features", "units"), [("scalar", 1, 1), ("vector", 2, 3)])
def test_random_states_of_the_page_show_the_numbers_of_rnncore(page, form, features, units):
    rng = np.random.default_rng(43)
    T = len(FORMS[form]["X"])
    for i in range(12):
        kind = ["ordinary", "exploding", "saturated"][i % 3]
        parameters = random_parameters(rng, kind, features, units, T)
        if i % 2:
            follow(page, form, int(rng.integers(0, 2 * T + 1)), **parameters)
        else:
            follow(page, form, 2 * T, **parameters)
        np.testing.assert_array_equal(twin(page, form).values()["W_h"], parameters["W_h"])
        assert_true(page, form)


# --- Words ---------------------------------------------------------------------


def pairs(page, form="scalar"):
    """The lines of the arithmetic: (went forward, [comes back, …])."""
    return [
        (text_of(pair.locator(".forth")), [text_of(p) for p in pair.locator(".back p").all()])
        for pair in root(page, form).locator(".pair:not(.heads)").all()
    ]


def test_each_backward_line_stands_beside_the_forward_line_that_it_undoes(halves):
    page = halves(step=5)
    # h: 0, 0.5, 0.25, 1.125.  At t = 2: dL/dh_2 = 0.5, from step 3 alone.
    assert pairs(page, "halves") == [
        ("h2goesintoLandintoz3", ["dL/dh2=0fromL+0.5fromstep3=0.5"]),
        ("h2=z2=0.25", ["dL/dz2=dL/dh2·f′(z)=0.5×1=0.5"]),
        (
            "z2hash1Wh=0.5×0.5",
            ["dL/dWhgetsh1·dL/dz2=0.5×0.5=0.25", "dL/dh1getsdL/dz2·Wh=0.5×0.5=0.25"],
        ),
        ("+x2Wx=0×0.5", ["dL/dWxgetsx2·dL/dz2=0×0.5=0"]),
        ("+b=0", ["dL/dbgetsdL/dz2=0.5"]),
    ]


def test_the_first_line_back_has_nothing_from_later(halves):
    page = halves(step=4)
    first = pairs(page, "halves")[0]
    assert first == ("h3goesintoL,andnolaterstepusesit", ["dL/dh3=1fromL=1"])


@pytest.mark.parametrize(
    ("activation", "line"),
    [
        # h_1 = tanh(0.5) = 0.4621;  0.4621² = 0.2135
        ("tanh", "f′(z)=1−h²=1−0.4621²=0.7864"),
        # h_1 = 1 / (1 + e^-0.5) = 0.6225
        ("sigmoid", "f′(z)=h(1−h)=0.6225×(1−0.6225)=0.235"),
    ],
)
def test_a_slope_made_of_the_state_is_written_out(halves, activation, line):
    page = halves(activation=activation, step=6)
    lines = pairs(page, "halves")[1][1]
    assert lines[0] == line
    assert lines[1].startswith("dL/dz1=dL/dh1·f′(z)=")


def test_a_window_says_where_it_ends(halves):
    page = halves(step=5, window=2)
    passes = "Thewindowof2letsthrough{}ofdL/dz2,becausewhatenteredatstep3endshere."
    assert pairs(page, "halves")[2][1][1:] == [passes.format(0), "dL/dh1gets0×0.5=0"]
    follow(page, "halves", 5, window=2, dS=[1.0, 1.0, 1.0])
    # dz_2 = 1 + 0.5; the 0.5 entered at step 3 and stops.
    assert pairs(page, "halves")[2][1][1:] == [passes.format(1), "dL/dh1gets1×0.5=0.5"]


def test_a_sum_within_a_window_stands_beside_the_whole_gradient(halves):
    page = halves(step=6, window=2)
    told = root(page, "halves").locator(".told")
    # of W_h: h_0 is 0, so that nothing is lost; of W_x: 0.5² · 1 of step 1 is
    assert told.inner_text().endswith("Within it the sum is 0.5, and without a window 0.5.")
    follow(page, "halves", 6, window=2, weight="W_x")
    assert told.inner_text().endswith("Within it the sum is 2, and without a window 2.25.")
    follow(page, "halves", 6, window=1, weight="b", derivative="local")
    assert text_of(told).endswith("Thesumis1,andthatofdL/dbis1.75.")


def test_local_and_total_stand_beside_one_another_for_the_step_in_hand(halves):
    page = halves(step=5, derivative="local")
    told = text_of(root(page, "halves").locator(".told"))
    assert "Att=2thelocalcontributionis0,andthetotaloneis0.25." in told


def test_pointing_at_one_weight_lights_it_up_on_both_ways(page):
    follow(page, "vector", 5)
    tables = root(page, "vector").locator(".mirror table").all()
    tables[0].locator("tbody tr").nth(0).locator("td").nth(1).hover()
    lit = [[td.locator("[data-name=W_h]").get_attribute("data-index")
            for td in table.locator("td.wire").all()] for table in tables]  # fmt: skip
    assert lit == [["0,1"], ["0,1"]]
    root(page, "vector").get_by_role("button", name="Next step").hover()
    assert root(page, "vector").locator("td.wire").count() == 0


def test_what_comes_back_stands_beside_what_would_without_the_transpose(page):
    follow(page, "vector", 5)
    slip = root(page, "vector").locator(".mirror + p")
    dz, W_h = BpttStepper(**TOY, id="x").trace()["dz"][2], np.array(TOY["W_h"])
    wrong = slip.locator("[data-name=untransposed]").evaluate_all(
        "(all) => all.map((n) => Number(n.dataset.value))"
    )
    np.testing.assert_allclose(wrong, dz @ W_h, rtol=1e-12)
    assert slip.inner_text().endswith(f"it would be {', '.join(map(shown, wrong))}.")
    follow(page, "vector", 5, W_h=(W_h + W_h.T).tolist())
    assert slip.inner_text().endswith(", which is the same here.")


def test_table_of_contributions_adds_up_to_the_gradient(halves):
    page = halves(step=6)
    table = root(page, "halves").locator("table.adds")
    rows = [
        [text_of(c) for c in r.locator("th, td:not(.bars)").all()]
        for r in table.locator("tbody tr").all()
    ]
    # h_{t-1} · f' = local, × dL/dh_t, = adds: 0, 0.5 · 0.5, 0.25 · 1
    assert rows == [
        ["t=1", "0", "1", "0", "0.25", "0"],
        ["t=2", "0.5", "1", "0.5", "0.5", "0.25"],
        ["t=3", "0.25", "1", "0.25", "1", "0.25"],
        ["thesum:thegradientdL/dWh", "0.5"],
    ]
    button(page, "halves", "local").click()
    rows = [
        [text_of(c) for c in r.locator("th, td:not(.bars)").all()]
        for r in table.locator("tbody tr").all()
    ]
    assert [row[-1] for row in rows] == ["0", "0", "0.25", "0.25"]
    told = root(page, "halves").locator(".told").inner_text()
    assert told.endswith("The sum is 0.25, and that of dL/dWh is 0.5.")
    button(page, "halves", "total").click()
    assert "is a sum of 3 contributions" in root(page, "halves").locator(".told").inner_text()


def test_what_is_ahead_is_a_dot_in_the_table(halves):
    page = halves(step=5)
    cells = root(page, "halves").locator("table.adds tbody tr").first.locator("td:not(.bars)")
    assert set(cells.all_inner_texts()) == {"·"}
    assert text_of(root(page, "halves").locator("table.adds .total")) == "thesumsofar0.5"


def test_a_table_of_vectors_has_what_has_come_back_alone(page):
    table = root(page, "vector").locator("table.adds")
    T = len(TOY["X"])
    for step in (T, T + 1, 2 * T):
        follow(page, "vector", step)
        seen = [body for body in table.locator("tbody").all() if body.is_visible()]
        assert len(seen) == (step - T + 1 if step > T else 0)
    heads = [text_of(head) for head in table.locator("thead th").all()]
    assert heads[2].startswith("×dL/dht=addstodL/dWh")


def test_the_mirror_multiplies_by_columns_what_went_forward_by_rows(page):
    follow(page, "vector", 5)
    run = BpttStepper(**TOY, id="x").trace()
    forth, back = root(page, "vector").locator(".mirror table").all()

    def cells(table, row):
        found = table.locator("tbody tr").nth(row).locator("td > .num").all_inner_texts()
        return [float(t.replace("−", "-")) for t in found]

    t = 2
    for i in range(3):  # row i of both tables stands for the same row of W_h
        np.testing.assert_allclose(
            cells(forth, i), run["h"][t - 1][i] * np.array(TOY["W_h"][i]), atol=6e-5
        )
        products = run["dz"][t] * np.array(TOY["W_h"][i])
        np.testing.assert_allclose(cells(back, i + 1), [*products, products.sum()], atol=6e-5)
    np.testing.assert_allclose(cells(forth, 3), run["h"][t - 1] @ np.array(TOY["W_h"]), atol=6e-5)
    np.testing.assert_allclose(cells(back, 0), run["dz"][t], atol=6e-5)
    weights = [table.locator("[data-name=W_h]").all_inner_texts() for table in (forth, back)]
    assert weights[0] == weights[1]
    assert "columns are summed" in forth.locator("caption").inner_text()
    assert "rows are summed" in back.locator("caption").inner_text()
    words = [text_of(r) for r in root(page, "vector").locator(".errors tbody th").all()]
    assert words[:5] == [
        "dS2fromtheloss",
        "+carriedfromstep3",
        "=dL/dh2",
        "×slopef′(z)=1−h²",
        "=dL/dz2",
    ]


def test_the_equation_has_the_transposes_where_there_are_matrices(page):
    lines = [text_of(root(page, form).locator(".equation").nth(1)) for form in FORMS]
    assert lines[0] == "dzt=dht·f′dht−1=dSt−1+dztWhdWh=Σtht−1dzt"
    assert lines[1] == "dzt=dht·f′dht−1=dSt−1+dztWhTdWh=Σtht−1Tdzt"


def test_live_line_tells_the_step(page):
    live = root(page, "scalar").locator(".live")
    follow(page, "scalar", 0)
    assert live.inner_text() == "Step 0 of 8: the initial state h_0 = 0."
    follow(page, "scalar", 1)
    assert live.inner_text() == "Step 1 of 8: forward, h_1 = tanh(1 × 1 + 0 × 0.9) = 0.7616."
    follow(page, "scalar", 6)
    assert live.inner_text() == (
        "Step 6 of 8: back at time step 3, dL/dh_3 = 0 from the loss plus 0.2746 from step 4"
        " = 0.2746. The sum of what reaches W_h is −0.0117."
    )
    follow(page, "scalar", 4)
    assert "The turn." in root(page, "scalar").locator(".legend").first.inner_text()


# --- The picture -------------------------------------------------------------------

BARS = """
(root) => [...root.querySelectorAll("svg [data-bar]")].map((bar) => ({
  name: bar.dataset.bar.split(",")[0],
  index: bar.dataset.bar.split(",").slice(1).map(Number),
  left: Number(bar.getAttribute("x")), width: Number(bar.getAttribute("width")),
  box: ["x", "width"].map((name) => Number(bar.previousSibling.getAttribute(name))),
}))
"""


@pytest.mark.parametrize(("form", "back"), [("scalar", 2), ("vector", 1)])
def test_each_bar_is_as_long_as_its_number_is_large(page, form, back):
    T = len(FORMS[form]["X"])
    follow(page, form, T + back, dS=-ones(form))
    run = twin(page, form).trace()
    full = {"h": np.abs(run["h"]).max(), "dh": max(np.abs(run["dh"]).max(), 1.0)}
    full["direct"] = full["dh"]
    bars = root(page, form).evaluate(BARS)
    assert len(bars) == (3 * T + 2) * len(np.ravel(run["h"][0]))
    for bar in bars:
        name, (t, j) = bar["name"], bar["index"]
        value = np.ravel(run[name][t])[j]
        hidden = name == "dh" and t < T + 1 - back
        left, width = bar["box"]
        most = width / 2 - (0 if name == "h" else 6)  # the corners of a gradient are round
        long = 0 if hidden else abs(value) / full[name] * most
        assert bar["width"] == pytest.approx(long, abs=0.01), bar
        start = left + width / 2 - (long if value <= 0 else 0)
        assert hidden or bar["left"] == pytest.approx(start, abs=0.01), bar


def test_bars_of_the_table_lie_on_the_side_of_their_sign(page):
    follow(page, "scalar", 8)
    run = twin(page, "scalar").trace()
    most = np.nanmax(np.abs(run["dW_h"]))
    for t, bar in enumerate(root(page, "scalar").locator("table.adds .bar").all(), start=1):
        value = run["dW_h"][t]
        cell = bar.evaluate("(b) => [b.offsetLeft, b.offsetWidth, b.parentNode.clientWidth]")
        share = abs(value) / most / 2
        assert cell[1] / cell[2] == pytest.approx(share, abs=0.02)
        assert cell[0] / cell[2] == pytest.approx(0.5 - (share if value < 0 else 0), abs=0.02)


@pytest.mark.parametrize("form", FORMS)
def test_the_way_back_is_drawn_against_the_way_forward(page, form):
    follow(page, form, 2 * len(FORMS[form]["X"]))
    edges = root(page, form).evaluate(
        """(root) => [...root.querySelectorAll("svg .edge[data-sym=W_h]")].map((edge) => ({
          back: edge.classList.contains("back"),
          way: edge.getPointAtLength(edge.getTotalLength()).x - edge.getPointAtLength(0).x,
          dash: getComputedStyle(edge).strokeDasharray,
          name: edge.parentNode.querySelector(".edge-name[data-sym=W_h]").textContent,
        }))"""
    )
    assert len(edges) == 2 * len(FORMS[form]["X"])
    for edge in edges:
        assert (edge["way"] < 0) == edge["back"]
        assert (edge["dash"] != "none") == edge["back"]
        assert edge["name"] == ("WhT" if edge["back"] and form == "vector" else "Wh")


def test_the_window_is_drawn_around_what_it_lets_through(page):
    box = root(page, "scalar")
    assert box.locator("svg .window").get_attribute("visibility") == "hidden"
    box.get_by_label("Window").fill("2")
    assert twin(page, "scalar").window == 2
    frame = box.locator("svg .window").evaluate("(w) => [w.x.baseVal.value, w.width.baseVal.value]")
    boxes = box.evaluate(
        """(root) => [...root.querySelectorAll("svg .came")].map((came) => (
          came.querySelector(".d-box").getBBox().x))"""
    )
    inside = [frame[0] < x < frame[0] + frame[1] for x in boxes]
    assert inside == [False, False, False, True, True]
    cuts = box.locator("svg .cut").evaluate_all(
        "(all) => all.map((c) => c.getAttribute('visibility'))"
    )
    assert cuts == ["hidden", None, "hidden"]  # between steps 3 and 2
    box.get_by_label("Window").press("ArrowLeft")  # it is dragged to the left, as the gradient goes
    assert twin(page, "scalar").window == 3
    assert box.locator(".window-words").inner_text() == "3 of 4 steps"


def test_a_window_that_reaches_step_1_reaches_the_initial_state(show):
    page = show(BpttStepper(**HALVES | {"dS": [0.0, 1.0, 0.0]}, step=6, window=2))
    assert twin(page, "halves").trace()["dh"][0] != 0
    frame, box = root(page, "halves").evaluate(
        """(root) => [".window", ".came .d-box"].map((part) => (
             root.querySelector(`svg ${part}`).getBBox().x))"""
    )
    assert frame < box


def test_a_window_through_which_nothing_comes_is_not_drawn(show):
    page = show(BpttStepper(**HALVES | {"dS": [0.0, 0.0, 0.0]}, step=5, window=2))
    assert root(page, "halves").locator("svg .window").get_attribute("visibility") == "hidden"


def test_the_thumb_of_the_window_stands_under_the_column_where_it_ends(page):
    box = root(page, "scalar")
    for window in (1, 2, 3, 4):
        follow(page, "scalar", 8, window=window)
        place = box.evaluate(
            """(root) => {
              const range = root.querySelector('[aria-label="Window"]').getBoundingClientRect();
              const share = (root.querySelector('[aria-label="Window"]').value - 1) / 3;
              const thumb = range.right - 8 - share * (range.width - 16);
              const column = (t) => {
                const came = root.querySelectorAll("svg .came")[t];
                const box = came.querySelector(".d-box").getBoundingClientRect();
                return box.x + box.width / 2;
              };
              return [thumb, [1, 2, 3, 4].map(column)];
            }"""
        )
        assert place[0] == pytest.approx(place[1][4 - window], abs=2)


def test_the_chart_puts_each_dot_at_its_size(page):
    box = root(page, "scalar")
    box.get_by_label("Scale of W_h").fill("1.5")
    run = twin(page, "scalar").trace()
    dots = box.evaluate(
        """(root) => [...root.querySelectorAll(".plot .dot")].map((dot) => [
          dot.getAttribute("cx"), dot.getAttribute("cy"), dot.dataset.value].map(Number))"""
    )
    assert len(dots) == 31
    np.testing.assert_allclose([d[2] for d in dots], run["reach"], rtol=1e-12)
    x, y = np.array([d[0] for d in dots]), np.array([d[1] for d in dots])
    np.testing.assert_allclose(np.diff(x), x[1] - x[0], atol=0.01)
    slope = np.diff(y) / np.diff(np.log10(run["reach"]))  # a power of ten is as tall everywhere
    np.testing.assert_allclose(slope, slope[0], rtol=1e-6)
    assert slope[0] < 0


def test_the_chart_says_what_holds_a_gradient_back_where_that_is_so(page):
    held = "alone would make it explode, but f′ is small where tanh is flat, and holds it back."
    words = {form: root(page, form).locator(".reach > p").last for form in FORMS}
    follow(page, "vector", 0, scale=3)
    run = twin(page, "vector").trace()
    assert run["left"] < 1e2 < run["limit"]
    assert held in words["vector"].inner_text()
    # from unit to unit: no power of this W_h is large
    follow(page, "vector", 0, scale=3, W_h=np.eye(3, k=1).tolist())
    assert twin(page, "vector").trace()["limit"] > 1e2
    assert held not in words["vector"].inner_text()
    follow(page, "scalar", 0, W_h=2.0)
    assert held in words["scalar"].inner_text()
    follow(page, "scalar", 0, W_h=2.0, dS=[1.0, 1.0, 1.0, 0.0])
    assert words["scalar"].inner_text().endswith("nothing enters at the last step.")


def test_the_chart_says_what_becomes_of_a_gradient(page):
    box = root(page, "scalar")
    for name, scale, rate, verdict in (
        ("vanishes", 1.0, None, "vanishes"),
        ("holds", 1.0, 1.0, "about the same"),
        ("explodes", 1.0, 1.5, "explodes"),
        ("holds", 0.5, 0.5, "vanishes"),
    ):
        button(page, "scalar", name).click()
        box.get_by_label("Scale of W_h").fill(str(scale))
        words = box.locator(".reach > p").last
        assert verdict in words.inner_text()
        assert_true(page, "scalar")
        if rate:
            said = f"Eachstepbackmultipliesby|Wh|={rate:g},soofallthatenters,"
            assert text_of(words).startswith(said)
            limit = words.locator("[data-name=limit]").get_attribute("data-value")
            assert float(limit) == pytest.approx(rate**30, rel=1e-12)
    follow(page, "scalar", 0)
    words = text_of(box.locator(".reach > p").last)
    left = shown(BpttStepper(**SCALAR, id="x").trace()["left"])
    # 0.9 to the power 30
    assert words == (
        "Eachstepbackmultipliesby|Wh·f′|,whichisatmost0.9,soofallthatenters,"
        f"atmost0.930=0.0424isleftafter30steps,andhere{left}isleft:itvanishes."
    )


# --- Controls ------------------------------------------------------------------------


def test_presets_say_what_can_be_read_off(page):
    for form, count in (("scalar", 6), ("vector", 6)):
        box = root(page, form)
        chips = box.locator(".presets .preset")
        assert chips.count() == count + 1
        for i in range(count):
            chips.nth(i).click()
            assert box.locator(".note").inner_text() != ""
            assert box.locator(".presets + .note").count() == 1  # beside what was pressed
            assert chips.nth(i).get_attribute("aria-pressed") == "true"
            follow_to = box.get_by_label("Time step")
            follow_to.fill(str(2 * len(FORMS[form]["X"])))
            assert_true(page, form)
        button(page, form, "start values").click()
        expected = BpttStepper(**FORMS[form], id="x").values()
        assert twin(page, form).values() == expected


def test_from_unit_to_unit_and_back(page):
    follow(page, "vector", 6)
    button(page, "vector", "goes from unit to unit").click()
    dh = np.array(twin(page, "vector").trace()["dh"])
    # It enters at unit 3 of the last state, and is in unit 2, then unit 1, one step back each.
    assert [np.flatnonzero(row).tolist() for row in dh[1:]] == [[0], [1], [2]]


@pytest.mark.parametrize("form", FORMS)
def test_each_field_changes_its_own_number(page, form):
    T = len(FORMS[form]["X"])
    follow(page, form, 2 * T)
    root(page, form).locator("summary").click()
    fields = {
        "scalar": {"dS 2": ("dS", (1,)), "W_h": ("W_h", ()), "x 3": ("X", (2,))},
        "vector": {"dS 2,3": ("dS", (1, 2)), "W_h 3,1": ("W_h", (2, 0)), "x 3,1": ("X", (2, 0))},
    }
    for label, (name, place) in fields[form].items():
        root(page, form).get_by_label(label, exact=True).fill("0.75")
        changed = np.array(BpttStepper(**FORMS[form], id="x").values()[name])
        changed[place] = 0.75
        assert twin(page, form).values()[name] == changed.tolist()
        assert_true(page, form)


def test_bad_input_is_refused_in_words_and_the_last_good_value_stays(page):
    box = root(page, "scalar")
    follow(page, "scalar", 8)
    box.locator("summary").click()
    field = box.get_by_label("dS 4", exact=True)
    field.click()
    for key in ("Control+A", "Delete", "Tab"):
        page.keyboard.press(key)
    message = box.locator(".error:not(:empty)").inner_text()
    assert message == "dS 4 takes a finite number, but the field was empty, so it stays 1."
    assert twin(page, "scalar").dS == [0.0, 0.0, 0.0, 1.0]


def test_keyboard_alone(page):
    box = root(page, "scalar")
    box.locator(".frame").focus()
    for key, step in {"ArrowRight": 1, "End": 8, "ArrowLeft": 7, "Home": 0}.items():
        page.keyboard.press(key)
        assert box.get_attribute("data-step") == str(step)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == "Window"
    page.keyboard.press("ArrowRight")
    assert twin(page, "scalar").window == 3
    button(page, "scalar", "local").focus()
    page.keyboard.press("Enter")
    assert twin(page, "scalar").derivative == "local"
    assert button(page, "scalar", "local").get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.activeElement.textContent") == "local"
    page.keyboard.press("ArrowLeft")  # to the button before in its row, and no step
    assert box.get_attribute("data-step") == "0"
    assert page.evaluate("document.activeElement.textContent") == "total"


def test_another_weight_keeps_the_focus_and_shows_its_own_table(page):
    follow(page, "vector", 6)
    button(page, "vector", "Wx").click()
    assert page.evaluate("document.activeElement.textContent") == "Wx"
    rows = root(page, "vector").locator("table.adds tbody").first.locator("tr")
    assert rows.count() == 3  # the factors, and one row for each of two features
    button(page, "vector", "b").click()
    assert root(page, "vector").locator("table.adds tbody").first.locator("tr").count() == 2
    assert_true(page, "vector")


def test_predict_first_asks_for_the_state_then_for_what_comes_back(halves):
    page = halves(step=3)
    box = root(page, "halves")
    box.get_by_role("switch").check()
    button(page, "halves", "Next step").click()
    assert box.get_attribute("data-step") == "3"

    def guess(value):
        box.locator(".guess input").fill(str(value))
        button(page, "halves", "Check").click()
        return box.locator(".verdict").inner_text()

    assert text_of(box.locator(".guess label")) == "dL/dh2,whatcomesbackfromstep3="
    assert "if you leave out W_h" in guess(1)
    # h_2 · dz_3 = 0.25 is what dL/dW_h gets
    assert "as for dL/dW_h, instead of by W_h" in guess(0.25)
    assert guess(0.5) == "Right: dL/dh_2, what comes back from step 3 = 0.5."
    assert box.get_attribute("data-step") == "4"


def test_a_missing_transpose_is_recognised(page):
    follow(page, "vector", 3)
    box = root(page, "vector")
    box.get_by_role("switch").check()
    button(page, "vector", "Next step").click()
    run = twin(page, "vector").trace()
    wrong = run["dz"][3] @ np.array(TOY["W_h"])
    box.locator(".guess input").fill(repr(float(wrong[0])))
    button(page, "vector", "Check").click()
    assert "forget the transpose, and use a column of W_h" in box.locator(".verdict").inner_text()
    box.locator(".guess input").fill(repr(float(run["back"][2][0])))
    button(page, "vector", "Check").click()
    assert box.locator(".verdict").inner_text().startswith("Right: dL/dh_2, unit 1")


def test_a_symbol_lights_up_in_equation_code_picture_and_arithmetic(page):
    for form in FORMS:
        box = root(page, form)
        follow(page, form, 5)
        for sym in ("W_h", "dh", "dh_prev", "h_prev"):
            box.locator(f'.equation [data-sym="{sym}"]').last.focus()
            for part in (".equation", ".code", "svg", ".sum"):
                assert box.locator(f'{part} .lit[data-sym="{sym}"]').count() > 0, (form, sym, part)


# --- Links and code that leave the page --------------------------------------------


def run_code(page, form):
    button(page, form, "Copy as Python").click()
    space = {}
    exec(root(page, form).locator("pre.shared").inner_text(), space)
    return space


@pytest.mark.parametrize("form", FORMS)
def test_copied_python_computes_what_is_shown(page, form):
    T = len(FORMS[form]["X"])
    for weight in ("W_h", "W_x", "b"):
        options = {"window": 2, "derivative": "local", "weight": weight}
        follow(page, form, 2 * T, dS=ones(form), scale=1.25, **options)  # here the window tells
        run, space = twin(page, form).trace(), run_code(page, form)
        np.testing.assert_array_equal(space["h"], run["h"][T])
        np.testing.assert_array_equal(space["adds"], run[f"d{weight}"][1])
        np.testing.assert_allclose(space["sum_so_far"], run[f"sum_{weight}"][1], atol=1e-15)
        np.testing.assert_array_equal(space["alone"], run[f"held_{weight}"][1:])
        np.testing.assert_allclose(space["left"], run["left"], rtol=1e-12)
    follow(page, form, 1, **options)
    np.testing.assert_array_equal(run_code(page, form)["h"], twin(page, form).trace()["h"][1])


@pytest.mark.parametrize("form", FORMS)
def test_the_code_that_is_shown_does_what_it_says(page, form):
    T = len(FORMS[form]["X"])
    for activation, window in itertools.product(["linear", "tanh", "sigmoid", "relu"], [1, 2, T]):
        follow(page, form, 2 * T, activation=activation, window=window, dS=ones(form))
        widget = twin(page, form)
        space = {name: np.asarray(getattr(widget, name)) for name in ("X", "dS", "W_x", "W_h")}
        space |= {name: space[name][np.newaxis] for name in ("X", "dS")}
        space["S"] = compute_states(space["X"], space["W_x"], space["W_h"], widget.b, activation)
        code = root(page, form).locator(".code code")
        exec("\n".join(code.evaluate_all("(all) => all.map((c) => c.textContent)")), space)
        trace = widget.trace()
        for name in ("W_h", "W_x", "b"):
            right = trace[f"sum_{name}"][1]
            got = np.asarray(space[f"d{name}"]).reshape(right.shape)
            np.testing.assert_allclose(got, right, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("form", FORMS)
def test_copied_link_restores_exactly_what_is_shown(page, form):
    box = root(page, form)
    box.get_by_label("Window").fill("2")
    box.get_by_label("Scale of W_h").fill("1.35")
    for name in ("local", "Wx", "Next step"):
        button(page, form, name).click()
    box.get_by_label("Time step").fill("6")
    button(page, form, "Copy link").click()
    link = box.locator("pre.shared").inner_text().split("#")[1]
    assert "window=2&derivative=local&weight=W_x&scale=1.35" in link
    before = numbers_in(box)
    query = link.split("?")[1]
    widget = twin(page, form)
    start = BpttStepper(**FORMS[form], id="x").values()
    assert BpttStepper.linked(start, query) == (widget.values(), 6)
    page.goto("about:blank")
    page.go_back()
    page.evaluate("(hash) => { location.hash = hash; }", f"{link}&again")
    page.wait_for_selector(f'[data-rnn-id="{form}"] [data-step="6"]')
    assert numbers_in(box) == before


def test_what_is_invalid_in_a_link_is_ignored(page):
    start = BpttStepper(**SCALAR, id="x").values()
    good = {"window": 1, "dS": [1.0, 2.0, 3.0, 4.0]}
    for query, changes in (
        ({"window": 0}, {}),
        ({"window": 2.5, "W_h": "Infinity"}, {}),
        ({"window": 5, "scale": 3.5, "derivative": "partial", "weight": "V"}, {}),
        ({"X": [1.0, 2.0], "dS": [1.0]}, {}),
        ({**good, "scale": -1.0}, good),
        ({"X": [1.0] * 5000, "weight": "__proto__"}, {}),
    ):
        follow(page, "scalar", 3, **query)
        assert root(page, "scalar").get_attribute("data-step") == "3"
        assert twin(page, "scalar").values() == {**start, **changes}
        assert_true(page, "scalar")


# --- Phones, time --------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_phone_has_room_for_it_and_fingers_have_too(show, form):
    widget = BpttStepper(**FORMS[form], id=form)
    page = show(widget, viewport={"width": 360, "height": 740}, has_touch=True)
    T = len(FORMS[form]["X"])
    root(page, form).locator("summary").tap()
    for step in (0, T, T + 2, 2 * T):
        follow(page, form, step, window=2)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
        assert_true(page, form)
        small = root(page, form).evaluate(
            """(root) => [...root.querySelectorAll("button, select, input, summary, .switch")]
              .filter((node) => node.offsetParent !== null && node.type !== "checkbox")
              .filter((node) => Math.min(node.offsetWidth, node.offsetHeight) < 44)
              .map((node) => node.outerHTML.slice(0, 80))"""
        )
        assert small == []
    adds = root(page, form).locator(".contributions")
    assert adds.evaluate("(a) => a.scrollWidth <= a.clientWidth")  # the whole table is seen
    for name in ("local", "Wx"):
        button(page, form, name).tap()
    assert twin(page, form).weight == "W_x"


def test_the_slider_of_the_chart_changes_the_chart_and_nothing_else(show):
    rng = np.random.default_rng(3)
    big = random_parameters(rng, "ordinary", 4, 4, 12) | {"window": 5, "activation": "tanh"}
    page = show(BpttStepper(**big, id="big", step=24))
    chart, others = root(page, "big").evaluate(
        """async (root) => {
          const seen = [];
          const note = (some) => seen.push(...some.map((one) => one.target));
          const all = { subtree: true, childList: true, attributes: true };
          new MutationObserver(note).observe(root, all);
          root.closest("[data-rnn-slot]").rnnModel.set("scale", 0.75);
          await new Promise((done) => { setTimeout(done); });
          // A question, and what has been copied, close whatever changes.
          const others = seen.filter((node) => !node.closest(".reach, .guess, .shared"));
          const inChart = seen.filter((node) => node.closest(".reach"));
          return [inChart.length, others.map((node) => node.outerHTML)];
        }"""
    )
    assert chart > 0
    assert others == []
