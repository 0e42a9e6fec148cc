"""The gradient through time: by hand, by central differences, cut, split, and refused."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import bptt, gradcheck
from rnncore.activations import ELEMENTWISE, get
from rnncore.bptt import backpropagate, contributions, jacobian, jacobian_product
from rnncore.states import compute_states

ACTIVATIONS = [f for f in ELEMENTWISE if not get(f).needs_z]
NAMES = ("X", "W_x", "W_h", "b", "h0")


def problem(timesteps=7, batch=2, features=3, units=4, seed=0, dtype="float64"):
    """All axes of different size, W_h not symmetric, b and h0 not zero."""
    rng = np.random.default_rng(seed)
    p = {
        "X": rng.normal(size=(batch, timesteps, features)),
        "W_x": rng.normal(size=(features, units)),
        "W_h": rng.normal(size=(units, units)) / 2,
        "b": rng.normal(size=units) / 2,
        "h0": rng.normal(size=(batch, units)),
    }
    dS = rng.normal(size=(batch, timesteps, units))
    return {name: a.astype(dtype) for name, a in p.items()}, dS.astype(dtype)


def gradients(p, dS, activation="tanh", window=None):
    S = compute_states(**p, activation=activation)
    return backpropagate(p["X"], S, dS, p["W_x"], p["W_h"], activation, window)


def assert_same(ours, theirs, atol=1e-12):
    for name, a, b in zip(NAMES, ours, theirs):
        assert_allclose(a, b, rtol=0, atol=atol, err_msg=name)


# By hand: W_x = 2, W_h = 3, linear, x = 1 0 4, h = 0, 2, 6, 26.

X, S = np.array([[1.0, 0.0, 4.0]]), np.array([[0.0, 2.0, 6.0, 26.0]])


def test_three_steps_with_the_loss_on_the_last_state():
    assert_array_equal(compute_states(X, 2.0, 3.0), S)
    g = backpropagate(X, S, [[0.0, 0.0, 1.0]], 2.0, 3.0)
    # dz_3 = 1, dz_2 = 3, dz_1 = 9
    assert_array_equal(g.X, [[18.0, 6.0, 2.0]])  # dz_t W_x
    assert g.W_x == 9 * 1 + 3 * 0 + 1 * 4
    assert g.W_h == 9 * 0 + 3 * 2 + 1 * 6
    assert g.b == 9 + 3 + 1
    assert_array_equal(g.h0, [27.0])


def test_three_steps_with_the_loss_on_every_state():
    g = backpropagate(X, S, [[100.0, 10.0, 1.0]], 2.0, 3.0)
    # dz_3 = 1, dz_2 = 10 + 3 = 13, dz_1 = 100 + 39 = 139
    assert_array_equal(g.X, [[278.0, 26.0, 2.0]])
    assert (g.W_x, g.W_h, g.b) == (139 + 4, 13 * 2 + 6, 153)
    assert_array_equal(g.h0, [417.0])


def test_three_steps_in_a_window_of_one():
    g = backpropagate(X, S, [[100.0, 10.0, 1.0]], 2.0, 3.0, window=1)
    # dz = 100, 10, 1: nothing goes back a step, but what is at step 1 reaches h_0
    assert_array_equal(g.X, [[200.0, 20.0, 2.0]])
    assert (g.W_x, g.W_h, g.b) == (100 + 4, 10 * 2 + 6, 111)
    assert_array_equal(g.h0, [300.0])


def test_three_steps_in_a_window_of_two():
    g = backpropagate(X, S, [[100.0, 10.0, 1.0]], 2.0, 3.0, window=2)
    # dz_3 = 1, dz_2 = 10 + 3 · 1, dz_1 = 100 + 3 · 10: the 1 has come to its end
    assert_array_equal(g.X, [[260.0, 26.0, 2.0]])
    assert (g.W_x, g.W_h, g.b) == (130 + 4, 13 * 2 + 6, 144)
    assert_array_equal(g.h0, [390.0])


def test_the_slope_is_taken_at_the_state_that_was_reached():
    S = compute_states([[1.0]], 0.5, 0.25, activation="tanh")
    g = backpropagate([[1.0]], S, [[1.0]], 0.5, 0.25, "tanh")
    assert_allclose(g.W_x, 1 - np.tanh(0.5) ** 2, rtol=1e-15)
    assert_allclose(g.h0, [0.25 * (1 - np.tanh(0.5) ** 2)], rtol=1e-15)


# By central differences


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("timesteps", [1, 2, 7])
def test_gradients_agree_with_central_differences(activation, timesteps):
    p, dS = problem(timesteps)

    def loss(**p):
        return (compute_states(**p, activation=activation)[:, 1:] * dS).sum()

    report = gradcheck.check(loss, p, gradients(p, dS, activation)._asdict())
    assert report, report.text


@pytest.mark.parametrize("timesteps", [15, 16, 17, 32, 33])
def test_blocks_of_steps_leave_no_seam(timesteps):
    p, dS = problem(timesteps, units=3)

    def loss(**p):
        return (compute_states(**p, activation="tanh")[:, 1:] * dS).sum()

    report = gradcheck.check(loss, p, gradients(p, dS)._asdict())
    assert report, report.text


def one_step_after_the_other(p, dS, dh):
    """The plain loop of a textbook."""
    S = compute_states(**p, activation="tanh")
    g = {name: np.zeros_like(a) for name, a in p.items()}
    for t in reversed(range(p["X"].shape[1])):
        dz = (dS[:, t] + dh) * (1 - S[:, t + 1] ** 2)
        g["X"][:, t] = dz @ p["W_x"].T
        g["W_x"] += p["X"][:, t].T @ dz
        g["W_h"] += S[:, t].T @ dz
        g["b"] += dz.sum(axis=0)
        dh = dz @ p["W_h"].T
    return [g["X"], g["W_x"], g["W_h"], g["b"], dh]


@pytest.mark.parametrize("timesteps", [0, 1, 16, 50])
def test_it_is_the_loop_over_single_steps(timesteps):
    p, dS = problem(timesteps)
    assert_same(gradients(p, dS), one_step_after_the_other(p, dS, np.zeros((2, 4))))


@pytest.mark.parametrize("timesteps", [0, 1, 16, 50])
def test_what_arrives_at_the_last_state_is_added(timesteps):
    p, dS = problem(timesteps)
    dh = np.random.default_rng(1).normal(size=(2, 4))
    before = dh.copy()
    S = compute_states(**p, activation="tanh")
    f = bptt.get_recurrent("tanh")
    expected = one_step_after_the_other(p, dS, dh)
    for window in (None, timesteps + 1):
        g = bptt.run(bptt.Pass(p["X"], S, dS, p["W_x"], p["W_h"], 0.0, f, window), dh)
        assert_same(g, expected)
    bptt.run(bptt.Pass(p["X"], S, dS, p["W_x"], p["W_h"], 0.0, f, 2), dh)
    assert_array_equal(dh, before)
    nothing = one_step_after_the_other(p, 0 * dS, dh)
    for window in (None, timesteps + 1):
        assert_same(
            bptt.run(bptt.Pass(p["X"], S, None, p["W_x"], p["W_h"], 0.0, f, window), dh), nothing
        )


def test_of_what_arrives_at_the_last_state_a_window_lets_as_many_steps_see():
    p, dS = problem(9)
    S, f = compute_states(**p, activation="tanh"), bptt.get_recurrent("tanh")
    last = np.zeros_like(dS)
    last[:, -1] = dh = np.random.default_rng(1).normal(size=(2, 4))
    g = bptt.run(bptt.Pass(p["X"], S, None, p["W_x"], p["W_h"], 0.0, f, 3), dh)
    assert_same(g, gradients(p, last, window=3))
    assert (g.X[:, :6] == 0).all()
    assert (g.X[:, 6:] != 0).all()
    both = bptt.run(bptt.Pass(p["X"], S, dS, p["W_x"], p["W_h"], 0.0, f, 3), dh)
    assert_same(both, gradients(p, dS + last, window=3))


# Cut


@pytest.mark.parametrize("timesteps", [1, 2, 5, 17, 20])
@pytest.mark.parametrize("window", [1, 2, 3, 4, 16, 18])
def test_a_window_is_one_cut_backward_pass_for_each_step_added_up(timesteps, window):
    p, dS = problem(timesteps)
    S = compute_states(**p, activation="tanh")
    expected = [np.zeros_like(a) for a in p.values()]
    for t in range(1, timesteps + 1):
        begin = max(0, t - window)
        alone = np.zeros((2, t - begin, 4))
        alone[:, -1] = dS[:, t - 1]
        part = backpropagate(
            p["X"][:, begin:t], S[:, begin : t + 1], alone, p["W_x"], p["W_h"], "tanh"
        )
        expected[0][:, begin:t] += part.X
        for total, added in zip(expected[1:4], part[1:4]):
            total += added
        expected[4] += part.h0 if begin == 0 else 0
    assert_same(gradients(p, dS, window=window), expected)


@pytest.mark.parametrize("timesteps", [1, 5, 17, 40])
@pytest.mark.parametrize("more", [0, 1, 1000])
def test_a_window_as_long_as_the_sequence_cuts_nothing(timesteps, more):
    p, dS = problem(timesteps)
    assert_same(gradients(p, dS, window=timesteps + more), gradients(p, dS), atol=1e-13)


@pytest.mark.parametrize("window", [40, 41, 10**9])
def test_a_window_that_cuts_nothing_costs_nothing(window, monkeypatch):
    p, dS = problem(40)
    whole = gradients(p, dS)
    monkeypatch.setattr(bptt, "_back_in_window", None)  # the way with many parts is not taken
    assert_same(gradients(p, dS, window=window), whole, atol=0)
    with pytest.raises(TypeError):
        gradients(p, dS, window=39)


@pytest.mark.parametrize("window", [None, 1, 8])
def test_the_gradient_that_arrives_is_not_copied(window, peak):
    p, dS = problem(4000, batch=4, features=1, units=16)
    S = compute_states(**p, activation="tanh")
    arguments = p["X"], S, dS, p["W_x"], p["W_h"], "tanh", window
    assert peak(lambda: backpropagate(*arguments)) < p["X"].nbytes + 0.05 * dS.nbytes


def test_a_window_may_be_a_numpy_integer():
    p, dS = problem()
    assert_same(gradients(p, dS, window=np.int64(2)), gradients(p, dS, window=2), atol=0)


def test_numbers_are_matrices_of_one_entry():
    X, dS = np.random.default_rng(0).normal(size=(2, 3, 20))
    for window in (None, 3):
        S = compute_states(X, 0.7, -0.6, 0.1, "tanh", [1.0, 2.0, 3.0])
        one = backpropagate(X, S, dS, 0.7, -0.6, "tanh", window)
        many = backpropagate(
            *(a[..., np.newaxis] for a in (X, S, dS)), [[0.7]], [[-0.6]], "tanh", window
        )
        assert [np.shape(g) for g in one] == [(3, 20), (), (), (), (3,)]
        for a, b in zip(one, many):
            assert_array_equal(a, np.reshape(b, np.shape(a)))


# What each step adds


@pytest.mark.parametrize("window", [None, 1, 3, 30])
@pytest.mark.parametrize("timesteps", [0, 1, 16, 20])
def test_contributions_add_up_to_the_gradient(timesteps, window):
    p, dS = problem(timesteps)
    S = compute_states(**p, activation="tanh")
    each = contributions(p["X"], S, dS, p["W_x"], p["W_h"], "tanh", window)
    g = gradients(p, dS, window=window)
    shapes = [(timesteps, 3, 4), (timesteps, 4, 4), (timesteps, 4)]
    assert [a.shape for a in each] == shapes
    for part, total in zip(each, (g.W_x, g.W_h, g.b)):
        assert_allclose(part.sum(axis=0), total, rtol=0, atol=1e-12)


def test_a_contribution_is_the_product_of_what_came_in_and_the_error():
    each = contributions(X, S, [[100.0, 10.0, 1.0]], 2.0, 3.0)
    assert_array_equal(each.W_x, [139.0 * 1, 13.0 * 0, 1.0 * 4])
    assert_array_equal(each.W_h, [139.0 * 0, 13.0 * 2, 1.0 * 6])
    assert_array_equal(each.b, [139.0, 13.0, 1.0])


def test_contributions_of_matrices_stand_at_their_step():
    p, dS = problem(20)
    S = compute_states(**p, activation="tanh")
    each = contributions(p["X"], S, dS, p["W_x"], p["W_h"], "tanh")
    for t in (0, 3, 4, 15, 16, 19):  # the error of step t + 1 is what its x receives
        X = np.zeros_like(p["X"])
        X[:, t] = p["X"][:, t]
        only = backpropagate(X, S, dS, p["W_x"], p["W_h"], "tanh")
        assert_allclose(each.W_x[t], only.W_x, rtol=0, atol=1e-13)


# Jacobians


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_jacobian_is_the_derivative_of_a_state_by_the_one_before(activation):
    p, _ = problem(1)
    J = jacobian(compute_states(**p, activation=activation)[:, 1], p["W_h"], activation)
    assert J.shape == (2, 4, 4)
    for n in range(2):
        for i in range(4):

            def entry(h0, n=n, i=i):
                return compute_states(**p | {"h0": h0}, activation=activation)[n, 1, i]

            numerical = gradcheck.numerical_gradient(entry, p["h0"])
            assert_allclose(J[n, i], numerical[n], rtol=0, atol=1e-8)


def test_a_jacobian_of_one_state_has_no_batch():
    assert_array_equal(jacobian([0.0, 0.5], [[1.0, 2.0], [3.0, 4.0]], "tanh"), [[1, 3], [1.5, 3]])
    assert jacobian(0.5, 2.0, "tanh") == 1.5
    assert_array_equal(jacobian([0.0, 0.5], 2.0, "tanh"), [2.0, 1.5])


def test_a_product_of_jacobians_is_the_derivative_over_the_span():
    p, dS = problem(6)
    S = compute_states(**p, activation="tanh")
    J = [None] + [jacobian(S[:, t], p["W_h"], "tanh") for t in range(1, 7)]
    product = jacobian_product(S, p["W_h"], "tanh", start=2, stop=5)
    assert_allclose(product, J[5] @ J[4] @ J[3], rtol=1e-13)
    assert_allclose(jacobian_product(S, p["W_h"], "tanh", 5), J[6], rtol=1e-15)
    last = np.zeros_like(dS)
    last[:, -1] = dS[:, -1]
    whole = jacobian_product(S, p["W_h"], "tanh")
    h0 = np.einsum("ni,nij->nj", dS[:, -1], whole)
    assert_allclose(gradients(p, last).h0, h0, rtol=0, atol=1e-13)


def test_the_product_over_no_step_is_the_identity():
    p, _ = problem(3)
    S = compute_states(**p, activation="tanh").astype(np.float32)
    product = jacobian_product(S, p["W_h"].astype(np.float32), "tanh", 1, 1)
    assert_array_equal(product, np.broadcast_to(np.eye(4), (2, 4, 4)))
    assert product.dtype == np.float32
    product += 1  # its own memory
    assert_array_equal(jacobian_product(S[..., 0], 0.5, start=3), [1.0, 1.0])


def test_the_product_of_numbers_is_the_product_of_slopes_and_weights():
    S = compute_states(np.ones((2, 3)), 0.3, 0.6, 0.0, "tanh", [0.0, 1.0])
    expected = (0.6 * (1 - S[:, 2] ** 2)) * (0.6 * (1 - S[:, 3] ** 2))
    assert_allclose(jacobian_product(S, 0.6, "tanh", 1), expected, rtol=1e-15)
    assert_allclose(jacobian_product(S, 0.6, "tanh", 1, 2), 0.6 * (1 - S[:, 2] ** 2), rtol=1e-15)


def test_ten_steps_of_one_half_leave_a_thousandth():
    S = compute_states(np.ones((1, 10)), 1.0, 0.5)
    assert_array_equal(jacobian_product(S, 0.5), [0.5**10])


# Types, strides, splits


@pytest.mark.parametrize(("dtype", "found"), [("float32", "float32"), ("float64", "float64")])
@pytest.mark.parametrize("window", [None, 2])
def test_gradients_are_of_the_type_of_the_arguments(dtype, found, window):
    p, dS = problem(20, dtype=dtype)
    g = gradients(p, dS, window=window)
    assert {a.dtype.name for a in g} == {found}
    S = compute_states(**p, activation="tanh")
    assert {a.dtype.name for a in contributions(p["X"], S, dS, p["W_x"], p["W_h"])} == {found}


def test_one_array_of_float64_makes_all_gradients_float64():
    p, dS = problem(dtype="float32")
    assert {a.dtype.name for a in gradients(p, dS.astype("float64"))} == {"float64"}


def test_integers_are_computed_in_float():
    g = backpropagate([[1, 0, 4]], [[0, 2, 6, 26]], [[0, 0, 1]], 2, 3)
    assert_array_equal(g.X, [[18.0, 6.0, 2.0]])
    assert g.X.dtype == np.float64


@pytest.mark.parametrize("window", [None, 3])
def test_arguments_are_left_as_they_are(window):
    p, dS = problem(20)
    S = compute_states(**p, activation="tanh")
    arguments = [p["X"], S, dS, p["W_x"], p["W_h"]]
    before = [a.copy() for a in arguments]
    backpropagate(*arguments, "tanh", window)
    contributions(*arguments, "tanh", window)
    for a, b in zip(arguments, before):
        assert_array_equal(a, b)


@pytest.mark.parametrize("window", [None, 3])
def test_memory_may_be_laid_out_in_any_way(window, strided):
    p, dS = problem(20)
    S = compute_states(**p, activation="tanh")
    arguments = [p["X"], S, dS, p["W_x"], p["W_h"]]
    g = backpropagate(*arguments, "tanh", window)
    assert_same(backpropagate(*map(strided, arguments), "tanh", window), g, atol=1e-13)


def test_batch_and_sequence_may_be_empty():
    p, dS = problem(0)
    g = gradients(p, dS)
    assert g.X.shape == (2, 0, 3)
    assert not any(a.any() for a in g)
    p, dS = problem(5, batch=0)
    g = gradients(p, dS)
    assert [a.shape for a in g] == [(0, 5, 3), (3, 4), (4, 4), (4,), (0, 4)]
    assert not any(a.any() for a in g)


@given(
    batch=st.integers(1, 4),
    timesteps=st.integers(0, 40),
    features=st.integers(1, 3),
    units=st.integers(1, 4),
    activation=st.sampled_from(ACTIVATIONS),
    window=st.none() | st.integers(1, 45),
    seed=st.integers(0, 1000),
    data=st.data(),
)
def test_a_batch_may_be_split(batch, timesteps, features, units, activation, window, seed, data):
    p, dS = problem(timesteps, batch, features, units, seed)
    p["W_h"] /= 3
    at = data.draw(st.integers(0, batch))
    halves = [
        gradients(p | {"X": p["X"][rows], "h0": p["h0"][rows]}, dS[rows], activation, window)
        for rows in (slice(at), slice(at, None))
    ]
    whole = gradients(p, dS, activation, window)
    for name in ("X", "h0"):
        parts = [getattr(half, name) for half in halves]
        assert_allclose(np.concatenate(parts), getattr(whole, name), rtol=1e-9, atol=1e-9)
    for name in ("W_x", "W_h", "b"):
        assert_allclose(sum(getattr(h, name) for h in halves), getattr(whole, name), 1e-9, 1e-9)


@given(timesteps=st.integers(0, 40), activation=st.sampled_from(ACTIVATIONS), data=st.data())
def test_a_sequence_may_be_split_if_the_gradient_is_carried(timesteps, activation, data):
    p, dS = problem(timesteps)
    p["W_h"] /= 3
    at = data.draw(st.integers(0, timesteps))
    S, f = compute_states(**p, activation=activation), bptt.get_recurrent(activation)
    own = (p["W_x"], p["W_h"], 0.0, f)
    late = bptt.run(bptt.Pass(p["X"][:, at:], S[:, at:], dS[:, at:], *own), 0 * p["h0"])
    early = bptt.run(bptt.Pass(p["X"][:, :at], S[:, : at + 1], dS[:, :at], *own), late.h0)
    whole = gradients(p, dS, activation)
    assert_allclose(np.concatenate([early.X, late.X], axis=1), whole.X, rtol=1e-9, atol=1e-9)
    assert_allclose(early.h0, whole.h0, rtol=1e-9, atol=1e-9)
    for name in ("W_x", "W_h", "b"):
        parts = getattr(early, name) + getattr(late, name)
        assert_allclose(parts, getattr(whole, name), rtol=1e-9, atol=1e-9)


def test_chunks_with_the_state_carried_and_the_gradient_cut():
    p, dS = problem(8)
    h, total = p["h0"], 0
    for k in range(0, 8, 3):
        part = p | {"X": p["X"][:, k : k + 3], "h0": h}
        total = total + gradients(part, dS[:, k : k + 3]).W_h
        h = compute_states(**part, activation="tanh")[:, -1]
    S = compute_states(**p, activation="tanh")
    by_hand = np.zeros((4, 4))
    for t in range(8):  # the loss of step t + 1 reaches back to where its chunk begins
        dh = dS[:, t]
        for s in range(t, t // 3 * 3 - 1, -1):
            dz = dh * (1 - S[:, s + 1] ** 2)
            by_hand += S[:, s].T @ dz
            dh = dz @ p["W_h"].T
    assert_allclose(total, by_hand, rtol=0, atol=1e-13)


# What is refused


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"X": np.ones((2, 7))}, "X must have shape (batch, timesteps, features)"),
        ({"X": np.ones((2, 7, 5))}, "W_x must have shape (features, units) = (5, any)"),
        ({"X": np.ones((3, 7, 3))}, "S must have shape (batch, timesteps + 1, units) = (3, 8, 4)"),
        ({"S": np.ones((2, 7, 4))}, "S must have shape (batch, timesteps + 1, units) = (2, 8, 4)"),
        ({"dS": np.ones((2, 8, 4))}, "dS must have shape (batch, timesteps, units) = (2, 7, 4)"),
        ({"dS": np.ones((2, 7))}, "dS must have shape (batch, timesteps, units) = (2, 7, 4)"),
        ({"W_x": np.ones((4, 3))}, "W_x must have shape (features, units) = (3, any)"),
        ({"W_h": np.ones((4, 5))}, "W_h must have shape (units, units) = (4, 4), got (4, 5)"),
        ({"W_h": 1.0}, "W_x and W_h must both be numbers or both be matrices"),
        ({"activation": "softmax"}, "activation softmax ties the units of a state together"),
        ({"activation": "swish"}, "activation must be one of linear, sigmoid,"),
        ({"window": 0}, "window must be an integer of at least 1, got 0."),
        ({"window": 1.5}, "window must be an integer of at least 1, got 1.5."),
        ({"window": True}, "window must be an integer of at least 1, got True."),
        ({"dS": [["a"]]}, "dS must hold real numbers"),
    ],
)
def test_what_does_not_fit_is_named(changed, message):
    p, dS = problem()
    arguments = {"X": p["X"], "S": compute_states(**p), "dS": dS, "W_x": p["W_x"], "W_h": p["W_h"]}
    for function in (backpropagate, contributions):
        with pytest.raises(ValueError, match="^" + re.escape(message)):
            function(**arguments | changed)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda: jacobian(np.ones(4), np.ones((4, 3))), "W_h must have shape (units, units) = (4"),
        (lambda: jacobian(np.ones(3), np.eye(4)), "h_t must have shape (units,) = (4,), got (3,)"),
        (
            lambda: jacobian(np.ones((2, 3)), np.eye(4)),
            "h_t must have shape (batch, units) = (any, 4), got (2, 3)",
        ),
        (lambda: jacobian(np.ones((2, 3)), 1.0), "h_t must have shape (batch,), got (2, 3)"),
        (lambda: jacobian(1.0, 1.0, "softmax"), "activation softmax"),
        (lambda: jacobian_product(np.ones((2, 5)), np.eye(4)), "S must have shape (batch, times"),
        (lambda: jacobian_product(np.ones((2, 5, 4)), 1.0), "S must have shape (batch, timesteps"),
        (
            lambda: jacobian_product(np.ones((2, 5, 3)), np.eye(4)),
            "S must have shape (batch, timesteps + 1, units) = (any, any, 4), got (2, 5, 3)",
        ),
        (
            lambda: jacobian_product(np.ones((2, 5, 4)), np.ones((4, 3))),
            "W_h must have shape (units, units) = (4, 4), got (4, 3)",
        ),
        (
            lambda: jacobian_product(np.ones((2, 5)), 1.0, stop=5),
            "stop must be an integer from 0 to 4, got 5.",
        ),
        (
            lambda: jacobian_product(np.ones((2, 5)), 1.0, start=3, stop=2),
            "start must be an integer from 0 to 2, got 3.",
        ),
        (
            lambda: jacobian_product(np.ones((2, 5)), 1.0, start=-1),
            "start must be an integer from 0 to 4, got -1.",
        ),
        *(
            (lambda W_h=W_h, S=S: jacobian_product(S, W_h, "swish", 2, 2), "activation must be one")
            for W_h, S in ((0.5, np.ones((2, 5))), (np.eye(3), np.ones((2, 5, 3))))
        ),
        (lambda: jacobian_product(np.ones((2, 5, 3)), np.eye(3), "softmax", 2, 2), "activation so"),
    ],
)
def test_a_jacobian_that_does_not_exist_is_refused(function, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        function()
