"""What a piece is taken to be, from all that is known of it: the listener's word, its sidecar, its tags, and what was heard.

Decision: the listener's word in the catalogue goes before the sidecar, that before a tag, that before the ear. A tempo tag is
trusted where it agrees, within 4 %, with a tempo that was heard (the piece's own, or a candidate at least half as salient as the
first), or with its double, half, triple or third: it then says which metrical level is meant, and the ear says where the beats
are. One that agrees with none of them is contradicted: it is shown, and not used. A key tag is used only where no key was heard,
a loudness tag only until the piece was heard. A piece whose beat is weak is followed only where the listener, the sidecar or an
agreeing tag speaks for it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.messages import Track
from relaxlisten.music.beat_levels import Beats, even_beats, even_tempo_bpm, level_of, on_level, phase_s, ratio_of
from relaxlisten.music.beat_path import beat_path
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags
from relaxlisten.terms import Pulse, TagVerdict, TempoSource
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.music.piece_analysis import PieceAnalysis, TempoCandidate

TARGET_LUFS = -23.0
MOST_BOOST_DB, MOST_CUT_DB = 12.0, -24.0
USUAL_BEATS_PER_BAR = 4
_CLEAR = 0.5  # of the greatest salience: below lie peaks that any steady rhythm has beside its tempo (3/4 and 4/5 of it)
_ON_THE_BEAT = 0.1  # of a period: a first beat that somebody wrote down is meant to be the heard beat that lies so near


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the listener told the catalogue about a piece; None where nothing. excluded: it is not to be played."""

    tempo_bpm: float | None = None
    first_beat_s: float | None = None
    beats_per_bar: int | None = None
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is known of one piece. analysis: None until it was heard."""

    tags: Tags = dataclasses.field(default_factory=Tags)
    sidecar: Sidecar = dataclasses.field(default_factory=Sidecar)
    overrides: Overrides = dataclasses.field(default_factory=Overrides)
    analysis: PieceAnalysis | None = None

    @property
    def declared_bpm(self) -> float | None:
        """The tempo that a person stated."""
        return self.overrides.tempo_bpm or self.sidecar.tempo_bpm


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a piece is taken to be. followed: its tempo may be led; a piece that is not is played as it is.

    tempo_bpm: None where beatless. loudness_lufs: heard, else as tagged.
    """

    duration_s: float
    pulse: Pulse
    followed: bool
    tempo_bpm: float | None
    tempo_source: TempoSource
    tempo_tag: TagVerdict
    beats_per_bar: int | None
    key: str | None
    key_tag: TagVerdict
    loudness_lufs: float | None


def describe(known: Known) -> Described:
    """Weigh what is known; nothing is heard here."""
    tempo_tag, tagged_bpm = judge_tempo_tag(known.tags.tempo_bpm, known.analysis)
    tempo_bpm, source = _tempo(known, tagged_bpm)
    pulse = _pulse(known, tempo_bpm)
    heard_key = known.analysis.key if known.analysis else None
    return Described(
        duration_s=known.analysis.duration_s if known.analysis else known.tags.duration_s or 0.0,
        pulse=pulse,
        followed=tempo_bpm is not None and (pulse is Pulse.PULSED or source is TempoSource.TAG),
        tempo_bpm=tempo_bpm,
        tempo_source=source,
        tempo_tag=tempo_tag,
        beats_per_bar=_beats_per_bar(known, tempo_bpm),
        key=heard_key or known.tags.key,
        key_tag=_judge_key_tag(known.tags.key, heard_key),
        loudness_lufs=_loudness_lufs(known),
    )


def judge_tempo_tag(tag_bpm: float | None, analysis: PieceAnalysis | None) -> tuple[TagVerdict, float | None]:
    """What to think of a tempo tag, and the tempo to take it for: as heard on the tag's level, None where it is not used."""
    if tag_bpm is None:
        return TagVerdict.ABSENT, None
    if analysis is None:
        return TagVerdict.UNCHECKED, tag_bpm
    if analysis.tempo_bpm is None:
        return TagVerdict.UNCHECKED, None
    for heard_bpm in _clear_tempos_bpm(analysis.tempo_bpm, analysis.tempo_candidates):
        level = level_of(tag_bpm, heard_bpm)
        if level is not None:
            return TagVerdict.AGREES, heard_bpm * float(level)
    return (TagVerdict.CONTRADICTED if analysis.pulse is Pulse.PULSED else TagVerdict.UNCHECKED), None


def beats_of(known: Known, tempo_bpm: float | None) -> Beats:
    """Heard beats, on the level of the tempo that the piece is taken for; an even grid where the two do not fit."""
    analysis = known.analysis
    if tempo_bpm is None or analysis is None:
        return Beats()
    stated_s = _first_beat_s(known)
    heard = Beats(analysis.beats_s, analysis.first_downbeat)
    ratio = ratio_of(tempo_bpm, analysis.tempo_bpm) if analysis.tempo_bpm and heard.times_s else None
    if ratio is None:
        start_s = heard.times_s[0] if heard.times_s else 0.0
        return even_beats(start_s if stated_s is None else stated_s, tempo_bpm, analysis.duration_s)
    beats = on_level(heard, ratio)
    if stated_s is None:
        return beats
    nearest = min(range(len(beats.times_s)), key=lambda index: abs(beats.times_s[index] - stated_s))
    if abs(beats.times_s[nearest] - stated_s) <= _ON_THE_BEAT * S_PER_MIN / tempo_bpm:
        return Beats(beats.times_s, nearest)
    return even_beats(stated_s, tempo_bpm, analysis.duration_s)


def _clear_tempos_bpm(tempo_bpm: float, candidates: Sequence[TempoCandidate]) -> list[float]:
    """The piece's tempo, and those candidates that were heard nearly as clearly."""
    most = max((candidate.salience for candidate in candidates), default=0.0)
    return [tempo_bpm, *(candidate.tempo_bpm for candidate in candidates if candidate.salience >= _CLEAR * most)]


def to_track(known: Known, track_id: str, file_name: str) -> Track:
    """The piece as the session plays it: its beats, and the gain to make all equally loud.

    The beats are an even grid where it is one, or where a person has stated it: tempo and first beat.
    """
    found = describe(known)
    beats = beats_of(known, found.tempo_bpm if found.followed else None)
    tempo_bpm, first_beat_s = _grid(known, found, beats)
    path = None
    stated_grid = known.declared_bpm is not None and _first_beat_s(known) is not None
    if tempo_bpm is not None and not stated_grid:
        path = beat_path(beats.times_s, beats.downbeat)
        first_beat_s = first_beat_s if path is None else beats.times_s[beats.downbeat or 0]
    return Track(
        track_id=track_id,
        title=title_of(known) or file_name,
        duration_s=found.duration_s,
        tempo_bpm=tempo_bpm,
        tempo_source=TempoSource.NONE if tempo_bpm is None else found.tempo_source,
        first_beat_s=first_beat_s,
        beats_per_bar=found.beats_per_bar or USUAL_BEATS_PER_BAR,
        gain_db=gain_db(found.loudness_lufs),
        beat_path=path,
        key=found.key,
    )


def title_of(known: Known) -> str | None:
    """The sidecar's title, else artist and title as far as they are tagged."""
    tags = known.tags
    tagged = f"{tags.artist}: {tags.title}" if tags.artist and tags.title else tags.title
    return known.sidecar.title or tagged


def gain_db(level_lufs: float | None) -> float:
    """What brings a piece to -23 LUFS, within limits; 0 where its level is not known."""
    return 0.0 if level_lufs is None else max(MOST_CUT_DB, min(MOST_BOOST_DB, TARGET_LUFS - level_lufs))


# ---- the rules, one by one ----


def _tempo(known: Known, tagged_bpm: float | None) -> tuple[float | None, TempoSource]:
    if known.overrides.tempo_bpm is not None:
        return known.overrides.tempo_bpm, TempoSource.LISTENER
    if known.sidecar.tempo_bpm is not None:
        return known.sidecar.tempo_bpm, TempoSource.SIDECAR
    if tagged_bpm is not None:
        return tagged_bpm, TempoSource.TAG
    heard_bpm = known.analysis.tempo_bpm if known.analysis else None
    return heard_bpm, TempoSource.NONE if heard_bpm is None else TempoSource.ESTIMATE


def _pulse(known: Known, tempo_bpm: float | None) -> Pulse:
    if known.declared_bpm is not None:
        return Pulse.PULSED
    if known.analysis is not None:
        return known.analysis.pulse
    return Pulse.WEAK if tempo_bpm is not None else Pulse.BEATLESS


def _first_beat_s(known: Known) -> float | None:
    stated_s = known.overrides.first_beat_s
    return known.sidecar.first_beat_s if stated_s is None else stated_s


def _beats_per_bar(known: Known, tempo_bpm: float | None) -> int | None:
    stated = known.overrides.beats_per_bar or known.sidecar.beats_per_bar
    analysis = known.analysis
    if stated is not None or analysis is None or analysis.beats_per_bar is None or not analysis.tempo_bpm or not tempo_bpm:
        return stated
    if tempo_bpm == analysis.tempo_bpm:
        return analysis.beats_per_bar
    beats = analysis.beats_per_bar * (ratio_of(tempo_bpm, analysis.tempo_bpm) or 1)
    return int(beats) if beats == int(beats) else analysis.beats_per_bar


def _judge_key_tag(tag: str | None, heard: str | None) -> TagVerdict:
    if tag is None:
        return TagVerdict.ABSENT
    if heard is None:
        return TagVerdict.UNCHECKED
    return TagVerdict.AGREES if tag == heard else TagVerdict.CONTRADICTED


def _loudness_lufs(known: Known) -> float | None:
    return known.analysis.loudness_lufs if known.analysis is not None else known.tags.loudness_lufs


def _grid(known: Known, found: Described, beats: Beats) -> tuple[float | None, float]:
    """Tempo and first beat of the even grid; a tempo that a person stated stays exactly that."""
    stated_s = _first_beat_s(known)
    if not found.followed or found.tempo_bpm is None:
        return None, stated_s or 0.0
    if stated_s is not None or not beats.times_s:
        return found.tempo_bpm, stated_s or 0.0
    tempo_bpm = found.tempo_bpm if known.declared_bpm is not None else even_tempo_bpm(beats, found.tempo_bpm)
    beat_s, period_s = phase_s(beats, tempo_bpm), S_PER_MIN / tempo_bpm
    if beats.downbeat is None:
        return tempo_bpm, beat_s % period_s
    to_downbeat = round((beats.times_s[beats.downbeat] - beat_s) / period_s)
    return tempo_bpm, (beat_s + to_downbeat * period_s) % (period_s * (found.beats_per_bar or USUAL_BEATS_PER_BAR))
