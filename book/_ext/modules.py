"""Turn the widgets' modules into classic scripts, which pages share.

A page cannot import a module from file://, and a strict policy lets none be made from text.  A
classic script can be loaded everywhere, and is kept for the next chapter.  What several widgets
use is in one script, and the rest in one script a widget::

    ((rnn) => {                                  ((rnn) => {
    const $dom = (() => { … })();                const { $dom } = rnn.shared;
    rnn.shared = { $dom };                       const $check_trace = (() => { … })();
    })(window.rnn ??= {});                       rnn.kinds.check = (() => { … })();
                                                 })(window.rnn ??= {});
"""

import hashlib
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

from book._ext import node
from book._ext.sheets import minified
from rnncore import palette, widgets
from rnncore.widgets.linker import PART

SCOPE = re.compile(r"const (\$\w+) = ")


def kind_of(cls):
    """Return the name of a kind of widget, given its class or the name of the class."""
    module = cls.rpartition(".")[0] if isinstance(cls, str) else cls.__module__
    return module.rpartition(".")[2]


@cache
def scripts():
    """Return the text of each script by its name, as pages load it."""
    return {name: node.minified(text) for name, text in sources().items()}


def sources():
    """Return the text of each script by its name: `shared`, and one for each kind of widget."""
    classes = {kind_of(cls): cls for cls in (getattr(widgets, name) for name in widgets.__all__)}
    modules = {kind: parts(cls, "_esm") for kind, cls in classes.items()}
    sheets = {kind: parts(cls, "_css") for kind, cls in classes.items()}
    packed = minified({part: part for of_kind in sheets.values() for part in of_kind})
    sheets = {kind: [packed[part] for part in of_kind] for kind, of_kind in sheets.items()}
    users = Counter(part for kind in classes for part in [*modules[kind], *sheets[kind]])
    shared = {part for part, count in users.items() if count > 1}
    texts = {"shared": shared_script(modules, sheets, shared)}
    for kind in classes:
        texts[kind] = script_of(kind, modules[kind], sheets[kind], shared)
    return texts


def parts(cls, name):
    """Return the parts of a module or style sheet; those of the palette are the page's."""
    return [part for part in vars(cls)[name].split(PART) if part != palette.css()]


def shared_script(modules, sheets, shared):
    """Return the script of what several widgets use, each part after those that it needs."""
    scopes, css = (
        dict.fromkeys(part for of_kind in all_parts.values() for part in of_kind if part in shared)
        for all_parts in (modules, sheets)
    )
    names = ",".join(map(scope_of, scopes))
    return wrapped([*scopes, f"rnn.shared={{{names}}};\nrnn.css={as_text(css)};"])


def script_of(kind, module, sheets, shared):
    """Return the script of what one kind of widget has of its own."""
    *scopes, entry = module
    used = ",".join(scope_of(part) for part in scopes if part in shared)
    own = [part for part in scopes if part not in shared]
    css = as_text(part for part in sheets if part not in shared)
    entry, count = re.subn(r"^export default ", "return ", entry, flags=re.M)
    if count != 1 or re.search(r"^export ", entry, re.M):
        raise ValueError(f"{kind}/widget.js must export its default and nothing else.")
    made = f"(rnn.kinds??={{}}).{kind}={{css:{css},...(()=>{{\n{entry}\n}})()}};"
    return wrapped([f"const {{{used}}}=rnn.shared;", *own, made])


def scope_of(part):
    """Return the name of the scope that a part of a module declares."""
    if not (declared := SCOPE.match(part)):
        raise ValueError(f"a part of a module must declare its scope, got {part[:60]!r}.")
    return declared[1]


def wrapped(lines):
    """Return a script whose names are its own, but for what it adds to `rnn`."""
    return "\n".join(["((rnn)=>{", *lines, "})(window.rnn??={});"])


def as_text(sheets):
    """Return style sheets as one text of JavaScript."""
    return json.dumps("".join(sheets), ensure_ascii=False)


def named(name, text):
    """Return the name of the file of a script; it changes with what is in it."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{name.replace('_', '-')}.{digest}.js"


def write(app, name, text):
    """Write a script into the book under the name that belongs to its text; return that."""
    path = Path(app.outdir, "_static", named(name, text))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf8")
    return path.name
