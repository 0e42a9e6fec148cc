"""The types that signatures are written with."""

from typing import Any

from numpy.typing import ArrayLike, NDArray

__all__ = ["Array", "ArrayLike", "Shape"]

Array = NDArray[Any]  # of floats
Shape = tuple[int | None, ...]  # None for a length that is open
