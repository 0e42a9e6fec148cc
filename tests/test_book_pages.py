"""The pages around the chapters (notation, mistakes, glossary, references), and chapters 5 and 5b.

Tables and sentences are read from the page and compared with the code.
"""

import ast
import inspect
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from pybtex.database import parse_file

import rnncore
from book._ext.links import ways_to_cite
from rnncore import compute_states, interop
from rnncore.activations import KNOWN, softmax
from rnncore.bptt import contributions, jacobian_product
from rnncore.elman import Elman
from rnncore.gradcheck import numerical_gradient
from rnncore.layers import GRU, LSTM, Dense, Embedding, LSTMCell, SimpleRNN
from rnncore.widgets import BreakTheGradient

BOOK = Path(__file__).parents[1] / "book"
SOURCE = Path(rnncore.__file__).parent

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")


# --- Notation ----------------------------------------------------------------------


def read_table(head):
    """The rows of the table on the page that begins with these columns, each as a dict."""
    lines = (BOOK / "notation.md").read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(f"| {head} |"))
    columns = split_row(lines[first])
    rows = [split_row(line) for line in lines[first + 2 : lines.index("", first)]]
    assert {len(row) for row in rows} == {len(columns)}
    return [dict(zip(columns, row)) for row in rows]


def split_row(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def coded(cell):
    """What stands between backticks."""
    return re.findall(r"`([^`]*)`", cell)


ROSETTA = {row["source"]: row for row in read_table("source | input weights")}
KERAS, TORCH = ROSETTA["Keras, `SimpleRNN`"], ROSETTA["PyTorch, `nn.RNN`"]
SHAPES = read_table("here | Keras")
ORDERS = {row["source"].split(",")[0].strip("*"): row for row in read_table("source | LSTM")}

COLUMNS = ["input weights", "recurrent weights", "bias"]
RNN, DENSE = SimpleRNN.initialise(3, 5, rng=1), Dense.initialise(3, 5, rng=1)


def names(row):
    """The names of the weights in a row of the large table, in the order of its columns."""
    return [name for column in COLUMNS for name in coded(row[column])]


def test_our_own_rows():
    assert names(ROSETTA["**here**"]) == [*RNN.parameters]
    net = [*inspect.signature(Elman).parameters][:3]
    row = ROSETTA["**here**, `Elman`"]
    assert [*names(row), *coded(row["output weights"])] == [*net]


def test_the_row_of_keras_has_the_names_of_interop():
    assert dict(zip(RNN.parameters, names(KERAS))) == interop.RECURRENT_IN_KERAS
    assert coded(KERAS["output weights"]) == [interop.IN_KERAS[Dense]["W"], "Dense"]


def test_the_row_of_pytorch_has_the_names_of_interop():
    assert names(TORCH) == [*interop.to_torch(RNN)]
    assert coded(TORCH["output weights"]) == [next(iter(interop.to_torch(DENSE))), "Linear"]


def test_the_readme_counts_the_other_sources_of_the_table():
    path = SOURCE.parent / "README.md"
    if not path.exists():
        pytest.skip("the package stands here without its README.md")
    named = (BOOK / "notation.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^The sources of the rows are .*$", named, re.M)
    others = len(re.findall(r"references\.md#cite-", line)) - len(["Keras", "PyTorch"])
    words = ["six", "seven", "eight"][others - 6]
    said = f"the names that Keras, PyTorch and {words} other sources use"
    assert said in path.read_text(encoding="utf-8")


def test_the_two_traditions_change_sides():
    """U takes the input in the one, the state in the other."""
    one, other = (
        [ROSETTA[name][c] for c in COLUMNS[:2]] for name in ("*Deep Learning*", "Wikipedia")
    )
    assert one == ["$U$", "$W$"]
    assert other == ["$W_h$", "$U_h$"]
    assert ROSETTA["WildML"]["input weights"] == "$U$"


KINDS = {"LSTM": LSTM, "GRU": GRU, "Dense": Dense, "Embedding": Embedding}
SIZES = {"features": 3, "units": 5, "in": 3, "out": 5, "tokens": 3, "2": 2}


def arrays_in(cell):
    """{name: shape} of a cell such as `kernel` (features, 4·units)."""

    def size(axis):
        factor, _, name = axis.rpartition("·")
        return int(factor or 1) * SIZES[name]

    found = re.findall(r"`(\w+)` \(([^)]*)\)", cell)
    return {name: tuple(size(a.strip()) for a in axes.split(",") if a) for name, axes in found}


def kind_of(row):
    found = re.search(r" of an? (\w+)$", row["here"])
    return KINDS[found[1]] if found else SimpleRNN


def with_random_weights(kind):
    layer = kind.initialise(3, 5, rng=1)
    for p in layer.parameters.values():
        p[...] = np.random.default_rng(2).normal(size=p.shape)
    return layer


@pytest.mark.parametrize("row", SHAPES, ids=lambda row: row["here"])
def test_a_row_of_shapes(row):
    layer = with_random_weights(kind_of(row))
    ((name, shape),) = arrays_in(row["here"]).items()
    ours = layer.parameters[name]
    assert ours.shape == shape

    ((in_keras, shape),) = arrays_in(row["Keras"]).items()
    keras_names = interop.IN_KERAS.get(type(layer), interop.RECURRENT_IN_KERAS)
    assert keras_names[name] == in_keras
    theirs = dict(zip(layer.parameters, interop.to_keras(layer)))[name]
    assert theirs.shape == shape
    np.testing.assert_array_equal(theirs, ours)

    state_dict = interop.to_torch(layer)
    in_torch = arrays_in(row["PyTorch"])
    assert {n: state_dict[n].shape for n in in_torch} == in_torch
    found = [state_dict[n] for n in in_torch]
    if not isinstance(layer, GRU):  # whose gates change places
        word = row["PyTorch"].rpartition(" ")[2]
        combined = {"transposed": lambda a: a.T, "added": np.add}.get(word, lambda a: a)(*found)
        np.testing.assert_array_equal(combined, ours)


def test_no_weight_of_a_layer_is_missing_in_the_table_of_shapes():
    listed = {(kind_of(row), *arrays_in(row["here"])) for row in SHAPES}
    kinds = [SimpleRNN, *KINDS.values()]
    assert listed == {(kind, n) for kind in kinds for n in kind.initialise(3, 5, rng=1).parameters}


def order(source, kind):
    """The gates of a kind in their order, the candidate as ~."""
    row = ORDERS[source]
    (letters,), (candidate,) = coded(row[kind]), coded(row[f"{kind}'s candidate"])
    return ["~" if letter == candidate else letter for letter in letters.split()]


def test_a_fresh_lstm_has_its_ones_in_the_bias_of_f():
    blocks = LSTM.initialise(3, 5, rng=1).parameters["b"].reshape(4, 5)
    assert [order("here", "LSTM")[k] for k in np.flatnonzero(blocks.any(axis=1))] == ["f"]


@pytest.mark.parametrize(("z", "expected"), [(50.0, 0.25), (-50.0, np.tanh(0.75))])
def test_z_is_the_share_of_the_old_state(z, expected):
    """Without weights a GRU shows its biases: z keeps h0, or takes tanh of the candidate's."""
    gates = order("here", "GRU")
    b = np.zeros((2, 3))
    b[0, gates.index("z")], b[0, gates.index("~")] = z, 0.75
    layer = GRU(np.zeros((1, 3)), np.zeros((1, 3)), b)
    np.testing.assert_allclose(layer.forward([[[1.0]]], [[0.25]]), [[expected]])


@pytest.mark.parametrize("kind", [LSTM, GRU])
def test_the_order_of_keras_is_ours(kind):
    assert order("Keras", kind.__name__) == order("here", kind.__name__)


@pytest.mark.parametrize("kind", [LSTM, GRU])
def test_the_order_of_pytorch_leads_to_ours(kind):
    """Each block of PyTorch's matrix holds its own place; interop puts them into our order."""
    theirs, ours = (order(source, kind.__name__) for source in ("PyTorch", "here"))
    places = np.arange(float(kind.gates))[:, np.newaxis]
    layer = interop.from_torch(kind.__name__, {"weight_ih_l0": places, "weight_hh_l0": places})
    assert [theirs[int(k)] for k in layer.parameters["W_x"][0]] == ours


def test_pytorch_itself_has_the_names_and_shapes(torch):
    for row in SHAPES:
        kind = interop.IN_TORCH.get(kind_of(row).__name__, kind_of(row).__name__)
        module = getattr(torch.nn, kind)(3, 5)
        shapes = {name: tuple(p.shape) for name, p in module.named_parameters()}
        assert arrays_in(row["PyTorch"]).items() <= shapes.items()
    assert [name for name, _ in torch.nn.RNN(3, 5).named_parameters()] == names(TORCH)


def test_keras_itself_has_the_names_and_shapes(keras):
    for row in SHAPES:
        kind = kind_of(row)
        layer = keras.layers.Embedding(3, 5) if kind is Embedding else None
        layer = layer or getattr(keras.layers, kind.__name__)(5)
        shape = {Embedding: (None, 7), Dense: (None, 3)}.get(kind, (None, 7, 3))
        layer.build(shape)
        shapes = {w.name: tuple(w.shape) for w in layer.weights}
        assert arrays_in(row["Keras"]).items() <= shapes.items()
        if kind is SimpleRNN:
            assert [w.name for w in layer.weights] == names(KERAS)


BOTH = {"a": np.array([3.0, 4.0]), "b": np.array([12.0])}
CLIPPED = {row["what is limited"]: row for row in read_table("what is limited")}
JOBS = {row["you want to"]: row for row in read_table("you want to")}


def in_row(row):
    """The two arrays that a row of the table of clipping prints."""
    return [ast.literal_eval(text) for text in coded(row["the result"])]


def agree(found, row):
    for array, printed in zip(found, in_row(row), strict=True):
        np.testing.assert_allclose(array, printed, rtol=0, atol=5e-5)


def test_the_three_ways_to_clip_give_the_printed_numbers():
    ways = [
        lambda g: np.clip(g, -1, 1),
        lambda g: g / np.linalg.norm(g),
        lambda g: g / np.linalg.norm(np.concatenate([*BOTH.values()])),
    ]
    for way, row in zip(ways, CLIPPED.values(), strict=True):
        agree(map(way, BOTH.values()), row)


def test_ours_clips_by_the_norm_of_all_arrays_together():
    row = CLIPPED["their common norm"]
    assert coded(row["here"])[0] == rnncore.training.clip_by_norm.__name__
    agree(rnncore.training.clip_by_norm(BOTH, 1.0)[0].values(), row)


def test_keras_clips_as_its_names_say(keras):
    for row in CLIPPED.values():
        (name,) = coded(row["Keras"])
        optimiser = keras.optimizers.SGD(1.0, **{name: 1.0})
        variables = [keras.Variable(np.zeros_like(g)) for g in BOTH.values()]
        optimiser.build(variables)
        optimiser.apply([keras.ops.convert_to_tensor(g) for g in BOTH.values()], variables)
        agree([-keras.ops.convert_to_numpy(v) for v in variables], row)


def test_pytorch_clips_as_its_names_say(torch):
    for row in CLIPPED.values():
        clip = getattr(torch.nn.utils, coded(row["PyTorch"])[0])
        parameters = [torch.nn.Parameter(torch.zeros(len(g))) for g in BOTH.values()]
        for p, g in zip(parameters, BOTH.values()):
            p.grad = torch.tensor(g, dtype=p.dtype)
        one_at_a_time = "one by one" in row["PyTorch"]
        for group in [[p] for p in parameters] if one_at_a_time else [parameters]:
            clip(group, 1.0)
        agree([p.grad.numpy() for p in parameters], row)


def keywords(column):
    """Every keyword that a column of the table of jobs uses."""
    return {name for row in JOBS.values() for name in re.findall(r"(\w+)=", row[column])}


def test_keras_knows_the_keywords_of_the_table_of_jobs(keras):
    layers = keras.layers
    calls = [layers.Embedding, layers.Bidirectional, layers.LSTM, layers.LSTM.call]
    known = {name for call in calls for name in inspect.signature(call).parameters}
    assert keywords("Keras") <= known
    assert {"mask", "stateful"} <= known
    assert hasattr(layers.LSTM, "reset_state")


def test_pytorch_knows_the_keywords_of_the_table_of_jobs(torch):
    assert torch.nn.RNN(1, 1, num_layers=2, bidirectional=True).num_layers == 2
    assert keywords("PyTorch") == {"num_layers", "bidirectional"}
    x = torch.nn.utils.rnn.pack_padded_sequence(torch.ones(5, 2, 1), [5, 3])
    assert torch.nn.RNN(1, 1)(x)[1].shape == (1, 2, 1)


BEGIN = {row["weights"]: row for row in read_table("weights | here, and in Keras")}
OLD = {row["in old code"]: row for row in read_table("in old code | what happens today")}


def test_layers_begin_as_the_table_of_first_weights_says():
    W_x, W_h, b = SimpleRNN.initialise(400, 100, 1).parameters.values()
    assert 0.99 < abs(W_x).max() / np.sqrt(6 / 500) <= 1
    np.testing.assert_allclose(W_h @ W_h.T, np.eye(100), atol=1e-12)
    drawn = [SimpleRNN.initialise(3, 5, seed).parameters["W_h"] for seed in range(8)]
    both = {round(np.linalg.det(each)) for each in drawn}
    assert both == {1, -1}  # a rotation and a reflection
    row = BEGIN["recurrent weights `W_h`"]["here, and in Keras"]
    assert row == "a random orthogonal matrix, a rotation or a reflection"
    assert not b.any()
    table = Embedding.initialise(400, 100, 1).parameters["table"]
    assert 0.99 < abs(table).max() / 0.05 <= 1
    assert coded(BEGIN["input weights `W_x`"]["its name in `rnncore`"]) == ['"glorot"']
    assert coded(BEGIN["recurrent weights `W_h`"]["its name in `rnncore`"]) == ['"orthogonal"']


def test_pytorch_begins_as_the_table_of_first_weights_says(torch):
    for part in torch.nn.RNN(400, 100), torch.nn.Linear(100, 400):
        for weights in part.parameters():
            assert 0.9 < abs(weights).max().item() * 10 <= 1
    assert 0.95 < torch.nn.Embedding(400, 100).weight.std().item() < 1.05


def test_keras_does_with_old_code_what_the_table_says(keras):
    assert len(OLD) == 5
    with pytest.warns(UserWarning, match="remove it"):
        keras.layers.Embedding(5, 3, input_length=250)
    with pytest.raises(ValueError, match="Unrecognized keyword"):
        keras.layers.LSTM(4, batch_input_shape=(8, 250, 32))
    with pytest.warns(UserWarning, match="input_shape"):
        keras.layers.LSTM(4, input_shape=(250, 32))
    model = keras.Sequential([keras.Input((3, 1), batch_size=2), keras.layers.LSTM(4)])
    assert not hasattr(model, "reset_states")
    model.layers[0].reset_state()
    assert not hasattr(keras.layers, "CuDNNLSTM")


# --- The package ---------------------------------------------------------------------


def test_activations_are_written_as_in_their_records():
    page = (BOOK / "api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", page, flags=re.MULTILINE)
    none = "none: each output depends on every input"
    assert [row for row in rows if row[0] in KNOWN] == [
        (f.name, f.formula, getattr(f, "derivative_formula", none)) for f in KNOWN.values()
    ]


# --- Famous mistakes ------------------------------------------------------------------

MISTAKES = nbformat.read(BOOK / "mistakes.ipynb", as_version=4)


def sections():
    """The numbered sections of the page: {number: (prose, outputs)}."""
    found, last = {0: ("", [])}, 0
    for cell in MISTAKES.cells:
        if cell.cell_type == "code":
            found[last][1].extend(o.data["text/plain"] for o in cell.outputs)
            continue
        before, *parts = re.split(r"^### (\d+) · ", cell.source, flags=re.M)
        found[last] = (found[last][0] + before, found[last][1])
        for number, text in zip(parts[::2], parts[1::2]):
            last = int(number)
            found[last] = (text, [])
    del found[0]
    return found


SECTIONS = sections()


def test_there_are_as_many_sections_as_rows_in_the_table():
    table = next(c.source for c in MISTAKES.cells if "what notices" in c.source)
    rows = [int(n) for n in re.findall(r"^\| \[(\d+)\]\(#mistake-\w+\) ", table, flags=re.M)]
    assert rows == [*SECTIONS] == [*range(1, len(rows) + 1)]


@pytest.mark.parametrize("number", SECTIONS)
def test_the_check_fails_for_the_wrong_line_and_passes_for_the_right_one(number):
    assert any("(False, True)" in output for output in SECTIONS[number][1])


@pytest.mark.parametrize("number", SECTIONS)
def test_the_right_line_runs_somewhere(number):
    """Every line with a + stands in the page's code, or in the loops of the chapters."""
    (block,) = re.findall(r"```diff\n(.*?)```", SECTIONS[number][0], flags=re.S)
    right = [line[2:] for line in block.splitlines() if line.startswith("+ ")]
    assert right
    assert [line for line in block.splitlines() if line.startswith("- ")]
    notebooks = [nbformat.read(path, as_version=4) for path in BOOK.glob("*.ipynb")]
    code = " ".join(c.source for nb in notebooks for c in nb.cells if c.cell_type == "code")
    for line in right:
        assert line.replace(" ", "") in code.replace(" ", "")


def test_how_often_each_line_of_the_loop_has_been_got_wrong():
    wrong = [
        line.split("=")[0].strip("- +")
        for number in range(9, 14)
        for line in re.findall(r"^- .*$", SECTIONS[number][0], flags=re.M)
    ]
    assert sorted(wrong) == ["dW_h", "dW_h", "dh", "dh", "dh_next", "dz"]
    (said,) = (c.source for c in MISTAKES.cells if "each of its four lines wrong" in c.source)
    assert "each of its four lines wrong, the first and the third in two ways" in said
    (loop,) = (c.source for c in MISTAKES.cells if c.source.startswith("dW_h, dh_next ="))
    order = re.findall(r"^    (\w+) \+?=", loop, flags=re.M)
    assert order == ["dh", "dz", "dW_h", "dh_next"]


def test_the_state_after_is_worse_than_a_missing_transpose_and_training_feels_neither():
    errors = {}
    for number in (9, 11):
        first = SECTIONS[number][1][0]
        errors[number], *answers = map(float, re.findall(r"\d+\.\d*", first))
        assert answers == [100.0] * 5
    assert 2 < errors[11] / errors[9] < 3
    assert "more than twice that of the missing transpose" in "".join(
        c.source for c in MISTAKES.cells
    )


# --- Chapters 5 and 5b ----------------------------------------------------------------

GRADIENTS = [
    cell
    for name in ("05_gradients", "05b_reach")
    for cell in nbformat.read(BOOK / f"{name}.ipynb", as_version=4).cells
]
PROSE = "\n".join(c.source for c in GRADIENTS if c.cell_type == "markdown")


def printed_by(words):
    """What the one cell with these words has printed, as Python reads it."""
    (cell,) = (c for c in GRADIENTS if c.cell_type == "code" and words in c.source)
    return ast.literal_eval(cell.outputs[0].data["text/plain"].replace("nan", "None"))


def test_the_table_of_remedies_has_the_numbers_of_its_cell():
    rows = re.findall(r"^\| ([a-z ]+) \| ([^|]+) \| ([^|]+) \|$", PROSE, flags=re.M)
    table = {name.replace("no remedy", "nothing"): pair for name, *pair in rows}
    found = printed_by("remedies.items()")
    assert [*found] == ["nothing", "clipping", "truncation", "initialisation", "gates"]
    for name, pair in found.items():
        for shown, number in zip(table[name], pair):
            shown = re.sub(r"\$(.*) \\cdot 10\^\{(-\d+)\}\$", r"\1e\2", shown).replace(" ", "")
            assert f"{float(shown):.3g}" == f"{float(number):.3g}"


def test_how_many_mistakes_each_witness_catches():
    verdicts = printed_by('found["alone_worst"]').values()
    shapes = [worst is None for worst, _ in verdicts]
    training = [learnt < 2.5 for _, learnt in verdicts]
    check = [worst is not None and worst > 1e-7 for worst, _ in verdicts]
    assert (sum(shapes), len(verdicts), sum(training)) == (1, 6, 2)
    assert "The shapes catch one mistake out of six," in PROSE
    assert "Training catches two," in PROSE
    assert sum(check) == len(verdicts) - sum(shapes) == 5
    assert "The gradient check catches all five that run." in PROSE


def test_the_setting_of_the_lab_is_said_beside_it():
    lab = BreakTheGradient(id="lab")
    steps = [t for t, row in enumerate(lab.dS, 1) if any(row)]
    assert steps == [1, 3]
    assert "The lab has another loss, which looks at steps 1 and 3" in PROSE
    assert lab.h0 == [0.5, 0, -1]
    assert "another initial state, $(0.5, 0, -1)$" in PROSE
    assert [round(error, 4) for error in lab.trace()["alone_worst"][:1]] == [0.5292]
    assert "Don't expect the 0.1407 from above for the missing transpose." in PROSE


def test_the_first_ten_steps_contribute_less_than_a_millionth():
    """2^-(30-t) · 2 from step t, out of 4: the states are about 2, and each step back halves."""
    ones, at_end = np.ones((1, 30)), np.eye(1, 30, 29)
    terms = contributions(ones, compute_states(ones, 1.0, 0.5), at_end, 1.0, 0.5).W_h
    assert np.allclose(terms[-2:] / terms.sum(), [0.25, 0.5])
    assert terms[:10].sum() / terms.sum() < 1e-6
    assert "The first ten steps together contribute less than one part in a million." in PROSE


# --- Glossary -------------------------------------------------------------------------


def test_the_glossary_is_in_order():
    lines = (BOOK / "glossary.md").read_text(encoding="utf-8").partition("```{glossary}")[2]
    entries = [entry.split("\n")[0] for entry in re.split(r"\n\n(?=\S)", lines.strip("`\n"))]
    assert len(entries) > 40
    assert entries == sorted(entries, key=lambda term: term.replace("_", " ").lower())


def entry_of(term):
    """The text of an entry, the links as their words."""
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    (entry,) = re.findall(rf"^{term}\n(?:\S.*\n)*((?:  .*\n)+)", text, flags=re.M)
    return re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", entry)


def test_the_numbers_of_the_glossary():
    tanh = KNOWN["tanh"]
    fixed = compute_states(np.zeros((1, 100)), 1.0, 1.5, activation="tanh", h0=[1.0])[0, -1]
    assert f"{fixed:.4f} is one with tanh, $W_h = 1.5$ and $c = 0$" in entry_of("fixed point")
    assert f"at $z = 5$, it is {tanh.slope(np.tanh(5.0)):.4f}" in entry_of("saturation")
    first, second = softmax.value(np.array([[1.0, 0.0]]))[0]
    assert f"(1, 0) becomes ({first:.4f}, {second:.4f})" in entry_of("softmax")
    assert f"{np.finfo(np.float64).eps:.1e}" == "2.2e-16"
    assert f"{np.finfo(np.float32).eps:.1e}" == "1.2e-07"
    assert "$2.2 \\cdot 10^{-16}$ in float64" in entry_of("machine epsilon")
    assert "$1.2 \\cdot 10^{-7}$ in float32" in entry_of("machine epsilon")
    layer = SimpleRNN.initialise(32, 100, rng=1)
    assert sum(p.size for p in layer.parameters.values()) == 13_300
    assert "13 300 of them" in entry_of("parameter")


def test_the_total_derivative_is_the_direct_effect_and_the_carried_gradient():
    """Whatever the loss, dL/dh_t is their sum; the carried part is 0 at the last step."""
    rng = np.random.default_rng(0)
    X, W_x, W_h = rng.normal(size=(2, 5, 3)), rng.normal(size=(3, 4)), rng.normal(size=(4, 4))
    S = compute_states(X, W_x, W_h, activation="tanh")
    dS = rng.normal(size=(2, 5, 4))
    carried = np.zeros((2, 4))
    for t in range(5, 0, -1):

        def rest(h_t, t=t):
            later = compute_states(X[:, t:], W_x, W_h, activation="tanh", h0=h_t)[:, 1:]
            return (dS[:, t - 1] * h_t).sum() + (dS[:, t:] * later).sum()

        total = dS[:, t - 1] + carried
        assert np.allclose(total, numerical_gradient(rest, S[:, t]), rtol=1e-6, atol=1e-8)
        carried = total * (1 - S[:, t] ** 2) @ W_h.T
    assert "the {term}`direct effect` plus the carried gradient" in entry_of("total derivative")
    assert "$dz_{t+1} W_h^\\top$. It is zero at the last step" in entry_of("carried gradient")


def test_with_tanh_a_gradient_can_explode_while_the_state_stays_small():
    silence = np.zeros((1, 10))
    S = compute_states(silence, 1.0, 1.5, activation="tanh")
    assert not S.any()
    assert jacobian_product(S, 1.5, "tanh")[0].round(3) == 57.665
    linear = compute_states(np.eye(1, 11), 1.0, 1.5)[0, -1]
    assert linear.round(3) == 57.665
    said = "with tanh it stays between −1 and 1, and the gradient can explode all the same"
    assert said in entry_of("exploding gradient")


def test_a_forget_bias_of_log_n_begins_at_n_of_n_plus_1():
    for n in 10, 40:
        assert np.isclose(KNOWN["sigmoid"].value(np.log(n)), n / (n + 1))
    assert "so that the gate begins at $n/(n+1)$" in entry_of("forget bias")
    half_life = np.log(0.5) / np.log(KNOWN["sigmoid"].value(1.0))
    assert f"{half_life:.1f} steps for a gate of 0.731" in entry_of("half-life")


def test_the_cell_state_is_multiplied_and_then_added_to():
    rng = np.random.default_rng(0)
    cell = LSTMCell.initialise(2, 3, rng=1)
    x, h, c = rng.normal(size=(4, 2)), rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    cell.forward(x, h, c)
    p = cell.parameters
    i, f, candidate, _ = np.split(x @ p["W_x"] + h @ p["W_h"] + p["b"], 4, axis=1)
    sigmoid = KNOWN["sigmoid"].value
    expected = sigmoid(f) * c + sigmoid(i) * np.tanh(candidate)
    assert np.allclose(cell.state[1], expected, rtol=1e-12)
    assert "$c_t = f_t \\cdot c_{t-1} + i_t \\cdot \\tilde c_t$" in entry_of("cell state")


# --- References -----------------------------------------------------------------------

ENTRIES = parse_file(BOOK / "references.bib").entries
FIELDS = {
    "article": {"title", "journal", "year", "volume", "pages"},
    "inproceedings": {"title", "booktitle", "year"},
    "book": {"title", "publisher", "year"},
    "techreport": {"title", "institution", "number", "year"},
    "misc": {"title", "howpublished", "year"},
}
ON_PAPER = {"jordan1986", "press2007"}


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_is_complete(key):
    entry = ENTRIES[key]
    assert FIELDS[entry.type] <= entry.fields.keys()
    assert entry.persons["author"]
    assert re.fullmatch(r"(18|19|20)\d\d", entry.fields["year"])
    assert key in ON_PAPER or entry.fields.keys() & {"doi", "url"}
    assert re.fullmatch(r"10\.\d+/\S+", entry.fields.get("doi", "10.1/x"))
    assert entry.fields.get("url", "https://").startswith("https://")
    if re.search(r"\d{4}$", key):
        assert key.endswith(entry.fields["year"])


def test_keys_are_in_order():
    assert [*ENTRIES] == sorted(ENTRIES)


CITED = [
    (path.name, words, key)
    for path in [*BOOK.glob("*.md"), *BOOK.glob("*.ipynb")]
    for words, key in re.findall(
        r"\[([^][]+)\]\([^()]*#cite-([^()]+)\)", path.read_text(encoding="utf-8")
    )
]


def test_what_is_cited_is_there_and_named_as_it_is():
    assert len(CITED) > 40
    for page, words, key in CITED:
        assert key in ENTRIES, page
        assert words in ways_to_cite(ENTRIES[key]), page


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("elman1990", "Elman (1990)"),
        ("glorot2010", "Glorot and Bengio, 2010"),
        ("pascanu2013", "Pascanu et al., 2013"),
        ("vanderwesthuizen2018", "van der Westhuizen and Lasenby (2018)"),
        ("wikipedia-rnn", "Wikipedia, 2026"),
    ],
)
def test_a_source_is_named_by_its_authors_and_its_year(key, named):
    assert named in ways_to_cite(ENTRIES[key])


def sources():
    """What the docstrings of the package name as Source."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                text = ast.get_docstring(node) or ""
                found = re.search(
                    r"^Source\n-+\n(.*?)(\n\n[^\n]+\n-+\n|\Z)", text, flags=re.S | re.M
                )
                if found:
                    yield f"{path.stem}.{node.name}", " ".join(found[1].split())


SOURCES = dict(sources())
SOFTWARE = {"Keras": "chollet2015", "PyTorch": "paszke2019", "Roelants": "roelants2015"}


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_that_a_docstring_names_is_among_the_references(name):
    text = SOURCES[name]
    years = re.findall(r"(?<=[( ])((?:18|19|20)\d\d)(?=\))", text)
    for year in years:
        same_year = [entry for entry in ENTRIES.values() if entry.fields["year"] == year]
        authors = {entry.persons["author"][0].last_names[-1] for entry in same_year}
        assert any(author in text for author in authors), year
    keys = [key for word, key in SOFTWARE.items() if word in text]
    assert years or keys
    assert set(keys) <= ENTRIES.keys()
