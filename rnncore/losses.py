"""Losses: how far an output is from its target, and the gradient of that."""

import numpy as np

from rnncore._checks import as_array, as_arrays
from rnncore.activations import sigmoid, softmax


def squared_error(y, target):
    """The mean of (y - target)², and its gradient with respect to y.

    Parameters
    ----------
    y : array of any shape
    target : of the shape of y

    Returns
    -------
    loss : number
        The mean over all elements.
    dy : of the shape of y, and of its type
        2 (y - target) / elements

    Raises
    ------
    ValueError
        If y is empty or the shapes differ; nothing is broadcast.

    Examples
    --------
    >>> squared_error([3.0, 1.0], [1.0, 1.0])
    (2.0, array([2., 0.]))
    """
    y, target = _alike("y", y, target)
    difference = y - target
    return float(np.mean(difference**2)), 2 * difference / y.size


def binary_cross_entropy(logits, target):
    """The mean of -target log p - (1 - target) log(1 - p), where p = sigmoid(logits).

    Computed from the logits, so that it neither overflows nor takes the log of 0.  A logit of
    ±∞ is a certain yes or no, whose loss is 0 or ∞.

    Parameters
    ----------
    logits : array of any shape
    target : of the shape of logits
        0, 1, or a probability between them.

    Returns
    -------
    loss : number
        The mean over all elements.
    dlogits : of the shape of logits, and of its type
        (p - target) / elements

    Raises
    ------
    ValueError
        If logits is empty, the shapes differ, or a target is no probability.

    Source
    ------
    Goodfellow, Bengio and Courville (2016), "Deep Learning", section 6.2.2.2.

    Examples
    --------
    >>> binary_cross_entropy([0.0, 1e4], [1, 1])
    (0.34657359027997264, array([-0.25,  0.  ]))
    """
    z, target = _alike("logits", logits, target)
    _check_probabilities(target)
    against = _weighted(1 - target, np.maximum(z, 0)) + _weighted(target, np.maximum(-z, 0))
    losses = against + np.log1p(np.exp(-np.abs(z)))
    return float(np.mean(losses)), (sigmoid.value(z) - target) / z.size


def categorical_cross_entropy(logits, target):
    """The mean of -log p[target], where p = softmax(logits) over the last axis.

    Computed from the logits, so that it neither overflows nor takes the log of 0.  A logit of
    -∞ leaves its class out; a row with +∞, or with nothing but -∞, has no softmax, and the
    loss and the row's gradient are nan.

    Parameters
    ----------
    logits : (..., classes)
    target : (...) integer labels from 0 on; or (..., classes) probabilities

    Returns
    -------
    loss : number
        The mean over all examples.
    dlogits : (..., classes), of the type of logits
        (p - target) / examples, the target as probabilities

    Raises
    ------
    ValueError
        If logits is empty, the shapes do not fit, or a target is no label or no probability.

    Source
    ------
    Goodfellow, Bengio and Courville (2016), "Deep Learning", section 6.2.2.3.

    Examples
    --------
    >>> loss, dlogits = categorical_cross_entropy([[0.0, 0.0]], [1])
    >>> dlogits
    array([[ 0.5, -0.5]])
    """
    z, target = _with_classes(logits, target)
    examples = z[..., 0].size
    with np.errstate(invalid="ignore"):  # ∞ - ∞ is nan, as the docstring says
        z = z - z.max(axis=-1, keepdims=True)
    losses = np.log(np.exp(z).sum(axis=-1, keepdims=True)) - z
    value = _weighted(target, losses).sum() / examples
    return float(value), (softmax.value(z) - target) / examples


def accuracy(logits, target):
    """The share of examples whose largest logit is that of the target.

    Nothing is larger than nan, so an example with a logit of nan does not count as right.

    Parameters
    ----------
    logits : (..., classes)
    target : (...) integer labels from 0 on; or (..., classes) probabilities

    Returns
    -------
    share : number from 0 to 1

    Raises
    ------
    ValueError
        As in `categorical_cross_entropy`; also if there is one class alone.

    Examples
    --------
    >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """
    logits = _not_empty("logits", logits)
    if logits.shape[-1:] == (1,):
        raise ValueError(
            f"logits must have at least two classes, got shape {logits.shape}: of one logit the"
            " sign decides, np.mean((logits > 0) == target)."
        )
    z, target = _with_classes(logits, target)
    right = z.argmax(axis=-1) == target.argmax(axis=-1)
    return float(np.mean(right & ~np.isnan(z).any(axis=-1)))


def _weighted(weights, losses):
    """Their product, where a weight of 0 leaves out even an infinite loss."""
    return np.multiply(weights, losses, out=np.zeros_like(losses), where=weights != 0)


def _alike(name, y, target):
    """Both as float arrays of y's type, after a check that their shapes are the same."""
    y, target = _not_empty(name, y), as_array("target", target)
    if y.shape != target.shape:
        message = f"target must have the shape of {name} = {y.shape}, got {target.shape}."
        if y.shape == (*target.shape, 1):
            message += " Pass target[..., np.newaxis]."
        raise ValueError(message)
    return y, target.astype(y.dtype)


def _with_classes(logits, target):
    """The logits, and the target as probabilities of the same shape and type."""
    logits, target = _not_empty("logits", logits), as_array("target", target)
    if logits.ndim == 0:
        raise ValueError("logits must have shape (..., classes), got ().")
    if target.shape == logits.shape:
        _check_probabilities(target)
        sums = target.sum(axis=-1)
        if not np.allclose(sums, 1, rtol=0, atol=1e-5):
            worst = sums.flat[np.abs(sums - 1).argmax()]
            raise ValueError(f"target must add up to 1 over the classes, got {worst:g}.")
        return logits, target.astype(logits.dtype)
    if target.shape != logits.shape[:-1]:
        raise ValueError(
            f"target must have shape {logits.shape[:-1]} for labels, or {logits.shape} for"
            f" probabilities, got {target.shape}."
        )
    return logits, _one_hot(target, logits)


def _one_hot(labels, logits):
    classes = logits.shape[-1]
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"target must hold integer labels, got an array of type {labels.dtype}.")
    wrong = labels[(labels < 0) | (labels >= classes)]
    if wrong.size:
        raise ValueError(f"target must hold labels from 0 to {classes - 1}, got {wrong[0]}.")
    probabilities = np.zeros_like(logits)
    np.put_along_axis(probabilities, labels[..., np.newaxis].astype(np.intp), 1, axis=-1)
    return probabilities


def _check_probabilities(target):
    wrong = target[~((target >= 0) & (target <= 1))]
    if wrong.size:
        raise ValueError(f"target must lie between 0 and 1, got {wrong[0]:g}.")


def _not_empty(name, values):
    (array,) = as_arrays(**{name: values})
    if array.size == 0:
        raise ValueError(f"{name} must hold at least one number, got shape {array.shape}.")
    return array
