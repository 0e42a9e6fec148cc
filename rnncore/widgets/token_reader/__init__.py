"""A review of the reader's own words, which a trained network of the package reads one by one."""

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

import numpy as np
import traitlets

from rnncore._checks import check_flag, check_integer
from rnncore.activations import sigmoid
from rnncore.layers import Dense, Embedding, Sequential, SimpleRNN
from rnncore.tasks import NOT, WORDS
from rnncore.widgets.base import BadValue, Parameter, Widget, from_step_1, style, together
from rnncore.widgets.film import shown, table
from rnncore.widgets.linker import link

LONGEST = 14  # words of a review
PADDING = 8  # tokens before it, and after
UNITS = 8  # of the stored network
COLUMNS = 2  # of its table
BETWEEN = re.compile(r"[\s+.,;:!?\"“”„()…–—]+")  # what may stand between words; "+" in a link
STORIES = (  # name, words, padding after them, and what is told of the verdict
    ("liked it", "this film was great", 0, "One good word: p = {p:.2f}."),
    (
        "the not",
        "this film was not great",
        0,
        "One more word. After “not” p is {before:.2f}, still open, and “great” makes it {p:.2f}.",
    ),
    (
        "not, further back",
        "this is not a film with a very good ending",
        0,
        "Five fillers later the state still knows about “not”: p = {p:.2f}.",
    ),
    (
        "two negations",
        "the story was not bad and the cast was not dull",
        0,
        "Two bad words, “not” twice, and p = {p:.2f}.",
    ),
    ("fillers only", "this is a film with a cast and music", 0, "No opinion: p = {p:.2f}."),
    (
        "not bad, good",
        "the plot was not bad and the cast was good",
        0,
        "Ten words. In the next preset they come in another order. Here p = {p:.2f}.",
    ),
    (
        "not good, bad",
        "the plot was not good and the cast was bad",
        0,
        "The same ten words in another order, so counting can't tell the two apart. Here"
        " p = {p:.2f}.",
    ),
    (
        "padded at the end, no mask",
        "this film was great",
        PADDING,
        "After “great” p is {word:.2f}. Then the network reads eight tokens that mean nothing, and"
        " p ends at {p:.2f}. Switch the mask on, and it stays.",
    ),
)


def reader(mask=True, return_sequences=False):
    """Return the trained network of the package: Embedding, SimpleRNN with tanh, Dense.

    Made by ``tools/train_tokens.py`` from reviews of the words of `rnncore.tasks.sentiment`; asked
    after every word while it was trained.  Weights in thousandths.

    Parameters
    ----------
    mask : bool
        Mask token 0, the padding.
    return_sequences : bool
        Logits after every word, (batch, timesteps, 1), not after the last alone, (batch, 1).

    Examples
    --------
    >>> from rnncore.tasks import sentiment
    >>> from rnncore.training import binary_accuracy_with_logits
    >>> test = sentiment(1000, 14, np.random.default_rng(7))
    >>> binary_accuracy_with_logits(reader().forward(test.x), test.y) > 0.99
    True
    """
    w = stored_weights()
    rnn = SimpleRNN(w["W_x"], w["W_h"], w["b"], return_sequences=return_sequences)
    embedding = Embedding(w["table"], mask=0 if check_flag("mask", mask) else None)
    return Sequential([embedding, rnn, Dense(w["W_y"], w["b_y"])])


@cache
def stored_weights():
    """Return the weights by the widget's names for them; W_y and b_y are those of Dense."""
    names = {"0.table": "table", "1.W_x": "W_x", "1.W_h": "W_h", "1.b": "b"}
    names |= {"2.W": "W_y", "2.b": "b_y"}
    path = files("rnncore").joinpath("data", "tokens.npz")
    with path.open("rb") as file, np.load(file) as stored:
        return {names[key]: stored[key] / 1000 for key in names}


def split(words):
    """Return the words of a text, in small letters and without punctuation."""
    return [word for word in BETWEEN.split(words.lower()) if word]


def tokens_of(words, front=0, behind=0):
    """Return the tokens of a review and its padding, places in `WORDS`: (timesteps,)."""
    return np.array([0] * front + [WORDS.index(w) for w in split(words)] + [0] * behind)


def read(words, front=0, behind=0, mask=True):
    """Return every number of the reading of one review; as in `TokenReader.trace`."""
    w, tokens = stored_weights(), tokens_of(words, front, behind)
    embedding, rnn, dense = reader(mask, return_sequences=True).layers
    x = embedding.forward(tokens[np.newaxis])
    states = rnn.forward(x, mask=embedding.mask)[0]
    x, h = x[0], np.concatenate([np.zeros((1, UNITS)), states])
    held = (tokens == 0) & mask
    from_x = x[:, :, np.newaxis] * w["W_x"]
    from_h = h[:-1, :, np.newaxis] * w["W_h"]
    z = x @ w["W_x"] + h[:-1] @ w["W_h"] + w["b"]
    for array in (from_x, from_h, z):
        array[held] = np.nan  # these are not computed
    logit = dense.forward(h)[:, 0]
    steps = {"token": tokens, "x": x, "from_x": from_x, "from_h": from_h, "z": z}
    read = {"h": h, "h_W_y": h @ w["W_y"][:, 0], "logit": logit, "p": sigmoid.value(logit)}
    return {**w, **read, **{name: from_step_1(value) for name, value in steps.items()}}


def verdict(p):
    """Return what a probability says, in words."""
    return "liked it" if p > 0.75 else "did not like it" if p < 0.25 else "open"


def stories():
    """Return reviews whose readings can be told in a sentence, which is made from the numbers."""
    presets = []
    for name, words, behind, note in STORIES:
        p, count = read(words, 0, behind, behind == 0)["p"], len(split(words))
        told = note.format(p=p[-1], before=p[count - 1], word=p[count])
        values = {"words": words, "front": 0, "behind": behind, "mask": behind == 0}
        presets.append({"name": name, "note": told, **values, "step": count + behind})
    return presets


class TokenReader(Widget):
    """Compose a review, and watch a trained network of the package read it word by word.

    Each word is a token, and the token a row of the table: x_t = table[token].  Then h_t =
    tanh(x_t W_x + h_{t-1} W_h + b), and p_t = sigmoid(h_t W_y + b_y) is how probable it is, so far,
    that the author liked the film.

    Parameters
    ----------
    words : str
        1 to 14 words of the vocabulary, `rnncore.tasks.WORDS`; capitals and punctuation do not
        count.  None: a review with *not* in it.
    front, behind : int
        How many tokens of padding stand before the words and after them, 0 … 8.
    mask : bool
        Whether the padding is masked, so that it leaves the state as it is.
    unit : int
        The hidden unit that is worked out, counted from 1.
    id : str
        The name it is linked by: small letters, digits, hyphens.
    step : int
        How many tokens are read at first.
    presets : list of dicts
        Each a ``name``, a ``note`` and the values it changes.  None: a few reviews.

    Raises
    ------
    ValueError
        If a word is not in the vocabulary, there are too many, or a number is out of its bounds;
        the last good value stays.

    Examples
    --------
    >>> widget = TokenReader("This film was not great.", id="review")
    >>> widget.words, widget.trace()["p"].shape
    ('this film was not great', (6,))
    """

    _esm = link(Path(__file__).parent / "widget.js")
    _css = style("token_reader/style.css")

    parameters = ("words", "front", "behind", "mask", "unit")
    LIMITS: ClassVar = {
        **{"vocabulary": list(WORDS), "not": NOT},
        **{"longest": LONGEST, "padding": PADDING, "units": UNITS, "columns": COLUMNS},
    }
    words = Parameter().tag(sync=True)
    front = Parameter().tag(sync=True)
    behind = Parameter().tag(sync=True)
    mask = Parameter().tag(sync=True)
    unit = Parameter().tag(sync=True)
    weights = traitlets.Dict(read_only=True).tag(sync=True)  # lists, by name
    _together = together(*parameters)

    def __init__(
        self, words=None, front=0, behind=0, mask=True, unit=1, *, id, step=0, presets=None
    ):
        words = STORIES[1][1] if words is None else words
        presets = stories() if presets is None else presets
        padding = {"front": front, "behind": behind, "mask": mask}
        super().__init__(id, step, presets, words=words, **padding, unit=unit)

    @traitlets.default("weights")
    def _stored(self):
        return {name: array.tolist() for name, array in stored_weights().items()}

    @classmethod
    def clean(cls, words, front, behind, mask, unit):
        """Return the words as plain text, the numbers and the mask, or raise a BadValue."""
        try:
            return {
                "words": plain(words),
                "front": check_integer("front", front, 0, PADDING),
                "behind": check_integer("behind", behind, 0, PADDING),
                "mask": check_flag("mask", mask),
                "unit": check_integer("unit", unit, 1, UNITS),
            }
        except ValueError as error:
            raise BadValue(str(error)) from None

    @classmethod
    def steps(cls, values):
        """Return the number of tokens, each of them a step."""
        return values["front"] + len(split(values["words"])) + values["behind"]

    def trace(self):
        """Return every number that the widget can show, as computed by rnncore.

        Returns
        -------
        dict of arrays
            What stands at t belongs to token t; at 0 there is what holds before the first, and
            NaN in what begins with it, and in what a masked step does not compute.
            token (T + 1,); x (T + 1, 2) its row of the table; from_x (T + 1, 2, units) and
            from_h (T + 1, units, units) the products; z (T + 1, units) their sum with b; h
            (T + 1, units) the states; h_W_y, logit and p (T + 1,).
            And the weights: table, W_x, W_h, b, and W_y, b_y of the Dense layer.
        """
        return read(self.words, self.front, self.behind, self.mask)

    def strip(self):
        """Return the tokens as a table: the word, its row of the table, the state, the verdict."""
        run = self.trace()

        def text(values):
            return ", ".join(shown(v, 2) for v in values)

        rows = [["0", "nothing read yet", "", text(run["h"][0]), f"{run['p'][0]:.3f}"]]
        for t, token in enumerate(map(int, run["token"][1:]), start=1):
            word = WORDS[token] or ("padding, masked" if self.mask else "padding")
            numbers = text(run["x"][t]), text(run["h"][t]), f"{run['p'][t]:.3f}"
            rows.append([str(t), word, *numbers])
        rows = [[*row, verdict(p)] for row, p in zip(rows, run["p"])]
        return table(
            "A review, read word by word: p is the probability, so far, that its author liked it",
            ("<i>t</i>", "word", "row of the table", "state", "p", "verdict"),
            rows,
            ids=[f"{self.id}?step={t}" for t in range(len(rows))],
        )


def plain(words):
    """Return the words of a review with single spaces, or raise a ValueError."""
    if not isinstance(words, str):
        raise ValueError(f"words must be a text, such as 'this film was great', got {words!r}.")
    given = split(words)
    if unknown := [word for word in given if word not in WORDS[1:]]:
        raise ValueError(
            f"words must be among the {len(WORDS) - 1} of rnncore.tasks.WORDS, such as"
            f" 'this film was great', got {unknown[0]!r}."
        )
    if not 1 <= len(given) <= LONGEST:
        raise ValueError(f"words must be 1 to {LONGEST} words, got {len(given)}.")
    return " ".join(given)
