"""Drawings for a study's page, as SVG inside it: no script, no picture from elsewhere."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from relaxlisten.report.axes import ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.simulation.tables import Interval

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 280, 60, 40, 16
# Told apart without colour too: by place and by the legend's order (palette of Okabe and Ito, for every kind of colour vision).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442")

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
    parts = [_axis(scale, unit)]
    step = (WIDTH - LEFT) / len(groups)
    labels = list(dict.fromkeys(label for _, arms in groups for label, _ in arms))
    for number, (name, arms) in enumerate(groups):
        middle = LEFT + step * (number + 0.5)
        parts.append(_label(middle, HEIGHT - 12, name, "middle"))
        for label, one in arms:
            if one.n:
                place = labels.index(label)
                x = middle + (place - (len(labels) - 1) / 2.0) * min(step / (len(labels) + 1), 26.0)
                parts.append(_dot(x, scale, one, COLOURS[place % len(COLOURS)], f"{name}, {label}: {one}, n = {one.n}"))
    legend = [
        f'<tspan fill="{COLOURS[place % len(COLOURS)]}" dx="12">● {escape(label)}</tspan>' for place, label in enumerate(labels)
    ]
    parts.append(f'<text x="{LEFT}" y="12" class="legend">{"".join(legend)}</text>')
    return _svg(title, parts)


def bars_svg(title: str, unit: str, counts: Sequence[int], first: float, last: float) -> str:
    """A histogram with bins of equal width from first to last."""
    most = max([*counts, 1])
    width = (WIDTH - LEFT) / len(counts)
    parts = []
    for number, count in enumerate(counts):
        height = (HEIGHT - BOTTOM - TOP) * count / most
        x, y = LEFT + width * number, HEIGHT - BOTTOM - height
        box = f'<rect x="{x + 1:.1f}" y="{y:.1f}" width="{width - 2:.1f}" height="{height:.1f}" fill="{COLOURS[0]}">'
        parts.append(f"{box}<title>{count}</title></rect>")
    parts.append(_label(LEFT, HEIGHT - 20, f"{first:g}", "start"))
    parts.append(_label(WIDTH - 4, HEIGHT - 20, f"{last:g}", "end"))
    parts.append(_label((LEFT + WIDTH) / 2, HEIGHT - 6, unit, "middle"))
    parts.append(_label(LEFT - 6, TOP + 10, str(most), "end"))
    return _svg(title, parts)


class _Scale:
    """From a value to a height on the page."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)


def _axis(scale: _Scale, unit: str) -> str:
    parts = []
    for tick in ticks(scale.low, scale.high, 5):
        y = scale.y(tick)
        line = "#555" if tick == 0 else "#ddd"
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="{line}"/>')
        parts.append(_label(LEFT - 6, y + 4, f"{tick:g}", "end"))
    parts.append(_label(4, TOP + 2, unit, "start"))
    return "".join(parts)


def _dot(x: float, scale: _Scale, one: Interval, colour: str, words: str) -> str:
    dot = f'<circle cx="{x:.1f}" cy="{scale.y(one.mean):.1f}" r="4" fill="{colour}"><title>{escape(words)}</title></circle>'
    if not (math.isfinite(one.low) and math.isfinite(one.high)):
        return dot
    low, high = scale.y(one.low), scale.y(one.high)
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{colour}" stroke-width="2"/>{dot}'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(title: str, parts: Sequence[str]) -> str:
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
    return f"<figure><figcaption>{escape(title)}</figcaption>{head}{''.join(parts)}</svg></figure>"
