"""Layers with gates: LSTM and GRU, each as a layer and as a cell."""

import numpy as np

from rnncore._layer import Cell, Recurrent
from rnncore.activations import sigmoid
from rnncore.bptt import STEPS, collect
from rnncore.states import blocks_of


class LSTM(Recurrent):
    """Long short-term memory: a cell c_t beside h_t, which gates write, keep and read::

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
        Put out all states h_1 … h_T, not the last alone.

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

    def __init__(self, W_x, W_h, b=None, return_sequences=False):
        super().__init__(W_x, W_h, b, return_sequences)

    @classmethod
    def _first_bias(cls, units, **options):
        return np.repeat([0.0, 1.0, 0.0, 0.0], units)  # a gate that forgets little, at first

    def _run(self, x, states, W_x, W_h, b):
        X, (h0, c0) = x.swapaxes(0, 1), states
        W_x, W_h, b = (_by_gate(p) for p in (W_x, W_h, np.broadcast_to(b, W_x.shape[1:])))
        kept = np.empty((7, len(X) + 1, *h0.shape), x.dtype)  # one piece of memory for all
        Z, (C, tanh_C, H) = kept[:4], kept[4:]  # Z: i f o c̃
        C[0], H[0] = c0, h0
        for steps in blocks_of(STEPS, len(X)):
            block = Z[:, steps.start + 1 : steps.stop + 1]
            np.matmul(X[steps], W_x[:, np.newaxis], out=block)
            block += b[:, np.newaxis, np.newaxis]
            for t in range(steps.start, steps.stop):
                z, c, h = Z[:, t + 1], C[t + 1], H[t + 1]
                z += H[t] @ W_h
                np.tanh(z, out=z)
                z[:3] *= 0.5  # σ(z) = ½ tanh(z/2) + ½; the ½ inside is in the weights
                z[:3] += 0.5
                np.multiply(z[0], z[3], out=c)
                c += z[1] * C[t]
                np.tanh(c, out=tanh_C[t + 1])
                np.multiply(z[2], tanh_C[t + 1], out=h)
        return H.swapaxes(0, 1), (H[-1], C[-1]), kept

    def _back(self, x, S, kept, dS, dstates, W_x, W_h, b):
        dh, dc = dstates
        g = collect(x, S, W_x, W_h, self._errors(kept, dS, W_h, dh, dc), dh)
        return {"x": g.X, "W_x": g.W_x, "W_h": g.W_h, "b": g.b, "h0": g.h0, "c0": dc}

    @staticmethod
    def _errors(kept, dS, W_h, dh, dc):
        """Yield the blocks of steps and their dz (steps, batch, 4·units); dc changes in place.

        A block begins with the factors by which dc (for o: dh) is to be multiplied.
        """
        W_h_T = np.ascontiguousarray(W_h.T)
        batch, units = dh.shape
        dh = dh.copy()
        for steps in reversed(blocks_of(STEPS, kept.shape[1] - 1)):
            i, f, o, c_tilde, _, tanh_c, _ = kept[:, steps.start + 1 : steps.stop + 1]
            dZ = np.empty((len(i), batch, 4, units), kept.dtype)
            dZ[:, :, 0] = c_tilde * i * (1 - i)
            dZ[:, :, 1] = kept[4, steps] * f * (1 - f)
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

    def __init__(self, W_x, W_h, b=None):
        super().__init__(W_x, W_h, b)


class GRU(Recurrent):
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
        Put out all states h_1 … h_T, not the last alone.
    reset_after : bool
        As Keras and PyTorch do by default; False is the form of the paper.

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

    def __init__(self, W_x, W_h, b=None, return_sequences=False, reset_after=True):
        self.reset_after = bool(reset_after)
        super().__init__(W_x, W_h, b, return_sequences)

    @classmethod
    def _first_bias(cls, units, reset_after=True, **options):
        return np.zeros((2, 3 * units) if reset_after else 3 * units)

    def _bias_axes(self, columns):
        return (("inputs and state", 2), columns) if self.reset_after else (columns,)

    def _run(self, x, states, W_x, W_h, b):
        X, units = x.swapaxes(0, 1), len(W_h)
        b, b_h = b if np.ndim(b) == 2 else (b, 0.0)
        S = np.empty((len(X) + 1, *states[0].shape), x.dtype)
        gates = np.empty((len(X), len(x), 3 * units), x.dtype)  # z r h̃
        products = np.empty_like(S[1:])  # what is added to h̃ from h, before r if reset_after
        S[0] = states[0]
        np.matmul(X, W_x, out=gates)
        gates += b
        for h, h_next, gate, product in zip(S, S[1:], gates, products):
            z_r, h_tilde = gate[:, : 2 * units], gate[:, 2 * units :]
            if self.reset_after:
                own = h @ W_h + b_h
                z_r[:] = sigmoid.value(z_r + own[:, : 2 * units])
                product[:] = own[:, 2 * units :]
                h_tilde += z_r[:, units:] * product
            else:
                z_r[:] = sigmoid.value(z_r + h @ W_h[:, : 2 * units])
                product[:] = (z_r[:, units:] * h) @ W_h[:, 2 * units :]
                h_tilde += product
            np.tanh(h_tilde, out=h_tilde)
            h_next[:] = h_tilde + z_r[:, :units] * (h - h_tilde)
        return S.swapaxes(0, 1), (S[-1],), (gates, products)

    def _back(self, x, S, history, dS, dstates, W_x, W_h, b):
        X, H, (dh,) = x.swapaxes(0, 1), S.swapaxes(0, 1), dstates
        dX, units = np.empty(X.shape, S.dtype), len(W_h)
        dW_x, dW_h = np.zeros_like(W_x), np.zeros_like(W_h)
        db = np.zeros((2, 3 * units), S.dtype)
        for t in reversed(range(len(X))):
            if dS is not None:
                dh = dh + dS[:, t]
            dz_x, dz_h, h_in, dh = self._step_back(H[t], *(a[t] for a in history), dh, W_h)
            dX[t] = dz_x @ W_x.T
            dW_x += X[t].T @ dz_x
            dW_h[:, : 2 * units] += H[t].T @ dz_h[:, : 2 * units]
            dW_h[:, 2 * units :] += h_in.T @ dz_h[:, 2 * units :]
            db += dz_x.sum(axis=0), dz_h.sum(axis=0)
        db = db if self.reset_after else db[0]
        return {"x": dX.swapaxes(0, 1), "W_x": dW_x, "W_h": dW_h, "b": db, "h0": dh}

    def _step_back(self, h, gates, product, dh, W_h):
        """One step back.

        Returns the errors of the inputs' share of z r h̃ and of the state's (batch, 3·units
        each), the h that is multiplied in h̃, and what arrives at the state before.
        """
        z, r, h_tilde = np.split(gates, 3, axis=1)
        W_zr, W_candidate = np.split(W_h, [2 * len(W_h)], axis=1)
        dz = dh * (h - h_tilde) * z * (1 - z)
        dcandidate = dh * (1 - z) * (1 - h_tilde * h_tilde)
        if self.reset_after:
            dr = dcandidate * product * r * (1 - r)
            dproduct, h_in = dcandidate * r, h
            before = dproduct @ W_candidate.T
        else:
            back = dcandidate @ W_candidate.T  # what arrives at r · h
            dr = back * h * r * (1 - r)
            dproduct, h_in = dcandidate, r * h
            before = back * r
        before = before + dh * z + np.hstack([dz, dr]) @ W_zr.T
        return np.hstack([dz, dr, dcandidate]), np.hstack([dz, dr, dproduct]), h_in, before


class GRUCell(Cell, GRU):
    """One step of `GRU`; parameters as there, without return_sequences.

    Examples
    --------
    >>> cell = GRUCell.initialise(3, 5, rng=1, reset_after=False)
    >>> cell.forward(np.ones((2, 3)), np.zeros((2, 5))).shape
    (2, 5)
    """

    def __init__(self, W_x, W_h, b=None, reset_after=True):
        super().__init__(W_x, W_h, b, reset_after=reset_after)


def _by_gate(parameter):
    """(…, 4·units), gates i f c o -> (4, …, units), gates i f o c, the first three halved."""
    i, f, c, o = np.split(parameter, 4, axis=-1)
    return np.stack([i / 2, f / 2, o / 2, c])
