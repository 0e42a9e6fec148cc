"""`make lab` as on a machine that has never run Jupyter: it opens a chapter, and asks nothing."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.jupyter import stop

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/lab/tree/intro\.ipynb\?token=\w+")
pytestmark = pytest.mark.xdist_group("jupyterlab")  # one server at a time


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """What the command prints to open, with a home and settings that nobody has used."""
    home = tmp_path_factory.mktemp("home")
    mine = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER_")}
    mine |= {"HOME": str(home), "JUPYTER_PREFER_ENV_PATH": "1"}
    command = [sys.executable, "-m", "tools.lab", "--no-browser", "--ServerApp.port=0"]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=mine, stdout=log, stderr=log)
    try:
        yield printed(server, home / "log")
    finally:
        stop(server)


def printed(server, log):
    for _ in range(1800):
        if found := ADDRESS.search(log.read_text("utf8")):
            return found[0]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"It printed no address: {log.read_text('utf8')[-2000:]}")


def test_it_opens_the_first_page_beside_the_chapters_and_asks_nothing(address, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(60_000)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.locator(".jp-Notebook h1", has_text="One Step at a Time").wait_for()
    page.get_by_text("| Idle").wait_for()  # the kernel is there, and all that comes by itself
    chapters = page.locator(".jp-DirListing-item", has_text=".ipynb").all_inner_texts()
    names = {path.name for path in (ROOT / "book").glob("*.ipynb")}
    assert {text.strip().split("\n")[0] for text in chapters} == names
    page.wait_for_timeout(1000)  # a note slides in
    assert page.locator(".Toastify__toast, .jp-Dialog").all_inner_texts() == []
    site = ADDRESS.match(address)[1]
    assert [url for url in asked if not url.startswith((site, "blob:", "data:"))] == []
    page.close()
