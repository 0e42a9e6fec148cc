"""The drawings of networks: the numbers in them are the package's, and nothing is cut off."""

import ast
import inspect
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex

from rnncore import compute_states, mlp
from rnncore.figures import network
from rnncore.palette import LIGHT
from tests.support.drawn import (
    words,
)

# Every axis has another length, and no number of z occurs twice.
X = np.array([[1.0, 0.5], [0.25, 1.0], [-1.0, 2.0], [2.0, 0.125]])
W = np.array([[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]])
B = np.array([0.1, 0.03, -0.2])


def drawn():
    """One of each."""
    return [
        network.row_meets_column(X, W, B),
        network.layered([4, 5, 3, 2]),
        network.unrolled([1, 0, 1], 1.0, 0.5),
        network.with_outputs(),
        network.reader(),
    ]


def written(array):
    return [network.number(value) for value in np.ravel(array)]


def marked(ax):
    return [text.get_text() for text in ax.texts if text.get_weight() == "bold"]


# Numbers


def test_a_product_has_the_numbers_of_the_package():
    z = mlp.predict(X, [W], [B], ["linear"])
    found = words(network.row_meets_column(X, W, B))
    for array in (X, W, B, z):
        assert all(found.count(value) >= 1 for value in written(array))
    assert len(found) == X.size + W.size + B.size + z.size + 4  # three names, and + b
    assert {"$X$ (4, 2)", "$W$ (2, 3)", "$z$ (4, 3)"} < set(found)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (3, 1), (1, 2)])
def test_the_row_and_the_column_that_meet_are_marked(row, column):
    ax = network.row_meets_column(X, W, B, row=row, column=column)
    z = X[row] @ W[:, column] + B[column]
    assert marked(ax) == written([*X[row], *W[:, column], B[column], z])
    assert len(marked(ax)) == 2 + 2 + 1 + 1


def test_a_row_lies_beside_the_number_that_it_makes_and_a_column_above_it():
    ax = network.row_meets_column(X, W, B, row=2, column=1)
    bold = [text.get_position() for text in ax.texts if text.get_weight() == "bold"]
    x, y = bold[-1]
    assert [height for _, height in bold[:2]] == [y, y]
    assert [place for place, _ in bold[2:5]] == [x, x, x]
    # y points down
    assert all(place < x for place, _ in bold[:2])
    assert all(height < y for _, height in bold[2:5])


@pytest.mark.parametrize("sizes", [[4, 5, 3, 2], [2, 3]])
def test_a_network_of_layers_has_a_circle_for_each_number_and_a_line_for_each_weight(sizes):
    ax = network.layered(sizes)
    weights = [n_in * n_out for n_in, n_out in pairwise(sizes)]
    assert len(ax.patches) == sum(sizes)
    assert len(ax.lines) == sum(weights)
    shapes = [f"$W_{i}$ {pair}" for i, pair in enumerate(pairwise(sizes))]
    assert words(ax) == [*shapes, *(f"$x_{i}$" for i in range(len(sizes)))]


def test_a_line_ends_at_the_circles_that_it_joins():
    ax = network.layered([4, 5, 3, 2])
    circles = [(np.array(patch.center), patch.radius) for patch in ax.patches]
    for line in ax.lines:
        for end in line.get_xydata():
            apart = [np.linalg.norm(end - centre) - radius for centre, radius in circles]
            assert min(apart) == pytest.approx(0)


def test_a_network_with_outputs_uses_each_matrix_at_every_step():
    found = words(network.with_outputs(4))
    for matrix in "UWV":
        assert found.count(f"${matrix}$") == 4
    named = [f"$s_{t}$" for t in range(5)]
    assert [word for word in found if word.startswith("$s_")] == named


@pytest.mark.parametrize(("x", "W_x", "W_h"), [([1, 0, 1], 1.0, 0.5), ([2, -1], 3.0, -0.25)])
def test_an_unrolled_network_has_the_states_of_the_package(x, W_x, W_h):
    found = words(network.unrolled(x, W_x, W_h))
    states = compute_states([x], W_x, W_h)[0]
    named = [f"$h_{t}$" for t in range(len(states))]
    # each state stands before its name
    assert [found[found.index(name) - 1] for name in named] == written(states)
    given = [f"$x_{t}$" for t in range(1, len(states))]
    assert [name for name in found if name.startswith("$x_")] == given
    for weight in (W_x, W_h):
        assert found.count(network.number(weight)) >= len(x)


def test_a_reader_says_how_many_numbers_there_are_and_which_word_is_which():
    found = words(network.reader())
    assert [word for word in found if word.startswith("$h_")] == [
        *("$h_{0}$", "$h_{1}$", "$h_{2}$", "$h_{14}$", "$h_{250}$")
    ]
    assert found.count("rule") == 4
    assert found.count(network.ELLIPSIS) == 2  # before word 14, and before the last
    assert {"I", "watched", "not", "word 250"} < set(found)
    assert any("32 numbers" in word for word in found)
    assert any("100 numbers" in word for word in found)


def test_a_reader_draws_the_words_that_it_is_asked_for():
    found = words(network.reader(shown=(3, 4, 5), length=6, features=7, units=9))
    assert {"this", "film", "last", "word 6"} < set(found)
    assert found.count(network.ELLIPSIS) == 1  # before the first
    assert [word for word in found if word.startswith("$h_{6")] == ["$h_{6}$"]
    assert any("7 numbers" in word for word in found)
    assert any("9 numbers" in word for word in found)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (-0.0, "0"), (-0.3, "−0.3"), (1.40625, "1.4062"), (0.1 + 0.2, "0.3")],
)
def test_numbers_are_written_as_in_the_book(value, text):
    assert network.number(value) == text


# Looks


def test_every_colour_is_one_of_the_palette():
    for ax in drawn():
        for patch in ax.patches:
            assert to_hex(patch.get_edgecolor()) in LIGHT.values()
        assert {to_hex(text.get_color()) for text in ax.texts} <= {*LIGHT.values()}


def test_nothing_is_cut_off_and_no_letter_is_too_small():
    for ax in drawn():
        figure = ax.figure
        figure.canvas.draw()
        whole = figure.bbox
        for text in ax.texts:
            if not text.get_text():
                continue
            box = text.get_window_extent()
            assert whole.x0 <= box.x0 < box.x1 <= whole.x1, text
            assert whole.y0 <= box.y0 < box.y1 <= whole.y1, text
            # half of it is left on a page that is 360 pixels wide
            assert text.get_fontsize() * min(1, 320 / whole.width) >= 6


def test_no_two_texts_cover_each_other():
    for ax in drawn():
        ax.figure.canvas.draw()
        boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
        for n, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:n])


def test_matplotlib_is_reached_through_its_modules():
    """A page that runs its cells has stand-ins for them until something is drawn."""
    tree = ast.parse(inspect.getsource(network))
    taken = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not any(name.startswith(("matplotlib", "rnncore.plots")) for name in taken)
