"""Layers with gates: LSTM and GRU, each as a layer and as a cell."""

import numpy as np

from rnncore.activations import sigmoid
from rnncore.bptt import BACKWARD_BLOCK, as_rows
from rnncore.layers.base import Options
from rnncore.layers.fused import Cell, Fused
from rnncore.states import FORWARD_BLOCK, blocks_of

ACTIVATIONS = {"activation": "tanh", "recurrent_activation": "sigmoid"}


class Gated(Fused):
    """What LSTM and GRU share: the loops, forward and back.

    What a step computes is kept in one array, (kinds, timesteps + 1, batch, units): first the gates
    as in `order`, at the end h.  At index 0 of time only the states are set.  A subclass has

        _step(before, now, W_h, b), which fills now, (kinds, batch, units)
        _slopes(before, now, dZ), which fills dZ for a block of steps with the factors by which the
            gradients of the states are multiplied, and returns what else `_step_back` needs
        _step_back(k, dZ, slopes, d, W_h_T) -> d, which turns the factors of step k into its
            errors, and the gradients of the states after it into those before
        _products(before, dZ, slopes), which columns of W_h, by what multiplied, and their errors
    """

    order: tuple[int, ...]  # the columns of the gates, the candidate last
    kinds: int
    places: tuple[int, ...]  # where the states are

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

    def _loop(self, x, initial, hold, W_x, W_h, b):
        X = x.swapaxes(0, 1)
        kept = np.empty((self.kinds, len(X) + 1, *initial[0].shape), x.dtype)
        for place, state in zip(self.places, initial):
            kept[place, 0] = state
        for steps in blocks_of(FORWARD_BLOCK, len(X)):
            block = kept[: self.gates, steps.start + 1 : steps.stop + 1]
            np.matmul(X[steps], W_x[:, np.newaxis], out=block)
            block += b[: self.gates, np.newaxis, np.newaxis]
            for k in range(steps.start, steps.stop):
                before, now = kept[:, k], kept[:, k + 1]
                self._step(before, now, W_h, b)
                for place in self.places if hold is not None else ():
                    np.copyto(now[place], before[place], where=hold[k])
        return kept[-1].swapaxes(0, 1), [kept[place, -1] for place in self.places], kept

    def _back(self, cache, dS, d):
        X, kept, hold = cache.x.swapaxes(0, 1), cache.steps, cache.hold
        W_x, W_h, b = cache.weights
        dX, dW_x, dW_h = np.empty(X.shape, kept.dtype), np.zeros_like(W_x), np.zeros_like(W_h)
        db = np.zeros((2, W_x.shape[1]), kept.dtype)  # by way of the inputs, and of the state
        W_x_T = np.ascontiguousarray(W_x.T)
        W_h_T = [np.ascontiguousarray(W.T) for W in self._parts(W_h)]
        for steps in reversed(blocks_of(BACKWARD_BLOCK, len(X))):
            before, now = kept[:, steps], kept[:, steps.start + 1 : steps.stop + 1]
            dZ = np.empty((*now.shape[1:3], self.gates, len(W_h)), kept.dtype)
            slopes = self._slopes(before, now, dZ)
            for k in reversed(range(len(dZ))):
                if dS is not None:
                    d[0] += dS[:, steps.start + k]
                if hold is None:
                    d = self._step_back(k, dZ, slopes, d, W_h_T)
                else:  # a gradient goes through the step, or past it
                    held = hold[steps.start + k]
                    through = self._step_back(k, dZ, slopes, [e * ~held for e in d], W_h_T)
                    d = [e * held + f for e, f in zip(d, through)]
            errors = dZ.reshape(*dZ.shape[:2], W_x.shape[1])
            np.matmul(errors, W_x_T, out=dX[steps])
            dW_x += as_rows(X[steps]).T @ as_rows(errors)
            db[0] += as_rows(errors).sum(axis=0)
            for columns, factor, product in self._products(before, now, errors, slopes):
                of_W_h, of_b = dW_h[:, columns], db[1, columns]
                of_W_h += as_rows(factor).T @ as_rows(product)
                of_b += as_rows(product).sum(axis=0)
        found = {"W_x": dW_x, "W_h": dW_h, "b": db if np.ndim(b) == 2 else db[0]}
        return dX.swapaxes(0, 1), found | {f"{n}0": e for n, e in zip(self.states, d)}

    def _parts(self, W_h):
        """Return the columns of W_h that are multiplied at once."""
        return [W_h]


class LSTM(Gated):
    """Long short-term memory: besides h_t a memory c_t, with gates to write, keep and read it::

        i, f, o = σ(x_t W_x + h_{t-1} W_h + b)    each with its own columns of W_x, W_h, b
        c̃ = tanh(x_t W_x + h_{t-1} W_h + b)       with columns of its own
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

    defaults = Options({"return_sequences": False, **ACTIVATIONS, "reverse": False})
    gates = 4
    gate_biases = (("forget_bias", 1, 1.0),)  # a gate that forgets little, at first
    states = ("h", "c")
    order = 0, 1, 3, 2  # i f o c̃; then c, its activation, and h
    kinds, places = 7, (6, 4)

    def _arrange(self, W_x, W_h, b):
        b = np.broadcast_to(b, W_x.shape[1:])
        return [self._by_gate(p) for p in (W_x, W_h, b)]

    def _step(self, before, now, W_h, b):
        (i, f, o, c_tilde, c, f_c, h), gates = now, now[:4]
        gates += before[-1] @ W_h
        self._open(gates[:3])
        self.activation.overwrite(c_tilde)
        np.multiply(i, c_tilde, out=c)
        c += f * before[4]
        np.copyto(f_c, c)
        self.activation.overwrite(f_c)
        np.multiply(o, f_c, out=h)

    def _slopes(self, before, now, dZ):
        i, f, o, c_tilde, _, f_c, _ = now
        slope, open_slope = self.activation.slope, self.recurrent_activation.slope
        dZ[:, :, 0] = c_tilde * open_slope(i)
        dZ[:, :, 1] = before[4] * open_slope(f)
        dZ[:, :, 2] = i * slope(c_tilde)
        dZ[:, :, 3] = f_c * open_slope(o)
        return o * slope(f_c), f  # how the gradient comes from h to c, and from c to c before

    def _step_back(self, k, dZ, slopes, d, W_h_T):
        (to_c, f), (dh, dc) = slopes, d
        dz = dZ[k]
        dc += dh * to_c[k]
        dz[:, :3] *= dc[:, np.newaxis]
        dz[:, 3] *= dh
        dc *= f[k]
        return [dz.reshape(len(dh), len(W_h_T[0])) @ W_h_T[0], dc]

    def _products(self, before, now, errors, slopes):
        return [(slice(None), before[-1], errors)]


class LSTMCell(Cell, LSTM):
    """One step of `LSTM`, with the parameters of `LSTM` but for return_sequences and reverse.

    Examples
    --------
    >>> cell = LSTMCell.initialise(3, 5, rng=1)
    >>> h = cell.forward(np.ones((2, 3)), np.zeros((2, 5)), np.zeros((2, 5)))
    >>> h is cell.state[0], (h == cell.state[0]).all()
    (False, np.True_)
    """

    defaults = Options(ACTIVATIONS)


class GRU(Gated):
    """The gated recurrent unit, with one state.

    z says how much of the state stays, and r how much of it reaches the candidate h̃::

        z, r = σ(x_t W_x + b + h_{t-1} W_h + b')        each with its own columns
        h̃ = tanh(x_t W_x + b + r · (h_{t-1} W_h + b'))  with reset_after=True, or
        h̃ = tanh(x_t W_x + b + (r · h_{t-1}) W_h)       with reset_after=False, without b'
        h_t = z · h_{t-1} + (1 - z) · h̃

    Parameters
    ----------
    W_x : (features, 3·units)
        The gates side by side, in the order of Keras: z r h.
    W_h : (units, 3·units)
    b : (2, 3·units), a row for the inputs and a row for the state; or None
        With reset_after=False it is (3·units,).
    return_sequences : bool
        Return all states h_1 … h_T, not only the last.
    reset_after : bool
        True as in Keras, PyTorch and the first two versions of the paper, False as in its third.

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
    defaults = Options(
        {"return_sequences": False, "reset_after": True, **ACTIVATIONS, "reverse": False}
    )
    order = 0, 1, 2  # z r h̃; then the inner product (below), and h
    kinds, places = 5, (4,)

    @classmethod
    def _bias_axes(cls, columns, reset_after=True, **options):
        return (("inputs and state", 2), columns) if reset_after else (columns,)

    def _arrange(self, W_x, W_h, b):
        b, b_h = b if np.ndim(b) == 2 else (b, 0.0)
        b, b_h = (np.broadcast_to(p, W_x.shape[1:]) for p in (b, b_h))
        W_x, W_h, b, b_h = (self._by_gate(p) for p in (W_x, W_h, b, b_h))
        return W_x, W_h, np.stack([*(b[:2] + b_h[:2]), b[2], b_h[2]])

    def _step(self, before, now, W_h, b):
        (z, r, h_tilde, inner, h_next), h, gates = now, before[-1], now[:2]
        gates += h @ W_h[:2]
        self._open(gates)
        if self.reset_after:
            np.add(h @ W_h[2], b[3], out=inner)
            h_tilde += r * inner
        else:
            np.multiply(r, h, out=inner)
            h_tilde += inner @ W_h[2]
        self.activation.overwrite(h_tilde)
        np.subtract(h, h_tilde, out=h_next)
        h_next *= z
        h_next += h_tilde

    def _slopes(self, before, now, dZ):
        (z, r, h_tilde, inner, _), h = now, before[-1]
        open_slope = self.recurrent_activation.slope
        dZ[:, :, 0] = (h - h_tilde) * open_slope(z)
        dZ[:, :, 1] = (inner if self.reset_after else h) * open_slope(r)
        dZ[:, :, 2] = (1 - z) * self.activation.slope(h_tilde)
        return z, r

    def _step_back(self, k, dZ, slopes, d, W_h_T):
        (z, r), (dh,), (W_zr_T, W_T) = slopes, d, W_h_T
        dz, dr, dh_tilde = dZ[k].swapaxes(0, 1)
        dz *= dh
        dh_tilde *= dh
        if self.reset_after:
            dr *= dh_tilde
            back = (dh_tilde * r[k]) @ W_T
        else:
            back = dh_tilde @ W_T
            dr *= back
            back *= r[k]
        back += dh * z[k]
        back += dZ[k, :, :2].reshape(len(dh), len(W_zr_T)) @ W_zr_T
        return [back]

    def _products(self, before, now, errors, slopes):
        zr, last = slice(0, 2 * self.units), slice(2 * self.units, None)
        dh_tilde = errors[..., last]
        factor, product = (
            (before[-1], dh_tilde * slopes[1]) if self.reset_after else (now[3], dh_tilde)
        )
        return [(zr, before[-1], errors[..., zr]), (last, factor, product)]

    def _parts(self, W_h):
        return np.split(W_h, [2 * self.units], axis=1)


class GRUCell(Cell, GRU):
    """One step of `GRU`, with the parameters of `GRU` but for return_sequences and reverse.

    Examples
    --------
    >>> cell = GRUCell.initialise(3, 5, rng=1, reset_after=False)
    >>> cell.forward(np.ones((2, 3)), np.zeros((2, 5))).shape
    (2, 5)
    """

    defaults = Options({"reset_after": True, **ACTIVATIONS})
