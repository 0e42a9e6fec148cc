"""What a diagnosis says: sentences, HTML for a notebook, and values that a program can read."""

import re
from html import escape
from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that was found.

    `kind` is "right", "mistake", "convention", "trouble" (an exception, a wrong shape, an argument
    written into) or "unknown".  `about` names what it is about, such as "forward" or "dW_h".
    `slips` are the names of what explains it, `line` is the line that would be right, and `place`
    is where the book explains it.
    """

    kind: str
    about: str
    words: str
    slips: tuple[str, ...] = ()
    line: str = ""
    place: str = ""


class Report:
    """The findings of one diagnosis; true if nothing is wrong; prints as sentences."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings

    def __bool__(self) -> bool:
        return not any(f.kind in ("mistake", "trouble", "unknown") for f in self.findings)

    @property
    def slips(self) -> tuple[str, ...]:
        """The names of all mistakes that were recognised."""
        names = [name for f in self.findings if f.kind == "mistake" for name in f.slips]
        return tuple(dict.fromkeys(names))

    @property
    def conventions(self) -> tuple[str, ...]:
        """The names of what is another convention, and no mistake."""
        names = [name for f in self.findings if f.kind == "convention" for name in f.slips]
        return tuple(dict.fromkeys(names))

    @property
    def verdict(self) -> str:
        """Say in a sentence or two what is wrong, why the loss can fall, and where to read more."""
        wrong = [f for f in self.findings if f.kind in ("mistake", "trouble", "unknown")]
        mistakes = [f for f in wrong if f.kind == "mistake"]
        if not wrong:
            return "We found no mistake."
        falls = "".join(f" {f.words}" for f in self.findings if f.about == "training")
        if not mistakes:
            said = "; ".join(f"{f.about}, {f.words.split('. ')[0].rstrip('.')}" for f in wrong)
            return f"Something is wrong with {said}.{falls}"
        count = "one mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        return f"We found {count}: {'; '.join(map(in_short, mistakes))}.{falls}"

    def __repr__(self) -> str:
        lines = [self.verdict]
        for f in self._details():
            lines.append(f"{MARKS[f.kind]} {f.about}: {f.words}")
            if f.line:
                lines.append(f"    the right line: {f.line}")
            if f.place:
                lines.append(f"    explained in: {f.place}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        items = []
        for f in self._details():
            text = f"{MARKS[f.kind]} <strong>{escape(f.about)}</strong>: {escape(f.words)}"
            if f.line:
                text += f"<br>The right line is <code>{escape(f.line)}</code>"
            if f.place:
                text += f'<br><a href="{escape(f.place)}">Where the book explains it</a>'
            items.append(f"<li>{text}</li>")
        details = f"<ul style='list-style: none'>{''.join(items)}</ul>"
        verdict = PLACE.sub(r'<a href="\1">\1</a>', escape(self.verdict))
        return f"<p>{verdict}</p>{details}"

    def _details(self) -> list[Finding]:
        """Return what the verdict has not said already, or says in short."""
        return [f for f in self.findings if f.about != "training"]


def in_short(finding: Finding) -> str:
    """Return a mistake as a part of a sentence."""
    said = finding.words.split(" (")[0].split(". ")[0].removeprefix("this is ").rstrip(".")
    are = "are" if "," in finding.about else "is"
    return f"your {finding.about} {are} {said} (see {finding.place})"


PLACE = re.compile(r"(?<=\(see )([^()\s]+)(?=\))")
MARKS = {
    "note": "·",
    "right": "✓",
    "mistake": "✗",
    "convention": "≈",
    "trouble": "!",
    "unknown": "?",
}
