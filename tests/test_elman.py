"""The network of U, W and V: a plain loop, its trace, its gradients full and truncated."""

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import bptt, gradcheck
from rnncore.activations import ELEMENTWISE
from rnncore.elman import Elman
from rnncore.states import compute_states


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


U, W, V = normal(3, 4) / 2, normal(4, 4) / 2, normal(4, 2)
X, DO = normal(2, 6, 3), normal(2, 6, 2)


def test_each_step_is_traced():
    net = Elman(U, W, V)
    assert net.steps == []
    o, s = net.forward(X), np.zeros((2, 4))
    assert len(net.steps) == 6
    for t, step in enumerate(net.steps):
        assert list(step) == ["s", "prev_s", "o"]
        assert_array_equal(step["prev_s"], s)
        s = np.tanh(X[:, t] @ U + s @ W)
        assert_allclose(step["s"], s, rtol=0, atol=1e-15)
        assert_allclose(step["o"], s @ V, rtol=0, atol=1e-14)
        assert_array_equal(step["o"], o[:, t])
        s = step["s"]


@pytest.mark.parametrize("activation", ELEMENTWISE)
def test_gradients_agree_with_central_differences(activation):
    def loss(U, W, V):
        return (Elman(U, W, V, activation).forward(X) * DO).sum()

    net = Elman(U, W, V, activation)
    net.forward(X)
    gradients = net.backward(DO)
    report = gradcheck.check(loss, {"U": U, "W": W, "V": V}, gradients._asdict())
    assert report, report.text
    for name, g in net.gradients.items():
        assert_array_equal(g, getattr(gradients, name))


@pytest.mark.parametrize("window", [1, 3, 6])
def test_a_window_cuts_the_gradients_of_u_and_w(window):
    net = Elman(U, W, V)
    net.forward(X)
    full, cut = net.backward(DO), net.backward(DO, window=window)
    S = compute_states(X, U, W, activation="tanh")
    expected = bptt.backpropagate(X, S, DO @ V.T, U, W, "tanh", window)
    assert_allclose(cut.U, expected.W_x, rtol=0, atol=1e-13)
    assert_allclose(cut.W, expected.W_h, rtol=0, atol=1e-13)
    assert_array_equal(cut.V, full.V)
    assert np.allclose(cut.W, full.W) == (window == 6)


def test_parameters_are_copies_to_be_changed_in_place():
    net = Elman(U, W, V)
    assert list(net.parameters) == ["U", "W", "V"]
    for name, mine in (("U", U), ("W", W), ("V", V)):
        before = mine.copy()
        net.parameters[name][:] = 0
        assert_array_equal(mine, before)
    assert not net.forward(X).any()
    assert net.gradients == {}


def test_without_a_history_there_is_no_backward():
    net = Elman(U, W, V)
    o = net.forward(X, keep=False)
    assert_allclose(o, Elman(U, W, V).forward(X), rtol=0, atol=1e-15)
    assert len(net.steps) == 6
    message = (
        "Elman.backward must come after forward, and after one that has kept its cache: call"
        " forward(x) first, with keep=True."
    )
    for late in (Elman(U, W, V), net):
        with pytest.raises(RuntimeError, match="^" + re.escape(message)):
            late.backward(DO)
    for layer, d in ((net.hidden, np.ones((2, 6, 4))), (net.out, DO)):
        with pytest.raises(RuntimeError, match="must come after forward"):
            layer.backward(d)


def test_a_forward_that_fails_takes_history_and_trace_with_it():
    net = Elman(U, W, V)
    net.forward(X)
    with pytest.raises(ValueError, match="x must have shape"):
        net.forward(X[0])
    assert net.steps == []
    with pytest.raises(RuntimeError, match=r"Elman\.backward must come after forward"):
        net.backward(DO)


def test_gradients_are_those_of_the_last_backward_that_came_to_its_end():
    net = Elman(U, W, V)
    net.forward(X)
    with pytest.raises(ValueError, match="window must be an integer of at least 1"):
        net.backward(DO, window=0)
    assert net.gradients == {}
    found = net.backward(DO)
    with pytest.raises(ValueError, match="window must"):
        net.backward(2 * DO, window=0)
    for name, g in net.gradients.items():
        assert_array_equal(g, getattr(found, name))


@pytest.mark.parametrize(
    ("do", "message"),
    [
        (DO[:, :5], "do must have shape (batch, timesteps, outputs) = (2, 6, 2), got (2, 5, 2)."),
        (DO[0], "do must have shape (batch, timesteps, outputs) = (2, 6, 2), got (6, 2)."),
        (None, "do must hold real numbers, got None."),
    ],
)
def test_a_gradient_that_does_not_fit_is_refused(do, message):
    net = Elman(U, W, V)
    net.forward(X)
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        net.backward(do)


def test_a_network_shows_its_shapes():
    assert repr(Elman(U, W, V)) == "Elman(U (3, 4), W (4, 4), V (4, 2))"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((U, np.ones((4, 5)), V), "W must have shape (units, units) = (4, 4), got (4, 5)."),
        ((U, 1.0, V), "W must have shape (units, units), got ()."),
        ((U.T, W, V), "U must have shape (features, units) = (any, 4), got (4, 3). Its transpose"),
        ((U, W, V.T), "V must have shape (units, outputs) = (4, any), got (2, 4). Its transpose"),
        ((U, W, V, "softmax"), "activation softmax ties"),
        ((None, W, V), "U must hold real numbers, got None."),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        Elman(*arguments)
