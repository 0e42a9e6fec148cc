"""The gate stepper's Python side: its trace, its hand on the gates, what it refuses, its film."""

import json
import re

import numpy as np
import pytest
import traitlets

from rnncore.layers import GRU, LSTM, SimpleRNN
from rnncore.widgets import GateStepper
from rnncore.widgets.film import shown
from tests.support.family import flattened

X = [1.0, -0.5, 0.25, 2.0]
LSTM_W = [[0.5, -1.0, 2.0, 0.3], [0.4, 0.7, -0.6, 1.1], [0.1, 0.9, -0.2, 0.3]]
GRU_W = [[-0.8, 1.5, 2.0], [0.5, -1.2, 0.6], [0.4, -0.3, 0.2]]
SIMPLE_W = [2.0, -0.9, 0.1]
START = {"h0": 0.3, "c0": -0.7}


@pytest.fixture
def stepper():
    return GateStepper(X, LSTM_W, GRU_W, SIMPLE_W, **START, id="gates")


def sigma(z):
    return 1 / (1 + np.exp(-z))


def by_plain_loop(X, lstm, gru, simple, h0, c0, held, since):
    """Every state and every gate, one number at a time, the hand on a gate written out."""
    h, c, h_gru, h_simple = h0, c0, h0, h0
    steps = []
    for t, x in enumerate(X, 1):
        now = held if t >= since else {}
        i, f, c_tilde, o = (x * a + h * u + b for a, u, b in zip(*lstm))
        i, f, o = now.get("i", sigma(i)), now.get("f", sigma(f)), now.get("o", sigma(o))
        c_tilde = np.tanh(c_tilde)
        c = f * c + i * c_tilde
        h = o * np.tanh(c)
        (a_z, a_r, a_h), (u_z, u_r, u_h), (b_z, b_r, b_h) = gru
        z = now.get("z", sigma(x * a_z + h_gru * u_z + b_z))
        r = now.get("r", sigma(x * a_r + h_gru * u_r + b_r))
        h_tilde = np.tanh(x * a_h + r * h_gru * u_h + b_h)
        h_gru = z * h_gru + (1 - z) * h_tilde
        h_simple = np.tanh(x * simple[0] + h_simple * simple[1] + simple[2])
        steps.append(
            {"i": i, "f": f, "o": o, "c_tilde": c_tilde, "c": c, "h": h}
            | {"z": z, "r": r, "h_tilde": h_tilde, "h_gru": h_gru, "h_simple": h_simple}
        )
    return {name: np.array([step[name] for step in steps]) for name in steps[0]}


def assert_follows(stepper, held, since):
    run = stepper.trace()
    loop = by_plain_loop(
        stepper.X, stepper.lstm, stepper.gru, stepper.simple, stepper.h0, stepper.c0, held, since
    )
    for name, right in loop.items():
        np.testing.assert_allclose(run[name][1:], right, rtol=0, atol=1e-14, err_msg=name)


def test_repr_is_the_same_on_every_run(stepper):
    stepper.step = 2
    assert repr(stepper) == "GateStepper(id='gates', step=2)"


# --- Numbers -------------------------------------------------------------------------


def test_two_steps_by_hand():
    # No weights but W_x = 1 of the candidates: every gate is σ(0) = 0.5, and the candidate of
    # x = 1 is tanh(1) = 0.7616.  c: 0.3808, then 0.1904 + 0.3808 = 0.5712; h = 0.5 · tanh(c):
    # 0.5 · 0.3634 = 0.1817, 0.5 · 0.5162 = 0.2581.  The GRU halves and adds half: as c.
    none = [0.0, 0.0, 0.0]
    w = GateStepper(
        [1, 1], [[0, 0, 1, 0], 4 * [0], 4 * [0]], [[0, 0, 1], none, none], [1, 0, 0], id="a"
    )
    run = w.trace()
    np.testing.assert_allclose(run["c"], [0, 0.3808, 0.5712], atol=5e-5)
    np.testing.assert_allclose(run["h"], [0, 0.1817, 0.2581], atol=5e-5)
    np.testing.assert_allclose(run["h_gru"], [0, 0.3808, 0.5712], atol=5e-5)
    np.testing.assert_allclose(run["h_simple"], [0, 0.7616, 0.7616], atol=5e-5)
    np.testing.assert_allclose(run["left_lstm"], [np.nan, 1, 0.5])


def test_free_gates_are_those_of_the_layers(stepper):
    run = stepper.trace()
    W, U = np.array(LSTM_W), np.array(GRU_W)
    x, h0, c0 = np.reshape(X, (1, -1, 1)), [[0.3]], [[-0.7]]
    layer = LSTM(W[:1], W[1:2], W[2], return_sequences=True)
    np.testing.assert_array_equal(run["h"][1:], layer.forward(x, h0, c0)[0, :, 0])
    assert run["c"][-1] == layer.state[1].item()
    # For one unit it is the same whether the reset comes before the product or after it.
    for b, options in ((U[2], {"reset_after": False}), ([U[2], 0 * U[2]], {})):
        layer = GRU(U[:1], U[1:2], b, return_sequences=True, **options)
        np.testing.assert_allclose(run["h_gru"][1:], layer.forward(x, h0)[0, :, 0], atol=1e-15)
    layer = SimpleRNN([[2.0]], [[-0.9]], [0.1], return_sequences=True)
    np.testing.assert_array_equal(run["h_simple"][1:], layer.forward(x, h0)[0, :, 0])


@pytest.mark.parametrize(
    ("held", "since"),
    [
        ({}, 1),
        *[({name: v}, 1) for name in "ifozr" for v in (0.0, 0.3, 0.5, 1.0)],
        ({"i": 0.0, "f": 1.0, "z": 1.0}, 2),
        ({"i": 0.25, "f": 0.75, "o": 0.5, "z": 0.125, "r": 1.0}, 3),
        ({"f": 0.0}, 5),
    ],
)
def test_a_held_gate_stands_where_the_hand_puts_it_and_from_its_step_on(stepper, held, since):
    stepper.set(held=held, since=since)
    assert_follows(stepper, held, since)
    run = stepper.trace()
    for name, value in held.items():
        assert (run[name][since:] == value).all()


def test_the_parts_add_up(stepper):
    stepper.set(held={"f": 0.3}, since=2)
    before = stepper.trace()["h_gru"][:-1]
    run = {name: values[1:] for name, values in stepper.trace().items()}
    np.testing.assert_allclose(run["kept"] + run["written"], run["c"], atol=1e-15)
    np.testing.assert_allclose(run["o"] * run["tanh_c"], run["h"], atol=1e-15)
    np.testing.assert_allclose(run["kept_gru"] + run["written_gru"], run["h_gru"], atol=1e-15)
    np.testing.assert_allclose(run["rest"], 1 - run["z"])
    np.testing.assert_allclose(run["reset"], run["r"] * before)
    np.testing.assert_allclose(np.tanh(run["sum_simple"]), run["h_simple"], atol=1e-15)
    np.testing.assert_allclose(run["sum_simple"] - run["from_h"], 2 * run["x"] + 0.1, atol=1e-15)
    free = sigma(run["sum_f"])
    assert run["f"][0] == pytest.approx(free[0])
    assert (np.abs(run["f"][1:] - free[1:]) > 0.01).all()


def test_half_open_ten_times_leaves_a_thousandth():
    held = {"i": 0, "f": 0.5, "z": 0.5, "r": 0}
    run = GateStepper([1] + 19 * [0], held=held, since=2, id="a").trace()
    assert run["left_lstm"][11] == run["left_gru"][11] == 0.5**10 == 0.0009765625
    np.testing.assert_allclose(run["c"][11], run["c"][1] * 0.5**10, rtol=1e-12)
    np.testing.assert_allclose(run["h_gru"][11], run["h_gru"][1] * 0.5**10, rtol=1e-12)


def test_what_is_left_of_step_1_is_a_derivative():
    # Of the simple update: dh_T/dh_1.  Along the line of c, and of the GRU's h: with no other
    # way from step 1 on (no W_h), all of dc_T/dc_1 and dh_T/dh_1.
    no_way = {"lstm": [LSTM_W[0], 4 * [0.0], LSTM_W[2]], "gru": [GRU_W[0], 3 * [0.0], GRU_W[2]]}
    run = GateStepper(X, **no_way, simple=SIMPLE_W, **START, id="a").trace()

    def last(shift):
        lasts = []
        for name in ("c", "h_gru", "h_simple"):
            start = {"h0": run[name][1] + shift, "c0": run["c"][1] + shift}
            after = GateStepper(X[1:], **no_way, simple=SIMPLE_W, **start, id="a").trace()
            lasts.append(after[name][-1])
        return np.array(lasts)

    slopes = (last(1e-6) - last(-1e-6)) / 2e-6
    shares = [run[f"left_{cell}"][-1] for cell in ("lstm", "gru", "simple")]
    np.testing.assert_allclose(shares, slopes, atol=1e-9)
    assert run["left_lstm"][1] == run["left_gru"][1] == run["left_simple"][1] == 1


def test_large_numbers_saturate_and_stay_finite():
    most = GateStepper(40 * [1000], 3 * [4 * [1000]], 3 * [3 * [1000]], 3 * [1000], id="a")
    run = most.trace()
    assert all(np.isfinite(flattened(values[1:])).all() for values in run.values())
    np.testing.assert_allclose(run["c"], np.arange(41))  # every step adds 1 and forgets nothing


# --- The reset after the product -------------------------------------------------------


@pytest.mark.parametrize("b_reset", [0.0, -1.5, 2.0])
def test_a_reset_after_the_product_is_the_layer_s_other_form(stepper, b_reset):
    before = stepper.trace()["h_gru"]
    stepper.set(reset="after", b_reset=b_reset)
    run, U = stepper.trace(), np.array(GRU_W)
    b = [U[2], [0.0, 0.0, b_reset]]
    layer = GRU(U[:1], U[1:2], b, return_sequences=True)
    x, h0 = np.reshape(X, (1, -1, 1)), [[0.3]]
    np.testing.assert_array_equal(run["h_gru"][1:], layer.forward(x, h0)[0, :, 0])
    # For one unit it is the same whether the reset comes before the product or after it.
    assert np.allclose(before, run["h_gru"], rtol=0, atol=1e-14) == (b_reset == 0)
    h = run["h_gru"][:-1]
    np.testing.assert_allclose(run["inner"][1:], h * U[1, 2] + b_reset)
    sums = np.array(X) * U[0, 2] + U[2, 2] + run["r"][1:] * run["inner"][1:]
    np.testing.assert_allclose(run["h_tilde"][1:], np.tanh(sums))


# --- The gradient's way back -------------------------------------------------------------


HANDS = [({}, 1), ({"f": 0.75, "z": 0.5}, 3), ({"i": 0.25, "o": 0.5, "r": 1.0}, 2)]


@pytest.mark.parametrize(("held", "since"), HANDS)
@pytest.mark.parametrize("form", [{}, {"reset": "after", "b_reset": -0.8}])
def test_the_ways_back_are_derivatives_of_the_memory(stepper, held, since, form):
    stepper.set(held=held, since=since, **form)
    run, steps = stepper.trace(), len(X)

    def memories(shift, k):
        """Run on from step k, its memory moved: of the LSTM c, and with it h = o tanh(c)."""
        c = run["c"][k] + shift
        h = run["o"][k] * np.tanh(c) if k else stepper.h0
        later = {"X": X[k:], "since": max(1, since - k), "held": held, **form}
        weights = {"lstm": LSTM_W, "gru": GRU_W, "simple": SIMPLE_W}
        lstm = GateStepper(**weights, **later, h0=h, c0=c, id="a").trace()["c"]
        states = [
            GateStepper(**weights, **later, h0=run[name][k] + shift, id="a").trace()[name]
            for name in ("h_gru", "h_simple")
        ]
        return np.array([lstm, *states])

    for k in range(steps):
        slopes = (memories(1e-6, k) - memories(-1e-6, k)) / 2e-6
        for name, slope in zip(("dc", "dh_gru", "dh_simple"), slopes, strict=True):
            found = [run[name][t][k] for t in range(k, steps + 1)]
            np.testing.assert_allclose(found, slope, atol=1e-8, err_msg=f"{name}, step {k}")


def test_the_way_along_the_line_is_the_product_of_the_gates(stepper):
    run = stepper.trace()
    for name, gate, left in (("dc", "f", "left_lstm"), ("dh_gru", "z", "left_gru")):
        assert run[f"{name}_along"][4][2] == pytest.approx(run[gate][3] * run[gate][4])
        assert [len(row) for row in run[name]] == [1, 2, 3, 4, 5]
        for t in range(1, 5):
            assert run[f"{name}_along"][t][1] == pytest.approx(run[left][t])
            together = run[f"{name}_along"][t] + run[f"{name}_around"][t]
            np.testing.assert_allclose(together, run[name][t])
    assert [row[1] for row in run["dh_simple"][1:]] == pytest.approx(run["left_simple"][1:])


def test_without_recurrent_weights_nothing_goes_around():
    no_way = {"lstm": [LSTM_W[0], 4 * [0.0], LSTM_W[2]], "gru": [GRU_W[0], 3 * [0.0], GRU_W[2]]}
    run = GateStepper(X, **no_way, **START, id="a").trace()
    for name in ("dc_around", "dh_gru_around"):
        assert all(np.abs(row).max() < 1e-15 for row in run[name])


# --- Parameters ------------------------------------------------------------------------


def test_a_trait_that_is_set_shows_in_trace_and_film(stepper):
    stepper.held = {"o": 0.0}
    assert not stepper.trace()["h"][1:].any()
    assert "; from step 1 on o = 0 by hand</caption>" in stepper.film
    stepper.set(reset="after", b_reset=-1.5)
    assert "the GRU's reset after the product, b′ = −1.5</caption>" in stepper.film
    stepper.X = [1, 2]
    assert len(stepper.trace()["c"]) == 3
    assert stepper.film.count("<tr id=") == 3


def test_held_may_be_a_dict_or_a_list(stepper):
    stepper.held = {"f": 1, "z": 0.5}
    assert stepper.held == [-1.0, 1.0, -1.0, 0.5, -1.0]
    stepper.held = [0, -1, -1, -1, 1]
    assert stepper.held == [0.0, -1.0, -1.0, -1.0, 1.0]
    again = GateStepper(**stepper.values(), id="again")
    assert again.values() == stepper.values()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("X", [], "X must hold 1 … 40 inputs, got 0."),
        ("X", 41 * [0.0], "X must hold 1 … 40 inputs, got 41."),
        ("X", [[1.0]], "X must have shape (timesteps,), got (1, 1)."),
        ("X", [1, np.nan], "X must hold finite numbers, got nan."),
        ("X", [1, -1e6], "X must hold numbers from −1000 to 1000, got -1e+06."),
        (
            "lstm",
            [1, 2, 3, 4],
            "lstm must have shape (W_x W_h b, i f c o) = (3, 4), got (4,).",
        ),
        (
            "lstm",
            np.zeros((4, 3)),
            "lstm must have shape (W_x W_h b, i f c o) = (3, 4), got (4, 3)."
            " Its transpose fits: pass lstm.T.",
        ),
        ("gru", np.zeros((3, 4)), "gru must have shape (W_x W_h b, z r h) = (3, 3), got (3, 4)."),
        ("simple", [1, 2], "simple must have shape (W_x W_h b,) = (3,), got (2,)."),
        ("h0", [1.0], "h0 must be a number, got an array of shape (1,)."),
        ("c0", "much", "c0 must hold real numbers, got an array of type <U4."),
        ("c0", None, "c0 must hold real numbers, got None."),
        ("held", {"g": 1}, "held takes the gates i, f, o, z, r, got 'g'."),
        (
            "held",
            {"f": 1.5},
            "held must give f an opening from 0 to 1, or −1 to leave it free, got 1.5.",
        ),
        (
            "held",
            {"i": -0.5},
            "held must give i an opening from 0 to 1, or −1 to leave it free, got -0.5.",
        ),
        ("held", [1, 1], "held must have shape (i f o z r,) = (5,), got (2,)."),
        ("since", 0, "since must be an integer from 1 to 40, got 0."),
        ("since", 1.5, "since must be an integer from 1 to 40, got 1.5."),
        ("cell", "lstm", "cell must be one of LSTM, GRU, simple, got 'lstm'."),
        ("reset", "never", "reset must be one of before, after, got 'never'."),
        ("reset", 1, "reset must be one of before, after, got 1."),
        (
            "b_reset",
            1.0,
            "b_reset must be 0 with reset='before', which has no b', got 1. Pass reset='after'.",
        ),
        ("step", 5, "step must be 0 … 4, got 5."),
    ],
)
def test_what_does_not_fit_is_refused_and_the_last_good_value_stays(stepper, name, value, message):
    before = getattr(stepper, name)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$") as caught:
        setattr(stepper, name, value)
    assert isinstance(caught.value, traitlets.TraitError)
    assert getattr(stepper, name) == before
    stepper.trace()


def test_every_preset_fits_and_is_made_of_what_json_knows(stepper):
    assert [preset["name"] for preset in stepper.presets] == [
        *("keeps", "halves", "writes over", "adds up", "hides")
    ]
    assert json.loads(json.dumps(stepper.presets)) == stepper.presets
    for preset in stepper.presets:
        assert preset["note"].endswith(".")
        values = {k: v for k, v in preset.items() if k in stepper.parameters}
        twin = GateStepper(**(stepper.values() | values), step=preset["step"], id="a")
        assert twin.presets == stepper.presets or len(twin.X) != len(stepper.X)


def preset(name):
    values = next(p for p in GateStepper(id="a").presets if p["name"] == name)
    step = values["step"]
    values = {k: v for k, v in values.items() if k in GateStepper.parameters}
    return GateStepper(**values, id="a").trace(), step


def test_the_notes_of_the_presets_are_true():
    run, step = preset("keeps")
    np.testing.assert_allclose(run["c"][1:], run["c"][1])
    np.testing.assert_allclose(run["h_gru"][1:], run["h_gru"][1])
    assert step == 20
    assert np.ptp(run["h_simple"][2:]) > 0.5
    run, step = preset("halves")
    np.testing.assert_allclose(run["c"][2:12] / run["c"][1:11], 0.5)
    assert shown(run["left_lstm"][step]) == "0.001"
    run, step = preset("writes over")
    np.testing.assert_allclose(run["c"][2:], run["c_tilde"][2:])
    np.testing.assert_allclose(run["h_gru"][2:], run["h_tilde"][2:], atol=1e-15)
    run, step = preset("adds up")
    np.testing.assert_allclose(run["c"][1:], np.cumsum(run["c_tilde"][1:]))
    assert run["c"][step] > 10
    assert (np.abs(run["h"]) < 1).all()
    run, step = preset("hides")
    assert not run["h"][2:].any()
    np.testing.assert_allclose(run["c"][1:], run["c"][1])
    assert run["c"][1] > 0.9


# --- Film and links ---------------------------------------------------------------------


def test_film_has_every_step_under_the_fragment_that_links_to_it(stepper):
    film, run = stepper.film, stepper.trace()
    assert re.findall(r'<tr id="([^"]*)">', film) == [f"gates?step={t}" for t in range(5)]
    rows = [re.findall(r"<td>([^<]*)</td>", row) for row in film.split("<tr id=")[1:]]
    names = ("x", "i", "f", "o", "c_tilde", "c", "h", "z", "r", "h_tilde", "h_gru", "h_simple")
    assert len(re.findall("<th scope=.col.>", film)) == len(names) + 1
    for t, row in enumerate(rows):
        for name, text in zip(names, row, strict=True):
            value = run[name][t]
            assert text == ("" if np.isnan(value) else shown(value))


def test_a_link_restores_the_parameters(stepper):
    values, step = GateStepper.linked(
        stepper.values(), "step=2&held=0,1,-1,-1,-1&since=2&cell=GRU&X=1,2&h0=-1e-3"
    )
    assert step == 2
    assert values["held"] == [0.0, 1.0, -1.0, -1.0, -1.0]
    assert (values["since"], values["cell"], values["X"]) == (2, "GRU", [1.0, 2.0])
    after = GateStepper.linked(values, "reset=after&b_reset=-1.5")[0]
    assert (after["reset"], after["b_reset"]) == ("after", -1.5)
    weights = "lstm=1,2,3,4;5,6,7,8;9,10,11,12"
    assert GateStepper.linked(values, weights)[0]["lstm"][1] == [5.0, 6.0, 7.0, 8.0]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("held=2,1,-1,-1,-1", "held must give i an opening from 0 to 1"),
        ("since=41", "since must be an integer from 1 to 40"),
        ("cell=RNN", "cell must be one of LSTM, GRU, simple"),
        ("step=5", "step must be 0 … 4, got 5."),
        ("b_reset=1", "b_reset must be 0 with reset='before'"),
        ("W_h=1", "W_h is not among X, lstm, gru, simple"),
    ],
)
def test_a_link_that_does_not_fit_is_refused(stepper, query, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        GateStepper.linked(stepper.values(), query)
