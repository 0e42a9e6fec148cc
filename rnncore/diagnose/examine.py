"""Examine a forward and a backward pass of a simple recurrent network."""

from itertools import product
from typing import Any, NamedTuple

import numpy as np

from rnncore.activations import KNOWN as ACTIVATIONS
from rnncore.activations import Activation
from rnncore.diagnose import simple
from rnncore.diagnose.judging import of_slip
from rnncore.diagnose.layouts import orders_of
from rnncore.diagnose.matching import agree, explanations, sets_of
from rnncore.diagnose.report import Finding
from rnncore.diagnose.running import call
from rnncore.diagnose.slips import FORWARD, SHAPES

FORWARD_ORDER = "X", "W_x", "W_h", "b", "h0"
STEP_ORDER = "X", "h0", "W_x", "W_h", "b"
BACKWARD_ORDER = "X", "S", "dS", "W_x", "W_h", "b", "h0"
SLIPS = [name for name in FORWARD if name != "other_activation"]
CONVENTIONS = [name for name, slip in FORWARD.items() if slip.convention]
FIRST = "tanh", "sigmoid", "linear", "relu"  # the ones to guess first


class Pass(NamedTuple):
    """What is known of a forward pass once it has been examined."""

    layout: Any
    order: list[str]
    f: Any
    slips: tuple[str, ...] | None  # None: nothing explains it
    problem: dict
    given: dict  # the problem in the layout
    raw: Any  # what the function returned
    S: Any  # its states, (batch, timesteps + 1, units), the initial one first


def problem_of(sizes, seed=1):
    """Return a small problem: weights, a bias and an initial state that are not zero."""
    rng = np.random.default_rng(seed)
    B, T, F, U = (sizes[axis] for axis in "BTFU")
    shapes = {"X": (B, T, F), "W_x": (F, U), "W_h": (U, U), "b": (U,), "h0": (B, U)}
    shapes |= {"dS": (B, T, U)}
    scale = {"X": 1.0, "W_x": 0.6, "W_h": 0.5, "b": 0.5, "h0": 0.7, "dS": 0.8}
    problem = {n: np.round(rng.normal(size=shape) * scale[n], 2) for n, shape in shapes.items()}
    if U == 1:  # sums of both signs, so that relu and linear differ
        problem["X"][:, ::2] = -np.abs(problem["X"][:, ::2]) - 1
        problem |= {"W_x": np.full((F, U), 0.7), "W_h": np.full((U, U), 0.4), "b": np.full(U, 0.3)}
    return problem


def asked_of(problem, order):
    """Return the problem that a function with these arguments solves: what it lacks is zero."""
    for name in ("b", "h0"):
        if name not in order:
            problem[name] = np.zeros(problem[name].shape)
    return problem | ({"b2": problem["b"] * 0.5} if "b2" in order else {})


def candidates(activation, others=False):
    """Return the activations to try: the given one or all, by habit; or those not given."""
    known = {n: f for n, f in ACTIVATIONS.items() if isinstance(f, Activation)}
    if others:
        apart = ("linear", None if activation is None else activation.name)
        return [] if activation is None else [f for n, f in known.items() if n not in apart]
    if activation is not None:
        return [activation]
    return [known[n] for n in (*FIRST, *(n for n in known if n not in FIRST))]


def states_in(layout, value, problem):
    """Return what a forward pass gave as states (batch, n, units), or None if it cannot be that."""
    T = problem["X"].shape[1]
    for each in (value, value[0] if isinstance(value, tuple) and value else None):
        array = _stacked(each)
        if array is None:
            continue
        found = layout.take_one("S", array)
        if found is None:
            last = layout.take_one("h", array) if array.ndim else None
            found = None if last is None else last[:, np.newaxis]
        B, U = problem["h0"].shape
        if found is not None and found.shape[0::2] == (B, U) and found.shape[1] in (T, T + 1, 1):
            return found
    return None


def _stacked(value):
    if value is None or isinstance(value, dict):
        return None
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return array if array.dtype.kind in "fiu" else None


def forward_pass(function, activation, layouts, usual=FORWARD_ORDER):
    """Find out how a forward pass is arranged, and what explains its states.

    Returns
    -------
    Pass or None
        None if no layout runs.
    errors : dict of layout name -> what went wrong
    """
    runs, strays, errors = [], [], {}
    for layout, order in product(layouts, orders_of(function, usual)):
        problem = asked_of(problem_of(layout.sizes()), order)
        given = layout.give(problem)
        outcome = call(function, given, order)
        found = None if outcome.error else states_in(layout, outcome.value, problem)
        if outcome.error:
            errors.setdefault(layout.name, outcome.error)
        elif found is None:
            errors.setdefault(layout.name, f"it returned {described(outcome.value)}")
            strays.append((layout, problem, outcome.value))
        else:
            runs.append((layout, order, problem, given, outcome.value, found))
            if best := best_of(runs[-1:], [()], activation):
                return best, errors
    conventions = [(name,) for name in CONVENTIONS]
    for sets, others in ((conventions, False), ([()], True), (sets_of(SLIPS), False)):
        if best := best_of(runs, sets, activation, others):
            return best, errors
    if runs:
        layout, order, problem, given, raw, found = runs[0]
        f = candidates(activation)[0]
        return made(layout, order, f, None, problem, given, raw, found), errors
    return None, errors | dict.fromkeys(misshapen(strays, activation), "")


def best_of(runs, sets, activation, others=False):
    """Return the Pass that needs the fewest slips, or None; `others`: with other activations."""
    best = None
    for layout, order, problem, given, raw, found in runs:
        for f in candidates(activation, others):
            fit = explained_by(found, problem, f, sets, activation, layout)
            if fit and (best is None or len(fit[0]) < len(best.slips)):
                slips = ("other_activation",) if others else fit[0]
                best = made(layout, order, f, slips, problem, given, raw, found)
    return best


def misshapen(strays, activation):
    """Return the name of what explains states of a wrong shape, in a list; or nothing."""
    for (layout, problem, value), f in product(strays, candidates(activation)):
        S = expected(problem, f)
        array = _stacked(value)
        if array is None or layout.name != "batch first":
            continue
        for part in (S, S[:, 1:]):
            along = part.swapaxes(0, 1).reshape(-1, S.shape[2]), part.reshape(len(S), -1)
            if agree(array, part[-1]):
                return ["last_sequence"]
            if any(agree(array, joined) for joined in along):
                return ["concatenate"]
    return []


def explained_by(found, problem, f, sets, activation, layout):
    """Return the slips with which this activation gives the states found."""

    def compute(slips):
        if "sum" in slips and layout.name != "numbers":
            return None
        if "linear" in slips and (activation is None or f.name == "linear"):
            return None
        return {"S": expected(problem, f, slips)[:, -found.shape[1] :]}

    return explanations({"S": found}, compute, sets)


def expected(problem, f, slips=()):
    p = problem
    b = p["b"] + p.get("b2", 0.0)
    return simple.states(p["X"], p["W_x"], p["W_h"], b, p["h0"], f, slips)


def made(layout, order, f, slips, problem, given, raw, found):
    """Return a Pass, with the initial state in front of the states where it was left out."""
    T, S = problem["X"].shape[1], found
    if found.shape[1] == T:
        S = np.concatenate([problem["h0"][:, np.newaxis], found], axis=1)
    elif found.shape[1] == 1:
        S = expected(problem, f, slips or ())
    return Pass(layout, order, f, slips, problem, given, raw, S)


def described(value):
    """Return what came back, in a few words."""
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__} of {len(value)}"
    return f"an array of shape {np.shape(value)}" if hasattr(value, "shape") else repr(value)[:60]


def forward_findings(found, errors, activation):
    """Say what was found of a forward pass."""
    if found is None:
        known = [name for name in SHAPES if name in errors]
        return [of_slip(n, SHAPES[n], "forward") for n in known] or [unfit(errors)]
    named = f"{found.layout.words}, {found.f.name}"
    if found.slips is None:
        return [unknown_forward(found)]
    wrong = [name for name in found.slips if not FORWARD[name].convention]
    findings = []
    if not wrong:
        findings.append(Finding("right", "forward", f"every state is right ({named})."))
    else:
        step = first_difference(found)
        at = f" The first state that differs is h_{step}." if step is not None else ""
        for name in wrong:
            slip = FORWARD[name]
            if name == "other_activation" and activation is not None:
                slip = slip._replace(words=f"with {found.f.name}, and you named {activation.name}")
            findings.append(of_slip(name, slip, "forward", f" ({named}).{at}"))
    others = [name for name in found.slips if FORWARD[name].convention]
    findings += [of_slip(n, FORWARD[n], "forward") for n in others]
    if found.f.name == "linear" and activation is None:
        words = "there is no activation in the recurrence. If you meant one, this is the mistake."
        place = FORWARD["linear"].place
        findings.append(Finding("convention", "activation", words, ("linear",), "", place))
    return findings + layout_findings(found)


def unfit(errors):
    """Say what a function did in the first layouts, if it runs in none."""
    said = "; ".join(f"with {names} {error}" for error, names in first_errors(errors))
    words = f"it runs in no arrangement of the axes that we know: {said}."
    return Finding("trouble", "forward", words, ("layout",))


def first_errors(errors):
    """Return the first two messages, each with the layouts in which it came."""
    by_message: dict[str, list[str]] = {}
    for name, error in errors.items():
        by_message.setdefault(error, []).append(name)
    return [(error, ", ".join(names[:2])) for error, names in list(by_message.items())[:2]]


def layout_findings(found):
    """Say what is arranged in another way than in the book."""
    if found.layout.name == "batch first":
        return []
    words = f"your arrays are arranged as {found.layout.words}. This is no mistake."
    return [Finding("convention", "layout", words, (found.layout.name,), "", "notation.md")]


def first_difference(found):
    """Return the first step whose state differs from the right one."""
    right = expected(found.problem, found.f)
    for t in range(right.shape[1]):
        if not agree(found.S[:, t], right[:, t]):
            return t
    return None


def unknown_forward(found):
    """Return the first number that nothing explains, beside ours."""
    step = first_difference(found)
    if step is None:
        return Finding("unknown", "forward", "your states differ from ours.")
    right, yours = expected(found.problem, found.f)[:, step], found.S[:, step]
    place = tuple(int(i) for i in np.argwhere(~np.isclose(yours, right))[0])
    words = (
        f"nothing that we know explains your states. The first difference is in h_{step},"
        f" sequence {place[0] + 1}, unit {place[1] + 1}:"
        f" yours is {yours[place]:.6g}, and with {found.f.name} it should be {right[place]:.6g}."
    )
    return Finding("unknown", "forward", words, (), "h = f(x_t @ W_x + h @ W_h + b)", "")
