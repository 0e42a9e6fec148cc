"""Compute the reference vectors with rnncore, and compare."""

import copy

import numpy as np

from rnncore.bptt import backpropagate
from rnncore.interop import from_keras, from_torch, to_torch
from rnncore.layers import GRU, Container, Sequential
from rnncore.states import compute_states
from tests.support.reference_vectors import CASES, load

FORWARD, GRADIENT = 1e-12, 1e-10  # the largest relative errors allowed


def compare(name):
    """Return the largest relative errors of outputs (`forward`) and gradients (`gradient`)."""
    theirs = load(name)
    ours = COMPARED[name](theirs, CASES[name]["config"])
    roles = {n: array["role"] for n, array in CASES[name]["arrays"].items()}
    outputs = [n for n, role in roles.items() if role == "output" or n == "states"]
    gradients = [n for n, role in roles.items() if role == "gradient"]
    return {
        "forward": np.max([relative_error(ours[n], theirs[n]) for n in outputs]),  # nan, if one is
        "gradient": np.max([relative_error(ours[n], theirs[n]) for n in gradients]),
    }


def relative_error(ours, theirs):
    """max|ours - theirs| / max(1, max|theirs|)."""
    assert np.shape(ours) == np.shape(theirs)
    return float(np.max(np.abs(ours - theirs)) / max(1, np.max(np.abs(theirs))))


def through(layer, v):
    """Run a layer forward and backward; return outputs, gradients of x and of initial states."""
    states = [v[n] for n in ("h0", "c0") if n in v]
    masked = {n: v[n] for n in ("lengths", "mask") if n in v}
    dstate = tuple(v.get(f"g{n}") for n in layer.states)
    y = layer.forward(v["x"], *states, **masked)
    dx = layer.backward(v["gy"], dstate)
    initial = {f"d_{n}": layer.gradients[n] for n in ("h0", "c0") if n in layer.gradients}
    return {"y": y, "d_x": dx, **initial, **dict(zip(("h_n", "c_n"), layer.state))}


# Keras

KERAS_NAMES = ("kernel", "recurrent_kernel", "bias")


def keras_layer(v, config, kind):
    options = {n: config[n] for n in OPTIONS[kind] if n in config}
    layer = from_keras(kind, [v[n] for n in KERAS_NAMES if n in v], **options)
    return through(layer, v) | gradients_in_keras(layer, KERAS_NAMES)


def gradients_in_keras(layer, names):
    """Name the gradients as Keras does, in the order of the layer's own."""
    return {f"d_{theirs}": layer.gradients[ours] for theirs, ours in zip(names, layer.parameters)}


OPTIONS = {
    "SimpleRNN": ["activation", "return_sequences", "go_backwards"],
    "SimpleRNNCell": ["activation"],
    "LSTM": ["return_sequences"],
    "GRU": ["return_sequences", "reset_after"],
}


def keras_sentiment(v, config):
    # Keras clips y to 1e-7 … 1 - 1e-7, which here changes nothing.
    embedding = from_keras("Embedding", [v["embeddings"]])
    rnn = from_keras("SimpleRNN", [v[n] for n in KERAS_NAMES])
    dense = from_keras("Dense", [v["dense_kernel"], v["dense_bias"]], activation="sigmoid")
    model = Sequential([embedding, rnn, dense])
    y, labels = model.forward(v["tokens"]), v["labels"]
    assert ((y > 1e-7) & (y < 1 - 1e-7)).all()
    loss = -np.mean(labels * np.log(y) + (1 - labels) * np.log(1 - y))
    model.backward((y - labels) / (y * (1 - y)) / y.size)
    return {
        **{"y": y, "loss": loss},
        **gradients_in_keras(embedding, ["embeddings"]),
        **gradients_in_keras(rnn, KERAS_NAMES),
        **gradients_in_keras(dense, ["dense_kernel", "dense_bias"]),
    }


def keras_mlp(v, config):
    layers = [
        from_keras("Dense", [v[f"kernel_{i}"], v[f"bias_{i}"]], activation=activation)
        for i, activation in enumerate(config["activations"])
    ]
    model = Sequential(layers)
    found = {"y": model.forward(v["x"]), "d_x": model.backward(v["gy"])}
    for i, layer in enumerate(layers):
        found |= gradients_in_keras(layer, [f"kernel_{i}", f"bias_{i}"])
    return found


# PyTorch

TORCH_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def torch_layer(v, config, kind):
    layer = from_torch(kind, {n: v[n] for n in TORCH_NAMES})
    found = through(layer, v)
    gradients = gradients_in_torch(layer).items()
    return found | {f"d_{name.removesuffix('_l0')}": g for name, g in gradients}


def gradients_in_torch(layer):
    """Name the gradients as PyTorch does; each has the layout of what it differentiates."""
    theirs = to_torch(with_gradients(layer))
    one = layer
    while isinstance(one, Container):
        one = next(iter(one.inner.values()))
    if not isinstance(one, GRU):  # both terms of a sum have the gradient of the sum
        both = [name for name in theirs if name.startswith("bias_hh")]
        theirs |= {name: theirs[name.replace("hh", "ih")] for name in both}
    return theirs


def with_gradients(layer):
    """Return a copy of a layer that has its gradients in place of its parameters."""
    twin = copy.deepcopy(layer)
    for name, parameter in twin.parameters.items():
        parameter[...] = layer.gradients[name]
    return twin


def torch_packed(v, config):
    """Take 0 for whatever comes after the end of a sequence, where our layers hold the output."""
    inside = np.arange(v["x"].shape[1]) < v["lengths"][:, np.newaxis]
    found = torch_layer(v | {"gy": v["gy"] * inside[..., np.newaxis]}, config, "LSTM")
    return found | {"y": found["y"] * inside[..., np.newaxis]}


def torch_truncated(v, config):
    """Start a segment every k1 steps; its loss goes back k2 steps, to a state held constant.

    Steps count from 1.  A segment ends at e; whatever comes before h_s, s = max(0, e - k2), is out
    of reach.  The last segment here has two steps, 7 and 8, and so goes back into step 6, whose own
    loss belongs to the segment before.
    """
    X, timesteps = v["x"], v["x"].shape[1]
    layer = from_torch("RNN", {n: v[n] for n in TORCH_NAMES})
    W_x, W_h, b = layer.parameters.values()
    S = compute_states(X, W_x, W_h, b, "tanh", v["h0"])
    dX, dW_x, dW_h, db = np.zeros_like(X), 0.0, 0.0, 0.0
    for p in range(0, timesteps, config["k1"]):
        e = min(p + config["k1"], timesteps)
        s = max(0, e - config["k2"])
        x, dS = X[:, s:e], v["gy"][:, s:e].copy()
        dS[:, : p - s] = 0.0
        states = compute_states(x, W_x, W_h, b, "tanh", S[:, s])
        g = backpropagate(x, states, dS, W_x, W_h, "tanh")
        dX[:, s:e] += g.X
        dW_x, dW_h, db = dW_x + g.W_x, dW_h + g.W_h, db + g.b
        if s == 0:
            dh0 = g.h0
    biases = {"d_bias_ih": db, "d_bias_hh": db}
    weights = {"d_weight_ih": dW_x.T, "d_weight_hh": dW_h.T, **biases}
    return {"y": S[:, 1:], "h_n": S[:, -1], "d_x": dX, "d_h0": dh0, **weights}


def scalar(v, config):
    x, labels, W_x, W_h = v["x"], v["labels"], v["wx"], v["wRec"]
    S = compute_states(x, W_x, W_h)
    dS = np.zeros_like(x)
    dS[:, -1] = 2 * (S[:, -1] - labels) / len(labels)
    g = backpropagate(x, S, dS, W_x, W_h)
    loss = np.mean((labels - S[:, -1]) ** 2)
    return {"states": S, "loss": loss, "d_x": g.X, "d_wx": g.W_x, "d_wRec": g.W_h}


COMPARED = {
    "p01_simplernn_last": lambda *v: keras_layer(*v, "SimpleRNN"),
    "p02_simplernn_seq_relu_nobias": lambda *v: keras_layer(*v, "SimpleRNN"),
    "p03_simplernn_backwards_h0_linear": lambda *v: keras_layer(*v, "SimpleRNN"),
    "p04_simplernn_mask_seq": lambda *v: keras_layer(*v, "SimpleRNN"),
    "p05_simplernncell_sigmoid": lambda *v: keras_layer(*v, "SimpleRNNCell"),
    "p06_lstm_seq_h0": lambda *v: keras_layer(*v, "LSTM"),
    "p07_gru_reset_after_last": lambda *v: keras_layer(*v, "GRU"),
    "p08_embedding_rnn_dense": keras_sentiment,
    "p09_mlp_predict": keras_mlp,
    "p10_torch_rnn_h0": lambda *v: torch_layer(*v, "RNN"),
    "p11_torch_rnn_tbptt_3_3": torch_truncated,
    "p12_torch_lstm_packed": torch_packed,
    "p13_torch_gru": lambda *v: torch_layer(*v, "GRU"),
    "p14_scalar_linear_rnn": scalar,
}
