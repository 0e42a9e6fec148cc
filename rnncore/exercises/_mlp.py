"""Chapter 1: a layer by hand, the layers of a digit reader, a bias: its gradient, and a bug."""

from itertools import pairwise

import numpy as np

from rnncore.exercises._verdict import Exercise
from rnncore.layers import Dense
from rnncore.mlp import forward, predict

LAYER_X = np.array([1.0, -2.0])
LAYER_W = np.array([[0.5, -1.0, 2.0], [1.0, 0.5, -0.5]])
LAYER_B = np.array([0.5, 0.0, -1.0])
SIZES = [784, 128, 64, 10]
BIAS_DZ = np.array([[0.5, -1.0], [2.0, 0.25]])
BATCH_X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, -1.0]])


def _layer(x=LAYER_X, f="relu", bias=LAYER_B):
    return predict(x, [LAYER_W], [bias], [f])


def _shapes(batch=32):
    weights = [np.zeros(pair) for pair in pairwise(SIZES)]
    biases = [np.zeros(n) for n in SIZES[1:]]
    return [x.shape for x in forward(np.zeros((batch, SIZES[0])), weights, biases, ["relu"] * 3)]


def _count(bias=1):
    return sum((n_in + bias) * n_out for n_in, n_out in pairwise(SIZES))


def _bias_gradient():
    layer = Dense(np.eye(2), np.zeros(2))
    layer.forward(np.zeros((2, 2)))
    layer.backward(BIAS_DZ)
    return layer.gradients["b"]


EXERCISES = {
    "ex-mlp-by-hand": Exercise(
        _layer,
        (
            (
                lambda: _layer(f="linear"),
                "the sum z before the activation. relu still has to turn what is negative into 0.",
            ),
            (lambda: _layer(bias=0 * LAYER_B), "the layer without its bias b."),
        ),
        question=(
            "A layer has x = [1, −2], W = [[0.5, −1, 2], [1, 0.5, −0.5]], b = [0.5, 0, −1] "
            "and the activation relu. Compute h = f(x W + b)."
        ),
        hints=(
            "x has shape `(2,)` and W has `(2, 3)`, so the answer has three numbers.",
            "The first column of W is [0.5, 1], so the first z is 1 · 0.5 + (−2) · 1 + 0.5 = −1.",
        ),
    ),
    "ex-mlp-shapes": Exercise(
        _shapes,
        (
            (
                lambda: _shapes()[1:],
                "the list without its first entry. forward also keeps the input x0, at index 0.",
            ),
            (
                lambda: [s[::-1] for s in _shapes()],
                "the list with the units first. In this book the batch comes first.",
            ),
        ),
        question=(
            "A network reads images of 784 pixels and has layers of 128, 64 and 10 units. "
            "It gets a batch of 32 images. "
            "List the shape of every array that `mlp.forward` returns."
        ),
        hints=(
            "There are three weight matrices, so four arrays.",
            "The first is the input itself, `(32, 784)`.",
        ),
    ),
    "ex-mlp-parameters": Exercise(
        _count,
        (
            (lambda: _count(bias=0), "the number of weights. Each unit also has a bias."),
            (
                lambda: _count() * 32,
                "the count times the batch. But every example uses the same weights.",
            ),
        ),
        question=(
            "A network reads 784 pixels and has layers of 128, 64 and 10 units. "
            "How many numbers does it learn, biases included?"
        ),
        hints=(
            "A layer has in · out weights, and one bias for each of its out units.",
            "The first layer has 784 · 128 + 128 = 100 480.",
        ),
    ),
    "ex-mlp-bias-gradient": Exercise(
        _bias_gradient,
        (
            (
                lambda: BIAS_DZ.mean(axis=0),
                "the mean over the batch. Every example has used the bias, so add the rows up.",
            ),
            (
                lambda: BIAS_DZ.sum(axis=1),
                "the sum over the units, for each example. The bias has one number for each unit.",
            ),
            (
                lambda: BIAS_DZ,
                "the gradient with respect to z, a row for each example. b has only two numbers.",
            ),
        ),
        question=(
            "A batch of two examples has gone through a layer of two units, z = x W + b. "
            "The gradient of the loss with respect to z is [[0.5, −1], [2, 0.25]], "
            "one row for each example. What is its gradient with respect to b?"
        ),
        hints=(
            "b has two numbers, and so does its gradient.",
            "The first number of b was added in both rows, where the gradients are 0.5 and 2.",
        ),
    ),
    "ex-mlp-bias": Exercise(
        lambda: predict(BATCH_X, [LAYER_W], [LAYER_B], ["linear"]),
        ((lambda: BATCH_X @ LAYER_W, "the layer without its bias b."),),
    ),
}
