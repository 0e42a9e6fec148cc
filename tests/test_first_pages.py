"""What the intro and chapters 1 and 2 say in words, compared with what the package computes."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import yaml

from rnncore import compute_states
from rnncore.widgets.state_stepper import SCALAR_PRESETS

ROOT = Path(__file__).parents[1]
SIX = [[1, 0, 1, 1, 0, 1]]  # what the first stepper reads

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")


def text_of(name, kind="markdown"):
    notebook = nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == kind)


INTRO, STATES = text_of("intro"), text_of("02_compute_states")


# The intro


def test_the_map_has_every_page_in_the_order_of_next():
    pages = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["chapters"]
    order = [Path(page["file"]).name for page in pages]
    the_map = INTRO.partition("## What is inside")[2].partition("\n## ")[0]
    linked = re.findall(r"^- \[[^]]*\]\((\w+)\.(?:ipynb|md)\)", the_map, flags=re.M)
    assert linked == order


def test_the_first_network_ends_where_the_table_says():
    rows = re.findall(
        r"^\| \*(\w+)\* \| (−?[\d.]+) \| \[([\d.]+)\]\((#first\?step=6[^)]*)\) \|",
        INTRO,
        flags=re.M,
    )
    assert [name for name, *_ in rows] == [preset["name"] for preset in SCALAR_PRESETS]
    for (_, weight, last, link), preset in zip(rows, SCALAR_PRESETS):
        W_h = float(weight.replace("−", "-"))
        assert preset["W_h"] == W_h
        assert link in ("#first?step=6", f"#first?step=6&W_h={W_h:g}")
        state = compute_states(SIX, 1.0, W_h)[0, -1]
        assert last == f"{state:.4f}".rstrip("0").rstrip(".")


def test_what_forty_words_leave():
    assert "$0.5^{40}$ of it, less than a trillionth" in INTRO
    assert 0.5**40 < 1e-12
    assert "$0.9^{40} \\approx 0.015$" in INTRO
    assert round(0.9**40, 3) == 0.015


@pytest.mark.parametrize("path", sorted((ROOT / "book").glob("*.ipynb")), ids=lambda p: p.stem)
def test_a_loop_that_counts_steps_from_0_counts_with_k(path):
    code = text_of(path.stem, "code") + text_of(path.stem)
    assert not re.search(r"for t in (?:reversed\()?range\((?!1,|.*, 0, -1\))", code)


# Chapter 2


def layer():
    """The layer of chapter 2, and the 250 steps that it reads."""
    rng = np.random.default_rng(0)
    W_x, W_h = rng.normal(0, 0.2, (32, 100)), rng.normal(0, 0.08, (100, 100))
    return W_x, W_h, np.sin(np.arange(1, 251)[:, np.newaxis] / np.arange(2, 34))


def distances(activation):
    """How far apart the states are with and without word 14, step by step."""
    W_x, W_h, sequence = layer()
    silenced = sequence.copy()
    silenced[13] = 0
    S = compute_states([sequence, silenced], W_x, W_h, activation=activation)
    return np.linalg.norm(S[0] - S[1], axis=-1), S


def test_what_is_left_of_not():
    bent, S = distances("tanh")
    assert np.linalg.norm(S, axis=-1).max() < 10
    assert bent[:14].max() == 0
    for step, said in ((14, "5.0244"), (24, "0.0273")):
        assert f"{bent[step]:.4f}" == said
        assert said in STATES
    assert f"{bent[54]:.0e}" == "5e-10"
    assert "$5.0244 \\cdot 0.8^{40}$ is 0.0007" in STATES
    assert round(5.0244 * 0.8**40, 4) == 0.0007


def test_it_is_the_tanh_that_takes_the_rest():
    bent, _ = distances("tanh")
    linear, _ = distances("linear")
    assert linear[54] > 0.0007  # what the weights alone leave
    assert bent[54] < 1e-5 * linear[54]


def test_a_silent_step_leaves_four_fifths_of_a_length():
    """Not only of the one that the chapter shows, but of states and weights of all kinds."""
    rng = np.random.default_rng(3)
    ratios = []
    for _ in range(50):
        h, W_h = rng.normal(size=100), rng.normal(0, 0.08, (100, 100))
        ratios.append(np.linalg.norm(h @ W_h) / np.linalg.norm(h))
    assert np.mean(ratios) == pytest.approx(0.8, abs=0.02)
