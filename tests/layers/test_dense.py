"""Dense: values, gradients, refusals."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from rnncore import gradcheck
from rnncore.activations import KNOWN, Activation
from rnncore.layers import Dense
from tests.support.layers import normal, refused


@pytest.mark.parametrize("activation", KNOWN)
@pytest.mark.parametrize("shape", [(5, 3), (2, 5, 3)])
@pytest.mark.parametrize("with_bias", [True, False])
def test_dense_gradients_agree_with_central_differences(activation, shape, with_bias):
    arguments = {"x": normal(*shape), "W": normal(3, 4)}
    if with_bias:
        arguments["b"] = normal(4)
    dy = normal(*shape[:-1], 4)

    def loss(x, W, b=None):
        return (Dense(W, b, activation).forward(x) * dy).sum()

    layer = Dense(arguments["W"], arguments.get("b"), activation)
    layer.forward(arguments["x"])
    gradients = {"x": layer.backward(dy), **layer.gradients}
    assert set(gradients) == set(arguments)
    report = gradcheck.check(loss, arguments, gradients)
    assert report, report.text


def test_dense_by_hand():
    layer = Dense([[1.0, 0.0], [10.0, -1.0]], [0.5, 0.0], "relu")
    assert_array_equal(layer.forward([[1.0, 2.0]]), [[21.5, 0.0]])
    assert_array_equal(layer.backward([[3.0, 5.0]]), [[3.0, 30.0]])
    assert_array_equal(layer.gradients["W"], [[3.0, 0.0], [6.0, 0.0]])
    assert_array_equal(layer.gradients["b"], [3.0, 0.0])


def test_an_activation_whose_derivative_needs_z_gets_it():
    # f(z) = z²/2 has the derivative z, which its value does not tell: ±2 both give 2
    square = Activation("square", lambda z: z * z / 2, derivative=lambda z, h: z)
    layer = Dense([[1.0, -1.0]], None, square)
    assert_array_equal(layer.forward([[2.0]]), [[2.0, 2.0]])
    assert_array_equal(layer.backward([[3.0, 5.0]]), [[3 * 2 + 5 * -2 * -1.0]])
    assert_array_equal(layer.gradients["W"], [[2 * 3 * 2.0, 2 * 5 * -2.0]])
    assert layer.recall().z is not None
    layer = Dense([[1.0]], None, "tanh")
    layer.forward([[2.0]])
    assert layer.recall().z is None  # it would be memory for nothing


def test_dense_of_float32_has_gradients_of_float32():
    layer = Dense(np.ones((3, 4), "f4"), np.ones(4, "f4"), "tanh")
    assert layer.forward(np.ones((2, 3), "f4")).dtype == np.float32
    dx = layer.backward(np.ones((2, 4)))  # float64
    assert {dx.dtype, *(g.dtype for g in layer.gradients.values())} == {np.dtype("f4")}


def test_dense_refuses_what_does_not_fit():
    with refused("W must have shape (in, out), got (3,)."):
        Dense(np.ones(3))
    with refused("b must have shape (out,) = (4,), got (3,)."):
        Dense(np.ones((3, 4)), np.ones(3))
    with refused("activation must be one of"):
        Dense(np.ones((3, 4)), None, "swish")
    layer = Dense(np.ones((3, 4)))
    with refused("x must have shape (batch, in) = (any, 3), got (2, 4)."):
        layer.forward(np.ones((2, 4)))
    with refused("x must have shape (batch, timesteps, in) = (any, any, 3), got (2, 5, 4)."):
        layer.forward(np.ones((2, 5, 4)))
    with refused("x must have shape (batch, in) = (any, 3), got (3,). One example"):
        layer.forward(np.ones(3))
    layer.forward(np.ones((2, 3)))
    with refused("dy must have the shape of the output = (2, 4), got (4, 2)."):
        layer.backward(np.ones((4, 2)))
    with refused("dy must hold real numbers, got None."):
        layer.backward(None)


def test_softmax_over_one_unit_and_another_keep_are_refused():
    with refused("activation softmax over one unit is always 1: take sigmoid."):
        Dense(np.ones((3, 1)), None, "softmax").forward(np.ones((2, 3)))
    with refused("keep must be True or False, got 'no'."):
        Dense(np.ones((3, 4))).forward(np.ones((2, 3)), keep="no")
