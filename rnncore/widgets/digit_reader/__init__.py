"""A digit that the trained SimpleRNN of the package reads row by row."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

import numpy as np
import traitlets

from rnncore._checks import check_integer, check_shape
from rnncore.activations import softmax
from rnncore.layers import Dense, Sequential, SimpleRNN
from rnncore.states import compute_states
from rnncore.tasks import digits
from rnncore.widgets.base import BadValue, Parameter, Widget, finite, from_step_1, style, together
from rnncore.widgets.film import table
from rnncore.widgets.linker import link

ROWS = 8  # of an image, and pixels in each
UNITS = 40  # of the stored network
CLASSES = 10
NAMES = {  # of the presets
    "early": "clear early",
    "late": "undecided",
    "wrong": "misread",
    "turned": "upside down",
    "blank": "blank",
}
SHADES = "·░▒▓█"  # of a pixel in the film strip
INK = "0123456789abcdefg"  # a pixel in sixteenths, one letter each, as the page gets them


def reader(return_sequences=False):
    """Return the trained network of the package: SimpleRNN (8 → 40), tanh, then Dense (40 → 10).

    Made by ``tools/train_reader.py`` from the training digits; asked after every row while it
    was trained, so that what it says halfway is an answer as well.  Weights in thousandths.

    Parameters
    ----------
    return_sequences : bool
        Logits after every row, (batch, 8, 10), not after the last alone, (batch, 10).

    Examples
    --------
    >>> from rnncore.training import accuracy
    >>> _, test = digits()
    >>> accuracy(reader().forward(test.x), test.y) > 0.95
    True
    """
    w = stored_weights()
    rnn = SimpleRNN(w["W_x"], w["W_h"], w["b"], return_sequences=return_sequences)
    return Sequential([rnn, Dense(w["W_y"], w["b_y"])])


@cache
def stored_weights():
    """Return the weights by the widget's names for them; W_y and b_y are those of Dense."""
    names = {"0.W_x": "W_x", "0.W_h": "W_h", "0.b": "b", "1.W": "W_y", "1.b": "b_y"}
    path = files("rnncore").joinpath("data", "reader.npz")
    with path.open("rb") as file, np.load(file) as stored:
        return {names[key]: stored[key] / 1000 for key in names}


def read(image):
    """Return every number of the reading of one image (8, 8); as in `DigitReader.trace`."""
    x, w = np.asarray(image), stored_weights()
    h = compute_states(x[np.newaxis], w["W_x"], w["W_h"], w["b"], "tanh")[0]
    x_W_x, h_W_h = x @ w["W_x"], h[:-1] @ w["W_h"]
    logits = Dense(w["W_y"], w["b_y"]).forward(h[1:])
    after_each_row = {
        "x": x,
        "from_x": x[:, :, np.newaxis] * w["W_x"],
        "x_W_x": x_W_x,
        "h_W_h": h_W_h,
        "z": x_W_x + h_W_h + w["b"],
        "logits": logits,
        "p": softmax.value(logits),
        "says": logits.argmax(axis=1),
    }
    return {**w, "h": h, **{name: from_step_1(v) for name, v in after_each_row.items()}}


@cache
def opinions():
    """Return what the network thinks of every test digit after every row: (360, 8, 10)."""
    _, test = digits()
    return softmax.value(reader(return_sequences=True).forward(test.x, keep=False))


def gallery():
    """Return the digits on offer: two of each class that it reads right, eight that it does not.

    A list of dicts: ``number`` among the test digits, ``label``, ``says`` and ``ink``, the
    64 pixels in sixteenths, one letter each.
    """
    _, test = digits()
    says = opinions()[:, -1].argmax(axis=1)
    right = [np.flatnonzero((test.y == c) & (says == c))[:2] for c in range(CLASSES)]
    wrong = np.flatnonzero(says != test.y)[:8]
    return [
        {
            "number": int(i),
            "label": int(test.y[i]),
            "says": int(says[i]),
            "ink": "".join(INK[int(v)] for v in 16 * test.x[i].ravel()),
        }
        for i in [*np.concatenate(right), *wrong[np.argsort(test.y[wrong], kind="stable")]]
    ]


def a(digit):
    """Return a digit with its article: an 8, a 3."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def told(run):
    """Say how a reading went: what it said first, and after which row it changed."""
    says = run["says"]
    new = [t for t in range(2, ROWS + 1) if says[t] != says[t - 1]]
    turns = [f"{says[t]:.0f} after row {t}" for t in new]
    if len(turns) > 1:
        turns[-1] = f"and {turns[-1]}"
    later = f"then {', '.join(turns)}" if turns else "and stays with it"
    return f"It first says {says[1]:.0f}, {later}."


@cache
def interesting():
    """Return test digits, by number, whose readings can be told in a sentence."""
    _, test = digits()
    p = opinions()
    says, true = p.argmax(axis=2), p[np.arange(len(p)), :, test.y]
    right = says[:, -1] == test.y
    sure = np.minimum.accumulate(true[:, ::-1], axis=1)[:, ::-1] > 0.9  # from here on
    changes = np.minimum((np.diff(says, axis=1) != 0).sum(axis=1), 3)  # more tire the reader
    return {
        "early": int(np.argmax(sure.sum(axis=1))),
        "late": int(np.argmax(np.where(right, changes + p.max(axis=2).mean(axis=1), -1))),
        "wrong": int(np.argmax(np.where(right, -1, p[:, -1].max(axis=1)))),
    }


def stories():
    """Return readings that can be told in a sentence, which is made from the numbers."""
    _, test = digits()
    images = {kind: test.x[i] for kind, i in interesting().items()}
    labels = {kind: test.y[i] for kind, i in interesting().items()}
    images |= {"turned": images["early"][::-1], "blank": np.zeros((ROWS, ROWS))}
    runs = {kind: read(image) for kind, image in images.items()}
    last = {kind: int(run["says"][-1]) for kind, run in runs.items()}
    first = int(np.argmax(runs["early"]["p"][:, labels["early"]] > 0.9))
    told_of = {
        "early": f"It is {a(labels['early'])}, and from row {first} on its p is above 0.9.",
        "late": f"It is {a(labels['late'])}. {told(runs['late'])}",
        "wrong": f"Its label is {labels['wrong']}. {told(runs['wrong'])}",
        "turned": "The first digit again, with its last row first. Now it says"
        f" {last['turned']}, not {last['early']}, so the order of the steps matters.",
        "blank": f"There is no ink. Only b and W_h move the state, and it says {last['blank']}.",
    }
    return [
        {"name": name, "note": told_of[kind], "image": images[kind].tolist(), "step": ROWS}
        for kind, name in NAMES.items()
    ]


class DigitReader(Widget):
    """Draw a digit, and watch the trained SimpleRNN of the package read it row by row.

    Row t of the image is x_t: h_t = tanh(x_t W_x + h_{t-1} W_h + b), and after each row
    p_t = softmax(h_t W_y + b_y) says what it takes the digit for.

    Parameters
    ----------
    image : (8, 8)
        0 for paper to 1 for ink; None: a test digit over which it changes its mind.
    unit : int
        The hidden unit that is worked out, 1 … 40.
    id : str
        The name it is linked by: small letters, digits, hyphens.
    step : int
        How many rows are read at first, 0 … 8.
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes.  None: a few test digits.

    Raises
    ------
    ValueError
        If the image has another shape or a number outside 0 … 1; the last good one stays.

    Examples
    --------
    >>> widget = DigitReader(id="reader")
    >>> widget.trace()["p"].shape
    (9, 10)
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("digit_reader/style.css")

    parameters = ("image", "unit")
    LIMITS: ClassVar = {"rows": ROWS, "units": UNITS, "classes": CLASSES}
    image = Parameter().tag(sync=True)
    unit = Parameter().tag(sync=True)
    weights = traitlets.Dict(read_only=True).tag(sync=True)  # lists, by name
    gallery = traitlets.List(read_only=True).tag(sync=True)
    _together = together(*parameters)

    def __init__(self, image=None, unit=1, *, id, step=0, presets=None):
        if image is None:
            image = digits()[1].x[interesting()["late"]]
        presets = stories() if presets is None else presets
        super().__init__(id, step, presets, image=image, unit=unit)

    @traitlets.default("weights")
    def _stored(self):
        return {name: array.tolist() for name, array in stored_weights().items()}

    @traitlets.default("gallery")
    def _offered(self):
        return gallery()

    @classmethod
    def clean(cls, image, unit):
        """Return the image as lists of numbers from 0 to 1, and the unit, or raise a BadValue."""
        image = finite("image", image)
        try:
            check_shape("image", np.asarray(image), ("rows", ROWS), ("columns", ROWS))
            unit = check_integer("unit", unit, 1, UNITS)
        except ValueError as error:
            raise BadValue(str(error)) from None
        outside = [v for row in image for v in row if not 0 <= v <= 1]
        if outside:
            raise BadValue(f"image must hold numbers from 0 to 1, got {outside[0]}.")
        return {"image": image, "unit": unit}

    @classmethod
    def steps(cls, values):
        """Return the number of rows, each of them a step."""
        return ROWS

    def trace(self):
        """Return every number that the widget can show, as computed by rnncore.

        Returns
        -------
        dict of arrays
            x (9, 8) the rows; from_x (9, 8, units) each pixel times its row of W_x; x_W_x and
            h_W_h (9, units) the two products; z (9, units) their sum with b; h (9, units) the
            states; logits and p (9, 10); says (9,) the class with the largest p.  What stands
            at t belongs to row t; at 0 there are only zeros in h, and NaN in the others.
            And the weights W_x, W_h, b of the SimpleRNN, W_y, b_y of the Dense layer.
        """
        return read(self.image)

    def strip(self):
        """Return the rows as a table: the ink, the ten probabilities, what it says."""
        run = self.trace()
        classes = [str(c) for c in range(CLASSES)]
        rows = [["0", "", *[""] * CLASSES, "nothing read yet"]]
        for t in range(1, ROWS + 1):
            ink = "".join(SHADES[round(v * 4)] for v in run["x"][t])
            p = [f"{v:.2f}" for v in run["p"][t]]
            rows.append([str(t), f"<code>{ink}</code>", *p, f"{run['says'][t]:.0f}"])
        return table(
            "A digit, read row by row, with the probability of every class after each row",
            ("row", "ink", *classes, "says"),
            rows,
            ids=[f"{self.id}?step={t}" for t in range(len(rows))],
        )
