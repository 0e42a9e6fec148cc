"""Sequential: layers in a row."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from rnncore._checks import check_lengths
from rnncore._types import Array, ArrayLike, Shape
from rnncore.layers.base import Container, Layer, OutOfOrder
from rnncore.layers.masks import as_mask


class Sequential(Container):
    """Layers in a row, each reading what the one before returns.

    Parameters
    ----------
    layers : list of layers

    Attributes
    ----------
    layers : tuple
        The layers.
    parameters : dict
        The arrays of all layers, as they are now: "0.W_x" is the W_x of the first.
    gradients : dict
        What the last backward found, under the same names.

    Raises
    ------
    ValueError
        If layers is anything but a list of layers, or has the same one twice.

    Examples
    --------
    >>> from rnncore.layers import Dense, Embedding, SimpleRNN
    >>> model = Sequential([
    ...     Embedding.initialise(5000, 32, rng=1),
    ...     SimpleRNN.initialise(32, 100, rng=2),
    ...     Dense.initialise(100, 1, rng=3, activation="sigmoid"),
    ... ])
    >>> model.forward(np.zeros((16, 80), int)).shape
    (16, 1)
    >>> model.summary()
    layer       output shape     parameters
    Embedding   (None, 80, 32)      160 000
    SimpleRNN   (None, 100)          13 300
    Dense       (None, 1)               101
    total                           173 401
    """

    reads_mask = True
    states = Container.inner_states
    state = Container.inner_state

    def __init__(self, layers: Iterable[Layer]) -> None:
        row = list(layers) if hasattr(layers, "__iter__") else []
        wrong = [layer for layer in row if not isinstance(layer, Layer)]
        if wrong or not row:
            raise ValueError(f"layers must be a list of layers, got {(wrong or layers)!r}.")
        super().__init__(**{str(i): layer for i, layer in enumerate(row)})
        self._shape: Shape | None = None

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, the first one first."""
        return tuple(self.inner.values())

    @property
    def axes_of_x(self) -> int | None:  # type: ignore[override]
        """As many as the first recurrent layer needs, less those that are added before it."""
        added = 0
        for layer in self.layers:
            if layer.axes_of_x is not None:
                return layer.axes_of_x - added
            added += layer.added_axes
        return None

    @property
    def added_axes(self) -> int:  # type: ignore[override]
        """How many axes y has more than x, if no layer is recurrent."""
        return sum(layer.added_axes for layer in self.layers)

    def forward(
        self, x: ArrayLike, *states: Any, keep: bool = True, lengths: Any = None, mask: Any = None
    ) -> Array:
        """Apply one layer after the other.

        Parameters
        ----------
        x : array, as the first layer takes it
        *states : (batch, units) each
            The initial states of all layers, in the order of `states`; or none.
        keep : bool
            Whether to keep what backward needs.
        lengths, mask
            As in `SimpleRNN.forward`.  The mask is passed on as long as there are steps.

        Returns
        -------
        y : array, as the last layer returns it

        Raises
        ------
        ValueError
            If a layer cannot read what comes in.  The message says which layer.
        """
        self.cache = None
        y: Any = x
        now = as_mask(lengths, mask, np.shape(x))
        for i, (layer, given) in enumerate(zip(self.layers, self.deal("states", states))):
            with self._naming(i):
                masked = {"mask": now} if layer.reads_mask and now is not None else {}
                y = layer.forward(y, *given, keep=keep, **masked)
                now = layer.mask if layer.reads_mask else now
                if now is not None and np.shape(y)[:-1][:2] != now.shape and not layer.reads_mask:
                    raise ValueError(
                        "y must have shape (batch, timesteps, …) where the mask has"
                        f" {now.shape}, got {np.shape(y)}. A layer that drops steps reads the"
                        " mask: see reads_mask."
                    )
        self._shape, self.mask = (None, *np.shape(x)[1:]), now
        self.cache = [layer.cache for layer in self.layers] if keep else None
        return y

    def backward(
        self, dy: ArrayLike, dstate: Any = None, window: int | None = None
    ) -> Array | None:
        """Go from the last layer to the first.

        Parameters
        ----------
        dy : of the shape of y
            The gradient that arrives at the output.
        dstate : tuple, or None
            What else arrives at the final states, one entry for each in `states`.
        window : int, or None
            As in `SimpleRNN.backward`, for each recurrent layer.

        Returns
        -------
        dx : of the shape of x; None for tokens
        """
        d: Any = dy
        dealt = [*enumerate(zip(self.layers, self.deal("dstate", dstate), self.recall()))]
        for i, (layer, arriving, cache) in reversed(dealt):
            with self._naming(i):
                if layer.cache is not None and layer.cache is not cache:
                    raise OutOfOrder("it has read something else since: call forward(x) again.")
                d = layer.backward(d, *([tuple(arriving), window] if layer.states else []))
        return d

    def output_shape(self, shape: Shape | None = None) -> Shape:
        """Return the shape of y for a shape of x, in which None is an open length."""
        return self._output_shapes(shape)[-1]

    def summary(self, input_shape: Shape | None = None) -> "Table":
        """Return a table with each layer's output shape and its number of parameters.

        Parameters
        ----------
        input_shape : tuple, or None
            The shape of x, with None for the batch.  Without it, that of the last forward is
            used, and before the first forward None stands for each open length.

        Returns
        -------
        Table
            A string that shows itself when it is the last line of a cell.

        Raises
        ------
        ValueError
            If input_shape is not a shape, or a layer cannot read what comes in.  The message
            says which layer.
        """
        given = self._shape if input_shape is None else check_lengths("input_shape", input_shape)
        rows, total = [("layer", "output shape", "parameters")], 0
        for layer, shape in zip(self.layers, self._output_shapes(given)):
            count = sum(p.size for p in layer.parameters.values())
            rows.append((type(layer).__name__, str(shape), f"{count:,}".replace(",", " ")))
            total += count
        rows.append(("total", "", f"{total:,}".replace(",", " ")))
        first, second, third = (max(map(len, column)) for column in zip(*rows))
        return Table("\n".join(f"{a:{first}}   {b:{second}}   {c:>{third}}" for a, b, c in rows))

    def _output_shapes(self, shape: Shape | None) -> list[Shape]:
        """Return the shape of each layer's output."""
        shapes: list[Shape] = [(None,) * (self.axes_of_x or 2) if shape is None else shape]
        for i, layer in enumerate(self.layers):
            with self._naming(i):
                shapes.append(layer.output_shape(shapes[-1]))
        return shapes[1:]

    def __repr__(self) -> str:
        return f"{type(self).__name__}([{', '.join(map(repr, self.layers))}])"

    @contextmanager
    def _naming(self, i: int) -> Iterator[None]:
        """Let a ValueError that is raised inside say which layer of the row it is about."""
        try:
            yield
        except ValueError as error:
            message = f"In layer {i}, {type(self.layers[i]).__name__}: {error}"
            last = [k for k in range(i) if not getattr(self.layers[k], "return_sequences", True)]
            if last and "x must have shape (batch, timesteps," in message:
                kind = type(self.layers[last[-1]]).__name__
                message = message.partition(" One example is")[0] + (
                    f" Make layer {last[-1]}, {kind}, with return_sequences=True."
                )
            raise type(error)(message) from None


class Table(str):
    """Text that shows itself as it is."""

    __slots__ = ()
    __repr__ = str.__str__
