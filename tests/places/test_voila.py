"""The gallery as a Voilà application: every widget shows, and steps."""

import pytest

from tests.support.gallery import PATH, WIDGETS
from tests.support.jupyter import BIN, free_port, started

# Of the extensions of JupyterLab that are installed: others may need a newer one than Voilà's.
NEEDED = ["@jupyter-widgets/jupyterlab-manager", "anywidget"]

ALL_THERE = "(count) => document.querySelectorAll('[data-rnn-widget]').length === count"


@pytest.fixture
def voila(tmp_path):
    """The address of the gallery under Voilà."""
    pytest.importorskip("voila", reason="Voilà is not installed: pip install 'voila>=0.5,<0.6'")
    port = free_port()
    command = [BIN / "voila", PATH, "--no-browser", "--Voila.ip=127.0.0.1", f"--port={port}"]
    command += [f"--VoilaConfiguration.extension_allowlist={name}" for name in NEEDED]
    with started(command, tmp_path, port) as address:
        yield address


def test_every_widget_of_the_gallery_shows_and_steps(voila, browser):
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.goto(voila)
    roots = page.locator("[data-rnn-widget]")
    page.wait_for_function(ALL_THERE, arg=len(WIDGETS))
    kinds = roots.evaluate_all("(all) => all.map((root) => root.dataset.rnnWidget)")
    made = [type(widget).__name__.lower() for widget in WIDGETS.values()]
    assert [kind.replace("-", "") for kind in kinds] == made
    assert page.get_by_text("Run this cell").count() == 0  # the view, not what stands for it
    for root in roots.all():
        if root.get_attribute("data-steps"):
            root.get_by_role("slider", name="Time step").focus()
            page.keyboard.press("Home")
            page.keyboard.press("ArrowRight")
            assert root.get_attribute("data-step") == "1"
    page.close()
