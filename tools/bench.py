"""Time rnncore against the floor, the textbook loop, PyTorch and Keras: `make bench`.

Everything runs in one thread on one core.  In each round every contender runs once, in rotated
order, so that whatever else the machine does affects them all.  A figure is the median over the
rounds of the contender's time divided by the floor's in the same round.  Before a contender is
timed, it has to give the same numbers as rnncore.  No speed fails the run.

    python -m tools.bench            measure, print, write book/_generated/benchmark.md
    python -m tools.bench --quick    a smoke run: few rounds, small sizes, nothing written
    python -m tools.bench --quick --write
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy is imported: its BLAS reads them then
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["VECLIB_MAXIMUM_THREADS"] = "1"

import argparse
import datetime
import gc
import platform
import time
import tracemalloc
from pathlib import Path

import numpy as np

from rnncore import mlp
from rnncore.layers import GRU, LSTM, SimpleRNN
from tools import bench_peers
from tools.bench_floor import MLP, MLP_ACTIVATIONS, Case, Contender, floor, loop, problem

TARGET = Path(__file__).resolve().parent.parent / "book" / "_generated" / "benchmark.md"
OURS, LOOP = "rnncore", "textbook loop"
TOLERANCE = {"float32": 1e-3, "float64": 1e-9}
SHORTEST = 0.002  # seconds: what is faster is called several times in a measurement

SPEED = {
    "SimpleRNN forward, float32": Case("rnn", False),
    "SimpleRNN forward, float64": Case("rnn", False, "float64"),
    "SimpleRNN forward, batch 1, float32": Case("rnn", False, batch=1),
    "SimpleRNN forward + backward, float32": Case("rnn", True),
    "SimpleRNN forward + backward, float64": Case("rnn", True, "float64"),
    "SimpleRNN forward + backward, batch 1, float32": Case("rnn", True, batch=1),
    "LSTM forward, float32": Case("lstm", False),
    "LSTM forward + backward, float32": Case("lstm", True),
    "MLP forward, float32": Case("mlp", False, batch=64),
    "MLP forward, float64": Case("mlp", False, "float64", batch=64),
}
UNITS = {
    f"{n} units, {label}": Case("rnn", backward, units=n)
    for label, backward in (("forward", False), ("forward + backward", True))
    for n in (50, 100, 200, 400, 800)
}
TIMESTEPS = {n: Case("rnn", True, timesteps=n) for n in (125, 250, 500, 1000, 2000, 4000)}
MEMORY = Case("rnn", True, timesteps=4000)
AIMS = {  # label of a row -> the most that rnncore may take, in times the floor
    "SimpleRNN forward, float32": 1.15,
    "SimpleRNN forward, float64": 1.15,
    "SimpleRNN forward, batch 1, float32": 1.30,
    "SimpleRNN forward + backward, float32": 1.20,
    "SimpleRNN forward + backward, float64": 1.20,
    "SimpleRNN forward + backward, batch 1, float32": 1.30,
    "LSTM forward + backward, float32": 1.45,
    "MLP forward, float32": 1.10,
    "MLP forward, float64": 1.10,
}
SLOWER = 1.15  # the aim: a step of a long sequence costs at most this times one of the shortest
EQUAL = 0.05  # where arrays happen to lie in memory makes as much difference
SLACK = 0.05  # of the size of the states, for the work arrays of a block of steps


def main():
    options = parse()
    pinned = pin()
    bench_peers.prepare()
    peers, remarks = bench_peers.load()
    about = [machine(pinned), software(peers), *remarks]
    print(*about, "", sep="\n", flush=True)

    seconds, sizes = (0.3, 2) if options.quick else (10.0, None)
    contenders = {"floor": floor, OURS: ours, LOOP: loop}
    contenders |= {name: factory for name, (factory, _) in peers.items()}
    speed = compare(SPEED, contenders, seconds)
    measured = {SPEED[label]: result for label, result in speed.items()}
    units = compare(dict([*UNITS.items()][:sizes]), contenders, seconds, measured)
    timesteps = scale(dict([*TIMESTEPS.items()][:sizes]), 2 * seconds)
    masks = masked(seconds)
    memory = peaks(MEMORY)

    text = fragment(about, speed, units, timesteps, masks, memory)
    print(f"\n{text}")
    if options.write or not options.quick:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text, encoding="utf-8")
        print(f"Written to {TARGET.relative_to(TARGET.parents[2])}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rounds and small sizes")
    parser.add_argument("--write", action="store_true", help="write the page after --quick too")
    return parser.parse_args()


def pin():
    """Stay on the last core that is allowed; return whether the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        return False
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return True


# The contenders and the race


def ours(case, p):
    if case.kind == "mlp":
        return Contender(lambda: {"y": mlp.predict(p.X, p.W, p.B, MLP_ACTIVATIONS)})
    layer = {"rnn": SimpleRNN, "lstm": LSTM}[case.kind](p.W_x, p.W_h, p.b)
    if not case.backward:
        return Contender(lambda: {"y": layer.forward(p.X, keep=False)})

    def run():
        y = layer.forward(p.X)
        return {"X": layer.backward(p.dy), "y": y, **layer.gradients}

    return Contender(run)


def compare(cases, contenders, seconds, measured=None):
    """Return the result of `race` for each case, and the largest `difference` from rnncore.

    measured : results of cases that have been timed already, so that no case has two times
    """
    measured = measured or {}
    results = {label: measured[case] for label, case in cases.items() if case in measured}
    for label, case in cases.items():
        if case in measured:
            continue
        p = problem(case)
        entrants = {name: factory(case, p) for name, factory in contenders.items()}
        entrants = {name: entrant for name, entrant in entrants.items() if entrant}
        difference = agreement(entrants, TOLERANCE[case.dtype])
        results[label] = race({name: c.run for name, c in entrants.items()}, "floor", seconds)
        results[label] |= {"difference": difference, "dtype": case.dtype}
        print(progress(label, results[label]), flush=True)
    return {label: results[label] for label in cases}


def agreement(entrants, tolerance):
    """Return the largest difference from rnncore's numbers; one that is too large is an error."""
    ours = entrants[OURS].read(entrants[OURS].run())
    worst = 0.0
    for name, contender in entrants.items():
        theirs = {} if name in ("floor", OURS) else contender.read(contender.run())
        for key, value in theirs.items():
            if value.dtype != ours[key].dtype:
                raise TypeError(f"{name}: {key} is {value.dtype}, rnncore's is {ours[key].dtype}.")
            difference = abs(value - ours[key]).max() / abs(ours[key]).max()
            if not difference < tolerance:
                raise ArithmeticError(f"{name}: {key} differs from rnncore's by {difference:.1e}.")
            worst = max(worst, difference)
    return worst


def race(runs, reference, seconds):
    """Time all in turn for about `seconds`.

    Return the median time (`seconds`), the median ratio to the reference of the same round
    (`ratios`), the distance between the quartiles of the ratio (`spread`), and `rounds`.
    """
    calls = {name: calls_for(run) for name, run in runs.items()}
    times = {name: [] for name in runs}
    order = list(runs)
    gc.collect()
    gc.disable()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[reference]) < 7:
        backwards = len(times[reference]) % 2  # or everyone would always follow the same one
        for name in reversed(order) if backwards else order:
            times[name].append(clock(runs[name], calls[name]))
        order.append(order.pop(0))
    gc.enable()
    ratios = {name: np.divide(t, times[reference]) for name, t in times.items()}
    return {
        "seconds": {name: np.median(t) for name, t in times.items()},
        "ratios": {name: np.median(r) for name, r in ratios.items()},
        "spread": {name: np.subtract(*np.percentile(r, [75, 25])) for name, r in ratios.items()},
        "rounds": len(times[reference]),
    }


def calls_for(run):
    run()  # the first call may compile, or fill caches
    return max(1, round(SHORTEST / clock(run, 1)))


def clock(run, calls):
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / calls


def scale(cases, seconds):
    """Return the time per step at each number of steps, divided by that of the shortest."""
    runs = {n: ours(case, problem(case)).run for n, case in cases.items()}
    shortest = min(runs)
    ratios = race(runs, shortest, seconds)["ratios"]
    return {n: ratio * shortest / n for n, ratio in ratios.items()}


def masked(seconds):
    """Return what a mask costs: the result of `race`, for each kind of layer.

    The lengths go evenly from one step to all of them, so half of the steps are masked.
    """
    size, results = Case("rnn", True), {}
    rng = np.random.default_rng(0)
    x = rng.normal(size=(size.batch, size.timesteps, size.features)).astype(size.dtype)
    lengths = np.linspace(1, size.timesteps, size.batch).astype(int)
    for kind in (SimpleRNN, LSTM, GRU):
        layer = kind.initialise(size.features, size.units, rng=1, dtype=size.dtype)

        def run(layer=layer, **counted):
            layer.backward(layer.forward(x, **counted))

        runs = {"all steps": run, "masked": lambda run=run: run(lengths=lengths)}
        results[kind.__name__] = race(runs, "all steps", seconds)
    return results


# Memory


def peaks(case):
    """Measure what forward and backward allocate, in multiples of the size of all states.

    Return rows: what it is, its peak, and the aim.
    """
    p = problem(case)
    states = case.batch * (case.timesteps + 1) * case.units * p.X.itemsize
    gradients = (p.X.nbytes + p.W_x.nbytes + p.W_h.nbytes + p.b.nbytes + p.dy.nbytes) / states

    every_dy = np.ones((case.batch, case.timesteps, case.units), p.X.dtype)

    def train(rounds, dy=p.dy):
        layer = SimpleRNN(p.W_x, p.W_h, p.b, return_sequences=dy.ndim == 3)
        for _ in range(rounds):
            layer.forward(p.X)
            layer.backward(dy)

    def forward(keep):
        return SimpleRNN(p.W_x, p.W_h, p.b).forward(p.X, keep=keep)

    rows = [
        ["forward, nothing kept", lambda: forward(False), SLACK],
        ["forward, states kept", lambda: forward(True), 1 + SLACK],
        ["forward and backward", lambda: train(1), 1 + gradients + SLACK],
        ["the same, twice", lambda: train(2), 1 + gradients + SLACK],
        ["the same, return_sequences", lambda: train(2, every_dy), 1 + gradients + SLACK],
    ]
    return [[what, peak(run) / states, aim] for what, run, aim in rows]


def peak(run):
    """Return the most bytes that are allocated while it runs; NumPy reports its own."""
    gc.collect()
    tracemalloc.start()
    run()
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest


# The page


def fragment(about, speed, units, timesteps, masks, memory):
    """Return the text that a page of the book includes."""
    size = Case("rnn", True)
    paragraphs = [
        *about,
        f"Unless a row says otherwise, the batch is {size.batch}, with {size.timesteps} timesteps,"
        f" {size.features} features and {size.units} units, and the loss looks only at the last"
        f" state. The MLP is {' → '.join(map(str, MLP))} on a batch of 64.",
        "The floor is the time that NumPy needs for the matrix products and tanh (relu in the MLP),"
        " in arrays made beforehand. The other columns say how many times as long each of the"
        " others took: 1 is as fast as the floor, and 2 takes twice as long. A number below 1 is"
        " possible, because another library may compute the same products faster than NumPy does,"
        " and because times vary a little.",
        against_floor(speed),
        faster(speed),
        "**More units** (SimpleRNN, float32)",
        against_floor(units),
        faster(units),
        "**More timesteps** (rnncore's SimpleRNN, forward + backward, float32)",
        per_step(timesteps),
        "**Masks** (forward + backward, float32): the same batch with all steps, and with lengths"
        " from one step to all. A masked step is computed and then held, so a mask saves no time.",
        table(
            ["", "all steps, ms", "with a mask"],
            [
                [kind, f"{r['seconds']['all steps'] * 1e3:.1f}", f"{r['ratios']['masked']:.2f}"]
                for kind, r in masks.items()
            ],
        ),
        f"**Memory** (rnncore's SimpleRNN, {MEMORY.timesteps} timesteps, float32): the most that"
        " is allocated at any time, divided by the size of all states. The aim leaves"
        f" {SLACK:g} for work arrays, and the backward pass adds the gradient of the inputs,"
        f" {MEMORY.features} numbers for every {MEMORY.units} of the states.",
        table(
            ["", "peak", "aim"],
            [[what, f"{size:.2f}", aimed(size, aim)] for what, size, aim in memory],
        ),
        agreed({**speed, **units}),
        wobble({**speed, **units}),
    ]
    return "\n\n".join(paragraphs) + "\n"


def against_floor(results):
    names = [name for name in columns(results) if name != "floor"]
    with_aims = not AIMS.keys().isdisjoint(results)
    rows = []
    for label, r in results.items():
        ratios = [f"{r['ratios'][n]:.2f}" if n in r["ratios"] else "–" for n in names]
        rows.append([label, f"{r['seconds']['floor'] * 1e3:.2f}", *ratios])
        if with_aims:
            rows[-1].append(aimed(r["ratios"][OURS], AIMS.get(label)))
    return table(["", "floor, ms", *names, *["rnncore's aim"] * with_aims], rows)


def columns(results):
    """Return the names of all contenders; some are not in every row."""
    return list(dict.fromkeys(name for r in results.values() for name in r["ratios"]))


def per_step(ratios):
    rows = [[f"{n}", f"{ratio:.2f}", aimed(ratio, SLOWER)] for n, ratio in ratios.items()]
    return table(["timesteps", f"time per step, relative to {min(ratios)} steps", "aim"], rows)


def aimed(value, aim):
    if aim is None:
        return "–"
    return f"≤ {aim:.2f}: {'met' if value <= aim else 'not met'}"


def table(head, rows):
    """Return a Markdown table whose columns are aligned in the source too."""
    widths = [max(map(len, column)) for column in zip(head, *rows)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    pad = [str.ljust, *[str.rjust] * (len(head) - 1)]
    lines = [
        " | ".join(align(cell, width) for align, cell, width in zip(pad, row, widths))
        for row in [head, rule, *rows]
    ]
    return "\n".join(f"| {line} |" for line in lines)


def faster(results):
    """Say who was faster than rnncore, and where, from the figures."""
    lines = []
    for name in columns(results):
        if name in ("floor", OURS):
            continue
        rows = {label: r["ratios"] for label, r in results.items() if name in r["ratios"]}
        where = [
            label for label, ratios in rows.items() if ratios[name] * (1 + EQUAL) < ratios[OURS]
        ]
        some = f" ({'; '.join(where)})" if 0 < len(where) < len(rows) else ""
        count = f"{len(where)} of {len(rows)} rows"
        lines.append(f"- {name}: faster than rnncore by more than {EQUAL:.0%} in {count}{some}.")
    return "\n".join(lines)


def agreed(results):
    worst = {}
    for r in results.values():
        worst[r["dtype"]] = max(worst.get(r["dtype"], 0), r["difference"])
    figures = " and ".join(f"{d:.0e} in {dtype}" for dtype, d in worst.items())
    return (
        "Before anything was timed, all outputs and gradients were compared with rnncore's."
        f" The largest difference is {figures}, relative to the largest entry."
    )


def wobble(results):
    spread = max(r["spread"][OURS] / r["ratios"][OURS] for r in results.values())
    rounds = min(r["rounds"] for r in results.values())
    return (
        f"Each figure is the median of at least {rounds} rounds. In the row that varies most,"
        f" the quartiles of rnncore's figure are {spread:.0%} apart."
    )


def progress(label, result):
    ratios = ", ".join(f"{n} {r:.2f}" for n, r in result["ratios"].items() if n != "floor")
    return f"{label}: {ratios} ({result['rounds']} rounds)"


def machine(pinned):
    where = "one thread on one core" if pinned else "one thread, not bound to a core"
    return f"Measured on {datetime.date.today().isoformat()}: {processor()}, {where}."


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(x.split(":")[1].strip() for x in lines if x.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def software(peers):
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    numpy = f"NumPy {np.__version__} with {blas['name']} {blas['version']}"
    versions = [f"Python {platform.python_version()}", numpy, *(v for _, v in peers.values())]
    return f"{', '.join(versions)}."


if __name__ == "__main__":
    main()
