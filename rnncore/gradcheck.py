"""Is a gradient right?  Compare it with what small changes of each number really do."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from rnncore._checks import as_array, check_positive, check_shape, explained
from rnncore._types import Array, ArrayLike
from rnncore.evaluation import Loss, as_examples, check_parts, measured

EPS = float(np.finfo(np.float64).eps)  # 2.2e-16
STEP = EPS ** (1 / 3)  # 6.06e-6
ROUNDING = 10 * EPS / STEP  # times |f|: how large rounding can make a slope that is 0


class Report(NamedTuple):
    """What `check` found; prints as its text, and is true only if all gradients are right."""

    correct: bool
    errors: dict[str, float]  # name -> relative error; nan for a gradient of the wrong shape
    text: str

    def __repr__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return self.correct


def numerical_gradient(f: Callable[[Array], ArrayLike], x: ArrayLike, step: float = STEP) -> Array:
    """Return the gradient of f at x by central differences.

    With e_i, which is 1 at position i and 0 elsewhere::

        df/dx_i ≈ (f(x + step e_i) - f(x - step e_i)) / (2 step)

    The formula is off by about step² (truncation), and the rounding of the two values of f adds
    about eps / step.  The sum is smallest near step = eps^(1/3) ≈ 6.06e-6.

    Parameters
    ----------
    f : function of an array like x
        It returns one number.  It is called twice for each number in x.
    x : array of any shape
        Computed in float64, or longer if x is; x itself is not changed.
    step : positive number

    Returns
    -------
    gradient : of the shape of x

    Raises
    ------
    ValueError
        If f returns anything but one number, or x + step rounds to x.

    Source
    ------
    Press et al., "Numerical Recipes" (3rd edition, 2007), section 5.7.

    Examples
    --------
    >>> numerical_gradient(lambda x: (x**2).sum(), [1.0, -3.0]).round(6)
    array([ 2., -6.])
    """
    check_positive("step", step)
    x = _as_double("x", x)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        gradient[i] = _slope(f, x, i, step)
    return gradient


def _slope(f, x, i, step):
    """Return the central difference along x[i], over the distance that rounding has left."""
    right, left = x.copy(), x.copy()  # copies, because f may change its argument
    right[i] += step
    left[i] -= step
    distance = right[i] - left[i]
    if distance == 0:
        raise ValueError(f"step must be large enough to change {x[i]:g} in x, got {step:g}.")
    return (_value(f, right) - _value(f, left)) / distance


def _value(f, x):
    value = _as_double("f(x)", f(x))
    check_shape("f(x)", value)
    return value


def relative_error(a: ArrayLike, b: ArrayLike) -> float:
    """Return how far apart two arrays are: max|a - b| / max(max|a|, max|b|).

    Parameters
    ----------
    a : array of any shape
    b : of the shape of a

    Returns
    -------
    error : number (one for all entries)
        0 if both arrays are zero or empty; nan if one of them holds nan or infinity.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> relative_error([4.0, 1.0], [4.0, 2.0])
    0.25
    """
    a, b = _as_double("a", a), _as_double("b", b)
    if a.shape != b.shape:
        raise ValueError(f"b must have the shape of a = {a.shape}, got {b.shape}.")
    scale = np.max(np.abs([a, b]), initial=0)
    if scale == 0:
        return 0.0
    with np.errstate(invalid="ignore"):  # inf / inf is nan, and that is the answer
        return float(np.max(np.abs(a / scale - b / scale)))


def check(
    f: Callable[..., ArrayLike],
    arguments: Mapping[str, ArrayLike],
    gradients: Mapping[str, ArrayLike],
    tolerance: float = 1e-7,
) -> Report:
    """Compare gradients with numerical ones, each with the other arguments held fixed.

    The values of f are rounded, so the numerical gradient is off by about eps · max|f| / step,
    even where the true one is 0.  A difference of at most ten times that, 3.7e-10 · max|f|, is
    not a mistake, and the report then says "right to within rounding".

    Parameters
    ----------
    f : function
        ``f(**arguments)`` returns one number.
    arguments : dict, name -> array of any shape
    gradients : dict, name -> array of the shape of the argument
        The gradients to check.  An argument without one is held fixed.
    tolerance : positive number
        The largest relative error that passes, where it is more than rounding.

    Returns
    -------
    Report
        It names each wrong gradient, and where it is worst.

    Raises
    ------
    ValueError
        If there are no gradients, one has no argument of its name, or f returns
        anything but one number.

    Examples
    --------
    >>> check(lambda W: (W**2).sum(), {"W": [1.0, 3.0]}, {"W": [2.0, 3.0]})
    W: wrong, relative error 5.0e-01. At W[1] the gradient is 3, the numerical one 6.

    Next to 1000, anything below 1e-13 is lost, and with a small slope that shows:

    >>> check(lambda w: w**2 + 1000, {"w": 1e-3}, {"w": 2e-3})
    w: right to within rounding, relative error 1.7e-06.
    """
    check_positive("tolerance", tolerance)
    if not gradients:
        raise ValueError("gradients must hold at least one gradient, got none.")
    for name in gradients:
        if name not in arguments:
            raise ValueError(f"gradients must be among {', '.join(arguments)}, got {name}.")
    compared = {name: _compare(f, arguments, name, g, tolerance) for name, g in gradients.items()}
    errors = {name: error for name, (_, error, _) in compared.items()}
    lines = [f"{name}: {line}" for name, (*_, line) in compared.items()]
    correct = all(right for right, *_ in compared.values())
    return Report(correct, errors, "\n".join(lines))


@explained
def check_model(
    model: Any,
    loss: Loss,
    x: ArrayLike,
    y: ArrayLike,
    *states: ArrayLike,
    weights: ArrayLike | None = None,
    lengths: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    tolerance: float = 1e-7,
) -> Report:
    """Compare what the backward pass of a model finds with numerical gradients.

    It checks all parameters, x unless it holds tokens, and the initial states if you pass them.
    That takes two forward passes for each number, so use a small model.

    Parameters
    ----------
    model : layer
        In float64.  Its parameters are changed and then put back, so no other thread may use it
        meanwhile.
    loss : function (y, target) -> (number, gradient with respect to y)
    x : array (n, ...)
    y : array (n, ...)
        The targets.
    *states : (n, units) each
        The initial states.
    weights, lengths, mask : as in `fit`
    tolerance : positive number
        As in `check`.

    Returns
    -------
    Report
        Under the names of the parameters, "x", and for example "h0" or "1.h0".

    Raises
    ------
    ValueError
        If an argument does not fit, or a parameter is not in float64.

    Examples
    --------
    >>> from rnncore.layers import SimpleRNN
    >>> from rnncore.losses import mean_squared_error
    >>> model = SimpleRNN([[0.5]], [[0.25]])
    >>> check_model(model, mean_squared_error, [[[1.0], [2.0]]], [[1.0]]).correct
    True
    """
    check_parts(model, loss, ())
    data = as_examples("", x, y, weights=weights, lengths=lengths, mask=mask)
    parameters = model.parameters
    for name, p in parameters.items():
        if p.dtype.itemsize < 8:
            raise ValueError(f"{name} must be of float64 to be checked, got {p.dtype}.")
    y_hat, counting = data.read(model, *states, keep=True)
    dx = model.backward(measured(loss, {}, y_hat, data.y, counting)[1])
    initial = dict(zip([f"{name}0" for name in getattr(model, "states", ())], states))
    kept = {name: p.copy() for name, p in parameters.items()}
    gradients = {name: model.gradients[name] for name in (*kept, *initial)}

    def value(**arguments):
        for name, p in parameters.items():
            p[...] = arguments[name]
        given = data._replace(x=arguments["x"])
        y_hat, counting = given.read(model, *map(arguments.get, initial), keep=False)
        return measured(loss, {}, y_hat, data.y, counting)[0]["loss"]

    try:
        both = gradients if dx is None else gradients | {"x": dx}
        return check(value, kept | initial | {"x": data.x}, both, tolerance)
    finally:
        for name, p in parameters.items():
            p[...] = kept[name]


def _compare(f, arguments, name, gradient, tolerance):
    """Return whether one gradient is right, its relative error, and a line about it."""
    x, gradient = _as_double(name, arguments[name]), _as_double(f"gradient of {name}", gradient)
    if gradient.shape != x.shape:
        line = f"wrong, the gradient must have shape {x.shape}, got {gradient.shape}."
        return False, np.nan, line
    values = [0.0]

    def along(x):
        values.append(f(**arguments | {name: x}))
        return values[-1]

    numerical = numerical_gradient(along, x)
    error = relative_error(gradient, numerical)
    if error <= tolerance:
        return True, error, f"right, relative error {error:.1e}."
    with np.errstate(over="ignore", invalid="ignore"):
        differences = np.abs(gradient - numerical)  # inf - inf is nan, the worst
        rounding = ROUNDING * np.max(np.abs(values))
    if differences.max() <= rounding < np.inf:
        return True, error, f"right to within rounding, relative error {error:.1e}."
    i = np.unravel_index(np.argmax(differences), x.shape)
    place = name + (f"[{', '.join(map(str, i))}]" if i else "")
    both = f"the gradient is {gradient[i]:.9g}, the numerical one {numerical[i]:.9g}."
    return False, error, f"wrong, relative error {error:.1e}. At {place} {both}"


def _as_double(name, value):
    """Return `value` as an array of float64, or of longdouble if it is one."""
    array = as_array(name, value)
    return array.astype(np.result_type(np.float64, array))
