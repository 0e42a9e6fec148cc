"""Break the gradient: the historical mistakes, and which check catches them."""

from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import traitlets

from rnncore._checks import check_shape
from rnncore.gradcheck import STEP, numerical_gradient
from rnncore.mistakes import COMBINATIONS, MISTAKES, backpropagate, trained
from rnncore.states import compute_states
from rnncore.widgets.base import BadValue, Parameter, Widget, finite, style, together
from rnncore.widgets.film import shown, table
from rnncore.widgets.linker import link

NAMES = ("X", "W_x", "W_h", "b", "h0")
TOLERANCE = 1e-7  # the largest relative error of a gradient that is called right
LARGEST = {"timesteps": 6, "features": 4, "units": 4}  # so that every number can be read
BOUND = 10.0  # of every number; saturation and explosion show long before
# A difference of 1e-10 is rounding, however small the gradient is: beside numbers that are all
# smaller than this, an error is a share of this.
SMALL = 1e-3
LEARNT = 95  # the percentage of right answers from which on a run has learnt the task

START = {
    "X": [[1.0, 0.5], [-0.5, 1.0], [0.5, -1.0]],
    "W_x": [[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]],
    "W_h": [[0.6, -0.2, 0.1], [0.3, 0.5, -0.4], [-0.1, 0.2, 0.7]],
    "b": [0.1, 0.0, -0.2],
    "h0": [0.5, 0.0, -1.0],
    "dS": [[0.0, 0.0, 0.5], [0.0, 0.0, 0.0], [1.0, -0.5, 0.5]],
}


def presets_for(X, W_x, W_h):
    """Return the correct pass, the famous mistake, two ways to hide one, and all of them."""
    X, W_x, W_h = map(np.asarray, (X, W_x, W_h))
    right = dict.fromkeys(MISTAKES, False)
    units, more = len(W_h), len(W_h) - len(W_x)
    # A square W_x: further inputs, the first ones again.
    again = np.arange(more) % len(W_x)
    others = (W_x[again] + 0.3).clip(-BOUND, BOUND)
    square = {"X": np.hstack([X, X[:, again]]), "W_x": np.vstack([W_x, others])}
    presets = [
        {
            "name": "none",
            "note": "Every gradient is right, and all dots are on the diagonal.",
            **right,
        },
        {
            "name": "classic",
            "note": "The mistake that many have copied is W_h without its transpose. The shapes"
            " fit, and the network still learns. Only the gradient check finds it.",
            **right,
            "no_transpose": True,
        },
        {
            "name": "symmetric W_h",
            "note": "A symmetric W_h is its own transpose, so even the gradient check is blind to"
            " a missing one. Use a W_h that is not symmetric when you check.",
            **right,
            "no_transpose": True,
            "W_h": (W_h + W_h.T) / 2,
        },
        {
            "name": "square W_x",
            "note": f"With as many features as units ({units}) the shapes fit even without the"
            " transpose of W_x. Use axes of different lengths when you check.",
            **right,
            "no_transpose_x": True,
            **square,
        },
        {
            "name": "all",
            "note": "All mistakes at once. NumPy stops at the first line whose shapes do not fit."
            if more
            else "All mistakes at once.",
            **dict.fromkeys(MISTAKES, True),
        },
    ]
    return presets if more > 0 else [p for p in presets if "square" not in p["name"]]


class BreakTheGradient(Widget):
    """Put the historical mistakes into backpropagation through time, and see what notices.

    The network is h_t = tanh(x_t W_x + h_{t-1} W_h + b), the loss L = Σ dS_t · h_t.

    Parameters
    ----------
    X : (timesteps, features)
        One sequence.
    W_x : (features, units)
    W_h : (units, units)
    b : (units,)
    h0 : (units,)
        The initial state.
    dS : (timesteps, units)
        The gradient that the loss sends to each state directly.
    no_transpose : bool
        ``dz @ W_h`` instead of ``dz @ W_h.T``, from a step to the one before it.
    no_transpose_x : bool
        ``dz @ W_x`` instead of ``dz @ W_x.T``, from a step to its input.
    no_slope : bool
        The slope of tanh is left out.
    no_accumulation : bool
        ``=`` instead of ``+=``: the weights' gradients keep only the first time step.
    same_state : bool
        h_t instead of h_{t-1} in the gradient of W_h.
    no_future : bool
        The carried gradient, which comes back from later states, is left out.
    id : str
        The name it is linked by: small letters, digits, hyphens.
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes.  None: the correct pass, the
        famous mistake, two ways to hide one, and all mistakes.

    Every parameter is a trait.  Shapes that change together are set together:
    ``w.set(X=…, W_x=…)``.

    Raises
    ------
    ValueError
        If a shape does not fit or has more than 6 time steps, 4 features or 4 units; if a
        number is not finite, or a mistake neither True nor False.

    Examples
    --------
    >>> lab = BreakTheGradient(no_transpose=True, id="lab")
    >>> (lab.trace()["error"] > 1e-7).tolist()  # of X, W_x, W_h, b, h0
    [True, True, True, True, True]
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("break_the_gradient/style.css")

    parameters = (*NAMES, "dS", *MISTAKES)
    LIMITS: ClassVar = {
        "mistakes": list(map(list, MISTAKES.items())),  # in the order of their bits
        **{"epsilon": STEP, "tolerance": TOLERANCE, "small": SMALL},
        **{"bound": BOUND, "largest": LARGEST},
    }
    # What rounding leaves in these counts the more the smaller the gradients are.
    roughly = dict.fromkeys(("error", "alone", "alone_worst"), TOLERANCE / 10)
    X = Parameter().tag(sync=True)
    W_x = Parameter().tag(sync=True)
    W_h = Parameter().tag(sync=True)
    b = Parameter().tag(sync=True)
    h0 = Parameter().tag(sync=True)
    dS = Parameter().tag(sync=True)
    no_transpose = Parameter().tag(sync=True)
    no_transpose_x = Parameter().tag(sync=True)
    no_slope = Parameter().tag(sync=True)
    no_accumulation = Parameter().tag(sync=True)
    same_state = Parameter().tag(sync=True)
    no_future = Parameter().tag(sync=True)
    training = traitlets.Dict().tag(sync=True)  # what training has shown; see `training_data`
    _together = together(*parameters)

    def __init__(
        self,
        X=START["X"],
        W_x=START["W_x"],
        W_h=START["W_h"],
        b=START["b"],
        h0=START["h0"],
        dS=START["dS"],
        *,
        no_transpose=False,
        no_transpose_x=False,
        no_slope=False,
        no_accumulation=False,
        same_state=False,
        no_future=False,
        id,
        step=0,
        presets=None,
    ):
        given = {"X": X, "W_x": W_x, "W_h": W_h, "b": b, "h0": h0, "dS": dS}
        on = (no_transpose, no_transpose_x, no_slope, no_accumulation, same_state, no_future)
        values = self.clean(**given, **dict(zip(MISTAKES, on)))
        if presets is None:
            presets = presets_for(*(values[name] for name in ("X", "W_x", "W_h")))
        super().__init__(id, step, presets, **values)
        self.training = {name: array.tolist() for name, array in training_data().items()}

    @classmethod
    def clean(cls, X, W_x, W_h, b, h0, dS, **mistakes):
        """Return the parameters as finite lists and truths, or raise a BadValue."""
        given = {"X": X, "W_x": W_x, "W_h": W_h, "b": b, "h0": h0, "dS": dS}
        values = {name: finite(name, value, BOUND) for name, value in given.items()}
        try:
            check_shapes(**{name: np.asarray(value) for name, value in values.items()})
        except ValueError as error:
            raise BadValue(str(error)) from None
        for name, value in mistakes.items():
            if not isinstance(value, (bool, np.bool_)):
                raise BadValue(f"{name} must be True or False, got {value!r}.")
            values[name] = bool(value)
        return values

    @property
    def mistakes(self):
        """Return the names of those that are made now."""
        return [name for name in MISTAKES if getattr(self, name)]

    def trace(self):
        """Return every number that the view can show, as computed by rnncore.

        Returns
        -------
        dict of arrays; for each name of X, W_x, W_h, b, h0
            d{name}: the gradient with the mistakes that are made; numerical_{name}: what small
            changes give; rise_{name}: by how much the loss differs between w + ε and w - ε.
        h (timesteps + 1, units), L () and run (), which is 2 ε
        error (5,) : the relative error of each gradient, in that order; beside gradients that
            are all smaller than 0.001, a share of 0.001
        alone (6, 5) : the same for each mistake alone; alone_worst (6,) the largest of them
            nan wherever NumPy refuses to compute.
        training_loss (64, 25), accuracy (64, 5), learnt (64,)
            For every combination of mistakes; number i makes the mistakes whose bits i has.
        """
        problem = {name: np.asarray(getattr(self, name)) for name in (*NAMES, "dS")}
        numerical = numerical_gradients(**problem)
        g = gradients(**problem, mistakes=self.mistakes)
        alone = [errors(gradients(**problem, mistakes=[name]), numerical) for name in MISTAKES]
        return {
            "h": states(**problem),
            "L": np.array(float(loss(**problem))),
            "run": np.array(2 * STEP),
            **{f"d{name}": g[name] for name in NAMES},
            **{f"numerical_{name}": numerical[name] for name in NAMES},
            **{f"rise_{name}": 2 * STEP * numerical[name] for name in NAMES},
            "error": errors(g, numerical),
            "alone": np.array(alone),
            "alone_worst": np.max(alone, axis=1),
            **training_data(),
        }

    def refusal(self):
        """Return NumPy's message instead of the gradient; '' where there is a gradient."""
        problem = {name: np.asarray(getattr(self, name)) for name in (*NAMES, "dS")}
        return refusal_of(**problem, mistakes=self.mistakes)

    def strip(self):
        """Return a table of which check catches which mistake, first those that are made now."""
        run = self.trace()
        now = sum(2**i for i, name in enumerate(MISTAKES) if getattr(self, name))
        words = "; ".join(MISTAKES[name] for name in self.mistakes) or "no mistake"
        rows = [[f"as shown: {words}", *findings(run, run["error"], now)]]
        ids = [f"{self.id}?step=0"]
        for i, (name, words) in enumerate(MISTAKES.items()):
            rows.append([words, *findings(run, run["alone"][i], 2**i)])
            off = "".join(f"{other}=false&" for other in self.mistakes if other != name)
            ids.append(f"{self.id}?{off}{name}=true")
        head = ("mistake", "the shapes", "the gradient check", "training")
        caption = (
            "Which check catches which mistake. Training uses another network, with as many"
            " features as units, so that all shapes fit there."
        )
        return table(caption, head, rows, ids)


def findings(run, errors, combination):
    """Say what the shapes, the gradient check and training find of some mistakes."""
    learnt = f"{run['learnt'][combination]} of {run['accuracy'].shape[1]} runs learn the task"
    if np.isnan(errors).any():
        return "NumPy stops", "never reached", learnt
    wrong = ", ".join(name for name, error in zip(NAMES, errors) if error > TOLERANCE)
    check = f"wrong: {wrong}, relative error {shown(errors.max())}" if wrong else "all right"
    return "all fit", check, learnt


def check_shapes(X, W_x, W_h, b, h0, dS):
    """Raise a ValueError unless all shapes fit together."""
    check_shape("W_x", W_x, ("features", None), ("units", None))
    features, units = ("features", W_x.shape[0]), ("units", W_x.shape[1])
    check_shape("W_h", W_h, units, units)
    check_shape("X", X, ("timesteps", None), features)
    check_shape("b", b, units)
    check_shape("h0", h0, units)
    check_shape("dS", dS, ("timesteps", len(X)), units)
    for axis, length in (("timesteps", len(X)), features, units):
        if length > LARGEST[axis]:
            raise ValueError(f"{axis} must be at most {LARGEST[axis]} in this lab, got {length}.")


def states(X, W_x, W_h, b, h0, dS=None):
    """Return the states of one sequence: (timesteps + 1, units)."""
    return compute_states(X[np.newaxis], W_x, W_h, b, "tanh", h0[np.newaxis])[0]


def loss(X, W_x, W_h, b, h0, dS):
    """Return L = Σ dS_t · h_t, a loss whose gradient at each state is dS_t."""
    return np.sum(dS * states(X, W_x, W_h, b, h0)[1:])


def gradients(X, W_x, W_h, b, h0, dS, mistakes):
    """Return the gradients of the mistaken backward pass; all nan where NumPy refuses."""
    S = states(X, W_x, W_h, b, h0)
    try:
        g = backpropagate(X[np.newaxis], S[np.newaxis], dS[np.newaxis], W_x, W_h, mistakes)
    except ValueError:
        given = {"X": X, "W_x": W_x, "W_h": W_h, "b": b, "h0": h0}
        return {name: np.full(array.shape, np.nan) for name, array in given.items()}
    return {**g._asdict(), "X": g.X[0], "h0": g.h0[0]}


def refusal_of(X, W_x, W_h, b, h0, dS, mistakes):
    """Return the message of the error that `backpropagate` raises, or ''."""
    S = states(X, W_x, W_h, b, h0)[np.newaxis]
    try:
        backpropagate(X[np.newaxis], S, dS[np.newaxis], W_x, W_h, mistakes)
    except ValueError as error:
        return str(error)
    return ""


def numerical_gradients(X, W_x, W_h, b, h0, dS):
    """Return by how much the loss changes with each number, computed in longdouble.

    The changes of the states are added up, so that the rounding of the loss itself stays out.
    """
    given = {"X": X, "W_x": W_x, "W_h": W_h, "b": b, "h0": h0}
    given = {name: array.astype(np.longdouble) for name, array in given.items()}
    S = states(**given)

    def slope(name):
        def change(value):
            return np.sum(dS * (states(**given | {name: value}) - S)[1:])

        return numerical_gradient(change, given[name])

    return {name: slope(name).astype(float) for name in NAMES}


def errors(g, numerical):
    """Return the relative error of each gradient, in the order of NAMES: (5,)."""
    return np.array([error(g[name], numerical[name]) for name in NAMES])


def error(a, b):
    """Return `rnncore.gradcheck.relative_error`, or a share of SMALL where both are smaller."""
    return np.max(np.abs(a - b)) / np.max([SMALL, *np.abs([a, b]).flat])


@cache
def training_data():
    """Return the median loss of the runs of each combination, and how well each does at the end."""
    losses, accuracy = trained()
    return {
        "training_loss": np.median(losses, axis=1),
        "accuracy": accuracy,
        "learnt": (accuracy >= LEARNT).sum(axis=1),
    }


assert len(COMBINATIONS) == 2 ** len(MISTAKES)
