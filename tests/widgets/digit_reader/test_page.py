"""The digit reader in a browser: its numbers, its picture, and drawing by mouse, touch and keys."""

import re
from itertools import pairwise

import numpy as np
import pytest

from rnncore.tasks import digits
from rnncore.widgets import DigitReader
from rnncore.widgets.digit_reader import gallery, read
from rnncore.widgets.film import shown
from tests.support.family import assert_true, button, follow, numbers_in, resize, root, values
from tests.support.scripts import script

_, TEST = digits()
START = TEST.x[17].tolist()
BLANK = np.zeros((8, 8)).tolist()
ON_THE_WAY = {"h", "p", "says", "logits", "z", "x_W_x", "h_W_h", "from_x"}


@pytest.fixture
def page(shown_once):
    """The reader before the first row."""
    return shown_once(DigitReader(START, id="reader"))


@pytest.fixture
def phone(shown_once):
    """The same on a phone."""
    size = {"width": 360, "height": 740}
    return shown_once(DigitReader(START, id="reader"), viewport=size, has_touch=True)


def image(page):
    return np.array(values(page, "reader")["image"])


def pixel(page, row, column):
    """A pixel of the pad, counted from 1."""
    rows = root(page, "reader").get_by_role("row").all()
    return rows[row - 1].get_by_role("gridcell").nth(column - 1)


# --- Numbers -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "steps"), [(TEST.x[5], range(9)), (np.ones((8, 8)), [8, 3]), (BLANK, [1, 8])]
)
def test_every_step_shows_the_numbers_of_rnncore_and_nothing_of_the_next(page, shown, steps):
    for step in steps:
        follow(page, "reader", step, image=shown, unit=5 * step or 1)
        numbers = assert_true(page, "reader")
        assert root(page, "reader").get_attribute("data-step") == str(step)
        assert root(page, "reader").get_attribute("data-steps") == "8"
        for n in numbers:
            assert n["name"] not in ON_THE_WAY or 1 <= n["index"][0] <= step, n
        seen = {(n["name"], *n["index"]) for n in numbers}
        for t in range(1, step + 1):
            assert {("h", t, j) for j in range(40)} <= seen
            assert {("p", t, k) for k in range(10)} <= seen
            assert ("says", t) in seen
        assert {("logits", step, k) for k in range(10)} <= seen or step == 0
        assert {("image", i, j) for i in range(8) for j in range(8)} <= seen


def test_the_step_of_one_unit_is_worked_out(page):
    follow(page, "reader", 3, unit=8)
    run, box = read(START), root(page, "reader")
    rows = box.locator(".products-of-unit tbody tr").all()
    cells = [row.locator("td").all_inner_texts() for row in rows]
    heads = [row.locator("th").inner_text() for row in rows]
    assert heads[:8] == [f"pixel {i}" for i in range(1, 9)]
    for i in range(8):
        expected = [START[2][i], run["W_x"][i, 7], run["from_x"][3, i, 7]]
        assert cells[i] == [shown(v) for v in expected]
    assert cells[8] == [shown(run["x_W_x"][3, 7])]
    last = box.locator(".terms tbody tr").last
    names = ("x_W_x", "h_W_h", "b", "z")
    terms = [run[name][7] if name == "b" else run[name][3, 7] for name in names]
    texts = [shown(v) for v in [*terms, run["h"][3, 7]]]
    assert last.locator("td").all_inner_texts() == texts
    assert last.locator("th").inner_text() == "unit 8"
    heads = box.locator(".terms thead th").all_inner_texts()
    flat = [re.sub(r"\s", "", head) for head in heads]
    assert flat == ["xtWx", "+ht−1Wh", "+b", "=zt", "ht=tanhzt"]
    shapes = [" ".join(text.split()) for text in box.locator(".terms .shape").all_inner_texts()]
    assert shapes == ["(8,) @ (8, 40)", "(40,) @ (40, 40)", "(40,)", "(40,)", "(40,)"]
    assert box.locator(".products-of-unit caption").inner_text().endswith("weights of unit 8")


def test_the_answers_stand_beside_their_digits(page):
    follow(page, "reader", 6)
    run, box = read(START), root(page, "reader")
    for k, row in enumerate(box.locator("table.answers tbody tr").all()):
        assert row.locator("th").inner_text() == str(k)
        texts = row.locator("td").all_inner_texts()
        assert texts[1:] == [shown(run["p"][6, k]), shown(run["logits"][6, k])]
        assert ("lead" in row.get_attribute("class")) == (k == run["says"][6])
    caption = box.locator(".answers caption").inner_text()
    assert caption == f"After row 6 it says {run['says'][6]:.0f}"
    first, second = np.argsort(-run["p"][6])[:2]
    assert box.locator(".live").inner_text() == (
        f"6 of 8 rows read. It says {first}, p = {shown(run['p'][6, first])},"
        f" and next comes {second}, p = {shown(run['p'][6, second])}."
    )


# --- The picture ---------------------------------------------------------------

RECORD = script(__file__, "record")


@pytest.mark.parametrize("width", [760, 360])
def test_bars_are_as_long_as_their_numbers_and_stand_at_their_places(page, phone, width):
    page = page if width > 700 else phone
    follow(page, "reader", 5, unit=12)
    run, seen = read(START), root(page, "reader").evaluate(RECORD)
    reached = [bar for bar in seen["units"] if bar["index"]]
    assert len(reached) == 5 * 40
    tallest = max(bar["height"] / abs(run["h"][tuple(bar["index"])]) for bar in reached)
    assert tallest > 10
    for bar in reached:
        t, _ = bar["index"]
        value, middle = run["h"][tuple(bar["index"])], seen["axes"][t - 1][0]
        assert bar["height"] == pytest.approx(abs(value) * tallest, abs=1e-3)
        edge = bar["y"] + bar["height"] if value > 0 else bar["y"]
        assert edge == pytest.approx(middle, abs=1e-6)
    first = [bar["x"] for bar in reached if bar["index"][0] == 1]
    assert first == sorted(first)
    assert seen["marked"]["x"] <= first[11] < first[11] + reached[0]["width"]
    assert first[11] + reached[0]["width"] <= seen["marked"]["x"] + seen["marked"]["width"] + 1e-6

    chances = [bar for bar in seen["chances"] if bar["index"]]
    assert len(chances) == 50
    full = max(bar["height"] / run["p"][tuple(bar["index"])] for bar in chances)
    for bar in chances:
        t, k = bar["index"]
        assert bar["height"] == pytest.approx(run["p"][t, k] * full, abs=1e-3)
        assert bar["y"] + bar["height"] == pytest.approx(seen["axes"][t - 1][1], abs=1e-6)
        assert bar["x"] + bar["width"] / 2 == pytest.approx(seen["heads"][k], abs=1e-6)
        assert ("lead" in bar["of"]) == (run["says"][t] == k)
    for bar in seen["units"] + seen["chances"]:
        assert bar["index"] or bar["height"] == 0

    for value, opacity in seen["ink"]:
        assert opacity == pytest.approx(value, abs=1e-3)
    for value, share in seen["meters"]:
        assert share == pytest.approx(value, abs=0.02)
    if width > 700:  # the row that is read runs through the whole picture
        assert seen["band"] == pytest.approx(seen["rows"][4], abs=1)


def test_a_press_on_a_bar_chooses_its_unit(page):
    follow(page, "reader", 4)
    bar = root(page, "reader").locator("rect.unit[data-index='2,22']").bounding_box()
    page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    assert values(page, "reader")["unit"] == 23
    assert root(page, "reader").locator(".workings output").inner_text() == "unit 23 of 40"
    assert_true(page, "reader")
    root(page, "reader").get_by_label("Hidden unit").fill("40")
    assert values(page, "reader")["unit"] == 40
    assert_true(page, "reader")


# --- Drawing ---------------------------------------------------------------------

PEN = 0.58


def drawn(strokes):
    """What the pen should leave: each pixel counts those of its 4 × 4 points that it touched."""
    side = (np.arange(32) + 0.5) / 4
    x, y = np.meshgrid(side, side)
    touched = np.zeros((32, 32), bool)
    for (x0, y0), (x1, y1) in strokes:
        long = (x1 - x0) ** 2 + (y1 - y0) ** 2 or 1
        along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / long, 0, 1)
        apart = np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))
        touched |= apart <= PEN
    return touched.reshape(8, 4, 8, 4).sum(axis=(1, 3)) / 16


def place(page, x, y):
    box = root(page, "reader").locator(".pad").bounding_box()
    return box["x"] + 1 + x * (box["width"] - 2) / 8, box["y"] + 1 + y * (box["height"] - 2) / 8


def draw(page, *points):
    root(page, "reader").locator(".pad").scroll_into_view_if_needed()
    page.mouse.move(*place(page, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*place(page, *point))
    page.mouse.up()


def strokes_of(*points):
    return [(points[0], points[0]), *pairwise(points)]


def test_the_mouse_draws_soft_lines_in_sixteenths(page):
    follow(page, "reader", 8)
    button(page, "reader", "Clear").click()
    assert image(page).tolist() == BLANK
    path = [(1.55, 1.3), (6.2, 1.45), (3.4, 7.1)]
    draw(page, *path)
    seen = image(page)
    np.testing.assert_array_equal(seen, drawn(strokes_of(*path)))
    soft = set(np.unique(seen)) - {0.0, 1.0}
    assert len(soft) > 3, "ink goes into the neighbours, too"
    assert root(page, "reader").get_attribute("data-step") == "8"
    assert_true(page, "reader")
    page.mouse.move(*place(page, 7.5, 7.5))  # and no ink without a button
    np.testing.assert_array_equal(image(page), seen)


def test_the_pen_adds_to_a_picked_digit_and_the_eraser_takes_away(page):
    draw(page, (0.5, 0.5), (0.5, 7.5))
    added = image(page)
    assert (added >= np.array(START)).all()
    assert (added[:, 0] > 0.75).all()
    np.testing.assert_array_equal(added[:, 2:], np.array(START)[:, 2:])
    button(page, "reader", "Eraser").click()
    assert button(page, "reader", "Eraser").get_attribute("aria-pressed") == "true"
    draw(page, (4, 0), (4, 8))
    erased = image(page)
    assert (erased <= added).all()
    assert erased[:, 3:5].sum() < 0.5 * added[:, 3:5].sum()
    np.testing.assert_array_equal(erased[:, [0, 1, 6, 7]], added[:, [0, 1, 6, 7]])
    assert_true(page, "reader")


BY_HAND = {  # the corners of a stroke, as "x y"
    0: "4 .9, 2.6 1.8, 2 4, 2.6 6.2, 4 7.1, 5.4 6.2, 6 4, 5.4 1.8, 4 .9",
    2: "2.1 2.6, 2.9 1.1, 4.2 .8, 5.6 1.7, 5.4 3.4, 2 7.1, 6.3 7.1",
    5: "6 .9, 2.6 .9, 2.4 3.6, 4 3.3, 5.6 4, 6 5.4, 5 6.8, 3.6 7.1, 2.3 6.2",
}


@pytest.mark.parametrize("digit", BY_HAND)
def test_a_digit_drawn_by_hand_is_read(page, digit):
    points = [tuple(map(float, corner.split())) for corner in BY_HAND[digit].split(",")]
    follow(page, "reader", 8)
    button(page, "reader", "Clear").click()
    draw(page, *points)
    assert root(page, "reader").locator(".says").last.text_content() == str(digit)
    assert_true(page, "reader")


def test_a_finger_draws_and_the_page_stays_where_it_is(phone):
    page = phone
    button(page, "reader", "Clear").click()
    root(page, "reader").locator(".pad").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    touch = page.context.new_cdp_session(page)
    path = [(4.6, 1), (4.2, 3), (4, 5), (3.5, 7.2)]

    def send(kind, *point):
        points = [dict(zip("xy", place(page, *point)))] if point else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", *path[0])
    for point in path[1:]:
        send("touchMove", *point)
    send("touchEnd")
    page.wait_for_function(
        "document.querySelector('.pad-row:nth-child(8) .pixel:nth-child(4)').dataset.value > 0"
    )
    seen = image(page)
    np.testing.assert_array_equal(seen, drawn(strokes_of(*path)))
    assert page.evaluate("scrollY") == before
    assert_true(page, "reader")


def test_keys_walk_the_grid_and_put_ink(page):
    button(page, "reader", "Clear").click()
    pixel(page, 1, 1).focus()
    for key in ["ArrowDown", "ArrowDown", "ArrowRight", "Space"]:
        page.keyboard.press(key)
        # the keys of the grid are not those of the steps
        assert root(page, "reader").get_attribute("data-step") == "0"
    assert np.argwhere(image(page)).tolist() == [[2, 1]]
    assert image(page)[2, 1] == 1
    label = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(label) == "row 3, column 2, ink 1"
    page.keyboard.press("-")
    assert page.evaluate(label) == "row 3, column 2, ink 0.75"
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert image(page)[2, 1] == 1
    page.keyboard.press("Enter")
    assert image(page).tolist() == BLANK
    page.keyboard.press("-")
    assert image(page)[2, 1] == 0
    page.keyboard.press("End")
    assert page.evaluate(label) == "row 3, column 8, ink 0"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(label) == "row 2, column 1, ink 0"
    # one stop for Tab in the whole grid
    assert root(page, "reader").locator('.pixel[tabindex="0"]').count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Eraser"
    page.keyboard.press("ArrowRight")
    assert root(page, "reader").get_attribute("data-step") == "1"


def test_the_pad_is_a_grid_of_rows_and_pixels_that_say_their_ink(page):
    box = root(page, "reader")
    assert box.get_by_role("grid").get_by_role("row").count() == 8
    labels = box.get_by_role("gridcell").evaluate_all("(all) => all.map((p) => p.ariaLabel)")
    assert labels == [
        f"row {i + 1}, column {j + 1}, ink {shown(START[i][j])}" for i in range(8) for j in range(8)
    ]


# --- Test digits -------------------------------------------------------------------


def test_each_test_digit_can_be_picked(page):
    follow(page, "reader", 8)
    box = root(page, "reader")
    names = [
        f"{d['label']}, test digit {d['number']}"
        + (f", read as {d['says']}" if d["says"] != d["label"] else "")
        for d in gallery()
    ]
    labels = "(all) => all.map((digit) => digit.ariaLabel)"
    assert box.locator(".test-digit").evaluate_all(labels) == names
    for digit, name in [*zip(gallery(), names, strict=True)][::4]:
        button(page, "reader", name).click()
        np.testing.assert_array_equal(image(page), TEST.x[digit["number"]])
        assert box.locator(".says").last.text_content() == str(digit["says"])
        pressed = box.locator(".test-digit[aria-pressed=true]")
        assert pressed.get_attribute("aria-label") == name
    assert_true(page, "reader")


def test_arrow_keys_go_from_digit_to_digit(page):
    first = root(page, "reader").locator(".test-digit").first
    first.focus()
    for key in ["ArrowRight", "ArrowRight", "ArrowLeft", "Enter"]:
        page.keyboard.press(key)
    second = gallery()[1]["number"]
    np.testing.assert_array_equal(image(page), TEST.x[second])
    assert root(page, "reader").locator('.test-digit[tabindex="0"]').count() == 1


def test_presets_tell_their_reading_above_the_picture(page):
    box = root(page, "reader")
    for name in ("clear early", "undecided", "misread", "upside down", "blank"):
        button(page, "reader", name).click()
        note = box.locator(".note")
        assert box.get_attribute("data-step") == "8"
        assert note.inner_text() != ""
        assert note.bounding_box()["y"] < box.locator(".stage").bounding_box()["y"]
        assert button(page, "reader", name).get_attribute("aria-pressed") == "true"
        assert_true(page, "reader")
    pixel(page, 4, 4).focus()
    page.keyboard.press("Space")  # and the note is no longer true
    assert box.locator(".note").inner_text() == ""


# --- Steps, words, links ---------------------------------------------------------------


def test_focus_stays_while_rows_are_read_and_ink_is_put(page):
    button(page, "reader", "Next step").focus()
    for _ in range(8):
        page.keyboard.press("Enter")
    assert root(page, "reader").get_attribute("data-step") == "8"
    assert page.evaluate("document.activeElement.ariaLabel") == "Next step"
    pixel(page, 5, 5).focus()
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.dataset.index") == "4,4"


def test_predict_first_asks_for_the_digit_that_leads(page):
    presets = {preset["name"]: preset for preset in DigitReader(id="a").presets}
    shown = presets["undecided"]["image"]
    says = read(shown)["says"]
    turn = 1 + int(np.argmax(says[2:] != says[1:-1]))  # the row after it changes what it says
    follow(page, "reader", turn, image=shown)
    box = root(page, "reader")
    box.get_by_role("switch").check()
    button(page, "reader", "Next step").click()
    assert box.get_attribute("data-step") == str(turn)
    assert f"digit that leads after row {turn + 1}" in box.locator(".guess").inner_text()
    box.locator(".guess input").fill(f"{says[turn]:.0f}")
    box.get_by_role("button", name="Check").click()
    verdict = box.locator(".verdict").inner_text()
    assert "It is what you get if you stay with the digit that led before this row." in verdict
    box.locator(".guess input").fill(f"{says[turn + 1]:.0f}")
    box.get_by_role("button", name="Check").click()
    right = f"Right: digit that leads after row {turn + 1} = {says[turn + 1]:.0f}."
    assert box.locator(".verdict").inner_text() == right
    assert box.get_attribute("data-step") == str(turn + 1)
    draw(page, (1, 1), (2, 2))  # another image: guess afresh
    assert box.get_attribute("data-step") == "0"


@pytest.mark.parametrize("step", [0, 5, 8])
@pytest.mark.parametrize("shown", [START, np.linspace(0, 1, 64).reshape(8, 8).tolist()])
def test_copied_python_computes_what_is_shown(page, step, shown):
    follow(page, "reader", step, image=shown)
    button(page, "reader", "Copy as Python").click()
    space = {}
    exec(root(page, "reader").locator("pre.shared").inner_text(), space)
    run = read(shown)
    np.testing.assert_array_equal(space["h"], run["h"][step])
    if step:
        np.testing.assert_allclose(space["p"], run["p"][step], rtol=0, atol=1e-14)
        assert space["digit"] == run["says"][step]
        numbers = numbers_in(root(page, "reader"))
        ten = [n["value"] for n in numbers if n["name"] == "logits"]
        np.testing.assert_allclose(ten, run["logits"][step], rtol=0, atol=1e-10)


def test_a_copied_link_restores_the_drawing(page, shown_once):
    follow(page, "reader", 6, unit=9)
    draw(page, (1, 1), (3.3, 5), (6, 6))
    button(page, "reader", "Copy link").click()
    link = root(page, "reader").locator("pre.shared").inner_text()
    before, seen = image(page), numbers_in(root(page, "reader"))
    shown_once(DigitReader(START, id="reader"))
    assert (image(page) != before).any()
    page.evaluate("(link) => { location.href = link; }", link)
    page.wait_for_selector("[data-step='6']")
    np.testing.assert_array_equal(image(page), before)
    assert numbers_in(root(page, "reader")) == seen


@pytest.mark.parametrize(
    ("query", "step", "unit"),
    [
        ("step=3&unit=7", 3, 7),
        ("step=9&unit=41", 8, 1),
        ("step=2&unit=1.5&image=1,2;3,4", 2, 1),
        ("step=2&image=" + ";".join(["2,0,0,0,0,0,0,0"] * 8), 2, 1),
        ("step=2&image=" + ";".join(["0,0,0,0,0,0,0,x"] * 8), 2, 1),
        ("step=2&image=" + ";".join(["0,0,0,0,0,0,0,0"] * 9), 2, 1),
        ("step=2&weights=1&gallery=2", 2, 1),
    ],
)
def test_what_is_invalid_in_a_link_is_ignored(page, query, step, unit):
    page.evaluate(f"location.hash = '#reader?{query}'")
    page.wait_for_function("document.documentElement.dataset.rnnFollowed === location.hash")
    assert values(page, "reader") == {"image": START, "unit": unit}
    assert root(page, "reader").get_attribute("data-step") == str(step)
    assert_true(page, "reader")


def test_equation_and_code_say_what_is_computed_and_light_up(page):
    follow(page, "reader", 3)
    box = root(page, "reader")
    equation = re.sub(r"\s", "", box.locator(".equation").inner_text())
    assert equation == "ht=tanh(xtWx+ht−1Wh+b),pt=softmax(htWy+by)"
    active = box.locator(".code .active").inner_text().strip()
    assert active == "h = np.tanh(x_t @ W_x + h @ W_h + b)"
    assert "# image[2]" in box.locator(".code").inner_text()
    parts = {
        "x": (".code", ".pad", ".workings"),
        "W_x": (".code", ".workings"),
        "W_h": (".code", ".workings"),
        "b": (".code", ".workings"),
        "h": (".code", ".record", ".workings"),
        "h_prev": (".code", ".record", ".workings"),
        "y": (".code", ".record", ".answers"),
        "W_y": (".code", ".how"),
        "b_y": (".code", ".how"),
    }
    for sym, places in parts.items():
        box.locator(f'.equation [data-sym="{sym}"]').first.focus()
        for part in places:
            assert box.locator(f'{part} .lit[data-sym="{sym}"]').count() > 0, (sym, part)
        assert box.locator(f'.lit:not([data-sym="{sym}"])').count() == 0
    follow(page, "reader", 0)
    assert box.locator(".code .active").inner_text() == "h = np.zeros(40)"


# --- Where the reader is -----------------------------------------------------------------


def test_a_phone_has_room_for_it_and_fingers_have_too(phone):
    page = phone
    follow(page, "reader", 4)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    small = root(page, "reader").evaluate(
        """(root) => [...root.querySelectorAll("button, select, input, summary, .switch")]
          .filter((node) => node.offsetParent !== null && node.type !== "checkbox")
          .filter((node) => Math.min(node.offsetWidth, node.offsetHeight) < 44)
          .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert small == []
    wide = root(page, "reader").evaluate(
        "(root) => ['.sum', '.code', '.frame'].filter((name) => {"
        " const node = root.querySelector(name); return node.scrollWidth > node.clientWidth; })"
    )
    assert wide == []
    assert_true(page, "reader")


def test_the_picture_is_drawn_again_when_the_width_changes(page):
    follow(page, "reader", 4)
    resize(page, 360)
    record = page.locator(".record").bounding_box()
    assert record["width"] < 340
    assert float(page.locator(".record").get_attribute("width")) == record["width"]  # not shrunk
    assert_true(page, "reader")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
