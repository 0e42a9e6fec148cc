"""What reads a sequence step by step: states in, states out, and the plain loop over a cell."""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnncore._checks import as_array, check_shape
from rnncore._types import Array, ArrayLike, Shape
from rnncore.layers.base import Layer


class Recurrent(Layer):
    """A layer that reads a sequence; what the plain loop and the fast layers share.

    A subclass has `states`, the names of its states, the output first; `features` and `units`;
    and two methods::

        _run(x, initial, weights, keep) -> y, final states, cache (None unless keep)
        _back(cache, dS, dstates) -> dx, gradients

    `weights` are the parameters in the type of x.  `dS` is the gradient that arrives at each
    output, or None if all of it is in `dstates`, the gradients that arrive at the final states.
    """

    states: tuple[str, ...] = ("h",)
    axes_of_x = 3
    return_sequences: bool
    _run: Callable[..., Any]
    _back: Callable[..., tuple[Array, dict[str, Array]]]
    features: int | None  # None: not known
    units: int | tuple[int, ...]  # of each state, if they differ

    @property
    def sizes(self) -> tuple[int, ...]:
        """The units of each state."""
        return self.units if isinstance(self.units, tuple) else (self.units,) * len(self.states)

    def forward(self, x: ArrayLike, *states: ArrayLike | None, keep: bool = True) -> Array:
        """Read the sequences.

        Parameters
        ----------
        x : (batch, timesteps, features)
        *states : (batch, units) each
            The initial states, h (an LSTM: h and c); without them, zeros.
        keep : bool
            False: keep no cache.

        Returns
        -------
        y : (batch, units), the last output; with return_sequences (batch, timesteps, units)

        Raises
        ------
        ValueError
            If a shape does not fit, or some of the initial states are missing.
        """
        self.cache = None  # a new cache may take the memory of the old one
        x, initial, weights = self._check_forward(x, states)
        y, final, self.cache = self._run(x, initial, weights, keep)
        self.state = tuple(state.copy() for state in final)
        y.setflags(write=not keep)
        return y

    def backward(self, dy: ArrayLike, dstate: Any = None) -> Array:
        """Return the gradient of the loss with respect to x; put all others in `gradients`.

        Parameters
        ----------
        dy : of the shape of y
            The gradient that arrives at the output.
        dstate : tuple of (batch, units), or None
            What else arrives at the final states; a layer with one state takes it bare.

        Returns
        -------
        dx : of the shape of x, and of the type of y
        """
        return self._backward(dy, dstate)

    def output_shape(self, shape: Shape = (None, None, None)) -> Shape:
        """Return the shape of y for that of x, None for a length that is open."""
        features = ("features", self.features)
        check_shape("x", shape, ("batch", None), ("timesteps", None), features)
        return (*shape[: 1 + self.return_sequences], self.sizes[0])

    def _backward(self, dy: ArrayLike, dstate: Any, **options: Any) -> Array:
        cache = self.recall()
        dS, dstates = self._check_backward(dy, dstate, cache.x)
        dx, gradients = self._back(cache, dS, dstates, **options)
        names = *self.parameters, *(f"{name}0" for name in self.states)
        self.gradients = {name: gradients[name] for name in names}
        return dx

    def _check_forward(self, x, states):
        names = [f"{name}0" for name in self.states]
        if len(states) not in (0, len(names)):
            raise ValueError(
                f"states must be none or {' and '.join(names)}, got {len(states)} of them."
            )
        given = {name: s for name, s in zip(names, states) if s is not None}
        (x, *arrays), weights = self.with_parameters(x=x, **given)
        found = dict(zip(given, arrays))
        check_shape("x", x, ("batch", None), ("timesteps", None), ("features", self.features))
        initial = []
        for name, units in zip(names, self.sizes):
            state = found.get(name, np.zeros((len(x), units), x.dtype))
            check_shape(name, state, ("batch", len(x)), ("units", units))
            initial.append(state)
        return x, initial, weights

    def _check_backward(self, dy, dstate, x):
        """Return dS, or None if dy goes only to the last state, and dstates."""
        batch, steps = ("batch", len(x)), [("timesteps", x.shape[1])] * self.return_sequences
        dy = as_array("dy", dy)  # not copied: it may be as large as all states
        check_shape("dy", dy, batch, *steps, ("units", self.sizes[0]))
        dstates = []
        for k, (d, units) in enumerate(zip(self._split(dstate), self.sizes)):
            name = "dstate" if len(self.sizes) == 1 else f"dstate[{k}]"
            zeros = np.zeros((len(x), units), x.dtype)
            dstates.append(zeros if d is None else as_array(name, d).astype(x.dtype))
            check_shape(name, dstates[k], batch, ("units", units))
        if not self.return_sequences:
            dstates[0] += dy
        return dy if self.return_sequences else None, dstates

    def _split(self, dstate):
        """Return one entry per state, from a tuple, a bare array for a single state, or None."""
        if dstate is None:
            return [None] * len(self.states)
        parts = [dstate] if len(self.states) == 1 and not isinstance(dstate, tuple) else dstate
        if not isinstance(parts, (list, tuple)) or len(parts) != len(self.states):
            names = ", ".join(f"d{name}" for name in self.states)
            came = f"{len(parts)} entries" if isinstance(parts, (list, tuple)) else type(parts)
            raise ValueError(f"dstate must be a tuple ({names}), got {came}.")
        return list(parts)


class Unrolled(NamedTuple):
    """The cache of `RNN`: the cell of every time step, each with the cache of its own."""

    x: Array
    cells: list[Layer]


class RNN(Recurrent):
    """The plain loop: a cell, which knows one step, at every step of a sequence.

    `SimpleRNN`, `LSTM` and `GRU` compute the same as this loop over their cells, faster.  For a
    recurrent layer of your own, write a cell, a `Layer` with

    - ``states``, the names of its states, the one that is its output first, and ``units``, how
      many numbers each has (a tuple, if they differ);
    - ``forward(x, *states)``: set `state` to the new states, and return the first of them;
    - ``backward(dy, dstate)``: from the gradients that arrive at the output and, besides, at
      each new state, return that of x, and put those of the parameters and of the states
      before (under "h0" for the state "h") in `gradients`.

    The loop does the rest: it carries the states forward and their gradients back, and adds up
    the gradients of the parameters.

    Parameters
    ----------
    cell : layer of one step, such as LSTMCell
        Its parameters are those of this layer, under the same names.
    return_sequences : bool
        Return the outputs of all steps, not only the last.

    Raises
    ------
    ValueError
        If the cell has no states or no units.

    Examples
    --------
    A memory that fades by a factor of its own in each unit, h_t = decay · h_{t-1} + x_t:

    >>> class FadingCell(Layer):
    ...     states = ("h",)
    ...
    ...     def __init__(self, decay):
    ...         super().__init__(decay=decay)
    ...         self.units = len(decay)
    ...
    ...     def forward(self, x, h):
    ...         self.cache = h
    ...         self.state = (self.parameters["decay"] * h + x,)
    ...         return self.state[0]
    ...
    ...     def backward(self, dy, dstate):
    ...         dh, decay = dy + dstate[0], self.parameters["decay"]
    ...         self.gradients = {"decay": (dh * self.cache).sum(axis=0), "h0": dh * decay}
    ...         return dh
    >>> layer = RNN(FadingCell([0.5, 1.0]))
    >>> layer.forward([[[8.0, 1.0], [0.0, 1.0], [0.0, 1.0]]])
    array([[2., 3.]])
    >>> layer.backward([[1.0, 1.0]])[0, :, 0], layer.gradients["decay"]
    (array([0.25, 0.5 , 1.  ]), array([8., 3.]))
    """

    def __init__(self, cell: Layer, return_sequences: bool = False) -> None:
        one_step = isinstance(cell, Layer) and cell.states and cell.axes_of_x in (None, 2)
        if not one_step or not hasattr(cell, "units"):
            raise ValueError(
                "cell must be a layer of one step, with `states` and `units`, such as LSTMCell,"
                f" got {cell!r}."
            )
        self.cell = cell
        self.states, self.units = cell.states, cell.units
        self.features = getattr(cell, "features", None)
        self.return_sequences = bool(return_sequences)
        self.gradients = {}

    @property
    def parameters(self) -> dict[str, Array]:  # type: ignore[override]
        """The parameters of the cell, to be changed in place."""
        return self.cell.parameters

    def __repr__(self) -> str:
        return f"RNN({self.cell!r})"

    def _run(self, x, initial, weights, keep):
        cell = copy.deepcopy(self.cell.twin())  # whose parameters may change before backward
        y, states, cells = initial[0], tuple(initial), []
        outputs = np.empty((*x.shape[:2], self.sizes[0]) if self.return_sequences else 0, x.dtype)
        for t in range(x.shape[1]):
            if keep:
                cell = cell.twin()
                cells.append(cell)
            y = cell.forward(x[:, t], *states)
            states = cell.state
            if not isinstance(states, tuple) or len(states) != len(self.states):
                raise ValueError(f"{type(cell).__name__}.forward must set state = {self.states}.")
            if self.return_sequences:
                outputs[:, t] = y
        y = outputs if self.return_sequences else np.array(y)
        return y, states, Unrolled(x, cells) if keep else None

    def _back(self, cache, dS, dstates):
        x, cells = cache
        dx = np.empty_like(x)
        total = {name: np.zeros_like(p) for name, p in self.parameters.items()}
        initial = [f"{name}0" for name in self.states]
        nothing = np.zeros_like(dstates[0])
        for t in reversed(range(len(cells))):
            dy = nothing if dS is None else dS[:, t]
            dx[:, t] = cells[t].backward(dy, tuple(dstates))
            found = cells[t].gradients
            if missing := [name for name in (*total, *initial) if name not in found]:
                raise ValueError(
                    f"{type(self.cell).__name__}.backward must put {', '.join(missing)} into"
                    f" gradients, got {', '.join(found) or 'none'}."
                )
            for name in total:
                total[name] += found[name]
            dstates = [found[name] for name in initial]
        return dx, total | dict(zip(initial, dstates))
