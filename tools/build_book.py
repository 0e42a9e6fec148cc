"""Build the book into _build/html, with every warning an error.

Jupyter's execution cache and Sphinx look at the chapters alone.  What else the
pages are made of is hashed here, and what was made from an older state is
removed before the build:

- the package, the local extension, the requirements or what is installed (Python
  itself too) changed: chapters are executed, read and written again;
- a page or file came or went, the settings, a style sheet or the list of sources
  changed, or the last build failed: chapters are read and written again, but not executed.
"""

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
STATE = BUILD / "state.json"


def main():
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one build at a time
        forget_what_is_stale()
        if failed := run_jupyter_book():
            sys.exit(failed)
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
    """What the chapters' outputs depend on, beside the chapters: files, names and versions."""
    files = [*files_under("rnncore"), *files_under("book/_ext"), ROOT / "requirements.txt"]
    parts = [part for path in files for part in (name(path), path.read_bytes())]
    return digest([*parts, *map(str.encode, installed())])


def installed():
    """Python and the packages beside it, each with its version."""
    return [
        sys.version,
        *sorted(f"{package.name}=={package.version}" for package in distributions()),
    ]


def hash_of_pages():
    """Which pages and files there are, and what is in the settings, sources and book/_static."""
    # Where no page is out of date, Sphinx copies no style sheet either; and a source that
    # comes or goes gives the others new numbers, to which pages that cite them still link.
    files = [ROOT / "_config.yml", ROOT / "_toc.yml", ROOT / "book" / "references.bib"]
    files += files_under("book/_static")
    return digest([*(file.read_bytes() for file in files), *map(name, files_under("book"))])


def files_under(folder):
    """The files of a folder, sorted, without caches and editors' leftovers."""
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


def run_jupyter_book():
    """The exit status of jupyter-book."""
    command = [Path(sys.executable).parent / "jupyter-book", "build", "."]
    return subprocess.run([*command, "-W", "-n", "--keep-going"], cwd=ROOT).returncode


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
