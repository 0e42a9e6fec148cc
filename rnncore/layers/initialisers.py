"""How weights begin, by name."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnncore._types import Array, Generator


def glorot(size: Sequence[int], units: int, rng: Generator) -> Array:
    """Return a random matrix, uniform within ±√(6 / (rows + columns))."""
    limit = np.sqrt(6 / sum(size))
    return rng.uniform(-limit, limit, size)


def orthogonal(size: Sequence[int], units: int, rng: Generator) -> Array:
    """Return a random matrix whose columns (rows, if there are fewer) are of length 1 and at right
    angles."""
    Q, R = np.linalg.qr(rng.normal(size=(max(size), min(size))))
    Q = Q * np.sign(np.diag(R))  # without the signs, not all rotations are equally likely
    return Q if size[0] >= size[1] else Q.T


def identity(size: Sequence[int], units: int, rng: Generator) -> Array:
    """Return ones on the diagonal and zeros elsewhere."""
    return np.eye(size[0], size[1])


def uniform(size: Sequence[int], units: int, rng: Generator) -> Array:
    """Return a random matrix, uniform within ±1/√units, as all weights of PyTorch are."""
    limit = 1 / np.sqrt(units)
    return rng.uniform(-limit, limit, size)


def zeros(size: Sequence[int], units: int, rng: Generator) -> Array:
    """Return zeros."""
    return np.zeros(size)


MATRICES = {f.__name__: f for f in (glorot, orthogonal, identity, uniform, zeros)}
BIASES = {"zeros": zeros, "uniform": uniform}


def draw(
    name: str, kind: str, size: Sequence[int], units: int, rng: Generator, known: Any = MATRICES
) -> Array:
    """Return the first values of the parameter `name`.

    Parameters
    ----------
    name : str
        For the message.
    kind : str
        A name in `known`.
    size : shape of the parameter
    units : int
        How many units a recurrent layer has, or how many inputs a dense one.
    rng : np.random.Generator
    known : MATRICES or BIASES

    Raises
    ------
    ValueError
        If the kind is not known.
    """
    if not isinstance(kind, str) or kind not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, got {kind!r}.")
    return known[kind](size, units, rng)


def check_dtype(dtype: Any) -> np.dtype[Any]:
    """Return the type, or raise a ValueError unless layers compute in it."""
    if dtype not in (np.float32, np.float64):
        raise ValueError(f"dtype must be np.float32 or np.float64, got {dtype!r}.")
    return np.dtype(dtype)
