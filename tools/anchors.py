"""Add the anchors that the built book has gained to book/anchors.txt: `python -m tools.anchors`.

One that is gone stays in the list until somebody writes its new place behind an arrow.
"""

import re
from html import unescape
from itertools import groupby
from pathlib import Path

from book._ext.anchors import read, spread

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
LIST = ROOT / "book" / "anchors.txt"
# The marks of citations and of the index have numbers, which change with every other one.
NOT_PROMISED = re.compile(r"id\d+|index-\d+|rnn-widgets")


def main():
    pages = read(LIST)
    for path in sorted((HTML / "book").glob("*.html")):
        listed = pages.setdefault(f"book/{path.stem}", {})
        found = dict.fromkeys(anchors_of(path.read_text("utf8")), "")
        gone = {anchor: new for anchor, new in listed.items() if anchor not in found}
        pages[f"book/{path.stem}"] = found | gone
    text = "\n".join(line for name in pages for line in lines(name, pages[name]))
    LIST.write_text(f"{text}\n", "utf8")


def anchors_of(page):
    """Return the ids in a page's article that others may link to, in their order."""
    article = page.partition("<article")[2].partition("</article>")[0]
    # What has moved within the page is at its new place, too, and no anchor of its own.
    ids = re.findall(r'<\w+(?![^>]*\sdata-moved=)[^>]*?\sid="([^"]+)"', article)
    return [name for name in map(unescape, ids) if not NOT_PROMISED.fullmatch(name)]


def lines(page, anchors):
    """Yield the lines of a page: its name, then its anchors, the steps of a widget in one."""
    yield arrow(page, anchors.get(""))
    for ends, group in groupby((pair for pair in anchors.items() if pair[0]), key=without_step):
        pairs = [*group]
        ends = [end + str(len(pairs) - 1) if end.endswith("…") else end for end in ends]
        is_whole = len(pairs) > 1 and [old for old, _ in pairs] == spread(ends[0])
        yield from (f"  {arrow(*pair)}" for pair in ([ends] if is_whole else pairs))


def without_step(pair):
    """Return an anchor and its new place, as they begin in the list: ``memory?step=0…``."""
    return [re.sub(r"=\d+$", "=0…", part) for part in pair]


def arrow(old, new):
    return f"{old} -> {new}" if new else old


if __name__ == "__main__":
    main()
