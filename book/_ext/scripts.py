"""Load few scripts, from files alone, under a strict policy.

- What runs before a page is painted is in `first.js`; all else is one deferred script.
- Nothing on a page may run, load or embed what does not come with the book.
"""

import re
from pathlib import Path

from book._ext import node
from book._ext.modules import write

# Each source that is allowed besides the book itself, and why.
POLICY = {
    "default-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # KaTeX's struts, and the style sheets of widgets
    "img-src": "'self' data:",  # icons, in the style sheet
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",  # the search
}
HOST, COPY, RUN, THEME = "afm-host.js", "copy.js", "run/stub.js", "scripts/pydata-sphinx-theme.js"
# What is written otherwise in the scripts of the theme and of the extensions.
CHANGED = {
    # site.js does that, when an element is near
    "e.tabIndex=e.scrollWidth>e.clientWidth||e.scrollHeight>e.clientHeight?0:-1": "",
    # the button of a solution is called by the words that are seen on it
    'aria-label="Toggle hidden content"': 'aria-label="${toggleHintShow}"',
    "button.dataset.toggleHint =": "button.ariaLabel = button.dataset.toggleHint =",
}
UNUSED = re.compile(
    r"design-tabs|DOCUMENTATION_OPTIONS\.pagename|sphinx_highlight"
    r"|^_static/(?:first|site|copy|embed|afm-host)\.js"
)
LOADED = re.compile(r".*\.[0-9a-f]{8}\.js|moved\.js")
SOURCE_MAP = re.compile(r"(?m)^//# sourceMappingURL=.*$")


def policy():
    """Return the policy as the content of a meta element or a header."""
    return "; ".join(f"{name} {sources}" for name, sources in POLICY.items())


def add_policy(app, pagename, templatename, context, doctree):
    """Put the policy before all that it is about."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy()}" />'
    context["metatags"] = meta + context.get("metatags", "")


def bundle(app, pagename, templatename, context, doctree):
    """Replace a page's scripts by two: what runs before the page is painted, and the rest."""
    ours = [text_of_ours(app, name) for name in ("site.js", COPY, RUN, HOST)]
    used = filter(is_used, context["script_files"])
    # Settings first: in the page they were there before any file ran.
    theirs = [text_of(app, script) for script in sorted(used, key=lambda s: bool(s.filename))]
    theirs.append(Path(app.outdir, "_static", THEME).read_text("utf8"))
    theirs = changed("\n;".join(dict.fromkeys(re.sub(SOURCE_MAP, "", text) for text in theirs)))
    whole = "\n;".join([*ours, theirs])
    context["first_script"] = write(app, "first", node.minified(text_of_ours(app, "first.js")))
    context["site_script"] = write(app, "site", node.minified(whole))


def changed(text):
    """Return what scripts say with each change, whose place has to be there."""
    for before, after in CHANGED.items():
        if before not in text:
            raise ValueError(f"The scripts of others no longer have what is changed: {before}")
        text = text.replace(before, after)
    return text


def text_of_ours(app, name):
    """Return what a script of the book says."""
    return Path(app.outdir, "_static", name).read_text("utf8")


def is_used(script):
    """Return whether a script is the book's to load, and not one of ours."""
    return not UNUSED.search(f"{script.filename} {script.attributes.get('body', '')}")


def text_of(app, script):
    """Return what a script says, be it a file or written in the page."""
    if script.filename:
        return Path(app.outdir, str(script.filename)).read_text("utf8")
    return script.attributes["body"]


def remove_the_others(app, exception):
    """Remove the scripts that no page loads; extensions copy them at each build."""
    static = Path(app.outdir, "_static")
    for path in [*static.rglob("*.js"), *static.rglob("*.js.*")]:
        if not LOADED.fullmatch(path.name):
            path.unlink()


def setup(app):
    app.connect("build-finished", remove_the_others, priority=100)
    app.connect("html-page-context", add_policy, priority=902)
    app.connect("html-page-context", bundle, priority=902)  # after the widgets are in the page
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
