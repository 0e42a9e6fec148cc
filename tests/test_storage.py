"""Storage: every bit comes back, nothing is written by halves, and no file can do harm."""

import io
import json
import os
import pickle
import stat
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

import rnncore
from rnncore import layers, storage
from rnncore.activations import Activation
from rnncore.elman import Elman
from rnncore.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    Dense,
    Embedding,
    GRUCell,
    LSTMCell,
    Sequential,
    SimpleRNN,
    SimpleRNNCell,
)
from rnncore.storage import load, load_training, save
from rnncore.training import SGD, Adam, fit, mean_squared_error
from tests.support.layers import refused

ROWS = {"return_sequences": True}
MADE = {
    "Dense": lambda rng: Dense.initialise(3, 2, rng, activation="softmax"),
    "Embedding": lambda rng: Embedding.initialise(5, 3, rng, mask=0),
    "SimpleRNN": lambda rng: SimpleRNN.initialise(3, 2, rng, activation="relu", reverse=True),
    "LSTM": lambda rng: LSTM.initialise(
        3, 2, rng, activation="relu", recurrent_activation="hard_sigmoid", **ROWS
    ),
    "GRU": lambda rng: GRU.initialise(3, 2, rng, reset_after=False),
    "SimpleRNNCell": lambda rng: SimpleRNNCell.initialise(3, 2, rng, activation="sigmoid"),
    "LSTMCell": lambda rng: LSTMCell.initialise(3, 2, rng),
    "GRUCell": lambda rng: GRUCell.initialise(3, 2, rng, reset_after=False),
    "RNN": lambda rng: RNN(LSTMCell.initialise(3, 2, rng), **ROWS),
    "Bidirectional": lambda rng: Bidirectional(
        LSTM.initialise(3, 2, rng), GRU.initialise(3, 2, rng, reverse=True), merge="sum"
    ),
    "Sequential": lambda rng: tagger(rng),
}


def tagger(rng=1):
    """A model of every kind of container, with options that are not the usual ones."""
    rng = np.random.default_rng(rng)
    row = Sequential([GRU.initialise(3, 2, rng, reset_after=False, **ROWS)])
    both = Bidirectional(
        SimpleRNN.initialise(2, 2, rng, **ROWS),
        LSTM.initialise(2, 2, rng, reverse=True, **ROWS),
        merge="sum",
    )
    loop = RNN(GRUCell.initialise(2, 4, rng))
    return Sequential([Embedding.initialise(6, 3, rng, mask=0), row, both, loop, dense(rng)])


def dense(rng=2, activation="linear"):
    return Dense.initialise(4, 1, rng, activation=activation)


def trained(epochs=2, optimiser=None, seed=5):
    """Return a model after some training, with its optimiser, generator and examples."""
    rng = np.random.default_rng(seed)
    model, optimiser = tagger(rng), optimiser or Adam(0.01)
    x, y = rng.integers(0, 6, (9, 5)), rng.normal(size=(9, 1))
    fit(model, x, y, mean_squared_error, optimiser, epochs, 4, rng)
    return model, optimiser, rng, x, y


def bits(arrays):
    return {name: (a.shape, a.dtype, a.tobytes()) for name, a in arrays.items()}


def assert_same(model, other):
    assert repr(model) == repr(other)
    assert bits(model.parameters) == bits(other.parameters)
    assert all(type(one) is type(two) for one, two in zip(leaves(model), leaves(other)))
    for one, two in zip(leaves(model), leaves(other)):
        assert one.options == two.options


def leaves(layer):
    """The layer and all that it is made of."""
    inner = [layer.cell] if isinstance(layer, RNN) else [*getattr(layer, "inner", {}).values()]
    return [layer, *(leaf for part in inner for leaf in leaves(part))]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Run every test in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# What is stored comes back


@pytest.mark.parametrize("kind", MADE)
def test_every_kind_of_layer_comes_back_with_its_options_and_bits(kind):
    model = MADE[kind](np.random.default_rng(3))
    save("model.npz", model)
    assert_same(load("model.npz"), model)


def test_every_layer_of_the_package_can_be_stored():
    own = {k.__name__ for k in vars(layers).values() if isinstance(k, type)}
    assert own - {"Layer", "Container", "OutOfOrder"} == {*MADE}
    assert {*storage.KINDS} == {*MADE, "SGD", "Adam"}


@given(st.data(), st.sampled_from([np.float32, np.float64]))
def test_no_bit_of_a_parameter_is_lost(data, dtype):
    raw = data.draw(st.binary(min_size=2 * dtype().itemsize, max_size=2 * dtype().itemsize))
    model = Dense(np.ones((2, 1), dtype))
    model.parameters["W"][:, 0] = np.frombuffer(raw, dtype)
    save("a", model)
    assert bits(load("a").parameters) == bits(model.parameters)


CELLS = st.sampled_from([SimpleRNNCell, LSTMCell, GRUCell])
OPTIONS = st.fixed_dictionaries({"reverse": st.booleans(), "return_sequences": st.just(True)})
ONE = st.one_of(
    st.builds(
        lambda kind, options: kind.initialise(2, 2, 1, **options),
        CELLS.map(lambda cell: {SimpleRNNCell: SimpleRNN, LSTMCell: LSTM, GRUCell: GRU}[cell]),
        OPTIONS,
    ),
    st.builds(lambda cell, options: RNN(cell.initialise(2, 2, 1), **options), CELLS, OPTIONS),
    st.builds(lambda name: Dense.initialise(2, 2, 1, name), st.sampled_from(["tanh", "softmax"])),
)


@settings(max_examples=25)
@given(st.recursive(ONE, lambda inside: st.lists(inside, min_size=1, max_size=3).map(Sequential)))
def test_any_row_of_rows_comes_back_and_computes_the_same(model):
    save("a", model)
    again = load("a")
    assert_same(again, model)
    x = np.random.default_rng(1).normal(size=(2, 3, 2))
    assert_array_equal(again.forward(x), model.forward(x))


@pytest.mark.parametrize("optimiser", [SGD(0.1, momentum=0.9), Adam(0.01, beta_2=0.99)])
def test_an_optimiser_comes_back_with_its_numbers_and_what_it_has_kept(optimiser):
    model, optimiser, rng, _, _ = trained(2, optimiser)
    save("a", model, optimiser, rng)
    _, again, numbers = load_training("a")
    assert repr(again) == repr(optimiser)
    assert getattr(again, "steps", None) == getattr(optimiser, "steps", None)
    name = "velocity" if isinstance(optimiser, SGD) else "moments"
    kept, found = (
        {n: np.asarray(k) for n, k in getattr(o, name).items()} for o in (optimiser, again)
    )
    assert bits(found) == bits(kept)
    assert len(kept) == len(model.parameters)
    assert numbers.bit_generator.state == rng.bit_generator.state


def test_what_was_not_stored_is_none_and_an_unused_optimiser_is_unused():
    save("a", dense())
    assert load_training("a")[1:] == (None, None)
    save("a", dense(), Adam(0.5))
    _, optimiser, _ = load_training("a")
    assert (optimiser.learning_rate, optimiser.steps, optimiser.moments) == (0.5, 0, {})


RESUME = """
import numpy as np
from rnncore.storage import load_training, save
from rnncore.training import fit, mean_squared_error
model, optimiser, rng = load_training("half")
with np.load("examples.npz") as stored:
    fit(model, stored["x"], stored["y"], mean_squared_error, optimiser, 3, 4, rng)
save("resumed", model, optimiser, rng)
"""


@pytest.mark.parametrize("kind", [Adam, SGD])
def test_three_and_three_epochs_in_two_processes_are_six_to_the_bit(kind):
    model, optimiser, rng, x, y = trained(3, kind(0.01))
    save("half", model, optimiser, rng)
    np.savez("examples.npz", x=x, y=y)
    subprocess.run([sys.executable, "-W", "error", "-c", RESUME], check=True)
    save("whole", *trained(6, kind(0.01))[:3])
    resumed, whole = (dict(np.load(name)) for name in ("resumed", "whole"))
    assert bits(resumed) == bits(whole)
    assert any(name.startswith("optimiser.") for name in whole)


def test_the_states_the_cache_and_the_gradients_are_not_stored():
    model, *_ = trained()
    save("a", model)
    again = load("a")
    assert again.gradients == {}
    with pytest.raises(layers.OutOfOrder):
        again.backward(np.ones((9, 1)))


def test_what_a_file_holds_can_be_read_without_the_package():
    model, optimiser, *_ = trained()
    save("a", model, optimiser)
    with np.load("a", allow_pickle=False) as stored:
        assert stored["format"] == 1
        assert json.loads(str(stored["text"]))[0]["kind"] == "Sequential"
        for name, p in model.parameters.items():
            assert_array_equal(stored[f"model.{name}"], p)
            assert_array_equal(stored[f"optimiser.{name}"], optimiser.moments[name])


def test_saving_and_loading_change_nothing():
    model, optimiser, rng, x, _ = trained()
    y, before = model.forward(x), (bits(model.parameters), rng.bit_generator.state)
    save("a", model, optimiser, rng)
    load("a").parameters["4.W"][...] = 7
    assert (bits(model.parameters), rng.bit_generator.state) == before
    assert_array_equal(model.forward(x), y)


def test_the_package_offers_both():
    assert (rnncore.save, rnncore.load) == (save, load)


# The file


@pytest.mark.parametrize("path", ["plain", "with.npz", "model.h5", Path("as a path")])
def test_the_name_is_taken_as_it_is(path, folder):
    save(path, dense())
    assert os.listdir(folder) == [str(path)]
    assert_same(load(path), dense())


def test_a_file_that_is_there_is_replaced():
    save("a", tagger())
    save("a", dense())
    assert_same(load("a"), dense())


def test_a_crash_leaves_the_file_that_was_there_and_no_other(monkeypatch, folder):
    def crash(name, **arrays):
        assert Path(name).parents[1] == folder.resolve()  # on another disk, it could not replace it
        Path(name).write_bytes(b"half of it")
        raise KeyboardInterrupt

    save("a", dense())
    monkeypatch.setattr(np, "savez", crash)
    with pytest.raises(KeyboardInterrupt):
        save("a", tagger())
    assert os.listdir(folder) == ["a"]
    assert_same(load("a"), dense())


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither links for all nor these rights")
def test_links_are_followed_and_rights_are_the_usual_ones(folder):
    Path("link").symlink_to("real")
    save("link", dense())
    Path("other").write_bytes(b"")
    assert Path("link").is_symlink()
    assert stat.S_IMODE(os.stat("real").st_mode) == stat.S_IMODE(os.stat("other").st_mode)


def test_a_missing_file_or_folder_is_an_error_of_the_system():
    with pytest.raises(FileNotFoundError):
        load("nowhere")
    with pytest.raises(FileNotFoundError):
        save("no folder/a", dense())


@pytest.mark.parametrize("path", [None, 3, b"a"])
def test_what_is_no_path_is_not_opened(path):
    with pytest.raises(ValueError, match=r"^path must be the name of a file, and comes first, got"):
        load(path)


# What cannot be stored is refused before anything is written


class Scale(layers.Layer):
    pass


class Row(Sequential):
    pass


class Momentum(SGD):
    pass


HARD = Activation("hard", lambda z: np.clip(z, -1, 1), slope=lambda h: abs(h) < 1)
TANH = Activation("tanh", np.tanh, slope=lambda h: 1 - h * h)  # not the package's
OWN = "cannot be stored: use np.savez(path, **model.parameters)."
UNLIKE = "parameters must be as their layers were made, and the optimiser theirs."


@pytest.mark.parametrize(
    "model",
    [
        Scale(factor=[1.0]),
        Row([Dense([[1.0]])]),
        Sequential([Dense([[1.0]]), Scale(factor=[1.0])]),
        layers.Container(inside=Dense([[1.0]])),
        Dense([[1.0]], activation=HARD),
        LSTM(np.ones((1, 4)), np.ones((1, 4)), recurrent_activation=HARD),
        Sequential([SimpleRNN([[1.0]], [[1.0]], activation=TANH)]),
    ],
    ids=repr,
)
def test_parts_that_are_not_of_the_package_are_refused(model, folder):
    with pytest.raises(ValueError, match=r"cannot be stored") as error:
        save("a", model)
    assert OWN in str(error.value)
    assert os.listdir(folder) == []


def test_what_is_no_layer_is_refused(folder):
    for model in (Elman([[1.0]], [[1.0]], [[1.0]]), "b", None, Dense, Adam()):
        with refused("model must be a layer, such as Sequential([…]), got "):
            save("a", model)
    assert os.listdir(folder) == []


def test_a_model_in_the_place_of_the_path_is_told_so():
    with refused("path must be the name of a file, and comes first, got Dense(W (4, 1), b (1,))."):
        save(dense(), "a")


def test_optimisers_and_generators_of_other_kinds_are_refused(folder):
    for optimiser in (Momentum(0.1), Adam, "adam", dense(), True):
        with refused("optimiser must be SGD or Adam, and made, or None, got "):
            save("a", dense(), optimiser)
    other = np.random.Generator(np.random.MT19937(1))
    for rng in (other, np.random.Generator(np.random.PCG64DXSM(1)), np.random.PCG64(1), 3, True):
        with refused("rng must be as np.random.default_rng(1) makes it, or None, got "):
            save("a", dense(), None, rng)
    assert os.listdir(folder) == []


def test_the_optimiser_of_another_model_is_refused(folder):
    _, optimiser, *_ = trained()
    for model in (dense(), Sequential([tagger()])):
        with refused(UNLIKE):
            save("a", model, optimiser)
    assert os.listdir(folder) == []


def test_an_optimiser_that_has_left_a_parameter_out_is_refused(folder):
    model, optimiser = dense(), SGD(0.1)
    optimiser.update({"W": model.parameters["W"]}, {"W": np.ones((4, 1))})
    with refused(UNLIKE):
        save("a", model, optimiser)
    assert os.listdir(folder) == []


def test_parameters_that_share_memory_are_refused(folder):
    first = dense()
    tied = Sequential([Embedding.initialise(5, 3, 1), Dense.initialise(3, 5, 1)])
    tied.layers[1].parameters["W"] = tied.layers[0].parameters["table"].T
    for model in (Sequential([Dense(np.ones((1, 4))), first, Sequential([first.twin()])]), tied):
        with refused("Parameters that share memory cannot be stored: copy one of them."):
            save("a", model)
    assert os.listdir(folder) == []


def test_parameters_of_two_types_or_of_another_shape_are_refused(folder):
    mixed = dense()
    mixed.parameters["b"] = mixed.parameters["b"].astype(np.float32)
    with refused(UNLIKE):
        save("a", mixed)
    mixed.parameters["b"] = np.ones(3)
    with refused("b must have shape (out,) = (1,), got (3,)."):
        save("a", mixed)
    assert os.listdir(folder) == []


def test_unknown_keywords_are_answered():
    with pytest.raises(
        TypeError, match="save takes no optimizer: its arguments are path, model, o"
    ):
        save("a", dense(), optimizer=None)
    with pytest.raises(TypeError, match="load takes no file: its arguments are path"):
        load(file="a")
    with pytest.raises(TypeError, match="load_training takes no file: its arguments are path"):
        load_training(file="a")


# Files that save has not written


REFUSED = "a cannot be loaded as what rnncore.save writes: "


def contents(*stored):
    """Return the entries of a file."""
    save("a", *stored)
    with np.load("a") as file:
        return dict(file)


def loading(entries):
    """Write these entries and load them."""
    with open("a", "wb") as file:
        np.savez(file, **entries)
    return load_training("a")


def edited(entries, change):
    """Return the entries with what the text says changed in place."""
    described = json.loads(str(entries["text"]))
    change(described)
    return entries | {"text": np.array(json.dumps(described))}


def test_a_newer_version_says_so():
    with refused(f"{REFUSED}a newer version of rnncore has written it: update rnncore"):
        loading({"format": np.array(2), "what": np.ones(3)})


@pytest.mark.parametrize(
    "text", [b"", b"no zip", b"PK\x03\x04 no zip", pickle.dumps(print), b"\x93NUMPY"]
)
def test_a_file_of_another_kind_is_refused(text):
    Path("a").write_bytes(text)
    with refused(f"{REFUSED}File is not a zip file"):
        load("a")


def test_arrays_of_somebody_else_are_refused():
    with refused(f"{REFUSED}it holds other things"):
        loading({"kernel": np.ones((2, 3))})


CHANGES = {
    "missing": lambda e: e.pop("model.1.b"),
    "nothing of the optimiser": lambda e: [e.pop(n) for n in [*e] if n.startswith("optimiser")],
    "missing at the end": lambda e: e.pop("optimiser.1.b"),
    "left over": lambda e: e.update({"model.1.c": np.ones(3)}),
    "renamed": lambda e: e.update({"model.1.c": e.pop("model.1.b")}),
    "in another order": lambda e: e.update({"model.0.W": e.pop("model.0.W")}),
    "another shape": lambda e: e.update({"model.1.b": np.ones(2)}),
    "transposed": lambda e: e.update({"model.0.W": e["model.0.W"].T}),
    "another type": lambda e: e.update({"model.1.b": np.ones(1, np.float32)}),
    "integers": lambda e: e.update({n: a.astype(int) for n, a in e.items() if "model" in n}),
    "complex": lambda e: e.update({"model.1.b": np.ones(1, complex)}),
    "big-endian": lambda e: e.update({"model.1.b": np.ones(1, ">f8")}),
    "a word": lambda e: e.update({"model.1.b": np.array(["a"])}),
    "kept of another shape": lambda e: e.update({"optimiser.1.b": np.ones((1, 1))}),
    "kept of another type": lambda e: e.update({"optimiser.1.b": np.ones((2, 1), np.float32)}),
    "no text": lambda e: e.pop("text"),
    "a text of bytes": lambda e: e.update(text=np.array(b"[]")),
    "many texts": lambda e: e.update(text=np.array(["[]", "[]"])),
    "a word as format": lambda e: e.update(format=np.array("1")),
    "two formats": lambda e: e.update(format=np.array([1, 1])),
    "no json": lambda e: e.update(text=np.array("[")),
    "absurd nesting": lambda e: e.update(text=np.array("[" * 100_000 + "]" * 100_000)),
}


def row():
    model, optimiser = Sequential([Dense.initialise(3, 4, 1), dense()]), Adam(0.1)
    optimiser.update(model.parameters, {n: p + 1 for n, p in model.parameters.items()})
    return model, optimiser, np.random.default_rng(1)


@pytest.mark.parametrize("change", CHANGES)
def test_changed_entries_are_refused(change):
    entries = contents(*row())
    CHANGES[change](entries)
    with refused(REFUSED):
        loading(entries)


EDITS = {
    "an unknown kind": lambda d: d[0]["layers"][0].update(kind="Conv"),
    "a kind that is a list": lambda d: d[0]["layers"][0].update(kind=["Dense"]),
    "a base class": lambda d: d[0]["layers"][0].update(kind="Layer"),
    "a module": lambda d: d[0].update(kind="base"),
    "an unknown option": lambda d: d[0]["layers"][0].update(units=3),
    "an unknown activation": lambda d: d[0]["layers"][0].update(activation="gelu"),
    "a number as activation": lambda d: d[0]["layers"][0].update(activation=1),
    "no layers": lambda d: d[0].update(layers=[]),
    "layers that are none": lambda d: d[0].update(layers=3),
    "an optimiser inside": lambda d: d[0]["layers"].append({"kind": "Adam"}),
    "an optimiser for a model": lambda d: d.__setitem__(0, {"kind": "Adam"}),
    "a model for an optimiser": lambda d: d.__setitem__(1, d[0]),
    "true for an optimiser": lambda d: d.__setitem__(1, True),
    "no model": lambda d: d.__setitem__(0, None),
    "fewer parts": lambda d: d.pop(),
    "more parts": lambda d: d.append(1),
    "negative steps": lambda d: d[2].update(steps=-1),
    "half a step": lambda d: d[2].update(steps=1.5),
    "a learning rate of nan": lambda d: d[1].update(learning_rate=float("nan")),
    "a learning rate of a word": lambda d: d[1].update(learning_rate="0.1"),
    "another generator": lambda d: d[3].update(bit_generator="MT19937"),
    "a large state": lambda d: d[3]["state"].update(state=2**200),
    "a negative state": lambda d: d[3]["state"].update(state=-1),
    "no state": lambda d: d[3].pop("state"),
    "an empty state": lambda d: d[3].clear(),
    "parameters that are numbers": lambda d: d[0]["layers"][0].update(parameters=3),
    "fewer parameters": lambda d: d[0]["layers"][1].update(parameters=["W"]),
    "parameters under another name": lambda d: d[0]["layers"][0].update(parameters=["W", "c"]),
    "parameters as options": lambda d: d[0]["layers"][0].update(parameters=["W", "activation"]),
}


@pytest.mark.parametrize("change", EDITS)
def test_a_changed_text_is_refused(change):
    with refused(REFUSED):
        loading(edited(contents(*row()), EDITS[change]))


def test_the_word_for_a_wrong_number_is_in_the_answer():
    with refused(f"{REFUSED}steps must be an integer of at least 0, got -1."):
        loading(edited(contents(*row()), EDITS["negative steps"]))


def test_a_model_of_absurd_depth_is_refused():
    entries = contents(*row())
    model, *others = json.loads(str(entries["text"]))
    start, end = '{"kind": "Sequential", "layers": [', "]}"
    for depth in (300, 3000):
        deep = start * depth + json.dumps(model) + end * depth
        text = ", ".join([deep, *map(json.dumps, others)])
        with refused(REFUSED):
            loading(entries | {"text": np.array(f"[{text}]")})


class Bomb:
    """What runs code when it is unpickled."""

    def __reduce__(self):
        return (Path("ran").touch, ())


def test_nothing_in_a_file_is_run():
    entries = contents(*row())
    for name in {*entries} - {"format"}:
        array = np.empty(1, object)
        array[0] = Bomb()
        with refused(f"{REFUSED}Object arrays cannot be loaded"):
            loading(entries | {name: array})
    assert not Path("ran").exists()


def refuse_what_is_too_large():
    with refused("a.npz cannot be loaded as what rnncore.save writes: it holds other things"):
        load("a.npz")


def test_what_is_larger_than_its_file_is_not_read(peak):
    entries = contents(*row())
    for zeros in (np.zeros(10**7), np.zeros((10**4, 10**3))):
        np.savez_compressed("a.npz", **entries | {"model.0.W": zeros})
        assert peak(refuse_what_is_too_large) < 10**7


def test_a_shape_that_is_larger_than_its_file_is_refused():
    entries = contents(*row())
    for shape in ((10**15,), (2**62, 2**62), (-1,)):
        np.savez("a.npz", **entries)
        raw = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            raw, {"descr": "<f8", "fortran_order": False, "shape": shape}
        )
        with zipfile.ZipFile("a", "w") as new, zipfile.ZipFile("a.npz") as old:
            for entry in old.infolist():
                data = raw.getvalue() if entry.filename == "model.0.W.npy" else old.read(entry)
                new.writestr(entry.filename, data)
        with refused(REFUSED):
            load("a")


def test_numbers_that_were_changed_are_noticed_even_if_the_file_hides_where_they_end():
    entries = contents(*row())
    with zipfile.ZipFile("a") as archive:
        [entry] = [e for e in archive.infolist() if e.filename == "model.0.W.npy"]
    raw = Path("a").read_bytes()
    number = entries["model.0.W"].tobytes()[:8]
    assert raw.count(number) == 1
    sizes = struct.pack("<LLL", entry.CRC, entry.compress_size, entry.file_size)
    assert raw.count(sizes) >= 1  # in the directory at the end, and perhaps before the numbers
    longer = struct.pack("<LLL", entry.CRC, entry.compress_size + 8, entry.file_size + 8)
    start, end = raw.rsplit(sizes, 1)
    Path("a").write_bytes(start.replace(number, bytes(8)) + longer + end)
    with refused(f"{REFUSED}it holds other things"):
        load("a")


# Fuzz: a right load or a ValueError, and never anything else


def loads_right_or_refuses(raw):
    Path("fuzzed").write_bytes(raw)
    try:
        return load_training("fuzzed")
    except ValueError:
        return None


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A file, and what was stored in it."""
    path = tmp_path_factory.mktemp("whole") / "a"
    stored = row()
    save(path, *stored)
    return path.read_bytes(), stored


@given(st.data())
def test_a_file_with_other_bytes_is_refused_or_still_right(whole, data):
    raw, (model, optimiser, rng) = whole
    changed = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found = loads_right_or_refuses(bytes(changed))
    if found is not None:
        assert_same(found[0], model)
        assert repr(found[1]) == repr(optimiser)
        assert bits({n: np.asarray(k) for n, k in found[1].moments.items()}) == bits(
            {n: np.asarray(k) for n, k in optimiser.moments.items()}
        )
        assert found[2].bit_generator.state == rng.bit_generator.state


@given(st.data())
def test_a_file_that_is_cut_or_has_pieces_twice_is_refused_or_still_right(whole, data):
    raw, (model, *_) = whole
    start, stop = sorted(data.draw(st.lists(st.integers(0, len(raw)), min_size=2, max_size=2)))
    for changed in (raw[:start] + raw[stop:], raw[:stop] + raw[start:], raw[start:stop]):
        found = loads_right_or_refuses(changed)
        if found is not None:
            assert_same(found[0], model)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(["kind", "Dense", "Adam", "W", "layers", "tanh", "__class__", "os.system"]),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "layers", "parameters", "activation", "cell", "W", "self"]),
            inside,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def places(described):
    """Every place in a text: where it is, and under which key."""
    keys = described.keys() if isinstance(described, dict) else range(len(described))
    for key in keys:
        yield described, key
        if isinstance(described[key], (dict, list)):
            yield from places(described[key])


@given(st.data())
def test_a_text_with_another_word_in_any_place_is_refused_or_makes_a_layer(whole, data):
    raw, _ = whole
    Path("a").write_bytes(raw)
    with np.load("a") as file:
        entries = dict(file)

    def change(described):
        where, key = data.draw(st.sampled_from([*places(described)]))
        if data.draw(st.booleans()):
            where[key] = data.draw(JSON)
        else:
            del where[key]

    np.savez("b.npz", **edited(entries, change))
    found = loads_right_or_refuses(Path("b.npz").read_bytes())
    if found is not None:
        save("again", *found)  # it is as good as any other


@given(JSON)
def test_any_text_is_refused_or_makes_a_layer(text):
    np.savez("b.npz", format=1, text=json.dumps(text), **{"model.W": np.ones((2, 1))})
    found = loads_right_or_refuses(Path("b.npz").read_bytes())
    assert found is None or isinstance(found[0], layers.Layer)
