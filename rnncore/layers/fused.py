"""What the fast recurrent layers share: all gates in W_x, W_h and b, and loops over many steps."""

from collections.abc import Callable
from typing import Any, NamedTuple, Self

import numpy as np

from rnncore._checks import Axis, as_array, check_integer, check_number, check_shape, explained
from rnncore._types import Array, ArrayLike, Bias, Seed, Shape
from rnncore.layers.initialisers import BIASES, check_dtype, draw
from rnncore.layers.recurrent import Recurrent


class Cache(NamedTuple):
    """What the backward pass of a fast layer needs of a piece."""

    x: Array
    S: Array  # (batch, timesteps + 1, units), the outputs, the initial state first
    steps: Any  # what else the kind of layer has kept of every step
    weights: list[Any]  # W_x, W_h and b, 0 where there is no bias


class Fused(Recurrent):
    """A recurrent layer that computes many steps and all gates at once.

    A subclass has `gates`, how many blocks of units are side by side in W_x, W_h and b, and
    two methods, of which the first gets the weights as `_arrange` returns them::

        _loop(x, initial, *arranged) -> S (batch, timesteps + 1, units), final states, steps
        _back(cache, dS, dstates) -> dx, gradients, among which more may be than are needed
    """

    gates = 1
    gate_biases: tuple[tuple[str, int, float], ...] = ()  # name, gate, first bias
    _loop: Callable[..., Any]

    def __init__(self, W_x: ArrayLike, W_h: ArrayLike, b: Bias = None, **options: Any) -> None:
        super().__init__(W_x=W_x, W_h=W_h, b=b)
        for name, value in (self.defaults | options).items():
            setattr(self, name, value)
        units, columns = gate_axes(self.parameters["W_h"], self.gates)
        check_shape("W_h", self.parameters["W_h"], units, columns)
        check_shape("W_x", self.parameters["W_x"], ("features", None), columns)
        if "b" in self.parameters:
            check_shape("b", self.parameters["b"], *self._bias_axes(columns, **self.options))

    @classmethod
    def initialise(
        cls,
        features: int,
        units: int,
        rng: Seed,
        *,
        W_x: str = "glorot",
        W_h: str = "orthogonal",
        b: str = "zeros",
        dtype: Any = np.float64,
        **options: Any,
    ) -> Self:
        """Make a layer with random weights, each gate by itself.

        Parameters
        ----------
        features, units : int
        rng : np.random.Generator, or an integer seed
        W_x, W_h : str
            "glorot", uniform within ±√(6 / (rows + columns)); "orthogonal", with columns of length
            1 at right angles; "identity"; "uniform", within ±1/√units; or "zeros".
        b : str
            "zeros" or "uniform".  PyTorch draws all three "uniform".
        dtype : np.float32 or np.float64
        **options
            As in the constructor.  Also, for an LSTM, forget_bias, a number for the bias of the
            forget gate, and for a GRU update_bias; with b="zeros" they are 1 and 0.

        Raises
        ------
        ValueError
            If a size is not an integer of at least 1, or a name is not known.

        Source
        ------
        Glorot and Bengio (2010), "Understanding the difficulty of training deep
        feedforward neural networks"; Saxe, McClelland and Ganguli (2014), "Exact
        solutions to the nonlinear dynamics of learning in deep linear neural networks";
        Le, Jaitly and Hinton (2015), "A simple way to initialize recurrent networks of
        rectified linear units".
        """
        rng = np.random.default_rng(rng)
        features = check_integer("features", features, 1)
        units = check_integer("units", units, 1)
        inner = [draw("W_x", W_x, (features, units), units, rng) for _ in range(cls.gates)]
        state = [draw("W_h", W_h, (units, units), units, rng) for _ in range(cls.gates)]
        axes = cls._bias_axes(("units of all gates", cls.gates * units), **options)
        bias = draw("b", b, [n for _, n in axes], units, rng, BIASES)
        for name, gate, usual in cls.gate_biases:
            value = options.pop(name, usual if b == "zeros" else None)
            if value is not None:
                of_gate = np.atleast_2d(bias)[:, gate * units : (gate + 1) * units]
                of_gate[:] = 0
                of_gate[0] = check_number(name, value)
        arrays = np.hstack(inner), np.hstack(state), bias
        return cls(*(p.astype(check_dtype(dtype)) for p in arrays), **options)

    @property
    def features(self) -> int:  # type: ignore[override]
        """How many numbers each x_t has."""
        return len(self.parameters["W_x"])

    @property
    def units(self) -> int:  # type: ignore[override]
        """How many numbers each state has."""
        return len(self.parameters["W_h"])

    def _prepare(self, weights):
        """Return copies of the weights, which may change before backward, and how they are used."""
        weights = [w.copy() for w in weights] + [0.0] * (3 - len(weights))
        return weights, self._arrange(*weights)

    def _run(self, x, initial, prepared):
        weights, arranged = prepared
        S, final, steps = self._loop(x, initial, *arranged)
        return S[:, 1:], final, Cache(x, S, steps, weights)

    def _cut(self, cache, start, stop):
        x, S, steps, weights = cache
        after = slice(start, stop + 1)
        steps = steps and type(steps)(*(of_all[after] for of_all in steps))
        return Cache(x[:, start:stop], S[:, after], steps, weights)

    @staticmethod
    def _arrange(W_x, W_h, b):
        """Return the weights as `_loop` multiplies with them."""
        return W_x, W_h, b

    @classmethod
    def _bias_axes(cls, columns, **options):
        return (columns,)


class Cell(Fused):
    """One step of a fast layer: x (batch, features) and the states -> y (batch, units).

    A cell inherits from this and from its layer.
    """

    axes_of_x = 2

    @explained
    def forward(  # type: ignore[override]
        self, x: ArrayLike, *states: ArrayLike | None, keep: bool = True
    ) -> Array:
        """Take one step.

        Parameters
        ----------
        x : (batch, features)
        *states : (batch, units) each
            The states before it, h (an LSTM: h and c); without them, zeros.
        keep : bool
            False: keep no cache.

        Returns
        -------
        y : (batch, units)
            The new h; all new states are in `state`.

        Raises
        ------
        ValueError
            If a shape does not fit, or some of the states are missing.
        """
        self.cache = None
        x = as_array("x", x)
        check_shape("x", x, ("batch", None), ("features", self.features))
        return super().forward(x[:, np.newaxis], *states, keep=keep)

    @explained
    def backward(self, dy: ArrayLike, dstate: Any = None) -> Array:  # type: ignore[override]
        """Return the gradient of the loss with respect to x; put all others in `gradients`.

        Parameters
        ----------
        dy : (batch, units)
            The gradient that arrives at the output.
        dstate : tuple of (batch, units), or None
            What else arrives at the new states; a cell with one state takes it bare.

        Returns
        -------
        dx : (batch, features), of the type of y
        """
        return super().backward(dy, dstate)[:, 0]

    def output_shape(self, shape: Shape = (None, None)) -> Shape:
        """Return the shape of y for that of x, None for a length that is open."""
        check_shape("x", shape, ("batch", None), ("features", self.features))
        return (shape[0], self.units)


def gate_axes(W_h: Array, gates: int) -> tuple[Axis, Axis]:
    """Return the axes of W_h, whether it or its transpose is given.

    Parameters
    ----------
    W_h : (units, gates · units)
    gates : int

    Returns
    -------
    units, columns : pairs of word and length
        (units,) and (gates · units,), as `check_shape` takes them.
    """
    units = (min(W_h.shape) or None) if W_h.ndim == 2 else None
    word = "units" if gates == 1 else f"{gates}·units"
    return ("units", units), (word, units and gates * units)
