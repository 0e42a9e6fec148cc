"""What a stepper on a page shows, and what rnncore says it should show."""

import numpy as np

from rnncore.activations import get
from rnncore.states import compute_states
from rnncore.widgets.base import from_step_1
from rnncore.widgets.film import shown
from tests.support.family import ask, assert_close, assert_true, brief

BARS = """
(root) => [...root.querySelectorAll("[data-bar]")].map((node) => ({
  index: node.dataset.bar.split(",").map(Number),
  full: Number(node.dataset.full),
  width: node.getBBox().width,
  left: node.getBBox().x,
  middle: Number(node.parentNode.querySelector("circle").getAttribute("cx")),
}))
"""


def run(X, W_x, W_h, b=0.0, h0=0.0, activation="linear"):
    """Every number that a stepper may show of its steps, by its name, as rnncore computes it."""
    X, W_x, W_h = np.asarray(X, float), np.asarray(W_x, float), np.asarray(W_h, float)
    units = W_h.shape[:1]
    b, h0 = np.broadcast_to(b, units).astype(float), np.broadcast_to(h0, units).astype(float)
    with np.errstate(all="ignore"):
        h = compute_states(X[np.newaxis], W_x, W_h, b, activation, h0[np.newaxis])[0]
        if W_h.ndim:
            from_x = X[:, :, np.newaxis] * W_x
            from_h = h[:-1, :, np.newaxis] * W_h
            z = X @ W_x + h[:-1] @ W_h + b
        else:
            from_x, from_h = X * W_x, h[:-1] * W_h
            z = from_x + from_h + b
        assert np.allclose(get(activation).value(z), h[1:], equal_nan=True)
    return {
        "x": from_step_1(X),
        "z": from_step_1(z),
        "h": h,
        "from_x": from_step_1(from_x),
        "from_h": from_step_1(from_h),
        "W_x": W_x,
        "W_h": W_h,
        "b": b,
    }


def assert_numbers(numbers, expected, step):
    """Every number shown has the right value under the right name, and a text that rounds it."""
    numbers = [n for n in numbers if n["name"] in expected]  # the rest is family.assert_true's
    assert numbers
    for number in numbers:
        array = expected[number["name"]]
        assert len(number["index"]) == array.ndim, number
        exact = float(number["value"])
        right = float(array[tuple(number["index"])])
        finite = np.abs(array[np.isfinite(array)])
        assert_close(exact, right, 1e-12 * max(1, finite.max(initial=0)), number)
        assert number["text"].strip("()") in {shown(exact), brief(exact)}, number
        if number["name"] != "x" and array.ndim and number["name"] not in {"W_x", "W_h", "b"}:
            assert number["index"][0] <= step, f"not reached yet, and shown: {number}"
    reached = {tuple(n["index"]) for n in numbers if n["name"] == "h"}
    whole = {i for i in np.ndindex(expected["h"].shape) if i[0] <= step}
    assert reached == whole, "a state is missing"


def as_number(text):
    """The number that a reader reads."""
    return float(text.strip("()").replace("−", "-").replace("∞", "inf"))


def assert_geometry(bars, states, step):
    """Each bar is as long as its state is large, and lies on the side of its sign."""
    size = np.abs(states[np.isfinite(states)]).max(initial=0)
    assert len(bars) == states.size
    for bar in bars:
        value = states[tuple(bar["index"])]
        hidden = bar["index"][0] > step or np.isnan(value) or size == 0
        share = 0 if hidden else min(1.0, abs(value) / size)
        assert abs(bar["width"] - share * bar["full"]) <= 0.01, bar
        expected_left = bar["middle"] - (0 if value > 0 else share * bar["full"])
        if share:
            assert abs(bar["left"] - expected_left) <= 0.01, bar


def assert_shows(page, name, step, **parameters):
    """The whole stepper: numbers, texts, bars, and how far it is."""
    expected = run(**parameters)
    how_far = ask(page, name, "(root) => [root.dataset.step, root.dataset.steps].map(Number)")
    assert how_far == [step, len(parameters["X"])]
    assert_numbers(assert_true(page, name), expected, step)
    assert_geometry(ask(page, name, BARS), expected["h"], step)
