"""The figures of matrices: each line where arithmetic puts it, in the palette's colours."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from rnncore.figures.matrices import ellipses, lengths_back
from rnncore.palette import LIGHT

# By hand: 1.8 · 0.2 = 0.6², the determinant, and 1.8² + 0.2² = 0.6² + 1.6² + 0.6².
EXAMPLES = {
    "rotation": [[0.6, 0.8], [-0.8, 0.6]],
    "stretch": [[1.5, 0.0], [0.0, 0.5]],
    "shear": [[0.6, 1.6], [0.0, 0.6]],
}
SIGMA = {"rotation": (1.0, 1.0), "stretch": (1.5, 0.5), "shear": (1.8, 0.2)}
RHO = {"rotation": 1.0, "stretch": 1.5, "shear": 0.6}


@pytest.fixture
def panels():
    """The four panels, the chart last."""
    ellipses(EXAMPLES)
    return plt.gcf().axes


def lengths(line):
    """How far each point of a line is from the origin."""
    return np.hypot(*line.get_xydata().T)


def test_each_matrix_has_a_panel_and_its_numbers_above(panels):
    *drawn, _ = panels
    titles = [ax.get_title() for ax in drawn]
    assert titles == [
        "rotation\n$\\sigma$ = 1 and 1\n$\\rho$ = 1",
        "stretch\n$\\sigma$ = 1.5 and 0.5\n$\\rho$ = 1.5",
        "shear\n$\\sigma$ = 1.8 and 0.2\n$\\rho$ = 0.6",
    ]


@pytest.mark.parametrize(("i", "name"), [*enumerate(EXAMPLES)])
def test_a_panel_has_two_circles_an_ellipse_and_its_half_axes(panels, i, name):
    circle, radius, ellipse, *axes = panels[i].lines
    assert np.allclose(lengths(circle), 1)
    assert np.allclose(lengths(radius), RHO[name])
    assert radius.get_linestyle() == "--"
    longest, shortest = SIGMA[name]
    assert lengths(ellipse).max() == pytest.approx(longest, rel=1e-3)
    assert lengths(ellipse).min() == pytest.approx(shortest, rel=1e-2)
    assert np.allclose([lengths(axis) for axis in axes], [(0, longest), (0, shortest)])
    first, second = (axis.get_xydata()[1] for axis in axes)
    assert first @ second == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("i", "name"), [*enumerate(EXAMPLES)])
def test_the_half_axes_end_on_the_ellipse(panels, i, name):
    """A row v on the circle with v W at the tip: v = tip W⁻¹ has the length 1."""
    for axis in panels[i].lines[3:]:
        tip = axis.get_xydata()[1]
        assert np.linalg.norm(tip @ np.linalg.inv(EXAMPLES[name])) == pytest.approx(1)


def test_the_whole_ellipse_is_inside_its_panel(panels):
    for ax in panels[:3]:
        (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
        for line in ax.lines:
            x, y = line.get_xydata().T
            assert left < x.min() <= x.max() < right
            assert low < y.min() <= y.max() < high


def test_the_chart_has_the_powers(panels):
    rotation, stretch, shear = (line.get_ydata() for line in panels[-1].lines)
    assert np.allclose(rotation, 1)
    assert np.allclose(stretch, 1.5 ** np.arange(21.0))
    # W² = 0.36 and 1.92: 0.36² = 0.1296 is the product of both, 1.92 their difference
    assert shear[:3] == pytest.approx([1, 1.8, 0.96 + np.sqrt(0.96**2 + 0.1296)])
    assert shear[20] < 0.003 < 1 < shear[5]
    assert [text.get_text() for text in panels[-1].texts] == [*EXAMPLES]


def test_lengths_stand_beside_the_powers_of_their_scales():
    given = {1.5: np.array([1.0, 1.2, 1.3]), 0.5: np.array([1.0, 0.4, 0.1])}
    lengths_back(given)
    (ax,) = plt.gcf().axes
    first, power, second, other = ax.lines
    assert np.array_equal(first.get_ydata(), given[1.5])
    assert np.array_equal(power.get_ydata(), [1, 1.5, 2.25])
    assert np.array_equal(second.get_ydata(), given[0.5])
    assert np.array_equal(other.get_ydata(), [1, 0.5, 0.25])
    assert ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.texts] == ["× 1.5", "× 0.5"]


@pytest.mark.parametrize(
    "draw", [lambda: ellipses(EXAMPLES), lambda: lengths_back({1.0: np.ones(2)})]
)
def test_every_colour_is_the_palettes_and_every_letter_large(draw):
    """On a phone the figure is half as wide, and its letters are half as large."""
    draw()
    for ax in plt.gcf().axes:
        assert {to_hex(line.get_color()) for line in ax.lines} <= set(LIGHT.values())
        words = [*ax.texts, ax.title, ax.xaxis.label, *ax.get_xticklabels()]
        assert min(word.get_fontsize() for word in words) >= 13
