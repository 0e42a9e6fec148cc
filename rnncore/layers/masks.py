"""Sequences of unequal length: which of their steps count."""

import numpy as np

from rnncore._checks import as_array, check_shape
from rnncore._types import Array, ArrayLike


def as_mask(
    lengths: ArrayLike | None, mask: ArrayLike | None, shape: tuple[int, ...]
) -> Array | None:
    """Return which steps count, (batch, timesteps) of bool, or None if all do.

    Parameters
    ----------
    lengths : (batch,) integers, or None
        How many steps of each sequence count, starting with the first.
    mask : (batch, timesteps) of True and False, or None
    shape : (batch, timesteps, …)

    Raises
    ------
    ValueError
        If both are given, a shape does not fit, or a value is neither.
    """
    if lengths is None and mask is None:
        return None
    if lengths is not None and mask is not None:
        raise ValueError("lengths and mask must not both be given: pass one of them.")
    if len(shape) < 2:
        raise ValueError(f"x must have shape (batch, timesteps, …) to be masked, got {shape}.")
    batch, timesteps = shape[:2]
    if mask is not None:
        array = as_array("mask", mask)
        check_shape("mask", array, ("batch", batch), ("timesteps", timesteps))
        if (wrong := array[(array != 0) & (array != 1)]).size:
            raise ValueError(f"mask must hold True (a step counts) or False, got {wrong[0]}.")
        return array.astype(bool)
    array = as_array("lengths", lengths)
    check_shape("lengths", array, ("batch", batch))
    if (wrong := array[(array < 0) | (array > timesteps) | (array % 1 != 0)]).size:
        raise ValueError(f"lengths must hold integers from 0 to {timesteps}, got {wrong[0]}.")
    return np.arange(timesteps) < array[:, np.newaxis]
