"""From plans to frames: decks that play pieces, cross-faded, limited, and always known to the frame.

Decision: sound is made in blocks of BLOCK frames on a fixed grid, so that how many frames are asked for at a time changes nothing
but when a plan takes effect: at the next block, at most 12 ms later. The current deck answers for the position; one on its way
out only until the middle of the cross-fade. Gain moves only in glides, one value a frame, so nothing clicks.
"""

from __future__ import annotations

import collections
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.sound.mixing import LOOK_AHEAD, Glide, after, equal_power, glide_to, limit, new_limiter, step_glide
from relaxlisten.sound.stretch import PhaseVocoder
from relaxlisten.units import decibels_to_gain

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.messages import PlaybackPlan
    from relaxlisten.ports import AudioSource
    from relaxlisten.units import AudioArray

BLOCK = 512
VOLUME_GLIDE_S = 0.15
RATIO_GLIDE_S = 1.0
_KEPT_POSITIONS_S = 6.0
_SILENCE = np.zeros((BLOCK, 2), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardPosition:
    """What an output frame holds. track_id None: nothing is playing. audible: neither faded out nor past the piece's end."""

    track_id: str | None
    turn: int
    source_s: float
    time_ratio: float
    audible: bool


class Deck:
    """One piece on its way through the stretcher, with its fade."""

    def __init__(self, source: AudioSource, plan: PlaybackPlan) -> None:
        self.track_id = plan.track_id
        self.turn = plan.turn
        self.gain = decibels_to_gain(plan.gain_db)
        self.fade = Glide(value=0.0, target=0.0)
        self.ended = False
        self._source = source
        self._start_s = plan.start_s
        self._stretcher = PhaseVocoder(rate_hz=source.rate_hz)
        self._ratio = Glide(value=plan.time_ratio, target=plan.time_ratio)
        self._ready = np.zeros((0, 2), np.float32)
        self._given = 0
        self._rest: int | None = None  # output frames left once the source has ended
        source.seek(round(plan.start_s * source.rate_hz))

    @property
    def silent(self) -> bool:
        """Whether the fade has come to silence."""
        return self.fade.left == 0 and self.fade.target == 0.0

    @property
    def time_ratio(self) -> float:
        """The ratio that goes in now."""
        return self._ratio.value

    def set_ratio(self, time_ratio: float) -> None:
        """Glide to another ratio."""
        self._ratio = glide_to(self._ratio, time_ratio, round(RATIO_GLIDE_S * self._source.rate_hz))

    def set_fade(self, target: float, fade_s: float) -> None:
        """Fade to full (1) or to silence (0) from wherever the fade is now."""
        self.fade = glide_to(self.fade, target, round(fade_s * self._source.rate_hz))

    def render(self) -> AudioArray:
        """The next BLOCK frames, faded; silence where the fade is at silence, and the piece waits there."""
        if self.silent:
            return _SILENCE
        self.fade, position = step_glide(self.fade, BLOCK)
        while len(self._ready) < BLOCK:
            self._ready = np.concatenate((self._ready, self._more()))
        block, self._ready = self._ready[:BLOCK], self._ready[BLOCK:]
        self._given += BLOCK
        self._count_down()
        return block * (equal_power(position) * self.gain).astype(np.float32)[:, None]

    def source_s(self) -> float:
        """The source second at the end of what was rendered so far."""
        return self._start_s + self._stretcher.source_at(self._given) / self._source.rate_hz

    def close(self) -> None:
        """Free the piece."""
        self._source.close()

    def _more(self) -> AudioArray:
        block = self._source.read(BLOCK)
        self._ratio = after(self._ratio, BLOCK)
        ratio = self._ratio.value
        if len(block) < BLOCK:
            if self._rest is None:
                self._rest = math.ceil(self._stretcher.latency_frames * ratio) + BLOCK
            block = np.concatenate((block, _SILENCE[len(block) :]))
        return self._stretcher.feed(block, ratio)

    def _count_down(self) -> None:
        if self._rest is not None:
            self._rest -= BLOCK
            self.ended = self._rest <= 0


class Renderer:
    """Plans in, frames out. open_source(track_id) gives a piece at rate_hz, or None where it cannot be played."""

    def __init__(self, rate_hz: int, open_source: Callable[[str], AudioSource | None]) -> None:
        self._rate_hz = rate_hz
        self._open_source = open_source
        self._current: Deck | None = None
        self._leaving: list[Deck] = []
        self._turn = 0
        self._asked_turn: int | None = None  # the turn whose piece was opened, or could not be: it is asked for once
        self._volume = Glide(value=0.0, target=0.0)
        self._limiter = new_limiter()
        self._ready = np.zeros((0, 2), np.float32)
        self._block_start = 0
        kept = math.ceil(_KEPT_POSITIONS_S * rate_hz / BLOCK)
        self._positions: collections.deque[tuple[int, HeardPosition, HeardPosition]] = collections.deque(maxlen=kept)

    def apply(self, plan: PlaybackPlan) -> None:
        """Follow a plan from the next block on."""
        frames = round(VOLUME_GLIDE_S * self._rate_hz) if self._current or self._leaving else 1
        self._volume = glide_to(self._volume, plan.volume**2, frames)
        if plan.track_id is None:
            self._asked_turn = None
            self._leave(plan.fade_s)
        elif plan.turn != self._asked_turn:
            self._turn_to(plan, plan.track_id)
        if self._current is not None:
            self._current.set_ratio(plan.time_ratio)
            if plan.playing != (self._current.fade.target == 1.0):
                self._current.set_fade(1.0 if plan.playing else 0.0, plan.fade_s)

    def render(self, frames: int) -> AudioArray:
        """The next frames, shape (frames, 2)."""
        parts = [self._ready]
        count = len(self._ready)
        while count < frames:
            parts.append(self._block())
            count += BLOCK
        sound = np.concatenate(parts)
        self._ready = sound[frames:]
        return sound[:frames]

    def position_at(self, output_frame: float) -> HeardPosition | None:
        """What output_frame holds; None where that is no longer, or not yet, known."""
        mixed = output_frame - LOOK_AHEAD
        for start, first, last in reversed(self._positions):
            if start <= mixed < start + BLOCK:
                return _between(first, last, (mixed - start) / BLOCK)
        return None

    def fade_out(self, fade_s: float) -> float:
        """Let everything fade; gives the seconds that this takes, 0 where all is silent."""
        if self._current is None and not self._leaving:
            return 0.0
        running = max((deck.fade.left for deck in self._leaving), default=0) / self._rate_hz
        if self._current is not None and not self._current.silent:
            self._leave(fade_s)
            return fade_s
        for deck in self._leaving:
            if running > fade_s:
                deck.fade = Glide(value=deck.fade.value, target=0.0, left=round(fade_s * self._rate_hz))
        return min(running, fade_s)

    def close(self) -> None:
        """Free all pieces."""
        for deck in [*self._leaving, *([self._current] if self._current else [])]:
            deck.close()

    def _turn_to(self, plan: PlaybackPlan, track_id: str) -> None:
        self._leave(plan.fade_s)
        self._turn = self._asked_turn = plan.turn
        source = self._open_source(track_id)
        self._current = Deck(source, plan) if source is not None else None

    def _leave(self, fade_s: float) -> None:
        if self._current is not None:
            self._current.set_fade(0.0, fade_s)
            self._leaving.append(self._current)
            self._current = None

    def _block(self) -> AudioArray:
        first = self._position()
        mixed = np.zeros((BLOCK, 2), np.float32)
        for deck in [*self._leaving, *([self._current] if self._current else [])]:
            mixed += deck.render()
        self._volume, volume = step_glide(self._volume, BLOCK)
        self._positions.append((self._block_start, first, self._position()))
        self._block_start += BLOCK
        for deck in [deck for deck in self._leaving if deck.silent]:
            deck.close()
            self._leaving.remove(deck)
        self._limiter, sound = limit(self._limiter, mixed * volume.astype(np.float32)[:, None])
        return sound

    def _position(self) -> HeardPosition:
        deck = self._answering()
        if deck is None:
            return HeardPosition(track_id=None, turn=self._turn, source_s=0.0, time_ratio=1.0, audible=False)
        audible = not deck.silent and not deck.ended
        return HeardPosition(
            track_id=deck.track_id, turn=deck.turn, source_s=deck.source_s(), time_ratio=deck.time_ratio, audible=audible
        )

    def _answering(self) -> Deck | None:
        """The deck that is louder, or will be."""
        leaving = self._leaving[-1] if self._leaving else None
        if self._current is None or (leaving is not None and leaving.fade.value > self._current.fade.value):
            return leaving
        return self._current


def _between(first: HeardPosition, last: HeardPosition, part: float) -> HeardPosition:
    if first.turn != last.turn or first.track_id != last.track_id:
        return first
    source_s = first.source_s + part * (last.source_s - first.source_s)
    return HeardPosition(
        track_id=first.track_id, turn=first.turn, source_s=source_s, time_ratio=first.time_ratio, audible=first.audible
    )
