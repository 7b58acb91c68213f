"""A population of listeners who answer to music, or do not, each in their own way; and a library of pieces to play to them.

Decision: a model to test the program with, not a claim about people. What a piece does is partly shared by all (livelier and
quicker pieces settle less) and mostly personal, because that is what preference studies find and what learning is for.
Everything comes from one seed; listener 17 is the same in every arm and every run.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from relaxlisten.messages import Track
from relaxlisten.sensor.person import PersonSettings, PieceEffect
from relaxlisten.terms import TempoSource

if TYPE_CHECKING:
    from collections.abc import Sequence

PIECES = 24
SHORTEST_S, LONGEST_S = 15.0, 180.0


class ListenerKind(StrEnum):
    """How a listener answers."""

    RESPONDER = "responder"
    NON_RESPONDER = "non-responder"
    PARADOXICAL = "paradoxical"
    NOISY = "noisy"


# Out of ten.
_MIX = (ListenerKind.RESPONDER,) * 4 + (ListenerKind.NON_RESPONDER,) * 3 + (ListenerKind.NOISY,) * 2 + (ListenerKind.PARADOXICAL,)
_EFFECT_SD_BPM, _EFFECT_SD_LN = 2.0, 0.15
_SHARED = 0.4  # share of an effect's spread that is the same for all listeners


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One simulated person. effects: of each piece, by track_id."""

    number: int
    kind: ListenerKind
    person: PersonSettings
    effects: dict[str, PieceEffect]


def library(seed: int) -> tuple[Track, ...]:
    """Pieces of 48 to 90 BPM, and every eighth without a pulse."""
    rng = random.Random(f"library {seed}")
    return tuple(_piece(number, rng) for number in range(PIECES))


def _piece(number: int, rng: random.Random) -> Track:
    tempo_bpm = None if number % 8 == 7 else round(48.0 + 42.0 * ((number * 0.618034 + 0.1) % 1.0), 1)
    return Track(
        track_id=f"simulated:{number:02d}",
        title=f"Piece {number + 1}",
        duration_s=round(rng.uniform(150.0, 210.0), 1),
        tempo_bpm=tempo_bpm,
        tempo_source=TempoSource.NONE if tempo_bpm is None else TempoSource.TAG,
        arousal=round(rng.gauss(0.0, 1.0), 2),
    )


def listener(number: int, seed: int, tracks: Sequence[Track]) -> Listener:
    """Listener `number` of the population of this seed."""
    rng = random.Random(f"listener {seed} {number}")
    kind = _MIX[number % len(_MIX)]
    return Listener(number=number, kind=kind, person=_person(kind, rng), effects=_effects(kind, rng, tracks))


def _person(kind: ListenerKind, rng: random.Random) -> PersonSettings:
    follow_share = {
        ListenerKind.RESPONDER: rng.uniform(0.2, 0.7),
        ListenerKind.NON_RESPONDER: 0.0,
        ListenerKind.PARADOXICAL: rng.uniform(-0.5, -0.2),
        ListenerKind.NOISY: rng.uniform(0.1, 0.5),
    }[kind]
    noisy = kind is ListenerKind.NOISY
    return PersonSettings(
        resting_bpm=rng.uniform(60.0, 82.0),
        follow_share=follow_share,
        follow_s=math.exp(rng.uniform(math.log(SHORTEST_S), math.log(LONGEST_S))),
        settle_bpm=rng.uniform(1.0, 5.0),
        rsa_ms=rng.uniform(14.0, 40.0),
        settled_rsa_ms=rng.uniform(25.0, 60.0),
        drift_sd_bpm=2.5 if noisy else 1.2,
        noise_ms=15.0 if noisy else 5.0,
        ectopic_share=0.02 if noisy else 1.0 / 300.0,
    )


def _effects(kind: ListenerKind, rng: random.Random, tracks: Sequence[Track]) -> dict[str, PieceEffect]:
    size = 0.0 if kind is ListenerKind.NON_RESPONDER else 1.0
    return {track.track_id: _effect(track, size, rng) for track in tracks}


def _effect(track: Track, size: float, rng: random.Random) -> PieceEffect:
    """Livelier, quicker: less settling; and the person's own part, in which heart rate and variability mostly agree."""
    tempo = 0.0 if track.tempo_bpm is None else math.log(track.tempo_bpm / 66.0) / 0.2
    shared = (0.7 * (track.arousal or 0.0) + 0.7 * tempo) * math.sqrt(_SHARED)
    own = rng.gauss(0.0, 1.0) * math.sqrt(1.0 - _SHARED)
    apart = rng.gauss(0.0, 1.0)
    return PieceEffect(
        heart_bpm=size * _EFFECT_SD_BPM * (shared + own),
        ln_rsa=-size * _EFFECT_SD_LN * (0.8 * (shared + own) + 0.6 * apart),
    )
