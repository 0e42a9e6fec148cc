"""The losses: by hand, by central differences, at the extremes, and what they refuse."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import gradcheck
from rnncore.activations import sigmoid, softmax
from rnncore.losses import (
    accuracy,
    binary_accuracy,
    binary_accuracy_with_logits,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy,
    categorical_cross_entropy_with_logits,
    mean_squared_error,
)

LOSSES = [
    mean_squared_error,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy_with_logits,
]
each_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.__name__)
each_type = pytest.mark.parametrize("dtype", [np.float32, np.float64])

# (batch, timesteps, classes) and what an output may be that has lost some of these axes
shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
seeds = st.integers(0, 99)


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def shares(*shape, seed=0):
    """Random numbers above 0 that add up to 1 over the last axis."""
    parts = np.random.default_rng([seed, *shape]).uniform(0.1, 1, size=shape)
    return parts / parts.sum(axis=-1, keepdims=True)


def refused(message):
    return pytest.raises(ValueError, match=rf"\A{re.escape(message)}\Z")


# All three


@each_loss
@given(shape=shapes, seed=seeds)
def test_gradients_agree_with_central_differences(loss, shape, seed):
    arguments = {"y": normal(*shape, seed=seed)}
    target = shares(*shape, seed=seed)
    value, dy = loss(arguments["y"], target)
    assert type(value) is float
    report = gradcheck.check(lambda y: loss(y, target)[0], arguments, {"y": dy})
    assert report, report.text


@each_loss
def test_the_loss_of_a_batch_is_the_mean_over_its_examples(loss):
    y, target = normal(5, 2, 3), shares(5, 2, 3)
    value, dy = loss(y, target)
    alone = [loss(y[i], target[i]) for i in range(5)]
    assert_allclose(value, sum(one for one, _ in alone) / 5, rtol=1e-14)
    assert_allclose(dy, np.stack([d for _, d in alone]) / 5, rtol=1e-14)


@each_loss
@each_type
def test_the_gradient_has_the_type_of_the_output_and_the_loss_is_a_plain_number(loss, dtype):
    target = shares(5, 3)
    exact, d_exact = loss(normal(5, 3), target)
    for other in (np.float32, np.float64):
        value, dy = loss(normal(5, 3).astype(dtype), target.astype(other))
        assert type(value) is float
        assert dy.dtype == dtype
        assert dy.shape == (5, 3)
        assert_allclose(value, exact, rtol=1e-6)
        assert_allclose(dy, d_exact, rtol=0, atol=1e-7)


@each_loss
def test_lists_and_whole_numbers_are_computed_in_float64(loss):
    y, target = [[0, 2], [3, -1], [1, 1]], [[0, 1], [1, 0], [1, 0]]
    value, dy = loss(y, target)
    expected, d_expected = loss(np.array(y, float), np.array(target, float))
    assert value == expected
    assert dy.dtype == np.float64
    assert_array_equal(dy, d_expected)


@each_loss
def test_the_inputs_are_left_as_they_are_and_share_nothing_with_the_gradient(loss):
    y, target = normal(5, 3), shares(5, 3)
    kept = y.copy(), target.copy()
    _, dy = loss(y, target)
    dy += 7
    assert_array_equal(y, kept[0])
    assert_array_equal(target, kept[1])


@each_loss
def test_the_layout_in_memory_does_not_matter(loss, strided):
    y, target = normal(5, 2, 3), shares(5, 2, 3)
    value, dy = loss(strided(y), strided(target))
    expected, d_expected = loss(y, target)
    assert_allclose(value, expected, rtol=1e-15)
    assert_allclose(dy, d_expected, rtol=0, atol=1e-16)


@each_loss
@pytest.mark.parametrize("row", [0, 1, 2])
def test_nan_in_the_output_becomes_a_loss_of_nan_and_stays_in_its_row(loss, row):
    y, target = normal(3, 2), shares(3, 2)
    _, before = loss(y, target)
    y[row, 1] = np.nan
    value, dy = loss(y, target)
    assert math.isnan(value)
    assert np.isnan(dy[row, 1])
    others = np.arange(3) != row
    assert_array_equal(dy[others], before[others])


@each_loss
def test_an_output_that_is_no_array_of_numbers_is_refused(loss):
    name = "y" if loss is mean_squared_error else "logits"
    with refused(f"{name} must hold real numbers, got None."):
        loss(None, [1.0])
    with refused(f"{name} must be a rectangular array, got a list whose rows differ in length."):
        loss([[1.0, 2.0], [3.0]], [1, 0])
    with refused("target must hold real numbers, got None."):
        loss([[1.0, 2.0]], None)
    with refused("target must hold real numbers, got an array of type complex128."):
        loss([[1.0, 2.0]], [[0j, 1j]])


@each_loss
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 4)])
def test_an_empty_output_is_refused(loss, shape):
    name = "y" if loss is mean_squared_error else "logits"
    with refused(f"{name} must hold at least one number, got shape {shape}."):
        loss(np.empty(shape), np.empty(shape))


@pytest.mark.parametrize("loss", LOSSES[:2], ids=lambda loss: loss.__name__)
@pytest.mark.parametrize(
    ("shape", "target", "hint"),
    [
        ((2, 3), (3,), ""),
        ((2, 3), (1, 3), ""),
        ((2, 3), (2, 1), ""),
        ((2, 3), (3, 2), ""),
        ((2, 3), (), ""),
        ((3,), (1,), ""),
        ((1, 3), (3,), ""),
        ((2,), (2, 1), ""),
        ((2, 1), (3,), ""),
        ((2, 1), (2,), " Pass target[..., np.newaxis]."),
        ((2, 3, 1), (2, 3), " Pass target[..., np.newaxis]."),
    ],
)
def test_nothing_is_broadcast(loss, shape, target, hint):
    name = "y" if loss is mean_squared_error else "logits"
    with refused(f"target must have the shape of {name} = {shape}, got {target}.{hint}"):
        loss(np.zeros(shape), np.zeros(target))


# Squared error


def test_squared_error_by_hand():
    # the differences are 0, 2, 0 and 0, 0, -3:  (4 + 9) / 6,  and 2/6 of each difference
    value, dy = mean_squared_error([[1, 2, 3], [4, 5, 6]], [[1, 0, 3], [4, 5, 9]])
    assert_allclose(value, 13 / 6, rtol=1e-15)
    assert_allclose(dy, [[0, 2 / 3, 0], [0, 0, -1]], rtol=1e-15)


def test_the_gradient_of_a_squared_error_is_finite_where_its_square_is_not():
    with np.errstate(over="ignore"):
        loss, gradient = mean_squared_error([1e308, 0.0, 1.0], [0.0, 0.0, 0.0])
    assert loss == np.inf
    assert_allclose(gradient, [1e308 / 3 * 2, 0, 2 / 3], rtol=1e-15)


def test_squared_error_of_one_number():
    # (3 - 1)² = 4,  2 (3 - 1) = 4
    assert mean_squared_error(3.0, 1.0) == (4.0, 4.0)


@each_type
def test_squared_error_of_ten_thousands(dtype):
    # (1e4 + 1e4)² = 4e8,  2 · 2e4 / 2 elements = 2e4
    value, dy = mean_squared_error(np.array([1e4, -1e4], dtype), [-1e4, 1e4])
    assert value == 4e8
    assert_array_equal(dy, [2e4, -2e4])


def test_squared_error_takes_targets_of_any_size_and_nan_is_nan():
    value, dy = mean_squared_error([1.0, 2.0], [np.nan, -5.0])
    assert math.isnan(value)
    # 2 (2 + 5) / 2
    assert_array_equal(dy, [np.nan, 7.0])


# Binary cross-entropy


def test_binary_cross_entropy_by_hand():
    # p = 3/4, 1/4, 1/2.  -log 3/4, -log 1/4, -1/4 log 1/2 - 3/4 log 1/2:
    # log 4/3 + log 4 + log 2 = log 32/3.  p - target = -1/4, -3/4, 1/4
    value, dlogits = binary_cross_entropy_with_logits([math.log(3), -math.log(3), 0], [1, 1, 0.25])
    assert_allclose(value, math.log(32 / 3) / 3, rtol=1e-14)
    assert_allclose(dlogits, [-1 / 12, -1 / 4, 1 / 12], rtol=1e-14)


@given(st.lists(st.tuples(st.floats(-30, 30), st.floats(0, 1)), min_size=1, max_size=5))
def test_binary_cross_entropy_is_its_formula(pairs):
    # with 1 - p = 1 / (1 + e^z) and p = 1 / (1 + e^-z), both far from overflow
    expected = sum(
        t * math.log1p(math.exp(-z)) + (1 - t) * math.log1p(math.exp(z)) for z, t in pairs
    )
    value, dlogits = binary_cross_entropy_with_logits(*np.transpose(pairs))
    assert_allclose(value, expected / len(pairs), rtol=1e-12, atol=1e-300)
    assert_allclose(
        dlogits,
        [(1 / (1 + math.exp(-z)) - t) / len(pairs) for z, t in pairs],
        rtol=0,
        atol=1e-15,
    )


@each_type
def test_binary_cross_entropy_neither_overflows_nor_takes_the_log_of_0(dtype):
    # where sign and target agree: log(1 + e^-10000) = 0;  where not: 10000 + 0
    logits = np.array([1e4, -1e4, 1e4, -1e4], dtype)
    value, dlogits = binary_cross_entropy_with_logits(logits, [1, 0, 0, 1])
    assert value == (0 + 0 + 1e4 + 1e4) / 4
    assert_array_equal(dlogits, [0, 0, 1 / 4, -1 / 4])


def test_binary_cross_entropy_keeps_what_1_minus_p_would_lose():
    # log(1 + e^-50) = e^-50 to 22 places, but 1 - sigmoid(50) is 0 in float64
    assert_allclose(binary_cross_entropy_with_logits([50.0], [1])[0], math.exp(-50), rtol=1e-15)
    assert_allclose(binary_cross_entropy_with_logits([-50.0], [0])[0], math.exp(-50), rtol=1e-15)


def test_binary_cross_entropy_is_the_same_with_both_sides_turned():
    z, target = normal(4, 3), shares(4, 3)
    value, dlogits = binary_cross_entropy_with_logits(z, target)
    turned, dturned = binary_cross_entropy_with_logits(-z, 1 - target)
    assert_allclose(value, turned, rtol=1e-14)
    assert_allclose(dlogits, -dturned, rtol=0, atol=1e-16)


def test_binary_cross_entropy_of_one_number_and_of_true_and_false():
    # -log 1/2,  1/2 - 1
    value, dlogits = binary_cross_entropy_with_logits(0.0, True)
    assert_allclose(value, math.log(2), rtol=1e-15)
    assert dlogits == -1 / 2
    assert binary_cross_entropy_with_logits([0.0, 1.0], [True, False])[0] == pytest.approx(
        binary_cross_entropy_with_logits([0.0, 1.0], [1, 0])[0], rel=1e-15
    )


# Categorical cross-entropy


def test_categorical_cross_entropy_by_hand():
    # p = 1/8, 2/8, 5/8 and 3/8, 3/8, 2/8:  -log 2/8 - log 3/8 = log 4 + log 8/3 = log 32/3;
    # p - target = 1/8, -6/8, 5/8 and -5/8, 3/8, 2/8
    logits = np.log([[1.0, 2.0, 5.0], [3.0, 3.0, 2.0]])
    value, dlogits = categorical_cross_entropy_with_logits(logits, [1, 0])
    assert_allclose(value, math.log(32 / 3) / 2, rtol=1e-14)
    assert_allclose(dlogits, np.array([[1, -6, 5], [-5, 3, 2]]) / 16, rtol=1e-14)


def test_categorical_cross_entropy_with_probabilities_by_hand():
    # p = 1/4, 3/4; target 1/2, 1/2:  -(log 1/4 + log 3/4) / 2 = log(16/3) / 2
    value, dlogits = categorical_cross_entropy_with_logits([0.0, math.log(3)], [0.5, 0.5])
    assert_allclose(value, math.log(16 / 3) / 2, rtol=1e-14)
    assert_allclose(dlogits, [-1 / 4, 1 / 4], rtol=1e-14)


@given(shapes, seeds)
def test_categorical_cross_entropy_is_the_mean_of_minus_log_p_of_the_label(shape, seed):
    z = normal(*shape, seed=seed)
    labels = np.random.default_rng(seed).integers(shape[-1], size=shape[:-1])
    losses, gradient = [], np.empty(shape)
    for i in np.ndindex(shape[:-1]):
        total = sum(math.exp(score) for score in z[i])
        losses.append(-math.log(math.exp(z[i][labels[i]]) / total))
        for k in range(shape[-1]):
            gradient[(*i, k)] = math.exp(z[i][k]) / total - (k == labels[i])
    value, dlogits = categorical_cross_entropy_with_logits(z, labels)
    assert_allclose(value, sum(losses) / len(losses), rtol=1e-12, atol=1e-15)
    assert_allclose(dlogits, gradient / len(losses), rtol=0, atol=1e-15)


def test_labels_are_short_for_probabilities_of_0_and_1():
    z, labels = normal(2, 3, 4), np.array([[0, 3, 1], [2, 2, 0]])
    value, dlogits = categorical_cross_entropy_with_logits(z, np.eye(4)[labels])
    for kind in (np.int64, np.int8, np.uint8, np.uint64):
        same, dsame = categorical_cross_entropy_with_logits(z, labels.astype(kind))
        assert same == value
        assert_array_equal(dsame, dlogits)


def test_two_classes_are_one_logit_against_0():
    # softmax(0, z)[1] = sigmoid(z)
    z = normal(5)
    labels = np.array([0, 1, 1, 0, 1])
    value, dlogits = categorical_cross_entropy_with_logits(
        np.stack([np.zeros(5), z], axis=1), labels
    )
    binary, dbinary = binary_cross_entropy_with_logits(z, labels)
    assert_allclose(value, binary, rtol=1e-14)
    assert_allclose(dlogits[:, 1], dbinary, rtol=1e-13)


def test_equal_logits_cost_the_log_of_the_number_of_classes():
    for classes in (1, 2, 10):
        value, dlogits = categorical_cross_entropy_with_logits(
            np.full((3, classes), 7.0), [0, 0, 0]
        )
        assert_allclose(value, math.log(classes), rtol=1e-15)
        assert_allclose(dlogits.sum(axis=1), 0, atol=1e-16)


def test_a_number_added_to_all_logits_changes_nothing():
    z, labels = normal(4, 3), [0, 2, 1, 2]
    value, dlogits = categorical_cross_entropy_with_logits(z, labels)
    for shift in (-1e4, 1e4, [[1.0], [-20.0], [300.0], [4000.0]]):
        same, dsame = categorical_cross_entropy_with_logits(z + shift, labels)
        assert_allclose(same, value, rtol=1e-11)
        assert_allclose(dsame, dlogits, rtol=0, atol=1e-11)


@each_type
def test_categorical_cross_entropy_neither_overflows_nor_takes_the_log_of_0(dtype):
    # the right class: log(1 + e^-20000) = 0;  the wrong one: 20000 + 0
    logits = np.array([[1e4, -1e4], [1e4, -1e4]], dtype)
    value, dlogits = categorical_cross_entropy_with_logits(logits, [0, 1])
    assert value == (0 + 2e4) / 2
    assert_array_equal(dlogits, [[0, 0], [1 / 2, -1 / 2]])


def test_one_example_without_a_batch():
    # -log 1/2
    value, dlogits = categorical_cross_entropy_with_logits([0.0, 0.0], 1)
    assert_allclose(value, math.log(2), rtol=1e-15)
    assert_array_equal(dlogits, [1 / 2, -1 / 2])


# Accuracy


def test_accuracy_by_hand():
    # the largest stand at 2, 0, 1, 1; the labels agree in the first, third and fourth
    logits = [[0.0, 1.0, 2.0], [3.0, -1.0, 2.0], [-3.0, -1.0, -2.0], [0.0, 0.1, 0.0]]
    assert accuracy(logits, [2, 1, 1, 1]) == 3 / 4
    probabilities = [[0.1, 0.3, 0.6], [0.3, 0.4, 0.3], [0, 1, 0], [0.2, 0.5, 0.3]]
    assert accuracy(logits, probabilities) == 3 / 4


def test_accuracy_over_time_steps_is_one_number():
    # the largest stand at 1, 0 and 1, 1: of the four, the first, second and last agree
    logits = np.array([[[0, 1], [1, 0]], [[0, 1], [-2, -1]]], np.float32)
    share = accuracy(logits, [[1, 0], [0, 1]])
    assert share == 3 / 4
    assert type(share) is float
    assert accuracy(logits[0, 0], 1) == 1


def test_an_example_with_nan_is_a_miss():
    logits = [[np.nan, 1.0], [np.nan, np.nan], [2.0, np.nan], [1.0, 0.0]]
    assert accuracy(logits, [0, 0, 0, 0]) == 1 / 4
    assert accuracy(logits, [1, 1, 1, 1]) == 0


@pytest.mark.parametrize("shape", [(3, 1), (1,), (2, 4, 1)], ids=str)
def test_one_logit_has_no_largest(shape):
    message = f"logits must have several classes, got {shape}: see binary_accuracy."
    for target in (np.ones(shape, int), np.ones(shape[:-1], int)):
        with refused(message):
            accuracy(np.ones(shape), target)


# Infinite logits


def test_a_logit_of_infinity_is_a_certain_yes_or_no():
    # p = 0, 1, 0, 1, and nothing is lost but where the target has the opposite
    logits = np.array([-np.inf, np.inf, -np.inf, np.inf])
    value, dlogits = binary_cross_entropy_with_logits(logits[:2], [0, 1])
    assert value == 0
    assert_array_equal(dlogits, [0, 0])
    value, dlogits = binary_cross_entropy_with_logits(logits, [0, 1, 1, 0])
    assert value == np.inf
    assert_array_equal(dlogits, [0, 0, -1 / 4, 1 / 4])
    assert binary_cross_entropy_with_logits(logits[:1], [1e-9])[0] == np.inf
    assert binary_cross_entropy_with_logits(logits[1:2], [1 - 1e-9])[0] == np.inf


@pytest.mark.parametrize("target", [[0, 1], [[0.25, 0.0, 0.75], [0.0, 1.0, 0.0]]])
def test_a_class_that_is_left_out_costs_nothing_unless_it_is_the_target(target):
    # with -inf a class is not there: softmax and loss are those of the other two
    logits = np.array([[0.0, -np.inf, 1.0], [-np.inf, 2.0, 1.0]])
    value, dlogits = categorical_cross_entropy_with_logits(logits, target)
    few, d_few = categorical_cross_entropy_with_logits(
        [[0.0, 1.0], [2.0, 1.0]], [0, 0] if target == [0, 1] else [[0.25, 0.75], [1, 0]]
    )
    assert_allclose(value, few, rtol=1e-15)
    assert_allclose(dlogits[[0, 0, 1, 1], [0, 2, 1, 2]], d_few.ravel(), rtol=1e-15)
    assert_array_equal(dlogits[[0, 1], [1, 0]], [0, 0])
    assert categorical_cross_entropy_with_logits(logits, [1, 1])[0] == np.inf


@pytest.mark.parametrize("row", [[np.inf, 0.0], [np.inf, np.inf], [-np.inf, -np.inf]])
def test_a_row_that_has_no_softmax_is_nan_without_a_warning(row):
    value, dlogits = categorical_cross_entropy_with_logits([[1.0, 1.0], row], [0, 0])
    assert math.isnan(value)
    assert_allclose(dlogits[0], [-1 / 4, 1 / 4], rtol=1e-15)
    assert np.isnan(dlogits[1]).all()


# What is no target of classes


@pytest.mark.parametrize(
    "function",
    [categorical_cross_entropy_with_logits, accuracy],
    ids=lambda function: function.__name__,
)
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ([0, 3], "target must hold labels from 0 to 2, got 3."),
        ([0, -1], "target must hold labels from 0 to 2, got -1."),
        ([-1, 5], "target must hold labels from 0 to 2, got -1."),
        ([0.0, 1.0], "target must hold integer labels, got an array of type float64."),
        ([True, False], "target must hold integer labels, got an array of type bool."),
        (
            [[0, 1]],
            "target must have shape (2,) for labels, or (2, 3) for probabilities, got (1, 2).",
        ),
        ([0], "target must have shape (2,) for labels, or (2, 3) for probabilities, got (1,)."),
        (1, "target must have shape (2,) for labels, or (2, 3) for probabilities, got ()."),
        ([[0, 0, 2], [1, 0, 0]], "target must lie between 0 and 1, got 2."),
        ([[0.5, 0.75, -0.25], [1, 0, 0]], "target must lie between 0 and 1, got -0.25."),
        ([[0.5, 0.5, np.nan], [1, 0, 0]], "target must lie between 0 and 1, got nan."),
        ([[0, 0, 0], [1, 0, 0]], "target must add up to 1 over the classes, got 0."),
        ([[0.5, 0.4, 0], [0.9, 0.9, 0]], "target must add up to 1 over the classes, got 1.8."),
        ([[0.1, 0.1, 0], [0.9, 0.9, 0]], "target must add up to 1 over the classes, got 0.2."),
        # an error of 18 millionths; what float32 rounds is a hundred times less
        ([[0.5, 0.500018, 0], [1, 0, 0]], "target must add up to 1 over the classes, got 1.00002."),
        (
            [[0.5, 0.499982, 0], [1, 0, 0]],
            "target must add up to 1 over the classes, got 0.999982.",
        ),
    ],
)
def test_labels_and_probabilities_that_do_not_fit_are_refused(function, target, message):
    with refused(message):
        function(np.zeros((2, 3)), target)


@pytest.mark.parametrize("error", [-9e-6, 9e-6])
def test_probabilities_may_be_off_by_what_rounding_leaves(error):
    # log 3 for each unit of probability
    value, _ = categorical_cross_entropy_with_logits(np.zeros((1, 3)), [[0.25, 0.25 + error, 0.5]])
    assert_allclose(value, (1 + error) * math.log(3), rtol=1e-12)


@pytest.mark.parametrize(
    "function",
    [categorical_cross_entropy_with_logits, accuracy],
    ids=lambda function: function.__name__,
)
def test_labels_over_time_steps_need_both_axes(function):
    with refused(
        "target must have shape (2, 3) for labels, or (2, 3, 4) for probabilities, got (3,)."
    ):
        function(np.zeros((2, 3, 4)), [0, 1, 2])


@pytest.mark.parametrize(
    "function",
    [categorical_cross_entropy_with_logits, accuracy],
    ids=lambda function: function.__name__,
)
def test_logits_without_classes_are_refused(function):
    with refused("logits must have shape (..., classes), got ()."):
        function(1.0, 1.0)
    with refused("logits must hold at least one number, got shape (2, 0)."):
        function(np.empty((2, 0)), [0, 0])


@pytest.mark.parametrize(("wrong", "shown"), [(-0.5, "-0.5"), (1.25, "1.25"), (np.nan, "nan")])
def test_a_target_that_is_no_probability_is_refused(wrong, shown):
    with refused(f"target must lie between 0 and 1, got {shown}."):
        binary_cross_entropy_with_logits([0.0, 1.0], [1, wrong])


# From probabilities


FROM_PROBABILITIES = [
    (binary_cross_entropy, binary_cross_entropy_with_logits, sigmoid),
    (categorical_cross_entropy, categorical_cross_entropy_with_logits, softmax),
]
from_probabilities = pytest.mark.parametrize(
    ("loss", "with_logits", "f"),
    FROM_PROBABILITIES,
    ids=[loss.__name__ for loss, *_ in FROM_PROBABILITIES],
)


def test_binary_cross_entropy_of_probabilities_by_hand():
    # -log 3/4 - log (1 - 1/4) - 1/4 log 1/2 - 3/4 log 1/2 = 2 log 4/3 + log 2 = log 32/9;
    # (p - t) / (p (1 - p)) = -1/4 / (3/16), 1/4 / (3/16), 1/4 / (1/4)
    value, dp = binary_cross_entropy([3 / 4, 1 / 4, 1 / 2], [1, 0, 0.25])
    assert_allclose(value, math.log(32 / 9) / 3, rtol=1e-14)
    assert_allclose(dp, [-4 / 9, 4 / 9, 1 / 3], rtol=1e-14)


def test_categorical_cross_entropy_of_probabilities_by_hand():
    # -log 1/4 - log 1/2 = log 8;  -1 / (1/4) and -1 / (1/2), half of each
    value, dp = categorical_cross_entropy([[1 / 4, 3 / 4], [1 / 2, 1 / 2]], [0, 1])
    assert_allclose(value, math.log(8) / 2, rtol=1e-14)
    assert_array_equal(dp, [[-2, 0], [0, -1]])
    # -(1/4 log 1/8 + 3/4 log 1/2) = 3/2 log 2
    value, dp = categorical_cross_entropy([1 / 8, 1 / 2, 3 / 8], [1 / 4, 3 / 4, 0])
    assert_allclose(value, 1.5 * math.log(2), rtol=1e-14)
    assert_array_equal(dp, [-2, -1.5, 0])


@from_probabilities
@given(shape=shapes, seed=seeds)
def test_it_is_the_loss_of_the_logits_behind_the_probabilities(loss, with_logits, f, shape, seed):
    z, target = normal(*shape, seed=seed), shares(*shape, seed=seed)
    p = f.value(z)
    expected, dlogits = with_logits(z, target)
    value, dp = loss(p, target)
    assert_allclose(value, expected, rtol=1e-12)
    assert_allclose(f.backward(z, p, dp), dlogits, rtol=0, atol=1e-13)
    if p.max() < 1:  # with one class the softmax is 1, beyond which there is no probability
        report = gradcheck.check(lambda p: loss(p, target)[0], {"p": p}, {"p": dp}, 1e-6)
        assert report, report.text


@each_type
def test_binary_cross_entropy_of_certain_answers(dtype):
    # right: 0;  wrong: 100, what log 0 counts as.  (p - t) / 1e-12 where it is not 0
    p = np.array([0, 1, 0, 1], dtype)
    value, dp = binary_cross_entropy(p, [0, 1, 1, 0])
    assert value == (0 + 0 + 100 + 100) / 4
    assert_allclose(dp, [0, 0, -1e12 / 4, 1e12 / 4], rtol=1e-6)
    assert dp.dtype == dtype
    # p = 1/4 of a target of 1/2 beside it: -(log 1/4 + log 3/4) / 2
    value, _ = binary_cross_entropy(np.array([0.25], dtype), [0.5])
    assert_allclose(value, math.log(16 / 3) / 2, rtol=1e-6)


@each_type
def test_categorical_cross_entropy_of_certain_answers(dtype):
    p = np.array([[1, 0], [1, 0]], dtype)
    value, dp = categorical_cross_entropy(p, [0, 1])
    assert value == (0 + 100) / 2
    assert_allclose(dp, [[-1 / 2, 0], [0, -1e12 / 2]], rtol=1e-6)
    assert dp.dtype == dtype


def test_what_is_nearly_certain_keeps_its_digits():
    # log(1 - 1e-20) = -1e-20, though 1 - 1e-20 is 1; below 1e-12 the divisor is 1e-12
    value, dp = binary_cross_entropy([1e-20], [0])
    assert_allclose(value, 1e-20, rtol=1e-14)
    assert_allclose(dp, [1e-8], rtol=1e-14)
    assert_allclose(categorical_cross_entropy([1e-20, 1.0], 0)[0], 20 * math.log(10), rtol=1e-14)


@from_probabilities
def test_nan_stays_nan(loss, with_logits, f):
    value, dp = loss([[np.nan, 0.5], [0.5, 0.5]], [[1, 0], [1, 0]])
    assert math.isnan(value)
    assert np.isnan(dp[0, 0])


@from_probabilities
@pytest.mark.parametrize(("wrong", "shown"), [(-0.5, "-0.5"), (1.5, "1.5")])
def test_logits_are_refused_and_the_right_loss_is_named(loss, with_logits, f, wrong, shown):
    message = (
        f"p must lie between 0 and 1, got {shown}: for logits there is {with_logits.__name__}."
    )
    with refused(message):
        loss([[wrong, 0.5]], [[0, 1]])


def test_targets_of_probabilities_are_checked_as_those_of_logits():
    with refused(
        "target must have the shape of p = (2, 1), got (2,). Pass target[..., np.newaxis]."
    ):
        binary_cross_entropy([[0.5], [0.5]], [0, 1])
    with refused("target must lie between 0 and 1, got 2."):
        binary_cross_entropy([0.5], [2])
    with refused("target must hold labels from 0 to 1, got 2."):
        categorical_cross_entropy([[0.5, 0.5]], [2])
    with refused("p must have shape (..., classes), got ()."):
        categorical_cross_entropy(1.0, 1.0)
    for loss in (binary_cross_entropy, categorical_cross_entropy):
        with refused("p must hold at least one number, got shape (2, 0)."):
            loss(np.empty((2, 0)), [0, 0])


def test_pytorch_computes_the_same(torch):
    p, target = np.array([0.0, 1.0, 0.0, 1.0, 0.3, 1e-20, 0.9]), np.array([0, 1, 1, 0, 1, 0.5, 0.2])
    theirs = torch.tensor(p, requires_grad=True)
    torch.nn.BCELoss()(theirs, torch.tensor(target)).backward()
    value, dp = binary_cross_entropy(p, target)
    assert_allclose(value, torch.nn.BCELoss()(theirs, torch.tensor(target)).item(), rtol=1e-13)
    # Where p is 0 or 1 PyTorch divides by its 1e-12 in float32, 9.99999996e-13.
    assert_allclose(dp, theirs.grad.numpy(), rtol=1e-8)
    assert_allclose(dp[[4, 6]], theirs.grad.numpy()[[4, 6]], rtol=1e-13)
    z, labels = normal(4, 3), np.array([0, 2, 1, 1])
    theirs = torch.tensor(softmax.value(z), requires_grad=True)
    loss = torch.nn.NLLLoss()(theirs.log(), torch.tensor(labels))
    loss.backward()
    value, dp = categorical_cross_entropy(softmax.value(z), labels)
    assert_allclose(value, loss.item(), rtol=1e-13)
    assert_allclose(dp, theirs.grad.numpy(), rtol=1e-13, atol=0)


def test_keras_computes_the_same(keras):
    p, target = shares(5, 3), shares(5, 3, seed=1)
    value = float(keras.losses.CategoricalCrossentropy()(target, p))
    assert_allclose(categorical_cross_entropy(p, target)[0], value, rtol=1e-5)
    value = float(keras.losses.BinaryCrossentropy()(target, p))
    assert_allclose(binary_cross_entropy(p, target)[0], value, rtol=1e-5)


# Weights


def labels(*shape, classes, seed=0):
    return np.random.default_rng([seed, *shape, 7]).integers(classes, size=shape)


def bits(*shape, seed=0):
    return labels(*shape, classes=2, seed=seed)


# name -> the function, an output of this shape and seed, its target, how many axes are examples
WEIGHTED = {
    "mean_squared_error": (mean_squared_error, normal, shares, 0),
    "binary_with_logits": (binary_cross_entropy_with_logits, normal, shares, 0),
    "binary": (binary_cross_entropy, shares, shares, 0),
    "categorical_with_logits": (categorical_cross_entropy_with_logits, normal, shares, 1),
    "categorical": (categorical_cross_entropy, shares, shares, 1),
    "labels_with_logits": (
        categorical_cross_entropy_with_logits,
        normal,
        lambda *shape, seed: labels(*shape[:-1], classes=shape[-1], seed=seed),
        1,
    ),
    "labels": (
        categorical_cross_entropy,
        shares,
        lambda *shape, seed: labels(*shape[:-1], classes=shape[-1], seed=seed),
        1,
    ),
    "accuracy": (
        lambda *arguments: (accuracy(*arguments), np.zeros(1)),
        normal,
        lambda *shape, seed: labels(*shape[:-1], classes=shape[-1], seed=seed),
        1,
    ),
    "binary_accuracy": (
        lambda *arguments: (binary_accuracy(*arguments), np.zeros(1)),
        shares,
        bits,
        0,
    ),
    "binary_accuracy_with_logits": (
        lambda *arguments: (binary_accuracy_with_logits(*arguments), np.zeros(1)),
        normal,
        bits,
        0,
    ),
}
each_weighted = pytest.mark.parametrize(
    ("loss", "output", "target", "own"), WEIGHTED.values(), ids=WEIGHTED
)
SHAPE = (4, 3, 2)


@st.composite
def counts(draw, most=3):
    """Whole numbers for the first axes of (4, 3, 2), not all of them 0."""
    axes = draw(st.integers(1, 2))
    size = math.prod(SHAPE[:axes])
    numbers = draw(st.lists(st.integers(0, most), min_size=size, max_size=size).filter(any))
    return np.reshape(numbers, SHAPE[:axes])


@each_weighted
@settings(max_examples=25)
@given(weights=counts(), seed=seeds)
def test_a_weight_says_how_often_an_example_is_there(loss, output, target, own, weights, seed):
    y, target = output(*SHAPE, seed=seed), target(*SHAPE, seed=seed)
    value, dy = loss(y, target, weights)
    axes = weights.ndim
    rows = np.repeat(np.arange(weights.size), weights.ravel())
    often = [a.reshape(weights.size, *a.shape[axes:])[rows] for a in (y, target)]
    expected, d_each = loss(*often)
    assert_allclose(value, expected, rtol=1e-13)
    if dy.ndim == y.ndim:  # the gradients of all copies add up
        d_often = np.zeros((weights.size, *y.shape[axes:]))
        np.add.at(d_often, rows, d_each)
        assert_allclose(dy, d_often.reshape(y.shape), rtol=0, atol=1e-14)


@each_weighted
@settings(max_examples=25)
@given(weights=counts(most=1), seed=seeds)
def test_a_weight_of_0_leaves_out_whatever_is_there(loss, output, target, own, weights, seed):
    y, target = output(*SHAPE, seed=seed), target(*SHAPE, seed=seed)
    value, dy = loss(y, target, weights)
    garbage, wrong = y.copy(), target.copy()
    garbage[weights == 0] = np.nan
    wrong[weights == 0] = -100 if target.dtype == int else np.inf
    same, d_same = loss(garbage, wrong, weights.astype(bool))
    assert same == value
    assert_array_equal(d_same, dy)
    if dy.ndim == y.ndim:
        assert not dy[weights == 0].any()


@each_weighted
def test_weights_of_1_and_no_weights_are_the_same_numbers(loss, output, target, own):
    y, target = output(*SHAPE, seed=1), target(*SHAPE, seed=1)
    expected, d_expected = loss(y, target)
    for axes in range(1, 4 - own):
        for size in (1, 7.5, 1e308, 1e-308):
            value, dy = loss(y, target, np.full(SHAPE[:axes], size))
            assert_allclose(value, expected, rtol=1e-14)
            assert_allclose(dy, d_expected, rtol=1e-14)


@each_loss
@settings(max_examples=15)
@given(seed=seeds)
def test_weighted_gradients_agree_with_central_differences(loss, seed):
    y, target = normal(*SHAPE, seed=seed), shares(*SHAPE, seed=seed)
    weights = np.random.default_rng(seed).uniform(0, 3, SHAPE[:2])
    weights[0, 0] = 0
    _, dy = loss(y, target, weights)
    report = gradcheck.check(lambda y: loss(y, target, weights)[0], {"y": y}, {"y": dy})
    assert report, report.text


def test_weights_by_hand():
    # (1 · 4 + 3 · 16) / 4 = 13;  2 · 1 · 2 / 4 = 1,  2 · 3 · 4 / 4 = 6
    value, dy = mean_squared_error([2.0, 4.0, 9.0], [0.0, 0.0, np.nan], [1, 3, 0])
    assert value == 13
    assert_array_equal(dy, [1, 6, 0])
    # of the examples right, wrong, right, left out: (1 + 2) / (1 + 4 + 2)
    assert accuracy(np.eye(2)[[0, 0, 1, 1]], [0, 1, 1, -1], [1, 4, 2, 0]) == 3 / 7


@each_loss
@each_type
def test_weights_do_not_change_the_type_of_the_gradient(loss, dtype):
    for kind in (np.float64, np.float32, int, bool):
        y, target = normal(3, 2).astype(dtype), shares(3, 2)
        value, dy = loss(y, target, np.array([1, 0, 1], kind))
        assert type(value) is float
        assert dy.dtype == dtype


def test_a_square_that_overflows_and_does_not_count_is_not_seen():
    value, dy = mean_squared_error(np.ones(2, np.float32), [0.0, 1e300], [1, 0])
    assert value == 1
    assert_array_equal(dy, [2, 0])


def test_a_gradient_that_float_can_hold_does_not_overflow_on_its_way():
    with np.errstate(over="ignore"):
        _, dy = mean_squared_error([1e308, 0.0, 1.0], [0.0, 0.0, 0.0], [3, 3, 3])
    assert_allclose(dy, [1e308 / 3 * 2, 0, 2 / 3], rtol=1e-15)


@each_weighted
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (1.0, "must have the shape of the first axes of {}, got ()."),
        ([1.0, 1.0, 1.0], "must have the shape of the first axes of {}, got (3,)."),
        (np.ones((4, 1)), "must have the shape of the first axes of {}, got (4, 1)."),
        (np.ones((4, 3, 2, 1)), "must have the shape of the first axes of {}, got (4, 3, 2, 1)."),
        ([1, -1, 1, 1], "must be numbers from 0 on, got -1."),
        ([1, np.nan, -1, 1], "must be numbers from 0 on, got nan."),
        ([1, np.inf, 1, 1], "must be numbers from 0 on, got inf."),
        ([0, 0, 0, 0], "must be numbers from 0 on, got zeros only: nothing would count."),
        ([1, 1, 1, "a"], "must hold real numbers, got an array of type <U21."),
    ],
    ids=str,
)
def test_weights_that_do_not_fit_are_refused(loss, output, target, own, weights, message):
    y, target = output(*SHAPE, seed=1), target(*SHAPE, seed=1)
    with refused(f"weights {message.format(SHAPE[: 3 - own])}"):
        loss(y, target, weights)


def test_a_class_cannot_have_a_weight_of_its_own():
    with refused("weights must have the shape of the first axes of (2,), got (2, 3)."):
        categorical_cross_entropy_with_logits(np.zeros((2, 3)), [0, 1], np.ones((2, 3)))


def test_one_example_without_a_batch_takes_no_weight():
    with refused("weights must have the shape of the first axes of (), got ()."):
        categorical_cross_entropy_with_logits([0.0, 0.0], 1, 1.0)


def test_pytorchs_ignore_index_gives_the_same(torch):
    z, target = normal(4, 5, 3), labels(4, 5, classes=3)
    target[0, 1:] = target[2, 3] = -100
    theirs = torch.tensor(z, requires_grad=True)
    loss = torch.nn.CrossEntropyLoss(ignore_index=-100)
    value = loss(theirs.transpose(1, 2), torch.tensor(target))
    value.backward()
    ours, dz = categorical_cross_entropy_with_logits(z, target, target != -100)
    assert_allclose(ours, value.item(), rtol=1e-13)
    assert_allclose(dz, theirs.grad.numpy(), rtol=0, atol=1e-15)


def test_keras_masks_give_the_same_and_its_sample_weights_another_divisor(keras):
    y, target = normal(4, 3).astype("float32"), normal(4, 3, seed=1).astype("float32")
    weights = np.array([1.0, 0.5, 2.0, 0.0], "float32")
    value, _ = mean_squared_error(y, target, weights)
    kinds = {"mean_with_sample_weight": 1, "sum_over_batch_size": weights.mean()}
    for reduction, factor in kinds.items():
        theirs = keras.losses.MeanSquaredError(reduction)(target, y, weights)
        assert_allclose(value * factor, float(theirs), rtol=1e-5)


# Two classes by one number


def test_binary_accuracy_by_hand():
    # above, below, above, at the threshold; the first, second and fourth agree
    assert binary_accuracy_with_logits([0.1, -3, 2, 0], [1, 0, 0, 0]) == 3 / 4
    assert binary_accuracy([0.6, 0.1, 0.9, 0.5], [1, 0, 0, 0]) == 3 / 4
    assert binary_accuracy([0.6, 0.4], [0.75, 0.5]) == 1
    assert type(binary_accuracy([[0.6]], [[1]])) is float


def test_nan_is_on_neither_side():
    for target in (0, 1):
        assert binary_accuracy_with_logits([np.nan], [target]) == 0
        assert binary_accuracy([np.nan], [target]) == 0


def test_logits_in_place_of_probabilities_are_refused_and_the_right_name_is_said():
    with refused(
        "p must lie between 0 and 1, got -3: for logits there is binary_accuracy_with_logits."
    ):
        binary_accuracy([-3.0], [1])
    for function in (binary_accuracy, binary_accuracy_with_logits):
        with refused("target must lie between 0 and 1, got 2."):
            function([0.5], [2])


@pytest.mark.parametrize("loss", [*LOSSES, accuracy, binary_accuracy], ids=lambda f: f.__name__)
def test_an_unknown_keyword_is_answered(loss):
    with pytest.raises(TypeError, match=rf"\A{loss.__name__} takes no sample_weight: its arg"):
        loss([1.0], [1.0], sample_weight=[1.0])
