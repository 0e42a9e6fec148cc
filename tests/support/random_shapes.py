"""Random shapes on their way through random layers; about half of them do not fit."""

from rnncore.widgets import ShapeTracer
from tests.support.family import Twin


def random_tracer(rng, lengths=(1, 2, 3, 4, 7)):
    """Return a tracer whose layers expect the last of its axes, or another."""
    kind, tokens = str(rng.choice(ShapeTracer.LIMITS["kinds"])), int(rng.choice([0, 9]))
    has_steps = not kind.endswith("Cell")
    wanted = 2 + has_steps - (tokens > 0)  # the axes that fit
    axes = rng.choice([wanted, wanted, *range(1, 5)])
    shape = [int(n) for n in rng.choice(lengths, axes)]
    features = int(rng.choice([shape[-1], shape[-1], *shape, lengths[-1]]))
    if rng.random() < 0.5:
        shape[0] = None
    return Twin(
        ShapeTracer,
        shape=tuple(shape),
        features=features,
        units=int(rng.choice(lengths)),
        kind=kind,
        return_sequences=bool(rng.random() < 0.5),
        tokens=tokens,
        outputs=int(rng.choice([0, 2])),
        stacked=int(rng.integers(1, 4)),
        lower_return_sequences=bool(rng.random() < 0.7),
        bidirectional=bool(rng.random() < 0.5) and has_steps,
        mask=bool(rng.random() < 0.5) and has_steps and tokens > 0,
    )
