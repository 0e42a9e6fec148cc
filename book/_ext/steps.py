"""Links to a step: ``{step}`words <id?step=3>` ``. A wrong widget or step is a warning."""

import importlib

from docutils import nodes
from sphinx import addnodes
from sphinx.roles import XRefRole
from sphinx.util import logging

from book._ext.widgets import widgets_of

logger = logging.getLogger(__name__)


class StepRole(XRefRole):
    """``{step}`the third step <memory?step=3&W_h=1.5>` ``."""

    nodeclass = addnodes.pending_xref


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
    """Whether the widget can take over every part of a link to a step."""
    try:
        kind_of(kind).linked(values, query)
    except (TypeError, ValueError):
        return False
    return True


def resolve_step(app, env, node, contnode):
    """Turn a step reference into a link; return None, a warning, if its target does not exist."""
    if node["reftype"] != "step":
        return None
    name, _, query = node["reftarget"].partition("?")
    docname, kind, values = env.onestep_widgets.get(name, (None, None, None))
    if docname is None or not is_valid(query, kind, values):
        return None
    uri = app.builder.get_relative_uri(node["refdoc"], docname) if node["refdoc"] != docname else ""
    text = nodes.inline("", contnode.astext())
    return nodes.reference("", "", text, internal=True, refuri=f"{uri}#{node['reftarget']}")


def setup(app):
    app.add_role("step", StepRole())
    app.connect("env-updated", collect_steps)
    app.connect("missing-reference", resolve_step)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
