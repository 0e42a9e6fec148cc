"""Give all pages one style sheet, which has only the rules that they use.

The sheets of the theme, the extensions and the book are made one by `tools/node/sheets.js`, with
PurgeCSS and Lightning CSS, and it is named after its content.
"""

import hashlib
import json
import re
from functools import partial
from pathlib import Path

from book._ext import fonts, node
from book._ext.pages import written

THEME = ["_static/styles/theme.css", "_static/styles/pydata-sphinx-theme.css"]
OURS = re.compile(r"book\.[0-9a-f]{8}\.css|[\w-]+\.[0-9a-f]{8}\.woff2")
LINK = re.compile(r'(?<=_static/)book(?:\.[0-9a-f]{8})?\.css(?=")')


def run_node(command, data):
    """Return what the script makes of the data."""
    return json.loads(node.run("sheets.js", data, command))


def minified(sheets):
    """Return style sheets, {name: text}, without comments and what else means nothing."""
    return run_node("minify", sheets)


def gather(names, app, pagename, templatename, context, doctree):
    """Note the sheets of a page, in their order; its template links to the one made of them."""
    sheets = sorted(context["css_files"], key=lambda sheet: sheet.priority)
    names.update(dict.fromkeys([*THEME, *(sheet.filename for sheet in sheets)]))
    context["css_files"] = []


def write(names, app, exception):
    """Write the sheet and link all pages to it, also those that were written by an older build."""
    if exception:
        return
    out, static = Path(app.outdir), Path(app.outdir, "_static")
    if names:  # of the pages that this build has written
        pages = written(out)
        made = run_node(
            "bundle",
            {
                "sheets": [str(out / name) for name in names],
                "pages": [str(path) for path in pages],
                "scripts": [str(path) for path in sorted(static.rglob("*.js"))],
                "folder": str(static),
            },
        )
        sheet = fonts.write(static, made["sheet"], made["signs"])
        name = f"book.{hashlib.sha256(sheet.encode()).hexdigest()[:8]}.css"
        for path in static.glob("book.*.css"):
            path.unlink()
        (static / name).write_text(sheet, encoding="utf8")
        for path in pages:
            link(path, name)
    remove_the_others(static)


def link(page, name):
    """Make a page link to the sheet of this name."""
    text = page.read_text(encoding="utf8")
    new = LINK.sub(name, text)
    if new != text:
        page.write_text(new, encoding="utf8")


def remove_the_others(static):
    """Remove the sheets and fonts that nothing links to; extensions copy some at each build."""
    for path in static.rglob("*"):
        if re.search(r"\.(css|css\.map|woff2)$", path.name) and not OURS.fullmatch(path.name):
            path.unlink()


def setup(app):
    """Connect the above to Sphinx: after all that adds sheets, copies them or changes pages."""
    names = {}  # a set with an order
    app.connect("html-page-context", partial(gather, names), priority=950)
    app.connect("build-finished", partial(write, names), priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
