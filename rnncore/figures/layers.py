"""What comes out of layers in a stack, and what a trained reader of reviews has in mind.

Matplotlib is reached through its modules only, and no name is taken out of one: where a page runs
its cells, it is loaded when something is drawn.
"""

import matplotlib.pyplot as plt
import numpy as np

from rnncore.figures.network import SMALL, arrow, blank, node
from rnncore.palette import LIGHT
from rnncore.tasks import NOT, WORDS


def output_and_h_n(steps=4, layers=2):
    """Draw layers in a stack, with frames around what PyTorch calls output and h_n.

    steps, layers : how many there are
    """
    ax = blank((1.05 * steps + 2.6, 1.1 * layers + 1.2))
    for t in range(1, steps + 1):
        node(ax, (t, 0), f"$x_{t}$", LIGHT["x"])
        for n in range(1, layers + 1):
            arrow(ax, (t, n - 0.7), (t, n - 0.3), LIGHT["W"])
            node(ax, (t, n), f"$h_{t}$", LIGHT["h"])
            if t > 1:
                arrow(ax, (t - 0.7, n), (t - 0.3, n), LIGHT["W"])
    for n in range(1, layers + 1):
        ax.text(0.45, n, f"layer {n}", ha="right", va="center", color=LIGHT["W"])
    frame(ax, (0.58, layers - 0.42), (steps + 0.42, layers + 0.42), LIGHT["y"], "-")
    frame(ax, (steps - 0.4, 0.5), (steps + 0.5, layers + 0.5), LIGHT["z"], "--")
    ax.text((steps + 1) / 2, layers + 0.75, "output", ha="center", va="center", color=LIGHT["y"])
    ax.text(steps + 0.7, (layers + 1) / 2, "h_n", ha="left", va="center", color=LIGHT["z"])
    ax.set(xlim=(-0.8, steps + 1.4), ylim=(-0.45, layers + 1.05))
    return ax


def frame(ax, low, high, colour, line):
    """Draw an empty rectangle from one corner to the other."""
    size = (high[0] - low[0], high[1] - low[1])
    ax.add_patch(plt.Rectangle(low, *size, facecolor="none", edgecolor=colour, lw=2, ls=line))


def word_vectors(table):
    """Draw the rows that stand for the words of `tasks.WORDS`, in the plane that shows most.

    table : (tokens, units)
        The origin is where a row of zeros would be.
    """
    rows = np.asarray(table, dtype=float)[: len(WORDS)]
    axes = np.linalg.svd(rows[1:], full_matrices=False)[2][:2]
    places = rows @ axes.T
    places *= np.sign(places[1 : NOT // 2 + 1].mean(axis=0) + 1e-12)  # good words: right, above
    ax = plt.subplots(figsize=(5.6, 4.2))[1]
    for name, part, colour, mark in (
        ("good words", slice(1, NOT // 2 + 1), "h", "o"),
        ("bad words", slice(NOT // 2 + 1, NOT), "W", "s"),
        ("fillers", slice(NOT + 1, None), "quiet", "."),
    ):
        ax.plot(*places[part].T, mark, ls="", color=LIGHT[colour], label=name, markersize=7)
    ax.plot(*places[NOT], "*", ls="", color=LIGHT["gradient"], label="not", markersize=15)
    ax.set(xlabel="first direction", ylabel="second direction")
    ax.legend()
    return ax


def verdicts(reviews):
    """Draw what the reader would say after each word.

    reviews : dict, the words of a review in one text -> the probabilities, one for each word
    """
    rows = len(reviews)
    all_axes = plt.subplots(rows, figsize=(6.4, 1.75 * rows), squeeze=False)[1][:, 0]
    for ax, (review, p) in zip(all_axes, reviews.items()):
        words = review.split()
        ax.plot(range(len(words)), p, "o-", color=LIGHT["y"], markersize=6)
        ax.axhline(0.5, color=LIGHT["quiet"], linewidth=1, linestyle="--")
        ax.set(ylim=(-0.08, 1.08), yticks=[0, 0.5, 1], xticks=range(len(words)))
        ax.set_xticklabels(words, fontsize=SMALL, color=LIGHT["x"])
    all_axes[rows // 2].set_ylabel("liked it?")
    return all_axes
