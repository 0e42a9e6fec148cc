"""What reads a sequence step by step: states in, states out, and the plain loop over a cell."""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnncore._checks import as_array, check_flag, check_integer, check_shape
from rnncore._types import Array, ArrayLike, Shape
from rnncore.layers.base import Layer, Options
from rnncore.layers.masks import as_mask


class Read(NamedTuple):
    """The cache of a recurrent layer."""

    inner: Any  # what `_back` needs
    begun: Array | None  # where y is no longer 0, for a mask
    shared: list[str]  # the initial states that were given for the whole batch


class Recurrent(Layer):
    """A layer that reads a sequence; what the plain loop and the fast layers share.

    A subclass has `states`, the names of its states, the output first; `features` and `units`;
    and three methods::

        _run(x, initial, weights, keep, hold) -> y, final states, cache (None unless keep)
        _back(cache, dS, dstates) -> dx, gradients
        _cut(cache, start, stop) -> the cache of these steps

    `weights` are the parameters in the type of x.  `hold`, (timesteps, batch, 1) of bool or None,
    says where the states stay as they are.  `dS` is the gradient that arrives at each output, or
    None if all of it is in `dstates`, the gradients that arrive at the final states.
    """

    states: tuple[str, ...] = ("h",)
    axes_of_x = 3
    reads_mask = True
    windows_itself = False  # whether `_back` takes a window
    defaults = Options({"return_sequences": False, "reverse": False})
    return_sequences: bool = False
    reverse: bool = False
    _run: Callable[..., Any]
    _back: Callable[..., tuple[Array, dict[str, Array]]]
    _cut: Callable[..., Any]
    features: int | None  # None: not known
    units: int | tuple[int, ...]  # of each state, if they differ

    @property
    def sizes(self) -> tuple[int, ...]:
        """The units of each state."""
        return self.units if isinstance(self.units, tuple) else (self.units,) * len(self.states)

    def forward(
        self, x: ArrayLike, *states: Any, keep: bool = True, lengths: Any = None, mask: Any = None
    ) -> Array:
        """Read the sequences.

        At a step that is masked, or past the end of its sequence, the state stays as it is, and y
        repeats the output before it, or is 0 if there is none, as in Keras.

        Parameters
        ----------
        x : (batch, timesteps, features)
        *states : (batch, units) each, or (units,) for the whole batch
            The initial states: h, and for an LSTM h and c.  Without them, zeros.
        keep : bool
            Whether to keep what backward needs.
        lengths : (batch,) integers, or None
            How many steps of each sequence count, starting with the first.
        mask : (batch, timesteps) of True and False, or None
            Which steps count.

        Returns
        -------
        y : (batch, units), the last output
            With return_sequences it is (batch, timesteps, units), in the order of reading.

        Raises
        ------
        ValueError
            If a shape does not fit, some of the initial states are missing, or both lengths and
            mask are given.
        """
        self.cache = self.mask = None  # a new cache may take the memory of the old one
        x, initial, weights, shared = self._check_forward(x, states)
        mask = as_mask(lengths, mask, x.shape)
        if self.reverse:
            x, mask = x[:, ::-1], None if mask is None else mask[:, ::-1]
        hold: Array | None = None
        begun: Any = None
        if mask is not None:
            hold = ~mask.T[..., np.newaxis]
            begun = np.logical_or.accumulate(mask, axis=1)[..., np.newaxis]
            begun = begun if self.return_sequences else mask.any(axis=1, keepdims=True)
            x = np.where(mask[..., np.newaxis], x, 0)  # whatever stands at the other steps
        y, final, cache = self._run(x, initial, weights, keep, hold)
        y = y if begun is None else np.where(begun, y, 0)
        self.state = tuple(state.copy() for state in final)
        self.mask = mask if self.return_sequences else None
        self.cache = Read(cache, begun, shared) if keep else None
        y.setflags(write=not check_flag("keep", keep))
        return y

    def backward(self, dy: ArrayLike, dstate: Any = None, window: int | None = None) -> Array:
        """Return the gradient of the loss with respect to x; put all others in `gradients`.

        Parameters
        ----------
        dy : of the shape of y
            The gradient that arrives at the output.
        dstate : tuple of (batch, units), or None
            What else arrives at the final states.  With one state, its gradient needs no tuple.
        window : int, or None
            The gradient that enters at step t reaches steps t, t-1, …, t-window+1 and no
            further, as in `bptt.backpropagate`.  A masked step counts as a step, too.

        Returns
        -------
        dx : of the shape of x, and of the type of y

        Raises
        ------
        ValueError
            If a shape does not fit, or the window is not an integer of at least 1.
        """
        cache, begun, shared = self.recall()
        dS, dstates = self._check_backward(dy, dstate, cache.x, begun)
        timesteps = cache.x.shape[1]
        window = timesteps if window is None else check_integer("window", window, 1)
        if window >= timesteps:
            dx, found = self._back(cache, dS, dstates)
        elif self.windows_itself:
            dx, found = self._back(cache, dS, dstates, window)
        else:
            dx, found = self._back_in_windows(cache, dS, dstates, window)
        names = *self.parameters, *(f"{name}0" for name in self.states)
        self.gradients = {n: found[n].sum(axis=0) if n in shared else found[n] for n in names}
        return dx[:, ::-1] if self.reverse else dx

    def output_shape(self, shape: Shape = (None, None, None)) -> Shape:
        """Return the shape of y for a shape of x, in which None is an open length."""
        features = ("features", self.features)
        check_shape("x", shape, ("batch", None), ("timesteps", None), features)
        return (*shape[: 1 + self.return_sequences], self.sizes[0])

    def _back_in_windows(self, cache, dS, dstates, window):
        """Go back from each step by itself, as far as the window."""
        dx, total = np.zeros_like(cache.x), dict.fromkeys(self.parameters, 0)
        for stop in range(cache.x.shape[1], 0, -1):
            start = max(0, stop - window)
            if dS is not None:
                dstates[0] += dS[:, stop - 1]
            found_dx, found = self._back(self._cut(cache, start, stop), None, dstates)
            dx[:, start:stop] += found_dx
            for name in found if start == 0 else self.parameters:
                total[name] = total.get(name, 0) + found[name]
            dstates = [np.zeros_like(d) for d in dstates]
        return dx, total

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
        initial, shared = [], [name for name, state in found.items() if state.ndim == 1]
        for name, units in zip(names, self.sizes):
            state = found.get(name, np.zeros((len(x), units), x.dtype))
            if name in shared:
                check_shape(name, state, ("units", units))
                state = np.broadcast_to(state, (len(x), units))
            check_shape(name, state, ("batch", len(x)), ("units", units))
            initial.append(state)
        return x, initial, weights, shared

    def _check_backward(self, dy, dstate, x, begun):
        """Return dS, or None if dy goes only to the last state, and dstates."""
        batch, timesteps = x.shape[:2]
        steps = [("timesteps", timesteps)] * self.return_sequences
        dy = as_array("dy", dy)  # not copied: it may be as large as all states
        check_shape("dy", dy, ("batch", batch), *steps, ("units", self.sizes[0]))
        dstates = []
        for k, (d, units) in enumerate(zip(self._split(dstate), self.sizes)):
            name = "dstate" if len(self.sizes) == 1 else f"dstate[{k}]"
            zeros = np.zeros((batch, units), x.dtype)
            dstates.append(zeros if d is None else as_array(name, d).astype(x.dtype))
            check_shape(name, dstates[k], ("batch", batch), ("units", units))
        dy = dy if begun is None else np.where(begun, dy, 0)
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
    hold: Array | None


class RNN(Recurrent):
    """The plain loop, which takes a cell from step to step of a sequence.

    `SimpleRNN`, `LSTM` and `GRU` compute the same as this loop over their cells, only faster.  For
    a recurrent layer of your own, write a cell, which is a `Layer` with

    - ``states``, the names of its states, beginning with its output, and ``units``, how many
      numbers each state has (a tuple, if they differ);
    - ``forward(x, *states)``: set `state` to the new states, and return the first of them;
    - ``backward(dy, dstate)``: take the gradients that arrive at the output and at each new
      state, put those of the parameters and of the states before (under "h0" for the state "h")
      in `gradients`, and return that of x.

    The loop does the rest: it carries the states forward and their gradients back, and adds up
    the gradients of the parameters.

    Parameters
    ----------
    cell : layer of one step, such as LSTMCell
        Its parameters are those of this layer, under the same names.
    return_sequences : bool
        Return the outputs of all steps, not only the last.
    reverse : bool
        Read from the last step to the first.

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

    def __init__(self, cell: Layer, return_sequences: bool = False, reverse: bool = False) -> None:
        one_step = isinstance(cell, Layer) and cell.states and cell.axes_of_x in (None, 2)
        if not one_step or not hasattr(cell, "units"):
            raise ValueError(
                "cell must be a layer of one step, with `states` and `units`, such as LSTMCell,"
                f" got {cell!r}."
            )
        self.cell = cell
        self.states, self.units = cell.states, cell.units
        self.features = getattr(cell, "features", None)
        self.return_sequences, self.reverse = return_sequences, reverse
        self.gradients = {}
        self._shapes = {name: p.shape for name, p in cell.parameters.items()}

    @property
    def parameters(self) -> dict[str, Array]:  # type: ignore[override]
        """The parameters of the cell, to be changed in place."""
        return self.cell.parameters

    def __repr__(self) -> str:
        return self._describe(repr(self.cell))

    def _run(self, x, initial, weights, keep, hold):
        cell = copy.deepcopy(self.cell.twin())  # whose parameters may change before backward
        states, cells = tuple(initial), []
        outputs = np.empty((*x.shape[:2], self.sizes[0]) if self.return_sequences else 0, x.dtype)
        for k in range(x.shape[1]):
            if keep:
                cell = cell.twin()
                cells.append(cell)
            y, after = cell.forward(x[:, k], *states), cell.state
            if not isinstance(after, tuple) or len(after) != len(states):
                raise ValueError(f"{type(cell).__name__}.forward must set state = {self.states}.")
            if y is not after[0] and not np.array_equal(y, after[0], equal_nan=True):
                raise ValueError(f"{type(cell).__name__}.forward must return its new state[0].")
            if hold is not None:
                after = tuple(np.where(hold[k], a, b) for a, b in zip(states, after))
            states = after
            if self.return_sequences:
                outputs[:, k] = states[0]
        y = outputs if self.return_sequences else np.array(states[0])
        return y, states, Unrolled(x, cells, hold) if keep else None

    def _cut(self, cache, start, stop):
        x, cells, hold = cache
        hold = None if hold is None else hold[start:stop]
        return Unrolled(x[:, start:stop], cells[start:stop], hold)

    def _back(self, cache, dS, d):
        x, cells, hold = cache
        dx = np.empty_like(x)
        total = {name: np.zeros_like(p) for name, p in self.parameters.items()}
        initial = [f"{name}0" for name in self.states]
        nothing = np.zeros_like(d[0])
        for k in reversed(range(len(cells))):
            dy, past = nothing if dS is None else dS[:, k], [0] * len(d)
            if hold is not None:  # a gradient goes through the step, or past it
                d = [d[0] + dy, *d[1:]]
                dy, past, d = nothing, [e * hold[k] for e in d], [e * ~hold[k] for e in d]
            dx[:, k] = cells[k].backward(dy, tuple(d))
            found = cells[k].gradients
            if missing := [name for name in (*total, *initial) if name not in found]:
                raise ValueError(
                    f"{type(self.cell).__name__}.backward must put {', '.join(missing)} into"
                    f" gradients, got {', '.join(found) or 'none'}."
                )
            for name in total:
                total[name] += found[name]
            d = [found[name] + e for name, e in zip(initial, past)]
        return dx, total | dict(zip(initial, d))
