"""The training stepper in Python: paths by hand, clipping, divergence, what it refuses."""

import json
import re

import numpy as np
import pytest
import traitlets

from rnncore.gradcheck import numerical_gradient
from rnncore.tasks import count_ones
from rnncore.widgets import TrainingStepper
from rnncore.widgets.film import shown
from rnncore.widgets.training_stepper import LONGEST, at_point, sequences


def stepper(**values):
    return TrainingStepper(**values, id="descent")


def loss_of(weights, timesteps):
    """The loss by a plain loop over sequences and steps."""
    X, y = sequences(timesteps)
    total = 0.0
    for bits, ones in zip(X, y, strict=True):
        h = 0.0
        for bit in bits:
            h = bit * weights[0] + h * weights[1]
        total += (h - ones) ** 2
    return total / len(X)


# --- The surface ------------------------------------------------------------------------


def test_the_page_reads_the_sequences_of_every_length_from_the_same_bits():
    for timesteps in range(1, LONGEST + 1):
        x, _ = count_ones(20, timesteps, np.random.default_rng(1))
        bits = "".join(str(int(bit)) for bit in x.ravel())
        assert TrainingStepper.LIMITS["bits"].startswith(bits)


def test_the_loss_along_w_x_1():
    # of the book's 20 sequences of 10 bits; at W_h = 1 the state counts, and nothing is wrong
    losses = [stepper(W_x=1.0, W_h=w).trace()["loss"][0] for w in (0.9, 1, 1.1, 1.25, 1.5, 2)]
    np.testing.assert_allclose(losses, [3.6, 0, 10.3, 158, 3122, 307200], rtol=0.01)


def test_the_valley_narrows_as_the_sequences_grow():
    beside = [stepper(timesteps=T).trace()["beside"] for T in (5, 10, 20, 40)]
    assert [float(f"{loss:.1g}") for loss in beside] == [0.09, 2, 50, 2000]


@pytest.mark.parametrize("timesteps", [1, 4, 9])
def test_loss_and_gradient_are_those_of_a_plain_loop(timesteps):
    point = np.array([-0.7, 1.2])
    found = at_point(*sequences(timesteps), *point)
    assert found["loss"] == pytest.approx(loss_of(point, timesteps), rel=1e-13)
    right = numerical_gradient(lambda w: loss_of(w, timesteps), point)
    np.testing.assert_allclose([found["dW_x"], found["dW_h"]], right, rtol=1e-6)


def test_the_gradient_through_time_grows_by_w_h_with_every_step_back():
    run = stepper(W_x=-1.5, W_h=2.0, timesteps=6).trace()
    X, y = sequences(6)
    last = sum(2 * (sum(-1.5 * b * 2 ** (5 - k) for k, b in enumerate(x)) - n) / 20
               for x, n in zip(X, y))  # fmt: skip
    np.testing.assert_allclose(run["dh"][0], last * 2.0 ** np.arange(6, -1, -1), rtol=1e-12)
    assert run["factor"][0] == 2**6


# --- The updates --------------------------------------------------------------------------


def test_an_update_of_sgd_goes_against_the_gradient():
    run = stepper(W_x=0.2, W_h=0.5, rate=0.01).trace()
    for w in ("x", "h"):
        assert run[f"W_{w}"][1] == run[f"W_{w}"][0] - 0.01 * run[f"dW_{w}"][0]
        assert run[f"v_{w}"][1] == -0.01 * run[f"dW_{w}"][0]
        assert np.isnan(run[f"v_{w}"][0])


def test_momentum_keeps_a_part_of_the_velocity():
    run = stepper(optimiser="momentum", momentum=0.5, rate=0.01).trace()
    for w in ("x", "h"):
        v = 0.5 * run[f"v_{w}"][1] - 0.01 * run[f"dW_{w}"][1]
        assert run[f"v_{w}"][2] == pytest.approx(v, abs=1e-15)
        assert run[f"W_{w}"][2] == pytest.approx(run[f"W_{w}"][1] + v, abs=1e-15)


def test_the_first_step_of_adam_is_as_long_as_the_rate():
    run = stepper(W_x=-1.5, W_h=2.0, optimiser="Adam", rate=0.1).trace()
    # m̂ = g and v̂ = g², so the step is the rate, against the sign of the gradient (−, +)
    np.testing.assert_allclose([run["W_x"][1], run["W_h"][1]], [-1.4, 1.9], atol=1e-12)
    g = run["dW_h"]
    assert run["m_h"][2] == pytest.approx(0.9 * (0.1 * g[0]) + 0.1 * g[1])
    assert run["m_hat_h"][2] == pytest.approx(run["m_h"][2] / (1 - 0.9**2))
    assert run["v_h"][2] == pytest.approx(0.999 * (0.001 * g[0] ** 2) + 0.001 * g[1] ** 2)
    assert run["v_hat_h"][2] == pytest.approx(run["v_h"][2] / (1 - 0.999**2))


def test_clipping_by_norm_keeps_the_direction_and_by_value_turns_it():
    cliff = {"W_x": -1.5, "W_h": 2.0, "rate": 0.01}
    free = stepper(**cliff).trace()
    g = np.array([free["dW_x"][0], free["dW_h"][0]])
    used = {}
    for by in ("norm", "value"):
        run = stepper(**cliff, clip=1.0, clip_by=by).trace()
        used[by] = np.array([run["used_x"][0], run["used_h"][0]])
    np.testing.assert_allclose(used["norm"], g / np.hypot(*g))
    np.testing.assert_array_equal(used["value"], [-1, 1])  # g is (−0.9e6, 5.7e6)
    turned = np.degrees(np.arctan2(*used["value"][::-1]) - np.arctan2(*g[::-1]))
    assert round(float(abs(turned)), 1) == 35.6


def test_a_path_that_diverges_ends_where_the_loss_is_too_large_for_a_float():
    for rate in (0.1, 0.01, 0.001, 1e-4):
        run = stepper(W_x=-1.5, W_h=2.0, rate=rate).trace()
        assert run["done"] == 2
        assert run["loss"][2] == np.inf
        assert np.isnan(run["dW_h"][2])
        assert np.isfinite([run["W_x"][2], run["W_h"][2]]).all()
        assert np.isnan(run["loss"][3:]).all()
    with pytest.raises(ValueError, match=re.escape("step must be 0 … 2, got 3.")):
        stepper(W_x=-1.5, W_h=2.0, rate=0.01, step=3)


def test_clipping_takes_the_same_start_into_the_valley():
    run = stepper(W_x=-1.5, W_h=2.0, rate=0.01, clip=1.0, updates=1000).trace()
    assert run["done"] == 1000
    assert run["loss"][1000] < 1


def test_presets_do_what_their_notes_say_wherever_the_reader_started():
    widget = stepper(W_x=1.0, rate=0.5, timesteps=3)
    runs = {}
    for preset in widget.presets:
        values = {name: preset[name] for name in widget.parameters}
        runs[preset["name"]] = stepper(**values, step=preset["step"]).trace()
    valley = runs["follows the valley"]
    assert (shown(valley["loss"][0], 0), shown(valley["loss"][32], 2)) == ("26", "0.15")
    leap_of = next(p for p in widget.presets if p["name"] == "leaps off the cliff")
    leap = runs["leaps off the cliff"]
    assert (shown(leap["norm"][0]), round(leap["W_h"][1], -2)) == ("5.80e6", -57200)
    assert np.isinf(leap["loss"][2])
    clipped = runs["is clipped"]
    steps = np.hypot(np.diff(clipped["W_x"]), np.diff(clipped["W_h"]))
    np.testing.assert_allclose(steps[:20], 0.1)
    thrown = runs["is thrown off"]
    place = [shown(thrown[name][2], 2) for name in ("W_x", "W_h")]
    assert (*place, shown(thrown["norm"][2], 1)) == ("−0.78", "−0.06", "7.4")
    assert (np.hypot(np.diff(thrown["W_x"]), np.diff(thrown["W_h"]))[2:] < 0.001).all()
    over = runs["overshoots"]
    told = {preset["name"]: preset["note"] for preset in widget.presets}
    (first, plain, top) = map(
        int, re.search(r"in (\d+) .* needs (\d+)\..* of (\d+),", told["overshoots"]).groups()
    )
    assert (first, plain) == tuple(int(np.argmax(run["loss"] < 3)) for run in (over, valley))
    assert shown(over["loss"][first + 1], 0) == str(top)
    assert over["W_h"][13] < 1 < over["W_h"][12]
    even = stepper(**{name: leap_of[name] for name in widget.parameters} | {"rate": 1e-4}).trace()
    assert np.isinf(even["loss"][2])
    adam = runs["takes Adam's steps"]
    np.testing.assert_allclose(abs(np.diff(adam["W_h"])[0]), 0.1)
    assert abs(np.diff(adam["W_h"])[-1]) < 0.01 < 0.5 < adam["loss"][40]
    assert json.loads(json.dumps(widget.presets)) == widget.presets


# --- Parameters ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("W_x", 10.5, "W_x must be a number from −10 to 10, got 10.5."),
        ("W_h", np.nan, "W_h must hold finite numbers, got nan."),
        ("W_h", [1.0], "W_h must be a number, got an array of shape (1,)."),
        ("rate", 0, "rate must be a number from 1e−06 to 10, got 0."),
        ("rate", "fast", "rate must hold real numbers, got an array of type <U4."),
        ("momentum", 1, "momentum must be a number from 0 to 0.99, got 1."),
        ("clip", -1, "clip must be a number from 0 to 1e+06, got -1."),
        ("clip_by", "none", "clip_by must be one of norm, value, got 'none'."),
        ("optimiser", "RMSprop", "optimiser must be one of SGD, momentum, Adam, got 'RMSprop'."),
        ("optimiser", ["SGD"], "optimiser must be one of SGD, momentum, Adam, got ['SGD']."),
        ("timesteps", 41, "timesteps must be an integer from 1 to 40, got 41."),
        ("updates", 1.5, "updates must be an integer from 1 to 1000, got 1.5."),
        ("step", 41, "step must be 0 … 40, got 41."),
    ],
)
def test_what_does_not_fit_is_refused_and_the_last_good_value_stays(name, value, message):
    widget = stepper()
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$") as caught:
        setattr(widget, name, value)
    assert isinstance(caught.value, traitlets.TraitError)
    assert getattr(widget, name) == before


def test_a_path_that_becomes_shorter_takes_the_step_along():
    widget = stepper(step=40)
    widget.set(W_x=-1.5, W_h=2.0, rate=0.01)
    assert widget.step == 2
    again = TrainingStepper(**widget.values(), id="again")
    assert again.values() == widget.values()


def test_film_has_every_update_of_a_short_path_and_every_so_many_of_a_long_one():
    widget = stepper()
    run = widget.trace()
    assert re.findall(r'<tr id="([^"]*)">', widget.film) == [f"descent?step={k}" for k in range(41)]
    row = f'<th scope="row">3</th><td>{shown(run["W_x"][3])}</td><td>{shown(run["W_h"][3])}</td>'
    assert row in widget.film
    assert "SGD, rate 0.001.</caption>" in widget.film
    widget.set(updates=130, clip=1.0, optimiser="momentum")
    found = re.findall(r'step=(\d+)">', widget.film)
    assert found == [str(k) for k in range(0, 131, 3)] + ["130"]
    assert "momentum 0.9, rate 0.001, clipped by norm at 1.</caption>" in widget.film
    widget.set(W_x=-1.5, W_h=2.0, rate=0.01, clip=0.0, optimiser="SGD")
    assert "Then the loss or its gradient is too large for a float.</caption>" in widget.film
    assert "<td>∞</td><td>NaN</td>" in widget.film


def test_a_link_restores_the_parameters():
    query = "step=3&rate=0.01&clip=1&W_h=2&optimiser=Adam&clip_by=value&timesteps=20"
    values, step = TrainingStepper.linked(stepper().values(), query)
    assert step == 3
    assert (values["rate"], values["clip"], values["clip_by"]) == (0.01, 1.0, "value")
    assert (values["W_h"], values["optimiser"], values["timesteps"]) == (2.0, "Adam", 20)
    for query, message in {
        "clip_by=none": "clip_by must be one of norm, value",
        "rate=0": "rate must be a number from",
        "w_h=2": "w_h is not among W_x, W_h, timesteps",
        "W_x=-1.5&W_h=2&rate=0.01&step=3": "step must be 0 … 2, got 3.",
    }.items():
        with pytest.raises(ValueError, match=re.escape(message)):
            TrainingStepper.linked(stepper().values(), query)
