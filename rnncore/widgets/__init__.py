"""The book's widgets: ``from rnncore.widgets import StateStepper``."""

from rnncore.widgets.check import Check
from rnncore.widgets.state_stepper import StateStepper

__all__ = ["Check", "StateStepper"]
