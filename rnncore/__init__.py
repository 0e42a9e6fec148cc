"""rnncore: recurrent networks from scratch, in NumPy.

Numbers first: ``activations`` → ``mlp`` and ``states``.  Plots and widgets are
imported from their own modules (``rnncore.plots``, ``rnncore.widgets``), so
that ``import rnncore`` needs NumPy alone.
"""

from rnncore import activations, exercises, mlp, states
from rnncore._version import __version__
from rnncore.mlp import forward, predict
from rnncore.states import compute_states, step

__all__ = [
    "__version__",
    "activations",
    "compute_states",
    "exercises",
    "forward",
    "mlp",
    "predict",
    "states",
    "step",
]
