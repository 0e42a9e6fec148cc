"""The lab of broken gradients in a real browser: numbers, listing, picture, switches."""

import re

import numpy as np
import pytest

from rnncore.gradcheck import Report
from rnncore.mistakes import COMBINATIONS, MISTAKES
from rnncore.widgets import BreakTheGradient
from rnncore.widgets.break_the_gradient import NAMES
from tests.support.family import assert_true, button, follow, numbers_in, root, twin, values
from tests.support.scripts import script
from tests.widgets.break_the_gradient.test_cases import random_mistakes, random_problem

KINDS = list(MISTAKES)


@pytest.fixture
def page(shown_once):
    return shown_once(BreakTheGradient(no_transpose=True, id="lab"))


def switch(page, kind):
    return root(page, "lab").get_by_role("switch", name=MISTAKES[kind], exact=True)


def make(*kinds):
    """The mistakes as parameters: these and no others."""
    return {kind: kind in kinds for kind in KINDS}


# --- Numbers -----------------------------------------------------------------


def test_every_number_shown_is_that_of_rnncore(page):
    for kinds in COMBINATIONS[::3]:
        follow(page, "lab", **make(*kinds))
        names = {shown["name"] for shown in assert_true(page, "lab")}
        assert {"learnt", "accuracy", "alone_worst", "training_loss", "numerical_W_h"} <= names
        assert ("dW_h" in names) == ("no_transpose_x" not in kinds)


def test_numbers_follow_the_numbers_of_the_reader(page):
    rng = np.random.default_rng(32)
    for i in range(12):
        kind = ("ordinary", "saturated", "large")[i % 3]
        given = random_problem(rng, kind, 2 + i % 2, 3) | random_mistakes(rng)
        follow(page, "lab", **given)
        assert values(page, "lab") == given
        assert_true(page, "lab")


def test_every_number_of_every_gradient_stands_in_its_place(page):
    follow(page, "lab", **make("same_state"))
    run = twin(page, "lab").trace()
    tables = (
        root(page, "lab")
        .locator("table.gradient")
        .evaluate_all(
            """(all) => all.map((table) => ({
          caption: table.caption.textContent,
          rows: [...table.rows].map((row) => [...row.cells].map((cell) => ({
            numbers: [...cell.querySelectorAll("[data-value]")].map((n) => Number(n.dataset.value)),
            text: cell.textContent, wrong: cell.classList.contains("wrong")}))),
        }))"""
        )
    )
    assert [t["caption"].split(" ")[0] for t in tables] == ["dWx", "dWh", "db", "dh0", "dX"]
    for table, name in zip(tables, ("W_x", "W_h", "b", "h0", "X")):
        given, right = (np.atleast_2d(run[f"{kind}{name}"]) for kind in ("d", "numerical_"))
        shown = np.array([[cell["numbers"] for cell in row] for row in table["rows"]])
        np.testing.assert_allclose(shown[..., 0], given, atol=1e-12)
        np.testing.assert_allclose(shown[..., 1], right, atol=1e-12)
        wrong = np.array([[cell["wrong"] for cell in row] for row in table["rows"]])
        assert_marks = np.array([["≠" in cell["text"] for cell in row] for row in table["rows"]])
        np.testing.assert_array_equal(wrong, np.abs(given - right) > 1e-7 * np.abs(right).max())
        np.testing.assert_array_equal(wrong, assert_marks)
        assert wrong.any() == (name == "W_h")
        assert ("wrong" in table["caption"]) == (name == "W_h")
        assert f"({', '.join(map(str, run[f'd{name}'].shape))}" in table["caption"]


# --- Which check catches it ----------------------------------------------------------


def rows(page):
    """The table of checks: {first cell: the words and details of the other three}."""
    lines = root(page, "lab").locator("table.checks tbody tr").all()
    texts = [line.locator("th, td").all_inner_texts() for line in lines]
    return {
        re.sub(r"\s+", " ", a).strip(): [re.sub(r"\s+", " ", c) for c in rest] for a, *rest in texts
    }


def test_the_table_says_what_each_check_finds(page):
    found = rows(page)
    error = twin(page, "lab").trace()["alone_worst"]
    assert found == {
        "no transpose of Wh": [
            *("missed all fit", f"caught error {error[0]:.4f} in all five"),
            "missed 5 of 5 runs learn it",
        ],
        "no transpose of Wx": [
            *("caught NumPy stops", "not reached NumPy has stopped"),
            "missed 5 of 5 runs learn it",
        ],
        "no activation slope": [
            *("missed all fit", f"caught error {error[2]:.4f} in all five"),
            "caught 0 of 5 runs learn it",
        ],
        "no accumulation over time": [
            *("missed all fit", f"caught error {error[3]:.4f} in Wx, Wh, b"),
            "missed 4 of 5 runs learn it",
        ],
        "ht instead of ht−1": [
            *("missed all fit", f"caught error {error[4]:.4f} in Wh"),
            "missed 5 of 5 runs learn it",
        ],
        "gradient from the future dropped": [
            *("missed all fit", f"caught error {error[5]:.4f} in all five"),
            "caught 0 of 5 runs learn it",
        ],
        "caught": ["1 of 6", "5 of 5 that run", "2 of 6 the loss falls in 5"],
        "what is on now": [
            *("missed all fit", f"caught error {error[0]:.4f} in all five"),
            "missed 5 of 5 runs learn it",
        ],
    }


def test_nothing_is_caught_where_nothing_is_wrong(page):
    follow(page, "lab", **make())
    words = rows(page)["no mistake is on"]
    assert words[0] == "nothing"
    assert re.fullmatch(r"all right error \d\.\d\de−1[0-9]", words[1])
    assert words[2] == "works 5 of 5 runs learn it"


def test_presets_show_how_a_mistake_hides(page):
    button(page, "lab", "symmetric W_h").click()
    assert rows(page)["no transpose of Wh"][1] == "missed nothing changes here"
    assert rows(page)["caught"][1] == "4 of 5 that run"
    assert "its own transpose" in root(page, "lab").locator(".presets + .note").inner_text()
    button(page, "lab", "square W_x").click()
    assert rows(page)["caught"][:2] == ["0 of 6", "6 of 6"]
    assert rows(page)["what is on now"][0] == "missed all fit"
    assert_true(page, "lab")
    button(page, "lab", "start values").click()
    assert values(page, "lab") == BreakTheGradient(no_transpose=True, id="x").values()


# --- The listing ------------------------------------------------------------------------

LISTING = script(__file__, "listing")
FORWARD = '(root) => [...root.querySelectorAll(".pairs .fore")].map((line) => line.textContent)'


def test_the_listing_run_as_it_stands_gives_what_is_shown(page):
    for kinds in [(kind,) for kind in KINDS] + COMBINATIONS[::7]:
        follow(page, "lab", **make(*kinds))
        assert_listing(page, twin(page, "lab"))


def assert_listing(page, widget):
    run, code = widget.trace(), root(page, "lab").evaluate(LISTING)
    scope = {name: np.array(getattr(widget, name)) for name in ("W_x", "W_h", "b")}
    scope |= {name: np.array([getattr(widget, name)]) for name in ("X", "h0", "dS")}
    scope |= {f"d{name}": np.zeros_like(scope[name]) for name in ("X", "W_x", "W_h", "b")}
    scope |= {"np": np, "S": run["h"][np.newaxis], "T": len(widget.X)}
    if widget.no_transpose_x:
        with pytest.raises(ValueError, match="matmul") as caught:
            exec(code, scope)
        message = root(page, "lab").locator(".message").inner_text()
        assert message == f"ValueError: {caught.value}"
        return
    exec(code, scope)
    for name in NAMES:
        given = scope["dh_next" if name == "h0" else f"d{name}"]
        np.testing.assert_allclose(
            given.reshape(run[f"d{name}"].shape), run[f"d{name}"], atol=1e-14
        )


def test_the_forward_lines_beside_it_are_those_of_the_states(page):
    lines = [line for line in root(page, "lab").evaluate(FORWARD) if line]
    text = "\n".join(lines[:2])  # S[:, 0] = h0, for k in range(T):
    loss, state, *sums = lines[2:]
    z = " ".join(part.strip() for part in sums)
    code = f"{text}\n    {z}\n{state}\n{loss}"
    widget = twin(page, "lab")
    scope = {name: np.array(getattr(widget, name)) for name in ("W_x", "W_h", "b")}
    scope |= {name: np.array([getattr(widget, name)]) for name in ("X", "h0", "dS")}
    exec(code, scope := scope | {"np": np, "S": np.zeros((1, 4, 3)), "T": 3, "L": 0.0})
    np.testing.assert_allclose(scope["S"][0], widget.trace()["h"], atol=1e-15)
    assert scope["L"] == pytest.approx(float(widget.trace()["L"]), abs=1e-14)


def test_a_mistake_is_struck_in_its_line_and_named_in_words(page):
    follow(page, "lab", **make("no_accumulation", "same_state"))
    lines = root(page, "lab").locator(".pairs .back.active").all()
    texts = [re.sub(r"\s+", " ", line.inner_text()).strip() for line in lines]
    assert texts == [
        "dW_x +== X[:, k].T @ dz # wrong: no accumulation over time",
        "dW_h +== S[:, k]S[:, k+1].T @ dz # wrong: no accumulation over time; h_t instead of h_t−1",
        "db +== dz.sum(axis=0) # wrong: no accumulation over time",
    ]
    assert lines[1].locator("del:visible").all_inner_texts() == ["+=", "S[:, k]"]
    assert lines[1].locator("ins:visible").all_inner_texts() == ["=", "S[:, k+1]"]


# --- The pictures ----------------------------------------------------------------------

DOTS = script(__file__, "dots")


def test_each_dot_lies_where_the_two_gradients_say(page):
    for kinds in ((), ("no_transpose",), ("no_accumulation", "no_slope")):
        assert_dots(page, kinds)


def assert_dots(page, kinds):
    follow(page, "lab", **make(*kinds))
    drawn, run = root(page, "lab").evaluate(DOTS), twin(page, "lab").trace()
    axis = {}
    for anchor, x, y, text in drawn["ticks"]:
        axis.setdefault(anchor, {})[float(text.replace("−", "-"))] = x if anchor == "middle" else y
    left, right = axis["middle"][-1.0], axis["middle"][1.0]
    bottom, top = axis["end"][-1.0], axis["end"][1.0]

    def to_x(value):
        return left + (value + 1) / 2 * (right - left)

    def to_y(value):
        return bottom + (value + 1) / 2 * (top - bottom)

    assert len(drawn["dots"]) == 6 + 9 + 3 + 3 + 6
    for dot in drawn["dots"]:
        name, index = dot["name"].removeprefix("d"), tuple(dot["index"])
        given, small = run[f"d{name}"][index], run[f"numerical_{name}"][index]
        assert dot["place"] == pytest.approx([to_x(small), to_y(given)], abs=0.02)
        assert dot["off"][:2] == pytest.approx(dot["place"], abs=0.01)
        end = to_y(small if dot["wrong"] else given)
        assert dot["off"][2:] == pytest.approx([to_x(small), end], abs=0.02)
        assert dot["wrong"] == (abs(given - small) > 1e-6)
    # Another shape for each array: the second cue beside the colour.
    assert len({dot["shape"] for dot in drawn["dots"]}) == 5
    x1, y1, x2, y2 = drawn["diagonal"]
    slope = (to_y(1) - to_y(0)) / (to_x(1) - to_x(0))
    assert (y2 - y1) / (x2 - x1) == pytest.approx(slope, rel=1e-6)
    assert y1 - to_y(0) == pytest.approx(slope * (x1 - to_x(0)), abs=0.01)


def test_without_a_gradient_there_are_no_dots(page):
    follow(page, "lab", **make("no_transpose_x"))
    assert not any(dot["shown"] for dot in root(page, "lab").evaluate(DOTS)["dots"])
    assert root(page, "lab").get_by_text("no gradient to show").is_visible()
    assert root(page, "lab").locator(".gradient .verdict").all_inner_texts() == ["not computed"] * 5


CURVES = script(__file__, "curves")


def test_the_curves_are_those_of_the_training(page):
    follow(page, "lab", **make("no_slope", "no_future"))
    now = COMBINATIONS.index(("no_slope", "no_future"))
    losses = twin(page, "lab").trace()["training_loss"]
    drawn = root(page, "lab").evaluate(CURVES)
    zero, full = drawn["ticks"]["0"], drawn["ticks"]["0.8"]
    curves = {now: drawn["now"], 0: drawn["right"]}
    assert [kind for kind, _ in drawn["thin"]] == KINDS
    curves |= {2**i: points for i, (_, points) in enumerate(drawn["thin"])}
    for number, points in curves.items():
        heights = [zero + (full - zero) * loss / 0.8 for loss in losses[number]]
        assert [y for _, y in points] == pytest.approx(heights, abs=0.02)
    assert sorted(number for number, *_ in drawn["ends"]) == sorted(curves)
    for number, *place in drawn["ends"]:
        assert place == pytest.approx(curves[number][-1], abs=0.02)


def test_the_worst_number_is_worked_out(page):
    follow(page, "lab", **make("no_slope"))
    run = twin(page, "lab").trace()
    name = NAMES[int(np.argmax(run["error"]))]
    off = np.abs(run[f"d{name}"] - run[f"numerical_{name}"])
    index = np.unravel_index(np.argmax(off), off.shape)
    shown = numbers_in(root(page, "lab").locator(".sum"))
    kinds = ["d", "rise_", "rise_"]
    assert [n["name"] for n in shown] == [*(k + name for k in kinds), "run", f"numerical_{name}"]
    assert all(n["index"] == list(index) for n in shown if n["name"] != "run")
    place = ",".join(str(i + 1) for i in index)
    assert f"{name.replace('_', '')} {place}" in root(page, "lab").locator(".sum").inner_text()


# --- Controls -----------------------------------------------------------------------------


def test_switches_work_by_mouse_and_by_keyboard_and_keep_the_focus(page):
    switch(page, "no_slope").click()
    assert twin(page, "lab").mistakes == ["no_transpose", "no_slope"]
    page.keyboard.press("Space")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert twin(page, "lab").mistakes == []
    assert switch(page, "no_transpose").evaluate("(n) => n === document.activeElement")
    assert_true(page, "lab")
    live = root(page, "lab").locator(".live").inner_text()
    assert live == (
        "No mistake is on. Here the gradient check finds all gradients right,"
        " and 5 of 5 runs learn the task."
    )


def test_pointing_at_a_mistake_lights_up_its_row_its_code_and_its_curve(page):
    root(page, "lab").get_by_role("rowheader", name="no transpose of Wh").hover()
    lit = root(page, "lab").evaluate(
        "(root) => [...root.querySelectorAll('.lit')].map((n) => n.tagName.toLowerCase())"
    )
    assert sorted(set(lit)) == ["del", "ins", "path", "th", "tr"]
    button(page, "lab", "Light up W_h").click()
    lit = root(page, "lab").evaluate(
        "(root) => [...root.querySelectorAll('.lit')].map((n) => n.textContent)"
    )
    assert lit.count("W_h") == 2  # in the forward and in the backward line


def test_fields_change_the_numbers_and_refuse_what_is_none(page):
    box = root(page, "lab")
    box.locator("summary").click()
    field = box.get_by_label("dS 2,1", exact=True)
    field.fill("0.7")
    assert values(page, "lab")["dS"][1] == [0.7, 0, 0]
    assert_true(page, "lab")
    field.fill("")
    field.blur()
    assert box.locator(".error:not(:empty)").inner_text() == (
        "dS 2,1 takes a number from −10 to 10, but the field was empty, so it stays 0."
    )  # what stood there when the editing began
    labels = box.locator("fieldset input").evaluate_all("(all) => all.map((i) => i.ariaLabel)")
    assert len(labels) == len(set(labels)) == 6 + 9 + 3 + 3 + 6 + 9


def test_copied_python_gives_what_is_shown(page):
    for kinds in ((), ("no_transpose", "same_state"), ("no_transpose_x",)):
        follow(page, "lab", **make(*kinds))
        button(page, "lab", "Copy as Python").click()
        code, scope = root(page, "lab").locator(".shared").inner_text(), {}
        run = twin(page, "lab").trace()
        if "no_transpose_x" in kinds:
            with pytest.raises(ValueError, match="matmul"):
                exec(code, scope)
            continue
        exec(code, scope)
        assert isinstance(scope["report"], Report)
        assert bool(scope["report"]) == (not kinds)
        for name, error in zip(NAMES, run["error"]):
            given = scope["gradients"]._asdict()[name].reshape(run[f"d{name}"].shape)
            np.testing.assert_allclose(given, run[f"d{name}"], atol=1e-14)
            assert scope["report"].errors[name] == pytest.approx(error, abs=1e-8)


def test_a_link_restores_exactly_what_was_shown(page):
    button(page, "lab", "square W_x").click()
    switch(page, "no_future").click()
    before = values(page, "lab")
    button(page, "lab", "Copy link").click()
    link = root(page, "lab").locator(".shared").inner_text()
    assert "no_future=true" in link
    button(page, "lab", "start values").click()
    page.evaluate("(hash) => { location.hash = hash; }", link[link.index("#") :])
    page.wait_for_function(
        "document.documentElement.dataset.rnnFollowed === location.hash", timeout=3000
    )
    assert values(page, "lab") == before
    assert_true(page, "lab")


def test_what_a_link_may_not_ask_for_is_left_out(page):
    before = values(page, "lab")
    for query in (
        {"no_slope": "yes"},
        {"W_h": np.ones((2, 2))},
        {"X": np.ones((40, 2)), "dS": np.ones((40, 3))},
        {"X": np.ones((3, 9)), "W_x": np.ones((9, 3))},
        {"X": np.ones((2, 2))},
    ):
        follow(page, "lab", **query, same_state=True)
        assert values(page, "lab") == before | {"same_state": True}, query


# --- Where the reader is ---------------------------------------------------------------------


def test_a_phone_has_room_for_it_and_fingers_have_too(show):
    lab = BreakTheGradient(id="lab")
    page = show(lab, viewport={"width": 360, "height": 740}, has_touch=True)
    root(page, "lab").locator("summary").tap()
    for kinds in (("no_transpose",), tuple(KINDS)):
        follow(page, "lab", **make(*kinds))
        assert_room(page, kinds)


def assert_room(page, kinds):
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    wide = root(page, "lab").evaluate(
        """(root) => [...root.querySelectorAll("table, svg, p, code")]
          .filter((n) => n.getBoundingClientRect().right > 350)
          .map((n) => n.outerHTML.slice(0, 80))"""
    )
    assert wide == []
    small = root(page, "lab").evaluate(
        """(root) => [...root.querySelectorAll("button, input, summary, .switch")]
          .filter((node) => node.offsetParent !== null && node.type !== "checkbox")
          .filter((node) => Math.min(node.offsetWidth, node.offsetHeight) < 44)
          .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert small == []
    switch(page, "no_future").tap()
    assert twin(page, "lab").no_future == ("no_future" not in kinds)
    assert_true(page, "lab")


def test_drawings_have_a_title_and_say_what_they_show(page):
    drawings = (
        root(page, "lab")
        .locator("svg[role=img]")
        .evaluate_all(
            """(all) => all.map((svg) => (
              ["title", "desc"].map((name) => svg.querySelector(name).textContent)))"""
        )
    )
    assert drawings == [
        [
            "The backward pass against the numerical gradient",
            "Off the diagonal are numbers of X, W_x, W_h, b, h0.",
        ],
        [
            "The loss while the toy task is trained",
            "With what is on now the loss goes from 0.682 to 0.0023."
            " With the right gradient it goes to 0.0013.",
        ],
    ]


def test_a_change_of_a_number_makes_no_new_elements(page):
    made = root(page, "lab").evaluate(
        """async (root) => {
          const model = root.closest("[data-rnn-id]").rnnModel;
          model.set("b", [0.05, 0, -0.2]);
          await new Promise((done) => setTimeout(done));
          let made = 0;
          new MutationObserver((all) => { all.forEach((m) => {
            made += [...m.addedNodes].filter((n) => n.nodeType === 1).length;
          }); }).observe(root, { childList: true, subtree: true });
          for (let i = 1; i < 6; i += 1) {
            model.set("b", [i / 1000, 0, -0.2]);
            model.save_changes();
            await new Promise((done) => setTimeout(done));
          }
          return made;
        }"""
    )
    assert made == 0
    assert values(page, "lab")["b"][0] == 0.005
    assert_true(page, "lab")
