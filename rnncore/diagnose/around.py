"""What a second call shows: arguments written into, state kept between calls, NaN."""

import numpy as np

from rnncore.diagnose.report import Finding
from rnncore.diagnose.running import call, same


def around(about, function, given, order):
    """Call a function again, and say what a second call shows."""
    first = call(function, given, order)
    findings = []
    if first.wrote:
        names = " and ".join(first.wrote)
        words = f"it writes into {names}. Work on a copy, or the caller's array is lost."
        findings.append(Finding("trouble", about, words, ("wrote",)))
    turned = {name: changed(array) for name, array in given.items()}
    other = call(function, turned, order)
    again = call(function, given, order)
    if not same(first.value, again.value) and not other.error:
        words = (
            "the same arguments give other results when another call comes between. Something is"
            " kept from one call to the next, or drawn at random: begin each call afresh."
        )
        findings.append(Finding("trouble", about, words, ("kept",)))
    numbers = [np.asarray(part) for part in parts_of(first.value)]
    if any(part.dtype == np.float32 for part in numbers):
        words = "it computes in float32, so about seven digits are right, and no more."
        findings.append(Finding("convention", about, words, ("float32",)))
    if any(part.dtype.kind == "f" and not np.isfinite(part).all() for part in numbers):
        words = "it returns NaN or infinity, although all that it is given is small."
        findings.append(Finding("trouble", about, words, ("not finite",)))
    return findings


def changed(array):
    """Return the numbers of an argument halved; indices stay as they are."""
    if isinstance(array, np.ndarray | np.generic | float) and np.asarray(array).dtype.kind == "f":
        return array * 0.5
    return array


def parts_of(value):
    """Return the arrays in what a function returned."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [part for each in value for part in parts_of(each)]
    return [value] if isinstance(value, (np.ndarray, np.generic)) else []
