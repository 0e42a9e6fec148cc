"""Run the stages of `make check` or `make test`, one after the other.

    python -m tools.stages check
    python -m tools.stages test

A stage that passes prints one line: its time, its budget and what it counted.  The first one
that fails prints all that it said, and ends the run.  Budgets are for two cores that do nothing
else; one that is exceeded is marked, and fails nothing.
"""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

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
WITH_PAGES = [*PYTEST, "--maxfail=8", "-n", str(min(4, (os.cpu_count() or 2) + 1))]
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


def stages(which):
    """Return the stages of `check`; those of `test` go on with the book, notebooks and pages."""
    check = [
        Stage("numbers by hand", 3, [*PYTEST, "-x", "tests/test_by_hand.py"]),
        Stage("format", 1, [sys.executable, "-m", "ruff", "format", "--check", "."]),
        Stage("lint", 1, [sys.executable, "-m", "ruff", "check", "."]),
        Stage("types", 2, [sys.executable, "-m", "mypy"]),
        Stage("JavaScript: format", 1, [*DENO, "fmt", "--check"]),
        Stage("JavaScript: lint", 1, [*DENO, "lint"]),
        Stage("JavaScript: types", 4, [*DENO, "check", *IN_A_PAGE]),
        Stage("unit tests", 100, [*FEW, "tests", *LATER]),  # they write what the next one compares
        Stage("JavaScript: tests", 8, [*DENO, "test", "--allow-read"]),
    ]
    if which == "check":
        return check
    return [
        *check,
        Stage("JupyterLite", 10, [sys.executable, "-m", "tools.lite"]),  # the book links to it
        Stage("the book", 70, [sys.executable, "-m", "tools.build_book"]),
        Stage("notebooks", 45, [*NBVAL, *AT_ONCE]),
        Stage("tests of notebooks", 10, [*FEW, "tests/execution"]),
        Stage("pages in the browser", 330, [*WITH_PAGES, "--dist=loadgroup", *pages()]),
    ]


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
    for stage in stages(which):
        run(stage)
    took = time.monotonic() - start
    print(f"{'all stages passed':24}{against(took, MAXIMUM[which])}")


def run(stage):
    """Run one stage; end the whole run if it fails."""
    print(f"{stage.name:24}", end="", flush=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{re.sub(r'[^a-z]+', '-', stage.name.lower())}.txt"
    start, settings = time.monotonic(), os.environ | SETTINGS
    with log.open("wb") as file:
        done = subprocess.run(stage.command, cwd=ROOT, env=settings, stdout=file, stderr=file)
    took = time.monotonic() - start
    said = ANSI.sub("", log.read_text(encoding="utf-8", errors="replace"))
    if done.returncode:
        print(f"{against(took, stage.budget)}  FAILED\n\n{DOTS.sub('', said).strip()}\n")
        sys.exit(f"{stage.name} failed. Its command is\n  {shown(stage.command)}")
    count, *remarks = what_it_said(said)
    print(f"{against(took, stage.budget)}  {count}".rstrip())
    for line in remarks:
        print(f"    {line}")


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
