"""What `make bench` compares with: the problems, the floor, and the loops of a textbook.

The floor is what no NumPy implementation with one matrix product a step can avoid: those products
and tanh, in arrays made beforehand.  It adds nothing up, so its numbers mean nothing.  The
textbook loop is the plain one: one step at a time, forward and backward.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

BLOCK = 16  # steps whose weight gradients the floor multiplies at once
MLP = (784, 512, 256, 10)
MLP_ACTIVATIONS = ("relu", "relu", "softmax")


class Case(NamedTuple):
    """One row of a table: what is computed, and its sizes."""

    kind: str  # rnn, lstm or mlp
    backward: bool
    dtype: str = "float32"
    batch: int = 32
    timesteps: int = 250
    features: int = 32
    units: int = 100


class Problem(NamedTuple):
    """The numbers of a case; the loss is the sum of dy · y, for the last state only."""

    X: np.ndarray
    W_x: np.ndarray
    W_h: np.ndarray
    b: np.ndarray
    dy: np.ndarray


class Layers(NamedTuple):
    """The numbers of an MLP."""

    X: np.ndarray
    W: list
    B: list


class Contender(NamedTuple):
    """`run` is what is timed; `read` makes a dict of arrays from what it returns."""

    run: Callable
    read: Callable = dict


def problem(case):
    rng = np.random.default_rng(0)
    if case.kind == "mlp":
        return mlp_problem(case, rng)
    gates = 4 if case.kind == "lstm" else 1
    # Small inputs and an orthogonal W_h (four of them side by side) keep the slopes near 1:
    # a gradient that vanished on the way would be a sum of denormal numbers, which are slow.
    X = 0.1 * rng.normal(size=(case.batch, case.timesteps, case.features))
    W_x = 0.03 * rng.normal(size=(case.features, gates * case.units))
    squares = rng.normal(size=(gates, case.units, case.units))
    W_h = np.concatenate(np.linalg.qr(squares).Q, axis=1) / gates
    b = 0.01 * rng.normal(size=gates * case.units)
    if case.kind == "lstm":
        b[case.units : 2 * case.units] += 5.0  # forget gates that stay open, for the same reason
    dy = rng.normal(size=(case.batch, case.units))
    return Problem(*(a.astype(case.dtype) for a in (X, W_x, W_h, b, dy)))


def mlp_problem(case, rng):
    X = rng.normal(size=(case.batch, MLP[0])).astype(case.dtype)
    W = [rng.normal(size=(m, n)) * m**-0.5 for m, n in pairwise(MLP)]
    B = [0.1 * rng.normal(size=n) for n in MLP[1:]]
    return Layers(X, [w.astype(case.dtype) for w in W], [b.astype(case.dtype) for b in B])


def floor(case, p):
    if case.kind == "mlp":
        return Contender(floor_mlp(p))
    forward = {"rnn": floor_rnn, "lstm": floor_lstm}[case.kind]
    if not case.backward:
        return Contender(forward(p, history=1))
    both = forward(p, case.timesteps + 1), floor_backward(p)
    return Contender(lambda: [run() for run in both])


def floor_rnn(p, history):
    X = np.ascontiguousarray(p.X.swapaxes(0, 1))
    S = np.zeros((history, *p.dy.shape), p.X.dtype)
    z, r = np.empty_like(S[0]), np.empty_like(S[0])

    def run():
        for t, x in enumerate(X):
            np.matmul(x, p.W_x, out=z)
            np.matmul(S[t % history], p.W_h, out=r)
            np.tanh(z, out=S[(t + 1) % history])

    return run


def floor_lstm(p, history):
    X = np.ascontiguousarray(p.X.swapaxes(0, 1))
    S = np.zeros((history, *p.dy.shape), p.X.dtype)
    c = np.copy(p.dy)
    z, r = (np.empty((len(c), p.W_x.shape[1]), p.X.dtype) for _ in range(2))

    def run():
        for t, x in enumerate(X):
            np.matmul(x, p.W_x, out=z)
            np.matmul(S[t % history], p.W_h, out=r)
            np.tanh(z, out=z)
            np.tanh(c, out=S[(t + 1) % history])

    return run


def floor_backward(p):
    """Compute the products of the backward pass; z is as wide as all gates together."""
    X = np.ascontiguousarray(p.X.swapaxes(0, 1))
    timesteps, batch, features = X.shape
    units, width = p.W_h.shape
    S = np.ones((timesteps + 1, batch, units), X.dtype)
    dZ = np.ones((BLOCK, batch, width), X.dtype)
    dh, dX = np.empty_like(p.dy), np.empty_like(X)
    dW_x, dW_h = np.empty_like(p.W_x), np.empty_like(p.W_h)
    W_x_T, W_h_T = np.ascontiguousarray(p.W_x.T), np.ascontiguousarray(p.W_h.T)

    def run():
        for start in reversed(range(0, timesteps, BLOCK)):
            steps = slice(start, min(start + BLOCK, timesteps))
            block = dZ[: steps.stop - start]
            for dz in block:
                np.matmul(dz, W_h_T, out=dh)
            rows = block.reshape(-1, width)
            np.matmul(rows, W_x_T, out=dX[steps].reshape(-1, features))
            np.matmul(X[steps].reshape(-1, features).T, rows, out=dW_x)
            np.matmul(S[steps].reshape(-1, units).T, rows, out=dW_h)

    return run


def floor_mlp(p):
    outputs = [np.empty((len(p.X), w.shape[1]), w.dtype) for w in p.W]

    def run():
        x = p.X
        for w, z in zip(p.W, outputs):
            np.matmul(x, w, out=z)
            x = np.maximum(z, 0, out=z)

    return run


def loop(case, p):
    """Run the textbook's version."""
    if case.kind == "mlp":
        return Contender(lambda: {"y": loop_mlp(p)})
    forward, backward = LOOPS[case.kind]
    if not case.backward:
        return Contender(lambda: {"y": forward(p)[-1]})

    def run():
        *history, y = forward(p)
        return {"y": y, **backward(p, *history)}

    return Contender(run)


def rnn_forward(p):
    S = np.zeros((p.X.shape[0], p.X.shape[1] + 1, len(p.W_h)), p.X.dtype)
    for t in range(p.X.shape[1]):
        S[:, t + 1] = np.tanh(p.X[:, t] @ p.W_x + S[:, t] @ p.W_h + p.b)
    return S, S[:, -1]


def rnn_backward(p, S):
    dX, dW_x, dW_h, db = (np.zeros_like(a) for a in (p.X, p.W_x, p.W_h, p.b))
    dh = p.dy
    for t in reversed(range(p.X.shape[1])):
        dz = dh * (1 - S[:, t + 1] ** 2)
        dX[:, t] = dz @ p.W_x.T
        dW_x += p.X[:, t].T @ dz
        dW_h += S[:, t].T @ dz
        db += dz.sum(axis=0)
        dh = dz @ p.W_h.T
    return {"X": dX, "W_x": dW_x, "W_h": dW_h, "b": db}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_forward(p):
    batch, timesteps, _ = p.X.shape
    S = np.zeros((batch, timesteps + 1, len(p.W_h)), p.X.dtype)
    C = np.zeros_like(S)
    gates = []
    for t in range(timesteps):
        z = p.X[:, t] @ p.W_x + S[:, t] @ p.W_h + p.b
        z_i, z_f, z_g, z_o = np.split(z, 4, axis=1)
        i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
        C[:, t + 1] = f * C[:, t] + i * g
        S[:, t + 1] = o * np.tanh(C[:, t + 1])
        gates.append((i, f, g, o))
    return S, C, gates, S[:, -1]


def lstm_backward(p, S, C, gates):
    dX, dW_x, dW_h, db = (np.zeros_like(a) for a in (p.X, p.W_x, p.W_h, p.b))
    dh, dc = p.dy, np.zeros_like(p.dy)
    for t in reversed(range(p.X.shape[1])):
        i, f, g, o = gates[t]
        tanh_c = np.tanh(C[:, t + 1])
        dc = dc + dh * o * (1 - tanh_c**2)
        di, df, dg, do = dc * g, dc * C[:, t], dc * i, dh * tanh_c
        dz = [di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)]
        dz = np.concatenate(dz, axis=1)
        dX[:, t] = dz @ p.W_x.T
        dW_x += p.X[:, t].T @ dz
        dW_h += S[:, t].T @ dz
        db += dz.sum(axis=0)
        dh, dc = dz @ p.W_h.T, dc * f
    return {"X": dX, "W_x": dW_x, "W_h": dW_h, "b": db}


def loop_mlp(p):
    x = p.X
    for w, b in zip(p.W[:-1], p.B[:-1]):
        x = np.maximum(x @ w + b, 0)
    e = np.exp(x @ p.W[-1] + p.B[-1])
    return e / e.sum(axis=1, keepdims=True)


LOOPS = {"rnn": (rnn_forward, rnn_backward), "lstm": (lstm_forward, lstm_backward)}
