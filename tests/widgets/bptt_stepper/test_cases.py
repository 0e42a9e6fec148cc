"""Writes what trace.test.js compares: ordinary, saturated and exploding runs, cut by windows."""

import json

import numpy as np

from rnncore.widgets import BpttStepper
from tests.support.cases import CASES, least, write_cases
from tests.support.family import Twin
from tests.support.reference_vectors import load

SHAPES = [(1, 1), (2, 3), (3, 2), (1, 4)]  # features, units


def random_parameters(rng, kind, features, units, timesteps=None):
    """Ordinary, exploding or saturated parameters; vectors overflow in the chart alone.

    Where W_h is large and the activation bends, the forward run itself is chaotic, and no two
    ways to compute it agree; so what saturates does so by its inputs.
    """
    timesteps = timesteps or int(rng.integers(1, 7))
    inputs, size = {
        "ordinary": (1.0, 0.7),
        "exploding": (1.0, 10.0 ** rng.integers(0, 90 if units == 1 else 22)),
        "saturated": (20.0, 0.7),
    }[kind]
    bent = ["tanh", "sigmoid", "relu"]
    choices = {"ordinary": [*bent, "linear"], "exploding": ["linear"], "saturated": bent[:2]}
    one = {
        "X": rng.normal(size=(timesteps, features)),
        "W_x": rng.normal(size=(features, units)) * inputs,
        "W_h": rng.normal(size=(units, units)) * size,
        "b": rng.normal(size=units),
        "h0": rng.normal(size=units),
        "dS": rng.normal(size=(timesteps, units)),
    }
    if units == features == 1:
        one |= {name: one[name].ravel() for name in ("X", "dS")}
        one |= {name: float(one[name].ravel()[0]) for name in ("W_x", "W_h", "b", "h0")}
    return one | {
        "activation": str(rng.choice(choices[kind])),
        "window": int(rng.integers(1, timesteps + 1)),
        "derivative": str(rng.choice(["total", "local"])),
        "weight": str(rng.choice(["W_h", "W_x", "b"])),
        "scale": float(rng.uniform(0.1, 1.5)),
    }


def test_the_cases_are_written():
    rng, kinds = np.random.default_rng(41), ["ordinary", "exploding", "saturated"]
    sets = [random_parameters(rng, kinds[i % 3], *SHAPES[i % 4]) for i in range(least(1000))]
    runs = write_cases("bptt_stepper", [Twin(BpttStepper, **one) for one in sets])
    assert sum(one["window"] < len(one["X"]) for one in sets) >= 300
    assert sum(np.nanmin(np.abs(run["slope"])) < 1e-6 for run in runs) >= 50
    assert sum(not np.isfinite(run["reach"]).all() for run in runs) >= 30


def test_the_reference_vectors_are_written():
    """The scalar network of p14, and that of PyTorch in p10, one sequence at a time."""
    v = load("p14_scalar_linear_rnn")
    batch, T = v["x"].shape
    dS = np.zeros((batch, T))
    dS[:, -1] = 2 * (v["states"][:, -1] - v["labels"]) / batch
    given = {"W_x": v["wx"], "W_h": v["wRec"], "b": 0.0, "h0": 0.0, "activation": "linear"}
    each = [given | {"X": x, "dS": d, "window": T} for x, d in zip(v["x"], dS, strict=True)]
    wanted = {"sum_W_x": v["d_wx"], "sum_W_h": v["d_wRec"], "dx": v["d_x"][..., np.newaxis]}
    written = [{"sets": each, **wanted}]

    v = load("p10_torch_rnn_h0")
    dS = v["gy"].copy()
    dS[:, -1] += v["gh"]
    given = {"W_x": v["weight_ih"].T, "W_h": v["weight_hh"].T, "b": v["bias_ih"] + v["bias_hh"]}
    given |= {"activation": "tanh", "window": dS.shape[1]}
    rows = zip(v["x"], dS, v["h0"], strict=True)
    each = [given | {"X": x, "dS": d, "h0": h0} for x, d, h0 in rows]
    wanted = {"sum_W_x": v["d_weight_ih"].T, "sum_W_h": v["d_weight_hh"].T, "dx": v["d_x"]}
    written.append({"sets": each, **wanted, "dh0": v["d_h0"]})
    text = json.dumps(written, default=lambda array: np.asarray(array).tolist())
    (CASES / "bptt_reference.json").write_text(text, encoding="utf8")
