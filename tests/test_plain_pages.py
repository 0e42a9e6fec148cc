"""What the build makes of plain Markdown: boxes, callouts, links that are checked."""

import io
import re

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")

SETTINGS = {
    "extensions": ["myst_parser", "sphinxcontrib.bibtex", "book._ext.plain", "book._ext.links"],
    "myst_enable_extensions": ["dollarmath"],
    "myst_heading_anchors": 3,
    "bibtex_bibfiles": ["sources.bib"],
    "bibtex_cite_id": "cite-{key}",
    "bibtex_default_style": "plain",
}
SOURCE = "@misc{elman1990, author={Elman, J.}, title={Structure}, year={1990}, howpublished={a}}"
WIDGET = ("index", "rnncore.widgets.state_stepper.StateStepper", {"X": [1.0, 0.0], "W_x": 1.0})
WIDGET[2].update(W_h=0.5, b=0.0, h0=0.0, activation="linear")
PAGES = {"references": "# R\n\n```{bibliography}\n:all:\n```\n", "other": "# O\n\nNothing.\n"}

EXERCISE = '<a id="ex-sum"></a>\n\n### Exercise 3 · Sums\n\nAdd.\n'
SOLUTION = "### Solution of exercise 3 · Sums\n\n<details><summary>In words</summary>\n\nTwo.\n"
CHAPTER = (
    f"# T\n\n## Exercises\n\nDo.\n\n{EXERCISE}\n## Summary\n\nEnd.\n\n## Solutions\n\nAll.\n\n"
)
SOLVED = f"{CHAPTER}{SOLUTION}\n</details>\n"


@pytest.fixture
def build(tmp_path):
    """Return a function that builds a page and returns its article and the warnings."""

    def built(text, **pages):
        for name, page in (PAGES | pages | {"index": text}).items():
            (tmp_path / f"{name}.md").write_text(text if name == "index" else page, "utf8")
        (tmp_path / "sources.bib").write_text(SOURCE)
        said, out = io.StringIO(), tmp_path / "html"
        with docutils_namespace():
            app = Sphinx(
                *(tmp_path, None, out, out / "doctrees", "html", SETTINGS),
                status=None,
                warning=said,
            )
            app.connect("env-updated", note_widget)
            app.build()
        html = (out / "index.html").read_text("utf8")
        warnings = re.sub(r"\x1b\[[0-9;]*m", "", said.getvalue()).splitlines()
        warnings = [line for line in warnings if "toctree" not in line]
        return html.partition('role="main">')[2].partition('class="sphinxsidebar"')[0], warnings

    return built


def note_widget(app, env):
    env.onestep_widgets = {"memory": WIDGET}


def test_a_solution_is_closed_below_its_exercise_and_hints_stay(build):
    hint = "<details><summary>Hint 1: both</summary>\n\nThink.\n\n</details>"
    html, warnings = build(SOLVED.replace("Add.", f"Add.\n\n{hint}"))
    assert warnings == []
    boxes = re.findall(r'class="([\w ]*admonition)" id="([\w-]+)"', html)
    assert boxes == [
        ("exercise admonition", "ex-sum"),
        ("solution dropdown admonition", "ex-sum-solution"),
    ]
    place = [html.index(words) for words in ("Add.", "Hint 1", "Two.", "<h2>Summary")]
    assert place == sorted(place)
    assert re.findall("<details>.*", html) == ["<details><summary>Hint 1: both</summary>"]
    assert "All." not in html
    assert "Exercise 3 </span> (Sums)</p>" in html


def test_an_exercise_that_is_not_whole_is_a_warning(build):
    no_solution = "no solution of the same number"
    faults = {
        "a": (CHAPTER, no_solution),
        "b": (SOLVED.replace("exercise 3", "exercise 4"), no_solution),
        "c": (SOLVED.replace("3 · Sums\n\n<", "3 · Products\n\n<"), no_solution),
        "d": (SOLVED.replace('<a id="ex-sum"></a>', ""), "no anchor before its heading"),
        "e": (f"{SOLVED}\n{SOLUTION}\n</details>\n", "this solution has no exercise"),
    }
    pages = {name: text.replace("ex-sum", f"ex-{name}") for name, (text, _) in faults.items()}
    _, warnings = build("# T\n", **pages)
    for name, (_, fault) in faults.items():
        assert any(f"{name}.md" in line and fault in line for line in warnings), name
    assert len(warnings) == len(faults)


def test_callouts_anchors_and_groups(build):
    html, warnings = build(
        "# T\n\n> **Mind**\n>\n> this.\n\n> Said by **someone**.\n\n"
        '<a id="a-name"></a>\n\n## H\n\n[here](#a-name)\n\n'
        "| a | b |\n|---|---|\n| **G** | |\n| 1 | 2 |\n\n| a | b |\n|---|---|\n| **1** | 2 |\n"
    )
    assert warnings == []
    assert re.search(
        r'<div class="important admonition">\s*<p class="admonition-title">Mind<', html
    )
    assert html.count("<blockquote>") == 1
    assert html.count("groups") == 1
    assert 'href="#a-name"' in html
    assert 'id="a-name"' in html


GOOD = {
    "[1](#memory?step=1&W_h=1.5)": 'href="#memory?step=1&amp;W_h=1.5"',
    "[1](index.md#memory?step=2)": 'href="#memory?step=2"',
    "[Elman (1990)](references.md#cite-elman1990)": 'href="references.html#cite-elman1990"',
    "[Elman, 1990](references.md#cite-elman1990)": 'title="J. Elman. Structure. a, 1990."',
    "[it](other.md#named)": 'href="other.html#named"',
    "[it](other.md#o)": 'href="other.html#o"',
}
WRONG = {
    "[1](#memory?step=3)": "no widget of index takes #memory?step=3",
    "[1](#memory?weight=3)": "no widget of index takes #memory?weight=3",
    "[1](other.md#memory?step=1)": "no widget of other takes #memory?step=1",
    "[1](#other?step=1)": "no widget of index takes #other?step=1",
    "[Elman, 1991](references.md#cite-elman1990)": "is cited as Elman (1990) or Elman, 1990",
    "[Elman, 1990](references.md#cite-elman)": "there is no source cite-elman",
    "[it](other.md#nothing)": "local id not found",
    "[it](#nothing)": "target not found: 'nothing'",
    "[it](#exercise-3--sums)": "target not found: 'exercise-3--sums'",
}


def test_a_good_link_leads_there(build):
    text = "# T\n\n" + "\n\n".join(GOOD)
    html, warnings = build(text, other='# O\n\n<a id="named"></a>\n\n## H\n')
    assert warnings == []
    for line, leads in zip(re.findall("<p>.*", html), GOOD.values(), strict=True):
        assert leads in line


def test_a_wrong_link_is_a_warning(build):
    _, warnings = build(SOLVED.replace("Do.", "\n\n".join(WRONG)))
    assert len(warnings) == len(WRONG)
    for fault in WRONG.values():
        assert any(fault in line for line in warnings), fault
