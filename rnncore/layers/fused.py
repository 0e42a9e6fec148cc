"""What the fast recurrent layers share: all gates in W_x, W_h and b, and loops over many steps."""

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Any, NamedTuple, Self

import numpy as np

from rnncore._checks import Axis, as_array, check_integer, check_number, check_shape, explained
from rnncore._types import Array, ArrayLike, Bias, Seed, Shape
from rnncore.layers.initialisers import Draw
from rnncore.layers.recurrent import Recurrent
from rnncore.states import FORWARD_BLOCK, blocks_of


class Cache(NamedTuple):
    """What the backward pass of a fast layer needs."""

    x: Array
    S: Array  # (batch, timesteps + 1, units), the outputs, the initial state first
    steps: Any  # what else the layer has kept of every step, (kinds, timesteps + 1, batch, units)
    weights: list[Any]  # copies of W_x, W_h and b, 0 where there is no bias
    hold: Array | None  # (timesteps, batch, 1) of bool, where the states stay as they are


class Fused(Recurrent):
    """A recurrent layer that computes many steps and all gates at once.

    A subclass has `gates`, how many blocks of units are side by side in W_x, W_h and b, and
    two methods, of which the first gets the weights as `_arrange` returns them::

        _loop(x, initial, hold, *arranged) -> S (batch, timesteps + 1, units), final states, steps
        _back(cache, dS, dstates) -> dx, gradients, among which more may be than are needed
    """

    gates = 1
    gate_biases: tuple[tuple[str, int, float], ...] = ()  # name, gate, first bias
    _loop: Callable[..., Any]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "__init__" in cls.__dict__:
            return
        weights = [*signature(Fused.__init__).parameters.values()][1:4]
        kind = Parameter.POSITIONAL_OR_KEYWORD
        options = [Parameter(name, kind, default=usual) for name, usual in cls.defaults.items()]
        cls.__signature__ = Signature([*weights, *options])  # type: ignore[attr-defined]

    def __init__(
        self, W_x: ArrayLike, W_h: ArrayLike, b: Bias = None, *given: Any, **options: Any
    ) -> None:
        super().__init__(W_x=W_x, W_h=W_h, b=b)
        self.set_options(*given, **options)
        units, columns = gate_axes(self.parameters["W_h"], self.gates)
        check_shape("W_h", self.parameters["W_h"], units, columns)
        check_shape("W_x", self.parameters["W_x"], ("features", None), columns)
        self._check_bias()

    def _check_bias(self) -> None:
        """Raise a ValueError unless b has the axes that the options ask for."""
        if "b" in self.parameters:
            columns = gate_axes(self.parameters["W_h"], self.gates)[1]
            check_shape("b", self.parameters["b"], *self._bias_axes(columns, **self.options))

    @classmethod
    @explained
    def initialise(cls, features: int, units: int, rng: Seed, **options: Any) -> Self:
        """Make a layer with random weights, each gate by itself.

        Parameters
        ----------
        features, units : int
        rng : np.random.Generator, or an integer seed
        W_x, W_h : str
            How they begin: "glorot", uniform within ±√(6 / (rows + columns)); "orthogonal", with
            columns of length 1 at right angles; "identity"; "uniform", within ±1/√units; "zeros".
        b : str
            "zeros" or "uniform".  PyTorch draws all three "uniform".
        dtype : np.float32 or np.float64
        **options
            As in the constructor.  Also, for an LSTM, forget_bias, a number for the bias of the
            forget gate, and for a GRU update_bias.  With b="zeros", their defaults are 1 and 0.

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
        features = check_integer("features", features, 1)
        units = check_integer("units", units, 1)
        draw = Draw(units, rng, {"W_x": "glorot", "W_h": "orthogonal", "b": "zeros"}, options)
        W_x, W_h = (
            np.hstack([draw(name, (rows, units)) for _ in range(cls.gates)])
            for name, rows in (("W_x", features), ("W_h", units))
        )
        columns = "units of all gates", cls.gates * units
        biases = {name: options.pop(name, None) for name, *_ in cls.gate_biases}
        b = draw("b", [n for _, n in cls._bias_axes(columns, **options)])
        for name, gate, usual in cls.gate_biases:
            value = biases[name]
            if value is None and draw.kinds["b"] == "zeros":
                value = usual
            if value is not None:
                of_gate = np.atleast_2d(b)[:, gate * units : (gate + 1) * units]
                of_gate[:] = [[check_number(name, value)]] + [[0]] * (len(of_gate) - 1)
        return cls(W_x, W_h, b, **options)

    @property
    def features(self) -> int:  # type: ignore[override]
        """How many numbers each x_t has."""
        return len(self.parameters["W_x"])

    @property
    def units(self) -> int:  # type: ignore[override]
        """How many numbers each state has."""
        return len(self.parameters["W_h"])

    def _run(self, x, initial, weights, keep, hold):
        self._check_bias()
        weights = weights if len(weights) == 3 else [*weights, 0.0]
        arranged = self._arrange(*weights)
        if keep:
            S, final, steps = self._loop(x, initial, hold, *arranged)
            weights = [np.copy(w) for w in weights]  # which may change
            y = S[:, 1:] if self.return_sequences else final[0].copy()
            return y, final, Cache(x, S, steps, weights, hold)
        shape = x.shape[: 1 + self.return_sequences]
        y, final = np.empty((*shape, self.units), x.dtype), initial
        for steps in blocks_of(FORWARD_BLOCK, x.shape[1]):  # only their states are in memory
            held = None if hold is None else hold[steps]
            S, final, _ = self._loop(x[:, steps], final, held, *arranged)
            if self.return_sequences:
                y[:, steps] = S[:, 1:]
        return y if self.return_sequences else final[0].copy(), final, None

    def _cut(self, cache, start, stop):
        x, S, kept, weights, hold = cache
        after = slice(start, stop + 1)
        kept = None if kept is None else kept[:, after]
        hold = None if hold is None else hold[start:stop]
        return Cache(x[:, start:stop], S[:, after], kept, weights, hold)

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

    @property
    def reverse(self) -> bool:  # type: ignore[override]
        """False: a single step is not reversed, nor returned among others."""
        return False

    return_sequences = reverse

    def forward(  # type: ignore[override]
        self, x: ArrayLike, *states: ArrayLike | None, keep: bool = True
    ) -> Array:
        """Take one step.

        Parameters
        ----------
        x : (batch, features)
        *states : (batch, units) each
            The states before it: h, and for an LSTM h and c.  Without them, zeros.
        keep : bool
            Whether to keep what backward needs.

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

    def backward(self, dy: ArrayLike, dstate: Any = None) -> Array:  # type: ignore[override]
        """Return the gradient of the loss with respect to x; put all others in `gradients`.

        Parameters
        ----------
        dy : (batch, units)
            The gradient that arrives at the output.
        dstate : tuple of (batch, units), or None
            What else arrives at the new states.  With one state, its gradient needs no tuple.

        Returns
        -------
        dx : (batch, features), of the type of y
        """
        return super().backward(dy, dstate)[:, 0]

    def output_shape(self, shape: Shape = (None, None)) -> Shape:
        """Return the shape of y for a shape of x, in which None is an open length."""
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
