"""Make a notebook one that `jupyter nbconvert --to slides` can show.

A section begins a slide, and a subsection a slide below it.  What follows appears bit by bit: the
question, then the code with its answer.  A slide that is full goes on below.  What no lecture
needs is skipped: the set-up, the cells in which readers write their answers, and the solutions.
"""

import re
from itertools import pairwise
from math import ceil

from nbformat.v4 import new_markdown_cell

ROOM = 18  # lines on a slide
WIDTH = 80  # characters of prose in a line
TALL = {"image/png": 12, "text/html": 9, "text/plain": 1}  # lines of an output, by its first kind
# An anchor may stand before a heading, and belongs to it.
HEADING = re.compile(r"^(?:<a id=[^>]*></a>\n+)?(#{1,3}) +(.*)", re.M)
# Where a line with a # is no heading, and where no cell may end.
WHOLE = re.compile(r"^ *(`{3,}|~{3,}|:{3,}).*?^ *\1 *$|<details.*?</details>", re.M | re.S)
ANSWER = re.compile(r"^(\w+ = | +)\.\.\.", re.M)  # that the reader writes
SETUP = re.compile(r"(import|from) ")


def apart(notebook):
    """Let each heading begin a cell, as it begins a slide; return the notebook."""
    cells = []
    for cell in notebook.cells:
        first, *others = sections(cell.source) if cell.cell_type == "markdown" else [cell.source]
        cells.append(cell)
        if others:
            cell.source = first
            cells += [new_markdown_cell(source, id="cell-0") for source in others]
    notebook.cells = cells
    return notebook


def sections(source):
    """Return the parts of a text, each but the first with a heading at its start."""
    open_text = WHOLE.sub(lambda found: " " * len(found[0]), source)
    starts = [found.start() for found in HEADING.finditer(open_text) if found.start()]
    parts = (source[start:end] for start, end in pairwise([0, *starts, None]))
    return [part.strip("\n") for part in parts]


def mark(notebook):
    """Set the place of each cell in slides, whatever it was before; return the notebook."""
    used, title = 0, ""
    for cell in notebook.cells:
        heading = HEADING.match(cell.source) if cell.cell_type == "markdown" else None
        title = heading[2] if heading else title
        place = place_of(cell, title, heading and len(heading[1]), used + lines_of(cell))
        cell.metadata["slideshow"] = {"slide_type": place}
        if place != "skip":
            used = lines_of(cell) + (used if place == "fragment" else 0)
    return notebook


def place_of(cell, title, level, lines):
    """Return where a cell stands: the kind of a slide, in nbconvert's words.

    title : of the section that it is in
    level : of the heading that it begins with; None if it begins with none
    lines : how many the slide would have with it
    """
    is_code = cell.cell_type == "code"
    if title.startswith("Solution") or "remove-cell" in cell.metadata.get("tags", []):
        return "skip"
    if is_code and (ANSWER.search(cell.source) or SETUP.match(cell.source)):
        return "skip"
    if level in (1, 2):
        return "slide"
    return "subslide" if level == 3 or lines > ROOM else "fragment"


def lines_of(cell):
    """Return about how many lines of a slide a cell takes."""
    lines = sum(max(1, ceil(len(line) / WIDTH)) for line in cell.source.split("\n"))
    return lines + sum(map(height_of, cell.get("outputs", [])))


def height_of(output):
    data = output.get("data", {"text/plain": output.get("text", "")})
    kind = next(kind for kind in [*TALL, *data] if kind in data)
    return max(TALL.get(kind, 1), str(data[kind]).count("\n") + 1 if kind == "text/plain" else 1)
