"""Each engine through each trial: one small table of figures per trial, by name."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.stretch import measures, signals
from tests.sound.making import RATE_HZ

if TYPE_CHECKING:
    from relaxlisten.units import AudioArray, FloatArray
    from tests.bench.stretch.engines import Engine

RATIOS = (0.85, 0.92, 0.97, 1.03, 1.08, 1.15)
# While they start, engines may be off: what is measured begins with the fourth click, and after the first second of a tone.
_SETTLED_CLICKS = 3
# Parts of the pad on both sides of a click, in seconds from it.
_BEFORE_S, _AFTER_S = (-0.030, -0.0015), (0.004, 0.034)
_STEPS = (1.0, 0.85, 1.15, 1.0, 1.08, 0.92, 1.0, 0.97, 1.03)
_RUNS = 3


def steady(engine: Engine, ratio: float) -> dict[str, float]:
    """Tones, clicks and two sources on two sides, at one ratio."""
    made = (signals.tone(6.0), signals.harmonic(6.0), signals.two_places(6.0), signals.harmonic(6.0) + np.float32(signals.OFFSET))
    tone, harmonic, both, raised = (_inner(engine.play(sound, ratio)) for sound in made)
    train, due = signals.clicks(24, 0.75)
    sound = engine.play(train, ratio)[:, 0]
    places, due = _settled(sound, due * ratio)
    return {
        "tone": measures.residual_db(tone[:, 0], signals.TONE_HZ),
        "harmonic": measures.residual_db(harmonic[:, 0], signals.HARMONIC_HZ),
        "interval": float(np.std(measures.interval_errors_ms(places, due))),
        "smear": measures.smear_ms(sound, places),
        "pre-echo": measures.pre_echo_db(sound, places),
        **{name: _chord(engine, ratio, hz) for name, hz in (("chord", signals.CHORD_HZ), ("low chord", signals.LOW_CHORD_HZ))},
        "stereo": measures.leak_db(both, (signals.LEFT, signals.RIGHT), signals.HARMONIC_HZ, signals.BETWEEN_HZ),
        "offset": measures.offset_db(raised[:, 0], signals.OFFSET),
    }


def _chord(engine: Engine, ratio: float, frequencies_hz: tuple[float, ...]) -> float:
    """What half a second of a chord departs from steady tones of its pitches; the median."""
    sound = _inner(engine.play(signals.chord(frequencies_hz, 6.0), ratio))[:, 0]
    half = RATE_HZ // 2
    return float(
        np.median([measures.residual_db(sound[at : at + half], frequencies_hz) for at in range(0, len(sound) - half, half)])
    )


def over_pad(engine: Engine, ratio: float) -> dict[str, float]:
    """Clicks over two steady tones: the clicks, and what becomes of the tones around them."""
    train, due = signals.clicks(24, 0.75)
    sound = engine.play(train + signals.pad(len(train) / RATE_HZ), ratio)[:, 0]
    places, due = _settled(sound, due * ratio)
    clicks = np.round(due + np.median(places - due))
    before, before_size = _pad_around(sound, clicks, _BEFORE_S)
    after, after_size = _pad_around(sound, clicks, _AFTER_S)
    sizes = np.concatenate([before_size, after_size]) / signals.PAD_AMPLITUDE
    return {
        "worst interval": float(np.abs(measures.interval_errors_ms(places, due)).max()),
        "smear": measures.smear_ms(sound, places),
        "pre-echo": measures.pre_echo_db(sound, places),
        "pad before": before,
        "pad after": after,
        "pad level": float(np.abs(20.0 * np.log10(sizes)).max()),
    }


def changing(engine: Engine) -> dict[str, float]:
    """What is not of one ratio: at 1 the input, a ratio that moves, steps of it, and the speed."""
    noise = signals.noise(5.0)
    return {
        "unity": measures.difference_db(engine.play(noise, 1.0), noise),
        "ramp": ramp_ms(engine) if engine.can_move else math.nan,
        "steps": steps(engine) if engine.can_move else math.nan,
        "speed": times_real_time(engine),
    }


def ramp_ms(engine: Engine) -> float:
    """The worst click against the integral of a ratio that goes from 0.85 to 1.15 in 46 s."""
    train, places = signals.clicks(90, 0.5)
    ratio = np.linspace(0.85, 1.15, len(train))
    due = np.concatenate([[0.0], np.cumsum(ratio)])[places.astype(int)]
    return measures.worst_deviation_ms(*_settled(engine.play(train, ratio)[:, 0], due))


def steps(engine: Engine) -> float:
    """The largest second difference of the pad while the ratio steps every half second, against that of the pad itself."""
    sound = signals.pad(0.5 * 2 * len(_STEPS))
    ratio = np.repeat(_STEPS * 2, round(0.5 * RATE_HZ)).astype(np.float64)
    return measures.roughness(_inner(engine.play(sound, ratio))) / measures.roughness(sound)


def times_real_time(engine: Engine) -> float:
    """Seconds of sound (noise with clicks, both sides) for each second of processor time; the best of several runs."""
    train, _ = signals.clicks(24, 0.75)
    sound = train + signals.noise(len(train) / RATE_HZ)
    spent = []
    for ratio in (0.92, 1.08) * _RUNS:
        start_s = time.process_time()
        engine.play(sound, ratio)
        spent.append(time.process_time() - start_s)
    return len(sound) / RATE_HZ / min(spent)


def _inner(sound: AudioArray) -> AudioArray:
    """Without the first and the last second."""
    return sound[RATE_HZ:-RATE_HZ]


def _settled(sound: AudioArray, due: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where the clicks are, and where they are due, without those at the start."""
    due = due[_SETTLED_CLICKS:]
    return measures.click_places(sound, due), due


def _pad_around(sound: AudioArray, clicks: FloatArray, part_s: tuple[float, float]) -> tuple[float, FloatArray]:
    """The median residual of the pad in a part near each click, in dB, and the amplitudes of its tones there."""
    begin, end = (round(side * RATE_HZ) for side in part_s)
    parts = [sound[at + begin : at + end] for at in clicks.astype(int)]
    residuals_db = [measures.residual_db(part, signals.PAD_HZ) for part in parts]
    return float(np.median(residuals_db)), np.concatenate([measures.fit(part, signals.PAD_HZ)[0] for part in parts])
