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
from rnncore import losses, optimisers, tasks, training
from rnncore.layers import GRU, Dense, Embedding, Sequential, SimpleRNN
from rnncore.training import (
    SGD,
    Adam,
    accuracy,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy_with_logits,
    clip_by_norm,
    fit,
    mean_squared_error,
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
            binary_cross_entropy_with_logits,
            categorical_cross_entropy_with_logits,
            mean_squared_error,
        ],
        optimisers: [SGD, Adam, clip_by_norm],
    }
    for module, members in at_hand.items():
        for member in members:
            assert getattr(module, member.__name__) is member
            assert member.__name__ in training.__all__


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


# What is refused

NOT_EPOCHS = "epochs must be an integer of at least 0, got"
NOT_BATCH = "batch_size must be an integer of at least 1, got"
NOT_RNG = "rng must be a generator, such as np.random.default_rng(1), got"
NOT_CLIP = "clip must be a positive number, got"
NOT_PAIR = "validation must be a pair (x, y), got"
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
