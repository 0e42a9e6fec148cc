"""The jobs of the README run as they stand there, and do what it says."""

import ast
import io
import re
import tokenize
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import rnncore
from rnncore.training import predict

README = Path(rnncore.__file__).parents[1] / "README.md"


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """All names of the jobs, after they have run one after the other in an empty folder."""
    if not README.exists():
        pytest.skip("the package stands here without its README.md")
    jobs = README.read_text(encoding="utf-8").partition("\n## Jobs\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```python\n(.*?)\n```", jobs, re.DOTALL)
    assert len(blocks) > 5
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("jobs"))
        for block in blocks:
            exec(compile(block, "README.md", "exec"), names)
    return names


def test_the_model_that_leaves_the_padding_out_learns(done):
    history = done["history"]
    assert min(history["validation_loss"]) < 0.1
    assert max(history["validation_binary_accuracy_with_logits"]) > 0.95
    fives = done["labels"][300:]
    assert ((predict(done["same"], done["tokens"][300:]) > 0) == fives).mean() > 0.95


def test_early_stopping_returns_to_the_lowest_validation_loss(done):
    losses = done["history"]["validation_loss"]
    y = predict(done["same"], done["tokens"][300:])
    loss, _ = done["loss"](y, done["labels"][300:])
    assert_allclose(loss, min(losses), rtol=1e-12)


def test_padding_changes_nothing(done):
    tokens, same = done["tokens"][:5], done["same"]
    for row in tokens:
        assert_allclose(
            same.forward(row[np.newaxis]), same.forward(row[row > 0][np.newaxis]), rtol=1e-12
        )


def test_a_state_that_is_carried_on_is_that_of_one_call(done):
    gru, x = done["gru"], done["x"]
    assert_allclose(done["rest"], gru.forward(x), rtol=1e-12)
    assert_allclose(gru.forward(x, lengths=[7, 4])[1], gru.forward(x[1:, :4])[0], rtol=1e-12)


def test_weights_that_came_back_are_the_same(done):
    made = done["from_torch"]("GRU", done["weights"], return_sequences=False)
    for name, p in done["gru"].parameters.items():
        assert_array_equal(made.parameters[name], p)


def test_the_network_of_ones_own_is_told_its_mistake(done):
    report = done["diagnose"](done["my_states"])
    assert "when the bias is added after the activation" in report.verdict


def lines_of_code(path):
    """Return how many lines hold code: neither docstrings nor comments."""
    text = path.read_text(encoding="utf-8")
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]
    documented = [node.body[0] for node in nodes if ast.get_docstring(node)]
    docstrings = {n for d in documented for n in range(d.lineno, (d.end_lineno or 0) + 1)}
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    code = [t for t in tokens if t.string.strip() and t.type != tokenize.COMMENT]
    return len({n for t in code for n in range(t.start[0], t.end[0] + 1)} - docstrings)


def test_the_readme_says_how_long_the_core_is():
    if not README.exists():
        pytest.skip("the package stands here without its README.md")
    said = re.search(
        r"The numeric core \((.*?)\) has (\d+) lines of code", README.read_text("utf-8")
    )
    assert said
    parts = [README.parent / "rnncore" / name for name in re.findall(r"`(\w+)`", said[1])]
    files = [
        file
        for part in parts
        for file in (part.glob("*.py") if part.is_dir() else [part.with_suffix(".py")])
    ]
    assert sum(map(lines_of_code, files)) == int(said[2])
