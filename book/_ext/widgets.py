"""Put widgets into pages: a slot with the film strip for each view, and where its scripts are."""

import json
import re
from functools import cache
from html import escape
from pathlib import Path

from sphinx.util import logging

from book._ext.modules import kind_of, named, scripts, wrapped, write

logger = logging.getLogger(__name__)
VIEW = re.compile(
    r'<script type="application/vnd\.jupyter\.widget-view\+json">(?P<view>.*?)</script>', re.S
)
STATE = "application/vnd.jupyter.widget-state+json"
HEIGHTS = Path(__file__).parents[1] / "_generated" / "heights.json"  # see tools/heights.py


def widgets_of(env, docname):
    """Return the states of the page's widgets, {model id: traits}, of those with a module only."""
    from myst_nb.sphinx_ import (
        NbMetadataCollector,  # late: a preview does without, and seconds less
    )

    _, options = NbMetadataCollector.get_js_files(env, docname).get("ipywidgets_state", (0, {}))
    models = json.loads(options["body"])["state"] if options else {}
    states = {key: model["state"] for key, model in models.items()}
    return {key: state for key, state in states.items() if {"_esm", "id", "film"} <= state.keys()}


def write_modules(app):
    """Write the scripts that all pages share."""
    for name, text in scripts().items():
        write(app, name, text)


def embed_widgets(app, pagename, templatename, context, doctree):
    """Put slots into the page's body; drop what the default embedding added."""
    keep = [js for js in context["script_files"] if js.attributes.get("type") != STATE]
    context["script_files"][:] = keep
    if doctree is None or not VIEW.search(context["body"]):
        return
    widgets = widgets_of(app.env, pagename)
    states = write(app, Path(pagename).name, states_of(widgets.values()))

    def slot(match):
        key = json.loads(match["view"])["model_id"]
        if key not in widgets:
            logger.warning("this widget cannot live without a kernel", location=pagename)
            return ""
        state = widgets[key]
        place, alone = place_of(pagename, state["id"]), f"embed/{state['id']}"
        embed = app.builder.get_relative_uri(pagename, alone)
        return slot_of(state, [*scripts_of(state), states], place, embed)

    context["body"] = VIEW.sub(slot, context["body"])


def scripts_of(state):
    """Return the files of the scripts that every widget of this kind starts with."""
    return [named(name, scripts()[name]) for name in ("shared", kind(state))]


def kind(state):
    """Return the kind of a widget, as in the name of its folder."""
    return kind_of(state["_anywidget_id"])


@cache
def heights():
    """Return what tools/heights.py has measured: {page#anchor: heights}."""
    return json.loads(HEIGHTS.read_text()) if HEIGHTS.exists() else {}


def place_of(pagename, name):
    """Return how much place something on a page will take, as properties of a style."""
    known = heights().get(f"{Path(pagename).name}#{name}", [])
    return ";".join(f"--h{i}:{height / 16:g}rem" for i, height in enumerate(known))


def slot_of(state, needs=(), place="", embed=""):
    """Return the place of a widget on the page, with its film strip in it.

    needs : the files of the scripts that it starts with
    place : see place_of
    embed : the address of its embed page; empty where there is none, and on that page
    """
    name = escape(state["id"])
    return (
        f'<div class="rnn-slot" id="{name}" data-rnn-slot="{kind(state)}" data-rnn-id="{name}"'
        f' data-rnn-needs="{" ".join(needs)}" data-rnn-embed="{embed}" style="{place}">'
        f'<div class="rnn-film">{state["film"]}</div></div>'
    )


def states_of(widgets):
    """Return the script with the states of a page's widgets, each under the widget's name."""
    states = {}
    for state in widgets:
        kept = {k: v for k, v in state.items() if not k.startswith("_") and k != "layout"}
        states[state["id"]] = shortened({k: v for k, v in kept.items() if k != "film"})
    data = json.dumps(states, ensure_ascii=False, separators=(",", ":"))
    data = data.replace("</", "<\\/")  # in a page of its own it would end the script
    return wrapped([f"Object.assign(rnn.states??={{}},{data});"])


def shortened(value):
    """Return nested values with whole numbers as such, which JavaScript reads as the same: 1.0."""
    if isinstance(value, dict):
        return {key: shortened(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [shortened(part) for part in value]
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e9
    return int(value) if is_whole and str(value) != "-0.0" else value


def setup(app):
    app.connect("builder-inited", write_modules)
    app.connect("html-page-context", embed_widgets, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
