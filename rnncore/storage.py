"""Models in files: save and load them, and resume their training."""

import json
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from rnncore import activations, layers
from rnncore._checks import check_integer, explained
from rnncore.optimisers import SGD, Adam

FORMAT = 1  # of the file: one more with every change, so that older versions can say so
NAMES = "Dense Embedding SimpleRNN LSTM GRU SimpleRNNCell LSTMCell GRUCell RNN"
KINDS = {n: vars(layers)[n] for n in (*NAMES.split(), "Bidirectional", "Sequential")}
KINDS |= {"SGD": SGD, "Adam": Adam}
KEPT = {SGD: "velocity", Adam: "moments"}  # what an optimiser keeps of every parameter


@explained
def save(path: str | Path, model: Any, optimiser: Any = None, rng: Any = None) -> None:
    """Store a model in a file, and what you need to resume its training.

    The file is an ``.npz`` without pickle, as ``np.load(path)`` shows.  It holds the parameters,
    of which `load` returns every bit, and a text that says how the layers are made.  States,
    gradients and caches are not stored.

    Parameters
    ----------
    path : str or Path
        Used as it is, without an ending added.  A file of that name is replaced in one go, once
        the new one is complete.
    model : layer
        A layer of the package, or a container of them, such as Sequential, with activations of
        the package.
    optimiser : SGD or Adam, or None
        Stored with its numbers, and what it has kept of every parameter.
    rng : np.random.Generator, or None
        As ``np.random.default_rng`` makes it.  After `load_training` its draws go on where they
        stopped, but those of its ``spawn`` do not.

    Raises
    ------
    ValueError
        If something cannot be stored, such as a layer of your own, parameters that share
        memory, or the optimiser of another model.  Then nothing has been written.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> model = layers.Dense([[1.0], [10.0]], activation="relu")
    >>> with TemporaryDirectory() as folder:
    ...     save(f"{folder}/model.npz", model)
    ...     load(f"{folder}/model.npz").forward([[1.0, 2.0]])
    array([[21.]])
    """
    target = _as_path(path).resolve()
    text, arrays = _pack(model, optimiser, rng)
    _unpack(text, arrays)  # what could not be loaded is refused now
    with TemporaryDirectory(prefix=f"{target.name}.", dir=target.parent) as folder:
        np.savez(f"{folder}/new.npz", format=FORMAT, text=text, **arrays)
        Path(folder, "new.npz").replace(target)


@explained
def load(path: str | Path) -> Any:
    """Return the model that `save` has stored in a file.

    A file from somebody else can do no harm: nothing in it is run, and no more is read than it
    holds.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    model : layer
        With the options and every bit of the parameters of the one that was stored.

    Raises
    ------
    ValueError
        If the file is not as `save` wrote it, or a newer version of the package has written it.
    OSError
        If there is no such file, or it cannot be read.
    """
    return load_training(path)[0]


@explained
def load_training(path: str | Path) -> tuple[Any, Any, Any]:
    """Return all that `save` has stored, to resume a training; errors are those of `load`.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    model, optimiser, rng : as they were stored
        The last two are None if they were not stored.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> with TemporaryDirectory() as folder:
    ...     save(f"{folder}/model.npz", layers.Dense([[1.0]]), Adam(0.01), rng)
    ...     model, optimiser, loaded = load_training(f"{folder}/model.npz")
    >>> optimiser.learning_rate, loaded.random() == rng.random()
    (0.01, True)
    """
    with open(_as_path(path), "rb") as file:
        try:
            stored: Any = np.lib.npyio.NpzFile(file)
            size = sum(entry.file_size for entry in stored.zip.infolist())
            if "format" not in stored or size > file.seek(0, 2) or stored.zip.testzip():
                raise ValueError("it holds other things; for weights see from_keras and from_torch")
            arrays = dict(stored)
            if arrays.pop("format") > FORMAT:
                raise ValueError("a newer version of rnncore has written it: update rnncore")
            return _unpack(arrays.pop("text").item(), arrays)
        except Exception as error:  # a file from elsewhere can raise anything
            raise ValueError(
                f"{path} cannot be loaded as what rnncore.save writes: {error}"
            ) from error


def _as_path(path):
    if not isinstance(path, (str, Path)):
        raise ValueError(f"path must be the name of a file, and comes first, got {path!r}.")
    return Path(path)


def _pack(model, optimiser, rng):
    """Return a text that says how these are made, and their arrays."""
    if not isinstance(model, layers.Layer):
        raise ValueError(f"model must be a layer, such as Sequential([…]), got {model!r}.")
    if type(optimiser) not in (*KEPT, type(None)):
        raise ValueError(f"optimiser must be SGD or Adam, and made, or None, got {optimiser!r}.")
    if rng is not None and not isinstance(getattr(rng, "bit_generator", None), np.random.PCG64):
        raise ValueError(f"rng must be as np.random.default_rng(1) makes it, or None, got {rng!r}.")
    own, kept = model.parameters, getattr(optimiser, KEPT.get(type(optimiser), ""), {})
    if any(np.shares_memory(p, q) for p, q in combinations(own.values(), 2)):
        raise ValueError("Parameters that share memory cannot be stored: copy one of them.")
    arrays = {f"model.{name}": p for name, p in own.items()}
    arrays |= {f"optimiser.{name}": np.asarray(part) for name, part in kept.items()}
    numbers = {"arrays": len(arrays), "steps": getattr(optimiser, "steps", 0)}
    state = rng and rng.bit_generator.state
    return json.dumps([model, optimiser, numbers, state], default=_describe), arrays


def _describe(part):
    """Return how a part is made, but for its arrays; an activation of the package is a name."""
    name = getattr(part, "name", type(part).__name__)
    if activations.KNOWN.get(name) is part:
        return name
    if KINDS.get(name) is not type(part):
        raise ValueError(f"{part!r} cannot be stored: use np.savez(path, **model.parameters).")
    inner = {n: getattr(part, n) for n in ("cell", "layers") if hasattr(part, n)}
    own = [*getattr(part, "parameters", ())]
    return {"kind": name} | (inner or getattr(part, "inner", {"parameters": own})) | part.options


def _unpack(text, arrays):
    """Return the model, the optimiser and the generator, or raise an error."""
    left = iter(arrays.values())

    def make(described):  # what is inside is made first, in the order of the arrays
        own = dict(zip(described.pop("parameters", ()), left))
        return KINDS.get(described.pop("kind", ""), dict)(**own, **described)

    model, optimiser, numbers, state = json.loads(text, object_hook=make)
    own, pair = model.parameters.items(), (2,) * isinstance(optimiser, Adam)
    fitting = [(f"model.{n}", p.shape, p.dtype) for n, p in own]
    if optimiser is not None:
        kept = dict(zip(model.parameters, left))
        fitting += [(f"optimiser.{n}", pair + p.shape, p.dtype) for n, p in own if kept]
        setattr(optimiser, KEPT[type(optimiser)], kept)
    if pair:
        optimiser.steps = check_integer("steps", numbers["steps"], 0)
    found = [(n, a.shape, a.dtype) for n, a in arrays.items()]
    if found != fitting or len(found) != numbers["arrays"]:
        raise ValueError("parameters must be as their layers were made, and the optimiser theirs.")
    rng = None if state is None else np.random.default_rng(0)
    if rng:
        rng.bit_generator.state = state
    return model, optimiser, rng
