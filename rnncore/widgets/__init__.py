"""The book's widgets: ``from rnncore.widgets import StateStepper``."""

from rnncore.widgets.break_the_gradient import BreakTheGradient
from rnncore.widgets.state_stepper import StateStepper

__all__ = ["BreakTheGradient", "StateStepper"]
