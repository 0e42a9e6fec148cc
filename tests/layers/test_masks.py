"""Sequences of unequal length: padding after, before or between changes nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore.activations import Activation, sigmoid
from rnncore.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    Dense,
    Embedding,
    GRUCell,
    LSTMCell,
    Sequential,
    SimpleRNN,
)
from rnncore.layers.masks import as_mask
from tests.support.layers import normal, refused

FEATURES, UNITS = 3, 4
SILU = Activation(
    "silu",
    lambda z: z * sigmoid.value(z),
    derivative=lambda z, h: sigmoid.value(z) * (1 + z * (1 - sigmoid.value(z))),
)
SIZES = {"features": FEATURES, "units": UNITS, "rng": 1, "b": "uniform"}
KINDS = {
    "SimpleRNN": lambda **o: SimpleRNN.initialise(**SIZES, **o),
    "SimpleRNN, silu": lambda **o: SimpleRNN.initialise(**SIZES, activation=SILU, **o),
    "LSTM": lambda **o: LSTM.initialise(**SIZES, **o),
    "LSTM, hard": lambda **o: LSTM.initialise(**SIZES, recurrent_activation="hard_sigmoid", **o),
    "GRU, reset after": lambda **o: GRU.initialise(**SIZES, **o),
    "GRU, reset before": lambda **o: GRU.initialise(**SIZES, reset_after=False, **o),
    "RNN of an LSTMCell": lambda **o: RNN(LSTMCell.initialise(**SIZES), **o),
    "RNN of a GRUCell": lambda **o: RNN(GRUCell.initialise(**SIZES), **o),
}
every_kind = pytest.mark.parametrize("kind", KINDS)
both_forms = pytest.mark.parametrize("return_sequences", [False, True])
masks = st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=4).map(
    np.array
)


def some_states(layer, batch):
    return [normal(batch, UNITS, seed=k) for k in range(len(layer.states))]


def close(actual, expected):
    assert_allclose(actual, expected, rtol=1e-11, atol=1e-11)


# Which steps count


def test_lengths_count_from_the_first_step():
    expected = [[True, True, False], [False, False, False], [True, True, True]]
    assert_array_equal(as_mask([2, 0, 3], None, (3, 3)), expected)


def test_a_mask_may_be_written_with_numbers():
    mask = as_mask(None, [[1, 0], [0.0, 1.0]], (2, 2, 5))
    assert mask.dtype == bool
    assert_array_equal(mask, [[True, False], [False, True]])


def test_without_both_all_steps_count():
    assert as_mask(None, None, (2, 3)) is None


@pytest.mark.parametrize(
    ("lengths", "mask", "message"),
    [
        ([1, 4], None, "lengths must hold integers from 0 to 3, got 4."),
        ([-1, 1], None, "lengths must hold integers from 0 to 3, got -1."),
        ([1.5, 1], None, "lengths must hold integers from 0 to 3, got 1.5."),
        ([1], None, "lengths must have shape (batch,) = (2,), got (1,)."),
        ([[1, 1, 1]] * 2, None, "lengths must have shape (batch,) = (2,), got (2, 3)."),
        (None, [1, 2], "mask must have shape (batch, timesteps) = (2, 3), got (2,)."),
        (None, [[1, 1, 1]], "mask must have shape (batch, timesteps) = (2, 3), got (1, 3)."),
        (None, [[1, 1], [1, 1], [1, 1]], "mask must have shape (batch, timesteps) = (2, 3), got"),
        (None, "ab", "mask must hold real numbers, got an array of type <U2."),
        ("ab", None, "lengths must hold real numbers, got an array of type <U2."),
        (None, [[1, 3, 0], [1, 1, 0]], "mask must hold True (a step counts) or False, got 3."),
        (None, [[1, 2, 0]] * 2, "mask must hold True (a step counts) or False, got 2."),
        (None, [[1, np.nan, 0]] * 2, "mask must hold True (a step counts) or False, got nan."),
        ([1, 2], [[1, 1, 1]] * 2, "lengths and mask must not both be given: pass one of them."),
    ],
)
def test_what_says_nothing_about_steps_is_refused(lengths, mask, message):
    with refused(message):
        as_mask(lengths, mask, (2, 3, 4))
    with refused(message):
        KINDS["LSTM"](return_sequences=True).forward(np.ones((2, 3, 3)), lengths=lengths, mask=mask)


def test_an_x_without_steps_has_no_mask():
    with refused("x must have shape (batch, timesteps, …) to be masked, got (4,)."):
        as_mask([1], None, (4,))


# The rule, by hand


def test_a_masked_step_holds_the_state_and_repeats_the_output():
    layer = SimpleRNN([[1.0]], [[0.5]], activation="linear", return_sequences=True)
    x = [[[1.0], [9.0], [2.0], [9.0]]]
    y = layer.forward(x, mask=[[True, False, True, False]])
    assert_array_equal(y[0, :, 0], [1, 1, 2.5, 2.5])
    assert_array_equal(layer.state[0], [[2.5]])
    # dy = 1 at each step: h_1 is read twice, h_3 twice and half of it comes from h_1
    dx = layer.backward(np.ones((1, 4, 1)))
    assert_array_equal(dx[0, :, 0], [2 + 0.5 * 2, 0, 2, 0])
    assert_array_equal(layer.gradients["W_h"], [[2.0]])


def test_before_the_first_step_that_counts_y_is_zero_also_with_an_initial_state():
    layer = SimpleRNN([[1.0]], [[0.5]], activation="linear", return_sequences=True)
    y = layer.forward([[[9.0], [1.0]]], [[4.0]], mask=[[False, True]])
    assert_array_equal(y[0, :, 0], [0, 3])


@every_kind
def test_a_sequence_without_a_step_has_output_zero_and_keeps_its_state(kind):
    layer = KINDS[kind]()
    states = some_states(layer, 2)
    y = layer.forward(normal(2, 5, FEATURES), *states, lengths=[0, 5])
    assert_array_equal(y[0], np.zeros(UNITS))
    assert (y[1] != 0).all()
    dx = layer.backward(np.ones_like(y), tuple(2 * s for s in states))
    for name, state, first in zip(layer.states, layer.state, states):
        assert_array_equal(state[0], first[0])
        assert_array_equal(layer.gradients[f"{name}0"][0], 2 * first[0])
    assert_array_equal(dx[0], np.zeros((5, FEATURES)))


# The rule, for every kind of layer


@every_kind
@both_forms
@pytest.mark.parametrize("reverse", [False, True])
@settings(max_examples=10)
@given(mask=masks, seed=st.integers(0, 99))
def test_each_sequence_is_read_as_if_its_masked_steps_were_not_there(
    kind, return_sequences, reverse, mask, seed
):
    layer = KINDS[kind](return_sequences=return_sequences, reverse=reverse)
    batch, timesteps = mask.shape
    x = normal(batch, timesteps, FEATURES, seed=seed)
    x[~mask] = np.nan  # whatever stands there
    states = some_states(layer, batch)
    y = layer.forward(x, *states, mask=mask)
    final = layer.state
    if return_sequences:
        assert_array_equal(layer.mask, mask[:, ::-1] if reverse else mask)
    else:
        assert layer.mask is None
    dy = normal(*y.shape, seed=seed + 1)
    dstate = tuple(normal(*s.shape, seed=seed + 2) for s in states)
    dx = layer.backward(dy, dstate)
    gradients = dict(layer.gradients)

    total = {name: np.zeros_like(p) for name, p in layer.parameters.items()}
    for row in range(batch):
        one = slice(row, row + 1)
        y_alone = layer.forward(x[one, mask[row]], *(s[one] for s in states))
        close([s[0] for s in layer.state], [s[row] for s in final])
        reached = np.cumsum(mask[row][::-1] if reverse else mask[row])
        if return_sequences:
            close(y[row], np.concatenate([np.zeros((1, UNITS)), y_alone[0]])[reached])
            arriving = np.zeros((1, reached[-1] + 1, UNITS))
            np.add.at(arriving[0], reached, dy[row])
            arriving = arriving[:, 1:]
        else:
            close(y[row], y_alone[0] * mask[row].any())
            arriving = dy[one] * mask[row].any()
        dx_alone = layer.backward(arriving, tuple(d[one] for d in dstate))
        close(dx[row, mask[row]], dx_alone[0])
        assert not dx[row, ~mask[row]].any()
        for name in total:
            total[name] += layer.gradients[name]
        for name in layer.states:
            close(gradients[f"{name}0"][row], layer.gradients[f"{name}0"][0])
    for name in total:
        close(gradients[name], total[name])


@every_kind
@pytest.mark.parametrize("reverse", [False, True])
def test_padding_behind_in_front_and_none_give_the_same(kind, reverse):
    layer = KINDS[kind](reverse=reverse)
    x, dy = normal(3, 5, FEATURES), normal(3, UNITS)
    pad = np.full((3, 4, FEATURES), 1e3)

    def run(x, **counted):
        y = layer.forward(x, **counted)
        dx = layer.backward(dy)
        return [y, *layer.state, *layer.gradients.values()], dx

    plain, dx = run(x)
    behind, dx_behind = run(np.concatenate([x, pad], axis=1), lengths=[5, 5, 5])
    front = np.arange(9) >= 4
    before, dx_before = run(np.concatenate([pad, x], axis=1), mask=np.tile(front, (3, 1)))
    for a, b, c in zip(plain, behind, before):
        close(b, a)
        close(c, a)
    close(dx_behind[:, :5], dx)
    close(dx_before[:, 4:], dx)


@every_kind
@both_forms
def test_without_a_cache_the_numbers_are_the_same(kind, return_sequences):
    layer = KINDS[kind](return_sequences=return_sequences)
    x, mask = normal(3, 70, FEATURES), normal(3, 70) > 0  # more than two blocks of steps
    y = layer.forward(x, mask=mask)
    final = layer.state
    close(layer.forward(x, mask=mask, keep=False), y)
    close(layer.state, final)


@every_kind
@both_forms
def test_a_mask_that_masks_nothing_changes_nothing(kind, return_sequences):
    layer = KINDS[kind](return_sequences=return_sequences)
    x, states = normal(3, 5, FEATURES), some_states(layer, 3)
    y = layer.forward(x, *states)
    dx = layer.backward(y)
    close(layer.forward(x, *states, lengths=[5, 5, 5]), y)
    close(layer.backward(y), dx)


# Windows


@every_kind
@both_forms
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("window", [1, 2, 5, 7])
def test_a_window_is_the_sum_of_backward_passes_that_begin_at_each_step(
    kind, return_sequences, reverse, window
):
    layer = KINDS[kind](return_sequences=return_sequences, reverse=reverse)
    timesteps, batch = 6, 2
    x, states = normal(batch, timesteps, FEATURES), some_states(layer, batch)
    y = layer.forward(x, *states)
    dy = normal(*y.shape, seed=1)
    dstate = tuple(normal(*s.shape, seed=2) for s in states)
    dx = layer.backward(dy, dstate, window=window)
    gradients = dict(layer.gradients)

    plain = layer.twin()
    plain.return_sequences = plain.reverse = False
    in_order = x[:, ::-1] if reverse else x
    history = [states]
    for t in range(timesteps):
        plain.forward(in_order[:, t : t + 1], *history[-1])
        history.append(list(plain.state))
    expected_dx = np.zeros_like(x)
    expected = {name: np.zeros_like(g) for name, g in gradients.items()}
    for stop in range(1, timesteps + 1):
        start, last = max(0, stop - window), stop == timesteps
        plain.forward(in_order[:, start:stop], *history[start])
        arriving = dy[:, stop - 1] if return_sequences else dy * last
        expected_dx[:, start:stop] += plain.backward(arriving, tuple(d * last for d in dstate))
        for name in expected:
            if name in layer.parameters or start == 0:
                expected[name] += plain.gradients[name]
    close(dx, expected_dx[:, ::-1] if reverse else expected_dx)
    for name in expected:
        close(gradients[name], expected[name])


@every_kind
def test_a_window_over_masked_steps_reaches_as_far_as_without_them(kind):
    layer = KINDS[kind](return_sequences=True)
    x, dy = normal(2, 5, FEATURES), normal(2, 5, UNITS)
    layer.forward(x)
    dx = layer.backward(dy, window=2)
    plain = dict(layer.gradients)
    pad = np.zeros((2, 3, FEATURES))
    layer.forward(np.concatenate([x, pad], axis=1), lengths=[5, 5])
    behind = layer.backward(np.concatenate([dy, np.zeros((2, 3, UNITS))], axis=1), window=2)
    close(behind[:, :5], dx)
    for name in layer.parameters:
        close(layer.gradients[name], plain[name])


@pytest.mark.parametrize("window", [0, 1.5, True])
@every_kind
def test_a_window_is_an_integer_of_at_least_one(kind, window):
    layer = KINDS[kind]()
    y = layer.forward(np.ones((2, 5, FEATURES)))
    with refused(f"window must be an integer of at least 1, got {window!r}."):
        layer.backward(y, window=window)


# One initial state for the whole batch


@every_kind
def test_one_initial_state_serves_the_batch_and_its_gradient_is_summed(kind):
    layer = KINDS[kind]()
    states = [normal(UNITS, seed=k) for k in range(len(layer.states))]
    x = normal(3, 5, FEATURES)
    y = layer.forward(x, *(np.tile(s, (3, 1)) for s in states))
    layer.backward(y)
    apart = dict(layer.gradients)
    assert_array_equal(layer.forward(x, *states), y)
    layer.backward(y)
    for name in layer.states:
        assert layer.gradients[f"{name}0"].shape == (UNITS,)
        close(layer.gradients[f"{name}0"], apart[f"{name}0"].sum(axis=0))


# Through a model


def words(tokens, units, rng, **options):
    return Embedding.initialise(tokens, units, rng, **options)


@both_forms
def test_the_mask_of_an_embedding_travels_through_a_model(return_sequences):
    model = Sequential(
        [
            words(9, 3, 1, mask=0),
            LSTM.initialise(3, 4, rng=2, return_sequences=True),
            Dense.initialise(4, 3, rng=3, activation="tanh"),
            Bidirectional(
                GRU.initialise(3, 4, rng=4, return_sequences=return_sequences),
                GRU.initialise(3, 4, rng=5, return_sequences=return_sequences, reverse=True),
            ),
            Dense.initialise(8, 2, rng=6),
        ]
    )
    tokens = np.array([[5, 3, 0, 0], [1, 2, 7, 8]])
    y = model.forward(tokens)
    dy = normal(*y.shape)
    if return_sequences:
        assert_array_equal(model.mask, tokens != 0)
        dy[~model.mask] = 0
    else:
        assert model.mask is None
    model.backward(dy)
    padded = dict(model.gradients)
    short = (slice(0, 2),) if return_sequences else ()
    one, two = model.forward(tokens[:1, :2]), None
    model.backward(dy[:1][(slice(None), *short)])
    total = dict(model.gradients)
    two = model.forward(tokens[1:])
    model.backward(dy[1:])
    close(y[0][short], one[0])
    close(y[1], two[0])
    for name in model.parameters:
        close(padded[name], total[name] + model.gradients[name])


def test_a_mask_that_is_given_joins_that_of_the_embedding():
    layer = words(9, 3, 1, mask=0)
    layer.forward([[5, 0, 4, 3]], lengths=[3])
    assert_array_equal(layer.mask, [[True, False, True, False]])


def test_an_embedding_masks_nothing_unless_it_is_told():
    layer = words(9, 3, 1)
    layer.forward([[0, 1]])
    assert layer.mask is None
    assert repr(words(9, 3, 1, mask=0)) == "Embedding(table (9, 3), mask=0)"


@pytest.mark.parametrize("mask", [9, -1, 0.5, "0"])
def test_a_mask_of_an_embedding_is_a_token(mask):
    with refused(f"mask must be an integer from 0 to 8, got {mask!r}."):
        Embedding(np.ones((9, 2)), mask=mask)


def test_a_model_that_is_told_the_lengths_passes_them_on():
    model = Sequential([SimpleRNN.initialise(3, 4, rng=1), Dense.initialise(4, 2, rng=2)])
    x = normal(2, 5, 3)
    y = model.forward(x, lengths=[2, 5])
    close(y[:1], model.forward(x[:1, :2]))
