"""Put widgets into pages: a slot with the film strip for each view, and the embedded states.

Each distinct part of a module or a style sheet is stored once a page.
"""

import json
import re
from html import escape

from rjsmin import jsmin
from sphinx.util import logging

from rnncore.widgets.linker import PART

logger = logging.getLogger(__name__)
VIEW = re.compile(
    r'<script type="application/vnd\.jupyter\.widget-view\+json">(?P<view>.*?)</script>', re.S
)
STATE = "application/vnd.jupyter.widget-state+json"
UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def widgets_of(env, docname):
    """Return the states of the page's widgets, {model id: traits}, of those with a module only."""
    from myst_nb.sphinx_ import (
        NbMetadataCollector,  # late: a preview does without, and seconds less
    )

    _, options = NbMetadataCollector.get_js_files(env, docname).get("ipywidgets_state", (0, {}))
    models = json.loads(options["body"])["state"] if options else {}
    states = {key: model["state"] for key, model in models.items()}
    return {key: state for key, state in states.items() if {"_esm", "id", "film"} <= state.keys()}


def as_script(kind, text, **attributes):
    """Return a script element that holds data; nothing in `text` can end it early."""
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
    """Return the place of a widget on the page, with its film strip in it."""
    name = escape(state["id"])
    return (
        f'<div class="rnn-slot" id="{name}" data-rnn-slot="{escape(key)}" data-rnn-id="{name}">'
        f'<div class="rnn-film">{state["film"]}</div></div>'
    )


def data_of(widgets):
    """Embed the states of a page's widgets; each part of a module or style sheet is stored once."""
    packers, states = {"_esm": jsmin, "_css": cssmin}, {}
    for key, state in widgets.items():
        kept = {k: v for k, v in state.items() if not k.startswith("_") and k != "layout"}
        states[key] = shortened(kept)
        del states[key]["film"]
        for name, packed in packers.items():
            states[key][name] = [packed(text) for text in state[name].split(PART)]
    # Sorted, so that what is alike stands together: that compresses best.
    texts = sorted({part for state in states.values() for name in packers for part in state[name]})
    for state in states.values():
        for name in packers:
            state[name] = [texts.index(part) for part in state[name]]
    data = json.dumps({"texts": texts, "states": states}, ensure_ascii=False, separators=(",", ":"))
    data = re.sub("[<>&]", lambda m: UNSAFE[m[0]], data)
    return as_script("application/json", data, id="rnn-widgets")


def cssmin(sheet):
    """Return a style sheet less its comments and the white space that means nothing.

    rcssmin takes the space out of `.a :is(th)` inside a rule of @container, and with it a match.
    """
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    pattern = r'("[^"]*")|\s*([{};,])\s*|(:)\s+|\s+'
    return re.sub(pattern, lambda m: m[1] or m[2] or m[3] or " ", sheet).strip()


def shortened(value):
    """Return nested values with whole numbers as such, which JavaScript reads as the same: 1.0."""
    if isinstance(value, dict):
        return {key: shortened(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [shortened(part) for part in value]
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e9
    return int(value) if is_whole and str(value) != "-0.0" else value


def setup(app):
    app.connect("html-page-context", embed_widgets, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
