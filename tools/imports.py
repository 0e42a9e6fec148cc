"""Which rooms of the house there are, and which of them uses which: read from the imports.

A room is a module of `rnncore`, a folder of a widget, a JavaScript module that widgets share, or a
chapter.  Private modules belong to the package they are in, so `rnncore.exercises` is one room;
those right under `rnncore` are its foundation.
"""

import ast
import json
import re
from functools import cache

PACKAGE = "rnncore"
FROM = re.compile(r"^(?:import|export)\b[^;\"']*?from\s*[\"']([^\"']+)[\"']", re.M)
BARE = re.compile(r"^import\s*[\"']([^\"']+)[\"']", re.M)


@cache
def python_uses(root):
    """Return the modules of the package by their dotted names: {module: the modules it imports}."""
    files = {dotted(path, root): path for path in sorted((root / PACKAGE).rglob("*.py"))}
    offered = {name: offers(path) for name, path in files.items() if path.name == "__init__.py"}
    return {
        name: imported(ast.parse(path.read_text(encoding="utf-8")), files, offered) - {name}
        for name, path in files.items()
    }


def dotted(path, root):
    """Return a dotted name: rnncore/layers/dense.py is rnncore.layers.dense."""
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def offers(path):
    """Return what an __init__.py passes on: {name: the module it comes from}."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.asname or alias.name: node.module for alias in node.names}
    return found


def imported(tree, modules, offered):
    """Return the modules that code imports anywhere; a name counts for where it is made."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in modules}
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                made_in = offered.get(node.module, {}).get(alias.name, node.module)
                found.add(inside if inside in modules else made_in)
    return found


def javascript_uses(root):
    """Return the JavaScript modules by their paths below the root: {path: the paths it imports}."""
    top = root.resolve()
    files = sorted((top / PACKAGE).rglob("*.js"))
    return {
        path.relative_to(top).as_posix(): {
            (path.parent / other).resolve().relative_to(top).as_posix()
            for other in javascript_imports(path.read_text(encoding="utf-8"))
        }
        for path in files
    }


def javascript_imports(text):
    """Return the relative paths that a module imports, or exports from."""
    return [path for path in FROM.findall(text) + BARE.findall(text) if path.startswith(".")]


def chapters(root):
    """Return the notebooks of the book in the order of its contents: {path: title}."""
    names = re.findall(r"^\s*(?:- file|root): *(\S+)", (root / "_toc.yml").read_text(), re.M)
    found = {}
    for name in names:
        path = root / f"{name}.ipynb"
        if path.exists():
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            first = next(c["source"] for c in cells if c["cell_type"] == "markdown")
            found[name] = re.search(r"^# (.*)", "".join(first), re.M)[1].strip()
    return found


def room_of(module, public):
    """Return the room of a Python module: itself, or the package around it if it is private."""
    if module.startswith(f"{PACKAGE}.widgets.") and module.count(".") > 2:
        module = ".".join(module.split(".")[:3])
    while module not in public and "." in module:
        module = module.rpartition(".")[0]
    return module


def rooms(root):
    """Return the rooms of the package, {module: the rooms it uses}, but no doors or foundation.

    A door is a package that only passes on what others make, such as `rnncore` itself.
    """
    uses = python_uses(root)
    public = {m for m in uses if not any(part.startswith("_") for part in m.split("."))}
    with_rooms = {m.rpartition(".")[0] for m in public}
    widgets = {m for m in public if m.startswith(f"{PACKAGE}.widgets.")}
    doors = {m for m in with_rooms if m not in widgets} & public
    found = {}
    for module, others in uses.items():
        room = room_of(module, public)
        if room in public - doors:
            found.setdefault(room, set()).update(room_of(other, public) for other in others)
    return {room: {o for o in others if o in found} - {room} for room, others in found.items()}


def floors(uses):
    """Return the floor of each room, one above the highest that it uses."""
    found = {}

    def floor(room, above=()):
        if room in above:
            circle = " → ".join([*above[above.index(room) :], room])
            raise ValueError(f"These import each other in a circle: {circle}.")
        if room not in found:
            below = [floor(other, (*above, room)) for other in uses[room] if other in uses]
            found[room] = 1 + max(below, default=-1)
        return found[room]

    for room in uses:
        floor(room)
    return found


def direct(uses):
    """Return the same without what follows: A uses C is left out if A uses B uses C."""
    reached = {}

    def all_below(room):
        if room not in reached:
            below = uses.get(room, set())
            reached[room] = set(below).union(*map(all_below, below))
        return reached[room]

    return {
        room: {o for o in others if not any(o in all_below(b) for b in others - {o})}
        for room, others in uses.items()
    }
