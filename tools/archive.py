"""Pack the built book into one archive that needs no server: `make zip`.

    python -m tools.archive

It is `_build/one-step-at-a-time-<version>.zip`: the pages with all that they load, the notebooks
with the package that they import, and a file that says what to open.  Python in the browser and
JupyterLite stay out, for they don't start from a file; where a page would offer them, it says so.
The same book gives the same bytes.
"""

import io
import re
import sys
import zipfile
from pathlib import Path

from book._ext.anchors import MOVED
from book._ext.scripts import policy
from book._ext.take import NAME
from rnncore import __version__
from tools import lite, pyodide

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
TOP = f"{NAME}-{__version__}"
TARGET = ROOT / "_build" / f"{TOP}.zip"
DAY = (1980, 1, 1, 0, 0, 0)  # the first that an archive can name
LICENCES = ("LICENSE", "LICENSE-text")
FOLDERS = {"lite", "pyodide", "_sources"}  # the last are in the folder of notebooks
LEFT = re.compile(
    rf"404\.html|sitemap\.xml|robots\.txt|objects\.inv|\.\w+|{NAME}.*"
    r"|_static/(?:run-(?:page|worker)\.[0-9a-f]{8}\.js|.*macros\.html)"
)
OFFER = re.compile(r"\s*<(li|p) data-take\b.*?</\1>", re.S)
SERVED = re.compile(r"\s*<li><a [^>]*\bdata-served\b.*?</li>", re.S)
RUN = re.compile(r'<div class="rnn-run\b.*?</div>', re.S)
SOURCE = re.compile(r'(?<=")\.\./_sources/book/')
EMBED = re.compile(r"(?<=[\"(])\.\./(?=embed/)")  # in the notebooks, one folder up from the pages
README = """\
One Step at a Time, version {version}
Recurrent networks from scratch in NumPy

To read the book, open the file "Open me.html" in a browser. It needs no server and no network.
Everything works as it does on the site, except for running Python in the page and JupyterLite,
which need a server.{site}

To run the code, use the notebooks. They need Python 3.11 or newer, and for the installation a
network. In this folder:

    cd notebooks
    python -m venv .venv
    .venv/bin/python -m pip install -r requirements.txt
    .venv/bin/jupyter lab intro.ipynb

On Windows write ".venv\\Scripts\\" in place of ".venv/bin/".

Text and figures are under CC BY 4.0 (LICENSE-text), and code is under the MIT licence (LICENSE).
"""
REQUIREMENTS = """\
# In this folder: python -m pip install -r requirements.txt
./{wheel}[book]
jupyterlab>=4.2,<5
"""


def main():
    if sys.argv[1:]:
        sys.exit(__doc__)
    if not (HTML / "index.html").exists():
        sys.exit("There is no built book in _build/html; run `make book` first.")
    pyodide.gather()
    (wheel,) = pyodide.FOLDER.glob("rnncore-*.whl")
    files = contents(HTML, ROOT / "book", wheel, lite.base_of_site())
    TARGET.write_bytes(packed(files))
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size / 1e6:.1f} MB, {len(files)} files")


def contents(html, book, wheel, site):
    """Return what is in the archive, {place: bytes}; `site` is the public address, or empty."""
    files = {"Open me.html": first_page(html).encode()}
    there = f" The site is {site}/" if site else ""
    files["README.txt"] = README.format(version=__version__, site=there).encode()
    files |= {name: (ROOT / name).read_bytes() for name in LICENCES}
    for path in sorted(html.rglob("*")):
        place = path.relative_to(html).as_posix()
        if path.is_file() and not is_left_out(place):
            files[f"site/{place}"] = without_a_server(place, path.read_bytes(), site)
    for path in sorted([*book.glob("*.ipynb"), *book.glob("*.md")]):
        files[f"notebooks/{path.name}"] = EMBED.sub("../site/", path.read_text("utf8")).encode()
    name = "-".join([*wheel.name.split("-")[:2], "py3-none-any.whl"])  # without a build number
    files[f"notebooks/{name}"] = repacked(wheel)
    files["notebooks/requirements.txt"] = REQUIREMENTS.format(wheel=name).encode()
    return files


def first_page(html):
    """Return a page that leads to the book's first page, with and without a script."""
    first = re.search(r'data-moved="([^"]+)"', (html / "index.html").read_text("utf8"))[1]
    return MOVED.format(
        policy=policy(),
        uri=f"site/{first}",
        title="One Step at a Time",
        canonical=f"site/{first}",
        tags="",
        script="site/_static/moved.js",
    )


def is_left_out(place):
    return place.partition("/")[0] in FOLDERS or LEFT.fullmatch(place) is not None


def without_a_server(place, content, site):
    """Return a file of the site; a page no longer offers what does not start from a file."""
    if not place.endswith(".html"):
        return content
    text = SERVED.sub("", OFFER.sub("", content.decode()))
    text = SOURCE.sub("../../notebooks/", text)
    notebook = f"../../notebooks/{Path(place).stem}.ipynb"
    there = f'<a href="{site}/{place}">on the site</a>' if site else "on the site of the book"
    words = (
        '<p class="rnn-run d-print-none"><span>To run this code a page has to come from a server, '
        f'as it does {there}. It also runs in a Jupyter of your own, from <a href="{notebook}">the '
        "notebook</a>.</span></p>"
    )
    return RUN.sub(words, text).encode()


def repacked(wheel):
    """Return a wheel whose bytes depend on nothing but what is in it."""
    with zipfile.ZipFile(wheel) as archive:
        return archived({name: archive.read(name) for name in archive.namelist()})


def packed(files):
    return archived({f"{TOP}/{name}": files[name] for name in sorted(files)})


def archived(files):
    """Return an archive of these files, {place: bytes}, in this order, on a fixed day."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, DAY)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return whole.getvalue()


if __name__ == "__main__":
    main()
