"""Figures of chapters 3, 4 and 4b: maps that repeat, and where a gradient goes.

Each function draws in the style of `plots`, and takes every number that it shows from the package.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyBboxPatch, Rectangle

from rnncore import activations
from rnncore.bptt import backpropagate, contributions
from rnncore.palette import LIGHT
from rnncore.plots import SIGNED
from rnncore.states import compute_states

ARROW = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, "linewidth": 1.6}


# Chapter 3: slopes, and one map, again and again


def slopes():
    """Draw the slopes of tanh, sigmoid and relu against z."""
    z = np.linspace(-4, 4, 401)
    _, ax = plt.subplots(figsize=(5.2, 3.2))
    for name in ("tanh", "sigmoid", "relu"):
        f = activations.get(name)
        slope = f.slope(f.value(z))
        if name == "relu":
            slope[z == 0] = np.nan  # it jumps, so the line has a gap
        ax.plot(z, slope, label=name)
    ax.set(xlabel="$z$", ylabel="slope $f'(z)$", ylim=(-0.05, 1.1), yticks=[0, 0.25, 0.5, 1])
    ax.yaxis.set_major_formatter("{x:g}")
    ax.legend(loc="upper left")


def cobweb(activation, W_h, h0, steps=20):
    """Draw the map h -> f(h W_h), the diagonal, and the staircase of the states from h_0.

    Parameters
    ----------
    activation : name or activation
    W_h, h0 : number
    steps : int
    """
    f = activations.get(activation)
    h = compute_states(np.zeros((1, steps)), 1.0, W_h, 0.0, f, h0=[h0])[0]
    line = np.linspace(-1.1, 1.1, 221)
    stairs = np.repeat(h, 2)  # across to the diagonal, then up or down to the curve
    _, ax = plt.subplots(figsize=(4.6, 4.2))
    ax.plot(line, line, color=LIGHT["quiet"], linewidth=1, linestyle="--")
    ax.plot(line, f.value(line * W_h), color=LIGHT["z"], linestyle="-")
    ax.plot(stairs[:-1], np.append(h0, stairs[2:]), color=LIGHT["h"], linestyle="-", linewidth=1.6)
    ax.plot(h[0], h[0], "o", color=LIGHT["h"])
    ax.plot(h[-1], h[-1], "s", color=LIGHT["ink"])
    ax.annotate("start", (h[0], h[0]), (0.3, 0.02), ha="left", va="center", color=LIGHT["h"])
    ax.annotate(f"{h[-1]:.4f}", (h[-1], h[-1]), (h[-1] - 0.03, h[-1] + 0.14), ha="right")
    ax.annotate("$h_t = h_{t-1}$", (-0.6, -0.42), ha="right", color=LIGHT["quiet"])
    ax.set(xlabel="$h_{t-1}$", ylabel="$h_t$", ylim=(-1.1, 1.1), box_aspect=1)


def three_maps(weights=(0.5, 1.0, 2.0)):
    """Draw the maps of tanh, sigmoid and relu for the same weights, around a fixed point of each.

    Sigmoid is moved by an offset of -W_h / 2, so that its middle, 0.5, is a fixed point.
    """
    middles = {"tanh": 0.0, "sigmoid": 0.5, "relu": 0.0}
    fig, axes = plt.subplots(1, 3, figsize=(5.2, 2.9))
    for ax, (name, middle) in zip(axes, middles.items()):
        low, high = (-1.1, 1.1) if name == "tanh" else (-0.2, 1.2)
        line = np.linspace(low, high, 141)
        ax.axline((0, 0), slope=1, color=LIGHT["quiet"], linewidth=1)
        for W_h in weights:
            ax.plot(line, activations.get(name).value(W_h * (line - middle)), label=f"{W_h:g}")
        ax.plot(middle, middle, "o", color=LIGHT["ink"])
        ticks = [-1, 0, 1] if name == "tanh" else [0, 0.5, 1]
        ax.set(xticks=ticks, yticks=ticks, ylim=(low, high), box_aspect=1)
        ax.xaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_major_formatter("{x:g}")
        ax.set_xlabel("$h_{t-1}$")
        ax.set_title(name, fontsize=13)
    labels = axes[0].get_legend_handles_labels()
    fig.legend(*labels, title="$W_h$", loc="outside lower center", ncols=3)
    axes[0].set_ylabel("$h_t$")


# Chapter 4: forward values above each edge, gradients below


def computation_graph(x, W_x, W_h):
    """Draw a linear network of one unit, with L the last state.

    Above an edge along time is the state that goes along it, below it the gradient that comes
    back.  Beside an edge from the weight is what that use of the weight adds to its gradient.

    Parameters
    ----------
    x : (timesteps,)
    W_x, W_h : number
    """
    X, last = np.array([x], float), np.eye(len(x))[[-1]]
    S = compute_states(X, W_x, W_h)
    g = backpropagate(X, S, last, W_x, W_h)
    terms = contributions(X, S, last, W_x, W_h).W_h
    dh = [g.h0[0], *(g.X[0] / W_x)]  # dx_t = dh_t · W_x
    T = len(x)
    _, ax = plt.subplots(figsize=(5.2, 3.5))
    middle = (T - 1) / 2
    box(ax, (middle, 1.5), f"$W_h$ = {W_h:g}", LIGHT["W"], width=0.86)
    gradient = f"$dL/dW_h$ = {terms.sum():g}"
    ax.text(middle + 0.5, 1.5, gradient, color=LIGHT["gradient"], va="center", ha="left")
    for t in range(T + 1):
        start, end = t - 1 + 0.24, t - 0.24
        edge(ax, (start, 0), (end, 0))
        ax.text(t - 0.5, 0.09, f"{S[0, t]:g}", color=LIGHT["h"], ha="center", va="bottom")
        ax.text(t - 0.5, -0.09, f"{dh[t]:g}", color=LIGHT["gradient"], ha="center", va="top")
        name = f"$h_{t}$" if t < T else f"$h_{t} = L$"
        ax.text(t - 0.5, 0.4, name, color=LIGHT["h"], ha="center", va="bottom")
    for k in range(T):
        box(ax, (k, 0), f"step {k + 1}", LIGHT["ink"], width=0.46, fontsize=11)
        edge(ax, (k, -0.78), (k, -0.2))
        ax.text(k, -0.84, f"$x_{k + 1}$ = {x[k]:g}", color=LIGHT["x"], ha="center", va="top")
        top = (middle + 0.29 * (k - middle), 1.3)
        edge(ax, top, (k, 0.2), LIGHT["W"])
        side, align = (0.09, "left") if k >= middle else (-0.09, "right")
        place = ((top[0] + k) / 2 + side, 0.78)
        ax.text(*place, f"{terms[k]:g}", color=LIGHT["gradient"], ha=align, va="center")
    bare(ax, (-0.95, T - 0.05), (-1.12, 1.75))


def box(ax, centre, text, color, width, fontsize=13):
    """Draw a rounded box with words in it."""
    x, y = centre[0] - width / 2, centre[1] - 0.17
    style = "round,pad=0.01,rounding_size=0.06"
    ax.add_patch(FancyBboxPatch((x, y), width, 0.34, boxstyle=style, fill=False, edgecolor=color))
    ax.text(*centre, text, color=color, ha="center", va="center", fontsize=fontsize)


def edge(ax, start, end, color=LIGHT["quiet"]):
    """Draw an arrow."""
    ax.annotate("", end, start, arrowprops={**ARROW, "color": color})


def bare(ax, across, up):
    """Leave nothing of the axes but their room."""
    ax.set(xlim=across, ylim=up, xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


# Chapter 4: one row of W_h forward, the same numbers as a column back


def row_and_column(W_h, dz, unit=0):
    """Draw W_h with the row of one unit marked, and its transpose, where the row is a column.

    Parameters
    ----------
    W_h : (units, units)
    dz : (units,)
        What has come back to each unit; below the second matrix is what that makes of dh.
    unit : int
    """
    W_h, dz = np.asarray(W_h), np.asarray(dz)
    units, name = len(W_h), f"unit {unit + 1}"
    _, (forward, backward) = plt.subplots(2, 1, figsize=(4.4, 6.2))
    for ax, matrix in ((forward, W_h), (backward, W_h.T)):
        cells(ax, matrix)
        ax.set(xlim=(-2, units + 0.2), ylim=(units + 0.8, -0.5), aspect="equal")
    frame = {"fill": False, "linewidth": 3}
    forward.add_patch(Rectangle((0, unit), units, 1, edgecolor=LIGHT["h"], **frame))
    backward.add_patch(Rectangle((unit, 0), 1, units, edgecolor=LIGHT["gradient"], **frame))
    forward.set_title(f"forward: {name} sends along its row", fontsize=13)
    backward.set_title(f"backward: {name} collects the same", fontsize=13)
    back, write = LIGHT["gradient"], {"va": "center", "ha": "right"}
    for i in range(units):
        here = LIGHT["h"] if i == unit else LIGHT["quiet"]
        forward.text(-0.2, i + 0.5, f"unit {i + 1}", color=here, **write)
        backward.text(-0.2, i + 0.5, f"unit {i + 1}: {dz[i]:.4f}", color=back, **write)
        forward.text(i + 0.5, units + 0.45, f"unit {i + 1}", color=LIGHT["z"], ha="center")
    forward.text(-0.2, -0.25, "$h_{t-1}$", color=LIGHT["h"], **write)
    backward.text(-0.2, -0.25, "$dz_t$", color=back, **write)
    forward.text(-0.2, units + 0.45, "$z_t$", color=LIGHT["z"], ha="right")
    backward.text(-0.2, units + 0.45, "$dh_{t-1}$", color=back, ha="right")
    backward.text(unit + 0.5, units + 0.45, f"{(dz @ W_h.T)[unit]:.4f}", color=back, ha="center")


def cells(ax, matrix):
    """Draw a matrix with its numbers, in pale colours."""
    middle = {"ha": "center", "va": "center"}
    pale = 2 * max(1.0, abs(matrix).max())
    ax.pcolormesh(matrix, cmap=SIGNED, vmin=-pale, vmax=pale, edgecolors=LIGHT["line"])
    for (row, column), value in np.ndenumerate(matrix):
        ax.text(column + 0.5, row + 0.5, f"{value:g}".replace("-", "−"), **middle)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


# Chapter 4: what each step adds


def shares(each):
    """Draw the length of each time step's contribution, in per cent of the sum of all lengths.

    Parameters
    ----------
    each : (timesteps, units, units)
        As in `contributions(…).W_h`.  The size of an array is the root of its sum of squares.
    """
    sizes = np.sqrt((np.asarray(each) ** 2).sum(axis=(1, 2)))
    percent = 100 * sizes / sizes.sum()
    steps = np.arange(1, len(sizes) + 1)
    _, axes = plt.subplots(2, 1, figsize=(5, 5), sharex=True)
    for ax in axes:
        ax.bar(steps, percent, color=LIGHT["gradient"])
        ax.set_ylabel("length in %")
    axes[1].set(yscale="log", xlabel="time step $t$", ylim=(1e-3, 100))
    axes[1].set_title("the same, in powers of ten", fontsize=13)


# Chapter 4b: which losses reach which steps


def reached(timesteps, window=None, chunk=None):
    """Return whether the gradient of the loss at one step (row) gets to another one (column)."""
    loss, step = np.mgrid[:timesteps, :timesteps]
    within = (step <= loss) & (loss - step < (window or timesteps))
    return within & (loss // (chunk or timesteps) == step // (chunk or timesteps))


def cuts(timesteps, length):
    """Draw, for no cut, a window and chunks of one length, which losses reach which steps."""
    ways = {
        "all the way": {},
        f"window of {length}": {"window": length},
        f"chunks of {length}": {"chunk": length},
    }
    _, axes = plt.subplots(1, 3, figsize=(5.2, 2.7))
    for ax, (name, cut) in zip(axes, ways.items()):
        on = reached(timesteps, **cut)
        for row, column in np.argwhere(reached(timesteps)):
            style = {"facecolor": LIGHT["gradient"], "alpha": 0.75} if on[row, column] else {}
            style = style or {"fill": False}
            ax.add_patch(Rectangle((column + 0.5, row + 0.5), 1, 1, ec=LIGHT["line"], **style))
        ax.set_title(f"{name}: {on.sum()}", fontsize=13)
        ticks = range(1, timesteps + 1)
        ax.set(xlim=(0.4, timesteps + 0.6), ylim=(timesteps + 0.6, 0.4), aspect="equal")
        ax.set(xticks=ticks, yticks=ticks if ax is axes[0] else [], xlabel="step reached")
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
    axes[0].set_ylabel("loss at step")
