"""What page 6b says of its records, which `make sweep` may compute anew."""

import nbformat
import numpy as np
import pytest

from rnncore import records
from tests.support.repository import BOOK, needs_the_book

pytestmark = needs_the_book


@pytest.fixture(scope="module")
def prose():
    notebook = nbformat.read(BOOK / "06b_tasks.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def numbers(record, name, **where):
    """One result of all seeds with a setting, in the order of the seeds."""
    rows = sorted(records.read(record).where(**where), key=lambda row: row["seed"])
    return np.array([row[name] for row in rows])


def test_a_state_of_zero_costs_half_of_the_lag():
    for row in records.read("echo_chunks").where(carried=False):
        lag, chunk = row["lag"], row["chunk"]
        expected = 1 - lag / (2 * chunk) if chunk >= lag else 0.5
        assert row["accuracy"] == pytest.approx(expected, abs=0.025)


def test_a_carried_state_crosses_a_lag_of_3_and_a_window_limits_one_of_12(prose):
    assert numbers("echo_chunks", "accuracy", lag=3, chunk=1, carried=True).min() > 0.98
    assert numbers("echo_chunks", "accuracy", lag=12, chunk=8, carried=True).max() < 0.75
    assert numbers("echo_chunks", "accuracy", lag=12, chunk=16, carried=True).min() > 0.95
    gift = {"lag": 3, "chunk": 2, "carried": True}
    halfway, end = (numbers("echo_chunks", name, **gift)[3] for name in ("halfway", "accuracy"))
    said = f"was right in {100 * halfway:.0f} of 100 cases, and ended at {end:.2f}"
    assert f"The fourth network {said}" in prose


def test_no_network_beats_persistence_on_a_random_walk(prose):
    for row in records.read("random_walk").rows:
        assert row["rms"] > row["persistence"]
    nine = np.sort(numbers("random_walk", "rms", kind="nine weights"))
    assert (nine > 1).sum() == 2
    assert f"The other three have at most {nine[2]:.3f}" in prose


def test_a_free_run_after_a_carried_state_stays_on_the_sine(prose):
    worst = numbers("sine_free_run", "free", carried=True).max()
    assert f"the free run is never worse than {worst:.3f}" in prose
    assert (numbers("sine_free_run", "free", carried=False) > np.sqrt(0.5)).all()


def test_the_speller_begins_to_copy_when_its_held_back_loss_has_turned(prose):
    best = numbers("names_overfit", "best_epoch")
    assert f"between epochs {best.min()} and {best.max()}" in prose
    assert numbers("names_overfit", "copied")[:, -1].mean() == pytest.approx(0.8, abs=0.05)
    assert numbers("names_overfit", "copied")[:, :3].max() == 0


def test_digits_need_no_recurrence():
    models = "MLP", "SimpleRNN"
    accuracy = {kind: numbers("digit_models", "accuracy", model=kind) for kind in models}
    assert min(map(np.min, accuracy.values())) > 0.95
    assert np.isclose(*map(np.mean, accuracy.values()), atol=0.01)


def test_nobody_counts_far_beyond_the_length_of_training():
    for kind in ("linear", "relu", "tanh", "LSTM", "GRU"):
        short, _, long = np.median(numbers("count_beyond", "rms", kind=kind), axis=0)
        assert short < 1 < long
