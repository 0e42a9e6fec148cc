"""Bidirectional: two layers that read the same sequence, one from each end."""

from typing import Any

import numpy as np

from rnncore._types import Array, ArrayLike, Shape
from rnncore.layers.base import Container, Options, check_alike
from rnncore.layers.recurrent import Recurrent


class Bidirectional(Container):
    """Two layers that read the same sequence, one from each end.

    With return_sequences, the output at step t combines what one layer has read up to t with what
    the other has read from the end back to t.  Without it, the output combines all that both have
    read.

    Parameters
    ----------
    forward : recurrent layer
    backward : recurrent layer with reverse=True, and with the return_sequences of the other
    merge : str
        "concat" puts the outputs side by side, "sum" adds them.

    Raises
    ------
    ValueError
        If the layers do not fit together; the message says how.

    Source
    ------
    Schuster and Paliwal (1997), "Bidirectional recurrent neural networks".

    Examples
    --------
    >>> from rnncore.layers import SimpleRNN
    >>> forward = SimpleRNN([[1.0]], [[0.5]], activation="linear", return_sequences=True)
    >>> backward = SimpleRNN(
    ...     [[1.0]], [[0.5]], activation="linear", return_sequences=True, reverse=True
    ... )
    >>> Bidirectional(forward, backward).forward([[[1.0], [0.0], [2.0]]])
    array([[[1.  , 1.5 ],
            [0.5 , 1.  ],
            [2.25, 2.  ]]])
    """

    axes_of_x = 3
    reads_mask = True
    states = Container.inner_states
    state = Container.inner_state
    defaults = Options({"merge": "concat"})

    def __init__(self, forward: Recurrent, backward: Recurrent, merge: str = "concat") -> None:
        super().__init__(forward=forward, backward=backward)
        self.merge = merge
        self._check_fit()

    def _check_fit(self) -> None:
        """Raise a ValueError unless the layers fit together, whose options may change."""
        for name, layer in self.inner.items():
            if not isinstance(layer, Recurrent) or layer.axes_of_x != 3:
                raise ValueError(f"{name} must be a recurrent layer, got {layer!r}.")
            if layer.reverse != (name == "backward"):
                raise ValueError(f"{name} must have reverse={not layer.reverse}, got {layer!r}.")
        for what in ("return_sequences", "features", "units"):
            ours, theirs = (getattr(layer, what) for layer in self.inner.values())
            if ours != theirs and (what != "units" or self.merge == "sum"):
                raise ValueError(f"backward must have {what}={ours}, as forward, got {theirs}.")

    def forward(
        self, x: ArrayLike, *states: Any, keep: bool = True, lengths: Any = None, mask: Any = None
    ) -> Array:
        """Read the sequences from both ends.

        Parameters
        ----------
        x, keep, lengths, mask
            As in `SimpleRNN.forward`.
        *states : (batch, units) each
            The initial states of both layers, first those of `forward`; or none.

        Returns
        -------
        y : (batch, units of both), or (batch, units) with merge="sum"
            With return_sequences it is (batch, timesteps, …), in the order of x, and 0 at a
            masked step, as in Keras.
        """
        self.cache = None
        self._check_fit()
        ahead, behind = self.inner.values()
        ours, theirs = self.deal("states", states)
        options: Any = {"keep": keep, "lengths": lengths, "mask": mask}
        y, z = ahead.forward(x, *ours, **options), behind.forward(x, *theirs, **options)
        self.mask = ahead.mask
        both = y, self._flip(z)
        y = y + both[1] if self.merge == "sum" else np.concatenate(both, axis=-1)
        y *= 1 if self.mask is None else self.mask[..., np.newaxis]
        self.cache = y.shape if keep else None
        y.setflags(write=not keep)
        return y

    def backward(self, dy: ArrayLike, dstate: Any = None, window: int | None = None) -> Array:
        """Return the gradient with respect to x.

        The arguments are those of `SimpleRNN.backward`, and dstate has one entry for each state
        of both layers.
        """
        ahead: Any
        ahead, behind = self.inner.values()
        ours, theirs = map(tuple, self.deal("dstate", dstate))
        dy = check_alike("dy", dy, self.recall())
        dy = dy * (1 if self.mask is None else self.mask[..., np.newaxis])
        d, e = (dy, dy) if self.merge == "sum" else np.split(dy, [ahead.sizes[0]], axis=-1)
        return ahead.backward(d, ours, window) + behind.backward(self._flip(e), theirs, window)

    def output_shape(self, shape: Shape = (None, None, None)) -> Shape:
        """Return the shape of y for a shape of x, in which None is an open length."""
        both: Any = [layer.output_shape(shape) for layer in self.inner.values()]
        units = both[0][-1] + (0 if self.merge == "sum" else both[1][-1])
        return (*both[0][:-1], units)

    @property
    def return_sequences(self) -> bool:
        """Whether y has all steps."""
        return self.inner["forward"].return_sequences

    def __repr__(self) -> str:
        return self._describe(*map(repr, self.inner.values()))

    @staticmethod
    def _check_option(name, value):
        if value not in ("concat", "sum"):
            raise ValueError(f"{name} must be 'concat' or 'sum', got {value!r}.")
        return value

    def _flip(self, y):
        """Turn the steps round: of the outputs, or of their gradient."""
        return y[:, ::-1] if self.return_sequences else y
