"""The book's widgets: ``from rnncore.widgets import StateStepper``."""

from rnncore.widgets.digit_reader import DigitReader
from rnncore.widgets.state_stepper import StateStepper

__all__ = ["DigitReader", "StateStepper"]
