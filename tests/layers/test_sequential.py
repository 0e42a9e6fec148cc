"""Sequential: names, shapes, the summary, and which layer it is that refuses."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from rnncore import gradcheck
from rnncore.layers import LSTM, Dense, Embedding, OutOfOrder, Sequential, SimpleRNN, SimpleRNNCell
from tests.support.layers import normal, refused, weights


def sentiment():
    """System S6."""
    return Sequential(
        [
            Embedding.initialise(5000, 32, rng=1),
            SimpleRNN.initialise(32, 100, rng=2),
            Dense.initialise(100, 1, rng=3, activation="sigmoid"),
        ]
    )


def test_the_summary_counts_the_parameters_and_gives_every_shape():
    model = sentiment()
    assert str(model.summary()) == (
        "layer       output shape       parameters\n"
        "Embedding   (None, None, 32)      160 000\n"
        "SimpleRNN   (None, 100)            13 300\n"
        "Dense       (None, 1)                 101\n"
        "total                             173 401"
    )
    assert repr(model.summary()) == str(model.summary())
    assert "(None, 80, 32)" in model.summary(input_shape=(None, 80))
    model.forward(np.zeros((16, 250), int))
    assert "(None, 250, 32)" in model.summary()
    assert "(None, 80, 32)" in model.summary(input_shape=[None, 80])


def test_shapes_of_layers_that_are_not_first():
    rnn = SimpleRNN(**weights(), return_sequences=True)
    assert rnn.output_shape() == (None, None, 4)
    assert rnn.output_shape((None, 9, 3)) == (None, 9, 4)
    assert SimpleRNN(**weights()).output_shape((None, 9, 3)) == (None, 4)
    assert Dense(np.ones((3, 4))).output_shape() == (None, 4)
    assert Dense(np.ones((3, 4))).output_shape((None, 9, 3)) == (None, 9, 4)
    assert Embedding(np.ones((3, 4))).output_shape() == (None, None, 4)
    assert Embedding(np.ones((3, 4))).output_shape((None,)) == (None, 4)
    assert Sequential([rnn, Dense(np.ones((4, 2)))]).output_shape() == (None, None, 2)


def test_a_row_of_layers_goes_forward_and_back():
    tokens = np.array([[0, 2, 2, 1], [1, 0, 3, 3]])
    model = Sequential(
        [
            Embedding(normal(5, 3)),
            SimpleRNN(**weights(), return_sequences=True),
            Dense(normal(4, 2), normal(2), "softmax"),
        ]
    )
    assert list(model.parameters) == ["0.table", "1.W_x", "1.W_h", "1.b", "2.W", "2.b"]
    dy = normal(2, 4, 2)
    model.forward(tokens)
    assert model.backward(dy) is None

    def loss(**p):
        for name, value in p.items():
            model.parameters[name][...] = value
        return (model.forward(tokens) * dy).sum()

    arguments = {name: p.copy() for name, p in model.parameters.items()}
    gradients = {name: g for name, g in model.gradients.items() if name in arguments}
    assert set(gradients) == set(arguments)
    report = gradcheck.check(loss, arguments, gradients)
    assert report, report.text


def test_a_row_of_layers_passes_on_keep_and_the_gradient_of_x():
    layers = [Dense(normal(3, 4)), Dense(normal(4, 2))]
    model, x = Sequential(layers), normal(5, 3)
    y = model.forward(x)
    assert_allclose(y, x @ layers[0].parameters["W"] @ layers[1].parameters["W"], rtol=1e-12)
    dx = model.backward(np.ones((5, 2)))
    both = layers[0].parameters["W"] @ layers[1].parameters["W"]
    assert_allclose(dx, np.ones((5, 2)) @ both.T, rtol=1e-12)
    model.forward(x, keep=False)
    for layer in layers:
        with pytest.raises(OutOfOrder):
            layer.backward(np.ones((5, 2)))
    with pytest.raises(OutOfOrder, match=r"Sequential\.backward must come after forward"):
        model.backward(np.ones((5, 2)))


def test_a_row_must_be_of_layers():
    for wrong, shown in (
        ([], "[]"),
        ([1, Dense(np.eye(2))], "[1]"),
        (["x"], "['x']"),
        (5, "5"),
        (None, "None"),
        (Dense(np.eye(2)), "Dense(W (2, 2))"),
    ):
        with refused(f"layers must be a list of layers, got {shown}."):
            Sequential(wrong)
    assert len(Sequential(layer for layer in (Dense(np.eye(2)), Dense(np.eye(2)))).layers) == 2


def test_the_same_layer_cannot_stand_in_two_places():
    one, other = Dense(np.eye(2)), Dense(np.eye(2))
    with refused("layers must all be different, got layer 0 again as layer 2: a layer has one"):
        Sequential([one, other, one])


def test_parameters_and_gradients_are_those_that_the_layers_have_now():
    first, second = Dense(normal(3, 4)), Dense(normal(4, 2))
    model = Sequential([first, second])
    assert model.gradients == {}
    second.parameters["W"] = np.ones((4, 2))
    assert model.parameters["1.W"] is second.parameters["W"]
    model.forward(normal(5, 3))
    model.backward(np.ones((5, 2)))
    assert model.gradients["0.W"] is first.gradients["W"]
    first.forward(np.ones((1, 3)))
    first.backward(np.ones((1, 4)))
    assert_array_equal(model.gradients["0.W"], np.ones((3, 4)))


def mismatched():
    """The 4 numbers that the second layer puts out are 5 for the third."""
    rnn = SimpleRNN(**weights(), return_sequences=True)
    return Sequential([Embedding(normal(6, 3)), rnn, Dense(normal(5, 2))])


def test_a_mismatch_says_which_layer_it_is():
    message = "In layer 2, Dense: x must have shape (batch, timesteps, in) = (any, any, 5), got "
    with refused(f"{message}(2, 7, 4)."):
        mismatched().forward(np.zeros((2, 7), int))
    with refused("In layer 1, Sequential: In layer 0, Dense: x must have shape (batch, in) = (any"):
        Sequential([Dense(np.eye(2)), Sequential([Dense(np.eye(3))])]).forward(np.ones((1, 2)))
    model = Sequential([Dense(np.eye(2)), Dense(np.eye(2))])
    model.forward(np.ones((1, 2)))
    with refused("In layer 1, Dense: dy must have the shape of the output = (1, 2), got (2, 1)."):
        model.backward(np.ones((2, 1)))
    model.layers[0].forward(np.ones((1, 2)), keep=False)
    with pytest.raises(OutOfOrder, match=r"In layer 0, Dense: Dense\.backward must come after"):
        model.backward(np.ones((1, 2)))


def test_the_summary_says_which_shapes_do_not_fit():
    message = "In layer 2, Dense: x must have shape (batch, timesteps, in) = (any, any, 5), got "
    with refused(f"{message}(None, None, 4)."):
        mismatched().summary()
    with refused(f"{message}(None, 7, 4)."):
        mismatched().summary((None, 7))
    message = "In layer 1, SimpleRNN: x must have shape (batch, timesteps, features) = (any, any,"
    with refused(f"{message} 3), got (None, 3)."):
        mismatched().summary((None,))
    cell = Sequential([SimpleRNNCell(**weights())])
    with refused("In layer 0, SimpleRNNCell: x must have shape (batch, features) = (any, 3), got "):
        cell.summary((None, 7, 3))
    with refused("In layer 0, SimpleRNNCell: x must have shape (batch, features) = (any, 3), got "):
        cell.output_shape((None, 4))


@pytest.mark.parametrize("wrong", [7, "ab", (None, "a"), (None, 2.0), (None, -1), (), (True, 3)])
def test_a_shape_for_the_summary_must_be_one(wrong):
    message = (
        "input_shape must be a tuple of lengths, each an integer, or None if it is open, got"
        f" {wrong!r}."
    )
    with refused(message):
        sentiment().summary(wrong)


def test_a_summary_needs_no_shape_whatever_stands_first():
    rnn, cell = SimpleRNN(**weights()), SimpleRNNCell(**weights())
    for layers, shapes in [
        ([Dense(normal(2, 3)), rnn], ["(None, None, 3)", "(None, 4)"]),
        ([Dense(normal(2, 3)), cell, Dense(normal(4, 1))], ["(None, 3)", "(None, 4)", "(None, 1)"]),
        ([Embedding(normal(9, 3)), cell], ["(None, 3)", "(None, 4)"]),
        ([Embedding(normal(9, 2)), Dense(normal(2, 3)), rnn], ["(None, None, 2)"]),
        ([Dense(normal(2, 3)), Sequential([rnn])], ["(None, None, 3)", "(None, 4)"]),
        ([Sequential([Embedding(normal(9, 3)), cell]), Dense(normal(4, 1))], ["(None, 4)"]),
        ([Dense(normal(2, 3))], ["(None, 3)"]),
    ]:
        text = Sequential(layers).summary()
        for line, shape in zip(text.splitlines()[1:], shapes):
            assert shape in line


def test_embeddings_inside_a_row_count_as_axes():
    row = Sequential(
        [Sequential([Embedding.initialise(9, 3, rng=1)]), LSTM.initialise(3, 4, rng=1)]
    )
    assert row.axes_of_x == 2
    assert row.output_shape() == (None, 4)
