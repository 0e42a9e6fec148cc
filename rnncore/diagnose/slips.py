"""What can go wrong in a hand-written recurrent network: each slip with its line and its place."""

from typing import NamedTuple

PAGE = "mistakes.ipynb"


class Slip(NamedTuple):
    """One way to be wrong, or to be right in another way.

    `words` go on from "This is what you get …"; `right` is the line as it should be, in rows and
    batch first; `place` is where the book explains it.  A convention is not a mistake.
    """

    words: str
    right: str
    place: str
    convention: bool = False


FORWARD = {
    "sum": Slip(
        "when W_h is added to the state instead of multiplying it",
        "h = f(x_t * W_x + h * W_h + b)",
        f"{PAGE}#mistake-sum",
    ),
    "early": Slip(
        "when each state is stored before it is computed, so that h_0 is the first and h_T is lost",
        "S[:, k + 1] = h  # after h has been computed",
        f"{PAGE}#mistake-early",
    ),
    "not_carried": Slip(
        "when every step starts from h_0, because the new state is not kept for the next step",
        "h = f(x_t @ W_x + h @ W_h + b)  # h on both sides",
        "02_compute_states.ipynb",
    ),
    "no_h0": Slip(
        "when the state begins with zeros, and h_0 is not read",
        "S[:, 0] = h0",
        "02_compute_states.ipynb",
    ),
    "leak": Slip(
        "when a sequence begins with the last state of the sequence before it in the batch",
        "h = h0[i]  # for each sequence i",
        f"{PAGE}#mistake-concatenate",
    ),
    "no_bias": Slip(
        "without the bias",
        "h = f(x_t @ W_x + h @ W_h + b)",
        "02_compute_states.ipynb",
    ),
    "bias_outside": Slip(
        "when the bias is added after the activation",
        "h = f(x_t @ W_x + h @ W_h + b)",
        "03_activations.ipynb#ex-act-bug",
    ),
    "input_only": Slip(
        "when the activation is around the input only, and h @ W_h is added outside",
        "h = f(x_t @ W_x + h @ W_h + b)",
        "03_activations.ipynb#ex-act-bug",
    ),
    "state_inside": Slip(
        "when the activation is around the old state, before the product with W_h",
        "h = f(x_t @ W_x + h @ W_h + b)",
        "03_activations.ipynb#ex-act-bug",
    ),
    "each": Slip(
        "when the activation is taken of the two products apart, and not of their sum",
        "h = f(x_t @ W_x + h @ W_h + b)",
        "03_activations.ipynb#ex-act-bug",
    ),
    "twice": Slip(
        "when the activation is applied twice",
        "h = f(x_t @ W_x + h @ W_h + b)",
        "03_activations.ipynb",
    ),
    "returns_z": Slip(
        "when the sums z_t are returned in place of the states h_t = f(z_t)",
        "S[:, k + 1] = f(z)",
        f"{PAGE}#mistake-slope",
    ),
    "linear": Slip(
        "without an activation in the recurrence",
        "h = np.tanh(x_t @ W_x + h @ W_h + b)",
        f"{PAGE}#mistake-linear",
    ),
    "other_activation": Slip(
        "with another activation than the one you named",
        "h = f(x_t @ W_x + h @ W_h + b)  # f is the activation that you named",
        "03_activations.ipynb",
    ),
    "state_transposed": Slip(
        "with W_h.T, so your W_h is stored as the transpose of ours",
        "h @ W_h",
        "notation.md",
        convention=True,
    ),
    "backwards": Slip(
        "when the sequence is read from its last step to the first",
        "for k in range(timesteps):",
        "notation.md",
        convention=True,
    ),
}

SHAPES = {
    "last_sequence": Slip(
        "with S[-1], the states of the last sequence of the batch, in place of S[:, -1]",
        "S[:, -1]  # the last state of every sequence",
        f"{PAGE}#mistake-axis",
    ),
    "concatenate": Slip(
        "when the states are joined along an axis that they have, and not along a new one",
        "np.stack(S, axis=1)  # not np.concatenate",
        f"{PAGE}#mistake-concatenate",
    ),
}

BACKWARD = {
    "no_transpose": Slip(
        "with W_h in place of its transpose",
        "dh_next = dz @ W_h.T",
        f"{PAGE}#mistake-transpose",
    ),
    "no_transpose_x": Slip(
        "with W_x in place of its transpose",
        "dX[:, k] = dz @ W_x.T",
        f"{PAGE}#mistake-transpose",
    ),
    "no_accumulation": Slip(
        "when each step overwrites the gradient, so that only the contribution of step 1 is left",
        "dW_h += S[:, k].T @ dz  # and so dW_x, db",
        f"{PAGE}#mistake-accumulation",
    ),
    "last_step": Slip(
        "with the contribution of the last step only",
        "dW_h += S[:, k].T @ dz  # at every step",
        f"{PAGE}#mistake-accumulation",
    ),
    "same_state": Slip(
        "with h_t in place of h_t−1",
        "dW_h += S[:, k].T @ dz  # S[:, k + 1] is h_t",
        f"{PAGE}#mistake-state",
    ),
    "no_h0": Slip(
        "when zeros take the place of h_0",
        "dW_h += S[:, k].T @ dz  # S[:, 0] is h_0",
        f"{PAGE}#mistake-state",
    ),
    "no_future": Slip(
        "when the carried gradient, which comes from later states, is dropped",
        "dh = dS[:, k] + dh_next",
        f"{PAGE}#mistake-future",
    ),
    "no_direct": Slip(
        "when only the last state gets its direct effect on the loss, and the others are dropped",
        "dh = dS[:, k] + dh_next",
        f"{PAGE}#mistake-future",
    ),
    "no_slope": Slip(
        "without the slope of the activation",
        "dz = dh * (1 - S[:, k + 1] ** 2)  # for tanh",
        f"{PAGE}#mistake-slope",
    ),
    "slope_of_output": Slip(
        "when the slope is taken at h_t as if it were z_t, as with 1 − tanh(h)²",
        "dz = dh * (1 - S[:, k + 1] ** 2)  # S holds tanh(z) already",
        f"{PAGE}#mistake-slope",
    ),
    "slope_of_sum": Slip(
        "when the slope is computed from the sum z_t in place of the output h_t, as with 1 − z²",
        "dz = dh * (1 - S[:, k + 1] ** 2)  # not Z[:, k]",
        f"{PAGE}#mistake-slope",
    ),
    "slope_before": Slip(
        "with the slope of the step before, at h_t−1",
        "dz = dh * (1 - S[:, k + 1] ** 2)  # not S[:, k]",
        f"{PAGE}#mistake-slope",
    ),
    "slope_unsquared": Slip(
        "with the slope 1 − h, without the square",
        "dz = dh * (1 - S[:, k + 1] ** 2)",
        "03_activations.ipynb#ex-act-slope",
    ),
    "slope_sigmoid": Slip(
        "with the slope of sigmoid, h (1 − h)",
        "dz = dh * (1 - S[:, k + 1] ** 2)  # for tanh",
        "03_activations.ipynb#ex-act-slope",
    ),
    "slope_tanh": Slip(
        "with the slope of tanh, 1 − h²",
        "dz = dh * S[:, k + 1] * (1 - S[:, k + 1])  # for sigmoid",
        "03_activations.ipynb#ex-act-slope",
    ),
    "carry_dh": Slip(
        "when dh in place of dz is carried to the step before, without the slope",
        "dh_next = dz @ W_h.T",
        "04_bptt.ipynb",
    ),
    "slope_direct": Slip(
        "when the slope multiplies the direct effect only, and the carried gradient is added after",
        "dz = (dS[:, k] + dh_next) * (1 - S[:, k + 1] ** 2)",
        "04_bptt.ipynb",
    ),
    "skips_first": Slip(
        "when the loop ends one step too early, and step 1 contributes nothing",
        "for k in reversed(range(timesteps)):",
        "04_bptt.ipynb",
    ),
    "skips_last": Slip(
        "when the loop begins one step too late, and the last step contributes nothing",
        "for k in reversed(range(timesteps)):",
        "04_bptt.ipynb",
    ),
    "input_after": Slip(
        "with the input of another step, x_t+1 in place of x_t",
        "dW_x += X[:, k].T @ dz",
        "04_bptt.ipynb",
    ),
    "input_before": Slip(
        "with the input of another step, x_t−1 in place of x_t",
        "dW_x += X[:, k].T @ dz",
        "04_bptt.ipynb",
    ),
    "transposed_h": Slip(
        "when the gradient of W_h comes out transposed, as dz.T @ h in place of h.T @ dz",
        "dW_h += S[:, k].T @ dz",
        f"{PAGE}#mistake-transpose",
    ),
    "initial_dz": Slip(
        "when dz_1 is returned for the initial state, without the step through W_h",
        "dh0 = dz @ W_h.T  # of step 1",
        "04_bptt.ipynb",
    ),
    "initial_dh": Slip(
        "when dh_1 is returned for the initial state, one step too early",
        "dh0 = dz @ W_h.T  # of step 1",
        "04_bptt.ipynb",
    ),
    "reversed_dX": Slip(
        "when the gradients of the inputs are in the order of the backward pass, last step first",
        "dX[:, k] = dz @ W_x.T",
        "04_bptt.ipynb",
    ),
    "negative": Slip(
        "with the opposite sign, so that an update goes uphill",
        "W_h -= learning_rate * dW_h",
        "06_learning.ipynb",
    ),
    "bias_mean": Slip(
        "when db is averaged over the batch, while the other gradients are summed",
        "db += dz.sum(axis=0)",
        "01_mlp.ipynb",
    ),
    "bias_no_batch": Slip(
        "without the sum over the batch",
        "db += dz.sum(axis=0)",
        "01_mlp.ipynb",
    ),
    "bias_one_example": Slip(
        "with the first sequence of the batch only",
        "db += dz.sum(axis=0)",
        "01_mlp.ipynb",
    ),
}
