"""The types that signatures are written with."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Array", "ArrayLike", "Bias", "Generator", "Seed", "Shape"]

Array = NDArray[Any]  # of floats
Bias = ArrayLike | None
Shape = tuple[int | None, ...]  # None for a length that is open

# As text, because NumPy loads its random numbers only when they are used.
Generator: TypeAlias = "np.random.Generator"
Seed: TypeAlias = "np.random.Generator | int"
