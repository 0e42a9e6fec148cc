"""What stands around the code says what is true of it."""

import re
from pathlib import Path

import pytest
import yaml

import rnncore

ROOT = Path(__file__).parents[1]
YAML = ["CITATION.cff", ".pre-commit-config.yaml", *map(str, (ROOT / ".github").rglob("*.yml"))]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_contributing_lists_the_commands_of_the_makefile():
    targets = re.findall(r"^(\w+):  ## ", read("Makefile"), re.M)
    commands = re.findall(r"^\| `make (\w+)` \|", read("CONTRIBUTING.md"), re.M)
    assert sorted(commands) == sorted(set(targets) - {"help"})


def test_the_citation_is_of_this_version():
    assert yaml.safe_load(read("CITATION.cff"))["version"] == rnncore.__version__


@pytest.mark.parametrize("name", YAML)
def test_a_settings_file_can_be_read(name):
    assert yaml.safe_load(read(name))


def test_hooks_are_commands_that_make_check_has_installed():
    hooks = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"][0]["hooks"]
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks)


def test_python_finds_every_package_without_a_path_of_our_own():
    files = [path for top in ("rnncore", "tests", "tools", "book") for path in walk(top)]
    edits = re.compile(r"sys\.path\.(append|insert|extend)|sys\.path *[+=]")
    assert [str(path) for path in files if edits.search(path.read_text(encoding="utf-8"))] == []


def walk(top):
    return (ROOT / top).rglob("*.py")
