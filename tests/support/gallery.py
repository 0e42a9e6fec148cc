"""The gallery's widgets: one of each kind, and a second where a kind has two forms."""

import ast
from pathlib import Path

import nbformat

from rnncore.widgets.base import Widget

PATH = Path(__file__).parents[2] / "book" / "gallery.ipynb"


def made():
    """Return what the gallery's cells make, as (source, value of the last line) for each cell."""
    found, space = [], {}
    for cell in nbformat.read(PATH, as_version=4).cells:
        if cell.cell_type == "code":
            *before, last = ast.parse(cell.source).body
            exec(compile(ast.Module(before, []), str(PATH), "exec"), space)
            is_value = isinstance(last, ast.Expr)
            code = ast.Expression(last.value) if is_value else ast.Module([last], [])
            run = eval if is_value else exec
            found.append((cell.source, run(compile(code, str(PATH), run.__name__), space)))
    return found


CELLS = made()
WIDGETS = {value.id: value for _, value in CELLS if isinstance(value, Widget)}
