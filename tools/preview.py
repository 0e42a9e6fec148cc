"""Show widgets on a page of their own, without building the book.

    python -m tools.preview 'StateStepper([1, 0, 1], 1.0, 0.5, id="memory")' > _build/preview.html

The page has the book's host, style sheet and palette in it, and needs nothing else.
"""

import sys
from pathlib import Path

from book._ext.modules import scripts
from book._ext.widgets import kind, slot_of, states_of
from rnncore import palette, widgets

ROOT = Path(__file__).resolve().parent.parent


def page(shown):
    """Return the HTML of a page that shows these widgets."""
    states = [widget.get_state() for widget in shown]
    slots = "".join(map(slot_of, states))
    static = ROOT / "book" / "_static"
    first, host = (
        (static / name).read_text(encoding="utf8") for name in ("first.js", "afm-host.js")
    )
    kinds = sorted({kind(state) for state in states})
    late = [f"{name}_late" for name in kinds if f"{name}_late" in scripts()]
    names = ["shared", *late, *kinds]
    texts = [*(scripts()[name] for name in names), states_of(states), host]
    run = "".join(f"<script>{text}</script>" for text in texts)
    style = palette.css() + (static / "book.css").read_text(encoding="utf8")
    return f"""<!doctype html>
<html lang="en" data-theme="light">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Preview</title><script>{first}</script><style>{style}
body {{ margin: 8px auto; max-width: 750px; background: var(--rnn-paper); }}</style></head>
<body><main>{slots}</main>{run}</body></html>
"""


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(page([eval(code, vars(widgets)) for code in sys.argv[1:]]))
