"""How `make check` and `make test` run their stages, and what they print."""

import re
import sys
import time

import pytest

from tools import stages
from tools.stages import Stage


@pytest.fixture(autouse=True)
def logs(tmp_path, monkeypatch):
    monkeypatch.setattr(stages, "LOGS", tmp_path)


def python(code):
    return [sys.executable, "-c", code]


def test_a_stage_that_passes_prints_one_line(capsys):
    stages.run([[Stage("numbers", 3, python("print('...', '\\n12 passed, 1 skipped in 0.10s')"))]])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("numbers ")
    assert line.endswith("of   3 s  12 passed, 1 skipped")


def test_a_stage_that_fails_prints_all_it_said_and_ends_the_run(capsys):
    with pytest.raises(SystemExit) as stop:
        stages.run([[Stage("numbers", 3, python("print('h_2 is wrong'); exit(1)"))]])
    assert "h_2 is wrong" in capsys.readouterr().out
    assert stop.value.code.startswith("numbers failed")


def test_a_stage_that_takes_too_long_is_marked_and_passes(capsys):
    stages.run([[Stage("numbers", 0, python("pass"))]])
    assert capsys.readouterr().out.endswith("of   0 s  over budget\n")


def test_lanes_run_side_by_side_and_the_stages_of_one_in_turn(tmp_path, capsys):
    first = [Stage("one", 9, meet(tmp_path, "a", "b")), Stage("two", 9, meet(tmp_path, "c", "c"))]
    stages.run([first, [Stage("three", 9, meet(tmp_path, "b", "c"))]])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] in (["one", "two", "three"], ["one", "three", "two"])


def test_one_that_fails_ends_what_runs_beside_it_and_starts_no_more(tmp_path, capsys):
    fails = meet(tmp_path, "a", "b", then="exit(1)")
    lasts = meet(tmp_path, "b", "a", then="time.sleep(60)")
    never = Stage("never", 9, python("pass"))
    start = time.monotonic()
    with pytest.raises(SystemExit, match=r"^numbers failed"):
        stages.run([[Stage("numbers", 9, fails), never], [Stage("pages", 9, lasts), never]])
    assert time.monotonic() - start < 30
    assert not re.search("pages|never", capsys.readouterr().out)


def meet(folder, mine, other, then="pass"):
    """Leave a mark in the folder, wait for another one, and go on."""
    return python(
        "import pathlib, sys, time\n"
        f"mine, other = (pathlib.Path({str(folder)!r}, name) for name in {mine, other})\n"
        "mine.touch()\n"
        "for k in range(2000):\n"
        "    time.sleep(0.01)\n"
        "    if other.exists(): break\n"
        "else: sys.exit('nobody came')\n"
        f"{then}"
    )


def test_reasons_for_skipping_and_warnings_are_shown_once():
    said = (
        "SKIPPED [2] tests/test_live.py:18: PyTorch is not installed\n"
        "SKIPPED [3] tests/test_live.py:23: PyTorch is not installed\n"
        "[Kernel] WARNING | no encryption\n"
        "12 passed, 5 skipped in 1.00s"
    )
    assert stages.what_it_said(said) == [
        "12 passed, 5 skipped",
        "PyTorch is not installed",
        "[Kernel] WARNING | no encryption",
    ]


def test_every_stage_of_check_is_one_of_test_and_the_budgets_fit():
    check, test = stages.stages("check"), stages.stages("test")
    assert check[0].name == "numbers by hand"
    assert [stage for stage in test if stage in check] == check
    for which, most in stages.MAXIMUM.items():
        assert stages.budget(which) <= most
    arguments = [part for stage in check for part in stage.command[1:]]
    asked = [part for part in arguments if not part.startswith("--ignore")]
    assert not re.search("browser|execution|--nbval|build_book", " ".join(asked))


def test_a_test_that_opens_a_page_is_in_a_file_of_the_browsers_stage():
    opens = re.compile(r"^def test_\w+\([^)]*\b(show|open_page|browser|page)\b[^)]*\):", re.M)
    tests = stages.ROOT / "tests"
    files = set(tests.rglob("test_*.py")) - set((tests / "places").iterdir())  # `make places`
    found = {path for path in files if opens.search(path.read_text(encoding="utf-8"))}
    assert found
    for path in found:
        name = path.relative_to(stages.ROOT).as_posix()
        assert any(name == part or name.startswith(f"{part}/") for part in stages.pages()), name
