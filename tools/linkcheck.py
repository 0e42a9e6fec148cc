"""Check the links that lead out of the built book and out of the repository's texts.

    make linkcheck

Sphinx's own checker asks for each address.  One line is printed for each that is broken, with the
pages that have it, and these fail the run.  What has moved for good, and what lets no program in,
is printed too, and fails nothing.  For a DOI the registry is asked, as publishers refuse programs.
"""

import json
import re
import socket
import sys
import tempfile
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import requests
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from book._ext.pages import written

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
TEXTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "READERS.md"]
IN_PAGE = re.compile(r'<(?:a|img|iframe)\b[^>]*\s(?:href|src)="(https?://[^"]+)"')
IN_TEXT = re.compile(r"(?:\]\(|<)(https?://[^\s)>]+)")
DOI = re.compile(r"https?://(?:dx\.)?doi\.org/(10\.)")
REGISTRY = r"https://doi.org/api/handles/\1"
# What is not asked for, and why.
LEFT_OUT = {
    r"https://mybinder\.org/v2/": "each visit starts a machine",
    r"https://github\.com/[^/]+/[^/]+/(?:edit|issues/new)\b": "it asks who is there",
}
SETTINGS = {
    "linkcheck_timeout": 20,
    "linkcheck_retries": 2,
    "linkcheck_workers": 8,
    "linkcheck_rate_limit_timeout": 60,
    # These make the anchors of a page by a script.
    "linkcheck_anchors_ignore_for_url": [r"https://github\.com/"],
    "linkcheck_allow_unauthorized": True,  # what asks for a password is there
    "linkcheck_report_timeouts_as_broken": False,
}
FOR_GOOD = (301, 308)
REFUSED = re.compile(r"(?:403|405|406|418|999) ")


def main():
    if sys.argv[1:]:
        sys.exit(__doc__)
    if not (HTML / "index.html").exists():
        sys.exit("There is no built book in _build/html; run `make book` first.")
    found = links(HTML, [ROOT / name for name in TEXTS])
    if silent := hosts_that_are_silent(found):
        sys.exit(f"There is no network: no answer from {', '.join(silent)}.")
    lines, broken = report(found, check(found))
    print(*lines, sep="\n")
    print(f"{len(found)} links lead out of the book, and {broken} of them are broken.")
    sys.exit(1 if broken else 0)


def links(html, texts):
    """Return the addresses that pages and texts name, each with the places that name it."""
    found = {}
    for path in [*written(html), *texts]:
        pattern = IN_PAGE if path.suffix == ".html" else IN_TEXT
        for address in pattern.findall(path.read_text("utf8")):
            if not any(re.match(left_out, address) for left_out in LEFT_OUT):
                found.setdefault(unescape(address), {})[path.name] = True
    return {address: [*places] for address, places in found.items()}


def hosts_that_are_silent(found, most=3):
    """Return the hosts that were tried in vain if none answers; empty if one does."""
    hosts = [f"{url.scheme}://{url.netloc}/" for url in map(urlsplit, found)]
    tried = sorted({*hosts}, key=hosts.count)[-most:]
    return [] if any(map(answers, tried)) else tried


def answers(address):
    try:
        requests.head(address, timeout=10)
    except requests.RequestException:
        return False
    return True


def check(addresses, **settings):
    """Return what Sphinx finds out, {address: (status, what it says, code)}."""
    asked = {DOI.sub(REGISTRY, address): address for address in addresses}
    found = ask([*asked], settings)
    if late := [address for address, (status, *_) in found.items() if status == "timeout"]:
        found |= ask(late, settings)  # once more
    return {asked[address]: result for address, result in found.items()}


def ask(addresses, settings):
    """Run Sphinx's builder on a page that has nothing but these links."""

    def fill(app, doctree):
        doctree += nodes.paragraph("", "", *(nodes.reference(refuri=a) for a in addresses))

    before = socket.getdefaulttimeout()  # the builder sets it for all
    with tempfile.TemporaryDirectory() as folder, docutils_namespace():
        Path(folder, "index.rst").write_text("Links\n=====\n")
        places = (folder, None, f"{folder}/out", f"{folder}/out", "linkcheck")
        app = Sphinx(*places, SETTINGS | settings, status=None, warning=None)
        app.connect("doctree-read", fill)
        app.build()
        said = Path(folder, "out", "output.json").read_text("utf8").splitlines()
    socket.setdefaulttimeout(before)
    results = map(json.loads, said)
    return {one["uri"]: (one["status"], one["info"], one["code"]) for one in results}


def report(found, results):
    """Return a line for each link that is not as it should be, and how many are broken."""
    lines, broken = [], 0
    for address, (status, said, code) in sorted(results.items()):
        where = f"{address} ({', '.join(found[address])})"
        if status == "redirected" and code in FOR_GOOD:
            lines.append(f"moved:   {where} is now at {said}")
        elif status == "broken" and REFUSED.match(said):
            lines.append(f"refused: {where} lets no program in; look at it by hand")
        elif status in ("broken", "timeout"):
            broken += 1
            lines.append(f"broken:  {where}: {reason(status, said)}")
    return lines, broken


def reason(status, said):
    """Say in a few words why a link is broken."""
    if status == "timeout":
        return "no answer in time"
    if re.search(r"Max retries|NameResolution|resolve|[Cc]onnection", said):
        return "no such host, or it does not answer"
    return re.sub(r" for url: .*", "", said)


if __name__ == "__main__":
    main()
