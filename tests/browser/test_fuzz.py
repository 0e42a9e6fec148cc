"""Random actions on every widget of the gallery; after each, every number shown is right.

The seed is printed when a run fails; ``SEED=… ACTIONS=… `` repeat or lengthen it: `make soak`.
"""

import os
import random
import re

import numpy as np
import pytest

from tests.browser.test_family import NAMES, PAGE, WIDGETS
from tests.support.family import (
    Twin,
    ask,
    assert_true,
    flattened,
    kind,
    resize,
    root,
    sway,
    traces,
    values,
)

ACTIONS = int(os.environ.get("ACTIONS", 100))
SETS = int(os.environ.get("SETS", 60))
SEED = int(os.environ.get("SEED", 20261125))

NUMBERS = ["0", "1", "-1", "0.5", "-2.5", "3", "1e3", "-1e-9", "1e12", "7"]
NONSENSE = ["", "-", "e", "1e999", "--1", "1.2.3"]
HOSTILE = [
    "step=-1", "step=1e9", "step=99999999999999999999", "step=<script>alert(1)</script>",
    "__proto__=1", "constructor=1", "X=" + ",".join(["1"] * 5000), "id=other", "%E0%A4%A",
    "step=2&step=3", "presets=1", "_esm=alert(1)", "W_h=" + "9" * 400, "activation=__proto__",
]  # fmt: skip


class Player:
    """Someone who does anything, at random, to one widget."""

    def __init__(self, page, name, rng):
        self.page, self.name, self.rng = page, name, rng
        self.box = root(page, name)

    def act(self):
        """One action; returns it in words."""
        often = [self.key, self.click, self.edit, self.slide]
        seldom = [self.choose, self.tick, self.drag, self.resize, self.theme, self.link]
        action = self.rng.choice(often * 3 + seldom)
        return f"{action.__name__}: {action()}"

    def has_focus(self):
        return ask(self.page, self.name, "(root) => root.contains(document.activeElement)")

    def one(self, selector):
        """One of the visible elements, or None."""
        nodes = self.box.locator(selector)
        visible = nodes.evaluate_all(
            """(nodes) => nodes.flatMap((node, i) => (
                 node.checkVisibility({ visibilityProperty: true }) ? [i] : []))"""
        )
        return nodes.nth(self.rng.choice(visible)) if visible else None

    def key(self):
        keys = [
            "ArrowLeft",
            "ArrowRight",
            "ArrowUp",
            "ArrowDown",
            "Home",
            "End",
            " ",
            "Enter",
            "Tab",
        ]
        if not self.has_focus():  # a key outside might follow a link of the page
            self.box.locator("button").first.focus()
        key = self.rng.choice(keys)
        self.page.keyboard.press(key)
        return key

    def click(self):
        node = self.one("button, summary")
        if node is None:
            return "nothing to click"
        return node.evaluate(  # not by place: while it plays, things move under the mouse
            "(n) => { n.focus(); n.click(); return n.ariaLabel || n.textContent; }"
        )

    def edit(self):
        details = self.box.locator("details.editor")
        if details.count() and details.get_attribute("open") is None:
            details.locator("summary").click()
        node = self.one("input[type=number]")
        if node is None:
            return "no field"
        node.focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        typed = self.rng.choice(NUMBERS + NONSENSE)
        self.page.keyboard.type(typed)
        if self.rng.random() < 0.7:
            self.page.keyboard.press(self.rng.choice(["Tab", "Enter"]))
        return typed

    def slide(self):
        node = self.one("input[type=range]")
        if node is None:
            return "no range"
        share = self.rng.random()
        return node.evaluate(
            """(node, share) => {
              const [least, most, step] = [node.min, node.max, node.step].map(Number);
              node.focus();
              node.value = least + Math.round((share * (most - least)) / (step || 1)) * (step || 1);
              node.dispatchEvent(new Event("input", { bubbles: true }));
              node.dispatchEvent(new Event("change", { bubbles: true }));
              return node.ariaLabel + node.value;
            }""",
            share,
        )

    def choose(self):
        node = self.one("select")
        if node is None:
            return "nothing to choose"
        options = node.locator("option").all_inner_texts()
        word = self.rng.choice(options)
        node.focus()
        node.select_option(label=word)
        return word

    def tick(self):
        node = self.one("input[type=checkbox], input[type=radio]")
        if node is None:
            return "nothing to tick"
        return node.evaluate("(n) => { n.focus(); n.click(); return n.checked; }")

    def drag(self):
        area = self.one("svg, .frame")
        if area is None:
            return "nothing to drag"
        area.scroll_into_view_if_needed()
        box = area.bounding_box()
        places = [
            (
                box["x"] + self.rng.random() * box["width"],
                box["y"] + self.rng.random() * box["height"],
            )
            for _ in range(3)
        ]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place)
        self.page.mouse.up()
        return places

    def resize(self):
        width = self.rng.choice([360, 480, 768, 1280])
        resize(self.page, width)
        return width

    def theme(self):
        theme = self.rng.choice(["light", "dark"])
        self.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        return theme

    def link(self):
        query = self.rng.choice([*HOSTILE, f"step={self.rng.randrange(5)}"])
        self.page.evaluate("(hash) => { location.hash = hash; }", f"#{self.name}?{query}")
        return query[:60]


ALONE = """
(name) => document.querySelectorAll(`[data-rnn-slot]:not([data-rnn-id="${name}"])`).forEach(
  (slot) => slot.remove()) // to lay out all the others after each action would take longest
"""
SETTLE = """
async (root) => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const { activeElement } = document;
  return [root.contains(activeElement), activeElement === document.body];
}
"""


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_reader_does_no_number_is_wrong(open_page, name):
    page = open_page(PAGE)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog came up: {dialog.message}"))
    scripts = page.evaluate("document.scripts.length")
    page.evaluate(ALONE, name)
    player = Player(page, name, random.Random(f"{SEED} {name}"))
    done, inside = [], False
    for i in range(ACTIONS):
        try:
            done.append(player.act())
            held = inside
            inside, lost = ask(page, name, SETTLE)  # changes of a microtask, a link
            assert_true(page, name)
            if held and done[-1].split(":")[0] != "drag":  # a press on a picture may take it
                assert not lost, "focus is lost"
        except Exception as error:
            story = "\n".join(done[-12:])
            raise AssertionError(f"SEED={SEED}, action {i} on {name}, after\n{story}") from error
    assert page.evaluate("document.scripts.length") == scripts


def shaken(value, rng, size):
    """The same nested numbers with other values; whole numbers, words and truths stay."""
    if isinstance(value, list):
        return [shaken(part, rng, size) for part in value]
    if isinstance(value, float):
        return float(rng.normal() * size)
    return value


@pytest.mark.parametrize("name", NAMES)
def test_the_modules_own_trace_is_that_of_the_class(show, name):
    page = show(WIDGETS[name])
    rng, cls = np.random.default_rng([SEED, len(name)]), kind(page, name)
    presets = [values(page, name)]
    for chip in root(page, name).locator(".preset").all():
        chip.click()
        presets.append(values(page, name))
    twins = []
    while len(twins) < SETS:
        given = {
            key: shaken(value, rng, rng.choice([0.3, 1, 3, 30]))
            for key, value in presets[rng.integers(len(presets))].items()
        }
        try:
            twins.append(Twin(cls, **given))
        except ValueError:  # a value out of its bounds: take those of the preset
            twins.append(Twin(cls, **presets[rng.integers(len(presets))]))
    theirs = traces(page, name, [widget.values() for widget in twins])
    for widget, found in zip(twins, theirs, strict=True):
        computed = widget.trace()
        assert set(found) <= set(computed)
        left = {
            key
            for key in set(computed) - set(found)
            if not re.match("training|accuracy|learnt", key)
        }
        assert not left, "the module does not compute this"
        for key in found:
            ours = computed[key]
            if isinstance(ours, str):
                assert found[key] == ours
                continue
            a, b = flattened(strip(found[key], ours, key in widget.one_based)), flattened(ours)
            scale = max(1, np.abs(b[np.isfinite(b)]).max(initial=0))
            atol = widget.roughly.get(key, 1e-12) * scale
            if not np.allclose(a, b, rtol=0, atol=atol, equal_nan=True):
                atol += sway(widget, key)
            np.testing.assert_allclose(a, b, rtol=0, atol=atol, err_msg=key)


def strip(found, ours, one_based):
    """Without the entry for step 0, where the module keeps an unused one."""
    return found[1:] if one_based and len(found) == len(ours) + 1 else found


def test_a_wrong_number_would_be_seen(open_page):
    page = open_page(PAGE)
    name = NAMES[0]
    root(page, name).evaluate(
        "(root) => { root.querySelector('[data-name]').dataset.value = '0.123456'; }"
    )
    with pytest.raises(AssertionError):
        assert_true(page, name)
