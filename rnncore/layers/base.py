"""What all layers share: parameters, gradients, and a cache between forward and backward."""

import copy
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, Self, TypeAlias

import numpy as np

from rnncore._checks import as_array, as_arrays, check_flag, explained
from rnncore._types import Array, ArrayLike, Shape
from rnncore.activations import get_recurrent

ELSEWHERE = {  # what a model has in other libraries
    **{name: f"rnncore.training.{name}(model, …)" for name in ("fit", "predict", "evaluate")},
    "compile": "rnncore.training.fit with the loss and the optimiser",
    "save": "rnncore.save(path, model)",
    "get_weights": "rnncore.interop.to_keras(layer)",
    "state_dict": "rnncore.interop.to_torch(layer)",
}
Options: TypeAlias = MappingProxyType[str, Any]


class OutOfOrder(RuntimeError, ValueError):
    """Raised when backward is called without an earlier forward that kept its cache."""


class Layer:
    """A function with parameters, and the gradient of a loss with respect to them.

    To write a layer of your own, inherit from it.  Pass the parameters, under any names, to
    ``super().__init__`` and define

    - ``forward(x, keep=True)``: return y, and put into `cache` what backward needs, or None;
    - ``backward(dy)``: take that from `recall()`, set `gradients`, and return dx;
    - ``output_shape(shape)``: return the shape of y for a shape of x, in which None is open.

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
        Copies of what the layer was made from, by name, all of one type.  Change them in place.
    gradients : dict
        What the last backward found, under the same names.  A recurrent layer adds those of its
        initial states, h0, and for an LSTM also c0.  The next backward overwrites it.
    cache : tuple
        What forward has kept for backward, with named fields; or None.
    state : tuple
        The final states of a recurrent layer, (batch, units) each, set by forward.  () for
        other layers.
    mask : (batch, timesteps) of True and False, or None
        Which steps of y count, set by forward.  None if all do, or if y has no steps.
    options : dict
        What else the layer was made with, by name, such as its activation.  To change one, set
        the attribute of that name.

    Raises
    ------
    ValueError
        If a shape does not fit, in the constructor, forward or backward; the message names the
        argument and its axes.  After a forward that fails there is no cache.
    TypeError
        If a keyword is not known; the message lists those that are.
    OutOfOrder
        If backward is called without an earlier forward that kept its cache.

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
    reads_mask: bool = False  # whether forward takes a mask, and sets that of y
    defaults: Options = Options({})  # by name what the options are unless given
    parameters: dict[str, Array]
    gradients: dict[str, Array]
    cache: Any = None
    state: tuple[Array, ...] = ()
    mask: Array | None = None
    forward: Callable[..., Array]
    backward: Callable[..., Any]  # dx, or None for tokens

    def __init_subclass__(cls) -> None:
        for name in {"__init__", "forward", "backward"} & cls.__dict__.keys():
            setattr(cls, name, explained(cls.__dict__[name]))

    def __init__(self, **parameters: ArrayLike | None) -> None:
        given = {n: value for n, value in parameters.items() if n != "b" or value is not None}
        arrays = as_arrays(**given)
        self.parameters = {name: array.copy() for name, array in zip(given, arrays)}
        self.gradients = {}
        self._shapes = {name: p.shape for name, p in self.parameters.items()}

    def __getattr__(self, name: str) -> Any:
        call = ELSEWHERE.get(name)
        where = f": call {call}" if call else ""
        raise AttributeError(f"{type(self).__name__} has no {name}{where}.", name=name, obj=self)

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Refuse, with what to do."""
        raise TypeError(f"{type(self).__name__} is not called itself: call its forward(x).")

    def set_options(self, *given: Any, **options: Any) -> None:
        """Set the options, in the order of `defaults` or by name; the others are the usual ones."""
        names = [*self.defaults]
        if len(given) > len(names) or options.keys() - names:
            raise TypeError("an option is not known")  # which `explained` words
        for name, value in {**self.defaults, **dict(zip(names, given)), **options}.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.defaults:
            value = self._check_option(name, value)
            super().__setattr__("cache", None)  # no backward with an option that forward had not
        elif name in self.__dict__.get("_shapes", ()):
            raise AttributeError(f"{name} must be set as parameters[{name!r}][...] = values.")
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        return self._describe(*(f"{name} {p.shape}" for name, p in self.parameters.items()))

    @property
    def options(self) -> Options:
        """What else the layer was made with, by name."""
        return Options({name: getattr(self, name) for name in self.defaults})

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of y for a shape of x, in which None is an open length.

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
        came = {name: np.shape(p) for name, p in self.parameters.items()}
        if came != self._shapes:
            raise ValueError(
                f"parameters must keep their names and shapes, {self._shapes}, got {came}: change"
                " them in place, as in parameters[name][...] = values."
            )
        arrays = as_arrays(**inputs, **{f"own {n}": p for n, p in self.parameters.items()})
        return arrays[: len(inputs)], arrays[len(inputs) :]

    def _describe(self, *words: str) -> str:
        """Return the type, these words, and the options that are not the usual ones."""
        named = {name: getattr(value, "name", value) for name, value in self.options.items()}
        unusual = [f"{n}={value!r}" for n, value in named.items() if value != self.defaults.get(n)]
        return f"{type(self).__name__}({', '.join([*words, *unusual])})"

    @staticmethod
    def _check_option(name: str, value: Any) -> Any:
        """Return the value of an option, or raise a ValueError."""
        return get_recurrent(value) if "activation" in name else check_flag(name, value)


class Container(Layer):
    """A layer that is made of other layers.

    Its parameters and gradients are theirs, as they are now, under the layer's name and their
    own: "0.W_x", "forward.W_x".  A subclass calls them in its forward and backward, as
    ``self.inner["forward"]``.  To set a parameter, change its array in place.

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
            first = next(n for n in layers if {*_within(layers[n])} & {*_within(layer)})
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

    @property
    def inner_states(self) -> tuple[str, ...]:
        """The names of all states: "1.h" is the h of layer 1."""
        return tuple(f"{name}.{s}" for name, layer in self.inner.items() for s in layer.states)

    @property
    def inner_state(self) -> tuple[Array, ...]:
        """The final states of all layers, in the order of their names."""
        return tuple(s for layer in self.inner.values() for s in layer.state)

    def deal(self, word: str, given: Sequence[Any] | None) -> list[list[Any]]:
        """Return what each layer gets of `given`, one entry for each state of all layers."""
        names = self.inner_states
        if given and len(given) != len(names):
            expected = f"none or {len(names)}, {', '.join(names)}" if names else "none"
            raise ValueError(f"{word} must be {expected}, got {len(given)}.")
        entries = iter(given or [None] * len(names))
        return [[next(entries) for _ in layer.states] for layer in self.inner.values()]

    def _collect(self, what: str) -> dict[str, Array]:
        return InPlace(
            (f"{name}.{key}", array)
            for name, layer in self.inner.items()
            for key, array in getattr(layer, what).items()
        )


def _within(layer):
    """Yield a layer and all that are inside."""
    yield layer
    for inner in getattr(layer, "inner", {}).values():
        yield from _within(inner)


class InPlace(dict[str, Array]):
    """Arrays that are to be changed in place, because another array would reach no layer."""

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        if value is not self.get(name):  # it is, after parameters[name] += …
            self._refuse(name)

    def _refuse(self, name: Any = "…", *given: Any, **named: Any) -> Any:
        name = name if isinstance(name, str) else "…"
        raise ValueError(f"{name} must be changed in place: parameters[{name!r}][...] = values.")

    update = pop = popitem = setdefault = clear = __delitem__ = __ior__ = _refuse  # type: ignore[assignment]


def check_alike(name: str, value: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return `value` as an array, or raise a ValueError unless it has the shape of the output."""
    array = as_array(name, value)
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape of the output = {shape}, got {array.shape}.")
    return array
