"""Examine the backward pass of a simple recurrent network."""

from functools import partial
from itertools import permutations, product
from typing import Any, NamedTuple

import numpy as np

from rnncore.diagnose import simple
from rnncore.diagnose.examine import BACKWARD_ORDER, states_in
from rnncore.diagnose.judging import conventions, judge
from rnncore.diagnose.layouts import orders_of
from rnncore.diagnose.matching import SCALES, WORDS, agree, sets_of
from rnncore.diagnose.report import Finding
from rnncore.diagnose.running import call
from rnncore.diagnose.slips import BACKWARD, FORWARD
from rnncore.gradcheck import numerical_gradient

NAMES = {
    "dX": ("dx", "dxs", "dinputs", "dinput", "dxt", "dx_t"),
    "dW_x": ("dwx", "dw_x", "dwxh", "du", "dwax", "dw_ih", "dwih"),
    "dW_h": ("dwh", "dw_h", "dwhh", "dw", "dwaa", "dw_hh"),
    "db": ("db", "dbh", "dba", "db_h", "db_ih", "dbih"),
    "dh0": ("dh0", "dh_prev", "dprev_h", "da0", "da_prev", "dhprev", "dh_0", "dh_init"),
    "db2": ("db_hh", "dbhh"),
    "dc0": ("dc0", "dc_prev", "dprev_c", "dcprev", "dc_0"),
}
OF = {"dX": "X", "dW_x": "W_x", "dW_h": "W_h", "db": "b", "dh0": "h0"}


class Back(NamedTuple):
    """What a backward pass gave."""

    arrays: dict  # by the book's names; None where the axes do not fit
    right: dict  # the gradient of the reader's own forward pass
    compute: Any  # function of a set of names -> what these slips give
    sets: list
    order: list[str]
    given: dict
    wrote: tuple[str, ...] = ()
    error: str = ""


def backward_pass(function, found, forward):
    """Run a backward pass, and compute what it should have given."""
    has_cache = isinstance(found.raw, tuple) and len(found.raw) > 1
    usual = ("dS", "S") if has_cache else BACKWARD_ORDER
    orders, back = orders_of(function, usual), None
    only_last = is_last_only(found)
    for last, order in product((only_last, not only_last), orders):
        problem = found.problem | {"dS": found.problem["dS"].copy()}
        if last:
            problem["dS"][:, :-1] = 0
        given = found.given | {"S": found.raw, "dS": found.layout.give_one("dS", problem["dS"])}
        if has_cache:
            given["S"] = found.raw[-1] if len(order) == 2 else found.raw[0]
        if last:
            given["dS"] = found.layout.give_one("dh", problem["dS"][:, -1])
        outcome = call(function, given, order)
        if not outcome.error:
            break
        back = back or Back({}, {}, None, [], order, given, outcome.wrote, outcome.error)
    else:
        return back
    found = found._replace(problem=problem)
    compute, sets = programs(found)
    right = compute(()) if explained(found) else measured(found, forward)
    arrays = named(outcome.value, found, right)
    return Back(arrays, right, compute, sets, order, given, outcome.wrote)


def is_last_only(found):
    """Return whether the forward pass returned the last state only."""
    states = states_in(found.layout, found.raw, found.problem)
    return found.problem["X"].shape[1] > 1 and states is not None and states.shape[1] == 1


def explained(found):
    """Return whether a forward pass is right, or only arranged in another way."""
    return found.slips is not None and all(FORWARD[name].convention for name in found.slips)


def programs(found):
    """Return what slips in the backward pass of this forward pass give, and the sets to try."""
    p, f, turns = found.problem, found.f, found.slips or ()
    timesteps = p["X"].shape[1]
    X = p["X"][:, ::-1] if "backwards" in turns else p["X"]
    W_h = p["W_h"].T if "state_transposed" in turns else p["W_h"]
    b = p["b"] + p.get("b2", 0.0)
    scales = {name: scale({"B": len(X), "T": timesteps}) for name, scale in SCALES.items()}
    windows = {f"window of {k}": k for k in range(2, timesteps)}

    def compute(names):
        window = next((windows[name] for name in names if name in windows), None)
        slips = [name for name in names if name in BACKWARD and name != "negative"]
        if f.needs_z and {"slope_of_sum", "slope_before"} & {*slips}:
            return None
        square = X.shape[2] == W_h.shape[0]
        if "no_transpose_x" in slips and not square:
            return None
        g = simple.gradients(X, found.S, p["dS"], p["W_x"], W_h, f, b, slips, window)
        factor = -1.0 if "negative" in names else 1.0
        for name in names:
            factor *= scales.get(name, 1.0)
        g = {name: factor * array for name, array in g.items()}
        if "backwards" in turns:
            g["dX"] = g["dX"][:, ::-1]
        if "state_transposed" in turns:
            g["dW_h"] = g["dW_h"].T
        return g | {"db2": g["db"]}

    other = [(name,) for name in (*scales, *windows)]
    both = [(slip, name) for slip in BACKWARD for (name,) in other]
    return compute, [(), *other, *sets_of(BACKWARD, 1), *both, *sets_of(BACKWARD)[len(BACKWARD) :]]


def measured(found, forward):
    """Return the gradient of Σ dS · S of the reader's own states, from nudges of every number."""

    def loss(argument, array):
        problem = found.problem | {argument: array}
        outcome = call(forward, found.layout.give(problem), found.order)
        states = states_in(found.layout, outcome.value, problem)
        if states is None:
            return np.nan
        n = min(states.shape[1], problem["dS"].shape[1])
        return (problem["dS"][:, -n:] * states[:, -n:]).sum()

    gradient = {
        name: numerical_gradient(partial(loss, argument), found.problem[argument])
        for name, argument in OF.items()
    }
    return gradient | {"db2": gradient["db"]}


def named(value, found, right, extra=()):
    """Return what came back as a dict of the book's names, with the book's axes.

    `extra` names what else may be among them.
    """
    if value is None:
        return {}
    if isinstance(value, dict):
        lower = {str(name).lower(): array for name, array in value.items()}
        pairs = {
            name: lower[other]
            for name, others in NAMES.items()
            for other in (name.lower(), *others)
            if other in lower
        }
    else:
        parts = list(value) if isinstance(value, (tuple, list)) else [value]
        pairs = by_shape(parts, found, right, extra)
    return {
        name: None if array is None else found.layout.take_one(name, np.asarray(array))
        for name, array in pairs.items()
    }


def by_shape(parts, found, right, extra=()):
    """Name the arrays of a tuple by their shapes, or by their numbers where two have one shape."""
    names = [*simple.ARRAYS, *extra]
    names += ["db2"] * (len(parts) > len(names))
    wanted = {name: found.layout.give_one(as_given(name), right[name]) for name in names}

    fits = {
        (name, i): (np.shape(part) == np.shape(wanted[name]), agree(part, wanted[name], 1e-5))
        for name in {*names}
        for i, part in enumerate(parts)
    }

    def fit(order):
        pairs = [fits[name, i] for i, name in enumerate(order)]
        return tuple(map(sum, zip(*pairs)))

    parts = parts[: len(names)]
    best = max(permutations(names, len(parts)), key=fit)
    return dict(zip(best, parts))


def as_given(name):
    """Return the name of what has the layout of a gradient."""
    return {"dW_x": "W_x", "dW_h": "W_h", "db": "b", "db2": "b"}.get(name, name)


def backward_findings(back, found):
    """Say what was found of a backward pass."""
    if back.error:
        return [Finding("trouble", "backward", f"it stops with {back.error}", ("exception",))]
    arrays = {n: a for n, a in back.arrays.items() if a is not None}
    findings = [
        Finding("trouble", name, f"its shape does not fit that of {OF.get(name, 'b')}.", ("shape",))
        for name in back.arrays
        if name not in arrays
    ]
    if not back.arrays:
        words = (
            "it returns no gradient that we know. Return dX, dW_x, dW_h, db and dh0, some or all,"
            " in this order or as a dict with these names."
        )
        return [Finding("trouble", "backward", words, ("names",))]
    findings += flattened(arrays, back.right)
    sure = explained(found)
    whose = "" if sure else " for the forward pass that you have"
    slips = BACKWARD | conventions(found.problem["X"].shape[1], WORDS)
    tolerance = None if sure else 1e-5
    return findings + judge(arrays, back.right, slips, back.compute, back.sets, tolerance, whose)


def flattened(arrays, right):
    """Give a bias of shape (1, units) or (units, 1) its one axis, and say so."""
    findings = []
    for name in ("db", "db2"):
        array = arrays.get(name)
        if array is None or array.shape == right[name].shape or array.ndim != 2:
            continue
        if array.size == right[name].size and 1 in array.shape:
            words = f"its shape is {array.shape}, and ours is {right[name].shape}."
            words += " This is no mistake as long as your b has that shape, too."
            findings.append(Finding("convention", name, words, ("shape of b",), "", "notation.md"))
            arrays[name] = array.reshape(-1)
    return findings
