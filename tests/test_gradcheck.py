"""Numerical gradients: by hand, where rounding bites, and the report that compares them."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from rnncore.bptt import backpropagate
from rnncore.gradcheck import (
    ROUNDING,
    STEP,
    Report,
    check,
    check_model,
    numerical_gradient,
    relative_error,
)
from rnncore.layers import (
    GRU,
    LSTM,
    Bidirectional,
    Dense,
    Embedding,
    Layer,
    Sequential,
    SimpleRNN,
)
from rnncore.losses import categorical_cross_entropy_with_logits, mean_squared_error
from rnncore.states import compute_states

moderate = st.floats(-10, 10)


def exactly(message):
    return rf"\A{re.escape(message)}\Z"


# The numerical gradient


def test_a_product_by_hand():
    # f = x y²:  df/dx = y² = 9,  df/dy = 2 x y = 12
    assert_allclose(numerical_gradient(lambda x: x[0] * x[1] ** 2, [2.0, 3.0]), [9, 12], rtol=1e-9)


def test_a_large_step_by_hand():
    # f = x³ at 1, step 1/2:  (1.5³ - 0.5³) / 1 = 3.375 - 0.125 = 3.25, not 3 x² = 3
    assert numerical_gradient(lambda x: x**3, 1.0, step=0.5) == 3.25


@given(arrays(float, array_shapes(min_dims=1, max_dims=3, max_side=4), elements=moderate))
def test_a_weighted_sum_of_squares_has_its_weights_as_slopes(x):
    weights = np.arange(1.0, x.size + 1).reshape(x.shape)
    gradient = numerical_gradient(lambda x: (weights * x**2).sum(), x)
    assert gradient.shape == x.shape
    assert_allclose(gradient, 2 * weights * x, rtol=1e-6, atol=1e-4)


def test_a_gradient_of_no_axis_is_an_array_of_no_axis():
    gradient = numerical_gradient(np.sin, np.array(0.0))
    assert isinstance(gradient, np.ndarray)
    assert gradient.shape == ()
    assert_allclose(gradient, 1, rtol=1e-10)


def test_an_array_without_numbers_has_a_gradient_without_numbers():
    assert numerical_gradient(lambda x: 1 / 0, np.zeros((2, 0))).shape == (2, 0)


def test_the_step_balances_truncation_and_rounding():
    # e^x at 1: with step² / 6 e = 1.7e-11 and eps e / (2 step) ~ 5e-11 the sum stays near 1e-11;
    # a step ten times larger or smaller is worse by its square or by itself.
    steps = []
    numerical_gradient(lambda x: steps.append(float(x)) or 0.0, 0.0)
    assert_allclose(steps, [6.0554544523933395e-06, -6.0554544523933395e-06], rtol=1e-15)
    assert_allclose(numerical_gradient(np.exp, 1.0), np.e, rtol=1e-10)


def test_the_distance_is_what_rounding_has_left_of_it():
    # Beside 2^36 a step of 6.06e-6 is rounded to 0 or to 2^-16 = 1.5e-5.  The true distance gives
    # slope 1; the one that was asked for would give 0 or more than 2.
    x = 2.0**34
    assert numerical_gradient(lambda x: x, x) == 1


def test_float32_is_computed_in_float64():
    x = np.float32([0.5, 2.0])
    types = set()
    gradient = numerical_gradient(lambda x: types.add(x.dtype) or (x**2).sum(), x)
    assert types == {np.dtype(float)}
    assert gradient.dtype == np.float64
    assert_allclose(gradient, [1, 4], rtol=1e-9)


def test_integers_are_computed_in_float64():
    assert_allclose(numerical_gradient(lambda x: (x**2).sum(), [1, 3]), [2, 6], rtol=1e-9)


def test_a_longer_float_keeps_its_digits():
    x = np.ones(2, np.longdouble)
    assert numerical_gradient(lambda x: x.sum(), x).dtype == np.longdouble


def test_a_number_in_few_bits_does_not_wrap_around():
    # 0 on the left, 1 on the right: 0 - 1 in uint8 would be 255
    gradient = numerical_gradient(lambda x: np.uint8(x < 0), 0.0, step=0.5)
    assert gradient == -1


def test_x_is_left_as_it_was_even_by_a_function_that_writes_into_it():
    def greedy(x):
        x *= 2
        return x.sum()

    x = np.array([1.0, 2.0])
    assert_allclose(numerical_gradient(greedy, x), [2, 2], rtol=1e-9)
    assert_array_equal(x, [1, 2])


def test_nan_reaches_only_its_own_entry():
    gradient = numerical_gradient(lambda x: x[0] ** 2 if x[1] == 1 else np.nan, [3.0, 1.0])
    assert_allclose(gradient[0], 6, rtol=1e-9)
    assert np.isnan(gradient[1])


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: x, "f(x) must be a number, got an array of shape (2,)."),
        (lambda x: x[:1], "f(x) must be a number, got an array of shape (1,)."),
        (lambda x: None, "f(x) must hold real numbers, got None."),
    ],
)
def test_a_function_that_gives_no_number_is_refused(f, message):
    with pytest.raises(ValueError, match=exactly(message)):
        numerical_gradient(f, [1.0, 2.0])


def test_a_step_that_is_lost_is_refused():
    message = "step must be large enough to change 1e+12 in x, got 1e-06."
    with pytest.raises(ValueError, match=exactly(message)):
        numerical_gradient(np.sum, [1.0, 1e12], step=1e-6)


@pytest.mark.parametrize("step", [0, -1e-6, np.nan, np.inf, "small", None], ids=repr)
def test_a_step_that_is_not_positive_is_refused(step):
    with pytest.raises(ValueError, match=exactly(f"step must be a positive number, got {step!r}.")):
        numerical_gradient(np.sum, [1.0], step)


def test_a_step_of_one_is_not_too_much():
    assert numerical_gradient(lambda x: 3 * x, 0.0, step=1) == 3


def test_what_is_no_array_of_numbers_is_refused():
    with pytest.raises(ValueError, match=exactly("x must hold real numbers, got None.")):
        numerical_gradient(np.sum, None)


# The relative error


def test_the_relative_error_by_hand():
    # the largest difference is |1 - 3| = 2, the largest number |-8| = 8
    assert relative_error([-8.0, 1.0], [-7.0, 3.0]) == 2 / 8
    assert relative_error([-7.0, 3.0], [-8.0, 1.0]) == 2 / 8


def test_opposite_numbers_are_twice_as_far_apart_as_they_are_large():
    assert relative_error(3.0, -3.0) == 2


@given(arrays(float, array_shapes(max_dims=3, max_side=4), elements=moderate))
def test_an_array_agrees_with_itself_and_is_one_away_from_zero(a):
    assert relative_error(a, a) == 0
    assert relative_error(a, np.zeros_like(a)) == (1 if a.any() else 0)


def test_zeros_and_empty_arrays_agree():
    assert relative_error(np.zeros((2, 3)), np.zeros((2, 3))) == 0
    assert relative_error(np.zeros((0, 3)), np.zeros((0, 3))) == 0


def test_the_relative_error_is_a_python_float():
    assert type(relative_error(0, 0)) is float
    assert type(relative_error([1], [2])) is float


@pytest.mark.parametrize("size", [1e-320, 1e308])
def test_tiny_and_huge_numbers_are_compared_like_others(size):
    assert_allclose(relative_error([size], [-size]), 2, rtol=1e-3)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_give_nan(bad):
    assert np.isnan(relative_error([1.0, bad], [1.0, 2.0]))
    assert np.isnan(relative_error([1.0, 2.0], [1.0, bad]))
    assert np.isnan(relative_error([0.0, bad], [0.0, bad]))


def test_float32_is_compared_in_float64():
    # 1 + 2^-30 is 1 in float32
    assert relative_error(np.float32(1), 1 + 2.0**-30) > 0


def test_arrays_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match=exactly("b must have the shape of a = (2, 1), got (2,).")):
        relative_error([[1.0], [2.0]], [1.0, 2.0])


@pytest.mark.parametrize("name", ["a", "b"])
def test_what_holds_no_numbers_is_refused_by_name(name):
    with pytest.raises(ValueError, match=exactly(f"{name} must hold real numbers, got None.")):
        relative_error(**{"a": 1.0, "b": 1.0} | {name: None})


# The report


def product(x, W, scale=1.0):
    """f = scale times the sum of x W; df/dW_ij = x_i, df/dx_i = W_i1 + W_i2 + W_i3."""
    return scale * np.sum(np.asarray(x) @ np.asarray(W))


X = np.array([2.0, -1.0])
W = np.array([[1.0, 2.0, 3.0], [0.0, 4.0, -1.0]])
dX = np.array([6.0, 3.0])
dW = np.array([[2.0, 2.0, 2.0], [-1.0, -1.0, -1.0]])


def test_right_gradients_pass_and_the_report_says_so():
    report = check(product, {"x": X, "W": W}, {"x": dX, "W": dW})
    assert isinstance(report, Report)
    assert report
    assert report.correct is True
    assert list(report.errors) == ["x", "W"]
    assert max(report.errors.values()) < 1e-9
    number = r"\d\.\de-\d\d"
    right = "right, relative error"
    assert re.fullmatch(rf"x: {right} {number}\.\nW: {right} {number}\.", report.text)


def test_a_report_prints_as_its_text():
    assert repr(Report(True, {}, "fine")) == "fine"


def test_an_error_of_zero_is_right():
    report = check(lambda x: 0.0, {"x": [1.0]}, {"x": [0.0]})
    assert repr(report) == "x: right, relative error 0.0e+00."


def test_a_wrong_entry_is_named_with_its_place_and_both_values():
    # the largest number is 2.5, the largest difference 1.5 - 0 = 0.5 + 1 in the last row
    wrong = dW.copy()
    wrong[0, 1] = 2.5
    wrong[1, 2] = 0.5
    report = check(product, {"x": X, "W": W}, {"x": dX, "W": wrong})
    assert not report
    assert report.correct is False
    assert_allclose(report.errors["W"], 1.5 / 2.5, rtol=1e-9)
    first, second = report.text.split("\n")
    assert first.startswith("x: right, relative error ")
    assert second == (
        "W: wrong, relative error 6.0e-01. At W[1, 2] the gradient is 0.5, the numerical one -1."
    )


def test_a_wrong_number_has_no_place():
    report = check(lambda w: w**2, {"w": 3.0}, {"w": 3.0})
    text = "w: wrong, relative error 5.0e-01. At w the gradient is 3, the numerical one 6."
    assert report.text == text


def test_one_wrong_gradient_is_enough_wherever_it_stands():
    assert not check(product, {"x": X, "W": W}, {"x": 2 * dX, "W": dW})
    assert not check(product, {"x": X, "W": W}, {"x": dX, "W": 2 * dW})


def test_small_differences_are_written_with_nine_digits():
    report = check(lambda w: 2 * w, {"w": 0.0}, {"w": 2.00001234567})
    assert "the gradient is 2.00001235, the numerical one 2." in report.text


def test_a_gradient_of_the_wrong_shape_is_said_in_words():
    report = check(product, {"x": X, "W": W}, {"W": dW.T, "x": dX})
    first, second = report.text.split("\n")
    assert first == "W: wrong, the gradient must have shape (2, 3), got (3, 2)."
    assert second.startswith("x: right")
    assert not report
    assert np.isnan(report.errors["W"])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_are_wrong_and_the_worst(bad):
    report = check(product, {"x": X, "W": W}, {"x": [7.0, bad]})
    assert not report
    assert report.text == (
        f"x: wrong, relative error nan. At x[1] the gradient is {bad}, the numerical one 3."
    )


def test_infinity_on_both_sides_is_wrong_too():
    report = check(lambda x: np.inf if x > 0 else 0.0, {"x": 0.0}, {"x": np.inf}, tolerance=1.0)
    assert not report
    assert report.text == (
        "x: wrong, relative error nan. At x the gradient is inf, the numerical one inf."
    )


def test_a_difference_that_no_number_holds_is_wrong_without_a_warning():
    # 1.7e308 - (-1.7e308) is infinite in float64
    report = check(lambda x: -1.7e308 * x, {"x": 0.0}, {"x": 1.7e308})
    assert not report
    assert report.text == (
        "x: wrong, relative error 2.0e+00."
        " At x the gradient is 1.7e+308, the numerical one -1.7e+308."
    )


def test_only_what_has_a_gradient_is_checked_and_the_others_are_held_as_they_are():
    assert list(check(product, {"x": X, "W": W, "scale": 1.0}, {"W": dW}).errors) == ["W"]
    assert check(lambda x, flag: x if flag is None else 0, {"x": 1.0, "flag": None}, {"x": 1.0})


def test_the_arguments_are_left_as_they_were():
    arguments = {"x": X.copy(), "W": W.copy()}
    check(product, arguments, {"x": dX, "W": dW})
    assert_array_equal(arguments["x"], X)
    assert_array_equal(arguments["W"], W)


# What rounding hides


def softmax_sum(z):
    """1, whatever z is, but for rounding."""
    e = np.exp(z)
    return (e / e.sum()).sum()


def flat(w):
    """A minimum far up: df/dw = 2 (w - 1), and f is 1000, whose last digit is worth 1e-13."""
    return ((w - 1) ** 2).sum() + 1000


@pytest.mark.parametrize(
    ("f", "arguments", "gradients"),
    [
        (softmax_sum, {"z": [0.3, -1.2, 2.0, 0.7]}, {"z": np.zeros(4)}),
        (flat, {"w": [1.0, 1.001]}, {"w": [0.0, 0.002]}),
    ],
    ids=["softmax", "flat"],
)
def test_a_gradient_that_is_small_beside_f_is_right_to_within_rounding(f, arguments, gradients):
    report = check(f, arguments, gradients)
    assert report
    (name,) = gradients
    line = rf"{name}: right to within rounding, relative error \d\.\de[-+]\d\d\."
    assert re.fullmatch(line, report.text)
    assert report.errors[name] > 1e-7


@pytest.mark.parametrize(("scale", "size"), [(0.8, 4e-6), (0.468, 9e-16)])
def test_a_vanished_gradient_is_right_to_within_rounding(scale, size):
    X, h0 = np.sin(np.arange(80.0)).reshape(1, 40, 2), np.array([[0.5, -0.3]])
    W_x, W_h = np.eye(2) / 2, scale * np.array([[0.8, -0.6], [0.6, 0.8]])

    def last(h0):
        return compute_states(X, W_x, W_h, activation="tanh", h0=h0)[:, -1].sum()

    S = compute_states(X, W_x, W_h, activation="tanh", h0=h0)
    dS = np.zeros((1, 40, 2))
    dS[:, -1] = 1
    right = backpropagate(X, S, dS, W_x, W_h, "tanh").h0
    assert size / 3 < np.abs(right).max() < size * 3
    report = check(last, {"h0": h0}, {"h0": right})
    assert report, report.text


def test_rounding_does_not_hide_a_wrong_gradient_of_ordinary_size():
    assert not check(softmax_sum, {"z": [0.3, -1.2]}, {"z": [1e-8, 0.0]})
    assert not check(flat, {"w": [1.0, 1.001]}, {"w": [0.0, 0.00201]})
    assert not check(flat, {"w": [1.0, 1.001]}, {"w": [1e-5, 0.002]})


def test_the_floor_of_rounding_by_hand():
    # f is 1 and its slope 0: ten times eps · 1 / step = 2.2e-16 / 6.06e-6 = 3.67e-11 may be off
    assert check(lambda w: 1.0, {"w": 0.0}, {"w": 3.6e-10})
    assert not check(lambda w: 1.0, {"w": 0.0}, {"w": 3.7e-10})
    assert check(lambda w: 1e-3, {"w": 0.0}, {"w": 3.6e-13})
    assert not check(lambda w: 1e-3, {"w": 0.0}, {"w": 3.7e-13})
    assert check(lambda w: 1.0, {"w": 0.0}, {"w": ROUNDING})
    # the largest |f| counts, on either side and whatever its sign; here the slope is 8 / 2 step
    for f, slope in ((lambda w: 4 * (w > 0), 2), (lambda w: -4 * (w > 0), -2), (lambda w: -4, 0)):
        assert check(f, {"w": 0.0}, {"w": slope / STEP + 1.4e-9}, 1e-300)
        assert not check(f, {"w": 0.0}, {"w": slope / STEP + 1.6e-9}, 1e-300)
    assert not check(lambda w: 1.0, {"w": np.zeros(0)}, {"w": np.zeros(1)})


@pytest.mark.parametrize("f", [lambda w: np.nan, lambda w: np.inf, lambda w: 1 / (w + abs(w))])
def test_an_infinite_f_hides_nothing(f):
    with np.errstate(all="ignore"):
        assert not check(f, {"w": 0.0}, {"w": 1.0})


@pytest.mark.parametrize(("factor", "passes"), [(1 + 5e-8, True), (1 + 2e-7, False)])
def test_the_tolerance_is_1e_7_unless_said(factor, passes):
    assert bool(check(lambda w: 3 * w, {"w": 0.0}, {"w": 3.0 * factor})) is passes


def test_the_tolerance_itself_passes():
    # step 1 would be exact; here f is linear around 0, so both differences are exact too
    report = check(lambda w: 2 * w, {"w": 0.0}, {"w": 4.0}, tolerance=0.5)
    assert report
    assert report.text == "w: right, relative error 5.0e-01."
    assert not check(lambda w: 2 * w, {"w": 0.0}, {"w": 4.0}, tolerance=0.4999)


@pytest.mark.parametrize("tolerance", [0, -1, np.nan, "low"], ids=repr)
def test_a_tolerance_that_is_not_positive_is_refused(tolerance):
    message = f"tolerance must be a positive number, got {tolerance!r}."
    with pytest.raises(ValueError, match=exactly(message)):
        check(product, {"x": X, "W": W}, {"W": dW}, tolerance)


def test_a_gradient_of_no_argument_is_refused():
    with pytest.raises(ValueError, match=exactly("gradients must be among x, W, got U.")):
        check(product, {"x": X, "W": W}, {"W": dW, "U": dW})


def test_no_gradients_at_all_are_refused():
    message = "gradients must hold at least one gradient, got none."
    with pytest.raises(ValueError, match=exactly(message)):
        check(product, {"x": X, "W": W}, {})


@pytest.mark.parametrize(
    ("arguments", "gradients", "message"),
    [
        ({"x": None, "W": W}, {"x": dX}, "x must hold real numbers, got None."),
        ({"x": X, "W": W}, {"x": None}, "gradient of x must hold real numbers, got None."),
    ],
)
def test_what_holds_no_numbers_is_named(arguments, gradients, message):
    with pytest.raises(ValueError, match=exactly(message)):
        check(product, arguments, gradients)


def test_a_function_of_several_numbers_is_refused_by_check_too():
    message = "f(x) must be a number, got an array of shape (2,)."
    with pytest.raises(ValueError, match=exactly(message)):
        check(lambda x: x, {"x": X}, {"x": dX})


# A whole model


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def reader(rng=1, **options):
    """Tokens, two layers of which one reads both ways, and logits for each step."""
    rng = np.random.default_rng(rng)
    both = (
        GRU.initialise(3, 2, rng, return_sequences=True, reverse=back) for back in (False, True)
    )
    return Sequential(
        [
            Embedding.initialise(5, 3, rng, **options),
            Bidirectional(*both),
            LSTM.initialise(4, 3, rng, return_sequences=True),
            Dense.initialise(3, 4, rng),
        ]
    )


TOKENS = np.array([[1, 2, 4, 3], [3, 1, 0, 0]])
LABELS = np.array([[0, 1, 2, 3], [3, 1, -1, -1]])


@pytest.mark.parametrize(
    ("model", "masked"),
    [
        (reader(mask=0), {}),
        (reader(), {"lengths": [4, 2]}),
        (reader(), {"mask": TOKENS > 0}),
        (reader(), {"weights": LABELS >= 0}),
        (reader(mask=0), {"weights": [2, 1]}),
    ],
    ids=["token", "lengths", "mask", "weights", "both"],
)
def test_a_model_with_masks_is_right_in_all_its_parameters(model, masked):
    before = {name: p.copy() for name, p in model.parameters.items()}
    report = check_model(
        model, categorical_cross_entropy_with_logits, TOKENS, LABELS, tolerance=1e-5, **masked
    )
    assert report, report.text
    assert report.errors.keys() == before.keys()
    for name, p in model.parameters.items():
        assert_array_equal(p, before[name])


def test_initial_states_and_x_are_checked_where_they_are_given():
    model, x, y = LSTM.initialise(3, 2, rng=1), normal(2, 4, 3), normal(2, 2)
    assert [*check_model(model, mean_squared_error, x, y).errors] == ["W_x", "W_h", "b", "x"]
    report = check_model(model, mean_squared_error, x, y, normal(2, 2), normal(2, 2, seed=1))
    assert report, report.text
    assert [*report.errors] == ["W_x", "W_h", "b", "h0", "c0", "x"]


class Wrong(Layer):
    """y = x w², with a gradient that is right, or not."""

    def __init__(self, w, factor=1.0, d_factor=1.0):
        super().__init__(w=w)
        self.factors = factor, d_factor

    def forward(self, x, keep=True):
        self.cache = x if keep else None
        return x * self.parameters["w"] ** 2

    def backward(self, dy):
        w = self.parameters["w"]
        self.gradients = {"w": (dy * self.recall()).sum(axis=0) * 2 * w * self.factors[0]}
        return dy * w**2 * self.factors[1]


def test_a_backward_pass_that_is_wrong_is_found():
    x, y = normal(3, 2), normal(3, 2, seed=1)
    assert check_model(Wrong([1.0, 2.0]), mean_squared_error, x, y)
    for factors, name in (((1.01, 1.0), "w"), ((1.0, 1.01), "x")):
        report = check_model(Wrong([1.0, 2.0], *factors), mean_squared_error, x, y)
        assert not report
        assert [n for n, error in report.errors.items() if error > 1e-3] == [name]


def test_the_tolerance_of_a_model_is_that_of_check():
    model = Wrong([1.0, 2.0], 1 + 1e-5)
    x, y = normal(3, 2), normal(3, 2, seed=1)
    assert not check_model(model, mean_squared_error, x, y)
    assert check_model(model, mean_squared_error, x, y, tolerance=1e-4)


def test_the_parameters_are_restored_even_after_an_error():
    model, calls = Wrong([1.0, 2.0]), []

    def loss(y, target):
        calls.append(y)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return mean_squared_error(y, target)

    with pytest.raises(KeyboardInterrupt):
        check_model(model, loss, normal(3, 2), normal(3, 2))
    assert model.parameters["w"].tolist() == [1.0, 2.0]


def test_a_model_that_cannot_be_checked_is_refused():
    model = SimpleRNN(np.ones((1, 1), np.float32), np.ones((1, 1), np.float32))
    x, y = np.ones((1, 2, 1)), np.ones((1, 1))
    with pytest.raises(
        ValueError, match=exactly("W_x must be of float64 to be checked, got float32.")
    ):
        check_model(model, mean_squared_error, x, y)
    wide = SimpleRNN([[0.5]], [[0.5]])
    with pytest.raises(ValueError, match="states must be none or h0, got 2 of them"):
        check_model(wide, mean_squared_error, x, y, [[0.0]], [[0.0]])
    with pytest.raises(ValueError, match="loss must be a function"):
        check_model(wide, "mse", x, y)
    with pytest.raises(TypeError, match="check_model takes no h0: its arguments are model, loss"):
        check_model(wide, mean_squared_error, x, y, h0=[[0.0]])
