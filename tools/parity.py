"""Compare rnncore's numbers with those of Keras and PyTorch: `make parity`.

Compare with the reference vectors in tests/reference first, then, layer by layer, with the
libraries themselves if they are installed.  An error that is too large fails the run.

    python -m tools.parity           compare, print, write book/_generated/parity.md
"""

import datetime
import importlib
import importlib.util
import os
import sys
import warnings
from pathlib import Path

import numpy as np

import rnncore
from tests.support import parity_cases, parity_live
from tests.support.reference_vectors import CASES

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "book" / "_generated" / "parity.md"
PROPER = {"keras": "Keras", "torch": "PyTorch", "tensorflow": "TensorFlow"}
ERRORS = ["forward", "gradients"]


def main():
    stored, live = reference(), []
    installed, remarks = libraries()
    for version, cases, compare in installed:
        live += [row(name, version, "float64", compare(case)) for name, case in cases.items()]

    text = fragment(stored, live, remarks)
    print(text)
    errors = np.array([r[-2:] for r in [*stored, *live]])
    if not (errors <= [parity_cases.FORWARD, parity_cases.GRADIENT]).all():  # nan is not
        sys.exit("The numbers do not agree; nothing is written.")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    print(f"Written to {TARGET.relative_to(ROOT)}")


def reference():
    """Return a row for each vector."""
    rows = []
    for name in parity_cases.COMPARED:
        case = CASES[name]
        layer = case["layer"].replace("->", "→").removeprefix("keras.layers.")
        layer = layer.removeprefix("torch.nn.")
        errors = parity_cases.compare(name)
        rows.append([name, *row(layer, version(case["framework"]), case["dtype"], errors)])
    return rows


def row(layer, framework, dtype, errors):
    return [layer, framework, dtype, errors["forward"], errors["gradient"]]


def version(framework):
    """Return name and version in words, with those of the backend if there is one."""
    words = f"{PROPER[framework['name']]} {framework['version']}"
    if "backend" not in framework:
        return words
    backend, number = framework["backend"].split()
    return f"{words} on {PROPER[backend]} {number}"


def libraries():
    """Return what is installed, as (version, cases, compare), and a remark on what is not."""
    os.environ["KERAS_BACKEND"] = "torch"  # read when Keras is imported
    missing = [name for name in ("torch", "keras") if not importlib.util.find_spec(name)]
    remarks = [f"{PROPER[name]} is not installed here, and was not run." for name in missing]
    if "torch" in missing:
        return [], remarks
    torch = importlib.import_module("torch").__version__
    found = [(f"PyTorch {torch}", parity_live.TORCH, parity_live.compare_torch)]
    if "keras" not in missing:
        with warnings.catch_warnings(action="ignore"):
            keras = importlib.import_module("keras").__version__
        on_torch = f"Keras {keras} on PyTorch {torch}"
        found.append((on_torch, parity_live.KERAS, parity_live.compare_keras))
        remarks.append(
            "Left to itself, Keras on PyTorch turns float64 into float32 in its products, rounds"
            " the slope of its hard sigmoid, 1/6, to float32, and cannot take a gradient back"
            " through a stateful LSTM or GRU, because it overwrites their states. For this"
            " comparison we worked around all three."
        )
    return found, remarks


# The page


def fragment(stored, live, remarks):
    """Return the text that a page of the book includes."""
    today = datetime.date.today().isoformat()
    paragraphs = [
        f"Compared on {today}: NumPy {np.__version__}, rnncore {rnncore.__version__}.",
        "An error is the largest difference between an array of ours and one of theirs,"
        " divided by the largest entry of theirs, or by 1 if that is larger. A row shows the worst"
        " of all outputs and the worst of all gradients.",
        "**Stored numbers**: the reference vectors in `tests/reference`",
        table(["vector", "layer", "computed by", "dtype", *ERRORS], stored),
    ]
    if live:
        paragraphs += [
            "**Side by side**: the same random weights, inputs, initial states and upstream"
            " gradients. *Masked* is the worst of four masks: padding after the sequence, padding"
            " before it, gaps in it, and whole sequences of padding. *No states* means that no"
            " initial state is given. *Both ways* is Bidirectional. *In two chunks* carries the"
            " state across the cut, and in this comparison the gradient goes back across it, too.",
            table(["layer", "computed by", "dtype", *ERRORS], live),
        ]
    return "\n\n".join([*paragraphs, *remarks]) + "\n"


def table(head, rows):
    """Return a Markdown table, aligned in the source too; the last two columns are errors."""
    cells = [head, *([*r[:-2], *map(figure, r[-2:])] for r in rows)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    rule = ["-" * width for width in widths[:-2]] + ["-" * (w - 1) + ":" for w in widths[-2:]]
    pad = [str.ljust] * (len(head) - 2) + [str.rjust] * 2
    lines = [" | ".join(p(c, w) for p, c, w in zip(pad, r, widths)) for r in [head, rule]]
    lines += [" | ".join(p(c, w) for p, c, w in zip(pad, r, widths)) for r in cells[1:]]
    return "\n".join(f"| {line} |" for line in lines)


def figure(error):
    return f"{error:.0e}" if error else "0"


if __name__ == "__main__":
    main()
