"""Writes what films.test.js compares: the film strip of each widget, at random values too."""

import json

import pytest

from rnncore import widgets
from rnncore.layers import LSTM
from tests.support.cases import CASES, shaken_widgets
from tests.support.gallery import WIDGETS

SHAKEN = 6  # of each widget
# Few random values are within the bounds of these; a random training run is chaotic.
NOT_SHAKEN = {"DigitReader", "GateStepper", "LayerReader", "TrainingStepper"}
AS_NAMED = ("weights", "training", "answer")  # traits that a strip needs besides the parameters


def made(widget):
    """The widget, one with each of its presets, and some that are shaken at random."""
    kind, start = type(widget), widget.values()
    yield kind, start
    for preset in widget.presets:
        yield kind, {name: preset.get(name, value) for name, value in start.items()}
    if kind.__name__ not in NOT_SHAKEN:
        for twin in shaken_widgets(widget, SHAKEN):
            yield kind, twin.clean_values


def case(kind, values):
    """What a strip is made of, and the strip that the class makes."""
    widget = kind(**values, id="a-1")
    given = {name: getattr(widget, name) for name in AS_NAMED if hasattr(widget, name)}
    stem = kind.__module__.rpartition(".")[2]
    return {
        **{"stem": stem, "values": widget.values(), "limits": dict(widget.limits)},
        **{"traits": given, "film": widget.film},
    }


def test_the_cases_are_written():
    large = widgets.LayerReader(LSTM.initialise(5, 9, rng=1), id="large", unit=7)
    held = widgets.GateStepper(id="held", held=[-1, 0.5, -1, 1, -1], since=2, reset="after")
    more = [large, held, widgets.Check("ex-states-by-hand")]
    cases = [case(*each) for widget in [*WIDGETS.values(), *more] for each in made(widget)]
    assert {each["stem"] for each in cases} >= {"state_stepper", "layer_reader", "check"}
    CASES.mkdir(parents=True, exist_ok=True)
    (CASES / "films.json").write_text(json.dumps(cases, allow_nan=False), encoding="utf8")


def test_every_kind_has_one():
    assert {type(widget).__name__ for widget in WIDGETS.values()} == {*widgets.__all__}


@pytest.mark.parametrize("rate", [0.5, 0.02, 1e-5])
def test_a_rate_is_told_as_the_page_tells_it(rate):
    widget = widgets.TrainingStepper(id="a", rate=rate)
    assert f"rate {rate:.6f}".rstrip("0") in widget.film
