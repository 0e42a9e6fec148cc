"""The forward pass of an MLP, layer by layer: z = x W + b, then the activation."""

from pathlib import Path
from typing import ClassVar

import numpy as np

from rnncore import mlp
from rnncore._checks import as_tuple, check_integer
from rnncore.activations import get
from rnncore.widgets.base import BadValue, Parameter, Widget, as_floats, finite, style, together
from rnncore.widgets.film import shown, table
from rnncore.widgets.linker import link

MOST_ROWS, MOST_LAYERS, MOST_UNITS = 4, 4, 6  # what can be drawn with every number readable
FORMS = ("batch", "vector")


def default_presets(x0, W, activations):
    """Return a vector, a batch, a network without activations, and a saturated one."""
    n = len(W)
    rows = np.atleast_2d(np.asarray(x0, float))
    inputs, units = np.shape(W[0])
    batch = rows if len(rows) > 1 else np.stack([rows[0], -rows[0], 0 * rows[0]])
    linear = ["linear"] * n
    hard = ["tanh" if f in ("linear", "relu") else f for f in activations]
    bounds = "−1 or 1" if hard[0] == "tanh" else "0 or 1"
    collapse = (
        "Every layer is linear, so one matrix gives the same numbers as all of them."
        if n > 1
        else "Without an activation, z itself comes out."
    )
    return [
        {
            "name": "one vector",
            "note": f"One example is ({inputs},), without a batch axis, and so z is ({units},).",
            "form": "vector",
            "step": 1,
        },
        {
            "name": f"a batch of {len(batch)}",
            "note": "Each row is one example, multiplied on its own. The rows never meet.",
            "x0": batch,
            "form": "batch",
            "step": 1,
        },
        {"name": "no activation", "note": collapse, "activations": linear, "step": 2 * n},
        {
            "name": "saturated",
            "note": f"With weights ten times as large, {hard[0]} pushes numbers towards {bounds}.",
            "W": [10.0 * np.asarray(weights, float) for weights in W],
            "activations": hard,
            "step": 2,
        },
    ]


class MLPStepper(Widget):
    """Step through x_{i+1} = f_i(x_i W[i] + B[i]) with the actual numbers.

    Two steps for each layer: the weighted sum z, then the activation.

    Parameters
    ----------
    x0 : (in,), or (batch, in)
        One vector, or a batch of at most four, one per row; kept as rows.
    W : list of L arrays (in, out)
        At most four, with at most six rows and columns each.
    B : list of L arrays (out,)
    activations : list of L names or activations
        linear, sigmoid, tanh or relu; the last may be softmax.
    form : "batch" or "vector"
        Whether all rows of x0 go through, or one of them as a vector (in,); None: as x0 is.
    cell : (row, column)
        Which number of each product is written out, counted from 0 as in NumPy.
        Where an array has fewer, its last.  In the vector form, row is the row of x0.
    id : str
        The name it is linked by: small letters, digits, hyphens.
    step : int
        How many steps are done at first, 0 … 2 L.
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes; what it does not name is
        as at first.  None: a vector, a batch, no activation, saturated.

    Every parameter is a trait: set ``w.x0 = …`` and the view follows, and what the reader
    changes can be read back.  Shapes that change together are set together:
    ``w.set(x0=…, W=…, B=…)``.

    Raises
    ------
    ValueError
        If a shape does not fit or a number is not finite; the last good value stays.

    Examples
    --------
    >>> W, b = [[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]], [0.1, 0.0, -0.2]
    >>> MLPStepper([1.0, 0.5], [W], [b], ["relu"], id="toy").trace()["x"][1]
    array([0.65, 0.  , 0.  ])
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("mlp_stepper/style.css")

    parameters = ("x0", "W", "B", "activations", "form", "cell")
    LIMITS: ClassVar = {
        **{"rows": MOST_ROWS, "layers": MOST_LAYERS, "units": MOST_UNITS},
        "forms": FORMS,
    }
    x0 = Parameter().tag(sync=True)
    W = Parameter().tag(sync=True)
    B = Parameter().tag(sync=True)
    activations = Parameter().tag(sync=True)
    form = Parameter().tag(sync=True)
    cell = Parameter().tag(sync=True)
    _together = together(*parameters)

    def __init__(self, x0, W, B, activations, form=None, cell=(0, 0), *, id, step=0, presets=None):
        if form is None:
            form = "vector" if np.ndim(x0) == 1 else "batch"
        values = {"x0": x0, "W": W, "B": B, "activations": activations, "form": form, "cell": cell}
        if presets is None:
            values = self.clean(**values)
            presets = default_presets(values["x0"], values["W"], values["activations"])
        super().__init__(id, step, presets, **values)

    @classmethod
    def clean(cls, x0, W, B, activations, form, cell):
        """Return the parameters as lists, words and whole numbers, or raise a BadValue."""
        if form not in FORMS:
            raise BadValue(f"form must be batch or vector, got {form!r}.")
        x0, W, B = as_floats(x0), as_floats(W), as_floats(B)
        try:
            if form == "vector" and np.ndim(x0) == 1:
                x0 = [x0]
            with np.errstate(over="ignore", invalid="ignore"):
                mlp.forward(x0, W, B, activations)
            names = [get(f).name for f in activations]
            cell = check_cell(cell)
            check_size(np.asarray(x0), W, names)
        except ValueError as error:
            raise BadValue(str(error)) from None
        return {
            "x0": finite("x0", x0),
            "W": [finite(f"W[{i}]", weights) for i, weights in enumerate(W)],
            "B": [finite(f"B[{i}]", bias) for i, bias in enumerate(B)],
            "activations": names,
            "form": form,
            "cell": cell,
        }

    @classmethod
    def steps(cls, values):
        """Return two steps for each layer: the weighted sum, and the activation."""
        return 2 * len(values["W"])

    def trace(self):
        """Return every intermediate of every layer, as computed by rnncore.

        Returns
        -------
        dict
            x : the list [x_0 … x_L] that `mlp.forward` returns, each (batch, n) or (n,)
            z : the list [NaN, z_1 … z_L] of the weighted sums, each of the shape of its x
            products : for each layer the products (in,) that `cell` is the sum of
            W_one (in, out), b_one (out,) : the one layer that all layers are without activations
        """
        W, B = ([np.asarray(array) for array in arrays] for arrays in (self.W, self.B))
        linear = ["linear"] * len(W)
        row = min(self.cell[0], len(self.x0) - 1)
        x0 = np.asarray(self.x0)[row] if self.form == "vector" else np.asarray(self.x0)
        with np.errstate(over="ignore", invalid="ignore"):
            x = mlp.forward(x0, W, B, self.activations)
            z = [mlp.predict(x[i], [W[i]], [B[i]], ["linear"]) for i in range(len(W))]
            products = [
                (x[i] if self.form == "vector" else x[i][row]) * W[i][:, self.column(i)]
                for i in range(len(W))
            ]
            W_one = mlp.predict(np.eye(len(W[0])), W, [0 * bias for bias in B], linear)
            b_one = mlp.predict(np.zeros(len(W[0])), W, B, linear)
        return {"x": x, "z": [np.nan, *z], "products": products, "W_one": W_one, "b_one": b_one}

    def column(self, i):
        """Return the column of W[i] that `cell` looks at."""
        return min(self.cell[1], len(self.B[i]) - 1)

    def strip(self):
        """Return a table of the steps: what is computed, the shapes, the numbers."""
        run = self.trace()
        x, z = run["x"], run["z"]
        rows = [["0", f"{math('x', 0)}, the input", shape(x[0]), numbers(x[0])]]
        for i, (W, b, f) in enumerate(zip(self.W, self.B, self.activations)):
            incoming, weights, bias = math("x", i), math("W", i), math("B", i)
            given = f"{weights} = {flat(W)}, {bias} = {flat(b)}"
            total = f"{math('z', i + 1)} = {incoming} {weights} + {bias}<br><small>{given}</small>"
            shapes = f"{shape(x[i])} @ {shape(W)} + {shape(b)} → {shape(z[i + 1])}"
            bent = f"{math('x', i + 1)} = {f}({math('z', i + 1)})"
            rows.append([str(2 * i + 1), total, shapes, numbers(z[i + 1])])
            rows.append([str(2 * i + 2), bent, f"{shape(z[i + 1])} → {shape(x[i + 1])}"])
            rows[-1].append(numbers(x[i + 1]))
        n = len(self.W)
        return table(
            f"Every step of {counted(n, 'layer')}: {counted(n, 'matrix', 'matrices')},"
            f" {n + 1} arrays of values",
            ("step", "what is computed", "shapes", "numbers"),
            rows,
            ids=[f"{self.id}?step={step}" for step in range(len(rows))],
        )


def check_cell(cell):
    """Return `cell` as two whole numbers, the row and the column, within what can be drawn."""
    cell = cell.tolist() if isinstance(cell, np.ndarray) else cell
    if not isinstance(cell, (list, tuple)) or len(cell) != 2:
        raise ValueError(f"cell must be (row, column), got {cell!r}.")
    most = {"row": MOST_ROWS - 1, "column": MOST_UNITS - 1}
    return [check_integer(f"cell's {name}", n, 0, most[name]) for name, n in zip(most, cell)]


def check_size(x0, W, names):
    """Raise a ValueError for more than can be drawn, or softmax before the last layer."""
    shape = np.shape(x0)
    if len(shape) != 2:
        fits = f"(batch, in) = (any, {len(W[0]) if len(W) else 'any'})"
        raise ValueError(
            f"x0 must have shape {fits}, got {as_tuple(map(str, shape))}."
            ' To draw one vector, pass form="vector".'
        )
    for name, length, most in (("x0", len(x0), MOST_ROWS), ("W", len(W), MOST_LAYERS)):
        if not 1 <= length <= most:
            what = "rows" if name == "x0" else "matrices"
            raise ValueError(f"{name} must have 1 to {most} {what} to be drawn, got {length}.")
    for i, weights in enumerate(W):
        if max(np.shape(weights)) > MOST_UNITS:
            raise ValueError(
                f"W[{i}] must have at most {MOST_UNITS} rows and columns to be drawn,"
                f" got {np.shape(weights)}."
            )
    for i, name in enumerate(names[:-1]):
        if name == "softmax":
            raise ValueError(
                f"activations[{i}] must be linear, sigmoid, tanh or relu: softmax is for the"
                " last layer only."
            )


def math(letter, subscript):
    return f"<i>{letter}<sub>{subscript}</sub></i>"


def shape(array):
    return as_tuple(map(str, np.shape(array)))


def flat(array):
    """Return numbers in brackets, rows in brackets of their own: [[1, 2], [3, 4]]."""
    inner = ", ".join(shown(v) if np.ndim(v) == 0 else flat(v) for v in array)
    return f"[{inner}]"


def numbers(array):
    """Return a vector in one line, a batch in a line for each row."""
    return "<br>".join(map(flat, array)) if np.ndim(array) == 2 else flat(array)


def counted(n, one, many=None):
    return f"{n} {one if n == 1 else many or one + 's'}"
