"""The figures of chapter 6b: each dot, line and cell where the numbers say."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from rnncore.figures import tasks
from rnncore.palette import LIGHT


def drawn():
    """The axes of the figure that has been drawn."""
    return plt.gcf().axes


def test_each_lag_has_a_panel_with_a_dot_for_each_run_and_the_formula():
    rows = [
        {"lag": lag, "chunk": chunk, "carried": carried, "seed": 0, "accuracy": accuracy}
        for lag, chunk, carried, accuracy in (
            (2, 1, True, 1.0),
            (2, 1, False, 0.5),
            (2, 4, True, 0.9),
            (2, 4, False, 0.75),
            (8, 16, True, 0.8),
            (8, 16, False, 0.7),
        )
    ]
    tasks.windows(rows)
    short, long = drawn()
    assert [short.get_title(), long.get_title()] == ["lag 2", "lag 8"]
    carried, zero, formula = (line.get_xydata() for line in short.lines)
    assert carried.tolist() == [[1, 1.0], [4, 0.9]]
    assert zero.tolist() == [[1, 0.5], [4, 0.75]]
    assert formula[0].tolist() == [1, 0.5]  # chance, as no bit is inside its chunk
    assert formula[-1] == pytest.approx([4, 1 - 2 / 8])


def test_a_free_run_begins_where_the_known_values_end():
    tasks.free_runs([0.0, 1.0], [2.0, 3.0, 4.0], {"a": [5.0, 6.0, 7.0], "b": [8.0, 9.0, 1.0]})
    above, below = drawn()
    assert [above.get_title(), below.get_title()] == ["a", "b"]
    known, truth, own = (line.get_xydata().tolist() for line in below.lines)
    assert known == [[0, 0], [1, 1]]
    assert truth == [[2, 2], [3, 3], [4, 4]]
    assert own == [[2, 8], [3, 9], [4, 1]]


def test_both_losses_are_above_and_the_copies_below():
    row = {"epochs": [5, 10], "loss": [2, 1], "validation_loss": [2, 3], "copied": [0, 0.5]}
    tasks.overfitting([row, row])
    above, below = drawn()
    assert len(above.lines) == 4
    assert {tuple(line.get_ydata()) for line in above.lines} == {(2, 1), (2, 3)}
    seen = next(line for line in above.lines if line.get_ydata()[1] == 1)
    words = {text.get_text(): text for text in above.texts}
    assert to_hex(words["seen"].get_color()) == to_hex(seen.get_color()) == LIGHT["x"]
    assert words["held back"].xy == (10, 3)
    assert [tuple(line.get_ydata()) for line in below.lines] == 2 * [(0, 0.5)]


def test_learning_curves_count_epochs_from_1():
    tasks.learning_curves({"accuracy": [0.5, 0.9], "validation_accuracy": [0.4, 0.8]})
    [ax] = drawn()
    fitted, held_out, mark = ax.lines
    assert fitted.get_xydata().tolist() == [[1, 0.5], [2, 0.9]]
    assert held_out.get_xydata().tolist() == [[1, 0.4], [2, 0.8]]
    assert set(mark.get_ydata()) == {0.95}


def test_a_label_is_a_row_of_the_confusion_matrix_and_only_mistakes_are_red():
    tasks.confusion([[7, 2, 0], [0, 5, 0], [0, 0, 3]])
    [ax] = drawn()
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places == {"7": (0, 0), "2": (1, 0), "5": (1, 1), "3": (2, 2)}  # column, row
    colours = [to_hex(box.get_facecolor()) for box in ax.patches]
    assert np.array(colours).tolist() == [LIGHT[name] for name in ("h", "gradient", "h", "h")]
    assert ax.get_xlabel() == "what it says"
    assert ax.get_ylim() == (2.5, -0.5)  # the first row on top
