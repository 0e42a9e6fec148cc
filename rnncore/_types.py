"""The types that signatures are written with."""

from typing import TYPE_CHECKING, Any, NewType, TypeAlias

import numpy as np

__all__ = ["Array", "ArrayLike", "Bias", "Generator", "Seed", "Shape"]

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[Any]  # of floats
else:  # with which help() remains readable
    Array, ArrayLike = np.ndarray, NewType("ArrayLike", object)

Bias = ArrayLike | None
Shape = tuple[int | None, ...]  # None for a length that is open

# As text, because NumPy loads its random numbers only when they are used.
Generator: TypeAlias = "np.random.Generator"
Seed: TypeAlias = "np.random.Generator | int"
