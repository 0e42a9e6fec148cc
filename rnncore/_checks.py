"""What every public function asks of its arguments, and how it refuses them."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from numbers import Integral, Real
from typing import Any, TypeVar, cast

import numpy as np

from rnncore._types import Array, ArrayLike, Generator, Shape

Axis = tuple[str, int | None]  # a word, and how long the axis must be
Called = TypeVar("Called", bound=Callable[..., Any])

# An empty batch or sequence makes sense; a layer without features or units is a mistake.
MAY_BE_EMPTY = {"batch", "timesteps"}


def as_arrays(**arguments: ArrayLike | None) -> list[Array]:
    """Turn the arguments into real arrays of one floating-point type.

    float32 only if every array is float32, else float64 (or longdouble, if one
    is).  Plain Python numbers do not promote; integers are computed in float.

    Return the arrays in the order given.  Raise a ValueError for what is not a rectangular
    array of real numbers.
    """
    arrays = {name: as_array(name, value) for name, value in arguments.items()}
    types = [arrays[n].dtype for n, v in arguments.items() if type(v) not in (bool, int, float)]
    single = bool(types) and all(t == np.float32 for t in types)
    dtype = np.float32 if single else np.result_type(np.float64, *types)
    return [np.asarray(array, dtype) for array in arrays.values()]


def as_array(name: str, value: ArrayLike | None) -> Array:
    """Return `value` as an array of real numbers, or raise a ValueError that names it."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} must be a rectangular array, got a list whose rows differ in length."
        ) from None
    if np.ma.is_masked(value):
        raise ValueError(f"{name} must have no masked values, got some: drop or fill them.")
    if array.dtype.kind not in "fiub":
        kind = "None" if value is None else f"an array of type {array.dtype}"
        raise ValueError(f"{name} must hold real numbers, got {kind}.")
    return array


def check_shape(name: str, array: Array | Shape, *axes: Axis) -> None:
    """Raise a ValueError unless `array` has these axes, each a pair (word, length).

    ``check_shape("W_x", W_x, ("features", 4), ("units", None))``; None means any
    length.  Where the transpose would fit, the message says so.  The shape may be given
    instead of the array, with None for a length that is not known.
    """
    shape: Any = getattr(array, "shape", array)
    if fits(shape, axes):
        return
    if not axes:
        raise ValueError(f"{name} must be a number, got an array of shape {shape}.")
    expected = as_tuple(word for word, _ in axes)
    if any(length is not None for _, length in axes):
        expected += " = " + as_tuple("any" if n is None else str(n) for _, n in axes)
    message = f"{name} must have shape {expected}, got {shape}."
    empty = [w for n, (w, _) in zip(shape, axes) if n == 0 and w not in MAY_BE_EMPTY]
    if len(shape) == len(axes) and empty:
        message += f" The {empty[0]} axis is empty."
    elif len(shape) == 2 and fits(shape[::-1], axes):
        message += f" Its transpose fits: pass {name}.T."
    elif shape and axes[0][0] == "batch" and fits((1, *shape), axes):
        message += f" One example is a batch of one: pass {name}[np.newaxis]."
    raise ValueError(message)


def fits(shape: Shape, axes: Sequence[Axis]) -> bool:
    """Return whether `shape` has the lengths in `axes`; only MAY_BE_EMPTY may be 0."""
    return len(shape) == len(axes) and all(
        n is None or (length in (None, n) and (n > 0 or word in MAY_BE_EMPTY))
        for n, (word, length) in zip(shape, axes)
    )


def as_tuple(words: Iterable[str]) -> str:
    """Return the words as Python writes a tuple: (4,), (2, 3)."""
    words = list(words)
    return f"({', '.join(words)}{',' if len(words) == 1 else ''})"


def check_integer(name: str, value: Any, least: int, most: int | None = None) -> int:
    """Return `value`, or raise a ValueError unless it is an integer from `least` to `most`."""
    if is_integer(value, least) and (most is None or value <= most):
        return int(value)
    bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
    raise ValueError(f"{name} must be an integer {bounds}, got {value!r}.")


def is_integer(value: Any, least: int) -> bool:
    """Return whether `value` is an integer, not a bool, of at least `least`."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def check_lengths(name: str, value: Any) -> Shape:
    """Return `value` as a tuple, or raise a ValueError unless it is a shape (None: open)."""
    lengths = value if isinstance(value, (tuple, list)) else ()
    if lengths and all(n is None or is_integer(n, 0) for n in lengths):
        return tuple(lengths)
    raise ValueError(
        f"{name} must be a tuple of lengths, each an integer, or None if it is open, got {value!r}."
    )


def check_positive(name: str, value: Any) -> float:
    """Return `value` as a float, or raise a ValueError unless it is above 0 and finite."""
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 < float(value) < np.inf:
        raise ValueError(f"{name} must be a positive number, got {value!r}.")
    return float(value)


def check_number(name: str, value: Any) -> float:
    """Return `value` as a float, or raise a ValueError unless it is a finite number."""
    if not isinstance(value, Real) or isinstance(value, bool) or not np.isfinite(float(value)):
        raise ValueError(f"{name} must be a number, got {value!r}.")
    return float(value)


def check_generator(name: str, value: Any) -> Generator:
    """Return `value`, or raise a ValueError unless it is a random number generator of NumPy."""
    if not isinstance(value, np.random.Generator):
        example = "np.random.default_rng(1)"
        raise ValueError(f"{name} must be a generator, such as {example}, got {value!r}.")
    return value


def check_flag(name: str, value: Any) -> bool:
    """Return `value` as a bool, or raise a ValueError unless it is True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, got {value!r}.")
    return bool(value)


def explained(function: Called) -> Called:
    """Make a function say which arguments it has when it gets a keyword that it does not know.

    The TypeError names the unknown keyword and lists the known ones.
    """
    code = function.__code__
    if code.co_flags & 8:  # it takes any keyword, and passes it on
        return function
    count = code.co_argcount + code.co_kwonlyargcount
    names = list(code.co_varnames[:count])
    known = names.copy()
    if code.co_flags & 4:  # it takes any number of *states, for example
        known.insert(code.co_argcount, f"*{code.co_varnames[count]}")
    listed = ", ".join(name for name in known if name != "self")
    called = function.__qualname__.removesuffix(".__init__").split(".")[-1]

    @wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        for name in keywords:
            if name not in names:
                raise TypeError(f"{called} takes no {name}: its arguments are {listed}.")
        return function(*arguments, **keywords)

    return cast(Called, call)
