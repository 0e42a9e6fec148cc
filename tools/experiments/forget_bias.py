"""The first bit again, with gates: how does the bias of the gate that keeps fit the lag?"""

from rnncore.tasks import first_bit
from rnncore.training import Adam
from tools.experiments._training import SEEDS, both, classify, generator, recurrent

TITLE = "A gated layer of 16 units learns to report the first of `steps` random bits."
NAMES = {"LSTM": "forget_bias", "GRU": "update_bias"}
ASKED = [
    *(("LSTM", 20, bias) for bias in (-1, 0, 1, 2, 4)),
    *(("LSTM", 50, bias) for bias in (0, 1, 2, 4)),
    *(("GRU", 50, bias) for bias in (0, 2)),
]
GRID = [
    {"layer": layer, "steps": steps, "bias": bias, "seed": seed}
    for seed in SEEDS
    for layer, steps, bias in ASKED
]
LARGER = [
    {"layer": layer, "steps": steps, "bias": bias, "seed": seed}
    for seed in SEEDS
    for layer in NAMES
    for steps in (100, 200)
    for bias in (0, 1, 2, 4, 6)
]
UNITS, EXAMPLES, EPOCHS = 16, 1000, 40


def run(layer, steps, bias, seed):
    rng = generator(seed)
    train, test = both(first_bit, EXAMPLES, steps, rng)
    gated = recurrent(layer, 1, UNITS, rng, **{NAMES[layer]: bias})
    return classify([gated], train, test, Adam(0.003), EPOCHS, rng)
