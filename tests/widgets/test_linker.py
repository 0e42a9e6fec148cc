"""The linker: scopes in the order of their imports, and a clear word for what it can't link."""

import re
import subprocess

import pytest

from rnncore.widgets.linker import HERE, PART, LinkError, in_order, link, scope_of

NUMBERS = "export const one = 1;\nexport function twice(x) {\n  return 2 * x;\n}\n"


@pytest.fixture
def linked(tmp_path):
    """A function: write these files into a folder and link the last."""

    def linked(**files):
        for stem, text in files.items():
            (tmp_path / f"{stem}.js").write_text(text, encoding="utf8")
        return link(tmp_path / f"{stem}.js")

    return linked


def test_a_scope_stands_before_those_that_import_it(linked):
    text = linked(
        numbers=NUMBERS,
        shapes='import { one, twice as double } from "./numbers.js";\n\n'
        "export const two = double(one);\n",
        widget='import { one } from "./numbers.js";\nimport { two } from "./shapes.js";\n\n'
        "export default one + two;\n",
    )
    numbers, shapes, widget = text.split(PART)
    folder = re.match(r"const (\$\w+)_numbers", numbers)[1]
    assert numbers == (
        f"const {folder}_numbers = (() => {{\nconst one = 1;\nfunction twice(x) {{\n"
        "  return 2 * x;\n}\nreturn { one, twice };\n})();"
    )
    assert shapes == (
        f"const {folder}_shapes = (() => {{\nconst {{ one, twice: double }} = {folder}_numbers;\n"
        "\nconst two = double(one);\nreturn { two };\n})();"
    )
    assert widget == (
        f"const {{ one }} = {folder}_numbers;\nconst {{ two }} = {folder}_shapes;\n"
        "\nexport default one + two;\n"
    )


def test_what_is_linked_runs(linked, tmp_path):
    text = linked(
        numbers=NUMBERS, widget='import { twice } from "./numbers.js";\nexport default twice(21);\n'
    )
    deno = pytest.importorskip("deno").find_deno_bin()
    (tmp_path / "linked.js").write_text(text, encoding="utf8")
    (tmp_path / "run.js").write_text('import x from "./linked.js";\nconsole.log(x);\n', "utf8")
    run = subprocess.run([deno, "run", tmp_path / "run.js"], capture_output=True, encoding="utf8")
    assert run.stdout == "42\n", run.stderr


REFUSED = {
    "a circle": (
        {"a": 'import { b } from "./b.js";\nexport const a = b;\n',
         "b": 'import { a } from "./a.js";\nexport const b = a;\n'},
        r"import each other in a circle: .*b\.js → .*a\.js → .*b\.js",
    ),
    "a module that imports itself": (
        {"a": 'import { a } from "./a.js";\nexport const b = a;\n'},
        r"in a circle: .*a\.js → .*a\.js",
    ),
    "a name that is not exported": (
        {"a": "export const one = 1;\nconst two = 2;\n", "b": 'import { two } from "./a.js";\n'},
        r"b\.js imports two from .*a\.js, which exports one\.",
    ),
    "a file that is not there": (
        {"b": 'import { two } from "./c.js";\n'},
        r"b\.js imports \./c\.js, which is no file beside it",
    ),
    "a package": ({"b": 'import { two } from "two";\n'}, r"b\.js imports two, which is no file"),
    "a name imported twice": (
        {"a": "export const x = 1;\n", "b": "export const x = 2;\n",
         "c": 'import { x } from "./a.js";\nimport { x } from "./b.js";\n'},
        r"c\.js: x is ambiguous, imported from .*a\.js and imported from .*b\.js\.",
    ),
    "a name imported and declared": (
        {"a": "export const x = 1;\n", "b": 'import { x } from "./a.js";\nfunction x() {}\n'},
        r"b\.js: x is ambiguous, imported from .*a\.js and declared\.",
    ),
    "everything at once": (
        {"a": "export const x = 1;\n", "b": 'import * as a from "./a.js";\n'},
        r"b\.js: 'import \* as a .* can't be linked\. Write import \{ name \}",
    ),
    "a list": ({"b": "const x = 1;\nexport { x };\n"}, r"b\.js: 'export \{ x \};' can't"),
    "a pattern": ({"b": "export const { x } = f();\n"}, r"b\.js: .* can't be linked"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_linked_is_refused_in_words(linked, case):
    files, message = REFUSED[case]
    with pytest.raises(LinkError, match=message):
        linked(**files)


def test_two_modules_cannot_share_a_scope(linked):
    with pytest.raises(LinkError, match=r"a_b\.js and .*a-b\.js would share the scope .*_a_b;"):
        linked(**{
            "a-b": "export const x = 1;\n", "a_b": "export const y = 1;\n",
            "c": 'import { x } from "./a-b.js";\nimport { y } from "./a_b.js";\n',
        })  # fmt: skip


def test_a_default_export_belongs_to_the_entry_alone(linked):
    with pytest.raises(LinkError, match=r"a\.js has a default export, which only a widget"):
        linked(a="export const x = 1;\nexport default x;\n", b='import { x } from "./a.js";\n')


def test_every_module_of_the_package_is_part_of_a_widget():
    used = {path for entry in HERE.glob("*/widget.js") for path in in_order(entry)}
    assert used == set(HERE.rglob("*.js"))


def test_a_scope_is_named_by_its_place():
    names = {"shared/dom.js": "$dom", "shared/frame/frame.js": "$frame_frame"}
    names |= {"check/trace.js": "$check_trace"}
    assert {name: scope_of(HERE / name) for name in names} == names
