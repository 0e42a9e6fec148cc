"""The outputs stored in each chapter are those that the build of the book got.

So one run of each chapter serves the pages and the comparison.  `pytest --nbval book` runs them
once more where there is nothing but the requirements: in the workflow's rows of `package`.
"""

import nbformat
import pytest
from jupyter_cache import get_cache

from tools import build_book, notebook_checks, notebooks

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")


@pytest.mark.parametrize("path", notebooks.find(), ids=lambda path: path.stem)
def test_stored_outputs_are_those_of_the_build(path):
    stored = nbformat.read(path, as_version=4)
    try:
        _, fresh = get_cache(build_book.CACHE).merge_match_into_notebook(stored)
    except KeyError:
        pytest.fail(f"The book was not built with this {path.name}; run `make book` first.")
    complaints = notebook_checks.changed_outputs(stored, notebooks.normalise(fresh))
    assert not complaints, "\n".join(complaints)
