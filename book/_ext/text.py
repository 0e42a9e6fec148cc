"""Plain text of what pages say: equations as somebody would type them."""

import re

from docutils import nodes

BRACES = r"\{([^{}]*)\}"
# What a reader would type for a command of TeX; of the others only the backslash goes.
SIGNS = {"cdot": "·", "partial": "∂", "varepsilon": "ε", "sigma": "σ", "rho": "ρ", "gamma": "γ"}
SIGNS |= {"lambda": "λ", "approx": "≈", "dots": "…", "sum": "Σ", "prod": "Π", "to": "→", "pm": "±"}
SIGNS |= {"leftarrow": "←", "ge": "≥", "le": "≤", "top": "ᵀ", "lVert": "‖", "rVert": "‖"}
SIGNS |= dict.fromkeys(["bigl", "bigr", "Bigl", "Bigr", "left", "right", "quad", "qquad"], " ")
TURNS = [
    (r"\\(?:begin|end|phantom)\{[^{}]*\}|&|\\[\\,;:! ]|~", " "),
    (r"\{,\}", ","),
    (r"\\(?:text|mathrm|operatorname|mathbf|mathrel)" + BRACES, r"\1"),
    (r"([_^])\{([^{}]|\\top)\}", r"\1\2"),
    (r"([_^])" + BRACES, r"\1⁅\2⁆"),  # braces that stay
    (r"\\tilde\s*(?:\{(.)\}|(\w))", "\\1\\2\u0303"),
    (r"\\sqrt" + BRACES, r"√(\1)"),
    (r"\\t?frac" + 2 * BRACES, r"\1/\2"),
    (r"\\underset" + 2 * BRACES, r"\2 \1"),
    (r"\\underbrace" + BRACES + "_", r"\1 "),
    (r"(?<![\\_^a-zA-Z])" + BRACES, r"\1"),
]


def plain(latex):
    """Return an equation as somebody would type it: h_t = x_t W_x + h_{t-1} W_h + b."""
    before, text = None, latex
    while text != before:
        before = text
        for old, new in TURNS:
            text = re.sub(old, new, text)
    text = re.sub(r"\\([a-zA-Z]+) ?", lambda found: SIGNS.get(found[1], found[1] + " "), text)
    text = text.replace("⁅", "{").replace("⁆", "}").replace("^ᵀ", "ᵀ").replace("\\", "")
    return " ".join(text.split())


def said_by(node):
    """Return the words of a node, with equations as somebody would type them."""
    if isinstance(node, nodes.math):
        return plain(node.astext())
    if isinstance(node, nodes.Text):
        return node.astext()
    return " ".join("".join(said_by(child) for child in node.children).split())
