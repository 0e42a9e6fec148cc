"""The digit reader's Python side: the trained network, the trace, the sentences, the film strip."""

import gzip
import math
import re

import numpy as np
import pytest

from rnncore.gradcheck import numerical_gradient, relative_error
from rnncore.layers import Dense, SimpleRNN
from rnncore.tasks import digits
from rnncore.training import accuracy
from rnncore.widgets import DigitReader
from rnncore.widgets import digit_reader as module
from rnncore.widgets.digit_reader import reader
from tools import train_reader

TRAIN, TEST = digits()
ZEROS = [[0.0] * 8 for _ in range(8)]


@pytest.fixture
def widget():
    return DigitReader(TEST.x[17], unit=3, id="reader")


# The trained network


def test_the_stored_network_reads_95_percent_of_the_test_digits():
    assert accuracy(reader().forward(TEST.x), TEST.y) >= 0.95


def test_it_knows_more_after_every_row():
    logits = reader(return_sequences=True).forward(TEST.x)
    shares = [accuracy(logits[:, row], TEST.y) for row in range(8)]
    assert shares == sorted(shares)
    assert shares[3] > 0.7  # halfway: no noise, an answer
    np.testing.assert_array_equal(logits[:, -1], reader().forward(TEST.x))


def test_it_is_a_simple_recurrent_layer_and_a_dense_one_of_thousandths():
    model = reader()
    rnn, dense = model.layers
    assert isinstance(rnn, SimpleRNN)
    assert isinstance(dense, Dense)
    assert rnn.activation.name == "tanh"
    shapes = {name: p.shape for name, p in model.parameters.items()}
    assert shapes == {
        "0.W_x": (8, 40),
        "0.W_h": (40, 40),
        "0.b": (40,),
        "1.W": (40, 10),
        "1.b": (10,),
    }
    for p in model.parameters.values():
        np.testing.assert_array_equal(np.rint(1000 * p) / 1000, p)


def test_each_call_gives_a_network_of_its_own():
    reader().parameters["0.W_h"][:] = 0
    assert reader().parameters["0.W_h"].any()


def test_the_tool_shifts_images_without_wrapping_them():
    image = np.arange(1.0, 65).reshape(1, 8, 8)
    np.testing.assert_array_equal(train_reader.shifted(image, 0, 0), image)
    down = train_reader.shifted(image, 1, 0)[0]
    assert not down[0].any()
    np.testing.assert_array_equal(down[1:], image[0, :-1])
    left = train_reader.shifted(image, 0, -1)[0]
    assert not left[:, -1].any()
    np.testing.assert_array_equal(left[:, :-1], image[0, :, 1:])


def test_the_loss_of_the_tool_has_the_gradient_that_it_says():
    logits, y = np.random.default_rng(1).normal(size=(3, 8, 10)), np.array([4, 0, 9])
    _, gradient = train_reader.after_every_row(logits, y)
    numerical = numerical_gradient(lambda v: train_reader.after_every_row(v, y)[0], logits)
    assert relative_error(gradient, numerical) < 1e-6


# The trace


def test_trace_is_what_a_plain_loop_gives(widget):
    run = widget.trace()
    W_x, W_h, b, W_y, b_y = (run[name] for name in ("W_x", "W_h", "b", "W_y", "b_y"))
    h = [0.0] * 40
    assert run["h"][0].tolist() == h
    for t, row in enumerate(TEST.x[17], start=1):
        from_row = [sum(row[i] * W_x[i, j] for i in range(8)) for j in range(40)]
        from_h = [sum(h[i] * W_h[i, j] for i in range(40)) for j in range(40)]
        z = [u + v + w for u, v, w in zip(from_row, from_h, b)]
        h = [math.tanh(value) for value in z]
        logits = [sum(h[i] * W_y[i, k] for i in range(40)) + b_y[k] for k in range(10)]
        powers = [math.exp(value) for value in logits]
        expected = {
            "x": row,
            "x_W_x": from_row,
            "h_W_h": from_h,
            "z": z,
            "logits": logits,
            "p": [value / sum(powers) for value in powers],
            "says": powers.index(max(powers)),
        }
        for name, value in expected.items():
            np.testing.assert_allclose(run[name][t], value, rtol=0, atol=1e-12)
        np.testing.assert_allclose(run["h"][t], h, rtol=0, atol=1e-13)
        np.testing.assert_allclose(run["from_x"][t].sum(axis=0), from_row, rtol=0, atol=1e-12)
        assert run["from_x"][t][5, 7] == row[5] * W_x[5, 7]


def test_the_last_row_is_what_the_network_puts_out(widget):
    logits = reader().forward(TEST.x[17:18])[0]
    np.testing.assert_allclose(widget.trace()["logits"][-1], logits, rtol=0, atol=1e-12)


def test_the_page_gets_the_weights_as_plain_lists(widget):
    weights = widget.get_state()["weights"]
    assert list(weights) == ["W_x", "W_h", "b", "W_y", "b_y"]
    for name, values in weights.items():
        assert np.asarray(values).tolist() == widget.trace()[name].tolist() == values


def test_an_image_that_is_set_shows_in_the_trace(widget):
    widget.image = ZEROS
    assert not widget.trace()["x"][1:].any()
    np.testing.assert_array_equal(widget.trace()["z"][1], widget.trace()["b"])  # b alone


def test_values_make_the_same_widget_again(widget):
    again = DigitReader(**widget.values(), id="again")
    assert again.values() == {"image": TEST.x[17].tolist(), "unit": 3}
    assert repr(widget) == "DigitReader(id='reader', step=0)"


# What is offered


def test_the_gallery_has_two_of_each_class_and_eight_that_are_misread():
    offered = module.gallery()
    last = reader().forward(TEST.x).argmax(axis=1)
    for digit in offered:
        i = digit["number"]
        assert (digit["label"], digit["says"]) == (TEST.y[i], last[i])
        pixels = [int(letter, 17) / 16 for letter in digit["ink"]]
        np.testing.assert_array_equal(np.reshape(pixels, (8, 8)), TEST.x[i])
    right = [d["label"] for d in offered if d["label"] == d["says"]]
    assert sorted(right) == sorted([*range(10)] * 2)
    assert len(offered) == 28
    assert len({d["number"] for d in offered}) == 28


def test_the_presets_say_what_the_network_does():
    presets = {preset["name"]: preset for preset in module.stories()}
    assert list(presets) == ["clear early", "undecided", "misread", "upside down", "blank"]
    notes = {name: preset["note"] for name, preset in presets.items()}
    runs = {name: module.read(preset["image"]) for name, preset in presets.items()}

    label, row = map(int, re.findall(r"\d+", notes["clear early"])[:2])
    p = runs["clear early"]["p"][:, label]
    assert (p[row:] > 0.9).all()
    assert (p[1:row] <= 0.9).all()

    for name in ("undecided", "misread"):
        words = notes[name]
        says = [int(re.search(r"It first says (\d)", words)[1])] * 8
        for digit, row in re.findall(r"(\d) after row (\d)", words):
            says[int(row) - 1 :] = [int(digit)] * (9 - int(row))
        assert runs[name]["says"][1:].tolist() == says
        label = int(re.search(r"\d", words)[0])
        assert (label == says[-1]) == (name == "undecided")
        assert len(set(says)) > 1

    turned, first = map(int, re.search(r"it says (\d), not (\d)", notes["upside down"]).groups())
    assert (turned, first) == (runs["upside down"]["says"][-1], runs["clear early"]["says"][-1])
    assert turned != first
    assert presets["upside down"]["image"] == presets["clear early"]["image"][::-1]

    assert presets["blank"]["image"] == ZEROS
    assert notes["blank"].endswith(f"it says {runs['blank']['says'][-1]:.0f}.")


def test_a_reading_is_told_in_a_sentence():
    assert (
        module.told({"says": np.array([np.nan, *[4] * 8])}) == "It first says 4, and stays with it."
    )
    says = np.array([np.nan, 1, 1, 7, 7, 1, 1, 1, 1])
    assert module.told({"says": says}) == "It first says 1, then 7 after row 3, and 1 after row 5."
    once = np.array([np.nan, 1, 1, *[7] * 6])
    assert module.told({"says": once}) == "It first says 1, then 7 after row 3."
    assert [module.a(digit) for digit in (1, 8)] == ["a 1", "an 8"]


def test_without_an_image_it_shows_one_over_which_it_changes_its_mind():
    says = DigitReader(id="a").trace()["says"]
    assert (np.diff(says[1:]) != 0).sum() >= 3


# What is refused

BAD = [
    ("image", [[0.0] * 8] * 7, "image must have shape (rows, columns) = (8, 8), got (7, 8)."),
    ("image", [0.0] * 8, "image must have shape (rows, columns) = (8, 8), got (8,)."),
    ("image", [[0.0] * 8] * 7 + [[0.0] * 7], "image must be a rectangular array, got a list"),
    ("image", [[1.5] * 8] * 8, "image must hold numbers from 0 to 1, got 1.5."),
    ("image", [[-0.25] * 8] * 8, "image must hold numbers from 0 to 1, got -0.25."),
    ("image", [[np.nan] * 8] * 8, "image must hold finite numbers, got nan."),
    ("image", "ink", "image must hold real numbers, got an array of type <U3."),
    ("image", None, "image must hold real numbers, got None."),
    ("unit", 0, "unit must be an integer from 1 to 40, got 0."),
    ("unit", 41, "unit must be an integer from 1 to 40, got 41."),
    ("unit", 2.0, "unit must be an integer from 1 to 40, got 2.0."),
    ("step", 9, "step must be 0 … 8, got 9."),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD)
def test_what_does_not_fit_is_refused_and_the_last_good_value_stays(widget, name, value, message):
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=re.escape(message)):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


# Links and the film strip


def test_a_link_carries_the_image_and_the_unit(widget):
    rows = ";".join(",".join(map(repr, row)) for row in TEST.x[2].tolist())
    values, step = DigitReader.linked(widget.values(), f"step=4&unit=7&image={rows}")
    assert (values["image"], values["unit"], step) == (TEST.x[2].tolist(), 7, 4)


@pytest.mark.parametrize("query", ["step=9", "unit=0", "unit=1.5", "image=1,2;3,4", "weights=1"])
def test_a_link_to_what_does_not_exist_is_refused(widget, query):
    with pytest.raises(ValueError, match=r"must|is not among|invalid literal"):
        DigitReader.linked(widget.values(), query)


def test_the_film_has_a_row_for_each_row_of_the_image(widget):
    run = widget.trace()
    assert re.findall(r'<tr id="([^"]*)">', widget.film) == [f"reader?step={t}" for t in range(9)]
    rows = re.findall(r"<tr id[^>]*>(.*?)</tr>", widget.film)
    assert rows[0].endswith("<td>nothing read yet</td>")
    for t, row in enumerate(rows[1:], start=1):
        cells = re.findall(r"<td>(.*?)</td>", row)
        assert cells[1:11] == [f"{p:.2f}" for p in run["p"][t]]
        assert cells[11] == f"{run['says'][t]:.0f}"
        ink = re.fullmatch("<code>(.{8})</code>", cells[0])[1]
        for shade, pixel in zip(ink, TEST.x[17][t - 1]):
            assert abs("·░▒▓█".index(shade) / 4 - pixel) <= 1 / 8


def test_the_film_follows_the_image(widget):
    before = widget.film
    widget.image = ZEROS
    assert widget.film != before
    assert widget.film.count("<code>········</code>") == 8


def test_the_limits_are_those_of_the_network_and_what_the_page_gets_is_light():
    parameters = reader().parameters
    assert len(parameters["0.b"]) == DigitReader.LIMITS["units"]
    assert len(parameters["1.b"]) == DigitReader.LIMITS["classes"]
    state = DigitReader(id="a").get_state()
    assert len(gzip.compress(str((state["weights"], state["gallery"])).encode())) <= 16_000
