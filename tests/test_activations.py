"""Activations: values by hand, slopes against finite differences, and what is refused."""

import copy
import pickle
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import activations, bptt, gradcheck
from rnncore.activations import (
    Activation,
    Normaliser,
    get,
    get_recurrent,
    relu,
    sigmoid,
    softmax,
    tanh,
)
from rnncore.gradcheck import numerical_gradient
from rnncore.layers import RNN, Dense, SimpleRNN, SimpleRNNCell
from rnncore.mlp import predict
from rnncore.states import compute_states, step

# By hand, for each known activation: z, its value h, the derivative there, and what ±∞ gives.
BY_HAND = {
    "linear": ([-2.0, 0.0, 3.5], [-2.0, 0.0, 3.5], [1, 1, 1], [-np.inf, np.inf]),
    # 1 / (1 + e^-z):  z = 0 -> 1/2;  z = ln 3 -> 1 / (1 + 1/3) = 3/4;  z = -ln 3 -> 1 / (1 + 3)
    "sigmoid": (
        [0.0, np.log(3), -np.log(3)],
        [1 / 2, 3 / 4, 1 / 4],
        [1 / 4, 3 / 16, 3 / 16],
        [0, 1],
    ),
    # (e^z - e^-z) / (e^z + e^-z):  z = ln 2 -> (2 - 1/2) / (2 + 1/2) = 1.5 / 2.5 = 3/5
    "tanh": ([0.0, np.log(2), -np.log(2)], [0, 3 / 5, -3 / 5], [1, 16 / 25, 16 / 25], [-1, 1]),
    # the kink itself counts as flat, as in Keras and PyTorch
    "relu": ([-2.0, -0.1, 0.0, 0.1, 3.0], [0, 0, 0, 0.1, 3], [0, 0, 0, 1, 1], [0, np.inf]),
    # z / 6 + 1/2:  z = 1.5 -> 3/4;  cut off from ±3 on, as in Keras 3, where the slope is 0
    "hard_sigmoid": (
        [-4.0, -3.0, 0.0, 1.5, 3.0],
        [0, 0, 1 / 2, 3 / 4, 1],
        [0, 0, 1 / 6, 1 / 6, 0],
        [0, 1],
    ),
}
ALL = list(activations.KNOWN.values())
ELEMENTWISE = [f for f in ALL if isinstance(f, Activation)]
KNOWN = ", ".join(f.name for f in ALL)
AT = np.arange(-4.1, 4.5, 0.4)  # -0.1 and 0.3 are on either side of relu's kink

by_name = pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
elementwise = pytest.mark.parametrize("f", ELEMENTWISE, ids=lambda f: f.name)
with_slope = pytest.mark.parametrize(
    "f", [f for f in ELEMENTWISE if not f.needs_z], ids=lambda f: f.name
)
numbers = st.floats(-50, 50)


# Values by hand


def test_every_elementwise_activation_is_worked_out_by_hand():
    assert set(BY_HAND) == set(activations.ELEMENTWISE)


@elementwise
def test_values_and_derivatives_by_hand(f):
    z, h, derivative, at_infinity = BY_HAND[f.name]
    assert_allclose(f.value(z), h, rtol=1e-15)
    assert_allclose(f.derivative(z, f.value(z)), derivative, rtol=1e-14)
    with np.errstate(invalid="ignore"):  # of those that multiply by z
        assert_array_equal(f.value([-np.inf, np.inf]), at_infinity)


@pytest.mark.parametrize("name", activations.KNOWN)
def test_a_copy_of_an_activation_is_itself(name):
    f = activations.KNOWN[name]
    assert pickle.loads(pickle.dumps(f)) is f
    assert copy.deepcopy(f) is f


def double(z):
    return 2 * z


def test_an_activation_of_ones_own_is_pickled_with_its_functions():
    f = pickle.loads(pickle.dumps(Activation("double", double, slope=np.ones_like)))
    assert f.value([1.0]).tolist() == [2.0]
    z = np.ones(1)
    f.overwrite(z)
    assert z.tolist() == [2.0]


def test_softmax_by_hand():
    # e^z = (1, 2, 5), which add up to 8
    assert_allclose(softmax.value(np.log([1.0, 2.0, 5.0])), [1 / 8, 2 / 8, 5 / 8], rtol=1e-15)


def test_softmax_runs_over_the_last_axis():
    # row 0: e^z = (1, 3), sum 4;  row 1: e^z = (1, 1), sum 2
    z = np.log([[1.0, 3.0], [1.0, 1.0]])
    assert_allclose(softmax.value(z), [[1 / 4, 3 / 4], [1 / 2, 1 / 2]], rtol=1e-15)
    assert_allclose(softmax.value(z[:, np.newaxis]), softmax.value(z)[:, np.newaxis], rtol=1e-15)


# Slopes, in terms of the output


@elementwise
def test_the_derivative_is_what_small_differences_show(f):
    eps = 1e-6
    by_differences = (f.value(AT + eps) - f.value(AT - eps)) / (2 * eps)
    assert_allclose(f.derivative(AT, f.value(AT)), by_differences, rtol=0, atol=1e-9)
    if not f.needs_z:
        assert_allclose(f.slope(f.value(AT)), by_differences, rtol=0, atol=1e-9)


@by_name
def test_the_code_of_a_record_is_what_it_computes(f):
    known = {"np": np, "z": AT, "h": f.value(AT)}
    assert f.formula
    assert_allclose(eval(f.code, known), f.value(AT), rtol=1e-14)
    if f is not softmax:
        assert f.derivative_formula
        assert_allclose(eval(f.derivative_code, known) + 0 * AT, f.derivative(AT, f.value(AT)))


@by_name
def test_the_bounds_of_a_record_are_those_of_the_values(f):
    z = np.array([*np.linspace(-10, 10, 100_001), -1e4, 1e4])
    h = f.value(np.stack([z, -z], axis=-1))
    low, high = f.bounds
    assert ((low <= h) & (h <= high)).all()
    for bound, end in zip(f.bounds, (h.min(), h.max())):
        assert np.isinf(bound) or abs(end - bound) < 1e-8


@elementwise
def test_the_steepest_place_is_as_steep_as_the_record_says(f):
    z = np.linspace(-5, 5, 10_001)
    assert_allclose(np.abs(f.derivative(z, f.value(z))).max(), f.steepest, rtol=1e-6)


def test_a_saturated_unit_has_slope_zero():
    assert_array_equal(sigmoid.slope(sigmoid.value([-1e4, 1e4])), [0.0, 0.0])
    assert_array_equal(tanh.slope(tanh.value([-1e4, 1e4])), [0.0, 0.0])


def test_softmax_has_no_slope():
    assert not hasattr(softmax, "slope")


# Gradients, from the output back to the input


@elementwise
def test_elementwise_the_gradient_is_multiplied_by_the_derivative(f):
    z, h, derivative, _ = BY_HAND[f.name]
    dh = np.arange(1.0, len(z) + 1)
    assert_allclose(f.backward(z, h, dh), dh * derivative, rtol=1e-14)


def test_the_gradient_of_softmax_by_hand():
    # dz_i = h_i (dh_i - Σ_j h_j dh_j):  Σ = 1/4 · 8 + 3/4 · 4 = 5, so 1/4 · 3 and 3/4 · (-1)
    assert_array_equal(
        softmax.backward(None, np.array([0.25, 0.75]), np.array([8.0, 4.0])), [0.75, -0.75]
    )


def test_the_gradient_of_softmax_agrees_with_central_differences():
    rng = np.random.default_rng(0)
    z, dh = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
    by_differences = numerical_gradient(lambda z: (softmax.value(z) * dh).sum(), z)
    assert_allclose(softmax.backward(z, softmax.value(z), dh), by_differences, rtol=0, atol=1e-9)


# Large numbers


def test_sigmoid_is_safe_at_1e4():
    assert_array_equal(sigmoid.value([-1e4, 1e4]), [0.0, 1.0])


def test_sigmoid_keeps_its_digits_far_below_zero():
    # e^-40 / (1 + e^-40) = e^-40 to 17 digits; 1 - sigmoid(40) would have none left
    assert_allclose(sigmoid.value(-40.0), np.exp(-40.0), rtol=1e-14)


def test_softmax_is_safe_at_1e4():
    # The gap of 1e4 leaves e^-10000, which is 0 in float64.
    assert_array_equal(softmax.value([1e4, 0.0, 1e4]), [0.5, 0.0, 0.5])
    assert_array_equal(softmax.value([[1e4, 1e4], [-1e4, -1e4]]), [[0.5, 0.5], [0.5, 0.5]])


# Identities


@given(st.lists(numbers, min_size=1, max_size=6), numbers)
def test_softmax_sums_to_one_and_ignores_a_common_shift(z, shift):
    z = np.array(z)
    assert_allclose(softmax.value(z).sum(), 1, rtol=1e-14)
    assert_allclose(softmax.value(z + shift), softmax.value(z), rtol=1e-12)


@given(numbers)
def test_sigmoid_is_softmax_against_zero(z):
    assert_allclose(sigmoid.value(z), softmax.value([z, 0.0])[0], rtol=1e-13)


@given(numbers)
def test_tanh_is_a_stretched_sigmoid(z):
    assert_allclose(tanh.value(z), 2 * sigmoid.value(2 * z) - 1, rtol=0, atol=1e-15)


@given(numbers)
def test_relu_is_what_remains_of_its_input(z):
    assert relu.value(z) - relu.value(-z) == z


# Shapes, types and special values


@by_name
@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (2, 3, 4)])
def test_value_keeps_the_shape(f, shape):
    assert np.shape(f.value(np.ones(shape))) == shape


@with_slope
@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (0, 3)])
def test_slope_keeps_the_shape(f, shape):
    assert np.shape(f.slope(np.ones(shape))) == shape


@by_name
def test_float32_stays_float32(f):
    z = np.array([-1.0, 0.5], np.float32)
    assert f.value(z).dtype == np.float32


@with_slope
def test_the_slope_of_float32_is_float32(f):
    assert f.slope(np.array([0.0, 0.5], np.float32)).dtype == np.float32


@by_name
@pytest.mark.parametrize("values", [[-1, 0, 2], (-1, 0, 2), np.array([-1, 0, 2], np.int8)])
def test_integers_are_computed_in_float(f, values):
    h = f.value(values)
    assert h.dtype == np.float64
    assert_array_equal(h, f.value([-1.0, 0.0, 2.0]))


@with_slope
def test_the_slope_of_integers_is_computed_in_float(f):
    slope = f.slope(np.array([0, 1]))
    assert slope.dtype == np.float64
    assert_array_equal(slope, f.slope([0.0, 1.0]))


@by_name
def test_nan_passes_through(f):
    assert np.isnan(f.value([np.nan])).all()


@by_name
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_array_of_floats_goes_straight_to_the_function(f, dtype, monkeypatch):
    # The loop over time steps calls an activation at each of them: a check would cost its time.
    h = f.value([-1.0, 0.5])
    monkeypatch.setattr(activations, "as_arrays", None)
    assert_allclose(f.value(np.array([-1.0, 0.5], dtype)), h, rtol=1e-6)


@elementwise
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_array_can_be_overwritten_with_its_values(f, dtype):
    z = np.array([-2.0, 0.0, 0.5], dtype)
    h = f.value(z)
    f.overwrite(z)
    assert_array_equal(z, h)


def test_softmax_of_minus_infinity_is_nothing():
    assert_array_equal(softmax.value([-np.inf, 0.0]), [0.0, 1.0])


@by_name
def test_the_input_is_left_as_it_was(f):
    z = np.array([-2.0, 0.5, 1.0])
    f.value(z)
    assert_array_equal(z, [-2.0, 0.5, 1.0])


@by_name
@pytest.mark.parametrize(
    ("values", "message"),
    [
        (None, "values must hold real numbers, got None."),
        (1j, "values must hold real numbers, got an array of type complex128."),
        (np.ones(2, "c8"), "values must hold real numbers, got an array of type complex64."),
        ("one", "values must hold real numbers, got an array of type <U3."),
        (
            [[1.0], [1.0, 2.0]],
            "values must be a rectangular array, got a list whose rows differ in length.",
        ),
    ],
    ids=["None", "complex", "array", "text", "ragged"],
)
def test_what_is_no_array_of_real_numbers_is_refused(f, values, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        f.value(values)


# Names


@by_name
def test_the_name_finds_the_activation(f):
    assert get(f.name) is f
    assert getattr(activations, f.name) is f


@by_name
def test_an_activation_is_returned_as_it_is(f):
    assert get(f) is f


@pytest.mark.parametrize("unknown", ["swish", "Tanh", "", None, 3, np.tanh, ["tanh"]], ids=repr)
def test_an_unknown_activation_lists_the_known_ones(unknown):
    message = f"activation must be one of {KNOWN}, got {unknown!r}."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        get(unknown)


def test_an_activation_shows_its_name():
    assert [repr(f) for f in ALL] == [f"<activation {name}>" for name in KNOWN.split(", ")]


@pytest.mark.parametrize(
    "run", [lambda f: compute_states([[1.0]], 1.0, 1.0, 0.0, f), lambda f: step(1, 1, 1, 1, 0, f)]
)
@pytest.mark.parametrize("f", ["softmax", softmax], ids=["name", "activation"])
def test_softmax_is_refused_inside_a_recurrence(run, f):
    message = (
        "activation softmax ties the units of a state together and cannot be used inside"
        f" a recurrence; choose one of {', '.join(activations.ELEMENTWISE)}."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        run(f)


def test_inside_a_recurrence_an_unknown_activation_is_not_answered_with_softmax():
    message = f"activation must be one of {', '.join(activations.ELEMENTWISE)}, got 'swish'."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        get_recurrent("swish")


# One of your own


def silu_derivative(z, h):
    s = sigmoid.value(z)
    return s + h * (1 - s)


SILU = Activation("silu", lambda z: z * sigmoid.value(z), derivative=silu_derivative)
HARD = Activation("hard", lambda z, out=None: np.clip(z, -1, 1), lambda h: abs(h) < 1)
EXP = Activation("exp", lambda z: np.exp(z) / 400, lambda h: h)  # hands its input on as slope
SHIFT = Activation("shift", lambda z: z + 1, lambda h: 1.0)  # whose slope is a plain number
by_own = pytest.mark.parametrize("f", [SILU, HARD, EXP, SHIFT], ids=lambda f: f.name)


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def right(loss, arguments, gradients):
    report = gradcheck.check(loss, arguments, gradients)
    assert report, report.text


def sizes(activation):
    """Arguments whose axes all differ: batch 2, timesteps 20 (two blocks), features 3, units 4."""
    p = {"X": normal(2, 20, 3), "W_x": normal(3, 4), "W_h": normal(4, 4) / 4, "b": normal(4)}
    return p | {"h0": normal(2, 4)}, normal(2, 20, 4)


def test_what_a_value_returns_is_what_the_states_are():
    assert_array_equal(compute_states([[1, 1, -9]], 1.0, 1.0, activation=HARD), [[0, 1, 1, -1]])
    assert step(1.0, 1.0, 1.0, 1.0, activation=HARD) == 1


@by_own
def test_gradients_through_time(f):
    p, dS = sizes(f)
    S = compute_states(**p, activation=f)
    before = S.copy()
    for window in (None, 30):
        g = bptt.backpropagate(p["X"], S, dS, p["W_x"], p["W_h"], f, window, b=p["b"])
        right(lambda **p: (compute_states(**p, activation=f)[:, 1:] * dS).sum(), p, g._asdict())
    each = bptt.contributions(p["X"], S, dS, p["W_x"], p["W_h"], f, b=p["b"])
    assert_allclose(each.W_h.sum(axis=0), g.W_h, rtol=1e-12)
    assert_array_equal(S, before)


def test_gradients_through_time_of_numbers():
    p, dS = {"X": normal(2, 5), "W_x": 0.5, "W_h": -0.75, "b": 0.25, "h0": normal(2)}, normal(2, 5)
    S = compute_states(**p, activation=SILU)
    g = bptt.backpropagate(p["X"], S, dS, p["W_x"], p["W_h"], SILU, b=p["b"])
    right(lambda **p: (compute_states(**p, activation=SILU)[:, 1:] * dS).sum(), p, g._asdict())


@by_own
@pytest.mark.parametrize("kind", ["layer", "cell", "loop"])
def test_gradients_of_recurrent_layers(f, kind):
    p, dy = sizes(f)
    make = {
        "layer": lambda **w: SimpleRNN(**w, activation=f, return_sequences=True),
        "cell": lambda **w: SimpleRNNCell(**w, activation=f),
        "loop": lambda **w: RNN(SimpleRNNCell(**w, activation=f), return_sequences=True),
    }[kind]
    if kind == "cell":
        p["X"], dy = p["X"][:, 0], dy[:, 0]
    if kind == "loop":  # it has no blocks, and is slow
        p["X"], dy = p["X"][:, :4], dy[:, :4]
    layer = make(**{name: p[name] for name in ("W_x", "W_h", "b")})
    layer.forward(p["X"], p["h0"])
    gradients = {"X": layer.backward(dy), **layer.gradients}
    right(lambda X, h0, **w: (make(**w).forward(X, h0) * dy).sum(), p, gradients)


@by_own
def test_gradients_of_a_dense_layer(f):
    p, dy = {"x": normal(2, 3), "W": normal(3, 4), "b": normal(4)}, normal(2, 4)
    layer = Dense(p["W"], p["b"], f)
    layer.forward(p["x"])
    gradients = {"x": layer.backward(dy), **layer.gradients}
    right(lambda x, W, b: (Dense(W, b, f).forward(x) * dy).sum(), p, gradients)
    assert_array_equal(predict(p["x"], [p["W"]], [p["b"]], [f]), layer.forward(p["x"]))


@by_own
def test_layers_of_float32_stay_float32(f):
    W_x, W_h = np.ones((3, 4), np.float32), np.eye(4, dtype=np.float32) / 4
    for layer, x in [
        (SimpleRNN(W_x, W_h, activation=f), np.ones((2, 5, 3), np.float32)),
        (Dense(W_x, activation=f), np.ones((2, 3), np.float32)),
    ]:
        y = layer.forward(x)
        dx = layer.backward(np.ones_like(y))
        assert {a.dtype for a in (y, dx, *layer.gradients.values())} == {np.dtype(np.float32)}


def test_a_derivative_that_needs_z_has_no_slope():
    message = (
        "activation silu has no slope in terms of its output: its derivative needs z, as in"
        " derivative(z, h)."
    )
    S = compute_states([[1.0, 2.0]], 1.0, 0.5, activation=SILU)
    for call in (
        lambda: SILU.slope(0.5),
        lambda: bptt.jacobian(S[:, 1], 0.5, SILU),
        lambda: bptt.jacobian_product(S, 0.5, SILU),
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            call()
    message = (
        "b must be given: the derivative of silu needs z = x_t W_x + h_{t-1} W_h + b. Pass b=0.0"
        " if there is none."
    )
    for function in (bptt.backpropagate, bptt.contributions):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            function([[1.0, 2.0]], S, [[1.0, 1.0]], 1.0, 0.5, SILU)


def test_an_activation_needs_a_slope_or_a_derivative():
    with pytest.raises(
        ValueError, match=r"^activation odd must have a slope or a derivative, got neither\.$"
    ):
        Activation("odd", np.tanh)


def test_a_record_keeps_what_it_was_given():
    both = {"formula": "z + 1", "code": "z+1", "bounds": (-1.0, 3.0)}
    more = {"derivative_formula": "1", "derivative_code": "1.0", "steepest": 2.0}
    f = Activation("shift", lambda z: z + 1, lambda h: h, lambda z, h: z, **both, **more)
    assert {name: getattr(f, name) for name in [*both, *more]} == both | more
    assert f.name == "shift"
    assert_array_equal(f.value([1.0]), [2.0])
    assert_array_equal(f.derivative([1.0], [2.0]), [2.0])  # the slope, where there is one
    assert not f.needs_z
    last = Normaliser("last", lambda z: z + 1, **both)
    assert {name: getattr(last, name) for name in both} == both
    assert (last.name, last.value([1.0]).tolist()) == ("last", [2.0])


def test_a_record_needs_no_more_than_a_value_and_a_derivative():
    f = Activation("shift", lambda z: z + 1, derivative=lambda z, h: z)
    assert (f.formula, f.derivative_formula, f.code, f.derivative_code) == ("", "", "", "")
    assert (f.bounds, f.steepest, f.needs_z) == ((-np.inf, np.inf), np.inf, True)
    assert_array_equal(f.derivative([1.0], [2.0]), [1.0])
    z, seen = np.array([1.0]), []
    f.overwrite(z)
    assert z == 2
    Activation("seen", np.tanh, np.tanh, in_place=seen.append).overwrite(z)
    assert seen[0] is z


def squash(name="squash", value=np.tanh, slope=lambda h: 1 - h * h, **more):
    return Activation(name, value, slope, **more)


IN_PLACE = squash(slope=lambda h: np.subtract(1, np.multiply(h, h, out=h), out=h))


def test_a_slope_that_writes_into_its_argument_is_refused_and_the_states_stay():
    S = compute_states([[1.0, 0.0, 1.0]], 1.0, 0.5, activation="tanh")
    before = S.copy()
    with pytest.raises(ValueError, match="slope of activation squash must return a new array"):
        bptt.backpropagate([[1.0, 0.0, 1.0]], S, np.ones((1, 3)), 1.0, 0.5, activation=IN_PLACE)
    assert_array_equal(S, before)


def test_a_value_that_writes_into_its_argument_is_refused():
    z = np.ones(3)
    with pytest.raises(ValueError, match="value of activation squash must return a new array"):
        squash(value=lambda z: np.tanh(z, out=z)).value(z)
    assert_array_equal(z, 1)


@pytest.mark.parametrize("layer", [SimpleRNN, Dense], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "value", [lambda z: z.sum(), lambda z: z[0], lambda z: None, lambda z: z * 1j]
)
def test_a_value_of_another_shape_or_kind_is_refused(layer, value):
    with pytest.raises(ValueError, match="value of activation squash must return a new array of"):
        layer.initialise(3, 5, 1, activation=squash(value=value)).forward(
            np.ones((2, 4, 3)), keep=False
        )


@pytest.mark.parametrize(
    "slope", [lambda h: h.sum(axis=-1), lambda h: h[..., :1], lambda h: None, lambda h: "1"]
)
def test_a_slope_of_another_shape_or_kind_is_refused(slope):
    layer = SimpleRNN.initialise(3, 5, 1, activation=squash(slope=slope))
    layer.forward(np.ones((2, 4, 3)))
    with pytest.raises(ValueError, match="slope of activation squash must return a new array of"):
        layer.backward(np.ones((2, 5)))


@pytest.mark.parametrize("kind", [SimpleRNN, Dense], ids=lambda kind: kind.__name__)
def test_lists_bools_and_constant_slopes_take_effect_in_the_type_of_the_layer(kind):
    x = np.ones((2, 4, 3), np.float32)
    f = squash(value=lambda z: (z > 0).tolist(), slope=lambda h: 2)
    layer = kind.initialise(3, 5, 1, activation=f, dtype="float32")
    y = layer.forward(x)
    assert y.dtype == np.float32
    assert {*np.unique(y)} <= {0, 1}
    assert layer.backward(np.ones_like(y)).dtype == np.float32
    assert_array_equal(f.slope(np.ones((2, 3))), np.full((2, 3), 2.0))
