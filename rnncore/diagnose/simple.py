"""A simple recurrent network with any of the slips: what each of them computes."""

import numpy as np

ARRAYS = "dX", "dW_x", "dW_h", "db", "dh0"


def states(X, W_x, W_h, b, h0, f, slips=()):
    """Return the states of a simple recurrent layer, right or with slips.

    Parameters
    ----------
    X : (batch, timesteps, features)
    W_x : (features, units)
    W_h : (units, units)
    b : (units,)
    h0 : (batch, units)
    f : Activation
    slips : names of `rnncore.diagnose.slips.FORWARD`

    Returns
    -------
    S : (batch, timesteps + 1, units)
    """
    if "leak" in slips:
        S, rest = [], [slip for slip in slips if slip != "leak"]
        for x, h in zip(X, h0):
            before = S[-1][:, -1] if S else h[np.newaxis]
            S.append(states(x[np.newaxis], W_x, W_h, b, before, f, rest))
        return np.concatenate(S)
    X = X[:, ::-1] if "backwards" in slips else X
    W_h = W_h.T if "state_transposed" in slips else W_h
    value = (lambda z: z) if "linear" in slips else f.value
    first = np.zeros(h0.shape) if "no_h0" in slips else h0
    S, Z = [first], [first]
    for k in range(X.shape[1]):
        before = first if "not_carried" in slips else S[-1]
        z, h = _step(X[:, k] @ W_x, before, W_h, b, value, slips)
        S.append(h)
        Z.append(z)
    S = Z if "returns_z" in slips else S
    return np.stack([first, *S[:-1]] if "early" in slips else S, axis=1)


def _step(x, before, W_h, b, f, slips):
    """Return z_t and h_t, from x_t W_x and h_{t-1}."""
    b, after = (0.0, b) if {"bias_outside", "no_bias"} & {*slips} else (b, 0.0)
    after = 0.0 if "no_bias" in slips else after
    if "sum" in slips:
        z = x + before + W_h + b
    elif "state_inside" in slips:
        z = x + f(before) @ W_h + b
        return z, z + after
    elif "input_only" in slips:
        z = x + b
        return z, f(z) + before @ W_h + after
    elif "each" in slips:
        z = x + b
        return z, f(z) + f(before @ W_h) + after
    else:
        z = x + before @ W_h + b
    return z, (f(f(z)) if "twice" in slips else f(z)) + after


def gradients(X, S, dS, W_x, W_h, f, b, slips=(), window=None):
    """Return the gradients through time, right or with slips.

    Parameters
    ----------
    X : (batch, timesteps, features)
    S : (batch, timesteps + 1, units)
        The states, the initial one first.
    dS : (batch, timesteps, units)
        The direct effect of h_1 … h_T on the loss.
    W_x : (features, units)
    W_h : (units, units)
    f : Activation
    b : (units,)
    slips : names of `rnncore.diagnose.slips.BACKWARD`
    window : int, or None
        As in `rnncore.bptt.backpropagate`.

    Returns
    -------
    dict of dX, dW_x, dW_h, db, dh0
    """
    timesteps, slips = X.shape[1], {*slips}
    back_x = W_x if "no_transpose_x" in slips else W_x.T
    back_h = W_h if "no_transpose" in slips else W_h.T
    before = np.copy(S)
    if "no_h0" in slips:
        before[:, 0] = 0
    Z = X @ W_x + S[:, :-1] @ W_h + b
    carried = [np.zeros(S[:, 0].shape)]  # by the step at which it entered, newest first
    dX = np.zeros(X.shape)
    parts = {name: [0.0] * timesteps for name in ("dW_x", "dW_h", "db")}
    dh = dz = carried[0]
    for k in reversed(range(timesteps)):
        if ("skips_first" in slips and k == 0) or ("skips_last" in slips and k == timesteps - 1):
            continue
        direct = dS[:, k]
        if "no_direct" in slips and k < timesteps - 1:
            direct = np.zeros(direct.shape)
        if "no_future" in slips:
            carried = []
        arrived = [direct, *carried][:window]
        slope = _slope(S, Z, k, f, slips)
        each = [d * slope for d in arrived]
        if "slope_direct" in slips:
            each = [direct * slope, *arrived[1:]]
        dh, dz = sum(arrived), sum(each)
        dX[:, k] = dz @ back_x
        x, h = _factors(X, before, S, k, slips)
        parts["dW_x"][k] = np.einsum("bi,bj->bij", x, dz)
        parts["dW_h"][k] = np.einsum("bi,bj->bij", h, dz)
        parts["db"][k] = dz
        carried = [d @ back_h for d in (arrived if "carry_dh" in slips else each)]
    initial = sum(carried)
    initial = dz if "initial_dz" in slips else dh if "initial_dh" in slips else initial
    total = {name: _total(each, slips) for name, each in parts.items()}
    dW_h = total["dW_h"].sum(axis=0)
    return {
        "dX": dX[:, ::-1] if "reversed_dX" in slips else dX,
        "dW_x": total["dW_x"].sum(axis=0),
        "dW_h": dW_h.T if "transposed_h" in slips else dW_h,
        "db": _over_batch(total["db"], slips),
        "dh0": initial,
    }


def _slope(S, Z, k, f, slips):
    """Return the slope at step k, or what is taken for it."""
    h, before, z = S[:, k + 1], S[:, k], Z[:, k]
    for slip, wrong in (
        ("no_slope", lambda: np.ones(h.shape)),
        ("slope_of_output", lambda: f.derivative(h, f.value(h))),
        ("slope_of_sum", lambda: f.slope(z)),
        ("slope_before", lambda: f.slope(before)),
        ("slope_unsquared", lambda: 1 - h),
        ("slope_sigmoid", lambda: h * (1 - h)),
        ("slope_tanh", lambda: 1 - h**2),
    ):
        if slip in slips:
            return wrong()
    return f.derivative(z, h)


def _factors(X, before, S, k, slips):
    """Return what dW_x and dW_h multiply dz with."""
    other = k + ("input_after" in slips) - ("input_before" in slips)
    inside = 0 <= other < X.shape[1]
    x = X[:, other] if inside else np.zeros(X[:, k].shape)
    return x, S[:, k + 1] if "same_state" in slips else before[:, k]


def _total(each, slips):
    """Add up the contributions of all steps, each still with its batch axis."""
    if "no_accumulation" in slips:
        return next((part for part in each if np.ndim(part)), np.zeros(1))
    if "last_step" in slips:
        return next((part for part in reversed(each) if np.ndim(part)), np.zeros(1))
    return sum(each) if any(map(np.ndim, each)) else np.zeros(1)


def _over_batch(db, slips):
    if "bias_no_batch" in slips:
        return db
    if "bias_one_example" in slips:
        return db[0]
    return db.mean(axis=0) if "bias_mean" in slips else db.sum(axis=0)
