"""Figures of chapter 6: the loss of two weights as a landscape, and how losses go.

Each function draws in the style of `plots`, and takes every number that it shows from the package.
"""

import matplotlib.pyplot as plt
import numpy as np

from rnncore.bptt import backpropagate
from rnncore.losses import mean_squared_error
from rnncore.palette import LIGHT
from rnncore.states import compute_states

KINDS = (  # of loss curves, in the order of the page
    *("healthy", "rate too small", "rate too large", "spikes"),
    *("plateau", "nothing moves", "levels off high", "overfitting"),
)
TENS = 10.0 ** np.arange(-1, 6)  # where the contours are


def surface(X, target, W_x, W_h):
    """Return the loss of the linear network for every pair of weights.

    Parameters
    ----------
    X : (batch, timesteps)
    target : (batch,)
    W_x : (columns,)
    W_h : (rows,)

    Returns
    -------
    loss : (rows, columns)
        The mean of (h_T - target)².
    """
    columns, rows = np.meshgrid(W_x, W_h)
    h = np.zeros((len(X), *rows.shape))
    for x_t in np.transpose(X):
        h = x_t[:, np.newaxis, np.newaxis] * columns + h * rows
    errors = h - np.reshape(target, (-1, 1, 1))
    return (errors**2).mean(axis=0)


def back_through_time(X, target, W_x, W_h):
    """Return how long dL/dh_t is at each step, over the examples: (timesteps,)."""
    S = compute_states(X, W_x, W_h)
    dS = np.zeros(S[:, 1:].shape)
    _, dS[:, -1] = mean_squared_error(S[:, -1], target)
    dh = backpropagate(X, S, dS, 1.0, W_h).X  # dx_t = dh_t · W_x, here with W_x = 1
    return np.linalg.norm(dh, axis=0)


def descent(X, target, path, marked):
    """Draw a path on the surface, and below it the gradient through time at the marked points.

    Parameters
    ----------
    X : (batch, timesteps)
    target : (batch,)
    path : (updates + 1, 2)
        W_x and W_h before the first update and after each.
    marked : list of update numbers, three at most
    """
    path = np.asarray(path)
    fig = plt.figure(figsize=(5.4, 6.6))
    grid = fig.add_gridspec(2, len(marked), height_ratios=[2.3, 1])
    above = fig.add_subplot(grid[0, :])
    landscape(above, X, target, (0.0, 1.6), (0.3, 1.3))
    above.plot(*path.T, ".-", color=LIGHT["W"], linewidth=1.6, markersize=5)
    steps = np.arange(1, np.shape(X)[1] + 1)
    first = None
    for column, number in enumerate(marked):
        at = path[number]
        above.plot(*at, "o", color=LIGHT["gradient"], markersize=8)
        above.annotate(f"{number}", at, (at[0] - 0.03, at[1]), ha="right", color=LIGHT["gradient"])
        ax = fig.add_subplot(grid[1, column], sharey=first)
        first = first or ax
        ax.bar(steps, back_through_time(X, target, *at), color=LIGHT["gradient"])
        ax.set(yscale="log", title=f"update {number}", xlabel="step $t$", xticks=[1, steps[-1]])
        ax.title.set_fontsize(13)
        ax.tick_params(labelleft=ax is first)
    first.set_ylabel("length of $dL/dh_t$")


def landscape(ax, X, target, across, up):
    """Draw contours of the loss, one for each power of ten, and the lowest point."""
    W_x, W_h = np.linspace(*across, 161), np.linspace(*up, 161)
    loss = surface(X, target, W_x, W_h)
    lines = ax.contour(W_x, W_h, loss, levels=TENS, colors=LIGHT["quiet"], linewidths=1)
    ax.clabel(lines, fmt=lambda level: f"{level:g}", fontsize=11, colors=LIGHT["quiet"])
    ax.plot(1, 1, "*", color=LIGHT["ink"], markersize=12)
    ax.set(xlabel="$W_x$", ylabel="$W_h$", xlim=across, ylim=up)


def valleys(tasks):
    """Draw the loss against W_h, with W_x = 1, for sequences of several lengths.

    Parameters
    ----------
    tasks : dict, number of time steps -> (X, target)
    """
    W_h = np.linspace(0.8, 1.2, 161)
    _, ax = plt.subplots(figsize=(5.4, 3.6))
    for timesteps, (X, target) in tasks.items():
        loss = surface(X, target, [1.0], W_h)[:, 0]
        ax.semilogy(W_h, np.maximum(loss, 1e-4), label=f"$T$ = {timesteps}")
    ax.set(xlabel="$W_h$", ylabel="loss", ylim=(1e-3, 1e6))
    ax.legend(ncols=2, loc="upper left")


def paths(X, target, each):
    """Draw several paths on the surface.

    Parameters
    ----------
    X : (batch, timesteps)
    target : (batch,)
    each : dict, name -> path (updates + 1, 2)
    """
    _, axes = plt.subplots(len(each), 1, figsize=(5.2, 2.5 * len(each)), sharex=True)
    for ax, (name, path) in zip(axes, each.items()):
        landscape(ax, X, target, (0.0, 1.6), (0.4, 1.3))
        ax.plot(*np.transpose(path), ".-", color=LIGHT["W"], linewidth=1.2, markersize=5)
        ax.plot(*path[0], "o", color=LIGHT["gradient"])
        ax.set_title(name, fontsize=13)
        ax.set_xlabel("$W_x$" if ax is axes[-1] else "")


def loss_curves(record):
    """Draw a panel for each kind of curve, with all its seeds.

    Solid is the loss of training, dotted that of other examples; dashed is that of other examples
    after one change.

    Parameters
    ----------
    record : Record
        Of the experiment `loss_curves`.
    """
    fig, axes = plt.subplots(len(KINDS) // 2, 2, figsize=(5.6, 2.0 * (len(KINDS) // 2)))
    looks = {
        "training": {"color": LIGHT["h"], "linestyle": "-", "linewidth": 1.6},
        "held back": {"color": LIGHT["z"], "linestyle": ":", "linewidth": 1.6},
        "held back, after one change": {"color": LIGHT["quiet"], "linestyle": "--"},
    }
    *before, after = looks.values()
    for number, (ax, kind) in enumerate(zip(axes.flat, KINDS), 1):
        for row in record.where(kind=kind):
            epochs = range(1, len(row["loss"]) + 1)
            if row["changed"]:
                ax.plot(epochs, row["validation_loss"], linewidth=1.2, **after)
                continue
            ax.plot(epochs, row["loss"], **before[0])
            ax.plot(epochs, row["validation_loss"], **before[1])
        highest = max(max(row["validation_loss"][1:]) for row in record.where(kind=kind))
        ax.set(ylim=(0, 1.1 * max(highest, 0.7)))
        if kind == "spikes":
            ax.set(yscale="log", ylim=(0.1, 100))
        ax.set_title(f"{number} · {kind}", fontsize=13)
        ax.set_xlabel("epoch" if ax in axes[-1] else "")
    handles = [plt.Line2D([], [], **look) for look in looks.values()]
    fig.legend(handles, [*looks], loc="outside lower center", ncols=2, fontsize=11)
