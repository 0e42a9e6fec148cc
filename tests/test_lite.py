"""JupyterLite is made anew when it has to be, and its chapters link to the pages of the site."""

import json
from pathlib import Path

import pytest

from tools import lite


def test_a_link_to_a_page_that_is_no_notebook_leads_to_the_site():
    text = "[Elman](references.md#cite-elman1990) [all](api.md) [2](02_compute_states.ipynb#memory)"
    assert lite.with_links(text, "https://book.example/latest") == (
        "[Elman](https://book.example/latest/book/references.html#cite-elman1990) "
        "[all](https://book.example/latest/book/api.html) [2](02_compute_states.ipynb#memory)"
    )
    assert lite.with_links(text, "") == text  # the site has no address yet


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A folder where JupyterLite was made, as far as the tool knows."""
    monkeypatch.setattr(lite, "SITE", tmp_path / "made")
    lite.SITE.mkdir()
    (lite.SITE / "key.txt").write_text(lite.key_of_sources())
    return lite.SITE


def test_what_is_up_to_date_stays(made):
    assert not lite.build()


@pytest.mark.parametrize("change", ["a setting", "a version", "the address of the site"])
def test_a_change_makes_another_key(made, monkeypatch, tmp_path, change):
    if change == "a setting":
        (tmp_path / "other").mkdir()
        monkeypatch.setattr(lite, "SETTINGS", tmp_path / "other")
    elif change == "a version":
        monkeypatch.setattr(lite, "version", lambda name: "1.0")
    else:
        monkeypatch.setattr(lite, "base_of_site", lambda: "https://book.example")
    assert lite.key_of_sources() != (made / "key.txt").read_text()


def test_it_is_put_into_the_book_once_it_is_made(made, tmp_path):
    site = tmp_path / "html"
    lite.publish(site)
    assert (site / "lite" / "key.txt").exists()
    (site / "lite" / "more").touch()
    lite.publish(site)
    assert (site / "lite" / "more").exists()  # it was the same
    (made / "key.txt").write_text("another")
    lite.publish(site)
    assert not (site / "lite" / "more").exists()


def test_its_python_is_the_one_beside_it_and_asks_no_index():
    settings = json.loads(Path(lite.SETTINGS, "jupyter-lite.json").read_text())
    plugins = settings["jupyter-config-data"]["litePluginSettings"]
    kernel = plugins["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["pyodideUrl"] == "./../pyodide/pyodide.mjs"
    assert kernel["disablePyPIFallback"]
