"""Figures of chapter 6b: windows and what they reach, free runs, overfitting, digits."""

import matplotlib.pyplot as plt
import numpy as np

from rnncore.palette import LIGHT

PERCENT = {"ylim": (0.45, 1.03), "yticks": (0.5, 0.75, 1)}
WIDTH = 5.2


def windows(rows):
    """Draw how the accuracy of the echo depends on the chunk, a panel for each lag.

    Parameters
    ----------
    rows : list of dicts
        With lag, chunk, carried, seed and accuracy, as recorded; a dot for each.
    """
    lags = sorted({row["lag"] for row in rows})
    fig, axes = plt.subplots(1, len(lags), figsize=(WIDTH, 3.5), sharey=True)
    for ax, lag in zip(axes, lags):
        for carried, color, marker in ((True, "h", "o"), (False, "W", "s")):
            here = [r for r in rows if r["lag"] == lag and r["carried"] is carried]
            name = "state carried" if carried else "state zero at each border"
            dots = [r["chunk"] for r in here], [r["accuracy"] for r in here]
            ax.plot(*dots, marker, color=LIGHT[color], label=name, markersize=6, alpha=0.7)
        ticks = sorted({r["chunk"] for r in here})
        chunks = np.geomspace(ticks[0], ticks[-1], 100)
        limit = np.where(chunks < lag, 0.5, 1 - lag / (2 * chunks))
        ax.plot(chunks, limit, color=LIGHT["quiet"], linewidth=1.4, label="1 − lag / (2 K)")
        ax.set_xscale("log", base=2)
        ax.set_xticks(ticks, ticks)
        ax.minorticks_off()
        ax.set(xlabel="chunk K", title=f"lag {lag}", **PERCENT)
    axes[0].set_ylabel("accuracy")
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center")


def free_runs(known, truth, forecasts):
    """Draw what is known, how it goes on, and forecasts that go on by themselves.

    Parameters
    ----------
    known : (steps before,)
    truth : (steps after,)
    forecasts : dict, name -> (steps after,)
    """
    fig, axes = plt.subplots(len(forecasts), 1, figsize=(WIDTH, 4.6), sharex=True, sharey=True)
    before, after = np.arange(len(known)), len(known) + np.arange(len(truth))
    for ax, (name, forecast) in zip(np.atleast_1d(axes), forecasts.items()):
        ax.plot(before, known, color=LIGHT["x"], linestyle="-", label="what it reads")
        ax.plot(after, truth, color=LIGHT["quiet"], linewidth=1.2, linestyle="-", label="the sine")
        ax.plot(after, forecast, color=LIGHT["y"], linestyle="--", label="its own answers")
        ax.set_title(name, fontsize=13)
    ax.set_xlabel("step")
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)


def overfitting(rows):
    """Draw both losses over the epochs, and below what share of the samples is copied.

    Parameters
    ----------
    rows : list of dicts
        With epochs, loss, validation_loss and copied, as recorded; a line for each.
    """
    _, (above, below) = plt.subplots(2, 1, figsize=(WIDTH, 5), sharex=True)
    lines = {"loss": ("x", "-", "seen"), "validation_loss": ("gradient", "--", "held back")}
    for row in rows:
        for key, (color, dash, _) in lines.items():
            above.plot(row["epochs"], row[key], color=LIGHT[color], linestyle=dash, linewidth=1.4)
        below.plot(row["epochs"], row["copied"], color=LIGHT["y"], linestyle="-", linewidth=1.4)
    for key, (color, _, name) in lines.items():
        last = max(row[key][-1] for row in rows)
        place = (rows[0]["epochs"][-1], last)
        above.annotate(name, place, (0, 6), textcoords="offset points", ha="right", va="bottom")
        above.texts[-1].set_color(LIGHT[color])
    above.set_ylabel("loss")
    ticks = rows[0]["epochs"]
    below.set(xscale="log", ylim=(-0.03, 1), xlabel="epoch", ylabel="copied")
    below.set_xticks(ticks, ticks)
    below.minorticks_off()


def learning_curves(history):
    """Draw the accuracy on what is trained on and on what is held back, epoch by epoch.

    Parameters
    ----------
    history : dict
        As `fit` returns it, with accuracy and validation_accuracy.
    """
    _, ax = plt.subplots(figsize=(WIDTH, 3.2))
    epochs = 1 + np.arange(len(history["accuracy"]))
    ax.plot(epochs, history["accuracy"], color=LIGHT["x"], linestyle="-", label="trained on")
    held_out = history["validation_accuracy"]
    ax.plot(epochs, held_out, color=LIGHT["gradient"], linestyle="--", label="held back")
    ax.axhline(0.95, color=LIGHT["quiet"], linewidth=1, linestyle=":")
    ax.set(xlabel="epoch", ylabel="accuracy")
    ax.legend(loc="lower right")


def confusion(counts):
    """Draw a confusion matrix: a row for each label, a column for each answer.

    Parameters
    ----------
    counts : (classes, classes)
        Numbers on the diagonal are right answers, which are drawn in another colour.
    """
    counts = np.asarray(counts)
    _, ax = plt.subplots(figsize=(WIDTH, 4.8))
    for (label, answer), count in np.ndenumerate(counts):
        color = LIGHT["h"] if label == answer else LIGHT["gradient"]
        strength = 0.35 if label == answer else min(0.8, 0.25 * count)
        if count:
            box = (answer - 0.5, label - 0.5), 1, 1
            ax.add_patch(plt.Rectangle(*box, facecolor=color, alpha=strength, edgecolor="none"))
            ax.text(answer, label, f"{count}", ha="center", va="center", fontsize=12)
    ticks = range(len(counts))
    ends = (-0.5, len(counts) - 0.5)
    ax.set(xticks=ticks, yticks=ticks, xlim=ends, ylim=ends[::-1], aspect="equal")
    ax.set(xlabel="what it says", ylabel="what it is")
    ax.tick_params(length=0)
