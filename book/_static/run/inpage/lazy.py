"""Modules that are loaded when a cell draws, and no earlier: matplotlib is 7 MB.

`import matplotlib.pyplot as plt` gives a stand-in at once.  Before a cell runs, its code says
whether it uses one; then the package is fetched, and every stand-in becomes the module itself.
"""

import ast
import importlib
import sys
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from inpage.names import attributes

HEAVY = ("matplotlib", "cycler", "rnncore.plots")
LATER = {("rnncore.plots", "use_style")}  # a call that can wait until there is something to style


class NotLoaded(ImportError):
    """A stand-in was used where the code did not show it."""


class StandIn(ModuleType):
    """A module that is not loaded yet; afterwards it passes on all that is asked of it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if (real := sys.modules.get(self.__name__)) not in (None, self):
            return getattr(real, name)
        if (self.__name__, name) in LATER:
            return Lazy.current.later(self.__name__, name)
        raise NotLoaded(Lazy.current.reason)


class Lazy(MetaPathFinder, Loader):
    """Finds stand-ins, and replaces them."""

    current: "Lazy"

    def __init__(self, reason: str):
        self.reason = reason  # why a stand-in is all there is
        self.stand_ins: dict[str, ModuleType] = {}
        self.waiting: list[Callable[[], Any]] = []
        Lazy.current = self
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if any(f"{name}.".startswith(f"{heavy}.") for heavy in HEAVY):
            return ModuleSpec(name, self, is_package=name != "rnncore.plots")
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self.stand_ins.setdefault(spec.name, StandIn(spec.name))

    def exec_module(self, module: ModuleType) -> None:
        pass

    def later(self, module: str, name: str) -> Callable[..., None]:
        """Return a function that notes its call."""

        def note(*values: Any, **named: Any) -> None:
            call = lambda: getattr(sys.modules[module], name)(*values, **named)  # noqa: E731
            self.waiting.append(call)

        return note

    def is_used(self, code: str, names: dict[str, Any]) -> bool:
        """Whether a cell uses a stand-in, and not only imports it."""
        if self not in sys.meta_path:
            return False
        known = {name: of.__name__ for name, of in names.items() if isinstance(of, StandIn)}
        imported, takes_a_part = imports(code)
        known |= imported
        taken = {(known[n], attribute) for n, attribute in attributes(code, names) if n in known}
        return takes_a_part or any(pair not in LATER for pair in taken)

    def load(self, names: dict[str, Any]) -> None:
        """Import what the stand-ins stand for; the package must be there now."""
        sys.meta_path.remove(self)
        for name, stand_in in self.stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]
        for name in self.stand_ins:
            real = importlib.import_module(name)
            parent, _, child = name.rpartition(".")
            if parent:
                setattr(sys.modules[parent], child, real)
        for name, value in names.items():
            if isinstance(value, StandIn):
                names[name] = sys.modules[value.__name__]
        for call in self.waiting:
            call()


def imports(code: str) -> tuple[dict[str, str], bool]:
    """Return the heavy modules that a cell imports, by its names for them.

    Also whether it takes something out of one, as in ``from matplotlib.pyplot import plot``.
    """
    found, takes_a_part = {}, False
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return {}, False
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                if is_heavy(one.name):
                    found[one.asname or one.name.partition(".")[0]] = one.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for one in node.names:
                if is_heavy(whole := f"{node.module}.{one.name}") and is_module(whole):
                    found[one.asname or one.name] = whole
                elif is_heavy(node.module or ""):
                    takes_a_part = True
    return found, takes_a_part


def is_heavy(name: str) -> bool:
    return any(f"{name}.".startswith(f"{heavy}.") for heavy in HEAVY)


def is_module(name: str) -> bool:
    """Whether a name behind `from … import` is a module that a stand-in is enough for."""
    return name in {"matplotlib.pyplot", "rnncore.plots"}
