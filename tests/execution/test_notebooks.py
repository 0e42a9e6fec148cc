"""How `make notebooks` executes and stores: each test starts a kernel."""

import copy
import platform
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import get_kernel_spec
from nbformat.v4 import new_code_cell, new_notebook

from tests.test_notebooks import code, untidy
from tools import notebook_checks as checks
from tools import notebooks

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")


def test_a_stripped_output_is_caught_by_executing():
    stored = new_notebook(cells=[code("2 + 2"), code("x = 2"), code("print(x)")])
    fresh = notebooks.execute(copy.deepcopy(stored), Path.cwd())
    assert [line[:6] for line in checks.changed_outputs(stored, fresh)] == ["cell 1", "cell 3"]
    assert checks.changed_outputs(fresh, fresh) == []


def test_store_is_idempotent(tmp_path):
    path = tmp_path / "chapter.ipynb"
    nbformat.write(untidy(), path)
    assert notebooks.store(path)
    first = path.read_bytes()
    assert not notebooks.store(path)
    assert path.read_bytes() == first
    stored = nbformat.read(path, as_version=4)
    assert [cell.get("execution_count") for cell in stored.cells] == [None, 1, 2, 3]
    assert stored.cells[1].source == notebooks.setup(notebooks.source_of_package())
    assert stored.cells[3].outputs[0].data == {"text/plain": "4"}
    assert checks.missing_counts(stored) == checks.unfit_outputs(stored) == []


def test_what_is_stored_of_the_kernel_is_what_it_says_of_itself():
    """JupyterLab marks a notebook as unsaved when it is opened and the kernel says otherwise."""
    fresh = notebooks.execute(new_notebook(cells=[code("2 + 2")]), Path.cwd())
    said = {k: v for k, v in fresh.metadata.language_info.items() if k != "version"}
    assert said == notebooks.LANGUAGE
    assert fresh.metadata.language_info.version == platform.python_version()
    assert notebooks.normalise(fresh).metadata.language_info.version == platform.python_version()
    assert get_kernel_spec("python3").display_name == notebooks.KERNEL["display_name"]


def test_a_kernel_without_the_package_says_what_to_do():
    gone = code("import sys\nsys.modules['rnncore'] = None")
    notebook = new_notebook(cells=[gone, code(notebooks.setup("")), code("import rnncore")])
    with pytest.raises(notebooks.CellExecutionError, match=r"needs rnncore, .*`make lab`") as stop:
        notebooks.execute(notebook, Path.cwd())
    assert stop.value.ename == "ModuleNotFoundError"


def test_a_figure_is_described_in_the_same_words_by_every_version():
    draw = "from rnncore import plots\nimport matplotlib.pyplot as plt\nplt.subplots(1, 3)\n"
    shown = notebooks.execute(new_notebook(cells=[code(f"{draw}plots.show()")]), Path.cwd())
    [output] = shown.cells[0].outputs
    assert output.data["text/plain"] == "Figure, axes: 3"
    assert "image/png" in output.data


def test_a_cell_that_raises_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "chapter.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("x = 1"), new_code_cell("1 / 0")]), path)
    before = path.read_bytes()
    with pytest.raises(notebooks.CellExecutionError, match="ZeroDivisionError"):
        notebooks.store(path)
    assert path.read_bytes() == before
