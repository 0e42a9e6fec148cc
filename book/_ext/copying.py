"""What is copied of code: lines that run.

A block of the kind `diff` shows a line wrong and right.  Its signs become prompts, which are not
copied, just as `>>>` is not; of the lines only those that are right are (`site.js`, `_config.yml`).
"""

import re

DIFF = re.compile(
    r'(<div class="highlight-diff [^"]*"><div class="highlight"><pre>)(.*?)(</pre>)', re.S
)
SIGN = re.compile(r'^((?:<span></span>)?(?:<span class="(?:gd|gi|w)">)?)([-+ ] )', re.M)


def mark_signs(app, pagename, templatename, context, doctree):
    """Mark the signs before the lines of a difference as prompts."""
    context["body"] = DIFF.sub(
        lambda block: block[1] + SIGN.sub(r'\1<span class="gp">\2</span>', block[2]) + block[3],
        context.get("body", ""),
    )


def setup(app):
    app.connect("html-page-context", mark_signs)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
