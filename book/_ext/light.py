"""Make pages light: drop what they don't use, and load the rest when it is needed.

- Pictures and sections wait until they are near the screen; each keeps its place until then.
- The theme's icon font is dropped.
- Pictures get a palette.
- A page without JavaScript has the light theme.
"""

import re
import shutil
from pathlib import Path

from PIL import Image

from book._ext.pages import written
from book._ext.widgets import place_of


def lighten(app, pagename, templatename, context, doctree):
    """Let pictures, and what stands in sections, wait until they are near the screen."""

    def section(match):
        place = place_of(pagename, match[1])
        return f'<section id="{match[1]}" class="rnn-far" style="{place}">' if place else match[0]

    body = context.get("body", "").replace("<img ", '<img loading="lazy" ')
    context["body"] = re.sub(r'<section id="([^"]+)">', section, body)


def light_without_script(app, exception):
    """Choose the light theme in the page itself: without a script nobody else chooses one."""
    for page in written(Path(app.outdir)):
        text = page.read_text(encoding="utf8")
        if 'data-theme="auto"' in text:
            page.write_text(text.replace('data-theme="auto"', 'data-theme="light"'), "utf8")


def drop_icon_font(app, exception):
    """Drop the theme's icon font (156 kB); our icons are in book.css."""
    shutil.rmtree(Path(app.outdir, "_static", "vendor", "fontawesome"), ignore_errors=True)


def keep_places(app, exception):
    """Write the size of each picture into the page, so that nothing moves when it comes."""
    folder = Path(app.outdir, "_images")

    def sized(match):
        with Image.open(folder / match[1]) as picture:
            return f'<img width="{picture.width}" height="{picture.height}"{match[0][4:]}'

    for page in written(Path(app.outdir)):
        text = page.read_text(encoding="utf8")
        new = re.sub(r'<img (?!width)[^>]*src="[^"]*_images/([^"/]+\.png)"', sized, text)
        if new != text:
            page.write_text(new, "utf8")


def shrink_pictures(app, exception):
    """Give pictures a palette of 256 colours: a third of the bytes, and no visible change."""
    for path in Path(app.outdir, "_images").glob("*.png"):
        with Image.open(path) as picture:
            if picture.mode == "RGBA":
                few = picture.quantize(256, method=Image.Quantize.FASTOCTREE)
                few.save(path, optimize=True)


def setup(app):
    """Connect the above to Sphinx."""
    app.connect("html-page-context", lighten, priority=901)  # after the widgets are in the page
    app.connect("build-finished", drop_icon_font)
    app.connect("build-finished", keep_places)
    app.connect("build-finished", shrink_pictures)
    app.connect("build-finished", light_without_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
