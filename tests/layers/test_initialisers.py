"""How weights begin."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rnncore.layers import GRU, LSTM, Dense, Embedding, GRUCell, LSTMCell, SimpleRNN
from tests.support.layers import refused

RECURRENT = [SimpleRNN, LSTM, GRU, LSTMCell, GRUCell]
every_layer = pytest.mark.parametrize("layer", RECURRENT)


@every_layer
def test_the_usual_weights_are_glorot_and_orthogonal_gate_by_gate(layer):
    p = layer.initialise(50, 40, rng=1).parameters
    limit = np.sqrt(6 / 90)
    for gate in range(layer.gates):
        of_gate = slice(40 * gate, 40 * (gate + 1))
        W_x, W_h = p["W_x"][:, of_gate], p["W_h"][:, of_gate]
        assert 0.99 * limit < np.abs(W_x).max() <= limit
        assert_allclose(W_h.T @ W_h, np.eye(40), atol=1e-12)


@every_layer
def test_identity_and_zeros_are_what_they_say(layer):
    p = layer.initialise(3, 4, rng=1, W_x="zeros", W_h="identity").parameters
    assert_array_equal(p["W_x"], np.zeros((3, 4 * layer.gates)))
    assert_array_equal(p["W_h"], np.hstack([np.eye(4)] * layer.gates))


@every_layer
def test_uniform_is_that_of_pytorch_biases_included(layer):
    p = layer.initialise(50, 25, rng=1, W_x="uniform", W_h="uniform", b="uniform").parameters
    for name in ("W_x", "W_h", "b"):
        assert 0.9 / 5 < np.abs(p[name]).max() <= 1 / 5


def test_the_inputs_may_be_orthogonal_too_tall_or_wide():
    tall, wide = (
        SimpleRNN.initialise(*size, rng=1, W_x="orthogonal").parameters["W_x"]
        for size in ((6, 4), (4, 6))
    )
    assert_allclose(tall.T @ tall, np.eye(4), atol=1e-12)
    assert_allclose(wide @ wide.T, np.eye(4), atol=1e-12)


def test_the_forget_gate_begins_open_or_as_it_is_told():
    def forget(**options):
        return LSTM.initialise(3, 4, rng=1, **options).parameters["b"]

    assert_array_equal(forget(), np.repeat([0, 1, 0, 0], 4))
    assert_array_equal(forget(forget_bias=2), np.repeat([0, 2, 0, 0], 4))
    assert (np.abs(forget(b="uniform")) < 0.5).all()
    b = forget(b="uniform", forget_bias=-1)
    assert_array_equal(b[4:8], [-1] * 4)
    assert (b[:4] != 0).all()


@pytest.mark.parametrize("layer", [GRU, GRUCell])
def test_the_update_gate_has_one_bias_in_either_form(layer):
    after = layer.initialise(3, 4, rng=1, update_bias=2).parameters["b"]
    assert_array_equal(after, [np.repeat([2, 0, 0], 4), np.zeros(12)])
    before = layer.initialise(3, 4, rng=1, update_bias=2, reset_after=False).parameters["b"]
    assert_array_equal(before, np.repeat([2, 0, 0], 4))
    assert_array_equal(layer.initialise(3, 4, rng=1).parameters["b"], np.zeros((2, 12)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, "float32", "float64"])
def test_all_parameters_have_the_type(dtype):
    made = [layer.initialise(3, 4, rng=1, dtype=dtype) for layer in (*RECURRENT, Dense, Embedding)]
    assert all(p.dtype == dtype for layer in made for p in layer.parameters.values())


def test_a_dense_layer_has_initialisers_too():
    p = Dense.initialise(100, 4, rng=1, W="uniform", b="uniform").parameters
    assert 0.09 < np.abs(p["W"]).max() <= 0.1
    assert 0.02 < np.abs(p["b"]).max() <= 0.1
    assert_array_equal(Dense.initialise(3, 3, rng=1, W="identity").parameters["W"], np.eye(3))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"W_x": "he"},
            "W_x must be one of glorot, orthogonal, identity, uniform,",
        ),
        (
            {"W_h": np.eye(4)},
            "W_h must be one of glorot, orthogonal, identity, uniform,",
        ),
        ({"b": "glorot"}, "b must be one of zeros, uniform, got 'glorot'."),
        ({"dtype": "int"}, "dtype must be np.float32 or np.float64, got 'int'."),
        ({"dtype": None}, "dtype must be np.float32 or np.float64, got None."),
        ({"forget_bias": "1"}, "forget_bias must be a number, got '1'."),
        ({"forget_bias": np.nan}, "forget_bias must be a number, got nan."),
    ],
)
def test_what_is_not_known_is_refused(options, message):
    with refused(message):
        LSTM.initialise(3, 4, rng=1, **options)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: SimpleRNN.initialise(3, 4, rng=1, forget_bias=1),
            "SimpleRNN takes no forget",
        ),
        (lambda: GRU.initialise(3, 4, rng=1, forget_bias=1), "GRU takes no forget_bias: its arg"),
        (lambda: LSTM.initialise(3, 4, rng=1, window=3), "LSTM takes no window: its arguments are"),
        (lambda: Dense.initialise(3, 4, rng=1, W_x="zeros"), "Dense takes no W_x: its arguments"),
        (lambda: Embedding.initialise(3, 4, rng=1, W="zeros"), "initialise takes no W: its arg"),
    ],
)
def test_an_unknown_option_is_answered_with_the_known_ones(make, message):
    with refused(message, TypeError):
        make()
