"""Anchors that stay: what ``book/anchors.txt`` lists, and where it sends what has moved.

A page's name begins a line, and its anchors follow, each behind two spaces.  ``?step=0…6`` stands
for seven.  What has gone has its new place behind an arrow::

    book/old -> book/new
    book/02_compute_states
      memory?step=0…6
      a-heading -> #a-new-heading
      another -> book/03_activations#its-new-heading
"""

import re
from html import escape
from pathlib import Path

from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from book._ext.addresses import site_of
from book._ext.scripts import policy

logger = logging.getLogger(__name__)
STEPS = re.compile(r"(.*=)0…(\d+)")
# A preview of a link is made of these, and what makes it does not follow where a page leads.
TAGS = re.compile(r'<meta (?:property="og:|name="(?:description|twitter:))[^>]*>')
MOVED = """<!DOCTYPE html>
<html lang="en" data-moved="{uri}">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="{policy}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>{title}</title>
<link rel="canonical" href="{canonical}" />
{tags}
<script src="{script}"></script>
<noscript><meta http-equiv="refresh" content="0; url={uri}" /></noscript>
</head>
<body><a href="{uri}">{title}</a></body>
</html>
"""


def read(path):
    """Return {page: {anchor: its new place, or an empty string}}; a page's own place is at ""."""
    pages = {}
    for line in Path(path).read_text("utf8").splitlines():
        old, _, new = line.strip().partition(" -> ")
        if not line.startswith(" "):
            anchors = pages[old] = {"": new} if new else {}
        else:
            anchors.update(zip(spread(old), spread(new) if new else [""] * len(spread(old))))
    return pages


def spread(anchor):
    """Return the anchors that one line of the list stands for."""
    steps = STEPS.fullmatch(anchor)
    return [f"{steps[1]}{n}" for n in range(int(steps[2]) + 1)] if steps else [anchor]


def lead_on(app, pagename, templatename, context, doctree):
    """Put each anchor that has moved at its new place, or where it was with a link to it."""
    moves = {old: new for old, new in app.env.anchors.get(pagename, {}).items() if new}
    if doctree is None or not moves:
        return
    script = context["pathto"]("_static/moved.js", 1)
    context["body"] += f'<script defer src="{script}"></script>'
    for old, new in moves.items():
        page, _, anchor = new.partition("#")
        if page:
            uri = f"{app.builder.get_relative_uri(pagename, page)}#{anchor}"
            words = f"Now in {app.env.titles[page].astext()}"
            context["body"] += (
                f'<p class="moved" id="{escape(old)}" data-moved="{escape(uri)}">'
                f'<a href="{escape(uri)}">{escape(words)}</a></p>'
            )
            continue
        # Inside of the element; in a table's row inside of its first cell, in a widget's slot of
        # its film strip, which is all that stays there.
        inner = '(?:<t[hd][^>]*>|<div class="rnn-film">)?'
        place = rf'<\w+[^>]*\sid="{re.escape(escape(anchor))}"[^>]*>{inner}'
        mark = rf'\g<0><span id="{escape(old)}" data-moved="#{escape(anchor)}"></span>'
        context["body"], found = re.subn(place, mark, context["body"], count=1)
        if not found:
            logger.warning("nothing is at #%s, where #%s leads", anchor, old, location=pagename)


def read_list(app):
    app.env.anchors = read(Path(app.srcdir, app.config.anchors_that_stay))


def lead_pages_on(app, exception):
    """Write the first page of the site, and pages that have moved: each leads to another one."""
    if exception is not None:
        return
    moved = {page: anchors[""] for page, anchors in app.env.anchors.items() if "" in anchors}
    for page, new in ({"index": app.config.root_doc} | moved).items():
        file, target, site = f"{page}.html", f"{new}.html", site_of(app.config)
        text = MOVED.format(
            policy=policy(),
            uri=relative_uri(file, target),
            title=escape(app.env.titles[new].astext()),
            canonical=site + target if site else relative_uri(file, target),
            tags="\n".join(TAGS.findall(Path(app.outdir, target).read_text("utf8"))),
            script=relative_uri(file, "_static/moved.js"),
        )
        Path(app.outdir, file).write_text(text, "utf8")


def setup(app):
    app.add_config_value("anchors_that_stay", "book/anchors.txt", "html")
    app.connect("builder-inited", read_list)
    app.connect("html-page-context", lead_on, priority=950)  # after widgets are in the page
    app.connect("build-finished", lead_pages_on, priority=100)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
