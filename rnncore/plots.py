"""One small style for the book's figures: the palette's colours, legible in both themes.

Figures are drawn in dark ink on no background; on a dark page the book's style
sheet turns the ink light and keeps the hues.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from rnncore.palette import LIGHT

# Each line has a dash of its own, so that colour is never the only cue.
CYCLE = cycler(color=[LIGHT[name] for name in ("h", "W", "x", "gradient", "z", "y")]) + cycler(
    linestyle=["-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1))]
)
STYLE = {
    "axes.prop_cycle": CYCLE,
    "axes.edgecolor": LIGHT["quiet"],
    "axes.labelcolor": LIGHT["ink"],
    "axes.titlecolor": LIGHT["ink"],
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "none",
    "font.size": 13,
    "legend.frameon": False,
    "lines.linewidth": 2.4,
    "text.color": LIGHT["ink"],
    "xtick.color": LIGHT["quiet"],
    "ytick.color": LIGHT["quiet"],
}

# Negative, zero, positive: brown, no ink at all, green.
SIGNED = LinearSegmentedColormap.from_list(
    "signed", [LIGHT["W"], LIGHT["W"] + "00", LIGHT["h"] + "00", LIGHT["h"]]
)


def use_style():
    """Draw all later figures in the book's style."""
    plt.rcParams.update(STYLE)


def show():
    """Show what has been drawn, as `plt.show` does.

    A notebook stores words beside each picture.  Those of matplotlib differ from version to
    version, so these are our own.
    """
    if shell := getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)():
        words = shell.display_formatter.formatters["text/plain"]
        words.for_type(Figure, lambda figure, p, _: p.text(f"Figure, axes: {len(figure.axes)}"))
    plt.show()


def grid(ax, values):
    """Draw a small matrix as coloured cells, each with its number in it.

    values : (rows, columns)
    """
    pale = 2 * max(1.0, abs(values).max())  # so that dark numbers stand out in every cell
    ax.pcolormesh(values, cmap=SIGNED, vmin=-pale, vmax=pale, edgecolors=LIGHT["line"])
    for (row, column), value in np.ndenumerate(values.round(1) + 0.0):  # no "-0.0"
        ax.text(column + 0.5, row + 0.5, f"{value:.1f}", ha="center", va="center", fontsize=11)
    ax.set(xticks=[], yticks=[])
    ax.invert_yaxis()
    ax.spines[:].set_visible(False)
