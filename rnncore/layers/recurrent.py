"""What reads a sequence step by step: states in, states out, and the plain loop over a cell."""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnncore._checks import as_array, check_integer, check_shape, explained
from rnncore._types import Array, ArrayLike, Shape
from rnncore.layers.base import Layer, Options
from rnncore.layers.packing import Packing, as_mask
from rnncore.states import FORWARD_BLOCK


class Piece(NamedTuple):
    """Some steps of the first sequences, which were read at once."""

    steps: tuple[int, int]  # the first, and the one behind the last
    rows: int
    cache: Any  # what `_back` needs


class Read(NamedTuple):
    """The cache of a recurrent layer."""

    x: Array  # as it was read: reversed or packed
    packing: Packing | None
    pieces: list[Piece]
    shared: list[str]  # the initial states that were given for the whole batch


class Recurrent(Layer):
    """A layer that reads a sequence; what the plain loop and the fast layers share.

    A subclass has `states`, the names of its states, the output first; `features` and `units`;
    and four methods::

        _prepare(weights) -> prepared, once for a forward
        _run(x, initial, prepared) -> outputs, final states, cache
        _back(cache, dS, dstates) -> dx, gradients
        _cut(cache, start, stop) -> the cache of these steps

    `weights` are the parameters in the type of x, and outputs are (batch, timesteps, units).  `dS`
    is the gradient that arrives at each output, or None if all of it is in `dstates`, the
    gradients that arrive at the final states.
    """

    states: tuple[str, ...] = ("h",)
    axes_of_x = 3
    reads_mask = True
    windows_itself = False  # whether `_back` takes a window
    defaults = Options({"return_sequences": False, "reverse": False})
    return_sequences: bool = False
    reverse: bool = False
    forward_block = FORWARD_BLOCK  # how many steps are in memory without a cache
    _prepare: Callable[..., Any]
    _run: Callable[..., Any]
    _back: Callable[..., tuple[Array, dict[str, Array]]]
    _cut: Callable[..., Any]
    features: int | None  # None: not known
    units: int | tuple[int, ...]  # of each state, if they differ

    @property
    def sizes(self) -> tuple[int, ...]:
        """The units of each state."""
        return self.units if isinstance(self.units, tuple) else (self.units,) * len(self.states)

    @explained
    def forward(
        self,
        x: ArrayLike,
        *states: ArrayLike | None,
        keep: bool = True,
        lengths: ArrayLike | None = None,
        mask: ArrayLike | None = None,
    ) -> Array:
        """Read the sequences.

        A step that is masked, or behind the end of its sequence, holds the state, and y repeats
        the output before it, or is 0 if there is none.  That is the rule of Keras.

        Parameters
        ----------
        x : (batch, timesteps, features)
        *states : (batch, units) each, or (units,) for the whole batch
            The initial states, h (an LSTM: h and c); without them, zeros.
        keep : bool
            False: keep no cache.
        lengths : (batch,) integers, or None
            How many steps of each sequence count, from the first on.
        mask : (batch, timesteps) of True and False, or None
            Which steps count.

        Returns
        -------
        y : (batch, units), the last output; with return_sequences (batch, timesteps, units), in
            the order of reading

        Raises
        ------
        ValueError
            If a shape does not fit, some of the initial states are missing, or both lengths and
            mask are given.
        """
        self.cache = self.mask = None  # a new cache may take the memory of the old one
        x, final, weights, shared = self._check_forward(x, states)
        mask = as_mask(lengths, mask, x.shape)
        if self.reverse:
            x, mask = x[:, ::-1], None if mask is None else mask[:, ::-1]
        packing = None if mask is None else Packing(mask)
        if packing is not None:
            x, final = packing.pack(x), [state[packing.rows] for state in final]
        y, final, pieces = self._read(x, final, self._prepare(weights), packing, keep)
        self.state = tuple(s.copy() if packing is None else packing.unsort(s) for s in final)
        if self.return_sequences:
            self.mask = mask
            y = y if packing is None else packing.spread(y)
        else:
            y = self.state[0].copy() if packing is None else self.state[0] * packing.any
        if keep:
            self.cache = Read(x, packing, pieces, shared)
        y.setflags(write=not keep)
        return y

    @explained
    def backward(self, dy: ArrayLike, dstate: Any = None, window: int | None = None) -> Array:
        """Return the gradient of the loss with respect to x; put all others in `gradients`.

        Parameters
        ----------
        dy : of the shape of y
            The gradient that arrives at the output.
        dstate : tuple of (batch, units), or None
            What else arrives at the final states; a layer with one state takes it bare.
        window : int, or None
            The gradient that enters at step t reaches steps t, t-1, …, t-window+1 and no
            further, as in `bptt.backpropagate`; only steps that count are counted.

        Returns
        -------
        dx : of the shape of x, and of the type of y

        Raises
        ------
        ValueError
            If a shape does not fit, or the window is not an integer of at least 1.
        """
        read = self.recall()
        dS, dstates = self._check_backward(dy, dstate, read)
        timesteps = read.x.shape[1]
        window = timesteps if window is None else check_integer("window", window, 1)
        short = window < timesteps
        names = [f"{name}0" for name in self.states]
        if len(read.pieces) == 1 and read.packing is None and (self.windows_itself or not short):
            options = {"window": window} if short else {}
            dx, found = self._back(read.pieces[0].cache, dS, dstates, **options)
            dstates = [found[name] for name in names]
        else:
            dx = np.zeros_like(read.x)
            found = {name: np.zeros(p.shape, dx.dtype) for name, p in self.parameters.items()}
            go_back = self._in_windows if short else self._go_back
            dstates = go_back(read, dS, dstates, window, dx, found)
        if read.packing is not None:
            dx, dstates = read.packing.unpack(dx), [read.packing.unsort(d) for d in dstates]
        initial = {n: d.sum(axis=0) if n in read.shared else d for n, d in zip(names, dstates)}
        self.gradients = {name: found[name] for name in self.parameters} | initial
        return dx[:, ::-1] if self.reverse else dx

    def output_shape(self, shape: Shape = (None, None, None)) -> Shape:
        """Return the shape of y for that of x, None for a length that is open."""
        features = ("features", self.features)
        check_shape("x", shape, ("batch", None), ("timesteps", None), features)
        return (*shape[: 1 + self.return_sequences], self.sizes[0])

    def _read(self, x, final, prepared, packing, keep):
        """Return the outputs, the final states, and the pieces; outputs only if they are wanted.

        A piece ends where a sequence does; without a cache also after a block of steps, so that
        only their states are in memory.
        """
        batch, timesteps = x.shape[:2]
        lengths = np.array([timesteps]) if packing is None else packing.lengths
        blocks = () if keep else range(self.forward_block, timesteps, self.forward_block)
        stops = sorted({*lengths.tolist(), *(t for t in blocks if t < lengths.max())} - {0})
        y = np.zeros((batch, timesteps, self.sizes[0]) if self.return_sequences else 0, x.dtype)
        start, pieces = 0, []
        for stop in stops:
            rows = batch if packing is None else int((lengths >= stop).sum())
            outputs, after, cache = self._run(
                x[:rows, start:stop], [s[:rows] for s in final], prepared
            )
            final = [np.concatenate([a, s[rows:]]) for a, s in zip(after, final)]
            if keep:
                pieces.append(Piece((start, stop), rows, cache))
            if outputs.shape == y.shape:
                y = outputs
            elif self.return_sequences:
                y[:rows, start:stop] = outputs
            start = stop
        return y, final, pieces

    def _go_back(self, read, dS, d, window, dx, total, stop=None):
        """Go back from step `stop`, or the last, as far as the window; add to dx and total.

        Turn d, which arrives at the states after these steps, into what arrives before them.
        """
        stop = read.x.shape[1] if stop is None else stop
        for (start, end), rows, cache in reversed(read.pieces):
            first, last = max(start, stop - window), min(end, stop)
            if first < last:
                if last - first < end - start:
                    cache = self._cut(cache, first - start, last - start)
                arriving = None if dS is None else dS[:rows, first:last]
                found_dx, found = self._back(cache, arriving, [e[:rows] for e in d])
                dx[:rows, first:last] += found_dx
                for name in total:
                    total[name] += found[name]
                for name, e in zip(self.states, d):
                    e[:rows] = found[f"{name}0"]
        return d

    def _in_windows(self, read, dS, dstates, window, dx, total):
        """Go back from each step by itself, as far as the window; return what arrives at t = 0."""
        timesteps = read.x.shape[1]
        lengths = np.full(len(dx), timesteps) if read.packing is None else read.packing.lengths
        initial = [np.zeros_like(d) for d in dstates]
        for stop in range(timesteps + 1):
            d = [np.where((lengths == stop)[:, np.newaxis], e, 0) for e in dstates]
            if dS is not None and stop:
                d[0] += dS[:, stop - 1]
            self._go_back(read, None, d, window, dx, total, stop)
            if stop <= window:
                initial = [a + b for a, b in zip(initial, d)]
        return initial

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

    def _check_backward(self, dy, dstate, read):
        """Return dS, or None if dy goes only to the last state, and dstates, in the order of x."""
        batch, timesteps = read.x.shape[:2]
        steps = [("timesteps", timesteps)] * self.return_sequences
        dy = as_array("dy", dy)  # not copied: it may be as large as all states
        check_shape("dy", dy, ("batch", batch), *steps, ("units", self.sizes[0]))
        dstates = []
        for k, (d, units) in enumerate(zip(self._split(dstate), self.sizes)):
            name = "dstate" if len(self.sizes) == 1 else f"dstate[{k}]"
            zeros = np.zeros((batch, units), read.x.dtype)
            dstates.append(zeros if d is None else as_array(name, d).astype(read.x.dtype))
            check_shape(name, dstates[k], ("batch", batch), ("units", units))
        packing = read.packing
        if not self.return_sequences:
            dstates[0] += dy if packing is None else dy * packing.any
        if packing is not None:
            dstates = [d[packing.rows] for d in dstates]
            dy = packing.gather(dy) if self.return_sequences else dy
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

    forward_block = 1

    @explained
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

    def _prepare(self, weights):
        return copy.deepcopy(self.cell.twin())  # whose parameters may change before backward

    def _run(self, x, initial, cell):
        states, cells = tuple(initial), []
        outputs = np.empty((*x.shape[:2], self.sizes[0]), x.dtype)
        for t in range(x.shape[1]):
            cell = cell.twin()
            cells.append(cell)
            outputs[:, t] = cell.forward(x[:, t], *states)
            states = cell.state
            if not isinstance(states, tuple) or len(states) != len(self.states):
                raise ValueError(f"{type(cell).__name__}.forward must set state = {self.states}.")
        return outputs, states, Unrolled(x, cells)

    def _cut(self, cache, start, stop):
        return Unrolled(cache.x[:, start:stop], cache.cells[start:stop])

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
