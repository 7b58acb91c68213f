"""Drawings for a study's page, as SVG inside it: no script, no picture from elsewhere."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from relaxlisten.report.axes import ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.simulation.tables import Interval

# As wide as a telephone, so that the letters stay readable there; a wide page shows it no more than a fifth larger.
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 480, 260, 48, 40, 22
# Told apart without colour too: by place, and by the legend's and the table's order. Okabe and Ito's palette, for every kind of
# colour vision; on a dark page its blue is lighter and its black white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#b3a800")
_EDGE = 16  # room for the last label
DARK = {0: "#4aa3df", 6: "#ffffff", 7: "#f0e442"}

Group = tuple[str, "list[tuple[str, Interval]]"]


def intervals_svg(title: str, unit: str, groups: Sequence[Group]) -> str:
    """Means with their intervals. groups: by phase, each with its arms; an interval without bounds is drawn as a dot."""
    known = [one for _, arms in groups for _, one in arms if one.n]
    if not known:
        return f"<p>{escape(title)}: there is nothing to draw.</p>"
    ends = [end for one in known for end in (one.mean, one.low, one.high, 0.0) if math.isfinite(end)]
    low, high = min(ends), max(ends)
    room = (high - low or 1.0) * 0.08
    scale = _Scale(low - room, high + room)
    parts = [_axis(scale, unit, ticks(scale.low, scale.high, 5))]
    step = (WIDTH - LEFT) / len(groups)
    labels = list(dict.fromkeys(label for _, arms in groups for label, _ in arms))
    for number, (name, arms) in enumerate(groups):
        middle = LEFT + step * (number + 0.5)
        parts.append(_label(middle, HEIGHT - 12, name, "middle"))
        for label, one in arms:
            if one.n:
                place = labels.index(label)
                x = middle + (place - (len(labels) - 1) / 2.0) * min(step / (len(labels) + 1), 26.0)
                parts.append(_dot(x, scale, one, _colour(place), f"{name}, {label}: {one}, n = {one.n}"))
    legend = [f'<span><b class="{_colour(place)}">●</b> {escape(label)}</span>' for place, label in enumerate(labels)]
    return _svg(title, parts, f'<p class="legend">{" ".join(legend)}</p>')


def style() -> str:
    """The rules that the drawings need, on light and on dark pages."""
    light = "".join(f"--c{place}: {colour}; " for place, colour in enumerate(COLOURS))
    dark = "".join(f"--c{place}: {colour}; " for place, colour in DARK.items())
    classes = "".join(f".c{place} {{ color: var(--c{place}) }} " for place in range(len(COLOURS)))
    return (
        f":root {{ {light}--line: #ddd; --zero: #555 }} {classes}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark}--line: #3a3a3a; --zero: #aaa }} }}\n"
        "svg { width: 100%; max-width: 580px; height: auto; display: block } "
        "svg text { font: 13px system-ui, sans-serif; fill: currentColor }\n"
        "svg .line { stroke: var(--line) } svg .zero { stroke: var(--zero) }\n"
        ".legend { margin: .3em 0 } .legend span { margin-right: 1em; white-space: nowrap }\n"
    )


def _colour(place: int) -> str:
    """The class of a colour."""
    return f"c{place % len(COLOURS)}"


def bars_svg(title: str, across: str, unit: str, counts: Sequence[int]) -> str:
    """A histogram of shares, with bins of equal width from 0 to 1. across: what the shares are of; unit: what is counted."""
    scale = _Scale(0.0, max([*counts, 1]))
    width = (WIDTH - LEFT - _EDGE) / len(counts)
    parts = [_axis(scale, unit, [tick for tick in ticks(scale.low, scale.high, 5) if tick == int(tick)])]
    for number, count in enumerate(counts):
        x, y = LEFT + width * number + 1.0, scale.y(count)
        size = f'x="{x:.1f}" y="{y:.1f}" width="{width - 2.0:.1f}" height="{scale.y(0.0) - y:.1f}"'
        parts.append(f'<rect {size} class="c0" fill="currentColor"><title>{count}</title></rect>')
    at = {share: LEFT + share * (WIDTH - LEFT - _EDGE) for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)}
    parts += [_label(x, HEIGHT - 24, f"{share:.0%}", "middle") for share, x in at.items()]
    parts.append(_label((LEFT + WIDTH) / 2, HEIGHT - 6, across, "middle"))
    return _svg(title, parts)


class _Scale:
    """From a value to a height on the page."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


def _axis(scale: _Scale, unit: str, at: Sequence[float]) -> str:
    parts = []
    for tick in at:
        y = scale.y(tick)
        line = "zero" if tick == 0 else "line"
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" class="{line}"/>')
        parts.append(_label(LEFT - 6, y + 4, f"{tick:g}".replace("-", "\u2212"), "end"))
    parts.append(_label(LEFT, 12, unit, "start"))
    return "".join(parts)


def _dot(x: float, scale: _Scale, one: Interval, colour: str, words: str) -> str:
    dot = f'<circle cx="{x:.1f}" cy="{scale.y(one.mean):.1f}" r="4" fill="currentColor"/>'
    if math.isfinite(one.low) and math.isfinite(one.high):
        low, high = scale.y(one.low), scale.y(one.high)
        dot = f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="currentColor" stroke-width="2"/>{dot}'
    return f'<g class="{colour}"><title>{escape(words)}</title>{dot}</g>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(title: str, parts: Sequence[str], legend: str = "") -> str:
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
    return f"<figure><figcaption>{escape(title)}</figcaption>{legend}{head}{''.join(parts)}</svg></figure>"
