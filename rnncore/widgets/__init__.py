"""The book's widgets: ``from rnncore.widgets import StateStepper``."""

from rnncore.widgets.activation_explorer import ActivationExplorer
from rnncore.widgets.check import Check
from rnncore.widgets.shape_tracer import ShapeTracer
from rnncore.widgets.state_stepper import StateStepper

__all__ = ["ActivationExplorer", "Check", "ShapeTracer", "StateStepper"]
