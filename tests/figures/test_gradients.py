"""The figures of chapters 3, 4 and 4b: each draws, and shows what the package computes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from rnncore import activations
from rnncore.bptt import backpropagate, contributions
from rnncore.figures import gradients
from rnncore.palette import LIGHT
from rnncore.states import compute_states
from tests.support.drawn import (
    assert_readable_in_the_colours_of_the_palette,
    words,
)

W_H = np.array([[0.6, -0.2, 0.1], [0.3, 0.5, -0.4], [-0.1, 0.2, 0.7]])
DRAWN = {
    "slopes": gradients.slopes,
    "cobweb": lambda: gradients.cobweb("tanh", 1.5, 0.1),
    "three_maps": gradients.three_maps,
    "computation_graph": lambda: gradients.computation_graph([1, 0, 1], 1.0, 0.5),
    "row_and_column": lambda: gradients.row_and_column(W_H, [1.0, 2.0, 3.0]),
    "shares": lambda: gradients.shares(np.ones((3, 2, 2))),
    "cuts": lambda: gradients.cuts(6, 3),
}


@pytest.mark.parametrize("name", DRAWN)
def test_it_draws_words_in_the_colours_of_the_palette(name):
    DRAWN[name]()
    assert_readable_in_the_colours_of_the_palette()


# Slopes


def test_the_slopes_are_those_that_a_nudge_finds():
    gradients.slopes()
    for line in plt.gca().lines:
        z, slope = line.get_data()
        f = activations.get(line.get_label())
        measured = (f.value(z + 1e-6) - f.value(z - 1e-6)) / 2e-6
        drawn = ~np.isnan(slope)
        assert np.allclose(slope[drawn], measured[drawn], atol=1e-6)
        assert drawn.sum() >= len(z) - 1  # the slope of relu has a gap where it jumps


# The map that repeats


def test_the_staircase_goes_from_the_start_to_the_curve_and_across():
    gradients.cobweb("tanh", 1.5, 0.1, steps=3)
    _, curve, stairs, start, end = plt.gca().lines
    h = compute_states([[0.0, 0.0, 0.0]], 1.0, 1.5, 0.0, "tanh", h0=[0.1])[0]
    np.testing.assert_allclose(curve.get_ydata(), np.tanh(1.5 * curve.get_xdata()))
    corners = [(h[0], h[0]), (h[0], h[1]), (h[1], h[1]), (h[1], h[2]), (h[2], h[2]), (h[2], h[3])]
    np.testing.assert_allclose(stairs.get_xydata(), [*corners, (h[3], h[3])])
    assert [*start.get_xydata()[0], *end.get_xydata()[0]] == [h[0], h[0], h[3], h[3]]
    assert f"{h[3]:.4f}" in words(plt.gca())


def test_all_maps_go_through_the_dot_with_the_slope_of_their_weight():
    gradients.three_maps((0.5, 2.0))
    for ax, steepest in zip(plt.gcf().axes, (1, 0.25, 1), strict=True):
        (dot,) = [line for line in ax.lines if line.get_marker() == "o"]
        ((x, y),) = dot.get_xydata()
        assert x == y
        for line, W_h in zip(ax.lines[1:3], (0.5, 2.0)):
            at = np.interp([x, x + 0.01], *line.get_data())
            np.testing.assert_allclose(at[0], y, atol=1e-12)
            np.testing.assert_allclose((at[1] - at[0]) / 0.01, W_h * steepest, rtol=0.01)


# Where a gradient goes


def test_the_graph_has_states_gradients_and_contributions():
    # states 2, -1 - 1 = -2, 4 + 1 = 5; back 1, -0.5, 0.25, -0.125; terms 0, 2 · -0.5, -2 · 1
    gradients.computation_graph([2, -1, 4], 1.0, -0.5)
    shown = [(text.get_text(), to_hex(text.get_color())) for text in plt.gca().texts]
    green, red = ([t for t, c in shown if c == LIGHT[name]] for name in ("h", "gradient"))
    assert [t for t in green if "h" not in t] == ["0", "2", "-2", "5"]
    assert red == ["$dL/dW_h$ = -3", "-0.125", "0.25", "-0.5", "1", "0", "-1", "-2"]


def test_a_row_of_W_h_is_a_column_of_its_transpose():
    gradients.row_and_column(W_H, [1.0, 2.0, 3.0], unit=1)
    forward, backward = plt.gcf().axes
    frames = [
        patch.get_bbox().bounds
        for ax in (forward, backward)
        for patch in ax.patches
        if isinstance(patch, Rectangle)
    ]
    assert frames == [(0, 1, 3, 1), (1, 0, 1, 3)]
    numbers = [str(n).replace("-", "−") for n in W_H.ravel()]
    assert words(forward)[:9] == numbers
    assert words(backward)[:9] == [*np.reshape(numbers, (3, 3)).T.ravel()]
    assert words(backward)[-1] == "0.1000"  # 1 · 0.3 + 2 · 0.5 + 3 · (-0.4)


def test_shares_are_percentages_of_all_that_is_added():
    each = np.zeros((3, 2, 2))
    each[1], each[2] = [[3, 0], [0, 4]], [[0, 0], [0, -15]]  # of sizes 0, 5 and 15
    gradients.shares(each)
    for ax in plt.gcf().axes:
        assert [bar.get_height() for bar in ax.patches] == [0, 25, 75]
    assert [ax.get_yscale() for ax in plt.gcf().axes] == ["linear", "log"]


# What a cut leaves


def test_cuts_count_what_is_reached():
    gradients.cuts(6, 3)
    titles = [ax.get_title() for ax in plt.gcf().axes]
    assert titles == ["all the way: 21", "window of 3: 15", "chunks of 3: 12"]
    for ax, count in zip(plt.gcf().axes, (21, 15, 12)):
        assert sum(patch.get_fill() for patch in ax.patches) == count


@pytest.mark.parametrize("window", [1, 2, 3, 6])
def test_what_a_window_reaches_adds_up_to_the_packages_gradient(window):
    X, on = np.array([[1.0, 0.0, 1.0, 1.0, 0.0, 1.0]]), gradients.reached(6, window=window)
    S = compute_states(X, 1.0, 0.5)
    terms = [contributions(X, S, one[np.newaxis], 1.0, 0.5).W_h for one in np.eye(6)]
    g = backpropagate(X, S, np.ones((1, 6)), 1.0, 0.5, window=window)
    np.testing.assert_allclose((on * terms).sum(), g.W_h)


def test_what_chunks_reach_adds_up_to_theirs():
    X, on = np.array([[1.0, 0.0, 1.0, 1.0, 0.0, 1.0]]), gradients.reached(6, chunk=3)
    S = compute_states(X, 1.0, 0.5)
    terms = [contributions(X, S, one[np.newaxis], 1.0, 0.5).W_h for one in np.eye(6)]
    parts = [(X[:, k : k + 3], S[:, k : k + 4], np.ones((1, 3)), 1.0, 0.5) for k in (0, 3)]
    g = sum(backpropagate(*part).W_h for part in parts)
    np.testing.assert_allclose((on * terms).sum(), g)
    assert g == pytest.approx(7.4375)
