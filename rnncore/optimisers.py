"""Optimisers, which change parameters by their gradients; and clipping of large gradients.

Large gradients are clipped in one of three ways, each a function and an option of the optimisers::

    what is limited       function            option           in Keras         in PyTorch
    each number           clip_by_value       clipvalue        clipvalue        clip_grad_value_
    the norm of an array  clip_each_by_norm   clipnorm         clipnorm         clip_grad_norm_(p)
    the norm of them all  clip_by_norm        global_clipnorm  global_clipnorm  clip_grad_norm_(all)

A norm scales what it limits and keeps its direction; a limit for each number turns it.  PyTorch
adds 1e-6 to a norm before it divides by it.

The functions return new arrays and may run in several threads at once.  An optimiser changes the
parameters in place, and serves one model in one thread.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np

from rnncore._checks import as_array, as_arrays, check_positive, explained
from rnncore._types import Array, ArrayLike

Gradients = Mapping[str, ArrayLike]


@dataclass(kw_only=True, slots=True, repr=False, eq=False)
class Optimiser:
    """What the optimisers share: options, which are checked whenever they are set, and clipping.

    An optimiser of your own need not inherit from it: all that `fit` asks for is a method
    ``update(parameters, gradients)``.

    Attributes
    ----------
    options : dict
        The arguments to make the optimiser anew, without what it has kept of the steps.  They
        are attributes as well, and may be set: ``optimiser.learning_rate = 0.01``.
    """

    clipvalue: float | None = None
    clipnorm: float | None = None
    global_clipnorm: float | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        clips = [n for n in CLIPS if n != name and getattr(self, n, None) is not None]
        if name in CLIPS and value is not None and clips:
            raise ValueError(f"{name} must be None beside {clips[0]}: gradients are clipped once.")
        object.__setattr__(self, name, CHECKS[name](name, value) if name in CHECKS else value)

    @property
    def options(self) -> dict[str, float]:
        """The options by name, without those that are None."""
        values = {name: getattr(self, name, None) for name in CHECKS}
        return {name: value for name, value in values.items() if value is not None}

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value}" for name, value in self.options.items())
        return f"{type(self).__name__}({options})"

    def _steps(self, parameters, gradients, shapes):
        """Return triples (name, parameter, gradient), checked and clipped, to take a step with."""
        triples = _pairs(parameters, gradients, shapes)
        clipped = {name: dp for name, _, dp in triples}
        for option, clip in CLIPS.items():
            if getattr(self, option) is not None:
                clipped = clip(clipped, getattr(self, option))
        return [(name, p, clipped[name]) for name, p, _ in triples]


@dataclass(slots=True, repr=False, eq=False)
class SGD(Optimiser):
    """Gradient descent, with momentum: v ← momentum v - learning_rate dp, then p ← p + v.

    An optimiser serves one model, because it keeps the v of each parameter.

    Parameters
    ----------
    learning_rate : positive number
    momentum : number from 0 up to 1, 1 excluded
    clipvalue, clipnorm, global_clipnorm : positive number, or None
        The limit for each number of a gradient, for the norm of each gradient, or for their
        common norm, as in `clip_by_value`, `clip_each_by_norm` and `clip_by_norm`.  Pass at most
        one of them.  The names are those of Keras.

    Attributes
    ----------
    velocity : dict
        The v of each parameter, by name, of its shape.  Empty before the first update.

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

    learning_rate: float
    momentum: float = 0.0
    velocity: dict[str, Array] = field(default_factory=dict, init=False)

    def update(self, parameters: Mapping[str, Array], gradients: Gradients) -> None:
        """Take one step.

        Parameters
        ----------
        parameters : dict, name -> array of floats, of any shape
            The arrays are changed in place.
        gradients : dict, name -> array of the shape of the parameter
            There may be further ones, such as that of an initial state.

        Raises
        ------
        ValueError
            If a gradient is missing, a shape is wrong or not that of the steps before, or a
            parameter is read-only or not an array of floats.  Then nothing has been changed.
        """
        shapes = {name: v.shape for name, v in self.velocity.items()}
        for name, p, dp in self._steps(parameters, gradients, shapes):
            v = self.velocity.setdefault(name, np.zeros_like(p))
            v *= self.momentum
            v -= self.learning_rate * dp
            p += v


@dataclass(slots=True, repr=False, eq=False)
class Adam(Optimiser):
    """Adam, which takes steps of about the learning rate, however large the gradients are.

    m ← beta_1 m + (1 - beta_1) dp, v ← beta_2 v + (1 - beta_2) dp², and in step t
    p ← p - learning_rate m̂ / (√v̂ + epsilon), with m̂ = m / (1 - beta_1^t) and
    v̂ = v / (1 - beta_2^t).
    An optimiser serves one model, because it keeps the m and v of each parameter.

    Parameters
    ----------
    learning_rate : positive number
    beta_1, beta_2 : numbers from 0 up to 1, 1 excluded
    epsilon : positive number
    clipvalue, clipnorm, global_clipnorm : as in `SGD`

    Attributes
    ----------
    steps : int
        t, the number of updates so far.
    moments : dict
        The pair m, v of each parameter, by name, both of its shape.  Empty before the first
        update.

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

    learning_rate: float = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    steps: int = field(default=0, init=False)
    moments: dict[str, tuple[Array, Array]] = field(default_factory=dict, init=False)

    def update(self, parameters: Mapping[str, Array], gradients: Gradients) -> None:
        """Take one step; arguments and errors are those of `SGD.update`."""
        shapes = {name: m.shape for name, (m, _) in self.moments.items()}
        triples = self._steps(parameters, gradients, shapes)
        self.steps += 1
        for name, p, dp in triples:
            m, v = self.moments.setdefault(name, (np.zeros_like(p), np.zeros_like(p)))
            m *= self.beta_1
            m += (1 - self.beta_1) * dp
            v *= self.beta_2
            v += (1 - self.beta_2) * dp**2
            m_hat = m / (1 - self.beta_1**self.steps)
            v_hat = v / (1 - self.beta_2**self.steps)
            p -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


def clip_by_value(gradients: Gradients, limit: float) -> dict[str, Array]:
    """Replace each number above the limit with the limit, and each below -limit with -limit.

    Parameters
    ----------
    gradients : dict, name -> array of any shape
        They are not changed.
    limit : positive number

    Returns
    -------
    clipped : dict, name -> array of the shape of the gradient
        In general it points in another direction.  nan stays nan.

    Raises
    ------
    ValueError
        If the limit is not positive.

    Examples
    --------
    >>> clip_by_value({"W": [3.0, -0.5], "b": [-4.0]}, 1.0)
    {'W': array([ 1. , -0.5]), 'b': array([-1.])}
    """
    limit = check_positive("limit", limit)
    return {name: np.clip(g, -limit, limit) for name, g in _as_floats(gradients).items()}


def clip_each_by_norm(gradients: Gradients, limit: float) -> dict[str, Array]:
    """Scale each gradient whose own norm is above the limit; otherwise as in `clip_by_norm`.

    Parameters
    ----------
    gradients : dict, name -> array of any shape
    limit : positive number

    Returns
    -------
    clipped : dict, name -> array of the shape of the gradient

    Examples
    --------
    >>> clip_each_by_norm({"W": [3.0, 4.0], "b": [0.5]}, 1.0)
    {'W': array([0.6, 0.8]), 'b': array([0.5])}
    """
    return {n: clip_by_norm({n: g}, limit)[0][n] for n, g in _as_floats(gradients).items()}


def clip_by_norm(gradients: Gradients, limit: float) -> tuple[dict[str, Array], float]:
    """Scale gradients together if their common norm is above the limit.

    Parameters
    ----------
    gradients : dict, name -> array of any shape
        They are not changed.
    limit : positive number

    Returns
    -------
    clipped : dict, name -> array of the shape of the gradient
        Scaled by limit / norm if the norm is above the limit.  Otherwise, and also if the norm is
        nan or infinite, as they were.
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
    arrays = _as_floats(gradients)
    norm = _norm(arrays.values())
    scale = np.float64(limit / max(limit, norm) if np.isfinite(norm) else 1)  # in float32 maybe 0
    return {name: np.asarray(scale * g, g.dtype) for name, g in arrays.items()}, norm


CLIPS = {
    "clipvalue": clip_by_value,
    "clipnorm": clip_each_by_norm,
    "global_clipnorm": lambda gradients, limit: clip_by_norm(gradients, limit)[0],
}


def _as_floats(gradients):
    _check_names("gradients", gradients)
    return {name: as_arrays(**{name: g})[0] for name, g in gradients.items()}


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


def _limit(name, value):
    return None if value is None else check_positive(name, value)


CHECKS = {
    "learning_rate": check_positive,
    **dict.fromkeys(["momentum", "beta_1", "beta_2"], _fraction),
    "epsilon": check_positive,
    **dict.fromkeys(CLIPS, _limit),
}
for kind in (SGD, Adam):
    kind.__init__ = explained(kind.__init__)  # type: ignore[method-assign]
