"""The figures' style: the palette's colours alone, no background, and a matrix as it is read."""

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import is_color_like, to_hex, to_rgba

from rnncore.palette import LIGHT
from rnncore.plots import CYCLE, SIGNED, STYLE, grid, use_style


@pytest.fixture(autouse=True)
def settings():
    """The settings of before, and no figure, whatever a test does to them."""
    with mpl.rc_context():
        yield
    plt.close("all")


@pytest.fixture
def ax():
    return plt.subplots()[1]


# Colours and lines


def test_every_colour_is_one_of_the_palette():
    colours = [value for key, value in STYLE.items() if key.endswith("color")]
    assert set(colours) <= {*LIGHT.values(), "none"}
    assert all(map(is_color_like, colours))
    assert set(CYCLE.by_key()["color"]) <= set(LIGHT.values())


def test_no_two_lines_share_a_colour_or_a_dash():
    styles = CYCLE.by_key()
    assert len(set(styles["color"])) == len(set(styles["linestyle"])) == len(CYCLE) == 6


def test_lines_are_drawn_in_the_order_of_the_cycle():
    use_style()
    lines = plt.subplots()[1].plot([0, 1], np.ones((2, 6)))
    assert [to_hex(line.get_color()) for line in lines] == CYCLE.by_key()["color"]


def test_signs_are_brown_and_green_and_zero_is_no_ink():
    assert SIGNED(0.0) == to_rgba(LIGHT["W"])
    assert SIGNED(1.0) == to_rgba(LIGHT["h"])
    assert SIGNED(0.5)[3] == 0


def test_use_style_draws_on_no_background():
    use_style()
    for key in ("figure.facecolor", "axes.facecolor", "savefig.facecolor"):
        assert to_rgba(plt.rcParams[key])[3] == 0
    figure, axes = plt.subplots()
    assert figure.get_facecolor()[3] == axes.get_facecolor()[3] == 0
    figure.canvas.draw()
    assert np.asarray(figure.canvas.buffer_rgba())[0, 0, 3] == 0


# A matrix


def texts(ax):
    """The numbers of a grid as rows of text, read from the top left."""
    # in pixels, y upwards
    placed = [(ax.transData.transform(text.get_position()), text) for text in ax.texts]
    rows = {}
    for (x, y), text in placed:
        rows.setdefault(round(-y), []).append((x, text.get_text()))
    return [[word for _, word in sorted(rows[y])] for y in sorted(rows)]


def test_each_cell_has_its_number_and_the_first_row_is_on_top(ax):
    grid(ax, np.array([[1.0, 2.25, -3.0], [0.04, 12.34, -0.06]]))
    # 2.25 is halfway and goes to the even digit
    assert texts(ax) == [["1.0", "2.2", "-3.0"], ["0.0", "12.3", "-0.1"]]


def test_zero_has_no_sign(ax):
    grid(ax, np.array([[-0.0, -0.04, -1e-9], [0.0, 0.04, -0.05]]))
    assert texts(ax) == [["0.0"] * 3] * 2


def test_integers_are_numbers_too(ax):
    grid(ax, np.array([[3, -4]]))
    assert texts(ax) == [["3.0", "-4.0"]]


@pytest.mark.parametrize("largest", [0.0, 0.5, 1.0, 40.0])
def test_cells_are_pale_so_that_numbers_stand_out(ax, largest):
    grid(ax, np.array([[-largest, 0.0, largest]]))
    (mesh,) = ax.collections
    mesh.update_scalarmappable()
    brown, nothing, green = mesh.get_facecolor()
    assert nothing[3] == 0
    assert brown[3] == pytest.approx(green[3], abs=0.02)
    assert green[3] <= 0.3
    if largest >= 1:
        assert green[3] > 0.2
        assert tuple(brown[:3]) == to_rgba(LIGHT["W"])[:3]
        assert tuple(green[:3]) == to_rgba(LIGHT["h"])[:3]


def test_a_grid_has_no_ticks_and_no_frame(ax):
    grid(ax, np.eye(2))
    assert list(ax.get_xticks()) == list(ax.get_yticks()) == []
    assert not any(spine.get_visible() for spine in ax.spines.values())
