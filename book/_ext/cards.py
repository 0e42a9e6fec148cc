"""Cards: the picture that a link to a page is shown with, each page its own.

It has the page's title, its question, its first figure if it has one, and how far into the book
it is.  Cards are drawn at the end of a build, and only if the site has an address, because what
shows them asks for whole addresses.
"""

import re
from functools import cache
from html import unescape
from pathlib import Path

from matplotlib import get_data_path
from PIL import Image, ImageChops, ImageDraw, ImageFont

from book._ext.addresses import SIZE, picture_of, site_of
from book._ext.pages import in_order
from rnncore.palette import LIGHT

WIDTH, HEIGHT = SIZE
MARGIN, GAP = 64, 40
FIGURE = (500, 400)  # at most
FIRST_IMAGE = re.compile(r'<img [^>]*src="[^"]*(_images/[^"]+\.png)"')


@cache
def font(size, weight=""):
    """Return a font that comes with matplotlib, so that cards are the same everywhere."""
    path = Path(get_data_path(), "fonts", "ttf", f"DejaVuSans{weight}.ttf")
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def wrapped(text, font, width):
    """Return the lines of a text, none of them wider than this if it has a space in it."""
    lines = [""]
    for word in re.sub(r"(?<=\d,) (?=\d)", "\u00a0", text).split(" "):  # a shape is one word
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def fitting(text, width, height, sizes, weight=""):
    """Return the lines of a text and the largest font in which they fit; the last if none does."""
    for size in sizes:
        of_size = font(size, weight)
        lines = wrapped(text, of_size, width)
        if size * 1.3 * len(lines) <= height and max(map(of_size.getlength, lines)) <= width:
            break
    return lines, of_size


def write_lines(draw, place, lines, font, colour):
    """Write lines below one another, and return where the next one would begin."""
    x, y = place
    for line in lines:
        draw.text((x, y), line, font=font, fill=colour)
        y += round(1.3 * font.size)
    return y


def draw_card(book, title, words, place, figure=None):
    """Return the card of a page.

    place : its number among the pages, from 0, and how many these are
    figure : the path of its first figure, drawn for light ground
    """
    card = Image.new("RGB", SIZE, LIGHT["paper"])
    draw = ImageDraw.Draw(card)
    width = WIDTH - 2 * MARGIN
    if figure:
        width -= FIGURE[0] + GAP
        paste(card, figure)
    draw.text((MARGIN, MARGIN), book, font=font(28), fill=LIGHT["quiet"])
    lines, of_title = fitting(title, width, 250, range(68, 36, -4), "-Bold")
    y = write_lines(draw, (MARGIN, MARGIN + 60), lines, of_title, LIGHT["ink"])
    room = HEIGHT - MARGIN - 60 - y - 24
    lines, of_words = fitting(words, width, room, range(36, 18, -2))
    write_lines(draw, (MARGIN, y + 24), lines, of_words, LIGHT["quiet"])
    draw_steps(draw, *place)
    return card.quantize(48, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def paste(card, path):
    """Put a figure to the right, as large as its place allows."""
    with Image.open(path) as picture:
        drawn = picture.convert("RGBA")
    drawn.load()
    ground = Image.new("RGBA", drawn.size, LIGHT["paper"])
    drawn = Image.alpha_composite(ground, drawn).convert("RGB")
    empty = Image.new("RGB", drawn.size, LIGHT["paper"])
    drawn = drawn.crop(ImageChops.difference(drawn, empty).getbbox())
    scale = min(FIGURE[0] / drawn.width, FIGURE[1] / drawn.height)
    size = [round(scale * length) for length in drawn.size]
    left = WIDTH - MARGIN - FIGURE[0] + (FIGURE[0] - size[0]) // 2
    top = MARGIN + 20 + (FIGURE[1] - size[1]) // 2
    card.paste(drawn.resize(size, Image.Resampling.LANCZOS), (left, top))


def draw_steps(draw, place, count):
    """Draw the pages of the book as states, one after the other, up to this one."""
    step = (WIDTH - 2 * MARGIN) / count
    side = round(0.62 * step)
    top = HEIGHT - MARGIN - side
    for k in range(count):
        left = MARGIN + round(k * step)
        colour = LIGHT["gradient"] if k == place else LIGHT["h"] if k < place else LIGHT["line"]
        box = [left, top, left + side, top + side]
        draw.rounded_rectangle(box, 6, fill=colour if k <= place else None, outline=colour, width=3)
        if k + 1 < count:
            middle, end = top + side // 2, MARGIN + round((k + 1) * step)
            draw.line([left + side + 3, middle, end - 3, middle], LIGHT["line"], 3)


def draw_cards(app, exception):
    """Draw the cards of the pages that have changed since theirs were drawn."""
    if exception is not None or not site_of(app.config):
        return
    pages = in_order(app.env)
    for place, docname in enumerate(pages):
        page = Path(app.outdir, app.builder.get_target_uri(docname))
        file = Path(app.outdir, picture_of(docname))
        if file.exists() and file.stat().st_mtime > page.stat().st_mtime:
            continue
        text = page.read_text("utf8")
        said = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)"', text))
        title, words = unescape(said["title"]), unescape(said["description"])
        figure = FIRST_IMAGE.search(text)
        path = figure and Path(app.outdir, figure[1])
        book = app.config.html_title if title != app.config.html_title else ""
        card = draw_card(book, title, words, (place, len(pages)), path)
        file.parent.mkdir(parents=True, exist_ok=True)
        card.save(file, optimize=True)


def setup(app):
    app.connect("build-finished", draw_cards)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
