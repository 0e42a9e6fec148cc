"""Functions in JavaScript that tests run in a page: tests/support/page/NAME.js exports one."""

from pathlib import Path

FOLDER = Path(__file__).parent / "page"


def script(name):
    """Return the source of the function, as `page.evaluate` takes it."""
    text = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
    return text.partition("export default ")[2].rstrip().removesuffix(";")
