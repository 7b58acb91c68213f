"""What the heart did while a piece was heard: from a second's metrics to one line per piece.

Decision: levels and not slopes. The last minute of a piece is compared with the session's own baseline, and the twenty seconds
before it are kept beside, so that the model can take away what was there already. A piece heard for less than a minute, or with
a doubtful heart in its last one, tells nothing.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.control.limits import fold_octave
from relaxlisten.messages import PieceResponse

if TYPE_CHECKING:
    from relaxlisten.terms import PhaseKind

BEFORE_S = 20
END_S = 60
LEAST_HEARD_S = 60.0
LEAST_CLEAR = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """One second of a session. None: not known, or not to be trusted."""

    heart_bpm: float | None
    ln_rmssd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """The piece that is heard, since when, and the last minute; `before`: what the heart was like just before it."""

    track_id: str | None = None
    began_s: float = 0.0
    before: Second = Second(heart_bpm=None, ln_rmssd=None)
    recent: tuple[Second, ...] = ()


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


def hear(episode: Episode, second: Second) -> Episode:
    """The episode with one more second."""
    return dataclasses.replace(episode, recent=(*episode.recent, second)[-END_S:])


def begin(episode: Episode, track_id: str | None, time_s: float) -> Episode:
    """The episode of the next piece."""
    return Episode(track_id=track_id, began_s=time_s, before=_mean(episode.recent[-BEFORE_S:]), recent=episode.recent[-BEFORE_S:])


def response(
    episode: Episode, baseline: Second, phase: PhaseKind, tempo_bpm: float | None, started_s: float, time_s: float
) -> PieceResponse | None:
    """What the piece that ends now has done; None where that cannot be said."""
    heard_s = time_s - episode.began_s
    if episode.track_id is None or heard_s < LEAST_HEARD_S:
        return None
    end = _mean(episode.recent)
    clear = sum(second.heart_bpm is not None for second in episode.recent) / END_S
    end_bpm = end.heart_bpm if clear >= LEAST_CLEAR else None
    rest_bpm = baseline.heart_bpm  # not the heart at the end: that is what is to be explained
    gap = None if tempo_bpm is None or rest_bpm is None else math.log(fold_octave(tempo_bpm, rest_bpm) / rest_bpm)
    return PieceResponse(
        time_s=time_s,
        track_id=episode.track_id,
        phase=phase,
        heard_s=heard_s,
        elapsed_s=time_s - started_s,
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
