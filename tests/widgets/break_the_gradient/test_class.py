"""The lab of broken gradients: each mistake against the package's own gradients, and training."""

import re
from html import unescape

import numpy as np
import pytest
import traitlets
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import bptt
from rnncore.gradcheck import numerical_gradient, relative_error
from rnncore.mistakes import (
    COMBINATIONS,
    EPOCHS,
    MISTAKES,
    RUNS,
    backpropagate,
    train,
    train_all,
    trained,
)
from rnncore.states import compute_states
from rnncore.widgets import BreakTheGradient
from rnncore.widgets.break_the_gradient import NAMES, START, TOLERANCE

KINDS = list(MISTAKES)


@pytest.fixture
def lab():
    return BreakTheGradient(no_transpose=True, id="lab")


def problem(batch=2, timesteps=4, features=2, units=3, seed=5):
    """X, S, dS, W_x, W_h with all axes of different length and W_h not symmetric."""
    rng = np.random.default_rng(seed)
    X, dS = (
        rng.normal(size=(batch, timesteps, features)),
        rng.normal(size=(batch, timesteps, units)),
    )
    W_x, W_h = rng.normal(size=(features, units)), rng.normal(size=(units, units))
    b, h0 = rng.normal(size=units), rng.normal(size=(batch, units))
    return X, compute_states(X, W_x, W_h, b, "tanh", h0), dS, W_x, W_h


def assert_same(gradients, expected, *names):
    for name in names or NAMES:
        assert_allclose(getattr(gradients, name), getattr(expected, name), atol=1e-14)


def assert_other(gradients, expected, *names):
    for name in names:
        assert relative_error(getattr(gradients, name), getattr(expected, name)) > 0.01


# --- Each mistake is the gradient of something else, which rnncore can compute ----------------


def test_without_mistakes_it_is_the_gradient_of_the_package():
    X, S, dS, W_x, W_h = problem()
    assert_same(backpropagate(X, S, dS, W_x, W_h), bptt.backpropagate(*problem(), "tanh"))


def test_no_transpose_is_the_gradient_of_a_network_with_the_transposed_matrix():
    X, S, dS, W_x, W_h = problem()
    wrong = backpropagate(X, S, dS, W_x, W_h, ["no_transpose"])
    assert_same(wrong, bptt.backpropagate(X, S, dS, W_x, W_h.T, "tanh"))
    assert_other(wrong, backpropagate(X, S, dS, W_x, W_h), *NAMES)


def test_no_transpose_of_a_square_w_x_makes_the_gradient_of_the_inputs_alone_wrong():
    X, S, dS, W_x, W_h = problem(features=3)
    wrong = backpropagate(X, S, dS, W_x, W_h, ["no_transpose_x"])
    assert_same(wrong, bptt.backpropagate(X, S, dS, W_x.T, W_h, "tanh"), "X")
    right = backpropagate(X, S, dS, W_x, W_h)
    assert_same(wrong, right, "W_x", "W_h", "b", "h0")
    assert_other(wrong, right, "X")


def test_no_slope_is_the_gradient_of_a_linear_layer_in_these_states():
    X, S, dS, W_x, W_h = problem()
    wrong = backpropagate(X, S, dS, W_x, W_h, ["no_slope"])
    assert_same(wrong, bptt.backpropagate(X, S, dS, W_x, W_h, "linear"))
    assert_other(wrong, backpropagate(X, S, dS, W_x, W_h), *NAMES)


def test_no_accumulation_leaves_what_the_first_step_adds():
    X, S, dS, W_x, W_h = problem()
    wrong = backpropagate(X, S, dS, W_x, W_h, ["no_accumulation"])
    parts = bptt.contributions(X, S, dS, W_x, W_h, "tanh")
    for name in ("W_x", "W_h", "b"):
        assert_allclose(getattr(wrong, name), getattr(parts, name)[0], atol=1e-14)
    assert_same(wrong, backpropagate(X, S, dS, W_x, W_h), "X", "h0")


def test_the_same_state_goes_into_the_gradient_of_w_h_alone():
    X, S, dS, W_x, W_h = problem(batch=1)
    wrong = backpropagate(X, S, dS, W_x, W_h, ["same_state"])
    dz = bptt.contributions(X, S, dS, W_x, W_h, "tanh").b  # of one sequence: dz_t itself
    assert_allclose(wrong.W_h, sum(np.outer(S[0, t], dz[t - 1]) for t in range(1, 5)), atol=1e-14)
    assert_same(wrong, backpropagate(X, S, dS, W_x, W_h), "X", "W_x", "b", "h0")


def test_no_future_is_the_gradient_that_goes_one_step_back():
    X, S, dS, W_x, W_h = problem()
    wrong = backpropagate(X, S, dS, W_x, W_h, ["no_future"])
    assert_same(wrong, bptt.backpropagate(X, S, dS, W_x, W_h, "tanh", window=1))
    assert_other(wrong, backpropagate(X, S, dS, W_x, W_h), *NAMES)


def test_mistakes_add_up():
    X, S, dS, W_x, W_h = problem()
    wrong = backpropagate(X, S, dS, W_x, W_h, ["no_transpose", "no_slope", "no_accumulation"])
    parts = bptt.contributions(X, S, dS, W_x, W_h.T, "linear")
    assert_allclose(wrong.W_h, parts.W_h[0], atol=1e-13)


def test_a_w_x_that_is_not_square_stops_numpy():
    with pytest.raises(ValueError, match=r"matmul: .*size 2 is different from 3"):
        backpropagate(*problem(), ["no_transpose_x"])


def test_an_unknown_mistake_is_refused():
    message = "mistakes must be among no_transpose, no_transpose_x, no_slope, no_accumulation,"
    with pytest.raises(ValueError, match=message + " same_state, no_future, got none."):
        backpropagate(*problem(), ["none"])


def test_combinations_are_numbered_by_their_bits():
    assert COMBINATIONS[0] == ()
    assert COMBINATIONS[2] == ("no_transpose_x",)
    assert COMBINATIONS[0b101001] == ("no_transpose", "no_accumulation", "no_future")
    assert len(set(COMBINATIONS)) == 64


# --- Training --------------------------------------------------------------------


@pytest.mark.parametrize("mistakes", [(), *((kind,) for kind in KINDS), tuple(KINDS)], ids=str)
def test_training_gives_again_what_is_stored(mistakes):
    stored, _ = trained()
    loss, _ = train(mistakes, run=1, epochs=5)
    # Stored to 1e-4; other machines sum in another order, and training makes that larger.
    assert_allclose(loss, stored[COMBINATIONS.index(mistakes)][1, :5], atol=1e-3)


def test_a_whole_training_gives_again_what_is_stored():
    stored, accuracy = trained()
    loss, right = train_all([("no_transpose",)], runs=1)
    assert loss.shape == (1, 1, EPOCHS)
    assert_allclose(loss[0, 0], stored[1, 0], atol=1e-2)
    assert right[0, 0] == accuracy[1, 0] == 100
    assert stored.shape == (64, RUNS, EPOCHS)


def test_what_training_notices_and_what_it_does_not():
    losses, accuracy = trained()
    learnt = dict(zip(COMBINATIONS, (accuracy >= 95).sum(axis=1).tolist()))
    assert [learnt[kind,] for kind in KINDS] == [5, 5, 0, 4, 5, 0]
    assert learnt[()] == 5
    middle = np.median(losses, axis=1)
    falls = [middle[2**i, -1] < 0.9 * middle[2**i, 0] for i in range(6)]
    assert falls == [True, True, False, True, True, True]


# --- The trace ------------------------------------------------------------------------


def test_trace_holds_the_gradients_of_the_package_against_small_changes():
    lab = BreakTheGradient(id="right")
    X, W_x, W_h, b, h0, dS = (np.array([START[n]]) for n in ("X", "W_x", "W_h", "b", "h0", "dS"))
    W_x, W_h, b = W_x[0], W_h[0], b[0]
    S = compute_states(X, W_x, W_h, b, "tanh", h0)
    run, right = lab.trace(), bptt.backpropagate(X, S, dS, W_x, W_h, "tanh")
    assert_array_equal(run["h"], S[0])
    # L = 0.5 h_1[3] + h_3[1] - 0.5 h_3[2] + 0.5 h_3[3]
    h = S[0]
    assert run["L"] == pytest.approx(
        0.5 * h[1, 2] + h[3, 0] - 0.5 * h[3, 1] + 0.5 * h[3, 2], abs=1e-15
    )
    given = {"X": X, "W_x": W_x, "W_h": W_h, "b": b, "h0": h0}

    def loss(name, value):
        return np.sum(dS * compute_states(**given | {name: value}, activation="tanh")[:, 1:])

    for name in NAMES:
        gradient = np.reshape(getattr(right, name), run[f"d{name}"].shape)
        assert_allclose(run[f"d{name}"], gradient, atol=1e-14)
        plain = numerical_gradient(lambda v, name=name: loss(name, v), given[name])
        assert_allclose(run[f"numerical_{name}"], plain.reshape(gradient.shape), atol=1e-10)
        assert_allclose(run[f"rise_{name}"] / run["run"], run[f"numerical_{name}"], rtol=1e-14)
    assert (run["error"] < 1e-10).all()
    assert run["run"] == 2 * np.finfo(float).eps ** (1 / 3)


def test_trace_tells_which_gradients_each_mistake_makes_wrong(lab):
    run = lab.trace()
    wrong = {
        kind: [name for name, error in zip(NAMES, errors) if error > 1e-7]
        for kind, errors in zip(KINDS, run["alone"])
    }
    assert wrong == {
        "no_transpose": ["X", "W_x", "W_h", "b", "h0"],
        "no_transpose_x": [],  # NumPy stops, there is nothing to compare
        "no_slope": ["X", "W_x", "W_h", "b", "h0"],
        "no_accumulation": ["W_x", "W_h", "b"],
        "same_state": ["W_h"],
        "no_future": ["X", "W_x", "W_h", "b", "h0"],
    }
    assert np.isnan(run["alone"][1]).all()
    assert_array_equal(run["error"], run["alone"][0])
    assert_array_equal(run["alone_worst"][[0, 2]], run["alone"][[0, 2]].max(axis=1))


def test_a_mistake_that_numpy_refuses_leaves_no_gradient(lab):
    lab.no_transpose_x = True
    run = lab.trace()
    assert all(np.isnan(run[f"d{name}"]).all() for name in NAMES)
    assert np.isnan(run["error"]).all()
    assert lab.refusal().startswith("matmul: Input operand 1 has a mismatch")
    lab.no_transpose_x = False
    assert lab.refusal() == ""


def test_a_symmetric_matrix_hides_the_missing_transpose_and_a_square_one_the_shapes(lab):
    presets = {preset["name"]: preset for preset in lab.presets}

    def take(name):
        lab.set(**{k: v for k, v in presets[name].items() if k in lab.parameters})

    take("symmetric W_h")
    assert lab.mistakes == ["no_transpose"]
    assert (lab.trace()["error"] < 1e-7).all()
    take("square W_x")
    assert np.shape(lab.W_x) == (3, 3)
    assert lab.refusal() == ""
    assert (lab.trace()["error"] > 1e-7).tolist() == [True, False, False, False, False]


def test_every_preset_is_made_of_what_json_knows(lab):
    assert [preset["name"] for preset in lab.presets] == [
        *("none", "classic", "symmetric W_h", "square W_x", "all")
    ]
    for preset in lab.presets:
        assert all(isinstance(v, (bool, list, str)) for v in preset.values())
    names = [p["name"] for p in square().presets]
    assert "square W_x" not in names  # it is already


def square():
    return BreakTheGradient(
        np.ones((2, 2)), np.eye(2), np.eye(2), [0, 0], [0, 0], np.eye(2), id="s"
    )


# --- The widget ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("W_h", np.ones((3, 2)), "W_h must have shape (units, units) = (3, 3), got (3, 2)."),
        ("X", np.ones((3, 4)), "X must have shape (timesteps, features) = (any, 2), got (3, 4)."),
        ("W_x", 1.0, "W_x must have shape (features, units), got ()."),
        ("b", [1.0], "b must have shape (units,) = (3,), got (1,)."),
        ("h0", 0.0, "h0 must have shape (units,) = (3,), got ()."),
        ("dS", np.ones((2, 3)), "dS must have shape (timesteps, units) = (3, 3), got (2, 3)."),
        ("W_h", np.full((3, 3), np.inf), "W_h must hold finite numbers, got inf."),
        ("no_slope", 1, "no_slope must be True or False, got 1."),
        ("no_future", None, "no_future must be True or False, got None."),
        ("dS", np.ones((3, 2)), "dS must have shape (timesteps, units) = (3, 3), got (3, 2)."),
        ("step", 1, "step must be 0 … 0, got 1."),
    ],
)
def test_what_does_not_fit_is_refused_and_the_last_good_value_stays(lab, name, value, message):
    before = getattr(lab, name)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        setattr(lab, name, value)
    assert isinstance(caught.value, traitlets.TraitError)
    assert getattr(lab, name) == before
    lab.trace()


def test_a_sequence_without_steps_has_no_gradient_to_check(lab):
    with pytest.raises(ValueError, match=r"X must have shape \(timesteps, features\)"):
        lab.set(X=np.zeros((0, 2)), dS=np.zeros((0, 3)))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((7, 2, 3), "timesteps must be at most 6 in this lab, got 7."),
        ((3, 5, 3), "features must be at most 4 in this lab, got 5."),
        ((3, 2, 5), "units must be at most 4 in this lab, got 5."),
    ],
)
def test_what_is_too_large_to_be_read_is_refused(shape, message):
    timesteps, features, units = shape
    X, W_x, dS = (
        np.ones((timesteps, features)),
        np.ones((features, units)),
        np.ones((timesteps, units)),
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        BreakTheGradient(X, W_x, np.eye(units), np.ones(units), np.ones(units), dS, id="a")


def test_a_number_out_of_bounds_is_refused(lab):
    with pytest.raises(ValueError, match=r"W_h must hold numbers from −10 to 10, got 1e\+12\."):
        lab.W_h = [[0, 0, 1e12], [0, 0, 0], [0, 0, 0]]


def test_what_rounding_leaves_of_a_vanished_gradient_is_no_mistake():
    # At z = 15 the slope of tanh is 3.7e-13; 1 - h² has three digits of it in float64.
    lab = BreakTheGradient([[1]], [[10]], [[0]], [5], [0], [[1]], id="a")
    run = lab.trace()
    assert (run["error"] < TOLERANCE).all()
    assert 0 <= run["numerical_W_x"] < 1e-12
    # On Windows, and on macOS with ARM, longdouble is float64: no digit is left.
    if np.finfo(np.longdouble).eps < np.finfo(float).eps:
        assert (run["error"] < 1e-10).all()
        assert 1e-4 < abs(run["dW_x"] - run["numerical_W_x"]) / run["dW_x"] < 1


def test_the_film_has_what_is_shown_and_each_mistake_alone(lab):
    lab.same_state = True
    rows = re.findall(r'<tr id="([^"]*)">(.*?)</tr>', lab.film)
    cells = [re.findall("<t[hd][^>]*>([^<]*)</t[hd]>", row) for _, row in rows]
    assert cells[0][0] == "as shown: no transpose of W_h; h_t instead of h_t−1"
    assert [row[0] for row in cells[1:]] == list(MISTAKES.values())
    error = lab.trace()["alone_worst"]
    assert cells[1][1:] == [
        "all fit",
        f"wrong: X, W_x, W_h, b, h0, relative error {error[0]:.4f}",
        "5 of 5 runs learn the task",
    ]
    assert cells[2][1:] == ["NumPy stops", "never reached", "5 of 5 runs learn the task"]
    assert cells[4][3] == "4 of 5 runs learn the task"


def test_the_ids_of_the_film_link_to_what_stands_there(lab):
    ids = [unescape(i) for i in re.findall(r'<tr id="([^"]*)">', lab.film)]
    assert ids[0] == "lab?step=0"
    made = [BreakTheGradient.linked(lab.values(), i.partition("?")[2])[0] for i in ids[1:]]
    assert [[kind for kind in KINDS if values[kind]] for values in made] == [[k] for k in KINDS]


def test_a_link_may_change_shapes_together(lab):
    values, step = BreakTheGradient.linked(
        lab.values(), "X=1,2,3&W_x=1,0,0;0,1,0;0,0,1&dS=1,0,0&no_slope=true"
    )
    assert (np.shape(values["X"]), np.shape(values["W_x"]), step) == ((1, 3), (3, 3), 0)
    for query in ("X=1,2,3", "no_slope=yes", "slope=true", "step=1"):
        with pytest.raises(ValueError, match=r"must|not among"):
            BreakTheGradient.linked(lab.values(), query)


def test_the_same_values_make_the_same_lab(lab):
    again = BreakTheGradient(**lab.values(), id="lab")
    assert (again.film, again.training) == (lab.film, lab.training)
    assert repr(again) == "BreakTheGradient(id='lab')"


def test_the_presets_of_numbers_at_their_bounds_are_within_them():
    lab = BreakTheGradient([[1]], [[10, 10]], np.eye(2), [0, 0], [0, 0], [[1, 1]], id="a")
    square = next(preset for preset in lab.presets if preset["name"] == "square W_x")
    assert square["W_x"] == [[10, 10], [10, 10]]
