"""Weights from Keras and PyTorch, and back to them."""

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np

from rnncore import layers
from rnncore._checks import as_array, check_flag, check_shape
from rnncore._types import Array
from rnncore.layers import Bidirectional, Dense, Embedding, Layer, Sequential
from rnncore.layers.fused import gate_axes

READERS = {name: getattr(layers, name) for name in ("SimpleRNN", "LSTM", "GRU")}  # of sequences
CELLS = {f"{name}Cell": getattr(layers, f"{name}Cell") for name in READERS}
KERAS = READERS | CELLS | {"Dense": Dense, "Embedding": Embedding}
IN_TORCH = {"SimpleRNN": "RNN", "SimpleRNNCell": "RNNCell", "Dense": "Linear"}
TORCH = {IN_TORCH.get(name, name): layer for name, layer in KERAS.items()}
RECURRENT_IN_KERAS = {"W_x": "kernel", "W_h": "recurrent_kernel", "b": "bias"}
IN_KERAS = {Dense: {"W": "kernel", "b": "bias"}, Embedding: {"table": "embeddings"}}
OPTIONS_IN_KERAS = {"reverse": "go_backwards", "mask": "mask_zero"}
RECURRENT_IN_TORCH = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
WEIGHTS_IN_TORCH = {Dense: ["weight", "bias"], Embedding: ["weight"]}


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


def from_keras(kind: str, weights: Any, **options: Any) -> Layer:
    """Make a layer with the weights of a Keras layer.

    Several layers are a model in Keras, so make each of them, and put them into a Sequential.

    Parameters
    ----------
    kind : str
        SimpleRNN, LSTM, GRU, SimpleRNNCell, LSTMCell, GRUCell, Dense, Embedding or
        Bidirectional.
    weights : list of arrays, or dict, path -> array
        What get_weights() of the Keras layer returns, g gates side by side::

            kernel (features, g·units), recurrent_kernel (units, g·units), bias (g·units,)
            a GRU's bias: (2, 3·units) with reset_after, (3·units,) without
            Dense: kernel (in, out), bias (out,)        Embedding: embeddings (tokens, units)
            Bidirectional: those that read forward, then those that read backward

        The bias may be missing.  You can also pass the weights of a whole model by their paths,
        ``{v.path: v.numpy() for v in model.weights}``.  Then say with prefix="sequential/lstm"
        where the layer is.
    **options
        As in Keras or as in the constructor, with the same defaults: activation,
        recurrent_activation, return_sequences, go_backwards (here reverse), mask_zero (here
        mask).  A GRU reads reset_after from its bias, so without a bias you have to pass it.
        Bidirectional has two options of its own: layer="LSTM", the kind of both directions, which
        you have to pass, and merge_mode, "concat" or "sum".  Both directions get the others.

    Returns
    -------
    layer : the layer of that kind

    Raises
    ------
    ValueError
        If the kind is not known, the list is not that of the kind, a shape does not fit, or
        reset_after contradicts the bias.
    TypeError
        If the layer has no such option.  Options that Keras uses only in training, such as
        dropout, or for something else, such as return_state, have no counterpart here.

    Source
    ------
    The documentation of Keras 3, "Recurrent layers"; the order of the gates is that of its
    code, i f c o and z r h.

    Examples
    --------
    >>> layer = from_keras("SimpleRNN", [[[1.0]], [[0.5]], [0.25]], activation="linear")
    >>> layer.forward([[[1.0], [2.0]]])
    array([[2.875]])
    >>> model = {"model/head/kernel": [[1.0], [2.0]], "model/head/bias": [0.5]}
    >>> from_keras("Dense", model, prefix="model/head", activation="sigmoid")
    Dense(W (2, 1), b (1,), activation='sigmoid')
    """
    if "prefix" in options or isinstance(weights, Mapping):
        weights = _under(str(options.pop("prefix", "")), weights)
    layer, ways = _choose("kind", kind, KERAS | {"Bidirectional": Bidirectional}), [options]
    if layer is Bidirectional:
        layer = _choose("layer", options.pop("layer", None), READERS)
        merge = options.pop("merge_mode", "concat")
        ways = [options, options | {"go_backwards": True}]
    _check_list(kind, weights, [*IN_KERAS.get(layer, RECURRENT_IN_KERAS).values()], len(ways))
    size = len(weights) // len(ways)
    each = [_layer_of_keras(layer, weights[k * size :][:size], own) for k, own in enumerate(ways)]
    return Bidirectional(each[0], each[1], merge) if len(each) == 2 else each[0]


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

        The names of a cell have no _l0 at the end, but either spelling will do.  Names of further
        layers end in _l1, _l2, …, and those of layers that read backwards in _reverse.
    **options
        As in the constructor, but return_sequences is True, as in PyTorch, unless you pass it.
        It is that of the last layer.  If it is False, two directions return what both end with,
        like h_n and unlike output[:, -1].  The module's nonlinearity="relu" is
        activation="relu".  An RNN has no others, and a Dense may have any.  For a module inside
        a model, prefix="encoder.rnn." says what its names begin with.  Neither batch_first nor
        dropout is among the weights: x is (batch, timesteps, features), and nothing is dropped.

    Returns
    -------
    layer : the layer of that kind; a Dense for Linear, a SimpleRNN for RNN
        A Bidirectional if there are two directions, a Sequential if there are several layers.

    Raises
    ------
    ValueError
        If the kind is not known; if a name is missing, unknown, or of an LSTM with
        projections; if a shape does not fit, or NumPy lacks the type, such as bfloat16; if
        an option is of a form that PyTorch does not have.
    TypeError
        If the layer has no such option.

    Source
    ------
    The documentation of PyTorch, torch.nn.RNN, LSTM and GRU.

    Examples
    --------
    >>> weights = {"weight_ih_l0": [[1.0]], "weight_hh_l0": [[0.5]]}
    >>> from_torch("RNN", weights, activation="relu").forward([[[1.0], [2.0]]])
    array([[[1. ],
            [2.5]]])
    >>> both = weights | {f"{name}_reverse": array for name, array in weights.items()}
    >>> from_torch("RNN", both).forward([[[1.0], [2.0]]]).shape
    (1, 2, 2)
    """
    layer, prefix = _choose("kind", kind, TORCH), str(options.pop("prefix", ""))
    if layer is not Dense:
        _check_form(layer, options)
    levels = _find(kind, state_dict, prefix)
    if layer.__name__ not in READERS:
        return _layer_of_torch(layer, levels[0][0], None, options)
    row: list[Any] = []
    for level in levels:
        features = row[-1].output_shape()[-1] if row else None
        sequences = level is not levels[-1] or options.get("return_sequences", True)
        own = options | {"return_sequences": sequences}
        ways = zip(level, (own, own | {"reverse": True}))
        each = [_layer_of_torch(layer, arrays, features, option) for arrays, option in ways]
        row.append(Bidirectional(*each) if len(each) == 2 else each[0])
    return row[0] if len(row) == 1 else Sequential(row)


def to_keras(layer: Layer) -> list[Array]:
    """Return the weights of a layer or model as set_weights() of Keras takes them.

    Parameters
    ----------
    layer : a layer of one of the kinds of `from_keras`, or a Sequential of them

    Returns
    -------
    weights : list of arrays, which are copies, in the order and the shapes of `from_keras`
        They do not say what else the layer was made with, such as its activation.

    Raises
    ------
    ValueError
        If Keras has no such layer.

    Examples
    --------
    >>> [w.shape for w in to_keras(layers.LSTM.initialise(3, 5, rng=1))]
    [(3, 20), (5, 20), (20,)]
    """
    if type(layer) is Sequential or type(layer) is Bidirectional:
        return [array for inner in layer.inner.values() for array in to_keras(inner)]
    _check_kind(layer, KERAS)
    return [array.copy() for array in layer.parameters.values()]


def to_torch(layer: Layer, prefix: str = "") -> dict[str, Array]:
    """Return the weights of a layer under PyTorch's names.

    RNN and LSTM have two biases, of which the layer knows only the sum: it becomes bias_ih,
    and bias_hh is 0.  The activation is not among the weights: pass relu to the module as
    nonlinearity="relu".

    Parameters
    ----------
    layer : a layer of one of the kinds of `from_torch`
        Or a Bidirectional of two of them, or a Sequential of equal ones, for a module with
        num_layers and bidirectional.
    prefix : str
        What all names begin with, for a module inside a model.

    Returns
    -------
    state_dict : dict, name -> array, which are copies, in the shapes of `from_torch`
        For load_state_dict(), turn each into a tensor with torch.from_numpy.

    Raises
    ------
    ValueError
        If PyTorch has no such layer, for example for a SimpleRNN with neither tanh nor relu, a
        GRU with reset_after=False, a Dense with an activation, or layers in a row that differ.

    Examples
    --------
    >>> {name: w.shape for name, w in to_torch(Dense([[1.0], [2.0]], [0.5])).items()}
    {'weight': (1, 2), 'bias': (1,)}
    """
    state_dict, forms = {}, set()
    for k, level in enumerate(layer.layers if type(layer) is Sequential else [layer]):
        each = [*level.inner.values()] if type(level) is Bidirectional else [level]
        for one, way in zip(each, ("", "_reverse")):
            _check_kind(one, KERAS if one is layer else READERS)
            _check_form(type(level), level.options)  # among which reverse is, of a single one
            _check_form(type(one), one.options | {"reverse": False})
            end = f"_l{k}{way}" if type(one).__name__ in READERS else ""
            for name, array in _in_torch(one).items():
                state_dict[f"{prefix}{name}{end}"] = np.array(array, order="C")
            shapes = [p.shape for name, p in one.parameters.items() if name != "W_x"]
            forms.add(f"{len(each)} {one.options.get('activation')} {shapes}")  # and so the kind
    if len(forms) > 1:
        raise ValueError(
            "layers of a Sequential must be alike in kind, units, directions, activation and"
            f" bias, as with PyTorch's num_layers, got {layer!r}."
        )
    return state_dict


def _choose(name, kind, kinds):
    if isinstance(kind, str) and kind in kinds:
        return kinds[kind]
    raise ValueError(f"{name} must be one of {', '.join(kinds)}, got {kind!r}.")


def _check_kind(layer, kinds):
    """Raise a ValueError unless the type is known; a cell inherits from its layer's type."""
    if type(layer) not in kinds.values():
        came = type(layer).__name__
        raise ValueError(f"layer must be one of {', '.join(kinds)}, got {came}.")


def _check_form(layer, options):
    """Raise a ValueError if PyTorch has the kind of layer, but not with these options."""
    kind = IN_TORCH.get(layer.__name__, layer.__name__)
    for name, usual in layer.defaults.items():
        known = ["tanh", "relu"] if (kind[:3], name) == ("RNN", "activation") else [usual]
        came = getattr(options.get(name), "name", options.get(name, usual))
        if came not in known and name != "return_sequences":
            known = " or ".join(map(str, known))
            raise ValueError(f"{name} must be {known}: PyTorch's {kind} has no other, got {came}.")


# Keras


def _under(prefix, weights):
    """Return the arrays whose paths begin with the prefix, in the order of get_weights()."""
    start = prefix and prefix.rstrip("/") + "/"
    known = [*weights] if isinstance(weights, Mapping) else []
    paths = [path for path in known if path.startswith(start)]
    if not paths:
        came = ", ".join(known) or type(weights).__name__
        raise ValueError(f"weights must be a dict with paths that begin with {start}, got {came}.")
    paths.sort(key=lambda path: ("backward_" in path, path.endswith("bias"), path))
    return [weights[path] for path in paths]


def _check_list(kind, weights, names, times):
    several, bias = isinstance(weights, list | tuple), "bias" in names
    if not several or len(weights) not in (times * len(names), times * (len(names) - bias)):
        came = f"{len(weights)} arrays" if several else type(weights).__name__
        listed = f"[{', '.join(names)}{' if there is one' * bias}]{' twice' * (times - 1)}"
        raise ValueError(
            f"weights must be the list that get_weights() of {kind} gives, {listed}, got {came}."
        )


def _layer_of_keras(layer, weights, options):
    theirs = IN_KERAS.get(layer, RECURRENT_IN_KERAS)
    ours = {own: options.pop(name) for own, name in OPTIONS_IN_KERAS.items() if name in options}
    if "mask" in ours:
        ours["mask"] = 0 if check_flag("mask_zero", ours["mask"]) else None
    if issubclass(layer, layers.GRU) and len(weights) == 3:
        options = {"reset_after": as_array("bias", weights[2]).ndim == 2, **options}
    words = theirs | OPTIONS_IN_KERAS
    try:
        return layer(*weights, **options, **ours)
    except (TypeError, ValueError) as error:  # which calls all by our names
        message = re.sub(r"\w+", lambda word: words.get(word[0], word[0]), str(error))
        raise type(error)(message) from None


# PyTorch


def _find(kind, state_dict, prefix):
    """Return, for each layer in each of its directions, the arrays under the names that came."""
    if not isinstance(state_dict, Mapping):
        came = type(state_dict).__name__
        raise ValueError(f"state_dict must be a dict, as state_dict() gives it, got {came}.")
    first = "_l0" if TORCH[kind].__name__ in READERS else ""
    found, left = {}, []
    for given in [name for name in state_dict if name.startswith(prefix)]:
        name = re.sub("(_ih|_hh)(_l0)?$", rf"\1{first}", given.removeprefix(prefix))
        if name.startswith("weight_hr"):
            raise ValueError(f"{given} is a projection, which no LSTM here has: set proj_size=0.")
        if found.setdefault(name, given) != given:
            left.append(given)
    depth = len({level for name in found for level in re.findall(r"_l\d+", name)}) or 1
    ways = ["", "_reverse"][: 1 + any(name.endswith("_reverse") for name in found)]
    levels = [[f"_l{k}{way}" for way in ways] for k in range(depth)] if first else [[""]]
    names = WEIGHTS_IN_TORCH.get(TORCH[kind], RECURRENT_IN_TORCH)
    parts = [[[f"{name}{end}" for name in names] for end in level] for level in levels]
    known = [name for level in parts for part in level for name in part]
    weights, biases = ([n for n in known if n.startswith(w)] for w in ("weight", "bias"))
    expected = weights + (biases if any(name in biases for name in found) else [])
    missing = [prefix + name for name in expected if name not in found]
    left += [given for name, given in found.items() if name not in known]
    if missing or left:
        lists = {"missing": missing, "left over": left}
        came = "; ".join(f"{word}: {', '.join(some)}" for word, some in lists.items() if some)
        optional = f" and, where there is a bias, {', '.join(biases)}" if biases else ""
        inside = next((name.rpartition(".")[0] for name in left if "." in name), "")
        hint = f" For a module inside a model pass prefix='{inside}.'." if inside else ""
        raise ValueError(
            f"state_dict of {kind} must hold {', '.join(weights)}{optional}. {came}.{hint}"
        )
    arrays = {n: (given, _to_array(given, state_dict[given])) for n, given in found.items()}
    return [[dict(arrays[n] for n in part if n in arrays) for part in level] for level in parts]


def _to_array(name, tensor):
    try:
        array = tensor.detach().cpu().numpy() if hasattr(tensor, "detach") else tensor
    except TypeError:
        raise ValueError(
            f"{name} must be of a type that NumPy has, got {tensor.dtype}: pass {name}.float()."
        ) from None
    return as_array(name, array)


def _layer_of_torch(layer, named, features, options):
    """Make a layer after a check of the shapes, in PyTorch's orientation and under its names."""
    (first, W), *biases = named.items()
    if layer is Embedding:
        check_shape(first, W, ("tokens", None), ("units", None))
        return Embedding(W, **options)
    if layer is Dense:
        check_shape(first, W, ("out", None), ("in", None))
        weights, rows = [W], ("out", len(W))
    else:
        (second, W_h), *biases = biases
        units, rows = gate_axes(W_h, layer.gates)
        check_shape(second, W_h, rows, units)
        check_shape(first, W, rows, ("features", features))
        weights = [W, W_h]
    for name, b in biases:
        check_shape(name, b, rows)
    arrange, join = (_swap, np.stack) if issubclass(layer, layers.GRU) else (np.asarray, sum)
    b = join([arrange(b) for _, b in biases]) if biases else None
    return layer(*[arrange(W.T) for W in weights], b, **options)


def _in_torch(layer):
    """Return the weights of one layer under PyTorch's names, without what stands around them."""
    p, arrange = layer.parameters, _swap if isinstance(layer, layers.GRU) else np.asarray
    if isinstance(layer, Embedding):
        return {"weight": p["table"]}
    arrays = [arrange(p[name]).T for name in p if name != "b"]
    if "b" in p:
        b = arrange(p["b"])
        arrays += [*b] if b.ndim == 2 else [b, np.zeros_like(b)]  # of which Dense has the first
    return dict(zip(WEIGHTS_IN_TORCH.get(type(layer), RECURRENT_IN_TORCH), arrays))


def _swap(parameter):
    """Return the gates z r h of Keras in PyTorch's order r z n, and the other way round."""
    gates = parameter.reshape(*parameter.shape[:-1], 3, -1)
    return gates[..., [1, 0, 2], :].reshape(parameter.shape)
