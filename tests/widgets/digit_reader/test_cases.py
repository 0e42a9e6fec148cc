"""Writes what trace.test.js compares: the test digits, random ink, blank and full images.

Each reading has thousands of numbers: of most images only the states and the answers are written,
of a few all; the weights stand beside the limits, once.
"""

import numpy as np

from rnncore.tasks import digits
from rnncore.widgets import DigitReader
from rnncore.widgets.digit_reader import stored_weights
from tests.support.cases import write_cases
from tests.support.family import Twin

ANSWERS = ("h", "logits", "p", "says")


class Reading(Twin):
    """A reading of one image, whose `trace` has the numbers of that name."""

    LIMITS = DigitReader.LIMITS | {"weights": {k: w.tolist() for k, w in stored_weights().items()}}

    def __init__(self, image, names):
        super().__init__(DigitReader, image=image, unit=1)
        self.names = names

    def trace(self):
        run = DigitReader.trace(self)
        return {name: run[name] for name in self.names or run}


def test_the_cases_are_written():
    rng = np.random.default_rng(3)
    images = [*digits()[1].x, np.zeros((8, 8)), np.ones((8, 8))]
    images += [rng.random((8, 8)) * rng.integers(0, 2, (8, 8)) for _ in range(340)]
    images += [rng.integers(0, 2, (8, 8)) for _ in range(340)]
    traces = write_cases("digit_reader", [Reading(image, ANSWERS) for image in images])
    assert sum(np.abs(trace["h"]).max() > 0.9999 for trace in traces) >= 50  # saturated
    write_cases("digit_reader_whole", [Reading(image, ()) for image in images[350:380]])
