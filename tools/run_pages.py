"""Run every page as readers do, and note which cells take long: `python -m tools.run_pages`.

It needs the built book with NumPy's wheel, and writes seconds.json: {page: {cell: seconds}}, where
a mark of its code stands for a cell.  Pages say of these cells how long they take.
"""

import json
from pathlib import Path

from playwright.sync_api import sync_playwright

from book._ext.run import SECONDS, mark_of
from tests.support.running import CELLS, Running
from tools import browser, host

HTML = Path(__file__).resolve().parent.parent / "_build" / "html"
LONG = 2.0  # seconds; what is quicker needs no word
TOOK = "(cells) => cells.map(({ dataset }) => Number(dataset.runTook))"


def measured(page):
    """Run all cells of a page that is open; return how long each took, by the mark of its code."""
    cells = page.locator(CELLS)
    marks = [mark_of(code) for code in cells.locator(".cell_input pre").all_text_contents()]
    chapter = Running(page).press()
    chapter.run_all(seconds=600)
    return dict(zip(marks, cells.evaluate_all(TOOK), strict=True))


def main():
    found = {}
    with host.serve(HTML) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.path(), args=["--no-sandbox"])
        for path in sorted((HTML / "book").glob("*.html")):
            if "data-run=" not in path.read_text(encoding="utf8"):
                continue
            page = chromium.new_page()
            page.goto(f"{address}/book/{path.name}")
            page.wait_for_selector("html[data-rnn-ready]", state="attached")
            took = measured(page)
            page.close()
            long = {mark: round(seconds) for mark, seconds in took.items() if seconds >= LONG}
            found |= {path.stem: dict(sorted(long.items()))} if long else {}
            print(f"{path.stem}: {sum(took.values()):.1f} s, {len(long)} long", flush=True)
        chromium.close()
    SECONDS.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
