"""Writes what trace.test.js compares: thousands of random layers, of every kind and form."""

import io
import json
import zipfile

import numpy as np

from rnncore.interop import to_torch
from rnncore.layers import GRU, LSTM, Dense, Sequential, SimpleRNN
from rnncore.optimisers import Adam
from rnncore.storage import save
from rnncore.widgets import LayerReader
from rnncore.widgets.layer_reader import GATES
from tests.support.cases import CASES, least, write_cases
from tests.support.family import Twin


def random_layer(rng):
    """A layer of any kind, size, form and type, with weights that may saturate."""
    kind = rng.choice([SimpleRNN, LSTM, GRU])
    features, units = (int(n) for n in rng.integers(1, 5, 2))
    options = {"activation": str(rng.choice(["tanh", "relu", "sigmoid", "hard_sigmoid"]))}
    if kind is not SimpleRNN:
        options["recurrent_activation"] = str(rng.choice(["sigmoid", "hard_sigmoid"]))
    if kind is GRU:
        options["reset_after"] = bool(rng.integers(2))
    if rng.random() < 0.7:  # else every second layer could grow without bound
        options["activation"] = "tanh"
    layer = kind.initialise(features, units, rng, b="uniform", **options)
    arrays = {name: p * rng.choice([0.1, 1, 3]) for name, p in layer.parameters.items()}
    if rng.random() < 0.2:
        del arrays["b"]
    dtype = rng.choice([np.float32, np.float64])
    arrays = {name: array.astype(dtype) for name, array in arrays.items()}
    return kind(**arrays, **options, reverse=bool(rng.integers(2)))


def random_reader(rng):
    layer = random_layer(rng)
    steps = int(rng.integers(1, 8))
    x = rng.normal(size=(steps, layer.features)) * rng.choice([0.0, 1.0, 30.0])
    gates = len(GATES[type(layer).__name__])
    unit, gate = int(rng.integers(layer.units)) + 1, int(rng.integers(gates)) + 1
    return Twin(LayerReader, layer=layer, x=x, chosen=1, unit=unit, gate=gate, strip_of=1)


def test_the_cases_are_written():
    rng = np.random.default_rng(7)
    traces = write_cases("layer_reader", [random_reader(rng) for _ in range(least(2000))])
    assert sum(np.abs(trace["z"][1:]).max() > 30 for trace in traces) >= 50  # saturated
    assert {"reset", "f_c", "b_h"} <= {name for trace in traces for name in trace}


# --- Files ----------------------------------------------------------------------------------


def written_safetensors(path, arrays):
    """Write arrays as .safetensors: eight bytes of a length, a list as JSON, all bytes."""
    listed, data = {}, b""
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array).tobytes()
        place = [len(data), len(data) + len(raw)]
        dtype = f"F{8 * array.itemsize}"
        listed[name] = {"dtype": dtype, "shape": array.shape, "data_offsets": place}
        data += raw
    text = json.dumps(listed).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def streamed(path, arrays):
    """Write an .npz as to a pipe: the sizes come after the bytes, in data descriptors."""

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.bytes = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.bytes += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)
    path.write_bytes(bytes(pipe.bytes))


def in_keras(layer):
    names = ("cell/kernel:0", "cell/recurrent_kernel:0", "cell/bias:0")
    return dict(zip(names, layer.parameters.values(), strict=False))


def under_names(form, layer):
    """The arrays of a layer as the form names and stores them; and the layer's label."""
    if form.startswith("torch"):
        return to_torch(layer, "encoder.rnn."), "encoder.rnn, layer 0"
    if form == "keras":
        return in_keras(layer), "cell"
    if form == "big-endian":
        return {n: p.astype(p.dtype.newbyteorder(">")) for n, p in in_keras(layer).items()}, "cell"
    if form == "fortran":
        return {n: np.asfortranarray(p) for n, p in layer.parameters.items()}, "layer"
    return {f"2.{n}": p for n, p in layer.parameters.items()}, "2"


FORMS = ["torch", "torch in npz", "keras", "big-endian", "fortran", "streamed", "saved", "model"]


def file_of(form, layer, path):
    """Write a layer into a file of that form; return its label there."""
    if form == "saved":
        save(path, layer)
        return "layer"
    if form == "model":
        save(path, Sequential([layer, Dense.initialise(layer.units, 2, rng=1)]), Adam(), rng=None)
        return "0"
    arrays, label = under_names(form, layer)
    if form == "torch":
        written_safetensors(path, arrays)
    elif form == "streamed":
        streamed(path, arrays)
    elif form in ("keras", "torch in npz"):
        np.savez_compressed(path, **arrays)
    else:
        np.savez(path, **arrays)
    return label


def fits(form, layer):
    """Whether PyTorch has the layer, as a file of that form has to hold it."""
    try:
        return (form.startswith("torch") and bool(to_torch(layer))) or not form.startswith("torch")
    except ValueError:
        return False


def test_the_files_are_written():
    rng, folder, layers = np.random.default_rng(8), CASES / "layer_reader_files", []
    folder.mkdir(parents=True, exist_ok=True)
    while len(layers) < 10 * len(FORMS):
        form, layer = FORMS[len(layers) % len(FORMS)], random_layer(rng)
        if not fits(form, layer) or (layer.reverse and form not in ("saved", "model")):
            continue
        ending = "safetensors" if form == "torch" else "npz"
        file = f"{len(layers)}.{ending}"
        x = rng.normal(size=(4, layer.features))
        run = Twin(LayerReader, layer=layer, x=x, chosen=1, unit=1, gate=1, strip_of=1).trace()
        own = {"activation": layer.activation.name}
        own |= {n: layer.options[n] for n in ("reset_after",) if n in layer.options}
        if not isinstance(layer, SimpleRNN):
            own["recurrent_activation"] = layer.recurrent_activation.name
        said = {} if form in ("saved", "model") else own  # what is in the file itself
        label = file_of(form, layer, folder / file)
        c = {"c": run["c"][-1].tolist()} if "c" in run else {}
        numbers = {"x": x.tolist(), "h": run["h"][1:].tolist(), **c}
        layers.append({"file": file, "label": label, "close": 1e-12, **said, **numbers})
    (folder / "index.json").write_text(json.dumps({"layers": layers}), encoding="utf8")
