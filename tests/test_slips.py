"""Slips of people who come from other libraries: what they do takes effect, or is refused."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from rnncore.elman import Elman
from rnncore.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    Dense,
    Embedding,
    GRUCell,
    Layer,
    LSTMCell,
    OutOfOrder,
    Sequential,
    SimpleRNN,
    SimpleRNNCell,
)
from rnncore.training import SGD, fit, mean_squared_error
from tests.support.layers import normal, refused

X = normal(4, 6, 3)
STEPS = {"return_sequences": True}


def simple(units=5, **options):
    return SimpleRNN.initialise(3, units, 1, **options)


def both(**options):
    return Bidirectional(simple(**options), simple(reverse=True, **options))


def elman():
    return Elman(np.ones((3, 2)), np.ones((2, 2)), np.ones((2, 1)))


# Set after construction


@pytest.mark.parametrize("layer", [simple(), Dense(np.eye(3)), LSTMCell.initialise(3, 5, 1)])
def test_a_parameter_set_as_an_attribute_is_refused(layer):
    name = next(iter(layer.parameters))
    with refused(f"{name} must be set as parameters['{name}'][...] = values.", AttributeError):
        setattr(layer, name, np.zeros(3))


@pytest.mark.parametrize(
    "write",
    [
        lambda p: p.update({"0.W_x": np.zeros((3, 5))}),
        lambda p: p.update({}, **{"0.W_x": 1}),
        lambda p: p.__ior__({"0.W_x": np.zeros((3, 5))}),
        lambda p: p.pop("0.W_x"),
        lambda p: p.popitem(),
        lambda p: p.setdefault("0.W_x", 3),
        lambda p: p.clear(),
        lambda p: p.__delitem__("0.W_x"),
    ],
)
def test_the_parameters_of_a_model_are_changed_in_place_only(write):
    model = Sequential([simple()])
    with pytest.raises(ValueError, match=r"must be changed in place: parameters\['.+'\]\[\.\.\.\]"):
        write(model.parameters)


def test_so_are_those_of_an_elman_whose_activation_is_set_by_nobody():
    with refused("U must be changed in place: parameters['U'][...] = values."):
        elman().parameters["U"] = np.zeros((3, 2))
    with pytest.raises(AttributeError):
        elman().activation = "relu"
    for copied in copy.deepcopy(elman()), pickle.loads(pickle.dumps(elman())):
        assert_array_equal(copied.forward(X), elman().forward(X))


def test_an_unknown_keyword_of_an_elman_is_explained():
    with refused("Elman takes no b: its arguments are U, W, V, activation.", TypeError):
        Elman([[1.0]], [[1.0]], [[1.0]], b=1)
    with refused("forward takes no lengths: its arguments are x, keep.", TypeError):
        elman().forward(X, lengths=[1] * 4)
    with refused("backward takes no dstate: its arguments are do, window.", TypeError):
        elman().backward(X, dstate=None)


@pytest.mark.parametrize("layer", [simple(), Embedding.initialise(3, 5, 1), both()])
def test_options_are_not_set_in_the_dict_that_shows_them(layer):
    with pytest.raises(TypeError, match="does not support item assignment"):
        layer.options["activation"] = "relu"


def test_the_layers_of_a_model_are_not_set_in_the_tuple_that_shows_them():
    assert isinstance(Sequential([simple()]).layers, tuple)


def test_the_mask_of_an_embedding_can_be_set():
    layer = Embedding.initialise(7, 3, 1)
    layer.mask = 0
    layer.forward([[0, 1]])
    assert_array_equal(layer.mask, [[False, True]])
    assert layer.options == {"mask": 0}
    with refused("mask must be an integer from 0 to 6, got 7."):
        layer.mask = 7
    with refused("mask must be an integer from 0 to 6, got 7."):
        layer.masked = 7


@pytest.mark.parametrize("kind", [SimpleRNNCell, LSTMCell, GRUCell])
@pytest.mark.parametrize("option", ["return_sequences", "reverse"])
def test_a_cell_has_no_steps_to_return_or_reverse(kind, option):
    with pytest.raises(AttributeError):
        setattr(kind.initialise(3, 5, 1), option, True)


def test_two_directions_must_still_fit_together_when_they_read():
    model = both(**STEPS)
    model.inner["backward"].reverse = False
    with refused("backward must have reverse=True, got SimpleRNN("):
        model.forward(X)
    model = both(**STEPS)
    model.inner["backward"].return_sequences = False
    with refused("backward must have return_sequences=True, as forward, got False."):
        model.forward(X)
    model = Bidirectional(simple(5), simple(4, reverse=True))
    model.merge = "sum"
    with refused("backward must have units=5, as forward, got 4."):
        model.forward(X)


@pytest.mark.parametrize("reset_after", [True, False])
def test_a_gru_needs_the_bias_of_its_reset(reset_after):
    layer = GRU.initialise(3, 5, 1, reset_after=reset_after)
    layer.reset_after = not reset_after
    with refused("b must have shape ("):
        layer.forward(X)
    bare = GRU(*[layer.parameters[name] for name in ("W_x", "W_h")], reset_after=reset_after)
    bare.reset_after = not reset_after
    assert bare.forward(X).shape == (4, 5)


@pytest.mark.parametrize(
    ("layer", "option", "value"),
    [
        (simple(**STEPS), "activation", "relu"),
        (simple(), "return_sequences", True),
        (simple(**STEPS), "reverse", True),
        (GRU.initialise(3, 5, 1), "reset_after", False),
        (Dense.initialise(3, 5, 1), "activation", "softmax"),
        (both(), "merge", "sum"),
        (RNN(LSTMCell.initialise(3, 5, 1)), "return_sequences", True),
    ],
)
def test_backward_does_not_follow_a_forward_of_other_options(layer, option, value):
    y = layer.forward(X)
    setattr(layer, option, value)
    with pytest.raises(OutOfOrder):
        layer.backward(np.ones_like(y))


# Called with something else


@pytest.mark.parametrize(
    "layer", [simple(), Dense.initialise(3, 5, 1), both(), Sequential([simple()])]
)
def test_keep_is_a_flag(layer):
    with pytest.raises(ValueError, match=r"keep must be True or False, got 'no'\.$"):
        layer.forward(X, keep="no")
    with pytest.raises(ValueError, match="keep must be True or False, got"):
        Dense.initialise(3, 5, 1).forward(X, np.zeros((4, 5)))
    with refused("keep must be True or False, got 'no'."):
        Embedding.initialise(3, 5, 1).forward([[1]], "no")


@pytest.mark.parametrize("rng", [1.5, "a", -1])
def test_a_seed_is_an_integer(rng):
    for kind in Dense, LSTM, Embedding:
        with refused(f"rng must be a generator, or an integer seed, got {rng!r}."):
            kind.initialise(3, 5, rng)


def test_softmax_over_one_unit_is_refused_because_it_is_always_1():
    layer = Dense.initialise(3, 1, 1)
    layer.activation = "softmax"
    with refused("activation softmax over one unit is always 1: take sigmoid."):
        layer.forward(X)


class Last(Layer):
    """Return the last step of what comes."""

    def forward(self, x, keep=True):
        return x[:, -1]


@pytest.mark.parametrize("units", [5, 6])  # 6: as many as there are steps
def test_a_layer_that_drops_the_steps_must_read_the_mask(units):
    model = Sequential([simple(units, return_sequences=True), Last()])
    message = "In layer 1, Last: y must have shape (batch, timesteps, …) where the mask has (4, 6)"
    with refused(f"{message}, got (4, {units}). A layer that drops steps reads the mask"):
        model.forward(X, lengths=[6, 4, 2, 1])
    assert model.forward(X).shape == (4, units)


def test_a_mask_on_its_way_needs_steps():
    with refused("In layer 0, Dense: y must have shape (batch, timesteps, …) where the mask has"):
        Sequential([Dense(np.eye(3))]).forward(X[0], lengths=[1] * 6)


def test_a_layer_that_is_called_says_what_to_call():
    with refused("SimpleRNN is not called itself: call its forward(x).", TypeError):
        simple()(X)


# One layer in two places


def test_one_layer_in_two_containers_of_a_model_is_refused():
    layer = simple(3, **STEPS)
    with refused("layers must all be different, got layer 0 again as layer 1"):
        Sequential([Sequential([layer]), Sequential([layer])])
    with refused("layers must all be different, got layer 0 again as layer 1"):
        Sequential([Bidirectional(layer, simple(3, reverse=True, **STEPS)), layer])


def test_backward_notices_that_a_layer_has_read_something_else_in_another_model():
    layer = simple(**STEPS)
    one, other = (Sequential([layer, Dense.initialise(5, 2, seed)]) for seed in (1, 2))
    y = one.forward(X)
    other.forward(2 * X)
    with refused("In layer 0, SimpleRNN: it has read something else since", OutOfOrder):
        one.backward(np.ones_like(y))
    one.forward(X)
    one.backward(np.ones_like(y))
    one.backward(np.ones_like(y))


# In a fit


def train(model=None, y=None, **options):
    y = np.zeros((4, 5)) if y is None else y
    options = {"rng": np.random.default_rng(1), "epochs": 1, "optimiser": SGD(0.1)} | options
    return fit(model or simple(), X, y, mean_squared_error, **options)


def test_a_stateful_model_returns_all_steps_even_if_it_has_as_many_units():
    message = "stateful needs recurrent layers that read forwards, with return_sequences=True, got"
    model = Sequential([simple(6, **STEPS), simple(6)])
    for last in simple(6), model:
        with refused(message):
            train(last, np.zeros((4, 6)), stateful=True, chunk=6)
    assert train(simple(6, **STEPS), np.zeros((4, 6, 6)), stateful=True, chunk=6)["loss"]


def test_a_schedule_needs_an_optimiser_with_a_learning_rate():
    class Fixed:
        def update(self, parameters, gradients):
            pass

    with refused("schedule sets optimiser.learning_rate, which this optimiser lacks."):
        train(optimiser=Fixed(), schedule=lambda epoch: 0.1)
    assert train(optimiser=Fixed())["loss"]
