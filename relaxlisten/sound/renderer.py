"""From plans to frames: decks that play pieces, cross-faded, limited, and always known to the frame.

Decision: sound is made in blocks of BLOCK frames on a fixed grid, so that how many frames are asked for at a time changes nothing
but when a plan takes effect: at the next block, at most 12 ms later. A new piece waits until it can be read, and for the beat or
bar line that its plan names; the one before goes on meanwhile, and keeps its tempo on the new one's until it is gone. The current
deck answers for the position; one on its way out only until the middle of the cross-fade. Gain moves only in glides, so nothing
clicks.
"""

from __future__ import annotations

import collections
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.nature import NatureBed
from relaxlisten.sound.deck import BLOCK, Deck, taken_up, tempo_factor, wait_frames
from relaxlisten.sound.mixing import LOOK_AHEAD, Glide, glide_to, limit, new_limiter, step_glide
from relaxlisten.terms import Alignment

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.messages import PlaybackPlan
    from relaxlisten.sound.deck import Piece
    from relaxlisten.units import AudioArray

VOLUME_GLIDE_S = 0.15
BED_GLIDE_S = 6.0
ENDS_S = 4.0  # before its end, a piece that is not followed asks for the next: less than any cross-fade, so only if it broke off
PATIENCE_S = 8.0  # for a piece that cannot be read yet; network folders were seen to take 5 s to wake up
_KEPT_POSITIONS_S = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardPosition:
    """What an output frame holds. track_id None: nothing is playing. audible: neither faded out nor past the piece's end."""

    track_id: str | None
    turn: int
    source_s: float
    time_ratio: float
    audible: bool


@dataclass(slots=True, kw_only=True)
class _Coming:
    """A piece that will be played as soon as it can be. factor: of the leaving piece's ratio over its own; None: no one tempo."""

    plan: PlaybackPlan
    piece: Piece
    factor: float | None
    waited_frames: int = 0


class Renderer:
    """Plans in, frames out. open_piece(track_id, start_s) begins to open a piece at rate_hz."""

    def __init__(self, rate_hz: int, open_piece: Callable[[str, float], Piece], seed: int = 0) -> None:
        self.refused_turn = 0
        self._rate_hz = rate_hz
        self._open_piece = open_piece
        self._coming: _Coming | None = None
        self._current: Deck | None = None
        self._leaving: list[Deck] = []
        self._partner: tuple[Deck, float] | None = None  # a leaving deck that keeps the current one's tempo: times this factor
        self._turn = 0
        self._asked_turn: int | None = None  # the turn whose piece was opened, or could not be: it is asked for once
        self._volume = Glide(value=0.0, target=0.0)
        self._bed = NatureBed(rate_hz, seed)
        self._bed_level = Glide(value=0.0, target=0.0)
        self._limiter = new_limiter()
        self._ready = np.zeros((0, 2), np.float32)
        self._block_start = 0
        kept = math.ceil(_KEPT_POSITIONS_S * rate_hz / BLOCK)
        self._positions: collections.deque[tuple[int, HeardPosition, HeardPosition]] = collections.deque(maxlen=kept)

    def apply(self, plan: PlaybackPlan) -> None:
        """Follow a plan from the next block on."""
        frames = round(VOLUME_GLIDE_S * self._rate_hz) if self._decks() else 1
        self._volume = glide_to(self._volume, plan.volume**2, frames)
        self._lay_bed(plan)
        if plan.track_id is None:
            self._asked_turn = None
            self._give_up_coming()
            self._leave(plan.fade_s)
        elif plan.turn != self._asked_turn:
            self._turn_to(plan, plan.track_id)
        elif self._coming is not None:
            self._coming.plan = replace(self._coming.plan, time_ratio=plan.time_ratio, playing=plan.playing)
        self._steer(plan)

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

    @property
    def kept_waiting(self) -> str | None:
        """The piece that is silent because it cannot be read in time; None where none is."""
        current = self._current
        return current.track_id if current is not None and current.waiting and not current.silent else None

    def fade_out(self, fade_s: float) -> float:
        """Let everything fade; gives the seconds that this takes, 0 where all is silent."""
        self._give_up_coming()
        self._bed_level = glide_to(self._bed_level, 0.0, round(fade_s * self._rate_hz))
        if not self._decks():
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
        self._give_up_coming()
        for deck in self._decks():
            deck.close()

    def _decks(self) -> list[Deck]:
        return [*self._leaving, *([self._current] if self._current else [])]

    # ---- plans ----

    def _turn_to(self, plan: PlaybackPlan, track_id: str) -> None:
        self._give_up_coming()
        self._asked_turn = plan.turn
        piece = self._open_piece(track_id, plan.start_s)
        factor = None
        if plan.align is not Alignment.NONE and self._current is not None and piece.grid is not None:
            factor = tempo_factor(self._current, piece.grid, plan.start_s, plan.time_ratio)
        self._coming = _Coming(plan=plan, piece=piece, factor=factor)

    def _steer(self, plan: PlaybackPlan) -> None:
        """Tempo and pause of what plays; where another piece comes at one tempo with it, by that one's ratio."""
        if self._current is None or plan.track_id is None:
            return
        if self._coming is None:
            self._current.set_ratio(plan.time_ratio)
            if self._partner is not None:
                partner, factor = self._partner
                partner.set_ratio(plan.time_ratio * factor)
        elif self._coming.factor is not None:
            self._current.set_ratio(plan.time_ratio * self._coming.factor)
        if plan.playing != (self._current.fade.target == 1.0):
            self._current.set_fade(1.0 if plan.playing else 0.0, plan.fade_s)

    def _keep_together(self) -> None:
        """Where one of two pieces that beat together drifts by itself, let the leaving one follow the other's beats."""
        if self._partner is None or self._current is None:
            return
        partner, grid = self._partner[0], self._current.piece.grid
        if grid is None or partner.piece.grid is None or (grid.even and partner.piece.grid.even):
            return
        time_ratio = self._current.tempo.target
        factor = tempo_factor(partner, grid, self._current.source_s(), time_ratio)
        if factor is not None:
            self._partner = (partner, factor)
            partner.set_ratio(time_ratio * factor)

    def _lay_bed(self, plan: PlaybackPlan) -> None:
        if plan.bed is not None:
            self._bed.turn_to(plan.bed)
        wanted = 1.0 if plan.bed is not None and plan.track_id is not None and plan.playing else 0.0
        self._bed_level = glide_to(self._bed_level, wanted, round(BED_GLIDE_S * self._rate_hz))

    # ---- one piece after another ----

    def _give_up_coming(self) -> None:
        if self._coming is not None:
            self._coming.piece.source.close()
            self._coming = None

    def _ask_for_next(self) -> None:
        """A piece that ends before its time is told while it can still be cross-faded."""
        current = self._current
        if current is not None and current.fade.target == 1.0:
            left_frames = current.piece.source.left_frames
            if left_frames is not None and left_frames < ENDS_S * self._rate_hz:
                self.refused_turn = current.turn

    def _bring_in(self) -> None:
        """Let the coming piece begin within this block, if it is time."""
        coming = self._coming
        if coming is None:
            self._ask_for_next()
            return
        if not coming.plan.playing:
            return
        coming.waited_frames += BLOCK
        source = coming.piece.source
        if source.failed or (not source.ready and coming.waited_frames > PATIENCE_S * self._rate_hz):
            self.refused_turn = coming.plan.turn
            self._give_up_coming()
        elif source.ready:
            wait = self._frames_until_line(coming)
            if wait < BLOCK:
                self._begin(coming, round(wait))

    def _frames_until_line(self, coming: _Coming) -> float:
        """How long it has still to wait for the beat or bar line that it is to meet; less than a frame late is in time."""
        leaving = self._current
        if coming.factor is None or coming.piece.grid is None or leaving is None or leaving.ended or leaving.waiting:
            return 0.0
        period = leaving.frames_to_line(coming.plan.align)
        wait = wait_frames(leaving, coming.piece.grid, coming.plan, self._rate_hz, coming.factor)
        return 0.0 if wait is None or period is None or wait > period[1] - 1.0 else wait

    def _begin(self, coming: _Coming, lead_in: int) -> None:
        before, self._coming, self._turn = self._current, None, coming.plan.turn
        self._leave(coming.plan.fade_s)
        tempo = None
        if before is not None and coming.factor is not None:
            self._partner = (before, coming.factor)
            tempo = taken_up(before, coming.factor)
        self._current = Deck(coming.piece, coming.plan, self._rate_hz, lead_in=lead_in, tempo=tempo)
        self._current.set_ratio(coming.plan.time_ratio)
        self._current.set_fade(1.0, coming.plan.fade_s)

    def _leave(self, fade_s: float) -> None:
        if self._current is not None:
            self._current.set_fade(0.0, fade_s)
            self._leaving.append(self._current)
            self._current, self._partner = None, None

    # ---- sound ----

    def _block(self) -> AudioArray:
        self._bring_in()
        self._keep_together()
        first = self._position()
        mixed = np.zeros((BLOCK, 2), np.float32)
        for deck in self._decks():
            mixed += deck.render()
        if self._bed_level.value > 0.0 or self._bed_level.left:
            self._bed_level, level = step_glide(self._bed_level, BLOCK)
            mixed += self._bed.read(BLOCK) * level.astype(np.float32)[:, None]
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
        audible = not (deck.silent or deck.ended or deck.waiting)
        return HeardPosition(
            track_id=deck.track_id, turn=deck.turn, source_s=deck.source_s(), time_ratio=deck.tempo.value, audible=audible
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
    return replace(first, source_s=source_s)
