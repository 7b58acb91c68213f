"""A session's plan as data: phases with durations or exits, limits of tempo and comfort, rules for pieces, questions.

Decision: a protocol is a TOML file that a therapist can write (`protocol_file.py` reads it, `protocol_rules.py` knows its
keys); here are the plain values that the session runs on. The whole of it goes into the record, so that a replay needs no file.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relaxlisten.control.limits import Limits
from relaxlisten.terms import PhaseKind, Pieces, Until, When
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One phase; `protocol_rules.PHASE` says what each field means.

    minutes: its length, or with `until` the longest that it may be. tempo_bpm, breaths_per_min, breath_*_beats: 0 where not used.
    """

    name: str
    kind: PhaseKind
    minutes: float
    lead_bpm: float = 3.0
    pace_bpm_per_min: float = 1.0
    floor_bpm: float = 48.0
    tempo_bpm: float = 0.0
    until: Until | None = None
    until_within_bpm: float = 2.0
    until_for_s: float = 60.0
    least_minutes: float = 0.0
    breaths_per_min: float = 0.0
    breath_in_beats: float = 0.0
    breath_out_beats: float = 0.0
    pieces: Pieces = Pieces.ANY
    silent: bool = False
    prompt: str = ""
    fade_s: float = 20.0

    @property
    def duration_s(self) -> float:
        """Length of the phase, or the longest that it may be."""
        return self.minutes * S_PER_MIN

    @property
    def is_silent(self) -> bool:
        """Whether no music plays in it."""
        return self.silent or self.kind is PhaseKind.SILENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicRules:
    """Which pieces may be chosen; a bound of 0 is none."""

    least_between_moves_s: float = 120.0
    slowest_bpm: float = 0.0
    quickest_bpm: float = 0.0
    remembered_pieces: float = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comfort:
    """The range of heart rate that the listener wants to stay in; a bound of 0 is none."""

    heart_rate_low_bpm: float = 0.0
    heart_rate_high_bpm: float = 0.0
    for_s: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingQuestion:
    """A question, and what its answers mean. when: None where it is asked before and after. step: 0 for any answer between."""

    scale: str
    question: str
    when: When | None = None
    low: float = 0.0
    high: float = 10.0
    low_label: str = "not at all"
    high_label: str = "very much"
    step: float = 1.0
    calm_is_high: bool = True
    tells_calm: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A whole session: phases in order, and what holds in each."""

    name: str
    title: str
    description: str
    phases: tuple[Phase, ...]
    limits: Limits
    music: MusicRules = field(default_factory=MusicRules)
    comfort: Comfort = field(default_factory=Comfort)
    ratings: tuple[RatingQuestion, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length of the session, in protocol time; the longest that it may be where phases can end sooner."""
        return sum(phase.duration_s for phase in self.phases)


def scaled_to(protocol: Protocol, minutes: float) -> Protocol:
    """The same protocol with every phase shortened or lengthened in proportion, so that the whole lasts `minutes`."""
    factor = minutes * S_PER_MIN / protocol.duration_s
    return dataclasses.replace(
        protocol,
        phases=tuple(
            dataclasses.replace(phase, minutes=phase.minutes * factor, least_minutes=phase.least_minutes * factor)
            for phase in protocol.phases
        ),
    )


def protocol_to_data(protocol: Protocol) -> dict[str, Any]:
    """Plain data for a session header; `protocol_from_data` is its inverse."""
    return dataclasses.asdict(protocol)


def protocol_from_data(data: Mapping[str, Any]) -> Protocol:
    """A protocol from a session header; what older records do not have takes its default.

    Unknown fields, and a missing name, title, description, phase or limit, raise TypeError or KeyError: the record is damaged.
    """
    return Protocol(
        name=data["name"],
        title=data["title"],
        description=data["description"],
        phases=tuple(phase_from_data(phase) for phase in data["phases"]),
        limits=Limits(**data["limits"]),
        music=MusicRules(**data.get("music", {})),
        comfort=Comfort(**data.get("comfort", {})),
        ratings=tuple(rating_from_data(rating) for rating in data.get("ratings", ())),
    )


def phase_from_data(data: Mapping[str, Any]) -> Phase:
    """A phase from plain data (a record's, or a checked file's)."""
    words: dict[str, Any] = {"kind": PhaseKind(data["kind"])}
    if data.get("until") is not None:
        words["until"] = Until(data["until"])
    if "pieces" in data:
        words["pieces"] = Pieces(data["pieces"])
    return Phase(**{**data, **words})


def rating_from_data(data: Mapping[str, Any]) -> RatingQuestion:
    """A question from plain data (a record's, or a checked file's)."""
    when = data.get("when")
    return RatingQuestion(**{**data, "when": None if when in (None, "both") else When(when)})
