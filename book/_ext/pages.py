"""Details of every page: version, palette, description, unique ids, and types in the reference."""

import re
import textwrap
from html import escape
from pathlib import Path

from docutils import nodes

from book._ext.text import said_by
from rnncore import __version__, palette

SHORTEST, LONGEST = 50, 160  # characters of a description, as search engines show them
OTHERS = {
    "search": "Search {} for words, numbers, shapes, symbols and functions.",
    "genindex": "All functions, classes and terms of {}, from A to Z.",
    "404": "There is no such page in {}. Begin at the first page, or search the book.",
}
UNLISTED = {"search", "404"}  # search engines leave them out


def set_version(app, config):
    """Give the book the version of the package."""
    config.version = config.release = __version__


def write_palette(app):
    """Write the palette as the style sheet that every page loads."""
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "palette.css").write_text(palette.css(), encoding="utf8")


def tidy(app, pagename, templatename, context, doctree):
    """Make each source an item of the list of references."""
    body = context.get("body", "")
    context["body"] = body.replace('role="doc-biblioentry"', 'role="listitem"')


def describe(app, pagename, templatename, context, doctree):
    """Give the page a description of its own, for search engines and link previews."""
    if doctree is not None:
        words = summary(doctree)
    else:
        words = OTHERS[pagename].format(context["docstitle"])
    # The template has a viewport of its own.
    tags = re.sub(r'\s*<meta name="viewport"[^>]*>', "", context.get("metatags", ""))
    if pagename in UNLISTED:
        tags += '\n<meta name="robots" content="noindex" />'
    context["metatags"] = f'{tags}\n<meta name="description" content="{escape(words)}" />'


def summary(doctree):
    """Return what a page is about: its question, or as much of its beginning as is shown."""
    every = [node for node in doctree.findall(nodes.paragraph) if is_prose(node)]
    # Beside what is bold there may be an empty text.
    kinds = [(words, [type(part) for part in words if part.astext()]) for words in every]
    bold = [said_by(words) for words, parts in kinds if parts == [nodes.strong]]
    if bold and len(bold[0]) >= SHORTEST:
        return textwrap.shorten(bold[0], LONGEST, placeholder=" …")
    text = " ".join(dict.fromkeys([*bold[:1], *map(said_by, every)]))
    short, *more = re.split(r"(?<=[.?!]) +", text)
    for sentence in more:
        if len(short) >= SHORTEST and len(f"{short} {sentence}") > LONGEST:
            break
        short = f"{short} {sentence}"
    return textwrap.shorten(short, LONGEST, placeholder=" …")


def is_prose(node):
    """Return whether a paragraph is in no list, table or box."""
    return isinstance(node.parent, (nodes.section, nodes.document))


def in_order(env):
    """Return the names of the pages as they follow one another in the book."""
    names, ahead = [], [env.config.root_doc]
    while ahead:
        names.append(name := ahead.pop(0))
        ahead = [*env.toctree_includes.get(name, []), *ahead]
    return names


def written(site):
    """Return the pages of the book in the folder of the site; JupyterLite beside it has its own."""
    pages = sorted(site.rglob("*.html"))
    return [page for page in pages if page.relative_to(site).parts[0] not in {"_static", "lite"}]


def unbracket_types(app, what, name, object, options, lines):
    """Write the type of an argument after a colon, because a shape has brackets of its own.

    The type of an attribute is words, too, and no name to link to.
    """
    text = re.sub(r"(?m)(\*\*\S+\*\*) \(\*(.*?)\*\)(?= --|$)", r"\1 : *\2*", "\n".join(lines))
    types = dict(re.findall(r"(?m)^:vartype (\w+): (.*)$", text))
    for name, of in types.items():
        text = text.replace(f":ivar {name}: ", f":ivar {name}: *{of}*. ")
    lines[:] = re.sub(r"(?m)^:vartype .*\n?", "", text).split("\n")


def setup(app):
    app.add_css_file("palette.css", priority=100)
    app.connect("config-inited", set_version)
    app.connect("builder-inited", write_palette)
    app.connect("autodoc-process-docstring", unbracket_types, priority=900)  # after napoleon
    app.connect("html-page-context", tidy)
    app.connect("html-page-context", describe)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
