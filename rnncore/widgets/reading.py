"""Numbers and shapes as people write them; ``shared/numbers.js`` reads them alike in a page."""

import math
import re

SPACES = "\u00a0\u2007\u2009\u202f"  # that part thousands: 5 000
PLAIN = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # wide letters
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63], "-"),
    **dict.fromkeys([0x061C, *range(0x200B, 0x2010), *range(0x202A, 0x202D), 0x2060], ""),
    **dict.fromkeys([*range(0x2066, 0x206A), 0xFEFF], ""),
}
DIGITS = r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+"
NUMBER = re.compile(
    rf"([+-]?) *((?:{DIGITS})(?:e[+-]?[0-9]+)?)(?: *[/\u2044\u2215] *({DIGITS}))?", re.I
)
GROUPED = re.compile(rf"[+-]? *[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+(?=[.,]|$)")
THOUSANDS = re.compile(r"[+-]? *[1-9][0-9]{0,2},[0-9]{3}(?![0-9])")  # or decimals: who knows?
AXIS = re.compile(r"None|0|[1-9][0-9]{0,14}")


def plain(text):
    """Return a text as a keyboard writes it: minus signs, wide letters and unseen marks."""
    return re.sub(r"\s{2,}", " ", text.translate(PLAIN)).strip()


def read_number(text):
    """Return the finite number that a text means; raise a ValueError where it means none or two.

    >>> [read_number(text) for text in ("−0.8", "1.2e−5", "0,5", "1/2", "5\u202f000")]
    [-0.8, 1.2e-05, 0.5, 0.5, 5000.0]
    """
    given = plain(text)
    if group := GROUPED.match(given):
        given = re.sub(rf"[{SPACES}]", "", group[0]) + given[group.end() :]
    given = given if THOUSANDS.match(given) else re.sub(r"^([^.,]*),([^.,]*)$", r"\1.\2", given)
    if match := NUMBER.fullmatch(given):
        sign, top, bottom = match.groups("1")
        value = float(sign + top) / float(bottom) if float(bottom) else math.inf
        lost = value == 0 and re.match("[^eE]*[1-9]", top)
        if math.isfinite(value) and not lost:
            return value
    raise ValueError(f"must be a finite number, such as -0.5, 2e-5 or 1/2, got {text!r}.")


def read_shape(text):
    """Return a shape as a list of lengths, None for an open one, or None where the text is none.

    >>> read_shape("(None, 250, 32)"), read_shape("16 × 41")
    ([None, 250, 32], [16, 41])
    """
    given = re.sub(rf"([0-9])[{SPACES}](?=[0-9]{{3}}(?![0-9]))", r"\1", plain(text))
    inner = re.sub(r"^[(\[]|[)\]]$", "", given).strip()
    parts = re.split(r"\s*[,x×\u3001]\s*|\s+", re.sub(r"\s*,$", "", inner), flags=re.I)
    if not all(map(AXIS.fullmatch, parts)):
        return None
    return [None if part == "None" else int(part) for part in parts]
