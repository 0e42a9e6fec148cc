"""How much each example counts: weights, masks and ignored labels are one array of weights."""

import math
from typing import Any

import numpy as np

from rnncore._checks import as_array
from rnncore._types import Array, ArrayLike


class Counted:
    """The examples that count, and what their losses and gradients add up to.

    `y` and `target` hold the examples whose weight is above 0, in a row; without weights all of
    them, as they are.  The first `axes` axes of y count the examples.
    """

    def __init__(self, y: Array, target: Array, weights: ArrayLike | None, axes: int) -> None:
        self.all, self.total = y, float(math.prod(y.shape[:axes]))
        self.places, self.w = ..., 1
        if weights is not None:
            w = check_weights("weights", weights, y.shape[:axes])
            w = combined(w, np.ones(y.shape[:axes]))
            self.places = w > 0
            w = w[self.places] / w.max()  # so that neither a sum nor a gradient overflows
            self.total = float(w.sum())
            self.w = w.astype(y.dtype).reshape(-1, *[1] * (y.ndim - axes))
        self.y, self.target = y[self.places], target[self.places]

    def mean(self, losses: Array) -> float:
        """Return sum(w · losses) / sum(w)."""
        return float((losses * self.w).sum() / self.total)

    def gradient(self, slopes: Array) -> Array:
        """Return w · slopes / sum(w), and 0 where nothing counts, in the shape of all of y."""
        gradient = np.zeros_like(self.all)
        gradient[self.places] = slopes / self.total * self.w
        return gradient


def check_weights(name: str, weights: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return weights for examples of this shape, along its first axes; or raise a ValueError."""
    w = as_array(name, weights).astype(float)
    if not w.ndim or w.shape != shape[: w.ndim]:
        raise ValueError(f"{name} must have the shape of the first axes of {shape}, got {w.shape}.")
    wrong = w[~((w >= 0) & (w < np.inf))]
    if wrong.size or not w.any():
        came = f"{wrong[0]:g}" if wrong.size else "zeros only: nothing would count"
        raise ValueError(f"{name} must be numbers from 0 on, got {came}.")
    return w


def combined(*weights: Any) -> Any:
    """Return the product of arrays that agree in their first axes; None where all are None."""
    given = [np.asarray(w, float) for w in weights if w is not None]
    axes = max((w.ndim for w in given), default=0)
    return math.prod(w.reshape(*w.shape, *[1] * (axes - w.ndim)) for w in given) if given else None
