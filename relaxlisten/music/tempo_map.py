"""The tempo of a piece from moment to moment, and the ratio at each that lets it be heard at an even one.

Decision: the local tempo is that of the beats smoothed over some bars (Gaussian of 8 beats). What comes and goes within a phrase
of 16 beats stays (0.7 % of it is taken out): it is expression. What lasts for 64 beats and more is drift, and is followed (73 %).
Between knots, four beats apart, the tempo moves in a straight line, so that the way from source to output is known exactly. No
ratio leaves the limits: where the piece itself drifts too far from what is asked, it is heard as near as they allow.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.beat_path import SMOOTHING_BEATS, smoothed
from relaxlisten.music.metrical_level import nearest_level
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import BeatPath, Track
    from relaxlisten.units import FloatArray

_KNOT_BEATS = 4
_SAME_RATIO = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RatioPath:
    """Output duration over input duration at each source second: straight lines between knots, level before and after them."""

    source_s: FloatArray
    ratios: FloatArray

    def ratio_at(self, source_s: float) -> float:
        """The ratio at a moment of the source."""
        return float(np.interp(source_s, self.source_s, self.ratios))

    def output_s(self, source_s: float) -> float:
        """When a moment of the source is heard, if second 0 is heard at 0: the exact integral of the ratio."""
        return self._from_first_s(source_s) - self._from_first_s(0.0)

    def source_at_s(self, output_s: float) -> float:
        """What is heard at a moment of the output: the inverse of output_s."""
        wanted_s = output_s + self._from_first_s(0.0)
        at = int(np.searchsorted(self._heard_s, wanted_s, side="right")) - 1
        if at < 0 or at == len(self.source_s) - 1:
            knot = max(at, 0)
            return float(self.source_s[knot] + (wanted_s - self._heard_s[knot]) / self.ratios[knot])
        rest_s, ratio = wanted_s - self._heard_s[at], self.ratios[at]
        slope = (self.ratios[at + 1] - ratio) / (self.source_s[at + 1] - self.source_s[at])
        # slope / 2 * x² + ratio * x = rest, in the form that is exact for small slopes too
        return float(self.source_s[at] + 2.0 * rest_s / (ratio + np.sqrt(ratio**2 + 2.0 * slope * rest_s)))

    @property
    def _heard_s(self) -> FloatArray:
        """When the knots are heard, counted from the first."""
        steps_s = np.diff(self.source_s) * (self.ratios[1:] + self.ratios[:-1]) / 2.0
        return np.concatenate(([0.0], np.cumsum(steps_s)))

    def _from_first_s(self, source_s: float) -> float:
        at = max(int(np.searchsorted(self.source_s, source_s, side="right")) - 1, 0)
        ratio_here = self.ratio_at(source_s)
        return float(self._heard_s[at] + (source_s - self.source_s[at]) * (self.ratios[at] + ratio_here) / 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a piece says to a tempo that is asked of it. tempo_bpm: the nearest to it that the piece can be heard at.

    level: factor of the metrical level at which it is felt. ratios: how to play it for that; both None without a pulse.
    refusal: why it is not the tempo that was asked for; None where it is.
    """

    tempo_bpm: float | None
    level: float
    ratios: RatioPath | None
    refusal: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TempoMap:
    """Local tempo: straight lines between knots, level before the first and after the last. own_bpm: that of the whole piece."""

    own_bpm: float
    source_s: FloatArray
    local_bpm: FloatArray

    def ratios(self, tempo_bpm: float, stretch_percent: float) -> RatioPath:
        """How to play the piece so that it is heard at an even tempo_bpm, on its own level, within the limits everywhere."""
        most = stretch_percent / 100.0
        low, high = 1.0 / (1.0 + most), 1.0 / (1.0 - most)
        wanted = self.local_bpm / tempo_bpm
        crossings_s = [_crossings(self.source_s, wanted, limit) for limit in (low, high)]
        source_s = np.unique(np.concatenate((self.source_s, *crossings_s)))
        return RatioPath(source_s=source_s, ratios=np.clip(np.interp(source_s, self.source_s, wanted), low, high))


def local_bpm(track: Track, source_s: float) -> float | None:
    """The tempo of a piece at a moment of the source, smoothed; None for one without a pulse."""
    if track.tempo_bpm is None or track.beat_path is None:
        return track.tempo_bpm
    return float(np.interp(source_s, *path_tempo(track.beat_path)))


def tempo_map(track: Track) -> TempoMap | None:
    """The map of a piece, None for one without a pulse."""
    if track.tempo_bpm is None:
        return None
    if track.beat_path is None:
        return TempoMap(own_bpm=track.tempo_bpm, source_s=np.zeros(1), local_bpm=np.array([track.tempo_bpm]))
    source_s, local_bpm = path_tempo(track.beat_path)
    return TempoMap(own_bpm=track.tempo_bpm, source_s=source_s, local_bpm=local_bpm)


def ask(track: Track, wish_bpm: float, stretch_percent: float, candidates_bpm: Sequence[float] = ()) -> Answer:
    """Ask a piece for a tempo. candidates_bpm: other tempi that were heard in it."""
    found = tempo_map(track)
    if found is None:
        sentence = f"{track.title} has no pulse: it is chosen for what it is, and never stretched."
        return Answer(tempo_bpm=None, level=1.0, ratios=None, refusal=sentence)
    level = nearest_level(found.own_bpm, wish_bpm, candidates_bpm)
    most = stretch_percent / 100.0
    change = wish_bpm / level / found.own_bpm - 1.0
    tempo_bpm = found.own_bpm * (1.0 + min(max(change, -most), most))
    refusal = None if abs(change) <= most else _refusal(track, wish_bpm, 100.0 * change, stretch_percent)
    return Answer(tempo_bpm=tempo_bpm * level, level=level, ratios=found.ratios(tempo_bpm, stretch_percent), refusal=refusal)


def told(track: Track, answer: Answer) -> str:
    """An answer that is no refusal, in a sentence."""
    if answer.ratios is None or answer.tempo_bpm is None:
        return ""
    low, high = float(answer.ratios.ratios.min()), float(answer.ratios.ratios.max())
    ratio = f"{low:.3f}" if high - low < _SAME_RATIO else f"{low:.3f} to {high:.3f}, as its own tempo moves"
    level = "" if answer.level == 1.0 else f" (felt at {answer.level:.3g} times its own)"
    length_s = answer.ratios.output_s(track.duration_s)
    return (
        f"{track.title} can be heard at {answer.tempo_bpm:.1f} BPM{level}: ratio {ratio}; "
        f"it then lasts {length_s / S_PER_MIN:.1f} min instead of {track.duration_s / S_PER_MIN:.1f}."
    )


@functools.lru_cache(maxsize=16)
def path_tempo(path: BeatPath) -> tuple[FloatArray, FloatArray]:
    """Source seconds and local tempo (BPM) of the knots of the smoothed tempo."""
    beats = np.arange(path.beats[0], path.beats[-1] + 1)
    times_s = np.interp(beats, path.beats, np.array(path.source_ms) / 1000.0)
    periods_s = np.diff(times_s)
    local_bpm = S_PER_MIN / np.clip(smoothed(periods_s, SMOOTHING_BEATS), periods_s.min(), periods_s.max())
    middles_s = (times_s[1:] + times_s[:-1]) / 2.0
    return middles_s[::_KNOT_BEATS], local_bpm[::_KNOT_BEATS]


def _refusal(track: Track, wish_bpm: float, change_percent: float, stretch_percent: float) -> str:
    how = "faster" if change_percent > 0.0 else "slower"
    return (
        f"{wish_bpm:.0f} BPM is {abs(change_percent):.0f} % {how} than {track.title} "
        f"({track.tempo_bpm:.0f} BPM), which may be stretched by {stretch_percent:g} % at most: another piece must be chosen."
    )


def _crossings(source_s: FloatArray, values: FloatArray, limit: float) -> FloatArray:
    """Where straight lines through values cross a limit."""
    over = values - limit
    at = np.flatnonzero(over[:-1] * over[1:] < 0.0)
    part = over[at] / (over[at] - over[at + 1])
    crossed: FloatArray = source_s[at] + part * (source_s[at + 1] - source_s[at])
    return crossed
