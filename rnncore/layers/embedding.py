"""Embedding: a row of a table for each token."""

from typing import Any, NamedTuple, Self

import numpy as np

from rnncore._checks import as_array, check_flag, check_integer, check_shape, explained
from rnncore._types import Array, ArrayLike, Seed, Shape
from rnncore.layers.base import Layer, Options, check_alike
from rnncore.layers.initialisers import as_generator, check_dtype
from rnncore.layers.masks import as_mask


class Cache(NamedTuple):
    """What the backward pass of an embedding needs."""

    x: Array  # a copy
    shape: tuple[int, ...]  # of y


class Embedding(Layer):
    """Look up a row of a table for each token, y = table[x].

    Parameters
    ----------
    table : (tokens, units)
    mask : int, or None
        The token that fills up short sequences, such as 0.  Its steps are masked for every layer
        that follows in a Sequential, and for the loss.  Keras calls this mask_zero.

    Raises
    ------
    ValueError
        If the table is not a matrix of numbers, or mask not a token.

    Source
    ------
    Bengio et al. (2003), "A neural probabilistic language model".

    Examples
    --------
    A token that comes twice gets both gradients:

    >>> layer = Embedding([[1.0, 2.0], [3.0, 4.0]])
    >>> y = layer.forward([[1, 1]])
    >>> layer.backward([[[1.0, 0.0], [5.0, 0.0]]])
    >>> layer.gradients["table"]
    array([[0., 0.],
           [6., 0.]])
    """

    added_axes = 1
    reads_mask = True

    def __init__(self, table: ArrayLike, mask: int | None = None) -> None:
        super().__init__(table=table)
        check_shape("table", self.parameters["table"], ("tokens", None), ("units", None))
        self.masked = mask

    def __setattr__(self, name: str, value: Any) -> None:
        name = "masked" if name == "mask" and isinstance(value, int) else name  # the option
        if name == "masked" and value is not None:
            value = check_integer("mask", value, 0, len(self.parameters["table"]) - 1)
        super().__setattr__(name, value)

    @property
    def options(self) -> Options:
        """The token that is masked, or None."""
        return Options({"mask": self.masked})

    @classmethod
    @explained
    def initialise(
        cls, tokens: int, units: int, rng: Seed, mask: int | None = None, dtype: Any = np.float64
    ) -> Self:
        """Make a layer with a random table, uniform within ±0.05, as in Keras.

        Parameters
        ----------
        tokens, units : int
        rng : np.random.Generator, or an integer seed
        mask : int, or None
            As in the constructor.
        dtype : np.float32 or np.float64

        Raises
        ------
        ValueError
            If a size is not an integer of at least 1.
        """
        shape = check_integer("tokens", tokens, 1), check_integer("units", units, 1)
        table = as_generator(rng).uniform(-0.05, 0.05, shape)
        return cls(table.astype(check_dtype(dtype)), mask)

    def forward(
        self, x: ArrayLike, keep: bool = True, lengths: Any = None, mask: Any = None
    ) -> Array:
        """Look the tokens up.

        Parameters
        ----------
        x : integers (…), of any shape
            Copied here, so that they may change before backward.
        keep : bool
            Whether to keep what backward needs.
        lengths, mask
            As in `SimpleRNN.forward`.  They are passed on to the next layer.

        Returns
        -------
        y : (…, units)

        Raises
        ------
        ValueError
            If a token is not an integer, or not in the table.
        """
        self.cache = None
        (table,) = self.with_parameters()[1]
        x = as_array("x", x)
        if not np.issubdtype(x.dtype, np.integer):
            raise ValueError(f"x must hold integer tokens, got an array of type {x.dtype}.")
        outside = x[(x < 0) | (x >= len(table))]
        if outside.size:
            raise ValueError(f"x must hold tokens from 0 to {len(table) - 1}, got {outside[0]}.")
        self.mask = as_mask(lengths, mask, x.shape)
        if self.masked is not None:
            self.mask = (x != self.masked) & (True if self.mask is None else self.mask)
        y = table[x]
        y.setflags(write=not check_flag("keep", keep))
        if keep:
            self.cache = Cache(x.copy(), y.shape)
        return y

    def backward(self, dy: ArrayLike) -> None:
        """Put the gradient of the loss with respect to the table in `gradients`.

        Parameters
        ----------
        dy : (…, units)
            The gradient that arrives at the output.  A token that comes twice gets both.

        Returns
        -------
        None
            Tokens have no gradient.
        """
        x, shape = self.recall()
        table = self.parameters["table"]
        dy = np.asarray(check_alike("dy", dy, shape), table.dtype)
        flat = np.zeros(table.size, table.dtype)  # on rows, add.at takes many times as long
        places = x[..., np.newaxis].astype(np.intp) * table.shape[1] + np.arange(table.shape[1])
        np.add.at(flat, places.ravel(), dy.ravel())
        self.gradients = {"table": flat.reshape(table.shape)}

    def output_shape(self, shape: Shape = (None, None)) -> Shape:
        """Return the shape of y for a shape of x, in which None is an open length."""
        return (*shape, self.parameters["table"].shape[1])
