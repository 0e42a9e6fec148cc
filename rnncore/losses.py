"""Losses: how far an output is from its target, and the gradient of that.

A network that ends in logits takes a loss "with logits"; one that ends in a sigmoid or a softmax
the loss of the same name without.

Every loss and every accuracy takes `weights`, an array over the first axes of the examples: one
weight for each example, (batch,), or for each step, (batch, timesteps), and so on up to one for
each number that is compared.  They return sum(w · loss) / sum(w).  So a weight of 2 counts an
example twice, and one of 0 leaves it out, even if there is nan or no label at all in its place.
That is all a mask or an ignored label needs: ``weights=mask``, ``weights=labels != -100``.

PyTorch's ``ignore_index`` gives the same numbers, and so does Keras with a mask.  Keras'
``sample_weight`` differs by a factor: it divides by the number of examples instead of sum(w),
unless its reduction is "mean_with_sample_weight".

All functions here return new arrays, change nothing, and may run in several threads at once.
"""

import numpy as np

from rnncore._checks import as_array, as_arrays, explained
from rnncore._types import Array, ArrayLike
from rnncore._weights import Counted
from rnncore.activations import sigmoid, softmax

Weights = ArrayLike | None
Loss = tuple[float, Array]  # and its gradient

LEAST_LOG = -100.0  # what log 0 counts as, as in PyTorch
LEAST_DIVISOR = 1e-12  # likewise, what a gradient is divided by at least


@explained
def mean_squared_error(y: ArrayLike, target: ArrayLike, weights: Weights = None) -> Loss:
    """Return the mean of (y - target)², and its gradient with respect to y.

    Parameters
    ----------
    y : array of any shape
    target : of the shape of y
    weights : of the shape of the first axes of y, or of all; or None
        How often each element counts; 0 leaves it out.

    Returns
    -------
    loss : number
        The mean over all elements.
    dy : of the shape of y, and of its type
        2 (y - target) / elements; with weights 2 w (y - target) / sum(w)

    Raises
    ------
    ValueError
        If y is empty or the shapes differ, as nothing is broadcast; or if a weight is negative
        or infinite, or all are 0.

    Examples
    --------
    >>> mean_squared_error([3.0, 1.0], [1.0, 1.0])
    (2.0, array([2., 0.]))
    >>> mean_squared_error([3.0, 1.0], [1.0, np.nan], weights=[1, 0])
    (4.0, array([4., 0.]))
    """
    counted, y, target = _alike("y", y, target, weights, binary=False)
    difference = y - target
    return counted.mean(difference**2), counted.gradient(difference) * 2


@explained
def binary_cross_entropy_with_logits(
    logits: ArrayLike, target: ArrayLike, weights: Weights = None
) -> Loss:
    """Return the mean of -target log p - (1 - target) log(1 - p), where p = sigmoid(logits).

    Computed from the logits, so that it neither overflows nor takes the log of 0.  A logit of
    ±∞ is a certain yes or no, whose loss is 0 or ∞.

    Parameters
    ----------
    logits : array of any shape
    target : of the shape of logits
        0, 1, or a probability between them.
    weights : as in `mean_squared_error`

    Returns
    -------
    loss : number
        The mean over all elements.
    dlogits : of the shape of logits, and of its type
        (p - target) / elements

    Raises
    ------
    ValueError
        If logits is empty, the shapes differ, or a target is not a probability; for weights as
        in `mean_squared_error`.

    Source
    ------
    Goodfellow, Bengio and Courville (2016), "Deep Learning", section 6.2.2.2.

    Examples
    --------
    >>> binary_cross_entropy_with_logits([0.0, 1e4], [1, 1])
    (0.34657359027997264, array([-0.25,  0.  ]))
    """
    counted, z, target = _alike("logits", logits, target, weights)
    against = _weighted(1 - target, np.maximum(z, 0)) + _weighted(target, np.maximum(-z, 0))
    losses = against + np.log1p(np.exp(-np.abs(z)))
    return counted.mean(losses), counted.gradient(sigmoid.value(z) - target)


@explained
def categorical_cross_entropy_with_logits(
    logits: ArrayLike, target: ArrayLike, weights: Weights = None
) -> Loss:
    """Return the mean of -log p[target], where p = softmax(logits) over the last axis.

    Computed from the logits, so that it neither overflows nor takes the log of 0.  A logit of
    -∞ leaves its class out; a row with +∞, or with nothing but -∞, has no softmax, and the
    loss and the row's gradient are nan.

    Parameters
    ----------
    logits : (..., classes)
    target : (...) integer labels from 0 on; or (..., classes) probabilities
    weights : (...), or of the shape of its first axes; or None
        How often each example counts; 0 leaves it out, whatever its target.

    Returns
    -------
    loss : number
        The mean over all examples.
    dlogits : (..., classes), of the type of logits
        (p - target) / examples, the target as probabilities

    Raises
    ------
    ValueError
        If logits is empty, the shapes do not fit, or a target is neither a label nor a
        probability; for weights as in `mean_squared_error`.

    Source
    ------
    Goodfellow, Bengio and Courville (2016), "Deep Learning", section 6.2.2.3.

    Examples
    --------
    >>> loss, dlogits = categorical_cross_entropy_with_logits([[0.0, 0.0]], [1])
    >>> dlogits
    array([[ 0.5, -0.5]])
    """
    counted, z, target = _with_classes("logits", logits, target, weights)
    with np.errstate(invalid="ignore"):  # ∞ - ∞ is nan, as the docstring says
        z = z - z.max(axis=-1, keepdims=True)
    losses = np.log(np.exp(z).sum(axis=-1, keepdims=True)) - z
    return counted.mean(_weighted(target, losses)), counted.gradient(softmax.value(z) - target)


@explained
def binary_cross_entropy(p: ArrayLike, target: ArrayLike, weights: Weights = None) -> Loss:
    """Return the mean of -target log p - (1 - target) log(1 - p), and its gradient.

    As in PyTorch's BCELoss a logarithm is never below -100, and p (1 - p), by which the gradient
    is divided, counts as at least 1e-12.  So a p of 0 where the target is 1 costs 100, with the
    gradient -1e12; where the target is 0 it costs nothing.  From the logits the loss is exact:
    see `binary_cross_entropy_with_logits`.

    Parameters
    ----------
    p : array of any shape
        Probabilities, such as a sigmoid returns.
    target : of the shape of p
        0, 1, or a probability between them.
    weights : as in `mean_squared_error`

    Returns
    -------
    loss : number
        The mean over all elements.
    dp : of the shape of p, and of its type
        (p - target) / (p (1 - p)) / elements

    Raises
    ------
    ValueError
        If p is empty, the shapes differ, or p or the target is not a probability; for weights
        as in `mean_squared_error`.

    Examples
    --------
    >>> binary_cross_entropy([0.5, 1.0], [1, 1])
    (0.34657359027997264, array([-1.,  0.]))
    """
    counted, p, target = _alike("p", p, target, weights)
    _check_outputs("binary_cross_entropy", p)
    losses = -(target * _log(p) + (1 - target) * _log1p(-p))
    slopes = (p - target) / np.maximum(p * (1 - p), p.dtype.type(LEAST_DIVISOR))
    return counted.mean(losses), counted.gradient(slopes)


@explained
def categorical_cross_entropy(p: ArrayLike, target: ArrayLike, weights: Weights = None) -> Loss:
    """Return the mean of -log p[target], and its gradient.

    The rows of p are taken as they are; they should add up to 1.  As in `binary_cross_entropy` a
    logarithm is never below -100, and a p by which the gradient is divided counts as at least
    1e-12.  From the logits the loss is exact: see `categorical_cross_entropy_with_logits`.

    Parameters
    ----------
    p : (..., classes)
        Probabilities, such as a softmax returns.
    target : (...) integer labels from 0 on; or (..., classes) probabilities
    weights : (...), or of the shape of its first axes; or None
        How often each example counts; 0 leaves it out, whatever its target.

    Returns
    -------
    loss : number
        The mean over all examples.
    dp : (..., classes), of the type of p
        -target / p / examples, the target as probabilities

    Raises
    ------
    ValueError
        If p is empty, the shapes do not fit, p is not a probability, or a target is neither a
        label nor a probability; for weights as in `mean_squared_error`.

    Examples
    --------
    >>> loss, dp = categorical_cross_entropy([[0.25, 0.75]], [0])
    >>> dp
    array([[-4.,  0.]])
    """
    counted, p, target = _with_classes("p", p, target, weights)
    _check_outputs("categorical_cross_entropy", p)
    slopes = (0 - target) / np.maximum(p, p.dtype.type(LEAST_DIVISOR))
    return counted.mean(-target * _log(p)), counted.gradient(slopes)


@explained
def accuracy(logits: ArrayLike, target: ArrayLike, weights: Weights = None) -> float:
    """Return the fraction of examples whose largest logit is that of the target.

    Nothing is larger than nan, so an example with a logit of nan does not count as right.

    Parameters
    ----------
    logits : (..., classes)
        Probabilities will do as well.
    target : (...) integer labels from 0 on; or (..., classes) probabilities
    weights : as in `categorical_cross_entropy_with_logits`

    Returns
    -------
    fraction : number from 0 to 1

    Raises
    ------
    ValueError
        As in `categorical_cross_entropy_with_logits`; also if there is only one class.

    Examples
    --------
    >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """
    z = _not_empty("logits", logits)
    if z.shape[-1:] == (1,):
        raise ValueError(f"logits must have several classes, got {z.shape}: see binary_accuracy.")
    counted, z, target = _with_classes("logits", z, target, weights)
    right = z.argmax(axis=-1) == target.argmax(axis=-1)
    return counted.mean((right & ~np.isnan(z).any(axis=-1))[..., np.newaxis])


@explained
def binary_accuracy_with_logits(
    logits: ArrayLike, target: ArrayLike, weights: Weights = None
) -> float:
    """Return the fraction of logits that are above 0 exactly where the target is above 1/2.

    A logit of nan does not count as right.

    Parameters
    ----------
    logits : array of any shape
    target : of the shape of logits
        0, 1, or a probability between them.
    weights : as in `mean_squared_error`

    Returns
    -------
    fraction : number from 0 to 1

    Raises
    ------
    ValueError
        As in `binary_cross_entropy_with_logits`.

    Examples
    --------
    >>> binary_accuracy_with_logits([3.0, -1.0, -0.5, 2.0], [1, 0, 1, 1])
    0.75
    """
    counted, z, target = _alike("logits", logits, target, weights)
    return counted.mean(np.where(target > 0.5, z > 0, z <= 0))


@explained
def binary_accuracy(p: ArrayLike, target: ArrayLike, weights: Weights = None) -> float:
    """Return the fraction of probabilities on the same side of 1/2 as their target.

    A p or a target of exactly 1/2 counts as below.

    Parameters
    ----------
    p : array of any shape
        Probabilities, such as a sigmoid returns.
    target : of the shape of p
    weights : as in `mean_squared_error`

    Returns
    -------
    fraction : number from 0 to 1

    Raises
    ------
    ValueError
        As in `binary_cross_entropy`.

    Examples
    --------
    >>> binary_accuracy([0.9, 0.2], [1, 1])
    0.5
    """
    counted, p, target = _alike("p", p, target, weights)
    _check_outputs("binary_accuracy", p)
    return counted.mean(np.where(target > 0.5, p > 0.5, p <= 0.5))


def _log(p):
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(p), p.dtype.type(LEAST_LOG))


def _log1p(x):
    with np.errstate(divide="ignore"):
        return np.maximum(np.log1p(x), x.dtype.type(LEAST_LOG))


def _weighted(weights, losses):
    """Return their product, where a weight of 0 leaves out even an infinite loss."""
    return np.multiply(weights, losses, out=np.zeros_like(losses), where=weights != 0)


def _alike(name, y, target, weights, binary=True):
    """Return what counts, and both of it as float arrays of y's type, of the same shape.

    binary: whether targets are probabilities.
    """
    y, target = _not_empty(name, y), as_array("target", target)
    if y.shape != target.shape:
        message = f"target must have the shape of {name} = {y.shape}, got {target.shape}."
        if y.shape == (*target.shape, 1):
            message += " Pass target[..., np.newaxis]."
        raise ValueError(message)
    counted = Counted(y, target, weights, y.ndim)
    if binary:
        _check_probabilities(counted.target)
    return counted, counted.y, counted.target.astype(y.dtype)


def _with_classes(name, y, target, weights):
    """Return what counts: it, its y, and its target as probabilities of y's shape and type."""
    y, target = _not_empty(name, y), as_array("target", target)
    if y.ndim == 0:
        raise ValueError(f"{name} must have shape (..., classes), got ().")
    if target.shape not in (y.shape, y.shape[:-1]):
        raise ValueError(
            f"target must have shape {y.shape[:-1]} for labels, or {y.shape} for"
            f" probabilities, got {target.shape}."
        )
    counted = Counted(y, target, weights, y.ndim - 1)
    if target.ndim < y.ndim:
        return counted, counted.y, _one_hot(counted.target, counted.y)
    _check_probabilities(counted.target)
    sums = counted.target.sum(axis=-1)
    if not np.allclose(sums, 1, rtol=0, atol=1e-5):
        worst = sums.flat[np.abs(sums - 1).argmax()]
        raise ValueError(f"target must add up to 1 over the classes, got {worst:g}.")
    return counted, counted.y, counted.target.astype(y.dtype)


def _one_hot(labels, y):
    classes = y.shape[-1]
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"target must hold integer labels, got an array of type {labels.dtype}.")
    wrong = labels[(labels < 0) | (labels >= classes)]
    if wrong.size:
        raise ValueError(f"target must hold labels from 0 to {classes - 1}, got {wrong[0]}.")
    probabilities = np.zeros_like(y)
    np.put_along_axis(probabilities, labels[..., np.newaxis].astype(np.intp), 1, axis=-1)
    return probabilities


def _check_outputs(kind, p):
    wrong = p[(p < 0) | (p > 1)]  # nan may pass: the loss is nan then
    if wrong.size:
        raise ValueError(
            f"p must lie between 0 and 1, got {wrong[0]:g}: for logits there is {kind}_with_logits."
        )


def _check_probabilities(target):
    wrong = target[~((target >= 0) & (target <= 1))]
    if wrong.size:
        raise ValueError(f"target must lie between 0 and 1, got {wrong[0]:g}.")


def _not_empty(name, values):
    (array,) = as_arrays(**{name: values})
    if array.size == 0:
        raise ValueError(f"{name} must hold at least one number, got shape {array.shape}.")
    return array
