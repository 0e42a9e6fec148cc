"""Try the requirements at their bounds, and beyond.

    python -m tools.bounds oldest        print the oldest versions that the package promises to
                                         work with, as constraints for pip
    python -m tools.bounds outside       print, as a JSON list, the names of those which have a
                                         version newer than our upper bounds
    python -m tools.bounds lift NAME     drop the upper bounds of NAME from the requirements

One workflow tests with the oldest; the weekly one tries each that is outside, one at a time.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
FILES = ["requirements.txt", "requirements-test.txt"]


def main():
    match sys.argv[1:]:
        case ["oldest"]:
            print(*(f"{name}=={version}" for name, version in oldest().items()), sep="\n")
        case ["outside"]:
            print(json.dumps([name for name in sorted(bounds()) if is_outside(name)]))
        case ["lift", name]:
            for file in [*FILES, "pyproject.toml"]:
                path = ROOT / file
                path.write_text(lifted(path.read_text(encoding="utf-8"), name), encoding="utf-8")
        case _:
            sys.exit(__doc__)


def bounds():
    """Return the requirements by name, each with the versions that it allows."""
    lines = [line for file in FILES for line in (ROOT / file).read_text("utf-8").splitlines()]
    wanted = [Requirement(line) for line in lines if line and line[0] not in "#-"]
    return {requirement.name: requirement.specifier for requirement in wanted}


def promised():
    """Return the requirements of package and widgets by name, each with its versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["book"]]
    return {wanted.name: wanted.specifier for wanted in map(Requirement, lines)}


def oldest():
    """Return the lowest version of each that the package promises to work with."""
    return {name: lowest(allowed) for name, allowed in promised().items()}


def lowest(allowed):
    return next(part.version for part in allowed if part.operator == ">=")


def is_outside(name):
    """Return whether the newest release is not among the versions that are allowed."""
    return not bounds()[name].contains(newest(name))


def newest(name):
    command = [sys.executable, "-m", "pip", "index", "versions", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return re.match(rf"{re.escape(name)} \((\S+)\)", done.stdout)[1]


def lifted(text, name):
    """Return a file of requirements without an upper bound or exact version for NAME."""
    exact = re.compile(rf"(?<![\w-])({re.escape(name)})==([\w.]+)")
    upper = re.compile(rf"(?<![\w-])({re.escape(name)}>=[\w.]+),<[\w.]+")
    return upper.sub(r"\1", exact.sub(r"\1>=\2", text))


if __name__ == "__main__":
    main()
