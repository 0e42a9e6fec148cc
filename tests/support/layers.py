"""Random weights and refusals, for the tests of the layers."""

import re

import numpy as np
import pytest


def normal(*shape, seed=0):
    """Return numbers that depend on the shape and the seed alone."""
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def weights(features=3, units=4):
    """Return the parameters of a simple recurrent layer."""
    return {
        "W_x": normal(features, units) / 2,
        "W_h": normal(units, units, seed=1) / 2,
        "b": normal(units),
    }


def refused(message, kind=ValueError):
    """Expect an error whose message begins with this."""
    return pytest.raises(kind, match="^" + re.escape(message))
