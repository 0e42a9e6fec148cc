"""What all functions ask of their arguments: types, shapes, numbers, and the words of a refusal."""

import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from rnncore._checks import (
    as_array,
    as_arrays,
    check_flag,
    check_generator,
    check_integer,
    check_lengths,
    check_positive,
    check_shape,
    explained,
    fits,
)


def refused(message):
    return pytest.raises(ValueError, match=rf"\A{re.escape(message)}\Z")


# Types

SINGLE, DOUBLE, LONG = np.ones(2, "f4"), np.ones(2, "f8"), np.ones(2, np.longdouble)
WHOLE = np.ones(2, "i4")


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([SINGLE, SINGLE], "f4"),
        ([SINGLE, DOUBLE], "f8"),
        ([DOUBLE, SINGLE], "f8"),
        ([SINGLE, WHOLE], "f8"),
        ([SINGLE, [1.0, 2.0]], "f8"),
        ([WHOLE, WHOLE], "f8"),
        ([np.ones(2, "f2")], "f8"),
        ([LONG, SINGLE], np.longdouble),
        ([SINGLE, LONG], np.longdouble),
        ([SINGLE, 1, 2.0, True], "f4"),
        ([SINGLE, np.float64(1)], "f8"),
        ([1, 2.0, True], "f8"),
        ([], "f8"),
    ],
)
def test_all_arrays_become_one_type_and_numbers_of_python_do_not_count(values, dtype):
    arrays = as_arrays(**{f"a{i}": value for i, value in enumerate(values)})
    assert [a.dtype for a in arrays] == [np.dtype(dtype)] * len(values)
    for array, value in zip(arrays, values):
        assert_array_equal(array, value)


def test_an_array_of_the_right_type_is_not_copied():
    (same,) = as_arrays(a=DOUBLE)
    assert same is DOUBLE
    assert as_array("a", WHOLE) is WHOLE


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "a must hold real numbers, got None."),
        ([1j], "a must hold real numbers, got an array of type complex128."),
        ("one", "a must hold real numbers, got an array of type <U3."),
        ([None], "a must hold real numbers, got an array of type object."),
        (np.array(["2026-01-01"], "M8"), "a must hold real numbers, got an array of type datetime"),
        ([[1], [1, 2]], "a must be a rectangular array, got a list whose rows differ in length."),
        (
            np.ma.array([1.0, 100.0], mask=[0, 1]),
            "a must have no masked values, got some: drop or fill them.",
        ),
    ],
)
def test_what_holds_no_real_numbers_is_refused_by_its_name(value, message):
    for call in (lambda: as_array("a", value), lambda: as_arrays(b=1.0, a=value)):
        with pytest.raises(ValueError, match="^" + re.escape(message)):
            call()


def test_a_masked_array_without_masked_values_is_an_array():
    (array,) = as_arrays(a=np.ma.array([1.0, 100.0]))
    assert type(array) is np.ndarray
    assert array.tolist() == [1.0, 100.0]


# Shapes: batch may be empty, features not


@pytest.mark.parametrize(
    ("shape", "axes", "answer"),
    [
        ((), [], True),
        ((1,), [], False),
        ((2, 3), [("batch", None), ("features", 3)], True),
        ((2, 3), [("batch", 2), ("features", None)], True),
        ((2, 3), [("batch", 3), ("features", 3)], False),
        ((2, 3), [("batch", 2), ("features", 2)], False),
        ((2, 3, 1), [("batch", 2), ("features", 3)], False),
        ((2,), [("batch", 2), ("features", 3)], False),
        ((0, 3), [("batch", None), ("features", 3)], True),
        ((0, 3), [("batch", 0), ("features", 3)], True),
        ((2, 0, 3), [("batch", 2), ("timesteps", None), ("features", 3)], True),
        ((2, 0), [("batch", 2), ("features", None)], False),
        ((2, 0), [("batch", 2), ("features", 0)], False),
        ((2, 1), [("batch", 2), ("features", None)], True),
    ],
)
def test_a_shape_fits_where_every_axis_has_its_length(shape, axes, answer):
    assert fits(shape, axes) is answer


@pytest.mark.parametrize(
    ("shape", "axes", "message"),
    [
        ((2,), [], "a must be a number, got an array of shape (2,)."),
        ((2, 3), [("units", None)], "a must have shape (units,), got (2, 3)."),
        ((2, 3), [("units", 4)], "a must have shape (units,) = (4,), got (2, 3)."),
        (
            (2, 3),
            [("features", None), ("units", 4)],
            "a must have shape (features, units) = (any, 4), got (2, 3).",
        ),
        (
            (4, 3),
            [("features", None), ("units", 4)],
            "a must have shape (features, units) = (any, 4), got (4, 3)."
            " Its transpose fits: pass a.T.",
        ),
        (
            (0, 4),
            [("features", None), ("units", 4)],
            "a must have shape (features, units) = (any, 4), got (0, 4)."
            " The features axis is empty.",
        ),
        (
            (4, 0),  # both what is said, and a transpose that would fit if it were not empty
            [("features", None), ("units", 4)],
            "a must have shape (features, units) = (any, 4), got (4, 0). The units axis is empty.",
        ),
        (
            (0,),  # of another number of axes: it is not the empty one that is wrong
            [("features", None), ("units", 4)],
            "a must have shape (features, units) = (any, 4), got (0,).",
        ),
        (
            (0, 3),  # a batch may be empty, and is not what is wrong here
            [("batch", None), ("units", 4)],
            "a must have shape (batch, units) = (any, 4), got (0, 3).",
        ),
        (
            (4,),
            [("batch", None), ("units", 4)],
            "a must have shape (batch, units) = (any, 4), got (4,)."
            " One example is a batch of one: pass a[np.newaxis].",
        ),
        (
            (4,),
            [("batch", 2), ("units", 4)],
            "a must have shape (batch, units) = (2, 4), got (4,).",
        ),
        (
            (4,),
            [("features", None), ("units", 4)],
            "a must have shape (features, units) = (any, 4), got (4,).",
        ),
        ((), [("batch", None)], "a must have shape (batch,), got ()."),
        (
            (3, 4, 2),  # to transpose means two axes
            [("timesteps", 2), ("features", 4), ("units", 3)],
            "a must have shape (timesteps, features, units) = (2, 4, 3), got (3, 4, 2).",
        ),
    ],
)
def test_a_shape_that_does_not_fit_is_said_in_words_and_numbers(shape, axes, message):
    with refused(message):
        check_shape("a", np.empty(shape), *axes)


def test_a_shape_that_fits_is_accepted_without_a_word():
    assert check_shape("a", np.empty((2, 3)), ("batch", None), ("units", 3)) is None


def test_instead_of_an_array_its_shape_will_do_and_none_is_a_length_not_known():
    axes = ("batch", None), ("timesteps", None), ("units", 3)
    assert check_shape("a", (None, None, 3), *axes) is None
    assert check_shape("a", (2, 5, None), *axes) is None
    for shape in ((None, None, 4), (None, 3)):
        message = "a must have shape (batch, timesteps, units) = (any, any, 3), got"
        hint = " One example is a batch of one: pass a[np.newaxis]." if len(shape) == 2 else ""
        with refused(f"{message} {shape}.{hint}"):
            check_shape("a", shape, *axes)


def test_lengths_are_integers_and_none():
    assert check_lengths("a", [None, 80]) == (None, 80)
    assert check_lengths("a", (0, np.int64(3))) == (0, 3)


@pytest.mark.parametrize(
    "value", [(), 5, None, "ab", (-1,), (2, 3.0), (True,), (None, "a")], ids=repr
)
def test_what_is_no_shape_is_refused(value):
    message = "a must be a tuple of lengths, each an integer, or None if it is open, got"
    with refused(f"{message} {value!r}."):
        check_lengths("a", value)


# Numbers and generators


@pytest.mark.parametrize("value", [2, 5, np.int8(3), np.uint64(4)])
def test_a_whole_number_within_its_bounds_becomes_an_int(value):
    assert type(check_integer("n", value, 2, 5)) is int
    assert check_integer("n", value, 2, 5) == check_integer("n", value, 2) == value


@pytest.mark.parametrize("value", [1, -3, 2.0, True, "2", None, np.float64(3), [2]], ids=repr)
def test_what_is_no_whole_number_of_at_least_two_is_refused(value):
    with refused(f"n must be an integer of at least 2, got {value!r}."):
        check_integer("n", value, 2)
    with refused(f"n must be an integer from 2 to 5, got {value!r}."):
        check_integer("n", value, 2, 5)


def test_a_whole_number_beyond_the_upper_bound_is_refused():
    assert check_integer("n", 6, 2) == 6
    with refused("n must be an integer from 2 to 5, got 6."):
        check_integer("n", 6, 2, 5)


def test_true_is_no_number():
    with refused("n must be an integer of at least 1, got True."):
        check_integer("n", True, 1)
    with refused("step must be a positive number, got True."):
        check_positive("step", True)


@pytest.mark.parametrize("value", [1, 0.5, 1e-300, np.float32(0.5), np.int64(7)], ids=repr)
def test_a_positive_number_becomes_a_float(value):
    assert type(check_positive("step", value)) is float
    assert check_positive("step", value) == value


@pytest.mark.parametrize("value", [0, -1.0, np.inf, np.nan, "1", None, [1.0]], ids=repr)
def test_what_is_not_positive_and_finite_is_refused(value):
    with refused(f"step must be a positive number, got {value!r}."):
        check_positive("step", value)


def test_a_generator_is_one_of_numpys_own():
    rng = np.random.default_rng(1)
    assert check_generator("rng", rng) is rng
    for value in (1, None, np.random):
        message = f"rng must be a generator, such as np.random.default_rng(1), got {value!r}."
        with refused(message):
            check_generator("rng", value)


# True or False


@pytest.mark.parametrize("value", [True, False, np.True_])
def test_a_flag_is_a_bool(value):
    assert check_flag("reverse", value) is bool(value)


@pytest.mark.parametrize("value", ["False", 1, None, np.ones(1, bool)])
def test_nothing_else_is_taken_for_true_or_false(value):
    with refused(f"reverse must be True or False, got {value!r}."):
        check_flag("reverse", value)


# Unknown keywords


class Reader:
    @explained
    def __init__(self, units=1):
        self.units = units

    @explained
    def read(self, x, *states, keep=True):
        return x, states, keep


def test_an_unknown_keyword_is_answered_with_the_known_ones():
    with pytest.raises(TypeError, match=r"\Aread takes no h0: its .* are x, \*states, keep\.\Z"):
        Reader().read(1, h0=2)
    with pytest.raises(TypeError, match=r"\AReader takes no size: its arguments are units\.\Z"):
        Reader(size=2)


def test_known_arguments_are_passed_on():
    assert Reader(units=3).read(1, 2, 3, keep=False) == (1, (2, 3), False)
