"""predict and evaluate: the same for every size of the batches, with masks and weights."""

import re
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rnncore.evaluation import Examples
from rnncore.layers import GRU, LSTM, Dense, Embedding, Layer, Sequential, SimpleRNN
from rnncore.training import (
    accuracy,
    binary_accuracy_with_logits,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy,
    categorical_cross_entropy_with_logits,
    evaluate,
    mean_squared_error,
    predict,
)


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def exactly(message):
    return rf"\A{re.escape(message)}\Z"


def refused(message, kind=ValueError):
    return pytest.raises(kind, match=exactly(message))


def tagger(mask=None, **options):
    """Tokens, and logits for each step."""
    rng = np.random.default_rng(3)
    return Sequential(
        [
            Embedding.initialise(6, 3, rng, mask=mask),
            LSTM.initialise(3, 4, rng, return_sequences=True, **options),
            Dense.initialise(4, 3, rng),
        ]
    )


def tokens(n=7, timesteps=5):
    """Tokens from 1 on, padded by 0 behind; their lengths, none of which is 0; and labels."""
    rng = np.random.default_rng(5)
    lengths = rng.integers(1, timesteps + 1, n)
    x = rng.integers(1, 6, (n, timesteps)) * (np.arange(timesteps) < lengths[:, np.newaxis])
    return x, lengths, rng.integers(3, size=(n, timesteps))


# predict


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7, 100, np.int64(4)])
def test_predictions_are_the_same_for_every_size_of_the_batches(batch_size):
    model, (x, lengths, _) = tagger(), tokens()
    expected = model.forward(x, lengths=lengths)
    assert_allclose(predict(model, x, batch_size, lengths=lengths), expected, rtol=1e-12)
    mask = np.arange(5) < lengths[:, np.newaxis]
    assert_allclose(predict(model, x, batch_size, mask=mask), expected, rtol=1e-12)
    assert (predict(model, x, batch_size) != expected).any()


def test_a_batch_has_32_examples_unless_told_and_nothing_is_kept():
    class Spy(Layer):
        seen = ()

        def forward(self, x, keep=True):
            self.seen = (*self.seen, (len(x), keep))
            return x

    model = Spy()
    assert_array_equal(predict(model, np.arange(70.0)), np.arange(70.0))
    assert model.seen == ((32, False), (32, False), (6, False))
    predict(model, np.ones(1))
    assert model.seen[3:] == ((1, False),)


def test_predictions_are_a_new_array_that_may_be_changed():
    x = np.ones((2, 3))
    y = predict(Dense(np.eye(3)), x)
    y += 1
    assert_array_equal(x, np.ones((2, 3)))


def test_no_examples_have_no_predictions():
    assert predict(Dense(np.ones((3, 2))), np.empty((0, 3))).shape == (0, 2)
    assert predict(tagger(), np.empty((0, 5), int)).shape == (0, 5, 3)


# evaluate


def largest_error(y, target, weights=None):
    """A metric that is no mean."""
    weights = np.ones(y.shape[:2]) if weights is None else weights
    return np.max(np.abs(y.sum(axis=-1) - target).T * (weights > 0).T)


@settings(max_examples=25)
@given(st.integers(1, 9), st.booleans(), st.booleans())
def test_results_are_the_same_for_every_size_of_the_batches(batch_size, masked, weighted):
    x, lengths, labels = tokens()
    model, weights = tagger(), np.arange(1.0, 8) if weighted else None
    given = {"lengths": lengths} if masked else {}
    metrics = [accuracy, largest_error]
    loss = categorical_cross_entropy_with_logits
    results = evaluate(
        model, x, labels, loss, batch_size, metrics=metrics, weights=weights, **given
    )
    y = model.forward(x, **given)
    counting = None
    if masked or weighted:
        mask = np.arange(5) < (lengths if masked else np.full(7, 5))[:, np.newaxis]
        counting = mask * (1.0 if weights is None else weights[:, np.newaxis])
    assert [*results] == ["loss", "accuracy", "largest_error"]
    assert_allclose(results["loss"], loss(y, labels, counting)[0], rtol=1e-12)
    assert_allclose(results["accuracy"], accuracy(y, labels, counting), rtol=1e-12)
    assert_allclose(results["largest_error"], largest_error(y, labels, counting), rtol=1e-12)
    assert {type(value) for value in results.values()} == {float}


def test_padding_has_no_part_in_the_results():
    # padding behind by token, behind by lengths, in front by a mask, and each sequence alone
    x, lengths, labels = tokens()
    loss, metrics = categorical_cross_entropy_with_logits, [accuracy]
    expected = evaluate(tagger(mask=0), x, labels, loss, metrics=metrics)
    labels[x == 0] = -100
    same = [evaluate(tagger(), x, labels, loss, 3, metrics=metrics, lengths=lengths)]
    front = np.stack([np.roll(row, 5 - n) for row, n in zip(x, lengths)])
    labels_front = np.stack([np.roll(row, 5 - n) for row, n in zip(labels, lengths)])
    same += [evaluate(tagger(), front, labels_front, loss, metrics=metrics, mask=front > 0)]
    alone = [
        evaluate(tagger(), x[i : i + 1, :n], labels[i : i + 1, :n], loss, metrics=metrics)
        for i, n in enumerate(lengths)
    ]
    same += [{key: np.average([a[key] for a in alone], weights=lengths) for key in expected}]
    for results in same:
        for name, value in results.items():
            assert_allclose(value, expected[name], rtol=1e-12)


def test_a_last_output_counts_for_the_whole_sequence_whatever_its_length():
    model = Sequential([GRU.initialise(3, 4, rng=1), Dense.initialise(4, 2, rng=2)])
    x, y = normal(4, 5, 3), normal(4, 2)
    results = evaluate(model, x, y, mean_squared_error, 3, lengths=[5, 2, 1, 3])
    alone = [
        mean_squared_error(model.forward(x[i : i + 1, :n]), y[i : i + 1])[0]
        for i, n in enumerate([5, 2, 1, 3])
    ]
    assert_allclose(results["loss"], np.mean(alone), rtol=1e-12)


def test_an_ignored_label_does_not_count():
    x, labels = normal(4, 3), np.array([0, -100, 1, -100])
    model, loss = Dense.initialise(3, 2, rng=1), categorical_cross_entropy_with_logits
    given = {"metrics": [accuracy]}
    expected = evaluate(model, x[::2], labels[::2], loss, **given)
    assert evaluate(model, x, labels, loss, ignore=-100, **given) == pytest.approx(expected)
    weighted = evaluate(model, x[::2], labels[::2], loss, weights=[1, 3], **given)
    assert weighted != pytest.approx(expected)
    results = evaluate(model, x, labels, loss, ignore=-100, weights=[1, 9, 3, 9], **given)
    assert results == pytest.approx(weighted)


def test_a_loss_serves_as_a_metric():
    results = evaluate(
        Dense([[2.0]]), [[1.0]], [[0.0]], mean_squared_error, metrics=(mean_squared_error,)
    )
    assert results == {"loss": 4.0, "mean_squared_error": 4.0}


def test_any_model_with_a_forward_and_functions_without_a_name_will_do():
    class Doubled:
        def forward(self, x, keep=True):
            return 2 * x

    loss = partial(mean_squared_error)
    assert evaluate(Doubled(), [[1.0]], [[0.0]], loss) == {"loss": 4.0}
    bent = Doubled()
    bent.activation = "of another kind"
    assert evaluate(bent, [[1.0]], [[0.0]], loss) == {"loss": 4.0}


def test_initial_states_are_passed_on():
    model, x, h0 = GRU.initialise(3, 2, rng=1), normal(4, 5, 3), normal(4, 2)
    y, weights = Examples(x).read(model, h0, keep=False)
    assert_array_equal(y, model.forward(x, h0))
    assert weights is None


# What is refused

NOT_PAIR = "loss must return a pair, the number and its gradient with respect to y, got"
NOT_METRICS = (
    "metrics must be a list of functions of different names, such as [accuracy], got a value of"
    " type"
)


def test_parts_of_another_kind_are_refused_with_the_cure():
    x, y, model = [[1.0]], [[1.0]], Dense([[1.0]])
    for wrong, shown in ((Dense, "the class Dense"), ("model", "'model'")):
        for call in (lambda m: predict(m, x), lambda m: evaluate(m, x, y, mean_squared_error)):
            with refused(f"model must be a layer, such as Sequential([…]), got {shown}."):
                call(wrong)
    with refused(
        "loss must be a function (y, target) -> (number, gradient), such as mean_squared_error,"
        " got 'mse'."
    ):
        evaluate(model, x, y, "mse")
    for value, shown in ((None, "None"), ((1.0,), "a value of type tuple")):
        with refused(f"{NOT_PAIR} {shown}."):
            evaluate(model, x, y, lambda y, target, value=value: value)
    with refused("loss must return one number, got a value of type ndarray."):
        evaluate(model, x, y, lambda y, target: (np.ones(2), y))
    for value, shown in (
        (None, "None"),
        ("1", "an array of type <U1"),
        (1j, "an array of type complex128"),
    ):
        with refused(f"loss must hold real numbers, got {shown}."):
            evaluate(model, x, y, lambda y, target, value=value: (value, y))
    with refused("<lambda> must be a function of y, target."):
        evaluate(model, x, y, lambda y: (1.0, y))


def test_metrics_that_do_not_fit_are_refused():
    x, y, model = [[1.0]], [[1.0]], Dense([[1.0]])

    def loss(y, target):
        return 0.0, y

    def gradient_norm(y, target):
        return 0.0

    for metrics, shown in (
        ("accuracy", "'accuracy'"),
        (accuracy, "a value of type function"),
        (["accuracy"], "a value of type list"),
        ([accuracy, accuracy], "a value of type list"),
        ([loss], "a value of type list"),
        ([gradient_norm], "a value of type list"),
        ([partial(accuracy)], "a value of type list"),
    ):
        start = NOT_METRICS.removesuffix(" a value of type")
        with refused(f"{start} {shown}."):
            evaluate(model, x, y, mean_squared_error, metrics=metrics)

    def several(y, target):
        return [1.0, 2.0]

    with refused("several must return one number, got a value of type list."):
        evaluate(model, x, y, mean_squared_error, metrics=[several])


def test_weights_that_a_function_cannot_take_are_not_lost():
    x, y, model = [[1.0], [2.0]], [[1.0], [0.0]], Dense([[1.0]])
    evaluate(model, x, y, lambda y, target: (0.0, y), metrics=[lambda y, target: 0.0])
    with refused("<lambda> must be a function of y, target, weights."):
        evaluate(model, x, y, lambda y, target: (0.0, y), weights=[1, 2])
    with refused("a value of type partial must be a function of y, target, weights."):
        evaluate(model, x, y, partial(lambda y, target: (0.0, y)), weights=[1, 2])
    with refused("<lambda> must be a function of y, target, weights."):
        evaluate(model, x, y, mean_squared_error, metrics=[lambda y, target: 0.0], weights=[1, 2])


def test_a_softmax_in_front_of_a_loss_on_logits_is_refused():
    model = Dense(np.ones((1, 2)), activation="softmax")
    with refused(
        "categorical_cross_entropy_with_logits takes logits, got a model whose last layer applies"
        " softmax: leave that activation out, or take categorical_cross_entropy."
    ):
        evaluate(model, [[1.0]], [0], categorical_cross_entropy_with_logits)
    assert evaluate(model, [[1.0]], [0], categorical_cross_entropy)["loss"] > 0


@pytest.mark.parametrize("nested", [False, True])
def test_an_output_that_does_not_fit_the_loss_or_a_metric_is_refused(nested):
    last = Dense([[1.0]], activation="sigmoid")
    model = Sequential([Dense([[1.0]]), Sequential([last])]) if nested else last
    start = "takes logits, got a model whose last layer applies sigmoid: leave that activation out,"
    with refused(f"binary_cross_entropy_with_logits {start} or take binary_cross_entropy."):
        evaluate(model, [[1.0]], [[1.0]], binary_cross_entropy_with_logits)
    with refused(f"binary_accuracy_with_logits {start} or take binary_accuracy."):
        evaluate(model, [[1.0]], [[1.0]], mean_squared_error, metrics=[binary_accuracy_with_logits])
    with refused(
        "categorical_cross_entropy takes the shares of a softmax, got a sigmoid's output."
    ):
        evaluate(model, [[1.0]], [[1.0]], categorical_cross_entropy)


def test_a_mask_needs_a_model_that_reads_it():
    for masked in ({"lengths": [1]}, {"mask": [[True, False]]}):
        with pytest.raises(TypeError, match="takes no mask"):
            predict(Dense([[1.0]]), np.ones((1, 2, 1)), **masked)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("lengths", [1, 2, 3], "lengths must have shape"),
        ("x", None, "x must hold real numbers, got None."),
        ("y", None, "y must hold real numbers, got None."),
        ("mask", np.ones((2, 4), bool), "mask must have shape"),
        ("weights", [1.0, 2.0, 3.0], "weights must have the shape of the first axes of (2, 5)"),
        ("ignore", 1.5, "ignore must be an integer label, got 1.5."),
        ("ignore", True, "ignore must be an integer label, got True."),
        ("batch_size", 0, "batch_size must be an integer of at least 1, got 0."),
        ("x", np.ones((2, 5, 1)), "In layer 0, Embedding: x must hold integer tokens"),
        ("y", [1, 2, 3], "x and y must have one entry per example, got shapes (2, 5) and (3,)."),
    ],
)
def test_an_argument_that_does_not_fit_is_refused(name, value, message):
    x, _, labels = tokens(2)
    arguments = {"x": x, "y": labels} | {name: value}
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        evaluate(tagger(), loss=categorical_cross_entropy_with_logits, **arguments)


def test_no_examples_have_no_loss():
    with refused("x must hold at least one example, got shape (0, 1)."):
        evaluate(Dense([[1.0]]), np.empty((0, 1)), np.empty((0, 1)), mean_squared_error)


def test_nothing_that_counts_has_no_loss():
    with refused("weights must be numbers from 0 on, got zeros only: nothing would count."):
        evaluate(Dense([[1.0, 2.0]]), [[1.0]], [3], categorical_cross_entropy_with_logits, ignore=3)


def test_an_unknown_keyword_is_answered():
    for call in (predict, evaluate):
        with pytest.raises(TypeError, match=rf"\A{call.__name__} takes no verbose: its arguments"):
            call(SimpleRNN([[1.0]], [[1.0]]), verbose=0)
