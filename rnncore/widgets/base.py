"""What every widget has: its module joined from parts, a name, a step, and a film strip."""

import re
from html import escape
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from rnncore._checks import as_array
from rnncore.palette import css

HERE = Path(__file__).parent


def module(*parts):
    """The text of one ES module joined from files; only the last part exports.

    A module that is imported from a Blob cannot import others, so shared parts are joined here.
    """
    return "\n".join((HERE / part).read_text(encoding="utf8") for part in parts)


def style(*parts):
    """The palette's tokens and the style sheets, as one text."""
    return css() + module(*parts)


class BadValue(traitlets.TraitError, ValueError):
    """A ValueError that traitlets understands: the last good value stays."""


class Parameter(traitlets.Any):
    """Anything but None, which traitlets would let through unseen."""

    allow_none = False


class Widget(anywidget.AnyWidget):
    """A widget of the book.

    id : the name it is linked by (``#id?step=3`` on the page)
    step : how many steps are done, 0 … T
    film : a table of all the steps, for paper and for pages where no script runs
    """

    id = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    film = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("id")
    def _valid_id(self, proposal):
        if not re.fullmatch("[a-z][a-z0-9-]*", proposal["value"]):
            raise BadValue(
                "id must be small letters, digits and hyphens, a letter first,"
                f" got {proposal['value']!r}."
            )
        return proposal["value"]

    def __repr__(self):
        return f"{type(self).__name__}(id={self.id!r}, step={self.step})"


def finite(name, value):
    """`value` as nested lists of floats, or a BadValue: a widget holds finite numbers."""
    try:
        array = as_array(name, value).astype(float)
    except ValueError as error:
        raise BadValue(str(error)) from None
    if not np.isfinite(array).all():
        raise BadValue(f"{name} must hold finite numbers, got {array[~np.isfinite(array)][0]}.")
    return array.tolist()


def shown(value, decimals=4):
    """A number as the widgets show it: at most four decimals, trailing zeros dropped.

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
    """An HTML table; `ids` gives each row the fragment that links to its step."""
    cells = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    lines = []
    for i, row in enumerate(rows):
        name = f' id="{escape(ids[i])}"' if ids else ""
        first, *rest = row
        data = "".join(f"<td>{cell}</td>" for cell in rest)
        lines.append(f'<tr{name}><th scope="row">{first}</th>{data}</tr>')
    return (
        f"<table><caption>{caption}</caption><thead><tr>{cells}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table>"
    )
