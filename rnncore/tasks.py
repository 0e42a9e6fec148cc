"""Small tasks to train on: most make their own data, and two come with theirs."""

from importlib.resources import files
from typing import NamedTuple

import numpy as np

from rnncore._checks import check_generator, check_integer
from rnncore._types import Array, Generator

# What the tokens of `element_names` and `sentiment` stand for; 0 is where there is none.
LETTERS = " abcdefghijklmnopqrstuvwxyz."
WORDS = ("", *files("rnncore").joinpath("data", "sentiment.txt").read_text("ascii").split())
ELEMENTS = tuple(files("rnncore").joinpath("data", "elements.txt").read_text("ascii").split())
NOT = WORDS.index("not")  # before it are as many good words as bad ones, after it the fillers


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

    Parameters and errors are those of `count_ones`.

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
    Parameters and errors are those of `count_ones`.

    Returns
    -------
    x : (n, timesteps, 1)
    y : (n, 1)
        The value at step timesteps + 1.
    """
    _check(n, timesteps, rng)
    frequency = rng.uniform(0.1, 1, size=(n, 1))  # periods of 63 down to 6 steps
    phase = rng.uniform(0, 2 * np.pi, size=(n, 1))
    values = np.sin(frequency * np.arange(1, timesteps + 2) + phase)
    return Examples(values[:, :-1, np.newaxis], values[:, -1:])


def adding(n: int, timesteps: int, rng: Generator) -> Examples:
    """Make random numbers, two of them flagged; the target is the sum of the two.

    A model that always answers 1 has a mean squared error of 1/6.  The best answer without the
    flags is twice the mean of all numbers, with 1/6 - 1/(3 timesteps).  Only one that reads the
    flags gets below that.
    Parameters and errors are those of `count_ones`, with at least 2 timesteps.

    Returns
    -------
    x : (n, timesteps, 2)
        At each step a number from 0 to 1, uniform, and its flag, 1 or 0.
    y : (n, 1)

    Source
    ------
    Hochreiter and Schmidhuber (1997), "Long short-term memory", experiment 4; with numbers
    and flags as in Le, Jaitly and Hinton (2015), "A simple way to initialize recurrent
    networks of rectified linear units".

    Examples
    --------
    >>> x, y = adding(1, 4, np.random.default_rng(1))
    >>> x[0].round(2), y.round(2)
    (array([[0.51, 0.  ],
           [0.95, 0.  ],
           [0.14, 1.  ],
           [0.95, 1.  ]]), array([[1.09]]))
    """
    _check(n, timesteps, rng, 2)
    return _flagged(rng.random((n, timesteps)), 2, rng)


def flagged_bit(n: int, timesteps: int, rng: Generator) -> Examples:
    """Make random bits, one of them flagged; the target is that bit.

    The flag is at a random step, so the network has to keep one bit and ignore all others.
    Parameters and errors are those of `count_ones`.

    Returns
    -------
    x : (n, timesteps, 2)
        At each step a bit and its flag, 1 or 0.
    y : (n, 1)

    Source
    ------
    After Hochreiter and Schmidhuber (1997), "Long short-term memory", experiment 4: the same
    flags, with one bit to keep instead of two numbers to add.
    """
    return _flagged(_bits(n, timesteps, rng)[..., 0], 1, rng)


def temporal_order(n: int, timesteps: int, rng: Generator) -> Examples:
    """Make random symbols, two of which are X or Y; the target says which, and in which order.

    In 100 steps, the first of the two is at one of steps 11 to 21, and the second at one of steps
    51 to 61.  Other lengths are divided in the same proportion.  Parameters and errors are those
    of `count_ones`, with at least 2 timesteps.

    Returns
    -------
    x : (n, timesteps, 6)
        Each step is one-hot: a 1 in the place of its symbol among a, b, c, d, X, Y.
    y : integers (n,)
        0 for X before X, 1 for X before Y, 2 for Y before X, 3 for Y before Y.

    Source
    ------
    Hochreiter and Schmidhuber (1997), "Long short-term memory", experiment 6a, without the
    two symbols that mark the start and the end there.
    """
    _check(n, timesteps, rng, 2)
    symbols, pair = rng.integers(4, size=(n, timesteps)), rng.integers(2, size=(2, n))
    first, last = timesteps * np.array([[[1], [5]], [[2], [6]]]) // 10
    symbols[np.arange(n), rng.integers(first, last, size=(2, n), endpoint=True)] = 4 + pair
    return Examples(np.eye(6)[symbols], 2 * pair[0] + pair[1])


def echo(n: int, timesteps: int, rng: Generator, lag: int = 3) -> Examples:
    """Make streams of random bits; the target at each step is the bit of `lag` steps before.

    Make few long streams, and train on them in chunks that carry the state.

    Parameters
    ----------
    n, timesteps, rng
        As in `count_ones`.
    lag : int
        From 0 to timesteps.

    Returns
    -------
    x : (n, timesteps, 1)
        Zeros and ones.
    y : (n, timesteps, 1)
        The same, `lag` steps later, with zeros before.

    Raises
    ------
    ValueError
        If a number is out of its range or not an integer, or rng is not a generator.

    Source
    ------
    After Jaeger (2002), "Short term memory in echo state networks".
    """
    x = _bits(n, timesteps, rng)
    lag = check_integer("lag", lag, 0, timesteps)
    return Examples(x, np.pad(x, [(0, 0), (lag, 0), (0, 0)])[:, :timesteps])


def sentiment(n: int, timesteps: int, rng: Generator) -> Examples:
    """Make sentences about films, as tokens; the target is whether the writer liked the film.

    A sentence is 2 to `timesteps` words long.  It has one good or bad word among fillers, and
    in 30 of 100 sentences *not* comes before that word and turns it around.  A model that only
    counts words is right in about 70 of 100, because *not* by itself says nothing.
    Parameters and errors are those of `count_ones`, with at least 2 timesteps.

    Returns
    -------
    x : integers (n, timesteps)
        Tokens, places in the tuple `WORDS`; 0 is padding after the sentence.
    y : (n, 1)
        1 if the writer liked the film, else 0.

    Source
    ------
    The question is that of Pang, Lee and Vaithyanathan (2002), "Thumbs up? Sentiment
    classification using machine learning techniques"; the words are this book's own.

    Examples
    --------
    >>> x, y = sentiment(3, 8, np.random.default_rng(1))
    >>> for tokens, liked in zip(x, y[:, 0]):
    ...     print(" ".join(WORDS[token] for token in tokens).strip(), "->", liked)
    story was scene a clumsy -> 0.0
    scene dreadful plot music and -> 0.0
    music clever this cast cast very that -> 1.0
    """
    _check(n, timesteps, rng, 2)
    steps, length = np.arange(timesteps), rng.integers(2, timesteps, size=(n, 1), endpoint=True)
    ahead = rng.integers(1, length) - steps  # how many steps it is to the word that counts
    word, negated = rng.integers(1, NOT, size=(n, 1)), rng.random((n, 1)) < 0.3
    fillers = rng.integers(NOT + 1, len(WORDS), size=(n, timesteps)) * (steps < length)
    x = np.where(ahead == 0, word, np.where(negated & (ahead == 1), NOT, fillers))
    return Examples(x, ((word <= NOT // 2) != negated).astype(np.float64))


def element_names() -> Examples:
    """Spell the names of the 118 elements as tokens; the target of each letter is the next one.

    The names themselves are in the tuple `ELEMENTS`.

    Returns
    -------
    x : integers (118, 14)
        Tokens, places in the string `LETTERS`: "." for the start, then the name; 0 is padding.
    y : integers (118, 14)
        The name, then "." for the end; 0 is padding.

    Source
    ------
    IUPAC (2022), "Periodic table of the elements".

    Examples
    --------
    >>> x, y = element_names()
    >>> ["".join(LETTERS[token] for token in tokens).strip() for tokens in (x[49], y[49])]
    ['.tin', 'tin.']
    """
    texts = [f".{name}.".ljust(15) for name in ELEMENTS]
    tokens = np.array([[LETTERS.index(letter) for letter in text] for text in texts], np.int64)
    x, y = tokens[:, :-1], tokens[:, 1:]
    return Examples(x * (y > 0), y)


def digits() -> tuple[Examples, Examples]:
    """Load handwritten digits of 8 × 8 pixels, to be read row by row: 8 steps of 8 features.

    Every fifth image, starting with the first, is for testing.

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
    1797 images of its test part.

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


def _flagged(values, count, rng):
    """Return the values with a flag beside `count` of each row, and the sum of those."""
    flags = np.broadcast_to(np.arange(values.shape[1]) < count, values.shape)
    x = np.stack([values, rng.permuted(flags, axis=1)], axis=2)
    return Examples(x, x.prod(axis=2).sum(axis=1, keepdims=True))


def _check(n, timesteps, rng, least=1):
    check_integer("n", n, 0)
    check_integer("timesteps", timesteps, least)
    check_generator("rng", rng)
