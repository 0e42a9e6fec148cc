"""What stands around the code says what is true of it."""

import re
import tomllib
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


SETTINGS = yaml.safe_load(read("_config.yml"))
SITE, REPOSITORY = SETTINGS["html"]["baseurl"], SETTINGS["repository"]["url"]
TEXTS = {name: read(name) for name in ("README.md", "CITATION.cff", "pyproject.toml")}


def differing(site, repository, texts):
    """Return the files that do not have exactly these addresses of the site and the repository."""
    citation = yaml.safe_load(texts["CITATION.cff"])
    urls = tomllib.loads(texts["pyproject.toml"])["project"].get("urls", {})
    links = re.findall(r"https?://[^\s)>\]]+", texts["README.md"])
    known = tuple(filter(None, [site, repository]))
    found = {
        "README.md": {*known} <= {*links} and all(link.startswith(known) for link in links),
        "CITATION.cff": [citation.get("url", ""), citation.get("repository-code", "")]
        == [site, repository],
        "pyproject.toml": [urls.get("Documentation", ""), urls.get("Repository", "")]
        == [site, repository],
    }
    return [name for name, is_right in found.items() if not is_right]


def test_the_addresses_are_those_of_the_settings():
    """Whoever sets one in `_config.yml` adds it to these files; while it is empty they have none.

    README: a link to each. CITATION.cff: `url` and `repository-code`. pyproject.toml, under
    [project.urls]: `Documentation` and `Repository`.
    """
    assert differing(SITE, REPOSITORY, TEXTS) == []


def test_an_address_that_differs_is_noticed():
    a, b = "https://book.example/latest/", "https://git.example/us/rnn"
    with_both = {
        "README.md": f"[Read it]({a}), see <{b}> and {b}/issues",
        "CITATION.cff": f"url: {a}\nrepository-code: {b}\n",
        "pyproject.toml": f'[project.urls]\nDocumentation = "{a}"\nRepository = "{b}"\n',
    }
    assert differing(a, b, with_both) == []
    assert differing("", b, with_both) == differing(a, f"{b}n", with_both) == [*with_both]
    without = {"README.md": "", "CITATION.cff": "a: b", "pyproject.toml": "[project]"}
    assert differing("", "", without) == []
    assert differing(a, "", without) == differing("", b, without) == [*without]


def test_hooks_are_commands_that_make_check_has_installed():
    hooks = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"][0]["hooks"]
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks)


def test_a_release_is_tried_in_full_and_published_without_a_password():
    text = read(".github/workflows/release.yml")
    jobs = yaml.safe_load(text)["jobs"]
    commands = [step.get("run") for step in jobs["test"]["steps"]]
    assert {"make test", "make places", "make package"} <= {*commands}
    publish = jobs["publish"]
    assert publish["needs"] == "test"
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["steps"][-1] == {"uses": "pypa/gh-action-pypi-publish@release/v1"}
    assert "secrets." not in text


def test_a_workflow_calls_no_target_that_the_makefile_lacks():
    targets = {*re.findall(r"^(\w+):", read("Makefile"), re.M)}
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        called = re.findall(r"(?:run: |^ +)make (\w+)", path.read_text("utf-8"), re.M)
        assert {*called} <= targets, path.name


def test_every_place_has_what_holds_it_or_says_that_nobody_has_seen_it():
    section = read("CONTRIBUTING.md").partition("\n## Where people meet the book\n")[2]
    table, _, steps = section.partition("\n## ")[0].partition("\nIf you are the first visitor ")
    rows = [line.split("|")[1:4] for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    for place, _, held in rows:
        assert re.search(r"`(tests/|make |book`)|\*not yet seen\*|by hand in \d", held), place
        folder = ROOT
        for named in re.findall(r"`((?:tests/)?[\w/]*test_\w+\.py)`", held):
            folder = (ROOT / named).parent if "/" in named else folder  # the next is beside it
            assert (folder / Path(named).name).is_file(), named
        if "*not yet seen*" in held:
            name = place.strip().removeprefix("a preview on ")
            assert f"**{name}**" in steps, f"how {name} is tried"


def test_python_finds_every_package_without_a_path_of_our_own():
    files = [path for top in ("rnncore", "tests", "tools", "book") for path in walk(top)]
    edits = re.compile(r"sys\.path\.(append|insert|extend)|sys\.path *[+=]")
    assert [str(path) for path in files if edits.search(path.read_text(encoding="utf-8"))] == []


def walk(top):
    return (ROOT / top).rglob("*.py")


def test_binder_installs_what_the_notebooks_need():
    """It calls pip in the repository's folder; pip looks for a nested file beside the first."""
    (nested,) = re.findall(r"^--requirement (\S+)$", read(".binder/requirements.txt"), re.M)
    assert (ROOT / ".binder" / nested).resolve() == ROOT / "requirements.txt"
    version = re.fullmatch(r"python-3\.(\d+)\n", read(".binder/runtime.txt"))[1]
    needed = tomllib.loads(read("pyproject.toml"))["project"]["requires-python"]
    assert int(version) >= int(needed.removeprefix(">=3."))
