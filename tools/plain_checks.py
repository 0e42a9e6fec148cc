"""What a notebook must satisfy to read well where no extension is: functions that complain.

The prose is rendered as JupyterLab, GitHub and editors do: CommonMark, tables, math, HTML.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from book._ext.plain import EXERCISE, SOLUTION, SOLUTIONS
from tools.notebook_checks import is_executed, where

MARKDOWN = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, allow_labels=False)
# What only an extension understands, in the text that others show.
RAW = {
    "a fence": re.compile(r":::|```|~~~"),
    "a role or a directive": re.compile(r"\{[a-z][\w:.-]*\}"),
    "a label": re.compile(r"^\([\w-]+\)=|\$\$\s*\([\w-]+\)$", re.M),
    "an option": re.compile(r"^:[\w-]+:", re.M),
    "a definition": re.compile(r"^: ", re.M),
    "a substitution": re.compile(r"\{\{.*?\}\}"),
    "a footnote": re.compile(r"\[\^[\w-]+\]"),
}
HTML = re.compile(
    r"<details><summary>(Hint \d+: |(?![Hh]int))[^<>]+</summary>\s*"
    r'|</details>\s*|<a id="[a-z0-9-]+">|</a>'
)
ANCHOR = re.compile(r'<a id="([^"]+)">')
FOLDED = {"collapsed": True, "jupyter": {"source_hidden": True, "outputs_hidden": True}}


@dataclass
class Part:
    """What follows a heading: its cell, the prose as tokens, and the code cells."""

    title: str
    cell: int
    anchor: str
    prose: list = field(default_factory=list)
    code: list = field(default_factory=list)

    def __str__(self):
        return f"{self.title!r} in {where(self.cell)}"


def prose(notebook):
    """Return the tokens of each cell of prose with its place, counted from 1."""
    cells = enumerate(notebook.cells, start=1)
    return [(n, MARKDOWN.parse(cell.source)) for n, cell in cells if cell.cell_type == "markdown"]


def shown(tokens):
    """Return the text of tokens as it is shown, with a dash for code and math."""
    inline = [token.children for token in tokens if token.type == "inline"]
    texts = {"text": lambda token: token.content, "softbreak": lambda token: "\n"}
    texts |= dict.fromkeys(["code_inline", "math_inline", "math_inline_double"], lambda _: "–")
    return "\n".join(
        "".join(texts.get(token.type, lambda _: "")(token) for token in line) for line in inline
    )


def raw_syntax(notebook):
    """Complain of what only an extension understands, and of HTML that is unknown or not closed."""
    complaints = []
    for number, tokens in prose(notebook):
        text, html = shown(tokens), html_of(tokens)
        found = [f"shows {what}" for what, pattern in RAW.items() if pattern.search(text)]
        found += ["shows a directive" for token in tokens if token.info.startswith("{")]
        found += [f"has unknown HTML: {part}" for part in html if not HTML.fullmatch(part)]
        if sum(map(depth, html)):
            found.append("doesn't close its details")
        if has_long_formula_in_quotation(tokens):
            found.append("has a formula in a quotation on more than one line")
        complaints += [f"{where(number)} {what}" for what in found]
    return complaints


def html_of(tokens):
    """Return the pieces of HTML, in blocks and in lines."""
    every = [*tokens, *(part for token in tokens for part in token.children or [])]
    return [token.content for token in every if token.type.startswith("html")]


def depth(text):
    """Return by how much a text goes into details."""
    return text.count("<details>") - text.count("</details>")


def has_long_formula_in_quotation(tokens):
    """Return whether a formula contains marks of a quotation, which JupyterLab keeps in it."""
    quoted = 0
    for token in tokens:
        quoted += token.nesting if token.type.startswith("blockquote") else 0
        if quoted and token.type == "math_block" and token.map[1] - token.map[0] > 1:
            return True
    return False


def parts(notebook):
    """Return the parts of a notebook between headings."""
    found, anchor = [Part("", 1, "")], ""
    tokens_of = dict(prose(notebook))
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            found[-1].code.append((number, cell))
        for before, token in pairwise([None, *tokens_of.get(number, [])]):
            if before and before.type == "heading_open":
                found.append(Part(token.content, number, anchor))
                anchor = ""
            elif named := ANCHOR.match(token.content):
                anchor = named[1]
            elif token.type in ("inline", "fence", "html_block", "math_block"):
                found[-1].prose.append(token)
    return found


def exercise_faults(notebook):
    """Complain of exercises without name, question or solution, and of open solutions."""
    every = parts(notebook)
    exercises = [part for part in every if EXERCISE.fullmatch(part.title)]
    solutions = [part for part in every if SOLUTION.fullmatch(part.title)]
    complaints = [f"{part} has no anchor" for part in exercises if not part.anchor]
    complaints += [f"{part} has no question" for part in exercises if not asks(part)]
    for part in solutions:
        complaints += open_solution(part)
    wanted = [EXERCISE.fullmatch(part.title).groups() for part in exercises]
    solved = [SOLUTION.fullmatch(part.title).groups() for part in solutions]
    if wanted != solved:
        complaints.append(f"the exercises are {wanted}, and the solutions {solved}")
    numbers = [int(number) for number, _ in wanted]
    if any(after != before + 1 for before, after in pairwise(numbers)):
        complaints.append(f"the exercises are not numbered one after the other: {numbers}")
    if solutions and every[-len(solutions) - 1].title != SOLUTIONS.pattern:
        complaints.append("the solutions are not at the end, or not under their heading")
    return complaints


def asks(exercise):
    """Return whether an exercise says more than its hints."""
    level = 0
    for token in exercise.prose:
        level += depth(token.content)
        if level == 0 and token.type in ("inline", "fence"):
            return True
    return False


def open_solution(solution):
    """Complain of a solution that is empty, not executed, or shown unasked."""
    level, words = 0, False
    for token in solution.prose:
        level += depth(token.content)
        words = words or token.type == "inline"
        if level == 0 and not token.content.startswith("</details>"):
            return [f"{solution} has words that are not folded up"]
    if not words and not solution.code:
        return [f"{solution} is empty"]
    mark = f"# {solution.title.partition(' · ')[0]}\n"
    complaints = []
    for number, cell in solution.code:
        if not is_executed(cell):
            complaints.append(f"{solution} was not executed")
        if cell.metadata | FOLDED != cell.metadata:
            complaints.append(f"{where(number)}, of {solution}, is not folded up")
        if not cell.source.startswith(mark):
            complaints.append(f"{where(number)} doesn't begin with {mark.strip()!r}")
    return complaints
