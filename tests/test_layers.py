"""Dense, Embedding, SimpleRNN and its cell, Sequential: values, gradients, memory, refusals."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import bptt, gradcheck
from rnncore.activations import ELEMENTWISE, KNOWN
from rnncore.layers import Dense, Embedding, Sequential, SimpleRNN, SimpleRNNCell
from rnncore.layers.base import OutOfOrder, glorot, orthogonal
from rnncore.states import compute_states


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def weights(features=3, units=4):
    return {
        "W_x": normal(features, units) / 2,
        "W_h": normal(units, units, seed=1) / 2,
        "b": normal(units),
    }


EACH = {
    "SimpleRNN": (lambda: SimpleRNN(**weights()), np.zeros((2, 5, 3))),
    "sequences": (lambda: SimpleRNN(**weights(), return_sequences=True), np.zeros((2, 5, 3))),
    "SimpleRNNCell": (lambda: SimpleRNNCell(**weights()), np.zeros((2, 3))),
    "Dense": (lambda: Dense(np.ones((3, 4))), np.zeros((2, 3))),
    "Embedding": (lambda: Embedding(np.ones((3, 4))), np.zeros((2, 5), int)),
    "Sequential": (lambda: Sequential([Dense(np.ones((3, 4)))]), np.zeros((2, 3))),
}
each_layer = pytest.mark.parametrize(("make", "x"), EACH.values(), ids=EACH)


def refused(message):
    return pytest.raises(ValueError, match="^" + re.escape(message))


# Dense


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


# Embedding


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


# SimpleRNN


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


@each_layer
def test_with_a_history_the_output_is_read_only(make, x):
    layer = make()
    y = layer.forward(x)
    with pytest.raises(ValueError, match="read-only"):
        y += 1
    y = layer.forward(x, keep=False)
    y += 1


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
    ("call", "name"),
    [
        (lambda: SimpleRNN(None, np.eye(4)), "W_x"),
        (lambda: SimpleRNN(np.ones((3, 4)), None), "W_h"),
        (lambda: SimpleRNNCell(np.ones((3, 4)), None), "W_h"),
        (lambda: Dense(None, np.ones(4)), "W"),
        (lambda: Embedding(None), "table"),
    ],
)
def test_only_a_bias_may_be_missing(call, name):
    with refused(f"{name} must hold real numbers, got None."):
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


@each_layer
def test_a_backward_before_a_forward_says_so(make, x):
    layer = make()
    message = (
        f"{type(layer).__name__}.backward must come after forward, and after one that has kept"
        " its cache: call forward(x) first, with keep=True."
    )
    for kind in (RuntimeError, ValueError):
        with pytest.raises(kind, match="^" + re.escape(message)):
            layer.backward(np.ones((2, 4)))


def test_a_forward_that_keeps_nothing_lets_no_backward_follow():
    for layer, x in ((Dense(np.ones((3, 4))), np.ones((2, 3))), (Embedding(np.eye(3)), [[0]])):
        layer.forward(x)
        layer.forward(x, keep=False)
        with pytest.raises(OutOfOrder):
            layer.backward(np.ones((2, 4)))


@each_layer
def test_a_forward_that_fails_takes_the_old_history_with_it(make, x):
    layer = make()
    dy = np.ones(layer.forward(x).shape)
    layer.backward(dy)
    with pytest.raises(ValueError, match="x must h"):
        layer.forward(np.full(2, 0.5))
    with pytest.raises(OutOfOrder):
        layer.backward(dy)


# What all layers share


@pytest.mark.parametrize(
    ("layer", "x"),
    [
        (SimpleRNN(**weights()), normal(2, 5, 3)),
        (SimpleRNN(**weights(), return_sequences=True), normal(2, 5, 3)),
        (SimpleRNNCell(**weights()), normal(2, 3)),
        (Dense(normal(3, 4), normal(4)), normal(2, 3)),
    ],
    ids=["SimpleRNN", "sequences", "SimpleRNNCell", "Dense"],
)
def test_backward_is_of_the_parameters_that_forward_had(layer, x):
    dy = np.ones(layer.forward(x).shape)
    dx, gradients = layer.backward(dy), layer.gradients
    for p in layer.parameters.values():
        p += 1
    assert_array_equal(layer.backward(dy), dx)
    for name, g in gradients.items():
        assert_array_equal(layer.gradients[name], g)


def test_parameters_are_copies_of_one_type():
    W = np.ones((3, 4), np.float32)
    layer = Dense(W, np.zeros(4))
    assert {p.dtype.name for p in layer.parameters.values()} == {"float64"}
    same = Dense(W)
    same.parameters["W"][:] = 7
    assert (W == 1).all()
    assert same.forward(np.ones((1, 3), np.float32))[0, 0] == 21


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


def test_a_layer_shows_its_shapes():
    assert repr(SimpleRNN(**weights())) == "SimpleRNN(W_x (3, 4), W_h (4, 4), b (4,))"
    row = Sequential([Dense(np.eye(2)), Embedding(np.ones((5, 3)))])
    assert repr(row) == "Sequential([Dense(W (2, 2)), Embedding(table (5, 3))])"


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


# Random weights


def test_random_weights_are_of_the_right_size_and_kind():
    layer = SimpleRNN.initialise(30, 40, rng=1, activation="relu", return_sequences=True)
    assert layer.activation.name == "relu"
    assert layer.return_sequences
    W_x, W_h, b = (layer.parameters[name] for name in ("W_x", "W_h", "b"))
    assert W_x.shape == (30, 40)
    assert 0.95 * np.sqrt(6 / 70) < np.abs(W_x).max() <= np.sqrt(6 / 70)
    assert abs(W_x.mean()) < 0.02
    assert_allclose(W_h @ W_h.T, np.eye(40), rtol=0, atol=1e-13)
    assert_array_equal(b, np.zeros(40))
    dense = Dense.initialise(30, 40, rng=1, activation="tanh")
    assert dense.activation.name == "tanh"
    assert_array_equal(dense.parameters["W"], W_x)
    assert_array_equal(dense.parameters["b"], np.zeros(40))
    assert Dense.initialise(3, 4, rng=1).activation.name == "linear"
    table = Embedding.initialise(50, 20, rng=1).parameters["table"]
    assert table.shape == (50, 20)
    assert 0.045 < table.max() <= 0.05
    assert -0.05 <= table.min() < -0.045


def test_a_seed_gives_the_same_weights_again_and_a_generator_goes_on():
    a, b = (SimpleRNN.initialise(3, 4, rng=7).parameters["W_h"] for _ in range(2))
    assert_array_equal(a, b)
    rng = np.random.default_rng(7)
    first, second = (SimpleRNN.initialise(3, 4, rng).parameters["W_h"] for _ in range(2))
    assert_array_equal(first, a)
    assert (first != second).all()
    for make in (Dense.initialise, Embedding.initialise):
        one, again, two = (
            next(iter(make(3, 4, rng=seed).parameters.values())) for seed in (7, 7, 8)
        )
        assert_array_equal(one, again)
        assert (one != two).all()


def test_random_rotations_have_no_preferred_side():
    rng = np.random.default_rng(0)
    corners = np.array([orthogonal(3, rng) for _ in range(500)])
    assert np.abs(corners.mean(axis=0)).max() < 0.1
    assert glorot(2, 3, rng).shape == (2, 3)


@pytest.mark.parametrize("make", [SimpleRNN.initialise, Dense.initialise, Embedding.initialise])
@pytest.mark.parametrize("sizes", [(0, 4), (3, 0), (3.0, 4), (3, True)])
def test_sizes_must_be_whole_numbers_of_at_least_one(make, sizes):
    names = {
        SimpleRNN.initialise: ("features", "units"),
        Dense.initialise: ("inputs", "outputs"),
        Embedding.initialise: ("tokens", "units"),
    }[make]
    wrong = 0 if sizes[0] != 3 or isinstance(sizes[0], float) else 1
    with refused(f"{names[wrong]} must be an integer of at least 1, got {sizes[wrong]!r}."):
        make(*sizes, rng=1)


# Sequential


def sentiment():
    """System S6."""
    return Sequential(
        [
            Embedding.initialise(5000, 32, rng=1),
            SimpleRNN.initialise(32, 100, rng=2),
            Dense.initialise(100, 1, rng=3, activation="sigmoid"),
        ]
    )


def test_the_summary_counts_the_parameters_and_gives_every_shape():
    model = sentiment()
    assert str(model.summary()) == (
        "layer       output shape       parameters\n"
        "Embedding   (None, None, 32)      160 000\n"
        "SimpleRNN   (None, 100)            13 300\n"
        "Dense       (None, 1)                 101\n"
        "total                             173 401"
    )
    assert repr(model.summary()) == str(model.summary())
    assert "(None, 80, 32)" in model.summary(input_shape=(None, 80))
    model.forward(np.zeros((16, 250), int))
    assert "(None, 250, 32)" in model.summary()
    assert "(None, 80, 32)" in model.summary(input_shape=[None, 80])


def test_shapes_of_layers_that_are_not_first():
    rnn = SimpleRNN(**weights(), return_sequences=True)
    assert rnn.output_shape() == (None, None, 4)
    assert rnn.output_shape((None, 9, 3)) == (None, 9, 4)
    assert SimpleRNN(**weights()).output_shape((None, 9, 3)) == (None, 4)
    assert Dense(np.ones((3, 4))).output_shape() == (None, 4)
    assert Dense(np.ones((3, 4))).output_shape((None, 9, 3)) == (None, 9, 4)
    assert Embedding(np.ones((3, 4))).output_shape() == (None, None, 4)
    assert Embedding(np.ones((3, 4))).output_shape((None,)) == (None, 4)
    assert Sequential([rnn, Dense(np.ones((4, 2)))]).output_shape() == (None, None, 2)


def test_a_row_of_layers_goes_forward_and_back():
    tokens = np.array([[0, 2, 2, 1], [1, 0, 3, 3]])
    model = Sequential(
        [
            Embedding(normal(5, 3)),
            SimpleRNN(**weights(), return_sequences=True),
            Dense(normal(4, 2), normal(2), "softmax"),
        ]
    )
    assert list(model.parameters) == ["0.table", "1.W_x", "1.W_h", "1.b", "2.W", "2.b"]
    dy = normal(2, 4, 2)
    model.forward(tokens)
    assert model.backward(dy) is None

    def loss(**p):
        for name, value in p.items():
            model.parameters[name][...] = value
        return (model.forward(tokens) * dy).sum()

    arguments = {name: p.copy() for name, p in model.parameters.items()}
    gradients = {name: g for name, g in model.gradients.items() if name in arguments}
    assert set(gradients) == set(arguments)
    report = gradcheck.check(loss, arguments, gradients)
    assert report, report.text


def test_a_row_of_layers_passes_on_keep_and_the_gradient_of_x():
    layers = [Dense(normal(3, 4)), Dense(normal(4, 2))]
    model, x = Sequential(layers), normal(5, 3)
    y = model.forward(x)
    assert_allclose(y, x @ layers[0].parameters["W"] @ layers[1].parameters["W"], rtol=1e-12)
    dx = model.backward(np.ones((5, 2)))
    both = layers[0].parameters["W"] @ layers[1].parameters["W"]
    assert_allclose(dx, np.ones((5, 2)) @ both.T, rtol=1e-12)
    model.forward(x, keep=False)
    for layer in layers:
        with pytest.raises(OutOfOrder):
            layer.backward(np.ones((5, 2)))
    with pytest.raises(OutOfOrder, match=r"Sequential\.backward must come after forward"):
        model.backward(np.ones((5, 2)))


def test_a_row_must_be_of_layers():
    for wrong, shown in (
        ([], "[]"),
        ([1, Dense(np.eye(2))], "[1]"),
        (["x"], "['x']"),
        (5, "5"),
        (None, "None"),
        (Dense(np.eye(2)), "Dense(W (2, 2))"),
    ):
        with refused(f"layers must be a list of layers, got {shown}."):
            Sequential(wrong)
    assert len(Sequential(layer for layer in (Dense(np.eye(2)), Dense(np.eye(2)))).layers) == 2


def test_the_same_layer_cannot_stand_in_two_places():
    one, other = Dense(np.eye(2)), Dense(np.eye(2))
    with refused("layers must all be different, got layer 0 again as layer 2: a layer has one"):
        Sequential([one, other, one])


def test_parameters_and_gradients_are_those_that_the_layers_have_now():
    first, second = Dense(normal(3, 4)), Dense(normal(4, 2))
    model = Sequential([first, second])
    assert model.gradients == {}
    second.parameters["W"] = np.ones((4, 2))
    assert model.parameters["1.W"] is second.parameters["W"]
    model.forward(normal(5, 3))
    model.backward(np.ones((5, 2)))
    assert model.gradients["0.W"] is first.gradients["W"]
    first.forward(np.ones((1, 3)))
    first.backward(np.ones((1, 4)))
    assert_array_equal(model.gradients["0.W"], np.ones((3, 4)))


def mismatched():
    """The 4 numbers that the second layer puts out are 5 for the third."""
    rnn = SimpleRNN(**weights(), return_sequences=True)
    return Sequential([Embedding(normal(6, 3)), rnn, Dense(normal(5, 2))])


def test_a_mismatch_says_which_layer_it_is():
    message = "In layer 2, Dense: x must have shape (batch, timesteps, in) = (any, any, 5), got "
    with refused(f"{message}(2, 7, 4)."):
        mismatched().forward(np.zeros((2, 7), int))
    with refused("In layer 1, Sequential: In layer 0, Dense: x must have shape (batch, in) = (any"):
        Sequential([Dense(np.eye(2)), Sequential([Dense(np.eye(3))])]).forward(np.ones((1, 2)))
    model = Sequential([Dense(np.eye(2)), Dense(np.eye(2))])
    model.forward(np.ones((1, 2)))
    with refused("In layer 1, Dense: dy must have the shape of the output = (1, 2), got (2, 1)."):
        model.backward(np.ones((2, 1)))
    model.layers[0].forward(np.ones((1, 2)), keep=False)
    with pytest.raises(OutOfOrder, match=r"In layer 0, Dense: Dense\.backward must come after"):
        model.backward(np.ones((1, 2)))


def test_the_summary_says_which_shapes_do_not_fit():
    message = "In layer 2, Dense: x must have shape (batch, timesteps, in) = (any, any, 5), got "
    with refused(f"{message}(None, None, 4)."):
        mismatched().summary()
    with refused(f"{message}(None, 7, 4)."):
        mismatched().summary((None, 7))
    message = "In layer 1, SimpleRNN: x must have shape (batch, timesteps, features) = (any, any,"
    with refused(f"{message} 3), got (None, 3)."):
        mismatched().summary((None,))
    cell = Sequential([SimpleRNNCell(**weights())])
    with refused("In layer 0, SimpleRNNCell: x must have shape (batch, features) = (any, 3), got "):
        cell.summary((None, 7, 3))
    with refused("In layer 0, SimpleRNNCell: x must have shape (batch, features) = (any, 3), got "):
        cell.output_shape((None, 4))


@pytest.mark.parametrize("wrong", [7, "ab", (None, "a"), (None, 2.0), (None, -1), (), (True, 3)])
def test_a_shape_for_the_summary_must_be_one(wrong):
    message = (
        "input_shape must be a tuple of lengths, each an integer, or None if it is open, got"
        f" {wrong!r}."
    )
    with refused(message):
        sentiment().summary(wrong)


def test_a_summary_needs_no_shape_whatever_stands_first():
    rnn, cell = SimpleRNN(**weights()), SimpleRNNCell(**weights())
    for layers, shapes in [
        ([Dense(normal(2, 3)), rnn], ["(None, None, 3)", "(None, 4)"]),
        ([Dense(normal(2, 3)), cell, Dense(normal(4, 1))], ["(None, 3)", "(None, 4)", "(None, 1)"]),
        ([Embedding(normal(9, 3)), cell], ["(None, 3)", "(None, 4)"]),
        ([Embedding(normal(9, 2)), Dense(normal(2, 3)), rnn], ["(None, None, 2)"]),
        ([Dense(normal(2, 3)), Sequential([rnn])], ["(None, None, 3)", "(None, 4)"]),
        ([Sequential([Embedding(normal(9, 3)), cell]), Dense(normal(4, 1))], ["(None, 4)"]),
        ([Dense(normal(2, 3))], ["(None, 3)"]),
    ]:
        text = Sequential(layers).summary()
        for line, shape in zip(text.splitlines()[1:], shapes):
            assert shape in line
