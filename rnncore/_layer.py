"""What all layers share: parameters, gradients, and a history between forward and backward."""

import numpy as np

from rnncore._checks import as_array, as_arrays, check_integer, check_shape
from rnncore.states import FORWARD_BLOCK, blocks_of


class OutOfOrder(RuntimeError, ValueError):
    """A backward without the forward that it belongs to, or after one that kept no history."""


class Layer:
    """A function with parameters, and the gradient of a loss with respect to them.

    Attributes
    ----------
    parameters : dict, name -> array
        Copies of what the layer was made from, all of one type; change them in place.
    gradients : dict, name -> array
        What the last backward found; the next one overwrites it.
    state : tuple of arrays (batch, units)
        What a recurrent layer has reached after forward; () for other layers.
    """

    state = ()
    axes_of_x = None  # how many axes x must have; None: any number
    _history = None

    def __init__(self, **parameters):
        given = {n: value for n, value in parameters.items() if n != "b" or value is not None}
        arrays = as_arrays(**given)
        self.parameters = {name: array.copy() for name, array in zip(given, arrays)}
        self.gradients = {}

    def __repr__(self):
        shapes = ", ".join(f"{name} {p.shape}" for name, p in self.parameters.items())
        return f"{type(self).__name__}({shapes})"

    def _with_parameters(self, **inputs):
        """The inputs, then W… and b (0 where there is none), as arrays of one type."""
        arrays = as_arrays(**inputs, **self.parameters)
        return arrays if "b" in self.parameters else [*arrays, 0.0]

    def _recall(self):
        """What the last forward has kept for backward."""
        if self._history is None:
            raise OutOfOrder(
                f"{type(self).__name__}.backward must come after forward, and after one that"
                " has kept its history: call forward(x) first, with keep=True."
            )
        return self._history


class Recurrent(Layer):
    """A layer that reads a sequence step by step; what SimpleRNN, LSTM and GRU share.

    A kind of layer defines `gates`, the number of blocks of units side by side in W_x, W_h and
    b; `states`, the names of its states, that which it puts out first; and two methods::

        _run(x, states, W_x, W_h, b) -> S (batch, timesteps + 1, units), final states, history
        _back(x, S, history, dS, dstates, W_x, W_h, b, …) -> dict of gradients, x among them

    `_run` gets the weights as `_arrange` makes them, `_back` as they are.
    """

    gates = 1
    states = ("h",)
    axes_of_x = 3

    def __init__(self, W_x, W_h, b, return_sequences):
        super().__init__(W_x=W_x, W_h=W_h, b=b)
        self.return_sequences = bool(return_sequences)
        units, columns = gate_axes(self.parameters["W_h"], self.gates)
        check_shape("W_h", self.parameters["W_h"], units, columns)
        check_shape("W_x", self.parameters["W_x"], ("features", None), columns)
        if "b" in self.parameters:
            check_shape("b", self.parameters["b"], *self._bias_axes(columns))

    @classmethod
    def initialise(cls, features, units, rng, **options):
        """A layer with random weights.

        In each gate W_x is uniform within ±√(6 / (features + units)) and W_h a random
        orthogonal matrix; b is 0, in the forget gate of an LSTM 1.

        Parameters
        ----------
        features, units : int
        rng : np.random.Generator, or an integer seed
        **options
            As in the constructor.

        Raises
        ------
        ValueError
            If a size is no integer of at least 1.

        Source
        ------
        Glorot and Bengio (2010), "Understanding the difficulty of training deep
        feedforward neural networks"; Saxe, McClelland and Ganguli (2014), "Exact
        solutions to the nonlinear dynamics of learning in deep linear neural networks".
        """
        rng = np.random.default_rng(rng)
        features = check_integer("features", features, 1)
        units = check_integer("units", units, 1)
        W_x = np.hstack([glorot(features, units, rng) for _ in range(cls.gates)])
        W_h = np.hstack([orthogonal(units, rng) for _ in range(cls.gates)])
        return cls(W_x, W_h, cls._first_bias(units, **options), **options)

    def forward(self, x, *states, keep=True):
        """Read the sequences.

        Parameters
        ----------
        x : (batch, timesteps, features)
            It is not copied, and must stay as it is until backward.
        *states : (batch, units) each
            The initial states, h (an LSTM: h and c); without them, zeros.
        keep : bool
            False: no history is kept, and no backward can follow.

        Returns
        -------
        y : (batch, units), the last output; with return_sequences (batch, timesteps, units)
            Read-only if a history is kept: backward, or that of the next layer, reads it again.

        Raises
        ------
        ValueError
            If a shape does not fit, or some of the initial states are missing; then there is
            no history.
        """
        self._history = None  # a new history may take the memory of the old one
        x, states, weights = self._check_forward(x, states)
        arranged = self._arrange(*weights)
        if keep:
            S, states, history = self._run(x, states, *arranged)
            copies = [np.copy(w) for w in weights]  # the layer's own may change before backward
            self._history = x, S, history, copies
            y = S[:, 1:]
        else:
            y = np.empty((*x.shape[: 2 * self.return_sequences], states[0].shape[1]), x.dtype)
            for steps in blocks_of(FORWARD_BLOCK, x.shape[1]):  # whose states alone are held
                S, states, _ = self._run(x[:, steps], states, *arranged)
                if self.return_sequences:
                    y[:, steps] = S[:, 1:]
        self.state = tuple(state.copy() for state in states)
        y = y if self.return_sequences else states[0].copy()
        y.setflags(write=not keep)
        return y

    def backward(self, dy, dstate=None):
        """The gradient of the loss with respect to x; that of all else goes to `gradients`.

        Parameters
        ----------
        dy : of the shape of y
            The gradient that arrives at the output.
        dstate : tuple of (batch, units), or None
            What arrives at the final states besides; a layer with one state takes it bare.

        Returns
        -------
        dx : of the shape of x, and of the type of y

        Raises
        ------
        ValueError
            If a shape does not fit.
        OutOfOrder
            If no forward that kept its history came before.
        """
        return self._backward(dy, dstate)

    def _backward(self, dy, dstate, **options):
        x, S, history, weights = self._recall()
        dS, dstates = self._check_backward(dy, dstate, S)
        gradients = self._back(x, S, history, dS, dstates, *weights, **options)
        dx = gradients.pop("x")
        self.gradients = {n: g for n, g in gradients.items() if n != "b" or n in self.parameters}
        return dx

    def output_shape(self, shape=(None, None, None)):
        """The shape of y for that of x, None for what is open; a ValueError if x does not fit."""
        features, units = len(self.parameters["W_x"]), len(self.parameters["W_h"])
        check_shape("x", shape, ("batch", None), ("timesteps", None), ("features", features))
        return (*shape[:2], units) if self.return_sequences else (shape[0], units)

    def _check_forward(self, x, states):
        names = [f"{name}0" for name in self.states]
        if len(states) not in (0, len(names)):
            raise ValueError(
                f"states must be none or {' and '.join(names)}, got {len(states)} of them."
            )
        given = {name: s for name, s in zip(names, states) if s is not None}
        x, *arrays = self._with_parameters(x=x, **given)
        weights = arrays[len(given) :]
        check_shape("x", x, ("batch", None), ("timesteps", None), ("features", len(weights[0])))
        units = len(weights[1])
        found = dict(zip(given, arrays))
        states = [found.get(name, np.zeros((len(x), units), x.dtype)) for name in names]
        for name, state in zip(names, states):
            check_shape(name, state, ("batch", len(x)), ("units", units))
        return x, states, weights

    def _check_backward(self, dy, dstate, S):
        """dS, the gradient that arrives at each state (None: at the last alone), and dstates."""
        axes = [("batch", S.shape[0]), ("timesteps", S.shape[1] - 1), ("units", S.shape[2])]
        if not self.return_sequences:
            del axes[1]
        dy = as_array("dy", dy)  # not copied: it may be as large as all states
        check_shape("dy", dy, *axes)
        dstates = self._split(dstate)
        for k, d in enumerate(dstates):
            name = "dstate" if len(dstates) == 1 else f"dstate[{k}]"
            dstates[k] = np.zeros_like(S[:, 0]) if d is None else as_array(name, d).astype(S.dtype)
            check_shape(name, dstates[k], axes[0], axes[-1])
        if not self.return_sequences:
            dstates[0] += dy
        return dy if self.return_sequences else None, dstates

    def _split(self, dstate):
        """One entry per state, from a tuple, a bare array for a single state, or None."""
        if dstate is None:
            return [None] * len(self.states)
        parts = [dstate] if len(self.states) == 1 and not isinstance(dstate, tuple) else dstate
        if not isinstance(parts, (list, tuple)) or len(parts) != len(self.states):
            names = ", ".join(f"d{name}" for name in self.states)
            came = f"{len(parts)} entries" if isinstance(parts, (list, tuple)) else type(parts)
            raise ValueError(f"dstate must be a tuple ({names}), got {came}.")
        return list(parts)

    @staticmethod
    def _arrange(W_x, W_h, b):
        """The weights as `_run` multiplies with them."""
        return W_x, W_h, b

    @staticmethod
    def _bias_axes(columns):
        return (columns,)

    @classmethod
    def _first_bias(cls, units, **options):
        return np.zeros(cls.gates * units)


class Cell:
    """One step of a recurrent layer: x (batch, features) and the states -> y (batch, units)."""

    axes_of_x = 2

    def forward(self, x, *states, keep=True):
        """One step.

        Parameters
        ----------
        x : (batch, features)
            It is not copied, and must stay as it is until backward.
        *states : (batch, units) each
            The states before it, h (an LSTM: h and c); without them, zeros.
        keep : bool
            False: no history is kept, and no backward can follow.

        Returns
        -------
        y : (batch, units)
            The new h; all new states are in `state`.  Read-only if a history is kept.

        Raises
        ------
        ValueError
            If a shape does not fit, or some of the states are missing; then there is no history.
        """
        self._history = None
        x = as_array("x", x)
        check_shape("x", x, ("batch", None), ("features", len(self.parameters["W_x"])))
        return super().forward(x[:, np.newaxis], *states, keep=keep)

    def backward(self, dy, dstate=None):
        """The gradient of the loss with respect to x; that of all else goes to `gradients`.

        Parameters
        ----------
        dy : (batch, units)
            The gradient that arrives at the output.
        dstate : tuple of (batch, units), or None
            What arrives at the new states besides; a cell with one state takes it bare.

        Returns
        -------
        dx : (batch, features), of the type of y

        Raises
        ------
        ValueError
            If a shape does not fit.
        OutOfOrder
            If no forward that kept its history came before.
        """
        return super().backward(dy, dstate)[:, 0]

    def output_shape(self, shape=(None, None)):
        """The shape of y for that of x, None for what is open; a ValueError if x does not fit."""
        check_shape("x", shape, ("batch", None), ("features", len(self.parameters["W_x"])))
        return (shape[0], len(self.parameters["W_h"]))


def gate_axes(W_h, gates):
    """The axes of W_h, whether it or its transpose is given.

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


def glorot(rows, columns, rng):
    """A random matrix, uniform within ±√(6 / (rows + columns))."""
    limit = np.sqrt(6 / (rows + columns))
    return rng.uniform(-limit, limit, (rows, columns))


def orthogonal(units, rng):
    """A random orthogonal matrix: its columns have length 1 and are at right angles."""
    Q, R = np.linalg.qr(rng.normal(size=(units, units)))
    return Q * np.sign(np.diag(R))  # without the signs, not all rotations are equally likely
