"""Writes how Python shows numbers; numbers.test.js compares it with what the page writes."""

import json

import numpy as np

from rnncore.widgets.film import shown
from tests.support.cases import CASES, least
from tests.support.family import brief

EDGES = [
    *(0.0, -0.0, 1.0, 0.5, 0.00005, 0.000049999, 999999.99995, 999999.0, 1e6, 1e5, 99999.5),
    *(float("inf"), float("nan"), 5e-324, 1.7976931348623157e308, 1e-300, 123456.789),
]


def test_the_cases_are_written():
    rng, count = np.random.default_rng(5), least(1000)
    sizes = 10.0 ** rng.uniform(-12, 12, count)
    halves = rng.integers(0, 10**6, count) / 2 ** rng.integers(1, 20, count)  # many end in a 5
    numbers = [v for size in (*EDGES, *sizes, *halves) for v in (float(size), -float(size))]
    rows = [[repr(v), shown(v), brief(v), shown(v, 2)] for v in numbers]
    assert sum(f"{abs(v):.6f}".endswith("50") for v in numbers) >= 50
    CASES.mkdir(parents=True, exist_ok=True)
    (CASES / "numbers.json").write_text(json.dumps(rows), encoding="utf8")
