"""What all layers share: cache, parameters, random weights; and layers around layers."""

import copy
import pickle
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import gradcheck
from rnncore.layers import (
    GRU,
    LSTM,
    Container,
    Dense,
    Embedding,
    Layer,
    OutOfOrder,
    Sequential,
    SimpleRNN,
    SimpleRNNCell,
)
from rnncore.layers.initialisers import Draw
from tests.support.layers import normal, refused, weights

EACH = {
    "SimpleRNN": (lambda: SimpleRNN(**weights()), np.zeros((2, 5, 3))),
    "sequences": (lambda: SimpleRNN(**weights(), return_sequences=True), np.zeros((2, 5, 3))),
    "SimpleRNNCell": (lambda: SimpleRNNCell(**weights()), np.zeros((2, 3))),
    "Dense": (lambda: Dense(np.ones((3, 4))), np.zeros((2, 3))),
    "Embedding": (lambda: Embedding(np.ones((3, 4))), np.zeros((2, 5), int)),
    "Sequential": (lambda: Sequential([Dense(np.ones((3, 4)))]), np.zeros((2, 3))),
}


each_layer = pytest.mark.parametrize(("make", "x"), EACH.values(), ids=EACH)


GATED = {
    kind.__name__: (lambda kind=kind: kind.initialise(3, 4, rng=1), np.ones((2, 5, 3)))
    for kind in (LSTM, GRU)
}
ALL = EACH | GATED


@pytest.mark.parametrize("again", [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
@pytest.mark.parametrize(("make", "x"), ALL.values(), ids=ALL)
def test_a_layer_survives_a_copy_and_pickle(make, x, again):
    layer = make()
    y = layer.forward(x)
    other = again(layer)
    assert repr(other) == repr(layer)
    assert_array_equal(other.forward(x), y)


# The cache


@each_layer
def test_with_a_history_the_output_is_read_only(make, x):
    layer = make()
    y = layer.forward(x)
    with pytest.raises(ValueError, match="read-only"):
        y += 1
    y = layer.forward(x, keep=False)
    y += 1


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


# Parameters


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


def test_a_layer_shows_its_shapes():
    assert repr(SimpleRNN(**weights())) == "SimpleRNN(W_x (3, 4), W_h (4, 4), b (4,))"
    row = Sequential([Dense(np.eye(2)), Embedding(np.ones((5, 3)))])
    assert repr(row) == "Sequential([Dense(W (2, 2)), Embedding(table (5, 3))])"


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
    draw = Draw(3, 0, {"W_x": "glorot", "W_h": "orthogonal"}, {})
    corners = np.array([draw("W_h", (3, 3)) for _ in range(500)])
    assert np.abs(corners.mean(axis=0)).max() < 0.1
    assert draw("W_x", (2, 3)).shape == (2, 3)


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


# Layers around layers


class Bidirectional(Container):
    """Two layers over the same sequence, one of them from its end to its start."""

    axes_of_x = 3

    def __init__(self, forward, backward):
        super().__init__(forward=forward, backward=backward)

    def forward(self, x, keep=True):
        there, back = self.inner.values()
        y = there.forward(x, keep=keep), back.forward(x[:, ::-1], keep=keep)[:, ::-1]
        return np.concatenate(y, axis=-1)

    def backward(self, dy):
        there, back = self.inner.values()
        dy, dy_back = np.split(dy, 2, axis=-1)
        return there.backward(dy) + back.backward(dy_back[:, ::-1])[:, ::-1]

    def output_shape(self, shape=(None, None, None)):
        *rest, units = self.inner["forward"].output_shape(shape)
        return (*rest, 2 * units)


def both_ways(kind=GRU):
    return Bidirectional(
        *(kind.initialise(3, 4, rng=seed, return_sequences=True) for seed in (1, 2))
    )


def test_a_bidirectional_layer_needs_no_more_than_its_own_forward_and_backward():
    layer, x = both_ways(), normal(2, 5, 3)
    names = [f"{way}.{name}" for way in ("forward", "backward") for name in ("W_x", "W_h", "b")]
    assert [*layer.parameters] == names
    dy = normal(*layer.forward(x).shape)
    gradients = {"x": layer.backward(dy)}
    gradients |= {name: layer.gradients[name] for name in names}

    def loss(x, **p):
        for name, value in p.items():
            layer.parameters[name][...] = value
        return (layer.forward(x) * dy).sum()

    arguments = {"x": x, **{name: p.copy() for name, p in layer.parameters.items()}}
    report = gradcheck.check(loss, arguments, gradients)
    assert report, report.text
    assert repr(layer).startswith("Bidirectional(forward.W_x (3, 12), ")


def test_a_bidirectional_layer_works_in_a_row():
    model = Sequential(
        [Embedding.initialise(9, 3, rng=1), both_ways(), Dense.initialise(8, 1, rng=2)]
    )
    assert "1.backward.W_h" in model.parameters
    model.forward(np.zeros((2, 7), int))
    assert str(model.summary()).splitlines()[2].split() == [
        "Bidirectional",
        "(None,",
        "7,",
        "8)",
        "216",
    ]
    assert "(None, None, 8)" in both_ways_first().summary()


def both_ways_first():
    return Sequential([both_ways(LSTM), Dense.initialise(8, 1, rng=2)])


@each_layer
def test_a_twin_shares_the_parameters_and_has_a_cache_of_its_own(make, x):
    layer = make()
    dy = np.ones(layer.forward(x).shape)
    twin = layer.twin()
    for name, p in twin.parameters.items():
        assert p is layer.parameters[name]
    with pytest.raises(OutOfOrder):
        twin.backward(dy)
    assert_array_equal(twin.forward(x), layer.forward(x))
    twin.forward(x, keep=False)
    layer.backward(dy)


def test_a_container_takes_layers_each_once():
    one = Dense(np.eye(2))
    with refused(
        "layers must all be different, got layer a again as layer b: a layer has one cache."
    ):
        Container(a=one, b=one)
    with refused("a must be a layer, got 3."):
        Container(a=3)


def test_a_layer_that_does_not_know_its_output_says_so():
    with refused("Layer does not define output_shape(shape).", NotImplementedError):
        Sequential([Layer(W=np.eye(2))]).summary()
