"""What the heart did while a piece was heard: from a second's metrics to one line per piece.

Decision: levels and not slopes. The last minute of a piece is compared with the session's own baseline, and the twenty seconds
before it are kept beside, so that the model can take away what was there already. Only seconds in which the piece was heard
count, and only up to a break: what a heart does in a silence, and on from there, is not the piece's. A piece heard for less
than a minute, or with a doubtful heart in its last one, tells nothing.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from relaxlisten.control.limits import fold_octave
from relaxlisten.messages import PieceResponse
from relaxlisten.terms import PhaseKind

BEFORE_S = 20
END_S = 60
LEAST_HEARD_S = 60.0
LEAST_CLEAR = 0.5
LONGEST_BREAK_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """One second of a session. None: not known, or not to be trusted."""

    heart_bpm: float | None
    ln_rmssd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A piece, and what was known of the heart.

    before: the heart just before it. recent: the last minute in which it was heard; heard_s: how long that was in all; phase,
    until_s: the phase and the time when it was heard last. lately: the last seconds of all, heard or silent.
    """

    track_id: str | None = None
    before: Second = Second(heart_bpm=None, ln_rmssd=None)
    recent: tuple[Second, ...] = ()
    heard_s: float = 0.0
    phase: PhaseKind = PhaseKind.BASELINE
    until_s: float = 0.0
    lately: tuple[Second, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Sums over the session's baseline (or its first minute, where the protocol has none)."""

    hearts: int = 0
    heart_sum: float = 0.0
    variabilities: int = 0
    ln_rmssd_sum: float = 0.0

    @property
    def known(self) -> Second:
        """The means, where there is enough to speak of one."""
        return Second(
            heart_bpm=self.heart_sum / self.hearts if self.hearts >= BEFORE_S else None,
            ln_rmssd=self.ln_rmssd_sum / self.variabilities if self.variabilities else None,
        )


def add_to_baseline(baseline: Baseline, second: Second) -> Baseline:
    """The baseline with one more second."""
    heart, variability = second.heart_bpm, second.ln_rmssd
    return Baseline(
        hearts=baseline.hearts + (heart is not None),
        heart_sum=baseline.heart_sum + (heart or 0.0),
        variabilities=baseline.variabilities + (variability is not None),
        ln_rmssd_sum=baseline.ln_rmssd_sum + (variability or 0.0),
    )


def hear(episode: Episode, second: Second, phase: PhaseKind, time_s: float, *, playing: bool) -> Episode:
    """The episode with one more second."""
    lately = (*episode.lately, second)[-BEFORE_S:]
    broken_off = episode.heard_s > 0.0 and time_s - episode.until_s > LONGEST_BREAK_S
    if not playing or (broken_off and episode.heard_s >= LEAST_HEARD_S):
        return dataclasses.replace(episode, lately=lately)
    if broken_off:  # too little was heard before the break: it begins anew
        episode = begin(episode, episode.track_id)
    recent = (*episode.recent, second)[-END_S:]
    return dataclasses.replace(episode, recent=recent, heard_s=episode.heard_s + 1.0, phase=phase, until_s=time_s, lately=lately)


def begin(episode: Episode, track_id: str | None) -> Episode:
    """The episode of the next piece."""
    return Episode(track_id=track_id, before=_mean(episode.lately), lately=episode.lately)


def response(
    episode: Episode, baseline: Second, tempo_bpm: float | None, started_s: float, time_s: float
) -> PieceResponse | None:
    """What the piece that ends now has done; None where that cannot be said."""
    if episode.track_id is None or episode.heard_s < LEAST_HEARD_S:
        return None
    end = _mean(episode.recent)
    clear = sum(second.heart_bpm is not None for second in episode.recent) / END_S
    end_bpm = end.heart_bpm if clear >= LEAST_CLEAR else None
    rest_bpm = baseline.heart_bpm  # not the heart at the end: that is what is to be explained
    gap = None if tempo_bpm is None or rest_bpm is None else math.log(fold_octave(tempo_bpm, rest_bpm) / rest_bpm)
    return PieceResponse(
        time_s=time_s,
        track_id=episode.track_id,
        phase=episode.phase,
        heard_s=episode.heard_s,
        elapsed_s=episode.until_s - started_s,
        start_heart_bpm=_less(episode.before.heart_bpm, baseline.heart_bpm),
        end_heart_bpm=_less(end_bpm, baseline.heart_bpm),
        start_ln_rmssd=_less(episode.before.ln_rmssd, baseline.ln_rmssd),
        end_ln_rmssd=_less(end.ln_rmssd, baseline.ln_rmssd),
        tempo_gap=gap,
        clear=clear,
    )


def _mean(seconds: tuple[Second, ...]) -> Second:
    hearts = [second.heart_bpm for second in seconds if second.heart_bpm is not None]
    variabilities = [second.ln_rmssd for second in seconds if second.ln_rmssd is not None]
    return Second(
        heart_bpm=sum(hearts) / len(hearts) if hearts else None,
        ln_rmssd=sum(variabilities) / len(variabilities) if variabilities else None,
    )


def _less(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None else value - base
