"""Details of every page: the palette, a description, unique ids, and types in the API reference."""

import re
from html import escape
from pathlib import Path

from docutils import nodes

from rnncore import palette


def write_palette(app):
    """The tokens of the palette, as the style sheet that the pages load."""
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "palette.css").write_text(palette.css(), encoding="utf8")


def tidy(app, pagename, templatename, context, doctree):
    """A source is an item of the list of references; no two exercises share an id."""
    body = context.get("body", "").replace('role="doc-biblioentry"', 'role="listitem"')
    context["body"] = re.sub(r' id="(exercise|solution)-content"', "", body)


def describe(app, pagename, templatename, context, doctree):
    """The page's first paragraph, for search engines and previews of links."""
    if doctree is not None and (paragraph := next(doctree.findall(nodes.paragraph), None)):
        text = escape(" ".join(paragraph.astext().split()))
        context["metatags"] = context.get("metatags", "") + (
            f'\n<meta name="description" content="{text}" />'
        )


def unbracket_types(app, what, name, object, options, lines):
    """Write the type of an argument after a colon: a shape has brackets enough."""
    for i, line in enumerate(lines):
        lines[i] = re.sub(r"(\*\*\S+\*\*) \(\*(.*?)\*\)(?= --|$)", r"\1 : *\2*", line)


def setup(app):
    app.add_css_file("palette.css", priority=100)
    app.connect("builder-inited", write_palette)
    app.connect("autodoc-process-docstring", unbracket_types, priority=900)  # after napoleon
    app.connect("html-page-context", tidy)
    app.connect("html-page-context", describe)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
