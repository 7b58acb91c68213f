"""Sounds of nature to lie under a piece without a pulse: rain, and waves that come and go.

Decision: both are noise, coloured by frequency; waves swell and ebb besides, in two rhythms that never meet (8.3 and 13 s, the
longer of which is that of a slow breath), so that they never repeat. They lie 15 LU under the music's -23 LUFS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.messages import Track
from relaxlisten.music.rain import Rain
from relaxlisten.terms import Bed, TempoSource

if TYPE_CHECKING:
    from relaxlisten.units import AudioArray

BED_LUFS = -38.0
PREFIX = "nature:"
PIECE_S = 3600.0
_BLOCK = 4096
# Gains that bring each to BED_LUFS, measured over two minutes (tests/music/test_nature.py).
_GAIN = {Bed.RAIN: 0.0229, Bed.WAVES: 0.0525}
# Level of the surf over frequency (Hz, amplitude): deeper than rain, with a little hiss.
_SURF_HZ = (0.0, 60.0, 200.0, 500.0, 1200.0, 3000.0, 6000.0, 9000.0)
_SURF = (0.0, 0.0, 1.6, 1.5, 0.8, 0.35, 0.12, 0.0)
_SWELLS_S = (8.3, 13.0)


def surf(rate_hz: int, block: int, seed: int) -> Rain:
    """The noise that waves are made of, before they come and go; blocks like those of rain."""
    return Rain(rate_hz, block, seed, colour_hz=_SURF_HZ, colour=_SURF)


def wave_swell(first: int, frames: int, rate_hz: int) -> AudioArray:
    """How loud the waves are from frame `first` on, 0.12 to 1; shape (frames,)."""
    time_s = (first + np.arange(frames)) / rate_hz
    swell = np.prod([0.55 - 0.45 * np.cos(2.0 * np.pi * time_s / period_s) for period_s in _SWELLS_S], axis=0)
    loudness: AudioArray = (0.12 + 0.88 * swell).astype(np.float32)
    return loudness


class NatureBed:
    """One sound of nature at a time, for as long as it is asked for."""

    def __init__(self, rate_hz: int, seed: int) -> None:
        self._rate_hz = rate_hz
        self._noise = {
            Bed.RAIN: Rain(rate_hz, _BLOCK, seed),
            Bed.WAVES: surf(rate_hz, _BLOCK, seed),
        }
        self._kind = Bed.RAIN
        self._number = 0
        self._ready = np.zeros((0, 2), np.float32)

    def turn_to(self, kind: Bed) -> None:
        """From here on it is this sound; to be called while the bed cannot be heard, or is this already."""
        if kind is not self._kind:
            self._kind, self._ready = kind, self._ready[:0]

    def read(self, frames: int) -> AudioArray:
        """The next frames, shape (frames, 2)."""
        while len(self._ready) < frames:
            self._ready = np.concatenate((self._ready, self._block()))
        given, self._ready = self._ready[:frames], self._ready[frames:]
        return given

    def _block(self) -> AudioArray:
        sound = self._noise[self._kind].sound(self._number).T * np.float32(_GAIN[self._kind])
        first = self._number * _BLOCK
        self._number += 1
        if self._kind is Bed.RAIN:
            return sound
        return sound * wave_swell(first, _BLOCK, self._rate_hz)[:, None]


def nature_tracks() -> tuple[Track, ...]:
    """The sounds of nature as pieces of their own, an hour each, as loud as music."""
    return tuple(
        Track(
            track_id=PREFIX + bed.value,
            title=bed.value.title(),
            duration_s=PIECE_S,
            tempo_bpm=None,
            tempo_source=TempoSource.NONE,
            gain_db=-23.0 - BED_LUFS,
        )
        for bed in (Bed.RAIN,)
    )


class NaturePiece:
    """A sound of nature as a piece (ports.AudioSource). There is no place in it: a seek only counts."""

    def __init__(self, kind: Bed, rate_hz: int, seed: int) -> None:
        self.rate_hz = rate_hz
        self._bed = NatureBed(rate_hz, seed)
        self._bed.turn_to(kind)
        self._left = int(PIECE_S * rate_hz)

    def read(self, frames: int) -> AudioArray:
        """The next frames, shape (n, 2)."""
        given = min(frames, self._left)
        self._left -= given
        return self._bed.read(given)

    def seek(self, frame: int) -> None:
        """Go on as if this frame were next."""
        self._left = max(int(PIECE_S * self.rate_hz) - frame, 0)

    def close(self) -> None:
        """Nothing has to be freed."""
