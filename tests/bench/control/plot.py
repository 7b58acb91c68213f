"""A small drawing of sessions: heart and tempo over twenty minutes, one row a session. Plain SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.control.grid import Trial

WIDTH, ROW, LEFT, TOP = 760, 130, 40, 22


def drawing(trials: Sequence[tuple[str, Trial]]) -> str:
    """An SVG document; each trial must have its path."""
    height = TOP + ROW * len(trials)
    rows = "".join(_row(title, trial, TOP + ROW * number) for number, (title, trial) in enumerate(trials))
    legend = (
        f'<text x="{LEFT}" y="14" fill="#c0392b">heart (bpm)</text><text x="{LEFT + 90}" y="14" fill="#1f5fa8">music (BPM)</text>'
        f'<text x="{LEFT + 190}" y="14" fill="#555">| where the tempo turned round; 20 minutes from left to right</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="11">'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>{legend}{rows}</svg>\n'
    )


def _row(title: str, trial: Trial, top: int) -> str:
    known = [value for _, heart, tempo in trial.path for value in (heart, tempo) if value is not None]
    low, high = min(known) - 1.0, max(known) + 1.0
    scale = (ROW - 26) / (high - low)

    def place(time_s: float, value: float) -> str:
        return f"{LEFT + time_s * (WIDTH - LEFT - 8) / 1200.0:.1f},{top + ROW - 8 - (value - low) * scale:.1f}"

    hearts = _lines([(time_s, heart) for time_s, heart, _ in trial.path[::4]], place, "#c0392b")
    tempi = _lines([(time_s, tempo) for time_s, _, tempo in trial.path[::4]], place, "#1f5fa8")
    turns = "".join(
        f'<path d="M{place(turn_s, low)} L{place(turn_s, high)}" stroke="#999" stroke-dasharray="2 3"/>'
        for turn_s in trial.turns_s
    )
    words = f'<text x="{LEFT}" y="{top + 11}">{title}</text><text x="4" y="{top + ROW - 8}" fill="#555">{low:.0f}</text>'
    return f'{words}<text x="4" y="{top + 26}" fill="#555">{high:.0f}</text>{turns}{hearts}{tempi}'


def _lines(points: Sequence[tuple[float, float | None]], place: object, colour: str) -> str:
    pieces: list[list[str]] = [[]]
    for time_s, value in points:
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(place(time_s, value))  # type: ignore[operator]  # a function of two numbers
    return "".join(
        f'<polyline points="{" ".join(piece)}" fill="none" stroke="{colour}" stroke-width="1.2"/>' for piece in pieces if piece
    )
