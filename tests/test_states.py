"""Hidden states: by hand, against Keras and PyTorch, as identities, and every wrong shape."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import activations
from rnncore.mlp import predict
from rnncore.states import blocks_of, compute_states, step
from tests.support.reference_vectors import assert_agrees, load

NAMES = activations.ELEMENTWISE
any_activation = pytest.mark.parametrize("activation", NAMES)

# All axes differ: batch 2, timesteps 3, features 4, units 5.
WEIGHTS = {"W_x": (4, 5), "W_h": (5, 5), "b": (5,)}
NUMBERS = {"W_x": (), "W_h": (), "b": ()}
FORMS = {
    "sequences of vectors": (compute_states, {"X": (2, 3, 4), **WEIGHTS, "h0": (2, 5)}),
    "sequences of numbers": (compute_states, {"X": (2, 3), **NUMBERS, "h0": (2,)}),
    "step of a batch of vectors": (step, {"x_t": (2, 4), "h_prev": (2, 5), **WEIGHTS}),
    "step of one vector": (step, {"x_t": (4,), "h_prev": (5,), **WEIGHTS}),
    "step of a batch of numbers": (step, {"x_t": (2,), "h_prev": (2,), **NUMBERS}),
    "step of one number": (step, {"x_t": (), "h_prev": (), **NUMBERS}),
}
OUTPUTS = [(2, 4, 5), (2, 4), (2, 5), (5,), (2,), ()]
ARGUMENTS = [(form, name) for form, (_, shapes) in FORMS.items() for name in shapes]

each_form = pytest.mark.parametrize("form", FORMS)
each_argument = pytest.mark.parametrize(("form", "name"), ARGUMENTS)


def random_arrays(form="sequences of vectors", seed=0, **changed):
    """Arguments by name; a shape given by name replaces the one that fits."""
    rng = np.random.default_rng(seed)
    shapes = FORMS[form][1] | changed
    return {name: np.asarray(rng.normal(size=shape)) for name, shape in shapes.items()}


def in_type(arguments, dtype):
    return {name: array.astype(dtype) for name, array in arguments.items()}


def exactly(message):
    return rf"\A{re.escape(message)}\Z"


@st.composite
def layers(draw, **fixed):
    """A layer of any small size, with an input for it."""
    n = {a: draw(st.integers(1, 4)) for a in ("batch", "timesteps", "features", "units")} | fixed
    shapes = {
        "X": (n["batch"], n["timesteps"], n["features"]),
        "W_x": (n["features"], n["units"]),
        "W_h": (n["units"], n["units"]),
        "b": (n["units"],),
        "h0": (n["batch"], n["units"]),
    }
    return random_arrays(seed=draw(st.integers(0, 1000)), **shapes)


activation_names = st.sampled_from(NAMES)


def close(actual, expected):
    assert_allclose(actual, expected, rtol=1e-12, atol=1e-12)


# By hand


def test_linear_numbers_by_hand():
    # h_1 =  2 * 0.5 +  4   * (-2) + 1 =  1   -  8 + 1 =  -6
    # h_2 = -1 * 0.5 + -6   * (-2) + 1 = -0.5 + 12 + 1 =  12.5
    # h_3 =  3 * 0.5 + 12.5 * (-2) + 1 =  1.5 - 25 + 1 = -22.5
    S = compute_states([[2.0, -1.0, 3.0]], W_x=0.5, W_h=-2.0, b=1.0, h0=[4.0])
    assert_array_equal(S, [[4.0, -6.0, 12.5, -22.5]])


def test_relu_numbers_by_hand():
    # h_1 = relu( 1   - 8 + 1) = 0;  h_2 = relu(-0.5 + 0 + 1) = 0.5;  h_3 = relu(1.5 - 1 + 1) = 1.5
    S = compute_states([[2.0, -1.0, 3.0]], 0.5, -2.0, 1.0, "relu", h0=[4.0])
    assert_array_equal(S, [[4.0, 0.0, 0.5, 1.5]])


def test_sigmoid_numbers_by_hand():
    # h_1 = sigmoid(ln 3 + 0) = 1 / (1 + 1/3) = 3/4;  h_2 = sigmoid(-3 + 3/4 * 4) = sigmoid(0) = 1/2
    assert_allclose(
        compute_states([[np.log(3), -3.0]], 1.0, 4.0, activation="sigmoid"),
        [[0, 3 / 4, 1 / 2]],
        rtol=1e-15,
    )


def test_tanh_numbers_by_hand():
    # tanh(ln 2) = (2 - 1/2) / (2 + 1/2) = 3/5
    # h_1 = tanh(ln 2 + 0) = 3/5;  h_2 = tanh(ln 2 - 3 + 3/5 * 5) = tanh(ln 2) = 3/5
    S = compute_states([[np.log(2), np.log(2) - 3]], 1.0, 5.0, activation="tanh")
    assert_allclose(S, [[0, 3 / 5, 3 / 5]], rtol=1e-14)


def test_vectors_by_hand():
    # features 2, units 3
    W_x = [[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]]
    W_h = [[0.0, 1.0, 0.0], [0.0, 0.0, 2.0], [1.0, 0.0, 0.0]]
    # x_1 W_x = (1*1 + 2*0, 1*0 + 2*1, 1*2 + 2*(-1))              = (1, 2, 0)
    # h_0 W_h = (1*0 + 2*0 + 3*1, 1*1 + 2*0 + 3*0, 1*0 + 2*2 + 0) = (3, 1, 4)
    # h_1     = (1 + 3 + 0.5, 2 + 1 + 0, 0 + 4 - 1)               = (4.5, 3, 3)
    # x_2 W_x = (-1, 0, -2);  h_1 W_h = (3*1, 4.5*1, 3*2)         = (3, 4.5, 6)
    # h_2     = (-1 + 3 + 0.5, 0 + 4.5 + 0, -2 + 6 - 1)           = (2.5, 4.5, 3)
    S = compute_states(
        [[[1.0, 2.0], [-1.0, 0.0]]], W_x, W_h, b=[0.5, 0.0, -1.0], h0=[[1.0, 2.0, 3.0]]
    )
    assert_array_equal(S, [[[1.0, 2.0, 3.0], [4.5, 3.0, 3.0], [2.5, 4.5, 3.0]]])


def test_step_by_hand():
    # One feature, two units: x W_x = (2*1, 2*3) = (2, 6);  h W_h = (1*0 + 5*1, 1*4 + 5*0) = (5, 4)
    # z = (2 + 5 - 1, 6 + 4 - 12) = (6, -2), and relu leaves (6, 0)
    h = step([2.0], [1.0, 5.0], [[1.0, 3.0]], [[0.0, 4.0], [1.0, 0.0]], [-1.0, -12.0], "relu")
    assert_array_equal(h, [6.0, 0.0])


def test_step_of_numbers_by_hand():
    assert step(2.0, 3.0, 10.0, 100.0, 1.0) == 2 * 10 + 3 * 100 + 1


def test_a_weight_of_one_counts_the_ones():
    S = compute_states([[1, 0, 1, 1], [0, 0, 1, 0]], 1.0, 1.0)
    assert_array_equal(S, [[0, 1, 1, 2, 3], [0, 0, 0, 1, 1]])


# The linear scalar recurrence, exactly


def naive_states(X, wx, wRec):
    batch, timesteps = X.shape
    S = np.zeros((batch, timesteps + 1))
    for k in range(timesteps):
        S[:, k + 1] = X[:, k] * wx + S[:, k] * wRec
    return S


moderate = st.floats(-1e3, 1e3)


@given(
    arrays(float, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=moderate),
    moderate,
    moderate,
)
def test_three_arguments_are_exactly_the_scalar_recurrence(X, wx, wRec):
    assert_array_equal(compute_states(X, wx, wRec), naive_states(X, wx, wRec))


@given(st.lists(st.floats(-2, 2), max_size=8), st.floats(-2, 2), st.floats(-2, 2))
def test_the_last_linear_state_is_a_weighted_sum_of_the_inputs(x, W_x, W_h):
    # s_T = sum over k = 1 ... T of  W_x * W_h^(T - k) * x_k
    T = len(x)
    s_T = sum(W_x * W_h ** (T - k) * x[k - 1] for k in range(1, T + 1))
    close(compute_states([x], W_x, W_h)[0, -1], s_T)


# Against Keras and PyTorch


def test_agrees_with_the_last_state_of_keras():
    v = load("p01_simplernn_last")
    S = compute_states(v["x"], v["kernel"], v["recurrent_kernel"], v["bias"], "tanh")
    assert_agrees(S[:, -1], v["y"])
    assert_agrees(S[:, -1], v["h_n"])


def test_agrees_with_the_sequence_of_keras_without_bias():
    v = load("p02_simplernn_seq_relu_nobias")
    S = compute_states(v["x"], v["kernel"], v["recurrent_kernel"], activation="relu")
    assert_agrees(S[:, 1:], v["y"])
    assert_agrees(S[:, -1], v["h_n"])


def test_step_agrees_with_the_cell_of_keras():
    v = load("p05_simplernncell_sigmoid")
    h = step(v["x"], v["h0"], v["kernel"], v["recurrent_kernel"], v["bias"], "sigmoid")
    assert_agrees(h, v["y"])


def test_agrees_with_pytorch_transposed_and_with_its_two_biases_added():
    v = load("p10_torch_rnn_h0")
    W_x, W_h = v["weight_ih"].T, v["weight_hh"].T
    S = compute_states(v["x"], W_x, W_h, v["bias_ih"] + v["bias_hh"], "tanh", v["h0"])
    assert_agrees(S[:, 0], v["h0"])
    assert_agrees(S[:, 1:], v["y"])
    assert_agrees(S[:, -1], v["h_n"])


def test_agrees_with_the_scalar_recurrence_of_pytorch():
    v = load("p14_scalar_linear_rnn")
    S = compute_states(v["x"], v["wx"], v["wRec"])
    assert_agrees(S, v["states"])
    assert_agrees(np.mean((v["labels"] - S[:, -1]) ** 2), v["loss"])


# Identities


@given(layers(), activation_names, st.integers(0, 4))
def test_two_halves_with_the_state_carried_are_one_run(layer, activation, cut):
    X, h0 = layer.pop("X"), layer.pop("h0")
    whole = compute_states(X, **layer, activation=activation, h0=h0)
    first = compute_states(X[:, :cut], **layer, activation=activation, h0=h0)
    second = compute_states(X[:, cut:], **layer, activation=activation, h0=first[:, -1])
    close(np.concatenate([first, second[:, 1:]], axis=1), whole)


@given(layers(batch=2), activation_names)
def test_a_batch_of_two_is_two_runs(layer, activation):
    together = compute_states(**layer, activation=activation)
    for i in (slice(0, 1), slice(1, 2)):
        alone = layer | {"X": layer["X"][i], "h0": layer["h0"][i]}
        close(compute_states(**alone, activation=activation), together[i])


@given(layers(), activation_names)
def test_without_recurrent_weights_each_step_is_a_dense_layer(layer, activation):
    S = compute_states(**layer | {"W_h": 0 * layer["W_h"]}, activation=activation)
    for t in range(1, S.shape[1]):
        dense = predict(layer["X"][:, t - 1], [layer["W_x"]], [layer["b"]], [activation])
        close(S[:, t], dense)


@given(layers(), activation_names)
def test_the_loop_is_a_step_repeated(layer, activation):
    S = compute_states(**layer, activation=activation)
    X, h = layer.pop("X"), layer.pop("h0")
    for t in range(1, S.shape[1]):
        h = step(X[:, t - 1], h, **layer, activation=activation)
        close(S[:, t], h)


@given(layers(features=1, units=1), activation_names)
def test_numbers_are_the_case_of_one_feature_and_one_unit(layer, activation):
    as_numbers = {name: array[..., 0] for name, array in layer.items() if name in ("X", "h0")}
    as_numbers |= {name: layer[name].item() for name in ("W_x", "W_h", "b")}
    S = compute_states(**layer, activation=activation)
    close(compute_states(**as_numbers, activation=activation), S[..., 0])


@given(layers(batch=1, timesteps=1), activation_names)
def test_a_step_of_one_vector_is_a_batch_of_one(layer, activation):
    x_t, h_prev = layer.pop("X")[:, 0], layer.pop("h0")
    batch = step(x_t, h_prev, **layer, activation=activation)
    close(step(x_t[0], h_prev[0], **layer, activation=activation), batch[0])


@any_activation
def test_a_step_of_a_batch_of_numbers_is_a_step_of_each(activation):
    together = step([1.0, -2.0, 0.5], [0.0, 1.0, -1.0], 0.7, -0.4, 0.1, activation)
    one_by_one = [
        step(1.0, 0.0, 0.7, -0.4, 0.1, activation),
        step(-2.0, 1.0, 0.7, -0.4, 0.1, activation),
        step(0.5, -1.0, 0.7, -0.4, 0.1, activation),
    ]
    close(together, one_by_one)


@given(layers(timesteps=4), activation_names)
def test_a_state_knows_nothing_of_later_inputs(layer, activation):
    S = compute_states(**layer, activation=activation)
    layer["X"][:, 2:] += 1.0
    assert_array_equal(compute_states(**layer, activation=activation)[:, :3], S[:, :3])


# Defaults and forms of the arguments


@each_form
def test_the_arguments_that_fit_give_the_documented_shape(form):
    run, _ = FORMS[form]
    assert np.shape(run(**random_arrays(form))) == OUTPUTS[list(FORMS).index(form)]


@pytest.mark.parametrize("form", ["sequences of vectors", "sequences of numbers"])
def test_the_initial_state_is_column_zero(form):
    arguments = random_arrays(form)
    assert_array_equal(compute_states(**arguments)[:, 0], arguments["h0"])


@pytest.mark.parametrize("form", ["sequences of vectors", "sequences of numbers"])
def test_without_h0_the_state_starts_at_zero(form):
    arguments = random_arrays(form)
    zeros = np.zeros_like(arguments.pop("h0"))
    S = compute_states(**arguments)
    assert_array_equal(S[:, 0], zeros)
    assert_array_equal(S, compute_states(**arguments, h0=zeros))


@each_form
def test_the_activation_is_linear_and_the_bias_zero_unless_said(form):
    run, _ = FORMS[form]
    arguments = random_arrays(form)
    zero = np.zeros_like(arguments.pop("b"))
    assert_array_equal(run(**arguments), run(**arguments, b=zero, activation="linear"))


@pytest.mark.parametrize("form", ["sequences of vectors", "step of one vector"])
def test_a_number_as_bias_serves_every_unit(form):
    run, _ = FORMS[form]
    arguments = random_arrays(form)
    alike = run(**arguments | {"b": np.full(5, 0.3)}, activation="tanh")
    assert_array_equal(run(**arguments | {"b": 0.3}, activation="tanh"), alike)


@any_activation
@each_form
def test_an_activation_itself_serves_as_well_as_its_name(form, activation):
    run, _ = FORMS[form]
    arguments = random_arrays(form)
    by_object = run(**arguments, activation=getattr(activations, activation))
    assert_array_equal(by_object, run(**arguments, activation=activation))


@any_activation
@pytest.mark.parametrize("form", ["sequences of vectors", "sequences of numbers"])
def test_an_empty_time_axis_leaves_the_initial_state_alone(form, activation):
    arguments = random_arrays(form)
    arguments["X"] = arguments["X"][:, :0]
    S = compute_states(**arguments, activation=activation)
    assert_array_equal(S, arguments["h0"][:, np.newaxis])


def test_an_empty_list_of_steps_is_an_empty_time_axis():
    assert_array_equal(compute_states([[], []], 1.0, 0.5), [[0.0], [0.0]])


def test_an_empty_batch_has_no_states():
    arguments = random_arrays(X=(0, 3, 4), h0=(0, 5))
    assert compute_states(**arguments).shape == (0, 4, 5)


@each_form
def test_lists_work_where_arrays_are_meant(form):
    run, _ = FORMS[form]
    arguments = random_arrays(form)
    lists = {name: array.tolist() for name, array in arguments.items()}
    assert_array_equal(run(**lists, activation="tanh"), run(**arguments, activation="tanh"))


@any_activation
@each_form
def test_integers_are_computed_in_float(form, activation):
    run, _ = FORMS[form]
    integers = in_type({n: 3 * a for n, a in random_arrays(form).items()}, np.int64)
    h = run(**integers, activation=activation)
    assert h.dtype == np.float64
    assert_array_equal(h, run(**in_type(integers, np.float64), activation=activation))


@each_argument
def test_strides_do_not_matter(strided, form, name):
    run, _ = FORMS[form]
    arguments = random_arrays(form)
    close(run(**arguments | {name: strided(arguments[name])}), run(**arguments))


@each_form
def test_inputs_are_left_as_they_were(form):
    run, _ = FORMS[form]
    arguments = random_arrays(form)
    before = {name: array.copy() for name, array in arguments.items()}
    run(**arguments, activation="relu")
    for name in arguments:
        assert_array_equal(arguments[name], before[name])


@any_activation
@each_form
def test_the_result_shares_no_memory_with_an_input(form, activation):
    run, _ = FORMS[form]
    arguments = random_arrays(form)
    result = run(**arguments, activation=activation)
    assert [name for name, given in arguments.items() if np.shares_memory(result, given)] == []


# Types


@any_activation
@each_form
def test_float32_stays_float32(form, activation):
    run, _ = FORMS[form]
    assert run(**in_type(random_arrays(form), np.float32), activation=activation).dtype == (
        np.float32
    )


def test_python_numbers_do_not_promote_float32():
    X, h0 = np.ones((2, 3), np.float32), np.ones(2, np.float32)
    assert compute_states(X, 0.5, 2, True, h0=h0).dtype == np.float32
    assert step(X[:, 0], h0, 0.5, 2).dtype == np.float32


def test_float32_starts_from_float32_zeros():
    vectors = in_type(random_arrays(), np.float32)
    del vectors["h0"]
    assert compute_states(**vectors | {"b": 0.5}).dtype == np.float32


@each_argument
def test_one_float64_array_makes_it_float64(form, name):
    run, _ = FORMS[form]
    arguments = in_type(random_arrays(form), np.float32)
    arguments[name] = arguments[name].astype(np.float64)
    assert run(**arguments).dtype == np.float64


@each_form
def test_a_longer_float_keeps_its_digits(form):
    run, _ = FORMS[form]
    assert run(**in_type(random_arrays(form), np.longdouble)).dtype == np.longdouble


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int32, np.float16])
def test_every_other_real_type_is_computed_in_float64(dtype):
    # h_1 = 1 * 1 + 0;  h_2 = 0 * 1 + 1 * 1;  h_3 = 1 * 1 + 1 * 1
    S = compute_states(np.array([[1, 0, 1]], dtype), np.array(1, dtype), np.array(1, dtype))
    assert S.dtype == np.float64
    assert_array_equal(S, [[0, 1, 1, 2]])


def test_float32_agrees_with_float64_to_its_own_precision():
    arguments = random_arrays()
    single = compute_states(**in_type(arguments, np.float32), activation="tanh")
    assert_allclose(single, compute_states(**arguments, activation="tanh"), rtol=0, atol=1e-5)


# NaN and infinity, as in NumPy


@any_activation
def test_nan_stays_from_its_step_on_and_in_its_own_sequence(activation):
    arguments = random_arrays()
    arguments["X"][0, 1, 2] = np.nan
    S = compute_states(**arguments, activation=activation)
    assert np.isfinite(S[0, :2]).all()
    assert np.isnan(S[0, 2:]).all()
    assert np.isfinite(S[1]).all()


def test_nan_in_numbers_stays_from_its_step_on():
    assert_array_equal(compute_states([[1.0, np.nan, 1.0]], 1.0, 0.5), [[0, 1, np.nan, np.nan]])


def test_infinity_is_carried_on_and_turned_by_a_negative_weight():
    assert_array_equal(compute_states([[np.inf, 1.0]], 1.0, 0.5), [[0, np.inf, np.inf]])
    assert_array_equal(compute_states([[np.inf, 1.0]], 1.0, -0.5), [[0, np.inf, -np.inf]])


def test_infinity_less_infinity_is_nan():
    with np.errstate(invalid="ignore"):
        S = compute_states([[np.inf, np.inf]], 1.0, -1.0)
    assert_array_equal(S, [[0, np.inf, np.nan]])


def test_infinity_saturates():
    assert_array_equal(compute_states([[np.inf, -np.inf]], 1.0, 1.0, 0, "tanh"), [[0, 1, -1]])
    assert_array_equal(compute_states([[np.inf, -np.inf]], 1.0, 1.0, 0, "sigmoid"), [[0, 1, 0]])


def test_a_state_that_explodes_ends_in_infinity():
    # 1, then 1 * 1e200, then 1e200 * 1e200, which no float64 holds
    with np.errstate(over="ignore"):
        S = compute_states([[1.0, 0.0, 0.0]], 1.0, 1e200)
    assert_array_equal(S, [[0, 1, 1e200, np.inf]])


# What does not fit: each argument in turn, the others as in FORMS

BOTH = "W_x and W_h must both be numbers or both be matrices, got shapes"
NOT_X = "X must have shape (batch, timesteps, features), got"
NOT_W_X = "W_x must have shape (features, units) = (4, any), got"
NOT_W_H = "W_h must have shape (units, units) = (5, 5), got"
NOT_B = "b must have shape (units,) = (5,), got"
NOT_H0 = "h0 must have shape (batch, units) = (2, 5), got"
NOT_H = "h_prev must have shape (batch, units) = (2, 5), got"
ONE = "One example is a batch of one: pass"

WRONG_WEIGHTS = [
    ("W_x", (), f"{BOTH} () and (5, 5)."),
    ("W_x", (4,), f"{NOT_W_X} (4,)."),
    ("W_x", (1, 4, 5), f"{NOT_W_X} (1, 4, 5)."),
    ("W_x", (6, 5), f"{NOT_W_X} (6, 5)."),
    ("W_x", (5, 4), f"{NOT_W_X} (5, 4). Its transpose fits: pass W_x.T."),
    ("W_x", (0, 5), f"{NOT_W_X} (0, 5). The features axis is empty."),
    ("W_x", (4, 0), f"{NOT_W_X} (4, 0). The units axis is empty."),
    ("W_x", (4, 6), "W_h must have shape (units, units) = (6, 6), got (5, 5)."),
    ("W_h", (), f"{BOTH} (4, 5) and ()."),
    ("W_h", (5,), f"{NOT_W_H} (5,)."),
    ("W_h", (1, 5, 5), f"{NOT_W_H} (1, 5, 5)."),
    ("W_h", (4, 5), f"{NOT_W_H} (4, 5)."),
    ("W_h", (5, 4), f"{NOT_W_H} (5, 4)."),
    ("W_h", (0, 0), f"{NOT_W_H} (0, 0). The units axis is empty."),
    ("b", (1,), f"{NOT_B} (1,)."),
    ("b", (4,), f"{NOT_B} (4,)."),
    ("b", (1, 5), f"{NOT_B} (1, 5)."),
    ("b", (5, 1), f"{NOT_B} (5, 1)."),
    ("b", (0,), f"{NOT_B} (0,). The units axis is empty."),
]
WRONG_NUMBERS = [
    ("W_x", (1,), f"{BOTH} (1,) and ()."),
    ("W_x", (1, 1), f"{BOTH} (1, 1) and ()."),
    ("W_h", (1,), f"{BOTH} () and (1,)."),
    ("W_h", (1, 1), f"{BOTH} () and (1, 1)."),
    ("b", (1,), "b must be a number, got an array of shape (1,)."),
    ("b", (2, 3), "b must be a number, got an array of shape (2, 3)."),
]
WRONG = {
    "sequences of vectors": [
        ("X", (), f"{NOT_X} ()."),
        ("X", (4,), f"{NOT_X} (4,)."),
        ("X", (3, 4), f"{NOT_X} (3, 4). {ONE} X[np.newaxis]."),
        ("X", (2, 3, 4, 1), f"{NOT_X} (2, 3, 4, 1)."),
        ("X", (2, 3, 0), f"{NOT_X} (2, 3, 0). The features axis is empty."),
        ("X", (2, 3, 6), "W_x must have shape (features, units) = (6, any), got (4, 5)."),
        ("X", (3, 3, 4), "h0 must have shape (batch, units) = (3, 5), got (2, 5)."),
        *WRONG_WEIGHTS,
        ("h0", (), f"{NOT_H0} ()."),
        ("h0", (4,), "h0 must have shape (units,) = (5,), got (4,)."),
        ("h0", (1, 2, 5), f"{NOT_H0} (1, 2, 5)."),
        ("h0", (1, 5), f"{NOT_H0} (1, 5)."),
        ("h0", (2, 4), f"{NOT_H0} (2, 4)."),
        ("h0", (5, 2), f"{NOT_H0} (5, 2). Its transpose fits: pass h0.T."),
    ],
    "sequences of numbers": [
        ("X", (), "X must have shape (batch, timesteps), got ()."),
        ("X", (3,), f"X must have shape (batch, timesteps), got (3,). {ONE} X[np.newaxis]."),
        ("X", (2, 3, 1), "X must have shape (batch, timesteps), got (2, 3, 1)."),
        ("X", (4, 3), "h0 must have shape (batch,) = (4,), got (2,)."),
        *WRONG_NUMBERS,
        ("h0", (1,), "h0 must have shape (batch,) = (2,), got (1,)."),
        ("h0", (3,), "h0 must have shape (batch,) = (2,), got (3,)."),
        ("h0", (1, 2), "h0 must have shape (batch,) = (2,), got (1, 2)."),
    ],
    "step of a batch of vectors": [
        ("x_t", (), "x_t must have shape (batch, features) = (any, 4), got ()."),
        ("x_t", (1, 2, 4), "x_t must have shape (batch, features) = (1, 4), got (1, 2, 4)."),
        ("x_t", (4,), "h_prev must have shape (units,) = (5,), got (2, 5)."),
        ("x_t", (2, 6), "W_x must have shape (features, units) = (6, any), got (4, 5)."),
        ("x_t", (3, 4), "h_prev must have shape (batch, units) = (3, 5), got (2, 5)."),
        *WRONG_WEIGHTS,
        ("h_prev", (), f"{NOT_H} ()."),
        ("h_prev", (5,), f"{NOT_H} (5,)."),
        ("h_prev", (1, 2, 5), f"{NOT_H} (1, 2, 5)."),
        ("h_prev", (1, 5), f"{NOT_H} (1, 5)."),
        ("h_prev", (2, 4), f"{NOT_H} (2, 4)."),
        ("h_prev", (5, 2), f"{NOT_H} (5, 2). Its transpose fits: pass h_prev.T."),
    ],
    "step of one vector": [
        ("x_t", (6,), "W_x must have shape (features, units) = (6, any), got (4, 5)."),
        (
            "x_t",
            (1, 4),
            f"h_prev must have shape (batch, units) = (1, 5), got (5,). {ONE} h_prev[np.newaxis].",
        ),
        *WRONG_WEIGHTS,
        ("h_prev", (), "h_prev must have shape (units,) = (5,), got ()."),
        ("h_prev", (4,), "h_prev must have shape (units,) = (5,), got (4,)."),
        ("h_prev", (1, 5), "h_prev must have shape (units,) = (5,), got (1, 5)."),
    ],
    "step of a batch of numbers": [
        ("x_t", (), "h_prev must be a number, got an array of shape (2,)."),
        ("x_t", (3,), "h_prev must have shape (batch,) = (3,), got (2,)."),
        ("x_t", (2, 1), "x_t must have shape (batch,) = (2,), got (2, 1)."),
        *WRONG_NUMBERS,
        ("h_prev", (), "h_prev must have shape (batch,) = (2,), got ()."),
        ("h_prev", (1,), "h_prev must have shape (batch,) = (2,), got (1,)."),
        ("h_prev", (2, 1), "h_prev must have shape (batch,) = (2,), got (2, 1)."),
    ],
    "step of one number": [
        ("x_t", (2,), "h_prev must have shape (batch,) = (2,), got ()."),
        *WRONG_NUMBERS,
        ("h_prev", (1,), "h_prev must be a number, got an array of shape (1,)."),
    ],
}


@pytest.mark.parametrize(
    ("form", "name", "shape", "message"),
    [(form, *wrong) for form, table in WRONG.items() for wrong in table],
)
def test_a_shape_that_does_not_fit_is_refused(form, name, shape, message):
    run, _ = FORMS[form]
    with pytest.raises(ValueError, match=exactly(message)):
        run(**random_arrays(form, **{name: shape}))


@pytest.mark.parametrize("form", ["sequences of vectors", "sequences of numbers"])
def test_one_initial_state_serves_the_whole_batch(form):
    arguments = random_arrays(form)
    h0 = arguments.pop("h0")
    S = compute_states(**arguments, h0=h0[0])
    assert_array_equal(S, compute_states(**arguments, h0=np.stack([h0[0]] * len(h0))))


@pytest.mark.parametrize(
    ("form", "changed"),
    [
        ("sequences of vectors", {"X": (2, 3, 0)}),
        ("step of a batch of vectors", {"x_t": (2, 0)}),
        ("step of one vector", {"x_t": (0,)}),
    ],
)
def test_an_empty_feature_axis_is_refused_even_where_the_weights_have_one_too(form, changed):
    run, _ = FORMS[form]
    with pytest.raises(ValueError, match=r"The features axis is empty\."):
        run(**random_arrays(form, W_x=(0, 5), **changed))


@pytest.mark.parametrize("form", ["sequences of vectors", "step of a batch of vectors"])
def test_a_layer_without_units_is_refused(form):
    run, _ = FORMS[form]
    state = "h0" if run is compute_states else "h_prev"
    empty = {"W_x": (4, 0), "W_h": (0, 0), "b": (0,), state: (2, 0)}
    with pytest.raises(ValueError, match=exactly(f"{NOT_W_X} (4, 0). The units axis is empty.")):
        run(**random_arrays(form, **empty))


@each_form
@pytest.mark.parametrize("unknown", ["swish", None, np.tanh], ids=repr)
def test_an_unknown_activation_is_refused(form, unknown):
    run, _ = FORMS[form]
    known = f"activation must be one of {', '.join(NAMES)}, got"
    with pytest.raises(ValueError, match=exactly(f"{known} {unknown!r}.")):
        run(**random_arrays(form), activation=unknown)


NO_NUMBERS = {
    "None": (None, "{} must hold real numbers, got None."),
    "complex": ([[1j]], "{} must hold real numbers, got an array of type complex128."),
    "text": (["a", "b"], "{} must hold real numbers, got an array of type <U1."),
    "objects": ([1.0, None], "{} must hold real numbers, got an array of type object."),
    "ragged": (
        [[1.0], [1.0, 2.0]],
        "{} must be a rectangular array, got a list whose rows differ in length.",
    ),
}


@pytest.mark.parametrize(
    ("form", "name", "kind"),
    [
        (form, name, kind)
        for form, name in ARGUMENTS
        for kind in NO_NUMBERS
        if (name, kind) != ("h0", "None")  # which stands for zeros
    ],
)
def test_what_is_no_array_of_real_numbers_is_refused(form, name, kind):
    run, _ = FORMS[form]
    value, message = NO_NUMBERS[kind]
    with pytest.raises(ValueError, match=exactly(message.format(name))):
        run(**random_arrays(form) | {name: value})


# Blocks of steps


def test_blocks_follow_one_another_and_end_with_the_sequence():
    assert blocks_of(3, 7) == [slice(0, 3), slice(3, 6), slice(6, 7)]
    assert blocks_of(3, 6) == [slice(0, 3), slice(3, 6)]
    assert blocks_of(3, 2) == [slice(0, 2)]
    assert blocks_of(3, 0) == []


@pytest.mark.parametrize("timesteps", [31, 32, 33, 64, 65, 100])
def test_long_sequences_are_the_steps_one_after_the_other(timesteps):
    rng = np.random.default_rng(7)
    X, W_x, W_h = rng.normal(size=(2, timesteps, 3)), rng.normal(size=(3, 4)), np.eye(4, k=1) / 2
    b, h = rng.normal(size=4), rng.normal(size=(2, 4))
    S = compute_states(X, W_x, W_h, b, "tanh", h)
    for t in range(timesteps):
        h = np.tanh(X[:, t] @ W_x + h @ W_h + b)
        np.testing.assert_allclose(S[:, t + 1], h, rtol=0, atol=1e-14)
