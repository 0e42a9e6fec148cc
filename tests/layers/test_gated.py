"""LSTM and GRU: against a plain loop, by central differences, and what they refuse."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import gradcheck
from rnncore.layers import GRU, LSTM, GRUCell, LSTMCell, OutOfOrder

KINDS = {
    "LSTM": (LSTM, LSTMCell, {}, 4, (16,), ("h0", "c0")),
    "GRU, reset after": (GRU, GRUCell, {}, 3, (2, 12), ("h0",)),
    "GRU, reset before": (GRU, GRUCell, {"reset_after": False}, 3, (12,), ("h0",)),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def problem(kind, timesteps=5, with_bias=True):
    """The kind, its weights, x and the initial states: batch 2, features 3, units 4."""
    layer, cell, options, gates, bias, names = KINDS[kind]
    p = {"W_x": normal(3, gates * 4) / 2, "W_h": normal(4, gates * 4, seed=1) / 2}
    if with_bias:
        p["b"] = normal(*bias)
    states = {name: normal(2, 4, seed=10 + i) for i, name in enumerate(names)}
    return layer, cell, options, p, normal(2, timesteps, 3), states


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def plain(kind, x, p, states):
    """One step after the other, gate by gate; all h, and the final states."""
    h, c, H = states["h0"], states.get("c0"), []
    b = p.get("b", 0)
    for t in range(x.shape[1]):
        if kind == "LSTM":
            i, f, g, o = np.split(x[:, t] @ p["W_x"] + h @ p["W_h"] + b, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        else:
            b_x, b_h = b if np.ndim(b) == 2 else (b, np.zeros(12))
            z, r, g = np.split(x[:, t] @ p["W_x"] + b_x, 3, axis=1)
            W_z, W_r, W_g = np.split(p["W_h"], 3, axis=1)
            b_z, b_r, b_g = np.split(b_h, 3)
            z, r = sigmoid(z + h @ W_z + b_z), sigmoid(r + h @ W_r + b_r)
            own = r * (h @ W_g + b_g) if kind == "GRU, reset after" else (r * h) @ W_g
            h = z * h + (1 - z) * np.tanh(g + own)
        H.append(h)
    return np.stack(H, axis=1) if H else np.empty((2, 0, 4)), (h, c)[: len(states)]


@every_kind
@pytest.mark.parametrize("timesteps", [0, 1, 15, 16, 17, 33, 40])
@pytest.mark.parametrize("with_bias", [True, False])
def test_a_layer_is_the_plain_loop(kind, timesteps, with_bias):
    make, _, options, p, x, states = problem(kind, timesteps, with_bias)
    H, final = plain(kind, x, p, states)
    for return_sequences in (True, False):
        layer = make(**p, **options, return_sequences=return_sequences)
        for keep in (True, False):
            y = layer.forward(x, *states.values(), keep=keep)
            expected = H if return_sequences else final[0]
            assert_allclose(y, expected, rtol=0, atol=1e-14)
            assert len(layer.state) == len(final)
            for ours, theirs in zip(layer.state, final):
                assert_allclose(ours, theirs, rtol=0, atol=1e-14)
        with pytest.raises(OutOfOrder):
            layer.backward(y)


@every_kind
@pytest.mark.parametrize("return_sequences", [True, False])
@pytest.mark.parametrize(("timesteps", "with_bias"), [(1, True), (5, False), (5, True), (18, True)])
def test_gradients_agree_with_central_differences(kind, return_sequences, timesteps, with_bias):
    make, _, options, p, x, states = problem(kind, timesteps, with_bias)
    dy = normal(*((2, timesteps, 4) if return_sequences else (2, 4)), seed=2)
    dstates = tuple(normal(2, 4, seed=20 + i) for i in range(len(states)))

    def build(W_x, W_h, b=None):
        return make(W_x, W_h, b, return_sequences=return_sequences, **options)

    def loss(x, h0, c0=None, **p):
        layer = build(**p)
        y = layer.forward(x, h0, *([] if c0 is None else [c0]))
        return (y * dy).sum() + sum((s * d).sum() for s, d in zip(layer.state, dstates))

    layer = build(**p)
    layer.forward(x, *states.values())
    arguments = {"x": x, **states, **p}
    gradients = {"x": layer.backward(dy, dstates), **layer.gradients}
    assert set(gradients) == set(arguments)
    report = gradcheck.check(loss, arguments, gradients)
    assert report, report.text


@every_kind
@pytest.mark.parametrize("return_sequences", [True, False])
def test_without_steps_what_arrives_at_the_final_states_is_that_of_the_initial_ones(
    kind, return_sequences
):
    make, _, options, p, x, states = problem(kind, 0)
    layer = make(**p, **options, return_sequences=return_sequences)
    dy = np.ones(layer.forward(x, *states.values()).shape)
    dstates = tuple(normal(2, 4, seed=20 + i) for i in range(len(states)))
    assert layer.backward(dy, dstates).shape == (2, 0, 3)
    for name in p:
        assert_array_equal(layer.gradients[name], np.zeros(p[name].shape))
    expected = dict(zip(states, dstates))
    if not return_sequences:  # the last output is h0 itself
        expected["h0"] = expected["h0"] + 1
    for name in states:
        assert_array_equal(layer.gradients[name], expected[name])
    layer.backward(dy)
    assert_array_equal(layer.gradients["h0"], np.full((2, 4), float(not return_sequences)))


@every_kind
def test_gradients_over_many_blocks_are_those_of_two_halves(kind):
    make, _, options, p, x, states = problem(kind, 37)
    layer = make(**p, **options, return_sequences=True)
    dy = normal(2, 37, 4, seed=3)
    layer.forward(x, *states.values())
    dx, whole = layer.backward(dy).copy(), layer.gradients
    layer.forward(x[:, :9], *states.values())
    middle = layer.state
    layer.forward(x[:, 9:], *middle)
    late, second = layer.backward(dy[:, 9:]), layer.gradients
    arriving = tuple(second[name] for name in states)
    layer.forward(x[:, :9], *states.values())
    early, first = layer.backward(dy[:, :9], arriving), layer.gradients
    assert_allclose(np.concatenate([early, late], axis=1), dx, rtol=0, atol=1e-12)
    for name in p:
        assert_allclose(first[name] + second[name], whole[name], rtol=0, atol=1e-12)
    for name in states:
        assert_allclose(first[name], whole[name], rtol=0, atol=1e-12)


@every_kind
def test_the_cell_is_one_step_of_the_layer(kind):
    make, make_cell, options, p, x, states = problem(kind)
    layer, cell = make(**p, **options, return_sequences=True), make_cell(**p, **options)
    y, now = layer.forward(x, *states.values()), tuple(states.values())
    for t in range(5):
        assert_allclose(cell.forward(x[:, t], *now), y[:, t], rtol=0, atol=1e-15)
        now = cell.state
    for ours, theirs in zip(now, layer.state):
        assert_allclose(ours, theirs, rtol=0, atol=1e-15)
    one = make(**p, **options)
    one.forward(x[:, :1])
    cell.forward(x[:, 0])
    dy = normal(2, 4)
    assert_array_equal(cell.backward(dy, tuple(now)), one.backward(dy, tuple(now))[:, 0])
    for name, g in one.gradients.items():
        assert_array_equal(cell.gradients[name], g)


@every_kind
def test_states_default_to_zeros_and_may_receive_nothing(kind):
    make, _, options, p, x, states = problem(kind)
    layer, zeros = make(**p, **options), [np.zeros((2, 4))] * len(states)
    y = layer.forward(x)
    dx = layer.backward(np.ones((2, 4)))
    assert_array_equal(layer.forward(x, *zeros), y)
    assert_array_equal(layer.backward(np.ones((2, 4)), tuple(zeros)), dx)
    assert_array_equal(layer.forward(x, *[None] * len(states)), y)
    assert_array_equal(layer.backward(np.ones((2, 4)), (None,) * len(states)), dx)


@every_kind
def test_float32_stays_float32_and_memory_may_be_laid_out_in_any_way(kind, strided):
    make, _, options, p, x, states = problem(kind)
    single = {n: w.astype("f4") for n, w in p.items()}
    for return_sequences in (True, False):
        layer = make(**single, **options, return_sequences=return_sequences)
        y = layer.forward(x.astype("f4"), *(s.astype("f4") for s in states.values()))
        dx = layer.backward(np.ones(y.shape), tuple(states.values()))
        arrays = [y, dx, *layer.state, *layer.gradients.values()]
        assert {a.dtype.name for a in arrays} == {"float32"}
    other = make(**{n: strided(w) for n, w in p.items()}, **options)
    assert_allclose(other.forward(strided(x), *states.values()), y, rtol=0, atol=1e-5)
    given = strided(np.ones((2, 4)))
    assert_allclose(other.backward(given, tuple(states.values())), dx, rtol=0, atol=1e-5)
    assert (given == 1).all()


@every_kind
def test_what_arrives_is_left_as_it_is(kind):
    make, _, options, p, x, states = problem(kind, 20)
    for return_sequences in (True, False):
        layer = make(**p, **options, return_sequences=return_sequences)
        y = layer.forward(x, *states.values())
        dy, dstates = np.ones(y.shape), tuple(np.ones((2, 4)) for _ in states)
        first = layer.backward(dy, dstates)
        assert all((d == 1).all() for d in (dy, *dstates))
        assert_array_equal(layer.backward(dy, dstates), first)


@every_kind
def test_backward_is_of_the_parameters_that_forward_had(kind):
    make, _, options, p, x, states = problem(kind)
    layer = make(**p, **options)
    layer.forward(x, *states.values())
    dx, gradients = layer.backward(np.ones((2, 4))), layer.gradients
    for array in layer.parameters.values():
        array += 1
    assert_array_equal(layer.backward(np.ones((2, 4))), dx)
    for name, g in gradients.items():
        assert_array_equal(layer.gradients[name], g)


@every_kind
def test_a_batch_may_be_empty(kind):
    make, _, options, p, _, _ = problem(kind)
    layer = make(**p, **options)
    assert layer.forward(np.ones((0, 5, 3))).shape == (0, 4)
    assert layer.backward(np.ones((0, 4))).shape == (0, 5, 3)
    assert not layer.gradients["W_x"].any()


# Whatever the shape and the type


@given(
    kind=st.sampled_from(sorted(KINDS)),
    shape=st.tuples(st.integers(1, 5), st.integers(0, 40), st.integers(1, 5), st.integers(1, 5)),
    dtype=st.sampled_from(["f4", "f8"]),
    with_bias=st.booleans(),
    return_sequences=st.booleans(),
    data=st.data(),
)
def test_batch_and_time_may_be_split(kind, shape, dtype, with_bias, return_sequences, data):
    layer, x, states = drawn(kind, shape, dtype, with_bias, return_sequences)
    batch, timesteps, _, units = shape
    y = layer.forward(x, *states)
    final, last = layer.state, y[:, -1] if return_sequences and timesteps else None
    assert y.shape == ((batch, timesteps, units) if return_sequences else (batch, units))
    dy, dstate = normal(*y.shape, seed=4), tuple(normal(batch, units, seed=5 + i) for i in (0, 1))
    dstate = tuple(d.astype(dtype) for d in dstate[: len(states)])
    dx, whole = layer.backward(dy.astype(dtype), dstate), layer.gradients
    arrays = [y, dx, *final, *whole.values()]
    assert {a.dtype for a in arrays} == {np.dtype(dtype)}
    given_shapes = {name: p.shape for name, p in layer.parameters.items()}
    given_shapes |= dict.fromkeys(KINDS[kind][-1], (batch, units))
    assert {name: g.shape for name, g in whole.items()} == given_shapes
    if last is not None:
        assert_array_equal(final[0], last)
    close = {"rtol": 0, "atol": 1e-4 if dtype == "f4" else 1e-11}

    at, parts = data.draw(st.integers(0, batch), label="batch"), []
    for rows in (slice(at), slice(at, None)):
        assert_allclose(layer.forward(x[rows], *(s[rows] for s in states)), y[rows], **close)
        part = layer.backward(dy[rows], tuple(d[rows] for d in dstate))
        assert_allclose(part, dx[rows], **close)
        parts.append(layer.gradients)
    for name in layer.parameters:
        assert_allclose(parts[0][name] + parts[1][name], whole[name], **close)

    at = data.draw(st.integers(0, timesteps), label="time")
    layer.forward(x[:, :at], *states)
    middle = layer.state
    end = layer.forward(x[:, at:], *middle)
    assert_allclose(end, y[:, at:] if return_sequences else y, **close)
    late = layer.backward(dy[:, at:] if return_sequences else dy, dstate)
    second = layer.gradients
    arriving = tuple(second[name] for name in KINDS[kind][-1])
    start = layer.forward(x[:, :at], *states)
    nothing = np.zeros_like(start)
    early = layer.backward(dy[:, :at] if return_sequences else nothing, arriving)
    assert_allclose(np.concatenate([early, late], axis=1), dx, **close)
    for name in layer.parameters:
        assert_allclose(layer.gradients[name] + second[name], whole[name], **close)


def drawn(kind, shape, dtype, with_bias, return_sequences):
    """A layer, x and the initial states, of these sizes and this type."""
    make, _, options, gates, bias, names = KINDS[kind]
    batch, timesteps, features, units = shape
    sizes = {"W_x": (features, gates * units), "W_h": (units, gates * units)}
    if with_bias:
        sizes["b"] = (*bias[:-1], gates * units)
    p = {name: (normal(*size, seed=7) / 2).astype(dtype) for name, size in sizes.items()}
    x = normal(batch, timesteps, features).astype(dtype)
    states = [normal(batch, units, seed=10 + i).astype(dtype) for i, _ in enumerate(names)]
    return make(**p, **options, return_sequences=return_sequences), x, states


# The order of the gates


def test_the_gates_of_an_lstm_stand_in_the_order_i_f_c_o():
    b = np.repeat([-1e3, 1e3, 0.0, 1e3], 2)  # write nothing, keep all, read all
    layer = LSTM(np.ones((1, 8)), np.zeros((2, 8)), b)
    layer.forward([[[1.0]]], [[0.0, 0.0]], [[0.25, -2.0]])
    h, c = layer.state
    assert_array_equal(c, [[0.25, -2.0]])
    assert_array_equal(h, np.tanh([[0.25, -2.0]]))
    b = np.repeat([1e3, -1e3, 0.5, -1e3], 2)  # write all, forget all, read nothing
    layer = LSTM(np.zeros((1, 8)), np.zeros((2, 8)), b)
    layer.forward([[[1.0]]], [[0.0, 0.0]], [[0.25, -2.0]])
    h, c = layer.state
    assert_allclose(c, np.full((1, 2), np.tanh(0.5)), rtol=1e-15)
    assert_array_equal(h, [[0.0, 0.0]])


@pytest.mark.parametrize("reset_after", [True, False])
def test_the_gates_of_a_gru_stand_in_the_order_z_r_h(reset_after):
    def run(z, r, h, W_g):
        b = np.repeat([z, r, h], 1).astype(float)
        b = np.stack([b, 0 * b]) if reset_after else b
        W_h = np.array([[0.0, 0.0, W_g]])
        layer = GRU(np.zeros((1, 3)), W_h, b, reset_after=reset_after)
        return layer.forward([[[0.0]]], [[0.75]])[0, 0]

    assert run(1e3, 0, 9, 9) == 0.75  # z keeps
    assert run(-1e3, -1e3, 0.5, 9) == np.tanh(0.5)  # the reset leaves out the state
    assert run(-1e3, 1e3, 0.5, 2) == np.tanh(0.5 + 2 * 0.75)


def test_large_sums_saturate_without_a_warning():
    for make, gates, b in ((LSTM, 4, (4,)), (GRU, 3, (2, 3))):
        layer = make(np.full((1, gates), 1e4), np.zeros((1, gates)), np.zeros(b))
        for x in (1e4, -1e4):
            assert np.isfinite(layer.forward([[[x]], [[-x]]])).all()
            assert np.isfinite(layer.backward([[1.0], [1.0]])).all()


@pytest.mark.parametrize(("dtype", "rtol"), [("f4", 1e-6), ("f8", 1e-14)])
def test_a_gate_that_is_nearly_shut_keeps_its_digits(dtype, rtol):
    # an input gate of σ(-30) lets c̃ = tanh 1/2 in; an update gate of σ(-30) keeps 3/4 of it
    sigma = math.exp(-30) / (1 + math.exp(-30))
    lstm = LSTM(
        *(np.array(a, dtype) for a in (np.zeros((1, 4)), np.zeros((1, 4)), [-30, 0, 0.5, 0]))
    )
    lstm.forward(np.zeros((1, 1, 1), dtype))
    assert_allclose(lstm.state[1], [[sigma * math.tanh(0.5)]], rtol=rtol)
    gru = GRU(
        *(np.array(a, dtype) for a in (np.zeros((1, 3)), np.zeros((1, 3)), [[-30, 0, 0]] * 2))
    )
    y = gru.forward(np.zeros((1, 1, 1), dtype), np.array([[0.75]], dtype))
    assert_allclose(y, [[0.75 * math.exp(-60)]], rtol=10 * rtol)


# Random weights


@pytest.mark.parametrize("make", [LSTM, LSTMCell, GRU, GRUCell])
def test_each_gate_has_random_weights_of_its_own(make):
    layer = make.initialise(30, 20, rng=1)
    W_x, W_h, b = (layer.parameters[name] for name in ("W_x", "W_h", "b"))
    assert W_x.shape == (30, layer.gates * 20)
    assert 0.95 * np.sqrt(6 / 50) < np.abs(W_x).max() <= np.sqrt(6 / 50)
    for W in np.split(W_h, layer.gates, axis=1):
        assert_allclose(W @ W.T, np.eye(20), rtol=0, atol=1e-13)
    assert (W_h[:, :20] != W_h[:, 20:40]).all()
    if layer.gates == 4:
        assert_array_equal(b, np.repeat([0.0, 1.0, 0.0, 0.0], 20))  # as in Keras
    else:
        assert_array_equal(b, np.zeros((2, 60)))
        before = make.initialise(30, 20, rng=1, reset_after=False)
        assert_array_equal(before.parameters["b"], np.zeros(60))
    if make in (LSTM, GRU):
        assert make.initialise(3, 2, rng=1, return_sequences=True).return_sequences


# What is refused


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: LSTM(np.ones((3, 16)), np.ones((4, 15))),
            "W_h must have shape (units, 4·units) = (4, 16), got (4, 15).",
        ),
        (
            lambda: LSTM(np.ones((3, 16)), np.ones((16, 4))),
            "W_h must have shape (units, 4·units) = (4, 16), got (16, 4). Its transpose fits: pass",
        ),
        (
            lambda: GRU(np.ones((3, 12)), np.ones((12, 4))),
            "W_h must have shape (units, 3·units) = (4, 12), got (12, 4). Its transpose fits: pass",
        ),
        (
            lambda: LSTM(np.ones((16, 3)), np.ones((4, 16))),
            "W_x must have shape (features, 4·units) = (any, 16), got (16, 3). Its transpose fits",
        ),
        (lambda: LSTM(np.ones((3, 16)), None), "W_h must hold real numbers, got None."),
        (lambda: GRU(None, np.ones((4, 12))), "W_x must hold real numbers, got None."),
        (lambda: LSTM(np.ones((3, 15)), np.ones((4, 16))), "W_x must have shape (features, 4·unit"),
        (
            lambda: LSTM(np.ones((3, 16)), np.ones((4, 16)), np.ones(4)),
            "b must have shape (4·units,) = (16,), got (4,).",
        ),
        (lambda: GRU(np.ones((3, 12)), np.ones((4, 16))), "W_h must have shape (units, 3·units)"),
        (
            lambda: GRU(np.ones((3, 12)), np.ones((4, 12)), np.ones(12)),
            "b must have shape (inputs and state, 3·units) = (2, 12), got (12,).",
        ),
        (
            lambda: GRU(np.ones((3, 12)), np.ones((4, 12)), np.ones((2, 12)), reset_after=False),
            "b must have shape (3·units,) = (12,), got (2, 12).",
        ),
        (
            lambda: LSTMCell(np.ones((3, 16)), np.ones((4, 16))).forward(np.ones((2, 5, 3))),
            "x must have shape (batch, features) = (any, 3), got (2, 5, 3).",
        ),
    ],
)
def test_weights_and_inputs_that_do_not_fit_are_refused(call, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        call()


@pytest.mark.parametrize("make", [LSTMCell, GRUCell])
def test_a_cell_has_no_steps_to_cut_off(make):
    with pytest.raises(TypeError, match=r"^backward takes no window: its arguments are dy, dstate"):
        make.initialise(3, 4, rng=1).backward(np.ones((2, 4)), window=3)


def test_the_two_states_of_an_lstm_come_together():
    layer = LSTM.initialise(3, 4, rng=1)
    x = np.ones((2, 5, 3))
    for call, message in [
        (lambda: layer.forward(x, np.ones((2, 4))), "states must be none or h0 and c0, got 1 of"),
        (
            lambda: layer.forward(x, np.ones((2, 4)), np.ones((2, 3))),
            "c0 must have shape (batch, units) = (2, 4), got (2, 3).",
        ),
    ]:
        with pytest.raises(ValueError, match="^" + re.escape(message)):
            call()
    layer.forward(x)
    for dstate, message in [
        (np.ones((2, 4)), "dstate must be a tuple (dh, dc), got <class 'numpy.ndarray'>."),
        ((1, 2, 3), "dstate must be a tuple (dh, dc), got 3 entries."),
        ((None, np.ones(4)), "dstate[1] must have shape (batch, units) = (2, 4), got (4,)."),
    ]:
        with pytest.raises(ValueError, match="^" + re.escape(message)):
            layer.backward(np.ones((2, 4)), dstate)
    both = layer.backward(np.ones((2, 4)), [None, np.ones((2, 4))])
    assert_array_equal(both, layer.backward(np.ones((2, 4)), (None, np.ones((2, 4)))))
