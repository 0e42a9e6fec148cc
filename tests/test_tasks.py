"""The tasks: what they hold, that a seed repeats them, and the stored digits."""

import re
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore.tasks import Examples, count_ones, digits, first_bit, sine

TASKS = [count_ones, first_bit, sine]
each_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.__name__)
BITS = [count_ones, first_bit]


def generator(seed=1):
    return np.random.default_rng(seed)


def exactly(message):
    return rf"\A{re.escape(message)}\Z"


@given(st.sampled_from(TASKS), st.integers(0, 5), st.integers(1, 6), st.integers(0, 99))
def test_shapes_and_types(task, n, timesteps, seed):
    x, y = task(n, timesteps, generator(seed))
    assert x.shape == (n, timesteps, 1)
    assert y.shape == (n, 1)
    assert x.dtype == y.dtype == np.float64
    assert not np.shares_memory(x, y) or task is sine


@each_task
def test_the_parts_have_names(task):
    examples = task(2, 3, generator())
    assert isinstance(examples, Examples)
    assert_array_equal(examples.x, examples[0])
    assert_array_equal(examples.y, examples[1])


@each_task
def test_the_same_seed_gives_the_same_examples_and_another_seed_others(task):
    first, again, other = (task(20, 5, generator(seed)) for seed in (1, 1, 2))
    assert_array_equal(first.x, again.x)
    assert_array_equal(first.y, again.y)
    assert (first.x != other.x).any()


@each_task
def test_a_generator_goes_on_where_it_stood(task):
    rng = generator()
    assert (task(20, 5, rng).x != task(20, 5, rng).x).any()


@each_task
def test_numpy_integers_serve_as_well(task):
    assert task(np.int64(2), np.uint8(3), generator()).x.shape == (2, 3, 1)


# Bits


@pytest.mark.parametrize("task", BITS, ids=lambda task: task.__name__)
def test_bits_are_zeros_and_ones_about_equally_often_in_every_place(task):
    # 1000 fair bits: 500 ones, standard deviation sqrt(1000 / 4) = 16; four of them are 64
    x = task(1000, 7, generator()).x
    assert set(x.flat) == {0.0, 1.0}
    assert (np.abs(x.sum(axis=0) - 500) < 64).all()


@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 99))
def test_count_ones_counts_the_ones_of_each_row(n, timesteps, seed):
    x, y = count_ones(n, timesteps, generator(seed))
    for row, count in zip(x, y):
        assert count == sum(row[:, 0] == 1)


@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 99))
def test_first_bit_asks_for_the_first_bit_of_each_row(n, timesteps, seed):
    x, y = first_bit(n, timesteps, generator(seed))
    for row, bit in zip(x, y):
        assert bit == row[0, 0]


def test_the_first_bit_is_no_view_of_the_inputs():
    x, y = first_bit(3, 2, generator())
    before = y.copy()
    x += 5
    assert_array_equal(y, before)


# Sines


def frequencies(x):
    """cos ω from three steps: sin(a + ω) + sin(a - ω) = 2 cos ω sin a."""
    middle = x[:, 1:-1]
    return ((x[:, 2:] + x[:, :-2]) * middle).sum(axis=1) / (2 * (middle**2).sum(axis=1))


@given(st.integers(3, 12), st.integers(0, 99))
def test_the_target_is_the_next_value_of_the_same_sine(timesteps, seed):
    x, y = sine(5, timesteps, generator(seed))
    x = x[..., 0]
    cosine = frequencies(x)[:, np.newaxis]
    assert_allclose(y, 2 * cosine * x[:, -1:] - x[:, -2:-1], rtol=0, atol=1e-9)


def test_the_frequencies_fill_the_range_from_a_tenth_to_one():
    x, _ = sine(2000, 20, generator())
    frequency = np.arccos(frequencies(x[..., 0]))
    assert 0.1 <= frequency.min() < 0.11
    assert 0.99 < frequency.max() <= 1
    # the mean of an even spread is 0.55, its standard error 0.9 / sqrt(12 * 2000) = 0.006
    assert abs(frequency.mean() - 0.55) < 0.03


def test_the_phases_fill_the_circle():
    # x_1 = sin(ω + φ), so where φ is spread evenly, x_1 is spread like the sine of an even angle:
    # mean 0, mean square 1/2, standard errors sqrt(1/2 / 2000) = 0.016 and sqrt(1/8 / 2000) = 0.008
    x, _ = sine(2000, 2, generator())
    first, second = x[:, 0, 0], x[:, 1, 0]
    assert abs(first.mean()) < 0.06
    assert abs((first**2).mean() - 1 / 2) < 0.03
    assert abs((np.sign(second - first)).mean()) < 0.09
    assert np.abs(x).max() <= 1


def test_a_sine_by_hand_with_a_generator_that_gives_the_first_quarter():
    # ω = 0.1 + 0.9 / 4 = 0.325, φ = 2π / 4:  x_t = sin(0.325 t + π / 2) = cos(0.325 t)
    class Quarter(np.random.Generator):
        def uniform(self, low, high, size):
            return np.full(size, low + (high - low) / 4)

    x, y = sine(1, 3, Quarter(np.random.PCG64(1)))
    assert_allclose(x[0, :, 0], np.cos([0.325, 0.65, 0.975]), rtol=1e-12)
    assert_allclose(y, [[np.cos(1.3)]], rtol=1e-12)


# Digits


def test_the_digits_are_split_by_every_fifth():
    train, test = digits()
    assert isinstance(train, Examples)
    assert isinstance(test, Examples)
    assert train.x.shape == (1437, 8, 8)
    assert train.y.shape == (1437,)
    assert test.x.shape == (360, 8, 8)
    assert test.y.shape == (360,)


def test_the_digits_are_floats_from_0_to_1_and_the_labels_integers():
    for x, y in digits():
        assert x.dtype == np.float64
        assert y.dtype == np.int64
        assert (x.min(), x.max()) == (0, 1)
        assert set(y) == set(range(10))


def test_the_first_image_is_the_zero_that_the_source_begins_with():
    # its rows in sixteenths, as in the file optdigits.tes
    zero = [
        [0, 0, 5, 13, 9, 1, 0, 0],
        [0, 0, 13, 15, 10, 15, 5, 0],
        [0, 3, 15, 2, 0, 11, 8, 0],
        [0, 4, 12, 0, 0, 8, 8, 0],
        [0, 5, 8, 0, 0, 9, 8, 0],
        [0, 4, 11, 0, 1, 12, 7, 0],
        [0, 2, 14, 5, 10, 12, 0, 0],
        [0, 0, 6, 13, 10, 0, 0, 0],
    ]
    _, test = digits()
    assert_array_equal(test.x[0] * 16, zero)
    assert test.y[0] == 0


def test_the_stored_numbers_are_those_of_the_source_in_their_order():
    train, test = digits()
    images, labels = np.empty((1797, 8, 8), np.uint8), np.empty(1797, np.uint8)
    for examples, places in ((test, range(0, 1797, 5)), (train, [i for i in range(1797) if i % 5])):
        images[places], labels[places] = examples.x * 16, examples.y
    # the checksums were taken from another copy of the same set, scikit-learn's
    assert zlib.crc32(images.tobytes()) == 4087501628
    assert zlib.crc32(labels.tobytes()) == 4168075561
    assert_array_equal(np.bincount(labels), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])


def test_each_call_gives_digits_of_its_own():
    train, _ = digits()
    train.x[:] = 0
    assert digits()[0].x.any()


# What is refused

NOT_N = "n must be an integer of at least 0, got"
NOT_TIMESTEPS = "timesteps must be an integer of at least 1, got"
NOT_RNG = "rng must be a generator, such as np.random.default_rng(1), got"


@each_task
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("n", -1, f"{NOT_N} -1."),
        ("n", 2.0, f"{NOT_N} 2.0."),
        ("n", None, f"{NOT_N} None."),
        ("timesteps", 0, f"{NOT_TIMESTEPS} 0."),
        ("timesteps", 2.5, f"{NOT_TIMESTEPS} 2.5."),
        ("timesteps", "3", f"{NOT_TIMESTEPS} '3'."),
        ("rng", None, f"{NOT_RNG} None."),
        ("rng", 7, f"{NOT_RNG} 7."),
    ],
)
def test_an_argument_that_does_not_fit_is_refused(task, name, value, message):
    arguments = {"n": 2, "timesteps": 3, "rng": generator()} | {name: value}
    with pytest.raises(ValueError, match=exactly(message)):
        task(**arguments)
