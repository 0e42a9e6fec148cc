"""Weights in one piece: a dict of parameters, or one matrix for the state and the input."""

import inspect
import re

import numpy as np

from rnncore.diagnose.gates import FORMS
from rnncore.diagnose.layouts import KNOWN, SIZES
from rnncore.diagnose.report import Finding

WAYS = {
    "apart": "",
    "h, x": "W_h and W_x are one matrix, for [h, x]. This is no mistake.",
    "x, h": "W_x and W_h are one matrix, for [x, h]. This is no mistake.",
}
DICTS = "parameters", "params", "weights", "p", "theta"
MATRICES = {*KNOWN["W_x"].split(), *KNOWN["W_h"].split()}
ORDERS = {"lstm": "ifgo", "gru": "zrn", "simple": ""}
GATES = {
    "lstm": dict(zip("iufgcao", "iifgggo")),
    "gru": dict(zip("zurnhcg", "zzrnnnn")),
    "simple": {},
}
OUTPUT = {"wya": "y", "why": "y", "wy": "y", "v": "y", "by": "b_y"}  # a layer after the state


class Weights(dict):
    """W_x, W_h and b, by the names under which a function asks for them."""

    def __init__(self, W_x, W_h, b, form, way):
        super().__init__()
        self.form, self.way = form, way
        self.arrays = {"W_x": W_x, "W_h": W_h, "b": b}
        self.rows = W_x.shape[1] == W_h.shape[1]

    def __missing__(self, name):
        what, gate = part_of(name, self.form, self.way)
        if what is None:
            raise KeyError(name)
        if what in ("y", "b_y"):
            self[name] = self.output(what)
        elif what == "W":
            parts = [self.of_gate(each, gate) for each in joined(self.way)]
            self[name] = np.concatenate(parts, axis=0 if self.rows else 1)
        else:
            self[name] = self.of_gate(what, gate)
        return self[name]

    def of_gate(self, what, gate):
        """Return what belongs to one gate, a view."""
        array = self.arrays[what]
        if gate is None:
            return array
        order = ORDERS[self.form]
        axis = array.ndim - 1 if self.rows else 0
        return np.split(array, len(order), axis=axis)[order.index(gate)]

    def output(self, what):
        """Return small weights of a layer of two outputs, which no gradient is asked of."""
        units = min(self.arrays["W_h"].shape)
        if what == "y":
            W = np.linspace(-0.5, 0.5, 2 * units).reshape(units, 2)
            return W if self.rows else W.T
        return np.zeros((2,) if self.arrays["b"].ndim == 1 else (2, 1))


def joined(way):
    """Return the parts of a matrix that holds both, in their order."""
    return ("W_h", "W_x") if way == "h, x" else ("W_x", "W_h")


def part_of(name, form, way):
    """Return what a name stands for, and of which gate: (None, None) if we do not know it.

    >>> part_of("Wf", "lstm", "h, x"), part_of("Waa", "simple", "apart")
    (('W', 'f'), ('W_h', None))
    """
    short = str(name).lower().replace("_", "")
    if short in OUTPUT:
        return OUTPUT[short], None
    gates = GATES[form]
    found = re.fullmatch(f"([wub])([xha]?)([{''.join(gates)}])", short) if gates else None
    if found:
        kind, of, gate = found.groups()
        if kind == "b":
            return "b", gates[gate]
        if kind == "u" or of in ("h", "a"):
            return "W_h", gates[gate]
        return ("W_x" if of or way == "apart" else "W"), gates[gate]
    if short == "w" and way != "apart":
        return "W", None
    known = ("W_x", "W_h", "b")
    alike = (n for n in known if short in KNOWN[n].replace("_", "").split())
    return next(alike, None), None


def takes(function):
    """Return the name of the argument that holds the weights in one piece, or None."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None
    weights = [name for name in names if name.lower() in MATRICES]
    whole = [name for name in weights if name.lower() == "w"] if len(weights) == 1 else []
    return next((name for name in names if name.lower() in DICTS), next(iter(whole), None))


def unpacked(function, name, form, way):
    """Return a function of W_x, W_h, b in the place of one that takes them in one piece."""
    parameters = inspect.signature(function).parameters
    whole = name.lower() not in DICTS
    pieces = ("W_x", "W_h") if whole else ("W_x", "W_h", "b")
    apart_as = []
    for each in parameters.values():
        apart_as += [each.replace(name=n) for n in pieces] if each.name == name else [each]

    def apart(*values):
        given = {each.name: value for each, value in zip(apart_as, values)}
        weights = Weights(given["W_x"], given["W_h"], given.get("b"), form, way)
        given[name] = weights["W"] if whole else weights
        return function(*(given[n] for n in parameters if n in given))

    apart.__signature__ = inspect.Signature(apart_as)
    return apart


def gathered(function, form, way):
    """Return a backward pass whose gradients of the pieces are those of W_x, W_h and b."""

    def whole(*values):
        given = function(*values)
        if isinstance(given, dict):
            return together(given, form, way)
        parts = []
        for part in given if isinstance(given, (tuple, list)) else [given]:
            parts += split(part, way) if both_in(part) else [part]
        return tuple(parts)

    whole.__signature__ = inspect.signature(function)
    return whole


def both_in(array):
    return np.ndim(array) == 2 and SIZES["F"] + SIZES["U"] in np.shape(array)


def split(array, way):
    """Return the parts of a matrix that holds both, as (W_x, W_h)."""
    axis = np.shape(array).index(SIZES["F"] + SIZES["U"])
    first = SIZES["U"] if way == "h, x" else SIZES["F"]
    parts = dict(zip(joined(way), np.split(array, [first], axis=axis)))
    return [parts["W_x"], parts["W_h"]]


def together(given, form, way):
    """Return gradients by their names, with the gates side by side."""
    parts, kept, rows = {"W_x": {}, "W_h": {}, "b": {}}, {}, True
    for name, array in given.items():
        what, gate = part_of(str(name).removeprefix("d"), form, way)
        if what == "W" and both_in(array):
            rows = np.shape(array).index(SIZES["F"] + SIZES["U"]) == 0
            parts["W_x"][gate], parts["W_h"][gate] = split(array, way)
        elif what in parts:
            rows = np.shape(array)[0] == SIZES["F"] if what == "W_x" else rows
            parts[what][gate] = array
        elif what is None:  # those of the layer after the state are not judged
            kept[name] = array
    for what, gates in parts.items():
        order = list(ORDERS[form]) if {*gates} - {None} else [None]
        missing = [gate for gate in order if gate not in gates]
        if gates and missing:
            raise ValueError(f"d{what} of the gates {', '.join(missing)} is missing: return all.")
        if gates:
            axis = -1 if rows else 0
            kept["d" + what] = np.concatenate([gates[gate] for gate in order], axis=axis)
    return kept


def ways_of(function, back_function, form):
    """Yield a function and its backward pass with the weights apart, and what to say of that."""
    name = takes(function) if form in (*FORMS, "simple") else None
    if name is None:
        yield function, back_function, []
        return
    for way, words in WAYS.items():
        said = [Finding("convention", "weights", words, (way,), "", "notation.md")] if words else []
        back = back_function and gathered(back_function, form, way)
        yield unpacked(function, name, form, way), back, said
