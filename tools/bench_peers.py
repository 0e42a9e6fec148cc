"""PyTorch and Keras on JAX as contenders of `make bench`, where they are installed."""

import importlib
import os

import numpy as np

from tools.bench_floor import MLP_ACTIVATIONS, Contender


def load():
    """Return what is installed, {name: (factory, version in words)}, and remarks on it."""
    found, remarks = {}, []
    for name, (factory, modules, remark) in PEERS.items():
        try:
            versions = [f"{m} {importlib.import_module(m).__version__}" for m in modules]
        except ImportError as error:
            remarks.append(f"{name} is left out: {error.name or error} is not installed.")
            continue
        found[name] = factory, ", ".join(versions)
        remarks += remark
    return found, remarks


def prepare():
    """Set what these libraries read when they are imported."""
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"


def torch_contender(case, p):
    """Return PyTorch without compilation, as most people run it."""
    import torch

    torch.set_num_threads(1)
    model = torch_mlp(p) if case.kind == "mlp" else torch_layer(case, p)
    X, last = torch.from_numpy(p.X), torch_last(case)
    if not case.backward:

        def forward():
            with torch.inference_mode():
                return last(model(X))

        return Contender(forward, lambda y: {"y": y.numpy()})

    X.requires_grad_()
    dy = torch.from_numpy(p.dy)

    def both():
        model.zero_grad()
        X.grad = None
        y = last(model(X))
        y.backward(dy)
        return y

    def read(y):
        W_x, W_h, b = (w.grad.numpy().T for w in list(model.parameters())[:3])
        return {"y": y.detach().numpy(), "X": X.grad.numpy(), "W_x": W_x, "W_h": W_h, "b": b}

    return Contender(both, read)


def torch_last(case):
    """Return the last state from what a model returns."""
    return {"mlp": lambda y: y, "rnn": lambda y: y[1][0], "lstm": lambda y: y[1][0][0]}[case.kind]


def torch_layer(case, p):
    import torch

    layer = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM}[case.kind]
    layer = layer(case.features, case.units, batch_first=True, dtype=getattr(torch, case.dtype))
    weights = [p.W_x.T, p.W_h.T, p.b, np.zeros_like(p.b)]
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    layer.load_state_dict({n: torch.from_numpy(w.copy()) for n, w in zip(names, weights)})
    return layer


def torch_mlp(p):
    import torch

    layers = []
    for w, b in zip(p.W, p.B):
        linear = torch.nn.Linear(*w.shape, dtype=torch.from_numpy(w).dtype)
        state = {"weight": torch.from_numpy(w.T.copy()), "bias": torch.from_numpy(b)}
        linear.load_state_dict(state)
        layers += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1], torch.nn.Softmax(dim=-1))


def keras_contender(case, p):
    """Return a Keras layer compiled by JAX, or None if Keras has no such layer."""
    import jax

    if case.dtype != "float32":
        return None

    model = keras_mlp(case, p) if case.kind == "mlp" else keras_layer(case, p)
    weights = [w.value for w in model.trainable_variables]
    rest = [w.value for w in model.non_trainable_variables]
    X = jax.numpy.asarray(p.X)

    def call(weights, X):
        return model.stateless_call(weights, rest, X)[0]

    if not case.backward:
        forward = jax.jit(call)
        return Contender(
            lambda: forward(weights, X).block_until_ready(), lambda y: {"y": np.asarray(y)}
        )

    def loss(weights, X, dy):
        y = call(weights, X)
        return (y * dy).sum(), y

    dy = jax.numpy.asarray(p.dy)
    gradient = jax.jit(jax.value_and_grad(loss, argnums=(0, 1), has_aux=True))

    def read(result):
        (_, y), ((W_x, W_h, b), dX) = result
        found = {"y": y, "X": dX, "W_x": W_x, "W_h": W_h, "b": b}
        return {name: np.asarray(a) for name, a in found.items()}

    return Contender(lambda: jax.block_until_ready(gradient(weights, X, dy)), read)


def keras_layer(case, p):
    import keras

    layer = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM}[case.kind]
    layer = layer(case.units, dtype=case.dtype)
    layer.build(p.X.shape)
    layer.set_weights([p.W_x, p.W_h, p.b])
    return layer


def keras_mlp(case, p):
    import keras

    layers = [
        keras.layers.Dense(w.shape[1], activation=f, dtype=case.dtype)
        for w, f in zip(p.W, MLP_ACTIVATIONS)
    ]
    model = keras.Sequential([keras.Input(p.X.shape[1:], dtype=case.dtype), *layers])
    model.set_weights([a for pair in zip(p.W, p.B) for a in pair])
    return model


PEERS = {
    "PyTorch": (torch_contender, ["torch"], []),
    "Keras on JAX": (
        keras_contender,
        ["keras", "jax"],
        ["Keras on JAX is timed in float32 only, because its layers round float64 to float32."],
    ),
}
