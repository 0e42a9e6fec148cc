"""Chapter 6b: what a border costs, a temperature, chunks as examples, and loops that go on."""

import numpy as np

from rnncore.activations import softmax
from rnncore.exercises._verdict import Exercise

LOGITS = np.array([2.0, 1.0, 0.0])


def _border(lag=6, chunk=24):
    """Return the accuracy of an echo if the state is zero at each border."""
    return 1 - lag / (2 * chunk)


def _warm(logits, temperature):
    return softmax.value(np.asarray(logits) / temperature)


def _share(temperature):
    """Return the probability of the second of two letters, the first of which has logit 0."""
    return _warm([0.0, np.log(4.0)], temperature)[1]


def _free_run(x, steps, read_own=True, keep=0.5, out=0.25):
    """Return what a linear unit says, which reads x once and then its own answers."""
    h, said = 0.0, []
    for _ in range(steps):
        h = x + keep * h
        said.append(out * h)
        x = said[-1] if read_own else 0.0
    return np.array(said)


EXERCISES = {
    "ex-tasks-border": Exercise(
        _border,
        (
            (
                lambda: 1 - 6 / 24,
                "what you get if every lost answer is wrong. But half of the guesses are right.",
            ),
            (
                lambda: _border(24, 6),
                "what you get with the lag and the chunk exchanged. The chunk has 24 steps.",
            ),
            (
                lambda: 0.5,
                "what guessing gives. But most steps ask about a bit in their own chunk.",
            ),
        ),
        question=(
            "A network has learnt the echo with a lag of 6, in chunks of 24, and its state is set "
            "to zero at each border. What fraction of its answers is right?"
        ),
        hints=(
            "The first 6 steps of each chunk ask about bits before the border.",
            "Of these 6 answers, about 3 are right by luck. The other 18 of the 24 are all right.",
        ),
    ),
    "ex-tasks-shape": Exercise(
        lambda: (32 * (320 // 10), 10, 1),
        (
            (
                lambda: (32, 10, 1),
                "the shape of one chunk of all streams. There are 32 chunks in each stream.",
            ),
            (
                lambda: (32, 32, 1),
                "a shape with the number of chunks instead of their length.",
            ),
            (lambda: (32, 310, 1), "the shape of what is left after one chunk."),
        ),
        question=(
            "32 streams of 320 steps with one feature are cut into chunks of 10, and each chunk "
            "becomes an example that starts from zero. What is the shape of the inputs?"
        ),
        hints=(
            "How many chunks of 10 fit into a stream of 320 steps?",
            "Batch first: all chunks of all streams, then their steps, then the feature.",
        ),
    ),
    "ex-tasks-settle": Exercise(
        lambda: 1.2 / (1 - 0.4),
        (
            (lambda: 1.2, "the first answer after a 0. The next one is 0.4 · 1.2 + 1.2."),
            (lambda: 0.0, "where it would settle without the 1.2."),
            (lambda: 1.2 / (1 + 0.4), "the solution of x = 1.2 − 0.4 x. The 0.4 is positive."),
        ),
        question=(
            "A forecaster has learnt that the next value is 0.4 · x + 1.2. "
            "It goes on by itself, from any start. At which value does it settle?"
        ),
        hints=(
            "A value at which it settles is its own forecast.",
            "Solve x = 0.4 x + 1.2.",
        ),
    ),
    "ex-tasks-temperature": Exercise(
        lambda: _share(2.0),
        (
            (lambda: _share(1.0), "the probability at temperature 1. Divide the logits by 2."),
            (
                lambda: _share(0.5),
                "the probability at temperature 0.5. Divide the logits, don't multiply them.",
            ),
            (lambda: _share(1.0) / 2, "half of a probability. It is the logits that are divided."),
        ),
        question=(
            "Two letters have the logits 0 and log 4. "
            "What is the probability that the second one is drawn at temperature 2?"
        ),
        hints=(
            "At temperature 1 the probabilities are in the proportion 1 to 4.",
            "Half of log 4 is log 2, so at temperature 2 the proportion is 1 to 2.",
        ),
    ),
    "ex-tasks-bug": Exercise(
        lambda: _warm(LOGITS, 0.5),
        (
            (
                lambda: _warm(LOGITS, 1.0),
                "still temperature 1. Probabilities that are divided, and then made to sum to 1"
                " again, are what they were.",
            ),
            (
                lambda: _warm(LOGITS, 2.0),
                "what temperature 2 gives. Divide the logits by 0.5.",
            ),
        ),
    ),
    "ex-tasks-code": Exercise(
        lambda: _free_run(2.0, 4),
        (
            (
                lambda: _free_run(2.0, 4, read_own=False),
                "what it says if nothing comes in after step 1. It should read its own answers.",
            ),
            (
                lambda: np.append(2.0, _free_run(2.0, 3)),
                "what it reads. The answers come one step later.",
            ),
        ),
    ),
}
