"""The Python blocks of a Markdown page, run in their order as a reader would run them."""

import ast
import contextlib
import io
import re

# A block of code, and the unnamed block that shows its output, if one follows it at once.
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n?^```\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)


def blocks(text):
    """Return the blocks of a page as pairs: the code, and the output that the page shows."""
    return BLOCK.findall(text)


def run(code, names):
    """Run a block among these names; return what it prints and shows, as a notebook would."""
    body = ast.parse(code).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "<page>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<page>", "eval"), names) if last else None
        if value is not None:
            print(repr(value))
    return printed.getvalue()
