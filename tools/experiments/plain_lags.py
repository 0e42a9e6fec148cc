"""The first bit of a sequence, with a plain network: which start and optimiser lose it?"""

from rnncore.tasks import first_bit
from rnncore.training import SGD, Adam
from tools.experiments._training import SEEDS, both, classify, generator, recurrent

TITLE = "A plain network of 16 units learns to report the first of `steps` random bits."
GRID = [
    {"layer": layer, "optimiser": optimiser, "steps": steps, "seed": seed}
    for seed in SEEDS
    for steps in (10, 20, 40)
    for optimiser in ("SGD", "Adam")
    for layer in ("plain", "plain, PyTorch's start")
]
LARGER = [
    {"layer": layer, "optimiser": optimiser, "steps": steps, "seed": seed}
    for seed in SEEDS
    for steps in (80, 160)
    for optimiser in ("SGD", "Adam")
    for layer in ("plain", "plain, PyTorch's start")
]
UNITS, EXAMPLES = 16, 1000
OPTIMISERS = {"SGD": (SGD, 0.1, 80), "Adam": (Adam, 0.003, 40)}  # rate, most epochs


def run(layer, optimiser, steps, seed):
    rng = generator(seed)
    train, test = both(first_bit, EXAMPLES, steps, rng)
    kind, rate, epochs = OPTIMISERS[optimiser]
    return classify([recurrent(layer, 1, UNITS, rng)], train, test, kind(rate), epochs, rng)
