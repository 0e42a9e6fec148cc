"""What chapters 3, 4 and 4b say in words, compared with what the package computes."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from rnncore import activations, backpropagate, compute_states
from rnncore.mistakes import COMBINATIONS, trained

BOOK = Path(__file__).parents[1] / "book"

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")


def text_of(name):
    notebook = nbformat.read(BOOK / f"{name}.ipynb", as_version=4)
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def sentence(page, words):
    """Return the words, and fail if the page no longer has them."""
    assert words in text_of(page)
    return words


# Chapter 3


def test_a_tanh_after_the_loop_hides_how_large_the_state_was():
    sentence("03_activations", "it turns 57.665 into 1.00000 and 5.7665 into 0.99998")
    assert f"{np.tanh(57.665):.5f}, {np.tanh(5.7665):.5f}" == "1.00000, 0.99998"


def resting(W_h, offset):
    """Where a unit with tanh ends from -1 and from 1."""
    starts = [-1.0, 1.0]
    return compute_states(np.zeros((2, 2000)), 1.0, W_h, offset, "tanh", starts)[:, -1]


def test_a_large_offset_takes_one_of_the_two_memories():
    sentence("03_activations", "for $W_h > 1$ it has two memories if the offset is small")
    for W_h in (1.5, 2.0, 3.0):
        low, high = resting(W_h, 0.0)
        assert low == pytest.approx(-high)
        assert high > 0.5
        low, high = resting(W_h, W_h)
        assert low == pytest.approx(high)


def test_the_slopes_of_the_first_layer_explain_what_was_left_of_not():
    sentence("03_activations", "the root of their mean square, was 0.69")
    rng = np.random.default_rng(0)
    W_x, W_h = rng.normal(0, 0.2, (32, 100)), rng.normal(0, 0.08, (100, 100))
    review = np.sin(np.arange(1, 251)[:, np.newaxis] / np.arange(2, 34))
    S = compute_states([review], W_x, W_h, activation="tanh")[0]
    slopes = activations.tanh.slope(S[15:55])  # of the forty steps after step 14
    assert f"{np.sqrt((slopes**2).mean()):.2f}" == "0.69"
    sentence("03_activations", "$0.0007 \\cdot 0.69^{40} = 2.5 \\cdot 10^{-10}$")
    assert f"{0.0007 * 0.69**40:.1e}" == "2.5e-10"


def test_largest_eigenvalue_and_singular_value_of_the_toy():
    W_h = np.array([[0.6, -0.2, 0.1], [0.3, 0.5, -0.4], [-0.1, 0.2, 0.7]])
    eigenvalue, singular = np.abs(np.linalg.eigvals(W_h)).max(), np.linalg.norm(W_h, 2)
    assert [f"{n:.4f}" for n in (eigenvalue, 2 * eigenvalue, singular)] == [
        sentence("03_activations", number) for number in ("0.6983", "1.3966", "0.8592")
    ]
    sentence("03_activations", "$0.8592^{50} = 10^{-3.3}$")
    assert round(50 * np.log10(0.8592), 1) == -3.3


# Chapter 4


@pytest.mark.parametrize("mistake", ["no_transpose", "same_state"])
def test_a_network_learns_with_either_of_the_two_that_hide(mistake):
    sentence("04_bptt", "We trained five networks with each of the two mistakes")
    _, accuracy = trained()
    assert (accuracy[COMBINATIONS.index((mistake,))] >= 95).all()


# Chapter 4b


def test_a_window_leaves_some_of_a_gradient_and_none_of_another():
    sentence(
        "04b_windows", "For $W_h$ others remain, so its gradient may be smaller, but it is not 0."
    )
    sentence(
        "04b_windows", "For our $W_x$ only zeros remain, so with a window of 4 it stays at 0.5"
    )
    pulse = np.eye(1, 5)
    S = compute_states(pulse, 0.5, 1.0)
    dS = np.eye(1, 5, 4) * (S[0, -1] - 1.0)
    for window in (1, 2, 3, 4):
        g = backpropagate(pulse, S, dS, 0.5, 1.0, window=window)
        assert g.W_h == -0.25 * window
        assert g.W_x == 0


def test_losses_at_every_step_reach_the_first_through_a_window():
    sentence("04b_windows", "step 1 contributes $1 + 1 + 1 = 3$ to $dL/dW_x$")
    pulse = np.eye(1, 5)
    S = compute_states(pulse, 0.5, 1.0)
    assert backpropagate(pulse, S, np.ones((1, 5)), 0.5, 1.0, window=3).W_x == 3


def test_one_gradient_of_a_learnt_initial_state_is_a_sum_over_the_batch():
    sentence("04_bptt", "If all sequences share one learnt $h_0$, add up the rows of `carried`.")
    rng = np.random.default_rng(1)
    X, W_x, W_h = rng.normal(size=(4, 3, 2)), rng.normal(size=(2, 3)), rng.normal(size=(3, 3))
    h0, nudge = rng.normal(size=3), 1e-6
    dS = rng.normal(size=(4, 3, 3))

    def loss(h0):
        S = compute_states(X, W_x, W_h, activation="tanh", h0=np.tile(h0, (4, 1)))
        return (S[:, 1:] * dS).sum(), S

    _, S = loss(h0)
    rows = backpropagate(X, S, dS, W_x, W_h, "tanh").h0
    assert rows.shape == (4, 3)
    for i, axis in enumerate(np.eye(3)):
        up, down = loss(h0 + nudge * axis)[0], loss(h0 - nudge * axis)[0]
        assert rows.sum(axis=0)[i] == pytest.approx((up - down) / (2 * nudge), rel=1e-6)
