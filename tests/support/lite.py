"""JupyterLite in a real browser: a notebook of the site is opened, and its cells run."""

import time
from contextlib import contextmanager

from tools.host import serve

RUN_ALL = """() => window.jupyterapp.commands.execute("notebook:run-all-cells")"""
MODEL = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON()"
IS_OPEN = "() => Boolean(window.jupyterapp?.shell.currentWidget?.sessionContext?.isReady)"


@contextmanager
def opened(browser, site, notebook):
    """Yield the page of a notebook, served from the folder of a site; no other host is asked."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    with serve(site) as address:
        foreign = []
        own = (address, "blob:", "data:")
        context.on("request", lambda r: r.url.startswith(own) or foreign.append(r.url))
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.goto(f"{address}/lite/notebooks/index.html?path={notebook}")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        wait(page, IS_OPEN, 60)
        yield page
        context.close()
    assert foreign == []


def wait(page, condition, seconds):
    """Wait until a function of the page returns something true, and return that."""
    end = time.monotonic() + seconds
    while not (found := page.evaluate(condition)):
        assert time.monotonic() < end, f"still false after {seconds} s: {condition}"
        page.wait_for_timeout(100)
    return found


def run_first(page, code):
    """Replace the code of the first cell that shows its code, run it, and return what it says."""
    cell = page.locator(".jp-Notebook .jp-CodeCell:has(.cm-content)").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    cell.locator(".jp-InputPrompt", has_text="*").wait_for()
    cell.locator(".jp-InputPrompt:not(:text('*'))").wait_for()
    return cell.locator(".jp-OutputArea-output").inner_text()
