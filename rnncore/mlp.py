"""The forward pass of a multilayer perceptron: x = activation(x @ W + b), layer after layer."""

from collections.abc import Sequence

from rnncore import activations as _activations
from rnncore._checks import as_arrays, check_shape
from rnncore._types import Array, ArrayLike

Arrays = Sequence[ArrayLike]


def forward(
    x0: ArrayLike, W: Arrays, B: Arrays, activations: Sequence[_activations.ActivationLike]
) -> list[Array]:
    """Run every layer, and return the output of each.

    With L layers, for i = 0 … L-1, and f_i = activations[i]::

        x_{i+1} = f_i(x_i @ W[i] + B[i])

    Parameters
    ----------
    x0 : (in,) or (batch, in)
        One input vector, or a batch of them, one per row.
    W : list of L arrays (in, out)
        One weight matrix per layer.
    B : list of L arrays (out,)
    activations : list of L names or activations
        softmax is allowed here.

    Returns
    -------
    list of L + 1 arrays
        [x0, x1, …, xL]; each (out,) or (batch, out).

    Raises
    ------
    ValueError
        If the lists differ in length or a shape does not fit.

    Examples
    --------
    >>> forward([1.0, 2.0], [[[1.0], [10.0]]], [[0.5]], ["linear"])
    [array([1., 2.]), array([21.5])]
    """
    x, W, B, functions = _check(x0, W, B, activations)
    states = [x]
    for weights, bias, f in zip(W, B, functions):
        states.append(f.value(states[-1] @ weights + bias))
    return states


def predict(
    x0: ArrayLike, W: Arrays, B: Arrays, activations: Sequence[_activations.ActivationLike]
) -> Array:
    """Return the last layer's output; arguments and errors are those of `forward`.

    Returns
    -------
    (out,) or (batch, out)

    Examples
    --------
    >>> predict([1.0, 2.0], [[[1.0], [10.0]]], [[0.5]], ["linear"])
    array([21.5])
    """
    return forward(x0, W, B, activations)[-1]


def _check(x0, W, B, activations):
    lists = {"W": W, "B": B, "activations": activations}
    for name, value in lists.items():
        number = getattr(value, "shape", None) == ()  # an array that has a __len__ and no length
        if isinstance(value, str) or number or not hasattr(value, "__len__"):
            raise ValueError(f"{name} must be a list with one entry per layer, got {value!r}.")
    if len({len(value) for value in lists.values()}) > 1:
        lengths = ", ".join(f"{name} has {len(value)}" for name, value in lists.items())
        raise ValueError(f"W, B and activations must have one entry per layer, got: {lengths}.")

    named = {f"W[{i}]": w for i, w in enumerate(W)} | {f"B[{i}]": b for i, b in enumerate(B)}
    x, *arrays = as_arrays(x0=x0, **named)
    W, B = arrays[: len(W)], arrays[len(W) :]
    check_shape("x0", x, *[("batch", None)] * (x.ndim != 1), ("in", None))
    length = x.shape[-1]
    for i, (weights, bias) in enumerate(zip(W, B)):
        check_shape(f"W[{i}]", weights, ("in", length), ("out", None))
        length = weights.shape[1]
        check_shape(f"B[{i}]", bias, ("out", length))
    return x, W, B, [_activations.get(f) for f in activations]
