"""Figures of chapter 8: one step of an LSTM and of a GRU, and how fast a gate forgets.

Each function draws in the style of `plots`, and takes every number that it shows from the package.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from rnncore.activations import sigmoid, tanh
from rnncore.figures.gradients import bare, box, edge
from rnncore.layers import GRUCell, LSTMCell
from rnncore.palette import LIGHT

SMALL = 11.5
RAIL, GATES, MIDDLE, BELOW = 3.0, 1.1, 2.05, 0.0  # heights
WIDTH = 6.0  # of the drawings of a cell


def lstm_cell(x, h, c, W_x, W_h, b):
    """Draw one step of an LSTM of one unit as a computation graph, with its numbers.

    Parameters
    ----------
    x, h, c : number
        The input, and the two states before the step.
    W_x, W_h, b : (4,)
        Weights in the order i f c o.
    """
    cell = LSTMCell([W_x], [W_h], b)
    cell.forward([[x]], [[h]], [[c]])
    h_next, c_next = (state.item() for state in cell.state)
    z = x * np.array(W_x) + h * np.array(W_h) + b
    (i, f, o), c_tilde = sigmoid.value(z[[0, 1, 3]]), tanh.value(z[2])
    _, ax = plt.subplots(figsize=(WIDTH, 4.3))
    at = {"f": 0.95, "i": 2.1, "c": 3.25, "o": 4.4}
    names = {"f": r"$f$", "i": r"$i$", "c": r"$\tilde{c}$", "o": r"$o$"}
    for key, value in {"f": f, "i": i, "c": c_tilde, "o": o}.items():
        gate(ax, at[key], f"{names[key]} = {value:.2f}", LIGHT["z" if key == "c" else "W"])
    below(ax, [*at.values()], x, h)
    plus, out = (at["i"] + at["c"]) / 2, 5.2
    rail(ax, [-0.2, at["f"], plus, 5.75])
    edge(ax, (at["f"], GATES + 0.2), (at["f"], RAIL - 0.16))
    for key in "ic":
        edge(ax, (at[key], GATES + 0.2), (plus + 0.14 * np.sign(at[key] - plus), MIDDLE - 0.12))
    edge(ax, (plus, MIDDLE + 0.16), (plus, RAIL - 0.16))
    edge(ax, (out, RAIL), (out, 2.62))
    edge(ax, (out, 2.28), (out, GATES + 0.58))
    elbow = GATES + 0.42
    ax.plot([at["o"]] * 2, [GATES + 0.2, elbow], "-", color=LIGHT["quiet"], linewidth=1.6)
    edge(ax, (at["o"], elbow), (out - 0.16, elbow))
    edge(ax, (out, GATES + 0.26), (out, BELOW - 0.18))
    nodes = {(at["f"], RAIL): "×", (plus, RAIL): "+", (plus, MIDDLE): "×"}
    for place, sign in (nodes | {(out, elbow): "×"}).items():
        node(ax, place, sign)
    box(ax, (out, 2.45), "tanh", LIGHT["ink"], width=0.62, fontsize=SMALL)
    state, quiet = LIGHT["h"], LIGHT["quiet"]
    label(ax, (-0.2, RAIL + 0.1), f"$c_{{t-1}}$ = {c:g}", state, ha="left")
    label(ax, ((at["f"] + plus) / 2, RAIL + 0.1), f"{f * c:.2f}", quiet)
    label(ax, (plus + 0.12, (MIDDLE + RAIL) / 2), f"{i * c_tilde:.2f}", quiet, "left", "center")
    label(ax, (5.75, RAIL + 0.1), f"$c_t$ = {c_next:.2f}", state, ha="right")
    label(ax, (out + 0.1, 1.9), f"{np.tanh(c_next):.2f}", quiet, ha="left", va="center")
    label(ax, (out, BELOW - 0.22), f"$h_t$ = {h_next:.2f}", state, va="top")
    words = f"back along the rail: × {f:.2f}"
    label(ax, (plus, RAIL + 0.42), words, LIGHT["gradient"])
    bare(ax, (-0.35, 5.9), (-0.55, 3.75))


def gru_cell(x, h, W_x, W_h, b):
    """Draw one step of a GRU of one unit, with the reset before the product, and its numbers.

    Parameters
    ----------
    x, h : number
        The input, and the state before the step.
    W_x, W_h, b : (3,)
        Weights in the order z r h.
    """
    cell = GRUCell([W_x], [W_h], b, reset_after=False)
    h_next = cell.forward([[x]], [[h]]).item()
    z, r = sigmoid.value(x * np.array(W_x[:2]) + h * np.array(W_h[:2]) + b[:2])
    h_tilde = np.tanh(x * W_x[2] + r * h * W_h[2] + b[2])
    _, ax = plt.subplots(figsize=(WIDTH, 4.0))
    at = {"z": 1.2, "h": 3.1, "r": 4.9}
    gate(ax, at["z"], f"$z$ = {z:.2f}", LIGHT["W"])
    gate(ax, at["h"], rf"$\tilde{{h}}$ = {h_tilde:.2f}", LIGHT["z"])
    gate(ax, at["r"], f"$r$ = {r:.2f}", LIGHT["W"])
    below(ax, [*at.values()], x, h)
    rail(ax, [-0.2, at["z"], at["h"], 5.75])
    edge(ax, (at["z"], GATES + 0.2), (at["z"], RAIL - 0.16))
    edge(ax, (at["z"] + 0.3, GATES + 0.2), (at["h"] - 0.16, MIDDLE))
    edge(ax, (at["h"], GATES + 0.2), (at["h"], MIDDLE - 0.16))
    edge(ax, (at["h"], MIDDLE + 0.16), (at["h"], RAIL - 0.16))
    edge(ax, (at["r"] - 0.42, GATES), (at["h"] + 0.45, GATES))
    for place, sign in {
        (at["z"], RAIL): "×",
        (at["h"], RAIL): "+",
        (at["h"], MIDDLE): "×",
    }.items():
        node(ax, place, sign)
    state, quiet = LIGHT["h"], LIGHT["quiet"]
    label(ax, (-0.2, RAIL + 0.1), f"$h_{{t-1}}$ = {h:g}", state, ha="left")
    label(ax, ((at["z"] + at["h"]) / 2, RAIL + 0.1), f"{z * h:.2f}", quiet)
    label(ax, (2.05, MIDDLE - 0.1), f"1 − z = {1 - z:.2f}", quiet, "center", "bottom")
    term = f"{(1 - z) * h_tilde:.2f}"
    label(ax, (at["h"] + 0.12, (MIDDLE + RAIL) / 2), term, quiet, "left", "center")
    label(ax, (5.75, RAIL + 0.1), f"$h_t$ = {h_next:.2f}", state, ha="right")
    label(ax, (4.0, GATES + 0.27), f"$r\\,h_{{t-1}}$ = {r * h:.2f}", quiet)
    label(ax, (at["h"], RAIL + 0.42), f"back along the rail: × {z:.2f}", LIGHT["gradient"])
    bare(ax, (-0.35, 5.9), (-0.55, 3.75))


def forgetting(biases=(0, 1, 2, 3, 4, 5), steps=100):
    """Draw what a gate of σ(bias) leaves after each number of steps, and the line of one half."""
    _, ax = plt.subplots(figsize=(5.6, 3.6))
    n = np.arange(steps + 1)
    for bias in biases:
        ax.plot(n, sigmoid.value(float(bias)) ** n, label=f"bias {bias}")
    ax.axhline(0.5, color=LIGHT["quiet"], linewidth=1)
    ax.set(xlabel="steps", ylabel="what is left of $c$", ylim=(0, 1.02))
    ax.legend(ncols=2, fontsize=SMALL)


def gate(ax, x, text, color):
    """Draw what is computed from the input and the last state."""
    box(ax, (x, GATES), text, color, width=0.86, fontsize=SMALL)


def below(ax, places, x, h):
    """Draw how the input and the last state reach all that is computed from them."""
    label(ax, (-0.2, BELOW - 0.1), f"$x_t$ = {x:g}", LIGHT["x"], "left", "top")
    label(ax, (0.75, BELOW - 0.1), f"$h_{{t-1}}$ = {h:g}", LIGHT["h"], "left", "top")
    ax.plot([-0.2, max(places)], [BELOW + 0.25] * 2, "-", color=LIGHT["quiet"], linewidth=1.6)
    for place in places:
        edge(ax, (place, BELOW + 0.25), (place, GATES - 0.2))


def rail(ax, stops):
    """Draw the straight way of a state through the step, from node to node."""
    for start, end in pairwise(stops):
        room = 0.16 if end != stops[-1] else 0
        begin = start if start == stops[0] else start + 0.16
        edge(ax, (begin, RAIL), (end - room, RAIL), LIGHT["h"])


def node(ax, place, sign):
    """Draw an operation in a circle."""
    ax.plot(*place, "o", markersize=17, markerfacecolor="none", color=LIGHT["ink"], mew=1.4)
    ax.text(*place, sign, ha="center", va="center_baseline", fontsize=14)


def label(ax, place, text, color, ha="center", va="bottom"):
    ax.text(*place, text, color=color, ha=ha, va=va, fontsize=SMALL)
