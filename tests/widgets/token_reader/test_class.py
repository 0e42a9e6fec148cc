"""The token reader's Python side: the trained network, the trace, the sentences, the film strip."""

import gzip
import math
import re

import numpy as np
import pytest

from rnncore.layers import Dense, Embedding, SimpleRNN
from rnncore.tasks import NOT, WORDS, sentiment
from rnncore.training import binary_accuracy_with_logits
from rnncore.widgets import TokenReader
from rnncore.widgets import token_reader as module
from rnncore.widgets.token_reader import read, reader, tokens_of
from tools import train_tokens

GOOD, BAD, FILLERS = WORDS[1 : NOT // 2 + 1], WORDS[NOT // 2 + 1 : NOT], WORDS[NOT + 1 :]
SENTENCE = "this film was not great"


@pytest.fixture
def widget():
    return TokenReader(SENTENCE, behind=2, unit=3, id="review")


def last(words, **padding):
    """What the network says of a review, after its last step."""
    return read(words, **padding)["p"][-1]


# The trained network


def test_the_stored_network_reads_99_percent_of_the_sentences():
    test = sentiment(2000, 14, np.random.default_rng(5))
    assert binary_accuracy_with_logits(reader().forward(test.x), test.y) >= 0.99


def test_it_is_an_embedding_a_simple_recurrent_layer_and_a_dense_one_of_thousandths():
    model = reader()
    embedding, rnn, dense = model.layers
    kinds = isinstance(embedding, Embedding), isinstance(rnn, SimpleRNN), isinstance(dense, Dense)
    assert kinds == (True, True, True)
    assert rnn.activation.name == "tanh"
    assert (embedding.masked, reader(mask=False).layers[0].masked) == (0, None)
    shapes = [p.shape for p in model.parameters.values()]
    assert shapes == [(41, 2), (2, 8), (8, 8), (8,), (8, 1), (1,)]
    for p in model.parameters.values():
        np.testing.assert_array_equal(np.rint(1000 * p) / 1000, p)


def test_the_file_of_the_weights_has_at_most_15_kilobytes():
    path = module.files("rnncore").joinpath("data", "tokens.npz")
    assert len(path.read_bytes()) <= 15_000


def test_each_call_gives_a_network_of_its_own():
    reader().parameters["1.W_h"][:] = 0
    assert reader().parameters["1.W_h"].any()


@pytest.mark.parametrize("word", [*GOOD, *BAD])
def test_not_turns_the_verdict_of_every_word_also_beyond_fillers(word):
    good = word in GOOD
    assert (last(f"the film was {word}") > 0.75) == good
    assert (last(f"the film was {word}") < 0.25) != good
    for between in ("", "very", "in the cast", "a film with very"):
        p = last(f"the film was not {between} {word}")
        assert p < 0.25 if good else p > 0.75, between


def test_not_has_no_verdict_of_its_own_and_fillers_have_none():
    for words in ("not", "the plot was not", "this story", "it was with the cast in this"):
        assert 0.25 < last(words) < 0.75, words


def test_not_turns_only_the_next_good_or_bad_word():
    assert last("not bad and great") > 0.75
    assert last("not good and bad") < 0.25
    assert 0.25 < last("not bad and bad") < 0.75


# The command that trains it


def test_the_verdict_of_the_tool_is_what_a_reader_would_say():
    def judged(words):
        return train_tokens.judged(tokens_of(words).tolist())

    assert judged("the film was not very good") == [0.5] * 5 + [0]
    assert judged("not not good") == [0.5, 0.5, 1]
    assert judged("good bad bad") == [1, 0.5, 0]
    assert judged("not bad good") == [0.5, 1, 1]


def test_the_reviews_of_the_tool_have_no_verdict_before_the_first_word():
    x, y = train_tokens.reviews(200, np.random.default_rng(1))
    assert x.shape == (200, 15)
    assert not x[:, 0].any()
    assert (y[:, 0] == 0.5).all()
    assert (x[:, 1] > 0).all()
    for tokens, verdicts in zip(x, y):
        words = [int(token) for token in tokens if token]
        assert verdicts[1 : len(words) + 1, 0].tolist() == train_tokens.judged(words)


# The trace


def test_trace_is_what_a_plain_loop_gives(widget):
    run = widget.trace()
    table, W_x, W_h, b, W_y = (run[name] for name in ("table", "W_x", "W_h", "b", "W_y"))
    h = [0.0] * 8
    for t, token in enumerate([WORDS.index(word) for word in SENTENCE.split()], start=1):
        x = table[token]
        z = [
            sum(x[i] * W_x[i, j] for i in range(2)) + sum(h[i] * W_h[i, j] for i in range(8)) + b[j]
            for j in range(8)
        ]
        np.testing.assert_allclose(run["from_h"][t][5, 7], h[5] * W_h[5, 7], rtol=0, atol=1e-13)
        h = [math.tanh(value) for value in z]
        logit = sum(h[j] * W_y[j, 0] for j in range(8)) + run["b_y"][0]
        expected = {"token": token, "x": x, "z": z, "h": h, "logit": logit}
        expected["p"] = 1 / (1 + math.exp(-logit))
        for name, value in expected.items():
            np.testing.assert_allclose(run[name][t], value, rtol=0, atol=1e-12)
        assert run["from_x"][t][1, 6] == x[1] * W_x[1, 6]
    for t in (6, 7):  # the padding, masked
        assert run["h"][t].tolist() == run["h"][5].tolist()
        assert np.isnan(run["z"][t]).all()


def test_the_last_step_is_what_the_network_puts_out():
    for mask in (True, False):
        tokens = tokens_of(SENTENCE, 2, 3)[np.newaxis]
        expected = reader(mask).forward(tokens)[0, 0]
        found = read(SENTENCE, 2, 3, mask)["logit"][-1]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_masked_padding_changes_neither_the_state_nor_the_verdict():
    alone = read(SENTENCE)
    front, behind = read(SENTENCE, front=8), read(SENTENCE, behind=8)
    np.testing.assert_array_equal(front["h"][8:], alone["h"])
    np.testing.assert_array_equal(behind["h"][:6], alone["h"])
    np.testing.assert_array_equal(behind["p"][6:], np.full(8, alone["p"][-1]))


def test_padding_without_a_mask_changes_the_state():
    alone = read(SENTENCE)
    for padding in ({"front": 8}, {"behind": 8}):
        run = read(SENTENCE, mask=False, **padding)
        assert np.abs(run["h"][-1] - alone["h"][-1]).max() > 0.01
        assert not np.isnan(run["z"][1:]).any()


def test_the_page_gets_the_weights_as_plain_lists(widget):
    weights = widget.get_state()["weights"]
    assert list(weights) == ["table", "W_x", "W_h", "b", "W_y", "b_y"]
    for name, values in weights.items():
        assert np.asarray(values).tolist() == widget.trace()[name].tolist() == values
    assert len(gzip.compress(str(weights).encode())) <= 2_000


def test_values_make_the_same_widget_again(widget):
    again = TokenReader(**widget.values(), id="again")
    assert again.values() == widget.values()
    assert repr(widget) == "TokenReader(id='review', step=0)"


def test_a_review_may_be_written_as_people_do():
    assert TokenReader("  This film was… NOT great! ", id="a").words == SENTENCE
    assert TokenReader(id="a").words == SENTENCE


# The presets


def test_the_presets_say_what_the_network_does():
    presets = {preset["name"]: preset for preset in module.stories()}
    runs = {
        name: read(preset["words"], preset["front"], preset["behind"], preset["mask"])
        for name, preset in presets.items()
    }
    for name, preset in presets.items():
        assert preset["step"] == len(runs[name]["p"]) - 1
        assert f"{runs[name]['p'][-1]:.2f}" in preset["note"]
    final = {name: run["p"][-1] for name, run in runs.items()}
    for name in ("liked it", "two negations", "not bad, good"):
        assert final[name] > 0.75, name
    for name in ("the not", "not, further back", "not good, bad"):
        assert final[name] < 0.25, name
    assert 0.25 < final["fillers only"] < 0.75


def test_one_preset_has_five_fillers_behind_not_and_two_have_the_same_words():
    words = {preset["name"]: preset["words"].split() for preset in module.stories()}
    far = words["not, further back"]
    between = far[far.index("not") + 1 : far.index("good")]
    assert len(between) == 5
    assert set(between) <= set(FILLERS)
    assert sorted(words["not bad, good"]) == sorted(words["not good, bad"])
    assert len(words["not bad, good"]) == 10


def test_the_padding_of_the_last_preset_spoils_its_verdict():
    preset = module.stories()[-1]
    run = read(preset["words"], 0, preset["behind"], False)
    assert run["p"][4] > 0.75
    assert run["p"][-1] < 0.25
    assert last(preset["words"], behind=preset["behind"]) == run["p"][4]


# What is refused

UNKNOWN = "words must be among the 40 of rnncore.tasks.WORDS, such as 'this film was great', got "
BAD_VALUES = [
    ("words", "I liked it", UNKNOWN + "'i'."),
    ("words", "10/10", UNKNOWN + "'10/10'."),
    ("words", "", "words must be 1 to 14 words, got 0."),
    ("words", "good " * 15, "words must be 1 to 14 words, got 15."),
    ("words", ["good"], "words must be a text, such as 'this film was great', got ['good']."),
    ("words", None, "words must be a text, such as 'this film was great', got None."),
    ("front", -1, "front must be an integer from 0 to 8, got -1."),
    ("behind", 9, "behind must be an integer from 0 to 8, got 9."),
    ("mask", 1, "mask must be True or False, got 1."),
    ("unit", 9, "unit must be an integer from 1 to 8, got 9."),
    ("step", 8, "step must be 0 … 7, got 8."),
]


@pytest.mark.parametrize(("name", "value", "message"), BAD_VALUES)
def test_what_does_not_fit_is_refused_and_the_last_good_value_stays(widget, name, value, message):
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=re.escape(message)):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


# Links and the film strip


def test_a_link_carries_the_review_and_its_padding(widget):
    query = "step=4&words=the%20plot%20was%20not%20dull&front=2&behind=0&mask=false&unit=7"
    values, step = TokenReader.linked(widget.values(), query)
    assert values == {
        **{"words": "the plot was not dull", "front": 2, "behind": 0},
        **{"mask": False, "unit": 7},
    }
    assert step == 4
    assert TokenReader.linked(widget.values(), "words=not+dull")[0]["words"] == "not dull"


@pytest.mark.parametrize(
    "query", ["step=8", "unit=0", "words=", "words=a;b|liked", "mask=yes", "front=0.5", "weights=1"]
)
def test_a_link_to_what_does_not_exist_is_refused(widget, query):
    with pytest.raises(ValueError, match=r"must|is not among"):
        TokenReader.linked(widget.values(), query)


def test_the_film_has_a_row_for_each_token(widget):
    run = widget.trace()
    assert re.findall(r'<tr id="([^"]*)">', widget.film) == [f"review?step={t}" for t in range(8)]
    rows = [re.findall("<td>(.*?)</td>", row) for row in re.findall("<tr id.*?</tr>", widget.film)]
    words = ["nothing read yet", *SENTENCE.split(), *["padding, masked"] * 2]
    assert [row[0] for row in rows] == words
    assert [row[3] for row in rows] == [f"{p:.3f}" for p in run["p"]]
    assert rows[5][4] == "did not like it"
    assert rows[4][4] == "open"


def test_the_film_follows_the_words(widget):
    widget.set(words="great", behind=0)
    assert widget.film.count("<tr id") == 2
    assert "liked it" in widget.film
