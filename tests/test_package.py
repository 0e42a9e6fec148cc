"""The package as a whole: what it imports, in which direction, and what it says of itself."""

import ast
import doctest
import graphlib
import importlib
import inspect
import io
import pkgutil
import re
import subprocess
import sys
import tokenize
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import rnncore
from rnncore.activations import get
from tests.support.reference_vectors import CASES, FOLDER, load
from tests.support.repository import BOOK, needs_the_book

SOURCE = Path(rnncore.__file__).parent
MODULES = ["rnncore", *(m.name for m in pkgutil.walk_packages([str(SOURCE)], "rnncore."))]

# A module never needs one to its right, not even by way of others; a package counts as one.
# What is not named here is free to be anywhere, as long as no import comes back to its start.
DIRECTION = (
    *("activations", "mlp", "states", "bptt", "layers"),
    *("elman", "interop", "training", "exercises", "widgets"),
)


def path_of(module):
    """Where the code of a module is."""
    path = SOURCE.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imported(module):
    """The modules of the package that a module imports, anywhere in it."""
    package = module if path_of(module).name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path_of(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            full = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            full = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in full:
            while name and name not in MODULES:
                name = name.rpartition(".")[0]
            if name:
                yield name


IMPORTS = {module: set(imported(module)) for module in MODULES}


def needed(module):
    """All modules that a module imports, itself or by way of others."""
    found, ahead = set(), [module]
    while ahead:
        for other in IMPORTS[ahead.pop()] - found:
            found.add(other)
            ahead.append(other)
    return found


NUMERIC = sorted({"rnncore", *needed("rnncore")})  # what `import rnncore` loads


def inside(name):
    """The modules of a part of the package: itself, and what is in its folder."""
    return {m for m in MODULES if m == f"rnncore.{name}" or m.startswith(f"rnncore.{name}.")}


def public_functions():
    return [
        function
        for module in map(importlib.import_module, NUMERIC)
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
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, encoding="utf8", check=True)
    loaded = set(run.stdout.split())
    assert loaded - set(sys.stdlib_module_names) == {"rnncore", "numpy"}
    assert not loaded & {"matplotlib", "ipywidgets", "anywidget", "traitlets", "IPython"}


def test_no_import_comes_back_to_where_it_started():
    list(graphlib.TopologicalSorter(IMPORTS).static_order())  # a CycleError names the modules


@pytest.mark.parametrize(("lower", "upper"), [*combinations(DIRECTION, 2)])
def test_no_import_runs_back_up(lower, upper):
    assert inside(lower)
    assert inside(upper)
    if {lower, upper} == {"mlp", "states"} or lower in ("elman", "interop"):
        return  # side by side
    for module in inside(lower):
        assert not needed(module) & inside(upper), f"{module} needs {upper}"


def test_the_numbers_need_neither_widgets_nor_plots():
    assert not {"rnncore.plots", *inside("widgets")} & set(NUMERIC)


def test_the_check_of_directions_sees_imports():
    assert {"rnncore._checks", "rnncore.activations"} <= IMPORTS["rnncore.states"]
    assert {"rnncore.activations", "rnncore.states"} <= IMPORTS["rnncore"]
    assert {"rnncore.bptt", "rnncore.layers.fused"} <= IMPORTS["rnncore.layers.simple"]
    assert {"rnncore.states", "rnncore.layers.base"} <= needed("rnncore.training") | needed(
        "rnncore.elman"
    )


# What is public


def test_every_public_numeric_module_is_offered():
    for name in NUMERIC[1:]:
        first = name.split(".")[1]
        assert first.startswith("_") or hasattr(rnncore, first)


@pytest.mark.parametrize("module", NUMERIC)
def test_every_name_that_a_module_offers_exists(module):
    offering = importlib.import_module(module)
    assert all(hasattr(offering, name) for name in getattr(offering, "__all__", []))


def test_the_names_at_the_top_are_those_of_the_modules():
    assert rnncore.compute_states is rnncore.states.compute_states
    assert rnncore.step is rnncore.states.step
    assert rnncore.forward is rnncore.mlp.forward
    assert rnncore.predict is rnncore.mlp.predict


def test_the_version_is_three_numbers():
    assert re.fullmatch(r"\d+\.\d+\.\d+", rnncore.__version__)


def public_callables():
    """The public functions, and the public methods of public classes, of all numeric modules."""
    for name in NUMERIC:
        for key, value in vars(importlib.import_module(name)).items():
            if key.startswith("_") or getattr(value, "__module__", "") != name:
                continue
            if inspect.isfunction(value):
                yield f"{name}.{key}", value
            elif inspect.isclass(value):
                for inner, method in vars(value).items():
                    method = getattr(method, "__func__", getattr(method, "fget", method))
                    here = inspect.isfunction(method) and method.__module__ == name
                    if here and (inner == "__init__" or not inner.startswith("_")):
                        yield f"{name}.{key}.{inner}", method


def test_every_public_signature_has_types():
    bare = {}
    for name, function in public_callables():
        parameters = [*inspect.signature(function).parameters, "return"]
        typed = {"self", "cls", *function.__annotations__}
        bare[name] = [parameter for parameter in parameters if parameter not in typed]
    assert len(bare) > 100
    assert {name: missing for name, missing in bare.items() if missing} == {}


def test_the_types_are_for_others_too():
    assert (SOURCE / "py.typed").exists()


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
    """The description, followed where it says "as in" or "those of `another`"."""
    text = inspect.getdoc(function)
    own = described(text, parameter)
    other = re.search(r"(?:[Aa]s in|those of) `(\w+)`", own or text)
    if other and not re.search(A_SHAPE, own):
        return described(inspect.getdoc(inspect.getmodule(function).__dict__[other[1]]), parameter)
    return own


def test_every_public_function_says_what_it_does():
    firsts = {f: (inspect.getdoc(f) or "").partition("\n")[0] for f in public_functions()}
    assert [f for f, line in firsts.items() if not re.match(r"\S.*[.:]$", line)] == []


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


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_hold(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0
    assert (result.attempted > 0) == (">>> " in path_of(name).read_text(encoding="utf-8"))


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
    names = [m for m in NUMERIC if m in CORE or m.startswith("rnncore.layers")]
    statements, lines = length(names)
    said = f"is {lines} lines long. {statements} of them are code, and most of the rest"
    assert statements < lines
    text = (SOURCE.parent / "README.md").read_text(encoding="utf8")
    assert said in text, f"README.md should say: {said}"


@needs_the_book
def test_every_layer_is_exported_and_on_the_page_of_the_api():
    from rnncore import layers

    modules = [importlib.import_module(m) for m in MODULES if m.startswith("rnncore.layers.")]
    base = layers.Layer
    made = {
        name
        for module in modules
        for name, kind in vars(module).items()
        if inspect.isclass(kind) and issubclass(kind, base) and kind.__module__ == module.__name__
    }
    inside = {"Recurrent", "Fused", "Gated", "Cell"}  # bases that only the package needs
    exported = {name for name, kind in vars(layers).items() if inspect.isclass(kind)}
    assert made - inside <= exported
    page = (BOOK / "api.md").read_text(encoding="utf8")
    for name in exported:
        assert re.search(rf"auto(class|exception):: {name}$", page, re.M), name


CORE = {f"rnncore.{name}" for name in ("_checks", "_types", *DIRECTION[:4])}


def length(names):
    """The lines of code, and all lines, of these modules."""
    texts = [path_of(name).read_text(encoding="utf8") for name in names]
    return sum(map(lines_of_code, texts)), sum(len(text.splitlines()) for text in texts)


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
