"""The Python side of the stepper through the gradient in time."""

import re

import numpy as np
import pytest
import traitlets

from rnncore.activations import get, relu
from rnncore.bptt import backpropagate, contributions, jacobian_product
from rnncore.gradcheck import numerical_gradient, relative_error
from rnncore.states import compute_states
from rnncore.widgets import BpttStepper
from tests.support.reference_vectors import load

X = [[1.0, 0.5], [-0.5, 1.0], [0.5, -1.0]]
W_X = [[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]]
W_H = [[0.6, -0.2, 0.1], [0.3, 0.5, -0.4], [-0.1, 0.2, 0.7]]
B = [0.1, 0.0, -0.2]
H0 = [0.5, 0.0, -1.0]
DS = [[0.3, -0.2, 1.0], [0.0, 0.5, -0.4], [1.0, 0.7, -0.6]]
STEPS = range(1, 4)


@pytest.fixture
def scalar():
    return BpttStepper([1, 0, 2], 0.5, 0.5, id="scalar")


@pytest.fixture
def vector():
    return BpttStepper(X, W_X, W_H, B, h0=H0, activation="tanh", dS=DS, id="vector")


def test_repr_is_the_same_on_every_run(scalar):
    scalar.step = 4
    assert repr(scalar) == "BpttStepper(id='scalar', step=4)"


def test_numbers_of_the_scalar_form_by_hand(scalar):
    # h_1 = 1 · 0.5, h_2 = 0.5 · 0.5, h_3 = 2 · 0.5 + 0.25 · 0.5
    run = scalar.trace()
    assert run["h"].tolist() == [0.0, 0.5, 0.25, 1.125]
    # 1 enters at h_3, and each step back halves it.
    assert run["dh"].tolist() == [0.125, 0.25, 0.5, 1.0]
    assert run["back"].tolist() == [0.125, 0.25, 0.5, 0.0]
    # h_{t-1} · dz_t: 0 · 0.25, 0.5 · 0.5, 0.25 · 1; from the last step on
    assert run["dW_h"][1:].tolist() == [0.0, 0.25, 0.25]
    assert run["sum_W_h"][1:].tolist() == [0.5, 0.5, 0.25]
    assert run["local_W_h"][1:].tolist() == [0.0, 0.5, 0.25]
    # With h_{t-1} held L = h_3 feels W_h in step 3 alone.
    assert run["held_W_h"][1:].tolist() == [0.0, 0.0, 0.25]
    assert run["dW_x"][1:].tolist() == [0.25, 0.0, 2.0]
    assert run["db"][1:].tolist() == [0.25, 0.5, 1.0]
    assert run["dx"][1:].tolist() == [0.125, 0.25, 0.5]
    assert run["reach"].tolist() == run["bound"].tolist() == [0.5**k for k in range(31)]
    assert (run["most"], run["limit"], run["left"]) == (0.5, 0.5**30, 0.5**30)


def loop(X, W_x, W_h, b, h0, activation, dS, window):
    """The gradient by a plain loop over what enters, unit by unit, without a matrix product."""
    f, T, n = get(activation), len(X), len(b)
    h = [np.array(h0, float)]
    for x in X:
        z = [
            sum(x[i] * W_x[i][j] for i in range(len(x)))
            + sum(h[-1][i] * W_h[i][j] for i in range(n))
            + b[j]
            for j in range(n)
        ]
        h.append(f.value(np.array(z)))
    dh, dz = np.zeros((T + 1, n)), np.zeros((T, n))
    for enters in range(1, T + 1):
        arrives = np.array(dS[enters - 1], float)
        for t in range(enters, max(0, enters - window), -1):
            dh[t] += arrives
            error = arrives * f.slope(h[t])
            dz[t - 1] += error
            arrives = np.array([sum(W_h[i][j] * error[j] for j in range(n)) for i in range(n)])
            if t == 1:
                dh[0] += arrives
    return np.array(h), dh, dz


@pytest.mark.parametrize("window", [1, 2, 3])
@pytest.mark.parametrize("activation", ["linear", "tanh", "sigmoid", "relu"])
def test_trace_is_what_a_plain_loop_computes(window, activation):
    widget = BpttStepper(X, W_X, W_H, B, activation, H0, DS, window, id="a")
    run = widget.trace()
    h, dh, dz = loop(X, W_X, W_H, B, H0, activation, DS, window)
    np.testing.assert_allclose(run["h"], h, atol=1e-15)
    np.testing.assert_allclose(run["dh"], dh, atol=1e-15)
    np.testing.assert_allclose(run["dz"][1:], dz, atol=1e-15)
    np.testing.assert_allclose(run["direct"][1:], DS)
    first = [name for name, array in run.items() if np.ndim(array) and np.isnan(array).any()]
    assert all(np.isnan(run[name][0]).all() for name in first)  # what begins at step 1
    assert {"x", "z", "slope", "direct", "dz", "dW_h", "sum_b"} < set(first)
    for t in STEPS:
        np.testing.assert_allclose(run["dW_x"][t], np.outer(X[t - 1], dz[t - 1]), atol=1e-15)
        np.testing.assert_allclose(run["dW_h"][t], np.outer(h[t - 1], dz[t - 1]), atol=1e-15)
        np.testing.assert_allclose(run["db"][t], dz[t - 1], atol=1e-15)
        np.testing.assert_allclose(run["back"][t - 1], run["from_dz"][t].sum(axis=1), atol=1e-15)
        np.testing.assert_allclose(run["from_dz"][t], run["dz_on"][t] * W_H, atol=1e-15)
        np.testing.assert_allclose(run["untransposed"][t], run["dz_on"][t] @ W_H)
        np.testing.assert_allclose(run["slope"][t], get(activation).slope(h[t]), atol=1e-15)
        local = np.outer(h[t - 1], run["slope"][t])
        np.testing.assert_allclose(run["local_W_h"][t], local, atol=1e-15)
        np.testing.assert_allclose(run["dW_h"][t], local * dh[t], atol=1e-15)
        np.testing.assert_allclose(run["held_W_h"][t], local * DS[t - 1], atol=1e-15)
        np.testing.assert_allclose(run["recur"][t], run["from_h"][t].sum(axis=0), atol=1e-15)
    back = dh - np.concatenate([np.zeros((1, 3)), DS])
    np.testing.assert_allclose(run["back"], back, atol=1e-15)


@pytest.mark.parametrize("window", [1, 2, 3])
def test_the_sums_are_the_gradients_of_rnncore(vector, window):
    vector.window = window
    S = compute_states([X], W_X, W_H, B, "tanh", [H0])
    g = backpropagate([X], S, [DS], W_X, W_H, "tanh", window)
    whole = backpropagate([X], S, [DS], W_X, W_H, "tanh")
    run = vector.trace()
    for name in ("W_x", "W_h", "b"):
        np.testing.assert_allclose(run[f"whole_{name}"], getattr(whole, name), atol=1e-15)
        np.testing.assert_allclose(run[f"sum_{name}"][1], getattr(g, name), atol=1e-15)
        each = getattr(contributions([X], S, [DS], W_X, W_H, "tanh", window), name)
        for t in STEPS:
            np.testing.assert_allclose(run[f"sum_{name}"][t], each[t - 1 :].sum(axis=0))
    np.testing.assert_allclose(run["dh"][0], g.h0[0], atol=1e-15)
    np.testing.assert_allclose(run["dx"][1:], g.X[0], atol=1e-15)


def test_the_gradient_is_the_slope_of_the_loss(vector):
    run = vector.trace()

    def loss(W_h):
        return np.sum(compute_states([X], W_X, W_h, B, "tanh", [H0])[0, 1:] * DS)

    measured = numerical_gradient(loss, np.array(W_H))
    assert relative_error(run["sum_W_h"][1], measured) < 1e-8
    # and the local derivative is that with the states before held
    h = run["h"]

    def held(W_h):
        z = np.array(X) @ W_X + h[:-1] @ W_h + B
        return np.sum(np.tanh(z) * DS)

    assert relative_error(run["sum_held_W_h"][1], numerical_gradient(held, np.array(W_H))) < 1e-8
    assert np.abs(run["sum_held_W_h"][1] - run["sum_W_h"][1]).max() > 0.1


def test_the_scalar_network_of_the_reference_vectors():
    v = load("p14_scalar_linear_rnn")
    batch = len(v["x"])
    sums = np.zeros(2)
    for x, states, label, dx in zip(v["x"], v["states"], v["labels"], v["d_x"], strict=True):
        dS = np.zeros(len(x))
        dS[-1] = 2 * (states[-1] - label) / batch
        run = BpttStepper(x, v["wx"], v["wRec"], dS=dS, id="a", presets=[]).trace()
        np.testing.assert_allclose(run["h"], states, rtol=0, atol=1e-12)
        np.testing.assert_allclose(run["dx"][1:], dx, rtol=0, atol=1e-12)
        sums += run["sum_W_x"][1], run["sum_W_h"][1]
    np.testing.assert_allclose(sums, [v["d_wx"], v["d_wRec"]], rtol=1e-12)


def test_the_chart_follows_the_product_of_the_jacobians(vector):
    vector.scale = 1.75
    run = vector.trace()
    W_h = 1.75 * np.array(W_H)
    S = compute_states([X * 10], W_X, W_h, B, "tanh", [H0])
    sizes = [
        np.linalg.norm(DS[-1] @ jacobian_product(S, W_h, "tanh", 30 - k)[0]) for k in range(31)
    ]
    np.testing.assert_allclose(run["reach"], sizes, rtol=1e-12)
    assert (run["reach"] <= run["bound"] * (1 + 1e-12)).all()
    assert run["most"] == pytest.approx(np.sqrt(np.linalg.eigvalsh(W_h @ W_h.T).max()))
    assert run["left"] == pytest.approx(sizes[-1] / sizes[0])


def test_sigmoid_lets_a_quarter_through_at_most():
    run = BpttStepper([0.0], 1.0, 1.0, activation="sigmoid", id="a").trace()
    assert run["most"] == 0.25


def test_without_a_gradient_at_the_last_step_nothing_is_left(scalar):
    scalar.dS = [1.0, 1.0, 0.0]
    run = scalar.trace()
    assert run["reach"].tolist() == [0.0] * 31
    assert run["left"] == 0.0


def test_sizes_survive_where_squares_do_not():
    run = BpttStepper([1.0], 1.0, 1e6, id="a").trace()
    np.testing.assert_allclose(run["reach"], 1e6 ** np.arange(31.0))
    run = BpttStepper(
        [[1.0]], [[1.0, 0.0]], [[1e7, 0.0], [0.0, 1.0]], dS=[[1.0, 1.0]], id="a"
    ).trace()
    assert run["reach"][30] == pytest.approx(1e210)


def rows_of(film):
    return [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr id=.*?</tr>", film)]


def test_film_has_every_step_under_the_fragment_that_links_to_it(vector, scalar):
    for widget in (scalar, vector):
        ids = re.findall(r'<tr id="([^"]*)">', widget.film)
        assert ids == [f"{widget.id}?step={s}" for s in range(7)]
    rows = rows_of(scalar.film)
    assert [row[-2:] for row in rows] == [["", ""]] * 4 + [
        ["0.25", "0.25"],
        ["0.25", "0.5"],
        ["0", "0.5"],
    ]
    assert rows[5][:2] == [
        "back: 0 from the loss + 0.5 from step 3",
        "<i>dL/dh<sub>2</sub></i> = 0.5",
    ]
    assert rows[6][1].endswith("<i>dL/dh<sub>0</sub></i> = 0.125")


def test_a_trait_that_is_set_shows_in_trace_and_film(scalar):
    scalar.window = 2
    assert scalar.trace()["dW_h"][1:].tolist() == [0.0, 0.25, 0.25]
    scalar.W_h = 1.5
    # dz_2 = 1.5, and h_1 = 0.5
    assert rows_of(scalar.film)[5][-2] == "0.75"
    scalar.derivative, scalar.weight, scalar.scale = "local", "b", 2
    assert (scalar.derivative, scalar.weight, scalar.scale) == ("local", "b", 2.0)


def test_defaults():
    widget = BpttStepper([1, 2], 1.0, 0.5, id="a")
    assert (widget.dS, widget.window, widget.scale) == ([0.0, 1.0], 2, 1.0)
    assert (widget.derivative, widget.weight) == ("total", "W_h")
    vectors = BpttStepper(X, W_X, W_H, id="a")
    assert vectors.dS == [[0.0] * 3, [0.0] * 3, [1.0] * 3]
    assert vectors.b == vectors.h0 == [0.0] * 3


def test_shapes_that_change_together_are_set_together(scalar, vector):
    scalar.step = 6
    scalar.set(X=[1, 2], dS=[0, 1], window=1)
    assert (scalar.step, scalar.steps(scalar.values())) == (4, 4)
    vector.set(
        **{"X": np.ones((2, 1)), "W_x": np.ones((1, 2)), "W_h": np.eye(2), "b": np.zeros(2)},
        **{"h0": np.ones(2), "dS": np.ones((2, 2)), "window": 2},
    )
    assert vector.trace()["dW_h"].shape == (3, 2, 2)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("W_h", np.nan, "W_h must hold finite numbers, got nan."),
        ("W_h", [[1.0]], "W_x and W_h must both be numbers or both be matrices, got shapes ()"),
        ("dS", [1.0, 2.0], "dS must have shape (timesteps,) = (3,), got (2,)."),
        ("dS", [[1.0]] * 3, "dS must have shape (timesteps,) = (3,), got (3, 1)."),
        ("dS", [1.0, 2.0, np.inf], "dS must hold finite numbers, got inf."),
        ("dS", "all", "dS must hold real numbers, got an array of type <U3."),
        ("X", [1.0] * 13, "timesteps must be 1 … 12, got 13."),
        ("X", [], "timesteps must be 1 … 12, got 0."),
        ("X", [1.0, 2.0], "dS must have shape (timesteps,) = (2,), got (3,)."),
        ("window", 0, "window must be an integer from 1 to 3, got 0."),
        ("window", 4, "window must be an integer from 1 to 3, got 4."),
        ("window", 1.5, "window must be an integer from 1 to 3, got 1.5."),
        ("derivative", "partial", "derivative must be one of total, local, got 'partial'."),
        ("weight", "V", "weight must be one of W_h, W_x, b, got 'V'."),
        ("scale", 3.5, "scale must be a number from 0.1 to 3, got 3.5."),
        ("scale", [1.0], "scale must be a number from 0.1 to 3, got [1.0]."),
        ("scale", np.nan, "scale must hold finite numbers, got nan."),
        ("activation", "softmax", "activation softmax ties the units of a state together and"),
        ("step", 7, "step must be 0 … 6, got 7."),
    ],
)
def test_what_does_not_fit_is_refused_and_the_last_good_value_stays(scalar, name, value, message):
    before = getattr(scalar, name)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        setattr(scalar, name, value)
    assert isinstance(caught.value, traitlets.TraitError)
    assert getattr(scalar, name) == before
    scalar.trace()


def test_what_no_screen_has_room_for_is_refused():
    with pytest.raises(ValueError, match=re.escape("units must be 1 … 4, got 5.")):
        BpttStepper(np.ones((2, 1)), np.ones((1, 5)), np.eye(5), id="a")
    with pytest.raises(ValueError, match=re.escape("features must be 1 … 4, got 5.")):
        BpttStepper(np.ones((2, 5)), np.ones((5, 1)), np.eye(1), id="a")


def test_a_vector_of_losses_has_the_shape_of_the_states(vector):
    message = "dS must have shape (timesteps, units) = (3, 3), got (3,)."
    with pytest.raises(ValueError, match=re.escape(message)):
        vector.dS = [0.0, 0.0, 1.0]


def test_an_activation_may_be_given_as_itself(scalar):
    scalar.activation = relu
    assert scalar.activation == "relu"


def test_links_are_read_and_checked(scalar, vector):
    values, step = BpttStepper.linked(
        scalar.values(), "step=5&window=2&derivative=local&weight=b&scale=1.5&dS=1,0,2"
    )
    assert step == 5
    assert (values["window"], values["derivative"], values["weight"]) == (2, "local", "b")
    assert (values["scale"], values["dS"]) == (1.5, [1.0, 0.0, 2.0])
    values, _ = BpttStepper.linked(vector.values(), "dS=1,0,2;0,0,0;1,1,1")
    assert values["dS"] == [[1, 0, 2], [0, 0, 0], [1, 1, 1]]
    for query in ("window=9", "derivative=all", "scale=9", "step=7", "nothing=1"):
        with pytest.raises(ValueError, match=query.split("=")[0]):
            BpttStepper.linked(scalar.values(), query)


def test_every_preset_fits_and_its_note_is_true(scalar, vector):
    names = {}
    for widget in (scalar, vector):
        start = widget.values()
        for preset in widget.presets:
            changes = {k: v for k, v in preset.items() if k not in {"name", "note"}}
            assert all(isinstance(v, float | int | str | list) for v in changes.values())
            widget.set(**{**start, **changes})
            names[preset["name"], widget.id] = (widget.trace(), preset["note"])
    for form in ("scalar", "vector"):
        size = {
            kind: np.linalg.norm(np.reshape(names[kind, form][0]["dh"], (4, -1)), axis=1)
            for kind in ("vanishes", "holds", "explodes")
        }
        if form == "scalar":  # one gradient enters, at the end
            np.testing.assert_allclose(size["holds"], 1.0)
            np.testing.assert_allclose(size["explodes"], [1.5**3, 1.5**2, 1.5, 1.0])
            assert (size["vanishes"][:-1] <= 0.5 * size["vanishes"][1:]).all()
        every = names["enters at every step", form][0]
        assert (every["direct"][1:] == 1.0).all()
        np.testing.assert_array_equal(every["dh"][1:], 1.0 + every["back"][1:])
    line = names["goes from unit to unit", "vector"][0]["dh"]
    assert [np.flatnonzero(row).tolist() for row in line] == [[], [0], [1], [2]]
    cut = names["is cut after two steps", "scalar"][0]
    assert cut["dh"].tolist() == [0.0, 0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("weight", "head", "total"),
    [("W_h", "W<sub>h", "1"), ("W_x", "W<sub>x", "1.25"), ("b", "b", "1.75")],
)
def test_the_table_of_the_steps_is_for_the_weight_that_is_chosen(weight, head, total):
    """By hand: h = 0, 1, 0.5 enters, x = 1, 0, 1 comes in, and dz is 0.25, 0.5 and 1."""
    film = BpttStepper([1, 0, 1], W_x=1.0, W_h=0.5, weight=weight, id="a").film
    assert f"adds to dL/d<i>{head}" in film
    assert film.rpartition("</td>")[0].endswith(f"<td>{total}")
