"""Link the JavaScript modules of a widget into the one module that a browser loads.

A module that is loaded from a Blob can't import others.  So each module becomes a scope that
returns its exports, an import takes them apart, and all scopes stand in one text, each after
those it imports::

    import { shown } from "./numbers.js";          const $dom = (() => {
    export function write(node, value) {     →     const { shown } = $numbers;
      node.textContent = shown(value);             function write(node, value) {
    }                                                node.textContent = shown(value);
                                                   }
                                                   return { write };
                                                   })();

The text of a scope doesn't depend on which widget links it, so a page stores it once.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
PART = "\n/* --- */\n"  # between the scopes

IMPORT = re.compile(r'^import \{(?P<names>[^}]*)\} from "(?P<path>[^"]+)";$\n?', re.M)
EXPORT = re.compile(r"^export (?=(?:async )?function\*? (\w+)|(?:const|let|class) (\w+))", re.M)
DECLARED = re.compile(r"^(?:async )?(?:function\*?|const|let|class) (\w+)", re.M)
LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.M)


class LinkError(ValueError):
    """A module that can't be linked; the message names the file and says why."""


class Module(NamedTuple):
    """A module as the linker sees it."""

    path: Path
    imports: dict[Path, dict[str, str]]  # the module -> {exported name: local name}
    exports: tuple[str, ...]
    body: str  # without its imports and the word export


def link(entry: Path) -> str:
    """Return the text of one ES module: the scopes that `entry` needs, then `entry` itself.

    Parameters
    ----------
    entry
        The file whose exports the result has; no other module may import it.

    Raises
    ------
    LinkError
        If a module is missing or lacks a name that is imported from it, if two names or two
        scopes are the same, if modules import each other in a circle, or if an import or export
        has a form that can't be linked.
    """
    entry = entry.resolve()
    order = in_order(entry)
    scopes = {}
    for path in order:
        if (other := scopes.setdefault(scope_of(path), path)) != path:
            raise LinkError(
                f"{name(path)} and {name(other)} would share the scope {scope_of(path)};"
                " rename one of them."
            )
    return PART.join([*(scope(read(path)) for path in order[:-1]), entry_text(entry)])


def in_order(path: Path, importers: tuple[Path, ...] = ()) -> list[Path]:
    """Return the modules that `path` needs, each after those it imports, and `path` last."""
    if path in importers:
        circle = [*importers[importers.index(path) :], path]
        raise LinkError(f"These import each other in a circle: {' → '.join(map(name, circle))}.")
    order: list[Path] = []
    for imported in read(path).imports:
        order += [p for p in in_order(imported, (*importers, path)) if p not in order]
    return [*order, path]


def scope(module: Module) -> str:
    """Return the module as a scope that returns its exports."""
    if re.search("^export default ", module.body, re.M):
        raise LinkError(
            f"{name(module.path)} has a default export, which only a widget's own module may have."
        )
    exports = f"return {{ {', '.join(module.exports)} }};"
    inside = f"{taken_apart(module)}{module.body}{exports}"
    return f"const {scope_of(module.path)} = (() => {{\n{inside}\n}})();"


def entry_text(path: Path) -> str:
    """Return the entry, whose exports stay exports."""
    return taken_apart(read(path)) + IMPORT.sub("", source(path))


def taken_apart(module: Module) -> str:
    """Return the imports as lines that take the scopes apart."""
    lines = []
    for path, names in module.imports.items():
        exports = read(path).exports
        for wanted in names:
            if wanted not in exports:
                raise LinkError(
                    f"{name(module.path)} imports {wanted} from {name(path)}, which exports"
                    f" {', '.join(exports) or 'nothing'}."
                )
        pairs = [a if a == b else f"{a}: {b}" for a, b in names.items()]
        lines.append(f"const {{ {', '.join(pairs)} }} = {scope_of(path)};\n")
    return "".join(lines)


def read(path: Path) -> Module:
    """Parse a module; a LinkError for a form that can't be linked."""
    return parse(path, source(path))


@cache
def parse(path: Path, text: str) -> Module:
    imports: dict[Path, dict[str, str]] = {}
    local: dict[str, str] = {}  # each local name and where it comes from
    for match in IMPORT.finditer(text):
        imported = (path.parent / match["path"]).resolve()
        if not match["path"].startswith(".") or not imported.is_file():
            raise LinkError(f"{name(path)} imports {match['path']}, which is no file beside it.")
        for part in filter(None, map(str.strip, match["names"].split(","))):
            exported, _, alias = part.partition(" as ")
            claim(local, alias or exported, f"imported from {name(imported)}", path)
            imports.setdefault(imported, {})[exported] = alias or exported
    body = IMPORT.sub("", text)
    exports = tuple(a or b for a, b in EXPORT.findall(body))
    body = EXPORT.sub("", body)
    for declared in DECLARED.findall(body):
        claim(local, declared, "declared", path)
    if left := [line for line in LEFT_OVER.findall(body) if not line.startswith("export default ")]:
        raise LinkError(
            f'{name(path)}: {left[0]!r} can\'t be linked. Write import {{ name }} from "./file.js";'
            " (double quotes, a semicolon), or export before a declaration."
        )
    return Module(path, imports, exports, body)


def claim(local: dict[str, str], word: str, origin: str, path: Path) -> None:
    """Note where a local name comes from, or raise a LinkError if it is taken."""
    if word in local:
        raise LinkError(f"{name(path)}: {word} is ambiguous, {local[word]} and {origin}.")
    local[word] = origin


def scope_of(path: Path) -> str:
    """Return the name of a module's scope: shared/dom.js is $dom, check/trace.js $check_trace."""
    return "$" + re.sub(r"\W", "_", name(path).removeprefix("shared/").removesuffix(".js"))


def name(path: Path) -> str:
    """Return the path from the folder of the widgets, or from the folder around its own."""
    root = HERE if path.is_relative_to(HERE) else path.parent.parent
    return path.relative_to(root).as_posix()


def source(path: Path) -> str:
    return path.read_text(encoding="utf8")
