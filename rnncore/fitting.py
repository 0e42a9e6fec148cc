"""The loop that trains a model."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from rnncore._checks import check_flag, check_generator, check_integer, check_positive, explained
from rnncore._types import ArrayLike, Generator
from rnncore._weights import combined
from rnncore.evaluation import Loss, Metrics, as_examples, brief, check_parts, measured
from rnncore.optimisers import clip_by_norm

History = dict[str, list[float]]
MORE = ("weights", "lengths", "mask")  # what validation data may have besides x and y
LARGEST = np.finfo(np.float64).max  # a limit that clips nothing


@explained
def fit(
    model: Any,
    x: ArrayLike,
    y: ArrayLike,
    loss: Loss,
    optimiser: Any,
    epochs: int,
    batch_size: int = 32,
    rng: "Generator | None" = None,
    clip: float | None = None,
    validation: tuple[ArrayLike, ArrayLike] | Mapping[str, ArrayLike] | None = None,
    *,
    metrics: Metrics = (),
    weights: ArrayLike | None = None,
    ignore: int | None = None,
    lengths: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    schedule: Callable[[int], float] | None = None,
    patience: int | None = None,
    callback: Callable[[int, History], Any] | None = None,
    stateful: bool = False,
    chunk: int | None = None,
    history: History | None = None,
) -> History:
    """Train a model on mini-batches, shuffled anew in every epoch.

    A step that is masked, or has the label `ignore` or a weight of 0, has no part in the loss, the
    metrics and the gradient.  A batch with no other steps is skipped.

    With ``stateful=True`` each example is a long stream, of which the model reads `chunk` steps
    at a time.  A chunk begins with the states in which the last one has ended, which Keras calls
    *stateful*, and gradients stop at its beginning, as in PyTorch after *detach*.  This is
    truncated backpropagation through time: the state carries further than the gradient does.  Row
    i of a batch remains the same stream all through an epoch, and every epoch begins with zeros.

    To go on later, pass the same model, optimiser, generator and history again: 3 epochs and
    another 3 give the numbers of 6.  The history that you pass in is filled epoch by epoch, so it
    is there after Ctrl-C, too.  An epoch is in it as a whole or not at all.

    A model, an optimiser and a generator serve one fit at a time, so fits in several threads need
    their own.

    Parameters
    ----------
    model : layer
        With ``forward(x, keep=True)``, ``backward(dy)``, and the dicts ``parameters``
        and ``gradients``.
    x : array (n, ...)
    y : array (n, ...)
        n examples, and the target of each.
    loss : function (y, target) -> (number, gradient with respect to y)
        It is called as loss(y, target, weights) if there are weights, a mask, or `ignore`.
    optimiser : SGD or Adam
        With ``update(parameters, gradients)``.
    epochs : int
        How often all examples are seen.  With an earlier history, how many times more.
    batch_size : int
        The last batch holds what is left.
    rng : np.random.Generator
        It shuffles the examples.  You have to pass it, although the signature needs a default.
        Only stateful training takes None, and then leaves the streams in their order.
    clip : positive number, or None
        The limit for `clip_by_norm`.  None leaves the clipping to the optimiser.
    validation : pair (x, y), or a dict of x, y and perhaps weights, lengths or mask; or None
        Evaluated after every epoch, as by `evaluate`, with states that begin with zeros.
    metrics : list of functions (y, target) -> number
        Functions like `accuracy`.  If there are weights, they get them, as the loss does.  A loss
        will do as well.
    weights : array (n,), (n, timesteps), … up to the shape of y; or None
        How often each example or step counts.
    ignore : int, or None
        The label that does not count, like PyTorch's ignore_index.
    lengths : integers (n,), or None
        How many steps of each example count, starting with the first.
    mask : bools (n, timesteps), or None
        Which steps count.  Pass at most one of lengths and mask.
    schedule : function epoch -> learning rate, or None
        Called before each epoch, the first of which is 1, to set the optimiser's learning rate.
    patience : int, or None
        Stop early, when the validation loss has not fallen below its lowest for that many epochs
        of this call.  At the end, early or not, the parameters are again those of the epoch with
        the lowest, while the optimiser stays where it is.
    callback : function (epoch, history), or None
        Called after each epoch.  To stop, it returns something true, or raises an exception.
    stateful : bool
    chunk : int
        How many steps are read at a time.  Only with stateful=True.
    history : dict of an earlier fit, or an empty one; or None
        It goes on with the epochs that it has.

    Returns
    -------
    history : dict, name -> list with one number per epoch
        "loss" and the metrics are means over the examples while they were trained on, and
        "gradient_norm" is the largest norm before clipping.  With validation there are also
        "validation_loss" and so on.

    Raises
    ------
    ValueError
        If an argument does not fit.
    FloatingPointError
        As soon as the loss or the gradient of a batch is nan or infinite, with the parameters
        left as they were before that batch.  Also at the end of an epoch, if the validation loss
        is.

    Examples
    --------
    >>> from rnncore.layers import Dense
    >>> from rnncore.training import SGD, mean_squared_error
    >>> x = np.array([[1.0], [2.0]])
    >>> rng = np.random.default_rng(1)
    >>> history = fit(Dense([[1.0]]), x, 3 * x, mean_squared_error, SGD(0.1), 2, rng=rng)
    >>> history["loss"]
    [10.0, 2.5]
    """
    metrics = check_parts(model, loss, metrics)
    _check_calls(optimiser, schedule, callback)
    data = as_examples("", x, y, ignore, weights=weights, lengths=lengths, mask=mask)
    epochs = check_integer("epochs", epochs, 0)
    batch_size = check_integer("batch_size", batch_size, 1)
    stateful = check_flag("stateful", stateful)
    if rng is not None or not stateful:
        rng = check_generator("rng", rng)
    data, chunk = _check_streams(model, data, stateful, chunk)
    clip = LARGEST if clip is None else check_positive("clip", clip)
    names = ["loss", "gradient_norm", *metrics]
    if validation is not None:
        validation = _check_validation(validation, ignore, data)
        names += [f"validation_{name}" for name in ("loss", *metrics)]
    patience = _check_patience(patience, validation)
    history = _check_history(history, names)
    learn = partial(_learn, model, loss, metrics, optimiser, clip)
    before, best = len(history["loss"]), {}
    for epoch in _with_progress_bar(range(before + 1, before + epochs + 1)):
        if schedule is not None:
            optimiser.learning_rate = check_positive(f"schedule({epoch})", schedule(epoch))
        row = _epoch(model, data, _places(data, batch_size, chunk, rng), learn, f"epoch {epoch}")
        if validation is not None:
            found = validation.results(model, loss, metrics, batch_size)
            _finite("validation loss", found["loss"], f"epoch {epoch}")
            row |= {f"validation_{name}": value for name, value in found.items()}
        history.update({name: [*history[name], row[name]] for name in names})
        stop = callback is not None and callback(epoch, history)
        if patience is not None:
            lowest = int(np.argmin(history["validation_loss"][before:])) + before + 1
            if lowest == epoch:
                best = {name: p.copy() for name, p in model.parameters.items()}
            stop = stop or epoch - lowest >= patience
        if stop:
            break
    for name, p in best.items():
        model.parameters[name][...] = p
    return history


def _places(data, batch_size, chunk, rng):
    """Yield where each batch of an epoch is, and whether it goes on where the last one ended."""
    order = np.arange(len(data.x)) if rng is None else rng.permutation(len(data.x))
    chunks = [()]
    if chunk is not None:
        chunks = [(slice(k, k + chunk),) for k in range(0, data.x.shape[1], chunk)]
    for start in range(0, len(order), batch_size):
        for steps in chunks:
            yield (order[start : start + batch_size], *steps), steps is not chunks[0]


def _epoch(model, data, places, learn, epoch):
    """Learn from each batch; return the means over all that counts, and the largest norm."""
    steps = [
        learn(data.at(*place), model.state if goes_on else (), f"{epoch}, batch {i}")
        for i, (place, goes_on) in enumerate(places, 1)
    ]
    counts, results, norms = zip(*steps)
    if not sum(counts):
        raise ValueError("weights, mask and ignore must let at least one example count.")
    names = next(filter(None, results))
    means = {n: sum(c * r[n] for c, r in zip(counts, results) if c) / sum(counts) for n in names}
    return means | {"gradient_norm": max(norms)}


def _learn(model, loss, metrics, optimiser, clip, batch, states, place):
    """Take one step on one batch; return how much it counts, what `measured` says, and the norm.

    The norm is that of the gradient before clipping.
    """
    y, weights = batch.read(model, *states, keep=True)
    count = batch.y.size if weights is None else float(weights.sum())
    if not count:
        return 0.0, {}, 0.0
    results, dy = measured(loss, metrics, y, batch.y, weights)
    _finite("loss", results["loss"], place)
    model.backward(dy)
    gradients = {name: g for name, g in model.gradients.items() if name in model.parameters}
    clipped, norm = clip_by_norm(gradients, clip)
    norm = _finite("norm of the gradient", norm, place)
    optimiser.update(model.parameters, clipped)
    return count, results, norm


def _check_calls(optimiser, schedule, callback):
    if isinstance(optimiser, type) or not hasattr(optimiser, "update"):
        came = brief(optimiser)
        raise ValueError(f"optimiser must be made first, such as Adam(0.001), got {came}.")
    for name, function in {"schedule": schedule, "callback": callback}.items():
        if function is not None and not callable(function):
            raise ValueError(f"{name} must be a function, or None, got {brief(function)}.")
    if schedule is not None and not hasattr(optimiser, "learning_rate"):
        raise ValueError("schedule sets optimiser.learning_rate, which this optimiser lacks.")


def _check_streams(model, data, stateful, chunk):
    """Return the data with weights for each step, and the chunk; None unless stateful."""
    if not stateful:
        if chunk is not None:
            raise ValueError(f"chunk needs stateful=True, got {chunk!r} alone.")
        return data, None
    if not getattr(model, "states", ()) or not _streams(model):
        raise ValueError(
            "stateful needs recurrent layers that read forwards, with return_sequences=True, got"
            f" {model!r}."
        )
    shapes = f"{data.x.shape} and {data.y.shape}"
    if data.x.ndim < 2 or data.x.shape[:2] != data.y.shape[:2]:
        raise ValueError(f"x and y must have a step for each other if stateful, got {shapes}.")
    if data.weights is not None:
        data = data._replace(weights=combined(data.weights, np.ones(data.x.shape[:2])))
    return data, check_integer("chunk", chunk, 1)


def _streams(layer):
    """Return whether it, and what is inside, reads from the first step on and returns all."""
    onward = getattr(layer, "return_sequences", True) and not getattr(layer, "reverse", False)
    return onward and all(map(_streams, getattr(layer, "inner", {}).values()))


def _check_patience(patience, validation):
    if patience is not None and validation is None:
        raise ValueError("patience watches the validation loss: pass validation=(x, y), too.")
    return None if patience is None else check_integer("patience", patience, 1)


def _check_history(history, names):
    """Return the history, with a list for each name, all of one length."""
    history = {} if history is None else history
    if not isinstance(history, dict):
        raise ValueError(f"history must be a dict that fit has filled, got {brief(history)}.")
    if not history:
        history.update({name: [] for name in names})
    if history.keys() != set(names) or len({*map(len, history.values())}) > 1:
        listed, came = ", ".join(names), {name: len(values) for name, values in history.items()}
        raise ValueError(f"history must hold lists of one length for {listed}, got {came}.")
    return history


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


def _check_validation(validation, ignore, data):
    """Return the validation data as examples."""
    if isinstance(validation, (tuple, list)) and len(validation) == 2:
        validation = dict(zip("xy", validation))
    if not isinstance(validation, Mapping) or not {"x", "y"} <= {*validation} <= {"x", "y", *MORE}:
        entries = isinstance(validation, (tuple, list))
        came = f"{len(validation)} entries" if entries else type(validation).__name__
        if isinstance(validation, Mapping):
            came = f"one of {', '.join(map(str, validation)) or 'nothing'}"
        also = f"a dict of x, y and perhaps {', '.join(MORE)}"
        raise ValueError(f"validation must be a pair (x, y), or {also}, got {came}.")
    examples = as_examples("validation ", **validation, ignore=ignore)
    if data.mask is not None and examples.mask is None:
        raise ValueError("validation must have a mask, too: pass dict(x=…, y=…, lengths=…).")
    return examples


def _finite(name, value, place):
    if not np.isfinite(value):
        raise FloatingPointError(f"The {name} became {value} in {place}.")
    return float(value)
