"""Sequences of unequal length: which steps count, and how to read no others."""

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
        How many steps of each sequence count, from the first on.
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
            raise ValueError(
                f"mask must hold True for a step that counts, or False, got {wrong[0]}."
            )
        return array.astype(bool)
    array = as_array("lengths", lengths)
    check_shape("lengths", array, ("batch", batch))
    if (wrong := array[(array < 0) | (array > timesteps) | (array % 1 != 0)]).size:
        raise ValueError(f"lengths must hold integers from 0 to {timesteps}, got {wrong[0]}.")
    return np.arange(timesteps) < array[:, np.newaxis]


class Packing:
    """The steps that count moved to the front, and the longest sequence to the top.

    A layer can then read a sequence up to its end, those of one length together, as in PyTorch's
    packed sequences; what does not count is never read.

    Parameters
    ----------
    mask : (batch, timesteps) of bool

    Attributes
    ----------
    rows : (batch,)
        The sequences, the longest first.
    lengths : (batch,)
        How many steps they have.
    any : (batch, 1) of bool
        Whether they have any, in the order of the batch.
    """

    def __init__(self, mask: Array) -> None:
        lengths, self.any = mask.sum(axis=1), mask.any(axis=1, keepdims=True)
        self.rows = np.argsort(-lengths, kind="stable")
        self.lengths, mask = lengths[self.rows], mask[self.rows]
        self.places = self.rows[:, np.newaxis], np.argsort(~mask, axis=1, kind="stable")
        self.reached = np.cumsum(mask, axis=1)  # at each step: how many have counted so far

    def pack(self, x: Array) -> Array:
        """Return x (batch, timesteps, …) in the new order, of rows and of steps."""
        return x[self.places]

    def unpack(self, packed: Array) -> Array:
        """Undo `pack`."""
        x = np.empty_like(packed)
        x[self.places] = packed
        return x

    def unsort(self, sorted_rows: Array) -> Array:
        """Return the rows in the order of the batch."""
        rows = np.empty_like(sorted_rows)
        rows[self.rows] = sorted_rows
        return rows

    def spread(self, outputs: Array) -> Array:
        """Return the output that holds at each step: that of the last one that counted, or zeros.

        Parameters
        ----------
        outputs : (batch, timesteps, units)
            Of the packed sequences.

        Returns
        -------
        y : of the same shape, in the order of the batch
        """
        S = np.concatenate([np.zeros_like(outputs[:, :1]), outputs], axis=1)
        return self.unsort(S[np.arange(len(S))[:, np.newaxis], self.reached])

    def gather(self, dy: Array) -> Array:
        """Return the gradient with respect to the outputs of `spread`, from that of its y."""
        batch, timesteps, units = dy.shape
        held = (np.arange(batch)[:, np.newaxis] * (timesteps + 1) + self.reached).ravel()
        first = np.flatnonzero(np.diff(held, prepend=-1))  # a place is held for a stretch of steps
        dS = np.zeros((batch * (timesteps + 1), units), dy.dtype)
        dS[held[first]] = np.add.reduceat(dy[self.rows].reshape(-1, units), first, axis=0)
        return dS.reshape(batch, timesteps + 1, units)[:, 1:]
