"""Make JupyterLite with the book's notebooks in _build/lite/site: `make lite`.

    python -m tools.lite

Its settings are in the folder `lite`.  The book's build puts it into the site, beside the Python
of tools/pyodide.py, which it shares with the pages; once it is there, chapters link to it.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import yaml

from tools import notebooks

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "lite"
FOLDER = ROOT / "_build" / "lite"
SITE = FOLDER / "site"  # as jupyter_lite_config.json names it
LINK = re.compile(r"\]\((\w+)\.md(?=[#)])")
PARTS = ["jupyterlite-core", "jupyterlite-pyodide-kernel", "jupyterlab-widgets", "anywidget"]


def main():
    made = build()
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file()) / 1e6
    print(
        f"JupyterLite is in {SITE.relative_to(ROOT)}: {size:.1f} MB{'' if made else ', as it was'}"
    )


def build():
    """Make it again if anything that it is made of has changed; return whether it was."""
    key = key_of_sources()
    if read(SITE / "key.txt") == key:
        return False
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.copytree(SETTINGS, FOLDER)
    chapters = FOLDER / "chapters"
    chapters.mkdir()
    for path in notebooks.find():
        text = path.read_text(encoding="utf-8")
        (chapters / path.name).write_text(with_links(text, base_of_site()), encoding="utf-8")
    command = [Path(sys.executable).parent / "jupyter-lite", "build"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}\njupyter lite build failed (see above).")
    (SITE / "key.txt").write_text(key, encoding="utf-8")
    return True


def base_of_site():
    """Return the public address of the site; empty while it has none."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    return settings["html"]["baseurl"].rstrip("/")


def with_links(text, base):
    """Let links to pages that are no notebooks lead to the site, since only notebooks are here."""
    return LINK.sub(rf"]({base}/book/\1.html", text) if base else text


def key_of_sources():
    """Hash the settings, the chapters and the versions of what serves them."""
    files = [Path(__file__), *sorted(SETTINGS.iterdir()), *notebooks.find()]
    parts = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]
    parts += [version(name) for name in PARTS] + [base_of_site()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def publish(site):
    """Put it into the built book as `lite/`, if it has been made."""
    place = site / "lite"
    if SITE.exists() and read(place / "key.txt") != read(SITE / "key.txt"):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(SITE, place)


def read(path):
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    main()
