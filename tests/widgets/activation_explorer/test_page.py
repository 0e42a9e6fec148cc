"""The activation explorer on a page: its numbers, its two charts, and its controls."""

import numpy as np
import pytest

from rnncore.widgets import ActivationExplorer
from rnncore.widgets.film import shown
from tests.support.family import assert_close, assert_true, button, follow, root, values
from tests.widgets.activation_explorer.test_cases import NAMES, random_parameters


@pytest.fixture
def page(shown_once):
    return shown_once(ActivationExplorer(id="map"))


def lines_of(page):
    """From a value to a place, across and up, for each chart: read off the ticks."""
    charts = root(page, "map").evaluate(
        """(root) => [...root.querySelectorAll("svg.plot")].map((chart) =>
          [...chart.querySelectorAll(".tick")].map((t) => ({
            up: t.getAttribute("text-anchor") === "end", value: t.textContent,
            at: Number(t.getAttribute(t.getAttribute("text-anchor") === "end" ? "y" : "x")),
          })))"""
    )
    axes = []
    for ticks in charts:
        for up in (False, True):
            pairs = [(t["value"].replace("−", "-"), t["at"]) for t in ticks if t["up"] == up]
            value, at = np.array(pairs, float).T
            axes.append(np.polyfit(value, at, 1))
    return axes


def circles(page):
    """Every dot that stands for a number: its name, index, value, place."""
    return root(page, "map").evaluate(
        """(root) => [...root.querySelectorAll("circle[data-name]:not([visibility])")].map((n) => ({
          name: n.dataset.name, index: n.dataset.index.split(",").map(Number),
          text: "", value: Number(n.dataset.value), class: n.getAttribute("class"),
          x: Number(n.getAttribute("cx")), y: Number(n.getAttribute("cy")),
        }))"""
    )


def assert_drawn(page, step):
    """Every dot of both charts where its number is, and the tangent as steep as the slope."""
    across, up, map_across, map_up = lines_of(page)
    run = ActivationExplorer(**values(page, "map"), id="a").trace()
    seen = {"h": [], "fixed": []}
    for dot in circles(page):
        if dot["name"] == "value":
            z = values(page, "map")["z"]
            place = np.polyval(across, z), np.polyval(up, run["value"])
        elif dot["name"] == "z":
            place = np.polyval(across, dot["value"]), dot["y"]
        else:
            (i,) = dot["index"]
            seen[dot["name"]].append(i)
            right = float(run[dot["name"]][i])
            assert_close(dot["value"], right, 1e-12 * max(1, abs(right)), dot)
            before = run["h"][max(i - 1, 0)] if dot["name"] == "h" else dot["value"]
            place = np.polyval(map_across, before), np.polyval(map_up, dot["value"])
            if dot["name"] == "fixed":
                assert ("near" in dot["class"]) == (abs(run["fixed_slope"][i]) < 1)
        assert np.hypot(dot["x"] - place[0], dot["y"] - place[1]) < 0.05, dot
    assert seen["h"] == list(range(step + 1)), "a state is missing, or shown too early"
    tangent = root(page, "map").locator(".tangent")
    x1, y1, x2, y2 = (float(tangent.get_attribute(n)) for n in ("x1", "y1", "x2", "y2"))
    steep = (y2 - y1) / (x2 - x1) * across[0] / up[0]
    assert abs(steep - run["slope"]) < 1e-3
    return seen["fixed"]


def test_numbers_dots_and_tangent_are_those_of_rnncore(page):
    rng = np.random.default_rng(32)
    for i in range(16):
        given, step = random_parameters(rng, (1, 1.4, 3)[i % 3]), int(rng.integers(0, 21))
        given["activation"] = NAMES[i % 4]
        follow(page, "map", step, **given)
        assert root(page, "map").get_attribute("data-step") == str(step)
        assert_true(page, "map")
        assert_drawn(page, step)
    follow(page, "map", 5, activation="tanh", z=1, W_h=2, c=0, h0=0.1)
    assert assert_drawn(page, 5) == [0, 1, 2]


def test_every_step_draws_one_more_leg_and_says_its_arithmetic(page):
    box = root(page, "map")
    assert box.locator(".says").inner_text().startswith("Two fixed points attract and one repels")
    h = 0.1
    for step in range(1, 4):
        button(page, "map", "Next step").click()
        before, h = h, np.tanh(h * 2)
        lines = box.locator(".beside .sum p").all_inner_texts()
        assert lines[1:4] == [
            f"= tanh({shown(before)} × 2 + 0)",
            f"= tanh({shown(before * 2)})",
            f"= {shown(h)}",
        ]
        assert box.locator(".web").get_attribute("d").count("L") == 3 * step - 1
        assert_true(page, "map")
    assert "np.tanh(h * W_h + c)" in box.locator(".code .active").inner_text()


def test_the_verdict_is_that_of_the_map(page):
    follow(page, "map", 4, activation="relu", W_h=1.5, c=-0.5)
    says = root(page, "map").locator(".says").inner_text()
    assert says == "Below 1 the state dies out. Above it, the state grows without end."
    assert root(page, "map").locator(".live").inner_text().endswith(says)


def test_the_point_is_dragged_and_moves_by_keys(page):
    box = root(page, "map")
    chart = box.locator("svg.plot").first
    place, (across, *_) = chart.bounding_box(), lines_of(page)
    page.mouse.move(place["x"] + np.polyval(across, 0), place["y"] + 60)
    page.mouse.down()
    page.mouse.move(place["x"] + np.polyval(across, -2), place["y"] + 90)
    assert abs(values(page, "map")["z"] + 2) <= 0.05
    page.mouse.move(place["x"] - 50, place["y"] + 90)
    page.mouse.up()
    assert values(page, "map")["z"] == -6
    page.mouse.move(place["x"] + np.polyval(across, 3), place["y"] + 90)
    assert values(page, "map")["z"] == -6
    box.get_by_label("z slider").focus()
    for key, z in {"ArrowRight": -5.95, "End": 6, "Home": -6}.items():
        page.keyboard.press(key)
        assert values(page, "map")["z"] == z
        assert page.evaluate("document.activeElement.ariaLabel") == "z slider"
    assert box.locator(".readout").inner_text().endswith("Saturated. A change in z hardly moves h.")
    for name in ("W_h", "c", "h0"):
        box.get_by_label(f"{name} slider").fill("-0.5")
        assert values(page, "map")[name] == -0.5
    button(page, "map", "relu").click()
    assert button(page, "map", "relu").get_attribute("aria-pressed") == "true"
    assert_true(page, "map")


def test_bad_input_is_refused_in_words_and_links_are_bounded(page):
    box = root(page, "map")
    box.locator(".editor summary").click()
    field = box.get_by_label("W_h", exact=True)
    field.fill("11")
    field.press("Enter")
    said = "W_h takes a number from −10 to 10, but you typed 11, so it stays 2."
    assert box.locator(".error:not(:empty)").inner_text() == said
    follow(page, "map", 2, W_h=1e9, c=0.25, activation="softmax")
    assert values(page, "map") | {"c": 0} == ActivationExplorer(id="a").values()
    assert values(page, "map")["c"] == 0.25


def test_predict_first_knows_the_slips(page):
    follow(page, "map", h0=0.8)
    box = root(page, "map")
    box.get_by_label("Predict first").check()
    button(page, "map", "Next step").click()
    guess = box.get_by_label("Your guess for h_1")
    guess.fill("1.6")
    guess.press("Enter")
    verdict = box.locator(".verdict")
    assert "what you get if you stop before the activation" in verdict.inner_text()
    assert box.get_attribute("data-step") == "0"
    guess.fill("1.3281")  # 2 tanh(0.8)
    guess.press("Enter")
    assert "if you apply the activation before the weight" in verdict.inner_text()
    guess.fill("0.9217")  # tanh(1.6)
    guess.press("Enter")
    assert verdict.inner_text() == "Right: h_1 = 0.9217."
    assert box.get_attribute("data-step") == "1"


@pytest.mark.parametrize("step", [0, 7])
def test_copied_python_computes_what_is_shown(page, step):
    for preset in ("flips", "explodes", "dies or grows"):
        button(page, "map", preset).click()
        root(page, "map").get_by_label("Time step").fill(str(step))
        button(page, "map", "Copy as Python").click()
        scope = {}
        exec(root(page, "map").locator("pre.shared").inner_text(), scope)
        run = ActivationExplorer(**values(page, "map"), id="a").trace()
        assert scope["h"] == run["h"][step]
        for name in ("value", "slope", "fixed", "fixed_slope"):
            np.testing.assert_allclose(scope[name], run[name], atol=1e-15)


def test_charts_stand_side_by_side_or_one_below_the_other(shown_once):
    for width, beside in ((740, True), (360, False)):
        size = {"width": width, "height": 800}
        page = shown_once(ActivationExplorer(id="map"), viewport=size)
        one, two = (c.bounding_box() for c in root(page, "map").locator("svg.plot").all())
        assert (two["x"] > one["x"] + one["width"]) == beside
        assert (two["y"] > one["y"] + one["height"]) != beside
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        for node in root(page, "map").locator(".choice, .sym, input[type=range]").all():
            box = node.bounding_box()
            assert min(box["width"], box["height"]) >= 44
