"""The widgets in a real JupyterLab: they draw, step, and go both ways between page and Python."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest

from rnncore import widgets

pytestmark = pytest.mark.xdist_group("jupyterlab")  # one server for all

BIN = Path(sys.executable).parent
GALLERY = Path(__file__).parents[2] / "book" / "gallery.ipynb"


def gallery_calls():
    """The cells of the gallery that make a widget."""
    notebook = nbformat.read(GALLERY, as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return [source for source in code if "rnncore.widgets" in source]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab on a free port, with a notebook of the whole family."""
    folder = tmp_path_factory.mktemp("lab")
    cells = [
        "from rnncore.widgets import StateStepper\n"
        "w = StateStepper([1, 0, 1], W_x=1.0, W_h=0.5, id='live')\nw",
        "w.step = 2",
        "import ipywidgets\nslider = ipywidgets.FloatSlider(value=0.25, min=0, max=2, step=0.25)\n"
        "ipywidgets.jslink((slider, 'value'), (w, 'W_h'))\nslider",
        "print('python has', w.step, w.W_h, w.trace()['h'][-1])",
        *gallery_calls(),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "family.ipynb")
    quiet = folder / "settings" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    (quiet / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    options = {
        "--ServerApp.root_dir": folder,
        "--ServerApp.port": 0,
        "--IdentityProvider.token": "",
        "--LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "--LabApp.workspaces_dir": folder / "workspaces",
        "--LabApp.user_settings_dir": folder / "settings",
    }
    command = [BIN / "jupyter-lab", "--no-browser", *(f"{k}={v}" for k, v in options.items())]
    command += ["--allow-root"] if not os.geteuid() else []
    log = (folder / "log").open("w+")
    settings = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_DATA_DIR": str(folder)}
    server = subprocess.Popen(command, stdout=log, stderr=log, env=settings)
    try:
        yield address(server, folder / "log")
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def address(server, log):
    for _ in range(600):
        if found := re.search(r"http://(?:127\.0\.0\.1|localhost):(\d+)/lab", log.read_text()):
            base = f"http://127.0.0.1:{found[1]}"
            with suppress(urllib.error.URLError):  # it says its address before it listens
                urllib.request.urlopen(f"{base}/api", timeout=10).read()
                return base
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def page(lab, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(f"{lab}/lab/tree/family.ipynb")
    page.get_by_text("| Idle").wait_for()  # the kernel is there
    yield page
    context.close()


def run_cell(page, number):
    """Run one code cell, counted from 0, and wait until it has its number."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(number)
    cell.scroll_into_view_if_needed()
    cell.locator(".jp-InputArea-editor .cm-content").click()
    page.keyboard.press("Control+Enter")
    cell.locator(".jp-InputPrompt", has_text=re.compile(r"\[\d+\]")).wait_for()
    return cell


def test_it_draws_steps_and_goes_both_ways(page):
    live = run_cell(page, 0).locator('[data-rnn-widget="state-stepper"]')
    live.wait_for()
    assert live.get_attribute("data-step") == "0"
    run_cell(page, 1)  # Python sets the step, and the view follows
    page.locator('[data-rnn-widget="state-stepper"][data-step="2"]').wait_for()
    live.get_by_role("button", name="Next step").click()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")  # keys are the stepper's, not the notebook's
    assert live.get_attribute("data-step") == "3"
    run_cell(page, 2)
    thumb = page.locator(".jp-Notebook .noUi-handle")
    thumb.focus()
    page.keyboard.press("ArrowRight")
    live.locator('[data-name="W_h"][data-value="0.5"]').first.wait_for(state="attached")
    output = run_cell(page, 3).locator(".jp-OutputArea-output")
    # The state after 1, 0, 1 with W_h = 0.5: 1 + 0.5² = 1.25; the step is the reader's.
    output.filter(has_text="python has 3 0.5 1.25").wait_for()


def test_the_whole_family_draws(page):
    for i in range(len(gallery_calls())):
        widget = run_cell(page, 4 + i).locator("[data-rnn-widget]").first
        widget.wait_for()
        asks = widget.get_attribute("data-rnn-widget") == "check"  # it shows its answer last
        assert widget.locator("input" if asks else "[data-value]").count() > 0
    assert len(gallery_calls()) >= len(widgets.__all__)
    assert page.errors == []
