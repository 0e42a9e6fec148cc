"""Run the experiments of `tools.experiments`, and record what they find: `make sweep`.

A result is written to _build/sweep as soon as it comes, so whatever is finished is never run again.
When the code of an experiment has changed, or that of the package below it, all its results are
computed anew.  An experiment whose settings are all there is recorded in rnncore/data/records.

    python -m tools.sweep                     all of them, on all cores of this machine
    python -m tools.sweep forget_bias         only this one
    python -m tools.sweep --larger --jobs 4   with their larger grids, in four processes
    python -m tools.sweep --dask tcp://10.0.0.5:8786     on a Dask cluster
"""

import argparse
import contextlib
import importlib
import importlib.util
import json
import os
import sys
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXPERIMENTS = ROOT / "tools" / "experiments"
KEPT = ROOT / "_build" / "sweep"
RECORDS = ROOT / "rnncore" / "data" / "records"
THREADS = "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"
FRUITLESS = 3  # rounds in a row that lose their workers before anything is finished


def main(arguments=None):
    os.environ.update(dict.fromkeys(THREADS, "1"))  # before NumPy is imported
    parser = argparse.ArgumentParser(
        prog="python -m tools.sweep", description=__doc__.split("\n")[0]
    )
    parser.add_argument(
        "names", nargs="*", help=f"of {', '.join(known()) or 'none yet'}; all if none"
    )
    parser.add_argument("--larger", action="store_true", help="the larger grids, too")
    parser.add_argument("--jobs", type=int, default=-1, help="how many processes; -1: all cores")
    parser.add_argument("--dask", metavar="ADDRESS", help="of the scheduler of a Dask cluster")
    chosen = parser.parse_args(arguments)
    if chosen.jobs == 0:
        parser.error("--jobs must be a number of processes, or -1 for all cores, got 0.")
    try:
        experiments = [load(name) for name in chosen.names or known()]
    except ValueError as error:
        parser.error(str(error))
    if not chosen.names:
        experiments = [experiment for experiment in experiments if can_run(experiment)]
    with where(chosen.dask, chosen.jobs):
        complete = [sweep(experiment, chosen.larger) for experiment in experiments]
    if not all(complete):
        sys.exit("What failed is said above; what is finished is kept.")


def known():
    """Return the names of all experiments."""
    return sorted(p.stem for p in EXPERIMENTS.glob("[a-z]*.py"))


def load(name):
    """Return the module of an experiment, after a look at what it must have.

    A name with a dot is that of a module anywhere.
    """
    dotted = name if "." in name else f"tools.experiments.{name}"
    if "." not in name and name not in known():
        raise ValueError(f"NAME must be one of {', '.join(known()) or 'none yet'}, got {name!r}.")
    module = importlib.import_module(dotted)
    for needed in ("TITLE", "GRID", "run"):
        if not hasattr(module, needed):
            raise ValueError(f"{dotted} must have TITLE, GRID and run, and has no {needed}.")
    every = [*module.GRID, *getattr(module, "LARGER", [])]
    for setting in every:
        if not isinstance(setting, dict) or "seed" not in setting:
            raise ValueError(f"a setting of {dotted} must be a dict with a seed, got {setting!r}.")
        if json.loads(json.dumps(setting)) != setting:
            raise ValueError(f"a setting of {dotted} must hold numbers and texts, got {setting!r}.")
        if every.count(setting) > 1:
            raise ValueError(f"{dotted} has the setting {setting!r} more than once.")
    return module


def can_run(experiment):
    """Return whether the libraries are installed that only this experiment NEEDS, or say so."""
    needed = getattr(experiment, "NEEDS", ())
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        name = experiment.__name__.rpartition(".")[2]
        print(f"{name} is left out, its record stays: {', '.join(missing)} is not installed.")
    return not missing


@contextlib.contextmanager
def where(dask=None, jobs=-1):
    """Choose where joblib works: on the cores of this machine, or on a Dask cluster."""
    import joblib

    if dask is None:
        with joblib.parallel_config(backend="loky", n_jobs=jobs, inner_max_num_threads=1):
            yield
        return
    from dask.distributed import Client

    try:
        client = Client(dask, timeout=10)
    except (OSError, ValueError) as error:
        sys.exit(f"--dask: no scheduler answers at {dask}: {error}")
    with client, joblib.parallel_config(backend="dask", n_jobs=jobs):
        yield


def sweep(experiment, larger=False, kept=KEPT, records=RECORDS):
    """Run the settings that are missing, and write the record; return whether that is complete."""
    from tools.sweep_results import Store, code_of, record, write

    name = experiment.__name__.rpartition(".")[2] + ("_larger" if larger else "")
    settings = [*experiment.GRID, *(getattr(experiment, "LARGER", []) if larger else [])]
    store = Store(kept / name.removesuffix("_larger"), code_of(experiment.__name__))
    failed, fruitless = [], 0
    while fruitless < FRUITLESS:
        missing = [s for s in settings if s not in failed and store.read(s) is None]
        if not missing:
            break
        print(f"{name}: {len(missing)} of {len(settings)} settings to run", flush=True)
        arrived = 0
        for setting, outcome in outcomes(experiment.__name__, missing, store.code):
            arrived += 1
            words = f"{name} {arrived}/{len(missing)} {in_words(setting)}"
            if "error" in outcome:
                failed.append(setting)
                print(f"{words} failed\n{outcome['error']}", file=sys.stderr, flush=True)
            else:
                store.keep(setting, outcome["result"], outcome["seconds"])
                print(f"{words} {outcome['seconds']:.1f} s", flush=True)
        fruitless = 0 if arrived else fruitless + 1
    found = [store.read(setting) for setting in settings]
    if None in found:
        lost = [s for s, each in zip(settings, found) if each is None]
        listed = "; ".join(map(in_words, lost))
        print(
            f"{name}: {len(lost)} of {len(settings)} are missing, so there is no record: {listed}"
        )
        return False
    write(records / f"{name}.json", record(experiment.TITLE, found))
    print(f"{name}: {len(found)} rows in {records / name}.json")
    return True


def in_words(setting):
    return " ".join(f"{name}={value}" for name, value in setting.items())


def outcomes(module, settings, code):
    """Yield (setting, outcome) as they come, to the end or until workers die."""
    import joblib

    run = joblib.delayed(execute)
    parallel = joblib.Parallel(return_as="generator_unordered", batch_size=1)
    try:
        yield from parallel(run(module, setting, code) for setting in settings)
    except Exception as error:  # not of a setting, which `execute` catches, but of its worker
        kind = type(error).__name__
        print(f"Workers have died ({kind}); what they had not finished follows.", flush=True)


def execute(module, setting, code):
    """Run one setting where a worker is; return it with its result, or with its error in words."""
    from tools.sweep_results import code_of

    try:
        if code_of(module) != code:
            return setting, {"error": "This worker has other code, or another Python or NumPy."}
        start = time.thread_time()  # whatever else the machine does
        result = importlib.import_module(module).run(**setting)
        seconds = round(time.thread_time() - start, 2)
        return setting, {"result": plain(result, setting), "seconds": seconds}
    except Exception:
        return setting, {"error": traceback.format_exc()}


def plain(result, setting):
    """Return a result as JSON has it, or raise a ValueError for what a record cannot hold."""
    if not isinstance(result, dict) or result.keys() & setting.keys():
        raise ValueError(f"run must return a dict with names of its own, got {result!r}.")
    try:
        text = json.dumps(result, allow_nan=False, default=lambda value: value.item())
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"run must return numbers, texts or short lists: {error}") from error
    return json.loads(text)


if __name__ == "__main__":
    main()
