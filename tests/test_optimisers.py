"""SGD, Adam and clipping: by hand, against the formulas number by number, and at the extremes."""

import copy
import math
import pickle
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore.optimisers import SGD, Adam, clip_by_norm, clip_by_value, clip_each_by_norm

OPTIMISERS = {
    "SGD": lambda: SGD(0.1),
    "SGD with momentum": lambda: SGD(0.1, 0.9),
    "Adam": lambda: Adam(0.1),
}
each_optimiser = pytest.mark.parametrize("make", OPTIMISERS.values(), ids=OPTIMISERS)


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def refused(message):
    return pytest.raises(ValueError, match=rf"\A{re.escape(message)}\Z")


# SGD


def test_one_step_of_sgd_by_hand():
    # 1 - 0.25 · 8 = -1,  2 + 0.25 · 4 = 3
    p = np.array([1.0, 2.0])
    SGD(0.25).update({"p": p}, {"p": [8.0, -4.0]})
    assert_array_equal(p, [-1.0, 3.0])


def test_three_steps_with_momentum_by_hand():
    # v = -0.25 · 8 = -2                   p = 5 - 2 = 3
    # v = -2 · 0.5 - 0.25 · 4 = -2         p = 3 - 2 = 1
    # v = -2 · 0.5 - 0.25 · 0 = -1         p = 1 - 1 = 0
    p, optimiser, seen = np.array([5.0]), SGD(0.25, momentum=0.5), []
    for gradient in (8.0, 4.0, 0.0):
        optimiser.update({"p": p}, {"p": [gradient]})
        seen.append(p.item())
    assert seen == [3.0, 1.0, 0.0]


def test_sgd_has_no_momentum_unless_told():
    # 0 - 1 - 1 - 1
    p, optimiser = np.zeros(2), SGD(1.0)
    for _ in range(3):
        optimiser.update({"p": p}, {"p": np.ones(2)})
    assert_array_equal(p, [-3.0, -3.0])


def test_momentum_reaches_the_speed_at_which_it_loses_what_it_gains():
    # v = 0.9 v - 0.1 · 2 at v = -2
    p, optimiser = np.zeros(1), SGD(0.1, 0.9)
    for _ in range(400):
        before = p.copy()
        optimiser.update({"p": p}, {"p": [2.0]})
    assert_allclose(p - before, [-2.0], rtol=1e-12)


# Adam


def test_two_steps_of_adam_by_hand():
    # m = 4 / 2 = 2,          v = 16 / 4 = 4;            m̂ = 2 / (1/2) = 4,   v̂ = 4 / (1/4) = 16
    # m = 2 / 2 + 2 / 2 = 2,  v = 4 · 3/4 + 4 / 4 = 4;   m̂ = 2 / (3/4) = 8/3, v̂ = 4 / (7/16) = 64/7
    p, optimiser = np.array([1.0]), Adam(0.5, beta_1=0.5, beta_2=0.75, epsilon=1.0)
    optimiser.update({"p": p}, {"p": [4.0]})
    first = 1 - 0.5 * 4 / (4 + 1)
    assert_allclose(p, [first], rtol=1e-15)
    optimiser.update({"p": p}, {"p": [2.0]})
    assert_allclose(p, [first - 0.5 * (8 / 3) / (math.sqrt(64 / 7) + 1)], rtol=1e-15)


@given(
    st.lists(st.floats(-100, 100), min_size=1, max_size=8),
    st.floats(0, 0.99),
    st.floats(0, 0.999),
)
def test_adam_is_algorithm_1_of_its_paper(gradients, beta_1, beta_2):
    p, optimiser = np.array([0.5]), Adam(0.01, beta_1, beta_2, 1e-4)
    theta, m, v = 0.5, 0.0, 0.0
    for t, g in enumerate(gradients, 1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g * g
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        theta -= 0.01 * m_hat / (math.sqrt(v_hat) + 1e-4)
        optimiser.update({"p": p}, {"p": [g]})
        assert_allclose(p, [theta], rtol=1e-12, atol=1e-9)


def test_the_defaults_of_adam_are_those_of_its_paper():
    # v̂ = 1e-16, so the first step is 0.001 · 1e-8 / (1e-8 + 1e-8)
    p, q = np.zeros(1), np.zeros(1)
    default, paper = Adam(), Adam(0.001, 0.9, 0.999, 1e-8)
    default.update({"p": p}, {"p": [1e-8]})
    assert_allclose(p, [-0.0005], rtol=1e-9)
    paper.update({"p": q}, {"p": [1e-8]})
    for gradient in (3.0, -1.0, 0.5):
        for optimiser, parameter in ((default, p), (paper, q)):
            optimiser.update({"p": parameter}, {"p": [gradient]})
    assert_array_equal(p, q)


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e4, 1e100])
def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_size(size):
    p = np.zeros(3)
    Adam(0.1).update({"p": p}, {"p": size * np.array([1.0, -2.0, 5.0])})
    assert_allclose(p, [-0.1, 0.1, -0.1], rtol=2e-5)


def test_adam_counts_one_step_for_all_parameters():
    # with the same gradient each time m̂ = 3 and v̂ = 9, so each step is 0.1 · 3 / (3 + 1)
    parameters, optimiser = {"a": np.zeros(1), "b": np.zeros((2, 3))}, Adam(0.1, epsilon=1.0)
    for step in (1, 2, 3):
        optimiser.update(parameters, {"a": [3.0], "b": np.full((2, 3), 3.0)})
        assert_allclose(parameters["a"], [-0.075 * step], rtol=1e-12)
        assert_allclose(parameters["b"], np.full((2, 3), -0.075 * step), rtol=1e-12)
    assert optimiser.steps == 3


# Both


@each_optimiser
def test_parameters_change_in_place_each_with_a_memory_of_its_own(make):
    together, optimiser = {"W": normal(2, 3), "b": normal(3), "s": normal()}, make()
    together["s"] = np.array(together["s"])
    alone = {name: (p.copy(), make()) for name, p in together.items()}
    arrays = dict(together)
    for seed in range(4):
        gradients = {name: np.asarray(normal(*p.shape, seed=seed)) for name, p in arrays.items()}
        optimiser.update(together, gradients)
        for name, (p, own) in alone.items():
            before = p.copy()
            own.update({name: p}, {name: gradients[name]})
            assert (p != before).all()
    for name, p in together.items():
        assert p is arrays[name]
        assert_array_equal(p, alone[name][0])


@each_optimiser
def test_gradients_stay_as_they_are_and_other_names_among_them_do_not_matter(make):
    p, plain = np.zeros(3), np.zeros(3)
    gradients = {"h0": np.ones((7, 2)), "p": np.array([1.0, 2.0, 3.0])}
    kept = gradients["p"].copy()
    optimiser, other = make(), make()
    for _ in range(2):
        optimiser.update({"p": p}, gradients)
        other.update({"p": plain}, {"p": kept.copy()})
    assert_array_equal(gradients["p"], kept)
    assert_array_equal(p, plain)
    assert list(gradients) == ["h0", "p"]


@each_optimiser
def test_float32_stays_float32_and_agrees_with_float64(make):
    wide, narrow, optimisers = normal(2, 3), normal(2, 3).astype(np.float32), (make(), make())
    for seed in range(3):
        gradient = normal(2, 3, seed=seed)
        optimisers[0].update({"p": wide}, {"p": gradient})
        optimisers[1].update({"p": narrow}, {"p": gradient})
    assert narrow.dtype == np.float32
    assert_allclose(narrow, wide, rtol=0, atol=1e-6)


@each_optimiser
@pytest.mark.parametrize("kind", [list, np.float32, np.int8, bool])
def test_gradients_of_any_real_type_will_do(make, kind):
    p, q = np.zeros(3), np.zeros(3)
    gradient = [1, 0, 1] if kind is list else np.array([1, 0, 1]).astype(kind)
    make().update({"p": p}, {"p": gradient})
    make().update({"p": q}, {"p": np.array([1.0, 0.0, 1.0])})
    assert_array_equal(p, q)


def test_squares_of_small_whole_numbers_do_not_wrap_around():
    # 100² would be 16 in a byte; the first step of Adam is the learning rate
    p = np.zeros(1)
    Adam(0.1).update({"p": p}, {"p": np.array([100], np.int8)})
    assert_allclose(p, [-0.1], rtol=1e-9)


@each_optimiser
def test_the_layout_in_memory_does_not_matter(make, strided):
    p, q = normal(2, 3), strided(normal(2, 3))
    for optimiser, parameter in ((make(), p), (make(), q)):
        for seed in range(2):
            gradient = normal(2, 3, seed=seed)
            optimiser.update({"p": parameter}, {"p": strided(gradient)})
    assert_array_equal(p, q)


@each_optimiser
def test_a_gradient_of_nan_reaches_its_own_number_and_no_other(make):
    p = np.zeros(3)
    make().update({"p": p}, {"p": [1.0, np.nan, -1.0]})
    assert_allclose(p, [-0.1, np.nan, 0.1], rtol=1e-6)


@each_optimiser
def test_nothing_to_learn_is_no_mistake(make):
    optimiser = make()
    optimiser.update({}, {})
    empty = np.empty((0, 3))
    optimiser.update({"p": empty}, {"p": empty})
    assert empty.shape == (0, 3)


@each_optimiser
@pytest.mark.parametrize(
    ("bad", "gradients", "message"),
    [
        (np.zeros(3), {}, "gradients must hold one for bad, got none."),
        (np.zeros(3), {"h0": 1.0, "W": 2.0}, "gradients must hold one for bad, got h0, W, good."),
        (np.zeros(3), {"bad": [1.0]}, "gradient of bad must have shape (3,), got (1,)."),
        (np.zeros((1, 3)), {"bad": [1.0] * 3}, "gradient of bad must have shape (1, 3), got (3,)."),
        (np.zeros(3), {"bad": 1.0}, "gradient of bad must have shape (3,), got ()."),
        (np.zeros(3), {"bad": None}, "gradient of bad must hold real numbers, got None."),
        (
            np.zeros(3, int),
            {"bad": [1.0] * 3},
            "bad must be an array of floats, changed in place, got an array of type int64.",
        ),
        (
            np.zeros(3, complex),
            {"bad": [1.0] * 3},
            "bad must be an array of floats, changed in place, got an array of type complex128.",
        ),
        (
            [0.0, 1.0],
            {"bad": [1.0] * 2},
            "bad must be an array of floats, changed in place, got [0.0, 1.0].",
        ),
        (1.5, {"bad": 1.0}, "bad must be an array of floats, changed in place, got 1.5."),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_changed(make, bad, gradients, message):
    good, optimiser = np.zeros(2), make()
    if gradients:
        gradients = gradients | {"good": np.ones(2)}
        parameters = {"good": good, "bad": bad}
    else:
        parameters = {"bad": bad, "good": good}
    with refused(message):
        optimiser.update(parameters, gradients)
    assert_array_equal(good, [0.0, 0.0])
    fresh = np.zeros(2)
    optimiser.update({"good": good}, {"good": [1.0, -1.0]})
    make().update({"good": fresh}, {"good": [1.0, -1.0]})
    assert_array_equal(good, fresh)


@each_optimiser
def test_a_parameter_that_cannot_be_changed_is_refused_before_anything_is(make):
    optimiser, parameters = make(), {"a": np.ones(2), "b": np.ones(2)}
    parameters["b"].flags.writeable = False
    with pytest.raises(ValueError, match=r"^b must be writeable, got a read-only array: pass a"):
        optimiser.update(parameters, parameters)
    assert parameters["a"].tolist() == [1.0, 1.0]


@each_optimiser
@pytest.mark.parametrize("shape", [(3, 2), (3,), (1, 2, 3)], ids=str)
def test_a_parameter_of_another_shape_than_before_is_refused_before_anything_is_changed(
    make, shape
):
    optimiser, plain = make(), make()
    good, same = np.zeros(2), np.zeros(2)
    bad, gradients = np.zeros((2, 3)), {"good": np.array([1.0, -2.0]), "bad": np.ones((2, 3))}
    optimiser.update({"good": good, "bad": bad}, gradients)
    plain.update({"good": same}, gradients)
    other = np.zeros(shape)
    message = f"bad must have shape (2, 3), as in the steps before, got {shape}: an optimiser"
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        optimiser.update({"good": good, "bad": other}, gradients | {"bad": np.ones(shape)})
    assert not other.any()
    for o, p in ((optimiser, good), (plain, same)):
        o.update({"good": p}, gradients)
    assert_array_equal(good, same)


def test_an_optimiser_shows_its_numbers():
    assert repr(SGD(0.25)) == "SGD(learning_rate=0.25, momentum=0.0)"
    assert repr(SGD(1, momentum=0.5)) == "SGD(learning_rate=1.0, momentum=0.5)"
    shown = "Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-08)"
    assert repr(Adam()) == shown


@pytest.mark.parametrize("wrong", [0, 0.0, -0.1, np.inf, np.nan, "0.1", None, True, [0.1]])
def test_learning_rate_and_epsilon_must_be_positive_numbers(wrong):
    with refused(f"learning_rate must be a positive number, got {wrong!r}."):
        SGD(wrong)
    with refused(f"learning_rate must be a positive number, got {wrong!r}."):
        Adam(wrong)
    with refused(f"epsilon must be a positive number, got {wrong!r}."):
        Adam(epsilon=wrong)


@pytest.mark.parametrize("wrong", [1, 1.0, 1.5, -0.1, np.inf, np.nan, "0.5", None, 1j, [0.5]])
def test_momentum_and_betas_must_lie_below_1(wrong):
    ending = f"must be a number from 0 up to 1, 1 excluded, got {wrong!r}."
    with refused(f"momentum {ending}"):
        SGD(0.1, momentum=wrong)
    with refused(f"beta_1 {ending}"):
        Adam(beta_1=wrong)
    with refused(f"beta_2 {ending}"):
        Adam(beta_2=wrong)


@pytest.mark.parametrize("right", [0, 0.0, 0.5, 0.9999, np.float32(0.5)])
def test_fractions_and_rates_of_any_real_type_are_kept_as_floats(right):
    sgd, adam = SGD(np.float32(0.5), right), Adam(1, right, right, np.float32(0.25))
    kept = [sgd.momentum, adam.beta_1, adam.beta_2]
    assert kept == [right] * 3
    assert [sgd.learning_rate, adam.learning_rate, adam.epsilon] == [0.5, 1.0, 0.25]
    assert {type(number) for number in [*kept, adam.learning_rate, adam.epsilon]} == {float}


# Clipping


def test_clipping_by_hand():
    # √(3² + 4² + 12²) = 13, above 6.5, so that everything is halved
    gradients = {"W": np.array([[3.0, 0.0], [0.0, -4.0]]), "b": np.array([12.0])}
    clipped, norm = clip_by_norm(gradients, 6.5)
    assert norm == 13
    assert type(norm) is float
    assert list(clipped) == ["W", "b"]
    assert_array_equal(clipped["W"], [[1.5, 0.0], [0.0, -2.0]])
    assert_array_equal(clipped["b"], [6.0])


@pytest.mark.parametrize("limit", [5, 5.0, np.float32(5), 5.1, 1e300])
def test_gradients_up_to_the_limit_are_copied(limit):
    gradients = {"W": np.array([3.0, 0.0]), "b": np.array([-4.0])}
    clipped, norm = clip_by_norm(gradients, limit)
    assert norm == 5
    for name, g in gradients.items():
        assert_array_equal(clipped[name], g)
        assert not np.shares_memory(clipped[name], g)


@given(
    st.lists(
        st.lists(st.floats(-1e300, 1e300), max_size=4).map(np.array), min_size=1, max_size=3
    ).map(lambda arrays: dict(zip("abc", arrays))),
    st.floats(1e-5, 1e5),
)
def test_clipped_gradients_point_the_same_way_and_are_no_longer_than_the_limit(gradients, limit):
    kept = {name: g.copy() for name, g in gradients.items()}
    clipped, norm = clip_by_norm(gradients, limit)
    # math.hypot is exact where the squares would overflow
    assert_allclose(norm, math.hypot(*np.concatenate(list(kept.values()))), rtol=1e-14)
    factor = min(1, limit / norm) if norm else 1
    for name, g in kept.items():
        assert clipped[name].shape == g.shape
        assert_allclose(clipped[name], factor * g, rtol=1e-13, atol=1e-300)
        assert_array_equal(gradients[name], g)
    assert math.hypot(*np.concatenate(list(clipped.values()))) <= limit * (1 + 1e-14)


@pytest.mark.parametrize("size", [1e-200, 1e-160, 1e160, 1e200])
def test_no_square_overflows_or_vanishes(size):
    # √(9 + 16) = 5
    clipped, norm = clip_by_norm({"W": [3 * size], "b": [4 * size]}, 2.5 * size)
    assert_allclose(norm, 5 * size, rtol=1e-15)
    assert_allclose(clipped["W"], [1.5 * size], rtol=1e-15)
    assert_allclose(clipped["b"], [2 * size], rtol=1e-15)


@pytest.mark.parametrize("size", [1e-30, 1.0, 5e37])
@pytest.mark.parametrize("limit", [1e-7, 1.0])
def test_float32_stays_float32_and_loses_nothing_where_the_scale_is_tiny(size, limit):
    # √(9 + 16) = 5; the scale 1e-7 / 2.5e38 is nothing that float32 can hold
    W, b = (np.array([n * size], np.float32) for n in (3, 4))
    clipped, norm = clip_by_norm({"W": W, "b": b}, limit)
    factor = min(limit / (5 * size), 1)
    assert_allclose(norm, 5 * size, rtol=1e-6)
    assert clipped["W"].dtype == clipped["b"].dtype == np.float32
    assert_allclose(clipped["W"], [3 * size * factor], rtol=1e-6)
    assert_allclose(clipped["b"], [4 * size * factor], rtol=1e-6)


def test_the_norm_of_many_numbers_of_float32_is_summed_in_float64():
    # √(1 + 4_000_000 · 1e-8) = √1.04; one after the other, float32 would lose the small ones
    g = np.full(4_000_001, 1e-4, np.float32)
    g[0] = 1
    _, norm = clip_by_norm({"W": g}, 10.0)
    assert_allclose(norm, math.sqrt(1.04), rtol=1e-8)


@pytest.mark.parametrize(
    ("values", "norm"),
    [
        ([1.0, np.nan], np.nan),
        ([1.0, np.inf], np.inf),
        ([1.0, -np.inf], np.inf),
        ([np.nan, np.inf], np.nan),
        ([1.5e308, 1.5e308], np.inf),
    ],
)
def test_gradients_whose_norm_is_not_finite_are_left_as_they_are(values, norm):
    clipped, found = clip_by_norm({"W": values, "b": [2.0]}, 1.0)
    assert_array_equal(found, norm)
    assert type(found) is float
    assert_array_equal(clipped["W"], values)
    assert_array_equal(clipped["b"], [2.0])


@pytest.mark.parametrize("gradients", [{}, {"W": np.zeros((2, 3))}, {"W": np.empty((0, 3))}])
def test_gradients_of_zero_and_no_gradients_have_the_norm_0(gradients):
    clipped, norm = clip_by_norm(gradients, 1.0)
    assert norm == 0
    assert type(norm) is float
    assert clipped.keys() == gradients.keys()
    for name, g in gradients.items():
        assert_array_equal(clipped[name], g)


def test_a_gradient_that_is_one_number_remains_an_array():
    clipped, norm = clip_by_norm({"s": np.array(-8.0), "list": [0, 6], "n": 0}, 5)
    assert norm == 10
    assert all(type(g) is np.ndarray for g in clipped.values())
    assert clipped["s"].shape == clipped["n"].shape == ()
    assert clipped["s"] == -4
    assert_array_equal(clipped["list"], [0.0, 3.0])


def test_what_cannot_be_clipped_is_refused():
    for wrong in (0, -1.0, np.inf, np.nan, None, "1", True):
        with refused(f"limit must be a positive number, got {wrong!r}."):
            clip_by_norm({"W": [1.0]}, wrong)
    with refused("W must hold real numbers, got None."):
        clip_by_norm({"b": [1.0], "W": None}, 1.0)


def test_clipping_by_value_by_hand():
    gradients = {"W": np.array([[3.0, -0.5], [-2.0, np.nan]]), "b": [np.inf, 1.0]}
    clipped = clip_by_value(gradients, 2)
    assert list(clipped) == ["W", "b"]
    assert_array_equal(clipped["W"], [[2, -0.5], [-2, np.nan]])
    assert_array_equal(clipped["b"], [2, 1])
    assert gradients["W"][0, 0] == 3


def test_clipping_each_by_its_own_norm_by_hand():
    # the norms are 5 and 1; only the first is above 2.5, so that it alone is halved
    clipped = clip_each_by_norm({"W": [[3.0], [4.0]], "b": [1.0]}, 2.5)
    assert_array_equal(clipped["W"], [[1.5], [2.0]])
    assert_array_equal(clipped["b"], [1.0])


@pytest.mark.parametrize("clip", [clip_by_value, clip_each_by_norm])
def test_clipping_keeps_float32_and_refuses_what_it_cannot_clip(clip):
    clipped = clip({"W": np.ones(2, np.float32), "n": 4}, 0.5)
    assert clipped["W"].dtype == np.float32
    assert clipped["n"] == 0.5
    for wrong in (0, np.nan, None):
        with refused(f"limit must be a positive number, got {wrong!r}."):
            clip({"W": [1.0]}, wrong)
    with refused("gradients must be a dict, name -> array, got a value of type list."):
        clip([1.0], 1.0)


CLIPS = {
    "clipvalue": clip_by_value,
    "clipnorm": clip_each_by_norm,
    "global_clipnorm": lambda gradients, limit: clip_by_norm(gradients, limit)[0],
}


@pytest.mark.parametrize("option", CLIPS)
@pytest.mark.parametrize("kind", [SGD, Adam])
@given(seed=st.integers(0, 99), limit=st.floats(0.1, 5))
def test_an_option_clips_the_gradients_of_the_parameters_and_no_others(kind, option, seed, limit):
    # the gradient of h0, which is no parameter, must not count in a common norm
    plain, clipped = kind(learning_rate=0.1), kind(learning_rate=0.1, **{option: limit})
    parameters = {"W": np.zeros((2, 3)), "b": np.zeros(3)}
    others = {name: p.copy() for name, p in parameters.items()}
    for step in range(2):
        gradients = {n: normal(*p.shape, seed=seed + step) * 3 for n, p in parameters.items()}
        clipped.update(parameters, gradients | {"h0": np.full(4, 1e9)})
        plain.update(others, CLIPS[option](gradients, limit))
    for name, p in parameters.items():
        assert_array_equal(p, others[name])


@pytest.mark.parametrize("kind", [SGD, Adam])
def test_gradients_are_clipped_in_one_way(kind):
    with refused("clipnorm must be None beside clipvalue: gradients are clipped once."):
        kind(0.1, clipvalue=1, clipnorm=1)
    optimiser = kind(0.1, global_clipnorm=2)
    with refused("clipvalue must be None beside global_clipnorm: gradients are clipped once."):
        optimiser.clipvalue = 1
    optimiser.global_clipnorm = None
    optimiser.clipvalue = 1
    assert optimiser.options["clipvalue"] == 1
    for option in CLIPS:
        with refused(f"{option} must be a positive number, got 0."):
            kind(0.1, **{option: 0})


# Options


def test_an_optimiser_shows_how_it_clips():
    assert repr(SGD(0.5, clipnorm=1)) == "SGD(learning_rate=0.5, momentum=0.0, clipnorm=1.0)"
    assert repr(Adam(clipvalue=2)).endswith("epsilon=1e-08, clipvalue=2.0)")


@each_optimiser
def test_an_optimiser_can_be_made_anew_from_its_options(make):
    optimiser = make()
    optimiser.global_clipnorm = 3
    assert repr(type(optimiser)(**optimiser.options)) == repr(optimiser)


@each_optimiser
def test_an_option_that_is_set_takes_effect_or_is_refused(make):
    optimiser, p = make(), np.zeros(1)
    optimiser.learning_rate = 0.5
    optimiser.update({"p": p}, {"p": [1.0]})
    assert_allclose(p, [-0.5], rtol=1e-6)
    with refused("learning_rate must be a positive number, got '0.1'."):
        optimiser.learning_rate = "0.1"
    with pytest.raises(AttributeError, match="has no attribute 'lr'"):
        optimiser.lr = 0.1


@pytest.mark.parametrize("kind", [SGD, Adam])
def test_an_unknown_keyword_is_answered_with_the_known_ones(kind):
    start = f"{kind.__name__} takes no lr: its arguments are learning_rate,"
    with pytest.raises(TypeError, match=start):
        kind(lr=0.1)


def test_an_optimiser_of_ones_own_may_have_more_attributes():
    class Noted(SGD):
        def __init__(self):
            super().__init__(0.5)
            self.note = "mine"

    optimiser = Noted()
    assert optimiser.note == "mine"
    assert repr(optimiser) == "Noted(learning_rate=0.5, momentum=0.0)"


@each_optimiser
@pytest.mark.parametrize("again", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_a_copy_goes_on_from_the_same_step(make, again):
    p, optimiser = np.ones(2), make()
    optimiser.clipnorm = 2
    optimiser.update({"p": p}, {"p": [1.0, -3.0]})
    q, other = p.copy(), again(optimiser)
    for o, parameter in ((optimiser, p), (other, q)):
        o.update({"p": parameter}, {"p": [0.5, 2.0]})
    assert_array_equal(p, q)
    assert repr(other) == repr(optimiser)
