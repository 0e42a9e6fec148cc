"""The house of JavaScript: which module may import which, and how long a function may be."""

import re
from collections import Counter

import pytest

from rnncore.widgets.linker import HERE, in_order, name, read


def room(path):
    """The folder of a module: shared, or that of its widget."""
    return path.relative_to(HERE).parts[0]


FILES = sorted(HERE.rglob("*.js"))
TRACES = [path for path in FILES if path.name == "trace.js"]
NUMBERS = {f"shared/{stem}.js" for stem in ("activations", "algebra", "cell", "numbers")}
LONGEST = 60  # lines of a function


def test_a_module_imports_from_its_own_room_and_from_what_is_shared():
    imports = [(path, other) for path in FILES for other in read(path).imports]
    astray = [(a, b) for a, b in imports if room(b) not in {room(a), "shared"}]
    assert [(name(a), name(b)) for a, b in astray] == []


@pytest.mark.parametrize("path", TRACES, ids=name)
def test_a_trace_needs_modules_of_numbers_alone(path):
    needed = {name(other) for other in in_order(path)} - {name(path)}
    own = {other for other in needed if other.startswith(room(path))}
    assert needed - own <= NUMBERS
    for other in [name(path), *own]:
        assert not re.search(r"\b(document|html|svg)\b", (HERE / other).read_text("utf8"))


def test_what_is_shared_serves_several_widgets():
    uses = Counter(other for entry in HERE.glob("*/widget.js") for other in set(in_order(entry)))
    shared = [path for path in FILES if room(path) == "shared"]
    assert [name(path) for path in shared if uses[path] < 2] == []


def test_no_function_is_longer_than_a_screen():
    found = [(name(path), f) for path in FILES for f in functions(path.read_text("utf8"))]
    assert [(path, f) for path, f in found if f[1] > LONGEST] == []


def functions(text):
    """The functions of a formatted text that take several lines: (first line, how many)."""
    lines = text.splitlines()
    found = []
    for i, line in enumerate(lines):
        if not re.search(
            r"(function\b.*|=>|^\s*(async )?(?!if|for|while|switch)\w+\(.*\)) \{$", line
        ):
            continue
        indent = re.match(" *", line)[0]
        end = next(k for k in range(i + 1, len(lines)) if re.match(f"{indent}[}}]", lines[k]))
        found.append((line.strip(), end - i + 1))
    return found


def test_functions_are_measured():
    text = "export function f() {\n  const g = (x) => {\n    h(x);\n  };\n}\nconst k = {\n};\n"
    assert functions(text) == [("export function f() {", 5), ("const g = (x) => {", 3)]
