"""Say which gradients are right, and what explains the others."""

from functools import cache

import numpy as np

from rnncore.diagnose.matching import agree, explanations
from rnncore.diagnose.report import Finding
from rnncore.diagnose.slips import Slip

LEARNING = "06_learning.ipynb"


def judge(arrays, right, slips, compute, sets, tolerance=None, whose=""):
    """Compare gradients with the right ones, and name what explains those that are wrong.

    Parameters
    ----------
    arrays, right : dicts of arrays; what came back, and what should have
    slips : dict of name -> Slip
    compute : function of a set of slips -> dict of arrays; None where the slips say nothing
    sets : the sets to try, the smaller ones first
    tolerance : how far a number may be off, as a part of the largest
    whose : what the gradients are right for
    """
    wrong = {n: a for n, a in arrays.items() if not agree(a, right[n], tolerance)}
    fine = [name for name in arrays if name not in wrong]
    findings = [Finding("right", listed(fine), f"{are(fine)} right{whose}.")] if fine else []
    if not wrong:
        return findings
    compute = compute and cache(compute)  # asked again for each array that is wrong
    whole = explanations(arrays, compute, sets) if compute else []
    parts = [wrong] if whole else [{name: array} for name, array in wrong.items()]
    for part in parts:
        found = whole or (explanations(part, compute, sets) if compute else [])
        findings += explained(found, part, right, slips, compute)
    return merged(findings) + angle(arrays, right)


def explained(found, part, right, slips, compute):
    """Return the findings for the first set of slips that gives these arrays."""
    if not found:
        return [unexplained(name, array, right[name]) for name, array in part.items()]
    if found[0] == ():
        words = (
            "it would be right for the usual forward pass, and yours is another. Mend the forward"
            " pass first."
        )
        return [Finding("note", listed(part), words)]
    others = [" and ".join(slips[name].words for name in names) for names in found[1:]]
    also = f" (The same numbers come {'; or '.join(others)}.)" if others else ""
    findings = []
    for slip in found[0]:
        alone = compute((slip,))
        touched = [n for n in part if alone is None or not agree(alone[n], right[n])]
        finding = of_slip(slip, slips[slip], listed(touched or part))
        findings.append(finding._replace(words=finding.words + also))
    return findings


def of_slip(name, slip, about, end="."):
    """Return the finding that says what one slip gives."""
    words = f"this is what you get {slip.words}{end}"
    if slip.convention:
        return Finding("convention", about, f"{words} This is no mistake.", (name,), "", slip.place)
    return Finding("mistake", about, words, (name,), slip.right, slip.place)


def merged(findings):
    """Join findings that say the same of several arrays."""
    joined: dict[Finding, list[str]] = {}
    for finding in findings:
        joined.setdefault(finding._replace(about=""), []).append(finding.about)
    return [finding._replace(about=listed(about)) for finding, about in joined.items()]


def listed(names):
    return ", ".join(names)


def are(names):
    return "is" if len(names) == 1 else "are"


def unexplained(name, array, right):
    """Return the first number that nothing explains, beside the right one."""
    if array.shape != right.shape:
        turned = " It is the transpose." if array.shape == right.shape[::-1] else ""
        words = f"its shape is {array.shape}, and it should be {right.shape}.{turned}"
        return Finding("trouble", name, words, ("shape",))
    scale = 1e-6 * np.abs(right).max(initial=1e-3)
    place = tuple(int(i) for i in np.argwhere(~(np.abs(array - right) <= scale))[0])
    words = (
        f"nothing that we know explains it. The first number that differs is"
        f" {name}[{listed(map(str, place))}], in the book's order of axes: yours is"
        f" {array[place]:.6g}, and it should be {right[place]:.6g}."
    )
    return Finding("unknown", name, words)


def angle(arrays, right):
    """Say how far the gradient of the weights points away, which is why the loss can fall."""
    names = [n for n in arrays if n in ("dW_x", "dW_h", "db", "dU", "dW", "dV")]
    pairs = [
        (arrays[n].ravel(), right[n].ravel())
        for n in names
        if np.shape(arrays[n]) == np.shape(right[n])
    ]
    if not pairs:
        return []
    a, b = (np.concatenate(part) for part in zip(*pairs))
    length = np.linalg.norm(a) * np.linalg.norm(b)
    if not length or not np.isfinite(length):
        return []
    if agree(a, b, 1e-5):
        words = (
            "On our small problem the gradient of the weights is right all the same, so the loss"
            " falls. With more steps it need not be."
        )
        return [Finding("note", "training", words, (), "", LEARNING)]
    degrees = float(np.degrees(np.arccos(np.clip(a @ b / length, -1, 1))))
    if degrees < 89:
        words = (
            f"The loss can fall all the same, because on our small problem your gradient points"
            f" {degrees:.0f}° away from the right one. A step goes against the gradient, and while"
            " the two gradients are less than 90° apart, a small step against yours leads downhill."
        )
    else:
        words = (
            f"On our small problem your gradient points {degrees:.0f}° away from the right one,"
            " so a step against it does not lead downhill."
        )
    return [Finding("note", "training", words, (), "", LEARNING)]


def conventions(timesteps, scales):
    """Return the arrangements of a gradient that are no mistakes: other scales, and windows."""
    windows = {
        f"window of {k}": Slip(
            f"within a window of {k} steps, as truncated backpropagation through time does",
            "",
            "04b_windows.ipynb",
            convention=True,
        )
        for k in range(2, timesteps)
    }
    return {name: Slip(words, "", "01_mlp.ipynb", True) for name, words in scales.items()} | windows
