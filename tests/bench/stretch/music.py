"""What can be measured on music, of which nobody knows how it should sound when stretched: it is compared with the original.

Each measure looks at moments of the original and at the moments of the stretched sound that belong to them. shape (n, 2) each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import butter, find_peaks, sosfiltfilt

from tests.sound.making import RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from relaxlisten.units import AudioArray, FloatArray

# An attack: the 5 ms after have ten times the energy (of the first difference) of the 20 ms before, more than any within 100 ms.
_AFTER, _BEFORE, _APART = (round(seconds * RATE_HZ) for seconds in (0.005, 0.020, 0.100))
_LEAST_RISE_DB = 10.0
# An attack is looked for within 15 ms of where it is due.
_REACH = round(0.015 * RATE_HZ)
# -70 dBFS: what is quieter counts as silence.
_QUIET = 10.0 ** (-70.0 / 10.0)
# Level and stereo are compared over 400 ms, as loudness is (ITU-R BS.1770); spectra over 46 ms.
_WINDOW = round(0.400 * RATE_HZ)
_FRAME = 2048
_AUDIBLE = butter(4, 20.0, "highpass", fs=RATE_HZ, output="sos")


def audible(sound: AudioArray) -> AudioArray:
    """Only what is above 20 Hz: some published music has a constant offset 10 dB above all that is heard of it."""
    return sosfiltfilt(_AUDIBLE, sound, axis=0).astype(np.float32)


def rise_db(sound: AudioArray) -> FloatArray:
    """For each frame the energy of what is quick in the 5 ms from it on, against that of the 20 ms before."""
    quick = (np.diff(sound.astype(np.float64), axis=0, prepend=sound[:1]) ** 2).sum(axis=1)
    total = np.concatenate([np.zeros(_BEFORE), np.cumsum(quick), np.full(_AFTER, quick.sum())])
    now, before, after = total[_BEFORE:-_AFTER], total[: -_AFTER - _BEFORE], total[_BEFORE + _AFTER :]
    least = _QUIET * 1e-2
    return 10.0 * np.log10(((after - now) / _AFTER + least) / ((now - before) / _BEFORE + least))


def attacks(sound: AudioArray) -> NDArray[np.intp]:
    """The frames at which something begins suddenly; that an excerpt begins is none."""
    found = find_peaks(rise_db(sound), height=_LEAST_RISE_DB, distance=_APART)[0]
    return found[found > _APART]


def attack_changes(original: AudioArray, stretched: AudioArray, ratio: float) -> tuple[FloatArray, FloatArray]:
    """For each attack: how far from where it is due, in ms, and how much less it rises, in dB (smeared, or announced)."""
    before, after = rise_db(original), rise_db(stretched)
    found = [at for at in attacks(original) if _REACH < round(at * ratio) < len(stretched) - _REACH]
    near = [after[round(at * ratio) - _REACH : round(at * ratio) + _REACH + 1] for at in found]
    places = np.array([round(at * ratio) - _REACH + int(one.argmax()) for at, one in zip(found, near, strict=True)])
    off_ms = (places - ratio * np.array(found)) / RATE_HZ * 1000.0
    return off_ms, np.array([before[at] - one.max() for at, one in zip(found, near, strict=True)])


def level_changes_db(original: AudioArray, stretched: AudioArray, ratio: float) -> FloatArray:
    """The change of level of each 400 ms that are not silent."""
    pairs = _pairs(original, stretched, ratio, _WINDOW)
    energies = np.array([[np.mean(one.astype(np.float64) ** 2) for one in pair] for pair in pairs])
    heard = energies[:, 0] > _QUIET
    return 10.0 * np.log10(energies[heard, 1] / energies[heard, 0])


def width_changes_db(original: AudioArray, stretched: AudioArray, ratio: float) -> FloatArray:
    """The change of the level of the difference of both sides against that of their sum, in each 400 ms that have both."""
    pairs = _pairs(original, stretched, ratio, _WINDOW)
    energies = np.array([[_sum_and_difference(one) for one in pair] for pair in pairs])
    heard = (energies[:, 0] > _QUIET).all(axis=1)
    shares = energies[heard, :, 1] / energies[heard, :, 0]
    return 10.0 * np.log10(shares[:, 1] / shares[:, 0])


def spectrum_change_db(original: AudioArray, stretched: AudioArray, ratio: float) -> float:
    """How far magnitudes are from the original's where it is steady, against them: what sounds hollow, rough or "phasey".

    The measure of Laroche & Dolson (1999, doi:10.1109/89.759041), with the original's frames in the place of the wanted ones.
    """
    pairs = _pairs(original, stretched, ratio, _FRAME)
    before, after = (_magnitudes([pair[which] for pair in pairs]) for which in (0, 1))
    flux = np.maximum(np.diff(before, axis=0, prepend=before[:1]), 0.0).sum(axis=(1, 2)) / (before.sum(axis=(1, 2)) + 1e-9)
    steady = flux <= np.median(flux)
    return float(10.0 * np.log10(np.sum((after - before)[steady] ** 2) / np.sum(before[steady] ** 2)))


def _pairs(original: AudioArray, stretched: AudioArray, ratio: float, size: int) -> list[tuple[AudioArray, AudioArray]]:
    """Pieces of this size from all through the original, half over each other, and what became of them: equal middles."""
    half = size // 2
    middles = range(size, len(original) - size, half)
    due = [(middle, round(middle * ratio)) for middle in middles]
    return [(original[at - half : at + half], stretched[to - half : to + half]) for at, to in due if to + half <= len(stretched)]


def _sum_and_difference(piece: AudioArray) -> tuple[float, float]:
    left, right = piece.T.astype(np.float64)
    return float(np.mean((left + right) ** 2)), float(np.mean((left - right) ** 2))


def _magnitudes(pieces: list[AudioArray]) -> FloatArray:
    """Shape (pieces, bins, sides)."""
    return np.abs(np.fft.rfft(np.stack(pieces) * np.hanning(_FRAME)[:, None], axis=1))
