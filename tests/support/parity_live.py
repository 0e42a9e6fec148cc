"""Compare layers of PyTorch and Keras with those of rnncore that have the same weights.

Keras runs on PyTorch, in float64; its backend is chosen before it is imported.
"""

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

from rnncore.interop import from_keras, from_torch, to_keras, to_torch
from rnncore.layers import Sequential
from tests.support.parity_cases import gradients_in_torch, relative_error, with_gradients

BATCH, TIMESTEPS, FEATURES, UNITS, TOKENS = 3, 6, 4, 5, 7
FIRST = 2  # how many steps the first of two chunks has

BEHIND = [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0]]
IN_FRONT = [[0, 0, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1]]
GAPS = [[1, 0, 1, 1, 0, 1], [0, 1, 0, 0, 1, 0], [1, 1, 1, 1, 1, 1]]
NOTHING_ELSE = [[0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]]
MASKS = [BEHIND, IN_FRONT, GAPS, NOTHING_ELSE]


class Case(NamedTuple):
    """A layer with its options, and how it is run."""

    kind: str
    settings: Mapping[str, Any] = MappingProxyType({})
    masks: Sequence[Any] = (None,)  # each is tried
    states: bool = True  # whether initial states are given
    chunks: bool = False  # whether the state is carried from a first chunk into a second


LAYERS = ("RNN", "LSTM", "GRU")
TWICE, BOTH = {"num_layers": 2}, {"bidirectional": True}
TORCH = {
    "RNN, tanh": Case("RNN"),
    "RNN, relu": Case("RNN", {"nonlinearity": "relu"}),
    "RNN, no bias": Case("RNN", {"bias": False}),
    "LSTM": Case("LSTM"),
    "LSTM, no bias": Case("LSTM", {"bias": False}),
    "GRU": Case("GRU"),
    "GRU, no bias": Case("GRU", {"bias": False}),
    "RNNCell, tanh": Case("RNNCell"),
    "RNNCell, relu": Case("RNNCell", {"nonlinearity": "relu"}),
    "LSTMCell": Case("LSTMCell"),
    "GRUCell": Case("GRUCell"),
    "Linear": Case("Linear"),
    "Linear, no bias": Case("Linear", {"bias": False}),
    "Embedding": Case("Embedding"),
    **{f"{kind}, two layers": Case(kind, TWICE) for kind in LAYERS},
    **{f"{kind}, both ways": Case(kind, BOTH) for kind in LAYERS},
    **{f"{kind}, two layers, both ways": Case(kind, TWICE | BOTH) for kind in LAYERS},
    "LSTM, three layers, both ways, no bias": Case("LSTM", BOTH | {"num_layers": 3, "bias": False}),
    **{f"{kind}, packed": Case(kind, {}, [BEHIND]) for kind in LAYERS},
    **{f"{kind}, packed, both ways": Case(kind, BOTH, [BEHIND], False) for kind in LAYERS},
    **{
        f"{kind}, packed, two layers, both ways": Case(kind, TWICE | BOTH, [BEHIND])
        for kind in LAYERS
    },
    **{f"{kind}, in two chunks": Case(kind, chunks=True) for kind in LAYERS},
    **{f"{kind}, two layers, in two chunks": Case(kind, TWICE, chunks=True) for kind in LAYERS},
    "Embedding → LSTM, two layers, both ways → Linear": Case("Model"),
}
PARTS = {"table.": "Embedding", "encoder.rnn.": "LSTM", "head.": "Linear"}  # of the model
READERS = ("SimpleRNN", "LSTM", "GRU")
HARD, LAST = {"recurrent_activation": "hard_sigmoid"}, {"return_sequences": False}
BACKWARDS, SUM = {"go_backwards": True}, {"merge_mode": "sum"}
CONCAT = {"merge_mode": "concat"}
KERAS = {
    **{
        f"SimpleRNN, {f}": Case("SimpleRNN", {"activation": f}) for f in ("tanh", "relu", "sigmoid")
    },
    "SimpleRNN, no bias": Case("SimpleRNN", {"use_bias": False}),
    "LSTM": Case("LSTM"),
    "LSTM, no bias": Case("LSTM", {"use_bias": False}),
    "LSTM, relu": Case("LSTM", {"activation": "relu"}),
    "GRU, reset after": Case("GRU", {"reset_after": True}),
    "GRU, reset before": Case("GRU", {"reset_after": False}),
    "GRU, reset before, no bias": Case("GRU", {"reset_after": False, "use_bias": False}),
    "SimpleRNNCell": Case("SimpleRNNCell"),
    "LSTMCell": Case("LSTMCell"),
    "GRUCell, reset after": Case("GRUCell", {"reset_after": True}),
    "GRUCell, reset before": Case("GRUCell", {"reset_after": False}),
    **{f"Dense, {f}": Case("Dense", {"activation": f}) for f in ("linear", "relu", "softmax")},
    "Embedding": Case("Embedding"),
    **{f"{k}, hard sigmoid": Case(k, HARD) for k in ("LSTM", "GRU", "LSTMCell", "GRUCell")},
    "GRU, hard sigmoid, reset before": Case("GRU", HARD | {"reset_after": False}),
    **{f"{k}, last output": Case(k, LAST) for k in READERS},
    **{f"{k}, backwards": Case(k, BACKWARDS) for k in READERS},
    **{f"{k}, masked": Case(k, {}, MASKS) for k in READERS},
    **{f"{k}, masked, no states": Case(k, {}, MASKS, False) for k in READERS},
    **{f"{k}, masked, last output": Case(k, LAST, MASKS) for k in READERS},
    **{f"{k}, masked, backwards": Case(k, BACKWARDS, MASKS) for k in READERS},
    **{f"{k}, both ways": Case(k, CONCAT) for k in READERS},
    **{f"{k}, both ways, sum": Case(k, SUM) for k in READERS},
    **{f"{k}, both ways, masked": Case(k, CONCAT, MASKS) for k in READERS},
    **{f"{k}, both ways, masked, sum": Case(k, SUM, MASKS, False) for k in READERS},
    **{f"{k}, both ways, masked, last output": Case(k, CONCAT | LAST, MASKS) for k in READERS},
    **{f"{k}, in two chunks": Case(k, chunks=True) for k in READERS},
    **{f"{k}, stateful": Case(k, {"stateful": True}, [None], False, True) for k in READERS},
    "Embedding with a mask → LSTM, both ways → GRU → Dense": Case("Model"),
}


def compare_torch(case, seed=1):
    """Return the largest relative errors of outputs, gradients and the round trip (`back`)."""
    import torch

    module, other = (torch_module(case, seed + k) for k in (0, 1))
    relu = {"activation": "relu"} if "nonlinearity" in case.settings else {}
    parts = PARTS if case.kind == "Model" else {"": case.kind}
    made = [
        from_torch(kind, module.state_dict(), prefix=prefix, **relu)
        for prefix, kind in parts.items()
    ]
    back = [to_torch(layer, prefix) for layer, prefix in zip(made, parts)]
    other.load_state_dict({n: torch.from_numpy(a) for part in back for n, a in part.items()})
    weights = dict(module.named_parameters())

    def gradients(_):
        found = [(prefix, gradients_in_torch(layer)) for layer, prefix in zip(made, parts)]
        return {f"{prefix}{name}": g for prefix, part in found for name, g in part.items()}

    layer = Sequential(made) if case.kind == "Model" else made[0]
    runs = [partial(call_torch, m) for m in (module, other)]
    ours = packed if case.masks[0] else in_chunks if case.chunks else at_once
    return compare(layer, *runs, ours, weights, gradients, case, seed)


def compare_keras(case, seed=1):
    """Do the same as `compare_torch` for Keras on PyTorch."""
    with double_precision():
        theirs, other = (keras_layer(case, seed + k) for k in (0, 1))
        layer = from_model(theirs) if case.kind == "Model" else from_layer(theirs, case)
        other.set_weights(to_keras(layer))
        weights = dict(enumerate(w.value for w in theirs.trainable_variables))
        runs = [partial(call_keras, k, case) for k in (theirs, other)]
        ours = in_chunks if case.chunks else at_once
        return compare(layer, *runs, ours, weights, gradients_in_keras, case, seed)


def compare(layer, run, run_other, run_ours, weights, gradients, case, seed):
    """Run both forward and backward, with the same inputs and upstream gradients.

    run(x, states, mask) returns their y and final states; run_other does so with weights made from
    ours.  weights: theirs by name; gradients(layer): ours by the same names.
    """
    import torch

    errors = {"forward": [], "gradient": [], "back": []}
    for mask in (m if m is None else np.array(m, bool) for m in case.masks):
        x, states = inputs_for(layer, case, np.random.default_rng(seed))
        leaves = [torch.from_numpy(a).requires_grad_(a.dtype.kind == "f") for a in (x, *states)]
        y, final = run(leaves[0], leaves[1:], mask)
        rng = np.random.default_rng(seed + 1)
        upstream = [rng.normal(size=tuple(a.shape)) for a in (y, *final)]
        loss = sum((a * torch.from_numpy(g)).sum() for a, g in zip([y, *final], upstream))
        names = ["x", *(f"state {i}" for i in range(len(states)))]
        wanted = {n: leaf for n, leaf in zip(names, leaves) if leaf.requires_grad} | weights
        theirs = dict(zip(wanted, torch.autograd.grad(loss, list(wanted.values()))))

        outputs, dx = run_ours(layer, x, states, mask, upstream, case)
        ours = dict(zip(names, [dx, *initial_gradients(layer)])) | gradients(layer)
        y_again, final_again = run_other(leaves[0], leaves[1:], mask)
        pairs = {
            "forward": zip(outputs, [y, *final], strict=True),
            "gradient": [(ours[name], theirs[name]) for name in wanted],
            "back": zip(outputs, [y_again, *final_again], strict=True),
        }
        for name in pairs:
            errors[name] += [relative_error(a, b.detach().numpy()) for a, b in pairs[name]]
    return {name: float(np.max(of_all)) for name, of_all in errors.items()}  # nan, if one is


def inputs_for(layer, case, rng):
    """Return random x and initial states; a token may come twice, and 0 is padding in a model."""
    if case.kind in ("Embedding", "Model"):
        return rng.integers(0, TOKENS, (BATCH, TIMESTEPS)), []
    steps = () if case.kind.endswith("Cell") else (TIMESTEPS,)
    count = len(getattr(layer, "states", ())) if case.states else 0
    states = [rng.normal(size=(BATCH, UNITS)) for _ in range(count)]
    return rng.normal(size=(BATCH, *steps, FEATURES)), states


# rnncore


def at_once(layer, x, states, mask, upstream, case):
    """Return outputs and final states, and the gradient of x; the others are in the layer."""
    dy, *dfinal = upstream
    y = layer.forward(x, *states, **({} if mask is None else {"mask": mask}))
    dx = layer.backward(dy, *([tuple(dfinal)] if dfinal else []))
    return [y, *(layer.state if dfinal else ())], dx


def packed(layer, x, states, mask, upstream, case):
    """Run with lengths; PyTorch fills up with 0, where our layers repeat the last output."""
    dy, *dfinal = upstream
    y = layer.forward(x, *states, lengths=mask.sum(axis=1)) * mask[..., np.newaxis]
    dx = layer.backward(dy * mask[..., np.newaxis], tuple(dfinal))
    return [y, *layer.state], dx


def in_chunks(first, x, states, mask, upstream, case):
    """Carry the states over; their gradients go back, but not if the layer of Keras is stateful."""
    second, (dy, *dfinal) = first.twin(), upstream
    y = [first.forward(x[:, :FIRST], *states), second.forward(x[:, FIRST:], *first.state)]
    dx = second.backward(dy[:, FIRST:], tuple(dfinal))
    arriving = () if "stateful" in case.settings else tuple(initial_gradients(second))
    dx = [first.backward(dy[:, :FIRST], *([arriving] if arriving else [])), dx]
    for name in first.parameters:
        first.gradients[name][...] += second.gradients[name]
    return [np.concatenate(y, axis=1), *second.state], np.concatenate(dx, axis=1)


def initial_gradients(layer):
    """Return the gradients of all initial states, in the order of the states."""
    return [g for name, g in layer.gradients.items() if name.endswith(("h0", "c0"))]


# PyTorch


def torch_module(case, seed):
    import torch

    first = TOKENS if case.kind == "Embedding" else FEATURES
    settings = {**({"batch_first": True} if case.kind in LAYERS else {}), **case.settings}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        if case.kind == "Model":
            return torch_model()
        return getattr(torch.nn, case.kind)(first, UNITS, dtype=torch.float64, **settings)


def torch_model():
    import torch

    class Encoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = torch.nn.LSTM(FEATURES, UNITS, 2, bidirectional=True, batch_first=True)

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.encoder = torch.nn.Embedding(TOKENS, FEATURES), Encoder()
            self.head = torch.nn.Linear(2 * UNITS, 2)

        def forward(self, x):
            return self.head(self.encoder.rnn(self.table(x))[0])

    return Model().double()


def call_torch(module, x, states, mask):
    import torch

    kind = type(module).__name__
    if kind in ("Linear", "Embedding", "Model"):
        return module(x), []
    if kind.endswith("Cell"):
        final = module(x, tuple(states) if len(states) == 2 else states[0])
        final = final if isinstance(final, tuple) else (final,)
        return final[0], final
    # For each kind of state PyTorch has one array, with an axis for layers and directions.
    each = 2 if kind == "LSTM" else 1
    initial = tuple(torch.stack(states[k::each]) for k in range(each)) if states else None
    initial = initial[0] if states and each == 1 else initial
    if mask is None:
        y, final = module(x, initial)
    else:
        lengths = torch.from_numpy(mask.sum(axis=1))
        options = {"batch_first": True, "enforce_sorted": False}
        batch = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, **options)
        y, final = module(batch, initial)
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=True)
    final = final if isinstance(final, tuple) else (final,)
    return y, [state for of_one in zip(*final) for state in of_one]


# Keras


@contextmanager
def double_precision():
    """Keep Keras from making float32 of float64, as it does on every backend but TensorFlow.

    The slope of PyTorch's hard sigmoid is 1/6 in float32 whatever the type, so its value gets the
    slope of clip(z / 6 + 1 / 2, 0, 1).
    """
    import torch
    from keras.src.backend.common import dtypes

    value = torch.nn.functional.hardsigmoid

    def hard_sigmoid(z):
        exact = torch.clip(z / 6 + 1 / 2, 0, 1)
        return exact + (value(z) - exact).detach()

    with (
        patch.dict(getattr(dtypes, "BIT64_TO_BIT32_DTYPE", {}), float64="float64"),
        patch.object(torch.nn.functional, "hardsigmoid", hard_sigmoid),
    ):
        yield


def keras_layer(case, seed):
    import keras

    if case.kind == "Model":
        layer = keras_model()
    else:
        settings, merge = dict(case.settings), case.settings.get("merge_mode")
        settings.pop("merge_mode", None)
        if case.kind in READERS:
            settings = {"return_sequences": True, "return_state": True} | settings
        sizes = (TOKENS, UNITS) if case.kind == "Embedding" else (UNITS,)
        layer = getattr(keras.layers, case.kind)(*sizes, dtype="float64", **settings)
        if merge:
            layer = keras.layers.Bidirectional(layer, merge_mode=merge, dtype="float64")
        steps = () if case.kind.endswith("Cell") else (TIMESTEPS,)
        layer.build((BATCH, *steps, FEATURES))
    rng = np.random.default_rng(seed)  # Keras's own biases begin with zeros
    layer.set_weights([rng.normal(scale=0.5, size=w.shape) for w in layer.get_weights()])
    return layer


def keras_model():
    import keras

    lstm = keras.layers.LSTM(UNITS, return_sequences=True, dtype="float64")
    layers = [
        keras.layers.Embedding(TOKENS, FEATURES, mask_zero=True, dtype="float64", name="table"),
        keras.layers.Bidirectional(lstm, dtype="float64", name="both"),
        keras.layers.GRU(UNITS, dtype="float64", name="one"),
        keras.layers.Dense(2, dtype="float64", name="last"),
    ]
    model = keras.Sequential(layers, name="model")
    model.build((BATCH, TIMESTEPS))
    return model


def from_layer(theirs, case):
    options = {n: o for n, o in case.settings.items() if n not in ("use_bias", "stateful")}
    if case.kind in READERS:
        options = {"return_sequences": True} | options
    if "merge_mode" not in options:
        return from_keras(case.kind, theirs.get_weights(), **options)
    return from_keras("Bidirectional", theirs.get_weights(), layer=case.kind, **options)


def from_model(theirs):
    weights = {v.path: v.numpy() for v in theirs.weights}
    options = {"layer": "LSTM", "return_sequences": True}
    return Sequential(
        [
            from_keras("Embedding", weights, prefix="model/table", mask_zero=True),
            from_keras("Bidirectional", weights, prefix="model/both", **options),
            from_keras("GRU", weights, prefix="model/one"),
            from_keras("Dense", weights, prefix="model/last"),
        ]
    )


def gradients_in_keras(layer):
    return dict(enumerate(to_keras(with_gradients(layer))))


def call_keras(layer, case, x, states, mask):
    if case.kind.endswith("Cell"):
        return layer(x, states)
    if case.kind not in READERS:
        return layer(x), []
    if "stateful" in case.settings:
        return call_twice(layer, x)
    y, *final = layer(x, initial_state=states or None, mask=mask)
    return y, final


def call_twice(layer, x):
    """Let a stateful layer read two chunks.

    Keras on PyTorch overwrites the states that a backward pass still needs, so it gets copies.
    """
    import torch

    layer.reset_state()
    outputs = []
    for chunk in (x[:, :FIRST], x[:, FIRST:]):
        y, *final = layer(chunk, initial_state=[torch.clone(s.value) for s in layer.states])
        outputs.append(y)
    return torch.cat(outputs, dim=1), final
