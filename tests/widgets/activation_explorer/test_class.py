"""The explorer in Python: value and slope, the states and fixed points, what it refuses."""

import re

import numpy as np
import pytest

from rnncore.activations import Activation, get
from rnncore.widgets import ActivationExplorer
from rnncore.widgets.activation_explorer import fixed_points
from rnncore.widgets.film import shown

NAMES = ("linear", "tanh", "sigmoid", "relu")


def explorer(**values):
    return ActivationExplorer(**values, id="a")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("z", [-4.0, -0.3, 0.7, 5.0])
def test_value_and_slope_at_the_point(name, z):
    run = explorer(activation=name, z=z).trace()
    by_hand = {"linear": z, "tanh": np.tanh(z), "sigmoid": 1 / (1 + np.exp(-z)), "relu": max(z, 0)}
    assert run["value"] == pytest.approx(by_hand[name], abs=1e-15)
    f = get(name).value
    difference = (f(z + 1e-6) - f(z - 1e-6)) / 2e-6
    assert run["slope"] == pytest.approx(difference, abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_states_and_slopes_are_those_of_a_plain_loop(name):
    run = explorer(activation=name, W_h=-1.3, c=0.4, h0=0.25).trace()
    f, h = get(name).value, [0.25]
    for t in range(20):
        assert run["sum"][t + 1] == h[t] * -1.3 + 0.4
        h.append(float(f(run["sum"][t + 1])))
    np.testing.assert_allclose(run["h"], h, rtol=1e-14)
    # what becomes of a small change of h_0: a central difference
    up, down = (
        explorer(activation=name, W_h=-1.3, c=0.4, h0=0.25 + e).trace()["h"] for e in (1e-6, -1e-6)
    )
    scale = np.maximum(1, np.abs(run["nudge"]))
    np.testing.assert_allclose(run["nudge"] / scale, (up - down) / 2e-6 / scale, atol=1e-7)


def test_two_memories_and_what_repels_between_them():
    run = explorer(activation="tanh", W_h=2.0).trace()
    # h = tanh(2h): 0.957504 = tanh(1.915008); slope 2 (1 − 0.957504²) = 0.16637
    np.testing.assert_allclose(run["fixed"], [-0.957504, 0, 0.957504], atol=1e-6)
    np.testing.assert_allclose(run["fixed_slope"], [0.16637, 2, 0.16637], atol=1e-5)
    assert run["fixed"][1] == 0
    assert run["h"][-1] == pytest.approx(run["fixed"][2], abs=1e-9)
    assert explorer(W_h=2.0, h0=-0.1).trace()["h"][-1] == pytest.approx(run["fixed"][0], abs=1e-9)


@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
def test_every_change_of_sign_on_a_fine_grid_is_a_fixed_point(name):
    rng = np.random.default_rng(3)
    f, grid = get(name), np.linspace(-1.1, 1.1, 40_002)
    many = 0
    for _ in range(100):
        W_h, c = rng.uniform(-10, 10), rng.uniform(-6, 3)
        fixed = fixed_points(name, W_h, c)
        excess = f.value(grid * W_h + c) - grid
        changes = grid[:-1][np.sign(excess[:-1]) != np.sign(excess[1:])]
        assert len(fixed) == len(changes)
        np.testing.assert_allclose(fixed, changes, atol=1e-4)
        # exact to the last digits, as far as the slope of f(h W_h + c) − h lets them be
        np.testing.assert_allclose(f.value(fixed * W_h + c), fixed, atol=1e-14)
        many += len(fixed) == 3
    assert many >= 5


@pytest.mark.parametrize(
    ("name", "W_h", "c", "fixed"),
    [
        ("linear", 0.5, 1.0, [2.0]),  # 2 · 0.5 + 1 = 2
        ("linear", -1.0, 1.0, [0.5]),
        ("linear", 1.0, 1.0, []),
        ("linear", 1.0, 0.0, []),  # all of them
        ("relu", 1.5, -0.5, [0.0, 1.0]),  # 1 · 1.5 − 0.5 = 1
        ("relu", 0.5, -1.0, [0.0]),
        ("relu", 0.5, 1.0, [2.0]),
        ("relu", 1.5, 1.0, []),
        ("relu", 1.5, 0.0, [0.0]),
        ("relu", 1.0, 0.0, []),
        ("relu", 1.0, -1.0, [0.0]),
        ("relu", -3.0, 2.0, [0.5]),  # 0.5 · −3 + 2 = 0.5
        ("tanh", 1.0, 0.0, [0.0]),
        ("sigmoid", 0.0, 0.0, [0.5]),
    ],
)
def test_fixed_points_by_hand(name, W_h, c, fixed):
    assert fixed_points(name, W_h, c).tolist() == fixed


def test_fixed_points_of_another_function():
    square = Activation("square", np.square, slope=lambda h: 2 * np.sqrt(h))
    # (h − 0.1)² = h at 0.6 ± √0.35
    right = [0.6 - np.sqrt(0.35), 0.6 + np.sqrt(0.35)]
    np.testing.assert_allclose(fixed_points(square, 1.0, -0.1), right, atol=1e-14)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("z", 6.5, "z must be a number from -6 to 6, got 6.5."),
        ("W_h", -11, "W_h must be a number from -10 to 10, got -11.0."),
        ("c", np.nan, "c must hold finite numbers, got nan."),
        ("h0", [1.0], "h0 must be a number, got an array of shape (1,)."),
        ("W_h", "much", "W_h must hold real numbers, got an array of type <U4."),
        ("activation", "softmax", "activation softmax ties the units of a state together"),
        ("step", 21, "step must be 0 … 20, got 21."),
    ],
)
def test_what_does_not_fit_is_refused_and_the_last_good_value_stays(name, value, message):
    widget = explorer()
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=re.escape(message)):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


def test_film_has_every_step_and_every_fixed_point():
    widget = explorer(W_h=2.0)
    assert re.findall(r'<tr id="([^"]*)">', widget.film) == [f"a?step={t}" for t in range(21)]
    run = widget.trace()
    assert f"<td>tanh(0.1 × 2 + 0)</td><td>{shown(run['h'][1])}</td>" in widget.film
    assert f'<th scope="row">−0.9575</th><td>{shown(run["fixed_slope"][0])}</td>' in widget.film
    widget.activation = "linear"
    assert "<td>0.1 × 2 + 0</td><td>0.2</td>" in widget.film


def test_a_link_carries_every_parameter_within_its_bounds():
    values = explorer().values()
    linked, step = ActivationExplorer.linked(values, "step=3&W_h=-1.5&activation=relu&z=-2")
    assert step == 3
    assert linked == values | {"W_h": -1.5, "activation": "relu", "z": -2.0}
    with pytest.raises(ValueError, match="W_h must be a number from"):
        ActivationExplorer.linked(values, "W_h=1e9")


def test_presets_do_what_their_notes_say():
    widget = explorer()
    ends = {}
    for preset in widget.presets:
        widget.set(**{k: v for k, v in preset.items() if k in widget.parameters})
        ends[preset["name"]] = widget.trace()
    assert ends["forgets"]["fixed_slope"].tolist() == [0.9]
    assert abs(ends["forgets"]["h"][20]) < 0.1
    assert ends["two memories"]["h"][20] == pytest.approx(0.9575, abs=1e-4)
    assert ends["flips"]["h"][20] == pytest.approx(-ends["flips"]["h"][19], abs=1e-2)
    assert ends["explodes"]["h"][20] == pytest.approx(0.1 * 1.5**20)
    assert ends["dies or grows"]["h"][20] == 0
    assert ends["dies or grows"]["fixed"].tolist() == [0, 1]
