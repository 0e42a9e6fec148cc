"""The forward pass: by hand, against Keras, as identities, and every shape that does not fit."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import activations
from rnncore.mlp import forward, predict
from tests.support.reference_vectors import assert_agrees, load

# All axes differ: batch 2, in 4, then 5, then out 3.
SHAPES = {"x0": (2, 4), "W[0]": (4, 5), "B[0]": (5,), "W[1]": (5, 3), "B[1]": (3,)}

both = pytest.mark.parametrize("run", [forward, predict])


def pack(arrays, names=("tanh", "softmax")):
    """Arrays under the names of SHAPES, as forward and predict take them."""
    return {
        "x0": arrays["x0"],
        "W": [arrays["W[0]"], arrays["W[1]"]],
        "B": [arrays["B[0]"], arrays["B[1]"]],
        "activations": list(names),
    }


def random_arrays(seed=0, **changed):
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=shape) for name, shape in (SHAPES | changed).items()}


def exactly(message):
    return rf"\A{re.escape(message)}\Z"


# By hand


def test_one_layer_by_hand():
    # z_1 = 1*1 + 2*0 + 0.5 = 1.5;  z_2 = 1*2 + 2*(-1) + 0 = 0;  z_3 = 1*0 + 2*3 - 1 = 5
    W = [[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]]
    assert_array_equal(predict([1.0, 2.0], [W], [[0.5, 0.0, -1.0]], ["linear"]), [1.5, 0.0, 5.0])


def test_two_layers_by_hand():
    # layer 1, relu:    z = (1*1 + 2*(-1) + 0,  1*2 + 2*1 + 1) = (-1, 5)  -> (0, 5)
    # layer 2, linear:  z = 0*4 + 5*0.5 - 2 = 0.5
    W = [[[1.0, 2.0], [-1.0, 1.0]], [[4.0], [0.5]]]
    x0, x1, x2 = forward([1.0, 2.0], W, [[0.0, 1.0], [-2.0]], ["relu", "linear"])
    assert_array_equal(x0, [1.0, 2.0])
    assert_array_equal(x1, [0.0, 5.0])
    assert_array_equal(x2, [0.5])


def test_softmax_is_allowed_and_runs_within_each_example():
    # z = x @ I + ln(1, 3): row 0 has e^z = (1, 3); row 1, with ln 3 more on the left, (3, 3)
    x0, bias = [[0.0, 0.0], [np.log(3), 0.0]], np.log([1.0, 3.0])
    y = predict(x0, [np.eye(2)], [bias], ["softmax"])
    assert_allclose(y, [[1 / 4, 3 / 4], [1 / 2, 1 / 2]], rtol=1e-15)


def test_agrees_with_a_chain_of_keras_dense_layers():
    # A Keras kernel is (in, out), as W is: nothing to transpose.
    v = load("p09_mlp_predict")
    W = [v["kernel_0"], v["kernel_1"], v["kernel_2"]]
    B = [v["bias_0"], v["bias_1"], v["bias_2"]]
    assert_agrees(predict(v["x"], W, B, ["relu", "tanh", "softmax"]), v["y"])


# Identities


def test_forward_keeps_the_input_and_what_each_layer_puts_out():
    arrays = random_arrays()
    outputs = forward(**pack(arrays))
    assert [x.shape for x in outputs] == [(2, 4), (2, 5), (2, 3)]
    assert_array_equal(outputs[0], arrays["x0"])


def test_predict_is_the_last_of_forward():
    network = pack(random_arrays())
    assert_array_equal(predict(**network), forward(**network)[-1])


def test_layers_follow_one_another():
    a = random_arrays()
    hidden = predict(a["x0"], [a["W[0]"]], [a["B[0]"]], ["tanh"])
    output = predict(hidden, [a["W[1]"]], [a["B[1]"]], ["softmax"])
    assert_array_equal(predict(**pack(a)), output)


@given(st.integers(0, 1000), st.integers(1, 5))
def test_a_batch_is_its_examples_side_by_side(seed, batch):
    a = random_arrays(seed, x0=(batch, 4))
    one_by_one = [predict(**pack(a | {"x0": x})) for x in a["x0"]]
    assert_allclose(predict(**pack(a)), one_by_one, rtol=1e-12, atol=1e-14)


@given(st.integers(0, 1000))
def test_linear_layers_collapse_into_one(seed):
    # (x W1 + B1) W2 + B2 = x (W1 W2) + (B1 W2 + B2)
    a = random_arrays(seed)
    W, b = a["W[0]"] @ a["W[1]"], a["B[0]"] @ a["W[1]"] + a["B[1]"]
    y = predict(**pack(a, ["linear", "linear"]))
    assert_allclose(y, predict(a["x0"], [W], [b], ["linear"]), rtol=1e-10, atol=1e-12)


def test_one_vector_agrees_with_the_column_form():
    a = random_arrays(x0=(4,))
    column = np.tanh(a["W[0]"].T @ a["x0"] + a["B[0]"])
    assert_allclose(forward(**pack(a))[1], column, rtol=1e-14)


def test_no_layers_give_the_input_back():
    assert_array_equal(predict([1.0, 2.0], [], [], []), [1.0, 2.0])


def test_an_empty_batch_has_empty_outputs():
    assert [x.shape for x in forward(**pack(random_arrays(x0=(0, 4))))] == [(0, 4), (0, 5), (0, 3)]


def test_an_activation_itself_serves_as_well_as_its_name():
    a = random_arrays()
    by_object = predict(**pack(a, [activations.tanh, activations.softmax]))
    assert_array_equal(by_object, predict(**pack(a)))


# How arrays come in


def test_lists_work_where_arrays_are_meant():
    a = random_arrays()
    lists = {name: array.tolist() for name, array in a.items()}
    assert_array_equal(predict(**pack(lists)), predict(**pack(a)))


def test_one_array_may_hold_all_the_layers():
    W, B = np.arange(18.0).reshape(2, 3, 3) / 10, np.ones((2, 3))
    y = predict([1.0, 2.0, 3.0], W, B, ["tanh", "linear"])
    assert_array_equal(y, predict([1.0, 2.0, 3.0], list(W), list(B), ("tanh", "linear")))


def test_integers_are_computed_in_float():
    y = predict([1, 2], [[[1, 0], [0, 1]]], [[0, 1]], ["sigmoid"])
    assert y.dtype == np.float64
    assert_array_equal(y, predict([1.0, 2.0], [np.eye(2)], [[0.0, 1.0]], ["sigmoid"]))


@pytest.mark.parametrize("name", SHAPES)
def test_strides_do_not_matter(strided, name):
    a = random_arrays()
    y = predict(**pack(a | {name: strided(a[name])}))
    assert_allclose(y, predict(**pack(a)), rtol=1e-13)


def test_inputs_are_left_as_they_were():
    a = random_arrays()
    before = {name: array.copy() for name, array in a.items()}
    forward(**pack(a))
    for name in a:
        assert_array_equal(a[name], before[name])


@both
def test_float32_stays_float32(run):
    a = {name: array.astype(np.float32) for name, array in random_arrays().items()}
    outputs = run(**pack(a, ["sigmoid", "softmax"]))
    assert {x.dtype for x in outputs} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", SHAPES)
def test_one_float64_array_makes_it_float64(name):
    a = {n: array.astype(np.float32) for n, array in random_arrays().items()}
    outputs = forward(**pack(a | {name: a[name].astype(np.float64)}))
    assert {x.dtype for x in outputs} == {np.dtype(np.float64)}


def test_nan_reaches_every_output_of_its_example_and_no_other():
    a = random_arrays()
    a["x0"][0, 2] = np.nan
    for x in forward(**pack(a))[1:]:
        assert np.isnan(x[0]).all()
        assert np.isfinite(x[1]).all()


def test_infinity_saturates():
    # z = (inf * 1, inf * -1)
    assert_array_equal(predict([np.inf], [[[1.0, -1.0]]], [[0.0, 0.0]], ["tanh"]), [1.0, -1.0])


# What does not fit

WRONG_SHAPES = [
    ("x0", (), "x0 must have shape (batch, in), got ()."),
    ("x0", (1, 2, 4), "x0 must have shape (batch, in), got (1, 2, 4)."),
    ("x0", (2, 6), "W[0] must have shape (in, out) = (6, any), got (4, 5)."),
    ("x0", (6,), "W[0] must have shape (in, out) = (6, any), got (4, 5)."),
    ("x0", (2, 0), "x0 must have shape (batch, in), got (2, 0). The in axis is empty."),
    ("x0", (0,), "x0 must have shape (in,), got (0,). The in axis is empty."),
    ("W[0]", (), "W[0] must have shape (in, out) = (4, any), got ()."),
    ("W[0]", (4,), "W[0] must have shape (in, out) = (4, any), got (4,)."),
    ("W[0]", (1, 4, 5), "W[0] must have shape (in, out) = (4, any), got (1, 4, 5)."),
    ("W[0]", (6, 5), "W[0] must have shape (in, out) = (4, any), got (6, 5)."),
    ("W[0]", (4, 6), "B[0] must have shape (out,) = (6,), got (5,)."),
    (
        "W[0]",
        (5, 4),
        "W[0] must have shape (in, out) = (4, any), got (5, 4). Its transpose fits: pass W[0].T.",
    ),
    (
        "W[0]",
        (4, 0),
        "W[0] must have shape (in, out) = (4, any), got (4, 0). The out axis is empty.",
    ),
    ("W[1]", (5,), "W[1] must have shape (in, out) = (5, any), got (5,)."),
    ("W[1]", (6, 3), "W[1] must have shape (in, out) = (5, any), got (6, 3)."),
    ("W[1]", (5, 2), "B[1] must have shape (out,) = (2,), got (3,)."),
    (
        "W[1]",
        (3, 5),
        "W[1] must have shape (in, out) = (5, any), got (3, 5). Its transpose fits: pass W[1].T.",
    ),
    ("B[0]", (), "B[0] must have shape (out,) = (5,), got ()."),
    ("B[0]", (1,), "B[0] must have shape (out,) = (5,), got (1,)."),
    ("B[0]", (4,), "B[0] must have shape (out,) = (5,), got (4,)."),
    ("B[0]", (1, 5), "B[0] must have shape (out,) = (5,), got (1, 5)."),
    ("B[0]", (5, 1), "B[0] must have shape (out,) = (5,), got (5, 1)."),
    ("B[1]", (2, 3), "B[1] must have shape (out,) = (3,), got (2, 3)."),
]


@both
@pytest.mark.parametrize(("name", "shape", "message"), WRONG_SHAPES)
def test_a_shape_that_does_not_fit_is_refused(run, name, shape, message):
    with pytest.raises(ValueError, match=exactly(message)):
        run(**pack(random_arrays(**{name: shape})))


@both
@pytest.mark.parametrize(
    ("argument", "lengths"),
    [
        ("W", "W has 1, B has 2, activations has 2"),
        ("B", "W has 2, B has 1, activations has 2"),
        ("activations", "W has 2, B has 2, activations has 1"),
    ],
)
def test_lists_of_different_lengths_are_refused(run, argument, lengths):
    network = pack(random_arrays())
    message = f"W, B and activations must have one entry per layer, got: {lengths}."
    with pytest.raises(ValueError, match=exactly(message)):
        run(**network | {argument: network[argument][:1]})


@pytest.mark.parametrize("argument", ["W", "B", "activations"])
@pytest.mark.parametrize("value", ["tanh", None, 3.0, np.array(3.0)], ids=repr)
def test_what_is_no_list_of_layers_is_refused(argument, value):
    message = f"{argument} must be a list with one entry per layer, got {value!r}."
    with pytest.raises(ValueError, match=exactly(message)):
        predict(**pack(random_arrays()) | {argument: value})


@both
def test_an_unknown_activation_is_refused(run):
    message = f"activation must be one of {', '.join(activations.KNOWN)}, got 'swish'."
    with pytest.raises(ValueError, match=exactly(message)):
        run(**pack(random_arrays(), ["tanh", "swish"]))


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "{} must hold real numbers, got None."),
        ([[1j]], "{} must hold real numbers, got an array of type complex128."),
        (["a", "b"], "{} must hold real numbers, got an array of type <U1."),
        ([1.0, None], "{} must hold real numbers, got an array of type object."),
        (
            [[1.0], [1.0, 2.0]],
            "{} must be a rectangular array, got a list whose rows differ in length.",
        ),
    ],
    ids=["None", "complex", "text", "objects", "ragged"],
)
def test_what_is_no_array_of_real_numbers_is_refused(name, value, message):
    with pytest.raises(ValueError, match=exactly(message.format(name))):
        predict(**pack(random_arrays() | {name: value}))
