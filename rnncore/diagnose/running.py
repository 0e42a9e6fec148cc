"""Run a reader's function with care: what it returns, what it writes into, and where it fails."""

import linecache
import traceback
import warnings
from copy import copy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import rnncore

LIBRARIES = tuple(str(Path(str(module.__file__)).parent) for module in (np, rnncore))


class Outcome(NamedTuple):
    """What one call did: its value, or why there is none; and the arguments it wrote into."""

    value: Any = None
    error: str = ""
    wrote: tuple[str, ...] = ()


def call(function, arguments, order):
    """Call a function with copies of arrays.

    Parameters
    ----------
    function : callable
    arguments : dict of arrays, by name
    order : names, in the order of the call

    Returns
    -------
    Outcome
    """
    given = {name: _copy(arguments[name]) for name in order}
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            value = _copy(function(*given.values()))
    except Exception as error:
        return Outcome(error=in_words(error))
    wrote = [name for name in order if not same(given[name], arguments[name])]
    return Outcome(value, wrote=tuple(wrote))


def in_words(error):
    """Return what an exception says, with the last line of it that is not the library's."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if not f.filename.startswith(LIBRARIES)]
    if not own:
        return f"{type(error).__name__}: {error}"
    line = own[-1].line or linecache.getline(own[-1].filename, own[-1].lineno or 0).strip()
    where = f"line {own[-1].lineno}" + (f", `{line}`" if line else "")
    return f"{type(error).__name__} in {where}: {error}"


def same(a, b):
    """Return whether two values hold the same numbers, arrays in lists and dicts too."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, (np.ndarray, np.generic, int, float)):
        return np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind in "fc")
    return True  # objects of the reader's own are not looked into


def _copy(value):
    if isinstance(value, dict):
        copied = copy(value)
        copied.update({key: _copy(each) for key, each in value.items()})
        return copied
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(map(_copy, value))
    return [_copy(each) for each in value] if isinstance(value, list) else value
