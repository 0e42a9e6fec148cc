"""SimpleRNN and its cell: against compute_states, by differences, memory, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import bptt, gradcheck
from rnncore.activations import ELEMENTWISE
from rnncore.layers import Embedding, OutOfOrder, SimpleRNN, SimpleRNNCell
from rnncore.states import compute_states
from tests.support.layers import normal, refused, weights


@pytest.mark.parametrize("activation", ELEMENTWISE)
@pytest.mark.parametrize("return_sequences", [True, False])
@pytest.mark.parametrize("with_bias", [True, False])
def test_simple_rnn_gradients_agree_with_central_differences(
    activation, return_sequences, with_bias
):
    p = weights()
    if not with_bias:
        del p["b"]
    arguments = {"x": normal(2, 5, 3), "h0": normal(2, 4), **p}
    dy = normal(*((2, 5, 4) if return_sequences else (2, 4)), seed=2)
    dh = normal(2, 4, seed=3)

    def build(W_x, W_h, b=None):
        return SimpleRNN(W_x, W_h, b, activation, return_sequences)

    def loss(x, h0, **p):
        layer = build(**p)
        return (layer.forward(x, h0) * dy).sum() + (layer.state[0] * dh).sum()

    layer = build(**p)
    layer.forward(arguments["x"], arguments["h0"])
    gradients = {"x": layer.backward(dy, dh), **layer.gradients}
    assert set(gradients) == set(arguments)
    report = gradcheck.check(loss, arguments, gradients)
    assert report, report.text


@pytest.mark.parametrize("timesteps", [0, 1, 31, 32, 33, 70])
@pytest.mark.parametrize("return_sequences", [True, False])
def test_simple_rnn_is_compute_states_and_keeps_no_history_if_told(timesteps, return_sequences):
    p, x, h0 = weights(), normal(2, timesteps, 3), normal(2, 4)
    S = compute_states(x, **p, activation="tanh", h0=h0)
    layer = SimpleRNN(**p, return_sequences=return_sequences)
    for keep in (True, False):
        y = layer.forward(x, h0, keep=keep)
        assert_allclose(y, S[:, 1:] if return_sequences else S[:, -1], rtol=0, atol=1e-15)
        assert_allclose(layer.state[0], S[:, -1], rtol=0, atol=1e-15)
    with pytest.raises(OutOfOrder):
        layer.backward(y)


@pytest.mark.parametrize("window", [None, 1, 3, 40])
def test_simple_rnn_goes_back_as_backpropagate_does(window):
    p, x, h0, dy = weights(), normal(2, 40, 3), normal(2, 4), normal(2, 40, 4)
    layer = SimpleRNN(**p, return_sequences=True)
    S = compute_states(x, **p, activation="tanh", h0=h0)
    layer.forward(x, h0)
    g = bptt.backpropagate(x, S, dy, p["W_x"], p["W_h"], "tanh", window)
    assert_array_equal(layer.backward(dy, window=window), g.X)
    for name in ("W_x", "W_h", "b", "h0"):
        assert_array_equal(layer.gradients[name], getattr(g, name))
    last = SimpleRNN(**p)
    last.forward(x, h0)
    only = np.zeros_like(dy)
    only[:, -1] = dy[:, -1]
    g = bptt.backpropagate(x, S, only, p["W_x"], p["W_h"], "tanh", window)
    assert_allclose(last.backward(dy[:, -1], window=window), g.X, rtol=0, atol=1e-14)


def test_a_final_state_may_receive_nothing_an_array_or_a_tuple():
    layer, x = SimpleRNN(**weights(), return_sequences=True), normal(2, 5, 3)
    layer.forward(x)
    dy, dh = normal(2, 5, 4), normal(2, 4)
    both = dy.copy()
    both[:, -1] += dh
    expected = layer.backward(both).copy()
    for dstate in (dh, (dh,), dh.tolist()):
        assert_allclose(layer.backward(dy, dstate), expected, rtol=0, atol=1e-14)
    nothing = layer.backward(dy)
    for dstate in (None, (None,), np.zeros((2, 4))):
        assert_array_equal(layer.backward(dy, dstate), nothing)


@pytest.mark.parametrize("window", [None, 8])
def test_the_gradients_that_arrive_at_all_states_are_not_copied(window, peak):
    layer, x = SimpleRNN(**weights(1, 16), return_sequences=True), normal(4, 4000, 1)
    dy = np.ones(layer.forward(x).shape)
    assert peak(lambda: layer.backward(dy, window=window)) < x.nbytes + 0.05 * dy.nbytes


def test_gradients_that_arrive_are_left_as_they_are():
    for return_sequences in (True, False):
        layer = SimpleRNN(**weights(), return_sequences=return_sequences)
        y = layer.forward(normal(2, 20, 3))
        dy, dh = np.ones(y.shape), np.ones((2, 4))
        layer.backward(dy, dh)
        assert (dy == 1).all()
        assert (dh == 1).all()


def test_the_cell_is_one_step_of_the_layer():
    p, x, h = weights(), normal(2, 6, 3), normal(2, 4)
    layer = SimpleRNN(**p, activation="sigmoid", return_sequences=True)
    cell = SimpleRNNCell(**p, activation="sigmoid")
    y = layer.forward(x, h)
    for t in range(6):
        assert_allclose(cell.forward(x[:, t], h), y[:, t], rtol=0, atol=1e-15)
        (h,) = cell.state
    assert_allclose(cell.forward(x[:, 0]), layer.forward(x[:, :1])[:, 0], rtol=0, atol=1e-15)


def test_cell_gradients_agree_with_central_differences():
    arguments = {"x": normal(2, 3), "h0": normal(2, 4), **weights()}
    dy, dh = normal(2, 4), normal(2, 4, seed=5)

    def loss(x, h0, **p):
        cell = SimpleRNNCell(**p, activation="sigmoid")
        return (cell.forward(x, h0) * dy).sum() + (cell.state[0] * dh).sum()

    cell = SimpleRNNCell(**weights(), activation="sigmoid")
    cell.forward(arguments["x"], arguments["h0"])
    gradients = {"x": cell.backward(dy, (dh,)), **cell.gradients}
    report = gradcheck.check(loss, arguments, gradients)
    assert report, report.text
    assert cell.forward(arguments["x"], keep=False).shape == (2, 4)
    with pytest.raises(OutOfOrder):
        cell.backward(dy)
    assert cell.output_shape() == (None, 4)
    assert cell.output_shape((7, 3)) == (7, 4)
    with refused("x must hold real numbers, got None."):
        cell.forward(None)


def test_two_halves_with_the_state_carried_are_the_whole():
    layer, x = SimpleRNN(**weights(), return_sequences=True), normal(2, 50, 3)
    whole = layer.forward(x).copy()
    first = layer.forward(x[:, :20]).copy()
    second = layer.forward(x[:, 20:], *layer.state)
    assert_allclose(np.concatenate([first, second], axis=1), whole, rtol=0, atol=1e-15)


def test_the_state_is_a_copy():
    layer = SimpleRNN(**weights())
    y = layer.forward(normal(2, 5, 3))
    layer.state[0][:] = 0
    assert y.any()
    dx = layer.backward(np.ones((2, 4)))
    layer.forward(normal(2, 5, 3))
    assert_array_equal(layer.backward(np.ones((2, 4))), dx)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: SimpleRNN(np.ones((3, 4)), np.ones((4, 5))),
            "W_h must have shape (units, units) = (4, 4), got (4, 5).",
        ),
        (
            lambda: SimpleRNN(np.ones((3, 4)), np.ones((5, 4))),
            "W_h must have shape (units, units) = (4, 4), got (5, 4).",
        ),
        (
            lambda: SimpleRNN(np.ones((3, 0)), np.ones((0, 0))),
            "W_h must have shape (units, units), got (0, 0). The units axis is empty.",
        ),
        (lambda: SimpleRNN(np.ones((3, 5)), np.eye(4)), "W_x must have shape (features, units) = "),
        (
            lambda: SimpleRNN(np.ones((4, 3)), np.eye(4)),
            "W_x must have shape (features, units) = (any, 4), got (4, 3). Its transpose fits",
        ),
        (lambda: SimpleRNN(np.ones(3), np.eye(4)), "W_x must have shape (features, units) = (any"),
        (lambda: SimpleRNN(1.0, 1.0), "W_h must have shape (units, units), got ()."),
        (
            lambda: SimpleRNN(np.ones((3, 4)), np.eye(4), np.ones(3)),
            "b must have shape (units,) = (4,), got (3,).",
        ),
        (lambda: SimpleRNN(np.ones((3, 4)), np.eye(4), None, "softmax"), "activation softmax ties"),
    ],
)
def test_weights_that_do_not_fit_are_refused(call, message):
    with refused(message):
        call()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([np.ones((2, 3))], "x must have shape (batch, timesteps, features) = (any, any, 3), got"),
        ([np.ones((2, 5, 4))], "x must have shape (batch, timesteps, features) = (any, any, 3)"),
        ([np.ones((2, 5, 3)), np.ones((3, 4))], "h0 must have shape (batch, units) = (2, 4), got"),
        ([np.ones((2, 5, 3)), 1, 2], "states must be none or h0, got 2 of them."),
        ([None], "x must hold real numbers, got None."),
    ],
)
def test_inputs_that_do_not_fit_are_refused(arguments, message):
    with refused(message):
        SimpleRNN(**weights()).forward(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([np.ones((2, 5, 4))], "dy must have shape (batch, units) = (2, 4), got (2, 5, 4)."),
        ([np.ones((2, 4)), np.ones(4)], "dstate must have shape (batch, units) = (2, 4), got (4,)"),
        ([np.ones((2, 4)), (1, 2)], "dstate must be a tuple (dh), got 2 entries."),
        ([np.ones((2, 4)), [["a"]]], "dstate must hold real numbers, got an array of type <U1."),
        ([np.ones((2, 4)), None, 0], "window must be an integer of at least 1, got 0."),
        ([[["a"]]], "dy must hold real numbers"),
    ],
)
def test_gradients_that_do_not_fit_are_refused(arguments, message):
    layer = SimpleRNN(**weights())
    layer.forward(np.ones((2, 5, 3)))
    with refused(message):
        layer.backward(*arguments)
    sequences = SimpleRNN(**weights(), return_sequences=True)
    sequences.forward(np.ones((2, 5, 3)))
    with refused("dy must have shape (batch, timesteps, units) = (2, 5, 4), got (2, 4)."):
        sequences.backward(np.ones((2, 4)))


def test_a_missing_bias_is_neither_parameter_nor_gradient():
    p = weights()
    del p["b"]
    layer = SimpleRNN(**p)
    layer.forward(normal(2, 5, 3))
    layer.backward(np.ones((2, 4)))
    assert list(layer.parameters) == ["W_x", "W_h"]
    assert sorted(layer.gradients) == ["W_h", "W_x", "h0"]


def test_a_layer_of_float32_stays_float32():
    single = {name: p.astype("f4") for name, p in weights().items()}
    x = normal(2, 5, 3).astype("f4")
    for layer in (SimpleRNN(**single), SimpleRNN(**single, return_sequences=True)):
        for keep in (False, True):
            y = layer.forward(x, keep=keep)
            assert y.dtype == layer.state[0].dtype == np.float32
        dx = layer.backward(np.ones(y.shape), np.ones((2, 4)))
        assert {dx.dtype, *(g.dtype for g in layer.gradients.values())} == {np.dtype("f4")}
    table = Embedding(np.ones((3, 4), "f4"))
    table.forward([[1]])
    table.backward([[[1.0] * 4]])
    assert table.gradients["table"].dtype == np.float32


def test_the_next_backward_overwrites_the_gradients():
    layer = SimpleRNN(**weights())
    assert layer.gradients == {}
    layer.forward(normal(2, 5, 3))
    layer.backward(np.ones((2, 4)))
    once = layer.gradients["W_h"].copy()
    layer.backward(np.ones((2, 4)))
    assert_array_equal(layer.gradients["W_h"], once)


@given(
    shape=st.tuples(*[st.integers(1, 5)] * 4),
    activation=st.sampled_from(ELEMENTWISE),
    dtype=st.sampled_from(["f4", "f8"]),
    return_sequences=st.booleans(),
    data=st.data(),
)
def test_a_batch_may_be_split(shape, activation, dtype, return_sequences, data):
    batch, timesteps, features, units = shape
    p = {name: w.astype(dtype) for name, w in weights(features, units).items()}
    x, h0 = normal(batch, timesteps, features).astype(dtype), normal(batch, units).astype(dtype)
    layer = SimpleRNN(**p, activation=activation, return_sequences=return_sequences)
    y = layer.forward(x, h0)
    dy = normal(*y.shape, seed=4).astype(dtype)
    dx, gradients = layer.backward(dy), layer.gradients
    at, close = data.draw(st.integers(0, batch)), {"rtol": 1e-4, "atol": 1e-4}
    parts = []
    for rows in (slice(at), slice(at, None)):
        assert_allclose(layer.forward(x[rows], h0[rows]), y[rows], **close)
        assert_allclose(layer.backward(dy[rows]), dx[rows], **close)
        parts.append(layer.gradients)
    for name in ("W_x", "W_h", "b"):
        assert_allclose(parts[0][name] + parts[1][name], gradients[name], **close)


def test_memory_may_be_laid_out_in_any_way(strided):
    p, x, h0 = weights(), normal(2, 5, 3), normal(2, 4)
    layer = SimpleRNN(**p)
    y = layer.forward(x, h0)
    dx = layer.backward(np.ones((2, 4)))
    other = SimpleRNN(**{name: strided(w) for name, w in p.items()})
    assert_allclose(other.forward(strided(x), strided(h0)), y, rtol=0, atol=1e-15)
    assert_allclose(other.backward(strided(np.ones((2, 4)))), dx, rtol=0, atol=1e-15)
