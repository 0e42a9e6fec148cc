"""Measure what one drag of a number costs a page: `make drag`.

The figures are script, style and layout after one event of the slider, in milliseconds of the
page's main thread, with every panel open and the slider on the screen.  Chromium counts the time
for which the thread has run, so other work on the machine doesn't count.  No speed fails the run.
"""

import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from rnncore.widgets import BpttStepper, StateStepper, TrainingStepper
from tools import browser, preview

DRAGS, FIRST = 200, 20  # the first ones, in which code is still being compiled, do not count
PARTS = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")
DRAG = """
async (share) => {
  const slider = document.querySelector('input[aria-label^="Drag"]');
  const [least, most] = [slider.min, slider.max].map(Number);
  slider.value = least + share * (most - least);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}
"""
MOVED = "String(document.querySelector('[data-rnn-slot]').rnnModel.get('W_h'))"


def shown():
    """Return the steppers by what they are: small, usual, and at their largest."""
    longest, most = StateStepper.LIMITS["timesteps"], BpttStepper.LIMITS
    scalar = {"X": [1.0, 0.0, 1.0, 1.0, 0.0, 1.0], "W_x": 1.0, "W_h": 0.5}
    usual = vectors(6, 3, 4)
    largest = vectors(most["timesteps"], most["features"], most["units"])
    made = [
        StateStepper(**scalar, id="a", step=6),
        StateStepper(**usual, id="b", step=6),
        StateStepper(**vectors(longest, 4, 4), id="c", step=longest),
        BpttStepper(**scalar, id="d", step=8),
        BpttStepper(**usual, id="e", step=8),
        BpttStepper(**largest, id="f", step=2 * most["timesteps"]),
        TrainingStepper(id="g", step=32),
        TrainingStepper(timesteps=40, updates=1000, rate=1e-6, id="h", step=1000),
    ]
    return {name_of(widget): widget for widget in made}


def vectors(timesteps, features, units):
    """Return parameters of these sizes, as a stepper takes them."""
    rng = np.random.default_rng(0)
    shapes = (timesteps, features), (features, units), (units, units), units, units
    numbers = ((rng.normal(size=shape) / 2).round(2).tolist() for shape in shapes)
    named = dict(zip(("X", "W_x", "W_h", "b", "h0"), numbers, strict=True))
    return {**named, "activation": "tanh"}


def name_of(widget):
    if isinstance(widget, TrainingStepper):
        return f"TrainingStepper, {widget.timesteps} steps, {widget.updates} updates"
    sizes = np.shape(widget.X) + np.shape(widget.b)
    of = "{} steps, {} features, {} units".format(*sizes) if len(sizes) == 3 else "scalar"
    return f"{type(widget).__name__}, {of}"


def measure(chromium, widget, drags=DRAGS, first=FIRST):
    """Return the milliseconds (drags, 3) that script, style and layout took after each drag."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drag.html"
        path.write_text(preview.page([widget]), encoding="utf8")
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        page.locator('input[aria-label^="Drag"]').scroll_into_view_if_needed()
        counters = page.context.new_cdp_session(page)
        counters.send("Performance.enable", {"timeDomain": "threadTicks"})

        def read():
            metrics = counters.send("Performance.getMetrics")["metrics"]
            now = {metric["name"]: metric["value"] for metric in metrics}
            return 1e3 * np.array([now[part] for part in PARTS])

        took, start = [], page.evaluate(MOVED)
        for k in range(first + drags):
            before = read()
            page.evaluate(DRAG, 37 * k % 60 / 60)
            took.append(read() - before)
        if page.evaluate(MOVED) == start:
            raise RuntimeError(f"the slider must move W_h, and it is still {start}.")
        page.close()
    return np.array(took[first:])


def main():
    print(f"{'ms a drag':45}median   p95   p99   max   script + style + layout")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.path(),
            args=["--no-sandbox", "--disable-gpu"],
        )
        for name, widget in shown().items():
            took = measure(chromium, widget)
            whole = took.sum(axis=1)
            figures = "".join(f"{value:6.1f}" for value in np.percentile(whole, [50, 95, 99, 100]))
            parts = " + ".join(f"{value:.1f}" for value in np.median(took, axis=0))
            print(f"{name:45}{figures}   {parts}", flush=True)
        chromium.close()


if __name__ == "__main__":
    main()
