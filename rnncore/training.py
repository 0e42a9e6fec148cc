"""The loop that trains a model; with the losses and optimisers, to be imported from one place."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from rnncore._checks import as_array, check_generator, check_integer, check_positive
from rnncore._types import Array, ArrayLike, Generator
from rnncore.losses import (
    accuracy,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy,
    categorical_cross_entropy_with_logits,
    mean_squared_error,
)
from rnncore.optimisers import SGD, Adam, clip_by_norm

__all__ = [
    "SGD",
    "Adam",
    "accuracy",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "categorical_cross_entropy",
    "categorical_cross_entropy_with_logits",
    "clip_by_norm",
    "fit",
    "mean_squared_error",
]

LARGEST = np.finfo(np.float64).max  # a limit that clips nothing
TAKE_LOGITS = (binary_cross_entropy_with_logits, categorical_cross_entropy_with_logits)
PAIR = "loss must return a pair, the number and its gradient with respect to y"


def fit(
    model: Any,
    x: ArrayLike,
    y: ArrayLike,
    loss: Callable[[Array, Array], tuple[float, Array]],
    optimiser: Any,
    epochs: int,
    batch_size: int = 32,
    rng: "Generator | None" = None,
    clip: float | None = None,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
) -> dict[str, list[float]]:
    """Train a model on mini-batches, shuffled anew in every epoch.

    Parameters
    ----------
    model : layer
        With ``forward(x, keep=True)``, ``backward(dy)``, and the dicts ``parameters``
        and ``gradients``.
    x : array (n, ...)
    y : array (n, ...)
        n examples, and the target of each.
    loss : function (y, target) -> (number, gradient with respect to y)
    optimiser : SGD or Adam
        With ``update(parameters, gradients)``.
    epochs : int
        How often all examples are seen.
    batch_size : int
        The last batch holds what is left.
    rng : np.random.Generator
        It shuffles, and must be given: None, which the signature needs after batch_size, is
        refused.
    clip : positive number, or None
        The limit for `clip_by_norm`; None: no clipping.
    validation : pair (x, y), or None
        Its loss is computed after every epoch.

    Returns
    -------
    history : dict, name -> list with one number per epoch
        "loss", the mean over the examples while they were trained on; "gradient_norm", the
        largest before clipping; with validation also "validation_loss".

    Raises
    ------
    ValueError
        If an argument does not fit.
    FloatingPointError
        As soon as the loss or the gradient of a batch is nan or infinite, with the parameters
        left as they were before that batch; or the validation loss, at the end of an epoch.
    """
    _check_parts(model, loss, optimiser)
    x, y = _check_examples("", x, y)
    epochs = check_integer("epochs", epochs, 0)
    batch_size = check_integer("batch_size", batch_size, 1)
    rng = check_generator("rng", rng)
    clip = LARGEST if clip is None else check_positive("clip", clip)
    history: dict[str, list[float]] = {"loss": [], "gradient_norm": []}
    if validation is not None:
        validation = _check_validation(validation)
        history["validation_loss"] = []
    for epoch in _with_progress_bar(range(1, epochs + 1)):
        order = rng.permutation(len(x))
        total = 0.0
        norms: list[float] = []
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            place = f"epoch {epoch}, batch {len(norms) + 1}"
            value, norm = _learn(model, x[batch], y[batch], loss, optimiser, clip, place)
            total += len(batch) * value
            norms.append(norm)
        history["loss"].append(total / len(x))
        history["gradient_norm"].append(max(norms))
        if validation is not None:
            value, _ = loss(model.forward(validation[0], keep=False), validation[1])
            history["validation_loss"].append(_finite("validation loss", value, f"epoch {epoch}"))
    return history


def _learn(model, x, y, loss, optimiser, clip, place):
    """Take one step on one batch; return its loss, and the gradient's norm before clipping."""
    answer = loss(model.forward(x), y)
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise ValueError(f"{PAIR}, got {_brief(answer)}.")
    value, dy = _finite("loss", answer[0], place), answer[1]
    model.backward(dy)
    gradients = {name: g for name, g in model.gradients.items() if name in model.parameters}
    clipped, norm = clip_by_norm(gradients, clip)
    norm = _finite("norm of the gradient", norm, place)
    optimiser.update(model.parameters, clipped)
    return value, norm


def _check_parts(model, loss, optimiser):
    if not hasattr(model, "forward"):
        raise ValueError(f"model must be a layer, such as Sequential([…]), got {_brief(model)}.")
    if not callable(loss):
        raise ValueError(
            "loss must be a function (y, target) -> (number, gradient), such as"
            f" mean_squared_error, got {_brief(loss)}."
        )
    if isinstance(optimiser, type) or not hasattr(optimiser, "update"):
        raise ValueError(
            f"optimiser must be made first, such as Adam(0.001), got {_brief(optimiser)}."
        )
    last = getattr(model, "layers", [model])[-1]
    bends = getattr(getattr(last, "activation", None), "name", None)
    if loss in TAKE_LOGITS and bends in ("sigmoid", "softmax"):
        name = loss.__name__
        raise ValueError(
            f"{name} takes logits, got a model whose last layer applies {bends}: leave that"
            f" activation out, or take {name.removesuffix('_with_logits')}."
        )


def _brief(value):
    """Return what came, for a message."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    plain = isinstance(value, (str, int, float)) or value is None
    return repr(value) if plain else f"a value of type {type(value).__name__}"


def _with_progress_bar(epochs):
    """Return the epochs, with tqdm's bar where it is installed and a terminal shows it.

    Elsewhere tqdm is not called, because even a bar that it hides starts a thread.
    """
    isatty = getattr(sys.stderr, "isatty", None)
    if not (isatty and isatty()):
        return epochs
    try:
        from tqdm import tqdm
    except ImportError:
        return epochs
    return tqdm(epochs, unit="epoch")


def _check_examples(prefix, x, y):
    """Return x and y as arrays with one entry per example, and at least one."""
    x, y = as_array(f"{prefix}x", x), as_array(f"{prefix}y", y)
    if x.shape[:1] != y.shape[:1] or not x.ndim:
        raise ValueError(
            f"{prefix}x and {prefix}y must have one entry per example,"
            f" got shapes {x.shape} and {y.shape}."
        )
    if not len(x):
        raise ValueError(f"{prefix}x must hold at least one example, got shape {x.shape}.")
    return x, y


def _check_validation(validation):
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        entries = isinstance(validation, (tuple, list))
        came = f"{len(validation)} entries" if entries else type(validation).__name__
        raise ValueError(f"validation must be a pair (x, y), got {came}.")
    return _check_examples("validation ", *validation)


def _finite(name, value, place):
    if not np.isfinite(value):
        raise FloatingPointError(f"The {name} became {value} in {place}.")
    return float(value)
