"""Weights of Keras and PyTorch: orientation, order of the gates, round trips, refusals."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rnncore.activations import get
from rnncore.elman import Elman
from rnncore.interop import from_keras, from_torch, keras_example, to_keras, to_torch
from rnncore.layers import (
    GRU,
    LSTM,
    Bidirectional,
    Dense,
    Embedding,
    GRUCell,
    LSTMCell,
    Sequential,
    SimpleRNN,
    SimpleRNNCell,
)
from tests.support.reference_vectors import assert_agrees, load

FEATURES, UNITS = 3, 2
ONE = np.ones((2, 2))
RECURRENT_WEIGHTS = ("kernel", "recurrent_kernel", "bias")

KINDS = [SimpleRNN, LSTM, GRU, SimpleRNNCell, LSTMCell, GRUCell, Dense, Embedding]
RECURRENT = KINDS[:6]
IN_TORCH = {SimpleRNN: "RNN", SimpleRNNCell: "RNNCell", Dense: "Linear"}

kinds = pytest.mark.parametrize("kind", KINDS)
recurrent = pytest.mark.parametrize("kind", RECURRENT)


def keras_name(kind):
    return kind.__name__


def torch_name(kind):
    return IN_TORCH.get(kind, kind.__name__)


def is_cell(kind):
    return kind.__name__.endswith("Cell")


def is_gru(kind):
    return issubclass(kind, GRU)


def layer_of(kind, seed=0, bias=True, **options):
    """A layer with random weights, its bias included."""
    layer = kind.initialise(FEATURES, UNITS, rng=seed, **options)
    rng = np.random.default_rng(seed)
    weights = {name: rng.normal(size=p.shape) for name, p in layer.parameters.items()}
    if not bias:
        weights.pop("b", None)
    return kind(**weights, **options)


def torch_weights(kind, ends=None, bias=True):
    """Whole numbers, all different, in the shapes and under the names of PyTorch."""
    gates = kind.gates
    shapes = {"weight_ih": (gates * UNITS, FEATURES), "weight_hh": (gates * UNITS, UNITS)}
    if bias:
        shapes |= {"bias_ih": (gates * UNITS,), "bias_hh": (gates * UNITS,)}
    ends = ("" if is_cell(kind) else "_l0") if ends is None else ends
    sizes = np.cumsum([0, *map(np.prod, shapes.values())])
    return {
        f"{name}{ends}": np.arange(float(first), first + np.prod(shape)).reshape(shape)
        for first, (name, shape) in zip(sizes, shapes.items())
    }


def exactly(message):
    return rf"\A{re.escape(message)}\Z"


def assert_same_parameters(ours, theirs):
    assert ours.parameters.keys() == theirs.parameters.keys()
    for name, p in ours.parameters.items():
        assert_array_equal(p, theirs.parameters[name])


class Tensor:
    """What PyTorch's tensors ask for: in the graph, perhaps on another device."""

    def __init__(self, array, steps=("detach", "cpu")):
        self.array, self.steps = np.asarray(array), steps

    def detach(self):
        return self._after("detach")

    def cpu(self):
        return self._after("cpu")

    def numpy(self):
        assert not self.steps
        return self.array

    def _after(self, step):
        assert self.steps[0] == step
        return Tensor(self.array, self.steps[1:])


# From Keras, by hand


def test_a_kernel_of_keras_is_W_x_as_it_stands():
    kernel, recurrent, bias = [[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10]], [11, 12]
    layer = from_keras("SimpleRNN", [kernel, recurrent, bias])
    assert type(layer) is SimpleRNN
    assert_array_equal(layer.parameters["W_x"], kernel)
    assert_array_equal(layer.parameters["W_h"], recurrent)
    assert_array_equal(layer.parameters["b"], bias)
    assert layer.activation.name == "tanh"
    assert layer.return_sequences is False


def test_dense_and_embedding_of_keras():
    dense = from_keras("Dense", ([[1.0, 2.0]], [3.0, 4.0]), activation="relu")
    assert_array_equal(dense.forward([[1.0], [-10.0]]), [[4, 6], [0, 0]])
    embedding = from_keras("Embedding", [[[1.0, 2.0], [3.0, 4.0]]])
    assert_array_equal(embedding.forward([1]), [[3, 4]])


@kinds
def test_from_keras_makes_the_very_kind(kind):
    layer = from_keras(keras_name(kind), list(layer_of(kind).parameters.values()))
    assert type(layer) is kind


def test_options_go_to_the_layer():
    weights = [np.ones((3, 2)), np.ones((2, 2))]
    layer = from_keras("SimpleRNN", weights, activation="relu", return_sequences=True)
    assert layer.options == {
        **{"activation": get("relu"), "return_sequences": True, "reverse": False}
    }
    gates = [np.ones((3, 8)), np.ones((2, 8))]
    layer = from_keras("LSTM", gates, activation="relu", recurrent_activation="hard_sigmoid")
    assert layer.activation is get("relu")
    assert layer.recurrent_activation is get("hard_sigmoid")


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("name", ["go_backwards", "reverse"])
def test_go_backwards_is_reverse(name, value):
    layer = from_keras("SimpleRNN", [np.ones((3, 2)), np.ones((2, 2))], **{name: value})
    assert layer.reverse is value


@pytest.mark.parametrize(
    ("options", "mask"),
    [({}, None), ({"mask_zero": True}, 0), ({"mask_zero": False}, None), ({"mask": 2}, 2)],
)
def test_mask_zero_is_a_mask_of_token_0(options, mask):
    assert from_keras("Embedding", [np.ones((3, 2))], **options).options == {"mask": mask}


@pytest.mark.parametrize("kind", ["GRU", "GRUCell"])
def test_a_gru_reads_its_form_from_the_bias(kind):
    weights = [np.ones((3, 6)), np.ones((2, 6))]
    assert from_keras(kind, [*weights, np.ones((2, 6))]).reset_after is True
    assert from_keras(kind, [*weights, np.ones(6)]).reset_after is False
    assert from_keras(kind, [*weights, np.ones(6)], reset_after=False).reset_after is False
    assert from_keras(kind, [*weights, np.ones((2, 6))], reset_after=True).reset_after is True


def test_a_gru_without_bias_has_to_be_told():
    weights = [np.ones((3, 6)), np.ones((2, 6))]
    assert from_keras("GRU", weights).reset_after is True
    assert from_keras("GRU", weights, reset_after=False).reset_after is False


# From PyTorch, by hand


def test_weights_of_pytorch_are_transposed_and_two_biases_added():
    weights = {"weight_ih_l0": [[1, 2, 3], [4, 5, 6]], "weight_hh_l0": [[1, 2], [3, 4]]}
    biases = {"bias_ih_l0": [10, 20], "bias_hh_l0": [1, 2]}
    layer = from_torch("RNN", weights | biases)
    assert type(layer) is SimpleRNN
    assert_array_equal(layer.parameters["W_x"], [[1, 4], [2, 5], [3, 6]])
    assert_array_equal(layer.parameters["W_h"], [[1, 3], [2, 4]])
    assert_array_equal(layer.parameters["b"], [11, 22])
    assert layer.activation.name == "tanh"


def test_the_gates_of_an_lstm_keep_their_order():
    # i f g o in PyTorch; g is c in Keras.
    weights = {"weight_ih": [[1], [2], [3], [4]], "weight_hh": [[5], [6], [7], [8]]}
    biases = {"bias_ih": [10, 20, 30, 40], "bias_hh": [1, 1, 1, 1]}
    layer = from_torch("LSTMCell", weights | biases)
    assert_array_equal(layer.parameters["W_x"], [[1, 2, 3, 4]])
    assert_array_equal(layer.parameters["W_h"], [[5, 6, 7, 8]])
    assert_array_equal(layer.parameters["b"], [11, 21, 31, 41])


def test_the_gates_r_z_n_of_a_gru_become_z_r_h():
    weights = {"weight_ih": [[1], [2], [3]], "weight_hh": [[4], [5], [6]]}
    biases = {"bias_ih": [10, 20, 30], "bias_hh": [40, 50, 60]}
    layer = from_torch("GRUCell", weights | biases)
    assert_array_equal(layer.parameters["W_x"], [[2, 1, 3]])
    assert_array_equal(layer.parameters["W_h"], [[5, 4, 6]])
    assert_array_equal(layer.parameters["b"], [[20, 10, 30], [50, 40, 60]])
    assert layer.reset_after is True


def test_blocks_of_several_units_stay_together():
    r, z, n = [[1, 1, 1], [2, 2, 2]], [[3, 3, 3], [4, 4, 4]], [[5, 5, 5], [6, 6, 6]]
    weights = {"weight_ih_l0": [*r, *z, *n], "weight_hh_l0": np.ones((6, 2))}
    layer = from_torch("GRU", weights)
    assert_array_equal(layer.parameters["W_x"], [[3, 4, 1, 2, 5, 6]] * 3)
    assert "b" not in layer.parameters


def test_linear_and_embedding_of_pytorch():
    layer = from_torch("Linear", {"weight": [[1.0, 2.0]], "bias": [3.0]})
    assert_array_equal(layer.forward([[1.0, 10.0]]), [[24.0]])
    bare = from_torch("Linear", {"weight": [[1.0, 2.0]]}, activation="relu")
    assert_array_equal(bare.forward([[1.0, -10.0]]), [[0.0]])
    embedding = from_torch("Embedding", {"weight": [[1.0, 2.0], [3.0, 4.0]]})
    assert_array_equal(embedding.forward([1]), [[3.0, 4.0]])


@recurrent
def test_from_torch_makes_the_very_kind_and_takes_either_spelling(kind):
    plain = from_torch(torch_name(kind), torch_weights(kind, ends=""))
    layered = from_torch(torch_name(kind), torch_weights(kind, ends="_l0"))
    assert type(plain) is type(layered) is kind
    assert_same_parameters(plain, layered)


@recurrent
def test_the_order_of_the_names_does_not_matter(kind):
    weights = torch_weights(kind)
    backwards = dict(reversed(weights.items()))
    assert_same_parameters(
        from_torch(torch_name(kind), backwards), from_torch(torch_name(kind), weights)
    )


def test_layers_of_pytorch_put_out_sequences_unless_told_otherwise():
    for kind in (SimpleRNN, LSTM, GRU):
        weights = torch_weights(kind)
        assert from_torch(torch_name(kind), weights).return_sequences is True
        last = from_torch(torch_name(kind), weights, return_sequences=False)
        assert last.return_sequences is False


def test_relu_is_the_activation_of_a_relu_rnn():
    weights = torch_weights(SimpleRNN)
    assert from_torch("RNN", weights, activation="relu").activation.name == "relu"


@recurrent
def test_tensors_are_taken_out_of_their_graph(kind):
    weights = torch_weights(kind)
    tensors = {name: Tensor(array) for name, array in weights.items()}
    assert_same_parameters(
        from_torch(torch_name(kind), tensors), from_torch(torch_name(kind), weights)
    )


def test_a_tensor_that_holds_no_real_numbers_is_refused_by_its_name():
    message = "weight must hold real numbers, got an array of type complex64."
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("Linear", {"weight": Tensor(np.ones((2, 3), "c8"))})


def test_the_layer_has_copies():
    weights = torch_weights(SimpleRNN)
    layer = from_torch("RNN", weights)
    weights["weight_ih_l0"][:] = 7
    assert not (layer.parameters["W_x"] == 7).any()


# Several layers, two directions, a layer inside a model


def test_bidirectional_of_keras_has_the_layer_that_reads_forward_first():
    forward, backward = ([np.full((3, 2), k), np.full((2, 2), k + 1), [k, k]] for k in (1, 5))
    layer = from_keras("Bidirectional", [*forward, *backward], layer="SimpleRNN")
    assert type(layer) is Bidirectional
    assert layer.merge == "concat"
    for inner, weights, reverse in zip(
        layer.inner.values(), (forward, backward), (False, True), strict=True
    ):
        assert type(inner) is SimpleRNN
        assert inner.reverse is reverse
        for ours, theirs in zip(inner.parameters.values(), weights, strict=True):
            assert_array_equal(ours, theirs)


def test_both_directions_get_the_options():
    weights = [np.ones((3, 6)), np.ones((2, 6)), np.ones(6)] * 2
    options = {"return_sequences": True, "recurrent_activation": "hard_sigmoid"}
    layer = from_keras("Bidirectional", weights, layer="GRU", merge_mode="sum", **options)
    assert layer.merge == "sum"
    for inner in layer.inner.values():
        assert inner.return_sequences is True
        assert inner.recurrent_activation is get("hard_sigmoid")
        assert inner.reset_after is False


MODEL = [
    *("m/table/embeddings", "m/rnn/cell/kernel", "m/rnn/cell/recurrent_kernel", "m/rnn/cell/bias"),
    *("m/rnn_1/cell/kernel", "m/rnn_1/cell/recurrent_kernel", "m/rnn_1/cell/bias"),
    *(f"m/both/{way}_gru/cell/{w}" for way in ("forward", "backward") for w in RECURRENT_WEIGHTS),
    *("m/dense/kernel", "m/dense/bias"),
]


def model_of_keras():
    """The weights of a model by their paths, each filled with its place."""
    shapes = {"embeddings": (9, 2), "kernel": (2, 2), "recurrent_kernel": (2, 2), "bias": (2,)}
    gates = {"kernel": (2, 6), "recurrent_kernel": (2, 6), "bias": (2, 6)}
    last = [path.rpartition("/")[2] for path in MODEL]
    return {
        path: np.full((gates if "gru" in path else shapes)[name], float(k))
        for k, (path, name) in enumerate(zip(MODEL, last))
    }


@pytest.mark.parametrize("order", [iter, reversed, sorted])
@pytest.mark.parametrize("end", ["", "/"])
def test_a_prefix_finds_a_layer_of_a_model_in_any_order(order, end):
    weights = {path: model_of_keras()[path] for path in order(MODEL)}

    def places(kind, prefix, **options):
        layer = from_keras(kind, weights, prefix=prefix + end, **options)
        return [p.flat[0] for p in layer.parameters.values()]

    assert places("Embedding", "m/table") == [0]
    assert places("SimpleRNN", "m/rnn") == [1, 2, 3]
    assert places("SimpleRNN", "m/rnn_1") == [4, 5, 6]
    assert places("Bidirectional", "m/both", layer="GRU") == [7, 8, 9, 10, 11, 12]
    assert places("GRU", "m/both/backward_gru") == [10, 11, 12]
    assert places("Dense", "m/dense") == [13, 14]


def test_paths_of_a_single_layer_need_no_prefix():
    weights = {"bias": [3.0], "kernel": [[2.0]]}
    assert_array_equal(from_keras("Dense", weights).forward([[5.0]]), [[13.0]])


def stacked_weights(kind, depth, both, bias=True):
    """Whole numbers under PyTorch's names of several layers, a further 1000 for each part."""
    ends = [f"_l{k}{way}" for k in range(depth) for way in ("", "_reverse")[: 1 + both]]
    found = {}
    for k, end in enumerate(ends):
        part = torch_weights(kind, end, bias)
        if not end.startswith("_l0"):
            part[f"weight_ih{end}"] = np.ones((kind.gates * UNITS, (1 + both) * UNITS))
        found |= {name: array + 1000 * k for name, array in part.items()}
    return found


@pytest.mark.parametrize("kind", [SimpleRNN, LSTM, GRU])
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("both", [False, True])
def test_each_layer_and_direction_of_pytorch_is_what_it_is_alone(kind, depth, both):
    weights = stacked_weights(kind, depth, both)
    made = from_torch(torch_name(kind), weights)
    assert type(made) is (Sequential if depth > 1 else Bidirectional if both else kind)
    row = made.layers if depth > 1 else [made]
    assert len(row) == depth
    for k, level in enumerate(row):
        each = [*level.inner.values()] if both else [level]
        for layer, way in zip(each, ("", "_reverse")):
            alone = {
                name: weights[f"{name}_l{k}{way}"]
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            }
            assert type(layer) is kind
            assert layer.reverse is bool(way)
            assert_same_parameters(layer, from_torch(torch_name(kind), alone))


@pytest.mark.parametrize("both", [False, True])
def test_all_layers_but_the_last_put_out_sequences(both):
    weights = stacked_weights(LSTM, 3, both)
    sequences = [layer.return_sequences for layer in from_torch("LSTM", weights).layers]
    assert sequences == [True, True, True]
    made = from_torch("LSTM", weights, return_sequences=False)
    assert [layer.return_sequences for layer in made.layers] == [True, True, False]
    assert made.forward(np.ones((2, 4, FEATURES))).shape == (2, (1 + both) * UNITS)


def test_relu_is_the_activation_of_every_layer():
    made = from_torch("RNN", stacked_weights(SimpleRNN, 2, True), activation="relu")
    assert str(made).count("relu") == 4


def test_more_than_ten_layers_stay_in_order():
    weights = stacked_weights(SimpleRNN, 12, False)
    first = [layer.parameters["W_h"][0, 0] for layer in from_torch("RNN", weights).layers]
    assert first == [1000 * k + UNITS * FEATURES for k in range(12)]


@given(
    st.sampled_from([SimpleRNN, LSTM, GRU]),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "encoder.rnn."]),
    st.integers(0, 1000),
)
def test_a_stack_to_pytorch_and_back_is_exact(kind, depth, both, bias, prefix, seed):
    layer = stack(kind, depth, both, bias, seed)
    theirs = to_torch(layer, prefix) | ({"other.weight": ONE} if prefix else {})
    again = from_torch(torch_name(kind), theirs, prefix=prefix)
    assert repr(again) == repr(layer)
    assert_same_parameters(again, layer)


def stack(kind, depth, both, bias, seed, **options):
    """Layers with random weights, as PyTorch has them in one module."""
    rng, row = np.random.default_rng(seed), []
    for k in range(depth):
        features = (1 + both) * UNITS if k else FEATURES
        each = [
            random_layer(kind, rng, bias, features, UNITS, return_sequences=True, **own, **options)
            for own in ({}, {"reverse": True})[: 1 + both]
        ]
        row.append(Bidirectional(*each) if both else each[0])
    return Sequential(row) if depth > 1 else row[0]


@given(
    st.sampled_from([SimpleRNN, LSTM, GRU]),
    st.booleans(),
    st.sampled_from(["concat", "sum"]),
    st.integers(0, 1000),
)
def test_bidirectional_to_keras_and_back_is_exact(kind, bias, merge, seed):
    both = stack(kind, 1, True, bias, seed)
    layer = Bidirectional(*both.inner.values(), merge)
    options = {"layer": keras_name(kind), "merge_mode": merge, "return_sequences": True}
    again = from_keras("Bidirectional", to_keras(layer), **options)
    assert repr(again) == repr(layer)
    assert_same_parameters(again, layer)


def test_a_model_gives_keras_its_layers_one_after_the_other():
    both = stack(LSTM, 1, True, True, 1)
    row = [layer_of(Embedding), both, layer_of(GRU, bias=False), layer_of(Dense)]
    theirs = to_keras(Sequential(row))
    alone = [array for layer in row for array in to_keras(layer)]
    assert len(theirs) == len(alone) == 1 + 6 + 2 + 2
    for array, other in zip(theirs, alone):
        assert_array_equal(array, other)


# To Keras and PyTorch, by hand


def test_pytorch_gets_the_bias_as_bias_ih_and_zeros():
    layer = LSTM([[1, 2, 3, 4]], [[5, 6, 7, 8]], [9, 10, 11, 12])
    theirs = to_torch(layer)
    assert list(theirs) == ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    assert_array_equal(theirs["weight_ih_l0"], [[1], [2], [3], [4]])
    assert_array_equal(theirs["weight_hh_l0"], [[5], [6], [7], [8]])
    assert_array_equal(theirs["bias_ih_l0"], [9, 10, 11, 12])
    assert_array_equal(theirs["bias_hh_l0"], [0, 0, 0, 0])


def test_a_gru_goes_back_to_r_z_n_with_both_its_biases():
    theirs = to_torch(GRUCell([[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9], [10, 11, 12]]))
    assert list(theirs) == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    assert_array_equal(theirs["weight_ih"], [[2], [1], [3]])
    assert_array_equal(theirs["weight_hh"], [[5], [4], [6]])
    assert_array_equal(theirs["bias_ih"], [8, 7, 9])
    assert_array_equal(theirs["bias_hh"], [11, 10, 12])


def test_dense_and_embedding_for_pytorch():
    theirs = to_torch(Dense([[1, 2], [3, 4], [5, 6]], [7, 8]))
    assert list(theirs) == ["weight", "bias"]
    assert_array_equal(theirs["weight"], [[1, 3, 5], [2, 4, 6]])
    assert_array_equal(theirs["bias"], [7, 8])
    assert list(to_torch(Dense([[1.0]]))) == ["weight"]
    assert_array_equal(to_torch(Embedding([[1, 2], [3, 4]]))["weight"], [[1, 2], [3, 4]])


@pytest.mark.parametrize("bias", [True, False])
@kinds
def test_what_is_given_out_is_a_copy(kind, bias):
    layer = layer_of(kind, bias=bias)
    before = {name: p.copy() for name, p in layer.parameters.items()}
    for array in [*to_keras(layer), *to_torch(layer).values()]:
        assert array.flags.c_contiguous
        assert array.flags.writeable
        array[:] = 7
    for name, p in layer.parameters.items():
        assert_array_equal(p, before[name])


@kinds
def test_float32_stays_float32(kind):
    parameters = layer_of(kind).parameters.items()
    layer = kind(**{name: p.astype(np.float32) for name, p in parameters})
    arrays = [*to_keras(layer), *to_torch(layer).values()]
    again = from_torch(torch_name(kind), to_torch(layer))
    assert {a.dtype for a in [*arrays, *again.parameters.values()]} == {np.dtype(np.float32)}


# Round trips


@given(
    st.sampled_from(KINDS),
    st.integers(0, 1000),
    st.booleans(),
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_to_keras_and_back_is_exact(kind, seed, bias, features, units):
    layer = random_layer(kind, seed, bias, features, units)
    assert_same_parameters(from_keras(keras_name(kind), to_keras(layer)), layer)


@given(
    st.sampled_from(KINDS),
    st.integers(0, 1000),
    st.booleans(),
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_to_pytorch_and_back_is_exact(kind, seed, bias, features, units):
    layer = random_layer(kind, seed, bias, features, units)
    again = from_torch(torch_name(kind), to_torch(layer))
    assert_same_parameters(again, layer)


@given(st.sampled_from([GRU, GRUCell]), st.integers(0, 1000))
def test_a_gru_with_the_reset_before_goes_to_keras_and_back(kind, seed):
    layer = layer_of(kind, seed, reset_after=False)
    again = from_keras(keras_name(kind), to_keras(layer))
    assert_same_parameters(again, layer)
    assert again.reset_after is False


@given(st.sampled_from([GRU, GRUCell]), st.integers(0, 1000))
def test_from_pytorch_and_back_is_exact_for_a_gru(kind, seed):
    rng = np.random.default_rng(seed)
    weights = {name: rng.normal(size=a.shape) for name, a in torch_weights(kind).items()}
    again = to_torch(from_torch(torch_name(kind), weights))
    assert again.keys() == weights.keys()
    for name in weights:
        assert_array_equal(again[name], weights[name])


def random_layer(kind, seed, bias, features, units, **options):
    rng = np.random.default_rng(seed)
    first = kind.initialise(features, units, rng=rng)
    weights = {name: rng.normal(size=p.shape) for name, p in first.parameters.items()}
    return kind(**{name: w for name, w in weights.items() if bias or name != "b"}, **options)


# Refusals

KERAS_KINDS = "SimpleRNN, LSTM, GRU, SimpleRNNCell, LSTMCell, GRUCell, Dense, Embedding"
TORCH_KINDS = "RNN, LSTM, GRU, RNNCell, LSTMCell, GRUCell, Linear, Embedding"


@pytest.mark.parametrize("kind", ["RNN", "lstm", None, LSTM, ["LSTM"]], ids=repr)
def test_a_kind_that_keras_does_not_have_is_refused(kind):
    message = f"kind must be one of {KERAS_KINDS}, Bidirectional, got {kind!r}."
    with pytest.raises(ValueError, match=exactly(message)):
        from_keras(kind, [])


@pytest.mark.parametrize("kind", ["SimpleRNN", "Dense", 3], ids=repr)
def test_a_kind_that_pytorch_does_not_have_is_refused(kind):
    message = f"kind must be one of {TORCH_KINDS}, got {kind!r}."
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch(kind, {})


RECURRENT_LIST = "[kernel, recurrent_kernel, bias if there is one]"


@pytest.mark.parametrize(
    ("kind", "weights", "expected", "came"),
    [
        ("LSTM", [ONE], RECURRENT_LIST, "1 arrays"),
        ("GRUCell", [ONE] * 4, RECURRENT_LIST, "4 arrays"),
        ("SimpleRNN", ONE, RECURRENT_LIST, "ndarray"),
        ("Dense", [], "[kernel, bias if there is one]", "0 arrays"),
        ("Dense", (ONE,) * 3, "[kernel, bias if there is one]", "3 arrays"),
        ("Embedding", [], "[embeddings]", "0 arrays"),
        ("Embedding", [ONE, ONE], "[embeddings]", "2 arrays"),
        ("Embedding", None, "[embeddings]", "NoneType"),
    ],
)
def test_a_list_that_is_not_that_of_the_kind_is_refused(kind, weights, expected, came):
    message = (
        f"weights must be the list that get_weights() of {kind} gives, {expected}, got {came}."
    )
    with pytest.raises(ValueError, match=exactly(message)):
        from_keras(kind, weights)


@pytest.mark.parametrize("kind", [None, "Dense", "LSTMCell", "Bidirectional"], ids=repr)
def test_bidirectional_needs_a_layer_that_reads_sequences(kind):
    message = f"layer must be one of SimpleRNN, LSTM, GRU, got {kind!r}."
    with pytest.raises(ValueError, match=exactly(message)):
        from_keras("Bidirectional", [ONE] * 6, **({} if kind is None else {"layer": kind}))


@pytest.mark.parametrize(
    ("weights", "came"), [([ONE] * 3, "3 arrays"), ([ONE] * 5, "5 arrays"), (None, "NoneType")]
)
def test_bidirectional_needs_the_weights_of_both(weights, came):
    message = (
        "weights must be the list that get_weights() of Bidirectional gives,"
        f" {RECURRENT_LIST} twice, got {came}."
    )
    with pytest.raises(ValueError, match=exactly(message)):
        from_keras("Bidirectional", weights, layer="LSTM")


def test_what_bidirectional_does_not_do_is_refused():
    weights = [np.ones((3, 2)), np.ones((2, 2))] * 2
    with pytest.raises(ValueError, match="'concat' or 'sum', got 'ave'"):
        from_keras("Bidirectional", weights, layer="SimpleRNN", merge_mode="ave")
    with pytest.raises(ValueError, match="forward must have reverse=False"):
        from_keras("Bidirectional", weights, layer="SimpleRNN", go_backwards=True)


def test_a_prefix_under_which_there_is_nothing_is_refused():
    message = f"weights must be a dict with paths that begin with m/lstm/, got {', '.join(MODEL)}."
    with pytest.raises(ValueError, match=exactly(message)):
        from_keras("LSTM", model_of_keras(), prefix="m/lstm")


@pytest.mark.parametrize("prefix", [None, 3])
def test_a_prefix_that_is_no_text_begins_no_name(prefix):
    with pytest.raises(ValueError, match=f"paths that begin with {prefix}/, got m/table"):
        from_keras("Dense", model_of_keras(), prefix=prefix)
    with pytest.raises(ValueError, match=rf"\. missing: {prefix}weight\.\Z"):
        from_torch("Linear", {"weight": ONE}, prefix=prefix)


@pytest.mark.parametrize(("weights", "came"), [([ONE], "list"), ({}, "dict")])
def test_a_prefix_needs_paths(weights, came):
    message = f"weights must be a dict with paths that begin with m/dense/, got {came}."
    with pytest.raises(ValueError, match=exactly(message)):
        from_keras("Dense", weights, prefix="m/dense")


@pytest.mark.parametrize(
    ("shape", "option", "expected"),
    [((2, 6), False, "(3·units,) = (6,)"), ((6,), True, "(inputs and state, 3·units) = (2, 6)")],
)
def test_a_reset_form_that_contradicts_the_bias_is_refused(shape, option, expected):
    weights = [np.ones((3, 6)), np.ones((2, 6)), np.ones(shape)]
    message = f"bias must have shape {expected}, got {shape}."
    with pytest.raises(ValueError, match=exactly(message)):
        from_keras("GRU", weights, reset_after=option)


@pytest.mark.parametrize("shape", [(), (1, 2, 6)])
def test_a_bias_of_no_form_is_refused_by_the_layer(shape):
    message = f"bias must have shape (3·units,) = (6,), got {shape}."
    with pytest.raises(ValueError, match=exactly(message)):
        from_keras("GRU", [np.ones((3, 6)), np.ones((2, 6)), np.ones(shape)])


@pytest.mark.parametrize(
    ("kind", "weights", "message"),
    [
        (
            "LSTM",
            [np.ones((8, 3)), np.ones((2, 8))],
            "kernel must have shape (features, 4·units) = (any, 8), got (8, 3)."
            " Its transpose fits: pass kernel.T.",
        ),
        (
            "GRUCell",
            [np.ones((3, 6)), np.ones((6, 2))],
            "recurrent_kernel must have shape (units, 3·units) = (2, 6), got (6, 2)."
            " Its transpose fits: pass recurrent_kernel.T.",
        ),
        ("SimpleRNN", [np.ones((3, 2)), None], "recurrent_kernel must hold real numbers, got None"),
        (
            "SimpleRNN",
            [np.ones((3, 2)), np.eye(2), np.ones(3)],
            "bias must have shape (units,) = (2,), got (3,).",
        ),
        ("Dense", [np.ones(3)], "kernel must have shape (in, out), got (3,)."),
        ("Dense", [ONE, np.ones(3)], "bias must have shape (out,) = (2,), got (3,)."),
        ("Embedding", [np.ones(3)], "embeddings must have shape (tokens, units), got (3,)."),
    ],
)
def test_shapes_of_keras_are_checked_under_its_own_names(kind, weights, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        from_keras(kind, weights)


def test_a_bias_that_is_no_numbers_is_refused():
    message = "bias must hold real numbers, got None."
    with pytest.raises(ValueError, match=exactly(message)):
        from_keras("GRU", [np.ones((3, 6)), np.ones((2, 6)), None])


ALL = "weight_ih_l0, weight_hh_l0 and, where there is a bias, bias_ih_l0, bias_hh_l0"


@pytest.mark.parametrize(
    ("without", "besides", "came"),
    [
        (["weight_ih_l0"], [], "missing: weight_ih_l0."),
        (["weight_hh_l0"], [], "missing: weight_hh_l0."),
        (["bias_ih_l0"], [], "missing: bias_ih_l0."),
        (["bias_hh_l0"], [], "missing: bias_hh_l0."),
        (["weight_ih_l0", "bias_ih_l0"], [], "missing: weight_ih_l0, bias_ih_l0."),
        ([], ["kernel", "weight_l0"], "left over: kernel, weight_l0."),
        ([], ["weight_ih"], "left over: weight_ih."),
        ([], ["weight_ih_l0_l0"], "left over: weight_ih_l0_l0."),
        (["weight_hh_l0"], ["W"], "missing: weight_hh_l0; left over: W."),
    ],
)
def test_names_that_are_missing_or_unknown_are_listed(without, besides, came):
    weights = torch_weights(LSTM) | dict.fromkeys(besides, ONE)
    for name in without:
        del weights[name]
    message = f"state_dict of LSTM must hold {ALL}. {came}"
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("LSTM", weights)


@pytest.mark.parametrize(
    ("kind", "names", "message"),
    [
        (
            "Linear",
            ["bias"],
            "state_dict of Linear must hold weight and, where there is a bias, bias."
            " missing: weight.",
        ),
        (
            "Linear",
            ["weight", "bias_l0"],
            "state_dict of Linear must hold weight and, where there is a bias, bias."
            " left over: bias_l0.",
        ),
        ("Embedding", [], "state_dict of Embedding must hold weight. missing: weight."),
        (
            "Embedding",
            ["weight_l0"],
            "state_dict of Embedding must hold weight. missing: weight; left over: weight_l0.",
        ),
        (
            "GRUCell",
            ["weight_ih_l0"],
            "state_dict of GRUCell must hold weight_ih, weight_hh and, where there is a bias,"
            " bias_ih, bias_hh. missing: weight_hh.",
        ),
    ],
)
def test_each_kind_has_names_of_its_own(kind, names, message):
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch(kind, dict.fromkeys(names, ONE))


@pytest.mark.parametrize(
    ("depth", "both", "without"),
    [
        (2, False, "weight_hh_l1"),
        (3, False, "bias_ih_l1"),
        (1, True, "weight_ih_l0"),
        (2, True, "bias_hh_l0_reverse"),
        (2, True, "weight_ih_l1_reverse"),
    ],
)
def test_every_layer_and_direction_has_to_be_complete(depth, both, without):
    weights = stacked_weights(LSTM, depth, both)
    del weights[without]
    with pytest.raises(ValueError, match=rf"\. missing: {without}\.\Z"):
        from_torch("LSTM", weights)


def test_a_layer_between_must_not_be_missing():
    weights = stacked_weights(LSTM, 3, False, bias=False)
    weights = {name: array for name, array in weights.items() if not name.endswith("_l1")}
    message = (
        "state_dict of LSTM must hold weight_ih_l0, weight_hh_l0, weight_ih_l1, weight_hh_l1 and,"
        " where there is a bias, bias_ih_l0, bias_hh_l0, bias_ih_l1, bias_hh_l1."
        " missing: weight_ih_l1, weight_hh_l1; left over: weight_ih_l2, weight_hh_l2."
    )
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("LSTM", weights)


@pytest.mark.parametrize("kind", ["LSTMCell", "Linear", "Embedding"])
def test_what_reads_no_sequences_has_no_further_layers(kind):
    weights = {"weight_ih": ONE, "weight_hh": ONE} if kind == "LSTMCell" else {"weight": ONE}
    with pytest.raises(ValueError, match=r"\. left over: weight_ih_l1, weight_ih_l0_reverse\.\Z"):
        from_torch(kind, weights | {"weight_ih_l1": ONE, "weight_ih_l0_reverse": ONE})


@pytest.mark.parametrize("both", [False, True])
def test_a_layer_has_to_read_what_the_one_before_puts_out(both):
    weights = stacked_weights(LSTM, 2, both) | {"weight_ih_l1": np.ones((8, 3))}
    features = (1 + both) * UNITS
    message = f"weight_ih_l1 must have shape (4·units, features) = (8, {features}), got (8, 3)."
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("LSTM", weights)


@pytest.mark.parametrize("name", ["weight_hr_l0", "weight_hr_l1_reverse"])
def test_projections_are_refused(name):
    message = f"rnn.{name} is a projection, which no LSTM here has: set proj_size=0."
    weights = {f"rnn.{n}": array for n, array in torch_weights(LSTM).items()}
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("LSTM", weights | {f"rnn.{name}": ONE}, prefix="rnn.")


def test_a_module_inside_a_model_is_told_its_prefix():
    weights = {f"encoder.rnn.{name}": array for name, array in torch_weights(LSTM).items()}
    with pytest.raises(ValueError, match=r"pass prefix='encoder\.rnn\.'\.\Z"):
        from_torch("LSTM", weights)
    with pytest.raises(ValueError, match=r"missing: encoder\.rnnweight_ih_l0, .*='encoder\.rnn\.'"):
        from_torch("LSTM", weights, prefix="encoder.rnn")
    with pytest.raises(ValueError, match=r"missing: rnn\.weight_ih_l0, rnn\.weight_hh_l0\.\Z"):
        from_torch("LSTM", weights, prefix="rnn.")


def test_shapes_are_checked_under_the_full_name():
    weights = {"rnn.weight_ih_l0": ONE, "rnn.weight_hh_l0": np.ones((8, 3))}
    with pytest.raises(ValueError, match=r"^rnn\.weight_hh_l0 must have shape"):
        from_torch("LSTM", weights, prefix="rnn.")


def test_a_prefix_stands_before_every_name():
    assert list(to_torch(Dense([[1.0]], [2.0]), "head.")) == ["head.weight", "head.bias"]
    layer = from_torch("Linear", {"head.weight": [[2.0]], "weight": [[3.0]]}, prefix="head.")
    assert_array_equal(layer.parameters["W"], [[2.0]])


@pytest.mark.parametrize(
    "second",
    [
        layer_of(LSTM),
        random_layer(SimpleRNN, 1, True, UNITS, UNITS + 1),
        random_layer(SimpleRNN, 1, True, UNITS, UNITS, activation="relu"),
        random_layer(SimpleRNN, 1, False, UNITS, UNITS),
        stack(SimpleRNN, 1, True, True, 1),
    ],
    ids=["kind", "units", "activation", "bias", "directions"],
)
def test_layers_in_a_row_have_to_be_alike_for_pytorch(second):
    layer = Sequential([layer_of(SimpleRNN, return_sequences=True), second])
    message = (
        "layers of a Sequential must be alike in kind, units, directions, activation and bias, as"
        f" with PyTorch's num_layers, got {layer!r}."
    )
    with pytest.raises(ValueError, match=exactly(message)):
        to_torch(layer)


@pytest.mark.parametrize("other", [Dense([[1.0]]), layer_of(GRUCell), Sequential([layer_of(GRU)])])
def test_a_stack_for_pytorch_has_only_what_reads_sequences(other):
    came = type(other).__name__
    message = f"layer must be one of SimpleRNN, LSTM, GRU, got {came}."
    with pytest.raises(ValueError, match=exactly(message)):
        to_torch(Sequential([layer_of(GRU), other]))


def test_pytorch_reads_backwards_only_as_the_second_of_two_directions():
    message = "reverse must be False: PyTorch's LSTM has no other, got True."
    with pytest.raises(ValueError, match=exactly(message)):
        to_torch(layer_of(LSTM, reverse=True))
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("LSTM", torch_weights(LSTM), reverse=True)


def test_pytorch_adds_no_directions():
    both = stack(LSTM, 1, True, True, 1).inner.values()
    message = "merge must be concat: PyTorch's Bidirectional has no other, got sum."
    with pytest.raises(ValueError, match=exactly(message)):
        to_torch(Bidirectional(*both, "sum"))


@pytest.mark.parametrize("kind", [LSTM, GRU, LSTMCell, GRUCell])
@pytest.mark.parametrize(
    ("name", "value", "known"),
    [("activation", "relu", "tanh"), ("recurrent_activation", "hard_sigmoid", "sigmoid")],
)
def test_pytorch_has_no_gates_of_another_activation(kind, name, value, known):
    theirs = torch_name(kind)
    message = f"{name} must be {known}: PyTorch's {theirs} has no other, got {value}."
    with pytest.raises(ValueError, match=exactly(message)):
        to_torch(layer_of(kind, **{name: value}))
    for option in (value, get(value)):
        with pytest.raises(ValueError, match=exactly(message)):
            from_torch(theirs, torch_weights(kind), **{name: option})
    assert from_torch(theirs, torch_weights(kind), **{name: known}).options[name] is get(known)


@pytest.mark.parametrize("value", [None, [ONE, ONE]], ids=["None", "list"])
def test_what_is_no_state_dict_is_refused(value):
    came = type(value).__name__
    message = f"state_dict must be a dict, as state_dict() gives it, got {came}."
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("LSTM", value)


@pytest.mark.parametrize(
    ("kind", "name", "shape", "message"),
    [
        (LSTM, "weight_hh", (8,), "(4·units, units), got (8,)."),
        (LSTM, "weight_hh", (7, 2), "(4·units, units) = (8, 2), got (7, 2)."),
        (LSTM, "weight_ih", (7, 3), "(4·units, features) = (8, any), got (7, 3)."),
        (LSTM, "bias_ih", (7,), "(4·units,) = (8,), got (7,)."),
        (LSTM, "bias_hh", (2, 8), "(4·units,) = (8,), got (2, 8)."),
        (SimpleRNN, "weight_hh", (3, 2), "(units, units) = (2, 2), got (3, 2)."),
        (SimpleRNN, "bias_ih", (1,), "(units,) = (2,), got (1,)."),
    ],
)
def test_shapes_of_pytorch_are_checked_in_its_own_orientation(kind, name, shape, message):
    weights = torch_weights(kind) | {f"{name}_l0": np.ones(shape)}
    with pytest.raises(ValueError, match=exactly(f"{name}_l0 must have shape {message}")):
        from_torch(torch_name(kind), weights)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("weight_ih", "(3·units, features) = (6, any), got (3, 6)"),
        ("weight_hh", "(3·units, units) = (6, 2), got (2, 6)"),
    ],
)
def test_a_transposed_weight_of_pytorch_is_recognised(name, message):
    weights = torch_weights(GRUCell)
    weights[name] = weights[name].T
    message = f"{name} must have shape {message}. Its transpose fits: pass {name}.T."
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("GRUCell", weights)


@pytest.mark.parametrize(
    ("weight", "bias", "message"),
    [
        ((3,), (3,), "weight must have shape (out, in), got (3,)."),
        ((3, 2), (2,), "bias must have shape (out,) = (3,), got (2,)."),
    ],
)
def test_shapes_of_linear_are_checked(weight, bias, message):
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("Linear", {"weight": np.ones(weight), "bias": np.ones(bias)})


def test_the_shape_of_an_embedding_is_checked():
    message = "weight must have shape (tokens, units), got (3,)."
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("Embedding", {"weight": np.ones(3)})


def test_a_type_that_numpy_does_not_have_is_refused():
    class Half(Tensor):
        """A tensor of bfloat16, as PyTorch's own answers to numpy()."""

        dtype = "torch.bfloat16"

        def detach(self):
            return self

        def cpu(self):
            return self

        def numpy(self):
            raise TypeError("Got unsupported ScalarType BFloat16")

    message = (
        "weight_hh_l0 must be of a type that NumPy has, got torch.bfloat16: pass"
        " weight_hh_l0.float()."
    )
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("LSTM", torch_weights(LSTM) | {"weight_hh_l0": Half(ONE)})


def test_a_weight_that_is_no_numbers_is_refused_by_the_name_that_came():
    message = "weight_ih must hold real numbers, got None."
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch("RNN", {"weight_ih": None, "weight_hh": ONE})


@pytest.mark.parametrize("kind", [GRU, GRUCell])
def test_pytorch_has_no_gru_with_the_reset_before(kind):
    message = f"reset_after must be True: PyTorch's {torch_name(kind)} has no other, got False."
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch(torch_name(kind), torch_weights(kind, bias=False), reset_after=False)
    assert from_torch(torch_name(kind), torch_weights(kind), reset_after=True).reset_after
    with pytest.raises(ValueError, match=exactly(message)):
        to_torch(layer_of(kind, reset_after=False))


@pytest.mark.parametrize("name", ["dropout", "stateful", "return_state", "use_bias", "batch_first"])
@kinds
def test_an_option_that_the_layer_does_not_have_is_refused(kind, name):
    layer = layer_of(kind)
    for convert, theirs, weights in (
        (from_keras, keras_name(kind), to_keras(layer)),
        (from_torch, torch_name(kind), to_torch(layer)),
    ):
        with pytest.raises(TypeError, match=f"^{kind.__name__} takes no {name}: its "):
            convert(theirs, weights, **{name: False})


def test_an_unknown_option_is_answered_with_the_names_of_keras():
    with pytest.raises(TypeError, match=r"^SimpleRNN takes no mask_zero: .*, go_backwards\."):
        from_keras("SimpleRNN", [ONE, ONE], mask_zero=True)


def test_the_same_option_under_two_names_is_refused():
    with pytest.raises(TypeError, match="go_backwards"):
        from_keras("SimpleRNN", [ONE, ONE], go_backwards=True, reverse=False)


@pytest.mark.parametrize("value", [0, None, "yes"])
def test_options_of_keras_are_checked_under_its_own_names(value):
    for kind, name in (("Embedding", "mask_zero"), ("SimpleRNN", "go_backwards")):
        message = f"{name} must be True or False, got {value!r}."
        with pytest.raises(ValueError, match=exactly(message)):
            from_keras(kind, [ONE, ONE] if kind == "SimpleRNN" else [ONE], **{name: value})


def test_an_lstm_has_no_reset():
    with pytest.raises(TypeError, match="reset_after"):
        from_torch("LSTM", torch_weights(LSTM), reset_after=False)


@pytest.mark.parametrize("activation", ["sigmoid", "linear"])
@pytest.mark.parametrize("kind", [SimpleRNN, SimpleRNNCell])
def test_pytorch_has_no_rnn_of_another_activation(kind, activation):
    message = (
        f"activation must be tanh or relu: PyTorch's {torch_name(kind)} has no other,"
        f" got {activation}."
    )
    with pytest.raises(ValueError, match=exactly(message)):
        to_torch(layer_of(kind, activation=activation))
    with pytest.raises(ValueError, match=exactly(message)):
        from_torch(torch_name(kind), torch_weights(kind), activation=activation)
    assert to_torch(layer_of(kind, activation="relu"))


def test_pytorch_has_no_linear_with_an_activation():
    message = "activation must be linear: PyTorch's Linear has no other, got relu."
    with pytest.raises(ValueError, match=exactly(message)):
        to_torch(Dense([[1.0]], activation="relu"))


class Own(SimpleRNN):
    pass


class OwnRow(Sequential):
    pass


class OwnPair(Bidirectional):
    pass


OTHERS = [
    OwnRow([LSTM([[1.0] * 4], [[1.0] * 4])]),
    OwnPair(*stack(LSTM, 1, True, True, 1).inner.values()),
    Elman([[1.0]], [[1.0]], [[1.0]]),
    Own([[1.0]], [[1.0]]),
    SimpleRNN,
    None,
]


@pytest.mark.parametrize("layer", OTHERS, ids=lambda layer: type(layer).__name__)
@pytest.mark.parametrize("to", [to_keras, to_torch])
def test_a_layer_that_neither_library_has_is_refused(to, layer):
    message = f"layer must be one of {KERAS_KINDS}, got {type(layer).__name__}."
    with pytest.raises(ValueError, match=exactly(message)):
        to(layer)


def test_the_example_is_the_reference_vector_to_the_last_bit():
    ours, theirs = keras_example(), load("p01_simplernn_last")
    assert list(ours) == list(theirs)
    for name, array in theirs.items():
        assert ours[name].dtype == array.dtype
        assert_array_equal(ours[name], array)


def test_a_layer_with_the_weights_of_the_example_computes_what_keras_did():
    example = keras_example()
    weights = [example[name] for name in ("kernel", "recurrent_kernel", "bias")]
    layer = from_keras("SimpleRNN", weights)
    assert_agrees(layer.forward(example["x"]), example["y"])
    assert_agrees(layer.backward(example["gy"]), example["d_x"])
    for name, theirs in zip(("W_x", "W_h", "b"), ("d_kernel", "d_recurrent_kernel", "d_bias")):
        assert_agrees(layer.gradients[name], example[theirs])


def test_the_example_is_new_each_time():
    keras_example()["x"][:] = 0
    assert keras_example()["x"].any()
