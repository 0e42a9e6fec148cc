"""Where each axis goes: a shape on its way through Embedding, SimpleRNN or its cell, and Dense."""

from html import escape
from math import prod
from pathlib import Path
from typing import ClassVar

from rnncore._checks import as_tuple, check_integer, check_shape
from rnncore.widgets.base import BadValue, Parameter, Widget, style, together
from rnncore.widgets.film import table
from rnncore.widgets.linker import link
from rnncore.widgets.reading import read_shape

MOST = 100_000  # the largest number that an axis may have here
MOST_AXES = 4
KINDS = ("SimpleRNN", "SimpleRNNCell")
PRESETS = [
    {
        "name": "the question",
        "note": "(None, 250, 32) becomes (None, 100). Of the 250 states only the last is returned.",
    },
    {
        "name": "every state",
        "note": "With return_sequences all 250 states are returned, so the time axis stays.",
        "return_sequences": True,
    },
    {
        "name": "a film review",
        "note": "250 words are embedded, read and judged, with 160 000 + 13 300 + 101 parameters.",
        "shape": "(None, 250)",
        "tokens": 5000,
        "outputs": 1,
    },
    {
        "name": "one step",
        "note": "The cell does one step. There is no time axis, and you write the loop.",
        "shape": "(None, 32)",
        "kind": "SimpleRNNCell",
    },
    {
        "name": "one sequence",
        "note": "(250, 32) has no batch axis. The package says so, and how to add one.",
        "shape": "(250, 32)",
    },
]


class ShapeTracer(Widget):
    """Follow a shape through the layers, axis by axis, with the number of parameters.

    Parameters
    ----------
    shape : str or tuple
        The shape of the input, the batch first; None stands for a batch of any size.
    features : int
        What the layer is made for: W_x is (features, units); with an Embedding, its columns.
    units : int
    kind : str
        SimpleRNN, or SimpleRNNCell for one step.
    return_sequences : bool
    tokens : int
        The rows of an Embedding before it; 0: none.
    outputs : int
        The columns of a Dense layer after it; 0: none.
    id : str

    Raises
    ------
    ValueError
        If a number is no whole number within its bounds, or the shape is none.

    Examples
    --------
    >>> ShapeTracer((None, 250, 32), features=32, units=100, id="shapes").trace()["shapes"]
    [[None, 250, 32], [None, 100]]
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("shared/recurrent.css", "shape_tracer/style.css")

    parameters = ("shape", "features", "units", "kind", "return_sequences", "tokens", "outputs")
    LIMITS: ClassVar = {"most": MOST, "axes": MOST_AXES, "kinds": KINDS}
    shape = Parameter().tag(sync=True)
    features = Parameter().tag(sync=True)
    units = Parameter().tag(sync=True)
    kind = Parameter().tag(sync=True)
    return_sequences = Parameter().tag(sync=True)
    tokens = Parameter().tag(sync=True)
    outputs = Parameter().tag(sync=True)
    _together = together(*parameters)

    def __init__(
        self,
        shape="(None, 250, 32)",
        features=32,
        units=100,
        kind="SimpleRNN",
        return_sequences=False,
        tokens=0,
        outputs=0,
        *,
        id,
        presets=None,
    ):
        super().__init__(
            id,
            presets=PRESETS if presets is None else presets,
            **{"shape": shape, "features": features, "units": units, "kind": kind},
            **{"return_sequences": return_sequences, "tokens": tokens, "outputs": outputs},
        )

    @classmethod
    def clean(cls, shape, features, units, kind, return_sequences, tokens, outputs):
        """Return the checked parameters, the shape as Python writes it."""
        given = {"features": (features, 1), "units": (units, 1), "tokens": (tokens, 0)}
        given["outputs"] = outputs, 0
        try:
            numbers = {
                n: check_integer(n, value, least, MOST) for n, (value, least) in given.items()
            }
        except ValueError as error:
            raise BadValue(str(error)) from None
        if kind not in KINDS:
            raise BadValue(f"kind must be one of {', '.join(KINDS)}, got {kind!r}.")
        if not isinstance(return_sequences, bool):
            raise BadValue(f"return_sequences must be True or False, got {return_sequences!r}.")
        words = {"kind": kind, "return_sequences": return_sequences}
        return {"shape": written(read(shape)), **numbers, **words}

    @property
    def layers(self):
        """Return each layer's name, the axes it expects, and its parameters' shapes by name."""
        f, n, m = self.features, self.units, self.outputs
        time = [] if self.kind == "SimpleRNNCell" else [("timesteps", None)]
        axes = [("batch", None), *time, ("features", f)]
        rows = [("Embedding", None, {"table": (self.tokens, f)})] if self.tokens else []
        rows.append((self.kind, axes, {"W_x": (f, n), "W_h": (n, n), "b": (n,)}))
        return [*rows, ("Dense", None, {"W": (n, m), "b": (m,)})] if m else rows

    def trace(self):
        """Return the shapes, and the number of parameters of each layer.

        Returns
        -------
        dict
            shapes: one for the input and one for what each layer puts out, None for the batch;
            parameters: the number for each layer, total: their sum;
            error: what the package says where a shape does not fit, else "".
        """
        shapes, error = [read(self.shape)], ""
        for name, axes, _ in self.layers:
            error = refusal(shapes[-1], axes)
            if error:
                break
            shapes.append(self._through(name, shapes[-1]))
        counts = [sum(map(prod, p.values())) for _, _, p in self.layers]
        return {"shapes": shapes, "parameters": counts, "total": sum(counts), "error": error}

    def _through(self, name, shape):
        """Return the shape that a layer makes of one that fits."""
        if name == "Embedding":
            return [*shape, self.features]
        if name == "Dense":
            return [*shape[:-1], self.outputs]
        keep = 2 if self.kind == "SimpleRNN" and self.return_sequences else 1
        return [*shape[:keep], self.units]

    def strip(self):
        """Return a table with a row for each layer: its shape and its parameters."""
        run = self.trace()
        rows = [("input", written(run["shapes"][0]), "")]
        for i, (name, _, parameters) in enumerate(self.layers, 1):
            shape = written(run["shapes"][i]) if i < len(run["shapes"]) else "–"
            products = " + ".join(" × ".join(map(str, p)) for p in parameters.values())
            count = f"{run['parameters'][i - 1]:,}".replace(",", " ")
            rows.append((name, shape, f"{products} = {count}"))
        caption = f"The shape after each layer. {run['error']}".strip()
        return table(escape(caption), ("layer", "shape", "parameters"), rows)


def read(shape):
    """Return a shape as a list, None for the batch; raise a BadValue for what is none."""
    parts = read_shape(shape) if isinstance(shape, str) else shape
    wrong = not isinstance(parts, (list, tuple)) or not 1 <= len(parts) <= MOST_AXES
    if wrong or not all(fits(p, first=i == 0) for i, p in enumerate(parts)):
        raise BadValue(
            f"shape must have one to four whole numbers from 1 to {MOST}, such as (None, 250, 32),"
            f" and only the first may be None, got {shape!r}."
        )
    return list(parts)


def fits(axis, first):
    """Return whether this can stand in a shape; None can only stand in the first place."""
    whole = isinstance(axis, int) and not isinstance(axis, bool)
    return (first and axis is None) or (whole and 1 <= axis <= MOST)


def written(shape):
    """Return the shape as Python writes it."""
    return as_tuple(map(str, shape))


def refusal(shape, axes):
    """Return the package's message for a shape that does not fit, or ""; None is a batch of 1."""
    if axes is None:
        return ""
    try:
        check_shape("x", tuple(1 if n is None else n for n in shape), *axes)
    except ValueError as error:
        return str(error).replace("got (1,", "got (None,") if shape[0] is None else str(error)
    return ""
