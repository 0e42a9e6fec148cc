"""What every widget has: parameters that are checked together, a name, a step, a film strip."""

import re
from typing import ClassVar

import anywidget
import numpy as np
import traitlets

from rnncore._checks import as_array
from rnncore.activations import get_recurrent
from rnncore.palette import css
from rnncore.widgets.linker import HERE, PART
from rnncore.widgets.links import parsed, unpacked


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
    """Check these traits together whenever one of them is set; for the body of a class."""

    @traitlets.validate(*names)
    def valid(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        return self.clean(**{**self.values(), name: value})[name] if self._ready else value

    return valid


class Widget(anywidget.AnyWidget):
    """A widget of the book.

    A kind of widget defines `parameters`, the names of the traits that the reader and Python
    change; `clean`, which checks them; `trace`, the numbers; and `strip`, the film strip.  Where
    a notebook is only looked at, its `preview` stands in its place.

    Traits
    ------
    id : the name it is linked by (``#id?step=3`` on the page)
    step : how many steps are done, 0 … T; always 0 where there are none
    presets : dicts with a ``name``, a ``note`` and the values that they change
    film : a table of all the steps, for paper and for pages where no script runs
    limits : what both languages need: bounds, tolerances, how far a chart goes; read-only
    """

    parameters: ClassVar[tuple[str, ...]] = ()
    unlinked: ClassVar[tuple[str, ...]] = ()  # those that are too large for a link
    LIMITS: ClassVar[dict] = {}  # written here once; the page gets them as the trait `limits`
    when_run: ClassVar[str] = "Run this cell to get the widget itself."
    roughly: ClassVar = {}  # numbers that a page computes less closely than to 1e-12: how closely

    id = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    film = traitlets.Unicode().tag(sync=True)
    limits = traitlets.Dict(read_only=True).tag(sync=True)
    _ready = False  # whether all parameters are there to be checked together

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
        """Return the parameters as finite lists, numbers and words; BadValue if they do not fit."""
        raise NotImplementedError

    @classmethod
    def steps(cls, values):
        """Return the number of steps that these parameters give."""
        return 0

    @classmethod
    def linked(cls, values, query):
        """Return the parameters and the step that a link asks for.

        query : what comes after the ``?``.  Raises a ValueError unless each part is valid.
        """
        linkable = [name for name in cls.parameters if name not in cls.unlinked]
        asked, step = parsed(query, {name: values[name] for name in linkable})
        values = cls.clean(**{**values, **asked})  # together, as shapes change together
        at = unpacked(step, 0)
        if not 0 <= at <= cls.steps(values):
            raise BadValue(f"step must be 0 … {cls.steps(values)}, got {step}.")
        return values, at

    def trace(self):
        """Return every number that the widget shows, computed by rnncore: a dict of arrays.

        What belongs to step t is at index t; what begins at step 1 is NaN at index 0.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define trace().")

    def strip(self):
        """Return the film strip: what is shown, as HTML without a script."""
        raise NotImplementedError(f"{type(self).__name__} does not define strip().")

    def preview(self):
        """Return what stands for it where nothing runs: HTML that reads without a style."""
        return f"{self.film}<p>{self.when_run}</p>"

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/html": self.preview()}, metadata

    def values(self):
        """Return the parameters by name."""
        return {name: getattr(self, name) for name in self.parameters}

    def set(self, **values):
        """Set several parameters at once: they are checked together, and all or none is taken."""
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
        """Return a preset with its values as lists; what it changes must fit the rest."""
        if "name" not in preset:
            raise BadValue(f"a preset must have a name, got {preset!r}.")
        changes = {name: value for name, value in preset.items() if name in cls.parameters}
        cleaned = cls.clean(**{**values, **changes})
        return {**preset, **{name: cleaned[name] for name in changes}}

    def __repr__(self):
        step = f", step={self.step}" if self.steps(self.values()) else ""
        return f"{type(self).__name__}(id={self.id!r}{step})"


def check_slope(activation):
    """Raise a BadValue unless the output is enough for the activation's derivative."""
    f = get_recurrent(activation)
    if f.needs_z:
        raise BadValue(
            "activation must have a derivative that the state is enough to compute, as tanh has;"
            f" that of {f.name} needs z."
        )


def from_step_1(array):
    """Put what belongs to step t at index t, as in the equations; index 0 holds NaN."""
    array = np.asarray(array, float)
    return np.concatenate([np.full((1, *array.shape[1:]), np.nan), array])


def finite(name, value, largest=np.inf):
    """Return `value` as nested lists of finite floats, or raise a BadValue.

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
