"""One colour per idea, for equations, widgets and figures: the single source of all of them.

Chosen to be told apart whichever kind of cone an eye lacks, and to keep a contrast
of 4.5 : 1 on paper, wash and mark in both themes.
"""

LIGHT = {
    "x": "#0062c0",  # what comes in
    "W": "#8c3700",  # what is learnt: weights and biases
    "z": "#694d9b",  # the weighted sum
    "h": "#00695a",  # the state
    "y": "#746d08",  # what comes out
    "gradient": "#b10e4a",
    "ink": "#1d2129",
    "quiet": "#5a616b",
    "line": "#c3c8cf",
    "paper": "#ffffff",
    "wash": "#f4f6f8",
    "mark": "#fff1c2",
}
DARK = {
    "x": "#76aef8",
    "W": "#ffae70",
    "z": "#cfbdfc",
    "h": "#60dec0",
    "y": "#e7d862",
    "gradient": "#fb86a0",
    "ink": "#e8eaed",
    "quiet": "#a9b1bb",
    "line": "#4a515c",
    "paper": "#14181e",
    "wash": "#1e242c",
    "mark": "#4a3c0c",
}

# In forced colours there are the reader's own: what is told by a colour is told by its place, its
# shape or its name as well.
FORCED = {
    **dict.fromkeys(LIGHT, "CanvasText"),
    **dict.fromkeys(["paper", "wash", "mark"], "Canvas"),
}

# The page says which theme it shows; the system is asked only where neither does.
DARK_PAGES = 'html[data-theme="dark"], body[data-jp-theme-light="false"], body.vscode-dark'
UNDECIDED = "html:not([data-theme]) body:not([data-jp-theme-light]):not([class*=vscode])"


def css():
    """Return the style sheet that defines ``--rnn-x`` … ``--rnn-mark`` for both themes, as text."""
    light, dark, forced = (
        " ".join(f"--rnn-{name}: {colour};" for name, colour in theme.items())
        for theme in (LIGHT, DARK, FORCED)
    )
    return (
        f":root, body {{ {light} }}\n{DARK_PAGES}, html[data-theme='dark'] body {{ {dark} }}\n"
        f"@media (prefers-color-scheme: dark) {{ {UNDECIDED} {{ {dark} }} }}\n"
        f"@media print {{ :root:root, :root:root body {{ {light} }} }}\n"
        f"@media (forced-colors: active) {{ :root:root, :root:root body {{ {forced} }} }}\n"
    )
