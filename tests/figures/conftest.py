"""What the tests of all figures share."""

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import pytest

from rnncore.plots import use_style


@pytest.fixture(autouse=True)
def settings():
    """The book's style, and no figure left, whatever a test does to them."""
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")
