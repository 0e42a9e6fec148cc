"""The reader learns from short reviews, and is then given longer ones."""

import numpy as np

from rnncore.layers import Dense, Embedding, Sequential, SimpleRNN
from rnncore.tasks import sentiment
from rnncore.training import Adam, binary_cross_entropy_with_logits, fit, predict

TITLE = (
    "Embedding(5000, 32), SimpleRNN(100) and Dense(1) learn from reviews of up to 10 words, then"
    " of up to 30 and of up to 90, and are tried on reviews of up to 10, 30, 90 and 250 words."
)
LESSONS = [(10, 6), (30, 4), (90, 4)]  # how many words at most, and how many epochs
TRIED = [10, 30, 90, 250]
GRID = [{"seed": seed} for seed in range(5)]
LARGER = [{"seed": seed} for seed in range(5, 20)]


def run(seed, reviews=2000):
    """Return the accuracies on new reviews of each length, after each lesson."""
    rng = np.random.default_rng(seed)
    model = Sequential(
        [
            Embedding.initialise(5000, 32, rng, mask=0, dtype=np.float32),
            SimpleRNN.initialise(32, 100, rng, dtype=np.float32),
            Dense.initialise(100, 1, rng, dtype=np.float32),
        ]
    )
    optimiser, found = Adam(0.003), {}
    for words, epochs in LESSONS:
        x, y = sentiment(reviews, words, rng)
        fit(model, x, y, binary_cross_entropy_with_logits, optimiser, epochs, rng=rng, clip=1.0)
        found[f"after_{words}"] = [accuracy(model, words, reviews, rng) for words in TRIED]
    return found


def accuracy(model, words, reviews, rng):
    x, y = sentiment(reviews, words, rng)
    return round(float(((predict(model, x) > 0) == (y > 0.5)).mean()), 3)
