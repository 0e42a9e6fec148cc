"""What a network looks like: a row that meets a column, and one rule for many steps.

Matplotlib is reached through its modules only, and no name is taken out of one: where a page runs
its cells, it is loaded when something is drawn.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from rnncore.mlp import predict
from rnncore.palette import LIGHT
from rnncore.states import compute_states

SMALL = 12  # the smallest letters; half as large where a page is 360 pixels wide
ELLIPSIS = "…"
REVIEW = (  # how the review of the book begins
    "I watched this film last night, and I have to say it was not the masterpiece that "
    "everyone keeps talking about."
)


def row_meets_column(X, W, b, row=0, column=0):
    """Draw z = X W + b with W above the result and X to its left; return the axes.

    A row of X and a column of W then meet in the number that they make.

    X : (batch, in)
    W : (in, out)
    b : (out,)
    row, column : which number of the result is marked
    """
    X, W, b = (np.asarray(array, dtype=float) for array in (X, W, b))
    z = predict(X, [W], [b], ["linear"])
    (batch, n_in), n_out = X.shape, len(b)
    ax = blank((0.62 * (n_in + n_out + 0.8), 0.62 * (n_in + batch + 2.8)))
    right, below = n_in + 0.5, n_in + 1.4  # where the result begins
    cells(ax, X, (0, below), LIGHT["x"], f"$X$ {X.shape}", row=row)
    cells(ax, W, (right, 0), LIGHT["W"], f"$W$ {W.shape}", column=column)
    cells(ax, b[np.newaxis], (right, n_in + 0.2), LIGHT["W"], "", column=column)
    ax.text(right - 0.12, n_in + 0.7, "$+\\,b$", color=LIGHT["W"], ha="right", va="center")
    cells(ax, z, (right, below), LIGHT["z"], "", row=row, column=column)
    ax.text(right + n_out / 2, below + batch + 0.3, f"$z$ {z.shape}", ha="center", va="center")
    ax.set(xlim=(-0.1, right + n_out + 0.1), ylim=(below + batch + 0.6, -0.7))
    return ax


def cells(ax, values, corner, colour, title, row=None, column=None):
    """Draw a matrix from its upper left corner, y downwards, with one row or column marked."""
    x, y = corner
    for (i, j), value in np.ndenumerate(values.round(4) + 0.0):  # no "-0.0"
        marked = (row is None or i == row) and (column is None or j == column)
        look = {"facecolor": colour + ("38" if marked else "0c"), "edgecolor": LIGHT["line"]}
        ax.add_patch(plt.Rectangle((x + j, y + i), 1, 1, **look))
        weight = "bold" if marked else "normal"
        place = (x + j + 0.5, y + i + 0.5)
        ax.text(*place, number(value), ha="center", va="center", fontsize=SMALL, weight=weight)
    rows, columns = values.shape
    left, top = x + (column or 0), y + (row or 0)
    size = (columns if column is None else 1, rows if row is None else 1)
    ax.add_patch(plt.Rectangle((left, top), *size, facecolor="none", edgecolor=colour, lw=2))
    ax.text(x + columns / 2, y - 0.3, title, ha="center", va="center", color=colour)


def layered(sizes):
    """Draw a multilayer perceptron: a circle for each number of an example, a line for each weight.

    sizes : how many numbers the input has, and how many units each layer has
    """
    apart, tallest, radius = 2.4, max(sizes), 0.26
    ax = blank((0.6 * (apart * (len(sizes) - 1) + 1.0), 0.6 * (tallest + 2.0)))
    columns = [
        [np.array([apart * i, (tallest - n) / 2 + j + 0.5]) for j in range(n)]
        for i, n in enumerate(sizes)
    ]
    for i, (left, right) in enumerate(pairwise(columns)):
        for start, end in ((a, b) for a in left for b in right):
            edge = radius * (end - start) / np.linalg.norm(end - start)
            ax.plot(*zip(start + edge, end - edge), color=LIGHT["W"], lw=1, ls="-", alpha=0.7)
        words = f"$W_{i}$ ({len(left)}, {len(right)})"
        ax.text(apart * (i + 0.5), tallest + 0.45, words, ha="center", color=LIGHT["W"])
    for i, column in enumerate(columns):
        colour = LIGHT["h"] if i else LIGHT["x"]
        for centre in column:
            look = {"facecolor": colour + "1c", "edgecolor": colour, "lw": 1.8}
            ax.add_patch(plt.Circle(centre, radius, **look))
        ax.text(apart * i, -0.35, f"$x_{i}$", ha="center", va="center", color=colour)
    ax.set(xlim=(-0.5, apart * (len(sizes) - 1) + 0.5), ylim=(tallest + 0.8, -0.75))
    return ax


def unrolled(x, W_x, W_h):
    """Draw a network of one unit as a loop and, with its numbers, as one copy for each step.

    x : (timesteps,)
    W_x, W_h : numbers
    """
    S = compute_states([x], W_x, W_h)[0]
    ax = blank((0.92 * (len(S) + 1.1), 2.7))
    loop(ax)
    for t, h in enumerate(S):
        at = 1.55 + t
        node(ax, (at, 1), number(h), LIGHT["h"])
        ax.text(at, 1.55, f"$h_{t}$", ha="center", color=LIGHT["h"])
        if t == 0:
            continue
        arrow(ax, (at - 0.7, 1), (at - 0.3, 1), LIGHT["W"])
        ax.text(at - 0.5, 1.12, number(W_h), ha="center", color=LIGHT["W"], fontsize=SMALL)
        node(ax, (at, 0), number(x[t - 1]), LIGHT["x"])
        arrow(ax, (at, 0.3), (at, 0.7), LIGHT["W"])
        ax.text(at + 0.07, 0.43, number(W_x), color=LIGHT["W"], fontsize=SMALL)
        ax.text(at, -0.6, f"$x_{t}$", ha="center", color=LIGHT["x"])
    ax.set(xlim=(-0.4, 1.55 + len(S) - 0.6), ylim=(-0.7, 2.0))
    return ax


def loop(ax):
    """Draw the rolled-up form: one state, and an arrow from it back to itself."""
    node(ax, (0, 1), "$h$", LIGHT["h"])
    node(ax, (0, 0), "$x$", LIGHT["x"])
    arrow(ax, (0, 0.3), (0, 0.7), LIGHT["W"])
    ax.text(0.09, 0.42, "$W_x$", color=LIGHT["W"], fontsize=SMALL)
    arrow(ax, (0.15, 1.27), (-0.15, 1.27), LIGHT["W"], bend=1.9)
    ax.text(0.32, 1.62, "$W_h$", color=LIGHT["W"], fontsize=SMALL)
    ax.text(0.78, 0.93, "=", ha="center", fontsize=18)


def with_outputs(steps=3):
    """Draw the network of U, W and V, with an output at every step.

    steps : how many
    """
    ax = blank((0.98 * (1.3 * steps + 1.4), 3.1))
    for t in range(steps + 1):
        at = 1.3 * t
        node(ax, (at, 0), f"$s_{t}$", LIGHT["h"])
        if t == 0:
            continue
        arrow(ax, (at - 1.0, 0), (at - 0.3, 0), LIGHT["W"])
        ax.text(at - 0.65, 0.13, "$W$", ha="center", color=LIGHT["W"], fontsize=SMALL)
        node(ax, (at, -1.1), f"$x_{t}$", LIGHT["x"])
        arrow(ax, (at, -0.8), (at, -0.3), LIGHT["W"])
        ax.text(at + 0.09, -0.62, "$U$", color=LIGHT["W"], fontsize=SMALL)
        arrow(ax, (at, 0.3), (at, 0.8), LIGHT["W"])
        ax.text(at + 0.09, 0.46, "$V$", color=LIGHT["W"], fontsize=SMALL)
        node(ax, (at, 1.1), f"$o_{t}$", LIGHT["y"])
    ax.set(xlim=(-0.4, 1.3 * steps + 0.4), ylim=(-1.5, 1.5))
    return ax


def reader(shown=(1, 2, 14), length=250, features=32, units=100):
    """Draw a network that reads REVIEW: the same rule at every word, and one number at the end.

    shown : the words that are drawn, counted from 1; dots stand for those in between
    length : the number of the last word, which the review does not have yet
    features, units : how many numbers a word and the state have
    """
    review = REVIEW.split()
    words = [*((t, review[t - 1]) for t in shown), (length, f"word {length}")]
    ax = blank((4.7, 2.05))
    at, before = 0.0, 0
    for t, word in words:
        passed_on(ax, at - 1.06, before)
        if t > before + 1:
            ax.text(at - 0.1, 1, ELLIPSIS, ha="center", va="center", fontsize=16)
            at += 0.72
            arrow(ax, (at - 0.6, 1), (at - 0.36, 1), LIGHT["h"])
        node(ax, (at, 1), "rule", LIGHT["W"], square=True)
        arrow(ax, (at, 0.3), (at, 0.67), LIGHT["x"])
        ax.text(at, 0.08, word, ha="center", va="center", color=LIGHT["x"], style="italic")
        at, before = at + 1.36, t
    passed_on(ax, at - 1.06, before)
    node(ax, (at, 1), "?", LIGHT["y"])
    ax.text(at, 0.42, "liked it?", ha="center", color=LIGHT["y"])
    legend(ax, features, units)
    ax.set(xlim=(-1.1, at + 0.68), ylim=(-1.7, 1.75))
    return ax


def passed_on(ax, start, t):
    """Draw the arrow along which a state goes on."""
    arrow(ax, (start + 0.03, 1), (start + 0.73, 1), LIGHT["h"])
    ax.text(start + 0.36, 1.36, f"$h_{{{t}}}$", ha="center", color=LIGHT["h"], fontsize=SMALL)


def legend(ax, features, units):
    """Say how many numbers each part has."""
    lines = (
        (f"each word: {features} numbers", LIGHT["x"]),
        (f"each state $h_t$: {units} numbers", LIGHT["h"]),
        ("the answer: 1 number", LIGHT["y"]),
    )
    for n, (line, colour) in enumerate(lines):
        ax.text(-1.0, -0.6 - 0.46 * n, line, color=colour)


def blank(size):
    """Return axes without ticks or frame, whose units are equally long both ways."""
    ax = plt.subplots(figsize=size)[1]
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def node(ax, centre, text, colour, square=False):
    """Draw a circle, or a square, with a text in it."""
    x, y = centre
    look = {"facecolor": colour + "1c", "edgecolor": colour, "lw": 1.8}
    shape = plt.Rectangle((x - 0.34, y - 0.3), 0.68, 0.6, **look)
    ax.add_patch(shape if square else plt.Circle(centre, 0.3, **look))
    ax.text(x, y, text, ha="center", va="center", fontsize=SMALL)


def arrow(ax, start, end, colour, bend=0.0):
    """Draw an arrow from one place to another, straight or bent."""
    look = {"arrowstyle": "-|>", "color": colour, "lw": 1.8, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=look | {"connectionstyle": f"arc3,rad={bend}"})


def number(value):
    """Return a number as the book writes it: at most four decimals, and a true minus."""
    return f"{round(float(value), 4) + 0.0:g}".replace("-", "−")
