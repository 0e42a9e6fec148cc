"""How `make notebooks` executes and stores: each test starts a kernel."""

import copy
from pathlib import Path

import nbformat
import pytest
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
    assert [cell.get("execution_count") for cell in stored.cells] == [None, 1, 2]
    assert stored.cells[2].outputs[0].data == {"text/plain": "4"}
    assert checks.missing_counts(stored) == checks.unfit_outputs(stored) == []


def test_a_cell_that_raises_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "chapter.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("x = 1"), new_code_cell("1 / 0")]), path)
    before = path.read_bytes()
    with pytest.raises(notebooks.CellExecutionError, match="ZeroDivisionError"):
        notebooks.store(path)
    assert path.read_bytes() == before
