"""Writes what trace.test.js compares: random reviews, padded in front and behind, masked or not."""

import numpy as np

from rnncore.tasks import WORDS
from rnncore.widgets import TokenReader
from rnncore.widgets.token_reader import LONGEST, PADDING, stored_weights
from tests.support.cases import least, write_cases
from tests.support.family import Twin

LIMITS = TokenReader.LIMITS | {"weights": {k: w.tolist() for k, w in stored_weights().items()}}


class Reading(Twin):
    """A reading of one review, without the weights, which stand once beside the limits."""

    LIMITS = LIMITS

    def trace(self):
        return {k: v for k, v in TokenReader.trace(self).items() if k not in LIMITS["weights"]}


def random_review(rng):
    """Return a review of words at random, with padding in front or behind or without."""
    words = " ".join(rng.choice(WORDS[1:], rng.integers(1, LONGEST + 1)))
    front, behind = (int(n) for n in rng.integers(PADDING + 1, size=2) * rng.integers(2, size=2))
    mask = bool(rng.integers(2))
    return Reading(TokenReader, words=words, front=front, behind=behind, mask=mask, unit=1)


def test_the_cases_are_written():
    rng = np.random.default_rng(3)
    readings = [random_review(rng) for _ in range(least(1000))]
    traces = write_cases("token_reader", readings)
    held = [np.isnan(trace["z"][1:, 0]) for trace in traces]
    assert sum(map(np.any, held)) > 200
    assert sum(not np.any(each) for each in held) > 200
    assert sum(bool(reading.front and reading.behind) for reading in readings) > 100
