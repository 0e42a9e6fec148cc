"""A hand-written network is told its mistakes, and a right one is never accused."""

import inspect
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from rnncore import activations
from rnncore.diagnose import diagnose, simple
from rnncore.diagnose.gates import GRU, LSTM
from rnncore.diagnose.judging import angle
from rnncore.diagnose.layouts import LAYOUTS, STEPS
from rnncore.diagnose.losses import OUTPUT
from rnncore.diagnose.slips import BACKWARD, FORWARD, SHAPES

ANCHORS = Path(__file__).parents[1] / "book" / "anchors.txt"
NAMES = {
    "X": ("X", "x", "inputs"),
    "W_x": ("W_x", "Wxh", "Wx", "U"),
    "W_h": ("W_h", "Whh", "Wh", "W"),
    "b": ("b", "bh", "bias"),
    "h0": ("h0", "h_init", "h_prev"),
    "S": ("S", "states", "hs"),
    "dS": ("dS", "dhs", "grad"),
}
F = {name: getattr(activations, name) for name in ("tanh", "sigmoid", "relu", "linear")}


def named(body, names, rng):
    """Return a function with parameters of its own names, in an order of its own."""
    order = [*names]
    if rng.random() < 0.5:
        rng.shuffle(order)
    words = {name: rng.choice(NAMES[name]) for name in order}

    def function(*values):
        return body(dict(zip(order, values)))

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(words[name], kind) for name in order]
    function.__signature__ = inspect.Signature(parameters)
    return function


def rows(name, array, layout):
    """Return an array of a layout with the axes of the book, (batch, time, …)."""
    array = np.asarray(array)
    if name in ("W_x", "W_h"):
        array = array.reshape(1, 1) if layout.name == "numbers" else array
        return array.T if layout.transposed else array
    if name == "b":
        return array.reshape(-1)
    axes = layout.sequences if name in ("X", "S", "dS") else layout.sequences.replace("T", "")
    for axis in "BTF" if "T" in axes else "BF":
        if axis not in axes:
            array, axes = array[..., np.newaxis], axes + axis
    return array.transpose([axes.index(axis) for axis in ("BTF" if "T" in axes else "BF")])


def arranged(name, array, layout):
    """Return an array of the book in a layout."""
    if name in ("dW_x", "dW_h"):
        array = array.T if layout.transposed else array
        return array[0, 0] if layout.name == "numbers" else array
    if name == "db":
        return array[0] if layout.name == "numbers" else array[:, None] if layout.column else array
    axes = "BTF" if name in ("S", "dX") else "BF"
    for axis in [a for a in axes if a not in layout.sequences]:
        array, axes = array.take(0, axis=axes.index(axis)), axes.replace(axis, "")
    wanted = [axis for axis in layout.sequences if axis in axes]
    return array.transpose([axes.index(axis) for axis in wanted])


def right_pair(layout, f, rng):
    """Return a forward and a backward pass that are right, written in one of many ways."""
    only_last, with_first, cached = rng.random(3) < (0.2, 0.5, 0.3)
    asked = [n for n in ("X", "W_x", "W_h", "b", "h0") if n[0] in "XW" or rng.random() < 0.8]

    def states(given):
        a = {name: rows(name, array, layout) for name, array in given.items()}
        h = a.get("h0", np.zeros((len(a["X"]), a["W_h"].shape[0])))
        S = [h]
        for x in a["X"].swapaxes(0, 1):
            h = f.value(x @ a["W_x"] + h @ a["W_h"] + a.get("b", 0.0))
            S.append(h)
        return a, np.stack(S, axis=1)

    def forward(given):
        a, S = states(given)
        out = arranged("dh0", S[:, -1], layout) if only_last else None
        out = arranged("S", S if with_first else S[:, 1:], layout) if out is None else out
        if cached:
            return out, (a, S)
        return out

    def backward(given):
        a, S = given["S"] if cached else states({n: given[n] for n in asked})
        dS = np.zeros(S[:, 1:].shape)
        if only_last:
            dS[:, -1] = rows("h0", given["dS"], layout)
        else:
            dS[:] = rows("dS", given["dS"], layout)
        total, g = 0.0, dict.fromkeys(("dW_x", "dW_h", "db"), 0.0)
        dX = []
        for k in reversed(range(dS.shape[1])):
            total = total + dS[:, k]
            z = a["X"][:, k] @ a["W_x"] + S[:, k] @ a["W_h"] + a.get("b", 0.0)
            dz = total * f.derivative(z, S[:, k + 1])
            g["dW_x"] = g["dW_x"] + a["X"][:, k].T @ dz
            g["dW_h"] = g["dW_h"] + np.einsum("bi,bj->ij", S[:, k], dz)
            g["db"] = g["db"] + dz.sum(axis=0)
            dX.insert(0, dz @ a["W_x"].T)
            total = dz @ a["W_h"].T
        g = {"dX": np.stack(dX, axis=1), **g, "dh0": total}
        if "b" not in asked:
            del g["db"]
        g = {name: arranged(name, array, layout) for name, array in g.items()}
        return g if as_dict else tuple(g.values())

    as_dict = rng.random() < 0.5
    needed = ["dS", "S"] if cached else ["X", "S", "dS", *asked[1:]]
    return named(forward, asked, rng), named(backward, needed, rng)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("name", F)
def test_a_right_network_is_never_accused(layout, name):
    for seed in range(28):
        forward, backward = right_pair(layout, F[name], np.random.default_rng(seed))
        report = diagnose(forward, backward)
        assert report, (seed, report)


def test_these_are_more_than_a_thousand():
    assert len(LAYOUTS) * len(F) * 28 > 1000


def forward_with(slips, f=activations.tanh):
    def forward(X, W_x, W_h, b, h0):
        return simple.states(X, W_x, W_h, b, h0, f, slips)

    return forward


def backward_with(slips, f=activations.tanh):
    def backward(X, S, dS, W_x, W_h, b, h0):
        g = simple.gradients(X, S, dS, W_x, W_h, f, b, [s for s in slips if s != "negative"])
        return {name: -array if "negative" in slips else array for name, array in g.items()}

    return backward


ROWS = [
    n
    for n in FORWARD
    if n not in ("sum", "leak", "linear", "other_activation") and not FORWARD[n].convention
]


@pytest.mark.parametrize("slip", ROWS)
def test_each_slip_of_a_forward_pass_is_recognised(slip):
    assert diagnose(forward_with([slip]), layout="batch first").slips == (slip,)


def activation_of(slip):
    return activations.sigmoid if slip == "slope_tanh" else activations.tanh


ALONE = [n for n in BACKWARD if n != "no_transpose_x"]  # x and h have other lengths


@pytest.mark.parametrize("slip", ALONE)
def test_each_slip_of_a_backward_pass_is_recognised(slip):
    f = activation_of(slip)
    report = diagnose(forward_with([], f), backward_with([slip], f))
    assert report.slips == (slip,), report
    assert "We found one mistake" in report.verdict


def test_each_pair_of_slips_is_recognised_by_what_gives_the_same_numbers():
    """Some exclude one another, and then one of them, or other slips, give the same numbers."""
    rng = np.random.default_rng(0)
    pairs = [*combinations([n for n in ALONE if n != "slope_tanh"], 2)]
    recognised = 0
    for i in rng.permutation(len(pairs))[:16]:
        report = diagnose(forward_with([]), backward_with(pairs[i]), layout="batch first")
        assert not any(f.kind == "unknown" for f in report.findings), (pairs[i], report)
        recognised += {*report.slips} == {*pairs[i]}
    assert recognised > 8


def test_pairs_of_slips_of_a_forward_pass_are_recognised():
    pairs = [*combinations(ROWS, 2)]
    told = [{*diagnose(forward_with(p), layout="batch first").slips} == {*p} for p in pairs[::9]]
    assert np.mean(told) > 0.7


@pytest.mark.parametrize("form", [LSTM, GRU], ids=["lstm", "gru"])
def test_pairs_of_slips_of_a_gated_step_are_recognised(form):
    for pair in [*combinations(form.forward_slips, 2)][::9]:
        step, _ = gated(form, form.setups[0], pair, [])
        assert {*diagnose(step=step, form=form.name).slips} == {*pair}
    told = []
    for pair in [*combinations(form.backward_slips, 2)][::13]:
        step, back = gated(form, form.setups[0], [], pair)
        report = diagnose(step=step, backward_step=back, form=form.name)
        assert not any(f.kind == "unknown" for f in report.findings), (pair, report)
        told.append({*report.slips} == {*pair})
    assert np.mean(told) > 0.7


@pytest.mark.parametrize("form", [LSTM, GRU], ids=["lstm", "gru"])
def test_each_slip_of_a_gated_step_is_recognised(form):
    for slip in ("", *form.forward_slips):
        step, _ = gated(form, form.setups[0], [slip], [])
        assert diagnose(step=step, form=form.name).slips == ((slip,) if slip else ()), slip
    for slip in ("", *form.backward_slips):
        step, back = gated(form, form.setups[0], [], [slip])
        report = diagnose(step=step, backward_step=back, form=form.name)
        assert report.slips == ((slip,) if slip else ()), (slip, report)


def gated(form, setup, forward_slips, backward_slips):
    def results(p):
        p = p | {"X": p["X"][:, np.newaxis]}
        found = form.forward(p, setup, forward_slips)[0]
        return *(found[name] for name in form.results), p

    def lstm(x, h_prev, c_prev, W_x, W_h, b):
        return results({"X": x, "h0": h_prev, "c0": c_prev, "W_x": W_x, "W_h": W_h, "b": b})

    def gru(x, h_prev, W_x, W_h, b):
        return results({"X": x, "h0": h_prev, "W_x": W_x, "W_h": W_h, "b": b})

    def gradients(p):
        g = form.backward(p, setup, backward_slips)
        return {n: a[:, 0] if n == "dX" else a for n, a in g.items() if n != "db2"}

    def lstm_back(dh, dc, cache):
        return gradients(cache | {"dh": dh, "dc": dc})

    def gru_back(dh, cache):
        return gradients(cache | {"dh": dh})

    return (lstm, lstm_back) if form is LSTM else (gru, gru_back)


@pytest.mark.parametrize("form", [LSTM, GRU], ids=["lstm", "gru"])
def test_no_order_of_gates_is_called_a_mistake(form):
    for setup in form.setups:
        step, back = gated(form, setup, [], [])
        assert diagnose(step=step, backward_step=back, form=form.name), setup


@pytest.mark.parametrize("slip", [n for n in FORWARD if FORWARD[n].convention])
def test_a_convention_is_no_mistake(slip):
    report = diagnose(forward_with([slip]))
    assert report
    assert report.conventions == (slip,)


@pytest.mark.parametrize("factor", [1 / 2, 1 / 4, 1 / 8, 2])
def test_another_scale_is_no_mistake(factor):
    def backward(X, S, dS, W_x, W_h, b, h0):
        g = simple.gradients(X, S, dS, W_x, W_h, activations.tanh, b)
        return {name: array * factor for name, array in g.items()}

    report = diagnose(forward_with([]), backward)
    assert report
    assert report.conventions


def test_every_place_is_in_the_book():
    known, page = set(), ""
    for line in ANCHORS.read_text(encoding="utf-8").splitlines():
        if not line.startswith(" "):
            page = line.strip()
            known.add(page)
        else:
            known.add(f"{page}#{line.split()[0]}")
    slips = [*FORWARD.values(), *SHAPES.values(), *BACKWARD.values(), *OUTPUT.values()]
    for form in (LSTM, GRU):
        slips += [*form.forward_slips.values(), *form.backward_slips.values()]
    places = {re.sub(r"\.(ipynb|md)", "", f"book/{slip.place}") for slip in slips}
    assert not places - known


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Give a function to diagnose: forward, step or loss."),
        ({"forward": len, "step": len}, "Give functions of one kind, got forward and step."),
        ({"backward": len}, "backward needs forward, whose results it works on: give both."),
        ({"forward": len, "form": "rnn"}, "form must be one of simple, lstm, gru, elman"),
        ({"forward": len, "form": "lstm"}, "form='lstm' needs step, got forward."),
        ({"loss": len}, "form='simple' needs forward or step, got loss. With form=\"elman\" give"),
        ({"forward": len, "layout": "rows"}, "layout must be one of batch first, "),
        ({"forward": len, "activation": "tan"}, "activation must be"),
    ],
)
def test_what_cannot_be_diagnosed_is_refused_in_words(given, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        diagnose(**given)


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError, match="forward must be a function, got 3"):
        diagnose(3)


def tanh_states(X, W_x, W_h, b, h0):
    return simple.states(X, W_x, W_h, b, h0, activations.tanh)


def kinds(report):
    return {slip for f in report.findings if f.kind == "trouble" for slip in f.slips}


def test_an_argument_that_is_written_into_is_noticed():
    def forward(X, W_x, W_h, b, h0):
        S = tanh_states(X, W_x, W_h, b, h0)
        h0 += 1
        return S

    assert kinds(diagnose(forward)) == {"wrote"}


def test_a_state_that_is_kept_between_calls_is_noticed():
    kept = {}

    def forward(X, W_x, W_h, b):
        h = kept.get("h", np.zeros((2, 5)))
        h = h if h.shape == (len(X), len(W_h)) else np.zeros((len(X), len(W_h)))
        S = tanh_states(X, W_x, W_h, b, h)
        kept["h"] = S[:, -1]
        return S

    assert "kept" in kinds(diagnose(forward, layout="batch first"))


def test_an_exception_comes_with_its_line():
    def backward(X, S, dS, W_x, W_h):
        return dS @ W_x

    report = diagnose(tanh_states, backward)
    assert kinds(report) == {"exception"}
    assert "ValueError" in str(report)
    assert "return dS @ W_x" in str(report)


@pytest.mark.parametrize(
    ("slip", "change"),
    [
        ("last_sequence", lambda S: S[-1]),
        ("last_sequence", lambda S: S[-1, 1:]),
        ("concatenate", lambda S: np.concatenate([*S.swapaxes(0, 1)])),
        ("concatenate", lambda S: np.concatenate([*S.swapaxes(0, 1)], axis=1)),
    ],
)
def test_states_that_were_joined_wrongly_are_recognised(slip, change):
    def forward(X, W_x, W_h, b, h0):
        return change(tanh_states(X, W_x, W_h, b, h0))

    assert diagnose(forward).slips == (slip,)


def test_a_backward_pass_that_returns_nothing_is_told_what_to_return():
    def backward(X, S, dS, W_x, W_h):
        pass

    report = diagnose(tanh_states, backward)
    assert kinds(report) == {"names"}
    assert "Return dX, dW_x, dW_h, db and dh0" in str(report)


def test_a_forward_pass_that_fits_nowhere_says_why():
    def forward(X, W_x, W_h, b, h0):
        return W_q  # noqa: F821

    report = diagnose(forward)
    assert kinds(report) == {"layout"}
    assert "NameError in line" in str(report)
    assert "`return W_q  # noqa: F821`: name 'W_q' is not defined" in str(report)


def test_the_verdict_says_what_is_wrong_where_no_mistake_explains_it():
    def forward(X, W_x, W_h, b, h0):
        S = tanh_states(X, W_x, W_h, b, h0)
        h0 += 1
        return S

    said = "Something is wrong with forward, it writes into h0."
    assert diagnose(forward).verdict == said


def test_float32_is_no_mistake():
    def forward(X, W_x, W_h, b, h0):
        given = (np.float32(a) for a in (X, W_x, W_h, b, h0))
        return tanh_states(*given).astype(np.float32)

    def backward(X, S, dS, W_x, W_h, b):
        g = simple.gradients(X, S, dS, W_x, W_h, activations.tanh, b)
        return {name: array.astype(np.float32) for name, array in g.items()}

    report = diagnose(forward, backward)
    assert report
    assert "float32" in report.conventions


def test_nan_is_noticed():
    def forward(X, W_x, W_h, b, h0):
        return np.log(tanh_states(X, W_x, W_h, b, h0))

    assert kinds(diagnose(forward)) == {"not finite"}


def test_a_transposed_gradient_is_named_by_its_shape():
    def backward(X, S, dS, W_x, W_h, b, h0):
        g = simple.gradients(X, S, dS, W_x, W_h, activations.tanh, b)
        return g | {"dW_x": g["dW_x"].T}

    report = diagnose(tanh_states, backward)
    assert kinds(report) == {"shape"}
    assert "It is the transpose." in str(report)


@pytest.mark.parametrize("shape", [(1, -1), (-1, 1)])
def test_a_bias_with_an_axis_more_is_a_convention(shape):
    def backward(X, S, dS, W_x, W_h, b, h0):
        g = simple.gradients(X, S, dS, W_x, W_h, activations.tanh, b)
        return g | {"db": g["db"].reshape(shape)}

    report = diagnose(tanh_states, backward)
    assert report
    assert report.conventions == ("shape of b",)


def test_what_nothing_explains_is_shown_with_both_numbers():
    def backward(X, S, dS, W_x, W_h, b, h0):
        g = simple.gradients(X, S, dS, W_x, W_h, activations.tanh, b)
        return g | {"dW_x": g["dW_x"] * np.arange(1, 6)}

    report = diagnose(tanh_states, backward)
    (unknown,) = [f for f in report.findings if f.kind == "unknown"]
    assert unknown.about == "dW_x"
    assert re.search(r"dW_x\[0, 1\].*yours is -?[\d.e-]+, and it should be", unknown.words)


@pytest.mark.parametrize(
    ("yours", "degrees"), [([4.0, 3.0], 16), ([-4.0, 3.0], 90), ([-3.0, -4.0], 180)]
)
def test_a_step_against_a_gradient_that_is_roughly_right_leads_downhill(yours, degrees):
    """A gradient points uphill: along the right one, a step against it must go backwards."""
    yours, right = np.array(yours), np.array([3.0, 4.0])
    (said,) = angle({"dW_h": yours}, {"dW_h": right})
    assert f"your gradient points {degrees}° away from the right one" in said.words
    downhill = right @ -yours < -1e-9
    assert ("a small step against yours leads downhill" in said.words) == downhill
    assert ("a step against it does not lead downhill" in said.words) != downhill


def test_a_declared_activation_where_another_one_fits_is_a_mistake():
    report = diagnose(forward_with([], activations.sigmoid), activation="tanh")
    assert report.slips == ("other_activation",)
    assert "sigmoid" in report.verdict


def test_the_html_links_to_the_page_and_to_the_mistake():
    html = diagnose(tanh_states, backward_with(["same_state"]))._repr_html_()
    assert '<a href="mistakes.ipynb#mistake-state">' in html


def test_input_weights_with_a_row_for_each_step_do_not_run():
    """Number 4 of the famous mistakes: `diagnose` gives a row of W_x for each feature."""

    def forward(X, W_x, W_h, b, h0):
        S = np.zeros((len(X), X.shape[1] + 1, len(W_h)))
        S[:, 0] = h0
        for k in range(X.shape[1]):
            x_t = X[:, k, :1] * np.eye(X.shape[1])[k]
            S[:, k + 1] = np.tanh(x_t @ W_x + S[:, k] @ W_h + b)
        return S

    report = diagnose(forward)
    assert "it runs in no arrangement of the axes" in report.verdict
    assert "x_t @ W_x" in report.verdict


# Programs of our own, each modelled on what somebody reported of a network written by hand.


def test_a_state_one_step_too_late():
    """https://github.com/VikParuchuri/zero_to_gpt/issues/9"""

    def backward(X, S, dS, W_x, W_h):
        grads = {"dW_x": 0, "dW_h": 0, "db": 0}
        following = 0
        for k in range(X.shape[1] - 1, -1, -1):
            dz = (dS[:, k] + following) * (1 - S[:, k + 1] ** 2)
            grads["dW_x"] += X[:, k].T @ dz
            grads["dW_h"] += S[:, k + 1].T @ dz
            grads["db"] += dz.sum(axis=0)
            following = dz @ W_h.T
        return grads

    assert diagnose(tanh_states, backward).slips == ("same_state",)


def test_an_activation_around_the_input_only():
    """https://github.com/lmjohns3/theanets/issues/109"""

    def forward(X, W_x, W_h, b, h0):
        states = [h0]
        for x in X.swapaxes(0, 1):
            states.append(np.tanh(x @ W_x + b) + states[-1] @ W_h)
        return np.stack(states, axis=1)

    assert diagnose(forward).slips == ("input_only",)


def columns(x, Wxh, Whh, bh, h0):
    hs = [h0]
    for x_t in x:
        hs.append(np.tanh(Wxh @ x_t + Whh @ hs[-1] + bh))
    return np.stack(hs)


def columns_back(x, hs, dh, Wxh, Whh, keep=True):
    dWxh, dWhh, dbh, following = 0, 0, 0, 0
    for k in reversed(range(len(x))):
        dz = (1 - hs[k + 1] ** 2) * (dh[k] + following)
        dWxh = dWxh + dz @ x[k].T
        dWhh = dWhh + dz @ hs[k].T
        dbh = dbh + dz.sum(axis=1, keepdims=True)
        following = Whh.T @ dz if keep else 0
    return {"dWxh": dWxh, "dWhh": dWhh, "dbh": dbh}


def test_a_gradient_that_is_not_passed_to_the_step_before():
    """https://github.com/qixianbiao/RNN/issues/2"""

    def backward(x, hs, dh, Wxh, Whh):
        return columns_back(x, hs, dh, Wxh, Whh, keep=False)

    assert diagnose(columns, backward).slips == ("no_future",)


def test_what_min_char_rnn_does_is_right():
    """https://gist.github.com/karpathy/d4dee566867f8291f086"""

    def backward(x, hs, dh, Wxh, Whh):
        return columns_back(x, hs, dh, Wxh, Whh)

    report = diagnose(columns, backward)
    assert report
    assert report.conventions == ("columns",)


def test_a_gradient_that_is_added_into_the_argument():
    """https://github.com/Burton2000/CS231n-2017/issues/7"""

    def backward(X, S, dh, Wx, Wh):
        following = np.zeros_like(dh[:, 0])
        dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
        for t in reversed(range(X.shape[1])):
            dh[:, t] = following + dh[:, t]
            dz = dh[:, t] * (1 - S[:, t + 1] ** 2)
            dWx += X[:, t].T @ dz
            dWh += S[:, t].T @ dz
            following = dz @ Wh.T
        return dWx, dWh

    report = diagnose(tanh_states, backward)
    assert kinds(report) == {"wrote"}
    assert not report.slips


def test_no_activation_between_the_states():
    """https://github.com/pytorch/tutorials/issues/647"""

    def forward(X, W_x, W_h, b):
        h = np.zeros((len(X), len(W_h)))
        for k in range(X.shape[1]):
            h = X[:, k] @ W_x + h @ W_h + b
        return h

    assert diagnose(forward, activation="tanh").slips == ("linear",)
    assert diagnose(forward).conventions == ("linear",)


def test_the_slope_from_the_output_is_right():
    """https://github.com/oreilly-japan/deep-learning-from-scratch-2/issues/26"""

    def step(x, h_prev, Wx, Wh, b):
        h_next = np.tanh(x @ Wx + h_prev @ Wh + b)
        return h_next, (Wx, Wh, x, h_prev, h_next)

    def back(dh_next, cache):
        Wx, Wh, x, h_prev, h_next = cache
        dt = dh_next * (1 - h_next**2)
        return dt @ Wx.T, x.T @ dt, h_prev.T @ dt, dt.sum(axis=0), dt @ Wh.T

    assert diagnose(step=step, backward_step=back)


def logistic(z):
    return 1 / (1 + np.exp(-z))


def lstm(x, h_prev, c_prev, Wx, Wh, b, bend=np.tanh, wrong_bias=False):
    n = h_prev.shape[1]
    if wrong_bias:
        b = np.concatenate([b[:n], b[3 * n :], b[2 * n :]])
    z = x @ Wx + h_prev @ Wh + b
    i, f, g, o = z[:, :n], z[:, n : 2 * n], z[:, 2 * n : 3 * n], z[:, 3 * n :]
    i, f, g, o = logistic(i), logistic(f), np.tanh(g), logistic(o)
    c = f * c_prev + i * g
    return o * bend(c), c, (x, h_prev, c_prev, Wx, Wh, i, f, g, o, c)


def lstm_back(dh, dc, cache, slope=lambda s: s * (1 - s)):
    x, h_prev, c_prev, Wx, Wh, i, f, g, o, c = cache
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    di, df, do = dc * g * slope(i), dc * c_prev * slope(f), dh * np.tanh(c) * slope(o)
    dz = np.hstack([di, df, dc * i * (1 - g**2), do])
    return dz @ Wx.T, dz @ Wh.T, dc * f, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)


def test_a_cell_without_its_last_tanh():
    """https://github.com/nicodjimenez/lstm/issues/47"""

    def step(x, h_prev, c_prev, Wx, Wh, b):
        return lstm(x, h_prev, c_prev, Wx, Wh, b, bend=lambda c: c)

    assert diagnose(step=step, form="lstm").slips == ("no_output_tanh",)


def test_the_bias_of_another_gate():
    """https://github.com/ddbourgin/numpy-ml/issues/42"""

    def step(x, h_prev, c_prev, Wx, Wh, b):
        return lstm(x, h_prev, c_prev, Wx, Wh, b, wrong_bias=True)

    report = diagnose(step=step, form="lstm")
    assert [f.kind for f in report.findings] == ["unknown"]


def plain_lstm(x, h_prev, c_prev, Wx, Wh, b):
    return lstm(x, h_prev, c_prev, Wx, Wh, b)


def test_gates_without_the_slope_of_sigmoid():
    """https://github.com/CaptainE/RNN-LSTM-in-numpy/issues/1"""

    def back(dh, dc, cache):
        return lstm_back(dh, dc, cache, slope=np.ones_like)

    report = diagnose(step=plain_lstm, backward_step=back, form="lstm")
    assert report.slips == ("no_gate_slopes",)


def test_a_cell_state_that_forgets_the_gradient_of_later_steps():
    """https://github.com/apache/mxnet/issues/4057"""

    def back(dh, dc, cache):
        return lstm_back(dh, 0.0, cache)

    report = diagnose(step=plain_lstm, backward_step=back, form="lstm")
    assert report.slips == ("no_dc",)


def test_two_gradients_that_meet_in_the_cell_state_are_right():
    """https://github.com/cthorey/CS231/issues/1"""

    def back(dnext_h, dnext_c, cache):
        return lstm_back(dnext_h, dnext_c, cache)

    assert diagnose(step=plain_lstm, backward_step=back, form="lstm")


def elman(x, y, U, W, V, wrong=False):
    s, loss = [np.zeros((1, len(W)))], 0.0
    for x_t in x:
        s.append(np.tanh(x_t[np.newaxis] @ U + s[-1] @ W))
    o = [s_t @ V for s_t in s[1:]]
    loss = sum(((o_t - y_t) ** 2).sum() for o_t, y_t in zip(o, y)) / 2
    dU, dW, dV, ds = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V), 0.0
    for t in reversed(range(len(x))):
        do = o[t] - y[t]
        dV += s[t if wrong else t + 1].T @ do
        dz = (do @ V.T + ds) * (1 - s[t + 1] ** 2)
        dU += np.outer(x[t], dz)
        dW += s[t].T @ dz
        ds = dz @ W.T
    return loss, dU, dW, dV


def test_a_loss_of_u_w_and_v():
    assert diagnose(loss=elman, form="elman")

    def wrong(x, y, U, W, V):
        return elman(x, y, U, W, V, wrong=True)

    assert diagnose(loss=wrong, form="elman").slips == ("V_state_before",)


def test_a_loss_that_writes_into_a_weight_is_noticed():
    def loss(x, y, U, W, V):
        result = elman(x, y, U, W, V)
        W *= 0.9
        return result

    assert kinds(diagnose(loss=loss, form="elman")) == {"wrote"}


SLOPES = {
    "no_slope": lambda h, before, z: 1.0,
    "slope_of_output": lambda h, before, z: 1 - np.tanh(h) ** 2,
    "slope_of_sum": lambda h, before, z: 1 - z**2,
    "slope_before": lambda h, before, z: 1 - before**2,
    "slope_unsquared": lambda h, before, z: 1 - h,
    "slope_sigmoid": lambda h, before, z: h * (1 - h),
}
OTHER = {
    "no_accumulation",
    "last_step",
    "same_state",
    "no_direct",
    "carry_dh",
    "skips_first",
    "skips_last",
    "transposed_h",
    "initial_dz",
    "initial_dh",
    "reversed_dX",
    "bias_mean",
    "bias_no_batch",
    "bias_one_example",
    "no_transpose",
    "no_future",
}


@pytest.mark.parametrize("slip", sorted({*SLOPES} | OTHER))
def test_a_slip_is_what_one_gets_by_writing_it(slip):
    def backward(X, S, dS, W_x, W_h, b):
        T, dX, each, dh_next = X.shape[1], [], [], 0.0
        for k in range(T - 1, 0 if slip == "skips_first" else -1, -1):
            if slip == "skips_last" and k == T - 1:
                dX.append(0 * X[:, k])
                continue
            x, before, h = X[:, k], S[:, k], S[:, k + 1]
            direct = 0.0 if slip == "no_direct" and k < T - 1 else dS[:, k]
            dh = direct + (0.0 if slip == "no_future" else dh_next)
            slope = SLOPES.get(slip, lambda h, before, z: 1 - h**2)
            dz = dh * slope(h, before, x @ W_x + before @ W_h + b)
            dX.append(dz @ W_x.T)
            factor = h if slip == "same_state" else before
            dW_h = dz.T @ factor if slip == "transposed_h" else factor.T @ dz
            db = {"bias_mean": dz.mean(axis=0), "bias_no_batch": dz, "bias_one_example": dz[0]}
            each.append((x.T @ dz, dW_h, db.get(slip, dz.sum(axis=0))))
            back = W_h if slip == "no_transpose" else W_h.T
            dh_next = (dh if slip == "carry_dh" else dz) @ back
        dX += [0 * X[:, 0]] * (T - len(dX))
        chosen = {"no_accumulation": each[-1:], "last_step": each[:1]}.get(slip, each)
        totals = [sum(parts) for parts in zip(*chosen)]
        dX = np.stack(dX if slip == "reversed_dX" else dX[::-1], axis=1)
        dh0 = {"initial_dz": dz, "initial_dh": dh}.get(slip, dh_next)
        return dict(zip(("dX", "dW_x", "dW_h", "db", "dh0"), (dX, *totals, dh0)))

    assert diagnose(tanh_states, backward).slips == (slip,)


def right_step(layout, f):
    """Return a step and its backward pass that are right, for one vector or a batch."""

    def step(x, h_prev, W_x, W_h, b):
        if layout.name == "numbers":
            h = f.value(x * W_x + h_prev * W_h + b)
        elif layout.transposed and not layout.column:
            h = f.value(
                W_x @ x + W_h @ h_prev + b if x.ndim == 1 else x @ W_x.T + h_prev @ W_h.T + b
            )
        elif layout.column:
            h = f.value(W_x @ x + W_h @ h_prev + b)
        else:
            h = f.value(x @ W_x + h_prev @ W_h + b)
        return h, (x, h_prev, W_x, W_h, h)

    def back(dh, cache):
        x, h_prev, W_x, W_h, h = cache
        dz = dh * f.slope(h)
        if layout.name == "numbers":
            return dz * W_x, (x * dz).sum(), (h_prev * dz).sum(), dz.sum(), dz * W_h
        if layout.column:
            dW = dz @ x.T, dz @ h_prev.T
            return W_x.T @ dz, *dW, dz.sum(axis=1, keepdims=True), W_h.T @ dz
        if "B" not in layout.sequences:
            dW = (np.outer(dz, v) if layout.transposed else np.outer(v, dz) for v in (x, h_prev))
            turned = (W.T if layout.transposed else W for W in (W_x, W_h))
            dx, dh_prev = (W @ dz for W in turned)
            return dx, *dW, dz, dh_prev
        if layout.transposed:
            return dz @ W_x, dz.T @ x, dz.T @ h_prev, dz.sum(axis=0), dz @ W_h
        return dz @ W_x.T, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0), dz @ W_h.T

    return step, back


@pytest.mark.parametrize("layout", STEPS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("name", F)
def test_a_right_step_is_never_accused(layout, name):
    step, back = right_step(layout, F[name])
    report = diagnose(step=step, backward_step=back)
    assert report, report


def test_a_network_for_one_sequence_that_also_runs_on_a_batch_is_right():
    def forward(x, Wx, Wh, b, h0):
        h, S = h0, []
        for x_t in x:
            h = np.tanh(x_t @ Wx + h @ Wh + b)
            S.append(h)
        return np.array(S)

    def backward(x, S, dS, Wx, Wh, b, h0):
        dWx, dWh, db, following = 0, 0, 0, 0
        for t in reversed(range(len(x))):
            dz = (dS[t] + following) * (1 - S[t] ** 2)
            dWx = dWx + np.outer(x[t], dz)
            dWh = dWh + np.outer(S[t - 1] if t else h0, dz)
            db = db + dz
            following = Wh @ dz
        return dWx, dWh, db

    report = diagnose(forward, backward)
    assert report, report
    assert report.conventions == ("one sequence",)
