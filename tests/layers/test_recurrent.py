"""RNN over a cell: held equal to the fast layers, and cells of one's own."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import gradcheck
from rnncore.activations import sigmoid
from rnncore.layers import (
    GRU,
    LSTM,
    RNN,
    Container,
    Dense,
    GRUCell,
    Layer,
    LSTMCell,
    OutOfOrder,
    Sequential,
    SimpleRNN,
    SimpleRNNCell,
)
from rnncore.training import Adam, fit, mean_squared_error
from tests.support.layers import normal, refused

PAIRS = {
    "SimpleRNN": (SimpleRNNCell, SimpleRNN, {"activation": "sigmoid"}),
    "LSTM": (LSTMCell, LSTM, {}),
    "GRU, reset after": (GRUCell, GRU, {}),
    "GRU, reset before": (GRUCell, GRU, {"reset_after": False}),
}


every_pair = pytest.mark.parametrize("pair", PAIRS)


class PeepholeCell(Layer):
    """An LSTM whose gates see the memory: Gers and Schmidhuber (2000)."""

    states = ("h", "c")

    def __init__(self, W_x, W_h, b, p_i, p_f, p_o):
        super().__init__(W_x=W_x, W_h=W_h, b=b, p_i=p_i, p_f=p_f, p_o=p_o)
        self.units = len(W_h)

    def forward(self, x, h, c):
        p, f_of = self.parameters, sigmoid.value
        z_i, z_f, z_c, z_o = np.split(x @ p["W_x"] + h @ p["W_h"] + p["b"], 4, axis=1)
        i, f, c_tilde = f_of(z_i + c * p["p_i"]), f_of(z_f + c * p["p_f"]), np.tanh(z_c)
        new = f * c + i * c_tilde
        o = f_of(z_o + new * p["p_o"])
        self.cache = x, h, c, i, f, c_tilde, new, o
        self.state = o * np.tanh(new), new
        return self.state[0]

    def backward(self, dy, dstate):
        x, h, c, i, f, c_tilde, new, o = self.recall()
        p, dh = self.parameters, dy + dstate[0]
        dz_o = dh * np.tanh(new) * o * (1 - o)
        dc = dstate[1] + dh * o * (1 - np.tanh(new) ** 2) + dz_o * p["p_o"]
        dz_i, dz_f = dc * c_tilde * i * (1 - i), dc * c * f * (1 - f)
        dz = np.hstack([dz_i, dz_f, dc * i * (1 - c_tilde**2), dz_o])
        self.gradients = {
            "W_x": x.T @ dz,
            "W_h": h.T @ dz,
            "b": dz.sum(axis=0),
            "p_i": (dz_i * c).sum(axis=0),
            "p_f": (dz_f * c).sum(axis=0),
            "p_o": (dz_o * new).sum(axis=0),
            "h0": dz @ p["W_h"].T,
            "c0": dc * f + dz_i * p["p_i"] + dz_f * p["p_f"],
        }
        return dz @ p["W_x"].T


def peephole():
    return {
        "W_x": normal(3, 16) / 2,
        "W_h": normal(4, 16) / 2,
        "b": normal(16),
        **{name: normal(4, seed=i) for i, name in enumerate(("p_i", "p_f", "p_o"))},
    }


class TwoSizesCell(Layer):
    """States of different sizes, with parameters of unusual names: h = m P, m = x A + m_0 B."""

    states = ("h", "m")
    units, features = (2, 5), 3

    def forward(self, x, h, m):
        p = self.parameters
        new = x @ p["x"] + m * p["b"] + h @ p["own"]
        self.cache = x, h, m, new
        self.state = new @ p["P"], new
        return self.state[0]

    def backward(self, dy, dstate):
        x, h, m, new = self.cache
        p, dh = self.parameters, dy + dstate[0]
        dnew = dstate[1] + dh @ p["P"].T
        self.gradients = {
            "x": x.T @ dnew,
            "h0": dnew @ p["own"].T,
            "b": (dnew * m).sum(axis=0),
            "own": h.T @ dnew,
            "P": new.T @ dh,
            "m0": dnew * p["b"],
        }
        return dnew @ p["x"].T


@every_pair
@pytest.mark.parametrize("timesteps", [0, 1, 20])
@pytest.mark.parametrize("return_sequences", [True, False])
def test_the_plain_loop_over_a_cell_is_the_fast_layer(pair, timesteps, return_sequences):
    make_cell, make, options = PAIRS[pair]
    cell = make_cell.initialise(3, 4, rng=1, **options)
    cell.parameters["b"] += normal(*cell.parameters["b"].shape)
    loop = RNN(cell, return_sequences=return_sequences)
    fast = make(**cell.parameters, **options, return_sequences=return_sequences)
    x, initial = normal(2, timesteps, 3), [normal(2, 4, seed=i) for i in range(len(cell.states))]
    y = fast.forward(x, *initial)
    dy, dstate = normal(*y.shape), tuple(normal(2, 4, seed=5 + i) for i in range(len(initial)))
    dx = fast.backward(dy, dstate)
    close = {"rtol": 0, "atol": 1e-13}
    for keep in (False, True):
        assert_allclose(loop.forward(x, *initial, keep=keep), y, **close)
        for ours, theirs in zip(loop.state, fast.state, strict=True):
            assert_allclose(ours, theirs, **close)
    assert_allclose(loop.backward(dy, dstate), dx, **close)
    assert loop.gradients.keys() == fast.gradients.keys()
    for name, g in fast.gradients.items():
        assert_allclose(loop.gradients[name], g, **close)
    assert_allclose(loop.forward(x), fast.forward(x), **close)  # from zeros


@every_pair
def test_a_missing_bias_is_missing_in_the_loop_too(pair):
    make_cell, _, options = PAIRS[pair]
    p = make_cell.initialise(3, 4, rng=1, **options).parameters
    loop = RNN(make_cell(p["W_x"], p["W_h"], **options))
    loop.backward(np.ones_like(loop.forward(normal(2, 5, 3))))
    assert set(loop.gradients) == {"W_x", "W_h", *(f"{name}0" for name in loop.states)}


@every_pair
def test_float32_stays_float32(pair):
    make_cell, _, options = PAIRS[pair]
    cell = make_cell.initialise(3, 4, rng=1, **options)
    cell = make_cell(**{n: p.astype("f4") for n, p in cell.parameters.items()}, **options)
    for return_sequences in (True, False):
        for timesteps in (0, 5):
            loop = RNN(cell, return_sequences)
            y = loop.forward(np.ones((2, timesteps, 3), "f4"))
            dx = loop.backward(np.ones(y.shape))
            assert {a.dtype.name for a in (y, dx, *loop.state, *loop.gradients.values())} == {
                "float32"
            }


@pytest.mark.parametrize("return_sequences", [True, False])
def test_a_peephole_lstm_needs_a_cell_only(return_sequences):
    x, h0, c0 = normal(2, 6, 3), normal(2, 4), normal(2, 4, seed=1)
    dstate = normal(2, 4, seed=2), normal(2, 4, seed=3)

    def loss(x, h0, c0, **p):
        layer = RNN(PeepholeCell(**p), return_sequences)
        y = layer.forward(x, h0, c0)
        return (y * normal(*y.shape)).sum() + sum(
            (s * d).sum() for s, d in zip(layer.state, dstate)
        )

    layer = RNN(PeepholeCell(**peephole()), return_sequences=return_sequences)
    y = layer.forward(x, h0, c0)
    gradients = {"x": layer.backward(normal(*y.shape), dstate), **layer.gradients}
    arguments = {"x": x, "h0": h0, "c0": c0, **peephole()}
    assert gradients.keys() == arguments.keys()
    report = gradcheck.check(loss, arguments, gradients)
    assert report, report.text


def test_with_closed_peepholes_it_is_an_lstm():
    p = peephole() | dict.fromkeys(("p_i", "p_f", "p_o"), np.zeros(4))
    x = normal(2, 6, 3)
    lstm = LSTM(p["W_x"], p["W_h"], p["b"])
    assert_allclose(RNN(PeepholeCell(**p)).forward(x), lstm.forward(x), rtol=0, atol=1e-15)


def test_states_may_differ_in_size_and_parameters_have_any_name():
    def weights():
        return {"x": normal(3, 5), "b": normal(5) / 2, "own": normal(2, 5) / 4, "P": normal(5, 2)}

    layer = RNN(TwoSizesCell(**weights()), return_sequences=True)
    x, m0 = normal(4, 3, 3), normal(4, 5)
    y = layer.forward(x, None, m0)
    assert y.shape == (4, 3, 2)
    assert [s.shape for s in layer.state] == [(4, 2), (4, 5)]
    assert layer.output_shape((None, 7, 3)) == (None, 7, 2)
    dx = layer.backward(np.ones_like(y))
    gradients = {"input": dx, **layer.gradients}
    del gradients["h0"]

    def loss(input, m0, **p):
        return RNN(TwoSizesCell(**p), return_sequences=True).forward(input, None, m0).sum()

    report = gradcheck.check(loss, {"input": x, "m0": m0, **weights()}, gradients)
    assert report, report.text
    with refused("x must have shape (batch, timesteps, features) = (any, any, 3), got (4, 3, 2)."):
        layer.forward(x[..., :2])
    with refused("m0 must have shape (batch, units) = (4, 5), got (4, 2)."):
        layer.forward(x, None, np.ones((4, 2)))
    layer.forward(x)
    with refused("dstate[1] must have shape (batch, units) = (4, 5), got (4, 2)."):
        layer.backward(y, (None, np.ones((4, 2))))


def test_it_works_in_a_row_of_layers_and_learns():
    def build():
        return Sequential([RNN(PeepholeCell(**peephole())), Dense.initialise(4, 1, rng=3)])

    model, x = build(), normal(16, 5, 3)
    assert [*model.parameters][:2] == ["0.W_x", "0.W_h"]
    assert "0.p_o" in model.parameters
    model.forward(x)
    assert str(model.summary()).splitlines()[1].split() == ["RNN", "(None,", "4)", "140"]
    before = model.parameters["0.p_o"].copy()
    history = fit(
        model, x, x[:, 0, :1], mean_squared_error, Adam(0.01), 30, 8, np.random.default_rng(1)
    )
    assert history["loss"][-1] < history["loss"][0] / 2
    assert (model.parameters["0.p_o"] != before).all()


def test_a_cell_may_be_made_of_layers():
    """Each step has caches of its own, those of the layers inside the cell included."""

    class DenseCell(Container):
        states, units = ("h",), 4

        def forward(self, x, h):
            both = np.hstack([x, h])
            self.state = (self.inner["dense"].forward(both),)
            return self.state[0]

        def backward(self, dy, dstate):
            d = self.inner["dense"].backward(dy + dstate[0])
            self.extra = {"h0": d[:, 3:]}
            return d[:, :3]

        @property
        def gradients(self):
            return super().gradients | self.extra

    simple = SimpleRNN.initialise(3, 4, rng=1)
    p = simple.parameters
    layer = RNN(DenseCell(dense=Dense(np.vstack([p["W_x"], p["W_h"]]), p["b"], "tanh")))
    x, dy = normal(2, 6, 3), normal(2, 4)
    assert_allclose(layer.forward(x), simple.forward(x), rtol=0, atol=1e-15)
    assert_allclose(layer.backward(dy), simple.backward(dy), rtol=0, atol=1e-14)
    both = np.vstack([simple.gradients["W_x"], simple.gradients["W_h"]])
    assert_allclose(layer.gradients["dense.W"], both, rtol=0, atol=1e-14)


def test_backward_is_of_the_parameters_that_forward_had():
    layer, dy = RNN(PeepholeCell(**peephole())), np.ones((2, 4))
    layer.forward(normal(2, 5, 3))
    dx, gradients = layer.backward(dy), layer.gradients
    for p in layer.parameters.values():
        p += 1
    assert_array_equal(layer.backward(dy), dx)
    for name, g in gradients.items():
        assert_array_equal(layer.gradients[name], g)


def test_without_a_cache_there_is_no_backward_and_y_may_be_changed():
    layer = RNN(LSTMCell.initialise(3, 4, rng=1))
    y = layer.forward(normal(2, 5, 3), keep=False)
    y += 1
    with refused("RNN.backward must come after forward", OutOfOrder):
        layer.backward(y)
    y = layer.forward(normal(2, 5, 3))
    with pytest.raises(ValueError, match="read-only"):
        y += 1
    with refused("x must have shape"):
        layer.forward(normal(5, 3))
    with refused("RNN.backward must come after forward", OutOfOrder):
        layer.backward(y)


def test_without_a_cache_the_memory_does_not_grow_with_time(peak):
    layer = RNN(SimpleRNNCell.initialise(1, 64, rng=1))
    short, long = (
        peak(lambda n=n: layer.forward(np.ones((4, n, 1)), keep=False)) for n in (20, 200)
    )
    assert long < 2 * short


def test_the_cell_itself_is_left_alone():
    cell = LSTMCell.initialise(3, 4, rng=1)
    cell.forward(np.ones((2, 3)))
    dx, before = cell.backward(np.ones((2, 4))), cell.state
    layer = RNN(cell)
    layer.backward(np.ones_like(layer.forward(normal(2, 5, 3))))
    assert cell.state is before
    assert_array_equal(cell.backward(np.ones((2, 4))), dx)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        LSTMCell,
        LSTM.initialise(3, 4, rng=1),
        Dense(np.eye(2)),
        RNN(GRUCell.initialise(3, 4, rng=1)),
        type("NoUnits", (Layer,), {"states": ("h",)})(),
    ],
    ids=lambda wrong: type(wrong).__name__,
)
def test_what_is_no_cell_is_refused(wrong):
    message = "cell must be a layer of one step, with `states` and `units`, such as LSTMCell, got "
    with refused(f"{message}{wrong!r}."):
        RNN(wrong)


@pytest.mark.parametrize("state", [(), np.ones((1, 2)), None])
def test_a_cell_that_sets_no_tuple_of_states_is_told_so(state):
    class Bare(Layer):
        states, units = ("h",), 2

        def forward(self, x, h):
            self.state = state
            return x

    with refused("Bare.forward must set state = ('h',)."):
        RNN(Bare(keep=np.ones(2))).forward(np.ones((1, 4, 2)))


def test_a_cell_that_forgets_a_gradient_is_told_so():
    class Forgetful(Layer):
        states, units = ("h",), 2

        def forward(self, x, h):
            self.state = (x + h * self.parameters["keep"],)
            return self.state[0]

        def backward(self, dy, dstate):
            self.gradients = self.found
            return dy

    Forgetful.found = {"h0": 0.0, "h1": 0.0}
    layer = RNN(Forgetful(keep=np.ones(2), often=np.ones(1)))
    layer.forward(np.ones((3, 4, 2)))
    assert layer.gradients == {}
    with refused("Forgetful.backward must put keep, often into gradients, got h0, h1."):
        layer.backward(np.ones((3, 2)))
    Forgetful.found = {}
    with refused("Forgetful.backward must put keep, often, h0 into gradients, got none."):
        layer.backward(np.ones((3, 2)))


def test_it_shows_its_cell():
    assert repr(RNN(SimpleRNNCell(np.ones((3, 4)), np.eye(4)))) == (
        "RNN(SimpleRNNCell(W_x (3, 4), W_h (4, 4)))"
    )


class Doubled(Layer):
    """A cell whose output is not its state."""

    states = ("h",)
    units = 2

    def __init__(self):
        super().__init__(d=[0.5, 1.0])

    def forward(self, x, h):
        self.state = (self.parameters["d"] * h + x,)
        return 2 * self.state[0]


@pytest.mark.parametrize("return_sequences", [False, True])
def test_a_cell_whose_output_is_not_its_first_state_is_told_so(return_sequences):
    with refused("Doubled.forward must return its new state[0]."):
        RNN(Doubled(), return_sequences).forward(np.ones((1, 3, 2)))


def test_a_state_of_nan_is_the_output_all_the_same():
    assert np.isnan(RNN(SimpleRNNCell.initialise(1, 2, 1)).forward([[[np.nan]]])).all()
