"""What pieces truly do to a simulated listener: where heart and breath would come to rest if the piece went on.

Decision: the truth follows from the person's own equations (`sensor/person.py`) at rest, without chance: what the piece does
itself, and how far its tempo draws this heart. Both belong to the piece that is heard, so the oracle knows both. An interval that
the learner gives is held against what the heart would have done, had this piece been played in place of each that was: from where
the heart was then, at the tempo nearest to what was wished then.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from relaxlisten.control.episodes import END_S
from relaxlisten.control.limits import Limits, reachable_tempo
from relaxlisten.control.response import HEART, VARIABILITY, effects
from relaxlisten.control.values import UNIT_HEART_BPM, UNIT_LN_RMSSD
from relaxlisten.sensor.person import PieceEffect, pulled_bpm
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.control.memory import Memory
    from relaxlisten.messages import PieceResponse, Track
    from relaxlisten.sensor.person import PersonSettings
    from relaxlisten.simulation.listeners import Listener

_STEPS, _STEP = 400, 0.1  # a damped way to the fixed point: the pull depends on where the heart is
_STEP_S = 4.0
LIMITS = Limits()
_TURN = 2.0 * math.pi


def rest_of_heart_bpm(person: PersonSettings, effect: PieceEffect, tempo_bpm: float | None) -> float:
    """Where the heart comes to rest under a piece at a tempo (None: no pulse), less where it rests in silence."""
    moved_bpm = 0.0
    for _ in range(_STEPS):
        target_bpm = pulled_bpm(person, effect, tempo_bpm, own_bpm=person.resting_bpm, heart_bpm=person.resting_bpm + moved_bpm)
        moved_bpm += _STEP * (target_bpm - moved_bpm)
    return moved_bpm


def rest_of_ln_rmssd(person: PersonSettings, effect: PieceEffect, moved_bpm: float) -> float:
    """Ln of the RMSSD that the equations give at that heart rate, long into the music.

    A swing of amplitude a whose phase steps by d a beat has a mean squared successive difference of a² (1 - cos d); noise of
    standard deviation s one of 2 s².
    """
    rr_s = S_PER_MIN / (person.resting_bpm + moved_bpm)
    swings = (
        (person.settled_rsa_ms * math.exp(effect.ln_rsa), person.settled_breathing_per_min / S_PER_MIN),
        (person.mayer_ms, person.mayer_hz),
        (person.slow_ms, person.slow_hz),
    )
    squares = sum(size_ms**2 * (1.0 - math.cos(_TURN * hz * rr_s)) for size_ms, hz in swings) + 2.0 * person.noise_ms**2
    return 0.5 * math.log(squares)


def outcomes_of(person: PersonSettings, effect: PieceEffect, tempo_bpm: float | None) -> tuple[float, float]:
    """Heart rate (bpm) and ln RMSSD at rest under a piece, each against a piece that does nothing of its own and has no pulse."""
    moved_bpm, plain_bpm = rest_of_heart_bpm(person, effect, tempo_bpm), rest_of_heart_bpm(person, PieceEffect(), None)
    ln_rmssd = rest_of_ln_rmssd(person, effect, moved_bpm) - rest_of_ln_rmssd(person, PieceEffect(), plain_bpm)
    return moved_bpm - plain_bpm, ln_rmssd


def true_worth(person: Listener, tracks: Sequence[Track]) -> dict[str, float]:
    """What each piece at its own tempo is worth to this person, in the units that pieces are chosen by."""
    known = {track.track_id: outcomes_of(person.person, person.effects[track.track_id], track.tempo_bpm) for track in tracks}
    return {name: 0.5 * (ln_rmssd / UNIT_LN_RMSSD - bpm / UNIT_HEART_BPM) for name, (bpm, ln_rmssd) in known.items()}


def held(memory: Memory, person: Listener, tracks: Sequence[Track]) -> dict[str, tuple[int, int]]:
    """By outcome: how many of the 90 % intervals hold the truth, and how many there are (of pieces that were heard)."""
    hearings = [past.response for past in memory.pieces if past.response.start_heart_bpm is not None]
    played = {response.track_id for response in hearings}
    heard = [track for track in tracks if track.track_id in played]
    truth = [_in_place_of(track, hearings, person) for track in heard]
    found = {}
    for column, outcome in enumerate((HEART, VARIABILITY)):
        known = effects(memory, heard, outcome)
        average = sum(one[column] for one in truth) / max(len(truth), 1)
        between = [known.interval(index) for index in range(len(heard))]
        inside = [low <= one[column] - average <= high for (low, high), one in zip(between, truth, strict=True)]
        found[outcome.name] = (sum(inside), len(inside))
    return found


def _in_place_of(track: Track, hearings: Sequence[PieceResponse], person: Listener) -> tuple[float, float]:
    """Heart rate and ln RMSSD at the end of a piece, were it played in place of each piece that this person heard: the means."""
    ends = [_end_of(track, hearing, person.person, person.effects[track.track_id]) for hearing in hearings]
    heart_bpm, ln_rmssd = (sum(end[column] for end in ends) / len(ends) for column in (0, 1))
    return heart_bpm, ln_rmssd


def _end_of(track: Track, hearing: PieceResponse, person: PersonSettings, effect: PieceEffect) -> tuple[float, float]:
    """The last minute of a piece that begins where this hearing began, at the tempo nearest to the hearing's."""
    wished_bpm = person.resting_bpm if hearing.tempo_gap is None else person.resting_bpm * math.exp(hearing.tempo_gap)
    tempo_bpm = None if track.tempo_bpm is None else reachable_tempo(wished_bpm, track.tempo_bpm, LIMITS)
    moved_bpm, lasts_bpm = hearing.start_heart_bpm or 0.0, []
    for step in range(int(hearing.heard_s / _STEP_S)):
        heart_bpm = person.resting_bpm + moved_bpm
        target_bpm = pulled_bpm(person, effect, tempo_bpm, own_bpm=person.resting_bpm, heart_bpm=heart_bpm)
        moved_bpm += (target_bpm - moved_bpm) * (1.0 - math.exp(-_STEP_S / person.follow_s))
        if (step + 1) * _STEP_S > hearing.heard_s - END_S:
            lasts_bpm.append(moved_bpm)
    end_bpm = sum(lasts_bpm) / len(lasts_bpm)
    # The RMSSD of the last minute is that of the minute before each of its seconds: a minute before the end, on average.
    went = 1.0 - math.exp(-(hearing.heard_s - END_S) / person.follow_s)
    ln_rmssd = rest_of_ln_rmssd(person, PieceEffect(ln_rsa=went * effect.ln_rsa), end_bpm)
    return end_bpm, ln_rmssd
