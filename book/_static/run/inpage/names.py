"""Which cell makes a name, and which names a cell uses: read from the code, nothing is run."""

import ast
import symtable
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType
from typing import Any


def made_by(code: str) -> set[str]:
    """Return the names that a cell makes: assigned, defined, imported or looped over.

    >>> sorted(made_by("import numpy as np; S = [x for x in range(3)]"))
    ['S', 'np']
    """
    try:
        table = symtable.symtable(code, "<cell>", "exec")
    except SyntaxError:
        return set()
    return {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}


def makers(name: str, codes: dict[int, str]) -> list[int]:
    """Return the numbers of the cells that make this name."""
    return [number for number, code in codes.items() if name in made_by(code)]


def attributes(code: str, names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a cell takes from names, as (name, attribute); "" where it is the name itself.

    What the functions of these names take counts, too, wherever the cell mentions them.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return
    inside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            inside.add(node.value)
            yield node.value.id, node.attr
    mentioned = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n not in inside]
    used = {node.id for node in mentioned if isinstance(node.ctx, ast.Load)}
    yield from ((name, "") for name in used)
    yield from ((name, "") for name in called(used, names))


def called(used: Iterable[str], names: dict[str, Any]) -> set[str]:
    """Return the global names that these functions need, and the functions among those."""
    found: set[str] = set()
    waiting = list(used)
    while waiting:
        function = names.get(waiting.pop())
        if isinstance(function, FunctionType) and function.__globals__ is names:
            new = globals_of(function.__code__) - found
            found |= new
            waiting += new
    return found


def globals_of(code: CodeType) -> set[str]:
    """Return the names that a function and those inside it look up; attributes are among them."""
    inner = (globals_of(part) for part in code.co_consts if isinstance(part, CodeType))
    return set(code.co_names).union(*inner)
