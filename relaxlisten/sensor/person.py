"""A simulated person: one heart beat after the other, answering to the music.

Decision: the person is a pure step, `next_beat(state, draws, heard, settings)`; chance comes in as numbers. The heart is a
resting rate with slow drift, breathing (RSA), waves of about 0.1 Hz and slower, and now and then an ectopic beat. Music that is
heard settles it; a tempo within reach draws it part of the way. A model to try the program with, not a claim about people.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.units import MS_PER_MIN, MS_PER_S, S_PER_MIN

if TYPE_CHECKING:
    import random

SHORTEST_RR_MS, LONGEST_RR_MS = 350.0, 1800.0
# An ectopic beat comes after this share of the interval; the pause after it makes up for the rest.
ECTOPIC_SHARE = 0.68
_TURN = 2.0 * math.pi


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSettings:
    """What a person is like. Amplitudes are half of peak-to-trough; `settled_*` hold after long listening."""

    resting_bpm: float = 72.0
    resting_sd_bpm: float = 1.5  # between seeds
    drift_sd_bpm: float = 1.2
    drift_s: float = 180.0
    breathing_per_min: float = 14.5
    settled_breathing_per_min: float = 10.5
    rsa_ms: float = 22.0
    settled_rsa_ms: float = 40.0
    mayer_ms: float = 14.0
    mayer_hz: float = 0.095
    slow_ms: float = 12.0
    slow_hz: float = 0.017
    noise_ms: float = 5.0
    ectopic_share: float = 1.0 / 300.0
    settle_bpm: float = 4.0  # how far music as such lowers the heart rate
    settle_s: float = 150.0
    follow_share: float = 0.5  # how much of the way to a tempo the heart goes
    follow_s: float = 75.0
    reach_bpm: float = 12.0  # a tempo further away than this loses its pull, and has none at 1.5 times the distance


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceEffect:
    """What one piece does to this person in the end: to the heart rate, and to the swing of the breath (ln of its size)."""

    heart_bpm: float = 0.0
    ln_rsa: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is at the ear. tempo_bpm: None in silence and for music without a pulse. piece: None where it does nothing special."""

    audible: bool = False
    tempo_bpm: float | None = None
    piece: PieceEffect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """The chance in one beat: three normal deviates, and one uniform one in [0, 1) that decides about an ectopic beat."""

    drift: float
    noise: float
    wander: float
    ectopic: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A heart at one of its beats.

    beat_s: when, since the start. rr_ms: the interval that ended. settled: 0 to 1. owed_ms: the rest of a compensatory pause.
    """

    beat_s: float
    rr_ms: float
    resting_bpm: float
    drift_bpm: float = 0.0
    settled: float = 0.0
    followed_bpm: float = 0.0
    moved_ln_rsa: float = 0.0
    breath_turns: float = 0.0
    mayer_turns: float = 0.0
    slow_turns: float = 0.0
    owed_ms: float = 0.0

    @property
    def heart_rate_bpm(self) -> float:
        """The rate about which the intervals swing."""
        return self.resting_bpm + self.drift_bpm + self.followed_bpm


def new_person(rng: random.Random, settings: PersonSettings) -> Person:
    """A person who has just put the strap on, in the middle of a breath."""
    resting_bpm = settings.resting_bpm + settings.resting_sd_bpm * max(min(rng.gauss(0.0, 1.0), 2.0), -2.0)
    return Person(
        beat_s=rng.uniform(0.0, 0.3),
        rr_ms=MS_PER_MIN / resting_bpm,
        resting_bpm=resting_bpm,
        breath_turns=rng.random(),
        mayer_turns=rng.random(),
        slow_turns=rng.random(),
    )


def draw(rng: random.Random) -> Draws:
    """The chance in one beat."""
    return Draws(drift=rng.gauss(0.0, 1.0), noise=rng.gauss(0.0, 1.0), wander=rng.gauss(0.0, 1.0), ectopic=rng.random())


def next_beat(person: Person, draws: Draws, heard: Heard, settings: PersonSettings) -> Person:
    """The person at the next beat; what is heard acts over the interval that just ended."""
    answered = _answer(person, draws, heard, settings)
    rr_ms, owed_ms = _interval(answered, draws, settings)
    return dataclasses.replace(answered, beat_s=person.beat_s + rr_ms / MS_PER_S, rr_ms=rr_ms, owed_ms=owed_ms)


def _answer(person: Person, draws: Draws, heard: Heard, settings: PersonSettings) -> Person:
    elapsed_s = person.rr_ms / MS_PER_S
    settled = _relax(person.settled, 1.0 if heard.audible else 0.0, elapsed_s, settings.settle_s)
    keep = math.exp(-elapsed_s / settings.drift_s)
    breathing_per_min = _between(settings.breathing_per_min, settings.settled_breathing_per_min, settled)
    return dataclasses.replace(
        person,
        settled=settled,
        followed_bpm=_follow(person, heard, settings, elapsed_s),
        moved_ln_rsa=_relax(person.moved_ln_rsa, _effect(heard).ln_rsa, elapsed_s, settings.follow_s),
        drift_bpm=keep * person.drift_bpm + math.sqrt(1.0 - keep * keep) * settings.drift_sd_bpm * draws.drift,
        breath_turns=(person.breath_turns + elapsed_s * breathing_per_min / S_PER_MIN + 0.01 * draws.wander) % 1.0,
        mayer_turns=(person.mayer_turns + elapsed_s * settings.mayer_hz + 0.01 * draws.wander) % 1.0,
        slow_turns=(person.slow_turns + elapsed_s * settings.slow_hz) % 1.0,
    )


def _follow(person: Person, heard: Heard, settings: PersonSettings, elapsed_s: float) -> float:
    """How far the heart has been moved by music: settled by its sound, and drawn towards its tempo."""
    target_bpm = 0.0
    if heard.audible:
        own_bpm = person.resting_bpm + person.drift_bpm
        target_bpm = pulled_bpm(settings, _effect(heard), heard.tempo_bpm, own_bpm=own_bpm, heart_bpm=person.heart_rate_bpm)
    return _relax(person.followed_bpm, target_bpm, elapsed_s, settings.follow_s)


def pulled_bpm(
    settings: PersonSettings, effect: PieceEffect, tempo_bpm: float | None, *, own_bpm: float, heart_bpm: float
) -> float:
    """How far from its own rate a heart that beats at heart_bpm is drawn by music of this effect and tempo, in the end."""
    target_bpm = effect.heart_bpm - settings.settle_bpm
    if tempo_bpm:
        tempo_bpm *= 2.0 ** round(math.log2(heart_bpm / tempo_bpm))
        pull = min(max(3.0 - 2.0 * abs(tempo_bpm - heart_bpm) / settings.reach_bpm, 0.0), 1.0)
        target_bpm += pull * settings.follow_share * (tempo_bpm - own_bpm - target_bpm)
    return target_bpm


def _effect(heard: Heard) -> PieceEffect:
    return heard.piece if heard.audible and heard.piece is not None else PieceEffect()


def _interval(person: Person, draws: Draws, settings: PersonSettings) -> tuple[float, float]:
    regular_ms = MS_PER_MIN / person.heart_rate_bpm + (
        _between(settings.rsa_ms, settings.settled_rsa_ms, person.settled)
        * math.exp(person.moved_ln_rsa)
        * math.sin(_TURN * person.breath_turns)
        + settings.mayer_ms * math.sin(_TURN * person.mayer_turns)
        + settings.slow_ms * math.sin(_TURN * person.slow_turns)
        + settings.noise_ms * draws.noise
    )
    regular_ms = min(max(regular_ms, SHORTEST_RR_MS), LONGEST_RR_MS)
    if person.owed_ms:
        return regular_ms + person.owed_ms, 0.0
    if draws.ectopic < settings.ectopic_share:
        return regular_ms * ECTOPIC_SHARE, regular_ms * (1.0 - ECTOPIC_SHARE)
    return regular_ms, 0.0


def _relax(value: float, target: float, elapsed_s: float, time_constant_s: float) -> float:
    return target + (value - target) * math.exp(-elapsed_s / time_constant_s)


def _between(restless: float, settled: float, share: float) -> float:
    return restless + (settled - restless) * share
