"""The layer reader's Python side: what it takes, the trace, what it refuses, the film strip."""

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest

from rnncore.interop import to_keras, to_torch
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
from rnncore.widgets import LayerReader
from rnncore.widgets.film import shown
from rnncore.widgets.layer_reader import examples
from rnncore.widgets.layer_reader.taken import unpack

X = np.random.default_rng(5).normal(size=(4, 2))


def layers_of(widget):
    return [unpack(part) for part in widget.layer]


def assert_same_states(widget, layer, x=X):
    """The widget's h are the states of the layer."""
    sequences = type(layer)(**layer.parameters, **{**layer.options, "return_sequences": True})
    np.testing.assert_allclose(
        widget.trace()["h"][1:], sequences.forward(x[np.newaxis])[0], rtol=0, atol=1e-12
    )


# What it takes


@pytest.mark.parametrize("kind", [SimpleRNN, LSTM, GRU])
def test_it_takes_a_layer_and_gives_its_states(kind):
    layer = kind.initialise(2, 3, rng=1, b="uniform")
    assert_same_states(LayerReader(layer, X, id="own"), layer)


def test_a_layer_that_reads_from_the_end_is_shown_in_the_order_of_reading():
    layer = LSTM.initialise(2, 3, rng=1, reverse=True)
    widget = LayerReader(layer, X, id="own")
    assert_same_states(widget, layer)
    np.testing.assert_array_equal(widget.trace()["x"][1:], X[::-1])


def test_of_a_model_it_takes_the_recurrent_layers_by_their_names():
    ways = [
        GRU.initialise(3, 2, rng=1, reverse=way, return_sequences=True) for way in (False, True)
    ]
    cell = RNN(LSTMCell.initialise(4, 3, rng=1), reverse=True)
    model = Sequential(
        [Embedding.initialise(9, 3, rng=1), Bidirectional(*ways), cell, Dense.initialise(3, 1, 1)]
    )
    found = layers_of(LayerReader(model, id="own"))
    assert [name for name, _ in found] == ["1.forward", "1.backward", "2"]
    assert [type(layer) for _, layer in found] == [GRU, GRU, LSTM]
    assert [layer.reverse for _, layer in found] == [False, True, True]


def test_a_cell_alone_will_do():
    cell = GRUCell.initialise(2, 3, rng=1, reset_after=False)
    ((_, layer),) = layers_of(LayerReader(cell, id="own"))
    assert not layer.reset_after
    np.testing.assert_array_equal(layer.parameters["W_h"], cell.parameters["W_h"])


def test_every_bit_of_a_float32_is_kept():
    layer = LSTM.initialise(2, 3, rng=1, dtype=np.float32)
    ((_, taken),) = layers_of(LayerReader(layer, id="own"))
    for name, parameter in layer.parameters.items():
        np.testing.assert_array_equal(taken.parameters[name], parameter)
        assert taken.parameters[name].dtype == np.float32


class Tensor(np.ndarray):
    """What of a tensor is asked for."""

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        return np.asarray(self)


def module(kind, state_dict, **attributes):
    """Something with what of a PyTorch module is asked for."""
    own = type(kind, (), {"state_dict": lambda self: state_dict})()
    vars(own).update(attributes)
    own.named_modules = lambda: [("", own)]
    return own


def test_a_pytorch_module_is_read_by_its_state_dict():
    layer = LSTM.initialise(2, 3, rng=1)
    state = {name: array.view(Tensor) for name, array in to_torch(layer).items()}
    assert_same_states(LayerReader(module("LSTM", state), X, id="own"), layer)


def test_the_nonlinearity_of_a_pytorch_module_counts():
    layer = SimpleRNN.initialise(2, 3, rng=1, activation="relu")
    rnn = module("RNN", to_torch(layer), nonlinearity="relu")
    assert_same_states(LayerReader(rnn, X, id="own"), layer)


def test_in_a_pytorch_model_each_module_has_its_path():
    layers = [GRU.initialise(2, 2, rng=seed, return_sequences=True) for seed in (1, 2)]
    gru = module("GRU", to_torch(Sequential(layers)))
    model = module("Classifier", {})
    model.named_modules = lambda: [("", model), ("encoder.gru", gru)]
    found = layers_of(LayerReader(model, id="own"))
    assert [name for name, _ in found] == ["encoder.gru.0", "encoder.gru.1"]


def in_keras(kind, layer, **config):
    """Something with what of a Keras layer is asked for."""
    weights = [] if layer is None else to_keras(layer)
    methods = {"get_weights": lambda self: weights, "get_config": lambda self: config}
    own = type(kind, (), methods)()
    own.name = kind.lower()
    return own


def test_a_keras_layer_is_read_with_its_configuration():
    layer = GRU.initialise(
        2, 3, rng=1, reset_after=False, recurrent_activation="hard_sigmoid", reverse=True
    )
    config = {"activation": "tanh", "recurrent_activation": "hard_sigmoid", "reset_after": False}
    keras = in_keras("GRU", layer, **config, go_backwards=True, units=3)
    keras.named_modules = keras.state_dict = None  # on PyTorch it is one of its modules, too
    widget = LayerReader(keras, X, id="own")
    assert widget.layer[0]["name"] == "gru"
    assert_same_states(widget, layer)


def test_in_a_keras_model_the_layers_of_wrappers_are_found():
    layer = LSTM.initialise(2, 3, rng=1)
    two_ways = in_keras("Bidirectional", layer)
    two_ways.forward_layer = in_keras("LSTM", layer, activation="tanh")
    two_ways.backward_layer = in_keras("LSTM", layer, activation="tanh", go_backwards=True)
    model = in_keras("Sequential", layer)
    model.layers = [in_keras("Dense", Dense.initialise(3, 1, rng=1)), two_ways]
    found = layers_of(LayerReader(model, id="own"))
    assert [name for name, _ in found] == ["sequential/bidirectional/lstm"] * 2
    assert [layer.reverse for _, layer in found] == [False, True]


def test_values_make_the_same_widget_again():
    widget = LayerReader(LSTM.initialise(2, 3, rng=1), X, unit=2, gate=4, id="own")
    again = LayerReader(**widget.values(), id="again")
    assert again.values() == widget.values()
    assert repr(widget) == "LayerReader(id='own', step=0)"


def test_without_a_sequence_eight_steps_are_drawn():
    widget = LayerReader(SimpleRNN.initialise(3, 2, rng=1), id="own")
    drawn = np.random.default_rng(1).uniform(-1, 1, (8, 3))
    np.testing.assert_array_equal(widget.x, drawn)


def test_one_feature_takes_a_list_of_numbers():
    widget = LayerReader(SimpleRNN.initialise(1, 2, rng=1), [1, 0, 2], id="own")
    assert widget.x == [[1.0], [0.0], [2.0]]


def test_another_layer_may_be_set_with_what_fits_it():
    widget = LayerReader(id="own")
    widget.set(layer=GRU.initialise(3, 5, rng=1), x=np.ones((2, 3)), unit=5)
    assert widget.trace()["h"].shape == (3, 5)


# The trace


def sigma(z):
    return 1 / (1 + math.exp(-z))


def test_the_trace_of_an_lstm_is_what_a_plain_loop_gives():
    layer = LSTM.initialise(2, 3, rng=1, b="uniform")
    run = LayerReader(layer, X, unit=2, gate=3, id="own").trace()
    W_x, W_h, b = (layer.parameters[name].reshape(-1, 4, 3) for name in ("W_x", "W_h", "b"))
    h, c = [0.0] * 3, [0.0] * 3
    for t, x in enumerate(X, start=1):
        before_h, before_c = h, c
        h, c = [], []
        for j in range(3):
            z = []
            for g in range(4):
                from_x = sum(x[i] * W_x[i, g, j] for i in range(2))
                from_h = sum(before_h[k] * W_h[k, g, j] for k in range(3))
                z.append(from_x + from_h + b[0, g, j])
                assert run["x_W_x"][t, g, j] == pytest.approx(from_x, abs=1e-12)
                assert run["h_W_h"][t, g, j] == pytest.approx(from_h, abs=1e-12)
            i, f, c_tilde, o = sigma(z[0]), sigma(z[1]), math.tanh(z[2]), sigma(z[3])
            c.append(f * before_c[j] + i * c_tilde)
            h.append(o * math.tanh(c[j]))
            np.testing.assert_allclose(run["z"][t, :, j], z, rtol=0, atol=1e-12)
            np.testing.assert_allclose(run["opens"][t, :, j], [i, f, c_tilde, o], atol=1e-12)
            assert run["kept"][t, j] == pytest.approx(f * before_c[j], abs=1e-12)
            assert run["written"][t, j] == pytest.approx(i * c_tilde, abs=1e-12)
        np.testing.assert_allclose(run["c"][t], c, rtol=0, atol=1e-12)
        np.testing.assert_allclose(run["h"][t], h, rtol=0, atol=1e-12)
        np.testing.assert_allclose(run["from_x"][t], [x[i] * W_x[i, 2, 1] for i in range(2)])
        from_h = [before_h[k] * W_h[k, 2, 1] for k in range(3)]
        np.testing.assert_allclose(run["from_h"][t], from_h, rtol=0, atol=1e-12)


@pytest.mark.parametrize("after", [True, False])
def test_a_gru_says_what_its_reset_gate_multiplies(after):
    layer = GRU.initialise(2, 3, rng=1, b="uniform", reset_after=after)
    run = LayerReader(layer, X, unit=1, gate=3, id="own").trace()
    W_h, h = layer.parameters["W_h"][:, 6:], run["h"][:-1]
    r, z = run["opens"][1:, 1], run["opens"][1:, 0]
    inner = h @ W_h + layer.parameters["b"][1, 6:] if after else h
    np.testing.assert_allclose(run["reset"][1:], r * inner, rtol=0, atol=1e-12)
    met = h if after else run["reset"][1:]
    np.testing.assert_allclose(run["from_h"][1:], met * W_h[:, 0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(run["kept"][1:], z * h, rtol=0, atol=1e-12)
    np.testing.assert_allclose(run["h"][1:], (run["kept"] + run["written"])[1:], atol=1e-12)


def test_what_begins_at_step_1_is_nan_at_0():
    run = LayerReader(id="own", chosen=3).trace()
    assert not run["h"][0].any()
    assert np.isnan(run["z"][0]).all()


# What is refused


def broken(**changes):
    return [{**examples()[0], **changes}]


BAD = [
    ("layer", Dense.initialise(2, 3, rng=1), "layer must be a SimpleRNN, an LSTM or a GRU"),
    ("layer", "lstm.npz", "got str."),
    ("layer", [], "layer must be a SimpleRNN"),
    ("layer", broken(kind="Dense"), "got something else: KeyError('Dense')"),
    ("layer", broken(units=4), "cannot reshape"),
    ("layer", broken(W_x="??"), "got something else"),
    ("layer", broken(dtype="object"), "got something else"),
    ("layer", broken(activation="softmax"), "got something else"),
    ("layer", [3], "got something else"),
    ("x", [[1.0, 2.0, 3.0]], "x must have shape (timesteps, features) = (any, 2), got (1, 3)."),
    ("x", [1.0, 2.0], "x must have shape"),
    ("x", [], "x must have shape (timesteps, features) = (any, 2), got (0,)."),
    ("x", np.zeros((10001, 2)), "x must have 1 … 10000 steps for this layer, got 10001."),
    ("x", [[1.0, np.nan]], "x must hold finite numbers, got nan."),
    ("chosen", 4, "chosen must be an integer from 1 to 3, got 4."),
    ("unit", 4, "unit must be an integer from 1 to 3, got 4."),
    ("gate", 2, "gate must be an integer from 1 to 1, got 2."),
    ("strip_of", 2, "strip_of must be an integer from 1 to 1, got 2."),
    ("step", 8, "step must be 0 … 7, got 8."),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD)
def test_what_does_not_fit_is_refused_and_the_last_good_value_stays(name, value, message):
    widget = LayerReader(id="own")
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=re.escape(message)):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


def test_weights_that_are_not_finite_are_refused():
    layer = LSTM.initialise(2, 3, rng=1)
    layer.parameters["W_h"][0, 0] = np.inf
    with pytest.raises(ValueError, match="layer must hold finite weights, got W_h of 'layer'"):
        LayerReader(layer, id="own")


def test_a_keras_layer_without_weights_says_what_to_do():
    with pytest.raises(ValueError, match="'lstm' has no weights yet: call it once on an input"):
        LayerReader(in_keras("LSTM", None), id="own")


def test_what_pytorch_has_and_we_have_not_is_refused():
    state = to_torch(LSTM.initialise(2, 3, rng=1)) | {"weight_hr_l0": np.ones((2, 3))}
    with pytest.raises(ValueError, match="is a projection"):
        LayerReader(module("LSTM", state), id="own")
    with pytest.raises(ValueError, match="got SimpleNamespace"):
        LayerReader(SimpleNamespace(), id="own")


# Links and the film strip


def test_a_link_carries_the_sequence_and_where_one_looks_but_no_weights():
    widget = LayerReader(id="own")
    query = "step=2&chosen=2&gate=4&strip_of=6&x=1,0;0,1"
    values, step = LayerReader.linked(widget.values(), query)
    assert [*map(values.get, ("chosen", "gate", "strip_of")), step] == [2, 4, 6, 2]
    assert values["x"] == [[1.0, 0.0], [0.0, 1.0]]
    with pytest.raises(ValueError, match="layer is not among"):
        LayerReader.linked(widget.values(), "layer=1")


def test_the_film_has_a_row_for_each_step():
    widget = LayerReader(id="own", chosen=2, unit=3)
    run = widget.trace()
    assert re.findall(r'<tr id="([^"]*)">', widget.film) == [f"own?step={t}" for t in range(8)]
    for t, row in enumerate(re.findall(r"<tr id[^>]*>(.*?)</tr>", widget.film)):
        cells = re.findall(r"<td>(.*?)</td>", row)
        states = [shown(v) for state in ("c", "h") for v in run[state][t]]
        gates = [shown(v) for v in run["opens"][t, :, 2]] if t else [""] * 4
        assert cells[2:] == [*gates, *states]


def test_a_long_film_says_what_it_leaves_out():
    widget = LayerReader(GRU.initialise(9, 20, rng=1), np.zeros((500, 9)), id="own")
    assert widget.film.count("<tr id=") == 61
    assert "440 more steps are not shown" in widget.film


def test_the_examples_are_alive():
    for chosen in (1, 2, 3):
        h = LayerReader(id="own", chosen=chosen).trace()["h"]
        assert np.abs(h).max() > 0.2
        assert np.abs(np.diff(h, axis=0)).max() > 0.1
