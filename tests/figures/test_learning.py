"""The figures of chapter 6: the landscape of a loss, paths on it, and loss curves."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from rnncore.figures import learning
from rnncore.palette import LIGHT
from rnncore.records import Record
from tests.support.drawn import (
    assert_readable_in_the_colours_of_the_palette,
)

X = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
TARGET = np.array([2.0, 1.0])
PATH = [(0.2, 0.5), (0.5, 0.75), (1.0, 1.0)]


def a_record():
    """Each kind with two seeds, before and after one change, and losses of two epochs."""
    rows = [
        {
            **{"kind": kind, "changed": changed, "seed": seed},
            **{"loss": [0.7, 0.1 * seed], "validation_loss": [0.8, 0.2 * seed + changed]},
        }
        for kind in learning.KINDS
        for changed in (False, True)
        for seed in (1, 2)
    ]
    return Record("", rows, "")


DRAWN = {
    "descent": lambda: learning.descent(X, TARGET, PATH, marked=[0, 1, 2]),
    "valleys": lambda: learning.valleys({3: (X, TARGET), 2: (X[:, 1:], TARGET)}),
    "paths": lambda: learning.paths(X, TARGET, {"one": PATH, "two": PATH[::-1]}),
    "loss_curves": lambda: learning.loss_curves(a_record()),
}


@pytest.mark.parametrize("name", DRAWN)
def test_it_draws_words_in_the_colours_of_the_palette(name):
    DRAWN[name]()
    assert_readable_in_the_colours_of_the_palette()


def test_the_surface_is_the_mean_of_the_squared_errors():
    # W_x = 2, W_h = 0.5: h_3 = 2 (0.25 + 1) = 2.5 and 2 (0.5 + 1) = 3; errors 0.5 and 2
    # W_x = 1, W_h = 1: 2 and 2; errors 0 and 1
    found = learning.surface(X, TARGET, [2.0, 1.0], [0.5, 1.0])
    assert found[0, 0] == (0.25 + 4) / 2
    assert found[1, 1] == 0.5


def test_a_gradient_back_through_time_shrinks_by_W_h_at_each_step():
    # errors 0.5 and 2, so dL/dh_3 = 2 · error / 2, of length √4.25, halved at each step back
    found = learning.back_through_time(X, TARGET, 2.0, 0.5)
    np.testing.assert_allclose(found, np.sqrt(4.25) * np.array([0.25, 0.5, 1]))


def test_a_path_has_its_marks_and_their_gradients_below():
    learning.descent(X, TARGET, PATH, marked=[0, 1])
    above, *below = plt.gcf().axes
    walked, *rest = [line for line in above.lines if line.get_color() == LIGHT["W"]]
    assert not rest
    np.testing.assert_array_equal(walked.get_xydata(), PATH)
    assert [t.get_text() for t in above.texts if t.get_color() == LIGHT["gradient"]] == ["0", "1"]
    for ax, at in zip(below, PATH[:2], strict=True):
        heights = [bar.get_height() for bar in ax.patches]
        np.testing.assert_allclose(heights, learning.back_through_time(X, TARGET, *at))
        assert {to_hex(bar.get_facecolor()) for bar in ax.patches} == {LIGHT["gradient"]}


def test_a_valley_is_a_column_of_the_surface():
    learning.valleys({3: (X, TARGET)})
    (line,) = plt.gca().lines
    at = line.get_xdata()[7]
    assert line.get_ydata()[7] == learning.surface(X, TARGET, [1.0], [at])[0, 0]


def test_each_path_has_a_map_of_its_own():
    learning.paths(X, TARGET, {"one": PATH, "two": PATH[:2]})
    axes = plt.gcf().axes
    assert [ax.get_title() for ax in axes] == ["one", "two"]
    brown = [[line for line in ax.lines if line.get_color() == LIGHT["W"]] for ax in axes]
    assert [[len(line.get_xdata()) for line in lines] for lines in brown] == [[3], [2]]


def test_each_kind_of_curve_has_its_losses_before_and_after_the_change():
    learning.loss_curves(a_record())
    axes = plt.gcf().axes
    assert [ax.get_title() for ax in axes] == [
        f"{i} · {kind}" for i, kind in enumerate(learning.KINDS, 1)
    ]
    for ax in axes:
        drawn = {line.get_linestyle(): [] for line in ax.lines}
        for line in ax.lines:
            drawn[line.get_linestyle()].append(round(float(line.get_ydata()[-1]), 6))
        assert drawn == {"-": [0.1, 0.2], ":": [0.2, 0.4], "--": [1.2, 1.4]}
