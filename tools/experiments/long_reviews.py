"""The network of the book's first question on reviews of up to 250 words."""

from itertools import pairwise

import numpy as np

from rnncore.layers import Dense, Embedding, Sequential, SimpleRNN
from rnncore.tasks import NOT, sentiment
from rnncore.training import Adam, binary_cross_entropy_with_logits, fit, predict

TITLE = (
    "Embedding(5000, 32), SimpleRNN(100) and Dense(1) learn to read 250 tokens: from reviews of"
    " up to 20 words with padding at the front, at the end or masked, from reviews of up to 250"
    " words, or from short reviews first."
)
# lesson: how long the reviews are in each part of the training, and how many epochs it has
LESSONS = {
    "short, padding at the front": [(20, 15)],
    "short, padding at the end": [(20, 15)],
    "short, masked": [(20, 15)],
    "long": [(250, 15)],
    "short ones first": [(10, 6), (30, 4)],
}
GRID = [{"lesson": lesson, "seed": seed} for lesson in LESSONS for seed in (0, 1, 2)]
LARGER = [{"lesson": lesson, "seed": seed} for lesson in LESSONS for seed in (3, 4, 5, 6)]
TOKENS = 250
AFTER = (0, 25, 50, 100, 250)  # how many words follow the one that counts: the borders


def run(lesson, seed, tokens=TOKENS, reviews=2000):
    """Train, and return the accuracies on new reviews of up to 20 and of up to 250 words.

    The long ones are sorted by how many words follow the one that counts, too.  All new reviews
    have the padding of the lesson.
    """
    padding = lesson.rpartition(" ")[2]
    rng = np.random.default_rng(seed)
    model = Sequential(
        [
            Embedding.initialise(
                5000, 32, rng, None if padding in ("front", "end") else 0, np.float32
            ),
            SimpleRNN.initialise(32, 100, rng, dtype=np.float32),
            Dense.initialise(100, 1, rng, dtype=np.float32),
        ]
    )
    optimiser, losses = Adam(0.003), []
    for words, epochs in LESSONS[lesson]:
        x, y = sentiment(reviews, min(words, tokens), rng)
        if padding in ("front", "end"):
            x = padded(x, tokens, padding)
        history = fit(
            model, x, y, binary_cross_entropy_with_logits, optimiser, epochs, rng=rng, clip=1.0
        )
        losses += [round(loss, 3) for loss in history["loss"]]
    right = {}
    for words in (min(20, tokens), tokens):
        x, y = sentiment(reviews, words, rng)
        right[words] = (predict(model, padded(x, tokens, padding)) > 0) == (y > 0.5)
    short, long = right.values()
    after = words_after(x)
    groups = [(after >= a) & (after < b) for a, b in pairwise(AFTER)]
    return {
        "loss": losses,
        "short_reviews": round(float(short.mean()), 3),
        "long_reviews": round(float(long.mean()), 3),
        "by_words_after": [round(float(long[g].mean()), 3) if g.any() else None for g in groups],
    }


def padded(x, tokens, padding):
    """Fill reviews up to `tokens`, at the end, or at the front if the padding is there."""
    x = np.pad(x, [(0, 0), (0, tokens - x.shape[1])])
    if padding != "front":
        return x
    return np.array([np.roll(row, (row == 0).sum()) for row in x])


def words_after(x):
    """Return how many words follow the good or bad one in each review, padded at the end."""
    place = ((x > 0) & (x < NOT)).argmax(axis=1)
    return (x > 0).sum(axis=1) - 1 - place
