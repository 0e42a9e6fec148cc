"""The book's widgets: ``from rnncore.widgets import StateStepper``."""

from rnncore.widgets.activation_explorer import ActivationExplorer
from rnncore.widgets.bptt_stepper import BpttStepper
from rnncore.widgets.break_the_gradient import BreakTheGradient
from rnncore.widgets.check import Check
from rnncore.widgets.digit_reader import DigitReader
from rnncore.widgets.gate_stepper import GateStepper
from rnncore.widgets.layer_reader import LayerReader
from rnncore.widgets.mlp_stepper import MLPStepper
from rnncore.widgets.shape_tracer import ShapeTracer
from rnncore.widgets.state_stepper import StateStepper
from rnncore.widgets.token_reader import TokenReader
from rnncore.widgets.training_stepper import TrainingStepper

__all__ = [
    "ActivationExplorer",
    "BpttStepper",
    "BreakTheGradient",
    "Check",
    "DigitReader",
    "GateStepper",
    "LayerReader",
    "MLPStepper",
    "ShapeTracer",
    "StateStepper",
    "TokenReader",
    "TrainingStepper",
]
