"""Execute every chapter in place and store it normalised: `make notebooks`.

Outputs are kept.  Widget state, timestamps, random ids and the machine's paths are removed, so
that a second run writes the same bytes.  A cell that raises without the tag `raises-exception`
stops the run, and its file stays as it was.
"""

import os
import re
import sys
from pathlib import Path

import nbformat
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tools import slides

ROOT = Path(__file__).resolve().parent.parent
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KEPT_OF_NOTEBOOK = {"myst", "mystnb", "title", "authors"}
# The last two fold up a cell's code and outputs.
KEPT_OF_CELL = {"tags", "mystnb", "jupyter", "collapsed"}
# What a kernel says of itself. JupyterLab writes it into a notebook that says something else, and
# marks that as unsaved.
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
# Ids that editors draw at random, and those that an earlier run gave by position.
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8}|cell-\d+")

# The first code of a notebook, for those who have copied it to where the package is not.
SETUP = "setup"
SETUP_WITHOUT_ADDRESS = """\
# Is the book's package here?
try:
    import rnncore
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This notebook needs rnncore, the package of its book: start it with `make lab` in the "
        "book's repository, or run `pip install '.[book]'` there, and then this cell again."
    ) from None"""
SETUP_WITH_ADDRESS = """\
# Is the book's package here?
try:
    import rnncore
except ModuleNotFoundError:
    import subprocess, sys

    package = "{package}"
    if "google.colab" not in sys.modules:
        raise ModuleNotFoundError(
            "This notebook needs rnncore, the package of its book: "
            f"run `%pip install '{{package}}'` in a cell, and then this one again."
        ) from None
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", package], check=True)"""


def main():
    paths = find()
    if not paths:
        sys.exit("There is no notebook under book/.")
    for path in paths:
        name = path.relative_to(ROOT)
        try:
            changed = store(path)
        except CellExecutionError as error:
            sys.exit(f"{name}: stays as it was, for it does not run\n{error}")
        print(f"{name}: {'stored' if changed else 'unchanged'}", flush=True)


def find():
    """Return every notebook of the book, including drafts, without Jupyter's checkpoints."""
    notebooks = sorted((ROOT / "book").glob("**/*.ipynb"))
    return [path for path in notebooks if ".ipynb_checkpoints" not in path.parts]


def store(path):
    """Execute the notebook at `path` and write it back; return whether its bytes changed."""
    old = path.read_text(encoding="utf-8")
    notebook = execute(with_setup(nbformat.reads(old, as_version=4)), path.parent)
    new = as_text(normalise(notebook))
    if new != old:
        aside = path.with_suffix(".tmp")
        aside.write_text(new, encoding="utf-8")
        os.replace(aside, path)
    return new != old


def with_setup(notebook, package=None):
    """Put the cell for readers without the package where it belongs, behind the title.

    package : what pip installs; if it isn't given, what the settings say
    """
    cells = [cell for cell in notebook.cells if cell.get("id") != SETUP]
    code = setup(source_of_package() if package is None else package)
    # It is hidden in the book, and its code is folded up elsewhere.
    metadata = {"tags": ["remove-cell"], "jupyter": {"source_hidden": True}}
    cells.insert(1, nbformat.v4.new_code_cell(code, id=SETUP, metadata=metadata))
    notebook.cells = cells
    return notebook


def setup(package):
    """Return the code of that cell, given what pip installs; empty if there is no address."""
    if not package:
        return SETUP_WITHOUT_ADDRESS
    return SETUP_WITH_ADDRESS.format(package=package)


def source_of_package():
    """Return what pip installs: the package from its repository, if that has an address."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    url, branch = settings["repository"]["url"].rstrip("/"), settings["repository"]["branch"]
    return url and f"rnncore[book] @ git+{url}@{branch}"


def execute(notebook, folder):
    """Run all cells of `notebook` with `folder` as the working directory; return it."""
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        timeout=300,
        coalesce_streams=True,
        record_timing=False,
        store_widget_state=False,
    )
    return client.execute()


def normalise(notebook):
    """Remove what differs from run to run or from editor to editor; return the notebook."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    slides.apart(notebook)
    kept = {k: v for k, v in notebook.metadata.items() if k in KEPT_OF_NOTEBOOK}
    said = notebook.metadata.get("language_info", {})
    language = LANGUAGE | {k: v for k, v in said.items() if k == "version"}
    notebook.metadata = nbformat.from_dict(kept | {"kernelspec": KERNEL, "language_info": language})
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k in KEPT_OF_CELL}
        )
        if RANDOM_ID.fullmatch(cell.get("id", "cell-0")):
            cell.id = f"cell-{number:02}"
        if cell.cell_type == "code":
            cell.outputs = [normalise_output(output) for output in cell.outputs]
    return slides.mark(notebook)


def normalise_output(output):
    if "data" in output:
        output.data.pop(WIDGET_VIEW, None)  # the text/plain form stays
    if output.output_type == "error":
        output.traceback = [line.replace(f"{ROOT}/", "") for line in output.traceback]
    return output


def as_text(notebook):
    """Return the content of its file: indent 1, sorted keys, no escapes, a last newline."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


if __name__ == "__main__":
    main()
