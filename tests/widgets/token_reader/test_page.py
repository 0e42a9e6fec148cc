"""The token reader in a browser: composing a review, its picture, the map, the padding."""

import numpy as np
import pytest

from rnncore.widgets import TokenReader
from rnncore.widgets.film import shown
from rnncore.widgets.token_reader import read
from tests.support.family import assert_true, button, follow, refused, root, values

SENTENCE = "this film was not great"
ON_THE_WAY = {"h", "p", "x", "z", "from_x", "from_h"}


@pytest.fixture
def page(shown_once):
    return shown_once(TokenReader(SENTENCE, id="review"))


def field(page):
    return root(page, "review").get_by_label("Your review", exact=True)


def error(page):
    return root(page, "review").locator(".composer .error").inner_text()


def live(page):
    return root(page, "review").locator(".live").inner_text()


# --- Numbers and picture ------------------------------------------------------


def test_every_step_shows_the_numbers_of_rnncore_and_nothing_of_the_next(page):
    for step, mask in [(0, True), (4, False), (6, True), (9, True), (9, False)]:
        follow(page, "review", step, behind=2, front=2, mask=mask, unit=step % 8 + 1)
        numbers = assert_true(page, "review")
        for n in numbers:
            assert n["name"] not in ON_THE_WAY or n["index"][0] <= step, n
        seen = {(n["name"], *n["index"]) for n in numbers}
        for t in range(step + 1):
            assert {("h", t, j) for j in range(8)} <= seen
            assert ("p", t) in seen
        is_read = step in range(3, 8) or (step == 9 and not mask)
        assert (("z", step, step % 8) in seen) == is_read


def test_a_bar_is_as_long_as_its_number(page):
    follow(page, "review", 5)
    run = read(SENTENCE)
    bars = root(page, "review").evaluate(
        """(root) => ["unit", "column", "chance"].map((name) =>
          [...root.querySelectorAll(`.reading .${name}[data-name]`)].map((bar) => {
            const { x, y, width, height } = bar.getBBox();
            return { index: bar.dataset.index.split(",").map(Number), x, y, width, height };
          }))"""
    )
    for part, name, length in zip(bars, ("h", "x", "p"), ("height", "height", "width")):
        sizes = [bar[length] for bar in part]
        right = [abs(run[name][tuple(b["index"])] - (0.5 if name == "p" else 0)) for b in part]
        np.testing.assert_allclose(
            sizes, np.max(sizes) / np.max(right) * np.array(right), atol=0.01
        )
    for part in bars[:2]:
        at = {tuple(bar["index"]): bar["x"] for bar in part}
        assert all(at[t, j] < at[t, j + 1] for t, j in at if (t, j + 1) in at)
    middle = {bar["index"][0]: bar["y"] + bar["height"] / 2 for bar in bars[2]}
    for bar in bars[0]:
        t = bar["index"][0]
        edge = bar["y"] + bar["height"] if run["h"][tuple(bar["index"])] > 0 else bar["y"]
        assert edge == pytest.approx(middle[t], abs=0.01)
    half = bars[2][0]["x"] + (bars[2][0]["width"] if run["p"][0] < 0.5 else 0)
    for bar in bars[2]:
        end = bar["x"] + (bar["width"] if run["p"][bar["index"][0]] < 0.5 else 0)
        assert end == pytest.approx(half, abs=0.01)


def test_the_step_of_one_unit_is_worked_out(page):
    follow(page, "review", 4, unit=3)
    run, box = read(SENTENCE), root(page, "review")
    rows = [r.locator("td").all_inner_texts() for r in box.locator(".terms tbody tr").all()]
    products = [*run["from_x"][4][:, 2], *run["from_h"][4][:, 2]]
    assert [row[-1] for row in rows[:10]] == [shown(v) for v in products]
    sums = run["b"][2], run["z"][4, 2], run["h"][4, 2]
    assert [row[-1] for row in rows[10:]] == [shown(v) for v in sums]
    assert sums[1] == pytest.approx(sum(products) + sums[0], abs=1e-12)
    heads = box.locator(".terms tbody th").all_inner_texts()
    assert "".join(heads[0].split()) == f"x4[0]={shown(run['x'][4, 0])}"
    assert "".join(heads[9].split()) == f"h3[7]={shown(run['h'][3, 7])}"
    answer = "".join(box.locator("p.answer").inner_text().split())
    assert answer.endswith(f"pt=σ(logit)={shown(run['p'][4])}")
    assert live(page) == f"Step 4 of 5, “not”: p = {shown(run['p'][4])}, open."


def test_a_masked_step_holds_the_state_and_the_code_says_so(page):
    follow(page, "review", 6, behind=1)
    box, p = root(page, "review"), shown(read(SENTENCE)["p"][5])
    active = box.locator(".code .active").all_inner_texts()
    assert [line.strip() for line in active] == ["if token == 0:", "continue"]
    assert box.locator(".terms").is_hidden()
    assert live(page) == (
        f"Step 6 of 6, padding, masked. The state stays, and so does the verdict: "
        f"p = {p}, did not like it."
    )
    box.get_by_label("mask").uncheck()
    assert len(box.locator(".code .active").all()) == 3
    assert "continue" not in box.locator(".code").inner_text()
    assert box.locator(".terms").is_visible()
    assert_true(page, "review")


def test_the_map_shows_where_the_word_of_the_step_is(page):
    follow(page, "review", 4)
    box, table = root(page, "review"), read(SENTENCE)["table"]
    assert box.locator(".map-word").text_content() == "not"
    places = box.evaluate(
        """(root) => [...root.querySelectorAll(".plot .dot-of")].map((dot) =>
          dot.getAttribute("transform").match(/-?[\\d.]+/g).map(Number))"""
    )
    for axis, sign in ((0, 1), (1, -1)):
        pixels = sign * np.array(places)[:, axis]
        slope = np.polyfit(table[:, axis], pixels, 1)
        assert slope[0] > 0
        np.testing.assert_allclose(np.polyval(slope, table[:, axis]), pixels, atol=0.02)
    ring = box.locator(".plot .ring")
    at = [float(ring.get_attribute(name)) for name in ("cx", "cy")]
    assert at == pytest.approx(places[21], abs=0.01)


# --- Composing ------------------------------------------------------------------


def test_a_review_is_typed_with_completions_by_keyboard_alone(page):
    follow(page, "review", 5)
    box = root(page, "review")
    field(page).fill("")
    field(page).press_sequentially("The pl")
    assert box.get_by_role("option").all_inner_texts() == ["plot"]
    field(page).press("ArrowDown")
    field(page).press("Enter")
    field(page).press_sequentially("was bor")
    assert field(page).get_attribute("aria-expanded") == "true"
    field(page).press("Escape")
    assert box.get_by_role("option").count() == 0
    field(page).press_sequentially("ing!")
    assert values(page, "review")["words"] == "the plot was boring"
    assert field(page).input_value() == "The plot was boring!"
    assert root(page, "review").get_attribute("data-steps") == "4"
    field(page).press("Enter")
    assert field(page).input_value() == "the plot was boring"
    assert page.evaluate("document.activeElement.ariaLabel") == "Your review"
    assert_true(page, "review")


def test_a_completion_is_taken_with_a_click_and_the_field_keeps_the_focus(page):
    field(page).fill("great ch")
    root(page, "review").get_by_role("option", name="charming").click()
    assert field(page).input_value() == "great charming "
    assert values(page, "review")["words"] == "great charming"
    assert page.evaluate("document.activeElement.ariaLabel") == "Your review"


def test_an_unknown_word_is_refused_and_what_was_typed_stays(page):
    field(page).fill("I liked this film")
    field(page).press("Enter")
    assert error(page).startswith("“i” is not among the 40 words that the network knows, so the")
    assert field(page).input_value() == "I liked this film"
    assert refused(page, "review") == {"Your review": error(page)}
    assert values(page, "review")["words"] == SENTENCE
    assert_true(page, "review")
    field(page).fill("this film")
    assert (error(page), refused(page, "review")) == ("", {})
    assert values(page, "review")["words"] == "this film"
    field(page).fill("")
    field(page).press("Enter")
    assert error(page) == (
        "A review has 1 to 14 words, but this one has 0, so the review stays “this film”."
    )


def test_words_are_chosen_with_the_keyboard_and_taken_away_again(page):
    box = root(page, "review")
    box.locator("summary").click()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "good"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert values(page, "review")["words"] == f"{SENTENCE} great"
    assert field(page).input_value() == f"{SENTENCE} great"
    for _ in range(10):
        page.keyboard.press("Enter")
    assert error(page).startswith("A review has 1 to 14 words, but this one has 15, so")
    for _ in range(14):
        button(page, "review", "Remove the last word").click()
    assert values(page, "review")["words"] == "this"
    assert error(page).startswith("A review has 1 to 14 words, but this one has 0, so")


# --- Prediction and links -----------------------------------------------------------


def test_the_verdict_is_guessed_first_and_a_slip_is_named(page):
    box = root(page, "review")
    follow(page, "review", 4, words="this film was great not")
    box.get_by_label("Predict first").check()
    follow(page, "review", 3, words="this film was great dull")
    button(page, "review", "Next step").click()
    guess = box.get_by_label("Your guess for verdict", exact=False)
    guess.fill("0")
    guess.press("Enter")
    said = box.locator(".verdict").inner_text()
    assert said.startswith("Not yet: 0 is off by 1.")
    guess.fill("1")
    guess.press("Enter")
    assert box.locator(".verdict").inner_text().startswith("Right: verdict after “great”")
    assert root(page, "review").get_attribute("data-step") == "4"


def test_a_link_to_words_as_people_send_it_is_read_and_unknown_ones_are_told(page):
    page.evaluate("location.hash = '#review?step=2&words=not+GREAT'")
    page.wait_for_function("document.querySelector('[data-rnn-widget]').dataset.steps === '2'")
    assert values(page, "review")["words"] == "not great"
    follow(page, "review", 1, words="liked it")
    said = root(page, "review").locator(".unread").inner_text()
    assert said.startswith("Part of this link could not be used: “words=liked it”")
    assert values(page, "review")["words"] == SENTENCE


def test_the_copied_python_prints_what_is_shown(page):
    for step, mask in ((0, True), (3, True), (9, False), (9, True)):
        follow(page, "review", step, front=2, behind=2, mask=mask)
        button(page, "review", "Copy as Python").click()
        space = {}
        exec(root(page, "review").locator("pre.shared").inner_text(), space)
        run = read(SENTENCE, 2, 2, mask)
        np.testing.assert_allclose(space["h"], run["h"][step], rtol=0, atol=1e-12)
        assert space["p"] == pytest.approx(run["p"][step], abs=1e-12)
