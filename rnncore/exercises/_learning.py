"""Chapter 6: an update by hand, a gradient of the softmax, Adam's first step, a training loop."""

import numpy as np

from rnncore.bptt import backpropagate, contributions
from rnncore.exercises._verdict import Exercise
from rnncore.fitting import fit
from rnncore.layers import SimpleRNN
from rnncore.losses import categorical_cross_entropy_with_logits, mean_squared_error
from rnncore.optimisers import SGD, Adam
from rnncore.states import compute_states
from rnncore.tasks import count_ones

ONES = np.array([[1.0, 1.0]])
LOGITS = np.log([[1.0, 2.0, 5.0]])
P = np.array([1.0, 2.0])
DP = np.array([1000.0, -0.001])
TASK = 8, 3, 2  # examples, time steps and seed of the loop that the reader writes


def _updated(rate=0.1, local=False, sign=-1):
    """Return W_x and W_h after one update on (h_2 - 2)², for the inputs 1, 1 and W = 1, 0.5."""
    S = compute_states(ONES, 1.0, 0.5)
    given = ONES, S, np.array([[0.0, 2 * (S[0, -1] - 2)]]), 1.0, 0.5
    found = contributions(*given) if local else backpropagate(*given)
    gradient = np.array([np.ravel(g)[-1] for g in (found.W_x, found.W_h)])
    return np.array([1.0, 0.5]) + sign * rate * gradient


def _softmax(target=1):
    """Return the gradient of the cross entropy with respect to the logits."""
    return categorical_cross_entropy_with_logits(LOGITS, np.array([target]))[1][0]


def _after(optimiser):
    """Return the parameters after the first update of an optimiser."""
    p = P.copy()
    optimiser.update({"p": p}, {"p": DP})
    return p


def _first_loss(table=False):
    """Return the first loss of counting ones from 0.2 and 0.5; table: with a row for a column."""
    x, y = count_ones(20, 10, np.random.default_rng(1))
    last = compute_states(x[..., 0], 0.2, 0.5)[:, -1]
    return ((last - (y if table else y[:, 0])) ** 2).mean()


def _losses(rate=0.05, epochs=5):
    """Return the losses of a linear unit that learns to count ones, before each update."""
    n, timesteps, seed = TASK
    rng = np.random.default_rng(seed)
    x, y = count_ones(n, timesteps, rng)
    model = SimpleRNN([[0.5]], [[0.5]], activation="linear")
    history = fit(model, x, y, mean_squared_error, SGD(rate), epochs, batch_size=n, rng=rng)
    return np.array(history["loss"])


EXERCISES = {
    "ex-learn-update": Exercise(
        _updated,
        (
            (
                lambda: _updated(sign=1),
                "what a step uphill gives. An update goes against the gradient.",
            ),
            (
                lambda: _updated(local=True),
                "what you get from step 2 only. W_x was used at step 1 as well.",
            ),
            (
                lambda: _updated(rate=1.0),
                "what subtracting the whole gradient gives. The rate is 0.1.",
            ),
            (
                lambda: _updated(rate=0.05),
                "what half of the update gives. The derivative of a square has a factor of 2.",
            ),
        ),
        question=(
            "A linear unit with W_x = 1 and W_h = 0.5 reads 1, 1. The loss is (h_2 − 2)². "
            "What are W_x and W_h after one update with the learning rate 0.1?"
        ),
        hints=(
            "h_1 = 1 and h_2 = 1.5, so the gradient that enters at h_2 is 2 · (1.5 − 2) = −1.",
            "The contributions to dL/dW_x are 1 · (−1) at step 2 and 1 · (−0.5) at step 1.",
        ),
    ),
    "ex-learn-softmax": Exercise(
        _softmax,
        (
            (
                lambda: _softmax() + np.eye(3)[1],
                "the softmax, p. Subtract 1 in the target's place.",
            ),
            (lambda: -_softmax(), "y − p. A gradient points uphill, and it is p − y."),
            (lambda: _softmax(2), "the gradient for the last class. The target is the middle one."),
        ),
        question=(
            "The logits are the logarithms of 1, 2 and 5, and the target is the middle class. "
            "What is the gradient of the cross entropy with respect to the logits?"
        ),
        hints=(
            "The exponentials of the logits are 1, 2 and 5, and their sum is 8.",
            "p is 1/8, 2/8 and 5/8. Then subtract 1 from one of the three.",
        ),
    ),
    "ex-learn-untrained": Exercise(
        lambda: np.log(10),
        (
            (lambda: 0.1, "the probability of each class. The loss is minus its logarithm."),
            (lambda: np.log(2), "what two classes begin with. Here there are ten."),
            (lambda: 0.9, "the fraction of wrong answers. The loss is a logarithm."),
        ),
        question=(
            "A network for ten classes has not been trained, and gives each of them the same "
            "probability. What is its cross entropy? Give three decimals."
        ),
        hints=(
            "Each class has the probability 0.1.",
            "The cross entropy is −log 0.1, with the natural logarithm.",
        ),
    ),
    "ex-learn-adam": Exercise(
        lambda: _after(Adam(0.1)),
        (
            (
                lambda: _after(SGD(0.1)),
                "what plain gradient descent does. Adam divides by the size of the gradient.",
            ),
            (
                lambda: _after(SGD(0.1, global_clipnorm=1.0)),
                "what clipping to 1 does. Adam gives each number a step of its own.",
            ),
            (
                lambda: 2 * P - _after(Adam(0.1)),
                "what two steps uphill give. Both signs are wrong.",
            ),
        ),
        question=(
            "Two weights, 1 and 2, have the gradients 1000 and −0.001. Where are they after the "
            "first step of Adam, with the learning rate 0.1?"
        ),
        hints=(
            "In the first step m̂ is the gradient, and v̂ is its square.",
            "So each weight moves by the rate times g / |g|.",
        ),
    ),
    "ex-learn-bug": Exercise(
        _first_loss,
        (
            (
                lambda: _first_loss(table=True),
                "still the mean over 400 pairs, each output with each target.",
            ),
        ),
    ),
    "ex-learn-loop": Exercise(
        _losses,
        (
            (
                lambda: _losses(epochs=6)[1:],
                "the losses after each update. Note them before the update.",
            ),
            (
                lambda: np.repeat(_losses(epochs=1), 5),
                "the first loss, five times. The weights never move.",
            ),
        ),
    ),
    "ex-learn-curves": Exercise(
        lambda: np.array([3, 4, 1, 2]),
        (
            (
                lambda: np.array([3, 4, 2, 1]),
                "the answer with the two rates exchanged. Which curve jumps?",
            ),
            (
                lambda: np.array([2, 4, 1, 2]),
                "the answer with a larger rate for A. Where the gradient is 0, no rate helps.",
            ),
            (
                lambda: np.array([3, 1, 1, 2]),
                "the answer with a smaller rate for B. Its training loss falls as it should.",
            ),
        ),
        question=(
            "Here are four losses after 1, 2, 3 and 4 epochs. A: 0.693, 0.693, 0.693, 0.693, and "
            "the norm of the gradient is 0. B: 0.69, 0.31, 0.08, 0.02, and on held-back examples "
            "0.69, 0.75, 1.1, 1.6. C: 0.71, 0.94, 0.66, 1.32. D: 0.721, 0.720, 0.719, 0.718. "
            "Choose for A, B, C and D what to try first: 1 a smaller rate, 2 a larger rate, "
            "3 look for the broken line, 4 more examples or stop earlier."
        ),
        hints=(
            "In which of them does the training itself go well?",
            "A step that is too long jumps over the valley, and one that is too short creeps.",
        ),
    ),
}
