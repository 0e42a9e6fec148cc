"""rnncore: recurrent networks from scratch, in NumPy.

Numbers first: ``activations`` → ``mlp`` and ``states`` → ``bptt`` → ``layers`` → ``training``.
Plots and widgets are imported from their own modules (``rnncore.plots``, ``rnncore.widgets``), so
that ``import rnncore`` needs only NumPy.
"""

import sys

from rnncore import (
    activations,
    bptt,
    elman,
    exercises,
    gradcheck,
    interop,
    layers,
    losses,
    mlp,
    optimisers,
    states,
    storage,
    tasks,
    training,
)
from rnncore._version import __version__
from rnncore.bptt import backpropagate
from rnncore.mlp import forward, predict
from rnncore.states import compute_states, step
from rnncore.storage import load, save

if sys.platform == "emscripten":
    from rnncore import _browser
