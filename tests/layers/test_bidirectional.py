"""Bidirectional: two layers, one from each end."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import gradcheck
from rnncore.layers import GRU, LSTM, Bidirectional, Dense, LSTMCell, OutOfOrder, SimpleRNN
from tests.support.layers import normal, refused


def pair(return_sequences=True, merge="concat", units=4):
    return Bidirectional(
        LSTM.initialise(3, 4, rng=1, return_sequences=return_sequences),
        GRU.initialise(3, units, rng=2, return_sequences=return_sequences, reverse=True),
        merge=merge,
    )


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("merge", ["concat", "sum"])
def test_the_outputs_are_those_of_both_layers_step_by_step_as_x(return_sequences, merge):
    layer, x = pair(return_sequences, merge), normal(2, 5, 3)
    ahead, behind = layer.inner.values()
    y = layer.forward(x)
    first, second = ahead.forward(x), behind.forward(x)
    second = second[:, ::-1] if return_sequences else second
    expected = first + second if merge == "sum" else np.concatenate([first, second], axis=-1)
    assert_array_equal(y, expected)
    assert layer.output_shape((2, 5, 3)) == y.shape
    assert layer.output_shape((None, None, 3))[-1] == y.shape[-1]


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("merge", ["concat", "sum"])
@pytest.mark.parametrize("lengths", [None, [2, 5]])
def test_all_gradients_are_right(return_sequences, merge, lengths):
    layer, x = pair(return_sequences, merge), normal(2, 5, 3)
    states = [normal(2, 4, seed=k) for k in range(3)]
    dstate = [normal(2, 4, seed=k + 3) for k in range(3)]
    dy = normal(*layer.forward(x, lengths=lengths).shape)

    def loss(x, h0, c0, h0_back, **parameters):
        for name, p in parameters.items():
            layer.parameters[name.replace("__", ".")][...] = p
        y = layer.forward(x, h0, c0, h0_back, lengths=lengths)
        return (y * dy).sum() + sum((s * d).sum() for s, d in zip(layer.state, dstate))

    initial = dict(zip(("h0", "c0", "h0_back"), states))
    own = {name.replace(".", "__"): p.copy() for name, p in layer.parameters.items()}
    loss(x, **initial, **own)
    dx = layer.backward(dy, dstate)
    g = layer.gradients
    found = {"h0": g["forward.h0"], "c0": g["forward.c0"], "h0_back": g["backward.h0"]}
    found |= {name: g[name.replace("__", ".")] for name in own} | {"x": dx}
    assert gradcheck.check(loss, {"x": x, **initial, **own}, found)


def test_a_window_holds_for_both_layers():
    layer, x, dy = pair(), normal(2, 5, 3), normal(2, 5, 8)
    layer.forward(x)
    dx = layer.backward(dy, window=2)
    ahead, behind = layer.inner.values()
    ahead.forward(x)
    behind.forward(x)
    first = ahead.backward(dy[..., :4], window=2)
    second = behind.backward(dy[:, ::-1, 4:], window=2)
    assert_array_equal(dx, first + second)
    assert (ahead.backward(dy[..., :4]) != first).any()
    assert (behind.backward(dy[:, ::-1, 4:]) != second).any()


def test_gradients_that_do_not_fit_are_refused():
    layer = pair()
    y = layer.forward(normal(2, 5, 3))
    with refused("dy must have the shape of the output = (2, 5, 8), got (2, 5, 4)."):
        layer.backward(y[..., :4])
    with refused("dstate must be none or 3, forward.h, forward.c, backward.h, got 1."):
        layer.backward(y, (y[:, -1],))


def test_its_states_are_those_of_both_in_a_row():
    layer = pair()
    assert layer.states == ("forward.h", "forward.c", "backward.h")
    layer.forward(normal(2, 5, 3))
    assert [s.shape for s in layer.state] == [(2, 4)] * 3
    with refused("states must be none or 3, forward.h, forward.c, backward.h, got 1."):
        layer.forward(normal(2, 5, 3), np.ones((2, 4)))


def test_two_chunks_with_the_state_carried_ahead_are_the_whole_ahead():
    layer, x = pair(), normal(2, 6, 3)
    whole = layer.forward(x)[..., :4]
    first = layer.forward(x[:, :4])[..., :4]
    h, c, _ = layer.state
    second = layer.forward(x[:, 4:], h, c, None)[..., :4]
    assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-14)


def test_a_masked_step_is_zero_in_both_halves():
    layer = pair()
    y = layer.forward(normal(1, 4, 3), mask=[[True, False, True, False]])
    assert_array_equal((y[0] != 0).all(axis=1), [True, False, True, False])
    assert_array_equal(y[0, 1::2], np.zeros((2, 8)))


def test_without_a_cache_there_is_no_backward():
    layer = pair()
    y = layer.forward(normal(2, 5, 3), keep=False)
    with refused("Bidirectional.backward must come after forward", OutOfOrder):
        layer.backward(y)


def test_the_layers_may_have_different_units_side_by_side():
    layer = pair(units=6)
    assert layer.forward(normal(2, 5, 3)).shape == layer.output_shape((2, 5, 3)) == (2, 5, 10)


def test_it_shows_its_layers():
    layer = Bidirectional(
        SimpleRNN([[1.0]], [[1.0]]), SimpleRNN([[1.0]], [[1.0]], reverse=True), merge="sum"
    )
    inner = "SimpleRNN(W_x (1, 1), W_h (1, 1)"
    assert repr(layer) == f"Bidirectional({inner}), {inner}, reverse=True), merge='sum')"


def plain(**options):
    return SimpleRNN.initialise(3, 4, rng=1, **options)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Bidirectional(plain(), plain()),
            "backward must have reverse=True, got Simple",
        ),
        (
            lambda: Bidirectional(plain(reverse=True), plain(reverse=True)),
            "forward must have reverse=False, got Simple",
        ),
        (
            lambda: Bidirectional(plain(return_sequences=True), plain(reverse=True)),
            "backward must have return_sequences=True, as forward, got False.",
        ),
        (
            lambda: Bidirectional(plain(), SimpleRNN.initialise(2, 4, rng=1, reverse=True)),
            "backward must have features=3, as forward, got 2.",
        ),
        (
            lambda: Bidirectional(
                plain(), SimpleRNN.initialise(3, 5, rng=1, reverse=True), merge="sum"
            ),
            "backward must have units=4, as forward, got 5.",
        ),
        (
            lambda: Bidirectional(plain(), plain(reverse=True), merge="mul"),
            "merge must be 'concat' or 'sum', got 'mul'.",
        ),
        (lambda: Bidirectional(plain(), Dense([[1.0]])), "backward must be a recurrent layer, got"),
        (
            lambda: Bidirectional(LSTMCell.initialise(3, 4, rng=1), plain(reverse=True)),
            "forward must be a recurrent layer, got",
        ),
        (lambda: Bidirectional(plain(), "LSTM"), "backward must be a layer, got 'LSTM'."),
    ],
)
def test_layers_that_do_not_fit_together_are_refused(make, message):
    with refused(message):
        make()
