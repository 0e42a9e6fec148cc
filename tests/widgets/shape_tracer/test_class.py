"""The shape tracer's Python side: its shapes, counts and refusals are those of the real layers."""

import re

import numpy as np
import pytest

from rnncore import layers
from rnncore.layers import Bidirectional, Dense, Embedding, Sequential, SimpleRNN
from rnncore.widgets import ShapeTracer
from rnncore.widgets.shape_tracer import PRESETS, STACKS
from tests.support.random_shapes import random_tracer


def real_layers(tracer):
    """The layers of the package, as the tracer describes them."""
    made = []
    if tracer.tokens:
        table = np.zeros((tracer.tokens, tracer.features))
        made.append(Embedding(table, mask=0 if tracer.mask else None))
    cls, n, m = getattr(layers, tracer.kind), tracer.units, tracer.outputs
    wide, f = n * (2 if tracer.bidirectional else 1), tracer.features
    for i in range(tracer.stacked):
        is_last = i == tracer.stacked - 1
        every = tracer.return_sequences if is_last else tracer.lower_return_sequences
        options = {} if tracer.kind.endswith("Cell") else {"return_sequences": every}
        layer = cls.initialise(f, n, 1, **options)
        if tracer.bidirectional:
            layer = Bidirectional(layer, cls.initialise(f, n, 2, **options, reverse=True))
        made.append(layer)
        f = wide
    return [*made, Dense(np.zeros((wide, m)), np.zeros(m))] if m else made


def real(tracer, batch):
    """What the layers do: their shapes, whether a mask goes along, counts, what they refuse."""
    made = real_layers(tracer)
    given = [batch if axis is None else axis for axis in tracer.trace()["shapes"][0]]
    x = np.ones(given, int if tracer.tokens else float)
    shapes, masks, error = [given], [0], ""
    for i in range(len(made)):
        model = Sequential(made[: i + 1])
        try:
            shapes.append(list(model.forward(x).shape))
        except ValueError as refused:
            error = str(refused).partition(": ")[2]  # without the place of the layer
            break
        masks.append(int(model.mask is not None))
    counts = [sum(p.size for p in layer.parameters.values()) for layer in made]
    return shapes, masks, counts, error


def test_shapes_counts_and_errors_are_those_of_the_layers():
    rng = np.random.default_rng(5)
    refused = 0
    for _ in range(300):
        tracer = random_tracer(rng)
        run = tracer.trace()
        none = run["shapes"][0][0] is None
        shapes, masks, counts, error = real(tracer, batch=1)
        if none:
            error = error.replace("got (1,", "got (None,")
        assert run["error"] == error
        assert run["masks"] == masks
        assert run["parameters"] == counts
        assert run["total"] == sum(counts)
        found = [[1 if n is None else n for n in shape] for shape in run["shapes"]]
        assert found == shapes
        assert all((shape[0] is None) == none for shape in run["shapes"])
        refused += bool(error)
    assert 50 < refused < 250


def test_the_sentiment_model_has_173_401_parameters():
    tracer = ShapeTracer("(None, 250)", tokens=5000, outputs=1, id="a")
    run = tracer.trace()
    assert run["shapes"] == [[None, 250], [None, 250, 32], [None, 100], [None, 1]]
    assert run["parameters"] == [160_000, 13_300, 101]
    model = Sequential(
        [
            Embedding.initialise(5000, 32, 1),
            SimpleRNN.initialise(32, 100, 2),
            Dense.initialise(100, 1, 3),
        ]
    )
    assert "173 401" in model.summary((None, 250))
    assert run["total"] == 173_401


COUNTS = [  # kind, features, units, here and in Keras, in PyTorch
    ("SimpleRNN", 32, 100, 32 * 100 + 100 * 100 + 100, 13_400),
    ("LSTM", 1, 9, 4 * (1 * 9 + 9 * 9 + 9), 396 + 36),
    ("GRU", 4, 5, 3 * (4 * 5 + 5 * 5 + 2 * 5), 165),  # reset_after: two biases everywhere
    ("LSTMCell", 1, 9, 396, 432),
]


@pytest.mark.parametrize(("kind", "features", "units", "keras", "torch"), COUNTS)
def test_a_layer_is_counted_as_in_keras_and_as_in_pytorch(kind, features, units, keras, torch):
    run = ShapeTracer((3, 7, features), features, units, kind, id="a").trace()
    assert (run["total"], run["torch_total"]) == (keras, torch)
    both = {"bidirectional": not kind.endswith("Cell")}
    run = ShapeTracer((3, 7, features), features, units, kind, **both, id="a").trace()
    assert (run["total"], run["torch_total"]) == tuple(
        n * (2 if both["bidirectional"] else 1) for n in (keras, torch)
    )


def test_the_upper_layer_of_two_reads_both_directions_of_the_lower():
    tracer = ShapeTracer((3, 7, 4), 4, 5, stacked=2, bidirectional=True, outputs=1, id="a")
    assert tracer.trace()["parameters"] == [
        2 * (4 * 5 + 5 * 5 + 5),
        2 * (10 * 5 + 5 * 5 + 5),
        10 * 1 + 1,
    ]


def test_links_of_before_show_what_they_showed():
    first = ShapeTracer(id="a")
    assert first.trace()["shapes"] == [[None, 250, 32], [None, 100]]
    old = "shape=(None, 250)&features=32&units=100&kind=SimpleRNN&return_sequences=false"
    values, _ = ShapeTracer.linked(first.values(), f"{old}&tokens=5000&outputs=1")
    run = ShapeTracer(**values, id="b").trace()
    assert run["shapes"] == [[None, 250], [None, 250, 32], [None, 100], [None, 1]]
    assert (run["total"], run["torch_total"], run["masks"]) == (173_401, 173_501, [0] * 4)


@pytest.mark.parametrize(
    "written", ["(None, 250, 32)", "None,250,32", "[None 250 32]", " (None, 250, 32,) "]
)
def test_a_shape_may_be_written_in_several_ways(written):
    assert ShapeTracer(written, id="a").shape == "(None, 250, 32)"
    assert ShapeTracer((4,), id="a").shape == "(4,)"


@pytest.mark.parametrize(
    "shape", ["", "()", "(2, None)", "(0, 3)", "(2, -3)", "(1,2,3,4,5)", "x", (2.0,), 7]
)
def test_what_is_no_shape_is_refused(shape):
    message = f"only the first may be None, got {shape!r}."
    with pytest.raises(ValueError, match=re.escape(message)):
        ShapeTracer(shape, id="a")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"units": 0}, "units must be an integer from 1 to 100000, got 0."),
        ({"features": 2.5}, "features must be an integer from 1 to 100000, got 2.5."),
        ({"tokens": -1}, "tokens must be an integer from 0 to 100000, got -1."),
        (
            {"kind": "RNN"},
            "kind must be one of SimpleRNN, SimpleRNNCell, LSTM, LSTMCell, GRU, GRUCell, got",
        ),
        ({"stacked": 4}, "stacked must be an integer from 1 to 3, got 4."),
        ({"lower_return_sequences": 0}, "lower_return_sequences must be True or False, got 0."),
        ({"bidirectional": True, "kind": "GRUCell"}, "bidirectional must be False for a cell, whi"),
        ({"mask": True}, "mask must be False unless an Embedding (tokens) makes it for a layer"),
        ({"mask": True, "tokens": 9, "kind": "LSTMCell"}, "mask must be False unless an Embedd"),
        ({"return_sequences": 1}, "return_sequences must be True or False, got 1."),
    ],
)
def test_what_does_not_fit_is_refused(change, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        ShapeTracer(id="a", **change)


def test_presets_say_what_happens():
    for preset in [*PRESETS, *STACKS]:
        changes = {k: v for k, v in preset.items() if k not in ("name", "note")}
        run = ShapeTracer(id="a", **changes).trace()
        wrong = preset["name"] in ("one sequence", "the last state, too early")
        assert bool(run["error"]) == wrong, preset["name"]
    assert "(None, 100)" in PRESETS[0]["note"]
    for kind in ("SimpleRNNCell", "LSTM"):  # on what they leave as it was, too
        ShapeTracer(kind=kind, id="a", presets=STACKS)
        ShapeTracer(kind=kind, id="a")


def test_the_film_strip_has_a_row_for_each_layer():
    film = ShapeTracer("(None, 250)", tokens=5000, outputs=1, id="a").film
    assert "<td>(None, 250, 32)</td><td>5000 × 32 = 160 000</td>" in film
    assert "32 × 100 + 100 × 100 + 100 = 13 300" in film
    both = {"stacked": 2, "bidirectional": True, "mask": True}
    film = ShapeTracer("(None, 250)", tokens=5000, **both, id="a").film
    assert "<td>(None, 250, 200), masked</td><td>2 × (32 × 100 + 100 × 100 + 100)" in film
    refused = ShapeTracer("(250, 32)", id="a").film
    assert "pass x[np.newaxis]" in refused


def test_links():
    values = ShapeTracer(id="a").values()
    changed, step = ShapeTracer.linked(values, "units=7&return_sequences=true&shape=(2, 3, 32)")
    assert (changed["units"], changed["return_sequences"], step) == (7, True, 0)
    for wrong in ("units=0", "units=1.5", "shape=2;3", "return_sequences=yes", "step=1"):
        with pytest.raises(ValueError):  # noqa: PT011 - each in its own words
            ShapeTracer.linked(values, wrong)
