"""The package as a whole: what it imports, in which direction, and what it says of itself."""

import ast
import doctest
import importlib
import inspect
import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

import numpy as np
import pytest

import rnncore
from rnncore.activations import get
from tests.support.reference_vectors import CASES, FOLDER, load

SOURCE = Path(rnncore.__file__).parent

# Bottom to top; a module imports from floors below its own.  The package itself stands where its
# __init__.py does; each of the folders widgets/ and
# exercises/ is one floor.
FLOORS = [
    {"_version", "_checks", "palette"},
    {"activations"},
    {"mlp", "states"},
    {"bptt", "gradcheck"},
    {"_layer"},
    {"layers", "gates"},
    {"elman", "interop"},
    {"losses", "optimisers", "tasks"},
    {"training"},
    {"mistakes"},
    {"exercises"},
    {"rnncore"},
    {"plots"},
    {"widgets"},
]
FLOOR = {module: i for i, floor in enumerate(FLOORS) for module in floor}

MODULES = sorted(SOURCE.rglob("*.py"))


def name_in_package(path):
    """Where a file stands in FLOORS: rnncore/mlp.py is mlp, rnncore/widgets/x.py is widgets."""
    first = path.relative_to(SOURCE).parts[0]
    return "rnncore" if first == "__init__.py" else first.removesuffix(".py")


def imported(path):
    """The modules of the package that a file imports, anywhere in it."""
    package = ["rnncore", *path.relative_to(SOURCE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            full = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            full = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for parts in (name.split(".") for name in full):
            if parts[0] == "rnncore":
                inside = len(parts) > 1 and (SOURCE / parts[1]).with_suffix(".py").exists()
                inside |= len(parts) > 1 and (SOURCE / parts[1]).is_dir()
                yield parts[1] if inside else "rnncore"


def numeric_modules():
    """The modules that `import rnncore` loads."""
    top = FLOOR["exercises"]
    paths = [path for path in MODULES if FLOOR.get(name_in_package(path), top + 1) <= top]
    names = [path.relative_to(SOURCE.parent).with_suffix("").parts for path in paths]
    return [importlib.import_module(".".join(name).removesuffix(".__init__")) for name in names]


def public_functions():
    return [
        function
        for module in numeric_modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


# Imports


def test_importing_rnncore_loads_numpy_and_no_other_third_party_module():
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "import rnncore\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert loaded - set(sys.stdlib_module_names) == {"rnncore", "numpy"}
    assert not loaded & {"matplotlib", "ipywidgets", "anywidget", "traitlets", "IPython"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_import_runs_back_up(path):
    name = name_in_package(path)
    assert name in FLOOR, f"give {name} its place in FLOORS"
    for other in imported(path):
        within = name == other in {"widgets", "exercises"}
        assert within or FLOOR[other] < FLOOR[name], f"{name} imports {other}"


def test_the_check_of_directions_sees_imports():
    assert {"_checks", "activations"} <= set(imported(SOURCE / "states.py"))
    assert {"activations", "mlp", "states"} <= set(imported(SOURCE / "__init__.py"))


# What is public


def test_every_name_that_the_package_offers_exists():
    assert all(hasattr(rnncore, name) for name in rnncore.__all__)


def test_the_names_at_the_top_are_those_of_the_modules():
    assert rnncore.compute_states is rnncore.states.compute_states
    assert rnncore.step is rnncore.states.step
    assert rnncore.forward is rnncore.mlp.forward
    assert rnncore.predict is rnncore.mlp.predict


def test_the_version_is_three_numbers():
    assert re.fullmatch(r"\d+\.\d+\.\d+", rnncore.__version__)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (rnncore.mlp.predict, "x0, W, B, activations"),
        (rnncore.mlp.forward, "x0, W, B, activations"),
        (rnncore.states.step, "x_t, h_prev, W_x, W_h, b=0.0, activation='linear'"),
        (rnncore.states.compute_states, "X, W_x, W_h, b=0.0, activation='linear', h0=None"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_arguments_have_their_promised_names_order_and_defaults(function, arguments):
    assert str(inspect.signature(function)) == f"({arguments})"


# Docstrings

ARRAYS = {"x0", "X", "x_t", "h_prev", "W", "B", "W_x", "W_h", "b", "h0"}
A_SHAPE = r"\([a-z0-9 +,·]+\)|of the shape of \w+"


def section(text, title):
    """A numpydoc section, without its title."""
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w+\n--|\Z)", text, re.DOTALL | re.MULTILINE)
    return found.group(1) if found else ""


def described(text, parameter):
    """What a Parameters section says of one parameter; none if it is not there."""
    entry = rf"^(?:\w+, )*{parameter}(?:, \w+)*(?: :[^\n]*)?\n(?: +[^\n]*\n?|\n)*"
    found = re.search(entry, section(text, "Parameters"), re.MULTILINE)
    return found.group() if found else ""


def with_reference(function, parameter):
    """The description, followed where it says "as in `another`"."""
    text = inspect.getdoc(function)
    own = described(text, parameter)
    other = re.search(r"[Aa]s in `(\w+)`", own or text)
    if other and not re.search(A_SHAPE, own):
        return described(inspect.getdoc(inspect.getmodule(function).__dict__[other[1]]), parameter)
    return own


@pytest.mark.parametrize(
    "function", public_functions(), ids=lambda f: f"{f.__module__}.{f.__name__}"
)
def test_every_public_function_says_what_it_does(function):
    assert re.match(r"\S.*[.:]$", inspect.getdoc(function).splitlines()[0])


@pytest.mark.parametrize(
    ("function", "parameter"),
    [(f, p) for f in public_functions() for p in inspect.signature(f).parameters if p in ARRAYS],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_the_docstring_gives_the_shape_of_every_array(function, parameter):
    assert re.search(A_SHAPE, with_reference(function, parameter))


@pytest.mark.parametrize(
    "function",
    [f for f in public_functions() if ARRAYS & set(inspect.signature(f).parameters)],
    ids=lambda f: f.__name__,
)
def test_the_docstring_gives_the_shape_of_what_is_returned(function):
    assert re.search(A_SHAPE, section(inspect.getdoc(function), "Returns"))


@pytest.mark.parametrize(
    "name",
    [
        *("activations", "mlp", "states", "bptt", "gradcheck", "layers", "gates", "elman"),
        *("losses", "optimisers", "tasks", "interop", "exercises"),
        *("widgets.base", "widgets.state_stepper"),
    ],
)
def test_the_examples_in_docstrings_hold(name):
    result = doctest.testmod(importlib.import_module(f"rnncore.{name}"))
    assert result.attempted >= 1
    assert result.failed == 0


@pytest.mark.parametrize(
    "function",
    [*map(vars(rnncore).get, ["compute_states", "step", "forward", "predict"]), get],
    ids=lambda f: f.__name__,
)
def test_the_functions_that_a_reader_calls_have_an_example_that_runs(function):
    module = inspect.getmodule(function)
    (test,) = doctest.DocTestFinder(recurse=False).find(
        function, function.__name__, module, globs=vars(module).copy()
    )
    result = doctest.DocTestRunner().run(test)
    assert result.attempted >= 1
    assert result.failed == 0


# The reference vectors that other tests rely on


@pytest.mark.parametrize("name", CASES)
def test_a_reference_file_holds_what_the_index_says(name):
    described = {n: (tuple(a["shape"]), a["dtype"]) for n, a in CASES[name]["arrays"].items()}
    assert {n: (a.shape, str(a.dtype)) for n, a in load(name).items()} == described


def test_every_reference_file_is_in_the_index():
    assert {path.name for path in FOLDER.glob("*.npz")} == {c["file"] for c in CASES.values()}


def test_the_numbers_of_the_reference_files_are_finite():
    assert all(np.isfinite(array).all() for name in CASES for array in load(name).values())


def test_the_readme_knows_how_long_the_core_is():
    root = Path(rnncore.__file__).parents[1]
    core = ("_checks", "activations", "mlp", "states", "bptt", "_layer", "layers", "gates")
    texts = [(root / "rnncore" / f"{name}.py").read_text(encoding="utf8") for name in core]
    statements = sum(map(lines_of_code, texts))
    lines = sum(len(text.splitlines()) for text in texts)
    said = f"{statements} lines of code in {f'{lines:,}'.replace(',', ' ')} lines"
    assert said in (root / "README.md").read_text(encoding="utf8")


def lines_of_code(text):
    """How many lines hold more than a comment or a docstring."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    nothing = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    kept = [token for token in tokens if token.type not in (*nothing, tokenize.ENDMARKER)]
    lines = {n for token in kept for n in range(token.start[0], token.end[0] + 1)}
    nodes = [ast.parse(text), *ast.walk(ast.parse(text))]
    for node in nodes:
        with_docstring = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if with_docstring and ast.get_docstring(node) is not None:
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines)
