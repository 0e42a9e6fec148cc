"""Gradient descent on the two weights of a network that counts ones, one update at a time."""

from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import numpy as np

from rnncore._checks import check_integer, check_shape
from rnncore.bptt import contributions
from rnncore.losses import mean_squared_error
from rnncore.optimisers import SGD, Adam, clip_by_norm, clip_by_value
from rnncore.states import compute_states
from rnncore.tasks import count_ones
from rnncore.widgets.base import BadValue, Parameter, Widget, finite, style, together
from rnncore.widgets.film import shown, table
from rnncore.widgets.linker import link

EXAMPLES, SEED = 20, 1  # count_ones(20, timesteps, np.random.default_rng(1))
LONGEST = 40  # time steps
OPTIMISERS = ("SGD", "momentum", "Adam")
CLIPS = ("norm", "value")
BOUNDS = {  # of each number
    "W_x": (-10, 10),
    "W_h": (-10, 10),
    "rate": (1e-6, 10),
    "momentum": (0, 0.99),
    "clip": (0, 1e6),
    "timesteps": (1, LONGEST),
    "updates": (1, 1000),
}
BESIDE = (1.0, 1.05)  # W_x and W_h of a point beside the minimum, which is at 1, 1
DIVERGED = "Then the loss or its gradient is too large for a float."
ROWS = 60  # of the film strip, about

START = {
    **{"W_x": 0.2, "W_h": 0.5, "timesteps": 10, "optimiser": "SGD", "rate": 0.001},
    **{"momentum": 0.9, "clip": 0.0, "clip_by": "norm", "updates": 40},
}
DESCENTS = [  # what each changes of that
    {
        "name": "follows the valley",
        "note": "SGD, rate 0.001. The loss falls from 26 to 0.15 in 32 updates, until the path"
        " lies on the floor of the valley, where the gradient is short, and so is each step.",
        "step": 32,
    },
    {
        "name": "leaps off the cliff",
        "note": "Rate 0.01, from W_h = 2. The gradient is 5.8 million long, so one update leaps"
        " to W_h = −57200. After the second the loss is too large for a float. Even a rate of"
        " 0.0001 gets there in two updates.",
        "W_x": -1.5,
        "W_h": 2.0,
        "rate": 0.01,
        "step": 2,
    },
    {
        "name": "is clipped",
        "note": "The same start, the norm clipped at 1, rate 0.1. As long as the gradient is"
        " longer than 1, each step is 0.1 long, however steep it is.",
        "W_x": -1.5,
        "W_h": 2.0,
        "rate": 0.1,
        "clip": 1.0,
        "updates": 100,
        "step": 20,
    },
    {
        "name": "is thrown off",
        "note": "From W_h = 1.5 at rate 0.0001, two updates throw it to W_x = −0.78, W_h = −0.06."
        " There the gradient is 7.4 long, and each further step is shorter than 0.001.",
        "W_x": 1.0,
        "W_h": 1.5,
        "rate": 0.0001,
        "step": 2,
    },
    {
        "name": "overshoots",
        "note": "Momentum 0.9 brings the loss below 3 in 11 updates, where plain SGD needs 30."
        " But it is too fast to stay there. Update 12 climbs the wall, to a loss of 19, and the"
        " gradient throws it back.",
        "optimiser": "momentum",
        "step": 12,
    },
    {
        "name": "takes Adam's steps",
        "note": "Adam, rate 0.1, no clipping. The first step changes each weight by 0.1, whatever"
        " the gradient is. But v remembers the steep start, so the steps become short too early.",
        "W_x": -1.5,
        "W_h": 2.0,
        "optimiser": "Adam",
        "rate": 0.1,
        "step": 20,
    },
]
PRESETS = [START | descent for descent in DESCENTS]


class TrainingStepper(Widget):
    """Step through the training of h_t = x_t W_x + h_{t-1} W_h to count ones.

    The sequences are those of ``count_ones(20, timesteps, np.random.default_rng(1))``, the loss
    is the mean squared error of h_T, and the least of it is 0, at W_x = W_h = 1.  A path ends at
    the first point where the loss or its gradient is too large for a float.

    Parameters
    ----------
    W_x, W_h : numbers from -10 to 10
        Where the path begins.
    timesteps : int
        T, how long the sequences are, 1 … 40.
    optimiser : "SGD", "momentum" or "Adam"
    rate : number from 1e-6 to 10
        The learning rate.
    momentum : number from 0 to 0.99
        For the optimiser momentum.
    clip : number from 0 to 1e6
        The limit of the gradient; 0 stands for none.
    clip_by : "norm" or "value"
        What is limited: the length of the gradient, or each of its two numbers.
    updates : int
        How many updates there are at most, 1 … 1000.
    id : str
        The name it is linked by: small letters, digits, hyphens.
    step : int
        How many updates are done at first.
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes, and a ``step`` to go to.  None:
        six descents, from one along the valley to one that diverges.

    Raises
    ------
    ValueError
        If a number is out of its bounds or a word is unknown; the last good value stays.

    Examples
    --------
    >>> run = TrainingStepper(W_x=1.0, W_h=2.0, id="descent").trace()
    >>> float(run["loss"][0])
    307166.05
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("training_stepper/style.css")

    parameters = (
        *("W_x", "W_h", "timesteps", "optimiser", "rate", "momentum"),
        *("clip", "clip_by", "updates"),
    )
    LIMITS: ClassVar = {
        "bounds": BOUNDS,
        "optimisers": OPTIMISERS,
        "clips": CLIPS,
        "examples": EXAMPLES,
        "seed": SEED,
        # The first 20 · T bits are the sequences of T steps, row by row.
        "bits": "".join(
            str(int(bit))
            for bit in count_ones(EXAMPLES, LONGEST, np.random.default_rng(SEED)).x.ravel()
        ),
        "beside": BESIDE,
    }
    W_x = Parameter().tag(sync=True)
    W_h = Parameter().tag(sync=True)
    timesteps = Parameter().tag(sync=True)
    optimiser = Parameter().tag(sync=True)
    rate = Parameter().tag(sync=True)
    momentum = Parameter().tag(sync=True)
    clip = Parameter().tag(sync=True)
    clip_by = Parameter().tag(sync=True)
    updates = Parameter().tag(sync=True)
    _together = together(*parameters)

    def __init__(
        self,
        W_x=START["W_x"],
        W_h=START["W_h"],
        timesteps=START["timesteps"],
        optimiser=START["optimiser"],
        rate=START["rate"],
        momentum=START["momentum"],
        clip=START["clip"],
        clip_by=START["clip_by"],
        updates=START["updates"],
        *,
        id,
        step=0,
        presets=None,
    ):
        values = {"W_x": W_x, "W_h": W_h, "timesteps": timesteps, "optimiser": optimiser}
        values |= {"rate": rate, "momentum": momentum, "clip": clip, "clip_by": clip_by}
        presets = PRESETS if presets is None else presets
        super().__init__(id, step, presets, **values, updates=updates)

    @classmethod
    def clean(cls, optimiser, clip_by, **numbers):
        """Return numbers within their bounds and two known words, or raise a BadValue."""
        values = {name: bounded(name, numbers[name]) for name in BOUNDS}
        words = {"optimiser": (optimiser, OPTIMISERS), "clip_by": (clip_by, CLIPS)}
        for name, (word, known) in words.items():
            if not isinstance(word, str) or word not in known:
                raise BadValue(f"{name} must be one of {', '.join(known)}, got {word!r}.")
        return {**values, "optimiser": optimiser, "clip_by": clip_by}

    @classmethod
    def _clean_preset(cls, preset, values):
        """Check a preset, which may go to a step if its path has it."""
        preset = super()._clean_preset(preset, values)
        if "step" not in preset:
            return preset
        changed = values | {name: preset[name] for name in cls.parameters if name in preset}
        return preset | {"step": min(preset["step"], cls.steps(changed))}

    @classmethod
    def steps(cls, values):
        """Return how many updates there are: to the last, or to where the path diverges."""
        return len(descent(**values)["loss"]) - 1

    def trace(self):
        """Return every number of every update, as computed by rnncore.

        Returns
        -------
        dict of arrays
            All (updates + 1,), at index k what holds after k updates; NaN past the end of a
            path that diverges.  W_x and W_h: the point; loss; dW_x and dW_h: the gradient there,
            norm: its length; used_x and used_h: the gradient after clipping.
            What update k leaves in the optimiser stands at index k, NaN at 0: v_x and v_h of
            SGD and momentum, the velocity; m_x, m_h, v_x, v_h of Adam, and what they are
            without their bias, m_hat_x, m_hat_h, v_hat_x, v_hat_h.
            dh (updates + 1, timesteps + 1): dL/dh_t, the sum over all sequences; factor: W_h^T,
            what the last of them is multiplied by to give the first.
            Where the path ends because they are too large for floats, the loss is inf and its
            gradient is NaN.
            beside, one number: the loss at W_x = 1, W_h = 1.05.
            done, one number: the last update of the path.
        """
        values = self.values()
        run = descent(**values)
        ahead = values["updates"] + 1 - len(run["loss"])
        padded = {
            name: np.concatenate([numbers, np.full((ahead, *np.shape(numbers)[1:]), np.nan)])
            for name, numbers in run.items()
        }
        return padded | {"beside": beside(values["timesteps"]), "done": len(run["loss"]) - 1}

    def strip(self):
        """Return the updates as a table: the point, the loss, the gradient."""
        run = descent(**self.values())
        done = len(run["loss"]) - 1
        every = -(-done // ROWS) or 1  # rounded up
        rows, ids = [], []
        for k in sorted({*range(0, done + 1, every), done}):
            names = ("W_x", "W_h", "loss", "dW_x", "dW_h")
            rows.append([str(k), *(shown(run[name][k]) for name in names)])
            ids.append(f"{self.id}?step={k}")
        W_x, W_h = "<i>W<sub>x</sub></i>", "<i>W<sub>h</sub></i>"
        head = ["update", W_x, W_h, "loss <i>L</i>", f"∂<i>L</i>/∂{W_x}", f"∂<i>L</i>/∂{W_h}"]
        end = "" if np.isfinite(run["loss"][-1]) else f" {DIVERGED}"
        caption = (
            f"Counting ones in sequences of {self.timesteps} steps by gradient descent on"
            f" {W_x} and {W_h}: {told(self.values())}.{end}"
        )
        return table(caption, head, rows, ids=ids)


def bounded(name, value):
    """Return a number within its bounds, or raise a BadValue."""
    least, most = BOUNDS[name]
    try:
        if name in ("timesteps", "updates"):
            return check_integer(name, value, least, most)
        value = finite(name, value)
        check_shape(name, np.asarray(value))
    except ValueError as error:
        raise BadValue(str(error)) from None
    if not least <= value <= most:
        bounds = f"from {least:g} to {most:g}".replace("-", "−")
        raise BadValue(f"{name} must be a number {bounds}, got {value:g}.")
    return value


def told(values):
    """Return the optimiser with its settings, in words."""
    momentum = f" {shown(values['momentum'])}" if values["optimiser"] == "momentum" else ""
    rate = f"{values['optimiser']}{momentum}, rate {shown(values['rate'], 6)}"
    clip = f", clipped by {values['clip_by']} at {shown(values['clip'])}" if values["clip"] else ""
    return rate + clip


@lru_cache(maxsize=64)
def sequences(timesteps):
    """Return the bits (20, timesteps), and how many ones each row has (20,)."""
    x, y = count_ones(EXAMPLES, timesteps, np.random.default_rng(SEED))
    return x[..., 0], y[:, 0]


def at_point(X, y, W_x, W_h):
    """Return the loss and its gradient at a point, by name."""
    with np.errstate(over="ignore", invalid="ignore"):
        S = compute_states(X, W_x, W_h)
        loss, dy = mean_squared_error(S[:, -1], y)
        dS = np.zeros_like(S[:, 1:])
        dS[:, -1] = dy  # the loss reads only the last state
        g = contributions(X, S, dS, W_x, W_h)
        dh = [g.b[0] * W_h, *g.b]  # of linear units dz_t is dh_t
        return {
            **{"W_x": float(W_x), "W_h": float(W_h), "loss": loss},
            **{"dW_x": float(g.W_x.sum()), "dW_h": float(g.W_h.sum()), "dh": dh},
            "factor": float(np.power(W_h, X.shape[1])),
        }


@lru_cache(maxsize=64)
def beside(timesteps):
    """Return the loss at the point that every path is compared with."""
    return at_point(*sequences(timesteps), *map(np.asarray, BESIDE))["loss"]


@lru_cache(maxsize=32)
def descent(**values):
    """Return the numbers of every update that is done, a list of them by name."""
    X, y = sequences(values["timesteps"])
    weights = {name: np.array(values[name]) for name in ("W_x", "W_h")}
    optimiser = made(values)
    run = {}
    for k in range(values["updates"] + 1):
        point = at_point(X, y, **weights)
        is_last = k == values["updates"] or not within_floats(point)
        if not within_floats(point):
            nothing = {"dW_x": np.nan, "dW_h": np.nan, "dh": [np.nan] * len(point["dh"])}
            point |= {"loss": np.inf, "factor": np.nan, **nothing}
        gradient = {name: point[f"d{name}"] for name in weights}
        used = clipped(gradient, values)
        point |= {"norm": clip_by_norm(gradient, 1.0)[1]}
        point |= {"used_x": float(used["W_x"]), "used_h": float(used["W_h"])}
        for name, number in (point | state(optimiser, values)).items():
            run.setdefault(name, []).append(number)
        if is_last:
            return run
        with np.errstate(over="ignore", invalid="ignore"):
            optimiser.update(weights, gradient)


def within_floats(point):
    """Say whether the loss, its gradient and the weights are finite."""
    return np.isfinite([point[name] for name in ("loss", "dW_x", "dW_h", "W_x", "W_h")]).all()


def made(values):
    """Return the optimiser of rnncore that these values describe."""
    option = {"norm": "global_clipnorm", "value": "clipvalue"}[values["clip_by"]]
    options = {option: values["clip"]} if values["clip"] else {}
    if values["optimiser"] == "Adam":
        return Adam(values["rate"], **options)
    momentum = values["momentum"] if values["optimiser"] == "momentum" else 0.0
    return SGD(values["rate"], momentum, **options)


def clipped(gradient, values):
    """Return the gradient that the optimiser uses."""
    if not values["clip"]:
        return gradient
    if values["clip_by"] == "value":
        return clip_by_value(gradient, values["clip"])
    return clip_by_norm(gradient, values["clip"])[0]


def state(optimiser, values):
    """Return what an optimiser keeps, number by number; NaN before the first update."""
    kept = {}
    for name, short in (("W_x", "x"), ("W_h", "h")):
        if values["optimiser"] != "Adam":
            kept[f"v_{short}"] = float(optimiser.velocity.get(name, np.nan))
            continue
        for letter, beta, k in (("m", optimiser.beta_1, 0), ("v", optimiser.beta_2, 1)):
            moment = optimiser.moments.get(name, (np.nan, np.nan))[k]
            kept[f"{letter}_{short}"] = float(moment)
            share = 1 - beta**optimiser.steps or np.nan
            kept[f"{letter}_hat_{short}"] = float(moment / share)
    return kept
