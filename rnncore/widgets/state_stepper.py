"""The hidden-state update, one time step at a time: scalar (system S4) and vector form."""

import numpy as np
import traitlets

from rnncore.activations import get_recurrent
from rnncore.states import compute_states
from rnncore.widgets.base import Widget, finite, module, shown, style, table

PARAMETERS = ("X", "W_x", "W_h", "b", "h0")

SCALAR_PRESETS = [
    {
        "name": "holds",
        "note": "W_x = 1, W_h = 1: nothing is lost; of ones and zeros the state counts the ones.",
        **{"W_x": 1.0, "W_h": 1.0},
    },
    {
        "name": "fades",
        "note": "W_h = 0.5: each step halves what came before.",
        **{"W_x": 1.0, "W_h": 0.5},
    },
    {
        "name": "explodes",
        "note": "W_h = 1.5: each step makes the past half as large again.",
        **{"W_x": 1.0, "W_h": 1.5},
    },
    {
        "name": "alternates",
        "note": "W_h = −0.8: the past fades, and changes its sign at every step.",
        **{"W_x": 1.0, "W_h": -0.8},
    },
]


def vector_presets(features, units):
    """Three recurrent matrices whose memory can be told in a sentence; the rest as at first."""
    one = np.zeros((features, units))
    one[0, 0] = 1.0
    shelf = {"W_x": one.tolist(), "W_h": np.eye(units, k=1).tolist(), "b": [0.0] * units}
    return [
        {
            "name": "forgets",
            "note": "W_h = 0: each state is a dense layer of its input.",
            "W_h": np.zeros((units, units)).tolist(),
        },
        {
            "name": "adds up",
            "note": "W_h is the identity: each unit keeps what it has, and adds.",
            "W_h": np.eye(units).tolist(),
        },
        {
            "name": "shifts along",
            "note": "The first feature goes into unit 1, and what stood in a unit into the next.",
            **shelf,
        },
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
    activation : name of a recurrent activation
    h0 : number, or (units,)
        The initial state; None stands for zeros.
    id : str
        The name it is linked by.
    step : int
        How many steps are done at first, 0 … timesteps.
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes; what it does not name is
        as at first.  None: a few memories that can be told in a sentence.

    Every parameter is a trait: set ``w.W_h = 1.5`` and the view follows, and what the
    reader changes can be read back.

    Raises
    ------
    ValueError
        If a shape does not fit or a number is not finite.

    Examples
    --------
    >>> StateStepper([1, 0, 1], 1.0, 0.5, id="fades").trace()["h"]
    array([0.  , 1.  , 0.5 , 1.25])
    """

    _esm = module(
        *("numbers.js", "cell.js", "dom.js", "transport.js", "fields.js", "guess.js"),
        *("sharing.js", "unrolled.js", "state_stepper.js"),
    )
    _css = style("stepper.css")

    X = traitlets.Any().tag(sync=True)
    W_x = traitlets.Any().tag(sync=True)
    W_h = traitlets.Any().tag(sync=True)
    b = traitlets.Any().tag(sync=True)
    h0 = traitlets.Any().tag(sync=True)
    activation = traitlets.Unicode().tag(sync=True)
    presets = traitlets.List().tag(sync=True)

    def __init__(
        self, X, W_x, W_h, b=0.0, activation="linear", h0=None, *, id, step=0, presets=None
    ):
        units = np.shape(W_h)[:1]  # () in the scalar form
        b = np.broadcast_to(b, units) if np.ndim(b) == 0 else b
        h0 = np.zeros(units) if h0 is None else h0
        values = {
            name: finite(name, value)
            for name, value in zip(PARAMETERS, (X, W_x, W_h, b, h0), strict=True)
        }
        name = get_recurrent(activation).name
        states(**values, activation=name)
        if not 0 <= step <= len(values["X"]):
            raise ValueError(f"step must be 0 … {len(values['X'])}, got {step}.")
        if presets is None:
            presets = vector_presets(*np.shape(W_x)) if units else SCALAR_PRESETS
        super().__init__(**values, activation=name, id=id, step=step, presets=presets)
        self.film = self._film()

    @traitlets.validate(*PARAMETERS)
    def _valid_array(self, proposal):
        name = proposal["trait"].name
        value = finite(name, proposal["value"])
        if len(self._trait_values.keys() & set(PARAMETERS)) == len(PARAMETERS) and self.film:
            states(**{**self._parameters(), name: value})
        return value

    @traitlets.validate("activation")
    def _valid_activation(self, proposal):
        return get_recurrent(proposal["value"]).name

    @traitlets.validate("step")
    def _valid_step(self, proposal):
        if self.film and not 0 <= proposal["value"] <= len(self.X):
            raise traitlets.TraitError(f"step must be 0 … {len(self.X)}, got {proposal['value']}.")
        return proposal["value"]

    @traitlets.observe("X")
    def _keep_step_in_range(self, change):
        self.step = min(self.step, len(self.X))

    def _parameters(self):
        return {name: getattr(self, name) for name in (*PARAMETERS, "activation")}

    def trace(self):
        """Every intermediate, as computed by rnncore.

        Returns
        -------
        dict of arrays
            x (timesteps[, features]), z (timesteps[, units]), h (timesteps + 1[, units]);
            ``x[t-1]``, ``z[t-1]`` and ``h[t]`` belong to step t.
        """
        X, W_x, W_h, b = (np.asarray(getattr(self, name)) for name in PARAMETERS[:4])
        h = states(**self._parameters())
        times = np.multiply if W_h.ndim == 0 else np.matmul
        with np.errstate(over="ignore", invalid="ignore"):
            z = times(X, W_x) + times(h[:-1], W_h) + b
        return {"x": X, "z": z, "h": h}

    def _film(self):
        """The steps as a table: what comes in, the sum, the state."""
        run = self.trace()
        scalar = np.ndim(self.W_h) == 0
        label = "" if self.activation == "linear" else self.activation

        def text(values):
            inner = ", ".join(shown(v) for v in np.atleast_1d(values))
            return inner if scalar else f"[{inner}]"

        rows = [["0", "", "the initial state", text(run["h"][0])]]
        for t in range(1, len(run["x"]) + 1):
            x, before = text(run["x"][t - 1]), text(run["h"][t - 1])
            if scalar:
                terms = [f"{x} × {text(self.W_x)}", f"{before} × {text(self.W_h)}"]
            else:
                terms = [f"{x} <i>W<sub>x</sub></i>", f"{before} <i>W<sub>h</sub></i>"]
            if np.any(self.b):
                terms.append(text(self.b))
            line = " + ".join(terms)
            rows.append([str(t), x, f"{label}({line})" if label else line, text(run["h"][t])])
        head = ("<i>t</i>", "<i>x<sub>t</sub></i>", "the update", "<i>h<sub>t</sub></i>")
        caption = (
            "Every step: <i>h<sub>t</sub></i> = "
            + (label + "(" if label else "")
            + (
                "<i>x<sub>t</sub></i> <i>W<sub>x</sub></i> + <i>h<sub>t−1</sub></i> "
                "<i>W<sub>h</sub></i>" + (" + <i>b</i>" if np.any(self.b) else "")
            )
        )
        ids = [f"{self.id}?step={t}" for t in range(len(rows))]
        return table(caption + (")" if label else ""), head, rows, ids)


def states(X, W_x, W_h, b, h0, activation):
    """The states of one sequence: (timesteps + 1,) or (timesteps + 1, units)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return compute_states([X], W_x, W_h, b, activation, [h0])[0]
