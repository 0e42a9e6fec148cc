"""In JupyterLite each cell runs in a context of its own, and NumPy's print options are part of it.

Keep them from cell to cell, so that `np.set_printoptions` in the first cell of a chapter holds
for the whole chapter, as in every other Jupyter.
"""

from typing import Any

import numpy as np


def keep_print_options(events: Any) -> None:
    """Let each cell begin with the print options that the one before it has left."""
    options: dict[str, Any] = {}
    events.register("pre_run_cell", lambda info: np.set_printoptions(**options))
    events.register("post_run_cell", lambda result: options.update(np.get_printoptions()))


def shell() -> Any:
    """Return the shell of the notebook that runs this; None if there is none."""
    try:
        from IPython import get_ipython
    except ModuleNotFoundError:
        return None
    return get_ipython()


if found := shell():
    keep_print_options(found.events)
