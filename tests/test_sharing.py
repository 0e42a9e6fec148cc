"""What is shared between calls, and what is not: threads, views, random numbers."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from rnncore import backpropagate, compute_states, mlp
from rnncore.elman import Elman
from rnncore.layers import GRU, LSTM, RNN, Dense, Embedding, GRUCell, Sequential, SimpleRNN

X = np.random.default_rng(1).normal(size=(4, 6, 3))


def layers():
    """One layer of each kind, for x of three features."""
    options = {"rng": 1, "return_sequences": True}
    yield from (kind.initialise(3, 5, **options) for kind in (SimpleRNN, LSTM, GRU))
    yield RNN(GRUCell.initialise(3, 5, 1), return_sequences=True)
    yield Dense.initialise(3, 5, 1)
    yield Sequential([LSTM.initialise(3, 5, **options), Dense.initialise(5, 2, 1)])


each_layer = pytest.mark.parametrize("layer", [*layers()], ids=lambda layer: type(layer).__name__)


@each_layer
def test_twins_in_several_threads_find_what_one_layer_finds(layer):
    def learn(x):
        twin = layer.twin()
        dx = twin.backward(np.cos(twin.forward(x)))
        return dx, twin.gradients

    parts = [np.roll(X, k, axis=1) * k for k in range(1, 17)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(learn, parts))
    for (dx, gradients), (expected, alone) in zip(found, map(learn, parts)):
        assert_array_equal(dx, expected)
        for name, gradient in alone.items():
            assert_array_equal(gradients[name], gradient)


@each_layer
def test_a_twin_has_the_same_arrays(layer):
    for name, array in layer.twin().parameters.items():
        assert array is layer.parameters[name]


@each_layer
def test_an_output_is_read_only_until_nothing_is_kept(layer):
    assert not layer.forward(X).flags.writeable
    assert layer.forward(X, keep=False).flags.writeable


@each_layer
def test_what_a_backward_pass_returns_may_be_changed(layer):
    dy = np.cos(layer.forward(X))
    for array in (layer.backward(dy), *layer.gradients.values(), *layer.state):
        array[...] = 7
    changed = layer.gradients
    again = layer.backward(dy)
    assert (again != 7).any()
    assert all((layer.gradients[name] != changed[name]).any() for name in layer.parameters)


def test_a_layer_has_copies_of_what_it_is_made_from():
    W = np.eye(3)
    Dense(W).parameters["W"][...] = 0
    assert_array_equal(W, np.eye(3))


def test_tokens_may_change_before_the_backward_pass_of_an_embedding():
    layer, tokens = Embedding(np.eye(3)), np.array([[0, 1]])
    dy = np.ones_like(layer.forward(tokens))
    tokens[:] = 2
    layer.backward(dy)
    assert_array_equal(layer.gradients["table"].sum(axis=1), [3, 3, 0])


def test_the_first_value_of_a_perceptron_is_its_input_and_no_copy():
    x0 = np.ones((2, 3))
    first, second = mlp.forward(x0, [np.eye(3)], [np.zeros(3)], ["linear"])
    assert first is x0
    assert not np.shares_memory(second, x0)


def test_states_and_their_gradients_belong_to_the_caller():
    W_x, W_h, h0 = np.ones((3, 5)), np.eye(5), np.ones((4, 5))
    S = compute_states(X, W_x, W_h, h0=h0)
    gradients = backpropagate(X, S, np.ones((4, 6, 5)), W_x, W_h)
    for array in (S, *gradients):
        assert array.flags.writeable
        assert not any(np.shares_memory(array, given) for given in (X, W_x, W_h, h0))
    assert not S.flags.c_contiguous


def test_the_output_of_an_elman_network_is_read_only():
    assert not Elman(np.ones((3, 4)), np.eye(4), np.ones((4, 2))).forward(X).flags.writeable


def test_without_a_seed_the_weights_differ_from_call_to_call():
    first, second = (SimpleRNN.initialise(3, 5, rng=None).parameters["W_x"] for _ in range(2))
    assert (first != second).all()


def test_the_global_random_numbers_have_no_effect():
    np.random.seed(1)  # noqa: NPY002
    first = np.random.get_state()[1].copy()  # noqa: NPY002
    LSTM.initialise(3, 5, rng=None)
    assert_array_equal(np.random.get_state()[1], first)  # noqa: NPY002
