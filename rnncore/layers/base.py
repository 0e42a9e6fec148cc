"""What all layers share: parameters, gradients, and a cache between forward and backward."""

import copy
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from rnncore._checks import as_array, as_arrays
from rnncore._types import Array, ArrayLike, Generator, Shape


class OutOfOrder(RuntimeError, ValueError):
    """backward was called without a forward that kept its cache."""


class Layer:
    """A function with parameters, and the gradient of a loss with respect to them.

    To write a layer of your own, inherit from it.  Pass the parameters, under any names, to
    ``super().__init__`` and define

    - ``forward(x, keep=True)``: return y, and put into `cache` what backward needs, or None;
    - ``backward(dy)``: take that from `recall()`, set `gradients`, and return dx;
    - ``output_shape(shape)``: return the shape of y for that of x; None is an open length.

    Here and in all subclasses `forward` does not copy x, which must stay as it is until
    `backward`.  The y that it returns is read-only unless keep is False, because backward reads
    it again.  With ``keep=False`` it keeps nothing, and no backward can follow.

    Parameters
    ----------
    **parameters : name -> array
        A bias b that is None is left out.

    Attributes
    ----------
    parameters : dict
        By name copies of what the layer was made from, all of one type; change them in place.
    gradients : dict
        What the last backward found, under the same names, and for a recurrent layer under
        those of its initial states, h0 (an LSTM: and c0); the next one overwrites it.
    cache : tuple
        What forward has kept for backward, with named fields; or None.
    state : tuple
        The final states of a recurrent layer, (batch, units) each, set by forward; () for
        other layers.

    Raises
    ------
    ValueError
        If a shape does not fit, in the constructor, forward or backward; the message names the
        argument and its axes.  After a forward that fails there is no cache.
    OutOfOrder
        By backward, if no forward that kept its cache came before.

    Examples
    --------
    >>> class Scale(Layer):
    ...     def __init__(self, factor):
    ...         super().__init__(factor=factor)
    ...
    ...     def forward(self, x, keep=True):
    ...         self.cache = x if keep else None
    ...         return x * self.parameters["factor"]
    ...
    ...     def backward(self, dy):
    ...         self.gradients = {"factor": (dy * self.recall()).sum(axis=0)}
    ...         return dy * self.parameters["factor"]
    >>> layer = Scale([1.0, 10.0])
    >>> layer.forward(np.array([[2.0, 3.0]]))
    array([[ 2., 30.]])
    >>> layer.backward(np.array([[1.0, 1.0]])), layer.gradients["factor"]
    (array([[ 1., 10.]]), array([2., 3.]))
    """

    states: tuple[str, ...] = ()  # the names of the states, the one that is the output first
    axes_of_x: int | None = None  # how many axes x must have; None: any number
    added_axes: int = 0  # how many axes y has more than x
    parameters: dict[str, Array]
    gradients: dict[str, Array]
    cache: Any = None
    state: tuple[Array, ...] = ()
    forward: Callable[..., Array]
    backward: Callable[..., Any]  # dx, or None for tokens

    def __init__(self, **parameters: ArrayLike | None) -> None:
        given = {n: value for n, value in parameters.items() if n != "b" or value is not None}
        arrays = as_arrays(**given)
        self.parameters = {name: array.copy() for name, array in zip(given, arrays)}
        self.gradients = {}

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {p.shape}" for name, p in self.parameters.items())
        return f"{type(self).__name__}({shapes})"

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of y for that of x, with None for a length that is open.

        Raises
        ------
        ValueError
            If x does not fit.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define output_shape(shape).")

    def recall(self) -> Any:
        """Return what the last forward has kept for backward.

        Raises
        ------
        OutOfOrder
            If there is nothing.
        """
        if self.cache is None:
            raise OutOfOrder(
                f"{type(self).__name__}.backward must come after forward, and after one that"
                " has kept its cache: call forward(x) first, with keep=True."
            )
        return self.cache

    def twin(self) -> Self:
        """Return a layer with the very same parameter arrays and a cache of its own."""
        twin = copy.copy(self)
        twin.cache = None
        return twin

    def with_parameters(self, **inputs: ArrayLike) -> tuple[list[Array], list[Array]]:
        """Return the inputs and the parameters as arrays of one type; nothing need be a copy."""
        arrays = as_arrays(**inputs, **{f"own {n}": p for n, p in self.parameters.items()})
        return arrays[: len(inputs)], arrays[len(inputs) :]


class Container(Layer):
    """A layer that is made of other layers.

    Its parameters and gradients are theirs, as they are now, under the layer's name and their
    own: "0.W_x", "forward.W_x".  A subclass calls them in its forward and backward, as
    ``self.inner["forward"]``.

    Parameters
    ----------
    **layers : name -> layer

    Raises
    ------
    ValueError
        If the same layer comes twice.

    Examples
    --------
    >>> from rnncore.layers import Dense
    >>> class Residual(Container):
    ...     def __init__(self, layer):
    ...         super().__init__(layer=layer)
    ...
    ...     def forward(self, x, keep=True):
    ...         return x + self.inner["layer"].forward(x, keep=keep)
    ...
    ...     def backward(self, dy):
    ...         return dy + self.inner["layer"].backward(dy)
    >>> layer = Residual(Dense([[1.0, 2.0], [3.0, 4.0]]))
    >>> layer.forward(np.array([[1.0, 0.0]])), layer.backward(np.array([[1.0, 0.0]]))
    (array([[2., 2.]]), array([[2., 3.]]))
    >>> list(layer.parameters), list(layer.gradients)
    (['layer.W'], ['layer.W'])
    """

    def __init__(self, **layers: Layer) -> None:
        for name, layer in layers.items():
            if not isinstance(layer, Layer):
                raise ValueError(f"{name} must be a layer, got {layer!r}.")
            first = next(n for n in layers if layers[n] is layer)
            if first != name:
                raise ValueError(
                    f"layers must all be different, got layer {first} again as layer {name}: a"
                    " layer has one cache."
                )
        self.inner = layers

    @property
    def parameters(self) -> dict[str, Array]:  # type: ignore[override]
        """The arrays of all layers, to be changed in place."""
        return self._collect("parameters")

    @property
    def gradients(self) -> dict[str, Array]:  # type: ignore[override]
        """What the last backward of each layer has found."""
        return self._collect("gradients")

    def twin(self) -> Self:
        """Return a container of twins."""
        twin = super().twin()
        twin.inner = {name: layer.twin() for name, layer in self.inner.items()}
        return twin

    def _collect(self, what: str) -> dict[str, Array]:
        return {
            f"{name}.{key}": array
            for name, layer in self.inner.items()
            for key, array in getattr(layer, what).items()
        }


def check_alike(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return `value` as an array, or raise a ValueError unless it has the shape of the output."""
    array = as_array(name, value)
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape of the output = {shape}, got {array.shape}.")
    return array


def glorot(rows: int, columns: int, rng: Generator) -> Array:
    """Return a random matrix, uniform within ±√(6 / (rows + columns))."""
    limit = np.sqrt(6 / (rows + columns))
    return rng.uniform(-limit, limit, (rows, columns))


def orthogonal(units: int, rng: Generator) -> Array:
    """Return a random orthogonal matrix: its columns have length 1 and are at right angles."""
    Q, R = np.linalg.qr(rng.normal(size=(units, units)))
    return Q * np.sign(np.diag(R))  # without the signs, not all rotations are equally likely
