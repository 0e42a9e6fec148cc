"""Make pages light: drop what they don't use, and load the rest when it is needed.

- Pictures wait until they are near the screen.
- The theme's icon font, its script, and style rules that no page uses are dropped.
- Pictures get a palette.
- A page without JavaScript has the light theme.
"""

import re
import shutil
from pathlib import Path

from PIL import Image

from book._ext.modules import cssmin


def lighten(app, pagename, templatename, context, doctree):
    """Let pictures wait until they are near the screen."""
    context["body"] = context.get("body", "").replace("<img ", '<img loading="lazy" ')


def light_without_script(app, exception):
    """Choose the light theme in the page itself: without a script nobody else chooses one."""
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf8")
        if 'data-theme="auto"' in text:
            page.write_text(text.replace('data-theme="auto"', 'data-theme="light"'), "utf8")


def drop_icon_font(app, exception):
    """Drop the theme's icon font (156 kB), its rules (20 kB) and script; ours are in book.css."""
    static = Path(app.outdir, "_static")
    sheet = static / "styles" / "pydata-sphinx-theme.css"
    if exception is None and sheet.exists():
        text = sheet.read_text(encoding="utf8")
        text = re.sub(r"@font-face\{[^}]*fontawesome[^}]*\}", "", text)
        text = re.sub(r'(?:\.fa-[\w-]+:{1,2}before,?)+\{content:"[^"]*"\}', "", text)
        sheet.write_text(text, encoding="utf8")
        shutil.rmtree(static / "vendor" / "fontawesome", ignore_errors=True)
        for file in (static / "scripts").glob("fontawesome*"):
            file.unlink()


# Families of classes, of which the theme and the extensions define far more than a page uses.
FAMILIES = re.compile(
    r"\.(sd-[\w-]+|-Color|(?:col|offset|order|row-cols|g[xy]?|[mp][tbsexy]?)-[\w-]+)"
)


def less_unused(sheet, used):
    """Return a style sheet without the rules for classes of these families that are not used.

    sheet : its text;  used : all words in pages and scripts
    """

    def keep(rule):
        selectors = [
            selector
            for selector in rule["selectors"].split(",")
            if used.issuperset(FAMILIES.findall(selector))
        ]
        return f"{','.join(selectors)}{{{rule['style']}}}" if selectors else ""

    return re.sub(r"(?P<selectors>[^{}]+)\{(?P<style>[^{}]*)\}", keep, sheet)


def drop_unused_rules(app, exception):
    """Drop style rules that no page uses; each page loads 15 kB less, compressed."""
    out = Path(app.outdir)
    files = [*out.rglob("*.html"), *out.rglob("*.js")]
    used = {word for file in files for word in re.findall(r"[\w-]+", file.read_text("utf8"))}
    for name in ("sphinx-design*.css", "mystnb*.css", "styles/pydata-sphinx-theme.css"):
        for path in Path(out, "_static").glob(name):
            path.write_text(less_unused(path.read_text("utf8"), used), "utf8")


def shrink_pictures(app, exception):
    """Give pictures a palette of 256 colours: a third of the bytes, and no visible change."""
    for path in Path(app.outdir, "_images").glob("*.png"):
        with Image.open(path) as picture:
            if picture.mode == "RGBA":
                few = picture.quantize(256, method=Image.Quantize.FASTOCTREE)
                few.save(path, optimize=True)


def drop_comments(app, exception):
    """Send our own style sheet without comments and idle white space."""
    path = Path(app.outdir, "_static", "book.css")
    if path.exists():
        path.write_text(cssmin(path.read_text(encoding="utf8")), encoding="utf8")


def setup(app):
    """Connect the above to Sphinx."""
    app.connect("html-page-context", lighten, priority=901)  # after the widgets are in the page
    app.connect("build-finished", drop_icon_font)
    app.connect("build-finished", drop_unused_rules)
    app.connect("build-finished", drop_comments)
    app.connect("build-finished", shrink_pictures)
    app.connect("build-finished", light_without_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
