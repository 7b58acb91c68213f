"""The built-in music as an audio source, rendered while it plays.

Decision: the piece is rendered in blocks on a fixed grid, each a function of the score and of the few blocks before it (for
the room). Reading in pieces of any size, or after any seek, therefore gives the very same samples as playing from the start.
Notes are rendered in pages of some 32,000 frames, when first needed, and kept in a small store.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.errors import UsageError
from relaxlisten.messages import Track
from relaxlisten.music.instruments import note_length_s, render_note
from relaxlisten.music.nature import surf, wave_swell
from relaxlisten.music.pieces import PIECES, Piece
from relaxlisten.music.rain import Rain
from relaxlisten.music.reverb import Room
from relaxlisten.music.voices import VOICES
from relaxlisten.terms import TempoSource

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from relaxlisten.music.score import Note, Score
    from relaxlisten.units import AudioArray

PREFIX = "builtin:"
_BLOCK_S = 0.18
_PAGE = 1 << 15
_STORE_BYTES = 52_000_000
_FADE_S = 4.0


def builtin_tracks() -> tuple[Track, ...]:
    """The built-in pieces, slowest first, those without a pulse last; all at -23 LUFS, hence gain 0 dB."""
    return tuple(
        Track(
            track_id=PREFIX + piece.name,
            title=piece.title,
            duration_s=piece.duration_s,
            tempo_bpm=piece.tempo_bpm,
            tempo_source=TempoSource.COMPOSED if piece.tempo_bpm else TempoSource.NONE,
            first_beat_s=piece.first_beat_s,
            beats_per_bar=piece.beats_per_bar,
            arousal=piece.arousal,
            key=piece.key,
        )
        for piece in PIECES.values()
    )


def open_piece(name: str, rate_hz: int, seed: int) -> PieceSource:
    """A built-in piece ("slow-keys" or "builtin:slow-keys") as an AudioSource; UsageError where there is none of that name."""
    piece = PIECES.get(name.removeprefix(PREFIX))
    if piece is None:
        raise UsageError(f"There is no built-in piece {name!r}: there are {', '.join(PIECES)}.")
    return PieceSource(piece, rate_hz, seed)


class NoteStore:
    """Rendered pages of notes, shape (2, n) each; the least recently used leave when the store is full."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._pages: OrderedDict[tuple[str, int, int, int], AudioArray] = OrderedDict()
        self._bytes = 0

    def mix_into(self, sound: AudioArray, note: Note, frames: int, offset: int, gains: AudioArray) -> None:
        """Add what a block holds of a note of `frames` frames that begins at its frame `offset`, perhaps a negative one."""
        position, end = max(0, -offset), min(frames, sound.shape[1] - offset)
        while position < end:
            number, inside = divmod(position, _PAGE)
            until = min(end, (number + 1) * _PAGE)
            page = self._page(note.voice, note.pitch, frames, number)
            sound[:, offset + position : offset + until] += page[:, inside : inside + until - position] * gains
            position = until

    def _page(self, voice: str, pitch: int, frames: int, number: int) -> AudioArray:
        key = (voice, pitch, frames, number)
        if key in self._pages:
            self._pages.move_to_end(key)
            return self._pages[key]
        page = render_note(voice, pitch, frames, self._rate_hz, number * _PAGE, min(frames, (number + 1) * _PAGE))
        self._pages[key] = page
        self._bytes += page.nbytes
        while self._bytes > _STORE_BYTES:
            self._bytes -= self._pages.popitem(last=False)[1].nbytes
        return page


class PieceSource:
    """A built-in piece as stereo float32 blocks; see `ports.AudioSource`."""

    def __init__(self, piece: Piece, rate_hz: int, seed: int) -> None:
        self.rate_hz = rate_hz
        self._score = _score(piece.name, seed)
        self._frames = round(self._score.duration_s * rate_hz)
        self._block = 1 << round(np.log2(_BLOCK_S * rate_hz))
        self._store = NoteStore(rate_hz)
        self._room = Room(rate_hz, self._block)
        noise_seed = zlib.crc32(f"{piece.name} {seed}".encode())
        self._rain = Rain(rate_hz, self._block, noise_seed) if self._score.rain else None
        self._surf = surf(rate_hz, self._block, noise_seed) if self._score.waves else None
        self._starts, self._lengths, self._gains = _places(self._score, rate_hz)
        self._position = 0
        self._held_number = -1
        self._held: AudioArray = np.zeros((0, 2), np.float32)

    def read(self, frames: int) -> AudioArray:
        """Up to `frames` frames, shape (n, 2); fewer only at the end."""
        end = min(self._position + max(frames, 0), self._frames)
        parts = []
        while self._position < end:
            number, offset = divmod(self._position, self._block)
            part = self._block_sound(number)[offset : offset + end - self._position]
            parts.append(part)
            self._position += len(part)
        return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)

    def seek(self, frame: int) -> None:
        """Go to a frame; the room is rebuilt at the next read from the 2.4 s before it."""
        self._position = max(0, min(frame, self._frames))

    def close(self) -> None:
        """Free the rendered notes."""
        self._store = NoteStore(self.rate_hz)

    def _block_sound(self, number: int) -> AudioArray:
        if number != self._held_number:
            if number != self._held_number + 1 or number == 0:
                self._room.forget()
                for earlier in range(max(0, number - self._room.memory_blocks), number):
                    self._room.listen(self._dry(earlier))
            self._held = self._mixed(number)
            self._held_number = number
        return self._held

    def _mixed(self, number: int) -> AudioArray:
        """Notes, room and nature of one block, with the fade at the very end of the piece."""
        dry = self._dry(number)
        sound = dry + np.float32(self._score.room) * self._room.sound(dry)
        if self._rain is not None:
            sound += np.float32(self._score.rain) * self._rain.sound(number)
        if self._surf is not None:
            swell = wave_swell(number * self._block, self._block, self.rate_hz)
            sound += np.float32(self._score.waves) * swell * self._surf.sound(number)
        left_s = (self._frames - number * self._block - np.arange(self._block)) / self.rate_hz
        entered_s = (number * self._block + np.arange(self._block)) / self.rate_hz
        nearest_edge = np.minimum(np.clip(left_s / _FADE_S, 0.0, 1.0), np.clip(entered_s / self._score.rise_s, 0.0, 1.0))
        envelope = np.sin(0.5 * np.pi * nearest_edge) ** 2 * self._score.level
        return np.ascontiguousarray((sound * envelope.astype(np.float32)).T)

    def _dry(self, number: int) -> AudioArray:
        """The notes of one block, without the room."""
        sound: AudioArray = np.zeros((2, self._block), np.float32)
        first = number * self._block
        last = first + self._block
        heard = np.flatnonzero((self._starts < last) & (self._starts + self._lengths > first))
        for index in heard.tolist():
            note = self._score.notes[index]
            start, length = int(self._starts[index]), int(self._lengths[index])
            self._store.mix_into(sound, note, length, start - first, self._gains[index])
        return sound


def _places(score: Score, rate_hz: int) -> tuple[NDArray[np.int64], NDArray[np.int64], AudioArray]:
    """First frame and length in frames of each note, and its gains in both ears (equal power), shape (n, 2, 1)."""
    starts = np.array([round(score.onset_s(note) * rate_hz) for note in score.notes])
    lengths = np.array(
        [round(note_length_s(VOICES[n.voice], n.pitch, n.length_beats * score.beat_s) * rate_hz) for n in score.notes]
    )
    angles = np.array([(note.pan + 1.0) * np.pi / 4.0 for note in score.notes])
    loud = np.array([note.velocity for note in score.notes])
    gains = np.stack([np.cos(angles), np.sin(angles)], axis=1) * loud[:, None] * np.sqrt(2.0)
    return starts, lengths, gains.astype(np.float32)[:, :, None]


@lru_cache(maxsize=16)
def _score(name: str, seed: int) -> Score:
    return PIECES[name].compose(seed)
