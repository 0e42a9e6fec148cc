"""Open JupyterLab on the chapters: `make lab`.

Options are handed on to it: `python -m tools.lab --no-browser --ip=0.0.0.0`.
Where no browser can be started, as in a container, it prints the address to open elsewhere.
"""

import os
import sys
from pathlib import Path

BOOK = Path(__file__).resolve().parent.parent / "book"
OPTIONS = [
    f"--ServerApp.root_dir={BOOK}",
    "--LabApp.default_url=/lab/tree/intro.ipynb",
    # What it prints is its address, and what goes wrong.
    "--log-level=ERROR",
]


def main():
    from jupyterlab.labapp import main

    as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    print("Starting JupyterLab on the chapters (Ctrl-C ends it)", flush=True)
    main([*OPTIONS, *as_root, *sys.argv[1:]])


if __name__ == "__main__":
    main()
