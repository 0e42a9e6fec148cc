"""The stepper's Python side: its traits, what it refuses, its trace and its film strip."""

import re

import numpy as np
import pytest
import traitlets

from rnncore.activations import relu
from rnncore.states import compute_states
from rnncore.widgets import StateStepper
from rnncore.widgets.film import shown

X = [[1.0, 0.5], [-0.5, 1.0], [0.5, -1.0]]
W_X = [[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]]
W_H = [[0.6, -0.2, 0.1], [0.3, 0.5, -0.4], [-0.1, 0.2, 0.7]]
B = [0.1, 0.0, -0.2]
H0 = [0.5, 0.0, -1.0]


@pytest.fixture
def scalar():
    return StateStepper([1, 0, 1, 1], 1.0, 0.5, id="scalar")


@pytest.fixture
def vector():
    return StateStepper(X, W_X, W_H, B, h0=H0, activation="tanh", id="vector")


def last_cells(film):
    return re.findall(r"<td>([^<]*)</td></tr>", film)


def test_repr_is_the_same_on_every_run(scalar):
    scalar.step = 2
    assert repr(scalar) == "StateStepper(id='scalar', step=2)"


def test_trace_is_what_rnncore_computes(vector):
    run = vector.trace()
    S = compute_states([X], W_X, W_H, B, "tanh", [H0])[0]
    np.testing.assert_array_equal(run["h"], S)
    assert all(np.isnan(run[name][0]).all() for name in ("x", "from_x", "from_h", "z"))
    np.testing.assert_allclose(np.tanh(run["z"][1:]), S[1:], atol=1e-15)
    total = run["from_x"].sum(axis=1) + run["from_h"].sum(axis=1) + B
    np.testing.assert_allclose(total, run["z"], atol=1e-15)


@pytest.mark.parametrize(
    ("name", "value"), [("W_h", 1.5), ("W_x", -1), ("b", 0.25), ("h0", 2), ("X", [3, 4, 5, 6, 7])]
)
def test_a_trait_that_is_set_shows_in_trace_and_film(scalar, name, value):
    setattr(scalar, name, value)
    given = {"X": [1, 0, 1, 1], "W_x": 1.0, "W_h": 0.5, "b": 0.0, "h0": 0.0} | {name: value}
    states = compute_states([given["X"]], given["W_x"], given["W_h"], given["b"], h0=[given["h0"]])
    np.testing.assert_array_equal(scalar.trace()["h"], states[0])
    assert last_cells(scalar.film) == [shown(h) for h in states[0]]


def test_film_has_every_step_under_the_fragment_that_links_to_it(vector):
    assert re.findall(r'<tr id="([^"]*)">', vector.film) == [f"vector?step={t}" for t in range(4)]
    rows = [f"[{', '.join(map(shown, h))}]" for h in vector.trace()["h"]]
    assert last_cells(vector.film) == rows


def test_arithmetic_of_the_film_is_that_of_the_step():
    film = StateStepper([2, -1], 1.0, 0.5, b=1.0, activation="tanh", id="a").film
    # h_1 = tanh(2·1 + 0·0.5 + 1) = tanh(3) = 0.9951
    assert "<td>tanh(2 × 1 + 0 × 0.5 + 1)</td><td>0.9951</td>" in film
    assert "<td>tanh(−1 × 1 + 0.9951 × 0.5 + 1)</td>" in film


def test_a_shorter_sequence_takes_the_step_back(scalar):
    scalar.step = 4
    scalar.X = [1]
    assert scalar.step == 1


def test_shapes_that_change_together_are_set_together(vector):
    vector.set(X=np.ones((2, 1)), W_x=np.ones((1, 4)), W_h=np.eye(4), b=np.zeros(4), h0=np.ones(4))
    assert vector.trace()["h"].shape == (3, 4)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("W_h", np.nan, "W_h must hold finite numbers, got nan."),
        ("X", [1, np.inf], "X must hold finite numbers, got inf."),
        ("X", [1, -(10**400)], "X must hold finite numbers, got -inf."),
        ("W_h", "much", "W_h must hold real numbers, got an array of type <U4."),
        ("W_h", None, "W_h must hold real numbers, got None."),
        ("X", [[1], [2, 3]], "X must be a rectangular array, got a list whose rows differ in"),
        ("X", [[1, 2]], "X must have shape (timesteps,), got (1, 2)."),
        ("W_h", [[1.0]], "W_x and W_h must both be numbers or both be matrices, got shapes ()"),
        ("h0", [1.0], "h0 must be a number, got an array of shape (1,)."),
        ("activation", "softmax", "activation softmax ties the units of a state together and"),
        (
            "activation",
            "tan",
            "activation must be one of linear, sigmoid, tanh, relu, hard_sigmoid,",
        ),
        ("step", 5, "step must be 0 … 4, got 5."),
        ("step", -1, "step must be 0 … 4, got -1."),
        ("id", '"><script>', "id must be small letters, digits and hyphens, a letter first, got"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_last_good_value_stays(scalar, name, value, message):
    before = getattr(scalar, name)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        setattr(scalar, name, value)
    assert isinstance(caught.value, traitlets.TraitError)
    assert getattr(scalar, name) == before
    scalar.trace()


def test_a_set_that_does_not_fit_is_taken_back_as_a_whole(vector):
    with pytest.raises(ValueError, match=r"W_h must have shape \(units, units\) = \(5, 5\)"):
        vector.set(W_x=np.ones((2, 5)), h0=np.zeros(5), b=np.zeros(5))
    assert np.shape(vector.W_x) == (2, 3)
    assert vector.trace()["h"].shape == (4, 3)


def test_one_sequence_in_the_shape_of_a_batch_is_refused_in_the_words_of_the_widget():
    message = "X must have shape (timesteps, features) = (any, 2), got (1, 3, 2)."
    with pytest.raises(ValueError, match=re.escape(message)):
        StateStepper([X], W_X, W_H, id="a")


@pytest.mark.parametrize("bad", ["", "Two", "1st", "a b"])
def test_an_id_is_a_word_that_a_link_can_carry(bad):
    with pytest.raises(ValueError, match="id must be small letters"):
        StateStepper([1], 1.0, 1.0, id=bad)


def test_no_inputs_at_all_leave_the_initial_state(scalar, vector):
    scalar.X = []
    assert scalar.trace()["h"].tolist() == [0.0]
    vector.X = np.zeros((0, 2))
    assert vector.trace()["h"].tolist() == [H0]


def test_an_activation_may_be_given_as_itself(scalar):
    scalar.activation = relu
    assert scalar.activation == "relu"


def test_every_preset_fits_and_is_made_of_what_json_knows(scalar, vector):
    for stepper in (scalar, vector):
        assert stepper.presets
        for preset in stepper.presets:
            changes = {k: v for k, v in preset.items() if k not in {"name", "note"}}
            stepper.set(**changes)
            assert all(isinstance(value, float | list) for value in changes.values())


@pytest.mark.parametrize(
    ("preset", "message"),
    [
        ({"W_h": 1.0}, "a preset must have a name"),
        ({"name": "wide", "W_h": np.eye(2)}, "W_x and W_h must both be numbers or both be matri"),
    ],
)
def test_a_preset_that_does_not_fit_is_refused(preset, message):
    with pytest.raises(ValueError, match=message):
        StateStepper([1], 1.0, 1.0, id="a", presets=[preset])


def test_sizes_are_those_of_fifty_steps_with_and_without_the_activation(vector):
    X50 = np.concatenate([X, np.zeros((47, 2))])
    run = vector.trace()
    for name, f in (("norm", "tanh"), ("norm_linear", "linear")):
        S = compute_states(X50[np.newaxis], W_X, W_H, B, f, [H0])[0]
        np.testing.assert_allclose(run[name], np.linalg.norm(S, axis=1), rtol=1e-12)


def test_a_size_beyond_the_floats_is_infinite_and_none_sooner():
    # 5, 5e200, whose square is beyond them already; then infinity times the zeros of W_h is NaN.
    W_h = [[1e200, 0.0], [0.0, -1e200]]
    wild = StateStepper(np.zeros((3, 1)), [[0.0, 0.0]], W_h, h0=[3.0, 4.0], id="wild").trace()
    assert np.isnan(wild["h"][3]).all()
    np.testing.assert_allclose(wild["norm"][:2], [5, 5e200], rtol=1e-15)
    assert np.isinf(wild["norm"][2:]).all()


def test_a_linear_state_is_the_sum_of_the_shares_of_all_steps(vector, scalar):
    for stepper in (vector, scalar):
        run = stepper.trace()
        for t, share in enumerate(run["share"]):
            assert share.shape == (t + 1, *np.shape(run["h"])[1:])
            np.testing.assert_allclose(share.sum(axis=0), run["h_linear"][t], atol=1e-14)
    # x_1 W_x W_h^2 + h_0 W_h^3, by hand: 1 · 1 · 0.5² in the scalar case
    assert scalar.trace()["share"][3].tolist() == [0.0, 0.25, 0.0, 1.0]
    expected = (np.array(X[0]) @ W_X + B) @ W_H @ W_H
    np.testing.assert_allclose(vector.trace()["share"][3][1], expected, atol=1e-15)
    np.testing.assert_allclose(
        vector.trace()["share"][3][0], H0 @ np.linalg.matrix_power(W_H, 3), atol=1e-15
    )


def test_whole_numbers_that_a_page_sends_may_be_long(scalar):
    scalar.W_h = -(10**20)  # longer than an integer of an array
    assert scalar.W_h == -1e20
