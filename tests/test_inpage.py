"""The Python of a page that runs its cells, tried without a page: what it sends, and when."""

import asyncio
import builtins
import sys

import comm
import pytest
from inpage import lazy, names
from inpage.session import MOST, Session
from inpage.shell import Shell

import rnncore.figures


class Page:
    """Stands for the page: runs cells by number, and keeps what the session posts."""

    def __init__(self):
        self.posted = []
        self.session = Session(self.posted.append)

    def run(self, number, code, **others):
        self.posted.clear()
        codes = {number: code} | {int(key[1:]): other for key, other in others.items()}
        return asyncio.run(self.session.run(number, code, codes))

    def outputs(self, kind):
        return [m["output"] for m in self.posted if m.get("output", {}).get("kind") == kind]


@pytest.fixture
def python(monkeypatch):
    """A page whose Python has loaded neither matplotlib nor the plots."""
    monkeypatch.setattr(builtins, "input", input)  # each session puts its own in that place
    monkeypatch.setattr(comm, "create_comm", comm.create_comm)
    # In a page it is read from the settings; here ipywidgets may have been imported before.
    monkeypatch.setattr("ipywidgets.widgets.widget.JUPYTER_WIDGETS_ECHO", False)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    heavy = {name: module for name, module in sys.modules.items() if lazy.is_heavy(name)}
    forget(heavy)
    Shell.clear_instance()
    yield Page()
    Shell.clear_instance()
    forget([name for name in sys.modules if lazy.is_heavy(name)])
    sys.modules.update(heavy)
    if "rnncore.plots" in heavy:
        rnncore.plots = heavy["rnncore.plots"]


def forget(names):
    """Let modules be imported anew."""
    for name in names:
        del sys.modules[name]
    vars(rnncore).pop("plots", None)


# Names.


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("S = 1", {"S"}),
        ("import numpy as np, os.path", {"np", "os"}),
        ("def f(x):\n    inner = 1", {"f"}),
        ("for k in range(3):\n    z[k] += 1", {"k"}),
        ("if (n := 3) > 2:\n    with open(p) as file: pass", {"n", "file"}),
        ("a = [x for x in y]", {"a"}),
        ("print(S)", set()),
        ("this is no Python", set()),
    ],
)
def test_what_a_cell_makes(code, made):
    assert names.made_by(code) == made


def test_a_missing_name_is_traced_to_the_cells_that_make_it(python):
    cells = {"_2": "S = 1", "_3": "%time S = 2", "_5": "T = S"}
    end = python.run(7, "S + 1", **cells)
    assert end == {"ok": False, "name": "S", "makers": [2]}


def test_a_name_that_a_function_misses_is_traced_as_well(python):
    python.run(1, "def f():\n    return W_h")
    assert python.run(2, "f()", _9="W_h = 0.5")["makers"] == [9]


# Outputs.


def test_a_cell_gives_what_it_prints_then_its_value(python):
    assert python.run(1, "print('a')\nprint('b')\n1 + 1") == {"ok": True}
    kinds = [message["output"]["kind"] for message in python.posted]
    assert kinds == ["stream", "result"]
    assert python.outputs("stream")[0]["text"] == "a\nb\n"
    assert python.outputs("result")[0]["data"] == {"text/plain": "2"}


def test_a_semicolon_hides_the_value(python):
    python.run(1, "1 + 1;")
    assert python.posted == []


def test_an_error_names_the_cell_as_the_page_numbers_it(python):
    end = python.run(12, "1 / 0")
    (error,) = python.outputs("error")
    assert end == {"ok": False}
    assert error["text"].startswith("ZeroDivisionError")
    assert "Cell In[12], line 1" in error["text"]
    assert "\x1b" not in error["text"]


def test_what_is_printed_ends_at_a_limit(python):
    python.run(1, f"for _ in range(3):\n    print({MOST} * 'x')")
    assert sum(len(output["text"]) for output in python.outputs("stream")) < 1.1 * MOST
    assert "not shown" in python.outputs("stream")[-1]["text"]


def test_memory_that_is_not_there_is_told_apart(python):
    assert python.run(1, "raise MemoryError")["why"] == "memory"


def test_input_is_refused_in_words(python):
    python.run(1, "input('?')")
    assert "cannot ask for input" in python.outputs("error")[0]["text"]


def test_a_cell_may_await(python):
    python.run(1, "import asyncio\nawait asyncio.sleep(0)\n5")
    assert python.outputs("result")[0]["data"]["text/plain"] == "5"


# Matplotlib.

IMPORTS = "import matplotlib.pyplot as plt\nfrom rnncore import plots\nplots.use_style()"


def test_importing_matplotlib_loads_nothing(python):
    assert not python.session.draws(IMPORTS)
    assert python.run(1, IMPORTS) == {"ok": True}
    assert "matplotlib.figure" not in sys.modules


@pytest.mark.parametrize(
    ("code", "draws"),
    [
        ("fig, ax = plt.subplots()", True),
        ("plots.grid(ax, S)", True),
        ("draw()", True),
        ("draw_twice()", True),
        ("function = plt", True),
        ("from matplotlib.pyplot import plot", True),
        ("import matplotlib.pyplot as other\nother.plot([1])", True),
        ("import matplotlib.pyplot as other", False),
        ("plots.use_style()", False),
        ("S = 1\nprint(S)", False),
        ("this is no Python", False),
    ],
)
def test_whether_a_cell_draws_is_read_from_its_code(python, code, draws):
    python.run(1, IMPORTS)
    python.run(
        2, "def draw():\n    plt.plot([1])\n\n\ndef draw_twice():\n    return [draw(), draw()]"
    )
    assert python.session.draws(code) is draws


def test_the_style_that_was_asked_for_holds_once_matplotlib_is_there(python):
    python.run(1, IMPORTS)
    python.session.load_plots()
    python.run(2, "plt.rcParams['figure.dpi'], plots.STYLE['figure.dpi'], type(plt).__name__")
    assert python.outputs("result")[0]["data"]["text/plain"] == "(110.0, 110, 'module')"
    assert not python.session.draws("plt.plot([1])")


def test_a_drawing_of_the_package_can_be_imported_before_matplotlib_is_there(python, monkeypatch):
    monkeypatch.delitem(sys.modules, "rnncore.figures.network", raising=False)
    monkeypatch.delattr(rnncore.figures, "network", raising=False)
    python.run(1, IMPORTS)
    importing = "from rnncore.figures import network"
    drawing = "network.unrolled([1], 1.0, 0.5)\nplots.show()"
    assert not python.session.draws(importing)
    assert python.run(2, importing) == {"ok": True}
    assert "matplotlib.figure" not in sys.modules
    assert python.session.draws(drawing)
    python.session.load_plots()
    assert python.run(3, drawing) == {"ok": True}


def test_where_matplotlib_is_missing_only_cells_that_draw_fail(python):
    python.run(1, IMPORTS)
    assert python.run(2, "plt.plot([1, 2])") == {"ok": False, "package": "matplotlib"}
    (error,) = python.outputs("error")
    assert error["text"] == "matplotlib is missing on this site, so this cell cannot draw."


# Widgets.

STEPPER = "from rnncore.widgets import StateStepper\nw = StateStepper([1, 0], 1.0, 0.5, id='w')\nw"


def test_a_widget_speaks_to_the_page_and_hears_it(python):
    python.run(3, STEPPER)
    opened = [message for message in python.posted if message["type"] == "comm_open"]
    state = opened[-1]["content"]["state"]
    assert (state["id"], state["W_h"], opened[-1]["cell"]) == ("w", 0.5, 3)
    assert not {"_esm", "_css"} & state.keys()

    python.run(4, "w.step = 2")
    (changed,) = python.posted
    assert (changed["comm"], changed["content"]["state"]) == (opened[-1]["comm"], {"step": 2})

    python.posted.clear()
    update = {"method": "update", "state": {"step": 1}, "buffer_paths": []}
    python.session.receive(opened[-1]["comm"], update, 3)
    assert python.posted == []  # no echo
    python.run(5, "w.step")
    assert python.outputs("result")[0]["data"]["text/plain"] == "1"


def test_what_an_observer_prints_goes_to_the_cell_of_its_widget(python):
    python.run(3, STEPPER)
    name = python.posted[-1]["output"]["data"]["application/vnd.jupyter.widget-view+json"][
        "model_id"
    ]
    python.run(4, "w.observe(lambda change: print(change.new), 'step')")
    update = {"method": "update", "state": {"step": 1}, "buffer_paths": []}
    python.session.receive(name, update, 3)
    printed = [message for message in python.posted if message["type"] == "output"]
    assert [(m["cell"], m["output"]["text"]) for m in printed] == [(3, "1\n")]


def test_a_widget_that_is_gone_hears_nothing(python):
    python.session.receive("nobody", {"method": "update", "state": {}}, 1)
    assert python.posted == []


# One Python.


def test_what_a_cell_sets_holds_in_the_next_one(python):
    python.run(1, "import numpy as np\nnp.set_printoptions(precision=2)")  # NumPy's is of a context
    python.run(2, "np.array([1 / 3])")
    assert python.outputs("result")[0]["data"]["text/plain"] == "array([0.33])"
