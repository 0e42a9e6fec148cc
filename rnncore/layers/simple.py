"""The simple recurrent layer and its cell."""

from rnncore import bptt, states
from rnncore._checks import explained
from rnncore._types import ArrayLike, Bias
from rnncore.activations import ActivationLike
from rnncore.layers.base import Options
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
    reverse : bool
        Read from the last step to the first; y is in the order of reading, as with Keras'
        go_backwards.

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

    defaults = Options({"activation": "tanh", **Fused.defaults})
    windows_itself = True

    @explained
    def __init__(
        self,
        W_x: ArrayLike,
        W_h: ArrayLike,
        b: Bias = None,
        activation: ActivationLike = "tanh",
        return_sequences: bool = False,
        reverse: bool = False,
    ) -> None:
        options = {"return_sequences": return_sequences, "reverse": reverse}
        super().__init__(W_x, W_h, b, activation=activation, **options)

    def _loop(self, x, initial, W_x, W_h, b):
        S = states.run(x, W_x, W_h, b, self.activation, initial[0])
        return S, (S[:, -1],), None

    def _back(self, cache, dS, dstates, window=None):
        back = bptt.Pass(cache.x, cache.S, dS, *cache.weights, self.activation, window)
        g = bptt.run(back, *dstates)
        return g.X, g._asdict()


class SimpleRNNCell(Cell, SimpleRNN):
    """One step of `SimpleRNN`, from x_t and h_{t-1} to h_t.

    Parameters as in `SimpleRNN`, without return_sequences.

    Examples
    --------
    >>> SimpleRNNCell([[1.0]], [[0.5]], activation="linear").forward([[1.0]], [[4.0]])
    array([[3.]])
    """

    defaults = Options({"activation": "tanh"})

    @explained
    def __init__(
        self, W_x: ArrayLike, W_h: ArrayLike, b: Bias = None, activation: ActivationLike = "tanh"
    ) -> None:
        super().__init__(W_x, W_h, b, activation)
