"""The tasks: what they hold, that a seed repeats them, and the stored digits."""

import re
import zlib
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore.layers import Dense, Embedding, Sequential, SimpleRNN
from rnncore.tasks import (
    ELEMENTS,
    LETTERS,
    WORDS,
    Examples,
    adding,
    count_ones,
    digits,
    echo,
    element_names,
    first_bit,
    flagged_bit,
    sentiment,
    sine,
    temporal_order,
)
from rnncore.training import Adam, binary_cross_entropy_with_logits, fit

# What each task gives for n examples of t steps, and the fewest steps that it takes.
SHAPES = {
    count_ones: lambda n, t: ((n, t, 1), (n, 1)),
    first_bit: lambda n, t: ((n, t, 1), (n, 1)),
    sine: lambda n, t: ((n, t, 1), (n, 1)),
    adding: lambda n, t: ((n, t, 2), (n, 1)),
    flagged_bit: lambda n, t: ((n, t, 2), (n, 1)),
    temporal_order: lambda n, t: ((n, t, 6), (n,)),
    echo: lambda n, t: ((n, t, 1), (n, t, 1)),
    sentiment: lambda n, t: ((n, t), (n, 1)),
}
FEWEST = dict.fromkeys(SHAPES, 1) | {adding: 2, temporal_order: 2, echo: 3, sentiment: 2}
INTEGERS = {(temporal_order, "y"), (sentiment, "x")}
each_task = pytest.mark.parametrize("task", SHAPES, ids=lambda task: task.__name__)
BITS = [count_ones, first_bit, echo]


def generator(seed=1):
    return np.random.default_rng(seed)


def exactly(message):
    return rf"\A{re.escape(message)}\Z"


@given(st.sampled_from([*SHAPES]), st.integers(0, 5), st.integers(0, 40), st.integers(0, 99))
def test_shapes_and_types(task, n, more, seed):
    timesteps = FEWEST[task] + more
    examples = task(n, timesteps, generator(seed))
    assert (examples.x.shape, examples.y.shape) == SHAPES[task](n, timesteps)
    for name, array in examples._asdict().items():
        assert array.dtype == (np.int64 if (task, name) in INTEGERS else np.float64)
    assert not np.shares_memory(*examples) or task is sine


@each_task
def test_the_parts_have_names(task):
    examples = task(2, 5, generator())
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
    same = task(2, 200, generator())
    assert_array_equal(task(np.int64(2), np.uint8(200), generator()).x, same.x)


# The first numbers of a seed are the same wherever NumPy runs
FIRST = {
    count_ones: 3688745031,
    first_bit: 3635762747,
    adding: 202125063,
    flagged_bit: 1535236226,
    temporal_order: 427176124,
    echo: 2876564902,
    sentiment: 1988374285,
}


@pytest.mark.parametrize("task", FIRST, ids=lambda task: task.__name__)
def test_a_seed_gives_the_same_examples_on_every_machine(task):
    x, y = task(9, 11, generator())
    assert zlib.crc32(x.tobytes() + y.tobytes()) == FIRST[task]


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


@given(st.integers(1, 4), st.integers(1, 9), st.integers(0, 99), st.data())
def test_an_echo_repeats_each_bit_when_the_lag_is_over(n, timesteps, seed, data):
    lag = data.draw(st.integers(0, timesteps))
    x, y = echo(n, timesteps, generator(seed), lag)
    for row, echoed in zip(x[..., 0], y[..., 0]):
        for t in range(timesteps):
            assert echoed[t] == (row[t - lag] if t >= lag else 0)


def test_an_echo_comes_three_steps_later_unless_a_lag_is_given():
    assert_array_equal(echo(2, 8, generator()), echo(2, 8, generator(), lag=3))


@pytest.mark.parametrize(("lag", "chunk"), [(3, 4), (3, 8), (3, 16), (5, 8)])
def test_who_forgets_at_each_border_of_a_chunk_is_right_in_all_but_lag_of_two_chunks(lag, chunk):
    # the first `lag` echoes of a chunk are then a guess, right in half: 1 - lag / (2 chunk)
    x, y = echo(40, 20 * chunk, generator(), lag)
    chunks = x.reshape(-1, chunk, 1)
    known = np.zeros_like(chunks)
    known[:, lag:] = chunks[:, :-lag]
    right = (known == y.reshape(-1, chunk, 1))[1:].mean()
    assert abs(right - (1 - lag / (2 * chunk))) < 0.03


# Flags


def flagged(row):
    """The values of a sequence that have a flag, and where."""
    places = [t for t, (_, flag) in enumerate(row) if flag == 1]
    assert all(flag in (0, 1) for _, flag in row)
    return [row[t, 0] for t in places], places


@given(st.integers(1, 6), st.integers(2, 30), st.integers(0, 99))
def test_adding_asks_for_the_sum_of_two_flagged_numbers(n, timesteps, seed):
    x, y = adding(n, timesteps, generator(seed))
    for row, (total,) in zip(x, y):
        (first, second), _ = flagged(row)
        assert total == first + second


@given(st.integers(1, 6), st.integers(1, 30), st.integers(0, 99))
def test_the_flagged_bit_is_the_one_to_keep(n, timesteps, seed):
    x, y = flagged_bit(n, timesteps, generator(seed))
    assert set(x[..., 0].flat) <= {0.0, 1.0}
    for row, target in zip(x, y):
        assert_array_equal(flagged(row)[0], target)


@pytest.mark.parametrize(("task", "count"), [(adding, 2), (flagged_bit, 1)])
def test_a_flag_is_at_every_step_equally_often(task, count):
    # 2000 sequences of 8 steps: a fair share is 250 or 500, standard deviation 15 or 19
    flags = task(2000, 8, generator()).x[..., 1].sum(axis=0)
    assert np.abs(flags - 250 * count).max() < 4 * np.sqrt(250 * count)


def test_the_numbers_to_add_are_spread_from_0_to_1():
    # mean 1/2 and mean square 1/3, standard errors 0.29 / sqrt(8000) = 0.003
    numbers = adding(1000, 8, generator()).x[..., 0]
    assert 0 <= numbers.min() < 0.01
    assert 0.99 < numbers.max() < 1
    assert abs(numbers.mean() - 1 / 2) < 0.013
    assert abs((numbers**2).mean() - 1 / 3) < 0.013


def test_the_answer_1_for_every_sum_is_off_by_a_sixth():
    # (y - 1)² has mean 1/6 and a standard deviation of 0.19
    _, y = adding(4000, 5, generator())
    assert abs(((y - 1) ** 2).mean() - 1 / 6) < 0.012


@pytest.mark.parametrize("timesteps", [2, 3, 4, 10, 100])
def test_twice_the_mean_of_all_numbers_is_off_by_less_and_the_flags_are_not_read(timesteps):
    # The sum of 2 of T numbers has mean 2 m and variance 2 s² (T - 2) / (T - 1), where s² is the
    # variance of the T numbers, 1/12 (T - 1) / T on average: (T - 2) / (6 T) = 1/6 - 1/(3 T).
    # (y - 2 m)² has a standard deviation of at most 0.2, four standard errors are 0.008
    x, y = adding(10_000, timesteps, generator())
    error = ((y[:, 0] - 2 * x[..., 0].mean(axis=1)) ** 2).mean()
    assert abs(error - (1 / 6 - 1 / (3 * timesteps))) < 0.008


@given(st.integers(2, 6), st.integers(0, 99))
def test_without_the_flags_no_answer_is_better_than_twice_the_mean(timesteps, seed):
    # the two flagged numbers are any pair, equally often, and the mean of the sums is the best
    (numbers,), _ = adding(1, timesteps, generator(seed))
    sums = [a + b for a, b in combinations(numbers[:, 0], 2)]
    assert_allclose(np.mean(sums), 2 * numbers[:, 0].mean(), rtol=1e-12)


# The order of two symbols


def places_of_x_and_y(row):
    """The steps at which a sequence of symbols has its X and Y."""
    assert (np.sort(row) == [0, 0, 0, 0, 0, 1]).all()
    return [t for t, symbol in enumerate(row) if symbol[4] or symbol[5]]


@given(st.integers(1, 4), st.integers(2, 120), st.integers(0, 99))
def test_the_class_says_which_of_x_and_y_came_first_and_second(n, timesteps, seed):
    x, y = temporal_order(n, timesteps, generator(seed))
    classes = {"XX": 0, "XY": 1, "YX": 2, "YY": 3}
    for row, label in zip(x, y):
        first, second = places_of_x_and_y(row)
        pair = "".join("X" if row[t, 4] else "Y" for t in (first, second))
        assert classes[pair] == label
        assert timesteps // 10 <= first <= timesteps // 5 < second
        assert timesteps // 2 <= second <= 3 * timesteps // 5


def test_the_two_symbols_are_anywhere_in_their_ranges_and_no_class_is_rare():
    x, y = temporal_order(2000, 100, generator())
    first, second = zip(*map(places_of_x_and_y, x))
    assert {*first} == {*range(10, 21)}
    assert {*second} == {*range(50, 61)}
    # a fair quarter is 500, standard deviation 19
    assert np.abs(np.bincount(y) - 500).max() < 4 * 19


def test_the_other_symbols_are_equally_frequent():
    # 98 000 of them: a fair quarter is 24 500, standard deviation 136
    counts = temporal_order(1000, 100, generator()).x.sum(axis=(0, 1))
    assert counts[4:].sum() == 2000
    assert np.abs(counts[:4] - 24500).max() < 4 * 136


# Sentences

GOOD, BAD, NOT = WORDS[1:11], WORDS[11:21], WORDS[21]


def sentence(tokens):
    """The words of a sentence; after it there is only padding."""
    words = [WORDS[token] for token in tokens]
    length = words.index("") if "" in words else len(words)
    assert set(words[length:]) <= {""}
    return words[:length]


def likes(words):
    """Whether the writer liked the film: the word that counts, turned around by *not*."""
    (place,) = [i for i, word in enumerate(words) if word in (*GOOD, *BAD)]
    turned = place > 0 and words[place - 1] == NOT
    assert words.count(NOT) == turned
    return (words[place] in GOOD) != turned


@given(st.integers(1, 6), st.integers(2, 30), st.integers(0, 99))
def test_the_words_of_a_sentence_say_whether_its_writer_liked_the_film(n, timesteps, seed):
    x, y = sentiment(n, timesteps, generator(seed))
    for tokens, (liked,) in zip(x, y):
        words = sentence(tokens)
        assert 2 <= len(words) <= timesteps
        assert likes(words) == liked


def test_there_are_ten_good_and_ten_bad_words_and_no_word_twice():
    assert (GOOD[0], BAD[0], NOT) == ("good", "bad", "not")
    assert len({*WORDS}) == len(WORDS) == 41
    assert WORDS[0] == ""


def test_sentences_are_of_all_kinds_equally_often():
    # 4000 sentences, standard deviations sqrt(4000 p (1 - p)): of p = 0.5 32, of 0.3 29, of 0.1 19
    x, y = sentiment(4000, 11, generator())
    sentences = [sentence(tokens) for tokens in x]
    lengths = np.bincount([len(words) for words in sentences])
    assert np.abs(lengths[2:] - 400).max() < 4 * 19
    assert abs(y.sum() - 2000) < 4 * 32
    assert abs((x == WORDS.index(NOT)).sum() - 1200) < 4 * 29
    counts = np.bincount(x.ravel())
    assert np.abs(counts[1:21] - 200).max() < 4 * 14
    fillers = counts[22:]
    assert np.abs(fillers - fillers.mean()).max() < 4 * np.sqrt(fillers.mean())


def test_the_word_that_counts_is_at_any_place_but_the_first():
    # of sentences of five words, a quarter has it at each of four places
    x, _ = sentiment(6000, 6, generator())
    fives = x[(x > 0).sum(axis=1) == 5]
    places = ((fives > 0) & (fives < 21)).sum(axis=0)
    assert places[0] == places[5] == 0
    assert np.abs(places[1:5] - len(fives) / 4).max() < 4 * np.sqrt(len(fives) * 3 / 16)


def test_who_only_counts_words_is_right_in_about_seventy_of_a_hundred_sentences():
    rng = generator()
    (x, y), (new_x, new_y) = sentiment(2000, 12, rng), sentiment(2000, 12, rng)

    def counts(x):
        return np.stack([(x == word).sum(axis=1) for word in range(1, len(WORDS))], axis=1)

    bag = Dense.initialise(len(WORDS) - 1, 1, rng)
    fit(bag, counts(x), y, binary_cross_entropy_with_logits, Adam(0.01), 30, 32, rng)
    right = ((bag.forward(counts(new_x)) > 0) == new_y).mean()
    assert 0.65 < right < 0.75


def test_weights_by_hand_get_three_of_the_four_cases_right():
    """Praise counts 1, blame -1 and a not -2, so only "not bad" comes out wrong."""
    x, y = sentiment(6000, 12, generator())
    counted = np.zeros(len(WORDS))
    counted[1:11], counted[11:21], counted[WORDS.index(NOT)] = 1.0, -1.0, -2.0
    right = ((counted[x].sum(axis=1, keepdims=True) > 0) == y).mean()
    assert 0.83 < right < 0.87


def test_who_reads_the_words_in_their_order_is_right_in_nearly_all_sentences():
    rng = generator()
    (x, y), (new_x, new_y) = sentiment(2000, 8, rng), sentiment(1000, 8, rng)
    layers = [
        Embedding.initialise(len(WORDS), 2, rng),
        SimpleRNN.initialise(2, 16, rng),
        Dense.initialise(16, 1, rng),
    ]
    model = Sequential(layers)
    fit(model, x, y, binary_cross_entropy_with_logits, Adam(0.005), 20, 32, rng, clip=1.0)
    assert ((model.forward(new_x) > 0) == new_y).mean() > 0.97


# Names


def test_the_elements_are_118_names_in_small_letters_in_the_order_of_their_numbers():
    assert len({*ELEMENTS}) == len(ELEMENTS) == 118
    assert all(re.fullmatch("[a-z]+", name) for name in ELEMENTS)
    numbers = {1: "hydrogen", 8: "oxygen", 26: "iron", 50: "tin", 79: "gold", 92: "uranium"}
    assert {number: ELEMENTS[number - 1] for number in numbers} == numbers
    assert (max(ELEMENTS, key=len), ELEMENTS[-1]) == ("rutherfordium", "oganesson")


def test_each_letter_of_a_name_is_followed_by_the_next_and_the_last_by_a_stop():
    x, y = element_names()
    assert x.shape == y.shape == (118, 14)
    assert x.dtype == y.dtype == np.int64
    for name, tokens, following in zip(ELEMENTS, x, y):
        padding = " " * (13 - len(name))
        assert "".join(LETTERS[token] for token in tokens) == f".{name}{padding}"
        assert "".join(LETTERS[token] for token in following) == f"{name}.{padding}"


def test_names_that_are_changed_leave_the_next_ones_alone():
    element_names().x[:] = 0
    assert element_names().x.any()


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
NOT_TIMESTEPS = "timesteps must be an integer of at least {}, got"
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
    fewest = 1 if task is echo else FEWEST[task]
    with pytest.raises(ValueError, match=exactly(message.format(fewest))):
        task(**arguments)


@pytest.mark.parametrize("task", [adding, temporal_order, sentiment], ids=lambda t: t.__name__)
def test_one_step_is_too_short_for_two_places(task):
    message = f"{NOT_TIMESTEPS} 1.".format(2)
    with pytest.raises(ValueError, match=exactly(message)):
        task(2, 1, generator())


@pytest.mark.parametrize("lag", [-1, 6, 2.0, None])
def test_a_lag_outside_of_the_stream_is_refused(lag):
    message = f"lag must be an integer from 0 to 5, got {lag}."
    with pytest.raises(ValueError, match=exactly(message)):
        echo(2, 5, generator(), lag)
