"""What the layer reader takes from Python: the recurrent layers of a model, packed as text."""

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np

from rnncore.interop import CELLS, READERS, TORCH, from_keras, from_torch
from rnncore.layers import RNN, Layer
from rnncore.layers.base import Container
from rnncore.widgets.base import BadValue

RECURRENT = READERS | CELLS
OPTIONS = ("activation", "recurrent_activation", "reset_after")
CODE = 600  # weights that are written out
WANTED = "a SimpleRNN, an LSTM or a GRU of rnncore, Keras or PyTorch, or a model with one in it"


class Packed(list[dict[str, Any]]):
    """Layers as the page gets them, which need no second check."""


def pack_all(model: Any) -> Packed:
    """Return the recurrent layers of a model as the page gets them; BadValue if there is none.

    model : a layer or a model of rnncore, Keras or PyTorch, or what this function has returned
    """
    if isinstance(model, Packed):
        return model
    if isinstance(model, list):
        packed = Packed(pack(*unpack(part)) for part in model)
    else:
        try:
            packed = Packed(pack(name, layer) for name, layer in found(model))
        except (TypeError, ValueError) as error:
            raise BadValue(f"layer must be {WANTED}: {error}") from None
    if not packed:
        raise BadValue(f"layer must be {WANTED}, got {type(model).__name__}.")
    return packed


def found(model: Any, name: str = "") -> Iterator[tuple[str, Layer]]:
    """Yield each recurrent layer inside a model, with the names that lead to it."""
    if isinstance(model, Layer):
        return of_rnncore(model, name)
    if hasattr(model, "get_weights") and hasattr(model, "get_config"):
        return of_keras(model, name)  # which on PyTorch is a module of its, too
    if hasattr(model, "named_modules") and hasattr(model, "state_dict"):
        return of_torch(model)
    return iter(())


def of_rnncore(layer: Layer, name: str, reverse: bool = False) -> Iterator[tuple[str, Layer]]:
    if isinstance(layer, RNN):
        yield from of_rnncore(layer.cell, name, layer.reverse)
    elif isinstance(layer, Container):
        for part, inner in layer.inner.items():
            yield from of_rnncore(inner, f"{name}.{part}".lstrip("."))
    elif type(layer) in RECURRENT.values():
        yield name or "layer", as_reader(layer, reverse or layer.options.get("reverse", False))


def as_reader(layer: Layer, reverse: bool) -> Layer:
    """Return a layer or a cell as a layer that returns all its states."""
    kind = READERS[type(layer).__name__.removesuffix("Cell")]
    options = {name: value for name, value in layer.options.items() if name in OPTIONS}
    return kind(**layer.parameters, **options, return_sequences=True, reverse=reverse)


def of_torch(module: Any) -> Iterator[tuple[str, Layer]]:
    """Yield the layers of each recurrent module, those of a stack by their number."""
    for path, part in module.named_modules():
        kind = next((k.__name__ for k in type(part).__mro__ if k.__name__ in TORCH), None)
        if kind and TORCH[kind] in RECURRENT.values():
            options = {"activation": part.nonlinearity} if hasattr(part, "nonlinearity") else {}
            yield from of_rnncore(from_torch(kind, part.state_dict(), **options), path or "layer")


def of_keras(layer: Any, name: str) -> Iterator[tuple[str, Layer]]:
    """Yield the layers of a Keras layer or model."""
    kind, path = type(layer).__name__, f"{name}/{getattr(layer, 'name', '')}".strip("/")
    if kind in RECURRENT:
        yield path or "layer", keras_reader(kind, layer)
    elif kind == "RNN":
        for inner_path, inner in of_keras(layer.cell, path):
            yield inner_path, as_reader(inner, bool(layer.go_backwards))
    else:
        two_ways = [getattr(layer, f"{way}_layer", None) for way in ("forward", "backward")]
        inside = two_ways if all(two_ways) else getattr(layer, "layers", ())
        for inner_layer in inside:
            yield from of_keras(inner_layer, path)


def keras_reader(kind: str, layer: Any) -> Layer:
    """Return a Keras layer as one of ours, with what its configuration says."""
    if not (weights := layer.get_weights()):
        raise ValueError(f"{kind} {layer.name!r} has no weights yet: call it once on an input.")
    config = layer.get_config()
    options = {name: config[name] for name in OPTIONS if name in config}
    return as_reader(from_keras(kind, weights, **options), config.get("go_backwards", False))


def pack(name: str, layer: Any) -> dict[str, Any]:
    """Return one layer as the page gets it: words, and each array as base64 of its bytes."""
    arrays = {key: np.asarray(value) for key, value in layer.parameters.items()}
    for key, array in arrays.items():
        if not np.isfinite(array).all():
            raise BadValue(
                f"layer must hold finite weights, got {key} of {name!r}, which has nan or inf"
                " in it."
            )
    dtype = "float32" if all(a.dtype == np.float32 for a in arrays.values()) else "float64"
    texts = {
        key: text_of(arrays[key], dtype) if key in arrays else "" for key in ("W_x", "W_h", "b")
    }
    options = {key: value for key, value in layer.options.items() if key in OPTIONS}
    words = {key: getattr(value, "name", value) for key, value in options.items()}
    return {
        **{"name": name, "kind": type(layer).__name__, "dtype": dtype, **words},
        "code": code_of(layer, words),
        **{"reverse": layer.reverse, "features": layer.features, "units": layer.units, **texts},
    }


def code_of(layer: Any, words: dict[str, Any]) -> str:
    """Return the call that makes a layer; nothing where that would be too long to be read."""
    parameters = layer.parameters
    if sum(parameter.size for parameter in parameters.values()) > CODE:
        return ""
    arrays = [f"{name}={parameter.tolist()}" for name, parameter in parameters.items()]
    usual = type(layer).defaults
    said = [f"{name}={value!r}" for name, value in words.items() if value != usual[name]]
    said += ["return_sequences=True", *(["reverse=True"] if layer.reverse else [])]
    return f"{type(layer).__name__}({', '.join([*arrays, *said])})"


def text_of(array: Any, dtype: str) -> str:
    little = np.dtype(dtype).newbyteorder("<")
    return base64.b64encode(np.asarray(array, little).tobytes()).decode()


def unpack(packed: Any) -> tuple[str, Any]:
    """Return the name and the layer that `pack` has packed, or raise a BadValue."""
    try:
        kind, features, units = READERS[packed["kind"]], packed["features"], packed["units"]
        columns, dtype = kind.gates * units, np.dtype(packed["dtype"]).newbyteorder("<")
        arrays = {
            key: np.frombuffer(base64.b64decode(packed[key], validate=True), dtype)
            for key in ("W_x", "W_h", "b")
            if packed[key]
        }
        bias = (2, columns) if packed.get("reset_after") else (columns,)
        shapes = {"W_x": (features, columns), "W_h": (units, columns), "b": bias}
        weights = {key: array.reshape(shapes[key]) for key, array in arrays.items()}
        options = {key: packed[key] for key in OPTIONS if key in packed}
        reverse = packed["reverse"]
        return packed["name"], kind(**weights, **options, return_sequences=True, reverse=reverse)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise BadValue(f"layer must be {WANTED}, got something else: {error!r}") from None
