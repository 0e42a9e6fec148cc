"""What every widget of the family keeps, whichever it is; each is taken from the gallery."""

import re
from itertools import cycle

import pytest

from tests.support.browser import HTML
from tests.support.family import assert_true, button, follow, numbers_in, resize, root, values
from tests.support.gallery import WIDGETS
from tests.support.scripts import script
from tools import drag

PAGE = "gallery.html"
NAMES = list(WIDGETS)
WHERE = """
() => {
  const node = document.activeElement;
  return { outside: !node.closest("[data-rnn-slot]"), lost: node === document.body };
}
"""
# The tests of a widget share its pages, so that they run in one process.
EACH = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in NAMES]
each = pytest.mark.parametrize("name", EACH)


@pytest.fixture
def page(shown_once, name):
    """The widget of that name, on a desktop."""
    return shown_once(WIDGETS[name])


def steps(page, name):
    """How many steps it has; 0 for one without."""
    return int(root(page, name).get_attribute("data-steps") or 0)


def test_the_gallery_shows_the_whole_family():
    from rnncore import widgets

    text = (HTML / "book" / PAGE).read_text("utf8")
    assert re.findall(r'data-rnn-slot="[^"]*" data-rnn-id="([^"]*)"', text) == NAMES
    assert {type(widget).__name__ for widget in WIDGETS.values()} == set(widgets.__all__)
    for wanted in widgets.__all__:
        assert f"from rnncore.widgets import {wanted}" in re.sub("<[^>]*>", "", text), wanted


@each
def test_every_number_of_every_step_is_that_of_rnncore(page, name):
    for step in range(steps(page, name) + 1):
        follow(page, name, step)
        assert int(root(page, name).get_attribute("data-step") or 0) == step
        assert_true(page, name)


@each
def test_presets_show_what_rnncore_computes_and_say_what_to_see(page, name):
    for preset in root(page, name).locator(".preset:not(:last-child)").all():
        preset.click()
        assert root(page, name).locator(".note").inner_text() != ""
        assert_true(page, name)
        if last := steps(page, name):
            for step in (0, last // 2, last):
                root(page, name).get_by_label("Time step").fill(str(step))
                assert_true(page, name)
    for start in root(page, name).locator(".preset:last-child").all():
        start.click()
        assert_true(page, name)


@each
def test_keys_alone_reach_everything_and_focus_is_never_lost(page, name):
    for summary in root(page, name).locator("summary").all():
        summary.click()
    if last := steps(page, name):
        button(page, name, "Reset").focus()
        page.keyboard.press("Home")
        for key, step in {"ArrowRight": 1, "End": last, "ArrowLeft": last - 1, "Home": 0}.items():
            page.keyboard.press(key)
            assert int(root(page, name).get_attribute("data-step")) == step
    root(page, name).locator("button, [tabindex='0']").first.focus()
    controls = root(page, name).locator(
        "button:visible, input:visible, select:visible, summary:visible"
    )
    reached = 0
    for _ in range(controls.count() + 40):
        page.keyboard.press("Tab")
        where = page.evaluate(WHERE)
        if where["outside"]:
            break
        assert not where["lost"]
        reached += 1
    assert page.evaluate(WHERE)["outside"], "the focus is held inside"
    assert reached >= 3


@each
def test_a_phone_has_room_for_it_and_fingers_have_too_and_nothing_moves_unwanted(show, name):
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
    page = show(WIDGETS[name], **phone, reduced_motion="reduce")
    for summary in root(page, name).locator("summary").all():
        summary.tap()
    if last := steps(page, name):
        follow(page, name, last)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    assert root(page, name).evaluate("(root) => root.scrollWidth <= root.clientWidth")
    assert_true(page, name)
    small = root(page, name).evaluate(
        """(root) => [...root.querySelectorAll("button, select, input, summary, .switch")]
          .filter((node) => node.offsetParent !== null)
          .filter((node) => !["checkbox", "radio"].includes(node.type))
          .filter((node) => !node.closest("[data-small]")) // a grid of cells that keys reach, too
          .filter((node) => Math.min(node.offsetWidth, node.offsetHeight) < 44)
          .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert small == []
    moving = root(page, name).evaluate(
        "(root) => [...root.querySelectorAll('*')].map((node) => getComputedStyle(node))"
        ".filter((s) => s.transitionDuration !== '0s' || s.animationName !== 'none').length"
    )
    assert moving == 0


FILLED = """
(root) => [...root.querySelectorAll("svg")].map((one) => one.querySelector("[data-name]") !== null)
"""


@each
def test_drawings_at_a_new_width_are_filled_in_the_middle_of_a_change_too(page, name):
    box = root(page, name)
    for summary in box.locator("summary").all():
        summary.click()
    filled, numbers = box.evaluate(FILLED), numbers_in(box)
    names = WIDGETS[name].parameters
    change = ["h0" if "h0" in names else names[0], [[]] * 7]  # does not fit the rest
    box.evaluate("(r, change) => r.closest('[data-rnn-slot]').rnnModel.set(...change)", change)
    assert numbers_in(box) == numbers
    resize(page, 480)
    assert box.evaluate(FILLED) == filled
    assert {n["name"] for n in numbers_in(box)} <= {n["name"] for n in numbers}


SIDE_BAR = """
main { margin-left: 0; transition: margin-left 100ms 100ms; }
@media (min-width: 960px) { main { margin-left: 200px; } }
"""


def test_a_change_of_the_width_is_waited_for_until_nothing_moves(show):
    page = show(WIDGETS["states"], viewport={"width": 480, "height": 800})
    page.add_style_tag(content=SIDE_BAR)
    resize(page, 1280)
    assert page.evaluate("getComputedStyle(document.querySelector('main')).marginLeft") == "200px"


@each
def test_a_copied_link_restores_exactly_what_is_shown(page, show, name):
    box = root(page, name)
    for summary in box.locator("summary").all():
        summary.click()
    for preset in box.locator(".preset").all()[:1]:
        preset.click()
    if fields := box.locator(".editor [role=spinbutton]:visible").all():
        whole = fields[0].get_attribute("inputmode") == "numeric"
        fields[0].fill("3" if whole else "0.4375")
        fields[0].press("Enter")
    if last := steps(page, name):
        box.get_by_label("Time step").fill(str(last // 2 + 1))
    button(page, name, "Copy link").click()
    link = box.locator("pre.shared").inner_text()
    other = show(WIDGETS[name], fragment=link.split("#")[1])
    for summary in root(other, name).locator("summary").all():
        summary.click()  # which panels are open is the reader's, and no link's
    assert values(other, name) == values(page, name)
    assert numbers_in(root(other, name)) == numbers_in(box)


FOLLOW_EACH = script(__file__, "follow_each")


STEPPED = [
    param for param in EACH if WIDGETS[param.values[0]].steps(WIDGETS[param.values[0]].values())
]


@pytest.mark.parametrize("name", STEPPED)
def test_the_text_that_was_copied_hands_its_focus_on(page, name):
    box = root(page, name)
    button(page, name, "Copy link").click()
    copied = box.locator("pre.shared")
    copied.focus()
    box.evaluate(  # as while it plays, or in a second view of the same model
        """(root) => {
          const model = root.closest("[data-rnn-slot]").rnnModel;
          model.set("step", model.get("step") === 0 ? 1 : 0);
          model.save_changes();
        }"""
    )
    assert copied.is_hidden()
    assert box.evaluate("(root) => root.contains(document.activeElement)")


@each
def test_what_is_invalid_in_a_link_changes_nothing_and_is_told(page, name):
    """All parameters with one nonsense, for each; then each alone, as what fits is taken."""
    start, numbers = values(page, name), numbers_in(root(page, name))
    nonsense = ["1e999", "NaN", "", "1,,2", ";", "|", "<img src=x onerror=alert(1)>", "%3Cb%3E"]
    names = [*start, "step", "__proto__", "id"]
    together = ["&".join(f"{parameter}={value}" for parameter in names) for value in nonsense]
    alone = [f"{parameter}={value}" for parameter, value in zip(names, cycle(nonsense))]
    queries = [*together, *alone]
    watched = [*start, "step"] if steps(page, name) else [*start]
    assert page.evaluate(FOLLOW_EACH, [name, queries, watched]) == [len(queries), []]
    assert values(page, name) == start
    said = root(page, name).locator(".unread").inner_text()
    assert said.startswith("Part of this link could not be used: “id=")
    assert numbers_in(root(page, name)) == numbers
    assert page.locator("img[src=x], article script:not([type])").count() == 0


def as_text(value):
    """The same with its first number as text."""
    return [as_text(value[0]), *value[1:]] if isinstance(value, list) and value else str(value)


@pytest.mark.parametrize("name", NAMES)
def test_python_reads_no_number_from_text(name):
    widget = WIDGETS[name]
    for parameter, value in widget.values().items():
        if not isinstance(value, str) and as_text(value) != value:
            for text in (str(value), as_text(value)):
                with pytest.raises(ValueError, match=r"must|takes"):
                    setattr(widget, parameter, text)
            assert getattr(widget, parameter) == value


@each
def test_the_copied_python_runs(page, name):
    button(page, name, "Copy as Python").click()
    code = root(page, name).locator("pre.shared").inner_text()
    assert "rnncore" in code
    exec(code, {})


TOOLBARS = """
(root) => [...root.querySelectorAll("[role=toolbar]")].map((bar) => {
  const buttons = [...bar.querySelectorAll("button")].filter((button) => button.checkVisibility());
  return [bar.ariaLabel, buttons.filter(({ tabIndex }) => tabIndex === 0).length, buttons.length];
})
"""
LIT = """
(root) => {
  const { textContent, dataset } = document.activeElement;
  const lit = [...root.querySelectorAll(".lit")].map((node) => node.dataset.sym);
  return [textContent, lit.length, lit.every((sym) => sym === dataset.sym), root.dataset.step];
}
"""


@each
def test_symbols_are_one_stop_and_each_lights_up_wherever_it_stands(page, name):
    if last := steps(page, name):
        follow(page, name, last // 2 + 1)
    box = root(page, name)
    step = box.get_attribute("data-step")
    assert [stops for _, stops, _ in box.evaluate(TOOLBARS)] == [1] * box.locator(
        "[role=toolbar]"
    ).count()
    assert box.locator("button.sym").count() == box.locator("[role=toolbar] button.sym").count()
    for equation in box.locator("[role=toolbar]:has(.sym)").all():
        letters = equation.locator("button.sym:visible").all_inner_texts()
        equation.locator("[tabindex='0']").focus()
        page.keyboard.press("Home")
        seen, lights = [], 0
        for _ in letters:
            letter, lit, alone, now = box.evaluate(LIT)
            seen.append(letter)
            lights += lit > 1
            assert (alone, now) == (True, step)
            page.keyboard.press("ArrowRight")
        assert seen == letters
        assert lights >= len(letters) / 2
        page.keyboard.press("Escape")
        assert box.locator(".lit").count() == 0


def test_what_a_drag_costs_is_measured_for_each_stepper(browser):
    for widget in drag.shown().values():
        took = drag.measure(browser, widget, drags=2, first=1)
        assert took.shape == (2, 3)
        assert (took[:, 0] > 0).all()


TWO_VIEWS = script(__file__, "two_views")
ESCAPING_KEYS = script(__file__, "escaping_keys")


@each
def test_two_views_of_one_model_stay_in_step_and_clean_up(page, name):
    result = page.evaluate(TWO_VIEWS, name)
    assert all(result["same"]), result
    assert result["left"]
    assert result["empty"]
    assert result["none"]
    assert result["events"] >= 2


@each
def test_no_key_gets_out_of_it_but_those_of_the_browser(page, name):
    """As nbclassic and the frame of VS Code would hear them, on the document and the window."""
    found = root(page, name).evaluate(ESCAPING_KEYS)
    assert (found["out"], found["kept"], found["unmarked"]) == ([], [], [])
    assert found["count"] >= 5


@each
def test_on_paper_and_without_a_script_it_is_a_table(show, name):
    page = show(WIDGETS[name], ready=False, java_script_enabled=False)
    slot = page.locator(f'[data-rnn-id="{name}"]')
    assert slot.locator(".rnn-film tbody tr").count() >= 2
    assert slot.locator(".rnn-film table").first.is_visible()
