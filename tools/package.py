"""Build the package, and try what is built as others will meet it: `make package`.

The build gives no warning; the metadata are what an index takes; the wheel works beside NumPy
alone; and the tests that the source distribution brings pass where it is unpacked, with what the
extras `book` and `test` bring.  All of this happens under _build/package; what is to be published
is then in its folder `dist`.

    python -m tools.package --oldest    with the oldest versions that the package promises
"""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from venv import EnvBuilder

from tools import bounds

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "_build" / "package"
DIST = PLACE / "dist"
ALONE = """
import sys, numpy, rnncore
assert rnncore.compute_states([[1, 0, 1]], 1.0, 0.5).tolist() == [[0, 1, 0.5, 1.25]]
assert rnncore.tasks.digits()[0].x.shape[1:] == (8, 8)
print("rnncore", rnncore.__version__, "works beside NumPy", numpy.__version__, "alone")
"""
WIDGET = """
from rnncore.widgets import StateStepper
assert StateStepper([1, 0, 1], 1.0, 0.5, id="a").trace()["h"][-1] == 1.25
"""
# The newest helpers of the oldest versions warn of these for calls that are not ours.
FORGIVING = ["-W", "ignore::DeprecationWarning"]


def main():
    if sys.argv[1:] not in ([], ["--oldest"]):
        sys.exit(__doc__)
    shutil.rmtree(PLACE, ignore_errors=True)
    DIST.mkdir(parents=True)
    constraints = PLACE / "constraints.txt"
    is_oldest = bool(sys.argv[1:])
    lines = [f"{name}=={version}\n" for name, version in bounds.oldest().items() if is_oldest]
    constraints.write_text("".join(lines), encoding="utf-8")
    build()
    try_wheel(constraints)
    try_tests(constraints, FORGIVING if is_oldest else [])


def build():
    """Build both distributions with no warning; check their metadata as an index does."""
    said = run(sys.executable, "-m", "build", "--outdir", DIST, ROOT, quietly=True)
    if warnings := [line for line in said.splitlines() if "warning" in line.lower()]:
        sys.exit("\n".join(["The build warns:", *warnings]))
    run(sys.executable, "-m", "twine", "check", "--strict", *DIST.iterdir())


def try_wheel(constraints):
    (wheel,) = DIST.glob("*.whl")
    python = environment("alone")
    install(python, constraints, wheel)
    run(python, "-c", ALONE)
    install(python, constraints, f"{wheel}[book]")
    run(python, "-W", "error::UserWarning", "-c", WIDGET)


def try_tests(constraints, options):
    (source,) = DIST.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(PLACE, filter="data")
    folder = PLACE / source.name.removesuffix(".tar.gz")
    python = environment("tests")
    install(python, constraints, f"{folder}[book,test]", "pytest-xdist")
    run(python, "-m", "pytest", "-q", "-n", "auto", *options, cwd=folder)


def environment(name):
    """Make an environment with nothing in it; return its Python."""
    EnvBuilder(with_pip=True).create(PLACE / name)
    return PLACE / name / ("Scripts" if os.name == "nt" else "bin") / "python"


def install(python, constraints, *what):
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--constraint", constraints, *what)


def run(*command, cwd=PLACE, quietly=False):
    """Run a command away from the repository, which it must not need; return what it printed."""
    one = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    outer = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")  # setuptools warns of the last
    settings = {k: v for k, v in os.environ.items() if k not in outer} | one
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if quietly else {}
    options |= {"encoding": "utf8", "errors": "replace"}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=settings, **options)
    if done.returncode:
        sys.exit(f"{done.stdout or ''}\nThis failed:\n  {' '.join(map(str, command))}")
    return done.stdout


if __name__ == "__main__":
    main()
