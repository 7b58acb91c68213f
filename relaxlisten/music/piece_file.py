"""A built-in piece's file (TOML) read into its facts and its plan.

Decision: a piece is a text file that a musician can read: title, mood, key and metre, themes written out as chords and tune,
figures for each instrument, and the form section by section. What it says of itself and what is played are one file, so that they
cannot come apart. All lengths are counted in the metre's lower number.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from relaxlisten.music.harmony import NOTE_NAMES, parse_chord
from relaxlisten.music.notation import METRES, Metre, Sung, Unreadable, read_chords, read_key, read_phrase, read_pitch, read_tune
from relaxlisten.music.plan import Figure, FreePlan, Layer, Plan, Section, Singer, Singing, Step, Theme
from relaxlisten.music.tunes import MANNERS
from relaxlisten.music.voices import VOICES
from relaxlisten.toml_text import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterable

Table: TypeAlias = dict[str, Any]
_LAYER_KINDS = ("chords", "strikes", "phrases", "drops")


class Mood(StrEnum):
    """What a piece is like; each mood has pieces of its own."""

    WARM = "warm"  # keys and pads
    CLEAR = "clear"  # harp, plucked strings, bells
    DEEP = "deep"  # slow strings, voices, drones, nature


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceFile:
    """What a file says: title, mood, key ("F major"), metre ("6/8", None without a pulse), words on it, and the plan itself.

    arousal: how stirring it is beside the other built-in pieces with a pulse, as tests/bench/builtin measures it.
    """

    title: str
    mood: Mood
    key: str
    metre: str | None
    instruments: str
    good_for: str
    arousal: float | None
    plan: Plan | FreePlan


def read_piece(text: str, name: str) -> PieceFile:
    """A piece from the text of its file; Unreadable, with the file's name, for what is missing or is not music."""
    try:
        table = parse_toml(text)
        return PieceFile(
            title=table["title"],
            mood=Mood(table["mood"]),
            key=table["key"],
            metre=table.get("metre"),
            instruments=table["instruments"],
            good_for=table["good_for"],
            arousal=float(table["arousal"]) if "arousal" in table else None,
            plan=_plan(table) if "tempo_bpm" in table else _free_plan(table),
        )
    except KeyError as fault:
        raise Unreadable(f"{name}: there is no {fault}") from fault
    except (ValueError, TypeError, AttributeError, OverflowError) as fault:  # of another kind than is asked for, among others
        raise Unreadable(f"{name}: {fault}") from fault


def _plan(table: Table) -> Plan:
    metre = METRES[table["metre"]]
    low, high = table["chord_range"]
    plan = Plan(
        tempo_bpm=float(table["tempo_bpm"]),
        metre=metre,
        scale=read_key(table["key"]),
        outside=_outside(table),
        themes={key: _theme(theme, metre) for key, theme in table["themes"].items()},
        figures={key: _figure(figure, metre) for key, figure in table["figures"].items()},
        singers={key: _singer(singer) for key, singer in table["singers"].items()},
        form=tuple(_section(section) for section in table["form"]),
        chord_range=(read_pitch(low), read_pitch(high)),
        bass_low=read_pitch(table["bass_low"]),
        level=float(table["level"]),
        room=float(table["room"]),
    )
    _refuse_strangers(plan)
    return plan


def _outside(table: Table) -> tuple[int, ...]:
    return tuple(NOTE_NAMES[name] for name in table.get("outside", ()))


def _theme(table: Table, metre: Metre) -> Theme:
    chords = read_chords(table["chords"])
    for name in chords:
        parse_chord(name)
    tune = read_tune(table["tune"], metre) if "tune" in table else ()
    if "tune" in table and len(table["tune"].split("|")) != len(chords):
        raise Unreadable(f"a tune of {len(table['tune'].split('|'))} bars over {len(chords)} chords")
    return Theme(chords=chords, tune=tune)


def _figure(table: Table, metre: Metre) -> Figure:
    beat = metre.units_per_beat
    bars = tuple(
        tuple(Step(place / beat, tone, length / beat, weight) for place, tone, length, weight in bar) for bar in table["bars"]
    )
    return Figure(
        voice=_voice(table["voice"]),
        level=table["level"],
        bars=bars,
        pan=table.get("pan", 0.0),
        width=table.get("width", 0.0),
        octave=table.get("octave", 0),
        loose=table.get("loose", 0.0),
    )


def _singer(table: Table) -> Singer:
    low, high = table["range"]
    return Singer(
        voice=_voice(table["voice"]), level=table["level"], low=read_pitch(low), high=read_pitch(high), pan=table.get("pan", 0.1)
    )


def _voice(name: str) -> str:
    if name not in VOICES:
        raise Unreadable(f"there is no voice {name!r}: there are {', '.join(VOICES)}")
    return name


def _section(table: Table) -> Section:
    return Section(
        name=table["name"],
        theme=table["theme"],
        figures=table["figures"],
        singing=tuple(_singing(word) for word in table.get("sing", "").split()),
        level=table["level"],
        lift=table.get("lift", 0),
    )


def _singing(word: str) -> Singing:
    """Who sings, and how: "k:plain", or "f:echo+12" for an octave higher."""
    singer, _, manner = word.partition(":")
    for sign, factor in (("+", 1), ("-", -1)):
        if sign in manner:
            name, _, semitones = manner.partition(sign)
            return Singing(singer=singer, manner=name, shift=factor * int(semitones))
    return Singing(singer=singer, manner=manner)


def _refuse_strangers(plan: Plan) -> None:
    """Unreadable where the form names a theme, a figure, a singer or a manner that there is not."""
    for section in plan.form:
        named: Iterable[tuple[str, str, Iterable[str]]] = (
            ("theme", section.theme, plan.themes),
            *(("figure", key, plan.figures) for key in section.figures),
            *(("singer", singing.singer, plan.singers) for singing in section.singing),
            *(("manner", singing.manner, MANNERS) for singing in section.singing),
        )
        for what, name, known in named:
            if name not in known:
                raise Unreadable(f"section {section.name!r} names the {what} {name!r}, which there is not")


# ---- without a pulse ----


def _free_plan(table: Table) -> FreePlan:
    return FreePlan(
        duration_s=float(table["duration_s"]),
        scale=read_key(table["key"]),
        outside=_outside(table),
        layers=tuple(_layer(layer) for layer in table["layers"]),
        parts=tuple((name, float(start_s)) for name, start_s in table["parts"]),
        level=float(table["level"]),
        room=float(table["room"]),
        rain=table.get("rain", 0.0),
        waves=table.get("waves", 0.0),
    )


def _layer(table: Table) -> Layer:
    if table["kind"] not in _LAYER_KINDS:
        raise Unreadable(f"there is no layer {table['kind']!r}: there are {', '.join(_LAYER_KINDS)}")
    what = tuple(read_phrase(text) if table["kind"] == "phrases" else _pitches(text) for text in table["what"])
    shortest_s, longest_s = table["gap_s"]
    return Layer(
        kind=table["kind"],
        voice=_voice(table["voice"]),
        level=table["level"],
        from_s=table["from_s"],
        to_s=table["to_s"],
        gap_s=(shortest_s, longest_s),
        what=what,
        **{key: table[key] for key in ("hold_s", "count_s", "width", "swell") if key in table},
    )


def _pitches(text: str) -> tuple[Sung, ...]:
    return tuple(Sung(0.0, 1.0, read_pitch(name)) for name in text.split())
