"""Where each axis goes: a shape on its way through Embedding, recurrent layers or cells, Dense."""

from html import escape
from math import prod
from pathlib import Path
from typing import ClassVar

from rnncore._checks import as_tuple, check_flag, check_integer, check_shape
from rnncore.widgets.base import BadValue, Parameter, Widget, style, together
from rnncore.widgets.film import table
from rnncore.widgets.linker import link
from rnncore.widgets.reading import read_shape

MOST = 100_000  # the largest number that an axis may have here
MOST_AXES = 4
GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}
KINDS = ("SimpleRNN", "SimpleRNNCell", "LSTM", "LSTMCell", "GRU", "GRUCell")
MOST_STACKED = 3
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
        "bidirectional": False,
        "mask": False,
    },
    {
        "name": "one sequence",
        "note": "(250, 32) has no batch axis. The package says so, and says how to add one.",
        "shape": "(250, 32)",
    },
]
STACKS = [  # presets for who knows one layer: ShapeTracer(id=…, presets=STACKS)
    {
        "name": "two layers",
        "note": "The lower layer returns all 250 states, because the upper one reads a sequence.",
        "stacked": 2,
        "lower_return_sequences": True,
    },
    {
        "name": "the last state, too early",
        "note": "The lower layer returns only its last state, and the upper one gets no sequence.",
        "stacked": 2,
        "lower_return_sequences": False,
    },
    {
        "name": "two directions",
        "note": "Two LSTMs, one from each end, side by side: 200 numbers for each of 250 steps.",
        "kind": "LSTM",
        "bidirectional": True,
        "return_sequences": True,
    },
    {
        "name": "a mask",
        "note": "The mask is passed on as long as there are steps. The last recurrent layer uses"
        " it, and there it ends.",
        "kind": "SimpleRNN",
        "shape": "(None, 250)",
        "tokens": 5000,
        "mask": True,
        "stacked": 2,
        "lower_return_sequences": True,
        "outputs": 1,
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
        SimpleRNN, LSTM or GRU; or SimpleRNNCell, LSTMCell or GRUCell for one step.
    return_sequences : bool
        Of the last recurrent layer.
    tokens : int
        The rows of an Embedding before it; 0: none.
    outputs : int
        The columns of a Dense layer after it; 0: none.
    stacked : int
        How many recurrent layers, or cells, stand on one another, 1 … 3.
    lower_return_sequences : bool
        Whether the layers below the last return all states, which the next one needs.
    bidirectional : bool
        Two layers in the place of one, from both ends, their outputs side by side; not for a cell.
    mask : bool
        Whether the Embedding masks token 0; not without an Embedding, and not for a cell.
    id : str
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes.  None: shapes through one layer;
        `STACKS` has those through several.

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

    parameters = (
        *("shape", "features", "units", "kind", "return_sequences", "tokens", "outputs"),
        *("stacked", "lower_return_sequences", "bidirectional", "mask"),
    )
    LIMITS: ClassVar = {
        **{"most": MOST, "axes": MOST_AXES, "stacked": MOST_STACKED},
        **{"kinds": KINDS, "gates": GATES},
    }
    shape = Parameter().tag(sync=True)
    features = Parameter().tag(sync=True)
    units = Parameter().tag(sync=True)
    kind = Parameter().tag(sync=True)
    return_sequences = Parameter().tag(sync=True)
    tokens = Parameter().tag(sync=True)
    outputs = Parameter().tag(sync=True)
    stacked = Parameter().tag(sync=True)
    lower_return_sequences = Parameter().tag(sync=True)
    bidirectional = Parameter().tag(sync=True)
    mask = Parameter().tag(sync=True)
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
        stacked=1,
        lower_return_sequences=True,
        bidirectional=False,
        mask=False,
        *,
        id,
        presets=None,
    ):
        super().__init__(
            id,
            presets=PRESETS if presets is None else presets,
            **{"shape": shape, "features": features, "units": units, "kind": kind},
            **{"return_sequences": return_sequences, "tokens": tokens, "outputs": outputs},
            **{"stacked": stacked, "lower_return_sequences": lower_return_sequences},
            **{"bidirectional": bidirectional, "mask": mask},
        )

    @classmethod
    def clean(cls, shape, kind, **given):
        """Return the checked parameters, the shape as Python writes it."""
        bounds = {
            **{"features": (1, MOST), "units": (1, MOST), "tokens": (0, MOST)},
            **{"outputs": (0, MOST), "stacked": (1, MOST_STACKED)},
        }
        switches = ("return_sequences", "lower_return_sequences", "bidirectional", "mask")
        try:
            numbers = {n: check_integer(n, given[n], *bound) for n, bound in bounds.items()}
            words = {name: check_flag(name, given[name]) for name in switches}
        except ValueError as error:
            raise BadValue(str(error)) from None
        if kind not in KINDS:
            raise BadValue(f"kind must be one of {', '.join(KINDS)}, got {kind!r}.")
        if words["bidirectional"] and kind.endswith("Cell"):
            raise BadValue("bidirectional must be False for a cell, which does one step, got True.")
        if words["mask"] and (kind.endswith("Cell") or not numbers["tokens"]):
            raise BadValue(
                "mask must be False unless an Embedding (tokens) makes it for a layer with steps,"
                " got True."
            )
        return {"shape": written(read(shape)), "kind": kind, **numbers, **words}

    @property
    def layers(self):
        """Return each layer's name, the axes it expects, its parameters' shapes, and how often."""
        wide = self.units * (2 if self.bidirectional else 1)  # what a recurrent layer returns
        m, rows = self.outputs, []
        if self.tokens:
            rows.append(("Embedding", None, {"table": (self.tokens, self.features)}, 1))
        for i in range(self.stacked):
            rows.append(self._recurrent(wide if i else self.features))
        return [*rows, ("Dense", None, {"W": (wide, m), "b": (m,)}, 1)] if m else rows

    def _recurrent(self, f):
        """Return a recurrent layer, or a cell, that reads f numbers at a step."""
        kind, n = self.kind.removesuffix("Cell"), self.units
        time = [("timesteps", None)] if kind == self.kind else []
        axes, columns = [("batch", None), *time, ("features", f)], GATES[kind] * n
        b = (2, columns) if kind == "GRU" else (columns,)
        weights = {"W_x": (f, columns), "W_h": (n, columns), "b": b}
        both = self.bidirectional
        return f"Bidirectional({kind})" if both else self.kind, axes, weights, 2 if both else 1

    def trace(self):
        """Return the shapes, and the number of parameters of each layer.

        Returns
        -------
        dict
            shapes: one for the input and one for what each layer puts out, None for the batch;
            masks: 1 for each of them that a mask goes along with, else 0;
            parameters: the number for each layer, total: their sum;
            torch: the numbers in PyTorch, whose recurrent layers have two biases, torch_total;
            error: what the package says where a shape does not fit, else "".
        """
        shapes, masks, error = [read(self.shape)], [0], ""
        for i, (name, axes, *_) in enumerate(self.layers):
            error = refusal(shapes[-1], axes)
            if error:
                error = self._too_early(error, i)
                break
            shape = self._through(i, shapes[-1])
            masks.append(self._mask_after(name, masks[-1], shape))
            shapes.append(shape)
        counts = [copies * sum(map(prod, p.values())) for _, _, p, copies in self.layers]
        torch = [
            n + (copies * p["b"][0] if "W_h" in p and len(p["b"]) == 1 else 0)
            for n, (_, _, p, copies) in zip(counts, self.layers)
        ]
        return {
            **{"shapes": shapes, "masks": masks, "parameters": counts, "total": sum(counts)},
            **{"torch": torch, "torch_total": sum(torch), "error": error},
        }

    def _through(self, i, shape):
        """Return the shape that layer i makes of one that fits."""
        first = 1 if self.tokens else 0
        if i < first:
            return [*shape, self.features]
        if i == first + self.stacked:
            return [*shape[:-1], self.outputs]
        wide = self.units * (2 if self.bidirectional else 1)
        return [*shape[: 2 if self._returns_all(i) else 1], wide]

    def _returns_all(self, i):
        """Return whether layer i, a recurrent one, returns the states of all steps."""
        is_last = i == (1 if self.tokens else 0) + self.stacked - 1
        returns = self.return_sequences if is_last else self.lower_return_sequences
        return returns and not self.kind.endswith("Cell")

    def _mask_after(self, name, before, shape):
        """Return 1 if a mask goes along with what a layer has put out, else 0."""
        if name == "Embedding":
            return int(self.mask)
        return int(before and (name == "Dense" or len(shape) > 2))

    def _too_early(self, error, i):
        """Return the error as a Sequential words it, where a layer below has dropped the steps."""
        lower = i - 1
        if i <= (1 if self.tokens else 0) or self.kind.endswith("Cell"):
            return error
        kind = self.layers[lower][0].partition("(")[0]
        return (
            f"{error.partition(' One example is')[0]} Make layer {lower}, {kind}, with"
            " return_sequences=True."
        )

    def strip(self):
        """Return a table with a row for each layer: its shape and its parameters."""
        run = self.trace()
        rows = [("input", written(run["shapes"][0]), "")]
        for i, (name, _, parameters, copies) in enumerate(self.layers, 1):
            shape = written(run["shapes"][i]) if i < len(run["shapes"]) else "–"
            if i < len(run["masks"]) and run["masks"][i]:
                shape += ", masked"
            products = " + ".join(" × ".join(map(str, p)) for p in parameters.values())
            products = f"{copies} × ({products})" if copies > 1 else products
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
