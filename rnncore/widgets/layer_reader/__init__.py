"""The reader's own layer, stepped through: from a file that is dropped on it, or from Python."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from rnncore._checks import check_integer, check_shape
from rnncore.layers import GRU, LSTM, LSTMCell, Sequential, SimpleRNN
from rnncore.widgets.base import BadValue, Parameter, Widget, finite, from_step_1, style, together
from rnncore.widgets.film import shown, table
from rnncore.widgets.layer_reader.taken import Packed, pack, pack_all, unpack
from rnncore.widgets.linker import link

MOST = {"timesteps": 10_000, "numbers": 1_000_000, "states": 4_000_000}  # of one sequence
GATES = {"SimpleRNN": ["h"], "LSTM": ["i", "f", "c̃", "o"], "GRU": ["z", "r", "h̃"]}
STRIPS = {"SimpleRNN": 1, "LSTM": 6, "GRU": 4}  # what the strip can show: h, c, gates
LIMITS = {**MOST, "gates": GATES, "file": {"array": 2**25, "header": 10_000_000, "entries": 20_000}}
FILM = 60  # steps that a film strip shows

# Small enough to check by hand: two features, three units, one decimal.  A 1, a pause, a −1.
X = [[1.0, 0.0], [0.0, 0.0], [0.0, 0.5], [0.0, 0.0], [-1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
W_X = [[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]]
W_H = [[0.6, -0.2, 0.1], [0.3, 0.5, -0.4], [-0.1, 0.2, 0.7]]


def examples() -> Any:
    """Return the three layers that are there before the reader has brought one."""
    simple = SimpleRNN(W_X, W_H, [0.1, 0.0, -0.2])
    rng = np.random.default_rng(3)
    gated = [kind.initialise(2, 3, rng) for kind in (LSTM, GRU)]
    for layer in gated:
        for parameter in layer.parameters.values():
            parameter[:] = np.round(2 * parameter, 1)
        gated_b = layer.parameters["b"]
        gated_b += np.round(rng.normal(0, 0.3, gated_b.shape), 1)
    return Packed(map(pack, GATES, [simple, *gated]))


PRESETS = [
    {
        "name": "SimpleRNN",
        "note": "One weighted sum and one tanh a step: h has nowhere else to keep things.",
        "chosen": 1,
        "gate": 1,
        "strip_of": 1,
    },
    {
        "name": "LSTM",
        "note": "Four weighted sums a step. f says how much of c stays, i how much of the"
        " candidate is added, and o how much of c is shown as h.",
        "chosen": 2,
        "gate": 2,
        "strip_of": 1,
    },
    {
        "name": "GRU",
        "note": "Three weighted sums a step. z is the share of h that stays, and 1 − z the"
        " share of the candidate.",
        "chosen": 3,
        "gate": 1,
        "strip_of": 1,
    },
]


class LayerReader(Widget):
    """Step through a recurrent layer of one's own: its states, its gates, any unit's arithmetic.

    On the page a reader drops a file of weights on it, which never leaves the page.

    Parameters
    ----------
    layer : a layer or model of rnncore, Keras or PyTorch
        A SimpleRNN, an LSTM or a GRU, or their cells, or a model that has some inside.  None:
        three small examples.
    x : (timesteps, features)
        One sequence; of one feature (timesteps,) will do.  The states before it are zeros.
        None: of the examples a short one, else eight steps drawn uniformly from −1 … 1.
    chosen : int
        Which of the layers, counted from 1 in the order of the model.
    unit : int
        The unit that is worked out, 1 … units.
    gate : int
        The weighted sum that is written out, 1 for a SimpleRNN, 1 … 4 for i f c̃ o of an LSTM,
        1 … 3 for z r h̃ of a GRU.
    strip_of : int
        What the strip shows: 1 for h, then c of an LSTM, then what `gate` counts for an LSTM or
        a GRU.
    id : str
        The name it is linked by: small letters, digits, hyphens.
    step : int
        How many steps are done at first, 0 … timesteps.
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes.  None: of the examples one each.

    Raises
    ------
    ValueError
        If there is no recurrent layer, or x, chosen, unit, gate or strip_of do not fit; the last
        good value stays.

    Examples
    --------
    >>> layer = LSTM.initialise(features=3, units=5, rng=1)
    >>> widget = LayerReader(layer, x=np.ones((7, 3)), id="mine")
    >>> bool(abs(widget.trace()["h"][-1] - layer.forward(np.ones((1, 7, 3)))).max() < 1e-15)
    True
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("layer_reader/style.css")

    parameters = ("layer", "x", "chosen", "unit", "gate", "strip_of")
    unlinked = ("layer",)
    LIMITS: ClassVar = LIMITS
    layer = Parameter().tag(sync=True)
    x = Parameter().tag(sync=True)
    chosen = Parameter().tag(sync=True)
    unit = Parameter().tag(sync=True)
    gate = Parameter().tag(sync=True)
    strip_of = Parameter().tag(sync=True)
    _together = together(*parameters)

    def __init__(
        self, layer=None, x=None, chosen=1, unit=1, gate=1, strip_of=1, *, id, step=0, presets=None
    ):
        if presets is None:
            presets = PRESETS if layer is None else []
        layers = examples() if layer is None else pack_all(layer)
        if x is None:
            features = layers[clean_whole("chosen", chosen, len(layers)) - 1]["features"]
            x = X if layer is None else np.random.default_rng(1).uniform(-1, 1, (8, features))
        looks = {"chosen": chosen, "unit": unit, "gate": gate, "strip_of": strip_of}
        super().__init__(id, step, presets, layer=layers, x=x, **looks)

    @classmethod
    def clean(cls, layer, x, chosen, unit, gate, strip_of):
        """Return the parameters as the page gets them, or raise a BadValue."""
        layers = pack_all(layer)
        chosen = clean_whole("chosen", chosen, len(layers))
        one = layers[chosen - 1]
        return {
            "layer": layers,
            "x": clean_x(x, one["features"], one["units"]),
            "chosen": chosen,
            "unit": clean_whole("unit", unit, one["units"]),
            "gate": clean_whole("gate", gate, len(GATES[one["kind"]])),
            "strip_of": clean_whole("strip_of", strip_of, STRIPS[one["kind"]]),
        }

    @classmethod
    def steps(cls, values):
        """Return the number of rows of x, each of them a step."""
        return len(values["x"])

    def trace(self):
        """Return every number that the widget can show, as computed by rnncore in float64.

        Returns
        -------
        dict of arrays
            x (timesteps + 1, features) in the order in which the layer reads it; h, and of an
            LSTM c (timesteps + 1, units), the states; W_x, W_h and b, of a GRU with
            reset_after b and b_h, with the axes gates and units apart; x_W_x and h_W_h
            (timesteps + 1, gates, units), the two products; z, their sum with the bias; opens,
            the gates and the candidate; kept and written, what h (of an LSTM c) is the sum of;
            of an LSTM f_c = tanh(c); of a GRU reset, r · (h W_h + b_h), or r · h if the reset
            comes before the product; from_x (timesteps + 1, features) and from_h
            (timesteps + 1, units), the products that `unit` adds up for `gate`.  What begins at
            step 1 is NaN at 0.
        """
        _, layer = unpack(self.layer[self.chosen - 1])
        return run_of(layer, np.asarray(self.x), self.unit - 1, self.gate - 1)

    def strip(self):
        """Return the steps as a table: the inputs, the gates of the chosen unit, the states."""
        one, run, j = self.layer[self.chosen - 1], self.trace(), self.unit - 1
        names = [] if one["kind"] == "SimpleRNN" else GATES[one["kind"]]
        units = range(one["units"]) if one["units"] <= 6 else [j]
        columns = {f"<i>x</i> {i + 1}": run["x"][:, i] for i in range(min(one["features"], 4))}
        columns |= {f"<i>{n}</i> {j + 1}": run["opens"][:, g, j] for g, n in enumerate(names)}
        for state in ("c", "h") if "c" in run else ("h",):
            columns |= {f"<i>{state}</i> {k + 1}": run[state][:, k] for k in units}
        steps = [*range(min(len(run["h"]), FILM + 1))]
        rows = [
            [str(t), *("" if np.isnan(v[t]) else shown(v[t]) for v in columns.values())]
            for t in steps
        ]
        left = len(run["h"]) - len(steps)
        return table(
            f"{one['kind']}, {one['features']} → {one['units']}: the inputs,"
            f" {'the gates and the candidate of unit ' + str(j + 1) + ', ' if names else ''}"
            f"and the state after each step{f'; {left} more steps are not shown' if left else ''}",
            ("step", *columns),
            rows,
            ids=[f"{self.id}?step={t}" for t in steps],
        )


def clean_whole(name, value, last):
    try:
        return check_integer(name, value, 1, last)
    except ValueError as error:
        raise BadValue(str(error)) from None


def clean_x(x, features, units):
    """Return a sequence as rows of finite numbers, or raise a BadValue."""
    rows = finite("x", x)
    if features == 1 and np.ndim(rows) == 1:
        rows = [[value] for value in rows]
    try:
        check_shape("x", np.asarray(rows), ("timesteps", None), ("features", features))
    except ValueError as error:
        raise BadValue(str(error)) from None
    most = min(MOST["timesteps"], MOST["numbers"] // features, MOST["states"] // units)
    if not 1 <= len(rows) <= most:
        raise BadValue(f"x must have 1 … {most} steps for this layer, got {len(rows)}.")
    return rows


def run_of(layer, X, unit, gate):
    """Return every number of one reading; as in `LayerReader.trace`."""
    kind, gates, f = type(layer).__name__, layer.gates, layer.activation.value
    p = {name: array.astype(float) for name, array in layer.parameters.items()}
    options = {name: value for name, value in layer.options.items() if name != "reverse"}
    X = X[::-1] if layer.reverse else X
    h = np.vstack([np.zeros(layer.units), type(layer)(**p, **options).forward(X[np.newaxis])[0]])
    apart = lambda array: array.reshape(*array.shape[:-1], gates, layer.units)  # noqa: E731
    W_x, W_h = apart(p["W_x"]), apart(p["W_h"])
    b = apart(p.get("b", np.zeros(gates * layer.units)))
    run = {"x": X, "x_W_x": apart(X @ p["W_x"]), "h_W_h": apart(h[:-1] @ p["W_h"])}
    states, weights, met = {"h": h}, {"W_x": W_x, "W_h": W_h, "b": b}, h[:-1]
    if kind == "SimpleRNN":
        run["z"] = run["x_W_x"] + run["h_W_h"] + b
    elif kind == "LSTM":
        states["c"] = memories(p, layer, X)
        run |= lstm(run, b, states["c"], f, layer.recurrent_activation.value)
    else:
        run |= gru(run, b, h[:-1], W_h, layer)
        weights |= {"b": b[0], "b_h": b[1]} if b.ndim == 3 else {}
        met = run["reset"] if gate == 2 and not layer.reset_after else met
    run["from_x"] = X * W_x[:, gate, unit]
    run["from_h"] = met * W_h[:, gate, unit]
    return weights | states | {name: from_step_1(array) for name, array in run.items()}


def memories(p, layer, X):
    """Return c of every step, of which a layer gives only the last."""
    names = ("activation", "recurrent_activation")
    cell = LSTMCell(**p, **{name: layer.options[name] for name in names})
    state = [np.zeros((1, layer.units))] * 2
    found = [state[1][0]]
    for x in X:
        cell.forward(x[np.newaxis], *state)
        state = cell.state
        found.append(state[1][0])
    return np.array(found)


def lstm(run, b, c, f, opened):
    """Return what leads to the states of an LSTM."""
    z = run["x_W_x"] + run["h_W_h"] + b
    opens = np.stack([opened(z[:, 0]), opened(z[:, 1]), f(z[:, 2]), opened(z[:, 3])], axis=1)
    kept, written = opens[:, 1] * c[:-1], opens[:, 0] * opens[:, 2]
    return {"z": z, "opens": opens, "kept": kept, "written": written, "f_c": f(c[1:])}


def gru(run, b, h, W_h, layer):
    """Return what leads to the state of a GRU; the product after a reset takes another's place."""
    f, opened = layer.activation.value, layer.recurrent_activation.value
    b, b_h = b if b.ndim == 3 else (b, np.zeros_like(b))
    h_W_h, x_b = run["h_W_h"].copy(), run["x_W_x"] + b
    z = x_b + h_W_h + b_h
    keep, r = opened(z[:, 0]), opened(z[:, 1])
    if layer.reset_after:
        reset = r * (h_W_h[:, 2] + b_h[2])
        z[:, 2] = x_b[:, 2] + reset
    else:
        reset = r * h
        h_W_h[:, 2] = reset @ W_h[:, 2]
        z[:, 2] = x_b[:, 2] + h_W_h[:, 2]
    h_tilde = f(z[:, 2])
    return {
        **{"z": z, "opens": np.stack([keep, r, h_tilde], axis=1), "h_W_h": h_W_h, "reset": reset},
        **{"kept": keep * h, "written": (1 - keep) * h_tilde},
    }
