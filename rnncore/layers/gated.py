"""Layers with gates: LSTM and GRU, each as a layer and as a cell."""

from typing import NamedTuple

import numpy as np

from rnncore._types import Array, ArrayLike, Bias
from rnncore.bptt import BACKWARD_BLOCK, as_rows, collect
from rnncore.layers.fused import Cell, Fused
from rnncore.states import FORWARD_BLOCK, blocks_of


class LSTMSteps(NamedTuple):
    """What an LSTM has computed at every step, (timesteps + 1, batch, units) each.

    At index 0 only c and h are set, to the initial states.
    """

    i: Array
    f: Array
    o: Array
    c_tilde: Array
    c: Array
    tanh_c: Array
    h: Array


class LSTM(Fused):
    """Long short-term memory: a memory c_t besides h_t, which gates write, keep and read::

        i, f, o = σ(x_t W_x + h_{t-1} W_h + b)    each with its own columns of W_x, W_h, b
        c̃ = tanh(x_t W_x + h_{t-1} W_h + b)       likewise
        c_t = f · c_{t-1} + i · c̃
        h_t = o · tanh(c_t)

    Parameters
    ----------
    W_x : (features, 4·units)
        The gates side by side, in the order of Keras: i f c o.
    W_h : (units, 4·units)
    b : (4·units,), or None
    return_sequences : bool
        Return all states h_1 … h_T, not only the last.

    Raises
    ------
    ValueError
        If a shape does not fit; the message names the argument and its axes.

    Source
    ------
    Hochreiter and Schmidhuber (1997), "Long short-term memory"; the forget gate is that of
    Gers, Schmidhuber and Cummins (2000), "Learning to forget".

    Examples
    --------
    >>> layer = LSTM.initialise(3, 5, rng=1, return_sequences=True)
    >>> layer.forward(np.ones((2, 7, 3))).shape
    (2, 7, 5)
    >>> h, c = layer.state
    >>> c.shape
    (2, 5)
    """

    gates = 4
    states = ("h", "c")

    @classmethod
    def _first_bias(cls, units, **options):
        return np.repeat([0.0, 1.0, 0.0, 0.0], units)  # a gate that forgets little, at first

    @staticmethod
    def _arrange(W_x, W_h, b):
        b = np.broadcast_to(b, W_x.shape[1:])
        return [_by_gate(p, (0, 1, 3, 2)) for p in (W_x, W_h, b)]  # i f o c̃

    def _loop(self, x, initial, W_x, W_h, b):
        X, (h0, c0) = x.swapaxes(0, 1), initial
        kept = np.empty((7, len(X) + 1, *h0.shape), x.dtype)  # one piece of memory for all
        Z, (C, tanh_C, H) = kept[:4], kept[4:]  # Z: i f o c̃
        C[0], H[0] = c0, h0
        for steps in blocks_of(FORWARD_BLOCK, len(X)):
            block = Z[:, steps.start + 1 : steps.stop + 1]
            np.matmul(X[steps], W_x[:, np.newaxis], out=block)
            block += b[:, np.newaxis, np.newaxis]
            for t in range(steps.start, steps.stop):
                z, c, h = Z[:, t + 1], C[t + 1], H[t + 1]
                z += H[t] @ W_h
                _open(z[:3])
                np.tanh(z[3], out=z[3])
                np.multiply(z[0], z[3], out=c)
                c += z[1] * C[t]
                np.tanh(c, out=tanh_C[t + 1])
                np.multiply(z[2], tanh_C[t + 1], out=h)
        return H.swapaxes(0, 1), (H[-1], C[-1]), LSTMSteps(*kept)

    def _back(self, cache, dS, dstates):
        (W_x, W_h, _), (dh, dc) = cache.weights, dstates
        g = collect(cache.x, cache.S, W_x, W_h, self._errors(cache.steps, dS, W_h, dh, dc), dh)
        return g.X, g._asdict() | {"c0": dc}

    @staticmethod
    def _errors(kept, dS, W_h, dh, dc):
        """Yield the blocks of steps and their dz (steps, batch, 4·units); dc changes in place.

        A block begins with the factors by which dc (for o: dh) is multiplied step by step.
        """
        W_h_T = np.ascontiguousarray(W_h.T)
        batch, units = dh.shape
        dh = dh.copy()
        for steps in reversed(blocks_of(BACKWARD_BLOCK, len(kept.h) - 1)):
            after = slice(steps.start + 1, steps.stop + 1)
            i, f, o, c_tilde, _, tanh_c, _ = (of_all[after] for of_all in kept)
            dZ = np.empty((len(i), batch, 4, units), kept.h.dtype)
            dZ[:, :, 0] = c_tilde * i * (1 - i)
            dZ[:, :, 1] = kept.c[steps] * f * (1 - f)
            dZ[:, :, 2] = i * (1 - c_tilde * c_tilde)
            dZ[:, :, 3] = tanh_c * o * (1 - o)
            to_c = o * (1 - tanh_c * tanh_c)
            for t in reversed(range(len(i))):
                if dS is not None:
                    dh += dS[:, steps.start + t]
                dc += dh * to_c[t]
                dZ[t, :, :3] *= dc[:, np.newaxis]
                dZ[t, :, 3] *= dh
                dc *= f[t]
                dh = dZ[t].reshape(batch, 4 * units) @ W_h_T
            yield steps, dZ.reshape(len(i), batch, 4 * units)


class LSTMCell(Cell, LSTM):
    """One step of `LSTM`; parameters as there, without return_sequences.

    Examples
    --------
    >>> cell = LSTMCell.initialise(3, 5, rng=1)
    >>> h = cell.forward(np.ones((2, 3)), np.zeros((2, 5)), np.zeros((2, 5)))
    >>> h is cell.state[0], (h == cell.state[0]).all()
    (False, np.True_)
    """

    def __init__(self, W_x: ArrayLike, W_h: ArrayLike, b: Bias = None) -> None:
        super().__init__(W_x, W_h, b)


class GRUSteps(NamedTuple):
    """What a GRU has computed at every step, (timesteps + 1, batch, units) each.

    `inner` is the candidate's h_{t-1} W_h + b', or with reset_after=False r · h_{t-1}.
    At index 0 only h is set, to the initial state.
    """

    z: Array
    r: Array
    h_tilde: Array
    inner: Array
    h: Array


class GRU(Fused):
    """The gated recurrent unit: one state, which z keeps and r lets into its successor::

        z, r = σ(x_t W_x + b + h_{t-1} W_h + b')        each with its own columns
        h̃ = tanh(x_t W_x + b + r · (h_{t-1} W_h + b'))  the reset after the product, or
        h̃ = tanh(x_t W_x + b + (r · h_{t-1}) W_h)       before it; there is no b' then
        h_t = z · h_{t-1} + (1 - z) · h̃

    Parameters
    ----------
    W_x : (features, 3·units)
        The gates side by side, in the order of Keras: z r h.
    W_h : (units, 3·units)
    b : (2, 3·units), one row for the inputs, one for the state; or None
        With reset_after=False: (3·units,).
    return_sequences : bool
        Return all states h_1 … h_T, not only the last.
    reset_after : bool
        True as in Keras, PyTorch and the first two versions of the paper; False as in its third.

    Raises
    ------
    ValueError
        If a shape does not fit; which shape b must have depends on reset_after.

    Source
    ------
    Cho et al. (2014), "Learning phrase representations using RNN encoder–decoder for
    statistical machine translation".

    Examples
    --------
    >>> GRU.initialise(3, 5, rng=1).forward(np.ones((2, 7, 3))).shape
    (2, 5)
    """

    gates = 3

    def __init__(
        self,
        W_x: ArrayLike,
        W_h: ArrayLike,
        b: Bias = None,
        return_sequences: bool = False,
        reset_after: bool = True,
    ) -> None:
        self.reset_after = bool(reset_after)
        super().__init__(W_x, W_h, b, return_sequences)

    @classmethod
    def _first_bias(cls, units, reset_after=True, **options):
        return np.zeros((2, 3 * units) if reset_after else 3 * units)

    def _bias_axes(self, columns):
        return (("inputs and state", 2), columns) if self.reset_after else (columns,)

    @staticmethod
    def _arrange(W_x, W_h, b):
        b, b_h = b if np.ndim(b) == 2 else (b, 0.0)
        b, b_h = (np.broadcast_to(p, W_x.shape[1:]) for p in (b, b_h))
        W_x, W_h, b, b_h = (_by_gate(p, (0, 1, 2)) for p in (W_x, W_h, b, b_h))
        return W_x, W_h, np.stack([*(b[:2] + b_h[:2]), b[2], b_h[2]])

    def _loop(self, x, initial, W_x, W_h, b):
        X, (h0,) = x.swapaxes(0, 1), initial
        kept = np.empty((5, len(X) + 1, *h0.shape), x.dtype)  # one piece of memory for all
        Z, (inner, H) = kept[:3], kept[3:]  # Z: z r h̃
        H[0] = h0
        for steps in blocks_of(FORWARD_BLOCK, len(X)):
            block = Z[:, steps.start + 1 : steps.stop + 1]
            np.matmul(X[steps], W_x[:, np.newaxis], out=block)
            block += b[:3, np.newaxis, np.newaxis]
            for t in range(steps.start, steps.stop):
                z_r, h_tilde, (h, h_next) = Z[:2, t + 1], Z[2, t + 1], H[t : t + 2]
                z_r += h @ W_h[:2]
                _open(z_r)
                if self.reset_after:
                    np.add(h @ W_h[2], b[3], out=inner[t + 1])
                    h_tilde += z_r[1] * inner[t + 1]
                else:
                    np.multiply(z_r[1], h, out=inner[t + 1])
                    h_tilde += inner[t + 1] @ W_h[2]
                np.tanh(h_tilde, out=h_tilde)
                np.subtract(h, h_tilde, out=h_next)
                h_next *= z_r[0]
                h_next += h_tilde
        return H.swapaxes(0, 1), (H[-1],), GRUSteps(*kept)

    def _back(self, cache, dS, dstates):
        X, H, (dh,) = cache.x.swapaxes(0, 1), cache.S.swapaxes(0, 1), dstates
        W_x, W_h, _ = cache.weights
        last = 2 * len(W_h)
        dX, dW_x, dW_h = np.empty(X.shape, H.dtype), np.zeros_like(W_x), np.zeros_like(W_h)
        db, W_x_T = np.zeros((2, W_x.shape[1]), H.dtype), np.ascontiguousarray(W_x.T)
        for steps, dZ, factor, dproduct in self._errors(cache.steps, dS, W_h, dh):
            np.matmul(dZ, W_x_T, out=dX[steps])
            rows, last_rows = as_rows(dZ), as_rows(dproduct)
            dW_x += as_rows(X[steps]).T @ rows
            dW_h[:, :last] += as_rows(H[steps]).T @ rows[:, :last]
            dW_h[:, last:] += as_rows(factor).T @ last_rows
            db[0] += rows.sum(axis=0)
            db[1, last:] += last_rows.sum(axis=0)
        db[1, :last] = db[0, :last]
        db = db if self.reset_after else db[0]
        return dX.swapaxes(0, 1), {"W_x": dW_x, "W_h": dW_h, "b": db, "h0": dh}

    def _errors(self, kept, dS, W_h, dh):
        """Yield the blocks of steps and their dz (steps, batch, 3·units); dh changes in place.

        With each yield what the last columns of W_h are multiplied with, and the gradient that
        arrives at the product, (steps, batch, units) both.
        """
        batch, units = dh.shape
        W_zr_T, W_T = (np.ascontiguousarray(W.T) for W in np.split(W_h, [2 * units], axis=1))
        for steps in reversed(blocks_of(BACKWARD_BLOCK, len(kept.h) - 1)):
            after = slice(steps.start + 1, steps.stop + 1)
            z, r, h_tilde, inner, _ = (of_all[after] for of_all in kept)
            h = kept.h[steps]
            dZ = np.empty((len(z), batch, 3, units), h.dtype)
            dz, dr, dh_tilde = dZ.transpose(2, 0, 1, 3)
            dz[:] = (h - h_tilde) * z * (1 - z)
            dr[:] = (inner if self.reset_after else h) * r * (1 - r)
            dh_tilde[:] = (1 - z) * (1 - h_tilde * h_tilde)
            for t in reversed(range(len(z))):
                if dS is not None:
                    dh += dS[:, steps.start + t]
                dz[t] *= dh
                dh_tilde[t] *= dh
                if self.reset_after:
                    dr[t] *= dh_tilde[t]
                    back = (dh_tilde[t] * r[t]) @ W_T
                else:
                    back = dh_tilde[t] @ W_T
                    dr[t] *= back
                    back *= r[t]
                dh *= z[t]
                dh += back
                dh += dZ[t, :, :2].reshape(batch, 2 * units) @ W_zr_T
            factor, dproduct = (h, dh_tilde * r) if self.reset_after else (inner, dh_tilde)
            yield steps, dZ.reshape(len(z), batch, 3 * units), factor, dproduct


class GRUCell(Cell, GRU):
    """One step of `GRU`; parameters as there, without return_sequences.

    Examples
    --------
    >>> cell = GRUCell.initialise(3, 5, rng=1, reset_after=False)
    >>> cell.forward(np.ones((2, 3)), np.zeros((2, 5))).shape
    (2, 5)
    """

    def __init__(
        self, W_x: ArrayLike, W_h: ArrayLike, b: Bias = None, reset_after: bool = True
    ) -> None:
        super().__init__(W_x, W_h, b, reset_after=reset_after)


def _by_gate(parameter, order):
    """Turn (…, gates · units) into (gates, …, units) in that order, all but the last negated."""
    parts = np.moveaxis(parameter.reshape(*parameter.shape[:-1], len(order), -1), -2, 0)
    return np.stack([*(-parts[k] for k in order[:-1]), parts[order[-1]]])


@np.errstate(over="ignore")  # e^-z of a closed gate may be infinite: σ is 0
def _open(z):
    """Turn -z into σ(z) = 1 / (1 + e^-z), in place."""
    np.exp(z, out=z)
    z += 1
    np.reciprocal(z, out=z)
