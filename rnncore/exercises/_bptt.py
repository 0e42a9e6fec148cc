"""Chapter 4: three terms of a sum, a loss at every step, a window, a loop without its transpose."""

import numpy as np

from rnncore.bptt import backpropagate, contributions
from rnncore.exercises._toy import TOY
from rnncore.exercises._verdict import Exercise
from rnncore.states import compute_states

SHORT_X = np.array([[4.0, -1.0, 2.0]])
LAST = np.array([[0.0, 0.0, 1.0]])
EACH = np.ones((1, 3))


def _terms(weight="W_h"):
    S = compute_states(SHORT_X, 1.0, 0.5)
    return getattr(contributions(SHORT_X, S, LAST, 1.0, 0.5), weight)


def _held():
    """Return the local derivatives ∂h_t/∂W_h: the states before each step."""
    return compute_states(SHORT_X, 1.0, 0.5)[0, :-1]


def _with_state_after():
    return compute_states(SHORT_X, 1.0, 0.5)[0, 1:] * _arriving(0.5, LAST)


def _arriving(W_h, dS, window=None):
    """Return dL/dh_t of a linear network, t = 1 … T; with W_x = 1 it is also dL/dx_t."""
    X = np.ones(dS.shape)
    return backpropagate(X, compute_states(X, 1.0, W_h), dS, 1.0, W_h, window=window).X[0]


def _contributions(batch=16, timesteps=40, features=8, units=12):
    X, dS = np.zeros((batch, timesteps, features)), np.zeros((batch, timesteps, units))
    W_x, W_h = np.zeros((features, units)), np.eye(units)
    return contributions(X, compute_states(X, W_x, W_h), dS, W_x, W_h)


def _toy(back=None):
    """Return dL/dW_h of the toy with tanh, L the sum of the last state; back: instead of W_h^T."""
    S = compute_states(**TOY, activation="tanh")
    back = TOY["W_h"].T if back is None else back
    dh, dW_h = np.ones((1, 3)), np.zeros((3, 3))
    for t in (3, 2, 1):
        dz = dh * (1 - S[:, t] ** 2)
        dW_h += S[:, t - 1].T @ dz
        dh = dz @ back
    return dW_h


def _step_back(slope=True, back=TOY["W_h"].T):
    """Return dL/dh_2 of the toy with tanh, L the sum of the last state."""
    S = compute_states(**TOY, activation="tanh")
    return ((1 - S[0, 3] ** 2) if slope else np.ones(3)) @ back


EXERCISES = {
    "ex-bptt-terms": Exercise(
        _terms,
        (
            (
                _held,
                "the list of the states before each step. Each still has to be multiplied by "
                "dL/dh_t.",
            ),
            (
                _with_state_after,
                "what you get with h_t. The weight W_h meets the state before, h_t−1.",
            ),
            (
                lambda: _terms("W_x"),
                "the answer for dL/dW_x, with x_t instead of the state before.",
            ),
        ),
        question=(
            "A linear network reads 4, −1, 2 with W_x = 1, W_h = 0.5 and h_0 = 0, and the loss is "
            "L = h_3. Give the contributions of steps 1, 2 and 3 to dL/dW_h."
        ),
        hints=(
            "The states are 4, 1, 2.5. Step t contributes the state before it times dL/dh_t.",
            "dL/dh_3 = 1, dL/dh_2 = 0.5, dL/dh_1 = 0.25. The first contribution is 0 · 0.25.",
        ),
    ),
    "ex-bptt-every-step": Exercise(
        lambda: _arriving(-0.5, EACH),
        (
            (lambda: _arriving(-0.5, LAST), "what you get with a loss at the last step only."),
            (
                lambda: EACH[0],
                "only the direct effect of each state. Add the carried gradient.",
            ),
            (
                lambda: _arriving(-0.5, EACH)[::-1],
                "the right answer in reverse order. Start with step 1.",
            ),
        ),
        question=(
            "A linear network of three steps has W_h = −0.5, and L = h_1 + h_2 + h_3. "
            "Give dL/dh_1, dL/dh_2 and dL/dh_3, all later states included."
        ),
        hints=(
            "Each state has the direct effect 1. Begin at the end, where dL/dh_3 = 1.",
            "dL/dh_2 = 1 + (−0.5) · 1.",
        ),
    ),
    "ex-bptt-shape": Exercise(
        lambda: _contributions().W_h.shape,
        (
            (
                lambda: (12, 12),
                "the shape of the gradient. Each step contributes such an array.",
            ),
            (
                lambda: (16, 40, 12, 12),
                "the shape with an array for each sequence. The product sums over the batch.",
            ),
            (lambda: _contributions().W_x.shape, "the shape of the contributions to dL/dW_x."),
        ),
        question=(
            "A batch of 16 sequences of 40 steps, with 8 features each, goes through 12 units. "
            "What is the shape of the contributions of all time steps to dL/dW_h, "
            "`contributions(…).W_h`?"
        ),
        hints=(
            "The contribution of one step has the shape of W_h.",
            "The time steps come first. The batch has been summed over.",
        ),
    ),
    "ex-bptt-window": Exercise(
        lambda: _arriving(0.5, np.array([[0.0, 0.0, 0.0, 1.0]]), window=2),
        (
            (
                lambda: _arriving(0.5, np.array([[0.0, 0.0, 0.0, 1.0]])),
                "the whole gradient, without a window.",
            ),
            (
                lambda: _arriving(0.5, np.array([[0.0, 0.0, 0.0, 1.0]]), window=1),
                "what a window of 1 leaves. A window of 2 also reaches the step before.",
            ),
            (
                lambda: _arriving(0.5, np.array([[0.0, 0.0, 0.0, 1.0]]), window=3),
                "what a window of 3 leaves. Step 4 itself is the first step of the window.",
            ),
        ),
        question=(
            "A linear network of four steps has W_x = 1, W_h = 0.5, and L = h_4. "
            "Give dL/dx_1 … dL/dx_4 as a window of 2 leaves them."
        ),
        hints=(
            "Without a window they are 0.125, 0.25, 0.5, 1.",
            "The gradient enters at step 4. It reaches steps 4 and 3, and no further.",
        ),
    ),
    "ex-bptt-bug": Exercise(
        _toy,
        ((lambda: _toy(TOY["W_h"]), "still what you get without the transpose of W_h."),),
    ),
    "ex-bptt-step": Exercise(
        _step_back,
        (
            (lambda: _step_back(slope=False), "what comes back without the slope of tanh."),
            (lambda: _step_back(back=TOY["W_h"]), "what you get without the transpose of W_h."),
            (
                lambda: _step_back(slope=False, back=TOY["W_h"]),
                "what you get without the transpose of W_h and without the slope of tanh.",
            ),
        ),
    ),
}
