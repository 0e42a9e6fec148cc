"""Chapter 7: parameters and shapes of layers, a table that learns, a mask, a metric."""

import numpy as np

from rnncore.exercises._verdict import Exercise
from rnncore.layers import Embedding, SimpleRNN
from rnncore.losses import binary_accuracy

TOKENS = np.array([[2, 0, 2]])
ARRIVES = np.array([[[1.0, 0.0], [2.0, 1.0], [-4.0, 3.0]]])
HELD = np.array([[2.0, 4.0, 7.0, 9.0]])
COUNTS = np.array([[True, True, False, False]])
P = np.array([[0.9, 0.2, 0.8, 0.3], [0.4, 0.1, 0.2, 0.3]])
TARGETS = np.array([[1, 1, 1, 0], [1, 0, 0, 0]])
REAL = np.array([[1, 1, 1, 1], [1, 0, 0, 0]])
# PyTorch's names; with as many features as units, no shape tells a missing transpose
STATE_DICT = {
    "weight_ih_l0": np.array([[0.5, -0.3], [0.1, 0.4]]),
    "weight_hh_l0": np.array([[0.6, -0.2], [0.3, 0.5]]),
    "bias_ih_l0": np.array([0.1, 0.2]),
    "bias_hh_l0": np.array([0.3, -0.1]),
}
READ = np.array([[[1.0, 0.5], [-0.5, 1.0]]])


def _parameters(features, units, gates=4, biases=1):
    return gates * (features * units + units * units + biases * units)


def _table(tokens=TOKENS, dy=ARRIVES):
    layer = Embedding(np.zeros((3, 2)))
    layer.forward(tokens)
    layer.backward(dy)
    return layer.gradients["table"]


def _only_the_last():
    table = np.zeros((3, 2))
    table[TOKENS] += ARRIVES  # NumPy adds once where an index comes twice
    return table


def _as_it_comes():
    table = np.zeros((3, 2))
    table[: ARRIVES.shape[1]] = ARRIVES[0]
    return table


def _moved(across=True, biases=("bias_ih_l0", "bias_hh_l0")):
    W_x, W_h = STATE_DICT["weight_ih_l0"], STATE_DICT["weight_hh_l0"]
    if across:
        W_x, W_h = W_x.T, W_h.T
    return SimpleRNN(W_x, W_h, sum(STATE_DICT[name] for name in biases)).forward(READ)


def _held(mask=COUNTS):
    layer = SimpleRNN([[1.0]], [[0.5]], activation="linear", return_sequences=True)
    return layer.forward(HELD[..., np.newaxis], mask=mask)[..., 0]


def _fading():
    """Return the states if a masked input is zero, and the state is multiplied all the same."""
    layer = SimpleRNN([[1.0]], [[0.5]], activation="linear", return_sequences=True)
    return layer.forward((HELD * COUNTS)[..., np.newaxis])[..., 0]


def _mean(weights=REAL):
    return binary_accuracy(P[..., np.newaxis], TARGETS[..., np.newaxis], weights=weights)


EXERCISES = {
    "ex-layers-parameters": Exercise(
        lambda: _parameters(3, 7),
        (
            (lambda: _parameters(3, 7, gates=1), "the count for one block. An LSTM has four."),
            (lambda: _parameters(3, 7, biases=2), "PyTorch's count, which has two biases."),
            (
                lambda: _parameters(3, 7, biases=0),
                "the count without biases. Each of the four blocks has one for each unit.",
            ),
        ),
        question=(
            "How many parameters does an LSTM with 7 units have in Keras if it reads 3 features?"
        ),
        hints=(
            "Count those of a SimpleRNN with the same sizes first.",
            "An LSTM has four blocks, each as large as a SimpleRNN.",
        ),
    ),
    "ex-layers-shape": Exercise(
        lambda: (4, 12, 20),
        (
            (
                lambda: (4, 12, 10),
                "the shape for one direction. Side by side, the two have twice the units.",
            ),
            (
                lambda: (4, 20),
                "the shape of only the last step. With return_sequences every step has an output.",
            ),
            (
                lambda: (4, 24, 10),
                "a shape with twice the steps. The two directions are joined along the units.",
            ),
        ),
        question=(
            "A batch of 4 sequences, each of 12 steps with 6 features, goes through a "
            "bidirectional layer with 10 units in each direction. It has return_sequences, and "
            "the two outputs are joined side by side. What is the shape of the output?"
        ),
        hints=(
            "Each direction returns (4, 12, 10).",
            "*Side by side* means along the last axis.",
        ),
    ),
    "ex-layers-table": Exercise(
        _table,
        (
            (
                _only_the_last,
                "what `dtable[x] += dy` gives. A token that comes twice must get both.",
            ),
            (
                _as_it_comes,
                "the three gradients as they come. A row of the table collects those of its token.",
            ),
        ),
        question=(
            "A table has 3 rows of 2 numbers. The tokens 2, 0, 2 are looked up, and the gradients "
            "(1, 0), (2, 1) and (−4, 3) arrive at the three outputs. What is the gradient of the "
            "table?"
        ),
        hints=(
            "Row 0 was looked up once, row 1 never, and row 2 twice.",
            "Row 2 gets (1, 0) + (−4, 3).",
        ),
    ),
    "ex-layers-bug": Exercise(
        _moved,
        (
            (
                lambda: _moved(across=False, biases=("bias_ih_l0",)),
                "still what the function returned before. Two of its lines are wrong.",
            ),
            (
                lambda: _moved(across=False),
                "still what you get without transposes. In PyTorch each row belongs to one unit.",
            ),
            (
                lambda: _moved(biases=("bias_ih_l0",)),
                "still what you get with one of the two biases. PyTorch adds both.",
            ),
        ),
    ),
    "ex-reviews-parameters": Exercise(
        lambda: 3000 * 16 + _parameters(16, 50, gates=1) + 51,
        (
            (
                lambda: 3000 * 16 + _parameters(16, 50, gates=1, biases=2) + 51,
                "PyTorch's count. It has a second bias of 50.",
            ),
            (lambda: _parameters(16, 50, gates=1) + 51, "the count without the embedding."),
            (
                lambda: 3000 * 16 + _parameters(16, 50, gates=1) + 50,
                "one too few. The last layer has a bias.",
            ),
        ),
        question=(
            "How many parameters does Embedding(3000, 16) → SimpleRNN(50) → Dense(1) have in Keras?"
        ),
        hints=(
            "The embedding has one row of 16 numbers for each of the 3000 tokens.",
            "The recurrent layer has 16·50 + 50·50 + 50, and the last one 50 + 1.",
        ),
    ),
    "ex-reviews-mask": Exercise(
        _held,
        (
            (lambda: _held(mask=None), "what comes out without the mask."),
            (
                lambda: _held() * COUNTS,
                "what zeros at the masked steps give. Here and in Keras the output stays instead.",
            ),
            (
                _fading,
                "what a state that goes on fading gives. At a masked step nothing is multiplied.",
            ),
        ),
    ),
    "ex-reviews-metric": Exercise(
        _mean,
        (
            (lambda: _mean(None), "the mean over all eight places. Three of them are padding."),
            (
                lambda: np.mean([_mean(REAL * row) for row in np.eye(2)[..., np.newaxis]]),
                "the mean of the two reviews. But every word that counts should count equally.",
            ),
        ),
        question=(
            "A network labels each word. For a review of four words it is right about words 1, 3 "
            "and 4. For a review of one word it is wrong about the word, and right at the three "
            "places of padding. For what fraction of the words that count is it right?"
        ),
        hints=(
            "Five words count.",
            "Three of them are right.",
        ),
    ),
}
