"""Deliver the fonts of the equations with the signs that the book's equations have."""

import hashlib
import re
from io import BytesIO
from pathlib import Path

from fontTools import subset

SOURCE = Path(__file__).resolve().parents[1] / "_static" / "katex" / "fonts"
ADDRESS = re.compile(r"katex/fonts/([\w-]+?)(?:\.[0-9a-f]{8})?\.woff2")


def cut(name, signs):
    """Return the font of this name with the glyphs of these signs, as the bytes of its file."""
    options = subset.Options(flavor="woff2", layout_features=["*"])
    font = subset.load_font(BytesIO((SOURCE / f"{name}.woff2").read_bytes()), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=signs)
    subsetter.subset(font)
    font.flavor = "woff2"
    file = BytesIO()
    font.save(file)
    return file.getvalue()


def write(static, sheet, signs):
    """Write the fonts that a style sheet names, named after their content; return the sheet."""
    folder = static / "katex" / "fonts"
    for path in folder.glob("*.woff2"):
        path.unlink()

    def address(match):
        font = cut(match[1], signs)
        name = f"{match[1]}.{hashlib.sha256(font).hexdigest()[:8]}.woff2"
        (folder / name).write_bytes(font)
        return f"katex/fonts/{name}"

    return ADDRESS.sub(address, sheet)
