"""One step of LSTM, GRU and the simple update side by side; gates that a hand can hold."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from rnncore._checks import check_integer, check_shape
from rnncore.activations import sigmoid
from rnncore.layers import GRU, GRUCell, LSTMCell, SimpleRNN, SimpleRNNCell
from rnncore.widgets.base import BadValue, Parameter, Widget, finite, from_step_1, style, together
from rnncore.widgets.film import shown, table
from rnncore.widgets.linker import link

GATES = ("i", "f", "o", "z", "r")  # those that a hand can hold, in the order of `held`
FREE = -1.0  # in `held`: the gate is as its weights say
CELLS = ("LSTM", "GRU", "simple")
RESETS = ("before", "after")  # where the GRU's reset gate stands: before the product, or after it
MOST = 40  # steps
LARGEST = 1000.0  # what an input, a weight or a state may be

# One 1 and then noise: the gates open for the 1 alone.
ONE_THEN_NOISE = [
    *(1.0, 0.2, -0.1, 0.0, 0.3, -0.2, 0.1, 0.0, -0.3, 0.2),
    *(0.0, 0.1, -0.2, 0.3, 0.0, -0.1, 0.2, -0.3, 0.1, 0.0),
]
LSTM_WEIGHTS = [[8.0, -4.0, 2.0, 0.0], [0.5, 0.5, 0.3, 1.0], [-4.0, 4.0, 0.0, 1.0]]
GRU_WEIGHTS = [[-8.0, 1.0, 2.0], [-0.5, 1.0, 0.5], [4.0, 0.0, 0.0]]
SIMPLE_WEIGHTS = [2.0, 0.9, 0.0]

PRESETS = [
    {
        "name": "keeps",
        "note": "From step 2 on f = 1, i = 0 and z = 1, so c and the GRU's h stay as step 1 left"
        " them, while the simple h follows the noise.",
        "held": {"i": 0, "f": 1, "z": 1},
        "since": 2,
        "step": 20,
    },
    {
        "name": "halves",
        "note": "f = 0.5 and i = 0. Each step halves c, so ten steps leave 0.5¹⁰ = 0.001 of it."
        " z = 0.5 does the same to the GRU.",
        "X": [1.0] + 19 * [0.0],
        "held": {"i": 0, "f": 0.5, "z": 0.5, "r": 0},
        "since": 2,
        "step": 11,
    },
    {
        "name": "writes over",
        "note": "f = 0, i = 1 and z = 0. Every step replaces what was there with its candidate,"
        " so after step 2 nothing is left of what step 1 stored.",
        "held": {"i": 1, "f": 0, "z": 0},
        "since": 2,
        "step": 3,
    },
    {
        "name": "adds up",
        "note": "f = 1 and i = 1. c grows with every candidate, far beyond 1, while h = o · tanh(c)"
        " stays below 1. A GRU can't do this, because it writes only 1 − z of the candidate.",
        "X": 20 * [0.3],
        "held": {"i": 1, "f": 1},
        "step": 20,
    },
    {
        "name": "hides",
        "note": "o = 0. From step 2 on h is 0, while c still holds what step 1 wrote.",
        "held": {"i": 0, "f": 1, "o": 0},
        "since": 2,
        "step": 8,
    },
]


class GateStepper(Widget):
    """Step through LSTM, GRU and the simple update, one feature and one unit each.

    All three read the same inputs.  ``held`` takes gates out of the hands of their weights:
    from step ``since`` on they stand as open as it says.

    Parameters
    ----------
    X : (timesteps,)
        One sequence, of 1 … 40 inputs; None: a 1, and noise after it.
    lstm : (3, 4)
        The rows W_x, W_h, b; the columns i f c o, as in Keras.
    gru : (3, 3)
        The rows W_x, W_h, b; the columns z r h.
    simple : (3,)
        W_x, W_h, b.
    h0, c0 : numbers
        The initial states; h0 is that of all three.
    held : dict, or (5,)
        The gates held by hand, such as ``{"f": 1, "i": 0}``; or the openings of i f o z r,
        −1 for one that is free.
    since : int
        The first step at which they are held.
    cell : "LSTM", "GRU" or "simple"
        The one whose arithmetic and code are written out.
    reset : "before" or "after"
        Where the reset gate of the GRU stands: before the product with W_h, as with
        ``reset_after=False``, or after it.
    b_reset : number
        The b' of h̃, which only the second form has: h̃ = tanh(x W_x + b + r (h W_h + b')).  For
        a single unit it is all in which the two forms differ; those of z and r add to their b.
    id : str
        The name it is linked by: small letters, digits, hyphens.
    step : int
        How many steps are done at first, 0 … timesteps.
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes, and a ``step`` to go to.  None:
        memories that are kept, halved, written over, added up and hidden.

    Raises
    ------
    ValueError
        If a shape does not fit, or a number is not finite or out of bounds; the last good
        value stays.

    Examples
    --------
    >>> run = GateStepper([1, 0, 0], held={"i": 0, "f": 0.5}, since=2, id="half").trace()
    >>> run["c"][3] == run["c"][1] / 4
    np.True_
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("gate_stepper/style.css")

    parameters = (
        *("X", "lstm", "gru", "simple", "h0", "c0", "held", "since", "cell"),
        *("reset", "b_reset"),
    )
    LIMITS: ClassVar = {
        "gates": GATES,
        "free": FREE,
        "cells": CELLS,
        "resets": RESETS,
        "most_steps": MOST,
        "largest": LARGEST,
    }
    X = Parameter().tag(sync=True)
    lstm = Parameter().tag(sync=True)
    gru = Parameter().tag(sync=True)
    simple = Parameter().tag(sync=True)
    h0 = Parameter().tag(sync=True)
    c0 = Parameter().tag(sync=True)
    held = Parameter().tag(sync=True)
    since = Parameter().tag(sync=True)
    cell = Parameter().tag(sync=True)
    reset = Parameter().tag(sync=True)
    b_reset = Parameter().tag(sync=True)
    _together = together(*parameters)

    def __init__(
        self,
        X=None,
        lstm=None,
        gru=None,
        simple=None,
        h0=0.0,
        c0=0.0,
        held=None,
        since=1,
        cell="LSTM",
        reset="before",
        b_reset=0.0,
        *,
        id,
        step=0,
        presets=None,
    ):
        values = {
            "X": ONE_THEN_NOISE if X is None else X,
            "lstm": LSTM_WEIGHTS if lstm is None else lstm,
            "gru": GRU_WEIGHTS if gru is None else gru,
            "simple": SIMPLE_WEIGHTS if simple is None else simple,
            "held": {} if held is None else held,
            **{"reset": reset, "b_reset": b_reset},
        }
        presets = PRESETS if presets is None else presets
        super().__init__(id, step, presets, **values, h0=h0, c0=c0, since=since, cell=cell)

    @classmethod
    def clean(cls, X, lstm, gru, simple, h0, c0, held, since, cell, reset, b_reset):
        """Return finite lists, numbers and a word, or raise a BadValue if one does not fit."""
        rows = ("W_x W_h b", 3)
        values = {
            "X": bounded("X", X, ("timesteps", None)),
            "lstm": bounded("lstm", lstm, rows, ("i f c o", 4)),
            "gru": bounded("gru", gru, rows, ("z r h", 3)),
            "simple": bounded("simple", simple, rows),
            "h0": bounded("h0", h0),
            "c0": bounded("c0", c0),
            "held": clean_held(held),
            **clean_reset(reset, b_reset),
        }
        if not 1 <= len(values["X"]) <= MOST:
            raise BadValue(f"X must hold 1 … {MOST} inputs, got {len(values['X'])}.")
        try:
            values["since"] = check_integer("since", since, 1, MOST)
        except ValueError as error:
            raise BadValue(str(error)) from None
        if cell not in CELLS:
            raise BadValue(f"cell must be one of {', '.join(CELLS)}, got {cell!r}.")
        return {**values, "cell": cell}

    @classmethod
    def _clean_preset(cls, preset, values):
        """Check a preset, which may go to a step if its sequence has it."""
        preset = super()._clean_preset(preset, values)
        last = len(preset.get("X", values["X"]))
        return preset | ({"step": min(preset["step"], last)} if "step" in preset else {})

    @classmethod
    def steps(cls, values):
        """Return the number of inputs, each of them a step."""
        return len(values["X"])

    def trace(self):
        """Return every number of every step, as computed by rnncore.

        Returns
        -------
        dict of arrays
            All (timesteps + 1,). The states c and h of the LSTM, h_gru, h_simple; and what
            begins at step 1, with NaN at 0: the input x; the weighted sums sum_i …
            of every gate and candidate; the gates i f o z r and the candidates c_tilde and
            h_tilde; for the LSTM kept = f · c_{t-1}, written = i · c̃ and tanh_c; for the GRU
            inner, what the reset gate meets: h_{t-1}, or h_{t-1} W_h + b' where it stands after
            the product; reset = r · inner, rest = 1 − z, kept_gru = z · h_{t-1},
            written_gru = rest · h̃;
            from_h = h_{t-1} W_h of the simple update.  left_lstm and left_gru: the product of
            all f (all z) since step 2, the share that is left of what stood after step 1;
            left_simple: dh_t/dh_1.
            How the gradient goes back, lists of arrays (t + 1,), [t][k] for step t and an earlier
            one: dc, dh_gru and dh_simple, the derivative of the memory of step t by that of step
            k, by all paths; dc_along and dh_gru_along, the product of the f (z) between them;
            dc_around and dh_gru_around, what goes by way of h and the weights.
        """
        found = states(**self.values())
        parts = {"x": np.asarray(self.X), **self._lstm(found), **self._gru(found)}
        parts |= self._simple(found["h_simple"])
        numbers = {name: from_step_1(values) for name, values in parts.items()}
        return found | numbers | ways_back(self.values(), found, numbers)

    def _lstm(self, states):
        """Return what leads to the states of the LSTM, from step 1 on."""
        h, c = states["h"], states["c"]
        sum_i, sum_f, sum_c, sum_o = (weighted(self.X, self.lstm, k, h[:-1]) for k in range(4))
        i, f, o = (self._gate(*gate) for gate in (("i", sum_i), ("f", sum_f), ("o", sum_o)))
        c_tilde = np.tanh(sum_c)
        return {
            **{"sum_i": sum_i, "sum_f": sum_f, "sum_c": sum_c, "sum_o": sum_o},
            **{"i": i, "f": f, "c_tilde": c_tilde, "o": o},
            **{"kept": f * c[:-1], "written": i * c_tilde, "tanh_c": np.tanh(c[1:])},
            "left_lstm": left(f),
        }

    def _gru(self, states):
        """Return what leads to the states of the GRU, from step 1 on."""
        h = states["h_gru"][:-1]
        sum_z, sum_r = (weighted(self.X, self.gru, k, h) for k in range(2))
        z, r = self._gate("z", sum_z), self._gate("r", sum_r)
        W_x, W_h, b = np.asarray(self.gru)[:, 2]
        inner = h if self.reset == "before" else h * W_h + self.b_reset
        from_h = r * h * W_h if self.reset == "before" else r * inner
        sum_h = np.asarray(self.X) * W_x + b + from_h
        h_tilde = np.tanh(sum_h)
        return {
            **{"sum_z": sum_z, "sum_r": sum_r, "sum_h": sum_h},
            **{
                "z": z,
                "r": r,
                "inner": inner,
                "reset": r * inner,
                "h_tilde": h_tilde,
                "rest": 1 - z,
            },
            **{"kept_gru": z * h, "written_gru": (1 - z) * h_tilde, "left_gru": left(z)},
        }

    def _simple(self, h):
        """Return what leads to the states of the simple update, from step 1 on."""
        W_h = self.simple[1]
        return {
            "sum_simple": weighted(self.X, self.simple, 0, h[:-1]),
            "from_h": h[:-1] * W_h,
            "left_simple": left(W_h * (1 - h[1:] ** 2)),
        }

    def _gate(self, name, sums):
        """Return how far a gate opens at each step, a hand on it or not."""
        opening = self.held[GATES.index(name)]
        by_hand = (np.arange(1, len(sums) + 1) >= self.since) & (opening != FREE)
        return np.where(by_hand, opening, sigmoid.value(sums))

    def strip(self):
        """Return the steps as a table: the gates, the candidates, the states."""
        run = self.trace()
        names = ("i", "f", "o", "c_tilde", "c", "h", "z", "r", "h_tilde", "h_gru", "h_simple")
        states_0 = {name: shown(run[name][0]) for name in ("c", "h", "h_gru", "h_simple")}
        rows = [["0", "", *(states_0.get(name, "") for name in names)]]
        for t in range(1, len(run["h"])):
            rows.append([str(t), *(shown(run[name][t]) for name in ("x", *names))])
        math = [f"<i>{name}</i>" for name in ("t", "x", "i", "f", "o", "c̃", "c", "h")]
        head = [*math, *("GRU <i>z</i>", "<i>r</i>", "<i>h̃</i>", "<i>h</i>"), "simple <i>h</i>"]
        head[2] = f"LSTM {head[2]}"
        return table(
            "Every step of an LSTM (c = f · c + i · c̃, h = o · tanh(c)), a GRU"
            f" (h = z · h + (1 − z) · h̃) and the simple update{by_hand(self.held, self.since)}"
            f"{after_product(self.reset, self.b_reset)}",
            head,
            rows,
            ids=[f"{self.id}?step={t}" for t in range(len(rows))],
        )


def weighted(X, weights, column, before):
    """Return x_t W_x + h_{t-1} W_h + b of one column, for every step."""
    W_x, W_h, b = np.asarray(weights).reshape(3, -1)[:, column]
    return np.asarray(X) * W_x + b + before * W_h


def bounded(name, value, *axes):
    """Return `value` as nested lists of numbers that are not too large, of this shape."""
    value = finite(name, value, LARGEST)
    try:
        check_shape(name, np.asarray(value), *axes)
    except ValueError as error:
        raise BadValue(str(error)) from None
    return value


def clean_held(held):
    """Return the openings of i f o z r, from a dict or a list of them."""
    if isinstance(held, dict):
        for name in held:
            if name not in GATES:
                raise BadValue(f"held takes the gates {', '.join(GATES)}, got {name!r}.")
        held = [held.get(name, FREE) for name in GATES]
    held = bounded("held", held, (" ".join(GATES), len(GATES)))
    for name, value in zip(GATES, held):
        if value != FREE and not 0 <= value <= 1:
            raise BadValue(
                f"held must give {name} an opening from 0 to 1, or −1 to leave it free,"
                f" got {value:g}."
            )
    return held


def clean_reset(reset, b_reset):
    """Return where the reset gate stands, and the bias that only one of the forms has."""
    if not isinstance(reset, str) or reset not in RESETS:
        raise BadValue(f"reset must be one of {', '.join(RESETS)}, got {reset!r}.")
    b_reset = bounded("b_reset", b_reset)
    if b_reset and reset == "before":
        raise BadValue(
            f"b_reset must be 0 with reset='before', which has no b', got {b_reset:g}."
            " Pass reset='after'."
        )
    return {"reset": reset, "b_reset": b_reset}


def hold(weights, gates, held):
    """Return weights (3, gates) with the held gates out of reach of input and state.

    A gate without weights is as open as its bias says: σ(b) = v for b = log(v / (1 − v)), and
    exactly 0 or 1 where b is large.
    """
    weights = np.array(weights)
    for column, name in enumerate(gates):
        v = held.get(name, FREE)
        if v != FREE:
            b = np.log(v / (1 - v)) if 0 < v < 1 else np.copysign(1000, v - 0.5)
            weights[:, column] = 0, 0, b
    return weights


def parts_of(X, lstm, gru, since, held):
    """Return the parts of a run, before a hand is laid on and after: (x, LSTM, GRU) of each."""
    x, held = np.reshape(X, (1, -1, 1)), dict(zip(GATES, held))
    by_hand = hold(lstm, ("i", "f", "c", "o"), held), hold(gru, "zrh", held)
    return [
        (x[:, : since - 1], np.asarray(lstm), np.asarray(gru)),
        (x[:, since - 1 :], *by_hand),
    ]


def gru_of(kind, U, reset, b_reset, **options):
    """Return a layer or cell of one unit with the weights U, the reset where it stands."""
    after = reset == "after"
    b = [U[2], [0.0, 0.0, b_reset]] if after else U[2]
    return kind(U[:1], U[1:2], b, reset_after=after, **options)


def states(X, lstm, gru, simple, h0, c0, held, since, cell, reset, b_reset):
    """Return c and h of the LSTM, h of the GRU and of the simple update: (timesteps + 1,) each."""
    x = np.reshape(X, (1, -1, 1))
    found = {"c": [c0], "h": [h0], "h_gru": [h0]}
    for part, W, U in parts_of(X, lstm, gru, since, held):
        if part.size:
            h, c = lstm_states(part, W, found["h"][-1], found["c"][-1])
            gated = gru_of(GRU, U, reset, b_reset, return_sequences=True)
            h_gru = gated.forward(part, [[found["h_gru"][-1]]])[0, :, 0].tolist()
            for name, values in (("h", h), ("c", c), ("h_gru", h_gru)):
                found[name] += values
    W_x, W_h, b = simple
    update = SimpleRNN([[W_x]], [[W_h]], [b], return_sequences=True)
    found["h_simple"] = [h0, *update.forward(x, [[h0]])[0, :, 0]]
    return {name: np.array(values) for name, values in found.items()}


def lstm_states(x, W, h, c):
    """Return h and c of every step of x, (1, timesteps, 1); a layer gives only the last c."""
    cell = LSTMCell(W[:1], W[1:2], W[2])
    h, c, found = [[h]], [[c]], []
    for x_t in x[0]:
        cell.forward([x_t], h, c)
        h, c = cell.state
        found.append((h.item(), c.item()))
    return zip(*found)


def ways_back(values, found, numbers):
    """Return the derivatives of the memory of each step by those before it; see `trace`."""
    T = len(values["X"])
    of_lstm, of_gru, of_simple = jacobians(values, found)
    d = {name: np.full((T + 1, T + 1), np.nan) for name in ("dc", "dh_gru", "dh_simple")}
    dh = np.zeros(T + 1)  # of the LSTM: one for each t, whose memory is differentiated
    now = {name: np.zeros(T + 1) for name in d}
    for k in range(T, -1, -1):
        for name, gradient in now.items():
            gradient[k] = 1.0  # dc_k/dc_k
            d[name][k:, k] = gradient[k:]
        if k == 0:
            break
        # c_k also has an effect by way of h_k = o tanh(c_k).
        to_c = numbers["o"][k] * (1 - numbers["tanh_c"][k] ** 2)
        d["dc"][k:, k] += dh[k:] * to_c
        (h_by_h, h_by_c), (c_by_h, c_by_c) = of_lstm[:, :, k - 1]
        dh, now["dc"] = dh * h_by_h + now["dc"] * c_by_h, dh * h_by_c + now["dc"] * c_by_c
        now["dh_gru"] = now["dh_gru"] * of_gru[0, 0, k - 1]
        now["dh_simple"] = now["dh_simple"] * of_simple[0, 0, k - 1]
    triangles = {name: [row[: t + 1] for t, row in enumerate(rows)] for name, rows in d.items()}
    for name, gate in (("dc", numbers["f"]), ("dh_gru", numbers["z"])):
        along = [np.append(np.cumprod(gate[t:0:-1])[::-1], 1.0) for t in range(T + 1)]
        triangles[f"{name}_along"] = along
        triangles[f"{name}_around"] = [a - b for a, b in zip(triangles[name], along, strict=True)]
    return triangles


def jacobians(values, found):
    """Return, of LSTM, GRU and simple update, the derivatives of `derivatives` for every step."""
    parts, k = parts_of(*(values[name] for name in ("X", "lstm", "gru", "since", "held"))), 0
    of_lstm, of_gru = [], []
    for part, W, U in parts:
        x, before = part[0, :, 0], slice(k, k + part.size)
        k += part.size
        if not part.size:
            continue
        cell = LSTMCell(W[:1], W[1:2], W[2])
        of_lstm.append(derivatives(cell, x, [found["h"][before], found["c"][before]]))
        cell = gru_of(GRUCell, U, values["reset"], values["b_reset"])
        of_gru.append(derivatives(cell, x, [found["h_gru"][before]]))
    W_x, W_h, b = values["simple"]
    cell = SimpleRNNCell([[W_x]], [[W_h]], [b])
    of_simple = derivatives(cell, np.array(values["X"]), [found["h_simple"][:-1]])
    return np.concatenate(of_lstm, axis=2), np.concatenate(of_gru, axis=2), of_simple


def derivatives(cell, x, states):
    """Return the derivatives of each state after a step by each before it, all steps at once.

    x, states : (steps,) each, the states those before the steps
    Returns an array (states after, states before, steps).
    """
    kinds, steps = len(states), len(x)
    cell.forward(*(np.tile(values, kinds)[:, np.newaxis] for values in (x, *states)))
    ones = np.eye(kinds).repeat(steps, axis=1)[..., np.newaxis]  # a row for each state after
    if kinds == 1:
        cell.backward(ones[0])
    else:
        cell.backward(np.zeros_like(ones[0]), tuple(ones))
    by = [cell.gradients[f"{name}0"].reshape(kinds, steps) for name in cell.states]
    return np.stack(by, axis=1)


def left(factors):
    """Return the product of the factors of steps 2 … t, for every step t."""
    return np.cumprod(np.concatenate([[1.0], factors[1:]]))


def by_hand(held, since):
    """Return the gates held by hand, as the end of a caption."""
    gates = [f"{name} = {shown(v)}" for name, v in zip(GATES, held) if v != FREE]
    return f"; from step {since} on {', '.join(gates)} by hand" if gates else ""


def after_product(reset, b_reset):
    """Return where the reset gate stands, as the end of a caption, if not before the product."""
    return f"; the GRU's reset after the product, b′ = {shown(b_reset)}" * (reset == "after")
