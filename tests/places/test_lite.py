"""Every chapter runs in JupyterLite, and its numbers are the stored ones."""

import nbformat
import pytest

from tests.support.lite import MODEL, RUN_ALL, opened
from tools import lite, notebooks, pyodide

pytestmark = pytest.mark.xdist_group("lite")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a site that has the wheels of NumPy and matplotlib."""
    lite.build()
    if missing := pyodide.gather()["missing"]:
        pytest.fail(f"wheels are missing: {missing}; `make places` fetches them")
    folder = tmp_path_factory.mktemp("site")
    (folder / "lite").symlink_to(lite.SITE)
    (folder / "pyodide").symlink_to(pyodide.FOLDER)
    return folder


def said(cell):
    """Return what a cell of code says in words: streams, results, errors; no pictures."""
    lines = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            lines.append(joined(output["text"]))
        elif output["output_type"] == "error":
            lines.append(f"{output['ename']}: {output['evalue']}")
        elif "image/png" not in output["data"]:
            data = output["data"]
            lines += [joined(data[kind]) for kind in ("text/plain", "text/html") if kind in data]
    return "\n".join(lines).strip()


def joined(text):
    return text if isinstance(text, str) else "".join(text)


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("path", notebooks.find(), ids=lambda path: path.stem)
def test_its_numbers_are_the_stored_ones(browser, site, path):
    stored = code_cells(nbformat.read(path, as_version=4))
    with opened(browser, site, path.name) as page:
        page.evaluate(RUN_ALL)
        run = code_cells(page.evaluate(MODEL))
        assert len(run) == len(stored)
        for old, new in zip(stored, run):
            assert new["execution_count"], new["source"]
            assert said(new) == said(old), new["source"]
        if any("rnncore.widgets import" in joined(cell["source"]) for cell in stored):
            assert page.locator("[data-rnn-widget]").count() > 0
