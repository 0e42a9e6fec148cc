"""In a browser's notebook, what the first cell says about printing holds in the next ones."""

import contextvars
import subprocess
import sys

import numpy as np
import pytest

from rnncore import _browser

ipython = pytest.importorskip("IPython.core.interactiveshell")


def run(shell, code):
    """Run a cell as JupyterLite does: in a copy of the context."""
    result = contextvars.copy_context().run(shell.run_cell, code, store_history=False)
    result.raise_error()
    return result.result


@pytest.fixture
def shell():
    shell = ipython.InteractiveShell()
    run(shell, "import numpy as np")
    yield shell
    shell.history_manager.end_session()


def printed(shell):
    return run(shell, "str(np.array([1 / 3]))")


def test_print_options_are_lost_without_it(shell):
    run(shell, "np.set_printoptions(precision=4)")
    assert printed(shell) == "[0.33333333]"


def test_print_options_are_kept_from_cell_to_cell(shell):
    _browser.keep_print_options(shell.events)
    run(shell, "np.set_printoptions(precision=4)")
    assert printed(shell) == "[0.3333]"
    run(shell, "np.set_printoptions(precision=2)")
    assert printed(shell) == "[0.33]"
    assert str(np.array([1 / 3])) == "[0.33333333]"  # outside of the cells


@pytest.mark.parametrize(("platform", "loaded"), [("emscripten", "True"), ("linux", "False")])
def test_it_is_loaded_in_a_browser_only(platform, loaded):
    code = (
        f"import numpy, sys; sys.platform = {platform!r}; import rnncore\n"
        "print('rnncore._browser' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == loaded
