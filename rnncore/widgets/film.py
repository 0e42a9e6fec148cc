"""Film strips: the numbers and tables that stand for a widget on paper and without a script."""

from html import escape

import numpy as np


def shown(value, decimals=4):
    """Return a number as the widgets show it: at most four decimals, trailing zeros dropped.

    >>> [shown(v) for v in (1.0, -0.25, 57.66503906, 0.00001, 1e9, float("-inf"))]
    ['1', '−0.25', '57.665', '1.00e−5', '1.00e9', '−∞']
    """
    size = abs(value)
    if np.isnan(value):
        return "NaN"
    if np.isinf(size):
        text = "∞"
    elif size >= 1e6 or 0 < size < 0.5 * 10**-decimals:
        mantissa, exponent = f"{size:.2e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    else:
        text = f"{size:.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{size:.0f}"
    return ("−" if value < 0 else "") + text.replace("e-", "e−")


def table(caption, head, rows, ids=None):
    """Return an HTML table; `ids` gives each row the fragment that links to its step.

    head : the names of the columns; none where the rows have names alone
    """
    cells = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    names = f"<thead><tr>{cells}</tr></thead>" if head else ""
    lines = []
    for i, row in enumerate(rows):
        name = f' id="{escape(ids[i])}"' if ids else ""
        first, *rest = row
        data = "".join(f"<td>{cell}</td>" for cell in rest)
        lines.append(f'<tr{name}><th scope="row">{first}</th>{data}</tr>')
    body = f"<tbody>{''.join(lines)}</tbody>"
    return f"<table><caption>{caption}</caption>{names}{body}</table>"
