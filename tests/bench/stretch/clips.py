"""Ten seconds of a few pieces, before and after, to listen to: as loud as each other, FLAC of 24 bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soundfile

from relaxlisten.music.loudness import LoudnessMeter
from tests.bench.stretch import pieces
from tests.bench.stretch.engines import installed
from tests.sound.making import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from relaxlisten.units import AudioArray

LENGTH_S = 10.0
RATIOS = (0.92, 1.08)
# Quiet enough that no clip has to be turned down on its own.
LUFS = -23.0
_REAL, _BUILT_IN = 5, 3


def write(folder: Path, music: Path | None) -> Iterator[str]:
    """Write the clips into the folder; the name of each."""
    folder.mkdir(parents=True, exist_ok=True)
    excerpts = pieces.real(music, LENGTH_S)[0][:_REAL] + pieces.built_in(LENGTH_S)[:_BUILT_IN]
    for excerpt in excerpts:
        versions = {"original": excerpt.sound}
        for engine in installed():
            versions |= {f"{ratio:.2f} {engine.name}": engine.play(excerpt.sound, ratio) for ratio in RATIOS}
        for name, sound in equally_loud(versions).items():
            path = folder / f"{excerpt.name} - {name}.flac"
            soundfile.write(path, sound, RATE_HZ, subtype="PCM_24")
            yield path.name


def equally_loud(versions: dict[str, AudioArray]) -> dict[str, AudioArray]:
    """All at LUFS; if one of them would go over full scale so, all are lower by as much."""
    even = {name: sound * gain_of(sound) for name, sound in versions.items()}
    peak = max(float(np.abs(sound).max()) for sound in even.values())
    return {name: sound / max(peak, 1.0) for name, sound in even.items()}


def gain_of(sound: AudioArray) -> np.float32:
    """What brings it to LUFS; 1 for silence."""
    meter = LoudnessMeter(RATE_HZ)
    meter.feed(sound)
    lufs = meter.result().integrated_lufs
    return np.float32(1.0 if lufs is None else 10.0 ** ((LUFS - lufs) / 20.0))
