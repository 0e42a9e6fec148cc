"""What the build of the book removes before it begins, and when it is taken as finished."""

import json
import sys

import pytest

from tools import build_book

SOURCES = [
    "rnncore/states.py",
    "rnncore/widgets/stepper.js",
    "rnncore/widgets/stepper.css",
    "book/_ext/widgets.py",
    "book/_static/book.css",
    "book/references.bib",
    "book/anchors.txt",
    "book/01_first.ipynb",
    "book/02_second.ipynb",
    "requirements.txt",
    "tools/node/package-lock.json",
    "tools/node/sheets.js",
    "_config.yml",
    "_toc.yml",
    ".github/ISSUE_TEMPLATE/wrong-number.yml",
]
EXECUTED = {".jupyter_cache", "jupyter_execute"}
WRITTEN = {".doctrees", "html"}


class Project:
    """A book in a folder of its own; the build itself only writes the folders of its results."""

    status = 0

    def __init__(self, root):
        self.root, self.build_folder = root, root / "_build"
        for path in SOURCES:
            self.write(path, "as it was")

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_jupyter_book(self):
        for folder in EXECUTED | WRITTEN:
            self.write(f"_build/{folder}/made", "")
        return self.status

    def left(self):
        """Which results are left when a build begins; it is not carried out."""
        build_book.forget_what_is_stale()
        return {path.name for path in self.build_folder.iterdir() if path.is_dir()}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project after one good build."""
    project = Project(tmp_path)
    monkeypatch.setattr(build_book, "ROOT", tmp_path)
    monkeypatch.setattr(build_book, "BUILD", tmp_path / "_build")
    monkeypatch.setattr(build_book, "STATE", tmp_path / "_build" / "state.json")
    monkeypatch.setattr(build_book, "installed", lambda: ["3.12", "numpy==2.4.0"])
    monkeypatch.setattr(build_book, "run_jupyter_book", project.run_jupyter_book)
    monkeypatch.setattr(
        build_book.pyodide, "publish", lambda site: (site / "pyodide").mkdir(exist_ok=True)
    )
    monkeypatch.setattr(build_book.lite, "SITE", tmp_path / "_lite")
    build_book.main()
    return project


def test_nothing_is_removed_where_nothing_changed(project):
    assert project.left() == EXECUTED | WRITTEN


def test_a_second_good_build_stays_good(project):
    build_book.main()
    assert project.left() == EXECUTED | WRITTEN


CODE = ["rnncore/states.py", "rnncore/widgets/stepper.js", "book/_ext/widgets.py"]


@pytest.mark.parametrize("path", [*CODE, "rnncore/widgets/stepper.css", "requirements.txt"])
def test_a_changed_package_extension_or_requirement_removes_all(project, path):
    project.write(path, "otherwise")
    assert project.left() == set()


@pytest.mark.parametrize("path", CODE)
def test_a_file_that_comes_or_goes_removes_all(project, path):
    (project.root / path).unlink()
    assert project.left() == set()
    build_book.main()
    project.write(path, "as it was")
    assert project.left() == set()


def test_a_file_that_is_renamed_counts_as_changed(project):
    (project.root / "rnncore/states.py").rename(project.root / "rnncore/state.py")
    assert project.left() == set()


@pytest.mark.parametrize(
    "versions", [["3.13", "numpy==2.4.0"], ["3.12", "numpy==2.4.1"], ["3.12"]], ids=" ".join
)
def test_another_python_or_package_removes_all(project, monkeypatch, versions):
    monkeypatch.setattr(build_book, "installed", lambda: versions)
    assert project.left() == set()


def test_the_python_of_the_pages_is_put_into_the_site(project):
    assert (project.build_folder / "html" / "pyodide").is_dir()


def test_jupyterlite_removes_the_pages_when_it_comes_or_goes(project):
    project.write("_lite/key.txt", "made")  # and they link to it
    assert project.left() == EXECUTED
    build_book.main()
    assert (project.build_folder / "html" / "lite").is_dir()
    project.write("_lite/key.txt", "made anew")
    assert project.left() == EXECUTED | WRITTEN
    (project.root / "_lite" / "key.txt").unlink()
    (project.root / "_lite").rmdir()
    assert project.left() == EXECUTED


def test_a_changed_chapter_is_left_to_the_builders_own_cache(project):
    project.write("book/01_first.ipynb", "otherwise")
    assert project.left() == EXECUTED | WRITTEN


@pytest.mark.parametrize("path", ["book/02_second.ipynb", "book/_static/book.css"])
def test_a_page_or_file_that_is_gone_removes_the_pages(project, path):
    (project.root / path).unlink()
    assert project.left() == EXECUTED


def test_a_new_page_removes_the_pages(project):
    project.write("book/03_third.ipynb", "")
    assert project.left() == EXECUTED


@pytest.mark.parametrize(
    "path",
    [
        *("_config.yml", "_toc.yml", "book/_static/book.css", "book/references.bib"),
        *("tools/node/package-lock.json", "tools/node/sheets.js"),
        *("book/anchors.txt", ".github/ISSUE_TEMPLATE/wrong-number.yml"),
    ],
)
def test_another_setting_or_what_pages_are_made_of_removes_the_pages(project, path):
    project.write(path, "otherwise")
    assert project.left() == EXECUTED


@pytest.mark.parametrize(
    "path",
    [
        "rnncore/__pycache__/states.cpython-312.pyc",
        "rnncore/.states.py.swp",
        "rnncore/states.py~",
        "book/.ipynb_checkpoints/01_first.ipynb",
    ],
)
def test_caches_and_editors_leftovers_count_for_nothing(project, path):
    project.write(path, "")
    assert project.left() == EXECUTED | WRITTEN


def test_a_build_that_did_not_end_is_not_taken_as_good(project):
    build_book.forget_what_is_stale()  # as the beginning of a build that is then killed
    assert project.left() == EXECUTED


def test_a_build_that_failed_is_not_taken_as_good(project):
    project.status = 3
    with pytest.raises(SystemExit) as stop:
        build_book.main()
    assert stop.value.code == 3
    assert project.left() == EXECUTED


def test_a_removal_that_was_cut_off_is_done_again(project, monkeypatch):
    project.write("rnncore/states.py", "otherwise")

    def interrupt(*names):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build_book, "remove", interrupt)
        with pytest.raises(KeyboardInterrupt):
            build_book.forget_what_is_stale()
    assert project.left() == set()


@pytest.mark.parametrize("state", [None, "", "{", "{}"], ids=repr)
def test_results_of_unknown_origin_are_removed(project, state):
    build_book.STATE.unlink()
    if state is not None:
        build_book.STATE.write_text(state)
    assert project.left() == set()
    assert set(json.loads(build_book.STATE.read_text())) == {"code", "pages"}


def test_what_is_installed_names_python_and_every_package(monkeypatch):
    python, *packages = build_book.installed()
    assert python == sys.version
    assert packages == sorted(packages)
    versions = dict(package.split("==") for package in packages)
    assert versions["pytest"] == pytest.__version__


# What is said of a build that failed

FAILED = """\
/home/me/Ein Buch/book/04_bptt.ipynb: Executing notebook using local CWD [mystnb]
/home/me/Ein Buch/book/04_bptt.ipynb: WARNING: Executing notebook failed: CellExecutionError
Traceback (most recent call last):
  File "nbclient/client.py", line 918, in _check_raise_for_error
nbclient.exceptions.CellExecutionError: An error occurred while executing the following cell:
------------------
assert 1 == 2
------------------

AssertionError:

 [mystnb.exec]
Traceback (most recent call last):
  File "sphinx/cmd/build.py", line 337, in build_main
"""


def test_the_cell_that_fails_is_the_cause_and_nothing_else_is_said():
    cell = "------------------\nassert 1 == 2\n------------------\n\nAssertionError:"
    said = f"book/04_bptt.ipynb does not run. This cell fails:\n{cell}"
    assert build_book.cause(FAILED) == said


def test_warnings_are_the_cause_where_every_cell_runs():
    first, second = "book/a.md:3: WARNING: undefined label: 'x'", "book/b.md: ERROR: no such step"
    log = f"reading sources\n{first}\n{first}\n{second}\nbuild finished with problems"
    assert build_book.cause(log) == f"{first}\n{second}"


def test_the_last_lines_are_the_cause_where_nothing_is_warned_of():
    lines = [f"line {n}" for n in range(100)]
    assert build_book.cause("\n".join(lines)) == "\n".join(lines[-30:])
