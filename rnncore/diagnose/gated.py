"""Examine one step of an LSTM or a GRU."""

from functools import partial
from itertools import product

import numpy as np

from rnncore.diagnose.backward import OF, flattened, named
from rnncore.diagnose.examine import Pass, asked_of, unfit
from rnncore.diagnose.judging import judge, of_slip
from rnncore.diagnose.layouts import STEPS, orders_of
from rnncore.diagnose.matching import agree, explanations, sets_of
from rnncore.diagnose.report import Finding
from rnncore.diagnose.running import call
from rnncore.gradcheck import numerical_gradient


def problem_of(form, sizes, seed=1):
    """Return a small problem of one step: nothing in it is zero, and no two axes are equal."""
    rng = np.random.default_rng(seed)
    B, F, U = (sizes[axis] for axis in "BFU")
    shapes = {"X": (B, 1, F), "W_x": (F, form.gates * U), "W_h": (U, form.gates * U)}
    shapes |= {"b": (form.gates * U,), "h0": (B, U), "c0": (B, U), "dh": (B, U), "dc": (B, U)}
    return {n: np.round(rng.normal(size=shape) * 0.7, 2) for n, shape in shapes.items()}


def results_in(layout, value, form):
    """Return what a step gave by its names, or None if it cannot be that."""
    flat = list(value) if isinstance(value, (tuple, list)) else [value]
    if flat and isinstance(flat[0], (tuple, list)):
        flat = [*flat[0], *flat[1:]]
    if len(flat) < len(form.results):
        return None
    found = {}
    for name, array in zip(form.results, flat):
        if not isinstance(array, np.ndarray):
            return None
        found[name] = layout.take_one(name, array)
    return None if any(a is None for a in found.values()) else found


def step_of(form, problem, setup, slips):
    """Return what a step gives with these slips."""
    return form.forward(problem, setup, slips)[0]


def forward_step(form, function, layouts=STEPS):
    """Find out how a step is arranged, and what explains what it returns."""
    runs, errors, orders = [], {}, orders_of(function, form.arguments)
    for layout, order in product((each for each in layouts if each.name != "numbers"), orders):
        problem = asked_of(problem_of(form, layout.sizes()), order)
        given = layout.give(problem)
        outcome = call(function, given, order)
        found = None if outcome.error else results_in(layout, outcome.value, form)
        shapes = found and all(a.shape == problem["h0"].shape for a in found.values())
        if shapes:
            runs.append((layout, order, problem, given, outcome.value, found))
        else:
            errors.setdefault(layout.name, outcome.error or "it returned arrays of other shapes")
    for sets in ([()], sets_of(form.forward_slips, 1), sets_of(form.forward_slips)):
        for layout, order, problem, given, raw, found in runs:
            for setup in form.setups:
                fit = explanations(found, partial(step_of, form, problem, setup), sets)
                if fit:
                    return Pass(layout, order, setup, fit[0], problem, given, raw, found), errors
    for layout, order, problem, given, raw, found in runs:
        return Pass(layout, order, form.setups[0], None, problem, given, raw, found), errors
    return None, errors


def gated_findings(form, step, backward_step, layouts=STEPS):
    """Say what was found of a step of an LSTM or a GRU, and of its backward pass."""
    found, errors = forward_step(form, step, layouts)
    if found is None:
        return None, [unfit(errors)], None
    findings = [*step_findings(form, found)]
    if backward_step is None:
        return found, findings, None
    usual = ("dh", "dc", "cache") if "c" in form.results else ("dh", "cache")
    back_order = orders_of(backward_step, usual)[0]
    raw = found.raw
    cache = raw[-1] if isinstance(raw, (tuple, list)) else None
    given = {
        "dh": found.layout.give_one("dh", found.problem["dh"]),
        "dc": found.layout.give_one("dc", found.problem["dc"]),
        "cache": cache,
    }
    outcome = call(backward_step, given, back_order)
    if outcome.error:
        return (
            found,
            [*findings, Finding("trouble", "backward", f"it stops with {outcome.error}")],
            None,
        )
    right = gradients_of(form, step, found)
    arrays = named(outcome.value, found, right, extra=[n for n in ("dc0",) if "c" in form.results])
    findings += backward_step_findings(form, found, arrays, right)
    return found, findings, (given, back_order)


def step_findings(form, found):
    """Say what was found of the forward pass of one step."""
    if found.slips is None:
        right = form.forward(found.problem, found.f)[0]
        name = next((n for n in right if not agree(found.S[n], right[n])), "h")
        words = f"nothing that we know explains your {name}_t, in any order of the gates."
        return [Finding("unknown", "forward", words)]
    conventions = form.words(found.f)
    arranged = ", ".join(f"{name} ({said})" for name, said in conventions.items())
    findings = []
    if found.slips:
        for name in found.slips:
            findings.append(of_slip(name, form.forward_slips[name], "forward", f" ({arranged})."))
    else:
        findings.append(
            Finding("right", "forward", f"{' and '.join(found.S)} are right ({arranged}).")
        )
    if len(conventions) > 1 or found.f != form.setups[0]:
        words = f"{arranged}. This is no mistake."
        findings.append(
            Finding("convention", "gates", words, tuple(conventions), "", "notation.md")
        )
    return findings


def gradients_of(form, step, found):
    """Return the right gradients: by the formulas where the step is right, else from nudges."""
    if found.slips == ():
        gradient = form.backward(found.problem, found.f)
        return {"db2": gradient["db"]} | gradient
    return measured(form, step, found)


def measured(form, step, found):
    """Return the gradient of the reader's own step, from nudges of every number."""
    arguments = OF | ({"dc0": "c0"} if "c" in form.results else {})
    arguments |= {"db2": "b2"} if "b2" in found.problem else {}

    def loss(argument, array):
        given = found.layout.give(found.problem | {argument: array})
        results = results_in(found.layout, call(step, given, found.order).value, form)
        return sum((found.problem["d" + name] * value).sum() for name, value in results.items())

    gradient = {
        name: numerical_gradient(partial(loss, argument), found.problem[argument])
        for name, argument in arguments.items()
    }
    return {"db2": gradient["db"]} | gradient


def backward_step_findings(form, found, arrays, right):
    """Say which gradients are right, and what explains the others."""
    given = {name: array for name, array in arrays.items() if array is not None}
    findings = [
        Finding("trouble", name, "its shape does not fit.", ("shape",))
        for name in arrays
        if name not in given
    ]

    def compute(slips):
        return form.backward(found.problem, found.f, slips)

    sets = [(), *sets_of(form.backward_slips)]
    findings += flattened(given, right)
    return findings + judge(given, right, form.backward_slips, compute, sets, 1e-6)
