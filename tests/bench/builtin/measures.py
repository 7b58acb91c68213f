"""What can be measured on a whole built-in piece: level, calm, repetition, and what rendering it costs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import resample_poly

from relaxlisten.music.compose import open_piece
from relaxlisten.music.loudness import LoudnessMeter

if TYPE_CHECKING:
    from relaxlisten.music.pieces import Piece
    from relaxlisten.units import AudioArray, FloatArray

RATE_HZ = 44_100
SEED = 1
_BLOCK = 2048
_SEEKS = 5
_ALIKE_S = 20.0
_STEP_S = 0.5


def measure(piece: Piece) -> tuple[AudioArray, dict[str, float]]:
    """The whole piece, shape (n, 2), and its figures by name."""
    sound, costs = rendered(piece)
    mono = sound.mean(axis=1).astype(np.float64)
    meter = LoudnessMeter(RATE_HZ)
    meter.feed(sound)
    loudness = meter.result()
    figures = {
        "lufs": loudness.integrated_lufs or 0.0,
        "range": loudness.range_lu or 0.0,
        "peak": true_peak_dbtp(sound),
        "rise": largest_rise_db(mono),
        "centroid": centroid_hz(mono),
        "onsets": onsets_per_s(piece),
        "alike": most_alike(mono),
    }
    return sound, figures | costs


def rendered(piece: Piece) -> tuple[AudioArray, dict[str, float]]:
    """The piece read as the mixer reads it, block by block, with the processor time that this and seeking took."""
    source = open_piece(piece.name, RATE_HZ, SEED)
    blocks, costs_s = [], []
    while True:
        begun_s = time.process_time()
        block = source.read(_BLOCK)
        if not len(block):
            break
        costs_s.append(time.process_time() - begun_s)
        blocks.append(block)
    seeks_s = [_seek_cost_s(piece, (number + 0.5) / _SEEKS) for number in range(_SEEKS)]
    sound = np.concatenate(blocks)
    figures = {
        "speed": len(sound) / RATE_HZ / sum(costs_s),
        "worst": 1e3 * max(costs_s),
        "seek": 1e3 * float(np.median(seeks_s)),
    }
    return sound, figures


def _seek_cost_s(piece: Piece, place: float) -> float:
    """From a freshly opened piece to the first block at a place in it."""
    source = open_piece(piece.name, RATE_HZ, SEED)
    begun_s = time.process_time()
    source.seek(round(place * piece.duration_s * RATE_HZ))
    source.read(_BLOCK)
    return time.process_time() - begun_s


def true_peak_dbtp(sound: AudioArray) -> float:
    """By eight-fold oversampling."""
    peaks = [np.abs(resample_poly(part, 8, 1, axis=0)).max() for part in np.array_split(sound, 64)]
    return float(20.0 * np.log10(max(peaks)))


def largest_rise_db(mono: FloatArray) -> float:
    """How far any 0.4 s come out over the 3.2 s before them: what might startle. The first 10 s and near-silence are left out."""
    size = round(0.4 * RATE_HZ)
    power = np.mean(mono[: mono.size // size * size].reshape(-1, size) ** 2, axis=1)
    before = np.convolve(power, np.ones(8) / 8, "full")[: power.size]
    rises = 10.0 * np.log10((power[25:] + 1e-6) / (before[24:-1] + 1e-6))
    return float(rises.max())


def centroid_hz(mono: FloatArray) -> float:
    """Where the middle of the spectrum's power is."""
    power = np.abs(np.fft.rfft(mono)) ** 2
    return float(np.sum(power * np.fft.rfftfreq(mono.size, 1.0 / RATE_HZ)) / np.sum(power))


def onsets_per_s(piece: Piece) -> float:
    """Moments at which at least one note begins."""
    score = piece.compose(SEED)
    return len({round(note.beat, 3) for note in score.notes}) / score.duration_s


def most_alike(mono: FloatArray) -> float:
    """How alike the two most alike stretches of 20 s are, at least 10 s apart: 1 for a loop.

    The mean cosine of their spectra in semitones (2 s long, every half second), each taken against the piece's mean, so that
    the same key alone does not count.
    """
    spectra = _semitones(mono)
    likeness = spectra @ spectra.T
    span = round(_ALIKE_S / _STEP_S)
    best = 0.0
    for lag in range(round(10.0 / _STEP_S), len(spectra) - span):
        diagonal = np.diagonal(likeness, lag)
        best = max(best, float(np.convolve(diagonal, np.ones(span) / span, "valid").max()))
    return best


def _semitones(mono: FloatArray) -> FloatArray:
    """Compressed power per semitone from 65 Hz to 2 kHz, minus its mean, each of length 1; shape (n, 60)."""
    size = 2 * RATE_HZ
    frequencies_hz = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
    place = np.round(12.0 * np.log2(np.maximum(frequencies_hz, 1.0) / 65.41)).astype(int)
    heard = (place >= 0) & (place < 60)
    window = np.hanning(size)
    spectra = np.array(
        [
            np.bincount(place[heard], (np.abs(np.fft.rfft(mono[at : at + size] * window)) ** 2)[heard], 60) ** 0.25
            for at in range(0, mono.size - size, round(_STEP_S * RATE_HZ))
        ]
    )
    spectra -= spectra.mean(axis=0)
    even: FloatArray = spectra / (np.linalg.norm(spectra, axis=1, keepdims=True) + 1e-9)
    return even
