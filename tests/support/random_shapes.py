"""Random shapes on their way through random layers; about half of them do not fit."""

from rnncore.widgets import ShapeTracer
from tests.support.family import Twin


def random_tracer(rng, lengths=(1, 2, 3, 4, 7)):
    """Return a tracer whose layers expect the last of its axes, or another."""
    shape = [int(n) for n in rng.choice(lengths, rng.integers(1, 5))]
    features = int(rng.choice([shape[-1], shape[-1], *shape, lengths[-1]]))
    if rng.random() < 0.5:
        shape[0] = None
    return Twin(
        ShapeTracer,
        shape=tuple(shape),
        features=features,
        units=int(rng.choice(lengths)),
        kind=str(rng.choice(["SimpleRNN", "SimpleRNNCell"])),
        return_sequences=bool(rng.random() < 0.5),
        tokens=int(rng.choice([0, 9])),
        outputs=int(rng.choice([0, 2])),
    )
