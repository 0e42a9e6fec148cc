"""The book's widgets: ``from rnncore.widgets import StateStepper``."""

from rnncore.widgets.bptt_stepper import BpttStepper
from rnncore.widgets.state_stepper import StateStepper

__all__ = ["BpttStepper", "StateStepper"]
