"""The simple recurrent layer and its cell."""

from rnncore import bptt, states
from rnncore.layers.base import Options
from rnncore.layers.fused import Cell, Fused


class SimpleRNN(Fused):
    """The simple recurrent layer: `compute_states`, keeping what its backward pass needs::

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
        Read from the last step to the first.  y is in the order of reading, as with Keras'
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

    def _loop(self, x, initial, hold, W_x, W_h, b):
        S = states.run(x, W_x, W_h, b, self.activation, initial[0], hold)
        return S, (S[:, -1],), None

    def _back(self, cache, dS, dstates, window=None):
        weights, f = cache.weights, self.activation
        back = bptt.Pass(cache.x, cache.S, dS, *weights, f, window, cache.hold)
        g = bptt.run(back, *dstates)
        return g.X, g._asdict()


class SimpleRNNCell(Cell, SimpleRNN):
    """One step of `SimpleRNN`, from x_t and h_{t-1} to h_t.

    Its parameters are those of `SimpleRNN`, without return_sequences and reverse.

    Examples
    --------
    >>> SimpleRNNCell([[1.0]], [[0.5]], activation="linear").forward([[1.0]], [[4.0]])
    array([[3.]])
    """

    defaults = Options({"activation": "tanh"})
