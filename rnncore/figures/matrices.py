"""What a matrix does to lengths: once, and step after step."""

import matplotlib.pyplot as plt
import numpy as np

from rnncore.palette import LIGHT

SMALL = 14  # points; a figure of this width is shown at half its size on a phone


def ellipses(matrices, steps=20):
    """Draw what 2 × 2 matrices make of the unit circle, and of a length after many steps.

    Each matrix has a panel: the circle, the ellipse that it becomes, the two semi-axes (their
    lengths are the singular values), and a dashed circle whose radius is the spectral radius.
    The last panel has the largest singular value of each power of each matrix.

    Parameters
    ----------
    matrices : dict, name -> (2, 2)
        Three of them fill the figure.
    steps : int
        The highest power.
    """
    rows = len(matrices) // 2 + 1
    _, axes = plt.subplots(rows, 2, figsize=(5.6, 3.1 * rows))
    *panels, chart = axes.flat[: len(matrices) + 1]
    for ax, (name, W) in zip(panels, matrices.items()):
        _ellipse(ax, name, np.asarray(W))
    for name, W in matrices.items():
        powers = [np.linalg.matrix_power(W, k) for k in range(steps + 1)]
        chart.semilogy([np.linalg.norm(P, 2) for P in powers], label=name)
    chart.set_xlabel("$k$", fontsize=SMALL)
    chart.set_title("largest $\\sigma$ of $W^k$", fontsize=SMALL)
    for line in chart.lines:
        _label(chart, line, line.get_label())
    chart.margins(x=0)


def _ellipse(ax, name, W):
    """Draw the unit circle, and what it becomes when its points, rows, are multiplied by W."""
    angles = np.linspace(0, 2 * np.pi, 181)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    _, sigma, directions = np.linalg.svd(W)
    rho = np.abs(np.linalg.eigvals(W)).max()
    ax.plot(*circle.T, color=LIGHT["quiet"], linewidth=1, linestyle="-")
    dashed = {"color": LIGHT["gradient"], "linewidth": 1.6, "linestyle": "--", "zorder": 3}
    ax.plot(*(rho * circle).T, **dashed)
    ax.plot(*(circle @ W).T, color=LIGHT["h"], linestyle="-")
    for length, direction in zip(sigma, directions):
        ax.plot(*zip((0, 0), length * direction), color=LIGHT["W"], linestyle="-", marker=".")
    both = " and ".join(f"{length:.2g}" for length in sigma)
    ax.set_title(f"{name}\n$\\sigma$ = {both}\n$\\rho$ = {rho:.2g}", fontsize=SMALL)
    ax.set(xlim=(-1.9, 1.9), ylim=(-1.9, 1.9), aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])


def lengths_back(lengths):
    """Draw the length of a gradient over the steps back, each beside the power of its scale.

    Parameters
    ----------
    lengths : dict, scale -> (steps + 1,)
        The lengths with an activation, from 0 steps back on.
    """
    _, ax = plt.subplots(figsize=(5.6, 4.2))
    for scale, length in lengths.items():
        steps = np.arange(len(length))
        (line,) = ax.semilogy(steps, length)
        ax.semilogy(steps, scale**steps, color=line.get_color(), linewidth=1, linestyle="-")
        _label(ax, line, f"× {scale:g}")
    ax.set_xlabel("steps back", fontsize=SMALL)
    ax.set_title("length of the gradient", fontsize=SMALL, loc="left")


def _label(ax, line, text):
    """Write beside the last point of a line what it is."""
    last = line.get_xdata()[-1], line.get_ydata()[-1]
    style = {"color": line.get_color(), "fontsize": SMALL, "va": "center"}
    ax.annotate(text, last, (6, 0), textcoords="offset points", annotation_clip=False, **style)
