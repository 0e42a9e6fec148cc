"""Weights in a dict, or in one matrix for the state and the input, are no hindrance.

The programs are modelled on an exercise that many have solved, "Building your recurrent neural
network step by step": columns, `parameters` asked by name, and a `y` that nobody asks about.
"""

import numpy as np
import pytest

from rnncore.diagnose import diagnose


def logistic(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def cell(xt, a_prev, parameters):
    p = parameters
    a = np.tanh(p["Wax"] @ xt + p["Waa"] @ a_prev + p["ba"])
    return a, softmax(p["Wya"] @ a + p["by"]), (a, a_prev, xt, parameters)


def cell_back(da_next, cache, same_state=False):
    a, a_prev, xt, p = cache
    dz = da_next * (1 - a**2)
    return {
        "dxt": p["Wax"].T @ dz,
        "da_prev": p["Waa"].T @ dz,
        "dWax": dz @ xt.T,
        "dWaa": dz @ (a if same_state else a_prev).T,
        "dba": dz.sum(axis=1, keepdims=True),
    }


def layer(x, a0, parameters):
    a, caches, states = a0, [], []
    for t in range(x.shape[2]):
        a, y, cache = cell(x[:, :, t], a, parameters)
        states.append(a)
        caches.append(cache)
    return np.stack(states, axis=2), y, (caches, x)


def layer_back(da, caches, keep=True):
    caches, x = caches
    dx, total, carried = np.zeros(x.shape), {}, 0.0
    for t in reversed(range(x.shape[2])):
        g = cell_back(da[:, :, t] + carried, caches[t])
        dx[:, :, t] = g["dxt"]
        carried = g["da_prev"] if keep else 0.0
        for name in ("dWax", "dWaa", "dba"):
            total[name] = total.get(name, 0.0) + g[name]
    return {"dx": dx, "da0": g["da_prev"], **total}


def lstm_cell(xt, a_prev, c_prev, parameters, order="ax"):
    p = parameters
    both = np.concatenate([{"a": a_prev, "x": xt}[each] for each in order])
    f, i, o = (logistic(p["W" + k] @ both + p["b" + k]) for k in "fio")
    g = np.tanh(p["Wc"] @ both + p["bc"])
    c = f * c_prev + i * g
    a = o * np.tanh(c)
    return a, c, softmax(p["Wy"] @ a + p["by"]), (a, c, c_prev, f, i, g, o, both, parameters)


def lstm_cell_back(da_next, dc_next, cache, new_cell=False, without=""):
    a, c, c_prev, f, i, g, o, both, p = cache
    dc = dc_next + da_next * o * (1 - np.tanh(c) ** 2)
    dz = {
        "f": dc * (c if new_cell else c_prev) * f * (1 - f),
        "i": dc * g * i * (1 - i),
        "c": dc * i * (1 - g**2),
        "o": da_next * np.tanh(c) * o * (1 - o),
    }
    back = sum(p["W" + k].T @ d for k, d in dz.items())
    n = len(a)
    gradients = {"da_prev": back[:n], "dxt": back[n:], "dc_prev": dc * f}
    for k, d in dz.items():
        gradients |= {"dW" + k: d @ both.T, "db" + k: d.sum(axis=1, keepdims=True)}
    return {name: each for name, each in gradients.items() if name != without}


def test_a_step_that_asks_for_its_parameters_is_right():
    assert diagnose(step=cell, backward_step=cell_back)


def test_a_slip_among_parameters_is_recognised():
    def back(da_next, cache):
        return cell_back(da_next, cache, same_state=True)

    assert diagnose(step=cell, backward_step=back).slips == ("same_state",)


def test_a_layer_with_parameters_is_right():
    assert diagnose(layer, layer_back)


def test_a_layer_with_parameters_that_drops_the_future():
    def back(da, caches):
        return layer_back(da, caches, keep=False)

    assert diagnose(layer, back).slips == ("no_future",)


def test_an_lstm_whose_gates_have_matrices_of_their_own_is_right():
    report = diagnose(step=lstm_cell, backward_step=lstm_cell_back, form="lstm")
    assert report, report
    assert "h, x" in report.conventions
    told = {f.about for f in report.findings if f.kind == "right"}
    assert told == {"forward", "dX, dW_x, dW_h, db, dh0, dc0"}


def test_a_slip_of_such_an_lstm_is_recognised():
    def back(da_next, dc_next, cache):
        return lstm_cell_back(da_next, dc_next, cache, new_cell=True)

    report = diagnose(step=lstm_cell, backward_step=back, form="lstm")
    assert report.slips == ("new_cell",)


def test_the_state_may_stand_behind_the_input():
    def step(xt, a_prev, c_prev, parameters):
        return lstm_cell(xt, a_prev, c_prev, parameters, order="xa")

    report = diagnose(step=step, form="lstm")
    assert report, report
    assert "x, h" in report.conventions


def test_a_gate_whose_gradient_is_missing_is_named():
    def back(da_next, dc_next, cache):
        return lstm_cell_back(da_next, dc_next, cache, without="dWo")

    report = diagnose(step=lstm_cell, backward_step=back, form="lstm")
    assert "the gates o is missing" in str(report)


@pytest.mark.parametrize("rows", [True, False])
def test_one_matrix_for_the_state_and_the_input_is_no_mistake(rows):
    def step(x, h, c, W, b):
        z = np.concatenate([x, h], axis=1) @ (W if rows else W.T) + b
        i, f, g, o = np.split(z, 4, axis=1)
        i, f, g, o = logistic(i), logistic(f), np.tanh(g), logistic(o)
        new = f * c + i * g
        return o * np.tanh(new), new, (x, h, c, W, i, f, g, o, new)

    def back(dh, dc, cache):
        x, h, c, W, i, f, g, o, new = cache
        dc = dc + dh * o * (1 - np.tanh(new) ** 2)
        dz = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
        dz = np.hstack([*dz, dh * np.tanh(new) * o * (1 - o)])
        both = dz @ (W.T if rows else W)
        dW = np.hstack([x, h]).T @ dz
        n = x.shape[1]
        return both[:, :n], both[:, n:], dc * f, dW if rows else dW.T, dz.sum(axis=0)

    report = diagnose(step=step, backward_step=back, form="lstm")
    assert report, report
    assert "x, h" in report.conventions


def test_a_name_that_nobody_knows_is_an_error_with_its_line():
    def step(x, h, parameters):
        return np.tanh(x @ parameters["Wq9"])

    assert "KeyError in line" in str(diagnose(step=step))
