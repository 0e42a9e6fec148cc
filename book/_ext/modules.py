"""Turn the widgets' modules into classic scripts, which pages share.

A page cannot import a module from file://, and a strict policy lets none be made from text.  A
classic script can be loaded everywhere, and is kept for the next chapter.  What several widgets
use is in one script, and the rest in one script a widget::

    ((rnn) => {                                  ((rnn) => {
    const $dom = (() => { … })();                const { $dom } = rnn.shared;
    rnn.shared = { $dom };                       const $check_trace = (() => { … })();
    })(window.rnn ??= {});                       rnn.kinds.check = (() => { … })();
                                                 })(window.rnn ??= {});

A module named ``late.js``, which exports async functions alone, has a script of its own, with all
that it alone needs.  It is loaded when one of the functions is called for the first time.
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
USED = re.compile(r"^const \{.*\} = (\$\w+);$", re.M)


def kind_of(cls):
    """Return the name of a kind of widget, given its class or the name of the class."""
    module = cls.rpartition(".")[0] if isinstance(cls, str) else cls.__module__
    return module.rpartition(".")[2]


@cache
def scripts():
    """Return the text of each script by its name, as pages load it."""
    texts = {name: node.minified(text) for name, text in sources().items()}
    for name in [name for name in texts if name.endswith("_late")]:
        kind, file = name.removesuffix("_late"), named(name, texts[name])
        texts[kind] = texts[kind].replace(f'"{name}.js"', f'"{file}"')
    return texts


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
        if late := late_parts(kind, modules[kind]):
            texts[f"{kind}_late"] = late_script(kind, late)
        texts[kind] = script_of(kind, modules[kind], sheets[kind], shared, late)
    return texts


def late_parts(kind, module):
    """Return the parts of a module that nothing but its late.js needs, that one last."""
    *scopes, entry = module
    by_name = {scope_of(part): part for part in scopes}
    late, early, ahead = f"${kind}_late", set(), USED.findall(entry)
    while ahead:
        if (name := ahead.pop()) != late and name not in early:
            early.add(name)
            ahead += USED.findall(by_name[name])
    return [part for name, part in by_name.items() if name not in early]


def needed(late):
    """Return the names of the scopes that the late parts take from the others."""
    return sorted({name for part in late for name in USED.findall(part)} - set(map(scope_of, late)))


def late_script(kind, late):
    """Return the script of what a kind of widget needs late."""
    made = [f"(rnn.late??={{}}).{kind}=({{{','.join(needed(late))}}})=>{{", *late]
    return wrapped([*made, f"return {scope_of(late[-1])};}};"])


def stand_in(kind, late):
    """Return what has the exports of late.js until its script is there."""
    exports = re.search(r"^return \{ (.*) \};$", late[-1], re.M)[1].split(", ")
    come = f'rnn.comeLate("{kind}","{kind}_late.js",()=>({{{",".join(needed(late))}}}))'
    calls = (f"{name}:async(...given)=>(await {come}).{name}(...given)" for name in exports)
    return f"const {scope_of(late[-1])}={{{','.join(calls)}}};"


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


def script_of(kind, module, sheets, shared, late=()):
    """Return the script of what one kind of widget has of its own, but for what comes late."""
    *scopes, entry = module
    used = ",".join(scope_of(part) for part in scopes if part in shared)
    own = [part for part in scopes if part not in shared and part not in late]
    own = [stand_in(kind, late), *own] if late else own
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
