"""Soft rain: noise shaped in frequency, that can be taken up at any place. In another colour it is the sea.

Decision: overlapping grains, each drawn from a generator of its own (seeded by piece and number), so that grain 4711 is the same
whether one came there by listening or by a seek.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.units import AudioArray

# Level of the rain over frequency (Hz, amplitude): a dark hush, nothing below 200 Hz, little above 5 kHz.
_COLOUR_HZ = (0.0, 150.0, 400.0, 900.0, 2200.0, 4500.0, 7500.0, 10000.0)
_COLOUR = (0.0, 0.0, 0.8, 1.0, 0.7, 0.35, 0.08, 0.0)


class Rain:
    """Blocks of rain on the renderer's grid."""

    def __init__(
        self, rate_hz: int, block: int, seed: int, *, colour_hz: Sequence[float] = _COLOUR_HZ, colour: Sequence[float] = _COLOUR
    ) -> None:
        self._rate_hz, self._block, self._seed = rate_hz, block, seed
        self._window = np.sin(np.pi * (np.arange(2 * block) + 0.5) / (2 * block)).astype(np.float32)
        self._kept: dict[int, AudioArray] = {}
        frequencies_hz = np.fft.rfftfreq(2 * block, 1.0 / rate_hz)
        # White noise spreads its power up to half the rate: scaled, so that a band weighs the same at all rates.
        self._colour = (np.interp(frequencies_hz, colour_hz, colour) * np.sqrt(rate_hz / 44100.0)).astype(np.float32)

    def sound(self, number: int) -> AudioArray:
        """Block `number`, shape (2, block), RMS near 1/3: the end of one grain and the beginning of the next."""
        ending, beginning = self._grain(number), self._grain(number + 1)
        block: AudioArray = ending[:, self._block :] + beginning[:, : self._block]
        return block

    def _grain(self, number: int) -> AudioArray:
        if number not in self._kept:
            self._kept = {kept: grain for kept, grain in self._kept.items() if kept == number - 1}
            self._kept[number] = self._shaped(number)
        return self._kept[number]

    def _shaped(self, number: int) -> AudioArray:
        chance = np.random.default_rng((self._seed, number))
        noise = chance.standard_normal((2, 2 * self._block), np.float32)
        noise[1] = 0.5 * noise[0] + 0.8660254 * noise[1]  # half alike in both ears: around the head, not split in two
        grain: AudioArray = np.fft.irfft(np.fft.rfft(noise, axis=1) * self._colour, axis=1).astype(np.float32) * self._window
        return grain
