"""One number by hand for each basic function, from the bottom of the package to its top.

`make check` runs this file first and stops at its first failure, so that a slip in a function
that everything rests on is reported by itself.  Logarithms give round values: σ(log 3) = 3/4,
because σ(log a) = a / (a + 1), and tanh(log a) = (a² - 1) / (a² + 1).
"""

from math import log

import numpy as np
import pytest

from rnncore import mlp
from rnncore.activations import relu, sigmoid, softmax, tanh
from rnncore.bptt import backpropagate
from rnncore.layers import GRU, LSTM, Dense, SimpleRNN
from rnncore.losses import (
    binary_cross_entropy_with_logits,
    categorical_cross_entropy_with_logits,
    mean_squared_error,
)
from rnncore.optimisers import SGD
from rnncore.states import compute_states, step


def agree(what, got, by_hand):
    """Compare with the numbers worked out by hand; a failure names both in one line."""
    same = np.shape(got) == np.shape(by_hand)
    if not (same and np.allclose(got, by_hand, rtol=0, atol=1e-12)):
        got, by_hand = np.asarray(got).tolist(), np.asarray(by_hand).tolist()
        pytest.fail(f"{what} is {got}, by hand it is {by_hand}", pytrace=False)


def test_activations():
    agree("sigmoid.value(log 3)", sigmoid.value(log(3)), 3 / 4)
    agree("sigmoid.slope(3/4)", sigmoid.slope(3 / 4), 3 / 16)  # 3/4 · (1 - 3/4)
    agree("tanh.value(log 2)", tanh.value(log(2)), 3 / 5)  # (4 - 1) / (4 + 1)
    agree("tanh.slope(3/5)", tanh.slope(3 / 5), 16 / 25)  # 1 - 9/25
    agree("relu.value([-2, 3])", relu.value([-2.0, 3.0]), [0, 3])
    agree("relu.slope([0, 3])", relu.slope([0.0, 3.0]), [0, 1])
    # e^log 1 : e^log 2 : e^log 5 = 1 : 2 : 5, of 8 in all
    agree("softmax.value(log [1, 2, 5])", softmax.value(np.log([1, 2, 5])), [1 / 8, 2 / 8, 5 / 8])


def test_mlp():
    # x1 = relu([1, 2] [[1, -1, 0], [1, 0, 2]] + [0, 0, 1]) = relu([3, -1, 5]) = [3, 0, 5]
    # x2 = [3, 0, 5] [[1], [7], [2]] - 3 = 3 + 10 - 3 = 10
    W, B = [[[1, -1, 0], [1, 0, 2]], [[1], [7], [2]]], [[0, 0, 1], [-3]]
    for i, by_hand in enumerate([[1, 2], [3, 0, 5], [10]]):
        agree(f"mlp.forward(…)[{i}]", mlp.forward([1, 2], W, B, ["relu", "linear"])[i], by_hand)


W_X, W_H, BIAS = [[1, 0, 2], [0, 1, 1]], [[0, 1, 0], [2, 0, 0], [0, 0, 1]], [0, 0, -1]


def test_step():
    # x W_x = [2, 3] W_x = [2, 3, 2·2 + 3] = [2, 3, 7];  h W_h = [1, 5, 4] W_h = [2·5, 1, 4]
    # z = [2 + 10, 3 + 1, 7 + 4 - 1] = [12, 4, 10]
    agree("step([2, 3], [1, 5, 4], …)", step([2, 3], [1, 5, 4], W_X, W_H, BIAS), [12, 4, 10])
    # tanh(1 · log 2 + 0.5 · 0) = 3/5
    agree("step(log 2, 0, …, 'tanh')", step(log(2), 0.0, 1.0, 0.5, activation="tanh"), 3 / 5)


def test_compute_states():
    # h_1 = 1 + 0.5 · 0 = 1;  h_2 = 0 + 0.5 · 1 = 0.5;  h_3 = 1 + 0.5 · 0.5 = 1.25
    S = compute_states([[1, 0, 1]], 1.0, 0.5)
    agree("compute_states([[1, 0, 1]], 1, 0.5)", S, [[0, 1, 0.5, 1.25]])
    # h_1 = [1, 0, 2 - 1] = [1, 0, 1];  h_2 = [0, 1, 1 - 1] + h_1 W_h = [0, 1, 0] + [0, 1, 1]
    S = compute_states([[[1, 0], [0, 1]]], W_X, W_H, BIAS)
    agree("compute_states of vectors", S, [[[0, 0, 0], [1, 0, 1], [0, 2, 1]]])


def test_backpropagate():
    # h_t = x_t + 0.5 h_{t-1}, and the loss is h_3:
    # dh_3 = 1, dh_2 = 0.5, dh_1 = 0.25, dh_0 = 0.125
    X, S, dS = [[1, 0, 1]], [[0, 1, 0.5, 1.25]], [[0, 0, 1]]
    g = backpropagate(X, S, dS, 1.0, 0.5)
    agree("backpropagate(…).X", g.X, [[0.25, 0.5, 1]])  # dh_t · W_x
    agree("backpropagate(…).W_x", g.W_x, 1.25)  # 0.25 · 1 + 0.5 · 0 + 1 · 1
    agree("backpropagate(…).W_h", g.W_h, 1.0)  # 0.25 · 0 + 0.5 · 1 + 1 · 0.5
    agree("backpropagate(…).b", g.b, 1.75)  # 0.25 + 0.5 + 1
    agree("backpropagate(…).h0", g.h0, [0.125])
    # With a window of two steps dh_3 and dh_2 alone are left: 0.5 + 1.
    agree("backpropagate(…, window=2).b", backpropagate(X, S, dS, 1.0, 0.5, window=2).b, 1.5)


def test_backpropagate_through_vectors():
    # One step, z = x W_x + h_0 W_h, tanh; x = [2, 1], h_0 = [1, 0, 2], h_1 = [0.6, 0, 0.8].
    # dz = [1, 2, 0] (1 - h²) = [0.64, 2, 0]
    h0 = [1.0, 0.0, 2.0]
    g = backpropagate([[[2, 1]]], [[h0, [0.6, 0, 0.8]]], [[[1, 2, 0]]], W_X, W_H, "tanh")
    agree("backpropagate(…).b", g.b, [0.64, 2, 0])
    agree("backpropagate(…).W_x", g.W_x, [[1.28, 4, 0], [0.64, 2, 0]])  # x dz
    agree("backpropagate(…).W_h", g.W_h, [[0.64, 2, 0], [0, 0, 0], [1.28, 4, 0]])  # h_0 dz
    agree("backpropagate(…).X", g.X, [[[0.64, 2]]])  # dz · each row of W_x
    agree("backpropagate(…).h0", g.h0, [[2, 1.28, 0]])  # dz · each row of W_h


def test_dense():
    # [1, 2] [[1, -1, 0], [1, 0, 2]] + [0, 0, 1] = [3, -1, 5], and relu makes [3, 0, 5]
    layer = Dense(np.array([[1.0, -1, 0], [1, 0, 2]]), np.array([0.0, 0, 1]), "relu")
    agree("Dense.forward([1, 2])", layer.forward([[1, 2]]), [[3, 0, 5]])
    # dz = [10, 20, 30] · relu' = [10, 0, 30];  dx = dz Wᵀ = [10, 10 + 60];  dW = x dz
    agree("Dense.backward(…)", layer.backward([[10, 20, 30]]), [[10, 70]])
    agree("the gradient of Dense's W", layer.gradients["W"], [[10, 0, 30], [20, 0, 60]])
    agree("the gradient of Dense's b", layer.gradients["b"], [10, 0, 30])


def test_simple_rnn():
    # h_1 = tanh(log 2) = 3/5;  h_2 = tanh(log 2 - 3/5 + 3/5) = 3/5
    layer = SimpleRNN(np.eye(1), np.eye(1), np.zeros(1), return_sequences=True)
    y = layer.forward([[[log(2)], [log(2) - 3 / 5]]])
    agree("SimpleRNN.forward(…)", y, [[[3 / 5], [3 / 5]]])
    # dz_2 = 1 - 9/25 = 16/25;  dh_1 = 16/25, dz_1 = 16/25 · 16/25;  b has both
    layer.backward([[[0], [1]]])
    agree("the gradient of SimpleRNN's b", layer.gradients["b"], [0.64 + 0.64**2])


def test_lstm():
    # One unit, x = h_0 = 1.  The gates in the order i f c o get log 3, -log 3, log 2, log 4 from
    # x, h and b together: i = 3/4, f = 1/4, c̃ = 3/5, o = 4/5.
    # c_1 = 1/4 · c_0 + 3/4 · 3/5, and c_0 is such that c_1 = log 3;  h_1 = 4/5 · tanh(log 3) = 0.64
    W_x, W_h = np.array([[log(3), 0, 0, log(2)]]), np.array([[0, -log(3), log(2), 0]])
    layer, c0 = LSTM(W_x, W_h, np.array([0, 0, 0, log(2)])), 4 * (log(3) - 0.45)
    agree("LSTM.forward(…)", layer.forward([[[1]]], [[1]], [[c0]]), [[0.64]])
    agree("the cell state of LSTM", layer.state[1], [[log(3)]])
    # dh = 1: dc = o (1 - tanh²c) = 0.8 · 0.36 = 0.288
    layer.backward([[1]])
    by_hand = [
        0.288 * 0.6 * 3 / 16,  # dc · c̃ · i (1 - i)
        0.288 * c0 * 3 / 16,  # dc · c_0 · f (1 - f)
        0.288 * 0.75 * 0.64,  # dc · i · (1 - c̃²)
        0.8 * 0.16,  # dh · tanh(c_1) · o (1 - o)
    ]
    agree("the gradient of LSTM's b", layer.gradients["b"], by_hand)
    agree("the gradient of LSTM's c0", layer.gradients["c0"], [[0.288 / 4]])  # dc · f


@pytest.mark.parametrize("reset_after", [True, False])
def test_gru(reset_after):
    # One unit, x = 1, h_0 = 2.  z = σ(log 3) = 3/4, r = σ(2 log 2) = σ(log 4) = 4/5.
    # h̃ = tanh(log 2 - 8/5 + 4/5 · 2) = 3/5: without b' both orders of the reset agree.
    # h_1 = z h_0 + (1 - z) h̃ = 3/4 · 2 + 1/4 · 3/5 = 1.65
    W_x, W_h = np.array([[log(3), 0, log(2)]]), np.array([[0, log(2), 1]])
    b = np.array([0, 0, -8 / 5])
    b = np.array([b, [0, 0, 0]]) if reset_after else b
    layer = GRU(W_x, W_h, b, reset_after=reset_after)
    agree("GRU.forward(…)", layer.forward([[[1]]], [[2]]), [[1.65]])
    # dz = (h_0 - h̃) z (1 - z) = 1.4 · 3/16;  dh̃ = (1 - z) (1 - h̃²) = 0.25 · 0.64 = 0.16
    # dr = dh̃ · 2 · r (1 - r) = 0.16 · 2 · 0.16
    layer.backward([[1]])
    db = layer.gradients["b"][0] if reset_after else layer.gradients["b"]
    agree("the gradient of GRU's b", db, [1.4 * 3 / 16, 0.0512, 0.16])


def test_losses():
    # (3 - 1)² and (1 - 1)², whose mean is 2;  2 (y - target) / 2
    loss, dy = mean_squared_error([3, 1], [1, 1])
    agree("the mean squared error", loss, 2)
    agree("its gradient", dy, [2, 0])
    # p = σ(log 3) = 3/4: -log(3/4), and (3/4 - 1) / 1
    loss, dlogits = binary_cross_entropy_with_logits([log(3)], [1])
    agree("the binary cross-entropy", loss, log(4 / 3))
    agree("its gradient", dlogits, [-1 / 4])
    # p = [1/8, 2/8, 5/8], the label is 1: -log(2/8), and p less a one at the label
    loss, dlogits = categorical_cross_entropy_with_logits(np.log([[1, 2, 5]]), [1])
    agree("the categorical cross-entropy", loss, log(4))
    agree("its gradient", dlogits, [[1 / 8, -6 / 8, 5 / 8]])


def test_sgd():
    # 1 - 0.1 · 2 = 0.8
    parameters = {"W": np.array([1.0])}
    SGD(0.1).update(parameters, {"W": np.array([2.0])})
    agree("W after a step of SGD", parameters["W"], [0.8])
