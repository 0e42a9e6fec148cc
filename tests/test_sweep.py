"""The command that runs experiments: nothing is lost, repeated, or mixed with what is older."""

import importlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from rnncore import records
from tools import sweep, sweep_results

TOY = '''
"""A toy."""

import os
import time
from pathlib import Path

TITLE = "Squares."
GRID = [{"number": n, "seed": s} for s in (2, 1) for n in (10, 9, 3)]
LARGER = [{"number": 100, "seed": 1}]
HERE = Path(__file__).parent


def run(number, seed):
    with open(HERE / "log", "a") as file:
        file.write(f"{number} {seed} {os.getpid()}\\n")
    PAUSE
    return {"square": number**2 + seed}
'''
SQUARES = [
    {"number": n, "seed": s, "square": n * n + s} for n, s in
    [(3, 1), (3, 2), (9, 1), (9, 2), (10, 1), (10, 2)]
]  # fmt: skip


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """Return a function that writes the toy experiment and returns its module."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "__init__.py").touch()

    def make(pause="pass", **changes):
        text = TOY.replace("PAUSE", pause)
        for old, new in changes.values():
            text = text.replace(old, new)
        (tmp_path / "lab" / "toy.py").write_text(text, encoding="utf-8")
        for name in ("lab", "lab.toy"):
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        sweep_results.code_of.cache_clear()
        return sweep.load("lab.toy")

    yield make
    for name in ("lab", "lab.toy"):
        sys.modules.pop(name, None)


@pytest.fixture
def swept(tmp_path):
    """Return a function that sweeps the toy in this process: (complete, rows, runs of each)."""

    def run(experiment, jobs=1, **options):
        with sweep.where(jobs=jobs):
            done = sweep.sweep(experiment, kept=tmp_path / "kept", records=tmp_path, **options)
        path = tmp_path / ("toy_larger.json" if options.get("larger") else "toy.json")
        rows = json.loads(path.read_text("utf-8"))["rows"] if path.exists() else None
        return done, rows, runs(tmp_path)

    return run


def runs(folder):
    """Return which settings the toy has begun, (number, seed) of each."""
    path = folder / "lab" / "log"
    lines = path.read_text().splitlines() if path.exists() else []
    return [tuple(map(int, line.split()[:2])) for line in lines]


def test_rows_are_sorted_by_their_setting_and_nothing_runs_twice(lab, swept):
    toy = lab()
    assert swept(toy)[:2] == (True, SQUARES)
    done, rows, begun = swept(toy)
    assert (done, rows) == (True, SQUARES)
    assert len(begun) == 6


def test_the_record_says_when_and_with_which_versions(lab, swept, tmp_path):
    swept(lab())
    found = json.loads((tmp_path / "toy.json").read_text("utf-8"))
    assert found["title"] == "Squares."
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["date"])
    assert found["versions"].keys() == {"python", "numpy", "rnncore"}
    assert found["seconds"] == 0


def test_the_larger_grid_uses_what_is_there_and_has_a_record_of_its_own(lab, swept):
    toy = lab()
    swept(toy)
    _, rows, begun = swept(toy, larger=True)
    assert rows == [*SQUARES, {"number": 100, "seed": 1, "square": 10_001}]
    assert begun[6:] == [(100, 1)]


def test_half_a_file_and_a_foreign_one_are_computed_anew(lab, swept, tmp_path):
    toy = lab()
    swept(toy)
    first, second, *others = sorted((tmp_path / "kept" / "toy").iterdir())
    first.write_text(first.read_text()[:20])
    second.write_text(others[0].read_text())
    done, rows, begun = swept(toy)
    assert (done, rows, len(begun)) == (True, SQUARES, 8)


def test_a_changed_experiment_is_computed_anew_and_not_mixed(lab, swept):
    swept(lab())
    _, rows, begun = swept(lab(change=("number**2", "number*number**2")))
    assert [row["square"] for row in rows] == [28, 29, 730, 731, 1001, 1002]
    assert len(begun) == 12


def test_words_about_the_code_change_nothing(lab, swept):
    swept(lab())
    assert len(swept(lab(change=('"""A toy."""', '"""The toy."""  # much better')))[2]) == 6


def test_the_code_of_the_package_below_counts(lab, tmp_path, monkeypatch):
    lab(change=("import os", "import os\nfrom rnncore.layers import LSTM"))
    before = sweep_results.code_of("lab.toy")
    files = {"rnncore/layers/gated.py": True, "rnncore/bptt.py": True, "rnncore/plots.py": False}
    read = type(tmp_path).read_text
    for changed, counts in files.items():

        def altered(path, *a, changed=changed, **k):
            return read(path, *a, **k) + ("\nMORE = 1\n" if str(path).endswith(changed) else "")

        monkeypatch.setattr(type(tmp_path), "read_text", altered)
        sweep_results.code_of.cache_clear()
        assert (sweep_results.code_of("lab.toy") != before) == counts, changed


def test_an_error_is_reported_with_its_setting_and_the_others_go_on(lab, swept, capsys):
    toy = lab("assert number != 9, 'nine'")
    done, rows, begun = swept(toy)
    assert (done, rows, len(begun)) == (False, None, 6)
    told = capsys.readouterr()
    assert "number=9 seed=2 failed" in told.err
    assert "AssertionError: nine" in told.err
    assert "2 of 6 are missing, so there is no record: number=9 seed=2; number=9 seed=1" in told.out
    assert swept(lab())[:2] == (True, SQUARES)


@pytest.mark.parametrize("result", ["7", "{'seed': 1}", "{'x': float('nan')}", "{'x': {1}}"])
def test_a_result_that_a_record_cannot_hold_is_an_error(lab, swept, capsys, result):
    assert not swept(lab(change=("{\"square\": number**2 + seed}", result)))[0]  # fmt: skip
    assert "ValueError: run must return" in capsys.readouterr().err


def test_numbers_of_numpy_are_plain_numbers_in_the_record(lab, swept):
    toy = lab(change=("number**2 + seed", "__import__('numpy').int64(number**2 + seed)"))
    assert swept(toy)[:2] == (True, SQUARES)


def test_all_cores_of_a_machine_find_the_same_and_survive_a_killed_worker(lab, swept, tmp_path):
    once = "(HERE / 'died').touch() or os.kill(os.getpid(), 9)"
    toy = lab(f"number == 9 and not (HERE / 'died').exists() and ({once})")
    assert swept(toy, jobs=2)[:2] == (True, SQUARES)
    assert (tmp_path / "lab" / "died").exists()


def test_rounds_in_which_nothing_is_finished_end_in_words(lab, swept, capsys, monkeypatch):
    rounds = []
    monkeypatch.setattr(sweep, "outcomes", lambda *a: rounds.append(a) or ())
    done, rows, _ = swept(lab())
    assert (done, rows, len(rounds)) == (False, None, 3)
    assert "6 of 6 are missing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("grid", "refused"),
    [
        ('[{"number": 1}]', "a setting of lab.toy must be a dict with a seed"),
        ('[{"seed": (1, 2)}]', "a setting of lab.toy must hold numbers and texts"),
        ('2 * [{"seed": 1}]', "lab.toy has the setting {'seed': 1} more than once"),
    ],
)
def test_an_experiment_that_does_not_fit_is_refused(lab, grid, refused):
    line = next(line for line in TOY.splitlines() if line.startswith("GRID"))
    with pytest.raises(ValueError, match=re.escape(refused)):
        lab(change=(line, f"GRID = {grid}"))


@pytest.mark.parametrize("name", sweep.known())
def test_an_experiment_of_the_project_is_recorded_with_all_of_its_grid(name):
    settings = sorted(sweep.load(name).GRID, key=sweep_results.in_order)
    rows = records.read(name).rows
    recorded = [{key: row[key] for key in asked} for asked, row in zip(settings, rows)]
    assert recorded == settings
    assert len(rows) == len(settings)


def test_the_command_refuses_what_it_does_not_know(capsys):
    with pytest.raises(SystemExit):
        sweep.main(["no_such_thing"])
    assert "NAME must be one of " in capsys.readouterr().err
    with pytest.raises(SystemExit):
        sweep.main(["--jobs", "0"])
    assert "--jobs must be a number of processes" in capsys.readouterr().err


COMMAND = """
from pathlib import Path
from tools import sweep
here = Path({here!r})
with sweep.where(jobs=1):
    sweep.sweep(sweep.load("lab.toy"), kept=here / "kept", records=here)
"""


def test_a_run_that_is_killed_goes_on_where_it_was(lab, swept, tmp_path):
    lab("time.sleep(0.05)")
    command = [sys.executable, "-c", COMMAND.format(here=str(tmp_path))]
    path = os.pathsep.join([str(tmp_path), str(sweep.ROOT)])
    with subprocess.Popen(command, env=os.environ | {"PYTHONPATH": path}) as process:
        wait_for(lambda: len(runs(tmp_path)) >= 3)
        process.send_signal(signal.SIGKILL)
    begun = len(runs(tmp_path))
    assert 3 <= begun < 6
    assert not (tmp_path / "toy.json").exists()
    done, rows, again = swept(lab("time.sleep(0.05)"))
    assert (done, rows) == (True, SQUARES)
    assert len(again) in (6, 7)  # what was running then has run twice


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing has happened"
        time.sleep(0.01)


def test_a_dask_cluster_whose_workers_are_killed_finds_the_same(lab, tmp_path, capfd):
    distributed = pytest.importorskip("dask.distributed")
    kill = "(HERE / f'died{number}').touch() or os.kill(os.getpid(), 9)"
    toy = lab(f"number in (3, 9) and not (HERE / f'died{{number}}').exists() and ({kill})")
    with (
        distributed.LocalCluster(
            n_workers=3, threads_per_worker=1, dashboard_address=None, scheduler_port=0
        ) as cluster,
        sweep.where(dask=cluster.scheduler_address),
    ):
        done = sweep.sweep(toy, kept=tmp_path / "kept", records=tmp_path)
    assert done
    assert json.loads((tmp_path / "toy.json").read_text("utf-8"))["rows"] == SQUARES
    assert len({*(tmp_path / "lab").glob("died*")}) == 2
    workers = {line.split()[2] for line in (tmp_path / "lab" / "log").read_text().splitlines()}
    assert len(workers) > 1


def test_a_scheduler_that_is_not_there_is_said_in_words(monkeypatch):
    distributed = pytest.importorskip("dask.distributed")

    def refuse(address, **options):
        raise OSError("Timed out")

    monkeypatch.setattr(distributed, "Client", refuse)
    with (
        pytest.raises(SystemExit, match="--dask: no scheduler answers at tcp://127"),
        sweep.where(dask="tcp://127.0.0.1:1"),
    ):
        pass


def test_an_experiment_that_needs_a_missing_library_is_left_out_in_words(capsys):
    missing, known = SimpleNamespace(__name__="a.b", NEEDS=["no_such"]), SimpleNamespace(NEEDS=[])
    assert not sweep.can_run(missing)
    said = capsys.readouterr().out
    assert said == "b is left out, its record stays: no_such is not installed.\n"
    assert sweep.can_run(known)
