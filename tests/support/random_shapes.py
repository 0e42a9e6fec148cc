"""Random shapes on their way through random layers; about half of them do not fit."""

from rnncore.widgets import ShapeTracer


def random_tracer(rng):
    axes = rng.integers(1, 5)
    shape = [int(n) for n in rng.choice([1, 2, 3, 4, 7], axes)]
    if rng.random() < 0.5:
        shape[0] = None
    features = (
        int(rng.choice([3, 7] if axes == 1 else [shape[-1], 3, 4], p=None)) if axes > 1 else 3
    )
    return ShapeTracer(
        tuple(shape),
        features=features or 3,
        units=int(rng.integers(1, 6)),
        kind=str(rng.choice(["SimpleRNN", "SimpleRNNCell"])),
        return_sequences=bool(rng.random() < 0.5),
        tokens=int(rng.choice([0, 9])),
        outputs=int(rng.choice([0, 2])),
        id="a",
    )
