"""Make one PDF of the built book: `make pdf`.

    python -m tools.pdf [--without-solutions] [--paper Letter]

All pages are joined into one, which a browser prints in the book's print style.  So links between
pages lead to pages of the PDF, and its outline, its tags and its page numbers are the browser's.
It is printed twice, because the table of contents has the numbers of the pages only then.
"""

import argparse
import logging
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

import yaml
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

import tools.browser
from rnncore import __version__

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
FOLDER = ROOT / "_build" / "pdf"
TAG = re.compile(r"<[a-z][^<>]*>")
NAMES = re.compile(r'\s(?P<name>id|for|headers|aria-(?:labelled|described)by)="(?P<value>[^"]*)"')
LINK = re.compile(r'\shref="(?P<address>[^"]*)"')
FILE = re.compile(r'\ssrc="(?P<path>[^":]*)"')
HEADING = re.compile(
    r'<section id="([^"]*)"[^>]*>\s*(?:<span[^>]*></span>\s*)*<h([12])>(.*?)</h\2>', re.S
)
ANY_HEADING = re.compile(r"<h([1-6])(?: [^>]*)?>(.*?)</h\1>", re.S)
LEFT_OUT = re.compile(
    r'<a class="headerlink".*?</a>|\sloading="lazy"|<script.*?</script>'
    r'|<div class="rnn-run.*?</div>',
    re.S,
)
STYLE = """
.title-page { page: title; height: 230mm; padding-top: 60mm; text-align: center; }
.title-page h1, .title-page .book { font-size: 30pt; line-height: 1.2; margin: 0 0 8mm; }
.title-page p { margin: 0 0 4mm; }
.title-page .licence { margin-top: 60mm; font-size: 9pt; }
@page title { @bottom-center { content: none; } }
.contents { page: contents; }
.contents ol { list-style: none; margin: 0; padding: 0; }
.contents li { display: flex; gap: 1em; justify-content: space-between; break-inside: avoid; }
.contents .h1 { margin-top: 0.7em; font-weight: 700; break-after: avoid; }
.contents .h2 { padding-left: 1.5em; }
.contents a { color: inherit !important; text-decoration: none !important; }
"""


@dataclass(frozen=True)
class Page:
    """One page of the book: its name, such as 04_bptt, and the HTML of its article."""

    name: str
    article: str

    @property
    def headings(self):
        """Return its title and the titles of its sections: (level, anchor, HTML)."""
        found = HEADING.findall(self.article)
        return [(int(level), anchored(self.name, name), title) for name, level, title in found]


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.pdf")
    parser.add_argument("--without-solutions", action="store_true")
    parser.add_argument("--paper", default="A4", choices=["A4", "Letter"])
    options = parser.parse_args()
    if not (HTML / "index.html").exists():
        sys.exit("There is no built book in _build/html: run `make book` first.")
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it minds how the browser counts
    path = FOLDER / f"one-step-at-a-time{'-without-solutions' * options.without_solutions}.pdf"
    pages = [page_of(name) for name in names()]
    with printer() as browser:
        count = write(browser, path, pages, options.paper, not options.without_solutions)
    size = path.stat().st_size / 1e6
    print(f"The book is in {path.relative_to(ROOT)}: {count} pages, {size:.1f} MB")


def settings():
    return yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))


def names():
    """Return the names of the book's pages, in their order."""
    return re.findall(r"book/(\w+)", (ROOT / "_toc.yml").read_text("utf8"))


def page_of(name):
    """Return a page of the built book, without what only a screen can use."""
    text = (HTML / "book" / f"{name}.html").read_text("utf8")
    article = re.search(r"<article[^>]*>(.*)</article>", text, re.S)[1]
    return Page(name, LEFT_OUT.sub("", article))


def anchored(page, anchor=""):
    """Return the name that an anchor of a page has in the whole book."""
    return f"{page}--{re.sub(r'[^a-zA-Z0-9]', '-', unescape(anchor))}" if anchor else page


def joined(pages, base=""):
    """Return the articles of all pages as one text whose links lead to each other.

    base : the public address of the site, for links to what is not in the PDF; without one such
        a link is plain text
    """
    ids = {
        anchored(page.name, name)
        for page in pages
        for name in re.findall(r'\sid="([^"]*)"', page.article)
    }
    known = {page.name for page in pages}

    def target(page, address):
        """Return the address of a link in the PDF; none where it would lead nowhere."""
        path, _, anchor = unescape(address).partition("#")
        if re.match(r"[a-z]+:", path):
            return address
        other = re.sub(r"\.html$", "", path) or page
        if other not in known:
            return f"{base}/{path.removeprefix('../')}" if base and path else ""
        tries = [anchored(other, anchor), anchored(other, anchor.partition("?")[0])]
        return "#" + next((name for name in tries if anchor and name in ids), other)

    def tag(page, text):
        def renamed(match):
            new = " ".join(anchored(page, name) for name in match["value"].split())
            return f' {match["name"]}="{new}"'

        def linked(match):
            new = target(page, match["address"])
            return f' href="{escape(new)}"' if new else ""

        text = LINK.sub(linked, NAMES.sub(renamed, text))
        return FILE.sub(lambda match: f' src="{(HTML / "book").as_uri()}/{match["path"]}"', text)

    return "\n".join(
        f'<article class="bd-article" id="{page.name}" style="page: p-{page.name}">'
        f"{TAG.sub(lambda match, page=page: tag(page.name, match[0]), page.article)}</article>"
        for page in pages
    )


def contents(pages, numbers):
    """Return the table of contents; `numbers` has the page of each anchor, or none yet."""
    lines = [
        f'<li class="h{level}"><a href="#{anchor}">{title}</a>'
        f"<span>{numbers.get(anchor, '000')}</span></li>"
        for page in pages
        for level, anchor, title in page.headings
    ]
    return f'<nav class="contents bd-article"><h1>Contents</h1><ol>{"".join(lines)}</ol></nav>'


def title_page(with_solutions):
    """Return the first page: title, version, licence."""
    known = settings()
    version = f"Version {__version__}{'' if with_solutions else ', without hints and solutions'}"
    address = known["html"]["baseurl"]
    return (
        f'<div class="title-page"><p class="book">{escape(known["title"])}</p>'
        f"<p>{escape(known['author'])}</p><p>{version}</p>"
        f'<p class="licence">Text and figures are under CC BY 4.0, code is under the MIT licence.'
        f"{f'<br>{escape(address)}' if address else ''}</p></div>"
    )


def words(title):
    """Return a title without its marks; of an equation what a screen reader hears is left out."""
    spoken = r'<span class="katex-mathml">.*?</math></span>'
    return unescape(re.sub(r"<[^>]*>", "", re.sub(spoken, "", title, flags=re.S))).strip()


def running_heads(pages):
    """Return the rules that print the title of each page of the book above its text."""
    rules = []
    for page in pages:
        text = words(page.headings[0][2]).replace("\\", "\\\\").replace('"', '\\"')
        style = "font: italic 9pt Georgia, 'Liberation Serif', serif; color: #444;"
        rules.append(f'@page p-{page.name} {{ @top-right {{ content: "{text}"; {style} }} }}')
    return "\n".join(rules)


def whole(pages, numbers, with_solutions):
    """Return the whole book as one page of HTML."""
    sheet = next((HTML / "_static").glob("book.*.css"))
    base = settings()["html"]["baseurl"].rstrip("/")
    choice = '<input type="checkbox" id="print-solutions" hidden>'  # see print.css
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{escape(settings()['title'])}</title>"
        f'<link rel="stylesheet" href="{sheet.as_uri()}">'
        f"<style>{STYLE}{running_heads(pages)}</style></head>"
        f'<body>{"" if with_solutions else choice}<div class="bd-content">'
        f"{title_page(with_solutions)}{contents(pages, numbers)}{joined(pages, base)}"
        f"</div></body></html>"
    )


@contextmanager
def printer():
    """Yield a browser that prints."""
    from playwright.sync_api import sync_playwright  # late: all else does without

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=tools.browser.path(), args=flags)
        yield browser
        browser.close()


def write(browser, path, pages, paper="A4", with_solutions=True):
    """Write the PDF, and return how many pages it has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source, numbers = path.with_suffix(".html"), {}
    tab = browser.new_page()
    tab.set_default_timeout(600_000)
    for _ in range(2):
        source.write_text(whole(pages, numbers, with_solutions), "utf8")
        tab.goto(source.as_uri())
        tab.pdf(path=path, format=paper, outline=True, tagged=True, print_background=True)
        numbers = numbers_in(path)
    tab.close()
    titles = [words(title) for _, title in ANY_HEADING.findall(source.read_text("utf8"))]
    source.unlink()
    return describe(path, titles)


def numbers_in(path):
    """Return the number of the page of each anchor that a link leads to."""
    reader = PdfReader(path)
    found = reader.named_destinations.items()
    pages = {name.lstrip("/"): reader.get_destination_page_number(target) for name, target in found}
    return {name: page + 1 for name, page in pages.items() if page is not None}


def describe(path, titles):
    """Say in the file what it is, and have readers show its outline; return its pages.

    titles : all headings; the browser writes one twice that it has moved to the next page
    """
    writer = PdfWriter(path, incremental=True)  # what it adds comes behind what is there
    known = settings()
    writer.add_metadata({"/Title": known["title"], "/Author": known["author"]})
    writer.page_mode = "/UseOutlines"
    entries = [*entries_below(writer.root_object["/Outlines"])]
    if len(entries) != len(titles):
        raise ValueError(f"the outline has {len(entries)} entries, and the book {len(titles)}.")
    for entry, title in zip(entries, titles, strict=True):
        entry[NameObject("/Title")] = TextStringObject(title)
    writer.write(path)
    return len(writer.pages)


def entries_below(entry):
    """Yield the entries of an outline in their order."""
    child = entry.get("/First")
    while child is not None:
        yield child.get_object()
        yield from entries_below(child.get_object())
        child = child.get_object().get("/Next")


if __name__ == "__main__":
    main()
