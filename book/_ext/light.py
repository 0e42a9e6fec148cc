"""Make pages light: drop what they don't use, and load the rest when it is needed.

- Scripts wait until the page has been read, and pictures until they are near the screen.
- The theme's icon font and its script are dropped.
- Pictures get a palette.
- A page without JavaScript has the light theme.
"""

import re
import shutil
from pathlib import Path

from PIL import Image
from rjsmin import jsmin


def lighten(app, pagename, templatename, context, doctree):
    """Defer scripts, and pictures further down the page."""
    context["body"] = context.get("body", "").replace("<img ", '<img loading="lazy" ')
    if "sd-tab" not in context["body"]:
        scripts = context["script_files"]
        scripts[:] = [s for s in scripts if "design-tabs" not in str(s.filename)]
    for script in context["script_files"]:
        # Two are used by inline scripts and by the search page while the page is still being read.
        if script.filename and not re.search("documentation_options|doctools", script.filename):
            script.attributes["defer"] = "defer"


def light_without_script(app, exception):
    """Choose the light theme in the page itself: without a script nobody else chooses one."""
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf8")
        if 'data-theme="auto"' in text:
            page.write_text(text.replace('data-theme="auto"', 'data-theme="light"'), "utf8")


def drop_icon_font(app, exception):
    """Drop the theme's icon font (156 kB) and its script; our icons are in book.css."""
    static = Path(app.outdir, "_static")
    shutil.rmtree(static / "vendor" / "fontawesome", ignore_errors=True)
    for file in (static / "scripts").glob("fontawesome*"):
        file.unlink()


def shrink_pictures(app, exception):
    """Give pictures a palette of 256 colours: a third of the bytes, and no visible change."""
    for path in Path(app.outdir, "_images").glob("*.png"):
        with Image.open(path) as picture:
            if picture.mode == "RGBA":
                few = picture.quantize(256, method=Image.Quantize.FASTOCTREE)
                few.save(path, optimize=True)


def drop_comments(app, exception):
    """Send our own script without comments and idle white space."""
    path = Path(app.outdir, "_static", "afm-host.js")
    if path.exists():
        path.write_text(jsmin(path.read_text(encoding="utf8")), encoding="utf8")


def setup(app):
    """Connect the above to Sphinx."""
    app.connect("html-page-context", lighten, priority=901)  # after the widgets are in the page
    app.connect("build-finished", drop_icon_font)
    app.connect("build-finished", drop_comments)
    app.connect("build-finished", shrink_pictures)
    app.connect("build-finished", light_without_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
