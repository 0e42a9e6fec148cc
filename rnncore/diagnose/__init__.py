"""Name the mistake in a hand-written recurrent network."""

from collections.abc import Callable
from typing import Any

from rnncore.activations import ActivationLike, get_recurrent
from rnncore.diagnose.around import around
from rnncore.diagnose.backward import backward_findings, backward_pass
from rnncore.diagnose.examine import FORWARD_ORDER, STEP_ORDER, forward_findings, forward_pass
from rnncore.diagnose.gated import gated_findings
from rnncore.diagnose.gates import FORMS
from rnncore.diagnose.layouts import LAYOUTS, STEPS
from rnncore.diagnose.losses import loss_findings
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
    f = None if activation is None else get_recurrent(activation)
    known, usual = (LAYOUTS, FORWARD_ORDER) if step is None else (STEPS, STEP_ORDER)
    layouts = known if layout is None else [each for each in known if each.name == layout]
    function, back_function = (forward, backward) if step is None else (step, backward_step)
    if form == "elman":
        return Report(loss_findings(loss, f)[0])
    if form in FORMS:
        found, findings, again = gated_findings(FORMS[form], step, backward_step, layouts)
        if found is not None:
            findings += around("forward", step, found.given, found.order)
        return Report(findings)
    found, errors = forward_pass(function, f, layouts, usual)
    findings = forward_findings(found, errors, f)
    if found is not None:
        findings += around("forward", function, found.given, found.order)
    if found is not None and back_function is not None:
        back = backward_pass(back_function, found, function)
        findings += backward_findings(back, found)
        if not back.error:
            findings += around("backward", back_function, back.given, back.order)
    return Report(findings)
