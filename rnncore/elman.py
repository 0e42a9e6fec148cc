"""The network of U, W and V: a simple recurrent layer, and an output at every step."""

from typing import NamedTuple

import numpy as np

from rnncore._checks import as_array, as_arrays, check_shape, explained
from rnncore._types import Array, ArrayLike
from rnncore.activations import ActivationLike
from rnncore.layers import Dense, Layer, SimpleRNN
from rnncore.layers.base import InPlace


class Gradients(NamedTuple):
    """The gradient of the loss with respect to each matrix, of its shape."""

    U: Array
    W: Array
    V: Array


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
        Any but softmax.

    Attributes
    ----------
    parameters : dict
        U, W and V, copies of what the network was made from.  Change them in place.
    gradients : dict
        What the last backward found, under the same names.  The next one overwrites it.
    steps : list
        What the last forward did, with a dict for each t = 1 … T: "s" (batch, units), "prev_s",
        which is the state before it, and "o" (batch, outputs).

    Raises
    ------
    ValueError, OutOfOrder
        As in `layers.Layer`.

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

    __slots__ = "cache", "gradients", "hidden", "out", "steps"
    recall = Layer.recall

    @explained
    def __init__(
        self, U: ArrayLike, W: ArrayLike, V: ArrayLike, activation: ActivationLike = "tanh"
    ) -> None:
        U, W, V = as_arrays(U=U, W=W, V=V)
        units = ("units", len(W) if W.ndim else None)
        check_shape("W", W, units, units)
        check_shape("U", U, ("features", None), units)
        check_shape("V", V, units, ("outputs", None))
        self.hidden = SimpleRNN(U, W, None, activation, return_sequences=True)
        self.out = Dense(V)
        self.cache: tuple[int, ...] | None = None  # the shape of o
        self.steps: list[dict[str, Array]] = []
        self.gradients: dict[str, Array] = {}

    def __repr__(self) -> str:
        return f"Elman({', '.join(f'{name} {p.shape}' for name, p in self.parameters.items())})"

    @property
    def parameters(self) -> dict[str, Array]:
        """U, W and V, to be changed in place."""
        hidden = self.hidden.parameters
        return InPlace(U=hidden["W_x"], W=hidden["W_h"], V=self.out.parameters["W"])

    @explained
    def forward(self, x: ArrayLike, keep: bool = True) -> Array:
        """Read the sequences.

        Parameters
        ----------
        x : (batch, timesteps, features)
        keep : bool
            Whether to keep what backward needs.  `steps` is there in any case.

        Returns
        -------
        o : (batch, timesteps, outputs)
            With a cache, `steps` shows parts of it.
        """
        self.cache, self.steps = None, []
        S = self.hidden.forward(x, keep=keep)
        o = self.out.forward(S, keep=keep)
        before = np.concatenate([np.zeros_like(S[:, :1]), S[:, :-1]], axis=1)
        trace = zip(*(a.swapaxes(0, 1) for a in (S, before, o)))
        self.steps = [{"s": s, "prev_s": prev_s, "o": o_t} for s, prev_s, o_t in trace]
        self.cache = o.shape if keep else None
        return o

    @explained
    def backward(self, do: ArrayLike, window: int | None = None) -> Gradients:
        """Return the gradient of the loss with respect to U, W and V.

        Parameters
        ----------
        do : (batch, timesteps, outputs)
            The gradient that arrives at each o_t.
        window : int, or None
            Truncates as in `bptt.backpropagate`.  V has its whole gradient, because no time step
            is between it and the loss.

        Returns
        -------
        Gradients

        Raises
        ------
        ValueError
            If the window is not an integer of at least 1.
        """
        axes = zip(("batch", "timesteps", "outputs"), self.recall())  # type: ignore[misc]
        do = as_array("do", do)
        check_shape("do", do, *axes)
        self.hidden.backward(self.out.backward(do), window=window)
        hidden, out = self.hidden.gradients, self.out.gradients
        gradients = Gradients(hidden["W_x"], hidden["W_h"], out["W"])
        self.gradients = gradients._asdict()
        return gradients
