"""Embed pages: each widget alone on a page, for a frame, a projector or a slide.

``embed/memory.html#memory?step=3`` takes the same fragment as the widget's page in the book.
"""

import re
import shutil
from collections import Counter
from html import escape, unescape
from pathlib import Path

from book._ext import node
from book._ext.addresses import picture_of, site_of
from book._ext.modules import write
from book._ext.scripts import HOST, policy, text_of_ours
from book._ext.widgets import heights, place_of, scripts_of, slot_of, states_of, widgets_of

# A section's, or an exercise's.
HEADING = re.compile(
    r'<h[1-6]>(.*?)<a class="headerlink"|>(<span class="caption-number">.*?)</p>', re.S
)
BELOW = 130  # pixels, of what stands below a widget
LICENCES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "MIT": "https://opensource.org/license/mit",
}


def write_pages(app):
    """Write the embed page of each widget; the chapters have been written before."""
    shutil.rmtree(Path(app.outdir, "embed"), ignore_errors=True)
    Path(app.outdir, "embed").mkdir()
    host = "\n;".join(text_of_ours(app, name) for name in (HOST, "embed.js"))
    shared = {
        "policy": policy(),
        "first": write(app, "first", node.minified(text_of_ours(app, "first.js"))),
        "script": write(app, "embed", node.minified(host)),
        "book_title": app.config.html_title,
        "licences": LICENCES,
        "site": site_of(app.config),
    }
    seen = Counter()
    for docname in sorted(app.env.found_docs):
        for state in widgets_of(app.env, docname).values():
            context = shared | about(app, docname, state)
            title = context["title"]
            seen[title] += 1
            if seen[title] > 1:  # two widgets under one heading
                context["title"] = f"{title} ({seen[title]})"
            page = app.builder.templates.render("embed.html", context)
            Path(app.outdir, "embed", f"{state['id']}.html").write_text(page, "utf8")
    return []


def about(app, docname, state):
    """Return what the template of an embed page says about a widget."""
    name = state["id"]
    chapter = app.builder.get_target_uri(docname)
    heading = heading_of(Path(app.outdir, chapter).read_text("utf8"), name)
    title = app.env.titles[docname].astext()
    needs = [*scripts_of(state), write(app, f"embed-{name}", states_of([state]))]
    return {
        "title": f"{heading}, from {title}" if heading not in ("", title) else title,
        "chapter": title,
        "place": f"{chapter}#{name}",
        "page": f"embed/{name}.html",
        "picture": picture_of(docname),
        "needs": needs,
        "slot": slot_of(state, needs, place_of(docname, name)),
        "height": height_of(docname, name),
    }


def heading_of(page, name):
    """Return the words of the heading above a widget; empty if there is none."""
    above = page.partition(f' data-rnn-id="{escape(name)}"')[0]
    *_, heading = ["", *map("".join, HEADING.findall(above))]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", heading)).split())


def height_of(docname, name):
    """Return the height of a frame, in pixels, that shows all of a widget in a wide column."""
    return max(heights().get(f"{Path(docname).name}#{name}", [600])[-2:]) + BELOW


def setup(app):
    app.connect("html-collect-pages", write_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
