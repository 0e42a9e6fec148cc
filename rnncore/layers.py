"""Layers without gates: Dense, Embedding, the simple recurrent layer, and a row of layers."""

from contextlib import contextmanager

import numpy as np

from rnncore import bptt, states
from rnncore._checks import as_array, check_integer, check_lengths, check_shape
from rnncore._layer import Cell, Layer, OutOfOrder, Recurrent, glorot
from rnncore.activations import get, get_recurrent

__all__ = ["Dense", "Embedding", "OutOfOrder", "Sequential", "SimpleRNN", "SimpleRNNCell"]


class Dense(Layer):
    """A layer of weighted sums, y = f(x W + b), for each row of x.

    Parameters
    ----------
    W : (in, out)
    b : (out,), or None
    activation : name or activation
        softmax is allowed here.

    Raises
    ------
    ValueError
        If a shape does not fit, or the activation is not known.

    Examples
    --------
    >>> layer = Dense([[1.0], [10.0]], [0.5])
    >>> layer.forward([[1.0, 2.0]])
    array([[21.5]])
    >>> layer.backward([[1.0]]), layer.gradients["W"]
    (array([[ 1., 10.]]), array([[1.],
           [2.]]))
    """

    def __init__(self, W, b=None, activation="linear"):
        super().__init__(W=W, b=b)
        self.activation = get(activation)
        W = self.parameters["W"]
        check_shape("W", W, ("in", None), ("out", None))
        if b is not None:
            check_shape("b", self.parameters["b"], ("out", W.shape[1]))

    @classmethod
    def initialise(cls, inputs, outputs, rng, activation="linear"):
        """A layer with random weights: W uniform within ±√(6 / (inputs + outputs)), b zero.

        Parameters
        ----------
        inputs, outputs : int
        rng : np.random.Generator, or an integer seed
        activation : name or activation

        Raises
        ------
        ValueError
            If a size is no integer of at least 1.

        Source
        ------
        Glorot and Bengio (2010), "Understanding the difficulty of training deep
        feedforward neural networks".
        """
        inputs = check_integer("inputs", inputs, 1)
        outputs = check_integer("outputs", outputs, 1)
        return cls(
            glorot(inputs, outputs, np.random.default_rng(rng)), np.zeros(outputs), activation
        )

    def forward(self, x, keep=True):
        """The weighted sums, and the activation of them.

        Parameters
        ----------
        x : (batch, in), or (batch, timesteps, in)
            It is not copied, and must stay as it is until backward.
        keep : bool
            False: no history is kept, and no backward can follow.

        Returns
        -------
        y : (batch, out), or (batch, timesteps, out)
            Read-only if a history is kept: backward, or that of the next layer, reads it again.

        Raises
        ------
        ValueError
            If the shape does not fit; then there is no history.
        """
        self._history = None
        x, W, b = self._with_parameters(x=x)
        self._check_x(x.shape)
        y = self.activation.value(x @ W + b)
        y.setflags(write=not keep)
        if keep:
            self._history = x, W.copy(), y  # W may change before backward
        return y

    def backward(self, dy):
        """The gradient of the loss with respect to x; those of W and b go to `gradients`.

        Parameters
        ----------
        dy : of the shape of y
            The gradient that arrives at the output.

        Returns
        -------
        dx : of the shape of x

        Raises
        ------
        ValueError
            If the shape does not fit.
        OutOfOrder
            If no forward that kept its history came before.
        """
        x, W, y = self._recall()
        dy = check_alike("dy", dy, y.shape)
        dz = self.activation.backward(y, np.asarray(dy, y.dtype))
        rows = bptt.as_rows(dz)
        self.gradients = {"W": bptt.as_rows(x).T @ rows}
        if "b" in self.parameters:
            self.gradients["b"] = rows.sum(axis=0)
        return dz @ W.T

    def output_shape(self, shape=(None, None)):
        """The shape of y for that of x, None for what is open; a ValueError if x does not fit."""
        self._check_x(shape)
        return (*shape[:-1], self.parameters["W"].shape[1])

    def _check_x(self, shape):
        steps = [("timesteps", None)] * (len(shape) == 3)
        check_shape("x", shape, ("batch", None), *steps, ("in", len(self.parameters["W"])))


class Embedding(Layer):
    """For each token its row of a table, y = table[x].

    Parameters
    ----------
    table : (tokens, units)

    Raises
    ------
    ValueError
        If the table is no matrix of numbers.

    Source
    ------
    Bengio et al. (2003), "A neural probabilistic language model".

    Examples
    --------
    A token that comes twice gets both gradients:

    >>> layer = Embedding([[1.0, 2.0], [3.0, 4.0]])
    >>> y = layer.forward([[1, 1]])
    >>> layer.backward([[[1.0, 0.0], [5.0, 0.0]]])
    >>> layer.gradients["table"]
    array([[0., 0.],
           [6., 0.]])
    """

    def __init__(self, table):
        super().__init__(table=table)
        check_shape("table", self.parameters["table"], ("tokens", None), ("units", None))

    @classmethod
    def initialise(cls, tokens, units, rng):
        """A layer with a random table, uniform within ±0.05, as in Keras.

        Parameters
        ----------
        tokens, units : int
        rng : np.random.Generator, or an integer seed

        Raises
        ------
        ValueError
            If a size is no integer of at least 1.
        """
        shape = check_integer("tokens", tokens, 1), check_integer("units", units, 1)
        return cls(np.random.default_rng(rng).uniform(-0.05, 0.05, shape))

    def forward(self, x, keep=True):
        """Look the tokens up.

        Parameters
        ----------
        x : integers (…), of any shape
            Copied, so that they may change before backward.
        keep : bool
            False: no history is kept, and no backward can follow.

        Returns
        -------
        y : (…, units)
            Read-only if a history is kept: backward of the next layer reads it again.

        Raises
        ------
        ValueError
            If a token is no integer, or not in the table; then there is no history.
        """
        self._history = None
        x, table = as_array("x", x), self.parameters["table"]
        if not np.issubdtype(x.dtype, np.integer):
            raise ValueError(f"x must hold integer tokens, got an array of type {x.dtype}.")
        outside = x[(x < 0) | (x >= len(table))]
        if outside.size:
            raise ValueError(f"x must hold tokens from 0 to {len(table) - 1}, got {outside[0]}.")
        y = table[x]
        y.setflags(write=not keep)
        if keep:
            self._history = x.copy(), y.shape
        return y

    def backward(self, dy):
        """The gradient of the loss with respect to the table goes to `gradients`.

        Parameters
        ----------
        dy : (…, units)
            The gradient that arrives at the output; a token that comes twice gets both.

        Returns
        -------
        None
            For tokens have no gradient.

        Raises
        ------
        ValueError
            If the shape does not fit.
        OutOfOrder
            If no forward that kept its history came before.
        """
        x, shape = self._recall()
        table = self.parameters["table"]
        dy = np.asarray(check_alike("dy", dy, shape), table.dtype)
        flat = np.zeros(table.size, table.dtype)  # on rows, add.at takes many times as long
        places = x[..., np.newaxis].astype(np.intp) * table.shape[1] + np.arange(table.shape[1])
        np.add.at(flat, places.ravel(), dy.ravel())
        self.gradients = {"table": flat.reshape(table.shape)}

    def output_shape(self, shape=(None, None)):
        """The shape of y for that of x, None for what is open."""
        return (*shape, self.parameters["table"].shape[1])


class SimpleRNN(Recurrent):
    """The simple recurrent layer, `compute_states` with a memory for its gradient::

        h_t = f(x_t W_x + h_{t-1} W_h + b),  t = 1 … timesteps

    Parameters
    ----------
    W_x : (features, units)
    W_h : (units, units)
    b : (units,), or None
    activation : name or activation
        linear, sigmoid, tanh or relu.
    return_sequences : bool
        Put out all states h_1 … h_T, not the last alone.

    Raises
    ------
    ValueError
        If a shape does not fit, or the activation is not one of the four.

    Source
    ------
    Elman (1990), "Finding structure in time".

    Examples
    --------
    >>> layer = SimpleRNN([[1.0]], [[0.5]], activation="linear")
    >>> layer.forward([[[1.0], [0.0], [2.0]]])
    array([[2.25]])
    >>> layer.backward([[1.0]])
    array([[[0.25],
            [0.5 ],
            [1.  ]]])
    """

    def __init__(self, W_x, W_h, b=None, activation="tanh", return_sequences=False):
        super().__init__(W_x, W_h, b, return_sequences)
        self.activation = get_recurrent(activation)

    def backward(self, dy, dstate=None, window=None):
        """The gradient of the loss with respect to x; that of all else goes to `gradients`.

        Parameters
        ----------
        dy : of the shape of y
            The gradient that arrives at the output.
        dstate : (batch, units), or None
            What arrives at the final state besides.
        window : int, or None
            The gradient that enters at step t reaches steps t, t-1, …, t-window+1 and no
            further, as in `bptt.backpropagate`.

        Returns
        -------
        dx : of the shape of x, and of the type of y

        Raises
        ------
        ValueError
            If a shape does not fit, or the window is no integer of at least 1.
        OutOfOrder
            If no forward that kept its history came before.
        """
        if window is not None:
            window = check_integer("window", window, 1)
        return self._backward(dy, dstate, window=window)

    def _run(self, x, initial, W_x, W_h, b):
        S = states.run(x, W_x, W_h, b, self.activation, initial[0])
        return S, (S[:, -1],), None

    def _back(self, x, S, history, dS, dstates, W_x, W_h, b, window=None):
        g = bptt.run(x, S, dS, W_x, W_h, self.activation, window, *dstates)
        return {"x": g.X, "W_x": g.W_x, "W_h": g.W_h, "b": g.b, "h0": g.h0}


class SimpleRNNCell(Cell, SimpleRNN):
    """One step of `SimpleRNN`, from x_t and h_{t-1} to h_t.

    Parameters as in `SimpleRNN`, without return_sequences.

    Examples
    --------
    >>> SimpleRNNCell([[1.0]], [[0.5]], activation="linear").forward([[1.0]], [[4.0]])
    array([[3.]])
    """

    def __init__(self, W_x, W_h, b=None, activation="tanh"):
        super().__init__(W_x, W_h, b, activation)


class Sequential(Layer):
    """Layers in a row, each reading what the one before puts out.

    Parameters
    ----------
    layers : list of layers

    Attributes
    ----------
    parameters : dict
        The arrays of all layers, as they are now, by name: "0.W_x" is the W_x of the first.
    gradients : dict
        Likewise.

    Raises
    ------
    ValueError
        If layers is anything but a list of layers, or has the same one twice.

    Examples
    --------
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

    def __init__(self, layers):
        self.layers = list(layers) if hasattr(layers, "__iter__") else []
        wrong = [layer for layer in self.layers if not isinstance(layer, Layer)]
        if wrong or not self.layers:
            raise ValueError(f"layers must be a list of layers, got {(wrong or layers)!r}.")
        for i, layer in enumerate(self.layers):
            if layer in self.layers[:i]:
                raise ValueError(
                    f"layers must all be different, got layer {self.layers.index(layer)} again as"
                    f" layer {i}: a layer has one history."
                )
        self._shape = None

    @property
    def parameters(self):
        """The arrays of all layers, to be changed in place."""
        return self._all("parameters")

    @property
    def gradients(self):
        """What the last backward of each layer has found."""
        return self._all("gradients")

    @property
    def axes_of_x(self):
        """As many as the first recurrent layer needs, less those that embeddings add before it."""
        added = 0
        for layer in self.layers:
            if layer.axes_of_x is not None:
                return layer.axes_of_x - added
            added += isinstance(layer, Embedding)
        return None

    def forward(self, x, keep=True):
        """One layer after the other.

        Parameters
        ----------
        x : array, as the first layer takes it
            It is not copied, and must stay as it is until backward.
        keep : bool
            False: no history is kept, and no backward can follow.

        Returns
        -------
        y : array, as the last layer puts it out
            Read-only if a history is kept.

        Raises
        ------
        ValueError
            If a layer cannot read what comes; the message says which layer.
        """
        self._history, y = None, x
        for i, layer in enumerate(self.layers):
            with naming(i, layer):
                y = layer.forward(y, keep=keep)
        self._shape = (None, *np.shape(x)[1:])
        self._history = keep or None
        return y

    def backward(self, dy):
        """From the last layer to the first.

        Parameters
        ----------
        dy : of the shape of y
            The gradient that arrives at the output.

        Returns
        -------
        dx : of the shape of x; None for tokens

        Raises
        ------
        ValueError
            If the shape does not fit.
        OutOfOrder
            If no forward that kept its history came before.
        """
        self._recall()
        for i, layer in reversed([*enumerate(self.layers)]):
            with naming(i, layer):
                dy = layer.backward(dy)
        return dy

    def output_shape(self, shape=None):
        """The shape of y for that of x, None for what is open; a ValueError if x does not fit."""
        return self._output_shapes(shape)[-1]

    def summary(self, input_shape=None):
        """A table: for each layer the shape of its output and the number of its parameters.

        Parameters
        ----------
        input_shape : tuple, or None
            The shape of x with None for the batch; without it, that of the last forward;
            without that, None for what is open.

        Returns
        -------
        Table
            A string that shows itself when it is the last line of a cell.

        Raises
        ------
        ValueError
            If input_shape is no shape, or a layer cannot read what comes; the message says which.
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

    def _output_shapes(self, shape):
        """The shape that each layer puts out."""
        shapes = [(None,) * (self.axes_of_x or 2) if shape is None else shape]
        for i, layer in enumerate(self.layers):
            with naming(i, layer):
                shapes.append(layer.output_shape(shapes[-1]))
        return shapes[1:]

    def _all(self, name):
        return {
            f"{i}.{key}": array
            for i, layer in enumerate(self.layers)
            for key, array in getattr(layer, name).items()
        }

    def __repr__(self):
        return f"Sequential([{', '.join(map(repr, self.layers))}])"


@contextmanager
def naming(i, layer):
    """A ValueError that is raised inside says which layer of a row it is about."""
    try:
        yield
    except ValueError as error:
        raise type(error)(f"In layer {i}, {type(layer).__name__}: {error}") from None


class Table(str):
    """Text that shows itself as it is."""

    __slots__ = ()

    def __repr__(self):
        return str(self)


def check_alike(name, value, shape):
    """`value` as an array, or a ValueError unless it has this shape, which the output has."""
    array = as_array(name, value)
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape of the output = {shape}, got {array.shape}.")
    return array
