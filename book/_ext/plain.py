"""Give what is written in plain Markdown the form of the book.

A notebook is also read where no extension is: in JupyterLab, on GitHub, in an editor.  So it is
written in Markdown and a little HTML, and becomes here what the style sheet knows::

    <a id="ex-sum"></a>                      names what follows
    ### Exercise 1 · Sums                    a box
    ## Solutions                             the last section of a notebook; each of its parts
    ### Solution of exercise 1 · Sums        becomes a closed box below its exercise
    > **The convention of this book**        the title of a callout
    | **Forward** | | |                      a row that begins a group of its table

Hints are `<details>` there and here.  The `<details>` of a solution are left out, since its box
is closed already.
"""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
EXERCISE = re.compile(r"Exercise (\d+) · (.+)")
SOLUTION = re.compile(r"Solution of exercise (\d+) · (.+)")
SOLUTIONS = re.compile("Solutions")
DETAILS = re.compile(r"<details><summary>.*</summary>\s*|</details>\s*")


class Anchors(SphinxTransform):
    """Make a target of each anchor with a line of its own."""

    default_priority = 250  # before docutils gives the names of targets to what follows

    def apply(self):
        for paragraph in [*self.document.findall(nodes.paragraph)]:
            if found := ANCHOR.fullmatch(paragraph.astext()):
                target = nodes.target(names=[found[1]])
                paragraph.replace_self(target)
                self.document.note_explicit_target(target)


class Boxes(SphinxTransform):
    """Make boxes of exercises, their solutions and callouts, and mark tables with groups."""

    default_priority = 300

    def apply(self):
        exercises, solutions = self.titled(EXERCISE), self.titled(SOLUTION)
        for section in self.titled(SOLUTIONS):
            section.parent.remove(section)
        for section in exercises:
            solution = solutions.pop(0) if solutions else None
            if fault := self.fault(section, solution):
                logger.warning(fault, location=section)
            else:
                place = section.parent.index(section)
                section.parent[place : place + 1] = self.boxes(section, solution)
        for solution in solutions:
            logger.warning("this solution has no exercise", location=solution)
        self.forget_headings()
        for quote in [*self.document.findall(nodes.block_quote)]:
            quote.replace_self(callout(quote))
        for table in self.document.findall(nodes.table):
            if any(begins_group(row) for row in table.findall(nodes.row)):
                table["classes"].append("groups")

    def titled(self, title):
        """Return the sections whose title is like this."""
        sections = self.document.findall(nodes.section)
        return [section for section in sections if title.fullmatch(section[0].astext())]

    def fault(self, section, solution):
        """Say what is wrong with an exercise: it has no name, or not its solution."""
        if not self.name(section):
            return "this exercise has no anchor before its heading"
        found = EXERCISE.fullmatch(section[0].astext())
        if not solution or SOLUTION.fullmatch(solution[0].astext()).groups() != found.groups():
            return "this exercise has no solution of the same number and title in its place"
        return None

    def name(self, section):
        """Return the name that an anchor gave to a section."""
        return next((name for name in section["names"] if self.document.nametypes[name]), None)

    def boxes(self, section, solution):
        """Return the boxes of an exercise and of its solution."""
        number, words = EXERCISE.fullmatch(section[0].astext()).groups()
        caption = nodes.inline("", f"Exercise {number} ", classes=["caption-number"])
        title = nodes.title("", "", caption, nodes.Text(f" ({words})"))
        for part in [*solution.findall(nodes.raw)]:
            if DETAILS.fullmatch(part.astext()):
                part.parent.remove(part)
        name = self.name(section)
        return [
            box(title, section[1:], classes=["exercise"], ids=[name]),
            box(
                nodes.title("", "Solution"),
                solution[1:],
                classes=["solution", "dropdown"],
                ids=[f"{name}-solution"],
            ),
        ]

    def forget_headings(self):
        """Forget the anchors of headings that have become boxes."""
        slugs = getattr(self.document, "myst_slugs", {})
        for slug, (_, _, title) in [*slugs.items()]:
            if any(one.fullmatch(title) for one in (EXERCISE, SOLUTION, SOLUTIONS)):
                del slugs[slug]


def box(title, content, **attributes):
    return nodes.admonition("", title, nodes.container("", *content), **attributes)


def callout(quote):
    """Return a callout if a quotation begins with a title, a paragraph that is bold as a whole."""
    first = quote[0]
    if not isinstance(first, nodes.paragraph):
        return quote
    parts = [part for part in first if part.astext()]
    if [*map(type, parts)] != [nodes.strong]:
        return quote
    title = nodes.title("", "", *parts[0].children)
    return nodes.admonition("", title, *quote[1:], classes=["important"])


def begins_group(row):
    """Return whether only the first cell of a row holds something."""
    first, *others = (entry.astext() for entry in row)
    return bool(first and others and not any(others))


def setup(app):
    app.add_transform(Anchors)
    app.add_transform(Boxes)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
