"""Break rnncore on purpose, one small change at a time, and see a test fail: `make mutants`.

mutmut makes the changes, one module after the other, in a copy of the package in _build/mutants,
and runs the tests of that module which reach what has been changed.  A change that none of them
notices has survived; the page shows it.

    python -m tools.mutants                  all numeric modules
    python -m tools.mutants bptt layers.base only these; the rows of the others stay as they are

What each module came to, and when, is kept in book/_generated/mutants.json; the table of the book
is written from it after every module.
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
KEPT = TARGET.with_suffix(".json")
MUTMUT = "mutmut>=3.8,<4"
FAILED = {1, 3}  # a test failed
STOPPED = {-9, -11, -24, 24, 36, 152, 255}  # it crashes, or never ends
SURVIVED = {0, 33}  # no test failed, or none reaches the line


def main():
    known = numeric_modules()
    modules = sys.argv[1:] or known
    if unknown := set(modules) - set(known):
        sys.exit(f"modules must be among {', '.join(known)}, got {', '.join(sorted(unknown))}.")
    install()
    for module in modules:
        start = time.monotonic()
        copy(module)
        mutmut("run", stdout=None if sys.stdout.isatty() else subprocess.PIPE)
        result = read(module)
        seconds = f"{time.monotonic() - start:.0f} s"
        print(
            f"{module}: {result['made']} mutants, {len(result['left'])} left, {seconds}", flush=True
        )
        keep(module, result)
    print(f"\n{TARGET.read_text(encoding='utf-8')}\nWritten to {TARGET.relative_to(ROOT)}")


def numeric_modules():
    """Return what `import rnncore` loads and has functions to break, as "bptt" or "layers.base"."""
    code = "import sys, rnncore; print(*(m[8:] for m in sys.modules if m.startswith('rnncore.')))"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return [
        module
        for module in loaded
        if not module.startswith("exercises") and "def " in source(module).read_text("utf-8")
    ]


def source(module):
    path = ROOT.joinpath("rnncore", *module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def tests_of(module):
    """Return the tests that should notice; those of other modules do not count.

    Those named after the module; the modules of a package share the tests in its folder.
    """
    package = module.rpartition(".")[0]
    return [f"tests/{package}" if package else f"tests/test_{module.lstrip('_')}.py"]


def install():
    try:
        version("mutmut")
    except PackageNotFoundError:
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", MUTMUT], check=True)


def copy(module):
    """Copy the package and its tests into a folder of their own, with mutmut's settings."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for name in ("rnncore", "tests", "tools"):
        shutil.copytree(ROOT / name, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
    settings = {
        "source_paths": ["rnncore/"],
        "only_mutate": [source(module).relative_to(ROOT).as_posix()],
        "pytest_add_cli_args_test_selection": tests_of(module),
        "also_copy": ["rnncore", "tests", "tools", "pyproject.toml"],
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
    """Return what became of a module's mutants; `left` has the survivors: function, code."""
    path = COPY / "mutants" / f"{source(module).relative_to(ROOT)}.meta"
    codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    if unclear := set(codes.values()) - FAILED - STOPPED - SURVIVED:
        sys.exit(f"{module}: mutmut ended with {unclear}, which is neither killed nor survived.")
    return {
        "made": len(codes),
        "stopped": sum(code in STOPPED for code in codes.values()),
        "left": [change(name) for name, code in codes.items() if code in SURVIVED],
        "date": datetime.date.today().isoformat(),
        "with": f"mutmut {version('mutmut')}, Python {platform.python_version()},"
        f" NumPy {version('numpy')}, rnncore {own_version()}",
    }


def keep(module, result):
    """Store the result of one module, and write the table of all that are stored."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    kept[module] = result
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    known = {m: kept[m] for m in numeric_modules() if m in kept}
    TARGET.write_text(fragment(known), encoding="utf-8")


def change(name):
    """Return what a mutant changes: its function, the line before and the line after."""
    function = name.rpartition("__mutmut_")[0].rpartition(".")[2]
    function = function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    lines = mutmut("show", name).splitlines()
    before = [line[1:].strip() for line in lines if line.startswith("-") and line[1:2] != "-"]
    after = [line[1:].strip() for line in lines if line.startswith("+") and line[1:2] != "+"]
    return function, " ".join(before), " ".join(after)


def fragment(results):
    made = sum(r["made"] for r in results.values())
    left = sum(len(r["left"]) for r in results.values())
    tools = sorted({r["with"] for r in results.values()})
    text = [
        f"Made with {'; '.join(tools)}: **{made - left} of {made} mutants were killed,"
        f" {(made - left) / made:.1%}**.",
        "",
        "| module | mutants | killed | killed by a crash or a hang | survived | score | on |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for module, r in results.items():
        count, n = r["made"], len(r["left"])
        share = f"{(count - n) / count:.1%}" if count else "–"
        row = (
            f"| `{module}` | {count} | {count - n} | {r['stopped']} | {n} | {share} | {r['date']} |"
        )
        text.append(row)
    if missing := [f"`{module}`" for module in numeric_modules() if module not in results]:
        text += ["", f"Not measured yet: {', '.join(missing)}."]
    if left:
        text += ["", "Here are the survivors, each with its line before and after the change:", ""]
        text += ["```text"]
        for module, r in results.items():
            for function, before, after in r["left"]:
                text += [f"{module}.{function}", f"  - {before}", f"  + {after}"]
        text += ["```"]
    return "\n".join(text) + "\n"


def own_version():
    text = (ROOT / "rnncore" / "_version.py").read_text(encoding="utf-8")
    return ast.literal_eval(text.partition("=")[2].strip())


if __name__ == "__main__":
    main()
