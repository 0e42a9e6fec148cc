"""Put the built book among the versions of it that are published.

    python -m tools.publish BUILT EARLIER NEW

BUILT is the built site, EARLIER what was published before (a folder that may not exist), and NEW
the folder to make, which is then published as a whole:

    latest/       the built site
    v1/           the same, under the major version of the package; v0/ stays as it is
    versions.js   the newest version: pages in v1/ load it, and say when they are old
    book/…html    each page, under its address without a version, leads to the one in latest/

The site's address in `_config.yml`, if there is one, ends in /latest/, so canonical links do, too.
All else is relative, and the whole may lie in any folder of its host.
"""

import re
import shutil
import sys
from html import escape
from pathlib import Path

from book._ext.anchors import MOVED, TAGS
from book._ext.scripts import policy
from rnncore import __version__
from tools import lite

LATEST, NEWEST = "latest", "versions.js"
VERSION = re.compile(r"v\d+")
KEPT = {"CNAME"}  # what a host wants to find beside the book
BESIDE = ("404.html", "robots.txt")  # a host looks for them at the top
# What may be linked to and is no page, as notebooks and pictures, is copied: no file leads on.
COPIED = {"_sources", "_images", "_static"}
HASHED = re.compile(r"\.[0-9a-f]{8}\.")
FOOT = re.compile(r'(<p class="version">Version [^<]*)(?=</p>)')
TITLE = re.compile(r"<title>([^<]*)</title>")
# A link of the page for missing addresses, while the book knows no address of its own.
RELATIVE = re.compile(r'((?:href|src|action|data-content_root)=")(?![a-z]+:|[/#])(?:\./)?')
ROOT = Path(__file__).resolve().parent.parent
SCRIPT = (ROOT / "book" / "_static" / "versions.js").read_text("utf8")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        publish(*map(Path, sys.argv[1:]), site=lite.base_of_site())
    except ValueError as error:
        sys.exit(str(error))


def publish(built, earlier, new, version=__version__, site=""):
    """Make the folder NEW from the built site and from what was published before."""
    major = f"v{version.partition('.')[0]}"
    check(built, new, site)
    check_versions([*numbers(earlier), int(major[1:])], version)
    new.mkdir(parents=True, exist_ok=True)
    for path in sorted(earlier.glob("*")):
        if VERSION.fullmatch(path.name) and path.name != major:
            shutil.copytree(path, new / path.name)
        elif path.name in KEPT:
            shutil.copyfile(path, new / path.name)
    for name in (LATEST, major):
        shutil.copytree(built, new / name)
    for page in pages(new / major):
        date(page, new / major)
    (new / NEWEST).write_text(SCRIPT.replace("NEWEST", str(max(numbers(new)))), "utf8")
    for path in sorted(built.rglob("*")):
        place = path.relative_to(built)
        if path.is_file() and place.as_posix() not in BESIDE and not place.match("*-macros.html"):
            without_version(path, place, new, site)
    for name in BESIDE:
        if (built / name).exists():
            (new / name).write_text(RELATIVE.sub(rf"\g<1>{LATEST}/", read(built / name)), "utf8")


def check(built, new, site):
    """Refuse what would break the addresses that readers have."""
    if not (built / "index.html").is_file():
        raise ValueError(f"BUILT must be the built site, got {built}, where no index.html is.")
    if new.exists() and any(new.iterdir()):
        raise ValueError(f"NEW must be a new or an empty folder, got {new}, which has files.")
    if site and not site.endswith(f"/{LATEST}"):
        raise ValueError(
            f"html.baseurl in _config.yml must be empty or end in /{LATEST}/, where the pages "
            f"are, got {site}/."
        )


def check_versions(found, version):
    """Refuse to put an older version in the place of the latest one."""
    if found[-1] < max(found):
        raise ValueError(
            f"The version in rnncore/_version.py must be {max(found)}.0 or later, as v{max(found)} "
            f"is published already, got {version}: an older one would become the latest."
        )


def numbers(folder):
    """Return the versions in a folder."""
    return [int(path.name[1:]) for path in folder.glob("v*") if VERSION.fullmatch(path.name)]


def pages(folder):
    """Return the pages of a version that say which one it is."""
    return [path for path in folder.rglob("*.html") if FOOT.search(read(path))]


def date(page, folder):
    """Let a page of a version lead to its place in the latest one, and ask which is the newest."""
    place = page.relative_to(folder)
    up = "../" * len(place.parts)
    latest = f"{up}{LATEST}/{place.as_posix()}"
    script = f'<script defer src="{up}{NEWEST}" data-version="{folder.name[1:]}" '
    script += f'data-latest="{latest}"></script>'
    text = FOOT.sub(rf'\1, <a href="{latest}">the latest version</a>', read(page))
    page.write_text(text.replace("</head>", f"{script}\n</head>", 1), "utf8")


def without_version(path, place, new, site):
    """Let the address that a file had without a version go on working."""
    file, up = new / place, "../" * (len(place.parts) - 1)
    uri = f"{up}{LATEST}/{place.as_posix()}"
    if path.suffix == ".html":
        page = read(path)
        title = TITLE.search(page)
        text = MOVED.format(
            policy=policy(),
            uri=uri,
            title=title[1] if title else escape(place.stem),
            canonical=f"{site}/{place.as_posix()}" if site else uri,
            tags="\n".join(TAGS.findall(page)),
            script=f"{up}{LATEST}/_static/moved.js",
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf8")
    elif place.parts[0] in COPIED and not HASHED.search(place.name):
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, file)


def read(path):
    return path.read_text("utf8")


if __name__ == "__main__":
    main()
