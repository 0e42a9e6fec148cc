"""The simple recurrent layer and its cell."""

from typing import Any

from rnncore import bptt, states
from rnncore._checks import check_integer
from rnncore._types import Array, ArrayLike, Bias
from rnncore.activations import ActivationLike, get_recurrent
from rnncore.layers.fused import Cell, Fused


class SimpleRNN(Fused):
    """The simple recurrent layer, `compute_states` with a memory for its gradient::

        h_t = f(x_t W_x + h_{t-1} W_h + b),  t = 1 … timesteps

    Parameters
    ----------
    W_x : (features, units)
    W_h : (units, units)
    b : (units,), or None
    activation : name or activation
        Any but softmax.
    return_sequences : bool
        Return all states h_1 … h_T, not only the last.

    Raises
    ------
    ValueError
        If a shape does not fit, or the activation is softmax or not known.

    Source
    ------
    Elman (1990), "Finding structure in time".

    Examples
    --------
    >>> layer = SimpleRNN([[1.0]], [[0.5]], activation="linear")
    >>> layer.forward([[[1.0], [0.0], [2.0]]])
    array([[2.25]])
    >>> layer.backward([[1.0]])
    array([[[0.25],
            [0.5 ],
            [1.  ]]])
    """

    def __init__(
        self,
        W_x: ArrayLike,
        W_h: ArrayLike,
        b: Bias = None,
        activation: ActivationLike = "tanh",
        return_sequences: bool = False,
    ) -> None:
        super().__init__(W_x, W_h, b, return_sequences)
        self.activation = get_recurrent(activation)

    def backward(self, dy: ArrayLike, dstate: Any = None, window: int | None = None) -> Array:
        """Return the gradient of the loss with respect to x; put all others in `gradients`.

        Parameters
        ----------
        dy : of the shape of y
            The gradient that arrives at the output.
        dstate : (batch, units), or None
            What else arrives at the final state.
        window : int, or None
            The gradient that enters at step t reaches steps t, t-1, …, t-window+1 and no
            further, as in `bptt.backpropagate`.

        Returns
        -------
        dx : of the shape of x, and of the type of y

        Raises
        ------
        ValueError
            If the window is not an integer of at least 1.
        """
        if window is not None:
            window = check_integer("window", window, 1)
        return self._backward(dy, dstate, window=window)

    def _loop(self, x, initial, W_x, W_h, b):
        S = states.run(x, W_x, W_h, b, self.activation, initial[0])
        return S, (S[:, -1],), None

    def _back(self, cache, dS, dstates, window=None):
        back = bptt.Pass(cache.x, cache.S, dS, *cache.weights, self.activation, window)
        g = bptt.run(back, *dstates)
        return g.X, g._asdict()


class SimpleRNNCell(Cell, SimpleRNN):  # type: ignore[misc]  # whose backward has a window
    """One step of `SimpleRNN`, from x_t and h_{t-1} to h_t.

    Parameters as in `SimpleRNN`, without return_sequences.

    Examples
    --------
    >>> SimpleRNNCell([[1.0]], [[0.5]], activation="linear").forward([[1.0]], [[4.0]])
    array([[3.]])
    """

    def __init__(
        self, W_x: ArrayLike, W_h: ArrayLike, b: Bias = None, activation: ActivationLike = "tanh"
    ) -> None:
        super().__init__(W_x, W_h, b, activation)
