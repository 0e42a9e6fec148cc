"""The MLP stepper's Python side: its traits, what it refuses, its trace and its film strip."""

import re
from itertools import pairwise

import numpy as np
import pytest
import traitlets

from rnncore import mlp
from rnncore.activations import softmax
from rnncore.widgets import MLPStepper
from rnncore.widgets.film import shown

X0 = [[1.0, 0.5], [0.0, 1.0], [-1.0, 2.0], [2.0, 0.0]]
W = [[[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]], [[0.6], [0.5], [-0.2]]]
B = [[0.1, 0.0, -0.2], [0.3]]
F = ["relu", "sigmoid"]


@pytest.fixture
def batch():
    return MLPStepper(X0, W, B, F, cell=(2, 1), id="batch")


@pytest.fixture
def vector():
    return MLPStepper(X0[0], W, B, F, id="vector")


def test_trace_is_the_arithmetic_of_chapter_1(vector):
    run = vector.trace()
    # 1·0.5 + 0.5·0.1 + 0.1 = 0.65;  1·(-0.3) + 0.5·0.4 = -0.1;  1·0.2 - 0.5·0.6 - 0.2 = -0.3
    np.testing.assert_allclose(run["z"][1], [0.65, -0.1, -0.3], atol=1e-15)
    np.testing.assert_allclose(run["x"][1], [0.65, 0.0, 0.0], atol=1e-15)
    # 0.65·0.6 + 0.3 = 0.69;  1/(1 + e^-0.69)
    np.testing.assert_allclose(run["z"][2], [0.69], atol=1e-15)
    np.testing.assert_allclose(run["x"][2], [1 / (1 + np.exp(-0.69))], atol=1e-15)
    np.testing.assert_allclose(run["products"][0], [0.5, 0.05], atol=1e-15)
    np.testing.assert_allclose(run["products"][1], [0.39, 0.0, 0.0], atol=1e-15)


def test_trace_is_a_plain_loop_over_rows_columns_and_products(batch):
    run = batch.trace()
    values = np.array(X0)
    for i, f in enumerate([lambda z: max(z, 0.0), lambda z: 1 / (1 + np.exp(-z))]):
        rows, units = len(values), len(B[i])
        z = np.zeros((rows, units))
        for r in range(rows):
            for c in range(units):
                z[r, c] = B[i][c]
                for k in range(len(W[i])):
                    z[r, c] += values[r, k] * W[i][k][c]
        column = min(1, units - 1)
        by_hand = [values[2, k] * W[i][k][column] for k in range(len(W[i]))]
        np.testing.assert_allclose(run["products"][i], by_hand, atol=1e-15)
        np.testing.assert_allclose(run["z"][i + 1], z, atol=1e-15)
        values = np.vectorize(f)(z)
        np.testing.assert_allclose(run["x"][i + 1], values, atol=1e-15)
    assert [x.shape for x in run["x"]] == [(4, 2), (4, 3), (4, 1)]


def test_what_goes_through_is_what_forward_returns(batch):
    for ours, theirs in zip(batch.trace()["x"], mlp.forward(X0, W, B, F), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_without_activations_the_one_layer_gives_what_all_give(batch):
    batch.activations = ["linear", "linear"]
    run = batch.trace()
    # W[0] W[1]: 0.5·0.6 - 0.3·0.5 - 0.2·0.2 = 0.11;  0.1·0.6 + 0.4·0.5 + 0.6·0.2 = 0.38
    np.testing.assert_allclose(run["W_one"], [[0.11], [0.38]], atol=1e-15)
    # B[0] W[1] + B[1]: 0.1·0.6 + 0.2·0.2 + 0.3 = 0.4
    np.testing.assert_allclose(run["b_one"], [0.4], atol=1e-15)
    np.testing.assert_allclose(X0 @ run["W_one"] + run["b_one"], run["x"][2], atol=1e-15)


def test_a_vector_is_one_row_of_x0_without_the_batch_axis(batch):
    batch.form = "vector"
    run = batch.trace()
    assert [x.shape for x in run["x"]] == [(2,), (3,), (1,)]
    assert run["x"][0].tolist() == X0[2]
    batch.cell = [0, 0]
    assert batch.trace()["x"][0].tolist() == X0[0]


def test_a_vector_and_a_batch_are_told_apart_by_the_shape_of_x0(batch, vector):
    assert (batch.form, vector.form, vector.x0) == ("batch", "vector", [X0[0]])
    vector.x0 = [3, 4]
    assert vector.x0 == [[3.0, 4.0]]
    one = MLPStepper(X0[:1], W, B, F, id="one")
    assert one.trace()["x"][2].shape == (1, 1)


def test_a_cell_beyond_an_array_looks_at_its_last_number(batch):
    batch.cell = [3, 5]
    last = batch.trace()["products"]
    batch.cell = [3, 2]
    np.testing.assert_array_equal(batch.trace()["products"][0], last[0])
    batch.set(x0=X0[:2], cell=[1, 0])
    expected = batch.trace()["products"][1]
    batch.cell = [3, 0]
    np.testing.assert_array_equal(batch.trace()["products"][1], expected)


def test_values_make_the_same_widget_again(batch, vector):
    for widget in (batch, vector):
        again = MLPStepper(**widget.values(), id=widget.id)
        assert again.values() == widget.values()
        assert again.film == widget.film


def test_shapes_that_change_together_are_set_together(batch):
    batch.step = 4
    batch.set(x0=np.ones((2, 5)), W=[np.ones((5, 2))], B=[np.zeros(2)], activations=[softmax])
    assert batch.activations == ["softmax"]
    assert batch.step == 2
    assert batch.trace()["x"][1].tolist() == [[0.5, 0.5]] * 2


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("x0", [[1, 2, 3]], "W[0] must have shape (in, out) = (3, any), got (2, 3). Its transpose"),
        (
            "x0",
            [1, 2],
            "x0 must have shape (batch, in) = (any, 2), got (2,). To draw one vector, pass form=",
        ),
        ("x0", [[1, np.nan]], "x0 must hold finite numbers, got nan."),
        ("x0", [[1], [2, 3]], "x0 must be a rectangular array, got a list whose rows differ in"),
        ("x0", np.ones((5, 2)), "x0 must have 1 to 4 rows to be drawn, got 5."),
        ("x0", np.ones((0, 2)), "x0 must have 1 to 4 rows to be drawn, got 0."),
        ("x0", None, "x0 must hold real numbers, got None."),
        ("W", 1.0, "W must be a list with one entry per layer, got 1.0."),
        ("W", W[:1], "W, B and activations must have one entry per layer, got: W has 1, B has 2"),
        (
            "W",
            [W[0], [[0.6, 0.5, -0.2]]],
            "W[1] must have shape (in, out) = (3, any), got (1, 3). Its transpose fits: pass",
        ),
        ("W", [W[0], [[np.inf], [1], [1]]], "W[1] must hold finite numbers, got inf."),
        ("W", [W[0], [["a"], [1], [1]]], "W[1] must hold real numbers, got an array of type <U"),
        ("B", [[0.1, 0.0], [0.3]], "B[0] must have shape (out,) = (3,), got (2,)."),
        ("B", [B[0], [-np.inf]], "B[1] must hold finite numbers, got -inf."),
        ("activations", "relu", "activations must be a list with one entry per layer, got 'relu'."),
        ("activations", ["relu", "tan"], "activation must be one of linear, sigmoid, tanh, relu,"),
        (
            "activations",
            ["softmax", "softmax"],
            "activations[0] must be linear, sigmoid, tanh or relu: softmax is for the last",
        ),
        ("form", "row", "form must be batch or vector, got 'row'."),
        ("cell", [0], "cell must be (row, column), got [0]."),
        ("cell", 3, "cell must be (row, column), got 3."),
        ("cell", [4, 0], "cell's row must be an integer from 0 to 3, got 4."),
        ("cell", [0, -1], "cell's column must be an integer from 0 to 5, got -1."),
        ("cell", [0.5, 0], "cell's row must be an integer from 0 to 3, got 0.5."),
        ("step", 5, "step must be 0 … 4, got 5."),
    ],
)
def test_what_does_not_fit_is_refused_and_the_last_good_value_stays(batch, name, value, message):
    before = getattr(batch, name)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        setattr(batch, name, value)
    assert isinstance(caught.value, traitlets.TraitError)
    assert getattr(batch, name) == before
    batch.trace()


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ([7, 2], "W[0] must have at most 6 rows and columns to be drawn, got (7, 2)."),
        ([2, 3, 7], "W[1] must have at most 6 rows and columns to be drawn, got (3, 7)."),
        ([1] * 6, "W must have 1 to 4 matrices to be drawn, got 5."),
        ([2], "W must have 1 to 4 matrices to be drawn, got 0."),
    ],
)
def test_what_is_too_large_to_be_read_is_refused(sizes, message):
    weights = [np.ones(pair) for pair in pairwise(sizes)]
    biases = [np.zeros(n) for n in sizes[1:]]
    with pytest.raises(ValueError, match=re.escape(message)):
        MLPStepper(np.ones(sizes[0]), weights, biases, ["relu"] * len(weights), id="a")


def test_film_has_every_step_under_the_fragment_that_links_to_it(batch, vector):
    for widget in (batch, vector):
        ids = re.findall(r'<tr id="([^"]*)">', widget.film)
        assert ids == [f"{widget.id}?step={step}" for step in range(5)]
    cells = re.findall(r"<td>(.*?)</td>", vector.film)
    assert cells[:3] == ["<i>x<sub>0</sub></i>, the input", "(2,)", "[1, 0.5]"]
    assert cells[4:6] == ["(2,) @ (2, 3) + (3,) → (3,)", "[0.65, −0.1, −0.3]"]
    assert cells[6:9] == [
        "<i>x<sub>1</sub></i> = relu(<i>z<sub>1</sub></i>)",
        *("(3,) → (3,)", "[0.65, 0, 0]"),
    ]
    assert "[[0.5, −0.3, 0.2], [0.1, 0.4, −0.6]]" in cells[3]
    assert "Every step of 2 layers: 2 matrices, 3 arrays of values" in vector.film
    rows = [f"[{', '.join(map(shown, row))}]" for row in batch.trace()["x"][1]]
    assert "<br>".join(rows) in batch.film


def test_a_trait_that_is_set_shows_in_the_film(vector):
    vector.B = [[1.1, 0.0, -0.2], [0.3]]
    assert "[1.65, −0.1, −0.3]" in vector.film


@pytest.mark.parametrize(
    ("query", "name", "value", "step"),
    [
        ("step=3&cell=2,1", "cell", [2, 1], 3),
        ("x0=1,2;3,4", "x0", [[1.0, 2.0], [3.0, 4.0]], 0),
        ("B=1,2,3;4&step=4", "B", [[1.0, 2.0, 3.0], [4.0]], 4),
        (
            "W=1,2,3;4,5,6|7;8;9",
            "W",
            [[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[7.0], [8.0], [9.0]]],
            0,
        ),
        ("activations=tanh,softmax", "activations", ["tanh", "softmax"], 0),
        ("form=vector", "form", "vector", 0),
    ],
)
def test_a_link_is_read_as_the_page_reads_it(batch, query, name, value, step):
    values, at = MLPStepper.linked(batch.values(), query)
    assert values == {**batch.values(), name: value}
    assert at == step


@pytest.mark.parametrize(
    "query", ["step=5", "cell=4,0", "cell=a,0", "x0=1,2,3", "W=1,2", "activations=relu", "form=row"]
)
def test_a_link_that_is_not_valid_is_refused(batch, query):
    with pytest.raises(ValueError, match=r"must|one entry|form|invalid literal"):
        MLPStepper.linked(batch.values(), query)


def test_every_preset_fits_and_is_made_of_what_json_knows(batch, vector):
    deep = MLPStepper([1.0], [[[2.0, 3.0]]], [[0.0, 1.0]], ["softmax"], id="deep")
    for stepper in (batch, vector, deep):
        assert len(stepper.presets) == 4
        for preset in stepper.presets:
            changes = {k: v for k, v in preset.items() if k not in {"name", "note"}}
            stepper.set(**changes)
            assert all(isinstance(value, int | str | list) for value in changes.values())


def test_the_notes_of_the_presets_are_true(batch):
    presets = {preset["name"]: preset for preset in batch.presets}
    one = presets["one vector"]["note"]
    assert one == "One example is (2,), without a batch axis, and so z is (3,)."
    assert presets["a batch of 4"]["x0"] == X0
    assert presets["no activation"]["activations"] == ["linear"] * 2
    hard = presets["saturated"]
    assert "tanh pushes numbers towards −1 or 1" in hard["note"]
    batch.set(W=hard["W"], activations=hard["activations"])
    assert (np.abs(batch.trace()["x"][1]) > 0.7).mean() > 0.9
    assert presets["one vector"]["form"] == "vector"


def test_a_preset_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"W\[0\] must have shape"):
        MLPStepper(X0, W, B, F, id="a", presets=[{"name": "wide", "x0": [[1, 2, 3]]}])


def test_repr_is_the_same_on_every_run(batch):
    batch.step = 3
    assert repr(batch) == "MLPStepper(id='batch', step=3)"
