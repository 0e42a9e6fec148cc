"""The layer reader in a browser: files chosen, refused and closed; its strip; typing."""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from rnncore import palette
from rnncore.interop import from_keras, from_torch
from rnncore.layers import LSTM
from rnncore.storage import save
from rnncore.widgets import LayerReader
from tests.support.family import (
    Twin,
    assert_number,
    assert_true,
    button,
    follow,
    numbers_in,
    refused,
    root,
    scale,
    values,
)

FILES = Path(__file__).parents[2] / "reference" / "files"
NAME = "own-layer"
RAW = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}
X = np.random.default_rng(1).uniform(-1, 1, (8, 3))  # as the page draws it for three features


@pytest.fixture
def page(shown_once):
    """The reader with its three examples, and no file."""
    page = shown_once(LayerReader(id=NAME, chosen=2, step=3))
    if (close := button(page, NAME, "Close the file")).is_visible():
        close.click()
        follow(page, NAME, 3, chosen=2)
    return page


def load_safetensors(path):
    """The arrays of a file, read as its description says."""
    raw = Path(path).read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    listed = json.loads(raw[8:start])
    return {
        name: np.frombuffer(raw[start:][slice(*one["data_offsets"])], RAW[one["dtype"]]).reshape(
            one["shape"]
        )
        for name, one in listed.items()
        if name != "__metadata__"
    }


def choose(page, path):
    """Choose a file, and wait until the page has answered."""
    root(page, NAME).locator("input[type=file]").set_input_files(path)
    page.wait_for_function(
        "(name) => /is open|is not shown/.test(document.querySelector("
        "`[data-rnn-id=${name}] .said-of-file`).textContent)",
        arg=NAME,
    )
    return root(page, NAME).locator(".said-of-file").inner_text()


def assert_shows(page, layer, x, unit=1, gate=1):
    """Every number is that of this layer, which the page has from a file."""
    looks = {"chosen": 1, "unit": unit, "gate": gate, "strip_of": 1}
    run = Twin(LayerReader, layer=layer, x=x, **looks).trace()
    numbers = [n for n in numbers_in(root(page, NAME)) if n["name"] != "x" or len(n["index"]) == 2]
    shown = [n for n in numbers if n["name"] in run]
    assert len(shown) > 10
    for number in shown:
        array = run[number["name"]]
        assert_number(number, array, 1e-12 * scale(array))


def steps(page, count):
    for _ in range(count):
        button(page, NAME, "Next step").click()


def test_a_file_of_pytorch_is_read_its_layers_chosen_and_its_numbers_are_right(page):
    assert "is open" in choose(page, FILES / "lstm-stack-float32.safetensors")
    box = root(page, NAME)
    options = box.get_by_label("Layer", exact=True).locator("option").all_inner_texts()
    assert options == ["layer 0", "layer 0, backward", "layer 1", "layer 1, backward"]
    arrays = load_safetensors(FILES / "lstm-stack-float32.safetensors")
    both = from_torch("LSTM", arrays).layers[0].inner
    steps(page, 5)
    assert_shows(page, both["forward"], X)
    box.get_by_label("Layer", exact=True).select_option(label="layer 0, backward")
    page.wait_for_function("document.querySelector('[data-step=\"0\"]')")
    assert "It reads from the last row to the first" in box.locator(".about").inner_text()
    steps(page, 2)
    box.get_by_role("button", name="Write out o").click()
    assert_shows(page, both["backward"], X, gate=4)
    assert "Its gates are i f g o, where g is c̃." in box.locator(".how").inner_text()


def test_a_dropped_file_is_read_and_never_reaches_the_model(page):
    before = page.evaluate(f"JSON.stringify(rnn.states['{NAME}'])"), values(page, NAME)
    raw = (FILES / "keras-gru-before.npz").read_bytes()
    drop = """([selector, bytes, count]) => {
      const data = new DataTransfer();
      for (let k = 0; k < count; k += 1) {
        data.items.add(new File([new Uint8Array(bytes)], `gru${k || ""}.npz`));
      }
      document.querySelector(selector).dispatchEvent(
        new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""
    target = f"[data-rnn-id={NAME}] .heat"
    page.evaluate(drop, [target, [*raw], 2])
    said = root(page, NAME).locator(".said-of-file")
    assert said.inner_text() == "Drop one file of weights, not 2. Nothing changed."
    assert refused(page, NAME) == {"A file of weights": said.inner_text()}
    page.evaluate(drop, [target, [*raw], 1])
    page.wait_for_selector(f"[data-rnn-id={NAME}] [data-file]")
    assert refused(page, NAME) == {}
    with np.load(FILES / "keras-gru-before.npz") as stored:
        layer = from_keras("GRU", [*stored.values()])
    steps(page, 3)
    assert_shows(page, layer, values(page, NAME)["x"])  # which fits, so it stays
    assert "before W_h does (reset_after=False)" in root(page, NAME).locator(".how").inner_text()
    now = page.evaluate(f"JSON.stringify(rnn.states['{NAME}'])"), values(page, NAME)
    assert now == before


def test_what_the_file_does_not_say_is_asked(page):
    choose(page, FILES / "rnn-float64.safetensors")
    arrays = load_safetensors(FILES / "rnn-float64.safetensors")
    root(page, NAME).get_by_label("activation", exact=True).select_option("relu")
    steps(page, 4)
    assert_shows(page, from_torch("RNN", arrays, activation="relu"), X)


def test_what_rnncore_has_saved_says_all_itself(page, tmp_path):
    layer = LSTM.initialise(3, 20, rng=1, activation="relu", recurrent_activation="hard_sigmoid")
    save(tmp_path / "own.npz", layer)
    choose(page, tmp_path / "own.npz")
    assert root(page, NAME).locator(".unsaid select").count() == 0
    root(page, NAME).get_by_label("Unit", exact=True).fill("17")
    steps(page, 6)
    assert_shows(page, layer, X, unit=17)
    assert root(page, NAME).locator(".terms tbody tr").count() == 15  # 12, the others, b, the sum


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.txt", b"loss,accuracy\n0.5,0.9\n", "It is neither .safetensors nor .npz."),
        ("model.pt", b"\x80\x04\x95 and so on", "It is a pickle, which could run a program"),
        ("cut.npz", (FILES / "keras-lstm.npz").read_bytes()[:700], "its end is missing"),
    ],
)
def test_a_file_that_is_none_is_refused_and_all_stays(page, tmp_path, name, content, words):
    numbers = numbers_in(root(page, NAME))
    (tmp_path / name).write_bytes(content)
    said = choose(page, tmp_path / name)
    assert said.startswith(f"“{name}” is not shown. ")
    assert words in said
    assert said.endswith("The layer that was here stays.")
    assert refused(page, NAME) == {"A file of weights": said}
    assert numbers_in(root(page, NAME)) == numbers
    assert_true(page, NAME)
    follow(page, NAME, chosen=3)
    assert (refused(page, NAME), root(page, NAME).locator(".refused").count()) == ({}, 0)


def test_closing_the_file_or_following_a_link_shows_the_examples_again(page):
    for leave in ("close", "link"):
        choose(page, FILES / "keras-lstm.npz")
        steps(page, 2)
        button(page, NAME, "Copy link").click()
        assert root(page, NAME).locator("pre.shared").inner_text().endswith(f"#{NAME}")
        if leave == "close":
            button(page, NAME, "Close the file").click()
            assert (
                root(page, NAME)
                .locator("input[type=file]")
                .evaluate("(node) => node === document.activeElement")
            )
        else:
            follow(page, NAME, 4, chosen=3)
        page.wait_for_selector(f"[data-rnn-id={NAME}] .layer-reader:not([data-file])")
        assert root(page, NAME).locator(".said-of-file").inner_text() == "The file is closed."
        assert_true(page, NAME)


@pytest.mark.parametrize("file", ["keras-gru.npz", "lstm-stack-float32.safetensors"])
def test_copied_python_reads_the_file_and_computes_what_is_shown(page, monkeypatch, file):
    monkeypatch.chdir(FILES)
    loader = SimpleNamespace(load_file=load_safetensors)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", loader)
    monkeypatch.setitem(sys.modules, "safetensors", SimpleNamespace(numpy=loader))
    choose(page, FILES / file)
    if "stack" in file:
        root(page, NAME).get_by_label("Layer", exact=True).select_option("layer 0, backward")
        page.wait_for_function("/backward/.test(document.querySelector('.about').textContent)")
    steps(page, 3)
    button(page, NAME, "Copy as Python").click()
    space = {}
    exec(root(page, NAME).locator("pre.shared").inner_text(), space)
    shown = [
        n["value"] for n in numbers_in(root(page, NAME).locator(".states")) if n["name"] == "h"
    ]
    np.testing.assert_allclose(space["h"], shown, rtol=0, atol=1e-6)


def test_a_sequence_is_typed_pasted_or_drawn(page):
    box = root(page, NAME)
    box.get_by_text("Give it a sequence").click()
    area, error = box.locator("textarea"), box.locator(".sequence .error")
    area.fill("[[1, 0.5],\n [−2, 0]]")
    area.press("End")  # a key of the box, and not of the steps
    button(page, NAME, "Use these numbers").click()
    assert values(page, NAME)["x"] == [[1, 0.5], [-2, 0]]
    area.fill("1 2 3")
    button(page, NAME, "Use these numbers").click()
    assert "takes 2 numbers, but line 1 has 3 numbers" in error.inner_text()
    rows = "The sequence, a row for each step"
    assert refused(page, NAME) == {rows: error.inner_text()}
    box.get_by_label("Steps", exact=True).fill("30")
    box.get_by_label("Seed").fill("7")
    button(page, NAME, "Draw numbers").click()
    drawn = np.random.default_rng(7).uniform(-1, 1, (30, 2))
    np.testing.assert_array_equal(values(page, NAME)["x"], drawn)
    button(page, NAME, "Copy as Python").click()
    code = box.locator("pre.shared").inner_text()
    assert "x = np.random.default_rng(7).uniform(-1, 1, (30, 2))" in code
    box.get_by_label("Steps", exact=True).fill("0")
    button(page, NAME, "Draw numbers").click()
    assert error.inner_text().startswith("Steps takes a whole number from 1 to 10000.")
    assert refused(page, NAME) == {"Steps": error.inner_text()}
    box.get_by_label("Steps", exact=True).fill("4")
    assert (refused(page, NAME), error.inner_text()) == ({}, "")
    assert_true(page, NAME)


PIXELS = """
(root) => {
  const canvas = root.querySelector("canvas");
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  const alphas = [...Array(width * height).keys()].map((k) => data[4 * k + 3]);
  return [width, height, alphas, alphas.indexOf(255)].concat([...data.slice(
    4 * alphas.indexOf(255), 4 * alphas.indexOf(255) + 3)]);
}
"""


def strip(page):
    """The width, the height, the alphas and the colour of the strip, where that is full."""
    width, height, alpha, _, *colour = root(page, NAME).evaluate(PIXELS)
    return np.reshape(alpha, (height, width)), colour


@pytest.mark.parametrize("name", ["h", "c", "f"])
def test_the_strip_is_as_dark_as_the_numbers_are_large(page, name):
    box, run = root(page, NAME), LayerReader(id="a", chosen=2).trace()
    strip_of, choice = 1 + "hcif".index(name), box.get_by_label("What the strip shows")
    if name == "f":  # by its link, and the others by hand
        follow(page, NAME, 4, chosen=2, unit=2, strip_of=strip_of)
        assert choice.evaluate("(node) => node.value") == "f"
    else:
        follow(page, NAME, 4, chosen=2, unit=2)
        choice.select_option(name)
        assert values(page, NAME)["strip_of"] == strip_of
    right = run["opens"][1:, 1] if name == "f" else run[name][1:]
    alpha, _ = strip(page)
    expected = 127.5 * (right.T / np.abs(right).max() + 1)
    np.testing.assert_allclose(alpha, expected, rtol=0, atol=1.01)
    for theme in (palette.LIGHT, palette.DARK):
        name = "light" if theme is palette.LIGHT else "dark"
        page.evaluate(f"document.documentElement.dataset.theme = '{name}'")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        assert strip(page)[1] == [int(theme["h"][k : k + 2], 16) for k in (1, 3, 5)]
    area = box.locator(".strip").bounding_box()
    cover = box.locator(".cover").bounding_box()
    assert cover["x"] - area["x"] == pytest.approx(4 / 7 * area["width"], abs=2)
    box.locator(".strip").click(position={"x": area["width"] * 5.5 / 7, "y": 70})
    assert box.get_attribute("data-step") == "6"
    assert values(page, NAME)["unit"] == 3


def test_a_large_layer_is_computed_while_the_page_answers(page, tmp_path):
    layer = LSTM.initialise(8, 128, rng=1, dtype=np.float32)
    save(tmp_path / "large.npz", layer)
    choose(page, tmp_path / "large.npz")
    box = root(page, NAME)
    box.get_by_text("Give it a sequence").click()
    box.get_by_label("Steps", exact=True).fill("400")
    button(page, NAME, "Draw numbers").click()
    box.get_by_label("Time step").fill("400")
    assert re.search(r"^(Computing: step \d+ of 400 …)?$", box.locator(".wait").inner_text())
    page.wait_for_function("document.querySelector('.wait').textContent === ''")
    x = np.random.default_rng(1).uniform(-1, 1, (400, 8))
    assert_shows(page, layer, x)
