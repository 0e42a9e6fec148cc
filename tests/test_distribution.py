"""What is published: the text for an index, and tests that run where they are unpacked."""

import ast
import re
import runpy
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from tests.support.repository import NEEDS_THE_REPOSITORY

ROOT = Path(__file__).parents[1]
SETUP = runpy.run_path(str(ROOT / "setup.py"), run_name="setup")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MANIFEST = (ROOT / "MANIFEST.in").read_text(encoding="utf-8")
RELATIVE = re.compile(r"\]\((?!https?:|#)[^)]+\)")


# --- The text for an index ----------------------------------------------------------


def test_without_an_address_no_link_and_no_picture_leads_to_a_file():
    text = SETUP["for_an_index"](README, "", "v1.2.3")
    assert RELATIVE.findall(README)
    assert RELATIVE.findall(text) == []
    assert "![" not in text
    assert "\n\nCONTRIBUTING.md shows how" in text


def test_with_an_address_the_picture_and_every_link_have_it():
    text = SETUP["for_an_index"](README, "https://git.example/us/rnn", "v1.2.3")
    assert RELATIVE.findall(text) == []
    assert "](https://git.example/us/rnn/raw/v1.2.3/book/_static/stepper.png)\n" in text
    assert "[MIT licence](https://git.example/us/rnn/blob/v1.2.3/LICENSE)" in text


def test_the_text_is_that_of_the_address_in_the_metadata():
    address = PROJECT.get("urls", {}).get("Repository", "")
    assert SETUP["readme"]() == SETUP["for_an_index"](README, address, f"v{version()}")


def version():
    from rnncore import __version__

    return __version__


def test_every_python_of_the_workflow_is_in_the_metadata():
    text = (ROOT / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8")
    known = {line.rpartition(":: ")[2] for line in PROJECT["classifiers"] if ":: 3." in line}
    assert set(re.findall(r'"(3\.\d+)"', text)) == known


# --- Tests that run where they are unpacked -----------------------------------------


def shipped():
    """The files of tests that are loaded where the package was unpacked alone."""
    tests = ROOT / "tests"
    found = [
        path
        for path in sorted(tests.rglob("test_*.py"))
        if path.relative_to(tests).parts[0] not in ("browser", "execution", "places")
        and path.name not in ("test_page.py", *NEEDS_THE_REPOSITORY)
    ]
    found += [tests / "conftest.py", tests / "support" / "browser.py"]
    for path in found:  # and what these import of one another
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("tests."):
                other = ROOT.joinpath(*node.module.split(".")).with_suffix(".py")
                found += [other] if other not in found and other.is_file() else []
    return found


def brought():
    """The modules that come with Python, the package, its extras and its tests."""
    extras = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *extras["book"], *extras["test"]]
    tools = re.findall(r"tools/(\w+)\.py", MANIFEST)
    return (
        sys.stdlib_module_names
        | {Requirement(line).name for line in lines}
        | {"rnncore", "tests", "traitlets", *(f"tools.{name}" for name in tools)}
    )


def test_a_test_of_the_package_imports_nothing_that_is_not_published_with_it():
    """One that does belongs to NEEDS_THE_REPOSITORY in tests/support/repository.py."""
    missing = {str(path): {*imported(path)} - brought() for path in shipped()}
    assert {path: names for path, names in missing.items() if names} == {}
    assert len(missing) > 40


def imported(path):
    """What a file imports as it is loaded: the first name, or `tools` with its module."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
            if node.module == "tools":
                names = [f"tools.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            first, _, rest = name.partition(".")
            yield f"tools.{rest}" if first == "tools" else first
