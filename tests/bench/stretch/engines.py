"""The engines, behind one shape: a sound and a ratio in, the stretched sound out, its frame 0 at the input's frame 0."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import relaxlisten
from relaxlisten.sound.stretch import PhaseVocoder
from tests.sound.making import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Callable

    import pylibrb

    from relaxlisten.units import AudioArray, FloatArray

    # One number, or one for each input frame.
    Ratio = float | FloatArray

OURS = "RelaxListen"
# What the program feeds at once; and how many frames share one ratio where it moves.
BLOCK, MOVING_BLOCK = 2048, 256
PINS = {"pylibrb": "0.1.2", "python-stretch": "0.3.1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """module: without which it cannot run. can_move: whether its ratio may change on the way."""

    name: str
    module: str
    play: Callable[[AudioArray, Ratio], AudioArray]
    can_move: bool = True


def ours(sound: AudioArray, ratio: Ratio) -> AudioArray:
    """Streamed; where the ratio moves, by the public call, which streams too."""
    if isinstance(ratio, np.ndarray):
        return relaxlisten.stretch(sound, RATE_HZ, ratio)
    vocoder = PhaseVocoder(sound.shape[1], RATE_HZ)
    fed = np.concatenate([sound, np.zeros((2 * vocoder.latency_frames, sound.shape[1]), np.float32)])
    parts = [vocoder.feed(fed[at : at + BLOCK], ratio) for at in range(0, len(fed), BLOCK)]
    return np.concatenate(parts)[: round(len(sound) * ratio)]


def _options() -> pylibrb.Option:
    """R3 ("finer") in real time, both sides together, which keeps the stereo image better than its default does."""
    from pylibrb import Option

    return Option.PROCESS_REALTIME | Option.ENGINE_FINER | Option.CHANNELS_TOGETHER


def rubber_band(sound: AudioArray, ratio: Ratio) -> AudioArray:
    """Streamed, with the padding and the delay that it asks for; the ratio is set before each block."""
    import pylibrb

    moving = isinstance(ratio, np.ndarray)
    of_frame = ratio if moving else np.full(len(sound), ratio)
    block = MOVING_BLOCK if moving else BLOCK
    engine = pylibrb.RubberBandStretcher(RATE_HZ, sound.shape[1], _options(), float(of_frame[0]))
    engine.set_max_process_size(block)
    lead, delay = engine.get_preferred_start_pad(), engine.get_start_delay()
    tail = 8 * lead
    fed = np.pad(sound, ((lead, tail), (0, 0))).T
    of_frame = np.pad(of_frame, (lead, tail), "edge")
    parts = []
    for at in range(0, fed.shape[1], block):
        engine.time_ratio = float(of_frame[at : at + block].mean())
        engine.process(np.ascontiguousarray(fed[:, at : at + block]))
        parts.append(engine.retrieve_available())
    return np.concatenate(parts, axis=1).T[delay : delay + round(float(of_frame[lead:-tail].sum()))]


def rubber_band_delayed(sound: AudioArray, ratio: Ratio) -> AudioArray:
    """The same, with each ratio set as many frames late as the engine holds: its ratio acts on what was fed before."""
    import pylibrb

    if not isinstance(ratio, np.ndarray):
        return rubber_band(sound, ratio)
    hold = pylibrb.RubberBandStretcher(RATE_HZ, sound.shape[1], _options()).get_preferred_start_pad()
    return rubber_band(sound, np.pad(ratio, (hold, 0), "edge")[: len(ratio)])


def signalsmith(sound: AudioArray, ratio: Ratio) -> AudioArray:
    """The whole sound at once, which is the only way that its wheel offers."""
    import python_stretch.Signalsmith

    engine = python_stretch.Signalsmith.Stretch(0)
    engine.preset(sound.shape[1], RATE_HZ)
    engine.timeFactor = 1.0 / ratio
    return engine.process(np.ascontiguousarray(sound.T)).T


DELAYED = Engine(name="Rubber Band R3, ratio delayed", module="pylibrb", play=rubber_band_delayed)
ENGINES = (
    Engine(name=OURS, module="relaxlisten", play=ours),
    Engine(name="Rubber Band R3", module="pylibrb", play=rubber_band),
    Engine(name="Signalsmith", module="python_stretch", play=signalsmith, can_move=False),
)


def is_installed(engine: Engine) -> bool:
    return importlib.util.find_spec(engine.module) is not None


def installed() -> list[Engine]:
    return [engine for engine in ENGINES if is_installed(engine)]
