"""Writes what trace.test.js compares: shapes that fit and shapes that are refused."""

import numpy as np

from tests.support.cases import write_cases
from tests.support.random_shapes import random_tracer


def test_the_cases_are_written():
    rng, small, large = np.random.default_rng(6), [2, 2, 3], [1, 32, 250, 70_000, 100_000]
    tracers = [random_tracer(rng, large if i % 2 else small) for i in range(1200)]
    traces = write_cases("shape_tracer", tracers)
    refused = [trace["error"] for trace in traces if trace["error"]]
    assert 200 < len(refused) < 1000
    transposed, alone = "Its transpose fits: pass x.T.", "pass x[np.newaxis]."
    assert all(any(hint in error for error in refused) for hint in (transposed, alone))
    assert max(trace["total"] for trace in traces) > 1e9
