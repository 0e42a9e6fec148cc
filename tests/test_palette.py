"""The palette: contrast, distance for every kind of colour vision, and the style sheet."""

import re
from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rnncore.palette import DARK, FORCED, LIGHT, css

THEMES = {"light": LIGHT, "dark": DARK}
IDEAS = ["x", "W", "z", "h", "y", "gradient"]
GROUNDS = ["paper", "wash", "mark"]

# From linear RGB to what a dichromat sees of it: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes,
# A Physiologically-based Model for Simulation of Color Vision Deficiency (2009), severity 1.0.
VISION = {
    "all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}

# Two colours side by side are just told apart at 0.02 in OKLab (the limit that CSS Color 4 takes in
# its gamut mapping).  A letter here and a box there need more: two and a half times that.  More
# than 0.06 is hardly to be had: all six must be dark (or light) enough to read on three grounds,
# and keep their hues.  Where two come close, names and dashes tell them apart.
APART = 0.05

# From linear RGB to OKLab: B. Ottosson, A perceptual color space for image processing (2020).
TO_LMS = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def linear(colour):
    """The light of "#rrggbb": three numbers from 0 to 1 (WCAG 2.2, relative luminance)."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05), L = 0.2126 R + 0.7152 G + 0.0722 B, L1 the lighter."""
    dark, light = sorted(linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def oklab(light):
    return np.array(TO_LAB) @ np.cbrt(np.array(TO_LMS) @ light)


def distance(one, other, vision):
    """How far apart two colours are in OKLab, as seen with these cones."""
    seen = [np.clip(np.array(VISION[vision]) @ linear(colour), 0, 1) for colour in (one, other)]
    return np.linalg.norm(oklab(seen[0]) - oklab(seen[1]))


each_theme = pytest.mark.parametrize("theme", THEMES)


def test_the_measures_on_colours_whose_values_are_known():
    # 1.05 / 0.05; #777777 on white is WCAG's usual example of just too little
    assert_allclose(contrast("#ffffff", "#000000"), 21)
    assert_allclose(contrast("#777777", "#ffffff"), 4.48, atol=0.005)
    # Ottosson's definition: white is (1, 0, 0); CSS Color 4 gives red as (0.628, 0.225, 0.126)
    assert_allclose(oklab(linear("#ffffff")), [1, 0, 0], atol=1e-6)
    assert_allclose(oklab(linear("#ff0000")), [0.628, 0.225, 0.126], atol=5e-4)


@pytest.mark.parametrize("vision", VISION)
def test_every_eye_sees_grey_as_grey(vision):
    assert_allclose(np.sum(VISION[vision], axis=1), 1, atol=2e-6)


def test_the_themes_name_the_same_things_in_the_same_form():
    assert list(LIGHT) == list(DARK)
    assert {*IDEAS, *GROUNDS, "ink", "quiet"} < set(LIGHT)
    for colour in (*LIGHT.values(), *DARK.values()):
        assert re.fullmatch("#[0-9a-f]{6}", colour)


@each_theme
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", [*IDEAS, "ink", "quiet"])
def test_text_can_be_read_on_every_ground(theme, ground, name):
    assert contrast(THEMES[theme][name], THEMES[theme][ground]) >= 4.5


@each_theme
@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(("one", "other"), list(combinations(IDEAS, 2)))
def test_ideas_are_told_apart(theme, vision, one, other):
    assert distance(THEMES[theme][one], THEMES[theme][other], vision) >= APART


# The style sheet

SAID = ['html[data-theme="dark"]', 'body[data-jp-theme-light="false"]', "body.vscode-dark"]
BLOCKS = [
    (None, {":root", "body"}, LIGHT),
    (None, {*SAID, "html[data-theme='dark'] body"}, DARK),
    (
        "(prefers-color-scheme: dark)",
        {"html:not([data-theme]) body:not([data-jp-theme-light]):not([class*=vscode])"},
        DARK,
    ),
    ("print", {":root:root", ":root:root body"}, LIGHT),
    ("(forced-colors: active)", {":root:root", ":root:root body"}, FORCED),
]


def test_the_style_sheet_has_every_colour_of_its_theme_under_its_selectors():
    found = re.findall(r"(?:@media ([^{]+) \{)?\s*([^{}]+) \{([^{}]*)\}", css())
    assert len(found) == len(BLOCKS)
    for (medium, selectors, body), (where, whom, theme) in zip(found, BLOCKS):
        assert (medium or None) == where
        assert set(selectors.split(", ")) == whom
        declared = [line.strip().split(": ") for line in body.split(";") if line.strip()]
        assert declared == [[f"--rnn-{name}", colour] for name, colour in theme.items()]


def test_the_style_sheet_closes_what_it_opens():
    # five blocks, three of them in a medium
    assert css().count("{") == css().count("}") == 8
