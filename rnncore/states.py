"""The hidden states of a simple recurrent network, one time step at a time."""

from collections.abc import Sequence

import numpy as np

from rnncore._checks import Axis, as_arrays, check_shape
from rnncore._types import Array, ArrayLike
from rnncore.activations import Activation, ActivationLike, get_recurrent

FORWARD_BLOCK = 32  # time steps at a time, so that they stay in the processor's cache


def compute_states(
    X: ArrayLike,
    W_x: ArrayLike,
    W_h: ArrayLike,
    b: ArrayLike = 0.0,
    activation: ActivationLike = "linear",
    h0: ArrayLike | None = None,
) -> Array:
    """Return all hidden states of a simple RNN layer::

        h_t = f(x_t W_x + h_{t-1} W_h + b),  t = 1 … timesteps

    In code x_t is ``X[:, t-1]`` and h_t is ``S[:, t]``.

    Parameters
    ----------
    X : (batch, timesteps), or (batch, timesteps, features)
        The input sequences.  ``timesteps`` may be 0.
    W_x : number, or (features, units)
    W_h : number, or (units, units)
        Both numbers (one feature, one unit), or both matrices.
    b : number, or (units,)
    activation : name or activation
        Any but softmax.
    h0 : (batch,), or (batch, units); or a number, or (units,), for the whole batch
        The initial state; None means zeros.

    Returns
    -------
    S : (batch, timesteps + 1), or (batch, timesteps + 1, units)
        ``S[:, 0]`` is the initial state, ``S[:, -1]`` the final one.

    Raises
    ------
    ValueError
        If a shape does not fit; the message names the argument and its axes.

    Source
    ------
    Elman (1990), "Finding structure in time"; the linear scalar form is
    Peter Roelants' example of a network that counts ones.

    Examples
    --------
    >>> compute_states([[1, 0, 1]], 1.0, 0.5)
    array([[0.  , 1.  , 0.5 , 1.25]])
    >>> compute_states(np.ones((2, 250, 32)), np.ones((32, 100)), np.eye(100)).shape
    (2, 251, 100)
    """
    f = get_recurrent(activation)
    X, W_x, W_h, b, h0 = _check_sequences(X, W_x, W_h, b, h0)
    if W_h.ndim:
        return run(X, W_x, W_h, b, f, h0)
    return run(X[..., None], W_x.reshape(1, 1), W_h.reshape(1, 1), b, f, h0[:, None])[..., 0]


def run(
    X: Array, W_x: Array, W_h: Array, b: Array, f: Activation, h0: Array, hold: Array | None = None
) -> Array:
    """Run the loop of `compute_states`, for arrays that have been checked.

    Memory is laid out time first, so that a step is one piece of it.  x_t W_x + b is
    computed for a block of steps in one product, in the memory of the states to come; each
    step adds h_{t-1} W_h to it and applies f.

    Parameters
    ----------
    X : (batch, timesteps, features)
    W_x : (features, units)
    W_h : (units, units)
    b : number, or (units,)
    f : Activation
    h0 : (batch, units)
    hold : (timesteps, batch, 1) of bool, or None
        Where the state stays as it is.

    Returns
    -------
    S : (batch, timesteps + 1, units)
    """
    X = X.swapaxes(0, 1)
    S = np.empty((len(X) + 1, *h0.shape), h0.dtype)
    S[0] = h0
    for steps in blocks_of(FORWARD_BLOCK, len(X)):
        Z = S[1:][steps]
        np.matmul(X[steps], W_x, out=Z)
        Z += b
        for k, (h, z) in enumerate(zip(S[steps], Z), steps.start):
            z += h @ W_h
            f.overwrite(z)
            if hold is not None:
                np.copyto(z, h, where=hold[k])
    return S.swapaxes(0, 1)


def blocks_of(size: int, timesteps: int) -> list[slice]:
    """Return the time steps in slices of `size`, the last one shorter if need be."""
    return [slice(k, min(k + size, timesteps)) for k in range(0, timesteps, size)]


def step(
    x_t: ArrayLike,
    h_prev: ArrayLike,
    W_x: ArrayLike,
    W_h: ArrayLike,
    b: ArrayLike = 0.0,
    activation: ActivationLike = "linear",
) -> Array:
    """Return the next hidden state::

        h_t = f(x_t W_x + h_{t-1} W_h + b)

    Parameters
    ----------
    x_t : number or (batch,); or (features,) or (batch, features)
        The input of this step.
    h_prev : number or (batch,); or (units,) or (batch, units)
        The state before it.
    W_x, W_h, b, activation
        As in `compute_states`.

    Returns
    -------
    h_t : of the shape of h_prev

    Raises
    ------
    ValueError
        If a shape does not fit; the message names the argument and its axes.

    Examples
    --------
    >>> step([0.5, 1.0], [0.0, 0.0, 1.0], np.ones((2, 3)), np.eye(3))
    array([1.5, 1.5, 2.5])
    """
    f = get_recurrent(activation)
    x_t, h_prev, W_x, W_h, b = as_arrays(x_t=x_t, h_prev=h_prev, W_x=W_x, W_h=W_h, b=b)
    single = x_t.ndim == (0 if _is_scalar(W_x, W_h) else 1)
    batch = [] if single else [("batch", x_t.shape[0] if x_t.ndim else None)]
    features, units = check_weights(x_t.shape[-1:], W_x, W_h, b)
    check_shape("x_t", x_t, *batch, *features)
    check_shape("h_prev", h_prev, *batch, *units)
    times = np.multiply if W_h.ndim == 0 else np.matmul
    return f.value(times(x_t, W_x) + times(h_prev, W_h) + b)


def _is_scalar(W_x, W_h):
    """Return whether the weights are numbers; both must be numbers, or both matrices."""
    if (W_x.ndim == 0) != (W_h.ndim == 0):
        raise ValueError(
            "W_x and W_h must both be numbers or both be matrices,"
            f" got shapes {W_x.shape} and {W_h.shape}."
        )
    return W_x.ndim == 0


def _check_sequences(X, W_x, W_h, b, h0):
    given = {"X": X, "W_x": W_x, "W_h": W_h, "b": b} | ({} if h0 is None else {"h0": h0})
    X, W_x, W_h, b, *rest = as_arrays(**given)
    features = [] if _is_scalar(W_x, W_h) else [("features", None)]
    check_shape("X", X, ("batch", None), ("timesteps", None), *features)
    _, units = check_weights(X.shape[2:], W_x, W_h, b)
    shape = X.shape[0], *(n for _, n in units)
    h0 = rest[0] if rest else np.zeros(shape, X.dtype)
    check_shape("h0", h0, *[("batch", X.shape[0])] * (h0.ndim != len(units)), *units)
    return X, W_x, W_h, b, np.broadcast_to(h0, shape)


def check_weights(
    features: Sequence[int], W_x: Array, W_h: Array, b: Array
) -> tuple[list[Axis], list[Axis]]:
    """Check the weights of `compute_states` against the features of x.

    Parameters
    ----------
    features : (), or (features,)
        The last axis of x, empty for numbers.
    W_x, W_h, b
        As in `compute_states`.

    Returns
    -------
    features, units : lists
        The axes (features,) of x_t and (units,) of h_t, as `check_shape` takes them; for
        numbers there are none.
    """
    if _is_scalar(W_x, W_h):
        check_shape("b", b)
        return [], []
    check_shape("W_x", W_x, ("features", features[0] if features else None), ("units", None))
    units = ("units", W_x.shape[1])
    check_shape("W_h", W_h, units, units)
    if b.ndim:
        check_shape("b", b, units)
    return [("features", W_x.shape[0])], [units]
