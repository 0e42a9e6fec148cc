"""The numbers of Keras and PyTorch, stored in tests/reference, and those of rnncore."""

import numpy as np
import pytest

from tests.support.parity_cases import (
    COMPARED,
    FORWARD,
    GRADIENT,
    compare,
    relative_error,
)
from tests.support.reference_vectors import CASES


@pytest.mark.parametrize("name", COMPARED)
def test_outputs_and_gradients_agree(name):
    errors = compare(name)
    assert errors["forward"] <= FORWARD
    assert errors["gradient"] <= GRADIENT


def test_every_vector_is_compared():
    assert COMPARED.keys() == CASES.keys()


def test_the_error_by_hand():
    # |0.5 - 0.25| / max(1, 0.25) = 0.25;  |10 - 8| / max(1, 8) = 0.25
    assert relative_error(np.array([0.5, 0.0]), np.array([0.25, 0.0])) == 0.25
    assert relative_error(np.array(-10.0), np.array(-8.0)) == 0.25


@pytest.mark.parametrize(("role", "error"), [("output", "forward"), ("gradient", "gradient")])
@pytest.mark.parametrize("name", COMPARED)
def test_a_single_wrong_number_is_noticed(monkeypatch, name, role, error):
    ours = COMPARED[name]
    for key in [n for n, array in CASES[name]["arrays"].items() if array["role"] == role]:

        def wrong(*arguments, key=key):
            found = ours(*arguments)
            changed = np.array(found[key])
            changed.flat[-1] += 1e-6
            return found | {key: changed}

        monkeypatch.setitem(COMPARED, name, wrong)
        assert compare(name)[error] > 1e-8
