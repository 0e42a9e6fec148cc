"""Links in plain Markdown that lead to more than a page or a heading.

- To a step: `[step 3](#memory?step=3)`, or from another page `[…](04_bptt.ipynb#back?step=3)`.
- To a source: `[Elman (1990)](references.md#cite-elman1990)`.
- To a name on another page: `[the first mistake](mistakes.ipynb#mistake-sum)`.

A link in the stored output of a cell leads to the file of a page, as it must in a notebook; here
it leads to the page.

A wrong widget, step, source or name is a warning.
"""

import re

from docutils import nodes
from pybtex.plugin import find_plugin
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from book._ext.steps import leads_to_step

logger = logging.getLogger(__name__)
FILE = re.compile(r'(?<=<a href=")(\w+)\.(?:ipynb|md)(?=[#"])')
PLAIN_TEXT = find_plugin("pybtex.backends", "plaintext")()


class PlainLinks(SphinxPostTransform):
    """Resolve the links of Markdown that MyST does not know; leave the others to it."""

    default_priority = 8  # before MyST's own

    def run(self, **kwargs):
        for node in [*self.document.findall(addnodes.pending_xref)]:
            if node["reftype"] == "myst" and (found := self.resolved(node)) is not None:
                node.replace_self(found)

    def resolved(self, node):
        """Return the link that a reference becomes, or None if that is MyST's to say."""
        page, anchor = target_of(node)
        if "?" in anchor:
            if not leads_to_step(self.env, page, anchor):
                logger.warning("no widget of %s takes #%s", page, anchor, location=node)
            return self.link(node, page, anchor)
        if anchor.startswith("cite-"):
            return self.citation(node, page, anchor)
        if self.env.get_domain("std").anonlabels.get(anchor, ("",))[0] == page:
            return self.link(node, page, anchor)
        return None

    def citation(self, node, page, anchor):
        """Return the link to an entry of the list of references, with the entry as its title."""
        domain = self.env.get_domain("cite")
        cited = {citation.citation_id: citation for citation in domain.citations}.get(anchor)
        if cited is None or domain.bibliographies.keys().isdisjoint([cited.bibliography_key]):
            logger.warning("there is no source %s", anchor, location=node)
            return self.link(node, page, anchor)
        if node.astext() not in ways_to_cite(cited.entry):
            wanted = " or ".join(ways_to_cite(cited.entry))
            logger.warning("%s is cited as %s", anchor, wanted, location=node)
        title = cited.formatted_entry.text.render(PLAIN_TEXT)
        return self.link(node, cited.bibliography_key.docname, anchor, reftitle=title)

    def link(self, node, page, anchor, **attributes):
        """Return a link with the words of a reference."""
        here = node["refdoc"]
        uri = self.app.builder.get_relative_uri(here, page) if page != here else ""
        words = nodes.inline("", "", *node[0].children)
        return nodes.reference("", "", words, internal=True, refuri=f"{uri}#{anchor}", **attributes)


def target_of(node):
    """Return the page and the anchor that a reference of MyST means."""
    if node["refdomain"] == "doc":
        return node["reftarget"], node["reftargetid"] or ""
    return node["refdoc"], node["reftarget"]


def ways_to_cite(entry):
    """Return the two ways in which a source is named: `Elman (1990)` and `Elman, 1990`."""
    names = [[*person.prelast_names, *person.last_names] for person in entry.persons["author"]]
    last = [" ".join(parts).strip("{}") for parts in names]
    who = f"{last[0]} et al." if len(last) > 2 else " and ".join(last)
    return f"{who} ({entry.fields['year']})", f"{who}, {entry.fields['year']}"


def lead_to_pages(app, pagename, templatename, context, doctree):
    """Let links to a notebook or a Markdown file of the book lead to the page made from it."""
    if doctree is not None:
        context["body"] = FILE.sub(r"\1.html", context["body"])


def setup(app):
    app.connect("html-page-context", lead_to_pages)
    app.add_post_transform(PlainLinks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
