"""Compare what came back with what each slip would give."""

from itertools import combinations

import numpy as np

CLOSE = {"float64": 1e-8, "float32": 2e-4}  # of the largest number of an array
SCALES = {
    "mean over the batch": lambda sizes: 1 / sizes["B"],
    "mean over the time steps": lambda sizes: 1 / sizes["T"],
    "mean over batch and time": lambda sizes: 1 / (sizes["B"] * sizes["T"]),
    "twice the gradient": lambda sizes: 2.0,
    "half the gradient": lambda sizes: 0.5,
}

WORDS = {
    **{
        name: f"with the {name} in place of the sum, which acts like another learning rate"
        for name in list(SCALES)[:3]
    },
    "twice the gradient": "with a factor of 2, as when a loss of squares has no 1/2",
    "half the gradient": "with a factor of 1/2, as when a loss of squares has one",
}


def agree(a, b, tolerance=None):
    """Return whether two arrays have one shape and the same numbers, nearly."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return False
    tolerance = max(tolerance or 0.0, tolerance_of(a))
    return bool(np.abs(a - b).max(initial=0) <= tolerance * max(1e-3, np.abs(b).max(initial=0)))


def tolerance_of(array):
    return CLOSE.get(str(np.asarray(array).dtype), CLOSE["float64"])


def sets_of(names, largest=2):
    """Return the slips alone, then in pairs, each as a tuple."""
    return [s for size in range(1, largest + 1) for s in combinations(names, size)]


def explanations(observed, compute, sets):
    """Return the smallest sets of slips that give all the observed arrays.

    Parameters
    ----------
    observed : dict of arrays
    compute : function of a set of slips -> dict of arrays, or None if it cannot be
    sets : tuples of names, the smaller ones first

    Returns
    -------
    list of tuples of names, all of one size; empty if none fits
    """
    found = []
    for slips in sets:
        if found and len(slips) > len(found[0]):
            break
        if any(known(slips, other) for other in found):
            continue
        wanted = compute(slips)
        if wanted is not None and all(agree(a, wanted[name]) for name, a in observed.items()):
            found.append(slips)
    return found


def known(slips, other):
    """Return whether a set holds another that explains as much."""
    return set(other) < set(slips)
