"""What readers take with them: the whole book as an archive and as a document.

They are under ``_build`` once `make zip` and `make pdf` have made them.  Then the build puts them
into the site, and links to them in the download menu of each page and on the first page; while
they are not there, nothing names them.
"""

import re
import shutil
from html import escape
from pathlib import Path

from rnncore import __version__

BUILD = Path(__file__).resolve().parents[2] / "_build"
NAME = "one-step-at-a-time"
KINDS = {".zip": "The whole book, to unpack", ".pdf": "The whole book, to print"}
HEADING = re.compile(r'(<section[^>]* id="take-it-with-you".*?</h2>)', re.S)


def offers(build=BUILD):
    """Return what is there of this version, {file: (name on the site, words, size)}."""
    found = {}
    made = [*build.glob(f"{NAME}*"), *build.glob(f"pdf/{NAME}*")]
    for path in sorted(made, key=lambda path: (path.suffix == ".pdf", len(path.name))):
        kind = path.suffix
        parts = re.fullmatch(rf"{NAME}(?:-(\d+(?:\.\w+)+))?(?:-(.*))?", path.stem)
        if kind in KINDS and parts and parts[1] in (None, __version__):
            more = f"-{parts[2]}" if parts[2] else ""
            words = f"{KINDS[kind]}{more.replace('-', ' ')}"
            size = f"{kind}, {path.stat().st_size / 1e6:.1f} MB"
            found[path] = (f"{NAME}{more}{kind}", words, size)
    return found


def add_offers(app, pagename, templatename, context, doctree):
    """Give the template of each page what is there, and the first page a line with it."""
    there = [(context["pathto"](name, 1), *said) for name, *said in offers().values()]
    context["offers"] = there
    if there and pagename == app.config.root_doc:
        links = [f'<a href="{at}" download>{escape(what)}</a> ({size})' for at, what, size in there]
        words = "<br>".join(links)
        line = f'<p data-take class="d-print-none">{words}</p>'
        context["body"] = HEADING.sub(rf"\1\n{line}", context["body"], count=1)


def publish(app, exception):
    """Put what is there into the site, and nothing else under its name."""
    if exception is None:
        for path in Path(app.outdir).glob(f"{NAME}*"):
            path.unlink()
        for path, (name, *_) in offers().items():
            shutil.copyfile(path, Path(app.outdir, name))


def setup(app):
    app.connect("html-page-context", add_offers)
    app.connect("build-finished", publish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
