"""Weights from Keras and PyTorch, and back to them."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np

from rnncore._checks import as_array, check_shape
from rnncore._types import Array, ArrayLike
from rnncore.layers import (
    GRU,
    LSTM,
    Dense,
    Embedding,
    GRUCell,
    Layer,
    LSTMCell,
    SimpleRNN,
    SimpleRNNCell,
)
from rnncore.layers.fused import Cell, gate_axes

LAYERS = (SimpleRNN, LSTM, GRU, SimpleRNNCell, LSTMCell, GRUCell, Dense, Embedding)
KERAS = {layer.__name__: layer for layer in LAYERS}
IN_TORCH = {"SimpleRNN": "RNN", "SimpleRNNCell": "RNNCell", "Dense": "Linear"}
TORCH = {IN_TORCH.get(name, name): layer for name, layer in KERAS.items()}
RECURRENT_IN_KERAS = {"W_x": "kernel", "W_h": "recurrent_kernel", "b": "bias"}
IN_KERAS = {Dense: {"W": "kernel", "b": "bias"}, Embedding: {"table": "embeddings"}}


def keras_example() -> dict[str, Array]:
    """Load what Keras computes for a small SimpleRNN: input, weights, output, and gradients.

    The layer has tanh and a bias, and returns only the last state; the gradients are those
    of the loss L = Σ y · gy.

    Returns
    -------
    dict of arrays
        x (3, 6, 4): three sequences of six steps; kernel (4, 5), recurrent_kernel (5, 5),
        bias (5,): the weights under the names of Keras; y and h_n (3, 5): output and final
        state, here the same; gy (3, 5): the gradient that arrives at y; d_x, d_kernel,
        d_recurrent_kernel, d_bias: dL/dx and so on.

    Source
    ------
    Computed by Keras 3.15.1 on TensorFlow 2.21.0, in float64; case p01 of the reference
    vectors in tests/reference.

    Examples
    --------
    >>> example = keras_example()
    >>> example["x"].shape, example["kernel"].shape, example["y"].shape
    ((3, 6, 4), (4, 5), (3, 5))
    """
    path = files("rnncore").joinpath("data", "keras_simple_rnn.npz")
    with path.open("rb") as file, np.load(file) as stored:
        return dict(stored)


def from_keras(kind: str, weights: Sequence[ArrayLike], **options: Any) -> Layer:
    """Make a layer with the weights of a Keras layer.

    Parameters
    ----------
    kind : str
        SimpleRNN, LSTM, GRU, SimpleRNNCell, LSTMCell, GRUCell, Dense or Embedding.
    weights : list of arrays
        What get_weights() of the Keras layer returns, g gates side by side::

            kernel (features, g·units), recurrent_kernel (units, g·units), bias (g·units,)
            a GRU's bias: (2, 3·units) with reset_after, (3·units,) without
            Dense: kernel (in, out), bias (out,)        Embedding: embeddings (tokens, units)

        The bias may be missing.
    **options
        As in the constructor, with the same defaults: activation, return_sequences.  A GRU
        reads reset_after from its bias; without a bias it has to be given.

    Returns
    -------
    layer : the layer of that kind

    Raises
    ------
    ValueError
        If the kind is not known, the list is not that of the kind, a shape does not fit, or
        reset_after contradicts the bias.

    Source
    ------
    The documentation of Keras 3, "Recurrent layers"; the order of the gates is that of its
    code, i f c o and z r h.

    Examples
    --------
    >>> layer = from_keras("SimpleRNN", [[[1.0]], [[0.5]], [0.25]], activation="linear")
    >>> layer.forward([[[1.0], [2.0]]])
    array([[2.875]])
    """
    layer = _choose(kind, KERAS)
    theirs = IN_KERAS.get(layer, RECURRENT_IN_KERAS)
    names = [*theirs.values()]
    least = len(names) - ("bias" in names)
    if not isinstance(weights, (list, tuple)) or not least <= len(weights) <= len(names):
        several = isinstance(weights, (list, tuple))
        came = f"{len(weights)} arrays" if several else type(weights).__name__
        missing = ", bias if there is one" if "bias" in names else ""
        raise ValueError(
            f"weights must be the list that get_weights() of {kind} gives,"
            f" [{', '.join(names[:least])}{missing}], got {came}."
        )
    if issubclass(layer, GRU) and len(weights) == len(names):
        options = _reset_form(as_array("bias", weights[-1]), options)
    try:
        return layer(*weights, **options)
    except ValueError as error:  # which calls the weights by our names
        message = re.sub(r"\w+", lambda word: theirs.get(word[0], word[0]), str(error))
        raise ValueError(message) from None


def from_torch(kind: str, state_dict: Mapping[str, Any], **options: Any) -> Layer:
    """Make a layer with the weights of a PyTorch module.

    PyTorch multiplies from the left, so its weights are transposed; in a GRU the gates r z n
    become z r h.  RNN and LSTM add two biases, of which the layer keeps the sum.

    Parameters
    ----------
    kind : str
        RNN, LSTM, GRU, RNNCell, LSTMCell, GRUCell, Linear or Embedding.
    state_dict : dict, name -> tensor or array
        What state_dict() of the module returns, g gates one below the other::

            weight_ih_l0 (g·units, features), weight_hh_l0 (g·units, units)
            bias_ih_l0 and bias_hh_l0 (g·units,), both or neither
            Linear: weight (out, in), bias (out,)       Embedding: weight (tokens, units)

        The names of cells end without _l0; either spelling will do.
    **options
        As in the constructor, but return_sequences is True, as in PyTorch, unless it is
        given.  The module's nonlinearity="relu" is activation="relu"; an RNN has no others,
        a Dense may have any.

    Returns
    -------
    layer : the layer of that kind; a Dense for Linear, a SimpleRNN for RNN

    Raises
    ------
    ValueError
        If the kind is not known; if a name is missing, unknown, or of a second layer or
        direction; if a shape does not fit, or NumPy lacks the type, such as bfloat16; if
        reset_after is False for a GRU, or the activation of an RNN neither tanh nor relu.

    Source
    ------
    The documentation of PyTorch, torch.nn.RNN, LSTM and GRU.

    Examples
    --------
    >>> weights = {"weight_ih_l0": [[1.0]], "weight_hh_l0": [[0.5]]}
    >>> from_torch("RNN", weights, activation="relu").forward([[[1.0], [2.0]]])
    array([[[1. ],
            [2.5]]])
    """
    layer = _choose(kind, TORCH)
    if layer is Embedding:
        (weight,) = _find(kind, state_dict, ["weight"])
        check_shape("weight", weight, ("tokens", None), ("units", None))
        return Embedding(weight, **options)
    if layer is Dense:
        weight, bias = _find(kind, state_dict, ["weight"], ["bias"])
        check_shape("weight", weight, ("out", None), ("in", None))
        if bias is not None:
            check_shape("bias", bias, ("out", len(weight)))
        return Dense(weight.T, bias, **options)
    if issubclass(layer, GRU) and not options.get("reset_after", True):
        raise ValueError("reset_after must be True: PyTorch has no other GRU, got False.")
    names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    if not issubclass(layer, Cell):
        options = {"return_sequences": True, **options}
        names = [f"{name}_l0" for name in names]
    arrays = _find(kind, state_dict, names[:2], names[2:])
    _check_torch(layer.gates, dict(zip(names, arrays)))
    W_ih, W_hh, b_ih, b_hh = arrays
    W_x, W_h, b = W_ih.T, W_hh.T, None
    if b_ih is not None:
        b = np.stack([b_ih, b_hh]) if issubclass(layer, GRU) else b_ih + b_hh
    if issubclass(layer, GRU):
        W_x, W_h, b = (p if p is None else _swap(p) for p in (W_x, W_h, b))
    made = layer(W_x, W_h, b, **options)
    _check_form(made)
    return made


def to_keras(layer: Layer) -> list[Array]:
    """Return the weights of a layer as set_weights() of the Keras layer takes them.

    Parameters
    ----------
    layer : a layer of one of the kinds of `from_keras`

    Returns
    -------
    weights : list of arrays, copies, in the order and the shapes of `from_keras`

    Raises
    ------
    ValueError
        If Keras has no such layer.

    Examples
    --------
    >>> [w.shape for w in to_keras(LSTM.initialise(3, 5, rng=1))]
    [(3, 20), (5, 20), (20,)]
    """
    _check_kind(layer, KERAS)
    return [array.copy() for array in layer.parameters.values()]


def to_torch(layer: Layer) -> dict[str, Array]:
    """Return the weights of a layer under PyTorch's names.

    RNN and LSTM have two biases, of which the layer knows only the sum: it becomes bias_ih,
    and bias_hh is 0.  The activation is not among the weights: pass relu to the module as
    nonlinearity="relu".

    Parameters
    ----------
    layer : a layer of one of the kinds of `from_torch`

    Returns
    -------
    state_dict : dict, name -> array, copies, in the shapes of `from_torch`
        For load_state_dict(), turn each into a tensor with torch.from_numpy.

    Raises
    ------
    ValueError
        If PyTorch has no such layer: a SimpleRNN that is neither tanh nor relu, a GRU with
        reset_after=False, a Dense with an activation.

    Examples
    --------
    >>> {name: w.shape for name, w in to_torch(Dense([[1.0], [2.0]], [0.5])).items()}
    {'weight': (1, 2), 'bias': (1,)}
    """
    _check_kind(layer, TORCH)
    _check_form(layer)
    p = layer.parameters
    if isinstance(layer, Embedding):
        return {"weight": p["table"].copy()}
    if isinstance(layer, Dense):
        return {"weight": p["W"].T.copy()} | ({"bias": p["b"].copy()} if "b" in p else {})
    arrange = _swap if isinstance(layer, GRU) else np.array  # either makes a copy
    names, arrays = ["weight_ih", "weight_hh"], [arrange(p["W_x"]).T, arrange(p["W_h"]).T]
    if "b" in p:
        b = arrange(p["b"])
        names += ["bias_ih", "bias_hh"]
        arrays += [*b] if isinstance(layer, GRU) else [b, np.zeros_like(b)]
    ends = "" if isinstance(layer, Cell) else "_l0"
    return {f"{name}{ends}": np.ascontiguousarray(a) for name, a in zip(names, arrays)}


def _choose(kind, kinds):
    if isinstance(kind, str) and kind in kinds:
        return kinds[kind]
    raise ValueError(f"kind must be one of {', '.join(kinds)}, got {kind!r}.")


def _check_kind(layer, kinds):
    """Raise a ValueError unless the type is known; a cell inherits from its layer's type."""
    if type(layer) not in kinds.values():
        names = ", ".join(known.__name__ for known in kinds.values())
        raise ValueError(f"layer must be one of {names}, got {type(layer).__name__}.")


def _check_form(layer):
    """Raise a ValueError if PyTorch has the kind of layer, but not this form of it."""
    if isinstance(layer, GRU) and not layer.reset_after:
        raise ValueError("layer must have reset_after=True: PyTorch has no other GRU, got False.")
    known = {SimpleRNN: ("tanh", "relu"), SimpleRNNCell: ("tanh", "relu"), Dense: ("linear",)}
    if type(layer) in known and layer.activation.name not in known[type(layer)]:
        kind = IN_TORCH[type(layer).__name__]
        raise ValueError(
            f"activation must be {' or '.join(known[type(layer)])}: PyTorch's {kind} has no"
            f" other, got {layer.activation.name}."
        )


def _reset_form(bias, options):
    """Return the options, with the reset_after that the bias of a GRU shows."""
    if bias.ndim not in (1, 2):
        return options  # the layer says what is wrong
    found = bias.ndim == 2
    if options.get("reset_after", found) != found:
        raise ValueError(
            f"reset_after must be {found} for a bias of shape {bias.shape}, got"
            f" {options['reset_after']!r}."
        )
    return {**options, "reset_after": found}


def _find(kind, state_dict, names, biases=()):
    """Return the arrays of these names in turn; all biases are there, or each is None."""
    if not isinstance(state_dict, Mapping):
        came = type(state_dict).__name__
        raise ValueError(f"state_dict must be a dict, as state_dict() gives it, got {came}.")
    ends = ("", "_l0") if len(names) == 2 else ("",)  # weight_ih and weight_hh: either spelling
    known = {n.removesuffix("_l0") + end: n for n in (*names, *biases) for end in ends}
    found, left = {}, []
    for given, tensor in state_dict.items():
        _refuse_stacked(given)
        name = known.get(given)
        if name is None or name in found:
            left.append(given)
        else:
            found[name] = _to_array(given, tensor)
    expected = [*names, *(biases if not found.keys().isdisjoint(biases) else ())]
    missing = [name for name in expected if name not in found]
    if missing or left:
        lists = {"missing": missing, "left over": left}
        came = "; ".join(f"{word}: {', '.join(some)}" for word, some in lists.items() if some)
        optional = f" and, where there is a bias, {', '.join(biases)}" if biases else ""
        raise ValueError(f"state_dict of {kind} must hold {', '.join(names)}{optional}. {came}.")
    return [found.get(name) for name in (*names, *biases)]


def _refuse_stacked(name):
    if name.endswith("_reverse"):
        raise ValueError(f"{name} reads backwards in time, which no layer here does.")
    if re.search(r"_l[1-9]\d*$", name):
        raise ValueError(
            f"{name} is of a further layer: pass one layer at a time, with names that end in"
            " _l0, and put the layers in a Sequential."
        )


def _to_array(name, tensor):
    if not hasattr(tensor, "detach"):
        return as_array(name, tensor)
    try:
        return as_array(name, tensor.detach().cpu().numpy())
    except TypeError:
        raise ValueError(
            f"{name} must be of a type that NumPy has, got {tensor.dtype}: pass {name}.float()."
        ) from None


def _check_torch(gates, arrays):
    """Check the shapes of a recurrent module, in PyTorch's orientation and under its names."""
    (ih, weight_ih), (hh, weight_hh), *biases = arrays.items()
    units, rows = gate_axes(weight_hh, gates)
    check_shape(hh, weight_hh, rows, units)
    check_shape(ih, weight_ih, rows, ("features", None))
    for name, bias in biases:
        if bias is not None:
            check_shape(name, bias, rows)


def _swap(parameter):
    """Return the gates z r h of Keras in PyTorch's order r z n, and the other way round."""
    first, second, third = np.split(parameter, 3, axis=1)
    return np.concatenate([second, first, third], axis=1)
