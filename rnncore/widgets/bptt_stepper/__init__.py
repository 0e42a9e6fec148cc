"""Forward, then backward in time: where the gradient of a recurrent network comes from."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from rnncore._checks import check_integer, check_shape
from rnncore.activations import get_recurrent
from rnncore.bptt import backpropagate, contributions, jacobian
from rnncore.states import compute_states
from rnncore.widgets import state_stepper
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

WEIGHTS = ("W_h", "W_x", "b")
MOST = {"timesteps": 12, "features": 4, "units": 4}  # what a screen has room for


def presets_for(dS, W_h, activation):
    """Return what W_h, the loss and the window can do with a gradient, each told in a sentence."""
    vectors = np.ndim(W_h) > 0
    one = np.eye(len(W_h)) if vectors else 1.0
    unit = " times the identity" if vectors else ""
    kinds = (
        ("vanishes", 0.5, activation, "Each step back at least halves the gradient."),
        ("holds", 1.0, "linear", "The slope is 1, so the gradient stays as it is."),
        ("explodes", 1.5, "linear", "Each step back makes the gradient larger by half."),
    )
    presets = [
        {"name": name, "note": f"W_h is {size:g}{unit}. {note}", "W_h": size * one, "activation": f}
        for name, size, f, note in kinds
    ]
    if not vectors:
        note = "h_0 and every x_t are 1, so all contributions differ and none is 0."
        plain = {"W_x": 1.0, "W_h": 0.5, "b": 0.0, "activation": "linear", "window": len(dS)}
        terms = {**plain, "X": np.ones(len(dS)), "h0": 1.0, "dS": np.eye(len(dS))[-1]}
        presets.append({"name": "differs at every step", "note": note, **terms})
    if vectors and len(W_h) > 1:
        last = np.zeros_like(dS)
        last[-1, -1] = 1.0
        note = "Unit 1 feeds unit 2, and so on. The gradient goes back from the last unit."
        line = {"W_h": np.eye(len(W_h), k=1), "dS": last}
        presets.append({"name": "goes from unit to unit", "note": note, **line})
    note = "dS is 1 at every step, so each dL/dh_t is 1 plus the carried gradient."
    presets.append({"name": "enters at every step", "note": note, "dS": np.ones_like(dS)})
    if len(dS) > 2:
        note = "What enters at a step reaches that step and the one before it, and goes no further."
        cut = {"window": 2, "weight": "W_x"}
        presets.append({"name": "is cut after two steps", "note": note, **cut})
    return presets


class BpttStepper(Widget):
    """Step forward through the states, then backward through their gradients.

    The loss is looked at through what it sends to each state directly, dS: as if it were
    the sum of dS_t · h_t.  Of 2 · timesteps steps the first half goes forward; step
    2 · timesteps + 1 - t goes back through time step t.

    Parameters
    ----------
    X : (timesteps,), or (timesteps, features)
        One sequence, of 1 … 12 time steps and at most 4 features.
    W_x : number, or (features, units)
    W_h : number, or (units, units)
        At most 4 units.
    b : number, or (units,)
    activation : name or activation
        linear, tanh, sigmoid or relu.
    h0 : number, or (units,)
        The initial state; None stands for zeros.
    dS : (timesteps,), or (timesteps, units)
        The gradient that the loss sends to h_1 … h_T directly, not through later states.
        None: 1 to the last state, zeros to the others.
    window : int
        The gradient that enters at step t reaches steps t, t-1, …, t-window+1 and no
        further: 1 … timesteps.  None: as far as it goes.
    derivative : "total" or "local"
        What the table adds up: all that W_h does through later states too, or, with h_{t-1}
        held, what it does within each step alone.
    weight : "W_h", "W_x" or "b"
        Whose gradient the table adds up.
    scale : number
        What W_h is multiplied by in the chart: 0.1 … 3.
    id : str
        The name it is linked by: small letters, digits, hyphens.
    step : int
        How many steps are done at first, 0 … 2 · timesteps.
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes; what it does not name is
        as at first.  None: gradients that vanish, hold and explode, and ways to enter.

    Every parameter is a trait.  Those whose shapes change together are set together:
    ``w.set(X=…, dS=…, window=…)``.

    Raises
    ------
    ValueError
        If a shape does not fit or a number is not finite; the last good value stays.

    Examples
    --------
    With all weights 0.5, each step back halves the gradient of the last state:

    >>> run = BpttStepper([1, 0, 2], 0.5, 0.5, id="halves").trace()
    >>> run["dh"]
    array([0.125, 0.25 , 0.5  , 1.   ])

    Each time step adds h_{t-1} · dz_t to dW_h, and the sum is the gradient:

    >>> run["dW_h"], run["sum_W_h"][1]
    (array([ nan, 0.  , 0.25, 0.25]), np.float64(0.5))
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("shared/recurrent.css", "bptt_stepper/style.css")

    parameters = (
        *state_stepper.StateStepper.parameters,
        *("dS", "window", "derivative", "weight", "scale"),
    )
    LIMITS: ClassVar = {
        **MOST,
        "scale": [0.1, 3],
        "reach": 30,  # the steps of the chart, in which the inputs come again and again
        "weights": list(WEIGHTS),
        "derivatives": ["total", "local"],
    }
    X = Parameter().tag(sync=True)
    W_x = Parameter().tag(sync=True)
    W_h = Parameter().tag(sync=True)
    b = Parameter().tag(sync=True)
    h0 = Parameter().tag(sync=True)
    activation = Parameter().tag(sync=True)
    dS = Parameter().tag(sync=True)
    window = Parameter().tag(sync=True)
    derivative = Parameter().tag(sync=True)
    weight = Parameter().tag(sync=True)
    scale = Parameter().tag(sync=True)
    _together = together(*parameters)

    def __init__(
        self,
        X,
        W_x,
        W_h,
        b=0.0,
        activation="linear",
        h0=None,
        dS=None,
        window=None,
        derivative="total",
        weight="W_h",
        scale=1.0,
        *,
        id,
        step=0,
        presets=None,
    ):
        units = np.shape(W_h)[:1]  # () in the scalar form
        b = np.full(units, b) if np.ndim(b) == 0 else b
        h0 = np.zeros(units) if h0 is None else h0
        if dS is None:
            dS = np.zeros((np.shape(X)[:1] or (0,)) + units)
            dS[-1:] = 1.0
        values = {"X": X, "W_x": W_x, "W_h": W_h, "b": b, "h0": h0, "activation": activation}
        values |= {"dS": dS, "window": np.shape(X)[0] if window is None and np.ndim(X) else window}
        values |= {"derivative": derivative, "weight": weight, "scale": scale}
        if presets is None:
            good = self.clean(**values)
            presets = presets_for(np.array(good["dS"]), good["W_h"], good["activation"])
        super().__init__(id, step, presets, **values)

    @classmethod
    def clean(cls, X, W_x, W_h, b, h0, activation, dS, window, derivative, weight, scale):
        """Return finite lists, numbers and words, or raise a BadValue if they do not fit."""
        values = state_stepper.clean(X, W_x, W_h, b, h0, activation)
        check_slope(values["activation"])
        sizes = zip(MOST, (len(values["X"]), *(np.shape(W_x) or (1, 1))), strict=True)
        for axis, size in sizes:
            if not 1 <= size <= MOST[axis]:
                raise BadValue(f"{axis} must be 1 … {MOST[axis]}, got {size}.")
        values["dS"] = finite("dS", dS)
        words = {"derivative": derivative, "weight": weight}
        known = {"derivative": cls.LIMITS["derivatives"], "weight": WEIGHTS}
        try:
            axes = [("timesteps", len(values["X"])), *[("units", n) for n in np.shape(W_h)[:1]]]
            check_shape("dS", np.asarray(values["dS"]), *axes)
            values["window"] = check_integer("window", window, 1, len(values["X"]))
        except ValueError as error:
            raise BadValue(str(error)) from None
        for name, word in words.items():
            if word not in known[name]:
                raise BadValue(f"{name} must be one of {', '.join(known[name])}, got {word!r}.")
        values |= words
        values["scale"] = finite("scale", scale)
        least, most = cls.LIMITS["scale"]
        if np.ndim(scale) or not least <= values["scale"] <= most:
            raise BadValue(f"scale must be a number from {least} to {most}, got {scale!r}.")
        return values

    @classmethod
    def steps(cls, values):
        """Return twice the number of time steps: all forward, and all back."""
        return 2 * len(values["X"])

    def trace(self):
        """Return every intermediate of every step, as computed by rnncore.

        Returns
        -------
        dict of arrays, without the last axes in the scalar form
            What belongs to step t is at index t, as in the equations; what begins at step 1
            has NaN at index 0.

            Forward, as in `StateStepper.trace`: x, from_x, from_h, z, h; and
            recur (timesteps + 1, units), h_{t-1} W_h.

            Backward: slope, direct (dS), dz and dz_on (timesteps + 1, units), dx (timesteps + 1,
            features); back and dh (timesteps + 1, units), of which dh[0] is dL/dh_0.
            dh = direct + back, dz = dh · slope.  dz_on is the part of dz that a window lets
            go on: back[t-1] is dz_on of step t times W_h^T, whose products are from_dz
            (timesteps + 1, units, units): the rows of W_h, times dz_on.  untransposed
            (timesteps + 1, units) is what would come back with W_h in the place of W_h^T.

            For each weight: local_W_h, the derivative of h_t with h_{t-1} held, entry by
            entry; dW_h, what step t adds to the gradient; held_W_h, what it adds where the
            direct gradient alone counts; sum_W_h and sum_held_W_h, their sums from the last
            step back to step t, so that sum_W_h[1] is the gradient.  The time step is axis 0.
            whole_W_h, of the shape of the weight, is the gradient without a window.

            The chart: reach and bound (31,), the size of dL/dh after 0 … 30 steps back and
            what it is at most, with W_h times scale; most, the largest factor of a step, and
            limit, its power 30; left, the share that remains after 30 steps.  A size beyond the
            floats is infinite.
        """
        with np.errstate(all="ignore"):
            arrays = self._arrays()
            return self._steps(arrays) | self._reach(arrays)

    def _arrays(self):
        """Return the sequence as a batch of one: X, S, dS, W_x, W_h."""
        values = self.values()
        X, W_x, W_h, dS = (np.asarray(values[name]) for name in ("X", "W_x", "W_h", "dS"))
        S = compute_states(X[np.newaxis], W_x, W_h, self.b, self.activation, [self.h0])
        return X[np.newaxis], S, dS[np.newaxis], W_x, W_h

    def _steps(self, arrays):
        return self._forward(arrays) | self._backward(arrays)

    def _forward(self, arrays):
        X, S, _, W_x, W_h = arrays
        x, h, b = X[0], S[0], np.asarray(self.b)
        if W_h.ndim:
            from_x, from_h = x[..., np.newaxis] * W_x, h[:-1, :, np.newaxis] * W_h
            into_z, recur = x @ W_x, h[:-1] @ W_h
        else:
            into_z, recur = from_x, from_h = x * W_x, h[:-1] * W_h
        run = {"x": x, "from_x": from_x, "from_h": from_h, "recur": recur, "z": into_z + recur + b}
        return {name: from_step_1(array) for name, array in run.items()} | {"h": h}

    def _backward(self, arrays):
        *_, W_h = arrays
        window = None if self.window == len(self.X) else self.window
        each = contributions(*arrays, self.activation, window)
        onward = self._onward(arrays, each.b)
        later = {
            "slope": get_recurrent(self.activation).slope(arrays[1][0, 1:]),
            **{"direct": self.dS, "dz": each.b, "dz_on": onward},
            "from_dz": onward[:, np.newaxis] * W_h if W_h.ndim else onward * W_h,
            "untransposed": onward @ W_h if W_h.ndim else onward * W_h,
            "dx": backpropagate(*arrays, self.activation, window).X[0],
        }
        out = {name: from_step_1(array) for name, array in later.items()}
        none = np.zeros((1, *W_h.shape[:1]))
        back = np.concatenate([onward @ W_h.T if W_h.ndim else onward * W_h, none])
        dh = back + np.concatenate([none, self.dS])
        return out | {"back": back, "dh": dh} | self._each(arrays, each)

    def _onward(self, arrays, dz):
        """Return what the window lets through of each dz: all but what entered longest ago."""
        if self.window == len(self.X):
            return dz
        shorter = np.zeros_like(dz)
        if self.window > 1:
            shorter = contributions(*arrays, self.activation, self.window - 1).b
        return np.concatenate([dz[:1], shorter[1:]])

    def _each(self, arrays, each):
        """Return what each step adds to the gradient of each weight, and the sums."""
        X, S, dS, W_x, W_h = arrays
        f = self.activation
        whole = backpropagate(X, S, dS, W_x, W_h, f)
        local = contributions(X, S, np.ones_like(dS), W_x, W_h, f, 1)
        held = contributions(X, S, dS, W_x, W_h, f, 1)
        out = {}
        for weight in WEIGHTS:
            adds, alone = getattr(each, weight), getattr(held, weight)
            parts = {
                **{f"local_{weight}": getattr(local, weight), f"d{weight}": adds},
                **{f"held_{weight}": alone, f"sum_{weight}": sums_back(adds)},
                f"sum_held_{weight}": sums_back(alone),
            }
            out |= {name: from_step_1(array) for name, array in parts.items()}
            out[f"whole_{weight}"] = getattr(whole, weight)
        return out

    def _reach(self, arrays):
        X, _, dS, W_x, W_h = arrays
        steps = self.LIMITS["reach"]
        W_h = W_h * self.scale
        long = np.resize(X, (1, steps, *X.shape[2:]))
        S = compute_states(long, W_x, W_h, self.b, self.activation, [self.h0])
        dh = dS[0, -1]
        arriving = [dh]
        for J in jacobian(S[0, 1:], W_h, self.activation)[::-1]:
            dh = dh @ J if J.ndim else dh * J
            arriving.append(dh)
        reach = state_stepper.sizes_of(np.stack(arriving))
        most = np.linalg.norm(np.atleast_2d(W_h), 2) * get_recurrent(self.activation).steepest
        left = reach[-1] / reach[0] if reach[0] > 0 else 0.0
        return {
            "reach": reach,
            "bound": reach[0] * most ** np.arange(steps + 1),
            **{"most": most, "limit": most**steps, "left": left},
        }

    def strip(self):
        """Return the steps as a table: the states, then their gradients and what each step adds."""
        with np.errstate(all="ignore"):
            run = self._steps(self._arrays())
        scalar = np.ndim(self.W_h) == 0

        def text(values):
            if np.ndim(values) == 0:
                return shown(values)
            return f"[{', '.join(map(text, values))}]"

        def math(letter, subscript):
            return f"<i>{letter}<sub>{subscript}</sub></i>"

        def name(t):
            return f"{math('dL/dh', t)} = {text(run['dh'][t])}"

        T = len(self.X)
        rows = [["0", "the initial state", f"{math('h', 0)} = {text(run['h'][0])}", "", ""]]
        for t in range(1, T + 1):
            rows.append([str(t), "forward", f"{math('h', t)} = {text(run['h'][t])}", "", ""])
        for t in range(T, 0, -1):
            split = f"{text(self.dS[t - 1])} from the loss"
            if t < T:
                split += f" + {text(run['back'][t])} from step {t + 1}"
            shift = [text(run[f"d{self.weight}"][t]), text(run[f"sum_{self.weight}"][t])]
            reached = f"{name(t)}; {name(0)}" if t == 1 else name(t)
            rows.append([str(2 * T + 1 - t), f"back: {split}", reached, *shift])
        names = {"W_h": math("W", "h"), "W_x": math("W", "x"), "b": "<i>b</i>"}
        times = " · " if scalar else "<sup>T</sup> "
        factors = {"W_h": math("h", "t−1") + times, "W_x": math("x", "t") + times, "b": ""}
        weight, product = names[self.weight], factors[self.weight] + math("dL/dz", "t")
        return table(
            "Every step of the forward pass, then of the backward pass. Step <i>t</i> adds"
            f" {product} to dL/d{weight}, and the last sum is the gradient.",
            ("step", "what happens", "value", f"adds to dL/d{weight}", "sum so far"),
            rows,
            ids=[f"{self.id}?step={s}" for s in range(len(rows))],
        )


def sums_back(each):
    """Return the sums from the last step back to each step."""
    return np.cumsum(each[::-1], axis=0)[::-1]
