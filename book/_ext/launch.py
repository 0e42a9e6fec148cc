"""Where a chapter can be run besides its page: the menu at its head, with links alone.

Colab and Binder need the repository's address (``repository.url`` in ``_config.yml``), and
JupyterLite is there if it has been made (``make lite``); what is not there is left out.
"""

from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

LITE = "_build/lite/site"  # where `make lite` makes it
COLAB = "https://colab.research.google.com/github"
BINDER = "https://mybinder.org/v2"


def add_places(app, pagename, templatename, context, doctree):
    """Give the template of a chapter its places, each with a name, an address and a title."""
    source = doctree is not None and app.env.doc2path(pagename, base=False)
    if not source or not source.endswith(".ipynb"):
        return
    places = []
    if Path(app.srcdir, LITE).exists():
        query = urlencode({"path": Path(source).name})
        address = f"{context['pathto']('lite/notebooks/index.html', 1)}?{query}"
        places.append(("JupyterLite", address, "In this browser, with nothing to install"))
    options = app.config.html_theme_options
    if repository := options["repository_url"].rstrip("/"):
        places += hosted(repository, options["repository_branch"], source)
    stored = context["pathto"](f"_sources/{context['sourcename']}", 1)
    places.append(("Download", stored, "As a notebook, for a Jupyter of your own"))
    context["launch"] = places


def hosted(repository, branch, source):
    """Return the places that take the notebook from its repository."""
    parts = urlsplit(repository)
    path, file, branch = parts.path.strip("/"), quote(source), quote(branch, safe="")
    on_github = parts.hostname == "github.com"
    provider = f"gh/{path}" if on_github else f"git/{quote(repository, safe='')}"
    opened = urlencode({"urlpath": f"lab/tree/{source}"})
    colab = ("Colab", f"{COLAB}/{path}/blob/{branch}/{file}", "With an account at Google")
    binder = ("Binder", f"{BINDER}/{provider}/{branch}?{opened}", "May take minutes to start")
    return [colab, binder] if on_github else [binder]


def setup(app):
    app.connect("html-page-context", add_places)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
