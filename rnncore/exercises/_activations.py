"""Chapter 3: a state that relu cuts, slopes, the matrix of all steps, two memories, a nudge."""

import numpy as np

from rnncore.activations import linear, relu, sigmoid, tanh
from rnncore.exercises._toy import TOY
from rnncore.exercises._verdict import Exercise
from rnncore.states import compute_states

HAND_X = np.array([[2.0, -4.0, 1.0]])
NUDGE_X, NUDGE_W_H = np.array([[0.5, 0.0, -0.5]]), 1.5


def _hand(update):
    """Return the states of HAND_X, W_x = 1 and W_h = 0.5, under an update."""
    S = np.zeros((1, HAND_X.shape[1] + 1))
    for k in range(HAND_X.shape[1]):
        S[:, k + 1] = update(HAND_X[:, k], S[:, k])
    return S


def _toy(update):
    """Return the last state of the toy under an update of x W_x, h, W_h and b."""
    h = np.zeros(3)
    for x in TOY["X"][0]:
        h = update(x @ TOY["W_x"], h, TOY["W_h"], TOY["b"])
    return h


def _one_matrix(timesteps=40, features=8, units=12):
    """Return the shape of the matrices, stacked, from the input of each step to the last state."""
    return np.concatenate([np.zeros((features, units))] * timesteps).shape


def _nudge(weight=NUDGE_W_H, states=slice(1, None), combine=np.prod):
    S = compute_states(NUDGE_X, 1.0, NUDGE_W_H, activation="tanh")[0]
    return combine(weight * tanh.slope(S[states]))


def _resting(W_h=2.0):
    """Return the positive state that h → tanh(h W_h) does not change."""
    return compute_states(np.zeros((1, 200)), 1.0, W_h, activation="tanh", h0=[1.0])[0, -1]


EXERCISES = {
    "ex-act-by-hand": Exercise(
        lambda: compute_states(HAND_X, 1.0, 0.5, activation=relu),
        (
            (
                lambda: compute_states(HAND_X, 1.0, 0.5, activation=linear),
                "what comes out without an activation. relu turns what is negative into 0.",
            ),
            (
                lambda: _hand(lambda x, h: relu.value(x) + h * 0.5),
                "what you get with relu around only the input. It goes around the whole sum.",
            ),
            (
                lambda: _hand(lambda x, h: relu.value(x + h + 0.5)),
                "what adding W_h gives. The state is multiplied by it.",
            ),
            (
                lambda: compute_states(HAND_X, 1.0, 0.5, activation=relu)[:, 1:],
                "S without the initial state. It starts with S[:, 0] = 0.",
            ),
        ),
        question=(
            "The sequence is 2, −4, 1, the weights are W_x = 1 and W_h = 0.5, h_0 = 0, "
            "and the activation is relu. Give all states, `S` of shape `(1, 4)`."
        ),
        hints=(
            "The first column is the initial state, and h_1 = relu(2 · 1 + 0 · 0.5).",
            "The second sum is −4 · 1 + 2 · 0.5 = −3. What does relu make of it?",
        ),
    ),
    "ex-act-slope": Exercise(
        lambda: 2 * tanh.slope(np.float64(0.6)),
        (
            (
                lambda: tanh.slope(np.float64(0.6)),
                "only the slope of tanh. The step also multiplies by W_h.",
            ),
            (
                lambda: 2 * tanh.slope(tanh.value(0.6)),
                "W_h times the slope at z = 0.6. But 0.6 is the output h, and the slope is 1 − h².",
            ),
            (
                lambda: 2 * sigmoid.slope(np.float64(0.6)),
                "W_h times the slope of sigmoid, h (1 − h). The slope of tanh is 1 − h².",
            ),
            (lambda: 2 * (1 - 0.6), "W_h times 1 − h. The slope of tanh is 1 − h²."),
        ),
        question=(
            "A unit with tanh has W_h = 2, and its new state is h_t = 0.6. "
            "If h_t−1 is nudged, how much does h_t change, as a multiple of the nudge?"
        ),
        hints=(
            "By the chain rule the factor is W_h times the slope of tanh at this step.",
            "The slope of tanh, from its output, is 1 − 0.6² = 0.64.",
        ),
    ),
    "ex-act-shape": Exercise(
        _one_matrix,
        (
            (lambda: (8, 12), "the shape of W_x. The flattened sequence has 40 · 8 numbers."),
            (
                lambda: (12, 320),
                "the shape of the transpose. In this book the row is on the left of the matrix.",
            ),
            (
                lambda: (40, 12),
                "the shape with a row for each step. But each of its 8 features needs a row.",
            ),
            (
                lambda: (320, 480),
                "the shape of a matrix that gives all 40 states. The last one has only 12 numbers.",
            ),
        ),
        question=(
            "A recurrent layer without an activation reads 40 steps of 8 features and has 12 "
            "units. One matrix M takes the flattened sequence to the last state. "
            "What is the shape of M?"
        ),
        hints=(
            "The flattened sequence is one row of 40 · 8 numbers.",
            "M has a block of 8 rows for each step, and a column for each unit.",
        ),
    ),
    "ex-act-two-memories": Exercise(
        lambda: 1 / sigmoid.slope(np.float64(0.5)),
        (
            (
                lambda: 1.0,
                "the answer for tanh. Its slope reaches 1, but that of sigmoid does not.",
            ),
            (
                lambda: sigmoid.slope(np.float64(0.5)),
                "the largest slope of sigmoid. W_h times this slope has to reach 1.",
            ),
            (lambda: 2.0, "1 divided by the output, 0.5. The slope there is 0.5 · (1 − 0.5)."),
        ),
        question=(
            "A unit with sigmoid has the bias b = −W_h / 2, so that 0.5 is a fixed point. "
            "Above which W_h does this fixed point no longer attract?"
        ),
        hints=(
            "A fixed point attracts as long as the slope of the map there is below 1.",
            "That slope is W_h · h (1 − h), at h = 0.5.",
        ),
    ),
    "ex-act-flip": Exercise(
        lambda: -2 * _resting(),
        (
            (
                lambda: -_resting(),
                "minus the resting state. Before it meets the input, it is multiplied by W_h.",
            ),
            (lambda: 2 * _resting(), "the right size with the wrong sign."),
            (lambda: -2.0, "minus W_h. The state rests at 0.9575, not at 1."),
        ),
        question=(
            "A unit with tanh, W_x = 1 and W_h = 2 rests at 0.9575. "
            "One input x_t comes in, and silence follows. Which x_t would put it exactly on the "
            "edge between its two memories, h_t = 0?"
        ),
        hints=(
            "tanh is 0 where the sum is 0.",
            "The sum is x_t · 1 + 0.9575 · 2.",
        ),
    ),
    "ex-act-bug": Exercise(
        lambda: compute_states(**TOY, activation="tanh")[0, -1],
        (
            (
                lambda: _toy(lambda x, h, W_h, b: np.tanh(x + b) + h @ W_h),
                "still what tanh around only the input gives. The state's part is still outside.",
            ),
            (
                lambda: _toy(lambda x, h, W_h, b: x + np.tanh(h) @ W_h + b),
                "the last sum without its tanh. At every step, tanh goes around the whole sum.",
            ),
            (
                lambda: _toy(lambda x, h, W_h, b: np.tanh(x + h @ W_h) + b),
                "what adding the bias after tanh gives. It goes inside, with the rest of the sum.",
            ),
            (
                lambda: _toy(lambda x, h, W_h, b: x + h @ W_h + b),
                "what the recurrence gives without an activation.",
            ),
        ),
    ),
    "ex-act-nudge": Exercise(
        _nudge,
        (
            (
                lambda: _nudge(weight=1.0),
                "the product of the slopes of tanh. Each step also multiplies by W_h.",
            ),
            (
                lambda: _nudge(combine=np.sum),
                "the sum of the factors. A nudge goes through step after step, so they multiply.",
            ),
            (
                lambda: _nudge(states=slice(None, -1)),
                "what the slopes at h_0, h_1, h_2 give. Step t has its slope at its output, h_t.",
            ),
        ),
    ),
}
