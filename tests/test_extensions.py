"""The local Sphinx extensions: good links to a step, letters with a name, rules that are used."""

import json
import re
from collections import Counter
from pathlib import Path
from subprocess import Popen
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from fontTools.ttLib import TTFont

from book._ext import addresses, embed, equations, fonts, links, modules, pages, steps, widgets
from book._ext.sheets import link, minified, run_node

ROOT = Path(__file__).parents[1]
OLD_AND_NEW = ["book.01234567", "book.89abcdef"]
ENTRY = "const { c } = $a;\nexport default widget(c);\n"
STEPPER = "rnncore.widgets.state_stepper.StateStepper"

SCALAR = {"X": [1.0, 0.0, 1.0], "W_x": 1.0, "W_h": 0.5, "b": 0.0, "h0": 0.0} | {
    "activation": "linear"
}
VECTOR = {"X": [[1.0, 0.5]], "W_x": [[1.0, 2.0], [3.0, 4.0]], "W_h": [[1.0, 0.0], [0.0, 1.0]]} | {
    "b": [0.0, 0.0],
    "h0": [0.0, 0.0],
    "activation": "tanh",
}


@pytest.mark.parametrize(
    "query",
    ["", "step=0", "step=3", "step=3&W_h=1.5", "W_h=-1e+5", "X=1,2,3,4&step=4", "activation=relu"],
)
def test_a_link_that_the_stepper_can_follow_is_good(query):
    assert steps.is_valid(query, STEPPER, SCALAR)


@pytest.mark.parametrize(
    "query",
    [
        *("step", "step=4", "step=-1", "step=²", "step=1&step=2", "X=1&step=2", "foo=1"),
        *("W_h=", "W_h=one", "W_h=nan", "W_h=1e999", "W_h=1,2", "activation=softmax"),
    ],
)
def test_a_link_that_it_cannot_follow_whole_is_not(query):
    assert not steps.is_valid(query, STEPPER, SCALAR)


def test_matrices_are_written_row_by_row():
    assert steps.is_valid("step=1&W_h=1,2;3,4&b=0,1", STEPPER, VECTOR)
    assert not steps.is_valid("W_h=1,2,3,4", STEPPER, VECTOR)
    assert not steps.is_valid("W_h=1,2;3", STEPPER, VECTOR)


def collect(monkeypatch, pages):
    """Collect the widgets of these pages, {page: ids}."""
    state = {"_anywidget_id": STEPPER, **SCALAR}
    monkeypatch.setattr(
        steps, "widgets_of", lambda env, page: {i: state | {"id": i[0]} for i in pages[page]}
    )
    steps.collect_steps(None, env := SimpleNamespace(found_docs={*pages}))
    return env.onestep_widgets


def test_each_widget_is_known_by_its_id(monkeypatch, caplog):
    found = collect(monkeypatch, {"book/one": ["a1", "b1"], "book/two": ["c1"]})
    assert {name: page for name, (page, *_) in found.items()} == (
        {"a": "book/one", "b": "book/one", "c": "book/two"}
    )
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("pages", "first"),
    [({"book/one": ["a1"], "book/two": ["a1"]}, "one"), ({"book/two": ["a1", "a2"]}, "two")],
)
def test_two_widgets_with_one_id_end_the_build_in_words(monkeypatch, caplog, pages, first):
    collect(monkeypatch, pages)
    said = f"two widgets have the id 'a': one of book/{first}, and one of this page"
    assert said in caplog.text


@pytest.mark.parametrize(
    ("latex", "names"),
    [
        ("h_t = x_t W_x + h_{t-1} W_h + b", ["h", "x", "W_x", "h_prev", "W_h", "b"]),
        (r"z = \exp(x) \text{for x and h} y", ["z", "x", "y"]),
        (r"\underset{(\text{batch, out})}{z}", ["z"]),
        ("S_t^2 (x W_1)", ["h", "x", "W"]),
        ("dL/dW_h + U_h", ["dL", "dW_h"]),
        (r"dh_{t-1} = dS_{t-1} + dz_t W_h^\top", ["dh_prev", "dS", "dz", "W_h"]),
        ("do + dLx + L", []),
        (r"\tilde h + e^z", ["h", "z"]),
    ],
)
def test_the_letters_of_the_book_are_named_and_no_others(latex, names):
    marked = equations.named(latex)
    assert [part.split("}")[0] for part in marked.split("sym=")[1:]] == names


def test_a_script_has_the_parts_of_a_kind_that_others_do_not_have():
    made = modules.script_of(
        "kind", ["const $a = 1;", "const $b = 2;", ENTRY], ["x{}"], {"const $a = 1;"}
    )
    assert made == (
        "((rnn)=>{\nconst {$a}=rnn.shared;\nconst $b = 2;\n"
        '(rnn.kinds??={}).kind={css:"x{}",...(()=>{\n'
        "const { c } = $a;\nreturn widget(c);\n\n})()};\n"
        "})(window.rnn??={});"
    )


@pytest.mark.parametrize("entry", ["f();\n", f"{ENTRY}export const d = 1;\n"])
def test_a_widgets_module_exports_its_default_and_nothing_else(entry):
    with pytest.raises(ValueError, match="must export its default and nothing else"):
        modules.script_of("kind", [entry], [], set())


def test_each_part_is_in_one_script_and_after_those_it_needs():
    texts = modules.sources()
    seen = Counter(re.findall(r"const (\$\w+) = \(\(\) =>", "".join(texts.values())))
    assert len(seen) > 60
    assert set(seen.values()) == {1}
    for kind, text in texts.items():
        given = re.search(r"const {(.*?)}=rnn|\(\{(.*?)\}\)=>", text)
        known = set() if kind == "shared" else set((given[1] or given[2]).split(","))
        for needed, declared in re.findall(r"\} = (\$\w+);|const (\$\w+) ?= ?[({]", text):
            assert not needed or needed in known, (kind, needed)
            known.add(declared)


def test_the_name_of_a_script_changes_with_its_text():
    assert modules.named("04_bptt", "a") == "04-bptt.ca978112.js"
    assert modules.named("04_bptt", "b") != modules.named("04_bptt", "a")


def test_no_state_ends_the_script_it_stands_in():
    state = {"id": "a", "film": "", "note": "</script><script>", "_esm": "", "step": 1.0}
    [line] = re.findall("Object.assign.*", widgets.states_of([state]))
    assert (
        line
        == r'Object.assign(rnn.states??={},{"a":{"id":"a","note":"<\/script><script>","step":1}});'
    )


def test_whole_numbers_of_a_page_are_written_as_such():
    value = {"a": [1.0, -0.0, 0.0, 0.5, 1e300, True, "1.0"], "b": (2.0,), "c": float(2**40)}
    assert json.dumps(widgets.shortened(value)) == json.dumps(
        {"a": [1, -0.0, 0, 0.5, 1e300, True, "1.0"], "b": [2], "c": float(2**40)}
    )


def test_a_named_letter_is_one_group_as_the_letter_alone():
    assert equations.named(r"\tilde h^z") == r"\tilde {\htmlData{sym=h}{h}}^{\htmlData{sym=z}{z}}"
    assert equations.named(r"W_h^\top h_t^2") == (
        r"{\htmlData{sym=W_h}{W_h^\top}} {\htmlData{sym=h}{h_t^2}}"
    )


@pytest.mark.parametrize(
    ("katex", "valid"),
    [
        (
            "<mi><munder><mo><msub><mi>z</mi><mi>t</mi></msub></mo><mtext>units</mtext></munder></mi>",
            "<mrow><munder><mrow><msub><mi>z</mi><mi>t</mi></msub></mrow><mtext>units</mtext></munder></mrow>",
        ),
        ("<mi><mi>x</mi></mi>", "<mrow><mi>x</mi></mrow>"),
        ('<mo stretchy="false">(</mo><mn>1</mn><mi></mi>',) * 2,
    ],
)
def test_a_letter_of_mathml_holds_no_other_element(katex, valid):
    assert equations.with_rows(katex) == valid


QUESTION = "How does a network that reads one word at a time do it?"


@pytest.mark.parametrize(
    ("paragraphs", "summary"),
    [
        (["*A motto.*", f"**{QUESTION}**", "**Why?**"], QUESTION),
        (["*A motto.*", "**Why?**", "**Later.**"], "Why? A motto. Later."),
        (["Words with **one** in bold.", "- A list.", "More."], "Words with one in bold. More."),
        (["One sentence. " * 20], "One sentence. " * 10 + "One sentence."),
        (["a " * 200], "a " * 79 + "…"),
        ([f"A :math:`h_{{t-1}}` here. {QUESTION}"], f"A h_{{t-1}} here. {QUESTION}"),
        ([], ""),
    ],
)
def test_a_page_is_described_by_its_question(paragraphs, summary):
    text = "\n\n".join(paragraphs)
    tree = publish_doctree(text, settings_overrides={"report_level": 5})
    assert pages.summary(tree) == summary
    for words in tree.findall(nodes.paragraph):  # as Markdown makes them
        words.insert(0, nodes.Text(""))
    assert pages.summary(tree) == summary


@pytest.mark.parametrize(
    ("line", "written"),
    [
        (
            "* **X** (*(batch,), or (batch, units)*) -- All.",
            "* **X** : *(batch,), or (batch, units)* -- All.",
        ),
        ("**S** (*(batch,)*)", "**S** : *(batch,)*"),
        ("* **x** -- All (*of them*).", "* **x** -- All (*of them*)."),
    ],
)
def test_a_shape_stands_without_brackets_of_its_own(line, written):
    lines = ["First.", line]
    pages.unbracket_types(None, "function", "f", None, None, lines)
    assert lines == ["First.", written]


def test_the_type_of_an_attribute_is_words_and_no_name_to_link_to():
    lines = [":ivar S: The states.", ":vartype S: dict, name -> array", "", "The end."]
    pages.unbracket_types(None, "class", "C", None, None, lines)
    assert lines == [":ivar S: *dict, name -> array*. The states.", "", "The end."]


def test_an_embed_page_has_the_heading_above_its_widget():
    page = """<h2>1 &amp; <code>b</code><a class="headerlink" href="#b">#</a></h2>
    <div class="rnn-slot" data-rnn-id="a"></div>
    <h3>C<a class="headerlink" href="#c">#</a></h3><div data-rnn-id="d"></div>"""
    assert [embed.heading_of(page, name) for name in "ad"] == ["1 & b", "C"]
    box = '<p class="admonition-title"><span class="caption-number">Exercise 1 </span> (D)</p>'
    note = '<p class="admonition-title">A note</p>'
    assert embed.heading_of(f'{page}{box}{note}<div data-rnn-id="e">', "e") == "Exercise 1 (D)"
    assert embed.heading_of('<div data-rnn-id="a">', "a") == ""


@pytest.mark.parametrize(
    ("address", "site"),
    [("", ""), ("https://a.b", "https://a.b/"), ("https://a.b/c/", "https://a.b/c/")],
)
def test_the_address_of_a_site_ends_in_one_slash(address, site):
    assert addresses.site_of(SimpleNamespace(html_baseurl=address)) == site


def test_a_form_for_issues_is_filled_in_at_its_first_field():
    folder = ROOT / ".github" / "ISSUE_TEMPLATE"
    assert addresses.forms(folder) == [
        ("wrong-number.yml", "a wrong number", "where"),
        ("unclear-sentence.yml", "an unclear sentence", "sentence"),
        ("broken-page.yml", "a broken page", "where"),
    ]


@pytest.fixture
def bundle(tmp_path):
    """Return a function that makes one sheet of several, {name: text}, for pages with this body."""

    def bundle(sheets, body="", script=""):
        page = f"<html data-theme=auto><body>{body}</body></html>"
        for name, text in {**sheets, "page.html": page, "script.js": script}.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        made = run_node(
            "bundle",
            {
                "sheets": [str(tmp_path / name) for name in sheets],
                "pages": [str(tmp_path / "page.html")],
                "scripts": [str(tmp_path / "script.js")],
                "folder": str(tmp_path),
            },
        )
        return made["sheet"]

    return bundle


RULES = """
p{order:1}
.card{order:2}
.card .title:hover{order:3}
- .card .none{order:4}
- .title .card{order:5}
- .title+.card{order:6}
- .none{order:7}
- @media print{.none{order:8}}
.card:not(.title):before{order:9}
- .card:not(:has(.title)){order:10}
.card.show{order:11}
.card:not(.show){order:12}
.card:has(:focus-visible){order:22}
- .none.show{order:13}
.toggle-button .tb-icon{order:14}
@media screen{html[data-theme=dark] .card{order:15}}
- html:not([data-theme]){order:16}
.card td{order:17}
- .card video{order:18}
.card{--a:1px;--c:3px;top:var(--a)}
- .none{--b:1px}
@keyframes k{0%{order:20}}
.card{animation:1s k}
- @keyframes l{0%{order:21}}
@font-face{font-family:F;src:url(f.woff2)}
.card{font:1em F}
- @font-face{font-family:G;src:url(g.woff2)}
"""


def test_a_rule_stays_where_a_page_or_a_script_can_use_it(bundle):
    """Those with a dash go.  Scripts make tables, buttons and `show`, and use the property c."""
    rules = RULES.strip().splitlines()
    sheet = bundle(
        {"a.css": "".join(rule.removeprefix("- ") for rule in rules) + ".card{--b:2px}"},
        "<p class=card><i class=title></i></p>",
        "table.innerHTML = '<td>'; style.top = 'var(--c)'",
    )
    stay = [rule for rule in rules if not rule.startswith("- ")]
    assert sheet.replace("}", "}\n") == "".join(stay).replace("}", "}\n")


def test_paper_has_the_rules_of_the_light_theme_and_none_of_the_dark_one(bundle):
    rules = "i,html[data-theme=dark] p{top:0}html[data-theme=light] p{top:1px}p{top:2px}"
    assert bundle({"a.css": rules}, "<p><i></i></p>") == (
        "i{top:0}@media screen{html[data-theme=dark] p{top:0}}"
        "html[data-theme=light] p{top:1px}@media print{html[data-theme] p{top:1px}}p{top:2px}"
    )


def test_sheets_are_one_in_their_order_and_find_their_files(bundle):
    data = 'url("data:image/svg+xml,%3Csvg/%3E")'
    sheets = {
        "b.css": "p { color: blue; background: url(b.png) }",
        "styles/a.css": '@import "../b.css"; p { color: red; top: 1px }',
        "fonts/d.css": f'p {{ top: 0 }} i {{ background: url("x/d.png"), {data} }}',
    }
    assert bundle(sheets, "<p><i></i></p>") == (
        "p{color:red;background:url(b.png);top:0}"
        "i{background:url(fonts/x/d.png),url(data:image/svg+xml,%3Csvg/%3E)}"
    )


def test_sheets_are_minified_each_for_itself():
    sheet = "/* x */ a :is(b, c) {\n top: 0px }\n@container (width > 9px) { .a :is(th) { top: 0 } }"
    assert minified({"one": sheet, "two": ""}) == {
        "one": "a :is(b,c){top:0}@container (width>9px){.a :is(th){top:0}}",
        "two": "",
    }


def test_a_font_has_the_signs_of_the_equations_of_all_pages_and_no_others(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<b>x</b><i class=katex-html>h<sub>t</sub></i><i class='a katex-html'>⊤h</i>")
    given = {"sheets": [], "pages": [str(page)], "scripts": [], "folder": str(tmp_path)}
    signs = run_node("bundle", given)["signs"]
    assert signs == "ht⊤"
    (tmp_path / "katex" / "fonts").mkdir(parents=True)
    sheet = "a{src:url(katex/fonts/KaTeX_Main-Regular.woff2)}"
    sheet = fonts.write(tmp_path, fonts.write(tmp_path, sheet, "x"), signs)  # a second build, too
    [address] = re.findall(r"url\((.*?)\)", sheet)
    assert [*tmp_path.rglob("*.woff2")] == [tmp_path / address]
    assert set(TTFont(tmp_path / address).getBestCmap()) == {ord(sign) for sign in signs}


def test_a_page_that_was_not_written_again_links_to_the_new_sheet(tmp_path):
    old, new = (f'<link rel="stylesheet" href="../_static/{name}.css" />' for name in OLD_AND_NEW)
    page = tmp_path / "page.html"
    for before in (old, new, old.replace("book.01234567", "book")):
        page.write_text(before)
        link(page, "book.89abcdef.css")
        assert page.read_text() == new


def test_a_server_that_does_not_listen_in_time_is_stopped(tmp_path, monkeypatch):
    started = []

    def sleeper(*args, **options):
        started.append(Popen(["sleep", "60"]))
        return started[0]

    monkeypatch.setattr(equations, "Popen", sleeper)
    with pytest.raises(equations.katex.KaTeXError, match=r"0\.05"):
        equations.start_katex(tmp_path, timeout=0.05)
    assert started[0].wait(timeout=10) < 0


def test_links_in_stored_outputs_lead_to_pages_and_others_stay():
    body = '<a href="mistakes.ipynb#mistake-sum">a</a> <a href="notation.md">b</a>'
    stays = ' <a href="../_sources/book/intro.ipynb">c</a> <a href="https://a.org/b.md">d</a>'
    context = {"body": body + stays}
    links.lead_to_pages(None, "book/mistakes", "page.html", context, doctree=object())
    pages_of = '<a href="mistakes.html#mistake-sum">a</a> <a href="notation.html">b</a>'
    assert context["body"] == pages_of + stays
