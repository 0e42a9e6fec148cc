"""Weights, masks and ignored labels: what counts, and how they are put together."""

import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from rnncore._weights import Counted, check_weights, combined


def test_arrays_are_multiplied_along_their_first_axes():
    product = combined([1, 2], None, [[True, False, True], [True, True, False]])
    assert_array_equal(product, [[1, 0, 1], [2, 2, 0]])
    assert product.dtype == float
    assert combined(np.ones((2, 3, 4)), [1, 2])[1].tolist() == [[2.0] * 4] * 3


def test_nothing_given_is_nothing():
    assert combined() is None
    assert combined(None, None) is None


def test_checked_weights_are_floats():
    for kind in (bool, int, np.float32):
        assert check_weights("w", np.ones(2, kind), (2, 3)).dtype == np.float64


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (1.0, "must have the shape of the first axes of (2, 3), got ()."),
        ([1.0, 1.0, 1.0], "must have the shape of the first axes of (2, 3), got (3,)."),
        (np.ones((2, 1)), "must have the shape of the first axes of (2, 3), got (2, 1)."),
        (np.ones((2, 3, 1)), "must have the shape of the first axes of (2, 3), got (2, 3, 1)."),
        ([1, -1], "must be numbers from 0 on, got -1."),
        ([-2, np.nan], "must be numbers from 0 on, got -2."),
        ([np.nan, 1], "must be numbers from 0 on, got nan."),
        ([1, np.inf], "must be numbers from 0 on, got inf."),
        ([0, 0], "must be numbers from 0 on, got zeros only: nothing would count."),
        ([[0, 0, 0], [0, 0, -1]], "must be numbers from 0 on, got -1."),
        (["a", "b"], "must hold real numbers, got an array of type <U1."),
    ],
    ids=str,
)
def test_weights_that_do_not_fit_are_refused(weights, message):
    y = np.zeros((2, 3))
    with pytest.raises(ValueError, match=rf"\A{re.escape('w ' + message)}\Z"):
        check_weights("w", weights, y.shape)
    with pytest.raises(ValueError, match=rf"\A{re.escape('weights ' + message)}\Z"):
        Counted(y, y, weights, 2)


def test_weights_along_the_first_axes_hold_for_all_that_is_behind_them():
    y = np.arange(6.0).reshape(2, 3)
    counted = Counted(y, y, [3, 1], 2)
    # (3 · (0 + 1 + 2) + 3 + 4 + 5) / (3 · 3 + 3)
    assert counted.mean(counted.y) == 21 / 12
    assert_array_equal(counted.gradient(np.ones(6)), [[3 / 12] * 3, [1 / 12] * 3])


@pytest.mark.parametrize("size", [1e-308, 1.0, 1e308])
def test_the_size_of_all_weights_does_not_matter(size):
    y = np.array([1e300, 2e300, 7.0], np.longdouble).astype(float)
    counted = Counted(y, y, [size, size / 2, 0], 1)
    np.testing.assert_allclose(counted.mean(counted.y), 4e300 / 3, rtol=1e-14)
    np.testing.assert_allclose(counted.gradient(counted.y), [2e300 / 3, 2e300 / 3, 0], rtol=1e-14)


def test_weights_take_the_type_of_the_output():
    y = np.ones(3, np.float32)
    counted = Counted(y, y, [1.0, 2.0, 0.0], 1)
    assert counted.gradient(counted.y).dtype == np.float32
    assert (counted.y * counted.w).dtype == np.float32


def test_what_does_not_count_is_left_out_and_gets_no_gradient():
    y, target = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([7, 8, 9])
    counted = Counted(y, target, [1, 0, 3], 1)
    assert_array_equal(counted.y, y[[0, 2]])
    assert_array_equal(counted.target, [7, 9])
    # (1 · 8 + 3 · 4) / 4 = 5;  1 / 4 and 3 / 4
    assert counted.mean(np.array([[8.0], [4.0]])) == 5
    assert_array_equal(counted.gradient(np.ones((2, 2))), [[0.25] * 2, [0] * 2, [0.75] * 2])


@pytest.mark.parametrize("axes", [1, 2])
def test_without_weights_all_count_where_they_stand(axes):
    y = np.arange(6.0).reshape(2, 3)
    counted = Counted(y, y, None, axes)
    assert counted.y.shape == counted.target.shape == (2, 3)
    assert counted.mean(y) == 15 / (2 if axes == 1 else 6)
    assert_array_equal(counted.gradient(y), y / (2 if axes == 1 else 6))
