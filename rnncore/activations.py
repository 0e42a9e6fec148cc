"""Activations: for each one record, from which everything else about it follows."""

from collections.abc import Callable

import numpy as np

from rnncore._checks import as_array, as_arrays
from rnncore._types import Array, ArrayLike

Values = Callable[[Array], Array]
Bounds = tuple[float, float]


class Function:
    """What all activations have: a name, a value, and how it is written."""

    def __init__(self, name: str, value: Values, formula: str, code: str, bounds: Bounds) -> None:
        self.name, self._value = name, value
        self.formula, self.code, self.bounds = formula, code, bounds

    def __repr__(self) -> str:
        return f"<activation {self.name}>"

    def __reduce__(self):  # those of the package are pickled as their names
        return (get, (self.name,)) if KNOWN.get(self.name) is self else super().__reduce__()

    def value(self, z: ArrayLike) -> Array:
        """Return f(z), of the shape of z.

        Raises
        ------
        ValueError
            If the function returns anything else, or writes into z.
        """
        return self._apply("value", self._value, z)

    def _apply(self, what: str, function: Callable[..., Array], *given: ArrayLike) -> Array:
        """Return what the function makes of these, of the shape and type of the last of them."""
        arrays = [as_floats(array).view() for array in given]
        for array in arrays:
            array.flags.writeable = False  # others read it, too
        try:
            found = as_array(what, function(*arrays))
            if found.shape == array.shape:
                return np.asarray(found, array.dtype)
            if found.ndim == 0 and what != "value":  # a constant slope
                return np.full_like(array, found)
            came = f"shape {found.shape}"
        except ValueError as error:
            came = f"an error: {error}"
        raise ValueError(
            f"{what} of activation {self.name} must return a new array of the shape of its"
            f" argument = {array.shape}, got {came}"
        )


class Activation(Function):
    """An elementwise function f, its derivative, and how both are written.

    Give `slope` if the output h = f(z) determines the derivative, as it does for tanh, because
    `compute_states` keeps only h.  Otherwise give `derivative`.  All three return new arrays:
    what they get is read-only, because others read it, too.

    Parameters
    ----------
    name : str
    value : function of z, an array of any shape -> f(z), of the same shape
    slope : function of h = f(z) -> f'(z)
    derivative : function of z and h -> f'(z)
    in_place : function that overwrites z with f(z), or None
        Saves a copy at every time step.
    formula, derivative_formula : str
        f(z) and f'(z) as mathematics, in z and h.
    code, derivative_code : str
        The same in Python, with ``import numpy as np``.
    bounds : (low, high)
        All values lie between them.
    steepest : number
        The largest derivative.

    Raises
    ------
    ValueError
        If there is neither a slope nor a derivative.

    Examples
    --------
    >>> hard = Activation("hard", lambda z: np.clip(z, -1, 1), slope=lambda h: abs(h) < 1)
    >>> hard.value([-3.0, 0.5])
    array([-1. ,  0.5])
    >>> softplus = Activation(
    ...     "softplus", lambda z: np.logaddexp(0, z), derivative=lambda z, h: sigmoid.value(z)
    ... )
    >>> softplus.derivative([0.0], softplus.value([0.0]))
    array([0.5])
    """

    def __init__(
        self,
        name: str,
        value: Values,
        slope: Values | None = None,
        derivative: Callable[[Array, Array], Array] | None = None,
        in_place: Callable[[Array], object] | None = None,
        formula: str = "",
        derivative_formula: str = "",
        code: str = "",
        derivative_code: str = "",
        bounds: Bounds = (-np.inf, np.inf),
        steepest: float = np.inf,
    ) -> None:
        if slope is None and derivative is None:
            raise ValueError(f"activation {name} must have a slope or a derivative, got neither.")
        super().__init__(name, value, formula, code, bounds)
        self._slope, self._derivative = slope, derivative
        self.overwrite, self.steepest = in_place or self._copy_value, steepest
        self.derivative_formula, self.derivative_code = derivative_formula, derivative_code

    @property
    def needs_z(self) -> bool:
        """Whether the output h is not enough to compute the derivative."""
        return self._slope is None

    def slope(self, h: ArrayLike) -> Array:
        """Return the derivative f'(z) where the output f(z) is h, of the shape of h.

        Raises
        ------
        ValueError
            If the derivative needs z.
        """
        if self._slope is None:
            raise ValueError(
                f"activation {self.name} has no slope in terms of its output: its derivative"
                " needs z, as in derivative(z, h)."
            )
        return self._apply("slope", self._slope, h)

    def derivative(self, z: ArrayLike, h: ArrayLike) -> Array:
        """Return the derivative f'(z), of the shape of z.

        Parameters
        ----------
        z : array of any shape
            Not read unless `needs_z`.
        h : of the shape of z
            The output, value(z).
        """
        if self._derivative is None or self._slope is not None:
            return self.slope(h)
        return self._apply("derivative", self._derivative, z, h)

    def backward(self, z: ArrayLike, h: ArrayLike, dh: Array) -> Array:
        """Return the gradient of the loss with respect to z.

        Parameters
        ----------
        z, h
            As in `derivative`.
        dh : of the shape of h
            The gradient that arrives at h.

        Returns
        -------
        dz : of the shape of h
        """
        return dh * self.derivative(z, h)

    def _copy_value(self, z: Array) -> None:
        z[...] = self.value(z)


class Normaliser(Function):
    """A function over the last axis, for a last layer; it has no elementwise derivative."""

    needs_z = False  # the output is enough for the gradient

    def backward(self, z: ArrayLike, h: Array, dh: Array) -> Array:
        """Return the gradient of the loss with respect to z.

        Parameters
        ----------
        z : not read
        h : (..., classes)
            The output, value(z).
        dh : of the shape of h
            The gradient that arrives at h.

        Returns
        -------
        dz : of the shape of h
        """
        return h * (dh - (h * dh).sum(axis=-1, keepdims=True))


FLOATS = {np.dtype(np.float32), np.dtype(np.float64)}  # what needs no check inside a loop


def as_floats(values: ArrayLike) -> Array:
    """Return any real array-like as an array of floats."""
    if type(values) is np.ndarray and values.dtype in FLOATS:
        return values
    return as_arrays(values=values)[0]


def _sigmoid(z: Array, out: Array | None = None) -> Array:
    e = np.exp(-np.abs(z))  # never overflows
    return np.divide(np.where(z >= 0, 1, e), 1 + e, out=out)


def _softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=-1, keepdims=True))  # the largest exponent is 0
    return e / e.sum(axis=-1, keepdims=True)


linear = Activation(
    "linear",
    value=np.positive,
    slope=np.ones_like,
    in_place=lambda z: None,
    formula="z",
    derivative_formula="1",
    code="z",
    derivative_code="1",
    steepest=1.0,
)
sigmoid = Activation(
    "sigmoid",
    value=_sigmoid,
    slope=lambda h: h * (1 - h),
    in_place=lambda z: _sigmoid(z, out=z),
    formula="1 / (1 + e^−z)",
    derivative_formula="h (1 − h)",
    code="1 / (1 + np.exp(-z))",
    derivative_code="h * (1 - h)",
    bounds=(0.0, 1.0),
    steepest=0.25,
)
tanh = Activation(
    "tanh",
    value=np.tanh,
    slope=lambda h: 1 - h * h,
    in_place=lambda z: np.tanh(z, out=z),
    formula="tanh z",
    derivative_formula="1 − h²",
    code="np.tanh(z)",
    derivative_code="1 - h**2",
    bounds=(-1.0, 1.0),
    steepest=1.0,
)
relu = Activation(
    "relu",
    value=lambda z: np.maximum(z, 0),
    slope=lambda h: np.heaviside(h, h.dtype.type(0)),
    in_place=lambda z: np.maximum(z, 0, out=z),
    formula="the larger of z and 0",
    derivative_formula="1 where h > 0, else 0",
    code="np.maximum(z, 0)",
    derivative_code="h > 0",
    bounds=(0.0, np.inf),
    steepest=1.0,
)
hard_sigmoid = Activation(
    "hard_sigmoid",
    value=lambda z: np.clip(z / 6 + 0.5, 0, 1),
    slope=lambda h: ((h > 0) & (h < 1)) / h.dtype.type(6),
    formula="z / 6 + 1 / 2, cut off at 0 and 1",
    derivative_formula="1 / 6 where 0 < h < 1, else 0",
    code="np.clip(z / 6 + 0.5, 0, 1)",
    derivative_code="((h > 0) & (h < 1)) / 6",
    bounds=(0.0, 1.0),
    steepest=1 / 6,
)
softmax = Normaliser(
    "softmax",
    value=_softmax,
    formula="e^z / Σ e^z over the last axis",
    code="np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)",
    bounds=(0.0, 1.0),
)

ActivationLike = str | Activation | Normaliser
KNOWN = {f.name: f for f in list(vars().values()) if isinstance(f, (Activation, Normaliser))}
ELEMENTWISE = [name for name, f in KNOWN.items() if isinstance(f, Activation)]


def get(activation: ActivationLike) -> Activation | Normaliser:
    """Return the activation of that name; an activation is returned as it is.

    Parameters
    ----------
    activation : name or activation

    Returns
    -------
    f : Activation, or Normaliser for softmax

    Raises
    ------
    ValueError
        For anything else; the message lists the known names.

    Examples
    --------
    >>> get("relu").value([-1.0, 2.0])
    array([0., 2.])
    """
    return _get(activation, list(KNOWN))


def get_recurrent(activation: ActivationLike) -> Activation:
    """Return what `get` does, for use inside a recurrence: softmax is refused."""
    f = _get(activation, ELEMENTWISE)
    if not isinstance(f, Activation):
        raise ValueError(
            f"activation {f.name} ties the units of a state together and cannot be used inside"
            f" a recurrence; choose one of {', '.join(ELEMENTWISE)}."
        )
    return f


def _get(activation: ActivationLike, choices: list[str]) -> Activation | Normaliser:
    """Do the work of `get`; `choices` are the names that an error lists."""
    f = KNOWN.get(activation) if isinstance(activation, str) else activation
    if isinstance(f, (Activation, Normaliser)):
        return f
    raise ValueError(f"activation must be one of {', '.join(choices)}, got {activation!r}.")
