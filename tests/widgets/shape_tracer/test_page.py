"""The shape tracer on a page: what it shows is what the package says, for any shape typed in."""

import numpy as np
import pytest

from rnncore.widgets import ShapeTracer
from rnncore.widgets.shape_tracer import STACKS
from tests.support.family import assert_true, button, follow, root, values
from tests.support.random_shapes import random_tracer


@pytest.fixture
def page(shown_once):
    return shown_once(ShapeTracer(id="trace"))


def opened(page):
    """The widget, with what is folded up in sight."""
    box = root(page, "trace")
    box.locator("summary").first.click()
    return box


def test_what_is_shown_is_what_the_package_says(page):
    rng = np.random.default_rng(7)
    for _ in range(20):
        tracer = random_tracer(rng)
        follow(
            page,
            "trace",
            **{
                k: str(v) if isinstance(v, int) and not isinstance(v, bool) else v
                for k, v in tracer.values().items()
            },
        )
        assert_true(page, "trace")
        refused = root(page, "trace").locator(".refusal").inner_text()
        error = tracer.trace()["error"]
        assert refused == (f"ValueError: {error}" if error else "")
        names = root(page, "trace").locator(".trace .fate th").all_inner_texts()
        assert names == [name for name, *_ in tracer.layers]


def test_a_shape_is_typed_and_the_last_good_one_stays(page):
    field = root(page, "trace").get_by_label("shape of the input")
    field.fill("(7, 9, 32)")
    assert root(page, "trace").locator(".trace .shape th").last.inner_text() == "= (7, 100)"
    field.fill("(7, 9, thirty)")
    field.press("Enter")
    said = root(page, "trace").locator(".error:not(:empty)").first.inner_text()
    assert said.endswith("“(7, 9, thirty)” is not one, so the input stays (7, 9, 32).")
    assert field.input_value() == "(7, 9, 32)"
    assert page.evaluate("document.activeElement.tagName") == "INPUT"


def test_switches_change_the_layers(page):
    box = root(page, "trace")
    shapes = box.locator(".trace .shape th")
    box.get_by_label("return_sequences").check()
    assert shapes.last.inner_text() == "= (None, 250, 100)"
    box.get_by_label("Dense after").check()
    assert shapes.last.inner_text() == "= (None, 250, 1)"
    box.get_by_label("return_sequences").press(" ")
    assert shapes.last.inner_text() == "= (None, 1)"
    box.get_by_label("Embedding before").check()
    assert box.locator(".refusal").inner_text().endswith("got (None, 250, 32, 32).")
    button(page, "trace", "a film review").click()
    assert "173 401" in box.locator(".sum").inner_text().replace("\u202f", " ")
    assert [" ".join(t.split()) for t in box.locator(".code code").all_inner_texts()] == [
        "x.shape # (None, 250)",
        "x = Embedding(table).forward(x) # (None, 250, 32)",
        "x = SimpleRNN(W_x, W_h, b).forward(x) # (None, 100)",
        "x = Dense(W, b).forward(x) # (None, 1)",
    ]
    box.get_by_label("one step: the cell").check()
    assert (
        box.locator(".refusal")
        .inner_text()
        .startswith("ValueError: x must have shape (batch, feat")
    )


def test_lists_and_switches_stack_layers_and_read_from_both_ends(page):
    box = opened(page)
    shapes = box.locator(".trace .shape th")
    box.get_by_label("layer", exact=True).select_option("GRU")
    box.get_by_label("how many").select_option("2")
    box.get_by_label("two directions").check()
    assert [" ".join(text.split()) for text in shapes.all_inner_texts()] == [
        *("input", "= (None, 250, 200)", "= (None, 200)"),
    ]
    assert "Keras and PyTorch count the same." in box.locator(".sum").inner_text()
    box.get_by_label("lower layers return all states").uncheck()
    assert (
        box.locator(".refusal")
        .inner_text()
        .endswith("got (None, 200). Make layer 0, Bidirectional, with return_sequences=True.")
    )
    box.get_by_label("one step: the cell").check()  # which has no two directions
    assert not box.get_by_label("two directions").is_checked()
    assert box.get_by_label("lower layers return all states").is_hidden()
    assert values(page, "trace")["kind"] == "GRUCell"
    assert_true(page, "trace")


def test_a_mask_brings_its_embedding_and_goes_along_as_long_as_there_are_steps(page):
    box = opened(page)
    box.get_by_label("shape of the input").fill("(None, 250)")
    box.get_by_label("a mask for token 0").check()
    box.get_by_label("how many").select_option("2")
    masks = [row.locator(".mask").count() for row in box.locator(".trace .shape").all()]
    assert masks == [0, 1, 1, 0]
    assert box.locator(".trace .mask").first.inner_text().endswith("mask (None, 250)")
    assert "mask=0" in box.locator(".code").inner_text()
    box.locator("summary").last.click()
    tokens = box.get_by_label("tokens", exact=True)
    tokens.fill("0")  # no Embedding, no mask
    tokens.press("Enter")
    said = box.locator(".editor .error:not(:empty)").inner_text()
    assert said.startswith("tokens takes a whole number from 1 to 100000, but you typed 0,")
    assert values(page, "trace")["tokens"] == 5000
    box.get_by_label("Embedding before").uncheck()
    assert values(page, "trace")["mask"] is False


def test_copied_python_prints_what_is_shown(page, capsys):
    for name, shape in {"the question": "(2, 100)", "a film review": "(2, 1)"}.items():
        button(page, "trace", name).click()
        button(page, "trace", "Copy as Python").click()
        exec(root(page, "trace").locator("pre.shared").inner_text(), {})
        assert capsys.readouterr().out.startswith(shape)
    button(page, "trace", "one sequence").click()
    button(page, "trace", "Copy as Python").click()
    exec(root(page, "trace").locator("pre.shared").inner_text(), {})
    said = root(page, "trace").locator(".refusal").inner_text()
    printed = capsys.readouterr().out.strip()  # a Sequential says first in which layer
    assert printed == f"In layer 0, SimpleRNN: {said.removeprefix('ValueError: ')}"


def test_of_stacked_layers_the_copied_python_prints_what_is_shown(shown_once, capsys):
    page = shown_once(ShapeTracer(id="trace", kind="LSTM", presets=STACKS))
    assert root(page, "trace").get_by_label("how many").is_visible()  # it opens unfolded
    for preset in STACKS:
        button(page, "trace", preset["name"]).click()
        button(page, "trace", "Copy as Python").click()
        exec(root(page, "trace").locator("pre.shared").inner_text(), {})
        shape = root(page, "trace").locator(".trace .shape th").last.inner_text().split("\n")[0]
        refused = root(page, "trace").locator(".refusal").inner_text()
        printed = capsys.readouterr().out
        if refused:
            error = refused.removeprefix("ValueError: ").replace("None", "2")
            assert printed.strip() == f"In layer 1, LSTM: {error}"
        else:
            assert f"= {printed.splitlines()[0]}" == shape.strip().replace("None", "2")
