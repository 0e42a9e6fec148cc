"""Small tasks to train on: three that make their own data, and 1 797 handwritten digits."""

from importlib.resources import files
from typing import NamedTuple

import numpy as np

from rnncore._checks import check_generator, check_integer
from rnncore._types import Array, Generator

FREQUENCIES = 0.1, 1.0  # of the sines, in radians per step: periods of 63 down to 6 steps


class Examples(NamedTuple):
    """Inputs and their targets, one example per row."""

    x: Array
    y: Array


def count_ones(n: int, timesteps: int, rng: Generator) -> Examples:
    """Make random bits, and count the ones among them.

    Parameters
    ----------
    n : int
        The number of examples; may be 0.
    timesteps : int
        At least 1.
    rng : np.random.Generator

    Returns
    -------
    x : (n, timesteps, 1)
        Zeros and ones.
    y : (n, 1)
        Their sums.

    Raises
    ------
    ValueError
        If a number is too small or not an integer, or rng is not a generator.

    Source
    ------
    Peter Roelants' example of a network that counts ones.

    Examples
    --------
    >>> x, y = count_ones(20, 10, np.random.default_rng(1))
    >>> x.shape, y.shape
    ((20, 10, 1), (20, 1))
    """
    x = _bits(n, timesteps, rng)
    return Examples(x, x.sum(axis=1))


def first_bit(n: int, timesteps: int, rng: Generator) -> Examples:
    """Make random bits; the target is the first, to be kept while the others distract.

    Parameters and errors as in `count_ones`.

    Returns
    -------
    x : (n, timesteps, 1)
        Zeros and ones.
    y : (n, 1)
        The first bit; timesteps - 1 others come after it.

    Source
    ------
    After Bengio, Simard and Frasconi (1994), "Learning long-term dependencies with
    gradient descent is difficult".
    """
    x = _bits(n, timesteps, rng)
    return Examples(x, x[:, 0].copy())


def sine(n: int, timesteps: int, rng: Generator) -> Examples:
    """Make sines of random frequency and phase; the target is the value that comes next.

    x_t = sin(ω t + φ), with ω from 0.1 to 1 radians per step and φ from 0 to 2π.
    Parameters and errors as in `count_ones`.

    Returns
    -------
    x : (n, timesteps, 1)
    y : (n, 1)
        The value at step timesteps + 1.
    """
    _check(n, timesteps, rng)
    frequency = rng.uniform(*FREQUENCIES, size=(n, 1))
    phase = rng.uniform(0, 2 * np.pi, size=(n, 1))
    values = np.sin(frequency * np.arange(1, timesteps + 2) + phase)
    return Examples(values[:, :-1, np.newaxis], values[:, -1:])


def digits() -> tuple[Examples, Examples]:
    """Load handwritten digits of 8 × 8 pixels, to be read row by row: 8 steps of 8 features.

    Every fifth image, from the first on, is for testing.

    Returns
    -------
    train : Examples
        x (1437, 8, 8), from 0 for paper to 1 for ink; y (1437,), the labels 0 … 9.
    test : Examples
        x (360, 8, 8); y (360,).

    Source
    ------
    E. Alpaydin and C. Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI
    Machine Learning Repository, https://doi.org/10.24432/C50P49, licence CC BY 4.0; the
    1 797 images of its test part.

    Examples
    --------
    >>> train, test = digits()
    >>> train.x.shape, test.x.shape, test.y[:4]
    ((1437, 8, 8), (360, 8, 8), array([0, 5, 0, 5]))
    """
    path = files("rnncore").joinpath("data", "digits.npz")
    with path.open("rb") as file, np.load(file) as stored:
        x, y = stored["images"] / 16, stored["labels"].astype(np.int64)
    test = np.arange(len(x)) % 5 == 0
    return Examples(x[~test], y[~test]), Examples(x[test], y[test])


def _bits(n, timesteps, rng):
    _check(n, timesteps, rng)
    return np.asarray(rng.integers(2, size=(n, timesteps, 1)), np.float64)


def _check(n, timesteps, rng):
    check_integer("n", n, 0)
    check_integer("timesteps", timesteps, 1)
    check_generator("rng", rng)
