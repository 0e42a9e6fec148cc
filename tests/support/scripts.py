"""Functions in JavaScript that a test sends to a page: each is the export of a file beside it."""

from pathlib import Path


def script(test, name):
    """Return the function in NAME.js beside that test, as `page.evaluate` takes it."""
    text = Path(test).with_name(f"{name}.js").read_text(encoding="utf-8")
    return text.partition("export default ")[2].rstrip().removesuffix(";")
