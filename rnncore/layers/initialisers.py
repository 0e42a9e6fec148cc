"""How weights begin, by name."""

from typing import Any

import numpy as np

from rnncore._types import Array, Seed

MATRICES = "glorot", "orthogonal", "identity", "uniform", "zeros"
BIASES = "zeros", "uniform"


class Draw:
    """Draws the first values of parameters.

    Parameters
    ----------
    units : int
        How many units a recurrent layer has, or how many inputs a dense one.
    rng : np.random.Generator, or an integer seed
    usual : dict, name of a parameter -> its initialiser
    given : dict
        What the caller has chosen; `dtype` and the names in `usual` are taken out.
    """

    def __init__(self, units: int, rng: Seed, usual: dict[str, str], given: dict[str, Any]) -> None:
        self.units, self.rng = units, as_generator(rng)
        self.dtype = check_dtype(given.pop("dtype", np.float64))
        self.kinds = {name: given.pop(name, kind) for name, kind in usual.items()}

    def __call__(self, name: str, shape: Any) -> Array:
        """Return the first values of one parameter, or of one gate of it.

        Raises
        ------
        ValueError
            If its initialiser is not known.
        """
        kind, known = self.kinds[name], BIASES if name == "b" else MATRICES
        if not isinstance(kind, str) or kind not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, got {kind!r}.")
        if kind == "orthogonal":
            Q, R = np.linalg.qr(self.rng.normal(size=(max(shape), min(shape))))
            Q *= np.sign(np.diag(R))  # without the signs, not all rotations are equally likely
            array = Q if shape[0] >= shape[1] else Q.T
        elif kind == "identity":
            array = np.eye(*shape)
        elif kind == "zeros":
            array = np.zeros(shape)
        else:
            limit = np.sqrt(6 / sum(shape) if kind == "glorot" else 1 / self.units)
            array = self.rng.uniform(-limit, limit, shape)
        return array.astype(self.dtype)


def as_generator(rng: Any) -> Any:
    """Return a generator, or raise a ValueError unless rng is one, or a seed for one."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise ValueError(f"rng must be a generator, or an integer seed, got {rng!r}.") from None


def check_dtype(dtype: Any) -> np.dtype[Any]:
    """Return the type, or raise a ValueError unless layers compute in it."""
    if dtype not in (np.float32, np.float64, "float32", "float64"):
        raise ValueError(f"dtype must be np.float32 or np.float64, got {dtype!r}.")
    return np.dtype(dtype)
