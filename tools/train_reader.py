"""Train the network of the widget DigitReader, and store its weights.

    python -m tools.train_reader     train, print how well it reads, write rnncore/data/reader.npz

A SimpleRNN of 40 units reads a digit row by row, and a Dense layer names it after every row.  The
loss counts the last row in full and each earlier row by a tenth.  So the answer after three rows
means something, and is not the noise of a layer that has only ever seen the last state.
The network also sees four copies of each training image that are shifted by a pixel, and one with
bolder ink, because a drawn digit is not always centred.  The weights are stored in thousandths.
The seed is fixed; another BLAS may round differently and end in other weights that are as good.
"""

from pathlib import Path

import numpy as np

from rnncore.layers import Dense, Sequential, SimpleRNN
from rnncore.tasks import digits
from rnncore.training import Adam, accuracy, categorical_cross_entropy_with_logits, fit

TARGET = Path(__file__).resolve().parent.parent / "rnncore" / "data" / "reader.npz"
UNITS = 40
SHIFTS = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)]
SHARES = [0.1] * 7 + [1.0]  # what each row counts for in the loss
RATES = {0.003: 30, 0.0005: 8}  # Adam's rate: epochs


def main():
    train, test = digits()
    model = trained(*train, np.random.default_rng(1))
    stored = {name: np.rint(1000 * p).astype(np.int16) for name, p in model.parameters.items()}
    np.savez_compressed(TARGET, **stored)
    for name, thousandths in stored.items():
        model.parameters[name][...] = thousandths / 1000
    logits = model.forward(test.x, keep=False)
    for row in range(8):
        print(f"after row {row + 1}: {accuracy(logits[:, row], test.y):.1%} of the test digits")


def trained(x, y, rng):
    """Train SimpleRNN and Dense on the training images and their copies."""
    copies = [*(shifted(x, *by) for by in SHIFTS), np.minimum(1, 2 * x)]
    x, y = np.concatenate(copies), np.tile(y, len(copies))
    rnn = SimpleRNN.initialise(8, UNITS, rng, return_sequences=True)
    model = Sequential([rnn, Dense.initialise(UNITS, 10, rng)])
    for rate, epochs in RATES.items():
        fit(model, x, y, after_every_row, Adam(rate), epochs, rng=rng, clip=1.0)
    return model


def shifted(x, down, right):
    """Move the images by that many pixels, and fill with paper."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    return padded[:, 1 - down : 9 - down, 1 - right : 9 - right]


def after_every_row(logits, y):
    """Return the weighted cross-entropy of all rows, given logits (batch, 8, 10) and labels."""
    total, dlogits = 0.0, np.empty_like(logits)
    for row, share in enumerate(SHARES):
        loss, gradient = categorical_cross_entropy_with_logits(logits[:, row], y)
        total += share * loss
        dlogits[:, row] = share * gradient
    return total, dlogits


if __name__ == "__main__":
    main()
