"""What longer experiments have found: tables that `make sweep` has recorded, and chapters read."""

import json
from importlib.resources import files
from typing import Any, NamedTuple

FOLDER = files("rnncore").joinpath("data", "records")


class Record(NamedTuple):
    """What one experiment has found.

    `rows` has a dict for each run, with its setting and its results; `made` says in a sentence
    when it was computed, with which versions, and over how many seeds.
    """

    title: str
    rows: list[dict[str, Any]]
    made: str

    def where(self, **values: Any) -> list[dict[str, Any]]:
        """Return the rows that have these values.

        Raises
        ------
        ValueError
            If a name is in no row, and so is probably misspelt.
        """
        known = dict.fromkeys(name for row in self.rows for name in row)
        for name in values:
            if name not in known:
                raise ValueError(f"a row has {', '.join(known)}, but no {name}.")
        wanted = values.items()
        return [row for row in self.rows if all(n in row and row[n] == v for n, v in wanted)]


def read(name: str) -> Record:
    """Return a recorded experiment.

    Parameters
    ----------
    name : str
        As in ``python -m tools.sweep name``.

    Raises
    ------
    ValueError
        If there is no such record.  The message lists those that exist.
    """
    known = names()
    if name not in known:
        listed = ", ".join(known) or "none yet"
        raise ValueError(f"name must be that of a record ({listed}), got {name!r}.")
    found = json.loads(FOLDER.joinpath(f"{name}.json").read_text("utf-8"))
    return Record(found["title"], found["rows"], _made(found))


def names() -> list[str]:
    """Return the names of all records."""
    files = FOLDER.iterdir() if FOLDER.is_dir() else ()
    return sorted(p.name.removesuffix(".json") for p in files if p.name.endswith(".json"))


def _made(found):
    seeds, versions = len({row["seed"] for row in found["rows"]}), found["versions"]
    return (
        f"{len(found['rows'])} runs over {seeds} seed{'s' * (seeds > 1)}, computed on"
        f" {found['date']} with Python {versions['python']}, NumPy {versions['numpy']} and"
        f" rnncore {versions['rnncore']}."
    )
