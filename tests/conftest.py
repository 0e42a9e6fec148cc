"""Settings for the whole suite, and what several test files share."""

import gc
import os
import tracemalloc

import numpy as np
import pytest
from hypothesis import settings

from tests.support.repository import BOOK, NEEDS_THE_REPOSITORY

pytest_plugins = ["tests.support.browser", "tests.support.jupyter"]

# The same examples on every run, so that a failure is never a matter of luck.
settings.register_profile("same-every-time", derandomize=True, deadline=None, database=None)
settings.load_profile("same-every-time")

collect_ignore = [] if BOOK.is_dir() else NEEDS_THE_REPOSITORY


def pytest_report_header():
    if collect_ignore:
        return "The package is here without its book: left out are " + ", ".join(collect_ignore)


@pytest.fixture(scope="session")
def peak():
    """Return a function that gives the most bytes allocated while `run()` runs."""

    def measure(run):
        gc.collect()
        tracemalloc.start()
        run()
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    return measure


@pytest.fixture(scope="session")
def strided():
    """Return a function that spreads an array over a larger one, backwards and by columns."""

    def spread(array):
        larger = np.zeros([2 * n for n in array.shape], array.dtype, order="F")
        places = (slice(None, None, -2),) * array.ndim
        larger[places] = array
        return larger[places]

    return spread


@pytest.fixture(scope="session")
def torch():
    """Return PyTorch, or skip the test."""
    reason = "PyTorch is not installed: the live comparison with it is left out"
    return pytest.importorskip("torch", reason=reason)


@pytest.fixture(scope="session")
def keras():
    """Return Keras on PyTorch, or skip the test."""
    reason = "Keras on PyTorch is not installed: the live comparison with it is left out"
    pytest.importorskip("torch", reason=reason)
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras", reason=reason)
    if keras.config.backend() != "torch":
        pytest.skip("Keras runs on another backend than PyTorch: set KERAS_BACKEND=torch")
    return keras
