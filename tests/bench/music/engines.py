"""Ours and the peers, behind one shape: a sound in, tempo and beats out."""

from __future__ import annotations

import importlib.util
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.analysis import analyse
from tests.bench.music.render import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.terms import Pulse
    from relaxlisten.units import AudioArray

OURS = "RelaxListen"
PINS = {"librosa": "0.11.0", "numba": "0.61.2", "aubio": "0.4.9", "mir_eval": "0.8.2", "mido": "1.3.3"}
_BLOCK = 65_536
_HOP = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """clarity: how sure of a pulse, in the engine's own unit. pulse, key: None where an engine says nothing of it."""

    tempo_bpm: float | None
    beats_s: tuple[float, ...]
    clarity: float
    pulse: Pulse | None = None
    key: str | None = None
    top_bpm: tuple[float, ...] = ()
    bars: tuple[int, float] | None = None
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """module: without which it cannot run."""

    name: str
    module: str
    hear: Callable[[AudioArray], Answer]

    def timed(self, sound: AudioArray) -> Answer:
        """The answer, with the processor time it took."""
        start_s = time.process_time()
        answer = self.hear(sound)
        return replace(answer, cpu_s=time.process_time() - start_s)


def _ours(sound: AudioArray) -> Answer:
    found = analyse((sound[at : at + _BLOCK] for at in range(0, len(sound), _BLOCK)), RATE_HZ)
    bars = None
    if found.beats_per_bar is not None and found.first_downbeat is not None:
        bars = found.beats_per_bar, found.beats_s[found.first_downbeat]
    return Answer(
        tempo_bpm=found.tempo_bpm,
        beats_s=found.beats_s,
        clarity=found.pulse_clarity,
        pulse=found.pulse,
        key=found.key,
        top_bpm=tuple(one.tempo_bpm for one in found.tempo_candidates[:3]),
        bars=bars,
    )


def _librosa(start_bpm: float, sound: AudioArray) -> Answer:
    import librosa

    mono = librosa.resample(sound.mean(axis=1), orig_sr=RATE_HZ, target_sr=22_050, res_type="soxr_hq")
    strength = librosa.onset.onset_strength(y=mono, sr=22_050)
    tempo_bpm, beats_s = librosa.beat.beat_track(onset_envelope=strength, sr=22_050, start_bpm=start_bpm, units="time")
    at_beats = strength[np.minimum(librosa.time_to_frames(beats_s, sr=22_050), strength.size - 1)]
    clarity = float(np.mean(at_beats) / (np.mean(strength) + 1e-9)) if len(beats_s) else 0.0
    return Answer(tempo_bpm=float(np.atleast_1d(tempo_bpm)[0]) or None, beats_s=tuple(beats_s.tolist()), clarity=clarity)


def _aubio(sound: AudioArray) -> Answer:
    import aubio

    mono = np.ascontiguousarray(sound.mean(axis=1), np.float32)
    tracker = aubio.tempo("default", 2 * _HOP, _HOP, RATE_HZ)
    beats_s: list[float] = []
    sure: list[float] = []
    for at in range(0, mono.size - _HOP + 1, _HOP):
        if tracker(mono[at : at + _HOP]):
            beats_s.append(float(tracker.get_last_s()))
            sure.append(float(tracker.get_confidence()))
    tempo_bpm = 60.0 / float(np.median(np.diff(beats_s))) if len(beats_s) > 2 else None
    return Answer(tempo_bpm=tempo_bpm, beats_s=tuple(beats_s), clarity=float(np.mean(sure)) if sure else 0.0)


ENGINES = (
    Engine(name=OURS, module="relaxlisten", hear=_ours),
    Engine(name="librosa", module="librosa", hear=partial(_librosa, 120.0)),
    Engine(name="librosa, start 70", module="librosa", hear=partial(_librosa, 70.0)),
    Engine(name="aubio", module="aubio", hear=_aubio),
)


def installed() -> list[Engine]:
    return [engine for engine in ENGINES if importlib.util.find_spec(engine.module) is not None]
