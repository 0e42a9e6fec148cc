"""What the page's `trace` is compared with: sets of parameters, and each number by rnncore.

pytest writes the cases into _build/cases; `deno test -P` runs trace.js on them.
"""

import json
import os
from pathlib import Path

import numpy as np

from tests.support.family import Twin, distance, flattened, moved

CASES = Path(__file__).parents[2] / "_build" / "cases"
SETS = int(os.environ.get("SETS", 0))  # `make soak` compares more
SIZES = [0.3, 1, 3, 30, 300]  # the last two saturate and explode


def least(count):
    """How many random sets a widget is compared over: `count`, or SETS where that is more."""
    return max(count, SETS)


def write_cases(stem, widgets, chaotic=False):
    """Write the parameters of these widgets, and what `trace` gives for them; return the traces.

    A number may differ by 1e-12 of the largest in its array (or what `roughly` allows); where
    runs can be chaotic, also by what rounding alone does to it.  <stem>.json has the parameters
    and, for each array, its name, how many numbers it has, and that tolerance; <stem>.f64 has
    the numbers.
    """
    traces = [widget.trace() for widget in widgets]
    near = [moved(widget).trace() if chaotic else {} for widget in widgets]
    cases = [
        {
            "values": widget.values(),
            "words": {name: text for name, text in trace.items() if isinstance(text, str)},
            "arrays": [
                [name, flattened(value).size, tolerance(widget, name, value, other.get(name))]
                for name, value in trace.items()
                if not isinstance(value, str)
            ],
        }
        for widget, trace, other in zip(widgets, traces, near, strict=True)
    ]
    CASES.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"limits": widgets[0].LIMITS, "cases": cases}, allow_nan=False)
    (CASES / f"{stem}.json").write_text(text, encoding="utf8")
    numbers = [flattened(v) for t in traces for v in t.values() if not isinstance(v, str)]
    (CASES / f"{stem}.f64").write_bytes(np.concatenate(numbers).astype("<f8").tobytes())
    return traces


def tolerance(widget, name, value, near):
    """How much the numbers of an array may differ; `near`: those of a run nearby, or None."""
    flat = flattened(value)
    scale = max(1, np.abs(flat[np.isfinite(flat)]).max(initial=0))
    apart = 0.0 if near is None else distance(near, value)
    return widget.roughly.get(name, 1e-12) * scale + 10 * apart


def shaken(value, rng, size):
    """The same nested numbers with other values; whole numbers, words and truths stay."""
    if isinstance(value, list):
        return [shaken(part, rng, size) for part in value]
    if isinstance(value, float):
        return float(rng.normal() * size)
    return value


def shaken_widgets(widget, count, seed=1):
    """`count` widgets like this one, with its values or those of its presets, shaken at random."""
    cls, rng, count = type(widget), np.random.default_rng(seed), least(count)
    starts = [widget.values()]
    starts += [{**starts[0], **preset} for preset in widget.presets]
    starts = [{name: start[name] for name in cls.parameters} for start in starts]
    made = 0
    while made < count:
        start = starts[made % len(starts)]
        given = {name: shaken(value, rng, rng.choice(SIZES)) for name, value in start.items()}
        try:
            yield Twin(cls, **given)
        except ValueError:  # a value out of its bounds
            continue
        made += 1
