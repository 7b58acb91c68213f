"""What a piece is made of before it is a score: themes, figures, singers and a form of sections; or, without a pulse, layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relaxlisten.music.notation import Metre, Sung


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """chords: one a bar. tune: what is sung over them, written out; perhaps nothing."""

    chords: tuple[str, ...]
    tune: tuple[Sung, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One note of a figure: beat in the bar, tone, length in beats, weight.

    A tone 0 and up counts upwards through the chord, octave after octave; -1 is the chord's bass, -2 the fifth above its root.
    """

    beat: float
    tone: int
    length_beats: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What an instrument plays, bar after bar. bars: its patterns, in turn.

    width: higher tones lie further to the right, as on an instrument seen by its player. loose: how likely a light step (weight
    under 0.6) is left out, so that no bar is a copy of another.
    """

    voice: str
    level: float
    bars: tuple[tuple[Step, ...], ...]
    pan: float = 0.0
    width: float = 0.0
    octave: int = 0
    loose: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Singer:
    """An instrument that sings tunes: its lowest and highest pitch, its level and its place."""

    voice: str
    level: float
    low: int
    high: int
    pan: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Singing:
    """One singer in a section: who, in what manner (`tunes.MANNERS`), how many semitones higher or lower."""

    singer: str
    manner: str
    shift: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the form. theme: whose chords and tune. figures: which of the plan's are heard. level: how full it is.

    lift: by how many semitones the range of the chords moves, so that the same chords lie otherwise under the hand.
    """

    name: str
    theme: str
    figures: str
    singing: tuple[Singing, ...]
    level: float
    lift: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A pulsed piece. tempo_bpm: beats a minute, in 6/8 dotted quarters. outside: pitch classes borrowed from other keys."""

    tempo_bpm: float
    metre: Metre
    scale: tuple[int, ...]
    outside: tuple[int, ...]
    themes: dict[str, Theme]
    figures: dict[str, Figure]
    singers: dict[str, Singer]
    form: tuple[Section, ...]
    chord_range: tuple[int, int]
    bass_low: int
    level: float
    room: float

    @property
    def bars(self) -> int:
        """Bars of the whole form, the closing chord's bar included."""
        return 1 + sum(len(self.themes[section.theme].chords) for section in self.form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One strand of a piece without a pulse, from one second to another; loudness rises to its middle and sinks again.

    kind: "chords" (each begins gap_s after the one before), "strikes" (single pitches, gap_s apart at random, never the same one
    twice in a row), "phrases" (short tunes in turn, their counts count_s long, gap_s of silence between) or "drops" (single
    pitches at random, gap_s apart on average). what: chords or phrases, each a tuple of notes with beats for counts.
    """

    kind: str
    voice: str
    level: float
    from_s: float
    to_s: float
    gap_s: tuple[float, float]
    what: tuple[tuple[Sung, ...], ...]
    hold_s: float = 1.0
    count_s: float = 1.0
    width: float = 0.2
    swell: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePlan:
    """A piece without a pulse. parts: its sections, each with the second at which it begins."""

    duration_s: float
    scale: tuple[int, ...]
    outside: tuple[int, ...]
    layers: tuple[Layer, ...]
    parts: tuple[tuple[str, float], ...]
    level: float
    room: float
    rain: float = 0.0
    waves: float = 0.0
