"""The book's widgets: ``from rnncore.widgets import StateStepper``."""

from rnncore.widgets.gate_stepper import GateStepper
from rnncore.widgets.state_stepper import StateStepper

__all__ = ["GateStepper", "StateStepper"]
