"""Addresses: of the site, of the repository, and of the page for an address that does not exist.

Both come from ``_config.yml``: ``html.baseurl`` and ``repository.url``.  What needs one that is
not set is left out.
"""

import re
from functools import cache
from html import escape
from pathlib import Path
from textwrap import shorten
from urllib.parse import quote, urlencode, urlsplit

import yaml
from docutils import nodes

from book._ext.pages import summary

SIZE = 1200, 630  # of a card, in pixels


def site_of(config):
    """Return the site's address with one slash at its end; empty if there is none."""
    return config.html_baseurl and config.html_baseurl.rstrip("/") + "/"


def add_card(app, pagename, templatename, context, doctree):
    """Describe a page to programs that show a preview of each link."""
    if doctree is None:
        return
    card = {
        "og:type": "article",
        "og:site_name": app.config.html_title,
        "og:title": app.env.titles[pagename].astext(),
        "og:description": summary(doctree),
    }
    if site := site_of(app.config):
        card |= {"og:url": context["pageurl"], "og:image": site + picture_of(pagename)}
        card |= {"og:image:alt": alt_of(card["og:title"], doctree)}
        card |= {"og:image:width": SIZE[0], "og:image:height": SIZE[1]}
        twitter = {"card": "summary_large_image", "image:alt": card["og:image:alt"]}
        context["metatags"] += "".join(
            f'\n<meta name="twitter:{name}" content="{escape(value)}" />'
            for name, value in twitter.items()
        )
    context["metatags"] += "".join(
        f'\n<meta property="{name}" content="{escape(str(value))}" />'
        for name, value in card.items()
    )


def picture_of(docname):
    """Return the path of the picture of a page's card, which `cards.py` draws."""
    return f"_static/cards/{Path(docname).name}.png"


def alt_of(title, doctree):
    """Say what is on the picture of a page's card."""
    figure = next((image["alt"] for image in doctree.findall(nodes.image) if "alt" in image), "")
    beside = f" Beside it: {figure}" if figure else ""
    text = f"The title “{title}”, and what the page asks or is about.{beside}"
    return shorten(text, 420, placeholder=" …")  # the most that is taken


def add_reports(app, pagename, templatename, context, doctree):
    """Give the templates a link to each form for issues, with the page filled in."""
    repository = app.config.html_theme_options["repository_url"].rstrip("/")
    if repository and (doctree is not None or pagename == "404"):
        title = app.env.titles[pagename].astext() if doctree else "A link that leads nowhere"
        where = f"{title}, {context['pageurl'] or pagename}"
        context["reports"] = {
            form: (name, f"{repository}/issues/new?{urlencode({'template': form, field: where})}")
            for form, name, field in forms(Path(app.srcdir, ".github", "ISSUE_TEMPLATE"))
        }


@cache
def forms(folder):
    """Return the file, the name and the first field of each form, that for a number first."""
    read = {path.name: yaml.safe_load(path.read_text("utf8")) for path in folder.glob("*.yml")}
    return sorted(
        (file, form["name"].lower(), form["body"][0]["id"])
        for file, form in read.items()
        if "body" in form
    )[::-1]


def add_missing_page(app):
    """Add the page that a host shows for an address that does not exist."""
    yield "404", {"title": "No such page", "pageurl": None}, "404.html"


def root_missing_page(app, exception):
    """Let the links of that page begin at the top of the host, since it is shown at any depth."""
    page = Path(app.outdir, "404.html")
    if exception is None and (site := site_of(app.config)):
        relative = r'(?<= )((?:href|src|action|data-content_root)=")(?![a-z]+:|[/#])(?:\./)?'
        text = page.read_text("utf8")
        page.write_text(re.sub(relative, rf"\g<1>{urlsplit(site).path}", text), "utf8")


def write_map(app, exception):
    """List the pages for search engines, which take whole addresses only."""
    if exception is None and (site := site_of(app.config)):
        pages = "".join(
            f"<url><loc>{site}{quote(name)}.html</loc></url>\n"
            for name in sorted(app.env.found_docs)
        )
        Path(app.outdir, "sitemap.xml").write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{pages}</urlset>\n'
        )
        Path(app.outdir, "robots.txt").write_text(
            f"User-agent: *\nAllow: /\n\nSitemap: {site}sitemap.xml\n"
        )


def setup(app):
    app.connect("html-page-context", add_card)
    # Before the theme tries which templates stay empty.
    app.connect("html-page-context", add_reports, priority=400)
    app.connect("html-collect-pages", add_missing_page)
    app.connect("build-finished", write_map)
    app.connect("build-finished", root_missing_page, priority=990)  # after those who add links
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
