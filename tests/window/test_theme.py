"""Contrast after WCAG 2.2 (1.4.3, 1.4.11), and colours as others see them (Machado 2009, doi:10.1109/TVCG.2009.113)."""

from dataclasses import fields
from itertools import combinations

import numpy as np
import pytest

from relaxlisten.window.theme import DAY, DUSK, NIGHT, Theme
from relaxlisten.window.traces import DARK, LIGHT, Palette

# Severity 1.0, for linear RGB: table 1 of the paper.
VISION = {
    "usual": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
SRGB_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
D65 = np.array([0.95047, 1.0, 1.08883])
APART = 20.0  # CIELAB units: about ten times what is just noticed side by side
THEMES = {"day": DAY, "dusk": DUSK, "night": NIGHT}
PALETTES = {"light": LIGHT, "dark": DARK}


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, vision: str) -> np.ndarray:
    xyz = SRGB_TO_XYZ @ np.clip(VISION[vision] @ linear(colour), 0.0, 1.0) / D65
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, vision: str) -> float:
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


def test_black_on_white_has_the_greatest_contrast_there_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


def test_red_and_green_of_one_lightness_are_told_apart_by_usual_eyes_only() -> None:
    assert distance("#a84b00", "#6b7000", "usual") > 2.0 * distance("#a84b00", "#6b7000", "deuteranopia")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_is_read_on_every_ground_that_it_stands_on(theme: Theme) -> None:
    for ground in (theme.ground, theme.raised):
        for text in (theme.text, theme.muted, theme.notice, theme.accent):
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(theme.on_accent, theme.accent) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_borders_marks_and_shapes_are_seen(theme: Theme) -> None:
    for mark in (theme.line, theme.accent, theme.rim, theme.glow, theme.trend):
        for ground in (theme.ground, theme.raised):
            assert contrast(mark, ground) >= 3.0, (mark, ground)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_every_colour_of_the_plots_is_seen_on_their_ground(palette: Palette) -> None:
    faint = {"ground", "grid"}  # the grid only guides the eye
    for field in fields(palette):
        value = getattr(palette, field.name)
        if field.name not in faint and isinstance(value, str):
            assert contrast(value, palette.ground) >= 4.5, field.name


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_curves_that_share_a_plot_are_told_apart_by_every_eye(palette: Palette, vision: str) -> None:
    for one, other in (*combinations((palette.heart, palette.music), 2), (palette.rr, palette.corrected)):
        assert distance(one, other, vision) >= APART, (one, other)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_what_asks_for_something_looks_unlike_what_is_chosen(theme: Theme, vision: str) -> None:
    assert distance(theme.notice, theme.accent, vision) >= APART / 2.0  # both also differ in shape and weight
    assert distance(theme.trend, theme.rim, vision) >= APART / 2.0
