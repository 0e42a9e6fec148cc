"""What any widget on a page shows, held against the class that computes it with rnncore."""

import inspect
import json
import math
from functools import cache

import numpy as np

from rnncore import widgets
from rnncore.widgets.film import shown

ROOT = '[data-rnn-id="{}"] [data-rnn-widget]'
READ = """
(root) => JSON.stringify([...root.querySelectorAll("[data-name]")].filter(
  (node) => !node.closest("[hidden]")
).map((node) => ({
  name: node.dataset.name,
  index: node.dataset.index === "" ? [] : node.dataset.index.split(",").map(Number),
  value: node.dataset.value,
  text: node.textContent,
})))
"""
KINDS = {name.lower(): getattr(widgets, name) for name in widgets.__all__}
PARAMETERS = {stem: list(cls.parameters) for stem, cls in KINDS.items()}
STATE = f"""
([selector, parameters]) => {{
  const root = document.querySelector(selector);
  const {{ rnnModel }} = root.closest("[data-rnn-slot]");
  const stem = root.dataset.rnnWidget.replaceAll("-", "");
  const values = Object.fromEntries(parameters[stem].map((name) => [name, rnnModel.get(name)]));
  return JSON.stringify([stem, values, ({READ.strip()})(root)]);
}}
"""


def numbers_in(element):
    """Every number that is shown in a part of a page: its name, index, value and text."""
    return as_numbers(element.evaluate(READ))


def as_numbers(text):
    return [{**number, "value": float(number["value"])} for number in json.loads(text)]


def root(page, name):
    """The root element of the widget with that id."""
    return page.locator(ROOT.format(name))


def ask(page, name, function):
    """What a function of JavaScript says of that root; a locator takes ten times as long."""
    return page.evaluate(f"({function})(document.querySelector('{ROOT.format(name)}'))")


def state(page, name):
    """In one reading: the widget's class, its parameters on the page, every number it shows."""
    stem, values, numbers = json.loads(page.evaluate(STATE, [ROOT.format(name), PARAMETERS]))
    return KINDS[stem], values, as_numbers(numbers)


def kind(page, name):
    """The class of the widget: bptt-stepper is BpttStepper."""
    return state(page, name)[0]


def values(page, name):
    """The parameters that the widget has on the page now, by name."""
    return state(page, name)[1]


class Twin:
    """A widget's parameters, checked, and its numbers, without traits and film: ten times cheaper.

    It has what the class has, its functions and constants; of an instance the parameters alone.
    """

    def __init__(self, cls, **values):
        self.cls, self.clean_values = cls, cls.clean(**values)

    def __getattr__(self, name):
        if name in self.clean_values:
            return self.clean_values[name]
        attribute = static(self.cls, name)
        return attribute.__get__(self, self.cls) if hasattr(attribute, "__get__") else attribute


@cache
def static(cls, name):
    """What a class has under a name, unbound."""
    return inspect.getattr_static(cls, name)


def twin(page, name):
    """A widget in Python with the parameters that the one on the page has now."""
    cls, values, _ = state(page, name)
    return Twin(cls, **values)


def assert_true(page, name):
    """Every number shown has the value that rnncore computes, and a text that rounds it."""
    cls, given, numbers = state(page, name)
    widget = Twin(cls, **given)
    expected = widget.values() | widget.trace()
    assert numbers or cls is widgets.Check  # an exercise shows its answer last
    scales = {name: scale(expected[name]) for name in {number["name"] for number in numbers}}
    for number in numbers:
        name = number["name"]
        given = number, expected[name], widget.roughly.get(name, 1e-12) * scales[name]
        try:
            assert_number(*given)
        except AssertionError:
            assert_number(*given, sway(widget, name))
    return numbers


RECURRENT = {"W_h", "lstm", "gru", "simple"}  # parameters that hold what a state meets again


def moved(widget):
    """The same widget, its weights moved by a few of their last bits towards zero; or None."""
    values, rng = widget.values(), np.random.default_rng(0)
    weights = {key: np.asarray(values[key]) for key in sorted(RECURRENT & values.keys())}
    weights = {key: W * (1 - rng.choice([0, 8e-15], W.shape)) for key, W in weights.items()}
    values |= {key: W.tolist() for key, W in weights.items()}
    return Twin(getattr(widget, "cls", type(widget)), **values) if weights else None


def distance(a, b):
    """The largest difference of two arrays, where it is finite."""
    with np.errstate(invalid="ignore"):
        apart = np.abs(flattened(a) - flattened(b))
    return apart[np.isfinite(apart)].max(initial=0)


def sway(widget, name):
    """How far rounding alone can move a number: in a chaotic run over many steps, far.

    Ten times what becomes of it when the weights move by a few of their last bits.
    """
    other, here = moved(widget), widget.trace()
    return 10 * distance(other.trace()[name], here[name]) if other and name in here else 0.0


def scale(array):
    """The size of the largest number of an array that is finite, and at least 1."""
    flat = np.abs(flattened(array))
    return max(1, flat[np.isfinite(flat)].max(initial=0))


def assert_number(number, array, tolerance, sway=0.0):
    """One number against its place in an array, or in nested lists that differ in length."""
    index = list(number["index"])
    assert all(i >= 0 for i in index), number
    right = array
    for i in index:
        right = right[i]
    assert np.ndim(right) == 0, f"{number}: not one number"
    exact = float(number["value"])
    assert_close(exact, float(right), tolerance + sway, number)
    text = number["text"].strip("() ")
    if "\u202f" in text:  # a count, written out: 5 000
        assert float(text.replace("\u202f", "")) == exact, number
    else:
        assert text in {"", shown(exact), brief(exact)}, number


def flattened(array):
    """All numbers of nested lists or arrays."""
    if isinstance(array, (list, tuple)):
        return np.concatenate([np.empty(0), *map(flattened, array)])
    return np.asarray(array, float).ravel()


def assert_close(a, b, tolerance, what):
    """Equal to the tolerance; infinities and NaN must be the same."""
    if math.isfinite(b):
        assert abs(a - b) <= tolerance, what
    else:
        assert str(float(a)) == str(float(b)), what


def brief(value):
    """The text of a number in a narrow cell: about four figures."""
    size = abs(value)
    if 1e5 <= size < math.inf:
        return ("−" if value < 0 else "") + f"{size:.1e}".replace("e+0", "e").replace("e+", "e")
    return shown(value, 3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0)


REFUSED = """
(root) => Object.fromEntries(
  [...root.querySelectorAll("[aria-invalid=true]")].map((field) => {
    const line = document.getElementById(field.getAttribute("aria-describedby"));
    const isTold = line.matches("[role=status]") && line.checkVisibility();
    return [field.ariaLabel, isTold ? line.innerText : null];
  }))
"""


def refused(page, name):
    """The fields of a widget that are marked as refused, and for each the words it is tied to.

    The words are seen, and they are those of a live region.
    """
    return ask(page, name, REFUSED)


def button(page, name, label):
    """A button of the widget, by its accessible name."""
    return root(page, name).get_by_role("button", name=label, exact=True)


def packed(value):
    """A parameter as a link writes it."""
    if isinstance(value, (str, bool)):
        return str(value).lower() if isinstance(value, bool) else value
    if not isinstance(value, (list, tuple, np.ndarray)):
        return repr(value if isinstance(value, int) else float(value))
    parts = list(map(packed, value))
    return ",;|"[depth(value) - 1].join(parts)


def depth(value):
    nested = isinstance(value, (list, tuple, np.ndarray))
    return 1 + max(map(depth, value), default=0) if nested else 0


def follow(page, name, step=None, **parameters):
    """Go to a link of that widget, and wait until it has arrived."""
    parts = [] if step is None else [f"step={step}"]
    parts += [f"{key}={packed(value)}" for key, value in parameters.items()]
    page.evaluate(
        """async (hash) => {
          if (decodeURI(location.hash) !== decodeURI(hash)) location.hash = hash;
          for (let i = 0; i < 2000; i += 1) { // location.hash has %20 for a space
            if (document.documentElement.dataset.rnnFollowed === location.hash) return;
            await new Promise((done) => setTimeout(done, i / 10));
          }
          throw new Error(`the link was not followed: ${hash}`);
        }""",
        f"#{name}?{'&'.join(parts)}",
    )


DRAWN = """
(width) => innerWidth === width && document.getAnimations().length === 0
  && [...document.querySelectorAll("[data-rnn-widget]")].every(
    (root) => root.dataset.drawnAt === String(root.clientWidth))
"""


def resize(page, width, height=800):
    """Change the width of the window, and wait until every widget is drawn at its new one.

    A side bar of the book that comes or goes changes their width for many frames.
    """
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(DRAWN, arg=width)
