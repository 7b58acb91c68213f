"""One piece on its way through the stretcher, with its fade, its tempo and its beats.

Decision: a deck gives blocks of BLOCK frames for as long as it sounds, and holds its place while it does not: in a pause, and
where its piece cannot be read in time. All times are told in frames of the output, because that is where two decks meet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.sound.mixing import Glide, after, equal_power, glide_to, scaled, step_glide
from relaxlisten.sound.stretch import PhaseVocoder
from relaxlisten.terms import Alignment
from relaxlisten.units import decibels_to_gain

if TYPE_CHECKING:
    from relaxlisten.messages import PlaybackPlan
    from relaxlisten.music.beat_grid import BeatGrid
    from relaxlisten.ports import ReadySource
    from relaxlisten.units import AudioArray

BLOCK = 512
RATIO_GLIDE_S = 1.0
_STARVED_FADE_S = 0.2  # shorter than what a piece that stops to be `ready` still holds
SILENCE = np.zeros((BLOCK, 2), np.float32)
_OPEN = Glide(value=1.0, target=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What a deck plays. grid: its beats; None without a pulse."""

    source: ReadySource
    grid: BeatGrid | None


class Deck:
    """A piece that is being played. It begins `lead_in` frames late, so that it can begin between two blocks."""

    def __init__(self, piece: Piece, plan: PlaybackPlan, rate_hz: int, *, lead_in: int = 0, tempo: Glide | None = None) -> None:
        self.piece = piece
        self.track_id, self.turn = plan.track_id, plan.turn
        self.fade = Glide(value=0.0, target=0.0)
        self.ended = False
        self._gain = decibels_to_gain(plan.gain_db)
        self._start_s, self._rate_hz = plan.start_s, rate_hz
        self._stretcher = PhaseVocoder(rate_hz=rate_hz)
        self._ratio = tempo or Glide(value=plan.time_ratio, target=plan.time_ratio)
        self._flow = _OPEN  # closes where the piece cannot be read in time
        self._ready = np.zeros((lead_in, 2), np.float32)
        self._given = -lead_in
        self._rest: int | None = None  # output frames left once the piece has ended

    @property
    def silent(self) -> bool:
        """Whether the fade has come to silence."""
        return self.fade.left == 0 and self.fade.target == 0.0

    @property
    def waiting(self) -> bool:
        """Whether it is silent because its piece cannot be read in time."""
        return self._flow.value == 0.0

    @property
    def tempo(self) -> Glide:
        """The ratio that goes in now, and where it is going to."""
        return self._ratio

    def set_ratio(self, time_ratio: float) -> None:
        """Glide to another ratio."""
        self._ratio = glide_to(self._ratio, time_ratio, round(RATIO_GLIDE_S * self._rate_hz))

    def set_fade(self, target: float, fade_s: float) -> None:
        """Fade to full (1) or to silence (0) from wherever the fade is now."""
        self.fade = glide_to(self.fade, target, round(fade_s * self._rate_hz))

    def render(self) -> AudioArray:
        """The next BLOCK frames, faded; silence where it is silent, and the piece waits there."""
        if self.silent or self._starved():
            return SILENCE
        self.fade, position = step_glide(self.fade, BLOCK)
        self._flow, flow = step_glide(self._flow, BLOCK)
        while len(self._ready) < BLOCK:
            self._ready = np.concatenate((self._ready, self._more()))
        block, self._ready = self._ready[:BLOCK], self._ready[BLOCK:]
        self._given += BLOCK
        self._count_down()
        return block * (equal_power(position) * equal_power(flow) * self._gain).astype(np.float32)[:, None]

    def source_s(self) -> float:
        """The source second at the end of what was rendered so far."""
        return self._start_s + self._stretcher.source_at(self._given) / self._rate_hz

    def frames_to_line(self, alignment: Alignment) -> tuple[float, float] | None:
        """Output frames from here to the next beat or bar line, and from line to line; None without a pulse."""
        grid = self.piece.grid
        if grid is None:
            return None
        line_s = next_line_s(grid, self.source_s(), alignment)
        first = self._stretcher.heard_at((line_s - self._start_s) * self._rate_hz) - self._given
        return first, line_period_s(grid, line_s, alignment) * self._rate_hz * self._ratio.value

    def close(self) -> None:
        """Free the piece."""
        self.piece.source.close()

    def _starved(self) -> bool:
        wanted = 1.0 if self.piece.source.ready else 0.0
        self._flow = glide_to(self._flow, wanted, round(_STARVED_FADE_S * self._rate_hz))
        return self._flow.value == self._flow.target == 0.0

    def _more(self) -> AudioArray:
        block = self.piece.source.read(BLOCK)
        self._ratio = after(self._ratio, BLOCK)
        ratio = self._ratio.value
        if len(block) < BLOCK:
            if self._rest is None:
                self._rest = math.ceil(self._stretcher.latency_frames * ratio) + BLOCK
            block = np.concatenate((block, SILENCE[len(block) :]))
        return self._stretcher.feed(block, ratio)

    def _count_down(self) -> None:
        if self._rest is not None:
            self._rest -= BLOCK
            self.ended = self._rest <= 0


# ---- two pieces at one tempo ----


def next_line_s(grid: BeatGrid, source_s: float, alignment: Alignment) -> float:
    """The source second of the next beat, or bar line."""
    return grid.next_bar_s(source_s) if alignment is Alignment.BAR else grid.next_beat_s(source_s)


def line_period_s(grid: BeatGrid, line_s: float, alignment: Alignment) -> float:
    """Source seconds from the beat, or bar line, at line_s to the next."""
    return grid.span_s(line_s, grid.beats_per_bar if alignment is Alignment.BAR else 1)


def tempo_factor(leaving: Deck, coming: BeatGrid, source_s: float, time_ratio: float) -> float | None:
    """What the ratio of the piece that leaves must be, over that of the one that comes, for their beats to fall together.

    source_s, time_ratio: of the piece that comes. One may beat twice or half as often; of these the factor is taken that changes
    the leaving one least. None without a pulse.
    """
    grid = leaving.piece.grid
    if grid is None:
        return None
    factor = coming.period_near_s(source_s) / grid.period_near_s(leaving.source_s())
    octave = round(math.log2(leaving.tempo.value / (time_ratio * factor)))
    return factor * 2.0**octave


def wait_frames(leaving: Deck, coming: BeatGrid, plan: PlaybackPlan, rate_hz: int, factor: float) -> float | None:
    """How long the coming piece has to wait before it begins, so that its next line falls on one of the leaving piece.

    In output frames; None where the leaving piece has no pulse.
    """
    lines = leaving.frames_to_line(plan.align)
    if lines is None:
        return None
    first, period = lines
    time_ratio = leaving.tempo.value / factor
    pickup = (next_line_s(coming, plan.start_s, plan.align) - plan.start_s) * rate_hz * time_ratio
    return (first - pickup) % period


def taken_up(leaving: Deck, factor: float) -> Glide:
    """The tempo of the piece that leaves, as the ratio of the one that comes."""
    return scaled(leaving.tempo, 1.0 / factor)
