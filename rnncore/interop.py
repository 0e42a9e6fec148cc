"""Weights from and to the layouts of Keras and PyTorch."""

import numpy as np

from rnncore._checks import as_array, check_shape
from rnncore.gates import GRU, LSTM, GRUCell, LSTMCell
from rnncore.layers import Dense, Embedding, SimpleRNN, SimpleRNNCell

KERAS = {
    "SimpleRNN": SimpleRNN,
    "SimpleRNNCell": SimpleRNNCell,
    "LSTM": LSTM,
    "LSTMCell": LSTMCell,
    "GRU": GRU,
    "GRUCell": GRUCell,
    "Dense": Dense,
    "Embedding": Embedding,
}
TORCH = {
    "RNN": SimpleRNN,
    "RNNCell": SimpleRNNCell,
    "LSTM": LSTM,
    "LSTMCell": LSTMCell,
    "GRU": GRU,
    "GRUCell": GRUCell,
    "Linear": Dense,
    "Embedding": Embedding,
}


def from_keras(kind, weights, **options):
    """A layer with the weights of a Keras layer.

    Kernels are the same in both: (features, units), gates side by side in the order i f c o or
    z r h.  A GRU's reset form is read from its bias.

    Parameters
    ----------
    kind : str
        SimpleRNN, LSTM, GRU, their cells (SimpleRNNCell …), Dense or Embedding.
    weights : list of arrays
        What ``get_weights()`` of the Keras layer gives: kernel, recurrent kernel, and bias unless
        it has none; the one matrix of an Embedding.
    **options
        As in the layer's constructor: activation, return_sequences, reset_after.

    Returns
    -------
    layer

    Raises
    ------
    ValueError
        If the kind is not known, or the weights are not those of such a layer.

    Source
    ------
    The source of Keras 3: ``keras.layers``.

    Examples
    --------
    >>> from_keras("Dense", [[[1.0], [10.0]], [0.5]]).forward([[1.0, 2.0]])
    array([[21.5]])
    """
    make, weights = _known(kind, KERAS), list(weights)
    matrices = 1 if make in (Dense, Embedding) else 2
    most = matrices + (make is not Embedding)
    if not matrices <= len(weights) <= most:
        expected = matrices if matrices == most else f"{matrices} arrays, or with a bias {most}"
        raise ValueError(f"weights must be {expected} for {kind}, got {len(weights)}.")
    if make in (GRU, GRUCell) and len(weights) == most:
        after = np.ndim(weights[-1]) == 2
        if options.setdefault("reset_after", after) != after:
            raise ValueError(
                f"reset_after must be {after} for a bias of shape {np.shape(weights[-1])},"
                f" got {options['reset_after']}."
            )
    return make(*weights, **options)


def to_keras(layer):
    """The weights of a layer as ``set_weights()`` of the Keras layer takes them.

    Parameters
    ----------
    layer : any layer of `from_keras`

    Returns
    -------
    list of arrays
        Copies: kernel, recurrent kernel, bias; each where the layer has it.

    Raises
    ------
    ValueError
        If Keras has no such layer.

    Examples
    --------
    >>> to_keras(Dense([[1.0], [10.0]]))
    [array([[ 1.],
           [10.]])]
    """
    _kind_of(layer, KERAS)
    return [parameter.copy() for parameter in layer.parameters.values()]


def from_torch(kind, state_dict, **options):
    """A layer with the weights of a PyTorch module.

    PyTorch's matrices are the transpose of ours, and a GRU's gates stand in the order r z n.
    An RNN and an LSTM have two biases, of which only the sum counts: b is that sum.

    Parameters
    ----------
    kind : str
        RNN, LSTM, GRU, their cells (RNNCell …), Linear or Embedding.
    state_dict : dict, name -> tensor or array
        What ``state_dict()`` gives, of one layer in one direction.
    **options
        As in the layer's constructor; return_sequences is True if not given, as in PyTorch,
        and an RNN with relu has to be told so: ``activation="relu"``.

    Returns
    -------
    layer

    Raises
    ------
    ValueError
        If the kind is not known, or names or shapes are not those of such a module.

    Source
    ------
    The documentation of PyTorch 2: ``torch.nn``.

    Examples
    --------
    >>> from_torch("Linear", {"weight": [[1.0, 10.0]], "bias": [0.5]}).forward([[1.0, 2.0]])
    array([[21.5]])
    """
    make = _known(kind, TORCH)
    arrays = _named(kind, state_dict, _names(make))
    if make is Embedding:
        return Embedding(arrays["weight"], **options)
    if make is Dense:
        return Dense(_transpose("weight", arrays["weight"]), arrays.get("bias"), **options)
    if kind in ("RNN", "LSTM", "GRU"):
        options.setdefault("return_sequences", True)
    W_x, W_h = (_transpose(name, arrays[name]) for name in ("weight_ih", "weight_hh"))
    biases = [arrays[name] for name in ("bias_ih", "bias_hh") if name in arrays]
    if make in (GRU, GRUCell):
        if not options.get("reset_after", True):
            raise ValueError("reset_after must be True for a GRU of PyTorch, got False.")
        W_x, W_h = _swap_gates("weight_ih", W_x), _swap_gates("weight_hh", W_h)
        b = _swap_gates("bias", _stack(biases)) if biases else None
    else:
        b = _stack(biases).sum(axis=0) if biases else None
    return make(W_x, W_h, b, **options)


def to_torch(layer):
    """The weights of a layer under PyTorch's names; ``torch.as_tensor`` makes tensors of them.

    The one bias of a SimpleRNN or an LSTM becomes bias_ih, and bias_hh is zero: which part
    of b came from which of them, nothing can tell.

    Parameters
    ----------
    layer : any layer of `from_torch`

    Returns
    -------
    dict, name -> array
        Copies, for ``load_state_dict``.

    Raises
    ------
    ValueError
        If PyTorch has no such module: a SimpleRNN with linear or sigmoid, a Dense with an
        activation, a GRU with reset_after=False.

    Examples
    --------
    >>> to_torch(Dense([[1.0], [10.0]]))
    {'weight': array([[ 1., 10.]])}
    """
    kind = _kind_of(layer, TORCH)
    _check_torch_has(kind, layer)
    p = layer.parameters
    if kind == "Embedding":
        return {"weight": p["table"].copy()}
    if kind == "Linear":
        return {"weight": p["W"].T.copy()} | ({"bias": p["b"].copy()} if "b" in p else {})
    named = {"weight_ih": p["W_x"].T, "weight_hh": p["W_h"].T}
    if "b" in p:
        b = p["b"] if p["b"].ndim == 2 else [p["b"], np.zeros_like(p["b"])]
        named |= dict(zip(("bias_ih", "bias_hh"), b))
    if isinstance(layer, GRU):
        named = {name: _swap_gates(name, array.T).T for name, array in named.items()}
    suffix = "" if kind.endswith("Cell") else "_l0"
    return {name + suffix: array.copy() for name, array in named.items()}


def _known(kind, kinds):
    if not isinstance(kind, str) or kind not in kinds:
        raise ValueError(f"kind must be one of {', '.join(kinds)}, got {kind!r}.")
    return kinds[kind]


def _kind_of(layer, kinds):
    for kind, made in kinds.items():
        if type(layer) is made:  # a cell is a kind of its layer, but not the same one
            return kind
    known = ", ".join(made.__name__ for made in kinds.values())
    raise ValueError(f"layer must be one of {known}, got {type(layer).__name__}.")


def _check_torch_has(kind, layer):
    activation = getattr(layer, "activation", None)
    if kind == "Linear" and activation.name != "linear":
        raise ValueError(
            f"PyTorch's Linear has no activation, and this Dense has {activation.name}: it has no"
            " exact counterpart."
        )
    if kind in ("RNN", "RNNCell") and activation.name not in ("tanh", "relu"):
        raise ValueError(
            f"PyTorch's {kind} knows tanh and relu, and this layer has {activation.name}: it has"
            " no exact counterpart."
        )
    if isinstance(layer, GRU) and not layer.reset_after:
        raise ValueError(
            f"PyTorch's {kind} resets after the product, and this layer has reset_after=False:"
            " it has no exact counterpart."
        )


def _names(make):
    """The names in a state_dict: those that must be there, and the biases that may."""
    if make is Embedding:
        return ["weight"], []
    if make is Dense:
        return ["weight"], ["bias"]
    return ["weight_ih", "weight_hh"], ["bias_ih", "bias_hh"]


def _named(kind, state_dict, names):
    """The tensors as arrays, under names without the _l0 of a first layer."""
    required, biases = names
    found = {name.removesuffix("_l0"): _as_numpy(name, t) for name, t in state_dict.items()}
    expected = f"{', '.join(required)}" + (f" and perhaps {', '.join(biases)}" if biases else "")
    unknown = [name for name in found if name not in [*required, *biases]]
    for name in unknown:
        if "_l" in name or name.endswith("_reverse"):
            raise ValueError(
                f"state_dict must be of one layer in one direction, got {name}:"
                " take the names of one layer out of it."
            )
    both = len([name for name in biases if name in found]) in (0, len(biases))
    if unknown or not both or not set(required) <= set(found):
        raise ValueError(
            f"state_dict must hold {expected} for {kind}, got {', '.join(state_dict) or 'nothing'}."
        )
    return found


def _as_numpy(name, tensor):
    """A tensor, wherever it is, or anything like an array."""
    if hasattr(tensor, "detach"):
        tensor = tensor.detach().cpu().numpy()
    return as_array(name, tensor)


def _transpose(name, weight):
    check_shape(name, weight, ("out", None), ("in", None))
    return weight.T


def _stack(biases):
    ih, hh = biases
    check_shape("bias_ih", ih, ("gates · units", None))
    check_shape("bias_hh", hh, ("gates · units", len(ih)))
    return np.stack([ih, hh])


def _swap_gates(name, array):
    """The first two of three gates on the last axis change places: r z n and z r h."""
    if array.shape[-1] % 3:
        raise ValueError(f"{name} must hold three gates, got {array.shape[-1]} rows.")
    first, second, third = np.split(array, 3, axis=-1)
    return np.concatenate([second, first, third], axis=-1)
