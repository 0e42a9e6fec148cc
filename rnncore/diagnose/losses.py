"""Examine a function that returns the loss of a network of U, W and V, and its gradients."""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np

from rnncore._types import Array
from rnncore.activations import softmax
from rnncore.diagnose import simple
from rnncore.diagnose.examine import candidates
from rnncore.diagnose.judging import conventions, judge, of_slip
from rnncore.diagnose.matching import sets_of
from rnncore.diagnose.report import Finding
from rnncore.diagnose.running import call
from rnncore.diagnose.slips import BACKWARD, FORWARD, Slip
from rnncore.gradcheck import numerical_gradient

T, F, UNITS, OUTPUTS = 4, 3, 5, 2
ORDER = "x", "y", "U", "W", "V"
OUTPUT = {
    "V_no_accumulation": Slip(
        "when dV holds the contribution of one step only, not the sum over all outputs",
        "dV += s_t.T @ do_t",
        "mistakes.ipynb#mistake-accumulation",
    ),
    "V_state_before": Slip(
        "with s_t−1 in place of s_t in dV", "dV += s_t.T @ do_t", "mistakes.ipynb#mistake-early"
    ),
    "V_slope": Slip(
        "when the slope of the state's activation is applied to the output, too",
        "do = o - y",
        "04b_windows.ipynb",
    ),
    "no_target": Slip(
        "without the target, with o in place of o − y (or p in place of p − y)",
        "do = o - y",
        "04b_windows.ipynb",
    ),
}


class Loss(NamedTuple):
    """A loss of outputs o (steps, O) and targets t of that shape: its value, its gradient by o."""

    value: Callable[[Array, Array], float]
    gradient: Callable[[Array, Array], Array]
    classes: bool = False  # o holds logits, and t is one-hot


def squares(scale):
    """Return a sum of squared errors, times a function of how many there are."""
    return Loss(
        lambda o, t: scale(o.size) * ((o - t) ** 2).sum(),
        lambda o, t: scale(o.size) * 2 * (o - t),
    )


def cross_entropy(scale):
    """Return a sum over the steps, times a function of how many there are."""
    return Loss(
        lambda o, t: -scale(len(o)) * (t * np.log(softmax.value(o))).sum(),
        lambda o, t: scale(len(o)) * (softmax.value(o) - t),
        classes=True,
    )


LOSSES = {
    "half the sum of squares": squares(lambda n: 0.5),
    "the sum of squares": squares(lambda n: 1.0),
    "the mean of squares": squares(lambda n: 1 / n),
    "half the mean of squares": squares(lambda n: 0.5 / n),
    "cross-entropy, summed": cross_entropy(lambda n: 1.0),
    "cross-entropy, averaged": cross_entropy(lambda n: 1 / n),
}


class Reading(NamedTuple):
    """One way to call the function: what x and y are, and whether the weights are transposed."""

    tokens: bool  # x is a list of indices, of one-hot vectors
    column: bool  # each x_t and y_t is a column
    targets: str  # "each" step has a vector, "last" only the last, "classes" an index at each step
    transposed: bool


READINGS = [
    Reading(tokens, column, targets, transposed)
    for targets, tokens, transposed, column in product(
        ("each", "last", "classes"), (False, True), (False, True), (False, True)
    )
    if not (tokens and column)
]


def problem_of(reading, seed=1):
    """Return a small problem in the book's arrangement, x (T, F) and rows."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=(T, F)), 2)
    tokens = np.array([2, 0, 1, 2])
    x = np.eye(F)[tokens] if reading.tokens else x
    y = np.round(rng.normal(size=(T, OUTPUTS)), 2)
    y = {"each": y, "last": y[-1:], "classes": np.array([1, 0, 0, 1])}[reading.targets]
    shapes = {"U": (F, UNITS), "W": (UNITS, UNITS), "V": (UNITS, OUTPUTS)}
    drawn = {n: np.round(rng.normal(size=shape) * 0.6, 2) for n, shape in shapes.items()}
    return {"x": x, "y": y, **drawn}


def given_as(problem, reading):
    """Return the arguments as the function takes them."""
    p = dict(problem)
    if reading.transposed:
        p |= {name: p[name].T.copy() for name in "UWV"}
    if reading.tokens:
        p["x"] = p["x"].argmax(axis=1)
    if reading.column:
        p["x"] = p["x"][..., np.newaxis]
        p["y"] = p["y"][..., np.newaxis] if reading.targets != "classes" else p["y"]
    if reading.targets == "last":
        p["y"] = p["y"][0]
    return p


def read(outcome, reading):
    """Return the loss and the gradients that came back, or None if they are not there."""
    value = outcome.value
    if not isinstance(value, (tuple, list)) or len(value) < 2 or np.size(value[0]) != 1:
        return None
    loss = float(np.asarray(value[0]).reshape(()))
    rest = value[1] if len(value) == 2 and isinstance(value[1], (tuple, list, dict)) else value[1:]
    if isinstance(rest, dict):
        lower = {str(k).lower().lstrip("d_"): v for k, v in rest.items()}
        rest = [lower.get(name) for name in "uwv"]
    found = {}
    for name, array in zip(("dU", "dW", "dV"), rest):
        if isinstance(array, np.ndarray):
            found[name] = array.T if reading.transposed else array
    return loss, found


def loss_findings(function, activation):
    """Say what was found of a function of x, y, U, W, V."""
    errors, runs = [], []
    for reading in READINGS:
        problem = problem_of(reading)
        outcome = call(function, given_as(problem, reading), ORDER)
        result = None if outcome.error else read(outcome, reading)
        if result is None or not np.isfinite(result[0]):
            errors.append(outcome.error or "it must return the loss and the gradients")
        else:
            runs.append((reading, problem, *result))
    if not runs:
        words = f"it runs with no x and y that we know. First it says: {errors[0]}"
        return [Finding("trouble", "loss", words)], None
    best = None
    for slips in ((), *sets_of(FORWARD, 1)):
        for reading, problem, loss, found in runs:
            for f, (name, one) in product(candidates(activation), LOSSES.items()):
                for last in (False, True):
                    o, y = outputs(problem, f, slips, last)
                    if fits(one, o, y, loss):
                        best = (reading, problem, loss, found, f, name, last, slips)
                        return explained(function, *best), best
    reading, problem, loss, found = runs[0]
    words = "we do not know this loss, so its gradients are compared with nudges of the weights."
    findings = [Finding("note", "loss", words)]
    right = measured(function, problem, reading)
    return findings + judged(found, right, None), runs[0]


def outputs(problem, f, slips, last):
    """Return the outputs that the loss reads, (steps, O), and their targets."""
    p = problem
    zero = np.zeros((1, UNITS))
    S = simple.states(p["x"][np.newaxis], p["U"], p["W"], np.zeros(UNITS), zero, f, slips)[0]
    o, y = S[1:] @ p["V"], p["y"]
    return (o[-1:], y[-1:]) if last or len(y) < len(o) else (o, y)


def targets(y):
    """Return the targets as they are compared with the outputs: classes one-hot."""
    return np.eye(OUTPUTS)[y] if y.ndim == 1 else y


def fits(known, o, y, loss):
    """Return whether a loss function gives this number."""
    if known.classes != (y.ndim == 1):
        return False
    return bool(abs(known.value(o, targets(y)) - loss) <= 1e-8 * max(1.0, abs(loss)))


def explained(function, reading, problem, loss, found, f, name, last, slips):
    """Say what was found once the loss has been recognised."""
    what = "the last output" if last or reading.targets == "last" else "every output"
    findings = []
    if slips:
        findings.append(of_slip(slips[0], FORWARD[slips[0]], "loss", f" ({f.name}, {name})."))
    else:
        findings.append(Finding("right", "loss", f"it is right: {name} of {what}, with {f.name}."))
    if reading != READINGS[0]:
        said = [
            words
            for words, true in (
                ("x holds indices", reading.tokens),
                ("each x_t is a column", reading.column),
                ("U, W and V are the transposes of ours", reading.transposed),
            )
            if true
        ]
        if said:
            words = f"{' and '.join(said)}. This is no mistake."
            findings.append(Finding("convention", "layout", words, ("layout",), "", "notation.md"))
    right = measured(function, problem, reading)

    def compute(names):
        return gradients(problem, f, name, last, names)

    return findings + judged(found, right, compute if not slips else None)


def gradients(problem, f, name, last, slips):
    """Return dU, dW and dV, right or with slips."""
    p = problem
    X, zero = p["x"][np.newaxis], np.zeros((1, UNITS))
    b = np.zeros(UNITS)
    S = simple.states(X, p["U"], p["W"], b, zero, f)
    o, y = outputs(p, f, (), last)
    t = targets(y)
    part = LOSSES[name].gradient(o, 0 * t if "no_target" in slips else t)
    do = np.zeros((T, OUTPUTS))
    do[T - len(part) :] = part
    h = S[0, :-1] if "V_state_before" in slips else S[0, 1:]
    if "V_slope" in slips:
        do = do * (1 - o**2 if o.shape == do.shape else 1)
    dV = h.T @ do
    if "V_no_accumulation" in slips:
        dV = np.outer(h[0], do[0])
    own = [slip for slip in slips if slip in BACKWARD]
    window = next((int(s.split()[-1]) for s in slips if s.startswith("window")), None)
    sizes = X, S, (do @ p["V"].T)[np.newaxis], p["U"], p["W"], f, b
    if "no_transpose_x" in own:
        return None
    g = simple.gradients(*sizes, own, window)
    sign = -1.0 if "negative" in own else 1.0
    return {"dU": sign * g["dW_x"], "dW": sign * g["dW_h"], "dV": sign * dV}


def measured(function, problem, reading):
    """Return the gradients of the reader's own loss, from nudges of every weight."""

    def loss(name, weight):
        given = given_as(problem | {name: weight}, reading)
        result = read(call(function, given, ORDER), reading)
        return result[0] if result else np.nan

    return {f"d{name}": numerical_gradient(partial(loss, name), problem[name]) for name in "UWV"}


def judged(found, right, compute):
    """Say which gradients are right, and what explains the others."""
    slips = BACKWARD | OUTPUT | conventions(T, {})
    windows = [(name,) for name in slips if name.startswith("window")]
    sets = [(), *windows, *sets_of(BACKWARD | OUTPUT)]
    return judge(found, right, slips, compute, sets, 1e-6)
