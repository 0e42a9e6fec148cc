"""What the modules of all widgets keep: parts that stand once, one export, and a small size."""

import gzip
import re

import pytest

from rnncore import widgets
from rnncore.widgets.base import HERE, PART

KINDS = [getattr(widgets, name) for name in widgets.__all__]
each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
OWN = 12_000  # bytes, gzipped: what a widget may add to a page that has the shared parts


def own(kind, ending):
    """The file of the widget's own stem."""
    return HERE / f"{kind.__module__.rpartition('.')[2]}.{ending}"


@each
def test_a_module_has_each_part_once_and_exports_from_the_last_alone(kind):
    parts = kind._esm.split(PART)
    known = {path.read_text(encoding="utf8") for path in HERE.glob("*.js")}
    assert set(parts) <= known
    assert len(set(parts)) == len(parts)
    assert parts[-1] == own(kind, "js").read_text(encoding="utf8")
    assert [bool(re.search("^export ", part, re.M)) for part in parts] == [False] * (
        len(parts) - 1
    ) + [True]


@each
def test_what_a_widget_adds_to_a_page_is_light(kind):
    assert len(gzip.compress(own(kind, "js").read_bytes())) <= OWN
    shared = {part for other in KINDS if other is not kind for part in other._esm.split(PART)}
    added = [part for part in kind._esm.split(PART) if part not in shared]
    assert len(gzip.compress("".join(added).encode())) <= 1.5 * OWN


@each
def test_the_style_sheet_has_nothing_that_only_a_module_may_have(kind):
    assert "//" not in re.sub(r"/\*.*?\*/|https?://", "", kind._css, flags=re.S)
    assert kind._css.count("{") == kind._css.count("}")


def test_every_file_of_the_folder_is_part_of_a_widget():
    used = {part for kind in KINDS for part in [*kind._esm.split(PART), *kind._css.split(PART)]}
    left = [p.name for p in HERE.glob("*.[jc]s*") if p.read_text(encoding="utf8") not in used]
    assert left == []


@pytest.mark.parametrize("path", sorted(HERE.glob("*.css")), ids=lambda path: path.stem)
def test_the_own_styles_of_a_widget_touch_no_other_on_the_page(path):
    own = (HERE / f"{path.stem}.py").exists()
    root = f".{path.stem.replace('_', '-')}" if own else ".rnn"
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf8"), flags=re.DOTALL)
    selectors = [part.strip() for part in re.findall(r"([^{}]+)\{", text)]
    rules = [selector for selector in selectors if not re.match(r"@|\d+%|from|to", selector)]
    assert rules
    for rule in rules:
        while "(" in rule:
            rule = re.sub(r"\([^()]*\)", "", rule)
        for selector in rule.split(","):
            assert re.match(rf"{re.escape(root)}(?![\w-])", selector.strip()), selector
