"""Compare layers of PyTorch and Keras with those of rnncore that have the same weights.

Keras runs on PyTorch, in float64; its backend is chosen before it is imported.
"""

from functools import partial
from unittest.mock import patch

import numpy as np

from rnncore.interop import from_keras, from_torch, to_keras, to_torch
from tests.support.parity_cases import gradients_in_torch, relative_error

BATCH, TIMESTEPS, FEATURES, UNITS, TOKENS = 3, 6, 4, 5, 7

TORCH = {
    "RNN, tanh": ("RNN", {}),
    "RNN, relu": ("RNN", {"nonlinearity": "relu"}),
    "RNN, no bias": ("RNN", {"bias": False}),
    "LSTM": ("LSTM", {}),
    "LSTM, no bias": ("LSTM", {"bias": False}),
    "GRU": ("GRU", {}),
    "GRU, no bias": ("GRU", {"bias": False}),
    "RNNCell, tanh": ("RNNCell", {}),
    "RNNCell, relu": ("RNNCell", {"nonlinearity": "relu"}),
    "LSTMCell": ("LSTMCell", {}),
    "GRUCell": ("GRUCell", {}),
    "Linear": ("Linear", {}),
    "Linear, no bias": ("Linear", {"bias": False}),
    "Embedding": ("Embedding", {}),
}
KERAS = {
    **{f"SimpleRNN, {f}": ("SimpleRNN", {"activation": f}) for f in ("tanh", "relu", "sigmoid")},
    "SimpleRNN, no bias": ("SimpleRNN", {"use_bias": False}),
    "LSTM": ("LSTM", {}),
    "LSTM, no bias": ("LSTM", {"use_bias": False}),
    "GRU, reset after": ("GRU", {"reset_after": True}),
    "GRU, reset before": ("GRU", {"reset_after": False}),
    "GRU, reset before, no bias": ("GRU", {"reset_after": False, "use_bias": False}),
    "SimpleRNNCell": ("SimpleRNNCell", {}),
    "LSTMCell": ("LSTMCell", {}),
    "GRUCell, reset after": ("GRUCell", {"reset_after": True}),
    "GRUCell, reset before": ("GRUCell", {"reset_after": False}),
    **{f"Dense, {f}": ("Dense", {"activation": f}) for f in ("linear", "relu", "softmax")},
    "Embedding": ("Embedding", {}),
}


def compare_torch(kind, settings, seed=1):
    """Return the largest relative errors of outputs, gradients and the round trip (`back`)."""
    import torch

    module, other = (torch_module(kind, settings, seed + k) for k in (0, 1))
    options = {"activation": settings["nonlinearity"]} if "nonlinearity" in settings else {}
    layer = from_torch(kind, module.state_dict(), **options)
    other.load_state_dict({name: torch.from_numpy(a) for name, a in to_torch(layer).items()})
    weights = dict(module.named_parameters())
    runs = [partial(call_torch, m) for m in (module, other)]
    return compare(layer, *runs, weights, gradients_in_torch, seed)


def compare_keras(kind, settings, seed=1):
    """Do the same as `compare_torch` for Keras on PyTorch."""
    options = {n: o for n, o in settings.items() if n in ("activation", "reset_after")}
    if kind in ("SimpleRNN", "LSTM", "GRU"):
        options["return_sequences"] = True
    with double_precision():
        theirs, other = (keras_layer(kind, settings, seed + k) for k in (0, 1))
        layer = from_keras(kind, theirs.get_weights(), **options)
        other.set_weights(to_keras(layer))
        weights = dict(zip(layer.parameters, (w.value for w in theirs.trainable_variables)))
        runs = [partial(call_keras, k) for k in (theirs, other)]
        return compare(layer, *runs, weights, lambda layer: layer.gradients, seed)


def compare(layer, run, run_other, weights, gradients, seed):
    """Run both forward and backward, with the same inputs and upstream gradients.

    run(x, states) returns their y and final states; run_other does so with weights made from ours.
    weights: theirs by name; gradients(layer): ours by the same names.
    """
    import torch

    x, states = inputs_for(layer, np.random.default_rng(seed))
    leaves = [torch.from_numpy(a).requires_grad_(a.dtype.kind == "f") for a in (x, *states)]
    y, final = run(leaves[0], leaves[1:])
    rng = np.random.default_rng(seed + 1)
    upstream = [rng.normal(size=tuple(a.shape)) for a in (y, *final)]
    loss = sum((a * torch.from_numpy(g)).sum() for a, g in zip([y, *final], upstream))
    wanted = {n: a for n, a in zip(["x", "h0", "c0"], leaves) if a.requires_grad} | weights
    theirs = dict(zip(wanted, torch.autograd.grad(loss, list(wanted.values()))))

    outputs = [layer.forward(x, *states), *layer.state]
    dx = layer.backward(upstream[0], *([tuple(upstream[1:])] if states else []))
    ours = {"x": dx, **layer.gradients, **gradients(layer)}
    y_again, final_again = run_other(leaves[0], leaves[1:])
    return {
        "forward": largest(zip(outputs, [y, *final])),
        "gradient": largest((ours[name], theirs[name]) for name in wanted),
        "back": largest(zip(outputs, [y_again, *final_again])),
    }


def largest(pairs):
    return max(relative_error(ours, theirs.detach().numpy()) for ours, theirs in pairs)


def inputs_for(layer, rng):
    """Return random x and initial states; a token may come twice."""
    kind = type(layer).__name__
    if kind == "Embedding":
        return rng.integers(0, TOKENS, (BATCH, TIMESTEPS)), []
    steps = () if kind.endswith("Cell") else (TIMESTEPS,)
    count = len(getattr(layer, "states", ()))
    states = [rng.normal(size=(BATCH, UNITS)) for _ in range(count)]
    return rng.normal(size=(BATCH, *steps, FEATURES)), states


# PyTorch


def torch_module(kind, settings, seed):
    import torch

    first = TOKENS if kind == "Embedding" else FEATURES
    if kind in ("RNN", "LSTM", "GRU"):
        settings = {"batch_first": True, **settings}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return getattr(torch.nn, kind)(first, UNITS, dtype=torch.float64, **settings)


def call_torch(module, x, states):
    if not states:
        return module(x), []
    if type(module).__name__.endswith("Cell"):
        final = module(x, tuple(states) if len(states) == 2 else states[0])
        final = final if isinstance(final, tuple) else (final,)
        return final[0], final
    initial = [state[None] for state in states]  # PyTorch has an axis of layers in front
    y, final = module(x, tuple(initial) if len(states) == 2 else initial[0])
    return y, [state[0] for state in (final if isinstance(final, tuple) else (final,))]


# Keras


def double_precision():
    """Keep Keras from making float32 of float64, as it does on every backend but TensorFlow."""
    from keras.src.backend.common import dtypes

    return patch.dict(getattr(dtypes, "BIT64_TO_BIT32_DTYPE", {}), float64="float64")


def keras_layer(kind, settings, seed):
    import keras

    sequences = kind in ("SimpleRNN", "LSTM", "GRU")
    cell = kind.endswith("Cell")
    settings = settings | ({"return_sequences": True, "return_state": True} if sequences else {})
    sizes = (TOKENS, UNITS) if kind == "Embedding" else (UNITS,)
    layer = getattr(keras.layers, kind)(*sizes, dtype="float64", **settings)
    layer.build((BATCH, FEATURES) if cell else (BATCH, TIMESTEPS, FEATURES))
    rng = np.random.default_rng(seed)  # Keras's own biases begin with zeros
    layer.set_weights([rng.normal(scale=0.5, size=w.shape) for w in layer.get_weights()])
    return layer


def call_keras(layer, x, states):
    if not states:
        return layer(x), []
    if type(layer).__name__.endswith("Cell"):
        return layer(x, states)
    y, *final = layer(x, initial_state=states)
    return y, final
