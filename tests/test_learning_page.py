"""What chapter 6 says in words, compared with the records and with what the package computes."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from rnncore import records
from rnncore.figures.learning import KINDS, surface
from rnncore.tasks import count_ones
from rnncore.widgets import TrainingStepper
from tests.support.repository import needs_the_book

CHAPTER = Path(__file__).parents[1] / "book" / "06_learning.ipynb"

pytestmark = [needs_the_book, pytest.mark.filterwarnings("default::DeprecationWarning")]


@pytest.fixture(scope="module")
def prose():
    notebook = nbformat.read(CHAPTER, as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def updates(**setting):
    return [row["updates"] for row in records.read("descent").where(start="valley", **setting)]


def test_how_many_updates_the_optimisers_need_in_the_valley(prose):
    momentum = updates(optimiser="momentum", rate=0.0002, clip=0)
    adam = updates(optimiser="Adam", rate=0.1, clip=0)
    said = f"momentum needs {min(momentum)} to {max(momentum)} and Adam {min(adam)} to {max(adam)}."
    assert said in prose
    assert "gradient descent needs more than 600 updates" in prose
    assert min(updates(optimiser="SGD", rate=0.001, clip=0)) > 600


def test_nothing_arrives_from_the_cliff_without_clipping_and_gradient_descent_not_even_with_it():
    found = records.read("descent")
    assert {row["updates"] for row in found.where(start="cliff", clip=0)} == {-1}
    assert {row["updates"] for row in found.where(optimiser="SGD", clip=1)} == {-1}


def test_which_initial_weights_learn(prose):
    found = records.read("initial_weights")

    def learnt(**setting):
        return sum(row["accuracy"] >= 0.95 for row in found.where(**setting))

    assert learnt(weights="orthogonal", optimiser="SGD 0.1") == 4
    assert learnt(weights="uniform", optimiser="SGD 0.1") == 0
    assert "the orthogonal weights learn in 4 of 5 runs, and PyTorch's in none" in prose
    both = {learnt(weights=w, optimiser="Adam 0.003") for w in ("orthogonal", "uniform")}
    assert both == {4}
    assert "With Adam it is 4 of 5 for both." in prose


def test_a_wrong_gradient_lowers_the_loss_in_every_run(prose):
    found = records.read("wrong_gradient")
    assert all(row["last"] < row["first"] for row in found.rows)
    assert f"The loss falls in all {'fifteen' if len(found.rows) == 15 else '?'} runs." in prose
    for backward, said in (("state after", "up to 93%"), ("no transpose", "up to 78%")):
        best = max(row["accuracy"] for row in found.where(backward=backward))
        assert said == f"up to {round(100 * best)}%"
        assert said in prose


@pytest.mark.parametrize("kind", KINDS[1:])
def test_the_one_change_lowers_the_loss_of_what_was_held_back(kind):
    found = records.read("loss_curves")
    before, after = (
        [np.mean(row["validation_loss"][-5:]) for row in found.where(kind=kind, changed=changed)]
        for changed in (False, True)
    )
    if kind == "plateau":  # which ends low, too, only later
        assert min(np.mean(row["loss"][:12]) for row in found.where(kind=kind, changed=False)) > 0.6
        assert max(after) < 0.02
    else:
        assert max(after) < min(before)


def test_each_row_of_the_table_has_the_name_and_number_of_its_curve(prose):
    assert re.findall(r"^\| (\d) ([^|]+?) \|", prose, flags=re.M) == [
        (str(number), kind) for number, kind in enumerate(KINDS, 1)
    ]


def test_always_answering_0_is_better_than_where_the_network_is_thrown(prose):
    _, y = count_ones(20, 10, np.random.default_rng(1))
    assert "would have a loss of 28.5" in prose
    assert (y**2).mean() == 28.5


def test_the_valley_narrows_as_the_page_says(prose):
    costs = []
    for timesteps in (5, 10, 20, 40):
        x, y = count_ones(20, timesteps, np.random.default_rng(1))
        costs.append(surface(x[..., 0], y[:, 0], [1.0], [1.05]).item())
    said = r"costs ([\d.]+) with five steps, ([\d.]+) with ten, (\d+) with twenty and (\d+) with"
    found = re.search(said, prose).groups()
    assert found == (*(f"{c:.2f}" for c in costs[:2]), *(f"{c:.0f}" for c in costs[2:]))


def test_the_stepper_is_where_its_links_say():
    leap = TrainingStepper(W_x=-1.5, W_h=2, rate=0.01, id="a").trace()["W_h"][1]
    assert round(leap) == -57198
    twenty = TrainingStepper(timesteps=20, id="a").trace()["W_h"][16]
    assert round(twenty) == -55374
    clipped = TrainingStepper(W_x=-1.5, W_h=2, rate=0.1, clip=1, updates=100, id="a").trace()
    assert [round(clipped[name][20], 2) for name in ("W_x", "W_h")] == [-0.97, 0.11]
