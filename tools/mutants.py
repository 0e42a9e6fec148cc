"""Break rnncore on purpose, one small change at a time, and see a test fail: `make mutants`.

mutmut makes the changes, one module after the other, in a copy of the package in _build/mutants,
and runs the tests of that module which reach what has been changed.  A change that none of them
notices has survived; the page shows it.

    python tools/mutants.py                  all numeric modules; writes book/_generated/mutants.md
    python tools/mutants.py bptt layers      these alone; nothing is written
"""

import ast
import datetime
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / "_build" / "mutants"
TARGET = ROOT / "book" / "_generated" / "mutants.md"
MUTMUT = "mutmut>=3.8,<4"
# Each with the tests that are to notice; what a test of another module would notice as well does
# not count.  `_layer` is tested through the layers.
TESTS = {
    "_checks": ["checks"],
    "activations": ["activations"],
    "mlp": ["mlp"],
    "states": ["states"],
    "bptt": ["bptt"],
    "gradcheck": ["gradcheck"],
    "_layer": ["layers", "gates"],
    "layers": ["layers"],
    "gates": ["gates"],
    "elman": ["elman"],
    "losses": ["losses"],
    "optimisers": ["optimisers"],
    "training": ["training"],
    "tasks": ["tasks"],
    "interop": ["interop"],
}
KILLED = {1, 3, -9, -11, -24, 24, 36, 152, 255}  # a test failed, or it crashes, or never ends
SURVIVED = {0, 33}  # no test failed, or none reaches the line


def main():
    modules = sys.argv[1:] or list(TESTS)
    if unknown := set(modules) - set(TESTS):
        sys.exit(f"modules must be among {', '.join(TESTS)}, got {', '.join(sorted(unknown))}.")
    install()
    results = {}
    for module in modules:
        start = time.monotonic()
        copy(module)
        mutmut("run", stdout=None if sys.stdout.isatty() else subprocess.PIPE)
        results[module] = count, survivors = read(module)
        seconds = f"{time.monotonic() - start:.0f} s"
        print(f"{module}: {count} mutants, {len(survivors)} survived, {seconds}", flush=True)
    text = fragment(results)
    print(f"\n{text}")
    if not sys.argv[1:]:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text, encoding="utf-8")
        print(f"Written to {TARGET.relative_to(ROOT)}")


def install():
    try:
        version("mutmut")
    except PackageNotFoundError:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", MUTMUT], check=True)


def copy(module):
    """The package and its tests in a folder of their own, with mutmut's settings."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for name in ("rnncore", "tests"):
        shutil.copytree(ROOT / name, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
    settings = {
        "source_paths": ["rnncore/"],
        "only_mutate": [f"rnncore/{module}.py"],
        "pytest_add_cli_args_test_selection": [f"tests/test_{test}.py" for test in TESTS[module]],
        "also_copy": ["rnncore", "tests", "pyproject.toml"],
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    text = "\n".join([project, "[tool.mutmut]", *lines, ""])
    (COPY / "pyproject.toml").write_text(text, encoding="utf-8")


def mutmut(*arguments, stdout=subprocess.PIPE):
    command = [sys.executable, "-W", "ignore", "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=COPY, stdout=stdout, text=True, env=one_thread())
    if done.returncode:
        sys.exit(f"{done.stdout or ''}\nmutmut {arguments[0]} failed with {done.returncode}.")
    return done.stdout


def one_thread():
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return os.environ | dict.fromkeys(names, "1")


def read(module):
    """How many mutants a module had, and those that survived, as (function, before, after)."""
    path = COPY / "mutants" / "rnncore" / f"{module}.py.meta"
    codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    if unclear := set(codes.values()) - KILLED - SURVIVED:
        sys.exit(f"{module}: mutmut ended with {unclear}, which is neither killed nor survived.")
    return len(codes), [change(name) for name, code in codes.items() if code in SURVIVED]


def change(name):
    """What a mutant changes: its function, the line before and the line after."""
    function = name.rpartition("__mutmut_")[0].rpartition(".")[2]
    function = function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    lines = mutmut("show", name).splitlines()
    before = [line[1:].strip() for line in lines if line.startswith("-") and line[1:2] != "-"]
    after = [line[1:].strip() for line in lines if line.startswith("+") and line[1:2] != "+"]
    return function, " ".join(before), " ".join(after)


def fragment(results):
    made = sum(count for count, _ in results.values())
    left = sum(len(survivors) for _, survivors in results.values())
    date = datetime.date.today().isoformat()
    text = [
        f"Made on {date} with mutmut {version('mutmut')}, Python {platform.python_version()},"
        f" NumPy {version('numpy')}, rnncore {own_version()}:"
        f" **{made - left} of {made} mutants are killed, {(made - left) / made:.1%}**.",
        "",
        "| module | mutants | killed | survived | score |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for module, (count, survivors) in results.items():
        n = len(survivors)
        share = f"{(count - n) / count:.1%}" if count else "–"
        text.append(f"| `{module}` | {count} | {count - n} | {n} | {share} |")
    if left:
        text += ["", "The survivors, each with the line as it is and as it was changed:", ""]
        text += ["```text"]
        for module, (_, survivors) in results.items():
            for function, before, after in survivors:
                text += [f"{module}.{function}", f"  - {before}", f"  + {after}"]
        text += ["```"]
    return "\n".join(text) + "\n"


def own_version():
    text = (ROOT / "rnncore" / "_version.py").read_text(encoding="utf-8")
    return ast.literal_eval(text.partition("=")[2].strip())


if __name__ == "__main__":
    main()
