"""The figures of chapter 8: each draws, and shows what the package computes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from rnncore.figures import memory
from tests.support.drawn import (
    assert_no_words_cover_each_other_or_leave_the_figure,
    assert_readable_in_the_colours_of_the_palette,
    words,
)

# By hand: sums 1, 2, 0.5, 0, so i = 0.7311, f = 0.8808, candidate 0.4621, o = 0.5.
LSTM = (1.0, 0.5, 2.0, [1.0, 0.0, 1.0, 0.0], [0.0, 1.0, -1.0, 2.0], [0.0, 1.5, 0.0, -1.0])
# By hand: z = s(1) = 0.7311, r = s(0) = 0.5, candidate tanh(1 - 0.25) = 0.6351.
GRU = (1.0, 0.5, [-1.0, 0.0, 1.0], [0.0, 2.0, -1.0], [2.0, -1.0, 0.0])
DRAWN = {
    "lstm_cell": lambda: memory.lstm_cell(*LSTM),
    "gru_cell": lambda: memory.gru_cell(*GRU),
    "forgetting": memory.forgetting,
}


@pytest.mark.parametrize("name", DRAWN)
def test_it_draws_words_in_the_colours_of_the_palette(name):
    DRAWN[name]()
    assert_readable_in_the_colours_of_the_palette()


@pytest.mark.parametrize("name", ["lstm_cell", "gru_cell"])
def test_no_words_of_a_cell_are_on_others_or_outside(name):
    DRAWN[name]()
    assert_no_words_cover_each_other_or_leave_the_figure()


def test_the_lstm_has_the_numbers_of_the_step_by_hand():
    memory.lstm_cell(*LSTM)
    numbers = {"1.76", "0.34", "0.97", "$c_t$ = 2.10", "$h_t$ = 0.49"}
    gates = {"$f$ = 0.88", "$i$ = 0.73", r"$\tilde{c}$ = 0.46", "$o$ = 0.50"}
    assert numbers | gates | {"back along the rail: × 0.88"} <= {*words()}


def test_the_gru_has_the_numbers_of_the_step_by_hand():
    memory.gru_cell(*GRU)
    numbers = {"0.37", "0.17", "1 − z = 0.27", r"$r\,h_{t-1}$ = 0.25", "$h_t$ = 0.54"}
    gates = {"$z$ = 0.73", "$r$ = 0.50", r"$\tilde{h}$ = 0.64", "back along the rail: × 0.73"}
    assert numbers | gates <= {*words()}


def test_a_curve_of_forgetting_is_a_power_of_its_gate():
    memory.forgetting((0, 4), steps=40)
    half, rare, line = plt.gca().lines
    np.testing.assert_allclose(half.get_ydata(), 0.5 ** np.arange(41))
    assert 0.48 < rare.get_ydata()[38] < 0.51  # log 0.5 / log s(4) = 38.2
    assert set(line.get_ydata()) == {0.5}
