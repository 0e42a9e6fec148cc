"""The way of somebody who comes from Keras: it can be walked, and every slip is answered.

Padded token sequences, an embedding, two recurrent layers of which one reads both ways, logits,
`fit` with validation and early stopping, `save`, and in a new process `load` and `predict`.  Beside
the way are the usual slips, each with the part of the answer that says what to do.
"""

import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import load, save
from rnncore.activations import get
from rnncore.layers import LSTM, Bidirectional, Dense, Embedding, Sequential
from rnncore.training import (
    SGD,
    Adam,
    accuracy,
    binary_accuracy_with_logits,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy_with_logits,
    evaluate,
    fit,
    mean_squared_error,
    predict,
)

TOKENS, TIMESTEPS, TRAINED = 9, 8, 150


def examples(n=250, seed=1):
    """Return padded sequences, and whether a 5 is in each."""
    rng = np.random.default_rng(seed)
    tokens = rng.integers(1, TOKENS, (n, TIMESTEPS))
    tokens[np.arange(TIMESTEPS) >= rng.integers(2, TIMESTEPS + 1, (n, 1))] = 0
    return tokens, (tokens == 5).any(axis=1, keepdims=True)


def both_ways(features, units, rng, **options):
    ahead = LSTM.initialise(features, units, rng, **options)
    return Bidirectional(ahead, LSTM.initialise(features, units, rng, reverse=True, **options))


def classifier(seed=2, sequences=True, features=6, end="linear", outputs=1):
    rng = np.random.default_rng(seed)
    return Sequential(
        [
            Embedding.initialise(TOKENS, 6, rng, mask=0),
            both_ways(features, 5, rng, return_sequences=sequences),
            LSTM.initialise(10, 6, rng),
            Dense.initialise(6, outputs, rng, activation=end),
        ]
    )


AGAIN = """
import numpy as np
from rnncore import load
from rnncore.training import predict
np.save("again.npy", predict(load("model"), np.load("tokens.npy")))
"""


@pytest.fixture(scope="module")
def way(tmp_path_factory):
    """Walk the whole way once."""
    tokens, labels = examples()
    model, rng = classifier(), np.random.default_rng(3)
    new, known = (tokens[TRAINED:], labels[TRAINED:]), (tokens[:TRAINED], labels[:TRAINED])
    history = fit(
        model,
        *known,
        binary_cross_entropy_with_logits,
        Adam(0.05),
        epochs=40,
        rng=rng,
        validation=new,
        metrics=[binary_accuracy_with_logits],
        patience=3,
    )
    results = evaluate(
        model, *new, binary_cross_entropy_with_logits, metrics=[binary_accuracy_with_logits]
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("way"))
        save("model", model)
        np.save("tokens.npy", new[0])
        subprocess.run([sys.executable, "-W", "error", "-c", AGAIN], check=True)
        again = np.load("again.npy")
    return SimpleNamespace(model=model, new=new, history=history, results=results, again=again)


def test_a_new_process_predicts_the_same_numbers(way):
    assert_array_equal(way.again, predict(way.model, way.new[0]))


def test_the_model_has_learned(way):
    assert way.results["binary_accuracy_with_logits"] > 0.9
    assert ((way.again > 0) == way.new[1]).mean() == way.results["binary_accuracy_with_logits"]


def test_training_has_stopped_early_and_kept_the_best(way):
    losses = way.history["validation_loss"]
    assert len(losses) < 40
    assert int(np.argmin(losses)) == len(losses) - 4
    assert_allclose(way.results["loss"], min(losses), rtol=1e-12)


def test_the_padding_has_no_part_in_it(way):
    wider = np.pad(way.new[0], ((0, 0), (0, 5)))
    assert_allclose(predict(way.model, wider), way.again, rtol=1e-10)
    for row, y in zip(way.new[0][:9], way.again):
        assert_allclose(predict(way.model, row[row > 0][np.newaxis])[0], y, rtol=1e-10)


# Slips


def run(model=None, **changed):
    """Call `fit` as above, with something changed."""
    x, y = examples(20)
    given = {"model": model or classifier(), "x": x, "y": y, "optimiser": SGD(0.1), "epochs": 1}
    given |= {"loss": binary_cross_entropy_with_logits, "rng": np.random.default_rng(4)}
    return fit(**given | changed)


def used():
    """An optimiser that has trained a model."""
    optimiser = Adam()
    run(optimiser=optimiser)
    return optimiser


def write(name, **arrays):
    np.savez(name, **arrays)
    return name


X, Y = examples(20)
LOGITS = "binary_cross_entropy_with_logits takes logits, got a model whose last layer applies"
KNOWN = "its arguments are model, x, y, loss, optimiser, epochs,"
SLIPS = {
    # building
    "two recurrent layers without return_sequences": (
        lambda: predict(classifier(sequences=False), X),
        "Make layer 1, Bidirectional, with return_sequences=True.",
    ),
    "features that do not fit": (
        lambda: predict(classifier(features=7), X),
        "In layer 1, Bidirectional: x must have shape (batch, timesteps, features) = (any, any, 7),"
        f" got (20, {TIMESTEPS}, 6).",
    ),
    "one direction alone": (
        lambda: Bidirectional(LSTM.initialise(6, 5, 1), LSTM.initialise(6, 5, 2)),
        "backward must have reverse=True",
    ),
    "two directions of different units, added up": (
        lambda: Bidirectional(
            LSTM.initialise(6, 5, 1), LSTM.initialise(6, 4, 1, reverse=True), merge="sum"
        ),
        "backward must have units=5, as forward, got 4.",
    ),
    "Keras' mask_zero": (
        lambda: Embedding.initialise(9, 6, 1, mask_zero=True),
        "takes no mask_zero: its arguments are",
    ),
    "mask=True": (
        lambda: Embedding.initialise(9, 6, 1, mask=True),
        "mask must be an integer from 0 to 8, got True.",
    ),
    "an activation that is not there": (
        lambda: get("gelu"),
        "activation must be one of linear, sigmoid, tanh, relu,",
    ),
    # the data
    "tokens of another type": (
        lambda: predict(classifier(), X.astype(float)),
        "x must hold integer tokens, got an array of type float64.",
    ),
    "a token out of the table": (
        lambda: predict(classifier(), X + 1),
        "x must hold tokens from 0 to 8, got 9.",
    ),
    "one sequence in place of a batch": (
        lambda: predict(classifier(), X[0]),
        "One example is a batch of one: pass x[np.newaxis].",
    ),
    "sequences that are not padded": (
        lambda: predict(classifier(), [[1, 2], [3]]),
        "x must be a rectangular array, got a list whose rows differ in length",
    ),
    "labels without an axis": (
        lambda: run(y=Y[:, 0]),
        "target must have the shape of logits = (20, 1), got (20,). Pass target[..., np.newaxis].",
    ),
    "labels with an axis too many": (
        lambda: run(classifier(outputs=2), loss=categorical_cross_entropy_with_logits),
        "target must have shape (20,) for labels, or (20, 2) for probabilities, got (20, 1).",
    ),
    "labels that count from 1": (
        lambda: run(y=Y + 1),
        "target must lie between 0 and 1, got 2.",
    ),
    "fewer labels than sequences": (
        lambda: run(y=Y[1:]),
        f"x and y must have one entry per example, got shapes (20, {TIMESTEPS}) and (19, 1).",
    ),
    "lengths that are too long": (
        lambda: run(lengths=np.full(20, TIMESTEPS + 1)),
        f"lengths must hold integers from 0 to {TIMESTEPS}, got {TIMESTEPS + 1}.",
    ),
    "lengths for other sequences": (
        lambda: run(lengths=np.full(19, 3)),
        "lengths must have shape (batch,) = (20,), got (19,).",
    ),
    "a mask of another shape": (
        lambda: run(mask=X[:, 1:] > 0),
        f"mask must have shape (batch, timesteps) = (20, {TIMESTEPS}), got (20, {TIMESTEPS - 1}).",
    ),
    "a mask and lengths": (
        lambda: run(mask=X > 0, lengths=(X > 0).sum(axis=1)),
        "pass one of them",
    ),
    # fitting
    "sigmoid before a loss on logits": (
        lambda: run(classifier(end="sigmoid")),
        f"{LOGITS} sigmoid: leave that activation out, or take binary_cross_entropy.",
    ),
    "the name of a loss": (
        lambda: run(loss="mse"),
        "loss must be a function (y, target) -> (number, gradient), such as mean_squared_error,",
    ),
    "the name of an optimiser": (
        lambda: run(optimiser="adam"),
        "optimiser must be made first, such as Adam(0.001), got 'adam'.",
    ),
    "the class of an optimiser": (
        lambda: run(optimiser=Adam),
        "optimiser must be made first, such as Adam(0.001), got the class Adam.",
    ),
    "the name of a metric": (
        lambda: run(metrics=["accuracy"]),
        "metrics must be a list of functions of different names, such as [accuracy],",
    ),
    "the metric for several classes": (
        lambda: run(metrics=[accuracy]),
        "see binary_accuracy",
    ),
    "epoch for epochs": (lambda: run(epoch=3), f"fit takes no epoch: {KNOWN}"),
    "callbacks": (lambda: run(callbacks=[]), f"fit takes no callbacks: {KNOWN}"),
    "Keras' validation_data": (
        lambda: run(validation_data=(X, Y)),
        f"fit takes no validation_data: {KNOWN} batch_size, rng, clip, validation,",
    ),
    "a share as validation": (
        lambda: run(validation=0.2),
        "validation must be a pair (x, y),",
    ),
    "validation under other names": (
        lambda: run(validation={"tokens": X, "labels": Y}),
        "validation must be a pair (x, y), or a dict",
    ),
    "a mask for the training data alone": (
        lambda: run(mask=X > 0, validation=(X, Y)),
        "validation must have a mask, too: pass dict(x=…, y=…, lengths=…).",
    ),
    "patience with nothing to watch": (
        lambda: run(patience=3),
        "patience watches the validation loss: pass validation=(x, y), too.",
    ),
    "no generator": (
        lambda: run(rng=None),
        "rng must be a generator, such as np.random.default_rng(1), got None.",
    ),
    "the optimiser of another model": (
        lambda: run(
            Sequential([Embedding.initialise(9, 4, 1), *classifier(features=4).layers[1:]]),
            optimiser=used(),
        ),
        "an optimiser serves one model.",
    ),
    "lr for learning_rate": (
        lambda: Adam(lr=0.01),
        "Adam takes no lr: its arguments are learning_rate,",
    ),
    # storing
    "the model before the path": (
        lambda: save(classifier(), "model"),
        "path must be the name of a file, and comes first, got Sequential(",
    ),
    "an optimiser that has not trained this model": (
        lambda: save("model", Sequential([classifier()]), used()),
        "and the optimiser theirs",
    ),
    "a file of other arrays": (
        lambda: load(write("weights.npz", kernel=np.ones(3))),
        "weights.npz cannot be loaded as what rnncore.save writes: it holds other things;"
        " for weights see from_keras and from_torch",
    ),
    "compile": (lambda: load("model", compile=False), "load takes no compile: its arguments are"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_answered_by_what_to_do(slip, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, answer = SLIPS[slip]
    with pytest.raises((ValueError, TypeError), match=re.escape(answer)):
        call()


def test_a_path_without_an_ending_is_taken_as_it_is(tmp_path):
    model = classifier()
    save(tmp_path / "model", model)
    assert_array_equal(predict(load(tmp_path / "model"), X), predict(model, X))


def test_the_same_way_without_a_slip_is_walked():
    there = {"mask": X > 0, "validation": {"x": X, "y": Y, "mask": X > 0}}
    history = run(optimiser=Adam(), loss=mean_squared_error, **there)
    assert [*history] == ["loss", "gradient_norm", "validation_loss"]
