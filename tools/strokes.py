"""The strokes of the house: windows, stairs, roof, landscape and colours, as pieces of an SVG."""

from html import escape
from typing import NamedTuple

from rnncore.palette import DARK, LIGHT

WIDTH, LEFT, RIGHT = 1080, 72, 1008  # the outer walls
STOREY, WINDOW, DOOR, ATTIC = 88, 56, 74, 74  # heights of storeys and windows; width of a door
SKY = 96  # above the roof
GARDEN = 118  # below the ground
SLOPE = 92  # how much narrower the roof is, a row higher
GAP = 12  # between windows
PER_ROW = 7  # windows in a row of the roof

COLOURS = {
    "sky": ("#e8f2fb", "#111a2b"),
    "grass": ("#cfe5c3", "#22382c"),
    "leaf": ("#8fbf86", "#35573f"),
    "bark": ("#a98467", "#5d4a3b"),
    "wall": ("#fbf7f0", "#2a303b"),
    "edge": ("#cdbfaa", "#4a515c"),
    "roof": ("#c8745a", "#7a3f35"),
    "stone": ("#dcd6cc", "#3a404a"),
    "glass": ("#fffdf6", "#5b4b1e"),
    "star": ("#e8f2fb", "#cdd6e4"),
    "sun": ("#ffd66b", "#f3ecd0"),
}
LETTERS = {"name": 11.5, "uses": 9.5}  # their size
SMALL = (LIGHT["quiet"], "#d6d1c2")  # letters on glass
# The colour of each kind of room, and what the legend calls it.
KINDS = {
    "core": ("x", "numbers, on NumPy alone"),
    "layers": ("h", "rnncore.layers"),
    "widget": ("y", "a widget's folder"),
    "shared": ("gradient", "what widgets share: Python"),
    "script": ("W", "JavaScript"),
    "frame": ("z", "its frame"),
}


class Room(NamedTuple):
    """A window: what it is called, and what kind of room it is."""

    name: str
    kind: str


def window(x, y, width, room, below):
    """Draw a window with its name, and what it uses further below."""
    name = [(line, "name") for line in wrapped(room.name.replace("_", " "), width / 7.3)]
    uses = wrapped(", ".join(below), width / 5.2 - 2) if below else []
    rows = [*name, *((f"↓ {line}" if line is uses[0] else line, "uses") for line in uses)]
    start = y + WINDOW / 2 + 5 - 6.5 * (len(rows) - 1)
    lines = [text(x + width / 2, start + 13 * i, *row, width) for i, row in enumerate(rows)]
    at = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}"'
    return (
        f'<rect class="glass" {at} height="{WINDOW}" rx="4"/>'
        f'<rect class="{KINDS[room.kind][0]}" {at} height="3" rx="1.5"/>{"".join(lines)}'
    )


def wrapped(words, most):
    """Break words into lines of at most that many characters, unless a word is longer."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def arrow(places, upper, lower, arrows):
    """Draw a stair from a window down to one that it uses, with its own place on both sills."""
    at = {key: x + width / 2 for key, (x, _, width) in places.items()}
    out = sorted((b for a, b in arrows if a == upper), key=at.get)
    into = sorted((a for a, b in arrows if b == lower), key=at.get)
    x1 = sill(places[upper], out.index(lower), out)
    x2 = sill(places[lower], into.index(upper), into)
    y1, y2 = places[upper][1] + WINDOW, places[lower][1] - 2
    bend = (y1 + y2) / 2
    return (
        f'<path class="stair" d="M{x1:.1f} {y1:.1f}C{x1:.1f} {bend:.1f} {x2:.1f} {bend:.1f}'
        f' {x2:.1f} {y2:.1f}"/>'
    )


def sill(place, i, all_of_them):
    x, _, width = place
    return x + width * (i + 1) / (len(all_of_them) + 1)


def attic(rows, eaves):
    """Draw the chapters, in windows of the roof."""
    parts = []
    for n, titles in enumerate(rows):
        step = min(170, (RIGHT - LEFT - 140 - 2 * SLOPE * n) / len(titles))
        start, y = (LEFT + RIGHT - step * len(titles)) / 2, eaves - 4 - ATTIC * n
        for i, title in enumerate(titles):
            lines = wrapped(title.replace("`", ""), (step - 20) / 5.6)
            x, top = start + (i + 0.5) * step, y - WINDOW / 2 + 6 - 6 * (len(lines) - 1)
            parts.append(arch("glass", x - step / 2 + 6, y, step - 12, WINDOW - 10))
            parts += [text(x, top + 12 * k, line, "title") for k, line in enumerate(lines)]
    return parts


def arch(kind, x, y, width, height):
    """Draw a window of the roof, or a door: x and y are its lower left corner."""
    curve = f"q{width / 2:.1f} -20 {width:.1f} 0"
    return f'<path class="{kind}" d="M{x:.1f} {y:.1f}v-{height}{curve}v{height}z"/>'


def height_of_roof(rows):
    return ATTIC * len(rows) + 34


def house(ground, eaves, middle, rows):
    """Draw chimney, roof and walls."""
    peak, inset, chimney = eaves - height_of_roof(rows), SLOPE * len(rows), RIGHT - 250
    roof = f"M{LEFT - 34} {eaves}L{LEFT + inset} {peak}H{RIGHT - inset}L{RIGHT + 34} {eaves}z"
    return f"""
<path class="bark" d="M{chimney} {peak - 26}h34v90h-34z"/>
<path class="smoke" d="M{chimney + 17} {peak - 30}q-14 -10 0 -20t2 -22"/>
<path class="roof" d="{roof}"/>
<rect class="wall" x="{LEFT}" y="{eaves}" width="{RIGHT - LEFT}" height="{ground - eaves}"/>
<path class="edge" d="M{LEFT} {eaves + STOREY}H{RIGHT}M{middle} {eaves + STOREY}V{ground}"/>
"""


def door(x, bottom, name):
    return (
        arch("roof", x + 10, bottom, DOOR, WINDOW - 12)
        + f'<circle class="sun" cx="{x + DOOR}" cy="{bottom - 24}" r="2.5"/>'
        + text(x + 10 + DOOR / 2, bottom - WINDOW - 8, name, "small")
    )


def landscape(ground):
    """Draw sky, a sun that is the moon at night, stars, grass, a tree and a bush."""
    places = [(97 * n % WIDTH, 20 + 53 * n % 190, 1 + n % 3 / 3) for n in range(1, 24)]
    stars = "".join(f'<circle class="star" cx="{x}" cy="{y}" r="{r:.1f}"/>' for x, y, r in places)
    hills = f"M0 {ground - 6}Q270 {ground - 22} 540 {ground - 4}T{WIDTH} {ground - 10}"
    crown = "q26 8 24 44q16 24 -4 46q-20 18 -40 0q-20 -22 -4 -46q-2 -36 24 -44z"
    return f"""
<rect class="sky" width="{WIDTH}" height="{ground + GARDEN}" rx="12"/>{stars}
<circle class="sun" cx="96" cy="78" r="30"/>
<path class="grass" d="{hills}V{ground + GARDEN - 12}q0 12 -12 12H12q-12 0 -12 -12z"/>
<path class="bark" d="M1040 {ground}l3 -130h6l3 130z"/>
<path class="leaf" d="M1046 {ground - 214}{crown}"/>
<path class="leaf" d="M4 {ground}q-6 -34 22 -34q18 -14 28 8q10 6 8 26z"/>
"""


def foundation(ground, middle, names):
    return (
        f'<path class="stone" d="M{LEFT - 12} {ground}H{RIGHT + 12}v28H{LEFT - 12}z"/>'
        + text((LEFT + middle) / 2, ground + 18, "  ·  ".join(names), "small")
        + text((middle + RIGHT) / 2, ground + 18, "what widgets share", "small")
    )


def legend(ground):
    parts, x = [], LEFT
    for colour, words in KINDS.values():
        at = f'x="{x:.0f}" y="{ground + 52}"'
        parts.append(f'<rect class="{colour}" {at} width="16" height="4" rx="2"/>')
        parts.append(text(x + 24, ground + 58, words, "key"))
        x += 50 + 6.3 * len(words)
    note = (
        "An arrow leads down to what a module uses on the next floor, ↓ names what it uses further"
        " below. What most of a floor uses is left out."
    )
    return [*parts, text(LEFT, ground + 84, note, "key")]


def text(x, y, words, kind, width=None):
    """Draw words around x; in smaller letters if they would be wider than `width`."""
    size = min(LETTERS.get(kind, 11.5), 1.42 * width / len(words)) if width else None
    small = f' style="font-size:{size:.1f}px"' if size and size < LETTERS.get(kind, 11.5) else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{small}>{escape(words)}</text>'


def svg(height, parts):
    description = "The modules of rnncore as the windows of a house, floor by floor."
    body = "\n".join(part.strip() for part in parts)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">
<title>The house</title><desc>{description}</desc>
<style>
{style()}
</style>
<defs><marker id="tip" viewBox="0 0 6 6" refX="3" refY="5" markerWidth="5" markerHeight="5">\
<path class="tip" d="M0 0h6l-3 6z"/></marker></defs>
{body}
</svg>
"""


def style():
    """Return the colours of the book's palette, and of the landscape, for both themes."""

    def sheet(night):
        theme = DARK if night else LIGHT
        fills = {name: pair[night] for name, pair in COLOURS.items() if name != "edge"}
        fills |= {colour: theme[colour] for colour, _ in KINDS.values()}
        rules = [f".{name}{{fill:{colour}}}" for name, colour in fills.items()]
        edge = COLOURS["edge"][night]
        rules.append(f".edge,.glass,.wall,.stone{{stroke:{edge}}}.smoke{{stroke:{edge}}}")
        rules.append(f"text{{fill:{theme['ink']}}}.key,.tip{{fill:{theme['quiet']}}}")
        rules.append(f".small,.uses{{fill:{SMALL[night]}}}.stair{{stroke:{theme['quiet']}}}")
        return "\n".join(rules)

    return f"""\
text{{font:600 11.5px system-ui,"Segoe UI",Roboto,sans-serif;text-anchor:middle}}
.small,.uses{{font-size:9.5px;font-weight:400}}
.title{{font-size:10.5px;font-weight:500}}
.key{{font-size:11.5px;font-weight:400;text-anchor:start}}
.stair,.smoke,.edge{{fill:none}}
.stair{{stroke-width:1.3;marker-end:url(#tip);opacity:.75}}
.smoke{{stroke-width:4;stroke-linecap:round}}
{sheet(False)}
@media (prefers-color-scheme:dark){{
{sheet(True)}
}}"""
