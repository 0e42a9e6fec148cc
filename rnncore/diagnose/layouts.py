"""How people arrange the same numbers: axes, transposes, biases, and the order of arguments."""

import inspect
from typing import NamedTuple

import numpy as np

SIZES = {"B": 2, "T": 4, "F": 3, "U": 5}  # all different, so that no mistake hides behind a square
KNOWN = {
    "X": "x xs inputs input seq sequence x_t xt",
    "cache": "cache caches saved ctx",
    "dc": "dc dc_next dc_t dnext_c",
    "dh": "dh dh_next dh_t dnext_h da_next da",
    "S": "s states hs h hidden hidden_states a cache caches",
    "dS": "ds dh dhs da dstates dhidden grad grads dout dh_t da_next",
    "W_x": "wx w_x wxh w_xh w_ih wih u wax w_in weight_ih",
    "W_h": "wh w_h whh w_hh w waa wrec w_rec weight_hh",
    "b": "b bh b_h ba bias b_ih bih bias_ih",
    "b2": "b_hh bhh bias_hh",
    "h0": "h0 h_0 h_init h_prev hprev hprev_ a0 prev_h h_start h a_prev",
    "c0": "c0 c_0 c_prev cprev prev_c c",
}
OURS = {
    **dict.fromkeys(("X", "dX"), "BTF"),
    **dict.fromkeys(("S", "dS"), "BTU"),
    **dict.fromkeys(("x", "dx"), "BF"),
    **dict.fromkeys(("h0", "c0", "dh0", "dc0", "h", "c", "dh", "dc"), "BU"),
}


class Layout(NamedTuple):
    """One arrangement of the arrays, as letters of their axes: batch, time, features, units."""

    name: str
    words: str
    sequences: str = "BTF"
    transposed: bool = False  # W_x is (units, features)
    column: bool = False  # b is (units, 1)
    biases: int = 1

    def give(self, problem):
        """Return the arrays of a problem, (batch, time, features) and so on, in this layout."""
        return {name: self.give_one(name, array) for name, array in problem.items()}

    def give_one(self, name, array):
        """Return one array in this layout, a copy."""
        array = np.array(array)
        if name in ("W_x", "W_h"):
            array = array.T.copy() if self.transposed else array
        elif name in ("b", "b2"):
            array = array[:, np.newaxis] if self.column else array
        else:
            axes = OURS[name]
            wanted = self.sequences if "T" in axes else self._of_state()
            wanted = wanted.replace("F", axes[-1]).replace("U", axes[-1])
            kept = [axis for axis in axes if axis in wanted]
            array = array.reshape([n for axis, n in zip(axes, array.shape) if axis in wanted])
            return np.ascontiguousarray(array.transpose([kept.index(axis) for axis in wanted]))
        return array.reshape(())[()] if self.name == "numbers" else array

    def _of_state(self):
        return "".join(axis for axis in self.sequences.replace("F", "U") if axis in "BU") or "B"

    def take_one(self, name, given):
        """Return what came back with the axes of ours, or None if it cannot be that array."""
        array = np.asarray(given)
        if name in ("dW_x", "dW_h"):
            array = array.reshape(1, 1) if self.name == "numbers" else array
            return array.T if self.transposed else array
        if name == "db":
            array = (
                array[:, 0] if self.column and array.ndim == 2 and array.shape[1] == 1 else array
            )
            return array.reshape(-1) if self.name == "numbers" else array
        axes = OURS[name]
        wanted = self.sequences if "T" in axes else self._of_state()
        wanted = wanted.replace("F", axes[-1]).replace("U", axes[-1])
        missing = "".join(axis for axis in axes if axis not in wanted)
        if array.ndim != len(wanted):
            return None
        array = array.reshape(array.shape + (1,) * len(missing))
        return array.transpose([(wanted + missing).index(axis) for axis in axes])

    def sizes(self):
        """Return how long the axes of a problem in this layout are."""
        sizes = dict(SIZES)
        if "T" not in self.sequences:
            sizes["T"] = 1
        if "B" not in self.sequences:
            sizes["B"] = 1
        if "F" not in self.sequences:
            sizes |= {"F": 1, "U": 1}
        return sizes


LAYOUTS = [
    Layout("batch first", "rows, batch first: X (batch, timesteps, features)"),
    Layout("time first", "rows, time first: X (timesteps, batch, features)", "TBF"),
    Layout(
        "batch first, transposed weights",
        "rows, batch first, with W_x (units, features) as in PyTorch",
        transposed=True,
    ),
    Layout(
        "time first, transposed weights",
        "rows, time first, with W_x (units, features) as in PyTorch",
        "TBF",
        transposed=True,
    ),
    Layout("columns", "columns: X (timesteps, features, batch)", "TFB", True, True),
    Layout("columns, time last", "columns: X (features, batch, timesteps)", "FBT", True, True),
    Layout("one sequence", "one sequence: X (timesteps, features)", "TF"),
    Layout(
        "one sequence, transposed weights",
        "one sequence: X (timesteps, features), with W_x (units, features)",
        "TF",
        True,
    ),
    Layout("numbers", "numbers: X (batch, timesteps), with one feature and one unit", "BT"),
]


STEPS = [
    Layout("batch first", "rows: x (batch, features)", "BF"),
    Layout(
        "batch first, transposed weights",
        "rows: x (batch, features), with W_x (units, features)",
        "BF",
        True,
    ),
    Layout("columns", "columns: x (features, batch)", "FB", True, True),
    Layout("one sequence", "one vector: x (features,)", "F"),
    Layout("one sequence, transposed weights", "one vector, with W_x (units, features)", "F", True),
    Layout("numbers", "numbers: x (batch,), with one feature and one unit", "B"),
]


def orders_of(function, usual):
    """Return the orders in which a function may take its arguments: by their names, and as usual.

    Parameters
    ----------
    function : callable
    usual : sequence of names, as in KNOWN

    Returns
    -------
    list of lists of names, at least one
    """
    usual = list(usual)
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return [usual]
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(positional) < len(parameters) or not positional:
        return [usual]
    required = sum(p.default is p.empty for p in positional)
    if len(positional) > len(usual) and "b" in usual:
        usual.insert(usual.index("b") + 1, "b2")
    by_name = []
    for parameter in positional:
        asked = parameter.name.lower()
        found = (
            n for n in usual if asked in (n.lower(), *KNOWN.get(n, "").split()) and n not in by_name
        )
        name = next(found, None)
        if name is None:
            break
        by_name.append(name)
    as_usual = usual[: len(positional)]
    orders = [by_name, as_usual] if len(by_name) >= required else [as_usual]
    return orders if len(orders) == 1 or by_name != as_usual else [as_usual]
