"""Links to a step: what comes after the ``?`` of ``#id?step=3&W_h=1.5``."""

from urllib.parse import parse_qs

from rnncore.widgets.reading import read_number


def parsed(query, values):
    """Return the parameters that a query asks for, and the text of its step.

    Parameters
    ----------
    query : str
        What comes after the ``?``.
    values : dict
        The parameters by name as they are now; each asked for is read as one of its kind.

    Raises
    ------
    ValueError
        If the query is malformed, names something twice or something unknown, or if a text is
        no value of its kind.
    """
    # As in the page, "+" is a sign and no space: 1e+5.
    parts = parse_qs(query.replace("+", "%2B"), True, strict_parsing=bool(query))
    if twice := [name for name, given in parts.items() if len(given) > 1]:
        raise ValueError(f"{twice[0]} must be in a link once, got it twice.")
    texts = {name: given[0] for name, given in parts.items()}
    step = texts.pop("step", "0")
    for name in texts:
        if name not in values:
            raise ValueError(f"{name} is not among {', '.join(values)}.")
    return {name: unpacked(text, values[name]) for name, text in texts.items()}, step


def unpacked(text, like):
    """Return a value of a link, of the kind of `like`: a word, a truth, numbers, or lists of them.

    The numbers of a list are parted by commas, rows by semicolons, matrices by bars.
    """
    if isinstance(like, list):
        parts = text.split(",;|"[depth(like) - 1])
        return [unpacked(part, like[0] if like else 0.0) for part in parts]
    if isinstance(like, str):
        return text
    if isinstance(like, bool):
        if text not in ("true", "false"):
            raise ValueError(f"must be true or false, got {text!r}.")
        return text == "true"
    if "," in text:
        raise ValueError(f"must be one number, got {text!r}.")
    value = read_number(text)
    if isinstance(like, int) and not value.is_integer():
        raise ValueError(f"must be a whole number, got {text!r}.")
    return int(value) if isinstance(like, int) else value


def depth(value):
    """Return how deep lists are nested."""
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0
