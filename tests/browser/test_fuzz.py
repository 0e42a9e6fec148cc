"""Random actions on every widget of the gallery; after each, every number shown is right.

A short game; `make soak` plays thousands of actions.  The seed is printed when a run fails:
``SEED=… ACTIONS=…`` repeat or lengthen it.
"""

import os
import random

import pytest

from tests.browser.test_family import NAMES, WIDGETS
from tests.support.family import ask, assert_true, resize, root

ACTIONS = int(os.environ.get("ACTIONS", 15))
SEED = int(os.environ.get("SEED", 20261125))

NUMBERS = [
    "0",
    "1",
    "-1",
    "0,5",
    "−2.5",
    "3",
    "1e3",
    "−1e−9",
    "1e12",
    "7",
    "3/4",
    "\ufeff5\u202f000",
]
NONSENSE = ["", "-", "e", "1e999", "--1", "1.2.3", "1,000", "1 2", "1/0", "(2, 3)", "<b>", "٣"]
HOSTILE = [
    "step=-1", "step=1e9", "step=99999999999999999999", "step=<script>alert(1)</script>",
    "__proto__=1", "constructor=1", "X=" + ",".join(["1"] * 5000), "id=other", "%E0%A4%A",
    "step=2&step=3", "presets=1", "_esm=alert(1)", "W_h=" + "9" * 400, "activation=__proto__",
    "unread=<b>", "limits=1&limits=2", "step=3.&X=1", "%26%3D%3F", "step%3D1%26W_h%3D0.25).",
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
        node = self.one("input[type=text]")
        if node is None:
            return "no field"
        node.focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        typed = self.rng.choice(NUMBERS + NONSENSE)
        typing = self.rng.choice([self.page.keyboard.type, self.page.keyboard.insert_text])
        typing(typed)
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


SETTLE = """
async (root) => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const { activeElement } = document;
  return [root.contains(activeElement), activeElement === document.body];
}
"""


# A page has more than the widget: Tab leads on to it, and not out of the page.
NEIGHBOURS = """
() => ["afterbegin", "beforeend"].forEach((place) =>
  document.body.insertAdjacentHTML(place, "<button>beside the widget</button>"))
"""


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_reader_does_no_number_is_wrong(show, name):
    page = show(WIDGETS[name])
    page.evaluate(NEIGHBOURS)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog came up: {dialog.message}"))
    scripts = page.evaluate("document.scripts.length")
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


def test_a_wrong_number_would_be_seen(show):
    name = NAMES[0]
    page = show(WIDGETS[name])
    root(page, name).evaluate(
        "(root) => { root.querySelector('[data-name]').dataset.value = '0.123456'; }"
    )
    with pytest.raises(AssertionError):
        assert_true(page, name)
