"""Let readers run a page: a button before its first code cell, and what that loads when pressed.

The scripts in `_static/run` are bundled by esbuild with the editor into two files, each named
after its content: one for the page, and one for the worker that Python runs in.
"""

import hashlib
import json
import re
import shutil
from functools import cache
from html import unescape
from pathlib import Path

from book._ext import node
from book._ext.modules import named, scripts, write

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "book" / "_static" / "run"
SECONDS = ROOT / "book" / "_generated" / "seconds.json"  # see tools/run_pages.py
CELL = re.compile(
    r'<div class="cell(?: [^"]*)?docutils container">\s*'
    r'<div class="cell_input docutils container">.*?<pre>(?P<code>.*?)</pre>',
    re.S,
)
BOX = (
    '<div class="rnn-run pst-js-only d-print-none" data-run="{script}">'
    '<button type="button">Run this page</button> '
    '<span role="status">Change its code, and see what happens.</span></div>'
)


def write_scripts(app):
    """Write the two bundles; pages name the first of them."""
    kinds = {name: named(name, text) for name, text in scripts().items()}
    worker = write(app, "run-worker", bundle("worker.js"))
    words = {"RUN_WORKER": worker, "RUN_FILES": kinds}
    app.config.rnn_run_script = write(app, "run-page", bundle("page.js", **words))


@cache
def bundled(entry, words, content):
    """Return a script with all that it imports; `content` is that of its sources."""
    data = {"entry": str(SOURCES / entry), "words": json.loads(words)}
    return node.run("bundle.js", data)


def bundle(entry, **words):
    files = sorted(path for path in SOURCES.rglob("*") if path.suffix in {".js", ".py", ".css"})
    return bundled(entry, json.dumps(words), "".join(path.read_text("utf8") for path in files))


def add_button(app, pagename, templatename, context, doctree):
    """Put the button before the first code cell, and say of slow cells how long they take."""
    body = context.get("body", "")
    if doctree is None or not (first := CELL.search(body)):
        return
    known = seconds().get(Path(pagename).name, {})

    def timed(match):
        took = known.get(mark_of(unescape(re.sub(r"<[^>]*>", "", match["code"]))))
        cell = match[0]
        return cell.replace("<div ", f'<div data-run-seconds="{took}" ', 1) if took else cell

    box = BOX.format(script=app.config.rnn_run_script)
    context["body"] = f"{body[: first.start()]}{box}{CELL.sub(timed, body[first.start() :])}"


@cache
def seconds():
    """Return how long slow cells take in a browser: {page: {mark: seconds}}."""
    return json.loads(SECONDS.read_text()) if SECONDS.exists() else {}


def mark_of(code):
    """Return what stands for a cell's code."""
    return hashlib.sha256(code.strip().encode()).hexdigest()[:12]


def remove_sources(app, exception):
    """Remove what was copied of the sources: pages load the bundles."""
    shutil.rmtree(Path(app.outdir, "_static", "run"), ignore_errors=True)


def setup(app):
    app.add_config_value("rnn_run_script", "", "")
    app.connect("builder-inited", write_scripts)
    app.connect("html-page-context", add_button, priority=899)  # while cells are as they were made
    app.connect("build-finished", remove_sources)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
