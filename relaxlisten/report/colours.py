"""The colours of a report, and which stands on which.

Decision: every colour is here and nowhere else, so that a test can compute each contrast (WCAG 2.2, 1.4.3 and 1.4.11). Heart and
music are a red and a blue that all kinds of colour vision tell apart, and differ in their line as well: on a black-and-white
print one is whole and the other dashed.
"""

from __future__ import annotations

PAPER = "#ffffff"
INK = "#1d2126"
QUIET = "#545b62"
RULE = "#b9b4aa"
EDGE = "#7d7a73"
SHADE = "#f3f0ea"
HEART = "#a3211a"
BAND = "#efcdc8"
MUSIC = "#0b5c9e"
PIECE = "#dce6ef"
SIGNAL = "#7a3b00"
SIGNAL_GROUND = "#fdf1dd"

# Texts: at least 4.5 : 1. (foreground, ground)
TEXTS = (
    (INK, PAPER), (INK, SHADE), (INK, SIGNAL_GROUND), (INK, PIECE), (INK, BAND), (QUIET, PAPER), (QUIET, SHADE), (HEART, PAPER),
    (HEART, SHADE), (MUSIC, PAPER), (MUSIC, SHADE), (SIGNAL, PAPER), (SIGNAL, SIGNAL_GROUND),
)  # fmt: skip
# Lines and edges that carry meaning: at least 3 : 1.
LINES = (
    (HEART, PAPER),
    (HEART, SHADE),
    (HEART, BAND),
    (MUSIC, PAPER),
    (MUSIC, SHADE),
    (MUSIC, BAND),
    (EDGE, PAPER),
    (EDGE, SHADE),
)
BY_NAME = {
    "paper": PAPER, "ink": INK, "quiet": QUIET, "rule": RULE, "edge": EDGE, "shade": SHADE, "heart": HEART, "band": BAND,
    "music": MUSIC, "piece": PIECE, "signal": SIGNAL, "signal-ground": SIGNAL_GROUND,
}  # fmt: skip


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours "#rrggbb", 1 to 21, as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255.0 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
