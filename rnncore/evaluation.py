"""What a trained model answers, and how good its answers are: predict and evaluate."""

import inspect
from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np

from rnncore._checks import as_array, check_integer, explained
from rnncore._types import Array, ArrayLike
from rnncore._weights import check_weights, combined
from rnncore.layers.masks import as_mask

Loss = Callable[..., tuple[float, Array]]
Metrics = Sequence[Callable[..., float]]
Named = dict[str, Callable[..., float]]
PAIR = "loss must return a pair, the number and its gradient with respect to y"


@explained
def predict(
    model: Any,
    x: ArrayLike,
    batch_size: int = 32,
    *,
    lengths: ArrayLike | None = None,
    mask: ArrayLike | None = None,
) -> Array:
    """Return the outputs of a model for x, computed in batches.

    Nothing is kept for a backward pass.  The outputs are the same for every size of the batches,
    up to rounding.  The model notes its last states and its mask, so each thread needs a model of
    its own, ``model.twin()``.

    Parameters
    ----------
    model : layer
    x : array (n, ...)
        n examples.  n may be 0.
    batch_size : int
    lengths : integers (n,), or None
        How many steps of each example count, starting with the first.
    mask : bools (n, timesteps), or None
        Which steps count.  Pass at most one of lengths and mask.

    Returns
    -------
    y : array (n, ...)
        A new array.

    Raises
    ------
    ValueError
        If an argument does not fit.

    Examples
    --------
    >>> from rnncore.layers import Dense
    >>> predict(Dense([[2.0]]), [[1.0], [2.0], [3.0]], batch_size=2)
    array([[2.],
           [4.],
           [6.]])
    """
    check_layer(model)
    x = as_array("x", x)
    examples = Examples(x, mask=as_mask(lengths, mask, x.shape))
    return examples.outputs(model, check_integer("batch_size", batch_size, 1))[0]


@explained
def evaluate(
    model: Any,
    x: ArrayLike,
    y: ArrayLike,
    loss: Loss,
    batch_size: int = 32,
    *,
    metrics: Metrics = (),
    weights: ArrayLike | None = None,
    ignore: int | None = None,
    lengths: ArrayLike | None = None,
    mask: ArrayLike | None = None,
) -> dict[str, float]:
    """Return the loss of a model, and metrics.

    They are computed once, from everything that `predict` returns, so no metric depends on how
    the examples are cut into batches.

    Parameters
    ----------
    model, x, y, loss, metrics, weights, ignore, lengths, mask : as in `fit`
    batch_size : int
        For the forward pass.

    Returns
    -------
    results : dict, name -> number
        "loss", and each metric under its name.

    Raises
    ------
    ValueError
        If an argument does not fit, or nothing counts.

    Examples
    --------
    >>> from rnncore.layers import Dense
    >>> from rnncore.training import binary_accuracy_with_logits, mean_squared_error
    >>> model, metrics = Dense([[1.0]]), [binary_accuracy_with_logits]
    >>> evaluate(model, [[2.0], [-1.0]], [[1], [0]], mean_squared_error, metrics=metrics)
    {'loss': 1.0, 'binary_accuracy_with_logits': 1.0}
    """
    metrics = check_parts(model, loss, metrics)
    examples = as_examples("", x, y, ignore, weights=weights, lengths=lengths, mask=mask)
    return examples.results(model, loss, metrics, check_integer("batch_size", batch_size, 1))


class Examples(NamedTuple):
    """Inputs and what belongs to them, with one entry per example in each; None: nothing."""

    x: Array
    y: Array | None = None
    weights: Array | None = None
    mask: Array | None = None

    def at(self, *place: Any) -> "Examples":
        """Return those at a place: an index for the examples, and perhaps one for the steps."""
        return Examples(*[a if a is None else a[place] for a in self])  # type: ignore[arg-type]

    def read(self, model: Any, *states: Any, keep: bool) -> tuple[Array, Array | None]:
        """Return the outputs, and the weights that they have where the model's mask counts."""
        masked = {} if self.mask is None else {"mask": self.mask}
        y = model.forward(self.x, *states, keep=keep, **masked)
        return y, combined(self.weights, getattr(model, "mask", None))

    def outputs(self, model: Any, batch_size: int) -> tuple[Array, Array | None]:
        """Return the same for all, read in batches."""
        starts = range(0, max(len(self.x), 1), batch_size)
        parts = [self.at(slice(i, i + batch_size)).read(model, keep=False) for i in starts]
        y, weights = zip(*parts)
        return np.concatenate(y), None if weights[0] is None else np.concatenate(weights)

    def results(self, model: Any, loss: Loss, metrics: Named, batch_size: int) -> dict[str, float]:
        """Return the loss and the metrics by name."""
        y, weights = self.outputs(model, batch_size)
        return measured(loss, metrics, y, self.y, weights)[0]


def as_examples(prefix: str, x: Any, y: Any, ignore: Any = None, **more: Any) -> Examples:
    """Return arrays with one entry per example, and at least one; more: weights, lengths, mask."""
    x, y = as_array(f"{prefix}x", x), as_array(f"{prefix}y", y)
    if x.shape[:1] != y.shape[:1] or not x.ndim:
        raise ValueError(
            f"{prefix}x and {prefix}y must have one entry per example,"
            f" got shapes {x.shape} and {y.shape}."
        )
    if not len(x):
        raise ValueError(f"{prefix}x must hold at least one example, got shape {x.shape}.")
    weights = more.get("weights")
    if weights is not None:
        weights = check_weights(f"{prefix}weights", weights, y.shape)
    if ignore is not None:
        if not isinstance(ignore, Integral) or isinstance(ignore, bool):
            raise ValueError(f"ignore must be an integer label, got {ignore!r}.")
        weights = check_weights("weights", combined(weights, y != ignore), y.shape)
    return Examples(x, y, weights, as_mask(more.get("lengths"), more.get("mask"), x.shape))


def measured(
    loss: Loss, metrics: Named, y: Array, target: Any, weights: Array | None
) -> tuple[dict[str, float], Array]:
    """Return the loss and the metrics by name, and the gradient of the loss."""
    answer = called(loss, y, target, weights)
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise ValueError(f"{PAIR}, got {brief(answer)}.")
    results = {"loss": as_number("loss", answer[0])}
    for name, metric in metrics.items():
        found = called(metric, y, target, weights)
        results[name] = as_number(name, found[0] if isinstance(found, tuple) else found)
    return results, answer[1]


def called(function: Callable[..., Any], y: Array, target: Any, weights: Array | None) -> Any:
    """Return what a loss or a metric says; one that takes no weights must not lose them."""
    arguments = (y, target) if weights is None else (y, target, weights)
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        name = getattr(function, "__name__", brief(function))
        words = ", ".join(("y", "target", "weights")[: len(arguments)])
        raise ValueError(f"{name} must be a function of {words}.") from None
    return function(*arguments)


def as_number(name: str, value: Any) -> float:
    """Return what a loss or a metric has found as a float."""
    number = as_array(name, value)
    if number.ndim:
        raise ValueError(f"{name} must return one number, got {brief(value)}.")
    return float(number)


def check_parts(model: Any, loss: Any, metrics: Any) -> Named:
    """Raise a ValueError unless the parts fit; return the metrics by name."""
    check_layer(model)
    if not callable(loss):
        raise ValueError(
            "loss must be a function (y, target) -> (number, gradient), such as"
            f" mean_squared_error, got {brief(loss)}."
        )
    metrics = _by_name(metrics)
    last = model
    while hasattr(last, "layers"):
        last = last.layers[-1]
    bends = getattr(getattr(last, "activation", None), "name", None)
    for name in (getattr(loss, "__name__", ""), *metrics):
        if name.endswith("_with_logits") and bends in ("sigmoid", "softmax"):
            raise ValueError(
                f"{name} takes logits, got a model whose last layer applies {bends}: leave that"
                f" activation out, or take {name.removesuffix('_with_logits')}."
            )
        if name == "categorical_cross_entropy" and bends == "sigmoid":
            raise ValueError(f"{name} takes the shares of a softmax, got a sigmoid's output.")
    return metrics


def check_layer(model: Any) -> None:
    """Raise a ValueError unless it is a layer."""
    if isinstance(model, type) or not hasattr(model, "forward"):
        raise ValueError(f"model must be a layer, such as Sequential([…]), got {brief(model)}.")


def _by_name(metrics):
    """Return the metrics as a dict, name -> function."""
    listed = metrics if isinstance(metrics, (tuple, list)) else [None]
    named = {getattr(f, "__name__", "loss"): f for f in listed if callable(f)}
    if len(named) < len(listed) or {"loss", "gradient_norm"} & named.keys():
        raise ValueError(
            "metrics must be a list of functions of different names, such as [accuracy], got"
            f" {brief(metrics)}."
        )
    return named


def brief(value: Any) -> str:
    """Return what came, for a message."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    plain = isinstance(value, (str, int, float)) or value is None
    return repr(value) if plain else f"a value of type {type(value).__name__}"
