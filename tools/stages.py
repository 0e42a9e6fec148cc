"""Run the stages of `make check` or `make test`.

    python -m tools.stages check
    python -m tools.stages test

They go in rounds.  Each round has one or two lanes: the stages of a lane run one after the other,
beside those of the other lane, because most of them leave one of two cores idle.  The second lane
is nice: it takes what the first one leaves, which is the longer one.  A stage that
passes prints one line: its time, its budget and what it counted.  The first one that fails
prints all that it said, and ends the run.  Budgets are for two cores that do nothing else but
the lane beside; one that is exceeded is marked, and fails nothing.
"""

import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LOGS = ROOT / "_build" / "logs"  # to be followed while a stage runs
MAXIMUM = {"check": 130, "test": 600}

BRIEF = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short"]
NBVAL = [*BRIEF, "--nbval", "book", "--dist=loadscope"]
PYTEST = [*BRIEF, "-p", "no:nbval"]  # it takes seconds to import
AT_ONCE = ["-n", "auto", "--maxprocesses", "4"]
FEW = [*PYTEST, "--maxfail=8", *AT_ONCE]
# One more than there are cores: a test of a page also waits, for frames, timers and servers.
WITH_PAGES = [*PYTEST, "--maxfail=8", "-n", str(min(6, (os.cpu_count() or 2) + 1))]
NICE = ["nice", "-n", "10"]
LATER = [
    "--ignore=tests/places",
    "--ignore=tests/browser",
    "--ignore-glob=*/test_page.py",
    "--ignore=tests/execution",
]
DENO = [str(BIN / "deno")]
IN_A_PAGE = ["rnncore", "tests", "book/_static"]  # the types of Node's own are others
ANSI = re.compile(r"\x1b\[[0-9;]*m")
DOTS = re.compile(r"^(?:[.sxFEX]+(?: +\[ *\d+%\])?|bringing up nodes\.\.\.)\n", re.M)
SETTINGS = {
    # The arrays are small: threads of the linear algebra would only wait for one another.
    **dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1"),
    # Each stage starts several processes, and pytest rewrites what it imports: once is enough.
    "PYTHONDONTWRITEBYTECODE": "",
    "DENO_DIR": str(ROOT / ".venv" / "deno"),
    "DENO_NO_UPDATE_CHECK": "1",
}


@dataclass(frozen=True)
class Stage:
    """One command, and the seconds that it may take."""

    name: str
    budget: int
    command: list[str]


def rounds(which):
    """Return the rounds of `check`, each a list of lanes; `test` goes on with the built book."""
    quick = [
        [
            Stage("numbers by hand", 3, [*PYTEST, "-x", "tests/test_by_hand.py"]),
            Stage("format", 1, [sys.executable, "-m", "ruff", "format", "--check", "."]),
            Stage("lint", 1, [sys.executable, "-m", "ruff", "check", "."]),
            Stage("types", 12, [sys.executable, "-m", "mypy"]),
        ],
        [
            Stage("JavaScript: format", 2, [*DENO, "fmt", "--check"]),
            Stage("JavaScript: lint", 2, [*DENO, "lint"]),
            Stage("JavaScript: types", 8, [*DENO, "check", *IN_A_PAGE]),
        ],
    ]
    # They write what the tests in JavaScript compare.
    unit = [[Stage("unit tests", 100, [*FEW, "tests", *LATER])]]
    compared = Stage("JavaScript: tests", 8, [*DENO, "test", "--allow-read"])
    if which == "check":
        return [quick, unit, [[compared]]]
    built = [
        Stage("JupyterLite", 12, [sys.executable, "-m", "tools.lite"]),  # the book links to it
        Stage("the book", 90, [sys.executable, "-m", "tools.build_book"]),
        Stage("tests of notebooks", 10, [*FEW, "tests/execution"]),  # they read what was built
    ]
    again = [compared, Stage("notebooks", 70, [*NBVAL, *AT_ONCE])]
    seen = [[Stage("pages in the browser", 330, [*WITH_PAGES, "--dist=loadgroup", *pages()])]]
    return [quick, unit, [built, again], seen]


def stages(which):
    """Return the stages of all rounds."""
    return [stage for lanes in rounds(which) for lane in lanes for stage in lane]


def budget(which):
    """Return the seconds that all rounds may take: of each, those of its longest lane."""
    return sum(
        max(sum(stage.budget for stage in lane) for lane in lanes) for lanes in rounds(which)
    )


def pages():
    """Return the tests that open a page."""
    beside = sorted(
        path.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/**/test_page.py")
    )
    return ["tests/browser", *beside]


def main():
    if sys.argv[1:] not in (["check"], ["test"]):
        sys.exit(__doc__)
    which, start = sys.argv[1], time.monotonic()
    for lanes in rounds(which):
        run(lanes)
    took = time.monotonic() - start
    print(f"{'all stages passed':24}{against(took, MAXIMUM[which])}")


def run(lanes):
    """Run the lanes of a round side by side; end it, and the whole run, if a stage fails."""
    LOGS.mkdir(parents=True, exist_ok=True)
    running = Round(alone=[len(lane) for lane in lanes] == [1])
    with ThreadPoolExecutor(len(lanes)) as pool:
        try:
            futures = [pool.submit(running.lane, *lane) for lane in zip(lanes, ([], NICE))]
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            failed = next((one.exception() for one in done if one.exception()), None)
        except KeyboardInterrupt as stop:
            failed = stop
        if failed:
            running.end()
            raise failed


class Round:
    """What runs now."""

    def __init__(self, alone):
        self.alone = alone  # one stage, so that its name can stand there while it runs
        self.under_way, self.is_over, self.lock = set(), False, Lock()

    def lane(self, stages, before):
        """Run stages one after the other; raise SystemExit at the first that fails."""
        for stage in stages:
            if self.alone:
                print(f"{stage.name:24}", end="", flush=True)
            start, process = time.monotonic(), self.start(stage, before)
            status = process.wait() if process else None
            with self.lock:
                if self.is_over:
                    return
                self.under_way.remove(process)
            self.tell(stage, status, time.monotonic() - start)

    def start(self, stage, before):
        """Start a stage, unless the round is over; it writes into its log."""
        with self.lock, log_of(stage).open("wb") as file:
            if self.is_over:
                return None
            process = subprocess.Popen(
                [*before, *stage.command],
                cwd=ROOT,
                env=os.environ | SETTINGS,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,  # so that it can be ended with all that it has started
            )
            self.under_way.add(process)
            return process

    def tell(self, stage, status, took):
        """Print the line of a stage, or, if it failed, all it said, and raise SystemExit."""
        said = ANSI.sub("", log_of(stage).read_text(encoding="utf-8", errors="replace"))
        name = "" if self.alone else f"{stage.name:24}"
        if status:
            print(f"{name}{against(took, stage.budget)}  FAILED\n\n{DOTS.sub('', said).strip()}\n")
            sys.exit(f"{stage.name} failed. Its command is\n  {shown(stage.command)}")
        count, *remarks = what_it_said(said)
        line = f"{name}{against(took, stage.budget)}  {count}".rstrip()
        print("\n    ".join([line, *remarks]), flush=True)

    def end(self):
        """End all that runs, as the keyboard would, and after ten seconds without asking."""
        with self.lock:
            self.is_over = True
        for number, patience in [(signal.SIGINT, 10), (signal.SIGKILL, None)]:
            for process in self.under_way:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, number)
            for process in self.under_way:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(patience)


def log_of(stage):
    return LOGS / f"{re.sub(r'[^a-z]+', '-', stage.name.lower())}.txt"


def against(seconds, budget):
    """Return the time beside its budget, as in `12.3 of 35 s`."""
    return f"{seconds:6.1f} of {budget:3} s{'  over budget' if seconds > budget else ''}"


def what_it_said(output):
    """Return what pytest counted, why it skipped tests, and any line that warns."""
    counted = re.findall(r"^(\d+ passed.*?) in [\d.]+s", output, re.M)
    skipped = re.findall(r"^SKIPPED \[\d+\] \S+ (.*)", output, re.M)
    warnings = re.findall(r"^.*\bwarning\b.*", output, re.M | re.I)
    return ["".join(counted[-1:]), *dict.fromkeys(skipped + warnings)]


def shown(command):
    """Return the command as it can be typed in the project's folder."""
    short = [part.replace(f"{BIN}{os.sep}", ".venv/bin/") for part in command]
    return " ".join(short)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
