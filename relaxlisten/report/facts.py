"""What a report tells of a session: plain facts, each with its unit, before any words.

Decision: everything that is printed passes through these classes, so that the page, the methods text and an overview of a study
speak of the same figures. None means "not known", and where something is withheld its reason stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from relaxlisten.physiology.record import Metric


class Verdict(StrEnum):
    """A change of heart rate beside what a heart does by itself."""

    SLOWER = "slower"
    FASTER = "faster"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of the session. heart_bpm: mean over its clean beats (of the sensor's own rate, where it sends no intervals).

    clean_s: how much of it that rests on. beats: clean ones.
    """

    start_s: float
    end_s: float
    heart_bpm: float | None
    clean_s: float
    beats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseFacts:
    """One phase as it went. tempo_*: of the music at its first and last second with a pulse. metrics: by name, as in `rr`."""

    name: str
    kind: str
    stretch: Stretch
    tempo_start_bpm: float | None
    tempo_end_bpm: float | None
    metrics: Mapping[str, Metric]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartChange:
    """The heart rate at the end against the beginning. chance_bpm: half the 90 % range of what a heart does by itself."""

    start: Stretch
    end: Stretch
    change_bpm: float
    chance_bpm: float

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        if abs(self.change_bpm) <= self.chance_bpm:
            return Verdict.SAME
        return Verdict.SLOWER if self.change_bpm < 0.0 else Verdict.FASTER


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingFacts:
    """One scale. calmer: change from before to after, up is calmer; None where one of the answers is missing."""

    scale: str
    question: str
    low: float | None
    high: float | None
    low_label: str
    high_label: str
    before: float | None
    after: float | None
    calmer: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceFacts:
    """One piece as it was heard. start_s, end_s: at the ear. own_bpm: its tempo unchanged; tempo_*: as it was heard.

    change_bpm: heart rate of its last minute less that of the 20 s before it; chance_bpm: half the 90 % range of chance.
    effect: what it does beyond what sessions do anyway, with its 90 % interval, bpm; None where there is not enough data yet.
    """

    title: str
    start_s: float
    end_s: float
    own_bpm: float | None
    tempo_start_bpm: float | None
    tempo_end_bpm: float | None
    change_bpm: float | None
    chance_bpm: float | None
    effect: tuple[float, float, float] | None
    hearings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFacts:
    """Something that somebody wrote down. time_s: None where it belongs to the session as a whole."""

    time_s: float | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLines:
    """Who the session was with, and what was noted about it outside the record. name: better a pseudonym."""

    name: str = ""
    notes: tuple[NoteFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good the data are.

    beats: all that were found. causes: beats by what the cleaner made of them. clean_share: of beats; clean_time_share: of the
    session's time. gap_s: without heart, in all. notices: warnings and faults with how often each came.
    """

    sensor: str
    sensor_kind: str
    battery_percent: float | None
    intervals: bool
    beats: int
    causes: Mapping[str, int]
    clean_share: float | None
    clean_time_share: float | None
    gaps: int
    gap_s: float
    connections_lost: int
    sound_breaks: int
    silent_frames: int
    notices: tuple[tuple[str, int], ...]

    @property
    def optical(self) -> bool:
        """Whether intervals are pulse intervals (PRV)."""
        return self.sensor_kind == "optical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What is not told, and why. share: of the session's time; None: in the whole record."""

    names: tuple[str, ...]
    share: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the chart draws; times in s on the session's clock, None breaks a line. marks: at what time which letter."""

    time_s: tuple[float, ...]
    heart_bpm: tuple[float | None, ...]
    heart_sd_bpm: tuple[float | None, ...]
    tempo_bpm: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What statistics rest on. clean: clean intervals; pairs: of neighbours among them; flow: corrected ones too (spectra)."""

    clean: int
    pairs: int
    flow: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How the clocks stood. ear_delay_s: median of when a sound state reached the ear less when it was sent."""

    ear_delay_s: float | None
    card_drift_ppm: float | None
    ticks: int
    longest_tick_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """A session as a report tells it. started_utc and all of the header: None or empty where the header was lost.

    led: whether the music followed and led the heart as the protocol says; not so in arms that compare.
    concealed: its study is not opened, so that nothing of its arm is in here. missing: what the record lacks, in sentences.
    tempo: of the music at the first and last moment with a pulse; () where there was none.
    decisions: (time, kind, sentence) of those that changed piece or phase; decided: how many of each kind there were.
    """

    started_utc: str | None
    simulated: bool | None
    condition: str | None
    seed: int | None
    concealed: bool
    led: bool
    duration_s: float
    protocol_title: str
    protocol_name: str
    protocol_text: str
    settings: Mapping[str, object]
    versions: Mapping[str, str]
    schema: int | None
    limits: Mapping[str, object]
    protocol_phases: tuple[Mapping[str, object], ...]
    phases: tuple[PhaseFacts, ...]
    change: HeartChange | None
    ratings: tuple[RatingFacts, ...]
    pieces: tuple[PieceFacts, ...]
    tempo: tuple[float, float] | tuple[()]
    notes: tuple[NoteFacts, ...]
    quality: Quality
    metrics: Mapping[str, Metric]
    sample: Sample
    withheld: tuple[Withheld, ...]
    course: Course
    clocks: Clocks
    commands: tuple[tuple[float, str, str], ...]
    decisions: tuple[tuple[float, str, str], ...]
    decided: Mapping[str, int]
    missing: tuple[str, ...]
    damaged_lines: int
    person: PersonLines
