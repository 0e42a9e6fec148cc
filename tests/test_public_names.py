"""The public names that code outside the package relies on: they, their arguments, what comes back.

What the numbers are is tested module by module.  Here a name that goes, an argument that moves or
a shape that changes fails, so that none of them changes by accident.
"""

import importlib
import inspect

import numpy as np
import pytest

from rnncore import activations, bptt, gradcheck, interop, layers, mlp, states, tasks, training
from rnncore.elman import Elman

RECURRENT = "W_x, W_h, b=None"
SIGNATURES = {
    "activations.get": "activation",
    "mlp.predict": "x0, W, B, activations",
    "mlp.forward": "x0, W, B, activations",
    "states.step": "x_t, h_prev, W_x, W_h, b=0.0, activation='linear'",
    "states.compute_states": "X, W_x, W_h, b=0.0, activation='linear', h0=None",
    "bptt.backpropagate": "X, S, dS, W_x, W_h, activation='linear', window=None",
    "bptt.contributions": "X, S, dS, W_x, W_h, activation='linear'",
    "bptt.jacobian": "h_t, W_h, activation='linear'",
    "gradcheck.numerical_gradient": "f, x",
    "gradcheck.relative_error": "a, b",
    "layers.Dense": "W, b=None, activation='linear'",
    "layers.Embedding": "table",
    "layers.SimpleRNNCell": f"{RECURRENT}, activation='tanh'",
    "layers.SimpleRNN": f"{RECURRENT}, activation='tanh', return_sequences=False",
    "layers.Sequential": "layers",
    "layers.RNN": "cell, return_sequences=False",
    "layers.Layer": "**parameters",
    "layers.Container": "**layers",
    "layers.LSTMCell": RECURRENT,
    "layers.LSTM": f"{RECURRENT}, return_sequences=False",
    "layers.GRUCell": f"{RECURRENT}, reset_after=True",
    "layers.GRU": f"{RECURRENT}, return_sequences=False, reset_after=True",
    "elman.Elman": "U, W, V, activation='tanh'",
    "training.mean_squared_error": "y, target, weights=None",
    "training.binary_cross_entropy_with_logits": "logits, target, weights=None",
    "training.categorical_cross_entropy_with_logits": "logits, target, weights=None",
    "training.binary_cross_entropy": "p, target, weights=None",
    "training.categorical_cross_entropy": "p, target, weights=None",
    "training.accuracy": "logits, target, weights=None",
    "training.binary_accuracy": "p, target, weights=None",
    "training.binary_accuracy_with_logits": "logits, target, weights=None",
    "training.SGD": "learning_rate",
    "training.Adam": "learning_rate=0.001",
    "training.clip_by_norm": "gradients, limit",
    "training.clip_by_value": "gradients, limit",
    "training.clip_each_by_norm": "gradients, limit",
    "training.evaluate": "model, x, y, loss, batch_size=32",
    "training.predict": "model, x, batch_size=32",
    "training.fit": "model, x, y, loss, optimiser, epochs, batch_size=32, rng=None",
    "tasks.count_ones": "n, timesteps, rng",
    "tasks.first_bit": "n, timesteps, rng",
    "tasks.sine": "n, timesteps, rng",
    "tasks.adding": "n, timesteps, rng",
    "tasks.flagged_bit": "n, timesteps, rng",
    "tasks.temporal_order": "n, timesteps, rng",
    "tasks.echo": "n, timesteps, rng, lag=3",
    "tasks.sentiment": "n, timesteps, rng",
    "tasks.element_names": "",
    "tasks.digits": "",
    "interop.from_keras": "kind, weights, **options",
    "interop.from_torch": "kind, state_dict, **options",
    "interop.to_keras": "layer",
    "interop.to_torch": "layer",
    "storage.save": "path, model, optimiser=None, rng=None",
    "storage.load": "path",
    "storage.load_training": "path",
}
BATCH, TIMESTEPS, FEATURES, UNITS = 2, 5, 3, 4
CELLS = ("SimpleRNNCell", "LSTMCell", "GRUCell")
SEQUENCE_LAYERS = ("SimpleRNN", "LSTM", "GRU")


def arguments(function):
    """The arguments as they are written, without types."""
    found = []
    for parameter in inspect.signature(function).parameters.values():
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        found.append(f"{stars}{parameter.name}{default}")
    return found


def ones(*shape):
    return np.ones(shape) / 4


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_arguments_are_those_promised_in_this_order(name):
    module, _, function = name.partition(".")
    promised = [part for part in SIGNATURES[name].split(", ") if part]
    found = arguments(getattr(importlib.import_module(f"rnncore.{module}"), function))
    assert found[: len(promised)] == promised
    assert all("=" in extra for extra in found[len(promised) :]), "what is new needs a default"


@pytest.mark.parametrize("name", ["linear", "sigmoid", "tanh", "relu"])
def test_an_activation_has_a_name_a_value_and_a_slope_by_the_output(name):
    f = getattr(activations, name)
    assert f is activations.get(name) is activations.get(f)
    assert f.name == name
    assert f.value([0.5, 2.0]).shape == f.slope(f.value([0.5, 2.0])).shape == (2,)
    assert f.derivative([0.5, 2.0], f.value([0.5, 2.0])).shape == (2,)


def test_softmax_has_a_name_and_a_value_over_the_last_axis():
    assert activations.softmax.name == "softmax"
    np.testing.assert_allclose(activations.softmax.value(ones(2, 4)), ones(2, 4), rtol=1e-15)
    assert activations.get("softmax") is activations.softmax
    with pytest.raises(ValueError, match="softmax"):
        states.compute_states([[1.0]], 1.0, 1.0, activation="softmax")


def test_a_perceptron_gives_one_array_for_each_layer_and_the_input():
    W, B = [ones(3, 5), ones(5, 2)], [ones(5), ones(2)]
    for x0 in (ones(3), ones(7, 3)):
        xs = mlp.forward(x0, W, B, ["relu", "softmax"])
        assert [x.shape for x in xs] == [(*x0.shape[:-1], n) for n in (3, 5, 2)]
        np.testing.assert_array_equal(mlp.predict(x0, W, B, ["relu", "softmax"]), xs[-1])


def test_states_of_numbers_and_of_vectors():
    assert states.compute_states([[1, 0, 1]], 1.0, 0.5).tolist() == [[0, 1, 0.5, 1.25]]
    S = states.compute_states(ones(2, 5, 3), ones(3, 4), ones(4, 4), ones(4), "tanh", ones(2, 4))
    assert S.shape == (2, 6, 4)
    np.testing.assert_array_equal(S[:, 0], ones(2, 4))
    h_1 = states.step(ones(2, 3), ones(2, 4), ones(3, 4), ones(4, 4), ones(4), "tanh")
    np.testing.assert_allclose(h_1, S[:, 1], rtol=1e-15)


@pytest.mark.parametrize("numbers", [True, False])
def test_gradients_through_time_have_the_shape_of_what_they_differentiate(numbers):
    units, features = ((), ()) if numbers else ((4,), (3,))
    X, W_x, W_h = ones(2, 5, *features), ones(*features, *units), ones(*units, *units)
    S = states.compute_states(X, W_x, W_h)
    for window in (None, 2):
        g = bptt.backpropagate(X, S, np.ones_like(S[:, 1:]), W_x, W_h, "linear", window)
        assert g._fields == ("X", "W_x", "W_h", "b", "h0")
        shapes = [X.shape, W_x.shape, W_h.shape, units, (2, *units)]
        assert [np.shape(part) for part in g] == shapes
    each = bptt.contributions(X, S, np.ones_like(S[:, 1:]), W_x, W_h, "linear")
    assert [part.shape for part in (each.W_x, each.W_h, each.b)] == [
        (5, *shape) for shape in (W_x.shape, W_h.shape, units)
    ]
    assert bptt.jacobian(S[:, 1], W_h, "linear").shape == (2, *units, *units)


def test_a_gradient_can_be_checked():
    slope = gradcheck.numerical_gradient(lambda x: (x**2).sum(), [1.0, 3.0])
    assert gradcheck.relative_error(slope, [2.0, 6.0]) < 1e-8


@pytest.mark.parametrize("name", [*CELLS, *SEQUENCE_LAYERS])
def test_a_recurrent_layer_goes_forward_and_back(name):
    layer = getattr(layers, name).initialise(FEATURES, UNITS, rng=1)
    x = ones(BATCH, FEATURES) if name in CELLS else ones(BATCH, TIMESTEPS, FEATURES)
    initial = [ones(BATCH, UNITS)] * (2 if "LSTM" in name else 1)
    assert layer.forward(x, keep=False).shape == (BATCH, UNITS)
    y = layer.forward(x, *initial)
    assert [state.shape for state in layer.state] == [(BATCH, UNITS)] * len(initial)
    np.testing.assert_array_equal(y, layer.state[0])
    assert layer.backward(np.ones_like(y), tuple(initial)).shape == x.shape
    assert list(layer.parameters) == ["W_x", "W_h", "b"]
    assert set(layer.gradients) == {"W_x", "W_h", "b", *["h0", "c0"][: len(initial)]}
    without = getattr(layers, name)(layer.parameters["W_x"], layer.parameters["W_h"], None)
    assert list(without.parameters) == ["W_x", "W_h"]


@pytest.mark.parametrize("name", CELLS)
def test_the_plain_loop_reads_sequences_with_any_cell(name):
    cell = getattr(layers, name).initialise(FEATURES, UNITS, rng=1)
    layer = layers.RNN(cell, return_sequences=True)
    assert isinstance(layer, layers.Layer)
    y = layer.forward(ones(BATCH, TIMESTEPS, FEATURES), *[ones(BATCH, UNITS)] * len(cell.states))
    assert y.shape == (BATCH, TIMESTEPS, UNITS)
    assert layer.backward(np.ones_like(y)).shape == (BATCH, TIMESTEPS, FEATURES)
    assert layer.parameters.keys() < layer.gradients.keys()


@pytest.mark.parametrize("name", SEQUENCE_LAYERS)
def test_a_layer_of_sequences_can_return_them(name):
    layer = getattr(layers, name).initialise(FEATURES, UNITS, rng=1, return_sequences=True)
    assert layer.forward(ones(BATCH, TIMESTEPS, FEATURES)).shape == (BATCH, TIMESTEPS, UNITS)


def test_a_row_of_layers_reads_tokens_and_counts_its_parameters():
    model = layers.Sequential(
        [
            layers.Embedding(ones(9, 3)),
            layers.SimpleRNN(ones(3, 4), ones(4, 4)),
            layers.Dense(ones(4, 1)),
        ]
    )
    assert model.backward(np.ones_like(model.forward([[1, 2, 3], [4, 5, 6]]))) is None
    names = ["0.table", "1.W_x", "1.W_h", "2.W"]
    assert list(model.parameters) == names
    assert set(model.gradients) == {*names, "1.h0"}
    summary = str(model.summary())
    assert "(None, 3, 3)" in summary
    assert str(27 + 28 + 4) in summary


def test_an_elman_network_shows_its_steps():
    net = Elman(ones(3, 4), ones(4, 4), ones(4, 2), "tanh")
    o = net.forward(ones(2, 5, 3))
    assert o.shape == (2, 5, 2)
    assert [set(step) for step in net.steps] == [{"s", "prev_s", "o"}] * 5
    assert net.backward(np.ones_like(o), window=2)._fields == ("U", "W", "V")


@pytest.mark.parametrize(
    ("loss", "y", "target"),
    [
        ("mean_squared_error", ones(2, 3), ones(2, 3)),
        ("binary_cross_entropy_with_logits", ones(2, 3), ones(2, 3)),
        ("categorical_cross_entropy_with_logits", ones(2, 3), [0, 2]),
        ("binary_cross_entropy", ones(2, 3), ones(2, 3)),
        ("categorical_cross_entropy", ones(2, 3), [0, 2]),
    ],
)
def test_a_loss_is_a_number_and_a_gradient(loss, y, target):
    value, dy = getattr(training, loss)(y, target)
    assert type(value) is float
    assert dy.shape == y.shape


@pytest.mark.parametrize("optimiser", [training.SGD(0.1), training.Adam()], ids=repr)
def test_training_changes_a_model_and_keeps_a_history(optimiser):
    model, rng = layers.Dense.initialise(1, 1, rng=1), np.random.default_rng(1)
    before = model.parameters["W"].copy()
    history = training.fit(
        model, ones(4, 1), ones(4, 1), training.mean_squared_error, optimiser, 3, 2, rng
    )
    assert len(history["loss"]) == 3
    assert (model.parameters["W"] != before).all()


def test_gradients_are_clipped_by_their_common_norm():
    clipped, norm = training.clip_by_norm({"W": [6.0, 0.0], "b": [8.0]}, 5.0)
    assert norm == 10
    assert {name: g.tolist() for name, g in clipped.items()} == {"W": [3, 0], "b": [4]}


@pytest.mark.parametrize("task", [tasks.count_ones, tasks.first_bit, tasks.sine])
def test_a_task_makes_examples(task):
    x, y = task(7, 5, np.random.default_rng(1))
    assert (x.shape, y.shape) == ((7, 5, 1), (7, 1))


def test_the_digits_come_in_two_parts():
    train, test = tasks.digits()
    assert (train.x.shape, test.x.shape) == ((1437, 8, 8), (360, 8, 8))


@pytest.mark.parametrize("name", [*CELLS, *SEQUENCE_LAYERS])
def test_weights_go_to_keras_and_pytorch_and_back(name):
    layer = getattr(layers, name).initialise(FEATURES, UNITS, rng=1)
    in_torch = {"SimpleRNN": "RNN", "SimpleRNNCell": "RNNCell"}.get(name, name)
    for again in (
        interop.from_keras(name, interop.to_keras(layer)),
        interop.from_torch(in_torch, interop.to_torch(layer)),
    ):
        assert type(again) is type(layer)
        for key, value in layer.parameters.items():
            np.testing.assert_array_equal(again.parameters[key], value)


def test_dense_and_embedding_go_to_keras_and_pytorch_and_back():
    dense, table = layers.Dense(ones(3, 4), ones(4)), layers.Embedding(ones(9, 3))
    assert isinstance(interop.from_keras("Dense", interop.to_keras(dense)), layers.Dense)
    assert isinstance(interop.from_torch("Linear", interop.to_torch(dense)), layers.Dense)
    for convert, back in (
        (interop.from_keras, interop.to_keras),
        (interop.from_torch, interop.to_torch),
    ):
        assert isinstance(convert("Embedding", back(table)), layers.Embedding)
