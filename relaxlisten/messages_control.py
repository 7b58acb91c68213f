"""Messages about how a session went: what was answered, asked for, decided, found out, and how its clocks stood.

Decision: they are messages like all others (`messages.py` names every one) and only stand apart because a module has its bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from relaxlisten.terms import BreathPart, DecisionKind, PhaseKind, When  # noqa: TC001  # the reader of records needs them


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a listener answered to one of the protocol's questions."""

    time_s: float
    scale: str
    value: float
    when: When


@dataclass(frozen=True, slots=True, kw_only=True)
class BreathCue:
    """What the pacer asks for at `at_s` (session clock, at the ear), for length_s. by_music: paced by beats, not by the clock."""

    time_s: float
    at_s: float
    part: BreathPart
    length_s: float
    by_music: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision with all that it rests on: a message for the log, beside the one that carries it out.

    chosen: what was decided, in a few characters. inputs: what was known, by name with unit. alternatives: what else there was,
    best first, each with its score (what `score` says; more is better). reason: the sentence.
    """

    time_s: float
    kind: DecisionKind
    chosen: str
    reason: str
    inputs: dict[str, float | str | None] = field(default_factory=dict)
    score: str = ""
    alternatives: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceResponse:
    """What the heart did while a piece was heard; changes are from the session's own baseline, None where not known.

    heard_s: how long it was heard. elapsed_s: into the session when it ended. start_*: just before it; end_*: over its last
    minute. tempo_gap: ln(tempo at its end / heart rate of the baseline), folded to one octave; None without a pulse. clear:
    share of its last minute with a trustworthy heart.
    """

    time_s: float
    track_id: str
    phase: PhaseKind
    heard_s: float
    elapsed_s: float
    start_heart_bpm: float | None
    end_heart_bpm: float | None
    start_ln_rmssd: float | None
    end_ln_rmssd: float | None
    tempo_gap: float | None
    clear: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How the clocks stood to each other at `time_s`; measured in live sessions, used by nothing in them.

    wall_s: of the wall clock, since the header's `started_utc`; known to uncertainty_s. ear_later_s: how long after the newest
    sound state was sent its sound reached the ear; card_drift_ppm: from there. Both None where no sound was heard of.
    """

    time_s: float
    wall_s: float
    uncertainty_s: float
    ear_later_s: float | None = None
    card_drift_ppm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TempoTarget:
    """The tempo that the music is being led to, and the sentence that says why."""

    time_s: float
    tempo_bpm: float | None
    phase: PhaseKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackChoice:
    """Which piece comes next, how many were considered, and why this one."""

    time_s: float
    track_id: str
    title: str
    considered: int
    reason: str
