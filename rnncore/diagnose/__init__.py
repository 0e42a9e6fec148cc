"""Name the mistake in a hand-written recurrent network."""

from collections.abc import Callable
from functools import partial
from typing import Any

from rnncore.activations import Activation, ActivationLike, get_recurrent
from rnncore.diagnose.around import around
from rnncore.diagnose.backward import backward_findings, backward_pass
from rnncore.diagnose.examine import FORWARD_ORDER, STEP_ORDER, forward_findings, forward_pass
from rnncore.diagnose.gated import gated_findings
from rnncore.diagnose.gates import FORMS
from rnncore.diagnose.layouts import LAYOUTS, STEPS, Layout
from rnncore.diagnose.losses import ORDER, given_as, loss_findings
from rnncore.diagnose.packing import ways_of
from rnncore.diagnose.report import Finding, Report

__all__ = ["Finding", "Report", "diagnose"]


def diagnose(
    forward: Callable[..., Any] | None = None,
    backward: Callable[..., Any] | None = None,
    *,
    step: Callable[..., Any] | None = None,
    backward_step: Callable[..., Any] | None = None,
    loss: Callable[..., Any] | None = None,
    form: str = "simple",
    activation: ActivationLike | None = None,
    layout: str | None = None,
) -> Report:
    """Run a hand-written recurrent network on small problems, and name its mistakes.

    The functions are run as they are, with all the rights of the Python that calls them, so give
    it only code that you would run yourself.  A loop that never ends is not stopped.

    In place of W_x, W_h and b, a function may take a dict `parameters`, which it asks by names
    such as "Waa" or "Wf", or one matrix W for the state and the input together.

    Parameters
    ----------
    forward : function of X, W_x, W_h, b, h0
        Returns all states, with the initial one or without, or the last; or a tuple of the states
        and a cache.  X is (batch, timesteps, features), W_x (features, units), W_h (units, units),
        b (units,), h0 (batch, units).  b and h0 may be left out.
    backward : function of X, S, dS, W_x, W_h
        Returns any of dX, dW_x, dW_h, db, dh0, in this order or as a dict.  S is what `forward`
        returned, dS (batch, timesteps, units) the direct effect of each state on the loss.  If
        `forward` returns a cache, `backward` may be a function of dS and the cache.
    step : function of x_t, h_prev, W_x, W_h, b
        One time step, which returns h_t and a cache.  With form="lstm" it is a function of x_t,
        h_prev, c_prev, W_x, W_h, b and returns h_t, c_t and a cache.
    backward_step : function of dh and the cache; of dh, dc and the cache for an LSTM
        Returns the gradients of one step.
    loss : function of x, y, U, W, V, with form="elman"
        Returns the loss and the gradients of U, W, V, of one sequence x (timesteps, features).
    form : "simple", "lstm", "gru" or "elman"
    activation : Activation or its name, or None
        None: it is inferred.
    layout : str, or None
        How the arrays are arranged, such as "time first" or "columns".  None: it is inferred from
        the results.  The order of the arguments is inferred from their names.

    Returns
    -------
    Report
        It prints as sentences, the verdict first, and is true if nothing is wrong.  `slips` and
        `conventions` name what was recognised, and `findings` holds each sentence as a `Finding`.

    Raises
    ------
    ValueError
        If no function is given, or functions of two kinds are, or if a form, a layout or an
        activation is not known.
    TypeError
        If something that should be a function cannot be called.

    Examples
    --------
    >>> import numpy as np
    >>> def forward(X, W_x, W_h, b, h0):
    ...     S = [h0]
    ...     for k in range(X.shape[1]):
    ...         S.append(np.tanh(X[:, k] @ W_x + S[-1] @ W_h) + b)
    ...     return np.stack(S, axis=1)
    >>> report = diagnose(forward)
    >>> bool(report), report.slips
    (False, ('bias_outside',))
    """
    functions = {"forward": forward, "backward": backward, "step": step}
    functions |= {"backward_step": backward_step, "loss": loss}
    refuse({name: given for name, given in functions.items() if given is not None}, form)
    f = None if activation is None else get_recurrent(activation)
    layouts = layouts_named(layout, LAYOUTS if step is None else STEPS)
    if loss is not None:
        findings, best = loss_findings(loss, f)
        if best is not None:
            reading, problem, *_ = best
            findings += around("loss", loss, given_as(problem, reading), ORDER)
        return Report(findings)
    found = []
    for function, back, said in ways_of(step or forward, backward_step or backward, form):
        if form in FORMS:
            examine = partial(of_gates, form, function, back)
        else:
            examine = partial(
                of_states, function, back, f, FORWARD_ORDER if forward else STEP_ORDER
            )
        found.append((examine(layouts) if back is None else kindest(examine, layouts)) + said)
        if not any(faults(found[-1])):
            break
    return Report(min(found, key=faults))


def faults(findings: list[Finding]) -> tuple[int, int, int]:
    """Say whether nothing runs, and count what nothing explains, and the mistakes."""
    kinds = [finding.kind for finding in findings]
    nowhere = any(finding.slips == ("layout",) for finding in findings if finding.kind == "trouble")
    return nowhere, kinds.count("trouble") + kinds.count("unknown"), kinds.count("mistake")


def kindest(examine, layouts) -> list[Finding]:
    """Examine functions as if they took a batch, and one sequence if that explains them better.

    What is written for one sequence often runs on a batch as well, where its backward pass fails.
    """
    findings = examine(layouts)
    alone = [each for each in layouts if each.name.startswith("one sequence")]
    if not any(faults(findings)) or not alone or len(alone) == len(layouts):
        return findings
    return min(findings, examine(alone), key=faults)


def of_states(function, back_function, f: Activation | None, usual, layouts) -> list[Finding]:
    """Diagnose a simple recurrent network, whole sequences or one step."""
    found, errors = forward_pass(function, f, layouts, usual)
    findings = forward_findings(found, errors, f)
    if found is None:
        return findings
    findings += around("forward", function, found.given, found.order)
    if back_function is not None:
        back = backward_pass(back_function, found, function)
        findings += backward_findings(back, found)
        if not back.error:
            findings += around("backward", back_function, back.given, back.order)
    return findings


def of_gates(form, step, backward_step, layouts) -> list[Finding]:
    """Diagnose one step of an LSTM or a GRU."""
    found, findings, again = gated_findings(FORMS[form], step, backward_step, layouts)
    if found is not None:
        findings += around("forward", step, found.given, found.order)
    if again is not None:
        findings += around("backward", backward_step, *again)
    return findings


def refuse(given: dict[str, Any], form: str) -> None:
    """Refuse in words what cannot be diagnosed."""
    for name, function in given.items():
        if not callable(function):
            raise TypeError(f"{name} must be a function, got {function!r}: leave out the brackets.")
    forms = ("simple", *FORMS, "elman")
    if form not in forms:
        raise ValueError(f"form must be one of {', '.join(forms)}, got {form!r}.")
    kinds = {"forward": "forward", "backward": "forward", "step": "step", "backward_step": "step"}
    asked = {kinds.get(name, name) for name in given}
    if not asked:
        raise ValueError("Give a function to diagnose: forward, step or loss.")
    if len(asked) > 1:
        raise ValueError(f"Give functions of one kind, got {' and '.join(sorted(asked))}.")
    (kind,) = asked
    if kind not in given:
        back = next(iter(given))
        raise ValueError(f"{back} needs {kind}, whose results it works on: give both.")
    needed = {"simple": ("forward", "step"), "elman": ("loss",)}.get(form, ("step",))
    if kind not in needed:
        other = ' With form="elman" give loss.' if kind == "loss" else ""
        raise ValueError(f"form={form!r} needs {' or '.join(needed)}, got {kind}.{other}")


def layouts_named(layout: str | None, known: list[Layout]) -> list[Layout]:
    """Return the layouts to try."""
    names = [each.name for each in known]
    if layout is not None and layout not in names:
        raise ValueError(f"layout must be one of {', '.join(names)}, got {layout!r}.")
    return known if layout is None else [known[names.index(layout)]]
