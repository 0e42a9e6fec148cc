"""What every widget of the family keeps to, whichever it is."""

import pytest
from family import assert_true, follow, root
from rnncore.widgets import StateStepper


def test_try(show):
    page = show(StateStepper([1, 0, 1], 1.0, 0.5, id="memory"))
    follow(page, "memory", 2, W_h=0.75)
    assert len(assert_true(page, "memory")) > 5
