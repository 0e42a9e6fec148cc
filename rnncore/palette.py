"""One colour per idea, for equations, widgets and figures: the single source of all of them.

Chosen to be told apart without colour vision, and to keep a contrast of 4.5 : 1
on the page in both themes.
"""

LIGHT = {
    "x": "#0a5cad",  # what comes in
    "W": "#a04000",  # what is learnt: weights and biases
    "z": "#6a4aa3",  # the weighted sum
    "h": "#00695a",  # the state
    "y": "#6b6400",  # what comes out
    "gradient": "#b3123f",
    "ink": "#1d2129",
    "quiet": "#5a616b",
    "line": "#c3c8cf",
    "paper": "#ffffff",
    "wash": "#f4f6f8",
    "mark": "#fff1c2",
}
DARK = {
    "x": "#7db7ff",
    "W": "#ffae70",
    "z": "#c6b1f7",
    "h": "#55d3b4",
    "y": "#e0d264",
    "gradient": "#ff93a9",
    "ink": "#e8eaed",
    "quiet": "#a9b1bb",
    "line": "#4a515c",
    "paper": "#14181e",
    "wash": "#1e242c",
    "mark": "#4a3c0c",
}

# The page says which theme it shows; the system is asked only where neither does.
DARK_PAGES = 'html[data-theme="dark"], body[data-jp-theme-light="false"], body.vscode-dark'
UNDECIDED = "html:not([data-theme]) body:not([data-jp-theme-light]):not([class*=vscode])"


def css():
    """The style sheet that defines ``--rnn-x`` … ``--rnn-mark`` for both themes, as text."""
    light, dark = (
        " ".join(f"--rnn-{name}: {colour};" for name, colour in theme.items())
        for theme in (LIGHT, DARK)
    )
    return (
        f":root, body {{ {light} }}\n{DARK_PAGES}, html[data-theme='dark'] body {{ {dark} }}\n"
        f"@media (prefers-color-scheme: dark) {{ {UNDECIDED} {{ {dark} }} }}\n"
        f"@media print {{ :root:root, :root:root body {{ {light} }} }}\n"
    )
