"""Beside PyTorch and Keras, where they are installed: the same weights, the same numbers."""

import pytest

from tests.support.parity_cases import FORWARD, GRADIENT
from tests.support.parity_live import KERAS, TORCH, compare_keras, compare_torch

# What these libraries warn of concerns themselves.
pytestmark = pytest.mark.filterwarnings("ignore")


def assert_small(errors):
    assert errors["forward"] <= FORWARD
    assert errors["gradient"] <= GRADIENT
    assert errors["back"] <= FORWARD


@pytest.mark.parametrize("name", TORCH)
def test_pytorch_gives_the_same_numbers(torch, name):
    assert_small(compare_torch(TORCH[name]))


@pytest.mark.parametrize("name", KERAS)
def test_keras_gives_the_same_numbers(keras, name):
    assert_small(compare_keras(KERAS[name]))
