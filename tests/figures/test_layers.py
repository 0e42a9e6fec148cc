"""The drawings of chapter 7: what they show is what the layers return, and nothing is cut off."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_hex

from rnncore.figures import layers
from rnncore.palette import LIGHT
from rnncore.tasks import NOT, WORDS
from tests.support.drawn import (
    assert_no_words_cover_each_other_or_leave_the_figure,
    words,
)


def frames(ax):
    """The corners of the empty rectangles: (left, right, bottom, top)."""
    found = [patch.get_bbox().extents for patch in ax.patches if isinstance(patch, plt.Rectangle)]
    return [(left, right, bottom, top) for left, bottom, right, top in found]


def states_inside(ax, frame):
    left, right, bottom, top = frame
    circles = [patch.center for patch in ax.patches if isinstance(patch, plt.Circle)]
    return [(x, y) for x, y in circles if left < x < right and bottom < y < top]


def test_the_frames_hold_the_last_layer_at_all_steps_and_all_layers_at_the_last_step():
    ax = layers.output_and_h_n(steps=5, layers=3)
    output, h_n = frames(ax)
    assert sorted(states_inside(ax, output)) == [(t, 3) for t in range(1, 6)]
    assert sorted(states_inside(ax, h_n)) == [(5, n) for n in range(1, 4)]
    assert {"output", "h_n", "layer 3", "$x_5$"} < set(words(ax))
    assert words(ax).count("$h_5$") == 3


def test_nothing_in_the_stack_is_cut_off_and_no_two_texts_cover_each_other():
    layers.output_and_h_n()
    assert_no_words_cover_each_other_or_leave_the_figure()


def table():
    """Good words at (2, 0, 0), bad ones at (-2, 0, 0), not at (0, -5, 0), the fillers at 0."""
    rows = np.zeros((60, 3))
    rows[1 : NOT // 2 + 1, 0], rows[NOT // 2 + 1 : NOT, 0], rows[NOT, 1] = 2, -2, -5
    return rows


def drawn(ax):
    return {line.get_label(): np.transpose(line.get_data()) for line in ax.lines}


def test_each_word_has_a_mark_and_rows_of_no_word_have_none():
    groups = drawn(layers.word_vectors(table()))
    assert {name: len(places) for name, places in groups.items()} == {
        **{"good words": NOT // 2, "bad words": NOT // 2 - 1 + NOT % 2},
        **{"fillers": len(WORDS) - NOT - 1, "not": 1},
    }


def test_good_words_are_on_the_right_and_lengths_are_kept():
    groups = drawn(layers.word_vectors(-table()))
    assert (groups["good words"][:, 0] > 0).all()
    assert (groups["bad words"][:, 0] < 0).all()
    lengths = {name: np.hypot(*places[0]).round(6) for name, places in groups.items()}
    assert lengths == {"good words": 2, "bad words": 2, "fillers": 0, "not": 5}


def test_a_verdict_stands_over_its_word():
    (first, second) = layers.verdicts({"not bad": [0.25, 1.0], "a good film": [0.5, 0.75, 0.0]})
    assert first.lines[0].get_ydata().tolist() == [0.25, 1.0]
    assert [label.get_text() for label in second.get_xticklabels()] == ["a", "good", "film"]
    assert second.lines[0].get_xdata().tolist() == second.get_xticks().tolist() == [0, 1, 2]
    assert to_hex(first.lines[0].get_color()) == LIGHT["y"]
