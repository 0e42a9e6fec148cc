"""The widgets in a real JupyterLab and a real Notebook 7: they draw, step, and keep their keys."""

import re

import nbformat
import pytest

from rnncore import widgets
from rnncore.widgets.base import Widget
from tests.support.gallery import CELLS
from tests.support.jupyter import PLACES
from tools.notebooks import normalise_output

pytestmark = pytest.mark.xdist_group("jupyter")  # one server for all

LIVE = [
    "from rnncore.widgets import StateStepper\n"
    "w = StateStepper([1, 0, 1], W_x=1.0, W_h=0.5, id='live')\nw",
    "w.step = 2",
    "import ipywidgets\nslider = ipywidgets.FloatSlider(value=0.25, min=0, max=2, step=0.25)\n"
    "ipywidgets.jslink((slider, 'value'), (w, 'W_h'))\nslider",
    "print('python has', w.step, w.W_h, w.trace()['h'][-1])",
]
IDLE = "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status"
SEEN = """() => {
  const { model } = jupyterapp.shell.currentWidget.content;
  const cells = model.sharedModel.cells.map((cell) => [cell.cell_type, cell.source]);
  return JSON.stringify([cells, document.querySelector(".jp-Dialog") === null]);
}"""
# Each changes the cells of a notebook, or runs one, where the notebook hears of it.
KEYS = ["x", "d", "d", "m", "a", "Shift+M", "Enter"]
MORE = ["b", "y", "v", "0", "0", "Shift+Enter", "Alt+Enter", "Control+Enter", "Escape", "ArrowDown"]
# What can have the focus, one element of each kind: their kinds, and how one gets it.
FOCUSABLE = """(root, wanted) => {
  root.querySelectorAll("details").forEach((details) => { details.open = true; });
  const kinds = new Map();
  for (const node of root.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex]",
  )) {
    const kind = [node.localName, node.type, node.getAttribute("role"), node.tabIndex].join();
    if (node.checkVisibility() && !kinds.has(kind)) kinds.set(kind, node);
  }
  kinds.get(wanted)?.focus();
  return [...kinds.keys()];
}"""
HAS_FOCUS = "(root) => root.contains(document.activeElement)"


def stored(value):
    """Return what a stored notebook has of the value of a cell."""
    if not isinstance(value, Widget):
        return []
    data, _ = value._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
    return [normalise_output(output)]


def written(path):
    """Write a notebook with a live widget and, as they are stored, the whole family."""
    new = nbformat.v4.new_code_cell
    cells = [new(source) for source in LIVE]
    cells += [new(source, outputs=stored(value), execution_count=1) for source, value in CELLS]
    family = nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_markdown_cell("The end.")])
    family.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(family, path)


@pytest.fixture(scope="module", params=PLACES)
def page(jupyter, browser, request):
    """That notebook, opened in one of the places; each saves its own by itself, after a while."""
    address, folder = jupyter
    notebook = request.param.replace(" ", "-") + ".ipynb"
    written(folder / notebook)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.errors = []  # of what a widget brings; Notebook 7 has an error of its own
    page.on("pageerror", lambda e: "blob:" in f"{e.stack}" and page.errors.append(e.stack))
    page.goto(f"{address}/{PLACES[request.param]}/{notebook}")
    page.wait_for_function(f"() => ({IDLE})() === 'idle'")
    yield page
    context.close()


def cell(page, number):
    """Return a code cell, counted from 0, on the screen."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(number)
    cell.scroll_into_view_if_needed()
    return cell


def run_cell(page, number):
    """Run one code cell, and wait until it has its number."""
    ran = cell(page, number)
    ran.locator(".jp-InputArea-editor .cm-content").click()
    page.keyboard.press("Control+Enter")
    ran.locator(".jp-InputPrompt", has_text=re.compile(r"\[\d+\]")).wait_for()
    return ran


def family():
    """Return the place of each widget of the gallery among the code cells, and the widget."""
    values = [value for _, value in CELLS]
    return [(len(LIVE) + i, v) for i, v in enumerate(values) if isinstance(v, Widget)]


def test_before_anything_has_run_each_widget_is_a_table(page):
    for number, widget in family():
        output = cell(page, number).locator(".jp-OutputArea-output")
        assert "Run this cell" in output.inner_text()
        assert output.locator("tr").count() >= 2, widget
        assert output.locator("[data-rnn-widget]").count() == 0


def test_it_draws_steps_and_goes_both_ways(page):
    live = run_cell(page, 0).locator('[data-rnn-widget="state-stepper"]')
    live.wait_for()
    assert live.get_attribute("data-step") == "0"
    run_cell(page, 1)  # Python sets the step, and the view follows
    page.locator('[data-rnn-widget="state-stepper"][data-step="2"]').wait_for()
    live.get_by_role("button", name="Next step").click()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")  # keys are the stepper's, not the notebook's
    assert live.get_attribute("data-step") == "3"
    track = run_cell(page, 2).locator(".noUi-base")
    track.wait_for()
    size = track.bounding_box()  # from 0 to 2
    track.click(position={"x": size["width"] / 4, "y": size["height"] / 2})
    live.locator('[data-name="W_h"][data-value="0.5"]').first.wait_for(state="attached")
    output = run_cell(page, 3).locator(".jp-OutputArea-output")
    # The state after 1, 0, 1 with W_h = 0.5: 1 + 0.5² = 1.25; the step is the reader's.
    output.filter(has_text="python has 3 0.5 1.25").wait_for()


def test_the_whole_family_draws_in_place_of_its_tables(page):
    page.evaluate("() => void jupyterapp.commands.execute('notebook:run-all-cells')")
    for number, widget in family():
        drawn = cell(page, number).locator("[data-rnn-widget]").first
        drawn.wait_for()
        is_check = isinstance(widget, widgets.Check)  # it shows its answer last
        assert drawn.locator("input" if is_check else "[data-value]").count() > 0
        assert cell(page, number).get_by_text("Run this cell").count() == 0
    assert {type(widget).__name__ for _, widget in family()} == set(widgets.__all__)
    assert page.errors == []


def test_no_key_pressed_in_a_widget_reaches_the_notebook(page):
    """In the first widget, and in each kind of element once: that all of one kind have what keeps
    any key in, in every widget, is a matter of test_family."""
    before, tried = page.evaluate(SEEN), set()
    kinds = {type(widget): (number, widget) for number, widget in family()}
    for number, widget in kinds.values():
        root = cell(page, number).locator("[data-rnn-widget]")
        root.click(position={"x": 2, "y": 2})  # where nothing has a use for it
        assert root.evaluate(HAS_FOCUS), widget
        press(page, *([*KEYS, *MORE] if not tried else KEYS[:1]))
        for kind in [kind for kind in root.evaluate(FOCUSABLE) if kind not in tried]:
            tried.add(kind)
            root.evaluate(FOCUSABLE, kind)
            press(page, *KEYS)
            assert page.evaluate(SEEN) == before, f"{widget}: {kind}"
            assert root.evaluate(HAS_FOCUS), f"{widget}: {kind}"
        assert page.evaluate(SEEN) == before, widget
    assert len(tried) > 5
    assert page.errors == []


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_arrow_keys_step_every_stepper_and_move_its_sliders(page):
    for number, widget in family():
        root = cell(page, number).locator("[data-rnn-widget]")
        if not root.get_attribute("data-steps"):
            continue
        root.click(position={"x": 2, "y": 2})
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        assert root.get_attribute("data-step") == "1", widget
        root.get_by_role("slider", name="Time step").focus()
        page.keyboard.press("ArrowRight")
        assert root.get_attribute("data-step") == "2", widget


def test_a_field_takes_what_is_typed(page):
    live = cell(page, 0).locator("[data-rnn-widget]")
    live.locator("details.editor").evaluate("(details) => { details.open = true; }")
    live.get_by_role("spinbutton", name="W_h", exact=True).fill("1.5")
    page.keyboard.press("Enter")
    output = run_cell(page, 3).locator(".jp-OutputArea-output")
    output.filter(has_text="python has 2 1.5 3.25").wait_for()  # 1 + 1.5²
