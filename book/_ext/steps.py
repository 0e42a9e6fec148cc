"""What links to a step may say: the widgets of the book, and the values that each of them takes."""

import importlib

from sphinx.util import logging

from book._ext.widgets import widgets_of

logger = logging.getLogger(__name__)


def collect_steps(app, env):
    """Note the page and the traits of every widget; if they changed, have all links read again."""
    before = getattr(env, "onestep_widgets", {})
    env.onestep_widgets = {}
    for docname in sorted(env.found_docs):
        for state in widgets_of(env, docname).values():
            name = state["id"]
            if name in env.onestep_widgets:
                other = env.onestep_widgets[name][0]
                said = "two widgets have the id %r: one of %s, and one of this page"
                logger.warning(said, name, other, location=docname)
            env.onestep_widgets[name] = (docname, state["_anywidget_id"], parameters(state))
    return sorted(env.found_docs) if before != env.onestep_widgets else []


def kind_of(name):
    """Return the class of a widget, given the name in its state."""
    module, _, kind = name.rpartition(".")
    return getattr(importlib.import_module(module), kind)


def parameters(state):
    """Return the parameters that a link to the widget may change."""
    return {name: state[name] for name in kind_of(state["_anywidget_id"]).parameters}


def is_valid(query, kind, values):
    """Return whether the widget can take over every part of a link to a step."""
    try:
        kind_of(kind).linked(values, query)
    except (TypeError, ValueError):
        return False
    return True


def leads_to_step(env, page, anchor):
    """Return whether `anchor`, such as ``memory?step=3``, is valid for a widget of the page."""
    name, _, query = anchor.partition("?")
    docname, kind, values = env.onestep_widgets.get(name, (None, None, None))
    return docname == page and is_valid(query, kind, values)


def setup(app):
    app.connect("env-updated", collect_steps)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
