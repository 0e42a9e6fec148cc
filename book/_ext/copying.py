"""What is copied of code: lines that run.

A block of the kind `diff` shows a line wrong and right.  Its signs become prompts, which are not
copied, just as `>>>` is not; of the lines only those that are right are (`copy.js`, `_config.yml`).
"""

import re

DIFF = re.compile(
    r'(<div class="highlight-diff [^"]*"><div class="highlight"><pre>)(.*?)(</pre>)', re.S
)
SIGN = re.compile(r'(?m)^((?:<span></span>)?<span class="g[di]">)([-+] )')
BLANK = re.compile(r'(?m)^<span class="w"> </span> ')
END = re.compile(r'(<span class="gd">.*</span>)\n')  # the line goes as a whole


def mark_signs(app, pagename, templatename, context, doctree):
    """Mark the signs before the lines of a difference as prompts."""
    context["body"] = DIFF.sub(lambda block: marked(*block.groups()), context.get("body", ""))


def marked(start, lines, end):
    """Return a block with its signs, and what ends a wrong line, as prompts."""
    for pattern, new in [
        (SIGN, r'\1<span class="gp">\2</span>'),
        (BLANK, '<span class="gp">  </span>'),
        (END, r'\1<span class="gp">\n</span>'),
    ]:
        lines = pattern.sub(new, lines)
    return start + lines + end


def setup(app):
    app.connect("html-page-context", mark_signs)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
