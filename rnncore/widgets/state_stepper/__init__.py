"""The hidden-state update, one time step at a time: scalar (system S4) and vector form."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from rnncore._checks import check_shape
from rnncore.activations import get_recurrent
from rnncore.states import compute_states
from rnncore.widgets.base import BadValue, Parameter, Widget, finite, from_step_1, style, together
from rnncore.widgets.film import shown, table
from rnncore.widgets.linker import link

SCALAR_PRESETS = [
    {"name": name, "note": note, "W_x": 1.0, "W_h": W_h}
    for name, W_h, note in (
        ("holds", 1.0, "W_x = 1, W_h = 1. Nothing is lost, so the state counts the ones."),
        ("fades", 0.5, "W_h = 0.5. Each step keeps half of the state."),
        ("explodes", 1.5, "W_h = 1.5. Each step makes the past larger by half."),
        ("alternates", -0.8, "W_h = −0.8. The past fades, and its sign changes at every step."),
    )
]


def vector_presets(features, units):
    """Return three recurrent matrices (units, units) whose memory can be told in a sentence."""
    one = np.zeros((features, units))
    one[0, 0] = 1.0
    shelf = {"W_x": one, "W_h": np.eye(units, k=1), "b": np.zeros(units)}
    kinds = (
        ("forgets", "W_h = 0. Each state is a dense layer of its input.", np.zeros((units, units))),
        ("adds up", "W_h is the identity. Each unit keeps what it has, and adds.", np.eye(units)),
    )
    shifts = "The first feature goes into unit 1, and each unit passes its number on to the next."
    return [
        *({"name": name, "note": note, "W_h": W_h} for name, note, W_h in kinds),
        {"name": "shifts along", "note": shifts, **shelf},
    ]


class StateStepper(Widget):
    """Step through h_t = f(x_t W_x + h_{t-1} W_h + b) with the actual numbers.

    Parameters
    ----------
    X : (timesteps,), or (timesteps, features)
        One sequence.
    W_x : number, or (features, units)
    W_h : number, or (units, units)
    b : number, or (units,)
    activation : name or activation
        linear, tanh, sigmoid or relu.
    h0 : number, or (units,)
        The initial state; None stands for zeros.
    id : str
        The name it is linked by: small letters, digits, hyphens.
    step : int
        How many steps are done at first, 0 … timesteps.
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes; what it does not name is
        as at first.  None: a few memories that can be told in a sentence.

    Every parameter is a trait: set ``w.W_h = 1.5`` and the view follows, and what the
    reader changes can be read back.  Shapes that change together are set together:
    ``w.set(W_x=…, W_h=…, b=…, h0=…)``.

    Raises
    ------
    ValueError
        If a shape does not fit or a number is not finite; the last good value stays.

    Examples
    --------
    >>> StateStepper([1, 0, 1], 1.0, 0.5, id="fades").trace()["h"]
    array([0.  , 1.  , 0.5 , 1.25])
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("shared/recurrent.css", "state_stepper/style.css")

    parameters = ("X", "W_x", "W_h", "b", "h0", "activation")
    LIMITS: ClassVar = {
        "horizon": 50,  # steps over which the size of the state is shown
        "timesteps": 60,  # the longest sequence that a link may ask for
    }
    X = Parameter().tag(sync=True)
    W_x = Parameter().tag(sync=True)
    W_h = Parameter().tag(sync=True)
    b = Parameter().tag(sync=True)
    h0 = Parameter().tag(sync=True)
    activation = Parameter().tag(sync=True)
    _together = together(*parameters)

    def __init__(
        self, X, W_x, W_h, b=0.0, activation="linear", h0=None, *, id, step=0, presets=None
    ):
        units = np.shape(W_h)[:1]  # () in the scalar form
        b = np.full(units, b) if np.ndim(b) == 0 else b
        h0 = np.zeros(units) if h0 is None else h0
        if presets is None:
            presets = vector_presets(*np.shape(W_x)) if np.ndim(W_x) == 2 else SCALAR_PRESETS
        values = {"X": X, "W_x": W_x, "W_h": W_h, "b": b, "h0": h0, "activation": activation}
        super().__init__(id, step, presets, **values)

    @classmethod
    def clean(cls, X, W_x, W_h, b, h0, activation):
        """Return finite lists and a name, or raise a BadValue if they do not fit together."""
        return clean(X, W_x, W_h, b, h0, activation)

    @classmethod
    def steps(cls, values):
        """Return the number of inputs, each of them a step."""
        return len(values["X"])

    def trace(self):
        """Return every intermediate of every step, as computed by rnncore.

        Returns
        -------
        dict of arrays
            x (timesteps + 1[, features]), from_x (timesteps + 1[, features, units]),
            from_h (timesteps + 1[, units, units]), z and h (timesteps + 1[, units]): the input,
            the products, their sum with the bias, and the state of step t stand at index t.
            Of step 0 there is only ``h[0]``; the others hold NaN there.
            norm and norm_linear (51,): the size of h_t with the activation and without,
            over 50 steps, silence after the last input; inf once a state is too large for a float.
            h_linear (timesteps + 1[, units]): the states without an activation, and
            share, a list of arrays (t + 1[, units]): what step k adds to them, ``share[t][k]``
            = (x_k W_x + b) W_h^(t-k), or the initial state's share for k = 0.
        """
        W_x, W_h, b = (np.asarray(getattr(self, name)) for name in ("W_x", "W_h", "b"))
        X = np.reshape(self.X, (len(self.X), *W_x.shape[:1]))
        h = states(**self.values())
        with np.errstate(over="ignore", invalid="ignore"):
            from_x = X[..., np.newaxis] * W_x if W_x.ndim else X * W_x
            from_h = h[:-1, :, np.newaxis] * W_h if W_h.ndim else h[:-1] * W_h
            z = X @ W_x + h[:-1] @ W_h + b if W_h.ndim else from_x + from_h + b
            return {
                **{"x": from_step_1(X), "from_x": from_step_1(from_x)},
                **{"from_h": from_step_1(from_h), "z": from_step_1(z), "h": h},
                "norm": sizes(self.values()),
                "norm_linear": sizes(self.values() | {"activation": "linear"}),
                "h_linear": states(**self.values() | {"activation": "linear"}),
                "share": shares(self.values()),
            }

    def strip(self):
        """Return the steps as a table: what comes in, the update, the state."""
        run = self.trace()
        scalar = np.ndim(self.W_h) == 0
        f = "" if self.activation == "linear" else self.activation

        def text(values):
            inner = ", ".join(shown(v) for v in np.ravel(values))
            return inner if scalar else f"[{inner}]"

        def line(x, before, W_x, W_h, b):
            times = " × " if scalar else " "
            terms = [f"{x}{times}{W_x}", f"{before}{times}{W_h}", *([b] if np.any(self.b) else [])]
            return f"{f}({' + '.join(terms)})" if f else " + ".join(terms)

        def math(letter, subscript):
            return f"<i>{letter}<sub>{subscript}</sub></i>"

        W_x, W_h = math("W", "x"), math("W", "h")
        caption = line(math("x", "t"), math("h", "t−1"), W_x, W_h, "<i>b</i>").replace(" × ", " ")
        if scalar:
            W_x, W_h = text(self.W_x), text(self.W_h)
        rows = [["0", "", "the initial state", text(run["h"][0])]]
        for t in range(1, len(run["h"])):
            x, before, h = text(run["x"][t]), text(run["h"][t - 1]), text(run["h"][t])
            rows.append([str(t), x, line(x, before, W_x, W_h, text(self.b)), h])
        return table(
            f"Every step: {math('h', 't')} = {caption}",
            ("<i>t</i>", math("x", "t"), "the update", math("h", "t")),
            rows,
            ids=[f"{self.id}?step={t}" for t in range(len(rows))],
        )


def clean(X, W_x, W_h, b, h0, activation):
    """Return finite lists and a name, or raise a BadValue if they do not fit together."""
    given = {"X": X, "W_x": W_x, "W_h": W_h, "b": b, "h0": h0}
    values = {name: finite(name, value) for name, value in given.items()}
    try:
        values["activation"] = get_recurrent(activation).name
        states(**values)
    except ValueError as error:
        raise BadValue(str(error)) from None
    return values


def sizes(values):
    """Return the length of h_0 … h_50: the inputs, then silence, or the first 50 inputs."""
    X = np.asarray(values["X"], float).reshape(-1, *np.shape(values["W_x"])[:1])
    silence = np.zeros((StateStepper.LIMITS["horizon"], *X.shape[1:]))
    X = np.concatenate([X, silence])[: len(silence)]
    return sizes_of(states(**values | {"X": X}))


def sizes_of(vectors):
    """Return the length of each vector, or number; infinite where it is too large for a float.

    Whether a sum of products that overflow comes out as inf or NaN depends on their order.
    """
    rows = np.reshape(vectors, (len(vectors), -1))
    return np.where(np.isfinite(rows).all(axis=1), np.hypot.reduce(rows, axis=1), np.inf)


def shares(values):
    """Return what each step adds to each state of the linear network, one input at a time."""
    W_x, W_h, b, h0 = (np.asarray(values[name]) for name in ("W_x", "W_h", "b", "h0"))
    X = np.reshape(values["X"], (-1, *W_x.shape[:1]))
    own = (X @ W_x if W_x.ndim else X * W_x) + b  # what comes in at each step
    T = len(own)
    alone = np.zeros((T + 1, *own.shape))  # run 0 has the initial state, run k the input of step k
    alone[np.arange(1, T + 1), np.arange(T)] = own
    first = np.zeros((T + 1, *h0.shape))
    first[0] = h0
    runs = compute_states(alone, np.eye(len(b)) if b.ndim else 1.0, W_h, h0=first)
    return [runs[: t + 1, t] for t in range(T + 1)]


def states(X, W_x, W_h, b, h0, activation):
    """Return the states of one sequence: (timesteps + 1,) or (timesteps + 1, units)."""
    features, units = np.shape(W_x)[:1], np.shape(W_x)[1:]
    X = np.reshape(X, (0, *features)) if np.size(X) == 0 else np.asarray(X)
    check_shape("X", X, ("timesteps", None), *[("features", n) for n in features])
    check_shape("h0", np.asarray(h0), *[("units", n) for n in units])
    with np.errstate(over="ignore", invalid="ignore"):
        return compute_states(X[np.newaxis], W_x, W_h, b, activation, [h0])[0]
