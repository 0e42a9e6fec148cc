"""What every widget has: its module joined from parts, a name, a step, and a film strip."""

import re
from html import escape
from typing import ClassVar
from urllib.parse import parse_qs

import anywidget
import numpy as np
import traitlets

from rnncore._checks import as_array
from rnncore.palette import css
from rnncore.widgets.linker import HERE, PART


def style(*sheets):
    """Return the palette's tokens, the frame's style sheet, and these, as one text."""
    texts = (HERE / sheet for sheet in ("shared/frame/frame.css", *sheets))
    return PART.join([css(), *(path.read_text(encoding="utf8") for path in texts)])


class BadValue(traitlets.TraitError, ValueError):
    """A ValueError that traitlets understands: the last good value stays."""


class Parameter(traitlets.Any):
    """Anything but None, which traitlets would let through unseen."""

    allow_none = False


def together(*names):
    """In the body of a class: these traits are held against one another when one is set."""

    @traitlets.validate(*names)
    def valid(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        return self.clean(**{**self.values(), name: value})[name] if self._ready else value

    return valid


class Widget(anywidget.AnyWidget):
    """A widget of the book.

    A kind of widget defines `parameters`, the names of the traits that the reader and Python
    change; `clean`, which checks them; `trace`, the numbers; and `strip`, the film strip.

    Traits
    ------
    id : the name it is linked by (``#id?step=3`` on the page)
    step : how many steps are done, 0 … T; always 0 where there are none
    presets : dicts with a ``name``, a ``note`` and the values that they change
    film : a table of all the steps, for paper and for pages where no script runs
    limits : what both languages need: bounds, tolerances, how far a chart goes; read-only
    """

    parameters: ClassVar[tuple[str, ...]] = ()
    LIMITS: ClassVar[dict] = {}  # written here once; the page gets them as the trait `limits`
    # The arrays of `trace` whose first entry belongs to step 1.
    one_based: ClassVar[tuple[str, ...]] = ()
    roughly: ClassVar = {}  # those that a page's script meets less well than to 1e-12: how well

    id = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    film = traitlets.Unicode().tag(sync=True)
    limits = traitlets.Dict(read_only=True).tag(sync=True)
    _ready = False  # whether all parameters are there to be held against one another

    @traitlets.default("limits")
    def _default_limits(self):
        return dict(self.LIMITS)

    def __init__(self, id, step=0, presets=(), **values):
        values = self.clean(**values)
        presets = [self._clean_preset(preset, values) for preset in presets]
        super().__init__(**values, id=id, presets=presets)
        self._ready = True
        self.step = step
        self.film = self.strip()

    @classmethod
    def clean(cls, **values):
        """The parameters as finite lists, numbers and words; a BadValue where they do not fit."""
        raise NotImplementedError

    @classmethod
    def steps(cls, values):
        """The number of steps that these parameters give."""
        return 0

    @classmethod
    def linked(cls, values, query):
        """The parameters and the step that a link asks for, each part of it valid.

        query : what stands behind the ``?``.  Raises ValueError for a part that is not valid.
        """
        # As in the page, "+" is a sign and no space: 1e+5.
        parts = parse_qs(query.replace("+", "%2B"), True, strict_parsing=bool(query))
        if twice := [name for name, given in parts.items() if len(given) > 1]:
            raise BadValue(f"{twice[0]} must stand in a link once, got it twice.")
        texts = {name: given[0] for name, given in parts.items()}
        step = texts.pop("step", "0")
        for name in texts:
            if name not in cls.parameters:
                raise BadValue(f"{name} is not among {', '.join(cls.parameters)}.")
        asked = {name: unpacked(text, values[name]) for name, text in texts.items()}
        values = cls.clean(**{**values, **asked})  # together, as shapes change together
        if not re.fullmatch("[0-9]+", step) or int(step) > cls.steps(values):
            raise BadValue(f"step must be 0 … {cls.steps(values)}, got {step}.")
        return values, int(step)

    def trace(self):
        """Every number that the widget shows, as computed by rnncore: a dict of arrays."""
        raise NotImplementedError

    def strip(self):
        """The film strip: what is shown, as HTML without a script."""
        raise NotImplementedError

    def values(self):
        """The parameters by name."""
        return {name: getattr(self, name) for name in self.parameters}

    def set(self, **values):
        """Set several parameters at once; they are checked together, and all or none is taken."""
        with self.hold_trait_notifications():
            for name, value in values.items():
                setattr(self, name, value)

    @traitlets.validate("id")
    def _valid_id(self, proposal):
        if not re.fullmatch("[a-z][a-z0-9-]*", proposal["value"]):
            raise BadValue(
                "id must be small letters, digits and hyphens, a letter first,"
                f" got {proposal['value']!r}."
            )
        return proposal["value"]

    @traitlets.validate("step")
    def _valid_step(self, proposal):
        last = self.steps(self.values()) if self._ready else proposal["value"]
        if not 0 <= proposal["value"] <= last:
            raise BadValue(f"step must be 0 … {last}, got {proposal['value']}.")
        return proposal["value"]

    @traitlets.observe(traitlets.All)
    def _renew(self, change):
        if self._ready and change["name"] in (*self.parameters, "id"):
            self.step = min(self.step, self.steps(self.values()))
            self.film = self.strip()

    @classmethod
    def _clean_preset(cls, preset, values):
        """A preset with its values as lists; what it changes must fit the rest."""
        if "name" not in preset:
            raise BadValue(f"a preset must have a name, got {preset!r}.")
        changes = {name: value for name, value in preset.items() if name in cls.parameters}
        cleaned = cls.clean(**{**values, **changes})
        return {**preset, **{name: cleaned[name] for name in changes}}

    def __repr__(self):
        step = f", step={self.step}" if self.steps(self.values()) else ""
        return f"{type(self).__name__}(id={self.id!r}{step})"


def unpacked(text, like):
    """A value of a link, of the kind of `like`: a word, a truth, or numbers; or lists of them.

    What stands in a list is parted by commas, rows by semicolons, matrices by bars.
    """
    if isinstance(like, list):
        parts = text.split(",;|"[depth(like) - 1])
        return [unpacked(part, like[0] if like else 0.0) for part in parts]
    if isinstance(like, str):
        return text
    if isinstance(like, bool):
        if text not in ("true", "false"):
            raise BadValue(f"must be true or false, got {text!r}.")
        return text == "true"
    return int(text) if isinstance(like, int) else float(text)


def depth(value):
    """How deep lists are nested."""
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def from_step_1(array):
    """Put what belongs to step t at index t, as in the equations; index 0 holds NaN."""
    array = np.asarray(array, float)
    return np.concatenate([np.full((1, *array.shape[1:]), np.nan), array])


def finite(name, value, largest=np.inf):
    """`value` as nested lists of floats, or a BadValue: a widget holds finite numbers.

    largest : how large they may be, either side of 0
    """
    try:
        array = as_array(name, as_floats(value)).astype(float)
    except ValueError as error:
        raise BadValue(str(error)) from None
    if not np.isfinite(array).all():
        raise BadValue(f"{name} must hold finite numbers, got {array[~np.isfinite(array)][0]}.")
    if (too_large := array[np.abs(array) > largest]).size:
        bounds = f"from −{largest:g} to {largest:g}"
        raise BadValue(f"{name} must hold numbers {bounds}, got {too_large[0]:g}.")
    return array.tolist()


def as_floats(value):
    """Return whole numbers as floats: a page sends 1e20 as an integer, too long for an array."""
    if isinstance(value, (list, tuple)):
        return [as_floats(part) for part in value]
    try:
        return float(value) if type(value) is int else value
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def shown(value, decimals=4):
    """A number as the widgets show it: at most four decimals, trailing zeros dropped.

    >>> [shown(v) for v in (1.0, -0.25, 57.66503906, 0.00001, 1e9, float("-inf"))]
    ['1', '−0.25', '57.665', '1.00e−5', '1.00e9', '−∞']
    """
    size = abs(value)
    if np.isnan(value):
        return "NaN"
    if np.isinf(size):
        text = "∞"
    elif size >= 1e6 or 0 < size < 0.5 * 10**-decimals:
        mantissa, exponent = f"{size:.2e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    else:
        text = f"{size:.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{size:.0f}"
    return ("−" if value < 0 else "") + text.replace("e-", "e−")


def table(caption, head, rows, ids=None):
    """An HTML table; `ids` gives each row the fragment that links to its step."""
    cells = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    lines = []
    for i, row in enumerate(rows):
        name = f' id="{escape(ids[i])}"' if ids else ""
        first, *rest = row
        data = "".join(f"<td>{cell}</td>" for cell in rest)
        lines.append(f'<tr{name}><th scope="row">{first}</th>{data}</tr>')
    return (
        f"<table><caption>{caption}</caption><thead><tr>{cells}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table>"
    )
