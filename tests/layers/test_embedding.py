"""Embedding: rows, gradients that add up, refusals."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from rnncore import gradcheck
from rnncore.layers import Embedding
from tests.support.layers import normal, refused


def test_embedding_looks_up_and_adds_up_repeated_tokens():
    layer = Embedding([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert_array_equal(layer.forward([[2, 0], [2, 2]])[0], [[5.0, 6.0], [1.0, 2.0]])
    assert layer.backward([[[1.0, 10.0], [2.0, 20.0]], [[4.0, 40.0], [8.0, 80.0]]]) is None
    assert_array_equal(layer.gradients["table"], [[2.0, 20.0], [0.0, 0.0], [13.0, 130.0]])


def test_embedding_gradient_agrees_with_central_differences():
    tokens, dy = np.array([[0, 2, 2], [1, 2, 0]]), normal(2, 3, 4)
    layer = Embedding(normal(5, 4))
    layer.forward(tokens)
    layer.backward(dy)
    report = gradcheck.check(
        lambda table: (Embedding(table).forward(tokens) * dy).sum(),
        {"table": layer.parameters["table"]},
        layer.gradients,
    )
    assert report, report.text


@pytest.mark.parametrize("token_type", [np.uint8, np.int16, np.uint64])
def test_a_large_table_adds_up_row_by_row(token_type):
    # 256 rows of 300 units: the places in the table do not fit into the type of the tokens
    rng = np.random.default_rng(1)
    tokens, dy = rng.integers(0, 256, (4, 200)).astype(token_type), normal(4, 200, 300)
    layer = Embedding(np.zeros((256, 300)))
    layer.forward(tokens)
    layer.backward(dy)
    expected = np.zeros((256, 300))
    for token, row in zip(tokens.ravel(), dy.reshape(-1, 300)):
        expected[token] += row
    assert_array_equal(layer.gradients["table"], expected)


def test_embedding_of_float32_adds_in_float32():
    # In float32 the numbers from 1 on are 2^-23 apart.  2^-24 + 2^-50 is 2^-24 there, half of
    # that, and the sum goes back to 1; with all digits it would go on to 1 + 2^-23.
    layer = Embedding(np.ones((2, 1), "f4"))
    layer.forward([1, 1])
    layer.backward([[1.0], [2.0**-24 + 2.0**-50]])
    assert_array_equal(layer.gradients["table"], [[0.0], [1.0]])


def test_embedding_takes_tokens_of_any_shape_and_remembers_them():
    layer = Embedding(normal(5, 4))
    tokens = np.array([1, 3], np.uint8)
    assert layer.forward(tokens).shape == (2, 4)
    assert layer.forward(np.int64(3)).shape == (4,)
    layer.forward(tokens)
    tokens[:] = 0
    layer.backward(np.ones((2, 4)))
    assert_array_equal(layer.gradients["table"].sum(axis=1), [0, 4, 0, 4, 0])


def test_embedding_refuses_what_is_no_token():
    layer = Embedding(np.ones((5, 2)))
    for wrong, message in [
        ([[0.0]], "x must hold integer tokens, got an array of type float64."),
        ([[True]], "x must hold integer tokens, got an array of type bool."),
        ([[0, 5]], "x must hold tokens from 0 to 4, got 5."),
        ([[-1, 0]], "x must hold tokens from 0 to 4, got -1."),
        (None, "x must hold real numbers, got None."),
    ]:
        with refused(message):
            layer.forward(wrong)
    with refused("table must have shape (tokens, units), got (5,)."):
        Embedding(np.ones(5))
    layer.forward([[0, 4]])
    with refused("dy must have the shape of the output = (1, 2, 2), got (1, 2)."):
        layer.backward(np.ones((1, 2)))


def test_keep_is_true_or_false():
    with refused("keep must be True or False, got 'no'."):
        Embedding(normal(5, 4)).forward([[0, 1]], keep="no")


def test_a_mask_that_is_passed_in_goes_on_to_the_next_layer():
    layer, mask = Embedding(normal(5, 4)), np.array([[True, False, True]])
    layer.forward([[0, 1, 2]], mask=mask)
    assert_array_equal(layer.mask, mask)
