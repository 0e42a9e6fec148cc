"""Makes the files beside it: layers of PyTorch and Keras, and what these compute with them.

    KERAS_BACKEND=tensorflow python tests/reference/files/make.py

in an environment with torch, keras, tensorflow and safetensors; `rnncore` is not imported.  It has
to be TensorFlow, because on other backends Keras computes products of float64 in float32.
`index.json` has for each layer of each file a sequence x, the states h after every step, and of an
LSTM the last c.
"""

import json
from pathlib import Path

import keras
import numpy as np
import tensorflow
import torch
from safetensors.torch import save_file
from torch import nn

FOLDER = Path(__file__).parent
STEPS = 6
found = []


def note(file, label, x, h, c=None, **more):
    """Keep what a library computes; x and h are (timesteps, …)."""
    as_lists = {"x": np.asarray(x, float).tolist(), "h": np.asarray(h, float).tolist()}
    if c is not None:
        as_lists["c"] = np.asarray(c, float).ravel().tolist()
    found.append({"file": file, "label": label, **more, **as_lists})


def torch_states(module, x, label, file, **more):
    """Run one layer in one or two directions; the backward one in the order of reading."""
    with torch.no_grad():
        out, state = module(x[None])
    units, both = module.hidden_size, module.bidirectional
    for way in range(1 + both):
        h = out[0, :, way * units : (way + 1) * units]
        c = state[1][way, 0] if isinstance(module, nn.LSTM) else None
        name = label + (", backward" if way else "")
        note(file, name, x, h.flip(0) if way else h, c, **more)
    return out[0]


def drawn(features, dtype=torch.float64):
    return torch.randn(STEPS, features).to(torch.float32).to(dtype)


def of_torch():
    torch.manual_seed(20)
    rnn = nn.RNN(3, 4, nonlinearity="relu", batch_first=True, dtype=torch.float64)
    file = "rnn-float64.safetensors"
    save_file(rnn.state_dict(), FOLDER / file)
    torch_states(rnn, drawn(3), "layer 0", file, activation="relu", close=1e-12)

    stack = nn.LSTM(3, 2, num_layers=2, bidirectional=True, batch_first=True)
    file = "lstm-stack-float32.safetensors"
    save_file(stack.state_dict(), FOLDER / file)
    x = drawn(3, torch.float32)
    for level in range(2):
        one = nn.LSTM(x.shape[1], 2, bidirectional=True, batch_first=True)
        parts = {n: p for n, p in stack.state_dict().items() if f"_l{level}" in n}
        one.load_state_dict({n.replace(f"_l{level}", "_l0"): p for n, p in parts.items()})
        x = torch_states(one, x, f"layer {level}", file, close=1e-5)

    for dtype, name in ((torch.float16, "float16"), (torch.bfloat16, "bfloat16")):
        model = nn.ModuleDict({"embed": nn.Embedding(5, 3), "gru": nn.GRU(3, 4, batch_first=True)})
        file = f"model-gru-{name}.safetensors"
        save_file({n: p.to(dtype) for n, p in model.state_dict().items()}, FOLDER / file)
        model.to(dtype).to(torch.float32)  # the stored weights, computed with in float32
        torch_states(model["gru"], drawn(3, torch.float32), "gru, layer 0", file, close=1e-5)

    cell = nn.GRUCell(2, 3, dtype=torch.float64)
    save_file(cell.state_dict(), FOLDER / "grucell-float64.safetensors")
    x, h = drawn(2), [torch.zeros(3, dtype=torch.float64)]
    with torch.no_grad():
        for x_t in x:
            h.append(cell(x_t[None], h[-1][None])[0])
    note("grucell-float64.safetensors", "cell", x, torch.stack(h[1:]), close=1e-12)


def keras_states(layer, x, label, file, **more):
    y, *states = layer(x[None])
    note(file, label, x, y[0], states[1][0] if len(states) > 1 else None, **more)


def of_keras():
    keras.config.set_floatx("float64")
    keras.utils.set_random_seed(21)
    rng = np.random.default_rng(21)
    kinds = {
        "simplernn": keras.layers.SimpleRNN(4, activation="sigmoid", **common("float64", "simple")),
        "lstm": keras.layers.LSTM(3, **common("float64", "lstm")),
        "gru": keras.layers.GRU(3, **common("float64", "gru")),
        "gru-before": keras.layers.GRU(3, reset_after=False, **common("float64", "before")),
        "lstm-hard": keras.layers.LSTM(
            2, recurrent_activation="hard_sigmoid", **common("float32", "hard")
        ),
    }
    for name, layer in kinds.items():
        x = rng.normal(size=(STEPS, 2)).astype(layer.dtype)
        layer(x[None])
        layer.set_weights([w + rng.normal(0, 0.2, w.shape) for w in layer.get_weights()])
        paths = {v.path: v.numpy() for v in layer.weights}
        file = f"keras-{name}.npz"
        save = np.savez_compressed if "gru" in name else np.savez
        save(FOLDER / file, **paths)
        label = layer.weights[0].path.removesuffix("/kernel")
        config = layer.get_config()
        said = {n: config[n] for n in ("activation", "recurrent_activation") if n in config}
        close = 1e-12 if layer.dtype == "float64" else 1e-5
        keras_states(layer, x, label, file, close=close, **said)

    model = keras.Sequential(
        [
            keras.Input((STEPS,)),
            keras.layers.Embedding(7, 3, dtype="float32"),
            keras.layers.LSTM(2, return_sequences=True, dtype="float32"),
            keras.layers.Dense(1, dtype="float32"),
        ]
    )
    np.savez(FOLDER / "keras-get-weights.npz", *model.get_weights())
    x = model.layers[0](rng.integers(0, 7, (1, STEPS)))
    h = model.layers[1](x)
    note("keras-get-weights.npz", "arrays 1 to 3", x[0], h[0], close=1e-5)


STATES = {"return_sequences": True, "return_state": True}


def common(dtype, name):
    return {"dtype": dtype, "name": name, **STATES}


of_torch()
of_keras()
of_keras_on = f"Keras {keras.__version__} on TensorFlow {tensorflow.__version__}"
versions = f"PyTorch {torch.__version__}, {of_keras_on}, NumPy {np.__version__}"
text = ",\n".join(json.dumps(one) for one in found)
(FOLDER / "index.json").write_text(f'{{"made": "{versions}", "layers": [\n{text}\n]}}\n')
