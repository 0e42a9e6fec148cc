"""The reader of reviews in three libraries: the same numbers, and how long a step takes."""

import time

import numpy as np

from rnncore import interop
from rnncore.layers import Dense, Embedding, Sequential, SimpleRNN
from rnncore.training import Adam, binary_cross_entropy_with_logits

TITLE = (
    "One reader of reviews in rnncore, PyTorch and Keras: its answers, its numbers of parameters,"
    " and how long a step of training takes in PyTorch, if ours takes 1."
)
NEEDS = ("torch", "keras")
SIZES = [(32, 100), (256, 100), (32, 400), (256, 400)]  # batch and units
GRID = [{"what": "answers", "seed": 7}] + [
    {"what": "time", "batch": batch, "units": units, "seed": 7} for batch, units in SIZES
]
TOKENS = np.array([[3, 1, 4, 1, 5, 9], [2, 7, 1, 8, 2, 8]])


def run(what, seed, **size):
    """Return what the libraries answer, or what a step of training takes in ours and PyTorch."""
    return times(seed, **size) if what == "time" else answers(seed)


def reader(tokens, features, units, seed, dtype=np.float64):
    """Make the model with weights that are the same on every machine: none needs a library."""
    rng = np.random.default_rng(seed)
    return Sequential(
        [
            Embedding.initialise(tokens, features, rng, dtype=dtype),
            SimpleRNN.initialise(features, units, rng, W_h="uniform", b="uniform", dtype=dtype),
            Dense.initialise(units, 1, rng, dtype=dtype),
        ]
    )


def answers(seed):
    model = reader(10, 3, 4, seed)
    whole = reader(5000, 32, 100, seed)
    torch_net = in_torch(whole)
    return {
        "rnncore": model.forward(TOKENS, keep=False).ravel().tolist(),
        "torch": answers_of_torch(model, TOKENS).ravel().tolist(),
        "keras": answers_of_keras(model, TOKENS).ravel().tolist(),
        "rnncore_parameters": sum(p.size for p in whole.parameters.values()),
        "torch_parameters": sum(p.numel() for part in torch_net for p in part.parameters()),
        "keras_parameters": int(in_keras(whole).count_params()),
    }


def answers_of_torch(model, tokens):
    import torch

    words, rnn, dense = in_torch(model)
    _, h_n = rnn(words(torch.from_numpy(tokens)))
    return dense(h_n[-1]).detach().numpy()


def in_torch(model):
    """Return the layers of PyTorch, with the weights of ours."""
    import torch

    words, rnn, _ = model.layers
    (tokens, features), units = words.parameters["table"].shape, rnn.units
    dtype = torch.from_numpy(words.parameters["table"]).dtype
    parts = (
        torch.nn.Embedding(tokens, features, dtype=dtype),
        torch.nn.RNN(features, units, batch_first=True, dtype=dtype),
        torch.nn.Linear(units, 1, dtype=dtype),
    )
    for part, layer in zip(parts, model.layers):
        state = interop.to_torch(layer)
        part.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    return parts


def answers_of_keras(model, tokens):
    import keras

    return keras.ops.convert_to_numpy(in_keras(model)(tokens))


def in_keras(model):
    """Return the model in Keras, with the weights of ours."""
    import keras

    words, rnn, _ = model.layers
    (tokens, features), units = words.parameters["table"].shape, rnn.units
    net = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(tokens, features),
            keras.layers.SimpleRNN(units),
            keras.layers.Dense(1),
        ]
    )
    net.set_weights(interop.to_keras(model))
    return net


def times(seed, batch, units, timesteps=250, rounds=7):
    """Return how long a step of training takes in PyTorch, if ours takes 1, both on one thread.

    Both take turns, and what is compared is the time that the processor spent on each.
    """
    import torch

    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    x = rng.integers(5000, size=(batch, timesteps))
    y = rng.integers(2, size=(batch, 1)).astype(np.float32)
    model = reader(5000, 32, units, seed, np.float32)
    sides = ours(model, x, y), theirs(in_torch(model), x, y)
    for side in sides:
        side()
    spent = np.array([[taken(side) for side in sides] for _ in range(rounds)])
    mine, other = np.median(spent, axis=0)
    work = 6 * batch * timesteps * units * (32 + units)  # forward, and twice that backward
    return {
        "torch_if_ours_is_1": round(float(other / mine), 1),
        "milliseconds": round(1000 * float(mine)),
        "gigaflops": round(float(work / mine / 1e9), 1),
    }


def taken(side):
    start = time.process_time()
    side()
    return time.process_time() - start


def ours(model, x, y):
    optimiser = Adam(0.001)

    def step():
        _, dlogits = binary_cross_entropy_with_logits(model.forward(x), y)
        model.backward(dlogits)
        optimiser.update(model.parameters, model.gradients)

    return step


def theirs(parts, x, y):
    import torch

    words, rnn, dense = parts
    optimiser = torch.optim.Adam([p for part in parts for p in part.parameters()], 0.001)
    loss = torch.nn.BCEWithLogitsLoss()
    x, y = torch.from_numpy(x), torch.from_numpy(y)

    def step():
        optimiser.zero_grad()
        loss(dense(rnn(words(x))[1][-1]), y).backward()
        optimiser.step()

    return step
