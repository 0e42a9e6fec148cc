"""The book's widgets: ``from rnncore.widgets import StateStepper``."""

from rnncore.widgets.mlp_stepper import MLPStepper
from rnncore.widgets.state_stepper import StateStepper

__all__ = ["MLPStepper", "StateStepper"]
