"""Name the mistake in a hand-written recurrent network."""

from collections.abc import Callable
from typing import Any

from rnncore.activations import ActivationLike, get_recurrent
from rnncore.diagnose.around import around
from rnncore.diagnose.backward import backward_findings, backward_pass
from rnncore.diagnose.examine import forward_findings, forward_pass
from rnncore.diagnose.layouts import LAYOUTS
from rnncore.diagnose.report import Finding, Report

__all__ = ["Finding", "Report", "diagnose"]


def diagnose(
    forward: Callable[..., Any] | None = None,
    backward: Callable[..., Any] | None = None,
    *,
    activation: ActivationLike | None = None,
    layout: str | None = None,
) -> Report:
    f = None if activation is None else get_recurrent(activation)
    layouts = LAYOUTS if layout is None else [each for each in LAYOUTS if each.name == layout]
    found, errors = forward_pass(forward, f, layouts)
    findings = forward_findings(found, errors, f)
    if found is not None:
        findings += around("forward", forward, found.given, found.order)
    if found is not None and backward is not None:
        back = backward_pass(backward, found, forward)
        findings += backward_findings(back, found)
        if not back.error:
            findings += around("backward", backward, back.given, back.order)
    return Report(findings)
