"""Draw the house that the imports build: `make house` writes book/_static/house.svg.

Nothing of the drawing is kept by hand.  A module is a window, on the floor above the highest one
that it uses.  An arrow goes down to a module on the next floor; ↓ names one further below.  What
most of a floor uses is left out, and so is what follows from the rest.
"""

import re
from pathlib import Path
from statistics import fmean as mean
from typing import NamedTuple

from tools import imports, strokes
from tools.strokes import DOOR, GAP, LEFT, PER_ROW, RIGHT, STOREY, WINDOW, Room

ROOT = Path(__file__).resolve().parent.parent
LAYERS = f"{imports.PACKAGE}.layers"
TARGET = ROOT / "book" / "_static" / "house.svg"


class Wing(NamedTuple):
    """One part of the house: its rooms by their keys, and what each uses directly."""

    rooms: dict
    uses: dict
    door: str


def wings(root):
    """Return the numeric core, what widgets share, and the floor of the widgets on top of both."""
    uses = imports.rooms(root)
    folder = root / imports.PACKAGE / "widgets" / "__init__.py"
    widgets = set(imports.offers(folder).values()) & set(uses)
    loaded = reached(imports.python_uses(root), imports.PACKAGE) & set(uses)
    core = {r for r in uses if ".widgets." not in r and (r in loaded or uses[r] & loaded)}
    shared = set(uses) - core - widgets
    scripts = {p: u for p, u in imports.javascript_uses(root).items() if "/shared/" in p}
    rooms = {room: python_room(room, widgets, core) for room in uses}
    rooms |= {path: script_room(path) for path in scripts}

    def wing(part, door, more=None):
        within = {room: uses[room] for room in sorted(part)} | (more or {})
        return Wing({key: rooms[key] for key in within}, imports.direct(within), door)

    left = wing(core, f"import {imports.PACKAGE}")
    right = wing(shared, "", scripts)
    return left, right, wing(widgets, "")


def reached(uses, start):
    """Return all that a module uses, directly or by way of others."""
    found, waiting = set(), [start]
    while waiting:
        new = uses.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def python_room(module, widgets, core):
    kind = "widget" if module in widgets else "core" if module in core else "shared"
    if module.startswith(f"{LAYERS}."):
        kind = "layers"
    return Room(module.rpartition(".")[2], kind)


def script_room(path):
    kind = "frame" if "/frame/" in path else "script"
    return Room(Path(path).stem, kind)


def place(wing, x, width, bottom, height):
    """Put the rooms of a wing on floors of one height: {key: (x, y, width)}."""
    floor = imports.floors(wing.uses)
    floors = [[k for k in wing.rooms if floor[k] == n] for n in range(max(floor.values()) + 1)]
    floors = in_order([sorted(keys) for keys in floors], wing.uses)
    storey, places = height / len(floors), {}
    for n, keys in enumerate(floors):
        start = x + (DOOR + 12 if n == 0 and wing.door else 0)
        y = bottom - n * storey - (storey + WINDOW) / 2
        for key, at, wide in side_by_side(keys, wing, start, x + width):
            places[key] = (at, y, wide)
    return places


def between(left, right):
    """Return where the wall between the wings is; each has room for its fullest floor."""
    needs = []
    for wing in (left, right):
        floor = imports.floors(wing.uses)
        names = [(floor[key], longest_word(room.name) + 2) for key, room in wing.rooms.items()]
        needs.append(max(sum(n for f, n in names if f == level) for level, _ in names))
    share = min(max(needs[0] / sum(needs), 0.48), 0.62)
    return round(LEFT + (RIGHT - LEFT) * share)


def side_by_side(keys, wing, start, end):
    """Share a floor among its windows, by the lengths of their names: (key, x, width) of each."""
    needed = [longest_word(wing.rooms[key].name) for key in keys]
    unit = (end - start - GAP * len(keys)) / sum(needed)
    for key, need in zip(keys, needed, strict=True):
        yield key, start + GAP / 2, unit * need
        start += unit * need + GAP


def longest_word(name):
    return max(7, *map(len, name.split("_")))


def in_order(floors, uses):
    """Sort the rooms of each floor, so that they are near those that they use."""
    for sweep in range(6):
        at = {k: (i + 0.5) / len(keys) for keys in floors for i, k in enumerate(keys)}
        near = {k: {o for o in uses[k] if o in at} for k in at}
        if sweep % 2:
            near = {k: {o for o in at if k in uses[o]} for k in at}
        for keys in floors:
            keys.sort(key=lambda k: mean([at[o] for o in near[k]] or [at[k]]))
    return floors


def told(wing, floor):
    """Say of each room which rooms it uses, without those that most of its floor uses."""
    found = {}
    for key, used in wing.uses.items():
        beside = [k for k in wing.uses if floor[k] == floor[key]]
        common = {o for o in used if 2 * sum(o in wing.uses[k] for k in beside) > len(beside) > 4}
        found[key] = sorted(used - common)
    return found


def draw(root=ROOT):
    """Return the whole picture, as the text of an SVG."""
    left, right, top = wings(root)
    roof = in_rows(imports.chapters(root))
    height = STOREY * (1 + max(imports.floors(left.uses).values()))
    eaves = strokes.SKY + strokes.height_of_roof(roof)
    bottom = eaves + STOREY + height
    middle = between(left, right)
    parts = [strokes.landscape(bottom), strokes.house(bottom, eaves, middle, roof)]
    parts += strokes.attic(roof, eaves)
    parts += widgets_floor(top, bottom - height)
    parts += windows(left, LEFT, middle - LEFT, bottom, height)
    if right.rooms:
        parts += windows(right, middle, RIGHT - middle, bottom, height)
    parts += [strokes.foundation(bottom, middle, foundation(root)), *strokes.legend(bottom)]
    return strokes.svg(bottom + strokes.GARDEN, parts)


def in_rows(titles):
    """Return the numbered chapters in rows of the roof, the other pages in the row above them."""
    numbered = [title for name, title in titles.items() if Path(name).name[0].isdigit()]
    others = [title for title in titles.values() if title not in numbered]
    return [*batched(numbered, PER_ROW), others]


def batched(items, size):
    return [items[i : i + size] for i in range(0, len(items), size)]


def foundation(root):
    """Return the private modules right under the package that several others use."""
    uses = imports.python_uses(root)
    private = [m for m in uses if re.fullmatch(rf"{imports.PACKAGE}\._[a-z]\w*", m)]
    shared = [m for m in private if sum(m in other for other in uses.values()) > 1]
    return [module.rpartition(".")[2] for module in shared]


def windows(wing, x, width, bottom, height):
    """Return a wing: arrows to the next floor, then the windows."""
    places, floor = place(wing, x, width, bottom, height), imports.floors(wing.uses)
    said, below, arrows = told(wing, floor), {}, []
    for key, used in said.items():
        next_floor = [o for o in used if o in floor and floor[key] - floor[o] == 1]
        below[key] = shorter(key, [o for o in used if o not in next_floor])
        arrows += [(key, o) for o in next_floor]
    parts = [strokes.arrow(places, *pair, arrows) for pair in arrows]
    parts += [strokes.window(*places[key], room, below[key]) for key, room in wing.rooms.items()]
    return parts + ([strokes.door(x, bottom, wing.door)] if wing.door else [])


def shorter(key, used):
    """Name what a room uses; several layers are "layers", except among themselves."""
    layers = [other for other in used if other.startswith(f"{LAYERS}.")]
    if len(layers) > 1 and not key.startswith(f"{LAYERS}."):
        used = [other for other in used if other not in layers] + [LAYERS]
    return sorted(re.split(r"[./]", other.removesuffix(".js"))[-1] for other in used)


def widgets_floor(top, bottom):
    """Return one window for each widget, and the rooms of the numeric core that it shows."""
    said, y = told(top, dict.fromkeys(top.uses, 0)), bottom - (STOREY + WINDOW) / 2
    return [
        strokes.window(x, y, width, top.rooms[key], shorter(key, said[key]))
        for key, x, width in side_by_side(sorted(top.rooms), top, LEFT, RIGHT)
    ]


if __name__ == "__main__":
    TARGET.write_text(draw(), encoding="utf-8")
    print(f"The house is in {TARGET.relative_to(ROOT)}")
