"""Train the toy task with every combination of mistakes; write rnncore/data/broken.npz.

    python -m tools.train_broken

This takes a minute or two.  Losses are stored in ten-thousandths, accuracies in tenths of a per
cent.
"""

from pathlib import Path

import numpy as np

from rnncore.mistakes import train_all

DATA = Path(__file__).resolve().parent.parent / "rnncore" / "data" / "broken.npz"

if __name__ == "__main__":
    loss, accuracy = train_all()
    rounded = {"loss": np.rint(1e4 * loss), "accuracy": np.rint(10 * accuracy)}
    np.savez_compressed(DATA, **{name: a.astype(np.uint16) for name, a in rounded.items()})
    print(f"{DATA.name}: {DATA.stat().st_size / 1000:.1f} kB")
