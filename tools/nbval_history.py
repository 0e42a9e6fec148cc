"""A pytest plugin: nbval runs each cell with history, as Jupyter does.

Without history IPython ignores the `;` at the end of a plotting cell, and shows a value that the
reader doesn't see.
"""

import tools.light_imports  # noqa: F401, I001 (before nbval)

from nbval.kernel import RunningKernel


def execute_cell_input(self, cell_input, allow_stdin=None):
    return self.kc.execute(
        cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False
    )


RunningKernel.execute_cell_input = execute_cell_input
