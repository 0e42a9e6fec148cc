"""Chapters 5 and 5b: a difference by hand, a wrong check, ten factors, a clipped gradient."""

import numpy as np

from rnncore.activations import tanh
from rnncore.bptt import jacobian, jacobian_product
from rnncore.exercises._verdict import Exercise
from rnncore.gradcheck import numerical_gradient
from rnncore.optimisers import clip_by_norm

TALL = np.array([6.0, -8.0])
BOTH = {"W": np.array([[1.0, 2.0], [2.0, 0.0]]), "b": np.array([4.0])}


def _cube(w):
    return w**3


def _left(weight=1.25, slope=True):
    """Return what is left of a gradient after ten steps, every state being 0.6."""
    S = np.full((1, 11), 0.6)
    return jacobian_product(S, weight, "tanh" if slope else "linear")[0]


def _in_one_row(gradients):
    return np.concatenate([g.ravel() for g in gradients.values()])


def _shape(batch=16, units=12):
    return jacobian(np.zeros((batch, units)), np.eye(units), "tanh").shape


EXERCISES = {
    "ex-gradients-difference": Exercise(
        lambda: numerical_gradient(_cube, 2.0, 1.0),
        (
            (
                lambda: _cube(3.0) - _cube(2.0),
                "the difference on one side. The central difference goes a step each way.",
            ),
            (lambda: 3 * 2.0**2, "the exact derivative. A nudge of 1 gives a little more."),
            (
                lambda: _cube(3.0) - _cube(1.0),
                "the rise divided by one nudge. The two points are two nudges apart.",
            ),
        ),
        question="Give the central difference of f(w) = w³ at w = 2, with a nudge of 1.",
        hints=(
            "3³ = 27 and 1³ = 1.",
            "The two points are 2 apart.",
        ),
    ),
    "ex-gradients-bug": Exercise(
        lambda: numerical_gradient(_cube, 2.0, 1e-6),
        (
            (
                lambda: (_cube(2.0 + 1e-6) - _cube(2.0)) / 2e-6,
                "still half of the slope. The second point should be a step below the start.",
            ),
        ),
    ),
    "ex-gradients-product": Exercise(
        _left,
        (
            (lambda: _left(slope=False), "only the power of the weight. tanh has a slope, too."),
            (lambda: _left(weight=1.0), "only the power of the slope. W_h is a factor, too."),
            (
                lambda: tanh.slope(0.6) * 1.25,
                "what one step leaves. There are ten, and their factors are multiplied.",
            ),
        ),
        question=(
            "One unit with tanh has W_h = 1.25, and its state is 0.6 at every step. "
            "What fraction of a gradient is left after ten steps back? Give four decimals."
        ),
        hints=(
            "One step back multiplies by the slope 1 − h² and by W_h.",
            "The factor of a step is (1 − 0.36) · 1.25 = 0.8.",
        ),
    ),
    "ex-gradients-thirty": Exercise(
        lambda: 0.3 ** (1 / 30),
        (
            (
                lambda: 0.3 / 30,
                "a thirtieth of 0.3. Factors are multiplied, so you need a root.",
            ),
            (
                lambda: 0.3**30,
                "0, which is 0.3^30 to three decimals. The power belongs to W_h: W_h^30 = 0.3.",
            ),
        ),
        question=(
            "In a linear network with one unit, 0.3 of a gradient should be left after 30 steps "
            "back. Which positive W_h does that? Give at least four decimals."
        ),
        hints=(
            "After 30 steps back, W_h to the power of 30 is left.",
            "Which root undoes the power of 30?",
        ),
    ),
    "ex-gradients-shape": Exercise(
        _shape,
        (
            (
                lambda: (12, 12),
                "the shape for one sequence. Each of the 16 has its own Jacobian.",
            ),
            (
                lambda: (16, 12),
                "the shape of the states. Every unit of h_t depends on every unit of h_t−1.",
            ),
        ),
        question=(
            "The states h_t of a batch of 16 sequences have 12 units. "
            "What is the shape of the array of Jacobians ∂h_t/∂h_t−1, `jacobian(h_t, W_h)`?"
        ),
        hints=(
            "For one sequence it is a square of 12 by 12 numbers.",
            "The slopes differ from sequence to sequence, and so do the Jacobians.",
        ),
    ),
    "ex-gradients-clip": Exercise(
        lambda: clip_by_norm({"g": TALL}, 5.0)[0]["g"],
        (
            (
                lambda: np.clip(TALL, -5.0, 5.0),
                "what clipping each number on its own gives. It turns the gradient.",
            ),
            (
                lambda: clip_by_norm({"g": TALL}, 1.0)[0]["g"],
                "the gradient scaled to the norm 1. The limit is 5.",
            ),
            (lambda: TALL, "the gradient as it was. Its norm, 10, is above the limit."),
        ),
        question="The gradient is (6, −8). Clip it by its norm, with a limit of 5.",
        hints=(
            "The norm is the square root of 36 + 64.",
            "Both numbers are multiplied by 5 / 10.",
        ),
    ),
    "ex-gradients-code": Exercise(
        lambda: _in_one_row(clip_by_norm(BOTH, 1.0)[0]),
        (
            (
                lambda: _in_one_row({name: g / np.linalg.norm(g) for name, g in BOTH.items()}),
                "what clipping each array on its own gives. Clip both by the norm of all numbers.",
            ),
            (
                lambda: _in_one_row({name: np.clip(g, -1.0, 1.0) for name, g in BOTH.items()}),
                "what clipping each number on its own gives. It turns the gradient.",
            ),
            (
                lambda: _in_one_row(BOTH),
                "the gradient as it was. Its norm is 5, over both arrays.",
            ),
        ),
    ),
}
