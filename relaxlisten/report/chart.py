"""The picture of a session: heart and music on one axis, with phases, pieces and notes; SVG as text, made here.

Decision: one axis for both, because a beat of the heart and a beat of the music are counted in the same minutes. Nothing rests
on colour alone: the heart is a whole line in a band (its 95 % range), the music a dashed one, both are named at the line, pieces
carry the numbers of their table and notes the letters of theirs. Every text from a record is escaped.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, TypeVar

from relaxlisten.report import colours
from relaxlisten.report.axes import Axis, minute_ticks, round_range, ticks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relaxlisten.report.facts import Course, SessionFacts
    from relaxlisten.report.words import Language

_Value = TypeVar("_Value")
WIDTH, HEIGHT = 720.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 8.0, 38.0, 68.0
# What stays below the axis where there are no pieces.
BARE_BOTTOM = 22.0
LANE_TOP, LANE_HIGH = HEIGHT - 36.0, 16.0
Z_95 = 1.96
LEAST_SPAN_BPM = 20.0
_LETTER_WIDE = 6.2  # of an 11-unit sans-serif letter, on average


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The two axes. x: seconds of the session; y: per minute."""

    x: Axis
    y: Axis


def letter(index: int) -> str:
    """The letter of a note: a, b ... z, a2, b2 ..."""
    again, place = divmod(index, len(string.ascii_lowercase))
    return string.ascii_lowercase[place] + (str(again + 1) if again else "")


def chart(facts: SessionFacts, language: Language, *, described_by: str) -> str:
    """The picture as one <svg> element. described_by: id of the element that says the same in words."""
    frame = _frame(facts)
    high = HEIGHT if facts.pieces else HEIGHT - BOTTOM + BARE_BOTTOM
    parts = [
        *_phases(facts, frame), *_grid(frame, language), *_band(facts.course, frame), *_lines(facts.course, frame),
        *_pieces(facts, frame), *_marks(facts, frame), *_legend(facts.course, language),
    ]  # fmt: skip
    label = escape(language.say("chart_title"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {high:g}" role="img" aria-label="{label}" '
        f'aria-describedby="{described_by}" font-family="sans-serif" font-size="11" fill="{colours.INK}">'
        + "".join(parts)
        + "</svg>"
    )


def _frame(facts: SessionFacts) -> Frame:
    course = facts.course
    start_s = course.time_s[0]
    known = [value for value in (*course.heart_bpm, *course.tempo_bpm) if value is not None] or [70.0]
    low, high = round_range(min(known) - 1.0, max(known) + 1.0, 5.0, LEAST_SPAN_BPM)
    return Frame(
        x=Axis(low=start_s, high=max(course.time_s[-1], start_s + 1.0), at_low=LEFT, at_high=WIDTH - RIGHT),
        y=Axis(low=low, high=high, at_low=HEIGHT - BOTTOM, at_high=TOP),
    )


def _phases(facts: SessionFacts, frame: Frame) -> Iterator[str]:
    for index, phase in enumerate(facts.phases):
        left, right = frame.x.at(phase.stretch.start_s), frame.x.at(phase.stretch.end_s)
        ground = colours.SHADE if index % 2 == 0 else colours.PAPER
        yield _rect(left, TOP, right - left, HEIGHT - BOTTOM - TOP, ground)
        if index:
            yield _line(left, TOP - 14.0, left, HEIGHT - BOTTOM, colours.EDGE, dash="1 3")
        name = _fitted(phase.name, right - left - 4.0)
        if name:
            yield _text((left + right) / 2.0, TOP - 4.0, name, anchor="middle")


def _grid(frame: Frame, language: Language) -> Iterator[str]:
    for value in ticks(frame.y.low, frame.y.high, 6):
        y = frame.y.at(value)
        yield _line(LEFT, y, WIDTH - RIGHT, y, colours.RULE)
        yield _text(LEFT - 6.0, y + 4.0, f"{value:g}", anchor="end")
    yield _text(2.0, TOP - 18.0, language.say("per_minute"))
    foot = HEIGHT - BOTTOM
    for minute in minute_ticks((frame.x.high - frame.x.low) / 60.0, 12):
        x = frame.x.at(frame.x.low + 60.0 * minute)
        yield _line(x, foot, x, foot + 4.0, colours.EDGE)
        yield _text(x, foot + 16.0, language.plain(minute), anchor="middle")
    yield _text(2.0, foot + 16.0, language.say("minutes_short"))


def _band(course: Course, frame: Frame) -> Iterator[str]:
    """The range that holds the heart rate 95 times of 100."""
    rows = zip(course.time_s, course.heart_bpm, course.heart_sd_bpm, strict=True)
    ranges = [(time_s, None if rate is None or sd is None else (rate - Z_95 * sd, rate + Z_95 * sd)) for time_s, rate, sd in rows]
    for run in _runs(ranges):
        upper = [(frame.x.at(time_s), frame.y.at(high)) for time_s, (_, high) in run]
        lower = [(frame.x.at(time_s), frame.y.at(low)) for time_s, (low, _) in reversed(run)]
        yield f'<polygon points="{_points([*upper, *lower])}" fill="{colours.BAND}"/>'


def _lines(course: Course, frame: Frame) -> Iterator[str]:
    for values, colour, dash in ((course.tempo_bpm, colours.MUSIC, "6 3"), (course.heart_bpm, colours.HEART, "")):
        for run in _runs(list(zip(course.time_s, values, strict=True))):
            points = _points([(frame.x.at(time_s), frame.y.at(value)) for time_s, value in run])
            dashes = f' stroke-dasharray="{dash}"' if dash else ""
            yield (
                f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8" stroke-linejoin="round"{dashes}/>'
            )


def _runs(rows: Sequence[tuple[float, _Value | None]]) -> Iterator[list[tuple[float, _Value]]]:
    """Stretches of known values."""
    run: list[tuple[float, _Value]] = []
    for time_s, value in rows:
        if value is not None:
            run.append((time_s, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _pieces(facts: SessionFacts, frame: Frame) -> Iterator[str]:
    for number, piece in enumerate(facts.pieces, start=1):
        left, right = frame.x.at(piece.start_s), frame.x.at(piece.end_s)
        yield _rect(left, LANE_TOP, max(right - left - 1.0, 1.0), LANE_HIGH, colours.PIECE, edge=colours.EDGE)
        if right - left > 8.0 * len(str(number)):
            yield _text((left + right) / 2.0, LANE_TOP + 12.0, str(number), anchor="middle")


def _marks(facts: SessionFacts, frame: Frame) -> Iterator[str]:
    for index, note in enumerate(facts.notes):
        if note.time_s is None:
            continue
        x = frame.x.at(note.time_s)
        yield _line(x, TOP, x, HEIGHT - BOTTOM, colours.INK, dash="2 2")
        yield f'<path d="M{x - 4:.1f} {TOP:g}h8l-4 7z" fill="{colours.INK}"/>'
        yield _text(x + 5.0, TOP + 11.0, letter(index))


def _legend(course: Course, language: Language) -> Iterator[str]:
    """Named lines, above the phases."""
    y, x = 10.0, LEFT
    for key, colour, dash, there in (
        ("legend_heart", colours.HEART, "", any(value is not None for value in course.heart_bpm)),
        ("legend_music", colours.MUSIC, "6 3", any(value is not None for value in course.tempo_bpm)),
    ):
        if not there:
            continue
        name = language.say(key)
        if key == "legend_heart":
            yield _rect(x, y - 7.0, 26.0, 8.0, colours.BAND)
        yield _line(x, y - 3.0, x + 26.0, y - 3.0, colour, dash=dash, wide=1.8)
        yield _text(x + 31.0, y, name, colour=colour)
        x += 31.0 + _LETTER_WIDE * len(name) + 18.0


def _fitted(name: str, wide: float) -> str:
    """As much of a name as there is room for; nothing where that is too little to read."""
    room = int(wide / _LETTER_WIDE)
    return name if len(name) <= room else "" if room < 4 else name[: room - 1] + "…"


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _rect(x: float, y: float, wide: float, high: float, fill: str, edge: str = "") -> str:
    stroke = f' stroke="{edge}"' if edge else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(wide, 0.0):.1f}" height="{high:.1f}" fill="{fill}"{stroke}/>'


def _line(x: float, y: float, x2: float, y2: float, colour: str, *, dash: str = "", wide: float = 1.0) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{wide:g}"{dashes}/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = colours.INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
