"""Every chapter is stored as `make notebooks` stores it.

The checks are in tools/notebook_checks.py; the second half of this file tries each of them on a
small notebook that has the fault.  What needs a kernel is in tests/execution.
"""

import copy
import re
import subprocess
import sys

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import notebook_checks as checks
from tools import notebooks, plain_checks

PATHS = notebooks.find()
pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")


def test_there_are_notebooks():
    assert PATHS


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def stored(path):
    return nbformat.read(path, as_version=4)


@pytest.mark.parametrize(
    "check",
    [
        checks.missing_counts,
        checks.unexplained_skips,
        checks.hidden_values,
        checks.unfit_outputs,
        plain_checks.raw_syntax,
        plain_checks.exercise_faults,
    ],
    ids=lambda check: check.__name__,
)
def test_stored_chapter(stored, check):
    assert not check(stored), "\n".join(check(stored))


def test_chapter_is_stored_normalised(path, stored):
    assert path.read_text(encoding="utf-8") == notebooks.as_text(notebooks.normalise(stored))


def test_exercises_are_numbered_through_the_book():
    order = yaml.safe_load((notebooks.ROOT / "_toc.yml").read_text(encoding="utf-8"))["chapters"]
    files = [notebooks.ROOT / f"{chapter['file']}.ipynb" for chapter in order]
    text = "".join(path.read_text(encoding="utf-8") for path in files if path.exists())
    numbers = [int(number) for number in re.findall(r"### Exercise (\d+) · ", text)]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert len(numbers) > 30


def test_the_first_code_of_a_chapter_is_that_of_the_settings(stored):
    cell = notebooks.with_setup(copy.deepcopy(stored)).cells[1]
    first = next(cell for cell in stored.cells if cell.cell_type == "code")
    assert (first.id, first.source) == (cell.id, cell.source)
    assert first.metadata.items() >= cell.metadata.items()


# The checks themselves, each on a notebook that has the fault and on one that has not.


def result(text, **data):
    return new_output("execute_result", data={"text/plain": text, **data}, execution_count=1)


def code(source="2 + 2", *outputs, count=1, tags=()):
    metadata = {"tags": list(tags)} if tags else {}
    return new_code_cell(source, execution_count=count, outputs=list(outputs), metadata=metadata)


def complaints(check, *cells):
    """What `check` says of a notebook of these cells; strings are prose."""
    cells = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return check(nbformat.from_dict({"cells": cells, "metadata": {}}))


def test_a_cell_without_a_count_is_caught():
    assert complaints(checks.missing_counts, "Prose.", code(), code("", count=None)) == []
    (found,) = complaints(checks.missing_counts, "Prose.", code(count=None))
    assert "cell 2" in found


@pytest.mark.parametrize("tag", ["nbval-skip", "nbval-ignore-output", "skip-execution"])
def test_a_tag_without_a_reason_is_caught(tag):
    tagged = code(tags=[tag])
    reason = "A random draw.\nNot compared: the numbers differ from run to run."
    assert complaints(checks.unexplained_skips, reason, tagged) == []
    for before in ([], ["Prose."], ["Not compared: "], [reason, code()]):
        (found,) = complaints(checks.unexplained_skips, *before, tagged)
        assert tag in found


@pytest.mark.parametrize(
    "comment", ["# NBVAL_IGNORE_OUTPUT", "#NBVAL_SKIP", "# PYTEST_VALIDATE_IGNORE_OUTPUT"]
)
def test_a_comment_that_skips_is_caught_like_a_tag(comment):
    assert len(complaints(checks.unexplained_skips, "Prose.", code(f"{comment}\n2 + 2"))) == 1


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        (result("<Thing at 0x7f32a4c01d90>"), "a memory address"),
        (result("PosixPath('/home/reader/book')"), "an absolute path"),
        (new_output("stream", text="C:\\Users\\reader\n"), "an absolute path"),
        (
            new_output("stream", name="stderr", text="/tmp/a_1/2.py:1: W"),
            "an absolute path",
        ),
        (result("<Figure size 640x480 with 1 Axes>"), "the size of a figure"),
        (new_output("error", ename="E", evalue="", traceback=["E"]), "a traceback"),
        (new_output("stream", text="Traceback (most recent call last):\n"), "a traceback"),
        (result("Stepper()", **{notebooks.WIDGET_VIEW: {"model_id": "a"}}), "widget state"),
    ],
)
def test_an_unfit_output_is_caught(output, fault):
    (found,) = complaints(checks.unfit_outputs, code("…", output))
    assert fault in found


@pytest.mark.parametrize(
    "text",
    ["array([0.1, 0.2])", "(250, 32) -> (100,)", "1/2 and/or 3/4/5", "https://example.org/a/b"],
)
def test_a_fit_output_is_left_alone(text):
    assert complaints(checks.unfit_outputs, code("…", result(text))) == []


def test_a_deliberate_error_and_widget_metadata():
    error = new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])
    assert complaints(checks.unfit_outputs, code("…", error, tags=["raises-exception"])) == []
    assert len(checks.unfit_outputs(new_notebook(metadata={"widgets": {}}))) == 1


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ([], [result("4")]),
        ([result("4")], []),
        ([result("4")], [result("5")]),
        ([result("4")], [result("4", **{"image/png": "…"})]),
        ([result("4", **{"text/html": "<b>4"})], [result("4", **{"text/html": "<b>5"})]),
        ([result("4", **{"image/svg+xml": "<a/>"})], [result("4", **{"image/svg+xml": "<b/>"})]),
        ([result("4", **{"text/latex": "$4$"})], [result("4", **{"text/latex": "$5$"})]),
        ([new_output("stream", text="4")], [new_output("stream", name="stderr", text="4")]),
        ([result("4")], [new_output("error", ename="E", evalue="", traceback=[])]),
    ],
)
def test_an_output_that_is_not_the_executions_is_caught(stored, fresh):
    stored = new_notebook(cells=[code("…", *stored)])
    fresh = new_notebook(cells=[code("…", *fresh)])
    assert len(checks.changed_outputs(stored, fresh)) == 1
    assert checks.changed_outputs(stored, stored) == []


def test_a_picture_is_compared_by_its_kind_and_a_live_widget_by_its_table():
    view = {notebooks.WIDGET_VIEW: {"model_id": "1"}}
    for mine, yours in [({"image/png": "1"}, {"image/png": "2"}), ({}, view)]:
        stored, fresh = (new_notebook(cells=[code("…", result("4", **d))]) for d in (mine, yours))
        assert checks.changed_outputs(stored, fresh) == []


def test_a_value_that_a_semicolon_hides_is_caught():
    assert complaints(checks.hidden_values, "Prose;", code("a = 1; b = 2")) == []
    (found,) = complaints(checks.hidden_values, code("a = 1\na;\n"))
    assert "cell 1" in found


def test_a_stream_may_arrive_in_pieces():
    pieces = [new_output("stream", text="4"), new_output("stream", text="2\n")]
    stored = new_notebook(cells=[code("…", new_output("stream", text="42\n"))])
    fresh = new_notebook(cells=[code("…", *pieces)])
    assert checks.changed_outputs(stored, fresh) == []
    assert len(checks.changed_outputs(fresh, stored)) == 1  # stored, they are one


def test_a_marked_cell_is_compared_by_kind_only():
    old, new = (new_notebook(cells=[code("…", result(t), tags=["nbval-skip"])]) for t in "45")
    assert checks.changed_outputs(old, new) == []
    assert len(checks.changed_outputs(old, new_notebook(cells=[code("…")]))) == 1


# How a chapter is stored.


def untidy():
    """A notebook as editors leave it."""
    view = {notebooks.WIDGET_VIEW: {"model_id": "a"}, "text/plain": "Stepper()"}
    cells = [
        new_markdown_cell("# Größen", id="title"),
        new_code_cell("x = 2", id="0f9d2c4e", metadata={"execution": {}, "tags": ["hide-input"]}),
        new_code_cell("x + x", id="cell-01", outputs=[new_output("display_data", data=view)]),
    ]
    metadata = {"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.9"}}
    return new_notebook(cells=cells, metadata=metadata)


def test_normalise_keeps_what_means_something():
    tidy = notebooks.normalise(untidy())
    nbformat.validate(tidy)
    assert [cell.id for cell in tidy.cells] == ["title", "cell-02", "cell-03"]
    place = {"slideshow": {"slide_type": "fragment"}}
    assert tidy.cells[1].metadata == {"tags": ["hide-input"]} | place
    assert tidy.cells[2].outputs[0].data == {"text/plain": "Stepper()"}
    assert sorted(tidy.metadata) == ["kernelspec", "language_info"]
    assert tidy.metadata.language_info == notebooks.LANGUAGE | {"version": "3.9"}
    text = notebooks.as_text(tidy)
    assert "Größen" in text
    assert text.endswith("}\n")
    assert text == notebooks.as_text(notebooks.normalise(nbformat.reads(text, as_version=4)))


def test_a_chapter_becomes_a_script_of_python():
    from nbconvert import ScriptExporter  # late: the others do without, and a second less

    script, about = ScriptExporter().from_filename(str(PATHS[0]))
    assert about["output_extension"] == ".py"
    compile(script, PATHS[0].name, "exec")


# The cell for readers without the package.

ADDRESS = "rnncore[book] @ git+https://example.org/a/b@main"


def without_package(package, before=""):
    """Run the cell in a Python that has no package at all; return what it prints last."""
    code = f"{before}\n{notebooks.setup(package)}\nprint('it goes on')"
    isolated = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(isolated, capture_output=True, text=True)
    return (done.stderr or done.stdout).strip().splitlines()[-1]


def test_with_the_package_it_does_nothing():
    done = subprocess.run([sys.executable, "-c", notebooks.setup("")], capture_output=True)
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)


@pytest.mark.parametrize(
    ("package", "way"),
    [("", "`make lab`"), ("", "`pip install '.[book]'`"), (ADDRESS, f"`%pip install '{ADDRESS}'`")],
)
def test_without_it_one_sentence_says_what_to_do(package, way):
    said = without_package(package)
    assert said.startswith("ModuleNotFoundError: This notebook needs rnncore")
    assert way in said
    assert said.count(". ") == 0


COLAB = """
import subprocess, sys
sys.modules["google.colab"] = sys
subprocess.run = lambda command, check: print(check, *command[1:])
"""


def test_in_colab_it_installs_the_package():
    code = COLAB + "print = lambda *words, say=print: say(*words) if words[0] is True else 0"
    assert without_package(ADDRESS, code) == f"True -m pip install --quiet {ADDRESS}"
    assert "`make lab`" in without_package("", COLAB)


def test_the_address_is_that_of_the_settings(monkeypatch, tmp_path):
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    (tmp_path / "_config.yml").write_text(
        "repository: {url: 'https://example.org/a/b/', branch: main}"
    )
    assert notebooks.source_of_package() == ADDRESS
    (tmp_path / "_config.yml").write_text("repository: {url: '', branch: main}")
    assert notebooks.source_of_package() == ""
