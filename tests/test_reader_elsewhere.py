"""The reader of reviews in Keras and PyTorch: what the page shows runs, where they are installed.

The page's two programs train on fewer and shorter reviews here; nothing else in them is changed.
"""

import importlib.util
import os
import re

import nbformat
import numpy as np
import pytest

from rnncore import interop, records
from rnncore.layers import Dense, Embedding, Sequential, SimpleRNN
from rnncore.tasks import sentiment
from tests.support.repository import BOOK, needs_the_book

SIZES = "reviews, words, epochs = 2000, 30, 10"
SMALLER = "reviews, words, epochs = 64, 8, 2"


def installed(name):
    return importlib.util.find_spec(name) is not None


def program(library):
    """The block of code on the page that imports this library."""
    page = nbformat.read(BOOK / "07b_reviews.ipynb", 4)
    text = "\n".join(cell.source for cell in page.cells if cell.cell_type == "markdown")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    (found,) = [code for code in blocks if f"import {library}\n" in code]
    return found


@needs_the_book
@pytest.mark.parametrize("library", ["keras", "torch"])
def test_a_program_is_complete_and_says_its_sizes_once(library):
    code = program(library)
    compile(code, library, "exec")
    assert code.count(SIZES) == 1


@needs_the_book
@pytest.mark.skipif(not installed("torch"), reason="PyTorch is not installed")
def test_the_program_in_pytorch_trains_and_its_weights_come_back():
    names = {}
    exec(program("torch").replace(SIZES, SMALLER), names)
    ours = Sequential(
        [
            interop.from_torch("Embedding", names["embedding"].state_dict(), mask=0),
            interop.from_torch("RNN", names["rnn"].state_dict(), return_sequences=False),
            interop.from_torch("Linear", names["dense"].state_dict()),
        ]
    )
    x, _ = sentiment(5, 8, np.random.default_rng(1))
    lengths = names["torch"].tensor((x > 0).sum(axis=1))
    embedded = names["embedding"](names["torch"].tensor(x).to(names["device"]))
    packed = names["pack_padded_sequence"](
        embedded, lengths, batch_first=True, enforce_sorted=False
    )
    theirs = names["dense"](names["rnn"](packed)[1][-1]).detach().cpu().numpy()
    np.testing.assert_allclose(ours.forward(x), theirs, rtol=0, atol=1e-5)


@needs_the_book
@pytest.mark.skipif(not installed("keras"), reason="Keras is not installed")
def test_the_program_in_keras_trains_and_its_weights_come_back():
    os.environ.setdefault("KERAS_BACKEND", "torch" if installed("torch") else "jax")
    names = {}
    exec(program("keras").replace(SIZES, SMALLER), names)
    table, *recurrent, W, b = names["ours"]
    ours = Sequential(
        [Embedding(table, mask=0), interop.from_keras("SimpleRNN", recurrent), Dense(W, b)]
    )
    x, _ = sentiment(5, 8, np.random.default_rng(1))
    theirs = names["model"].predict(x, verbose=0)
    np.testing.assert_allclose(ours.forward(x), theirs, rtol=0, atol=1e-5)


def test_the_recorded_answers_are_ours_now():
    rng = np.random.default_rng(7)
    reader = Sequential(
        [
            Embedding.initialise(10, 3, rng),
            SimpleRNN.initialise(3, 4, rng, W_h="uniform", b="uniform"),
            Dense.initialise(4, 1, rng),
        ]
    )
    (recorded,) = records.read("three_libraries").where(what="answers")
    ours = reader.forward([[3, 1, 4, 1, 5, 9], [2, 7, 1, 8, 2, 8]]).ravel()
    for name, digits in {"rnncore": 1e-12, "torch": 1e-12, "keras": 1e-6}.items():
        np.testing.assert_allclose(recorded[name], ours, rtol=0, atol=digits)
    counts = [recorded[f"{name}_parameters"] for name in ("rnncore", "keras", "torch")]
    assert counts == [173401, 173401, 173501]
