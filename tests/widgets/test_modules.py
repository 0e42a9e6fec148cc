"""What the modules of all widgets keep: parts that stand once, one export, and a small size."""

import gzip
import json
import re

import pytest

from rnncore import activations, widgets
from rnncore.activations import Activation
from rnncore.widgets.linker import HERE, PART
from tests.support.repository import BOOK, needs_the_book

KINDS = [getattr(widgets, name) for name in widgets.__all__]
each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
SHEETS = sorted(HERE.rglob("*.css"))
OWN = 12_000  # bytes, gzipped: what a widget may add to a page that has the shared parts


def own(kind, file):
    """The widget's own file of that name."""
    return HERE / kind.__module__.rpartition(".")[2] / file


@needs_the_book
def test_every_widget_has_a_cell_in_the_gallery():
    cells = json.loads((BOOK / "gallery.ipynb").read_text(encoding="utf8"))["cells"]
    code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert [name for name in widgets.__all__ if f"{name}(" not in code] == []


def test_the_page_knows_the_activations_of_the_package():
    text = (HERE / "shared" / "activations.js").read_text(encoding="utf8")
    names = re.findall(r"^  (\w+): activation\(", text, re.M)
    assert sorted(names) == sorted(activations.ELEMENTWISE)


@pytest.mark.parametrize("kind", [widgets.BpttStepper, widgets.ActivationExplorer])
def test_an_activation_whose_derivative_needs_z_is_refused_and_the_last_stays(kind, monkeypatch):
    square = Activation("square", lambda z: z * z, derivative=lambda z, h: 2 * z)
    monkeypatch.setitem(activations.KNOWN, "square", square)
    given = {"X": [1.0], "W_x": 1.0, "W_h": 0.5, "dS": [1.0]}
    widget = kind(**(given if kind is widgets.BpttStepper else {}), activation="tanh", id="a")
    with pytest.raises(ValueError, match="that of square needs z"):
        widget.activation = "square"
    assert widget.activation == "tanh"


@each
def test_a_module_has_each_part_once_and_exports_from_the_last_alone(kind):
    parts = kind._esm.split(PART)
    assert len(set(parts)) == len(parts)
    exports = [len(re.findall("^export ", part, re.M)) for part in parts]
    assert exports == [0] * (len(parts) - 1) + [1]


def as_script(parts):
    """Parts of a module as a script may have them."""
    return re.sub(r"^export default ", "rnn.made = ", "".join(parts), flags=re.M)


@each
def test_what_a_widget_adds_to_a_page_is_light(kind):
    smaller = pytest.importorskip("book._ext.node").minified
    late = pytest.importorskip("book._ext.modules").late_parts(
        own(kind, "").name, kind._esm.split(PART)
    )
    shared = {part for other in KINDS if other is not kind for part in other._esm.split(PART)}
    added = [part for part in kind._esm.split(PART) if part not in {*shared, *late}]
    assert len(gzip.compress(smaller(as_script(late)).encode())) <= OWN
    assert len(gzip.compress(smaller(as_script(added)).encode())) <= 1.5 * OWN
    assert len(gzip.compress(smaller(as_script(added[-1:])).encode())) <= OWN


@each
def test_the_style_sheet_has_nothing_that_only_a_module_may_have(kind):
    assert "//" not in re.sub(r"/\*.*?\*/|https?://", "", kind._css, flags=re.S)
    assert kind._css.count("{") == kind._css.count("}")


def test_every_style_sheet_is_part_of_a_widget():
    used = {part for kind in KINDS for part in kind._css.split(PART)}
    assert [p for p in HERE.rglob("*.css") if p.read_text(encoding="utf8") not in used] == []


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.relative_to(HERE).as_posix())
def test_the_own_styles_of_a_widget_touch_no_other_on_the_page(path):
    own = path.parent.parent == HERE and path.parent.name != "shared"
    root = f".{path.parent.name.replace('_', '-')}" if own else ".rnn"
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf8"), flags=re.DOTALL)
    selectors = [part.strip() for part in re.findall(r"([^{}]+)\{", text)]
    rules = [selector for selector in selectors if not re.match(r"@|\d+%|from|to", selector)]
    assert rules
    for rule in rules:
        while "(" in rule:
            rule = re.sub(r"\([^()]*\)", "", rule)
        for selector in rule.split(","):
            assert re.match(rf"{re.escape(root)}(?![\w-])", selector.strip()), selector
