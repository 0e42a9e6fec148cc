"""Measure how high widgets and sections of the built book are: `make heights` writes heights.json.

A widget starts, and a section is laid out, when it is near the screen.  Until then its page keeps
as much place for it.
The heights are in pixels, one for each width of `WIDTHS`; book.css says from where on each holds.
"""

import json
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools import browser

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "_build" / "html" / "book"
FILE = ROOT / "book" / "_generated" / "heights.json"
WIDTHS = (360, 412, 768, 1280)
ALL = ".rnn-far { content-visibility: visible !important; }"
MEASURE = """
() => rnn.startAll().then(() => Object.fromEntries(
  [...document.querySelectorAll("[data-rnn-slot], article > section > section[id]")].map(
    (node) => [node.id, Math.round(node.getBoundingClientRect().height)])))
"""


def measured(page, width):
    """Return the heights on a page that is open, once it is that wide, by the names of anchors."""
    page.add_style_tag(content=ALL)
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("document.fonts.ready.then(() => undefined)")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
    return page.evaluate(MEASURE)


def main():
    heights = {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.path(), args=["--no-sandbox", "--disable-gpu"]
        )
        for path in sorted(PAGES.glob("*.html")):
            for width in WIDTHS:
                page = chromium.new_page(viewport={"width": width, "height": 800})
                page.goto(path.as_uri())
                page.wait_for_selector("html[data-rnn-ready]", state="attached")
                for name, height in measured(page, width).items():
                    heights.setdefault(f"{path.stem}#{name}", []).append(height)
                page.close()
        chromium.close()
    lines = (f"  {json.dumps(name)}: {json.dumps(heights[name])}" for name in sorted(heights))
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{len(heights)} heights are in {FILE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
