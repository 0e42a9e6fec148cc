"""What a stored chapter must satisfy: functions that take a notebook and return complaints.

`changed_outputs` compares all that `pytest --nbval` compares, and what that passes over: an output
that is missing or too many, and pictures by their kind.
"""

import re

import nbformat

WIDGET_MIME = "application/vnd.jupyter.widget-"
PICTURES = ("image/png", "image/jpeg")  # their bytes differ with the versions of what draws them
SKIP_TAG = re.compile(r"nbval-(skip|ignore)|skip-execution", re.I)
SKIP_COMMENT = re.compile(r"^\s*#\s*(NBVAL_(?:SKIP|IGNORE)\w*|PYTEST_VALIDATE_IGNORE\w*)", re.M)
REASON = re.compile(r"^Not compared: \S+", re.M)
ANSI = re.compile(r"\x1b\[[0-9;]*m")
TRAVELS_BADLY = {
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{6,}"),
    "the size of a figure": re.compile(r"<Figure size"),
    "an absolute path": re.compile(r"(?<![\w./:<~-])/(?:[\w.@+-]+/)+[\w.-]+|file:///|\b[A-Z]:\\\w"),
}


def missing_counts(notebook):
    """Complain of a code cell that has not been executed, unless it is empty."""
    return [
        f"{where(number)} is stored without an execution count"
        for number, cell in code_cells(notebook)
        if cell.source.strip() and not is_executed(cell)
    ]


def unexplained_skips(notebook):
    """Complain of a cell that is not run or compared without a reason in the prose before it."""
    complaints = []
    for number, cell in code_cells(notebook):
        before = notebook.cells[number - 2] if number > 1 else None
        explained = before and before.cell_type == "markdown" and REASON.search(before.source)
        if (marks := skip_marks(cell)) and not explained:
            complaints.append(
                f"{where(number)} is marked {', '.join(marks)}, and the prose before it "
                "has no line that begins with 'Not compared: ' and a reason"
            )
    return complaints


def skip_marks(cell):
    """Return the tags and comments by which a cell asks not to be run or not to be compared."""
    tags = [tag for tag in cell.metadata.get("tags", []) if SKIP_TAG.match(tag)]
    return tags + SKIP_COMMENT.findall(cell.source)


def hidden_values(notebook):
    """Complain of a `;` at the end of a cell: it hides a value here, and not where nbval runs."""
    return [
        f"{where(number)} ends with a semicolon"
        for number, cell in code_cells(notebook)
        if cell.source.rstrip().endswith(";")
    ]


def unfit_outputs(notebook):
    """Complain of outputs that depend on the machine or the moment, and of unplanned errors."""
    complaints = []
    if "widgets" in notebook.metadata:
        complaints.append("the notebook's metadata hold widget state")
    for number, cell in code_cells(notebook):
        deliberate = "raises-exception" in cell.metadata.get("tags", [])
        for output in cell.outputs:
            text = readable(output)
            found = [what for what, pattern in TRAVELS_BADLY.items() if pattern.search(text)]
            if any(mime.startswith(WIDGET_MIME) for mime in output.get("data", {})):
                found.append("widget state")
            is_error = output.output_type == "error" or "Traceback (most recent call" in text
            if is_error and not deliberate:
                found.append("a traceback without the tag raises-exception")
            complaints += [f"{where(number)} stores {what}" for what in found]
    return complaints


def readable(output):
    """Return the text of an output without colours and pictures."""
    data = output.get("data", {})
    parts = [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
    parts += [data[mime] for mime in sorted(data) if mime.startswith("text/")]
    return ANSI.sub("", "\n".join(parts))


def changed_outputs(stored, fresh):
    """Complain of stored outputs that are not exactly those of an execution."""
    complaints = []
    for (number, old), (_, new) in zip(code_cells(stored), code_cells(fresh)):
        compare = kinds if skip_marks(old) else kinds_and_texts
        stored_outputs, fresh_outputs = compare(old.outputs), compare(joined(new.outputs))
        if stored_outputs != fresh_outputs:
            complaints.append(f"{where(number)} stores {stored_outputs}, gives {fresh_outputs}")
    return complaints


def joined(outputs):
    """Join the pieces of a stream that follow one another."""
    whole = []
    for output in outputs:
        last = whole[-1] if whole else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            whole[-1] = nbformat.from_dict({**last, "text": last.text + output.text})
        else:
            whole.append(output)
    return whole


def kinds(outputs):
    return [kind for kind, _ in kinds_and_texts(outputs)]


def kinds_and_texts(outputs):
    """Return for each output what it is, and all its data but the bytes of pictures."""
    found = []
    for output in outputs:
        if output.output_type == "stream":
            found.append((("stream", output.name), output.text))
        elif output.output_type == "error":
            found.append((("error", output.ename), output.evalue))
        else:
            mimes = [mime for mime in output.data if not mime.startswith(WIDGET_MIME)]
            kind = (output.output_type, *sorted(mimes))
            found.append((kind, [output.data[mime] for mime in kind[1:] if mime not in PICTURES]))
    return found


def is_executed(cell):
    return bool(cell.source.strip()) and cell.execution_count is not None


def code_cells(notebook):
    """Return the code cells with their places, counted from 1 over all cells."""
    return [(n, c) for n, c in enumerate(notebook.cells, start=1) if c.cell_type == "code"]


def where(number):
    return f"cell {number}"
