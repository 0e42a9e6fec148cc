"""JupyterLite starts from the site's own files, runs Python, and says if NumPy is missing."""

import pytest

from tests.support.lite import opened, run_first
from tools import lite, pyodide

pytestmark = pytest.mark.xdist_group("lite")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a site that was built where no wheel of NumPy was; the book's, if it was."""
    folder = tmp_path_factory.mktemp("site")
    lite.build()
    with pytest.MonkeyPatch.context() as patch:
        if pyodide.compiled():
            patch.setattr(pyodide, "FOLDER", folder / "gathered")
            patch.setattr(pyodide, "compiled", dict)
        assert "numpy" in pyodide.gather()["missing"]
        (folder / "pyodide").symlink_to(pyodide.FOLDER)
    (folder / "lite").symlink_to(lite.SITE)
    return folder


def test_it_starts_from_the_site_and_says_that_numpy_is_missing(browser, site):
    with opened(browser, site, "intro.ipynb") as page:
        assert run_first(page, "1 + 1").strip() == "2"
        said = run_first(page, "import rnncore")
        assert said.rstrip().splitlines()[-1].startswith("ImportError: numpy is not part of this")
        assert "python -m tools.pyodide --download" in said
