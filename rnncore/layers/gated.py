"""Layers with gates: LSTM and GRU, each as a layer and as a cell."""

from collections import namedtuple

import numpy as np

from rnncore._checks import explained
from rnncore._types import ArrayLike, Bias
from rnncore.activations import ActivationLike, sigmoid
from rnncore.bptt import BACKWARD_BLOCK, as_rows, collect
from rnncore.layers.base import Options
from rnncore.layers.fused import Cell, Fused
from rnncore.states import FORWARD_BLOCK, blocks_of

# What an LSTM has computed at every step, (timesteps + 1, batch, units) each.  At index 0 only c
# and h are set, to the initial states; f_c is the activation of c.
LSTMSteps = namedtuple("LSTMSteps", "i f o c_tilde c f_c h")

# Likewise a GRU.  `inner` is the candidate's h_{t-1} W_h + b', or r · h_{t-1} with
# reset_after=False.
GRUSteps = namedtuple("GRUSteps", "z r h_tilde inner h")


class Gated(Fused):
    """What LSTM and GRU share: their activations, and how the weights are arranged for them."""

    defaults = Options({"activation": "tanh", "recurrent_activation": "sigmoid", **Fused.defaults})
    order: tuple[int, ...]  # the gates as `_loop` has them, the candidate last

    @classmethod
    def _check_option(cls, name, value):
        value = super()._check_option(name, value)
        if getattr(value, "needs_z", False):
            raise ValueError(
                f"{name} must be a function whose derivative follows from its output, got"
                f" {value.name}, whose derivative needs z."
            )
        return value

    def _by_gate(self, parameter):
        """Turn (…, gates · units) into (gates, …, units), negated for σ except the candidate."""
        parts = parameter.reshape(*parameter.shape[:-1], self.gates, -1)
        parts = np.moveaxis(parts, -2, 0).take(self.order, axis=0)
        if self.recurrent_activation is sigmoid:
            parts[:-1] *= -1
        return parts

    def _open(self, z):
        """Turn what `_by_gate` has made of z into the gates, in place."""
        if self.recurrent_activation is not sigmoid:
            return self.recurrent_activation.overwrite(z)
        with np.errstate(over="ignore"):  # e^-z of a closed gate may be infinite: σ is 0
            np.exp(z, out=z)
        z += 1
        return np.reciprocal(z, out=z)


class LSTM(Gated):
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
    gate_biases = (("forget_bias", 1, 1.0),)  # a gate that forgets little, at first
    states = ("h", "c")
    order = 0, 1, 3, 2  # i f o c̃

    @explained
    def __init__(
        self,
        W_x: ArrayLike,
        W_h: ArrayLike,
        b: Bias = None,
        return_sequences: bool = False,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        reverse: bool = False,
    ) -> None:
        chosen = {"activation": activation, "recurrent_activation": recurrent_activation}
        super().__init__(W_x, W_h, b, return_sequences=return_sequences, reverse=reverse, **chosen)

    def _arrange(self, W_x, W_h, b):
        b = np.broadcast_to(b, W_x.shape[1:])
        return [self._by_gate(p) for p in (W_x, W_h, b)]

    def _loop(self, x, initial, W_x, W_h, b):
        X, (h0, c0) = x.swapaxes(0, 1), initial
        kept = np.empty((7, len(X) + 1, *h0.shape), x.dtype)  # one piece of memory for all
        Z, (C, f_C, H) = kept[:4], kept[4:]  # Z: i f o c̃
        f = self.activation.overwrite
        C[0], H[0] = c0, h0
        for steps in blocks_of(FORWARD_BLOCK, len(X)):
            block = Z[:, steps.start + 1 : steps.stop + 1]
            np.matmul(X[steps], W_x[:, np.newaxis], out=block)
            block += b[:, np.newaxis, np.newaxis]
            for t in range(steps.start, steps.stop):
                z, c, h = Z[:, t + 1], C[t + 1], H[t + 1]
                z += H[t] @ W_h
                self._open(z[:3])
                f(z[3])
                np.multiply(z[0], z[3], out=c)
                c += z[1] * C[t]
                f_C[t + 1] = c
                f(f_C[t + 1])
                np.multiply(z[2], f_C[t + 1], out=h)
        return H.swapaxes(0, 1), (H[-1], C[-1]), LSTMSteps(*kept)

    def _back(self, cache, dS, dstates):
        (W_x, W_h, _), (dh, dc) = cache.weights, dstates
        g = collect(cache.x, cache.S, W_x, W_h, self._errors(cache.steps, dS, W_h, dh, dc), dh)
        return g.X, g._asdict() | {"c0": dc}

    def _errors(self, kept, dS, W_h, dh, dc):
        """Yield the blocks of steps and their dz (steps, batch, 4·units); dc changes in place.

        A block begins with the factors by which dc (for o: dh) is multiplied step by step.
        """
        slope, open_slope = self.activation.slope, self.recurrent_activation.slope
        W_h_T = np.ascontiguousarray(W_h.T)
        batch, units = dh.shape
        dh = dh.copy()
        for steps in reversed(blocks_of(BACKWARD_BLOCK, len(kept.h) - 1)):
            after = slice(steps.start + 1, steps.stop + 1)
            i, f, o, c_tilde, _, f_c, _ = (of_all[after] for of_all in kept)
            dZ = np.empty((len(i), batch, 4, units), kept.h.dtype)
            dZ[:, :, 0] = c_tilde * open_slope(i)
            dZ[:, :, 1] = kept.c[steps] * open_slope(f)
            dZ[:, :, 2] = i * slope(c_tilde)
            dZ[:, :, 3] = f_c * open_slope(o)
            to_c = o * slope(f_c)
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

    defaults = Options({"activation": "tanh", "recurrent_activation": "sigmoid"})

    @explained
    def __init__(
        self,
        W_x: ArrayLike,
        W_h: ArrayLike,
        b: Bias = None,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
    ) -> None:
        chosen = {"activation": activation, "recurrent_activation": recurrent_activation}
        Fused.__init__(self, W_x, W_h, b, **chosen)


class GRU(Gated):
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
    gate_biases = (("update_bias", 0, 0.0),)
    defaults = Options({**Gated.defaults, "reset_after": True})
    order = 0, 1, 2

    @explained
    def __init__(
        self,
        W_x: ArrayLike,
        W_h: ArrayLike,
        b: Bias = None,
        return_sequences: bool = False,
        reset_after: bool = True,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        reverse: bool = False,
    ) -> None:
        chosen = {"activation": activation, "recurrent_activation": recurrent_activation}
        flags = {"reset_after": reset_after, "return_sequences": return_sequences}
        super().__init__(W_x, W_h, b, reverse=reverse, **chosen, **flags)

    @classmethod
    def _bias_axes(cls, columns, reset_after=True, **options):
        return (("inputs and state", 2), columns) if reset_after else (columns,)

    def _arrange(self, W_x, W_h, b):
        b, b_h = b if np.ndim(b) == 2 else (b, 0.0)
        b, b_h = (np.broadcast_to(p, W_x.shape[1:]) for p in (b, b_h))
        W_x, W_h, b, b_h = (self._by_gate(p) for p in (W_x, W_h, b, b_h))
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
                self._open(z_r)
                if self.reset_after:
                    np.add(h @ W_h[2], b[3], out=inner[t + 1])
                    h_tilde += z_r[1] * inner[t + 1]
                else:
                    np.multiply(z_r[1], h, out=inner[t + 1])
                    h_tilde += inner[t + 1] @ W_h[2]
                self.activation.overwrite(h_tilde)
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
        slope, open_slope = self.activation.slope, self.recurrent_activation.slope
        batch, units = dh.shape
        W_zr_T, W_T = (np.ascontiguousarray(W.T) for W in np.split(W_h, [2 * units], axis=1))
        for steps in reversed(blocks_of(BACKWARD_BLOCK, len(kept.h) - 1)):
            after = slice(steps.start + 1, steps.stop + 1)
            z, r, h_tilde, inner, _ = (of_all[after] for of_all in kept)
            h = kept.h[steps]
            dZ = np.empty((len(z), batch, 3, units), h.dtype)
            dz, dr, dh_tilde = dZ.transpose(2, 0, 1, 3)
            dz[:] = (h - h_tilde) * open_slope(z)
            dr[:] = (inner if self.reset_after else h) * open_slope(r)
            dh_tilde[:] = (1 - z) * slope(h_tilde)
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

    defaults = Options({**LSTMCell.defaults, "reset_after": True})

    @explained
    def __init__(
        self,
        W_x: ArrayLike,
        W_h: ArrayLike,
        b: Bias = None,
        reset_after: bool = True,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
    ) -> None:
        chosen = {"activation": activation, "recurrent_activation": recurrent_activation}
        Fused.__init__(self, W_x, W_h, b, reset_after=reset_after, **chosen)
