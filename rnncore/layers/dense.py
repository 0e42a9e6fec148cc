"""Dense: a layer of weighted sums."""

from typing import Any, NamedTuple, Self

import numpy as np

from rnncore._checks import check_flag, check_integer, check_shape, explained
from rnncore._types import Array, ArrayLike, Bias, Seed, Shape
from rnncore.activations import ActivationLike, get, softmax
from rnncore.bptt import as_rows
from rnncore.layers.base import Layer, Options, check_alike
from rnncore.layers.initialisers import Draw


class Cache(NamedTuple):
    """What the backward pass of a dense layer needs."""

    x: Array
    W: Array  # a copy
    z: Array | None  # None where y is enough
    y: Array


class Dense(Layer):
    """A layer of weighted sums, y = f(x W + b), for each row of x.

    Parameters
    ----------
    W : (in, out)
    b : (out,), or None
    activation : name or activation
        softmax is allowed here.

    Raises
    ------
    ValueError
        If a shape does not fit, or the activation is not known.

    Examples
    --------
    >>> layer = Dense([[1.0], [10.0]], [0.5])
    >>> layer.forward([[1.0, 2.0]])
    array([[21.5]])
    >>> layer.backward([[1.0]]), layer.gradients["W"]
    (array([[ 1., 10.]]), array([[1.],
           [2.]]))
    """

    defaults = Options({"activation": "linear"})

    def __init__(self, W: ArrayLike, b: Bias = None, activation: ActivationLike = "linear") -> None:
        super().__init__(W=W, b=b)
        self.activation = get(activation)
        W = self.parameters["W"]
        check_shape("W", W, ("in", None), ("out", None))
        if b is not None:
            check_shape("b", self.parameters["b"], ("out", W.shape[1]))

    @classmethod
    @explained
    def initialise(
        cls, inputs: int, outputs: int, rng: Seed, activation: ActivationLike = "linear", **how: Any
    ) -> Self:
        """Make a layer with random weights.

        Parameters
        ----------
        inputs, outputs : int
        rng : np.random.Generator, or an integer seed
        activation : name or activation
        W, b, dtype
            Like W_x, b and dtype in `SimpleRNN.initialise`, with "uniform" within ±1/√inputs.

        Raises
        ------
        ValueError
            If a size is not an integer of at least 1, or a name is not known.

        Source
        ------
        Glorot and Bengio (2010), "Understanding the difficulty of training deep
        feedforward neural networks".
        """
        inputs = check_integer("inputs", inputs, 1)
        outputs = check_integer("outputs", outputs, 1)
        draw = Draw(inputs, rng, {"W": "glorot", "b": "zeros"}, how)
        return cls(draw("W", (inputs, outputs)), draw("b", (outputs,)), activation, **how)

    def forward(self, x: ArrayLike, keep: bool = True) -> Array:
        """Return the activation of the weighted sums.

        Parameters
        ----------
        x : (batch, in), or (batch, timesteps, in)
        keep : bool
            Whether to keep what backward needs.

        Returns
        -------
        y : (batch, out), or (batch, timesteps, out)
        """
        self.cache = None
        (x,), (W, *b) = self.with_parameters(x=x)
        self._check_x(x.shape)
        if W.shape[1] == 1 and self.activation is softmax:
            raise ValueError("activation softmax over one unit is always 1: take sigmoid.")
        z = x @ W
        if b:
            z += b[0]
        y = self.activation.value(z)
        y.setflags(write=not check_flag("keep", keep))
        if keep:  # W may change before backward
            self.cache = Cache(x, W.copy(), z if self.activation.needs_z else None, y)
        return y

    def backward(self, dy: ArrayLike) -> Array:
        """Return the gradient of the loss with respect to x; put those of W and b in `gradients`.

        Parameters
        ----------
        dy : of the shape of y
            The gradient that arrives at the output.

        Returns
        -------
        dx : of the shape of x
        """
        x, W, z, y = self.recall()
        dy = check_alike("dy", dy, y.shape)
        dz = np.asarray(self.activation.backward(z, y, dy), y.dtype)
        rows = as_rows(dz)
        self.gradients = {"W": as_rows(x).T @ rows}
        if "b" in self.parameters:
            self.gradients["b"] = rows.sum(axis=0)
        return dz @ W.T

    def output_shape(self, shape: Shape = (None, None)) -> Shape:
        """Return the shape of y for a shape of x, in which None is an open length."""
        self._check_x(shape)
        return (*shape[:-1], self.parameters["W"].shape[1])

    @staticmethod
    def _check_option(name, value):
        return get(value)

    def _check_x(self, shape: Shape) -> None:
        steps = [("timesteps", None)] * (len(shape) == 3)
        check_shape("x", shape, ("batch", None), *steps, ("in", len(self.parameters["W"])))
