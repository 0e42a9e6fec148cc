"""The search: what of the book can be found, written as a script that the search page alone loads.

Sphinx's own index has no numbers, and it has no text to quote, because it fetches each page that
it has found, which a browser refuses from file://.  So each part of a page is written with its
text: a section, an exercise, its solution, an entry of the glossary, a function.  The index is
made from that in the page, by MiniSearch (`_static/search`).
"""

import json
import re
import shutil
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin

from docutils import nodes
from sphinx import addnodes

from book._ext import node as javascript
from book._ext.modules import wrapped, write
from book._ext.pages import in_order
from book._ext.text import plain, said_by
from book._ext.widgets import VIEW, widgets_of

SOURCES = Path(__file__).resolve().parents[1] / "_static" / "search"
SKIPPED = (nodes.comment, nodes.substitution_definition, nodes.target, addnodes.index)
SKIPPED += (nodes.field_name,)  # each function has the word "Parameters"
TAG = re.compile(r"<[^>]*>")


class Part:
    """A part of a page that can be found.

    Attributes
    ----------
    kind : "section", "exercise", "solution", "term" or "api"
    anchor : where it begins
    title : its heading
    above : the headings that it stands under, without that of the page
    bold : what is bold in it: the names that it introduces
    leads : where the first link of an entry of the glossary leads
    ids : the anchors in it
    text : what it says, with a line for each paragraph, cell of a table or line of code
    """

    def __init__(self, kind="section", anchor="", title="", above=()):
        self.kind, self.anchor, self.title, self.above = kind, anchor, title, [*above]
        self.text, self.bold, self.leads, self.ids = [], [], "", {anchor}

    def as_dict(self):
        """Return what is kept of it between two builds."""
        lines = (" ".join(line.split()) for line in "".join(self.text).split("\n"))
        text = "\n".join(filter(None, lines))
        return vars(self) | {"text": text, "ids": sorted(self.ids - {""})}


class Reader:
    """Reads the parts of a page from its doctree."""

    def __init__(self, widgets=()):
        self.widgets, self.parts, self.exercise = dict(widgets), [], ""

    def read(self, node, part):
        """Add what a node says to a part, or to a new one if it begins one."""
        if begun := self.begun(node):
            part.ids.add(begun.anchor)
            self.parts.append(begun)
            part = begun
        part.ids.update(node.get("ids", ()))
        is_block = not isinstance(node, nodes.Inline)
        part.text.append("\n" if is_block else "")
        for child in node.children:
            if isinstance(child, nodes.Text):
                # A paragraph's lines are those of its source.
                is_code = isinstance(node, (nodes.literal_block, nodes.doctest_block))
                text = child.astext()
                part.text.append(text if is_code else text.replace("\n", " "))
            elif not isinstance(child, SKIPPED) and not (begun and is_title(child)):
                self.say(child, part)
        part.text.append("\n" if is_block else "")

    def say(self, node, part):
        """Add what a node says to a part."""
        if isinstance(node, (nodes.math, nodes.math_block)):
            part.text.append(f" {plain(node.astext())} ")
            part.ids.update(node.get("ids", ()))
        elif isinstance(node, addnodes.desc_signature):
            part.text.append(f" {' '.join(child.astext() for child in node)} ")
            part.ids.update(node["ids"])
        elif isinstance(node, nodes.image):
            part.text.append(f" {node.get('alt', '')} ")
        elif isinstance(node, nodes.raw):
            part.text.append(self.raw(node.astext(), part))
        else:
            if isinstance(node, nodes.strong):
                part.bold.append(said_by(node))
            if isinstance(node, nodes.reference) and node.get("internal"):
                part.leads = part.leads or node.get("refuri", "")
            self.read(node, part)

    def raw(self, html, part):
        """Return the words in HTML; a widget has no words, but an anchor."""
        if found := VIEW.search(html):
            state = self.widgets.get(json.loads(found["view"])["model_id"], {})
            part.ids.add(state.get("id", ""))
            return " "
        return unescape(TAG.sub(" ", html))

    def begun(self, node):
        """Return the part that begins with a node, if one does."""
        if isinstance(node, nodes.section):
            return Part("section", node["ids"][0], said_by(node[0]), under(node))
        if isinstance(node, nodes.admonition) and "exercise" in node["classes"]:
            self.exercise = said_by(node[0])
            return Part("exercise", node["ids"][0], self.exercise, under(node))
        if isinstance(node, nodes.admonition) and "solution" in node["classes"]:
            title = f"{said_by(node[0])} of {self.exercise}"
            return Part("solution", node["ids"][0], title, under(node))
        if isinstance(node, nodes.definition_list_item) and node[0].get("ids"):
            terms = [said_by(child) for child in node if isinstance(child, nodes.term)]
            return Part("term", node[0]["ids"][0], ", ".join(terms), under(node))
        if isinstance(node, addnodes.desc) and node[0].get("ids"):
            return Part("api", node[0]["ids"][0], node[0]["ids"][0], under(node))
        return None


def is_title(node):
    return isinstance(node, (nodes.title, nodes.term))


def under(node):
    """Return the headings of the sections that a node is in, without that of the page."""
    titles = []
    while (node := node.parent) is not None:
        if isinstance(node, nodes.section):
            titles.insert(0, said_by(node[0]))
    return titles[1:]


def read(doctree, widgets=()):
    """Return the parts of a page, as they are kept between two builds."""
    reader = Reader(widgets)
    reader.read(doctree, Part())
    return [part.as_dict() for part in reader.parts]


def kept(app, docname):
    """Return the file in which the parts of a page are kept; a page is not always read anew."""
    return Path(app.doctreedir, "search", f"{docname}.json")


def read_page(app, pagename, templatename, context, doctree):
    """Read the parts of a page when it is written."""
    if doctree is not None:
        path = kept(app, pagename)
        path.parent.mkdir(parents=True, exist_ok=True)
        parts = read(doctree, widgets_of(app.env, pagename))
        path.write_text(json.dumps(parts, ensure_ascii=False), "utf8")


def data(app):
    """Return what the search page loads: the pages, and their parts in the order of the book."""
    pages, parts, places = [], [], {}
    for docname in in_order(app.env):
        uri = app.builder.get_target_uri(docname)
        pages.append([uri, said_by(app.env.titles[docname])])
        for part in json.loads(kept(app, docname).read_text("utf8")):
            places |= {f"{uri}#{name}": len(parts) for name in part["ids"]}
            leads = unquote(urljoin(uri, part["leads"])).partition("?")[0]
            parts.append([len(pages) - 1, leads, part])
    return {
        "pages": pages,
        "parts": [
            [
                *(page, part["kind"], part["anchor"], part["title"], part["above"]),
                *(part["bold"], places.get(leads, -1) if part["kind"] == "term" else -1),
                part["text"],
            ]
            for page, leads, part in parts
        ],
    }


@cache
def bundled(content):
    """Return the script of the page with all that it imports; `content` is that of its sources."""
    entry = {"entry": str(SOURCES / "page.js"), "words": {}, "format": "iife"}
    return javascript.run("bundle.js", entry)


def add_search_page(app):
    """Write the page and its two scripts; all other pages have been written before."""
    for old in Path(app.outdir, "_static").glob("search*.*.js"):
        old.unlink()
    text = json.dumps(data(app), ensure_ascii=False, separators=(",", ":"))
    sources = "".join(path.read_text("utf8") for path in sorted(SOURCES.glob("*.js")))
    scripts = {
        "search_text": write(app, "search-text", wrapped([f"rnn.book={text};"])),
        "search_script": write(app, "search", bundled(sources)),
    }
    yield "search", {"title": app.config.html_title} | scripts, "search.html"


def leave_out_sphinx_search(app):
    app.builder.search = False


def remove_sources(app, exception):
    """Remove what was copied of the sources: the page loads the bundle."""
    shutil.rmtree(Path(app.outdir, "_static", "search"), ignore_errors=True)


def setup(app):
    app.connect("builder-inited", leave_out_sphinx_search)
    app.connect("html-page-context", read_page)
    app.connect("html-collect-pages", add_search_page)
    app.connect("build-finished", remove_sources)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
