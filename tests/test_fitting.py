"""The loop that trains: its history, its order, what it refuses; and that networks learn."""

import io
import math
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import rnncore
from rnncore import evaluation, fitting, losses, optimisers, tasks, training
from rnncore.layers import GRU, LSTM, Bidirectional, Dense, Embedding, Sequential, SimpleRNN
from rnncore.training import (
    SGD,
    Adam,
    accuracy,
    binary_accuracy,
    binary_accuracy_with_logits,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy,
    categorical_cross_entropy_with_logits,
    clip_by_norm,
    clip_by_value,
    clip_each_by_norm,
    evaluate,
    fit,
    mean_squared_error,
    predict,
)


def generator(seed=1):
    return np.random.default_rng(seed)


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def exactly(message):
    return rf"\A{re.escape(message)}\Z"


def refused(message):
    return pytest.raises(ValueError, match=exactly(message))


class Spy:
    """A model that hands on what it gets, and notes it; its gradient is the largest input."""

    def __init__(self):
        self.parameters, self.gradients = {"p": np.zeros(1)}, {}
        self.seen, self.calls = [], []

    def forward(self, x, keep=True):
        self.seen.append(x)
        self.calls.append(f"forward, keep={keep}")
        return x

    def backward(self, dy):
        self.calls.append(f"backward from {dy}")
        self.gradients = {"p": np.max(self.seen[-1], keepdims=True).reshape(1), "h0": [1e9]}


def mean(y, target):
    """A loss that only says what it has seen."""
    return np.mean(y), "the loss"


def numbers(n):
    """1 … n, and for each the target 10 times as large."""
    return np.arange(1.0, n + 1), 10 * np.arange(1.0, n + 1)


def line():
    """y = 3 x at 1, 2, 3, and a model that begins at y = x.

    With one batch the loss is (4 · 1 + 4 · 4 + 4 · 9) / 3 = 56/3, and its gradient with respect
    to W the mean of 2 (x - 3 x) x = -4 (1 + 4 + 9) / 3 = -56/3.
    """
    x = np.array([[1.0], [2.0], [3.0]])
    return Dense([[1.0]]), x, 3 * x


def rate(step):
    """The learning rate that takes W of `line` from 1 to 1 + step in its first epoch."""
    return step * 3 / 56


def test_the_losses_and_optimisers_are_at_hand():
    at_hand = {
        losses: [
            accuracy,
            binary_accuracy,
            binary_accuracy_with_logits,
            binary_cross_entropy,
            categorical_cross_entropy,
            binary_cross_entropy_with_logits,
            categorical_cross_entropy_with_logits,
            mean_squared_error,
        ],
        optimisers: [SGD, Adam, clip_by_norm, clip_by_value, clip_each_by_norm],
        evaluation: [evaluate, predict],
        fitting: [fit],
    }
    for module, members in at_hand.items():
        for member in members:
            assert getattr(module, member.__name__) is getattr(training, member.__name__) is member


# The history


def test_one_epoch_of_one_batch_by_hand():
    model, x, y = line()
    history = fit(model, x, y, mean_squared_error, SGD(rate(1.5)), epochs=1, rng=generator())
    assert list(history) == ["loss", "gradient_norm"]
    assert_allclose(history["loss"], [56 / 3], rtol=1e-14)
    assert_allclose(history["gradient_norm"], [56 / 3], rtol=1e-14)
    assert_allclose(model.parameters["W"], [[2.5]], rtol=1e-14)


def test_the_second_epoch_begins_where_the_first_ended():
    # W goes from 1 to 2, where the differences are half as large; then half the way to 2.5
    model, x, y = line()
    history = fit(model, x, y, mean_squared_error, SGD(rate(1)), epochs=2, rng=generator())
    assert_allclose(history["loss"], [56 / 3, 14 / 3], rtol=1e-13)
    assert_allclose(history["gradient_norm"], [56 / 3, 28 / 3], rtol=1e-13)
    assert_allclose(model.parameters["W"], [[2.5]], rtol=1e-13)


def test_the_history_holds_plain_numbers():
    x, y = np.ones((3, 2), np.float32), np.ones((3, 1), np.float32)
    model = Dense(np.ones((2, 1), np.float32))
    history = fit(model, x, y, mean_squared_error, SGD(0.1), 2, rng=generator(), validation=(x, y))
    assert set(history) == {"loss", "gradient_norm", "validation_loss"}
    for values in history.values():
        assert type(values) is list
        assert [type(value) for value in values] == [float, float]
    assert model.parameters["W"].dtype == np.float32


@given(st.integers(1, 9), st.integers(1, 10), st.integers(0, 99))
def test_the_loss_is_the_mean_over_the_examples_whatever_the_batches(n, batch_size, seed):
    # the mean of 1 … n is (n + 1) / 2, however unequal the batches are
    x, y = numbers(n)
    history = fit(Spy(), x, y, mean, SGD(1.0), 2, batch_size, generator(seed))
    assert_allclose(history["loss"], [(n + 1) / 2] * 2, rtol=1e-14)


def test_the_gradient_norm_is_the_largest_of_the_batches():
    # the gradient is the largest input of a batch, so the largest of an epoch is 7; the gradient
    # with respect to h0 does not count, as there is no such parameter
    x, y = numbers(7)
    history = fit(Spy(), x, y, mean, SGD(1.0), epochs=3, batch_size=2, rng=generator())
    assert history["gradient_norm"] == [7.0, 7.0, 7.0]


def test_the_gradient_norm_of_a_recurrent_model_is_that_of_all_its_parameters():
    rng = generator()
    model = Sequential([SimpleRNN.initialise(3, 5, rng), Dense.initialise(5, 2, rng)])
    x, y = normal(4, 6, 3), normal(4, 2)
    _, dy = mean_squared_error(model.forward(x), y)
    model.backward(dy)
    assert "0.h0" in model.gradients
    squares = [(model.gradients[name] ** 2).sum() for name in model.parameters]
    history = fit(model, x, y, mean_squared_error, SGD(0.1), epochs=1, rng=generator())
    assert_allclose(history["gradient_norm"], [math.sqrt(sum(squares))], rtol=1e-12)


def test_no_epoch_is_no_history_and_no_change():
    model, x, y = line()
    history = fit(
        model, x, y, mean_squared_error, SGD(0.1), epochs=0, rng=generator(), validation=(x, y)
    )
    assert history == {"loss": [], "gradient_norm": [], "validation_loss": []}
    assert model.parameters["W"] == 1


# Batches


@given(st.integers(1, 9), st.integers(1, 10), st.integers(1, 3), st.integers(0, 99))
def test_every_epoch_sees_every_example_once_in_an_order_of_the_generator(
    n, batch_size, epochs, seed
):
    x, y = numbers(n)
    model, pairs = Spy(), []

    def loss(y, target):
        pairs.extend(zip(y, target))
        return 0.0, 0

    fit(model, x, y, loss, SGD(1.0), epochs, batch_size, generator(seed))
    full, left = divmod(n, batch_size)
    sizes = [batch_size] * full + [left] * (left > 0)
    assert [len(batch) for batch in model.seen] == sizes * epochs
    rng = generator(seed)
    expected = np.concatenate([x[rng.permutation(n)] for _ in range(epochs)])
    assert_array_equal(pairs, np.stack([expected, 10 * expected], axis=1))


def test_each_epoch_has_an_order_of_its_own_and_the_seed_repeats_them():
    x, y = numbers(50)
    orders = []
    for seed in (1, 1, 2):
        model = Spy()
        fit(model, x, y, mean, SGD(1.0), epochs=2, batch_size=50, rng=generator(seed))
        orders.append(np.array(model.seen))
    assert (orders[0][0] != orders[0][1]).any()
    assert_array_equal(orders[0], orders[1])
    assert (orders[0] != orders[2]).any()


def test_a_batch_has_32_examples_unless_told():
    model = Spy()
    fit(model, *numbers(70), mean, SGD(1.0), 1, rng=generator())
    assert [len(batch) for batch in model.seen] == [32, 32, 6]


def test_each_batch_goes_forward_and_back_and_changes_the_parameters():
    # the gradient is the largest input, 2 and then 3 or the other way round: 0 - 2 - 3
    model = Spy()
    validation = (np.array([4.0]), np.array([40.0]))
    fit(model, [2.0, 3.0], [20, 30], mean, SGD(1.0), 1, 1, generator(), validation=validation)
    both = ["forward, keep=True", "backward from the loss"]
    assert model.calls == [*both, *both, "forward, keep=False"]
    assert model.parameters["p"] == -5


def test_the_examples_are_left_as_they_are():
    model, x, y = line()
    kept = x.copy(), y.copy()
    for array in (x, y):
        array.flags.writeable = False
    fit(model, x, y, mean_squared_error, Adam(0.1), 2, 2, generator(), validation=(x, y))
    assert_array_equal(x, kept[0])
    assert_array_equal(y, kept[1])


def test_numpy_integers_and_lists_serve_as_well():
    model, x, y = line()
    history = fit(
        model,
        x.tolist(),
        y.tolist(),
        mean_squared_error,
        SGD(rate(1)),
        np.int64(1),
        np.uint8(3),
        generator(),
        validation=[x.tolist(), y.tolist()],
    )
    assert_allclose(history["loss"], [56 / 3], rtol=1e-14)
    assert_allclose(history["validation_loss"], [14 / 3], rtol=1e-13)


def test_tokens_stay_whole_numbers():
    rng = generator()
    layers = [
        Embedding.initialise(6, 4, rng),
        GRU.initialise(4, 5, rng),
        Dense.initialise(5, 1, rng),
    ]
    tokens = rng.integers(6, size=(20, 3))
    labels = (tokens[:, :1] > 2).astype(int)
    history = fit(
        Sequential(layers),
        tokens,
        labels,
        binary_cross_entropy_with_logits,
        Adam(0.05),
        20,
        7,
        generator(),
    )
    # a model that knows nothing costs log 2 = 0.69
    assert history["loss"][-1] < 0.1 < 0.6 < history["loss"][0]


# Clipping


def test_a_clipped_step_has_the_length_of_the_limit_and_the_history_the_norm_before():
    # the gradient -56/3 is cut to -1/4: W = 1 + 2 · 1/4
    model, x, y = line()
    history = fit(model, x, y, mean_squared_error, SGD(2.0), 1, rng=generator(), clip=0.25)
    assert_allclose(history["gradient_norm"], [56 / 3], rtol=1e-14)
    assert_allclose(model.parameters["W"], [[1.5]], rtol=1e-14)


def test_the_norm_is_that_of_all_parameters_together():
    # y = W x + b at x = 3 with W = b = 0, target -1/2: dy = 2 · 1/2 = 1, dW = 3, db = 1; the
    # norm √10 is cut to 1
    model = Dense([[0.0]], [0.0])
    fit(model, [[3.0]], [[-0.5]], mean_squared_error, SGD(1.0), 1, rng=generator(), clip=1)
    assert_allclose(model.parameters["W"], [[-3 / math.sqrt(10)]], rtol=1e-14)
    assert_allclose(model.parameters["b"], [-1 / math.sqrt(10)], rtol=1e-14)


@pytest.mark.parametrize("clip", [None, 19, 1e300])
def test_a_gradient_below_the_limit_is_taken_whole(clip):
    model, x, y = line()
    fit(model, x, y, mean_squared_error, SGD(rate(1)), 1, rng=generator(), clip=clip)
    assert_allclose(model.parameters["W"], [[2.0]], rtol=1e-14)


def test_without_a_limit_even_a_gradient_of_1e200_is_taken_whole():
    model = Spy()
    fit(model, [1e200], [0], mean, SGD(1.0), epochs=1, rng=generator())
    assert model.parameters["p"] == -1e200


# Validation


def test_the_validation_loss_is_computed_after_each_epoch_with_the_parameters_it_reached():
    # after the epochs W is 2 and 2.5; at x = 2, y = 8 the losses are (4 - 8)² and (5 - 8)²
    model, x, y = line()
    validation = (np.array([[2.0]]), np.array([[8.0]]))
    history = fit(
        model, x, y, mean_squared_error, SGD(rate(1)), 2, rng=generator(), validation=validation
    )
    assert list(history) == ["loss", "gradient_norm", "validation_loss"]
    assert_allclose(history["validation_loss"], [16, 9], rtol=1e-12)
    assert_allclose(history["loss"], [56 / 3, 14 / 3], rtol=1e-13)


def test_validation_takes_no_part_in_the_training():
    models = []
    for validation in (None, tasks.count_ones(7, 4, generator(5))):
        model = SimpleRNN.initialise(1, 3, rng=2)
        whole = Sequential([model, Dense.initialise(3, 1, rng=3)])
        x, y = tasks.count_ones(10, 4, generator(4))
        fit(whole, x, y, mean_squared_error, Adam(0.1), 3, 4, generator(), validation=validation)
        models.append(whole)
    for name, p in models[0].parameters.items():
        assert_array_equal(p, models[1].parameters[name])


# Numbers that are lost


def fails_at(call, bad):
    """A loss that is `bad` when it is called for the `call`-th time, and else the mean."""
    count = 0

    def loss(y, target):
        nonlocal count
        count += 1
        return (bad if count == call else np.mean(y)), "the loss"

    return loss


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_loss_that_is_no_number_ends_the_training_before_the_batch_changes_anything(bad):
    # 5 examples in batches of 2 are 3 batches, so that the fifth is the second of epoch 2; the
    # gradients of the four before it were the largest input of each
    model = Spy()
    message = exactly(f"The loss became {bad} in epoch 2, batch 2.")
    with pytest.raises(FloatingPointError, match=message):
        fit(model, *numbers(5), fails_at(5, bad), SGD(1.0), 9, 2, generator())
    assert len(model.seen) == 5
    assert model.parameters["p"] == -sum(batch.max() for batch in model.seen[:4])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("clip", [None, 1e9])
def test_a_gradient_that_is_no_number_ends_the_training_before_it_changes_anything(bad, clip):
    # one batch holds it; the others may come before or after
    x, y = numbers(6)
    x[2] = bad
    place = generator().permutation(6).tolist().index(2) + 1
    assert place > 1
    model, optimiser = Spy(), SGD(1.0, 0.5)
    message = exactly(f"The norm of the gradient became {bad} in epoch 1, batch {place}.")
    with pytest.raises(FloatingPointError, match=message):
        fit(model, x, y, lambda y, target: (0.0, 0), optimiser, 1, 1, generator(), clip)
    assert len(model.seen) == place
    v = p = 0.0
    for batch in model.seen[:-1]:
        v = 0.5 * v - batch.item()
        p += v
    assert model.parameters["p"] == p
    assert optimiser.velocity["p"] == v


def test_a_model_that_diverges_is_stopped_with_the_parameters_it_had():
    # each step multiplies the distance to 3 by 1 - 100 · 28/3
    model, x, y = line()
    with np.errstate(over="ignore"), pytest.raises(FloatingPointError, match="became inf in epoch"):
        fit(model, x, y, mean_squared_error, SGD(100.0), epochs=200, rng=generator())
    assert np.isfinite(model.parameters["W"]).all()
    assert np.abs(model.parameters["W"]) > 1e100


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_validation_loss_that_is_no_number_ends_the_training_too(bad):
    # of three batches and a validation in each epoch, the eighth is the validation of epoch 2;
    # the six batches before it have changed the parameter, each by its largest input
    model = Spy()
    message = exactly(f"The validation loss became {bad} in epoch 2.")
    with pytest.raises(FloatingPointError, match=message):
        fit(
            model,
            *numbers(5),
            fails_at(8, bad),
            SGD(1.0),
            9,
            2,
            generator(),
            validation=numbers(1),
        )
    batches = [*model.seen[:3], *model.seen[4:7]]
    assert model.parameters["p"] == -sum(batch.max() for batch in batches)


# The progress bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def two_epochs():
    return fit(Spy(), *numbers(3), mean, SGD(1.0), epochs=2, rng=generator())


def test_the_progress_bar_is_silent_where_nobody_watches(capfd):
    threads = threading.active_count()
    assert two_epochs()["loss"] == [2.0, 2.0]
    assert capfd.readouterr() == ("", "")
    assert threading.active_count() == threads


@pytest.mark.parametrize("stream", [None, object(), io.StringIO()])
def test_a_stream_that_is_no_terminal_is_not_asked_for_more(monkeypatch, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    assert two_epochs()["loss"] == [2.0, 2.0]


def test_a_terminal_shows_the_epochs(monkeypatch):
    tqdm = pytest.importorskip("tqdm").tqdm
    monkeypatch.setattr(tqdm, "monitor_interval", 0)  # no thread that outlives the test,
    tqdm.set_lock(threading.RLock())  # and no lock that other processes wait for
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert two_epochs()["loss"] == [2.0, 2.0]
    text = sys.stderr.getvalue()
    assert "2/2" in text
    assert re.search(r"\depoch/s|s/epoch", text)


def test_without_tqdm_it_trains_all_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert two_epochs()["loss"] == [2.0, 2.0]
    assert sys.stderr.getvalue() == ""


# Metrics


def least(y, target):
    return np.min(y)


def largest(y, target):
    return np.max(y)


def test_metrics_are_the_means_over_the_batches_and_computed_once_for_the_validation():
    # the batches hold 2, 2 and 1 of the numbers from 1 to 5
    model = Spy()
    history = fit(
        model, *numbers(5), mean, SGD(1.0), 1, 2, generator(), None, numbers(4), metrics=[largest]
    )
    assert list(history) == [
        "loss",
        "gradient_norm",
        "largest",
        "validation_loss",
        "validation_largest",
    ]
    assert_allclose(
        history["largest"], [sum(len(b) * b.max() for b in model.seen[:3]) / 5], rtol=1e-14
    )
    assert history["validation_largest"] == [4]
    assert [len(batch) for batch in model.seen[3:]] == [2, 2]


def test_metrics_are_computed_from_the_output_before_the_step():
    model, x, y = line()
    history = fit(
        model, x, y, mean_squared_error, SGD(rate(1)), 2, rng=generator(), metrics=[least]
    )
    assert_allclose(history["least"], [1, 2], rtol=1e-14)


def test_a_metric_that_fails_stops_the_training_before_the_batch_changes_anything():
    model, x, y = line()
    with pytest.raises(ValueError, match="see binary_accuracy"):
        fit(model, x, y, mean_squared_error, SGD(0.1), 1, rng=generator(), metrics=[accuracy])
    assert model.parameters["W"] == 1


# Weights, masks and ignored labels


def trained(model, x, y, loss=mean_squared_error, epochs=2, batch_size=32, **options):
    """Return the history and the parameters after training on batches in order."""
    history = fit(model, x, y, loss, SGD(0.1, 0.5), epochs, batch_size, generator(), **options)
    return history, model.parameters


def assert_same(one, other, rtol=1e-10):
    for expected, found in zip(one, other):
        assert expected.keys() == found.keys()
        for name, value in expected.items():
            assert_allclose(found[name], value, rtol=rtol, atol=1e-14, err_msg=name)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=4).filter(any))
def test_a_weight_says_how_often_an_example_is_there(weights):
    x, y = normal(4, 3), normal(4, 2)
    often = np.repeat(np.arange(4), weights)
    one = trained(Dense.initialise(3, 2, rng=1), x[often], y[often])
    other = trained(Dense.initialise(3, 2, rng=1), x, y, weights=weights)
    assert_same(one, other)


def test_the_loss_of_an_epoch_is_the_weighted_mean_over_its_batches():
    x, y, weights = numbers(4)[0], np.zeros(4), np.array([1.0, 0, 2, 3])

    def loss(y, target, weights):
        return np.average(y, weights=weights), "the loss"

    for batch_size in (1, 2, 3, 4):
        history = fit(Spy(), x, y, loss, SGD(1.0), 1, batch_size, generator(), weights=weights + 1)
        assert_allclose(history["loss"], np.average(x, weights=weights + 1), rtol=1e-14)


def test_a_batch_in_which_nothing_counts_is_skipped():
    # of three batches of one, only those of 2 and 3 have a gradient, the number itself
    model, optimiser = Spy(), SGD(1.0, 0.5)
    history = fit(
        model,
        [1.0, 2.0, 3.0],
        [7, 0, 0],
        lambda y, target, weights: (y.item(), "the loss"),
        optimiser,
        1,
        1,
        generator(),
        ignore=7,
    )
    assert history == {"loss": [2.5], "gradient_norm": [3.0]}
    assert len(model.seen) == 3
    first, second = [batch.item() for batch in model.seen if batch.item() != 1]
    assert model.parameters["p"] == -first - (0.5 * first + second)


def test_where_nothing_at_all_counts_there_is_nothing_to_learn():
    x, lengths, y = padded()
    loss = categorical_cross_entropy_with_logits
    with refused("weights, mask and ignore must let at least one example count."):
        trained(tagger(), x, y, loss, lengths=0 * lengths)
    model = Dense([[1.0]])
    with refused("weights must be numbers from 0 on, got zeros only: nothing would count."):
        trained(model, [[1.0]], [[3]], ignore=3)
    with refused("weights must be numbers from 0 on, got zeros only: nothing would count."):
        trained(model, [[1.0]], [[1]], ignore=3, validation=([[1.0]], [[3]]))
    assert model.parameters["W"] == 1


def tagger(mask=None):
    rng = generator(3)
    return Sequential(
        [
            Embedding.initialise(6, 3, rng, mask=mask),
            LSTM.initialise(3, 4, rng, return_sequences=True),
            Dense.initialise(4, 3, rng),
        ]
    )


def padded():
    """Tokens from 1 on, padded by 0 behind; their lengths; and labels, padded by -100."""
    rng = generator(5)
    lengths = np.array([4, 1, 3, 5, 2])
    mask = np.arange(5) < lengths[:, np.newaxis]
    return (
        rng.integers(1, 6, (5, 5)) * mask,
        lengths,
        np.where(mask, rng.integers(3, size=(5, 5)), -100),
    )


def rolled(array, lengths):
    """Return the array with the padding in front."""
    return np.stack([np.roll(row, len(row) - n) for row, n in zip(array, lengths)])


@pytest.mark.parametrize("batch_size", [2, 5])
def test_padding_behind_in_front_by_token_length_or_mask_trains_alike(batch_size):
    x, lengths, y = padded()
    options = {"loss": categorical_cross_entropy_with_logits, "metrics": [accuracy]}
    options |= {"batch_size": batch_size, "epochs": 3}
    one = trained(tagger(mask=0), x, y, validation=(x, y), **options)
    front = rolled(x, lengths), rolled(y, lengths)
    for x_y, masked in (
        ((x, y), {"lengths": lengths}),
        ((x, y), {"mask": x > 0}),
        (front, {"mask": front[0] > 0}),
    ):
        validation = dict(zip("xy", x_y)) | masked
        assert_same(one, trained(tagger(), *x_y, validation=validation, **masked, **options))
    # an ignored label leaves the loss alone, but the states behind it are nobody's business
    assert_same(one, trained(tagger(), x, y, validation=(x, y), ignore=-100, **options))
    assert_same(one, trained(tagger(mask=0), *front, validation=front, **options))


def test_without_padding_one_batch_of_one_length_trains_as_the_padded_one():
    x, _, y = padded()
    loss = categorical_cross_entropy_with_logits
    one = trained(tagger(), x[2:3, :3], y[2:3, :3], loss)
    assert_same(one, trained(tagger(), x[2:3], y[2:3], loss, lengths=[3]))


def test_weights_and_masks_are_multiplied():
    x, lengths, y = padded()
    loss, each = categorical_cross_entropy_with_logits, np.arange(1.0, 6)
    steps = (x > 0) * each[:, np.newaxis]
    one = trained(tagger(mask=0), x, y, loss, weights=steps)
    assert_same(one, trained(tagger(mask=0), x, y, loss, weights=each))
    y[0, 0] = -100
    steps[0, 0] = 0
    one = trained(tagger(mask=0), x, y, loss, weights=steps)
    assert_same(one, trained(tagger(), x, y, loss, weights=each, ignore=-100, lengths=lengths))


def test_the_validation_has_weights_of_its_own_and_the_ignored_label_of_all():
    model, x, y = line()
    validation = {"x": [[1.0], [2.0], [3.0]], "y": [[0], [0], [9]], "weights": [1, 3, 5]}
    history = fit(
        model,
        x,
        y,
        mean_squared_error,
        SGD(rate(1)),
        1,
        rng=generator(),
        ignore=9,
        validation=validation,
    )
    # W goes from 1 to 1 + 1 · (4 + 16) / 2 / (56 / 3), as 9 is ignored in y as well
    W = model.parameters["W"].item()
    assert_allclose(history["validation_loss"], [(W**2 + 3 * (2 * W) ** 2) / 4], rtol=1e-14)


# The learning rate


def test_a_schedule_sets_the_learning_rate_of_each_epoch():
    model, asked = Spy(), []
    optimiser = SGD(9.0)

    def schedule(epoch):
        asked.append(epoch)
        return 10.0**-epoch

    fit(model, [3.0], [0], mean, optimiser, 3, rng=generator(), schedule=schedule)
    assert asked == [1, 2, 3]
    assert_allclose(model.parameters["p"], [-0.333 * 10**0], rtol=1e-12)
    assert optimiser.learning_rate == 10.0**-3


@pytest.mark.parametrize("wrong", [0, -1, None, "fast"])
def test_a_schedule_that_gives_no_rate_is_refused(wrong):
    with refused(f"schedule(1) must be a positive number, got {wrong!r}."):
        fit(Spy(), [3.0], [0], mean, SGD(1.0), 1, rng=generator(), schedule=lambda epoch: wrong)


# Stopping


def scripted(values):
    """A loss that is 1 in training and follows a script in validation, whose target is -1."""
    script = iter(values)

    def loss(y, target):
        return (next(script) if (target == -1).all() else 1.0), "the loss"

    return loss


def watch(values, patience, epochs=9, **options):
    """Return the history and the parameter; each epoch takes 1 from the parameter."""
    model = Spy()
    history = fit(
        model,
        [1.0],
        [0],
        scripted(values),
        SGD(1.0),
        epochs,
        rng=generator(),
        validation=([1.0], [-1]),
        patience=patience,
        **options,
    )
    return history, model.parameters["p"].item()


@pytest.mark.parametrize(
    ("values", "patience", "epochs", "best"),
    [
        ([5, 4, 6, 3, 7, 8, 2, 1], 2, 6, 4),
        ([5, 4, 6, 3, 7, 8, 2, 9, 9, 9], 3, 9, 7),
        ([5, 4, 4, 4], 2, 4, 2),
        ([5, 5, 0], 1, 2, 1),
        ([1, 2, 3], 2, 3, 1),
        ([9, 8, 7, 6, 5, 4, 3, 2, 1], 1, 9, 9),
    ],
)
def test_patience_ends_when_the_validation_loss_stops_falling_and_restores_the_best(
    values, patience, epochs, best
):
    history, p = watch(values, patience)
    assert history["validation_loss"] == values[:epochs]
    assert [len(values) for values in history.values()] == [epochs] * 3
    assert p == -best


def test_the_best_parameters_come_back_when_the_epochs_run_out_too():
    assert watch([3, 1, 2], 5, epochs=3)[1] == -2


def test_patience_watches_the_epochs_of_its_own_call():
    history, _ = watch([1, 2, 3], 2)
    again, p = watch([7, 6, 8, 9], 2, history=history)
    assert again["validation_loss"] == [1, 2, 3, 7, 6, 8, 9]
    assert p == -2


def test_a_callback_sees_each_epoch_and_may_stop():
    seen = []

    def callback(epoch, history):
        seen.append((epoch, {name: len(values) for name, values in history.items()}))
        return epoch == 3

    history = fit(Spy(), [1.0], [0], mean, SGD(1.0), 9, rng=generator(), callback=callback)
    assert seen == [(n, {"loss": n, "gradient_norm": n}) for n in (1, 2, 3)]
    assert len(history["loss"]) == 3


@pytest.mark.parametrize("answer", [None, False, 0])
def test_a_callback_that_does_not_ask_to_stop_lets_it_go_on(answer):
    history = fit(Spy(), [1.0], [0], mean, SGD(1.0), 2, rng=generator(), callback=lambda *_: answer)
    assert len(history["loss"]) == 2


# Going on


def interrupt_at(epoch):
    def callback(now, history):
        if now == epoch:
            raise KeyboardInterrupt

    return callback


def test_the_history_survives_an_interruption_with_whole_epochs_only():
    history = {}
    with pytest.raises(KeyboardInterrupt):
        fit(
            Spy(),
            *numbers(3),
            mean,
            SGD(1.0),
            9,
            2,
            generator(),
            history=history,
            validation=numbers(1),
            metrics=[least],
            callback=interrupt_at(3),
        )
    assert {name: len(values) for name, values in history.items()} == dict.fromkeys(
        ["loss", "gradient_norm", "least", "validation_loss", "validation_least"], 3
    )
    # 3 batches an epoch: the eighth call is the validation of epoch 2, the fifth its second batch
    for call, whole in ((8, 1), (5, 1), (4, 0), (2, 0)):
        history = {}
        with pytest.raises(FloatingPointError):
            fit(
                Spy(),
                *numbers(5),
                fails_at(call, np.nan),
                SGD(1.0),
                9,
                2,
                generator(),
                history=history,
                validation=numbers(1),
            )
        assert [len(values) for values in history.values()] == [whole] * 3


def rates(epoch):
    return 0.05 / epoch


@pytest.mark.parametrize("make", [lambda: SGD(0.1, 0.9), lambda: Adam(0.01)])
@pytest.mark.parametrize("carried", [{}, {"stateful": True, "chunk": 2}])
@pytest.mark.parametrize("schedule", [None, rates])
def test_three_epochs_and_another_three_are_six_bit_for_bit(make, carried, schedule):
    x, _, y = padded()
    runs = []
    for parts in ([6], [3, 3], [1, 5]):
        model, optimiser, rng, history = tagger(mask=0), make(), generator(9), {}
        for epochs in parts:
            same = fit(
                model,
                x,
                y,
                categorical_cross_entropy_with_logits,
                optimiser,
                epochs,
                2,
                rng,
                1.0,
                (x, y),
                metrics=[accuracy],
                history=history,
                schedule=schedule,
                **carried,
            )
            assert same is history
        runs.append((history, model.parameters))
    for history, parameters in runs[1:]:
        assert history == runs[0][0]
        for name, p in parameters.items():
            assert_array_equal(p, runs[0][1][name])


def test_an_epoch_counts_on_from_the_history():
    history, seen = {"loss": [3.0, 2.0], "gradient_norm": [1.0, 1.0]}, []
    with pytest.raises(
        FloatingPointError, match=exactly("The loss became nan in epoch 4, batch 1.")
    ):
        fit(
            Spy(),
            [1.0],
            [0],
            fails_at(2, np.nan),
            SGD(1.0),
            5,
            rng=generator(),
            history=history,
            callback=lambda epoch, history: seen.append(epoch),
        )
    assert seen == [3]
    assert history["loss"] == [3.0, 2.0, 1.0]


# Long streams


def follower(units=4, **options):
    rng = generator(3)
    return Sequential(
        [
            GRU.initialise(2, units, rng, return_sequences=True),
            LSTM.initialise(units, 3, rng, return_sequences=True, **options),
            Dense.initialise(3, 1, rng),
        ]
    )


def streams(n=3, timesteps=7):
    return normal(n, timesteps, 2), normal(n, timesteps, 1)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 9])
@pytest.mark.parametrize("batch_size", [2, 3])
def test_streams_are_read_in_chunks_that_carry_the_state_and_cut_the_gradient(chunk, batch_size):
    x, y = streams()
    model, by_hand, optimiser = follower(), follower(), SGD(0.1, 0.5)
    losses = []
    for _ in range(2):  # each epoch begins with zeros
        values = []
        for rows in (slice(0, batch_size), slice(batch_size, 3)):
            states = ()
            for t in range(0, 7, chunk):
                x_k, y_k = x[rows, t : t + chunk], y[rows, t : t + chunk]
                if x_k.size:
                    value, dy = mean_squared_error(by_hand.forward(x_k, *states), y_k)
                    by_hand.backward(dy)
                    optimiser.update(by_hand.parameters, by_hand.gradients)
                    states = by_hand.state
                    values.append((value, y_k.size))
        losses.append(np.average(*np.transpose(values)[:1], weights=np.transpose(values)[1]))
    history = fit(
        model, x, y, mean_squared_error, SGD(0.1, 0.5), 2, batch_size, stateful=True, chunk=chunk
    )
    assert_allclose(history["loss"], losses, rtol=1e-12)
    for name, p in model.parameters.items():
        assert_allclose(p, by_hand.parameters[name], rtol=1e-12, atol=1e-15)


def test_one_chunk_for_all_is_a_batch_in_its_order():
    x, y = streams()
    one = trained(follower(), x, y)
    other = trained(follower(), x, y, stateful=True, chunk=7)
    assert_same(one, other)


def test_rows_stay_in_their_places_and_a_generator_deals_the_streams_to_the_batches():
    # x tells the stream and the step
    x = np.arange(4)[:, np.newaxis] * 10.0 + np.arange(5)

    class Stream(Spy):
        states, state = ("h",), ("carried",)

        def forward(self, x, *states, keep=True):
            self.calls.append((x.tolist(), states))
            self.seen.append(x)
            return x

    for rng in (None, generator(2)):
        model = Stream()
        fit(model, x, x, mean, SGD(1.0), 2, 3, rng, stateful=True, chunk=2)
        calls = (call for call in model.calls if isinstance(call, tuple))
        again = generator(2)
        for _ in range(2):
            order = np.arange(4) if rng is None else again.permutation(4)
            for rows in (order[:3], order[3:]):
                for t in (0, 2, 4):
                    states = ("carried",) if t else ()
                    assert next(calls) == (x[rows, t : t + 2].tolist(), states)


def test_streams_of_unequal_length_train_as_one_that_has_ended():
    # the second stream ends after 3 steps; alone it is read in chunks of 2 and 1
    x, y = streams(1)
    one = trained(follower(), x[:, :3], y[:, :3], stateful=True, chunk=2)
    garbage = y.copy()
    garbage[:, 3:] = np.nan
    for masked in ({"lengths": [3]}, {"mask": np.arange(7)[np.newaxis] < 3}):
        assert_same(one, trained(follower(), x, garbage, stateful=True, chunk=2, **masked))


def test_weights_of_streams_hold_for_each_of_their_steps():
    x, y = streams()
    each = np.repeat([[1.0], [2.0], [0.5]], 7, axis=1)
    one = trained(follower(), x, y, stateful=True, chunk=3, weights=each)
    assert_same(one, trained(follower(), x, y, stateful=True, chunk=3, weights=[1, 2, 0.5]))


def test_streams_train_a_memory_that_reaches_beyond_the_chunk():
    """Remember the bit of 3 steps ago, with chunks of 2: only what is carried can know it."""
    bits = generator(4).integers(2, size=(20, 202))
    x, y = bits[:, 3:, np.newaxis] - 0.5, bits[:, :-3, np.newaxis]
    model = Sequential(
        [
            SimpleRNN.initialise(1, 32, rng=1, return_sequences=True),
            Dense.initialise(32, 1, rng=2),
        ]
    )
    history = fit(
        model,
        x,
        y,
        binary_cross_entropy_with_logits,
        Adam(0.003),
        4,
        stateful=True,
        chunk=2,
        metrics=[binary_accuracy_with_logits],
    )
    assert history["binary_accuracy_with_logits"][-1] > 0.95


SAME = {"x": np.ones((2, 4, 2)), "y": np.ones((2, 4, 1))}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"chunk": None}, "chunk must be an integer of at least 1, got None."),
        ({"chunk": 0}, "chunk must be an integer of at least 1, got 0."),
        ({"stateful": False, "rng": generator()}, "chunk needs stateful=True, got 2 alone."),
        ({"stateful": 1}, "stateful must be True or False, got 1."),
        ({"stateful": 1, "rng": generator()}, "stateful must be True or False, got 1."),
        ({"rng": 1}, "rng must be a generator, such as np.random.default_rng(1), got 1."),
        (
            {"y": np.ones((2, 1))},
            "x and y must have a step for each other if stateful, got (2, 4, 2) and (2, 1).",
        ),
        (
            {"x": np.ones(2), "y": np.ones(2)},
            "x and y must have a step for each other if stateful, got (2,) and (2,).",
        ),
        (
            {"model": Dense([[1.0], [1.0]])},
            "stateful needs recurrent layers that read forwards, with return_sequences=True, got"
            " Dense(W (2, 1)).",
        ),
    ],
)
def test_what_cannot_be_streamed_is_refused(change, message):
    arguments = SAME | {"model": follower(), "stateful": True, "chunk": 2} | change
    with refused(message):
        fit(loss=mean_squared_error, optimiser=SGD(0.1), epochs=1, **arguments)


def test_a_layer_that_reads_back_cannot_be_streamed():
    back = follower(reverse=True)
    both = Sequential(
        [
            Bidirectional(
                GRU.initialise(2, 1, 1, return_sequences=True),
                GRU.initialise(2, 1, 2, return_sequences=True, reverse=True),
                merge="sum",
            )
        ]
    )
    for model in (back, both):
        with pytest.raises(
            ValueError, match=r"\Astateful needs recurrent layers that read forwards"
        ):
            fit(
                model,
                **SAME,
                loss=mean_squared_error,
                optimiser=SGD(0.1),
                epochs=1,
                chunk=2,
                stateful=True,
            )


# What is refused

NOT_EPOCHS = "epochs must be an integer of at least 0, got"
NOT_BATCH = "batch_size must be an integer of at least 1, got"
NOT_RNG = "rng must be a generator, such as np.random.default_rng(1), got"
NOT_CLIP = "clip must be a positive number, got"
NOT_PAIR = (
    "validation must be a pair (x, y), or a dict of x, y and perhaps weights, lengths, mask, got"
)
NOT_ALIKE = "x and y must have one entry per example, got shapes"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("epochs", -1, f"{NOT_EPOCHS} -1."),
        ("epochs", 1.5, f"{NOT_EPOCHS} 1.5."),
        ("epochs", None, f"{NOT_EPOCHS} None."),
        ("batch_size", 0, f"{NOT_BATCH} 0."),
        ("batch_size", 2.0, f"{NOT_BATCH} 2.0."),
        ("batch_size", None, f"{NOT_BATCH} None."),
        ("rng", None, f"{NOT_RNG} None."),
        ("rng", 7, f"{NOT_RNG} 7."),
        ("clip", 0, f"{NOT_CLIP} 0."),
        ("clip", -1.0, f"{NOT_CLIP} -1.0."),
        ("clip", np.inf, f"{NOT_CLIP} inf."),
        ("clip", "1", f"{NOT_CLIP} '1'."),
        ("x", None, "x must hold real numbers, got None."),
        ("y", None, "y must hold real numbers, got None."),
        ("y", ["a", "b", "c"], "y must hold real numbers, got an array of type <U1."),
        ("x", [[1.0], [2.0]], f"{NOT_ALIKE} (2, 1) and (3, 1)."),
        ("y", [1.0], f"{NOT_ALIKE} (3, 1) and (1,)."),
        ("y", 1.0, f"{NOT_ALIKE} (3, 1) and ()."),
        ("x", 1.0, f"{NOT_ALIKE} () and (3, 1)."),
        ("validation", 7, f"{NOT_PAIR} int."),
        ("validation", np.ones((2, 3)), f"{NOT_PAIR} ndarray."),
        ("validation", "xy", f"{NOT_PAIR} str."),
        ("validation", [], f"{NOT_PAIR} 0 entries."),
        ("validation", ([1], [2], [3]), f"{NOT_PAIR} 3 entries."),
        ("validation", (None, [1.0]), "validation x must hold real numbers, got None."),
        ("validation", ([1.0], None), "validation y must hold real numbers, got None."),
        (
            "validation",
            ([1.0, 2.0], [1.0]),
            "validation x and validation y must have one entry per example,"
            " got shapes (2,) and (1,).",
        ),
        (
            "validation",
            (np.empty((0, 1)), np.empty((0, 1))),
            "validation x must hold at least one example, got shape (0, 1).",
        ),
    ],
)
def test_an_argument_that_does_not_fit_is_refused_before_the_training(name, value, message):
    model, x, y = line()
    arguments = {"x": x, "y": y, "epochs": 1, "rng": generator()} | {name: value}
    with refused(message):
        fit(model, loss=mean_squared_error, optimiser=SGD(0.1), **arguments)
    assert model.parameters["W"] == 1


NOT_HISTORY = "history must hold lists of one length for loss, gradient_norm, got"


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("patience", 1, "patience watches the validation loss: pass validation=(x, y), too."),
        ("callback", 3, "callback must be a function, or None, got 3."),
        ("schedule", 0.1, "schedule must be a function, or None, got 0.1."),
        ("history", [], "history must be a dict that fit has filled, got a value of type list."),
        ("history", {"loss": [1.0]}, f"{NOT_HISTORY} {{'loss': 1}}."),
        (
            "history",
            {"loss": [1.0], "gradient_norm": []},
            f"{NOT_HISTORY} {{'loss': 1, 'gradient_norm': 0}}.",
        ),
        (
            "history",
            {"loss": [], "gradient_norm": [], "accuracy": []},
            f"{NOT_HISTORY} {{'loss': 0, 'gradient_norm': 0, 'accuracy': 0}}.",
        ),
        ("validation", {"x": [[1.0]]}, f"{NOT_PAIR} one of x."),
        ("validation", {"x": [[1.0]], "y": [[1.0]], "z": 1}, f"{NOT_PAIR} one of x, y, z."),
        ("weights", [1, -1, 1], "weights must be numbers from 0 on, got -1."),
        ("ignore", "a", "ignore must be an integer label, got 'a'."),
    ],
)
def test_an_option_that_does_not_fit_is_refused_before_the_training(option, value, message):
    model, x, y = line()
    with refused(message):
        fit(model, x, y, mean_squared_error, SGD(0.1), 1, rng=generator(), **{option: value})
    assert model.parameters["W"] == 1


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True])
def test_patience_is_a_number_of_epochs(wrong):
    with refused(f"patience must be an integer of at least 1, got {wrong!r}."):
        watch([1], wrong)


def test_masked_training_needs_a_masked_validation():
    x, lengths, y = padded()
    with refused("validation must have a mask, too: pass dict(x=…, y=…, lengths=…)."):
        trained(
            tagger(),
            x,
            y,
            categorical_cross_entropy_with_logits,
            lengths=lengths,
            validation=(x, y),
        )


def test_an_unknown_keyword_is_answered_with_the_known_ones():
    with pytest.raises(
        TypeError, match=r"\Afit takes no epoch: its arguments are model, x, y, los"
    ):
        fit(*line(), mean_squared_error, SGD(0.1), epoch=1)


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("model", [1], "model must be a layer, such as Sequential([…]), got a value of type list."),
        (
            "loss",
            "mse",
            "loss must be a function (y, target) -> (number, gradient), such as"
            " mean_squared_error, got 'mse'.",
        ),
        (
            "optimiser",
            Adam,
            "optimiser must be made first, such as Adam(0.001), got the class Adam.",
        ),
        ("optimiser", "adam", "optimiser must be made first, such as Adam(0.001), got 'adam'."),
        (
            "loss",
            lambda y, target: 1.0,
            "loss must return a pair, the number and its gradient with respect to y, got 1.0.",
        ),
    ],
)
def test_a_part_of_another_kind_is_refused_with_the_cure(part, value, message):
    model, x, y = line()
    parts = {"model": model, "loss": mean_squared_error, "optimiser": SGD(0.1)} | {part: value}
    with refused(message):
        fit(**parts, x=x, y=y, epochs=1, rng=generator())
    assert model.parameters["W"] == 1


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
@pytest.mark.parametrize(
    "loss", [binary_cross_entropy_with_logits, categorical_cross_entropy_with_logits]
)
def test_probabilities_in_front_of_a_loss_on_logits_are_refused(activation, loss):
    """Such a model would stay at a loss of 0.693 for ever, on a task that logits solve."""
    last = Dense([[1.0]], activation=activation)
    for model in (last, Sequential([Dense([[1.0]]), last])):
        with refused(
            f"{loss.__name__} takes logits, got a model whose last layer applies {activation}:"
            f" leave that activation out, or take {loss.__name__[: -len('_with_logits')]}."
        ):
            fit(model, [[1.0]], [[1.0]], loss, SGD(0.1), 1, rng=generator())


@pytest.mark.parametrize("call", [SGD(0.1).update, Adam(0.1).update])
def test_arrays_without_names_are_refused(call):
    named, bare = {"W": np.ones(2)}, [np.ones(2)]
    for word, pair in {"parameters": (bare, named), "gradients": (named, bare)}.items():
        with refused(f"{word} must be a dict, name -> array, got a value of type list."):
            call(*pair)
    with refused("gradients must be a dict, name -> array, got a value of type list."):
        clip_by_norm(bare, 1.0)


def test_a_generator_has_to_be_given():
    model, x, y = line()
    with refused(f"{NOT_RNG} None."):
        fit(model, x, y, mean_squared_error, SGD(0.1), 1)


def test_two_numbers_or_no_examples_are_refused():
    model = Dense([[1.0]])
    with refused(f"{NOT_ALIKE} () and ()."):
        fit(model, 1.0, 1.0, mean_squared_error, SGD(0.1), 1, rng=generator())
    with refused("x must hold at least one example, got shape (0, 1)."):
        fit(model, np.empty((0, 1)), [], mean_squared_error, SGD(0.1), 1, rng=generator())


def test_targets_that_do_not_fit_the_output_are_refused_by_the_loss():
    model, x, y = line()
    with refused(
        "target must have the shape of y = (3, 1), got (3,). Pass target[..., np.newaxis]."
    ):
        fit(model, x, y[:, 0], mean_squared_error, SGD(0.1), 1, rng=generator())
    assert model.parameters["W"] == 1


# It learns


def test_the_network_of_the_readme_reads_more_than_95_percent_of_the_digits():
    readme = Path(rnncore.__file__).parents[1] / "README.md"
    if not readme.exists():
        pytest.skip("the package stands here without its README.md")
    text, *_ = readme.read_text(encoding="utf-8").partition("\n## Jobs\n")
    blocks = re.findall(r"```python\n(.*?)\n```", text, re.DOTALL)
    assert "SimpleRNN.initialise(8, 64, rng), Dense.initialise(64, 10, rng)" in blocks[-1]
    *lines, last = "\n".join(blocks).splitlines()
    code = "\n".join([*lines, "print(", last, ")"])
    # a process of its own, with one thread: several only wait for each other where others run
    one = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    command = [sys.executable, "-W", "error", "-c", code]
    run = subprocess.run(
        command, stdout=subprocess.PIPE, encoding="utf8", check=True, env=os.environ | one
    )
    assert 0.95 < float(run.stdout) <= 1


def test_one_unit_that_counts_ones_finds_that_both_weights_are_1():
    # h_t = W_x x_t + W_h h_{t-1} is the number of ones where W_x = W_h = 1
    rng = generator()
    x, y = tasks.count_ones(100, 10, rng)
    model = SimpleRNN([[0.5]], [[0.5]], activation="linear")
    history = fit(model, x, y, mean_squared_error, Adam(0.02, beta_2=0.99), 120, 20, rng)
    assert_allclose(model.parameters["W_x"], [[1]], rtol=0, atol=1e-3)
    assert_allclose(model.parameters["W_h"], [[1]], rtol=0, atol=1e-3)
    assert history["loss"][-1] < 1e-4
    longer, ones = tasks.count_ones(50, 40, rng)
    assert_array_equal(np.round(model.forward(longer)), ones)


def test_training_repeats_itself_number_for_number():
    runs = []
    for _ in range(2):
        rng = generator(3)
        x, y = tasks.first_bit(30, 5, rng)
        model = Sequential([GRU.initialise(1, 4, rng), Dense.initialise(4, 1, rng)])
        runs.append(
            (fit(model, x, y, binary_cross_entropy_with_logits, Adam(0.05), 3, 8, rng, 1.0), model)
        )
    assert runs[0][0] == runs[1][0]
    for name, p in runs[0][1].parameters.items():
        assert_array_equal(p, runs[1][1].parameters[name])
