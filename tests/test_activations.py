"""Activations: values by hand, slopes against finite differences, and what is refused."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import activations
from rnncore.activations import get, get_recurrent, linear, relu, sigmoid, softmax, tanh
from rnncore.gradcheck import numerical_gradient
from rnncore.states import compute_states, step

ELEMENTWISE = [linear, sigmoid, tanh, relu]
ALL = [*ELEMENTWISE, softmax]
KNOWN = "linear, sigmoid, tanh, relu, softmax"

by_name = pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
with_slope = pytest.mark.parametrize("f", ELEMENTWISE, ids=lambda f: f.name)
numbers = st.floats(-50, 50)


# Values by hand


def test_linear_gives_back_its_input():
    assert_array_equal(linear.value([-2.0, 0.0, 3.5]), [-2.0, 0.0, 3.5])


def test_sigmoid_by_hand():
    # 1 / (1 + e^-z):  z = 0 -> 1/2;  z = ln 3 -> 1 / (1 + 1/3) = 3/4;  z = -ln 3 -> 1 / (1 + 3)
    z = [0.0, np.log(3), -np.log(3)]
    assert_allclose(sigmoid.value(z), [1 / 2, 3 / 4, 1 / 4], rtol=1e-15)


def test_tanh_by_hand():
    # (e^z - e^-z) / (e^z + e^-z):  z = ln 2 -> (2 - 1/2) / (2 + 1/2) = 1.5 / 2.5 = 3/5
    assert_allclose(tanh.value([0.0, np.log(2), -np.log(2)]), [0, 3 / 5, -3 / 5], rtol=1e-15)


def test_relu_by_hand():
    assert_array_equal(relu.value([-2.0, -0.1, 0.0, 0.1, 3.0]), [0.0, 0.0, 0.0, 0.1, 3.0])


def test_softmax_by_hand():
    # e^z = (1, 2, 5), which add up to 8
    assert_allclose(softmax.value(np.log([1.0, 2.0, 5.0])), [1 / 8, 2 / 8, 5 / 8], rtol=1e-15)


def test_softmax_runs_over_the_last_axis():
    # row 0: e^z = (1, 3), sum 4;  row 1: e^z = (1, 1), sum 2
    z = np.log([[1.0, 3.0], [1.0, 1.0]])
    assert_allclose(softmax.value(z), [[1 / 4, 3 / 4], [1 / 2, 1 / 2]], rtol=1e-15)
    assert_allclose(softmax.value(z[:, np.newaxis]), softmax.value(z)[:, np.newaxis], rtol=1e-15)


# Slopes, in terms of the output


def test_slopes_by_hand():
    # linear 1;  sigmoid h (1 - h) = 3/4 * 1/4 = 3/16;  tanh 1 - h^2 = 1 - 9/25 = 16/25
    assert_array_equal(linear.slope([-7.0, 7.0]), [1.0, 1.0])
    assert_allclose(sigmoid.slope(0.75), 3 / 16, rtol=1e-15)
    assert_allclose(tanh.slope(0.6), 16 / 25, rtol=1e-15)
    assert_array_equal(relu.slope([0.1, 3.0]), [1.0, 1.0])


def test_relu_is_flat_where_its_output_is_zero():
    # The kink itself counts as flat, as in Keras and PyTorch.
    assert_array_equal(relu.slope(relu.value([-2.0, 0.0])), [0.0, 0.0])


@with_slope
def test_slope_at_the_output_is_the_derivative_at_the_input(f):
    z, eps = np.arange(-4.1, 4.5, 0.4), 1e-6  # -0.1 and 0.3 stand on either side of relu's kink
    by_differences = (f.value(z + eps) - f.value(z - eps)) / (2 * eps)
    assert_allclose(f.slope(f.value(z)), by_differences, rtol=0, atol=1e-9)


def test_a_saturated_unit_has_slope_zero():
    assert_array_equal(sigmoid.slope(sigmoid.value([-1e4, 1e4])), [0.0, 0.0])
    assert_array_equal(tanh.slope(tanh.value([-1e4, 1e4])), [0.0, 0.0])


def test_softmax_has_no_slope():
    assert not hasattr(softmax, "slope")


# Gradients, from the output back to the input


@with_slope
def test_elementwise_the_gradient_is_multiplied_by_the_slope(f):
    h, dh = np.array([0.25, 0.5, 1.0]), np.array([3.0, -2.0, 0.5])
    # h = 1/4, 1/2, 1:  linear 1;  sigmoid h (1 - h) = 3/16, 1/4, 0;  tanh 1 - h² = 15/16, 3/4, 0
    slopes = {"sigmoid": [3 / 16, 1 / 4, 0], "tanh": [15 / 16, 3 / 4, 0]}
    assert_array_equal(f.backward(h, dh), dh * slopes.get(f.name, [1, 1, 1]))


def test_the_gradient_of_softmax_by_hand():
    # dz_i = h_i (dh_i - Σ_j h_j dh_j):  Σ = 1/4 · 8 + 3/4 · 4 = 5, so 1/4 · 3 and 3/4 · (-1)
    assert_array_equal(
        softmax.backward(np.array([0.25, 0.75]), np.array([8.0, 4.0])), [0.75, -0.75]
    )


def test_the_gradient_of_softmax_agrees_with_central_differences():
    rng = np.random.default_rng(0)
    z, dh = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
    by_differences = numerical_gradient(lambda z: (softmax.value(z) * dh).sum(), z)
    assert_allclose(softmax.backward(softmax.value(z), dh), by_differences, rtol=0, atol=1e-9)


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


@with_slope
def test_the_value_is_written_where_it_is_wanted(f):
    z = np.array([-2.0, 0.5])
    h, out = f.value(z), np.empty(2)
    assert f.value(z, out=out) is out
    assert_array_equal(out, h)
    f.value(z, out=z)
    assert_array_equal(z, h)


def test_infinity_meets_the_limits():
    ends = [-np.inf, np.inf]
    assert_array_equal(linear.value(ends), ends)
    assert_array_equal(sigmoid.value(ends), [0.0, 1.0])
    assert_array_equal(tanh.value(ends), [-1.0, 1.0])
    assert_array_equal(relu.value(ends), [0.0, np.inf])
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
        "activation softmax ties the units of a state together and cannot stand inside a"
        " recurrence; choose one of linear, sigmoid, tanh, relu."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        run(f)


def test_inside_a_recurrence_an_unknown_activation_is_not_answered_with_softmax():
    message = "activation must be one of linear, sigmoid, tanh, relu, got 'swish'."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        get_recurrent("swish")
