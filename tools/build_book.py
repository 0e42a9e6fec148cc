"""Build the book into _build/html, with every warning an error.

Jupyter's execution cache and Sphinx look at the chapters only.  What else the pages are made of
is hashed here, and what was made from an older state is removed before the build:

- If the package, the local extensions, the requirements or the installed packages (Python itself
  too) have changed, chapters are executed, read and written again.
- If a page, a file, JupyterLite or what readers take with them was added or removed, if the
  settings, a style sheet, what bundles them, or the lists of sources and of anchors changed, or if
  the last build failed, chapters are read and written again, but not executed.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distributions
from pathlib import Path

import nbformat

from book._ext import take
from tools import lite, pyodide

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
CACHE = BUILD / ".jupyter_cache"
TOC = ROOT / "_toc.yml"
STATE = BUILD / "state.json"
LOG = BUILD / "log.txt"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
EXECUTING = re.compile(r"(book/\S+\.ipynb): Executing notebook")
NOT_EXECUTED = re.compile(
    r"^(?:.*/)?(?P<notebook>book/.*): WARNING: Executing notebook failed: .*\n"
    r"(?P<error>(?:.*\n)*?.*)\[mystnb\.exec\]$",
    re.M,
)


def main():
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one build at a time
        forget_what_is_stale()
        execute_ahead()
        if failed := run_jupyter_book():
            sys.exit(failed)
        pyodide.publish(BUILD / "html")
        lite.publish(BUILD / "html")
        STATE.write_text(json.dumps(load_state() | {"complete": True}))
    index = BUILD / "html" / "index.html"
    print(f"\nThe book is in {index.relative_to(ROOT)}\nOpen {index.as_uri()} in a browser.")


def forget_what_is_stale():
    """Remove what older sources left in _build, and only then store the hashes of the new ones."""
    old = load_state()
    new = {"code": hash_of_code(), "pages": hash_of_pages()}
    if old.get("code") != new["code"]:
        remove(".jupyter_cache", ".doctrees", "html", "jupyter_execute")
    elif old != new | {"complete": True}:
        remove(".doctrees", "html")
    STATE.write_text(json.dumps(new))


def hash_of_code():
    """Hash what the chapters' outputs depend on besides the chapters: files, names, versions."""
    files = [*files_under("rnncore"), *files_under("book/_ext"), ROOT / "requirements.txt"]
    parts = [part for path in files for part in (name(path), path.read_bytes())]
    return digest([*parts, *map(str.encode, installed())])


def installed():
    """Return Python and the packages, each with its version."""
    return [
        sys.version,
        *sorted(f"{package.name}=={package.version}" for package in distributions()),
    ]


def hash_of_pages():
    """Hash the names of all pages and files, and what else the pages are made of or link to."""
    # Sphinx copies style sheets only if a page is out of date.  And when a source is added or
    # removed, the others get new numbers, while pages that cite them still link to the old ones.
    settings = ("_config.yml", "_toc.yml", "book/references.bib", "book/anchors.txt")
    files = [ROOT / path for path in settings]
    for folder in ("book/_static", "book/_templates", ".github/ISSUE_TEMPLATE"):
        files += files_under(folder)
    files += (ROOT / "book" / "_generated").glob("*.json")
    files += (ROOT / "tools" / "node").glob("*.js*")
    names = [*map(name, files_under("book")), str(lite.SITE.exists()).encode()]
    names += [" ".join(offer).encode() for offer in take.offers().values()]
    return digest([*(file.read_bytes() for file in files), *names])


def files_under(folder):
    """Return the files of a folder, sorted, without caches and editors' leftovers."""
    top = ROOT / folder
    return sorted(
        path
        for path in top.rglob("*")
        if path.is_file()
        and not any(
            part == "__pycache__" or part.startswith(".") or part.endswith("~")
            for part in path.relative_to(top).parts
        )
    )


def name(path):
    return path.relative_to(ROOT).as_posix().encode()


def digest(parts):
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def load_state():
    try:
        return json.loads(STATE.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def remove(*names):
    for folder in names:
        if (BUILD / folder).exists():
            shutil.rmtree(BUILD / folder)


def execute_ahead():
    """Execute the chapters that have changed, on all cores, into the cache that the build reads.

    The build by itself executes one after the other.  One that fails is left to it: it says why.
    """
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn
    from jupyter_cache.executors.utils import single_nb_execution

    def executed(path):
        notebook = nbformat.read(path, as_version=4)
        print(f"executing {path.relative_to(ROOT)}", flush=True)
        cwd = str(path.parent)
        result = single_nb_execution(notebook, cwd=cwd, timeout=120, allow_errors=False)
        return path, notebook, result

    cache = get_cache(str(CACHE))
    chapters = [ROOT / f"{page}.ipynb" for page in re.findall(r"book/\w+", TOC.read_text())]
    changed = [path for path in chapters if path.exists() and not is_cached(cache, path)]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for path, notebook, result in pool.map(executed, changed):
            if result.err is None:
                data = {"execution_seconds": result.time}
                bundle = CacheBundleIn(notebook, str(path), data=data)
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def is_cached(cache, path):
    try:
        return cache.match_cache_notebook(nbformat.read(path, as_version=4)) is not None
    except KeyError:
        return False


def run_jupyter_book():
    """Run jupyter-book and return its exit status; print which chapter runs, and why it fails."""
    command = [Path(sys.executable).parent / "jupyter-book", "build", ".", "-W", "-n"]
    said = []
    with subprocess.Popen(
        [*command, "--keep-going"],
        cwd=ROOT,
        env=os.environ | {"PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        for line in process.stdout:
            said.append(ANSI.sub("", line))
            if found := EXECUTING.search(said[-1]):
                print(f"executing {found[1]}", flush=True)
    LOG.write_text("".join(said), encoding="utf-8")
    if process.returncode:
        print(f"{cause(''.join(said))}\n\nAll that the build said is in {LOG.relative_to(ROOT)}")
    return process.returncode


def cause(log):
    """Say why a build failed: the cell that raises, or the warnings, or the last lines."""
    if found := NOT_EXECUTED.search(log):
        error = found["error"].partition("following cell:\n")[2] or found["error"]
        return f"{found['notebook']} does not run. This cell fails:\n{error.rstrip()}"
    warned = re.findall(r"^.*\b(?:WARNING|ERROR|CRITICAL)\b: .*", log, re.M)
    return "\n".join(dict.fromkeys(warned)) or "\n".join(log.splitlines()[-30:])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
