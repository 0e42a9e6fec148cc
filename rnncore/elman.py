"""The network of U, W and V: a simple recurrent layer, and an output at every step."""

from typing import NamedTuple

import numpy as np

from rnncore._checks import as_array, as_arrays, check_shape
from rnncore.layers import Dense, Layer, SimpleRNN


class Gradients(NamedTuple):
    """The gradient of the loss with respect to each matrix, of its shape."""

    U: np.ndarray
    W: np.ndarray
    V: np.ndarray


class Elman:
    """A simple recurrent layer and an output at every step, from s_0 = 0::

        s_t = f(x_t U + s_{t-1} W)
        o_t = s_t V

    Parameters
    ----------
    U : (features, units)
        One matrix for all time steps.
    W : (units, units)
    V : (units, outputs)
    activation : name or activation
        linear, sigmoid, tanh or relu.

    Attributes
    ----------
    parameters : dict
        U, W and V, copies of what the network was made from; change them in place.
    gradients : dict
        What the last backward found, under the same names; the next one overwrites it.
    steps : list
        What the last forward did, a dict for each t = 1 … T: "s" (batch, units), "prev_s"
        likewise, the state before, and "o" (batch, outputs).

    Raises
    ------
    ValueError
        If a shape does not fit; the message names the argument and its axes.

    Source
    ------
    Elman (1990), "Finding structure in time"; the letters are those of many tutorials.

    Examples
    --------
    >>> net = Elman([[1.0]], [[0.5]], [[10.0]], "linear")
    >>> net.forward([[[1.0], [0.0], [2.0]]])[0, :, 0]
    array([10. ,  5. , 22.5])
    >>> net.steps[2]["prev_s"], net.steps[2]["s"]
    (array([[0.5]]), array([[2.25]]))
    """

    __repr__, recall = Layer.__repr__, Layer.recall

    def __init__(self, U, W, V, activation="tanh"):
        U, W, V = as_arrays(U=U, W=W, V=V)
        units = ("units", len(W) if W.ndim else None)
        check_shape("W", W, units, units)
        check_shape("U", U, ("features", None), units)
        check_shape("V", V, units, ("outputs", None))
        self.hidden = SimpleRNN(U, W, None, activation, return_sequences=True)
        self.out = Dense(V)
        self.cache, self.steps, self.gradients = None, [], {}

    @property
    def parameters(self):
        """U, W and V, to be changed in place."""
        hidden = self.hidden.parameters
        return {"U": hidden["W_x"], "W": hidden["W_h"], "V": self.out.parameters["W"]}

    def forward(self, x, keep=True):
        """Read the sequences.

        Parameters
        ----------
        x : (batch, timesteps, features)
            It is not copied, and must stay as it is until backward.
        keep : bool
            False: no history is kept, and no backward can follow; `steps` is there all the same.

        Returns
        -------
        o : (batch, timesteps, outputs)
            Read-only if a history is kept, and then `steps` shows parts of it.

        Raises
        ------
        ValueError
            If the shape does not fit.
        """
        self.cache, self.steps = None, []
        S = self.hidden.forward(x, keep=keep)
        o = self.out.forward(S, keep=keep)
        before = np.concatenate([np.zeros_like(S[:, :1]), S[:, :-1]], axis=1)
        trace = zip(*(a.swapaxes(0, 1) for a in (S, before, o)))
        self.steps = [{"s": s, "prev_s": prev_s, "o": o_t} for s, prev_s, o_t in trace]
        self.cache = o.shape if keep else None
        return o

    def backward(self, do, window=None):
        """The gradient of the loss with respect to U, W and V.

        Parameters
        ----------
        do : (batch, timesteps, outputs)
            What arrives at each o_t.
        window : int, or None
            Truncates as in `bptt.backpropagate`; V, which no time step separates from the
            loss, has its whole gradient.

        Returns
        -------
        Gradients

        Raises
        ------
        ValueError
            If the shape does not fit, or the window is no positive integer.
        OutOfOrder
            If no forward that kept its history came before.
        """
        axes = zip(("batch", "timesteps", "outputs"), self.recall())
        do = as_array("do", do)
        check_shape("do", do, *axes)
        self.hidden.backward(self.out.backward(do), window=window)
        hidden, out = self.hidden.gradients, self.out.gradients
        gradients = Gradients(hidden["W_x"], hidden["W_h"], out["W"])
        self.gradients = gradients._asdict()
        return gradients
