"""Optimisers, which change parameters by their gradients; and clipping of large gradients."""

from collections.abc import Mapping
from numbers import Real

import numpy as np

from rnncore._checks import as_array, as_arrays, check_positive
from rnncore._types import Array, ArrayLike


class SGD:
    """Gradient descent, with momentum: v ← momentum v - learning_rate dp, then p ← p + v.

    An optimiser serves one model, because it keeps the v of each parameter.

    Parameters
    ----------
    learning_rate : positive number
    momentum : number from 0 up to 1, 1 excluded

    Attributes
    ----------
    velocity : dict
        By name v, of the shape of the parameter; there is none before the first update.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Source
    ------
    Polyak (1964), "Some methods of speeding up the convergence of iteration methods".

    Examples
    --------
    >>> p = np.array([1.0, 2.0])
    >>> SGD(0.25).update({"p": p}, {"p": [8.0, -4.0]})
    >>> p
    array([-1.,  3.])
    """

    def __init__(self, learning_rate: float, momentum: float = 0.0) -> None:
        self.learning_rate = check_positive("learning_rate", learning_rate)
        self.momentum = _fraction("momentum", momentum)
        self.velocity: dict[str, Array] = {}

    def __repr__(self) -> str:
        return f"SGD(learning_rate={self.learning_rate}, momentum={self.momentum})"

    def update(self, parameters: Mapping[str, Array], gradients: Mapping[str, ArrayLike]) -> None:
        """Take one step.

        Parameters
        ----------
        parameters : dict, name -> array of floats, of any shape
            The arrays are changed in place.
        gradients : dict, name -> array of the shape of the parameter
            There may be more of them, such as that of an initial state.

        Raises
        ------
        ValueError
            If a gradient is missing, a shape is wrong or not that of the steps before, or a
            parameter is not an array of floats or read-only; then nothing has been changed.
        """
        shapes = {name: v.shape for name, v in self.velocity.items()}
        for name, p, dp in _pairs(parameters, gradients, shapes):
            v = self.velocity.setdefault(name, np.zeros_like(p))
            v *= self.momentum
            v -= self.learning_rate * dp
            p += v


class Adam:
    """Steps of about the learning rate, whatever the size of the gradients.

    m ← beta_1 m + (1 - beta_1) dp, v ← beta_2 v + (1 - beta_2) dp², and in step t
    p ← p - learning_rate m̂ / (√v̂ + epsilon), with m̂ = m / (1 - beta_1^t), v̂ likewise.
    An optimiser serves one model, because it keeps the m and v of each parameter.

    Parameters
    ----------
    learning_rate : positive number
    beta_1, beta_2 : numbers from 0 up to 1, 1 excluded
    epsilon : positive number

    Attributes
    ----------
    steps : int
        t, the number of updates so far.
    moments : dict
        By name the pair m, v, each of the shape of the parameter; there are none before the
        first update.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Source
    ------
    Kingma and Ba (2015), "Adam: a method for stochastic optimization", algorithm 1.

    Examples
    --------
    >>> p = np.array([1.0, 2.0])
    >>> Adam(0.25).update({"p": p}, {"p": [8.0, -4.0]})
    >>> p.round(6)
    array([0.75, 2.25])
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        self.learning_rate = check_positive("learning_rate", learning_rate)
        self.beta_1 = _fraction("beta_1", beta_1)
        self.beta_2 = _fraction("beta_2", beta_2)
        self.epsilon = check_positive("epsilon", epsilon)
        self.steps = 0
        self.moments: dict[str, tuple[Array, Array]] = {}

    def __repr__(self) -> str:
        numbers = f"beta_1={self.beta_1}, beta_2={self.beta_2}, epsilon={self.epsilon}"
        return f"Adam(learning_rate={self.learning_rate}, {numbers})"

    def update(self, parameters: Mapping[str, Array], gradients: Mapping[str, ArrayLike]) -> None:
        """Take one step; arguments and errors as in `SGD.update`."""
        shapes = {name: m.shape for name, (m, _) in self.moments.items()}
        pairs = _pairs(parameters, gradients, shapes)
        self.steps += 1
        for name, p, dp in pairs:
            m, v = self.moments.setdefault(name, (np.zeros_like(p), np.zeros_like(p)))
            m *= self.beta_1
            m += (1 - self.beta_1) * dp
            v *= self.beta_2
            v += (1 - self.beta_2) * dp**2
            m_hat = m / (1 - self.beta_1**self.steps)
            v_hat = v / (1 - self.beta_2**self.steps)
            p -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


def clip_by_norm(
    gradients: Mapping[str, ArrayLike], limit: float
) -> tuple[dict[str, Array], float]:
    """Scale gradients together if their common norm is above the limit.

    Parameters
    ----------
    gradients : dict, name -> array of any shape
        They are not changed.
    limit : positive number

    Returns
    -------
    clipped : dict, name -> array of the shape of the gradient
        Scaled by limit / norm, or by 1; also by 1 where the norm is nan or infinite.
    norm : number
        √(the sum of the squares of all entries), before clipping.

    Raises
    ------
    ValueError
        If the limit is not positive.

    Source
    ------
    Pascanu, Mikolov and Bengio (2013), "On the difficulty of training recurrent neural
    networks", algorithm 1.

    Examples
    --------
    >>> clip_by_norm({"W": [3.0, 0.0], "b": [4.0]}, 1.0)
    ({'W': array([0.6, 0. ]), 'b': array([0.8])}, 5.0)
    """
    limit = check_positive("limit", limit)
    _check_names("gradients", gradients)
    arrays = {name: as_arrays(**{name: g})[0] for name, g in gradients.items()}
    norm = _norm(arrays.values())
    scale = np.float64(limit / max(limit, norm) if np.isfinite(norm) else 1)  # in float32 maybe 0
    return {name: np.asarray(scale * g, g.dtype) for name, g in arrays.items()}, norm


def _norm(arrays):
    """Return the common norm, with the largest entry taken out so that no square overflows."""
    largest = float(np.max([np.max(np.abs(g), initial=0) for g in arrays], initial=0))
    if largest == 0 or not np.isfinite(largest):
        return largest
    squares = sum(np.sum((np.asarray(g, np.float64) / largest) ** 2) for g in arrays)
    return largest * float(np.sqrt(squares))


def _pairs(parameters, gradients, shapes):
    """Return triples (name, parameter, gradient), checked before the first one is changed.

    shapes: name -> the shape of that parameter in the steps before.
    """
    _check_names("parameters", parameters)
    _check_names("gradients", gradients)
    triples = []
    for name, p in parameters.items():
        if not isinstance(p, np.ndarray) or p.dtype.kind != "f":
            came = f"an array of type {p.dtype}" if isinstance(p, np.ndarray) else repr(p)
            raise ValueError(f"{name} must be an array of floats, changed in place, got {came}.")
        if not p.flags.writeable:
            raise ValueError(f"{name} must be writeable, got a read-only array: pass a copy.")
        shape = shapes.get(name, p.shape)
        if p.shape != shape:
            raise ValueError(
                f"{name} must have shape {shape}, as in the steps before, got {p.shape}: an"
                " optimiser serves one model."
            )
        if name not in gradients:
            names = ", ".join(gradients) or "none"
            raise ValueError(f"gradients must hold one for {name}, got {names}.")
        dp = as_array(f"gradient of {name}", gradients[name])
        if dp.shape != p.shape:
            raise ValueError(f"gradient of {name} must have shape {p.shape}, got {dp.shape}.")
        triples.append((name, p, np.asarray(dp, p.dtype)))
    return triples


def _check_names(word, arrays):
    if not isinstance(arrays, Mapping):
        came = type(arrays).__name__
        raise ValueError(f"{word} must be a dict, name -> array, got a value of type {came}.")


def _fraction(name, value):
    if not isinstance(value, Real) or not 0 <= value < 1:
        raise ValueError(f"{name} must be a number from 0 up to 1, 1 excluded, got {value!r}.")
    return float(value)
