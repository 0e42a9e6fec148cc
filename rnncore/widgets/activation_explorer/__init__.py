"""An activation's value and slope at a point, and the map h → f(h W_h + c) that it makes."""

from itertools import pairwise
from math import atanh, sqrt
from pathlib import Path
from typing import ClassVar

import numpy as np

from rnncore._checks import check_shape
from rnncore.activations import get_recurrent
from rnncore.states import compute_states
from rnncore.widgets.base import (
    BadValue,
    Parameter,
    Widget,
    check_slope,
    finite,
    from_step_1,
    style,
    together,
)
from rnncore.widgets.film import shown, table
from rnncore.widgets.linker import link

STEPS = 20  # how often the map is applied
REACH = {"z": 6, "W_h": 10, "c": 10, "h0": 10}  # each number lies between − and + this

PRESETS = [
    {"name": name, "note": note, **dict(zip(("activation", "W_h", "c", "h0", "step"), values))}
    for name, note, values in (
        (
            "forgets",
            "W_h = 0.9. The only fixed point is 0. Each step loses a tenth or more of the state.",
            ("tanh", 0.9, 0.0, 0.9, 12),
        ),
        (
            "two memories",
            "W_h = 2. A start above 0 ends at 0.9575, and one below 0 ends at −0.9575.",
            ("tanh", 2.0, 0.0, 0.1, 8),
        ),
        (
            "flips",
            "W_h = −1.5. The slope at 0 is −1.5, so the state ends up going back and forth.",
            ("tanh", -1.5, 0.0, 0.1, 16),
        ),
        (
            "explodes",
            "Linear, W_h = 1.5. The slope is 1.5 everywhere, and nothing bends the line back.",
            ("linear", 1.5, 0.0, 0.1, 8),
        ),
        (
            "dies or grows",
            "ReLU, W_h = 1.5, c = −0.5. A start below 1 dies out, and a start above 1 grows.",
            ("relu", 1.5, -0.5, 0.9, 6),
        ),
    )
]


class ActivationExplorer(Widget):
    """The value and the slope of f at z; and h_t = f(h_{t-1} W_h + c), one step at a time.

    Parameters
    ----------
    activation : name or activation
        linear, tanh, sigmoid or relu.
    z : number from -6 to 6
        Where value and slope are read.
    W_h : number from -10 to 10
        The recurrent weight.
    c : number from -10 to 10
        What comes in at every step: x W_x + b for an input that stays the same.
    h0 : number from -10 to 10
        The initial state.
    id : str
        The name it is linked by: small letters, digits, hyphens.
    step : int
        How many steps are done at first, 0 … 20.
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes.  None: five maps that differ
        in what becomes of the start.

    Raises
    ------
    ValueError
        If a value is no number within its bounds; the last good value stays.

    Examples
    --------
    >>> run = ActivationExplorer("tanh", z=0, W_h=2.0, id="map").trace()
    >>> float(run["value"]), float(run["slope"])
    (0.0, 1.0)
    >>> run["fixed"].round(4)
    array([-0.9575,  0.    ,  0.9575])
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("shared/recurrent.css", "activation_explorer/style.css")

    parameters = ("activation", "z", "W_h", "c", "h0")
    LIMITS: ClassVar = {"steps": STEPS, "reach": REACH}
    activation = Parameter().tag(sync=True)
    z = Parameter().tag(sync=True)
    W_h = Parameter().tag(sync=True)
    c = Parameter().tag(sync=True)
    h0 = Parameter().tag(sync=True)
    _together = together(*parameters)

    def __init__(
        self, activation="tanh", z=1.0, W_h=2.0, c=0.0, h0=0.1, *, id, step=0, presets=None
    ):
        values = {"activation": activation, "z": z, "W_h": W_h, "c": c, "h0": h0}
        super().__init__(id, step, PRESETS if presets is None else presets, **values)

    @classmethod
    def clean(cls, activation, **numbers):
        """Return a name and four numbers within their bounds."""
        try:
            values = {"activation": get_recurrent(activation).name}
            check_slope(activation)
            for name, value in numbers.items():
                values[name] = finite(name, value)
                check_shape(name, np.asarray(values[name]))
        except ValueError as error:
            raise BadValue(str(error)) from None
        for name, most in REACH.items():
            if abs(values[name]) > most:
                raise BadValue(
                    f"{name} must be a number from -{most} to {most}, got {values[name]}."
                )
        return values

    @classmethod
    def steps(cls, values):
        """Return how often the map is applied."""
        return STEPS

    def trace(self):
        """Return value and slope, the states, and the fixed points, as computed by rnncore.

        Returns
        -------
        dict of arrays
            value and slope: f(z) and f'(z);
            h (21,): the states; sum and step_slope (21,): the weighted sum
            h_{t-1} W_h + c of step t, and its slope dh_t/dh_{t-1} = W_h f'(.), NaN at 0;
            nudge (21,): dh_t/dh_0, the product of the slopes so far;
            fixed (n,): the states with f(h W_h + c) = h, the least first, empty where
            there is none or a whole line of them; fixed_slope (n,): the map's slope there.
        """
        f = get_recurrent(self.activation)
        value = f.value(self.z)
        X = np.full((1, STEPS), self.c)
        h = compute_states(X, 1.0, self.W_h, activation=f, h0=[self.h0])[0]
        step_slope = self.W_h * f.slope(h[1:])
        fixed = fixed_points(f, self.W_h, self.c)
        return {
            "value": value,
            "slope": f.slope(value),
            "h": h,
            "sum": from_step_1(self.c + h[:-1] * self.W_h),
            "step_slope": from_step_1(step_slope),
            "nudge": np.cumprod([1.0, *step_slope]),
            "fixed": fixed,
            "fixed_slope": self.W_h * f.slope(fixed),
        }

    def strip(self):
        """Return the states as a table, and the fixed points as another."""
        run = self.trace()
        name, W_h, c = self.activation, shown(self.W_h), shown(self.c)
        f = "" if name == "linear" else name

        def line(h):
            return f"{f}({h} × {W_h} + {c})" if f else f"{h} × {W_h} + {c}"

        rows = [["0", "the initial state", shown(run["h"][0]), "1"]]
        for t in range(1, STEPS + 1):
            before = shown(run["h"][t - 1])
            rows.append([str(t), line(before), shown(run["h"][t]), shown(run["nudge"][t])])
        h_t, h_0 = "<i>h<sub>t</sub></i>", "<i>h<sub>0</sub></i>"
        states = table(
            f"{name} at <i>z</i> = {shown(self.z)}: value {shown(run['value'])},"
            f" slope {shown(run['slope'])}. Every step of {h_t} ="
            f" {line('<i>h<sub>t−1</sub></i>')}",
            ("<i>t</i>", "the update", h_t, f"what a nudge to {h_0} is multiplied by"),
            rows,
            ids=[f"{self.id}?step={t}" for t in range(STEPS + 1)],
        )
        pairs = zip(run["fixed"], run["fixed_slope"])
        return states + table(
            "The fixed points", ("<i>h</i>", "slope"), [[shown(h), shown(s)] for h, s in pairs]
        )


def fixed_points(activation, W_h, c):
    """Return the states with f(h W_h + c) = h, the least first.

    Empty where there is none, and where a whole line of them is fixed (W_h = 1, c = 0).

    A change of sign of f(h W_h + c) - h encloses one, which is found by halving.  Of a function
    other than those of the package they are sought from −10 to 10, in steps of 0.01.

    Examples
    --------
    >>> fixed_points("linear", 0.5, 1.0)
    array([2.])
    """
    f = get_recurrent(activation)
    if f.name in ("linear", "relu"):
        return np.array(on_lines(f.name, W_h, c))

    def excess(h):
        return float(f.value(h * W_h + c)) - h

    ends = ends_of(f.name, W_h, c)
    found = [h for h in ends if excess(h) == 0]
    for a, b in pairwise(ends):
        if excess(a) * excess(b) < 0:
            found.append(halve(excess, a, b))
    return np.array(sorted(found))


def ends_of(name, W_h, c):
    """Return states between which f(h W_h + c) - h only rises or only falls.

    The map's slope is 1 at them: tanh'(z) = 1/W_h at tanh²(z) = 1 - 1/W_h; and sigmoid(z) is
    (1 + tanh(z/2)) / 2.
    """
    if name not in ("tanh", "sigmoid"):
        return [-REACH["h0"] + k * 0.01 for k in range(200 * REACH["h0"] + 1)]
    low, wide, most = (-1.0, 1.0, 1.0) if name == "tanh" else (0.0, 2.0, 4.0)
    turn = wide * atanh(sqrt(1 - most / W_h)) if W_h > most else None
    turns = [] if turn is None else [(-turn - c) / W_h, (turn - c) / W_h]
    return [low, *(h for h in turns if low < h < 1.0), 1.0]


def on_lines(name, W_h, c):
    """Return the fixed points of h W_h + c, or of its positive part."""
    crossing = [] if W_h == 1 else [0.0 if c == 0 else c / (1 - W_h)]
    if name == "linear":
        return crossing
    if W_h == 1 and c == 0:
        return []
    return [0.0] * (c <= 0) + [h for h in crossing if h > 0]


def halve(g, a, b):
    """Find where g changes its sign between a and b, to the last digit."""
    rising = g(a) < 0
    while a < (middle := (a + b) / 2) < b:
        value = g(middle)
        if value == 0:
            return middle
        a, b = (middle, b) if (value < 0) == rising else (a, middle)
    return a
