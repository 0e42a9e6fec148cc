"""The training stepper on a page: its numbers, the surface, the bars, and the settings."""

import json

import numpy as np
import pytest

from rnncore.widgets import TrainingStepper
from rnncore.widgets.training_stepper import sequences
from tests.support.family import assert_true, button, follow, numbers_in, resize, root, twin
from tests.widgets.training_stepper.test_cases import random_parameters

NAME = "descent"
CLIFF = {"W_x": -1.5, "W_h": 2.0}
SURFACE = """
(root) => {
  const svg = root.querySelector(".surface svg");
  const points = (path) => path.getAttribute("d").split(/[MLz]/).filter(Boolean)
    .map((pair) => pair.split(",").map(Number));
  const dot = (node) => node && ({
    x: Number(node.getAttribute("cx")), y: Number(node.getAttribute("cy")),
    k: Number(node.dataset.index),
  });
  return JSON.stringify({
    ticks: [...svg.querySelectorAll(".tick")].map((t) => ({
      up: t.getAttribute("text-anchor") === "end", value: Number(t.textContent.replace("−", "-")),
      at: Number(t.getAttribute(t.getAttribute("text-anchor") === "end" ? "y" : "x")),
    })),
    contours: [...svg.querySelectorAll(".contour")].map((path) => ({
      level: Number(path.dataset.level), points: points(path),
    })),
    dots: [...svg.querySelectorAll(".update:not([visibility])")].map(dot),
    now: dot(svg.querySelector(".now")),
    path: points(svg.querySelector(".way")),
    arrows: [...svg.querySelectorAll(".arrow:not([visibility])")].map((path) => ({
      used: path.classList.contains("used"),
      to: path.getAttribute("d").split("l")[1].split(",").map(Number),
    })),
  });
}
"""


@pytest.fixture
def page(shown_once):
    return shown_once(TrainingStepper(id=NAME))


def surface(page):
    """What is drawn of the surface, in W_x and W_h: contours, dots, the path; and the arrows."""
    seen = json.loads(root(page, NAME).evaluate(SURFACE))
    across, up = (
        np.polyfit(*zip(*[(t["at"], t["value"]) for t in seen["ticks"] if t["up"] == is_up]), 1)
        for is_up in (False, True)
    )

    def place(points):
        x, y = np.reshape(points, (-1, 2)).T
        return np.stack([np.polyval(across, x), np.polyval(up, y)], axis=1)

    contours = {c["level"]: place(c["points"]) for c in seen["contours"]}
    dots = {dot["k"]: place([dot["x"], dot["y"]])[0] for dot in [*seen["dots"], seen["now"]]}
    arrows = {a["used"]: np.array(a["to"]) * [1, -1] for a in seen["arrows"]}
    return contours, dots, place(seen["path"]), arrows


def edges_of(X, y, W_h, level):
    """The two W_x where the loss has that level, for each W_h; NaN where it has it nowhere.

    h_T is W_x times p, the bits each times a power of W_h; so the loss is a parabola in W_x.
    """
    p = W_h[:, np.newaxis] ** np.arange(X.shape[1] - 1, -1, -1) @ X.T
    a, b, c = (p**2).mean(axis=1), -2 * (p * y).mean(axis=1), (y**2).mean() - level
    with np.errstate(invalid="ignore"):
        root = np.sqrt(b**2 - 4 * a * c)
    return np.array([-b - root, root - b]) / (2 * a)


# --- Numbers and pictures -------------------------------------------------------------------


def test_numbers_of_any_path_are_those_of_rnncore(page):
    rng = np.random.default_rng(42)
    for _ in range(12):
        given = random_parameters(rng)
        last = TrainingStepper.steps(given)
        step = int(rng.integers(0, last + 1))
        follow(page, NAME, step, **given)
        assert root(page, NAME).get_attribute("data-step") == str(step)
        assert root(page, NAME).get_attribute("data-steps") == str(last)
        numbers = assert_true(page, NAME)
        bars = [n["index"][1] for n in numbers if n["name"] == "dh" and n["text"] == ""]
        is_finite = np.isfinite(twin(page, NAME).trace()["loss"][step])
        assert bars == ([*range(given["timesteps"] + 1)] if is_finite else [])


@pytest.mark.parametrize("timesteps", [3, 10, 40])
def test_each_contour_runs_where_the_loss_has_its_level(page, timesteps):
    follow(page, NAME, 0, timesteps=timesteps)
    contours, *_ = surface(page)
    X, y = sequences(timesteps)
    assert len(contours) == 17
    seen = 0
    for level, points in contours.items():
        inside = points[np.abs(points[:, 0]) < 2.5]
        for W_x, W_h in inside[:: max(1, len(inside) // 12)]:
            # places are rounded to a hundredth of a pixel, which is 0.00013
            least, most = edges_of(X, y, W_h + np.linspace(-1e-4, 1e-4, 81), level)
            is_inside = (least <= W_x) & (W_x <= most)
            at_an_edge = np.nanmin(abs(np.array([least, most]) - W_x)) < 2e-4
            assert at_an_edge or len({*is_inside}) == 2, (timesteps, level, W_x, W_h)
            seen += 1
    assert seen >= 120


def test_the_valley_is_drawn_narrower_for_longer_sequences(page):
    def area(timesteps):
        follow(page, NAME, 0, timesteps=timesteps)
        x, h = surface(page)[0][1.0].T  # where the loss is below 1
        return abs(np.sum(x * np.roll(h, 1) - h * np.roll(x, 1))) / 2

    areas = [area(T) for T in (5, 10, 20, 40)]
    assert (np.diff(areas) < 0).all()
    assert areas[3] < areas[0] / 20


def test_path_dots_and_arrows_are_where_the_numbers_are(page):
    for step, given in ((7, {}), (20, CLIFF | {"rate": 0.1, "clip": 1, "clip_by": "value"})):
        follow(page, NAME, step, **given)
        run = twin(page, NAME).trace()
        _, dots, path, arrows = surface(page)
        right = np.stack([run["W_x"], run["W_h"]], axis=1)
        assert sorted(dots) == list(range(step + 1)), "a dot is missing, or shown too early"
        for k, place in dots.items():
            np.testing.assert_allclose(place, right[k], atol=1e-6)
        np.testing.assert_allclose(path, right[: step + 1], atol=2e-4)
        for used, names in {False: ("dW_x", "dW_h"), True: ("used_x", "used_h")}.items():
            if used and not given:
                assert used not in arrows
                continue
            g = np.array([run[name][step] for name in names])
            np.testing.assert_allclose(
                arrows[used] / np.hypot(*arrows[used]), g / np.hypot(*g), atol=1e-3
            )


def test_a_long_path_has_a_dot_for_every_so_many_updates(page):
    follow(page, NAME, 200, updates=200, **CLIFF, rate=0.01, clip=1)
    assert sorted(surface(page)[1]) == list(range(0, 201, 4))


def test_bars_are_as_high_as_their_power_of_ten_and_hollow_below_zero(page):
    follow(page, NAME, 0, **CLIFF)
    bars = root(page, NAME).evaluate(
        """(root) => [...root.querySelectorAll(".through-bar:not([visibility])")].map((bar) => ({
          height: bar.height.baseVal.value, value: Number(bar.dataset.value),
          hollow: bar.classList.contains("negative"),
        }))"""
    )
    assert all(bar["hollow"] == (bar["value"] < 0) for bar in bars)
    heights = np.array([bar["height"] for bar in bars])
    # each bar is twice the next, so all are in equal steps
    np.testing.assert_allclose(np.diff(heights), np.diff(heights).mean(), atol=0.01)
    assert (np.diff(heights) < 0).all()


# --- In the reader's hands --------------------------------------------------------------------


def test_settings_are_chosen_and_moved_by_keys_and_hand_their_focus_on(page):
    box = root(page, NAME)
    box.get_by_role("radio", name="momentum").check()
    box.get_by_label("Momentum", exact=True).focus()
    page.keyboard.press("Home")
    assert (twin(page, NAME).optimiser, twin(page, NAME).momentum) == ("momentum", 0)
    page.evaluate("document.querySelector('[data-rnn-slot]').rnnModel.set('optimiser', 'Adam')")
    page.wait_for_function("document.activeElement.value === 'Adam'")
    assert box.get_by_label("Momentum", exact=True).is_hidden()
    box.get_by_label("Learning rate").focus()
    page.keyboard.press("ArrowRight")
    assert twin(page, NAME).rate == 0.002
    assert box.get_by_label("Learning rate").get_attribute("aria-valuetext") == "0.002"
    box.get_by_role("radio", name="value").check()
    assert (twin(page, NAME).clip, twin(page, NAME).clip_by) == (1, "value")
    box.get_by_label("Limit of the gradient").press("ArrowLeft")
    assert twin(page, NAME).clip == 0.5
    box.get_by_role("radio", name="none").check()
    assert twin(page, NAME).clip == 0
    box.get_by_role("radio", name="norm").check()
    assert twin(page, NAME).clip == 1
    box.get_by_label("Length of the sequences").fill("20")
    assert twin(page, NAME).timesteps == 20
    assert_true(page, NAME)


def test_a_press_on_the_surface_starts_from_there(page):
    follow(page, NAME, 3)
    picture = root(page, NAME).locator(".surface svg")
    picture.scroll_into_view_if_needed()
    place = picture.bounding_box()
    page.mouse.move(place["x"] + 150, place["y"] + 150)
    page.mouse.down()
    page.mouse.move(place["x"] + 120, place["y"] + 80)
    page.mouse.up()
    _, dots, *_ = surface(page)
    start = [twin(page, NAME).W_x, twin(page, NAME).W_h]
    np.testing.assert_allclose(dots[0], start, atol=1e-6)
    across = root(page, NAME).evaluate(
        "(root) => root.querySelector('.surface .start').getBoundingClientRect().toJSON()"
    )
    assert abs(across["x"] + across["width"] / 2 - place["x"] - 120) < 3
    assert abs(across["y"] + across["height"] / 2 - place["y"] - 80) < 3
    assert_true(page, NAME)


def test_a_path_that_diverges_says_so_and_goes_no_further(page):
    follow(page, NAME, 1, **CLIFF, rate=0.01)
    box = root(page, NAME)
    said = box.locator(".says").inner_text()
    assert "After the next update, the loss or its gradient is too large for a float." in said
    assert "This point is outside the picture." in said
    button(page, NAME, "Next step").click()
    page.keyboard.press("ArrowRight")
    assert box.get_attribute("data-step") == "2"
    said = box.locator(".says").inner_text()
    assert said.startswith("It has diverged. The loss or its gradient is larger")
    assert box.locator(".live").inner_text().endswith(said)
    assert "L goes from 1.72e93 to ∞" in box.locator(".sum").inner_text()
    assert button(page, NAME, "Next step").get_attribute("aria-disabled") == "true"
    assert_true(page, NAME)


def test_a_finger_that_scrolls_over_the_surface_changes_nothing_and_one_that_taps_does(show):
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
    page = show(TrainingStepper(id=NAME), **phone)
    picture = root(page, NAME).locator(".surface svg")
    picture.dispatch_event("pointerdown", {"pointerType": "touch", "buttons": 1, "bubbles": True})
    picture.dispatch_event("pointermove", {"pointerType": "touch", "buttons": 1, "bubbles": True})
    assert (twin(page, NAME).W_x, twin(page, NAME).W_h) == (0.2, 0.5)
    picture.tap(position={"x": 100, "y": 60})
    assert twin(page, NAME).W_x < 0
    assert twin(page, NAME).W_h > 1.5
    assert_true(page, NAME)


def test_a_copied_link_has_a_step_of_the_path_as_it_is_now(page):
    follow(page, NAME, 30)
    page.evaluate(
        """() => {
          const { rnnModel } = document.querySelector("[data-rnn-slot]");
          rnnModel.set("W_h", 2);
          rnnModel.set("rate", 0.01);
        }"""
    )
    page.wait_for_selector("[data-steps='2']")
    button(page, NAME, "Copy link").click()
    link = root(page, NAME).locator("pre.shared").inner_text()
    assert link.endswith("#descent?step=2&W_h=2&rate=0.01")


def test_predict_first_knows_the_usual_slips(page):
    follow(page, NAME, 0, W_x=1, W_h=1.2, rate=0.05, clip=2)
    run, box = twin(page, NAME).trace(), root(page, NAME)
    box.get_by_role("switch").check()
    button(page, NAME, "Next step").click()
    g, raw = run["used_h"][0], run["dW_h"][0]
    slips = {
        1.2 + 0.05 * g: "go the other way (an update goes against the gradient)",
        1.2 - g: "leave the rate out",
        1.2 - 0.05 * raw: "use the gradient before it is clipped",
    }
    for wrong, why in slips.items():
        box.locator(".guess input").fill(repr(float(wrong)))
        box.get_by_role("button", name="Check", exact=True).click()
        assert f"It is what you get if you {why}." in box.locator(".verdict").inner_text()
    box.locator(".guess input").fill(repr(float(run["W_h"][1])))
    box.get_by_role("button", name="Check", exact=True).click()
    assert box.locator(".verdict").inner_text().startswith("Right: W_h after update 1")
    assert box.get_attribute("data-step") == "1"


def test_copied_python_takes_the_same_path(page):
    for optimiser, clip_by in (("SGD", "norm"), ("momentum", "value"), ("Adam", "norm")):
        given = {"optimiser": optimiser, "clip_by": clip_by, "clip": 1.0, "rate": 0.1, **CLIFF}
        follow(page, NAME, 6, **given, timesteps=7)
        button(page, NAME, "Copy as Python").click()
        space = {}
        exec(root(page, NAME).locator("pre.shared").inner_text(), space)
        run = twin(page, NAME).trace()
        right = np.stack([run["W_x"], run["W_h"], run["loss"]], axis=1)
        np.testing.assert_allclose(space["path"], right[:7], rtol=1e-13)


def test_a_drag_changes_the_numbers_in_place(page):
    follow(page, NAME, 5)
    made = root(page, NAME).evaluate(
        """(root) => {
          const seen = new MutationObserver(() => {});
          const range = root.querySelector('[aria-label="Learning rate"]');
          const move = (to) => {
            range.value = to;
            range.dispatchEvent(new Event("input", { bubbles: true }));
            return new Promise((done) => setTimeout(done));
          };
          const added = () => seen.takeRecords().flatMap((record) => [...record.addedNodes])
            .filter((node) => node.nodeType === 1)
            .filter((node) => !node.matches(".tick, .rule, .zero, code"))
            .map((node) => node.outerHTML);
          return move(8).then(() => seen.observe(root, { subtree: true, childList: true }))
            .then(() => move(9)).then(added);
        }"""
    )
    assert made == []
    assert_true(page, NAME)


def test_pictures_are_side_by_side_or_below_each_other_and_the_buttons_of_a_choice_in_a_row(page):
    def tops():
        return [
            round(root(page, NAME).locator(place).bounding_box()["y"])
            for place in (".surface svg", ".through svg")
        ]

    resize(page, 800)
    surface_top, through_top = tops()
    assert abs(surface_top - through_top) <= 12
    before = numbers_in(root(page, NAME))
    resize(page, 360)
    surface_top, through_top = tops()
    assert through_top > surface_top + 200
    for choice in root(page, NAME).locator(".chooser").all():  # as narrow as on a page of 1280 px
        choice.evaluate("(node) => node.style.width = '306px'")
        assert len({label.bounding_box()["y"] for label in choice.locator("label").all()}) == 1
    assert numbers_in(root(page, NAME)) == before
