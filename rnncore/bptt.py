"""Backpropagation through time: the gradient of a simple recurrent network, full and truncated."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from rnncore._checks import as_arrays, check_integer, check_shape
from rnncore._types import Array, ArrayLike
from rnncore.activations import Activation, ActivationLike, get_recurrent
from rnncore.states import blocks_of, check_weights

BACKWARD_BLOCK = 16  # time steps at a time, so that they stay in the processor's cache


class Gradients(NamedTuple):
    """The gradient of the loss with respect to each argument, of the shape of that argument.

    b is (units,), or a number if the weights are numbers.  If one number has served as the bias of
    all units, its gradient is b.sum().
    """

    X: Array
    W_x: Array
    W_h: Array
    b: Array
    h0: Array


class Contributions(NamedTuple):
    """What each time step adds to the gradient of the weights; the time step is axis 0."""

    W_x: Array
    W_h: Array
    b: Array


def backpropagate(
    X: ArrayLike,
    S: ArrayLike,
    dS: ArrayLike,
    W_x: ArrayLike,
    W_h: ArrayLike,
    activation: ActivationLike = "linear",
    window: int | None = None,
    b: ArrayLike | None = None,
) -> Gradients:
    """Return the gradient through time of a loss on the states of `compute_states`.

    From the last step to the first, with dh_T what arrives at the last state::

        forward                              backward
        h_t = f(z_t)                         dz_t = dh_t · f'(z_t)
        z_t = x_t W_x + h_{t-1} W_h + b      dx_t = dz_t W_x^T
                                             dW_x += x_t^T dz_t
                                             dW_h += h_{t-1}^T dz_t,  db += dz_t
                                             dh_{t-1} = dS_{t-1} + dz_t W_h^T

    Parameters
    ----------
    X : (batch, timesteps), or (batch, timesteps, features)
        The input sequences that `compute_states` was given.
    S : (batch, timesteps + 1), or (batch, timesteps + 1, units)
        The states that it returned, the initial one first.
    dS : (batch, timesteps), or (batch, timesteps, units)
        The direct effect of h_1 … h_T on the loss, ignoring later states; zeros where the
        loss does not read a state.
    W_x : number, or (features, units)
    W_h : number, or (units, units)
    activation : name or activation
        Any but softmax.
    window : int, or None
        The gradient that enters at step t reaches steps t, t-1, …, t-window+1 and no
        further; the initial state is reached when step 1 is.  None, or a window of timesteps
        or more: as far as it goes.
    b : number, or (units,); None
        The bias, needed only by an activation whose derivative needs z.

    Returns
    -------
    Gradients
        X, W_x, W_h, b and h0, each of the shape of the argument.  b is (units,), or a number if
        the weights are numbers.  If one number has served as the bias of all units, its
        gradient is b.sum().

    Raises
    ------
    ValueError
        If a shape does not fit, or b is missing where it is needed; the message names the
        argument and its axes.

    Source
    ------
    Werbos (1990), "Backpropagation through time: what it does and how to do it";
    the window is that of Williams and Peng (1990).

    Examples
    --------
    With all weights 0.5, each step back halves the gradient of the last state:

    >>> from rnncore.states import compute_states
    >>> X = np.array([[1.0, 0.0, 2.0]])
    >>> S = compute_states(X, 0.5, 0.5)
    >>> g = backpropagate(X, S, [[0.0, 0.0, 1.0]], 0.5, 0.5)
    >>> g.X, g.h0
    (array([[0.125, 0.25 , 0.5  ]]), array([0.125]))

    Chunks of two steps, the state carried and the gradient cut, as in stateful training:

    >>> dS, h0, dW_h = np.ones((1, 3)), None, 0.0
    >>> for k in range(0, 3, 2):
    ...     x = X[:, k : k + 2]
    ...     S = compute_states(x, 0.5, 0.5, h0=h0)
    ...     dW_h += backpropagate(x, S, dS[:, k : k + 2], 0.5, 0.5).W_h
    ...     h0 = S[:, -1]
    >>> dW_h
    np.float64(0.75)
    """
    back, numbers = _check(X, S, dS, W_x, W_h, activation, window, b)
    g = run(back, np.zeros_like(back.S[:, 0]))
    if numbers:
        return Gradients(g.X[..., 0], g.W_x[0, 0], g.W_h[0, 0], g.b[0], g.h0[..., 0])
    return g


def contributions(
    X: ArrayLike,
    S: ArrayLike,
    dS: ArrayLike,
    W_x: ArrayLike,
    W_h: ArrayLike,
    activation: ActivationLike = "linear",
    window: int | None = None,
    b: ArrayLike | None = None,
) -> Contributions:
    """Return what each time step adds to dW_x, dW_h and db: x_t^T dz_t, h_{t-1}^T dz_t, dz_t.

    Arguments and errors are those of `backpropagate`.

    Returns
    -------
    Contributions
        W_x (timesteps, features, units), W_h (timesteps, units, units), b (timesteps, units),
        or (timesteps,) each for numbers.  The sum over axis 0 is the gradient.

    Examples
    --------
    >>> from rnncore.states import compute_states
    >>> X = np.array([[1.0, 0.0, 2.0]])
    >>> contributions(X, compute_states(X, 0.5, 0.5), [[0.0, 0.0, 1.0]], 0.5, 0.5).W_x
    array([0.25, 0.  , 2.  ])
    """
    back, numbers = _check(X, S, dS, W_x, W_h, activation, window, b)
    timesteps, dtype = back.X.shape[1], back.S.dtype
    shapes = _shapes(back.W_x, back.W_h)
    each = Contributions(*(np.empty((timesteps, *shape), dtype) for shape in shapes))
    x, h = (a.transpose(1, 2, 0) for a in back[:2])  # (timesteps, features or units, batch)
    for steps, dZ, _ in errors(back, np.zeros_like(back.S[:, 0])):
        each.W_x[steps] = x[steps] @ dZ
        each.W_h[steps] = h[steps] @ dZ  # S begins with h_0, so these are the states before
        each.b[steps] = dZ.sum(axis=1)
    return Contributions(*(a.reshape(timesteps) for a in each)) if numbers else each


def jacobian(h_t: ArrayLike, W_h: ArrayLike, activation: ActivationLike = "linear") -> Array:
    """Return the local derivative of a state with respect to the state before it.

    J[i, j] = ∂h_t[i] / ∂h_{t-1}[j], so J = diag(f'(z_t)) W_h^T, and the gradient goes back one
    step as dh_{t-1} = dh_t J.  The slope is computed from h_t, so an activation whose derivative
    needs z is refused.

    Parameters
    ----------
    h_t : number or (batch,); or (units,) or (batch, units)
    W_h : number, or (units, units)
    activation : name or activation

    Returns
    -------
    J : of the shape of h_t for a number W_h; else (units, units) or (batch, units, units)

    Raises
    ------
    ValueError
        If a shape does not fit; the message names the argument and its axes.

    Examples
    --------
    >>> jacobian([0.0, 0.5], [[1.0, 2.0], [3.0, 4.0]], "tanh")
    array([[1. , 3. ],
           [1.5, 3. ]])
    """
    f = get_recurrent(activation)
    h_t, W_h = as_arrays(h_t=h_t, W_h=W_h)
    if W_h.ndim == 0:
        check_shape("h_t", h_t, *[("batch", None)] * (h_t.ndim > 0))
        return f.slope(h_t) * W_h
    units = ("units", W_h.shape[0])
    check_shape("W_h", W_h, units, units)
    check_shape("h_t", h_t, *[("batch", None)] * (h_t.ndim > 1), units)
    return f.slope(h_t)[..., np.newaxis] * W_h.T


def jacobian_product(
    S: ArrayLike,
    W_h: ArrayLike,
    activation: ActivationLike = "linear",
    start: int = 0,
    stop: int | None = None,
) -> Array:
    """Return the derivative of a state with respect to an earlier one.

    It is a product of Jacobians, dh_stop/dh_start = J_stop … J_{start+1}.

    Parameters
    ----------
    S : (batch, timesteps + 1), or (batch, timesteps + 1, units)
        The states of `compute_states`.
    W_h : number, or (units, units)
    activation : name or activation
    start, stop : int
        Steps, 0 ≤ start ≤ stop ≤ timesteps.  With stop=None it is the last.

    Returns
    -------
    product : (batch,) for a number W_h; else (batch, units, units)
        The identity where start = stop.

    Raises
    ------
    ValueError
        If a shape does not fit or a step is not in S.

    Examples
    --------
    Ten steps of a linear memory of 0.5 leave 0.5^10 of it:

    >>> from rnncore.states import compute_states
    >>> jacobian_product(compute_states(np.ones((1, 10)), 1.0, 0.5), 0.5)
    array([0.00097656])
    """
    f = get_recurrent(activation)
    S, W_h = as_arrays(S=S, W_h=W_h)
    units = [("units", len(W_h))] if W_h.ndim else []
    check_shape("W_h", W_h, *units * 2)
    check_shape("S", S, ("batch", None), ("timesteps + 1", None), *units)
    last = S.shape[1] - 1
    stop = check_integer("stop", last if stop is None else stop, 0, last)
    start = check_integer("start", start, 0, stop)
    if W_h.ndim == 0:
        return (f.slope(S[:, start + 1 : stop + 1]) * W_h).prod(axis=1)
    product = np.broadcast_to(np.eye(S.shape[2], dtype=S.dtype), (len(S), *W_h.shape)).copy()
    for t in range(start + 1, stop + 1):
        product = jacobian(S[:, t], W_h, f) @ product
    return product


class Pass(NamedTuple):
    """The arguments of `backpropagate` after a check, with all axes; dS may be None for zeros."""

    X: Array
    S: Array
    dS: Array | None
    W_x: Array
    W_h: Array
    b: Array
    f: Activation
    window: int | None = None
    hold: Array | None = None  # (timesteps, batch, 1) of bool: where the state stays as it is


def run(back: Pass, dh: Array) -> Gradients:
    """Do the work of `backpropagate`.

    Parameters
    ----------
    back : Pass
    dh : (batch, units)
        The gradient that arrives at the last state besides dS.

    Returns
    -------
    Gradients, whose X is (batch, timesteps, features).
    """
    X, H = back.X.swapaxes(0, 1), back.S.swapaxes(0, 1)
    dX = np.empty(X.shape, H.dtype)
    dW_x, dW_h, db = (np.zeros(shape, H.dtype) for shape in _shapes(back.W_x, back.W_h))
    W_x_T = np.ascontiguousarray(back.W_x.T)
    dh0 = dh
    for steps, dZ, before in errors(back, dh):
        rows = as_rows(dZ)  # (steps · batch, units)
        np.matmul(dZ, W_x_T, out=dX[steps])
        dW_x += as_rows(X[steps]).T @ rows
        dW_h += as_rows(H[steps]).T @ rows  # H begins with h_0, so these are the states before
        db += rows.sum(axis=0)
        dh0 = before
    return Gradients(dX.swapaxes(0, 1), dW_x, dW_h, db, dh0)


def as_rows(a: Array) -> Array:
    """Make one axis of all but the last: (…, n) -> (rows, n)."""
    return a.reshape(a.size // a.shape[-1], a.shape[-1])


def errors(back: Pass, dh: Array) -> Iterator[tuple[slice, Array, Array]]:
    """Go back in time; yield the errors dz_t = dh_t · f'(z_t), block by block.

    Parameters
    ----------
    back, dh
        As in `run`.

    Returns
    -------
    iterator of (steps, dZ, dh)
    steps : slice of 0 … timesteps - 1
        The blocks from the last to the first.
    dZ : (steps, batch, units)
    dh : (batch, units)
        What arrives at the state before them.
    """
    timesteps, window = back.X.shape[1], back.window
    dS = None if back.dS is None else back.dS.swapaxes(0, 1)
    W_h_T = np.ascontiguousarray(back.W_h.T)
    if window is None or window >= timesteps:
        go_back, carried = _back, dh.copy()
    else:
        go_back, carried = partial(_back_in_window, window=window), dh[np.newaxis].copy()
    for steps in reversed(blocks_of(BACKWARD_BLOCK, timesteps)):
        dZ = _derivatives(back, steps)
        if back.hold is not None:
            np.copyto(dZ, 0, where=back.hold[steps])
        arriving, hold = (None if a is None else a[steps] for a in (dS, back.hold))
        carried = go_back(dZ, arriving, W_h_T, carried, hold)
        yield steps, dZ, carried if carried.ndim == dh.ndim else carried.sum(axis=0)


def _derivatives(back, steps):
    """Return f'(z_t) for a block of steps, (steps, batch, units), as an array of its own."""
    H = back.S.swapaxes(0, 1)
    h = H[1:][steps]
    if not back.f.needs_z:
        found = back.f.slope(h)
    else:
        x = back.X.swapaxes(0, 1)[steps]
        found = back.f.derivative(x @ back.W_x + H[steps] @ back.W_h + back.b, h)
    return found if found.flags.writeable else found.copy()  # f may have returned h


def _back(dZ, dS, W_h_T, dh, hold):
    """Turn the slopes of a block into its errors, in place; return the gradient before it."""
    for k in reversed(range(len(dZ))):
        if dS is not None:
            dh += dS[k]
        dZ[k] *= dh
        before = dZ[k] @ W_h_T
        dh = before if hold is None else before + dh * hold[k]
    return dh


def _back_in_window(dZ, dS, W_h_T, parts, hold, window):
    """Do what `_back` does, with one part for each step the gradient entered at, the last first."""
    for k in reversed(range(len(dZ))):
        parts = parts[:window]  # the oldest has gone far enough
        if dS is not None:
            parts[0] += dS[k]
        through = parts * dZ[k]
        dZ[k] = through.sum(axis=0)
        before = through @ W_h_T if hold is None else through @ W_h_T + parts * hold[k]
        parts = np.concatenate([np.zeros_like(parts[:1]), before])
    return parts


def _shapes(W_x, W_h):
    """Return the shapes of W_x, W_h and b."""
    return W_x.shape, W_h.shape, W_h.shape[1:]


def _check(X, S, dS, W_x, W_h, activation, window, b):
    """Return the checked arguments, and whether they were numbers; if so, with axes of length 1."""
    f = get_recurrent(activation)
    if f.needs_z and b is None:
        raise ValueError(
            f"b must be given: the derivative of {f.name} needs z = x_t W_x + h_{{t-1}} W_h + b."
            " Pass b=0.0 if there is none."
        )
    b = 0.0 if b is None else b
    X, S, dS, W_x, W_h, b = as_arrays(X=X, S=S, dS=dS, W_x=W_x, W_h=W_h, b=b)
    if window is not None:
        window = check_integer("window", window, 1)
    features, units = check_weights(X.shape[2:], W_x, W_h, b)
    check_shape("X", X, ("batch", None), ("timesteps", None), *features)
    batch, timesteps = X.shape[:2]
    check_shape("S", S, ("batch", batch), ("timesteps + 1", timesteps + 1), *units)
    check_shape("dS", dS, ("batch", batch), ("timesteps", timesteps), *units)
    if units:
        return Pass(X, S, dS, W_x, W_h, b, f, window), False
    X, S, dS = X[..., np.newaxis], S[..., np.newaxis], dS[..., np.newaxis]
    return Pass(X, S, dS, W_x.reshape(1, 1), W_h.reshape(1, 1), b, f, window), True
