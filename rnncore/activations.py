"""Activations: the value f(z), and the slope f'(z) written in terms of h = f(z)."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from rnncore._checks import as_arrays


class Activation(NamedTuple):
    """An elementwise function and its derivative.

    value(z, out=None): array of any shape -> h of the same shape, written into `out` if given.
    slope(h): the derivative dh/dz at the point where the *output* is h; same shape.
    """

    name: str
    value: Callable
    slope: Callable

    def __repr__(self):
        return f"<activation {self.name}>"

    def backward(self, h, dh):
        """The gradient of the loss with respect to z.

        Parameters
        ----------
        h : array of any shape
            The output, value(z).
        dh : of the shape of h
            The gradient that arrives at it.

        Returns
        -------
        dz : of the shape of h
        """
        return dh * self.slope(h)


class Normaliser(NamedTuple):
    """A function over the last axis, for a last layer; it has no elementwise slope.

    value(z): array (..., classes) -> h of the same shape.
    """

    name: str
    value: Callable

    __repr__ = Activation.__repr__

    def backward(self, h, dh):
        """The gradient of the loss with respect to z.

        Parameters
        ----------
        h : (..., classes)
            The output, value(z).
        dh : of the shape of h
            The gradient that arrives at it.

        Returns
        -------
        dz : of the shape of h
        """
        return h * (dh - (h * dh).sum(axis=-1, keepdims=True))


FLOATS = {np.dtype(np.float32), np.dtype(np.float64)}  # what needs no check inside a loop


def real(function, values, **out):
    """`function` of any real array-like; integers are computed in float."""
    if type(values) is not np.ndarray or values.dtype not in FLOATS:
        (values,) = as_arrays(values=values)
    return function(values, **out)


def _sigmoid(z, out=None):
    e = np.exp(-np.abs(z))  # at most 1, so nothing overflows
    return np.divide(np.where(z >= 0, 1, e), 1 + e, out=out)


def _softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))  # the largest exponent is 0
    return e / e.sum(axis=-1, keepdims=True)


linear = Activation("linear", partial(real, np.positive), partial(real, np.ones_like))
sigmoid = Activation("sigmoid", partial(real, _sigmoid), partial(real, lambda h: h * (1 - h)))
tanh = Activation("tanh", partial(real, np.tanh), partial(real, lambda h: 1 - h * h))
relu = Activation(
    "relu",
    partial(real, lambda z, out=None: np.maximum(z, 0, out=out)),
    partial(real, lambda h: np.heaviside(h, h.dtype.type(0))),
)
softmax = Normaliser("softmax", partial(real, _softmax))

KNOWN = {f.name: f for f in (linear, sigmoid, tanh, relu, softmax)}


def get(activation):
    """The activation of that name; an activation is returned as it is.

    Parameters
    ----------
    activation : name or activation
        linear, sigmoid, tanh, relu or softmax.

    Returns
    -------
    f : Activation, or Normaliser for softmax

    Raises
    ------
    ValueError
        For anything else; the message lists the known names.

    Examples
    --------
    >>> get("relu").value([-1.0, 2.0])
    array([0., 2.])
    """
    return _get(activation, KNOWN)


def get_recurrent(activation):
    """Like `get`, for use inside a recurrence: softmax is refused with a ValueError."""
    elementwise = [name for name, f in KNOWN.items() if isinstance(f, Activation)]
    f = _get(activation, elementwise)
    if not isinstance(f, Activation):
        raise ValueError(
            f"activation {f.name} ties the units of a state together and cannot stand inside"
            f" a recurrence; choose one of {', '.join(elementwise)}."
        )
    return f


def _get(activation, choices):
    """As `get`; `choices` are the names that an error lists."""
    if isinstance(activation, (Activation, Normaliser)):
        return activation
    if isinstance(activation, str) and activation in KNOWN:
        return KNOWN[activation]
    raise ValueError(f"activation must be one of {', '.join(choices)}, got {activation!r}.")
