"""The results of `tools.sweep` on disk: one file for each setting, and the record of them all."""

import ast
import datetime
import hashlib
import importlib.util
import json
import os
import platform
from functools import cache
from pathlib import Path

from tools import imports

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "rnncore" / "data"
SEARCHED = "rnncore", "tools/experiments"  # whose code an experiment may depend on


class Store:
    """The results of one experiment in one state of its code, each in a file of its own.

    A file counts only if it holds the result of this very setting and this very code.  Anything
    else, such as half a file or the result of an older version, is as good as missing.
    """

    def __init__(self, folder, code):
        self.folder, self.code = Path(folder), code

    def path(self, setting):
        key = hashlib.sha256(json.dumps([self.code, setting], sort_keys=True).encode())
        return self.folder / f"{key.hexdigest()[:24]}.json"

    def read(self, setting):
        """Return what was kept of a setting, or None."""
        try:
            found = json.loads(self.path(setting).read_text("utf-8"))
            fits = found["setting"] == setting and found["code"] == self.code
            complete = isinstance(found["result"], dict) and found["seconds"] >= 0
            datetime.date.fromisoformat(found["date"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if fits and complete else None

    def keep(self, setting, result, seconds):
        found = {"setting": setting, "code": self.code, "result": result, "seconds": seconds}
        found["date"] = datetime.date.today().isoformat()
        write(self.path(setting), json.dumps(found, allow_nan=False))


def write(path, text):
    """Write a file in one go: nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def record(title, found):
    """Return the text of a record, the same in whatever order the results have come.

    Each row has a line, so that a change can be read as a difference of lines.
    """
    found = sorted(found, key=lambda each: in_order(each["setting"]))
    head = {
        "title": title,
        "date": max(each["date"] for each in found),
        "versions": versions(),
        "seconds": round(sum(each["seconds"] for each in found)),
    }
    lines = [f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in head.items()]
    rows = [json.dumps(each["setting"] | each["result"], ensure_ascii=False) for each in found]
    return "{" + ",\n".join([*lines, '"rows": [\n' + ",\n".join(rows) + "\n]"]) + "}\n"


def in_order(setting):
    """Return a key to sort settings by: numbers by size, texts by the alphabet."""
    plain = {
        n: v if isinstance(v, int | float | str) else json.dumps(v) for n, v in setting.items()
    }
    return [(name, isinstance(value, str), value) for name, value in plain.items()]


@cache
def versions():
    import numpy

    import rnncore

    python = platform.python_version()
    return {"python": python, "numpy": numpy.__version__, "rnncore": rnncore.__version__}


@cache
def code_of(module):
    """Return a hash of all that the results of a module depend on.

    That is its code and the code of the package that it uses, directly or not, without comments
    and docstrings; the data that this code names; and the versions of Python and NumPy.
    """
    files = {imports.dotted(p, ROOT): p for top in SEARCHED for p in (ROOT / top).rglob("*.py")}
    files[module] = Path(importlib.util.find_spec(module).origin)
    offered = {name: imports.offers(p) for name, p in files.items() if p.name == "__init__.py"}
    found, waiting = {}, [module]
    while waiting:
        name = waiting.pop()
        if name in files and name not in found:
            tree = ast.parse(files[name].read_text(encoding="utf-8"))
            waiting += imports.imported(tree, files, offered)
            found[name] = ast.unparse(without_docstrings(tree))
    text = "\n".join(found[name] for name in sorted(found))
    data = [p for p in sorted(DATA.iterdir()) if p.is_file() and p.name in text]
    made_with = [versions()["numpy"], *platform.python_version_tuple()[:2]]
    parts = [text.encode(), *(p.read_bytes() for p in data), " ".join(made_with).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def without_docstrings(tree):
    for node in ast.walk(tree):
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            node.body[0] = ast.Pass()
    return tree
