"""Weights, masks and ignored labels: what counts, and how they are put together."""

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
    assert check_weights("w", [True, False], (2, 3)).dtype == float


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
