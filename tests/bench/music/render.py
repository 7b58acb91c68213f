"""Placed music as sound: by fluidsynth with one of Debian's two soundfonts, or by a small synthesiser of our own, which needs
none."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from scipy.signal import butter, fftconvolve, sosfilt

from tests.bench.music.midi import midi_file
from tests.bench.music.score import DRUMS

if TYPE_CHECKING:
    from relaxlisten.units import AudioArray, FloatArray
    from tests.bench.music.score import Music, Note

RATE_HZ = 44_100
FONTS = {
    "FluidR3": Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"),
    "TimGM6mb": Path("/usr/share/sounds/sf2/TimGM6mb.sf2"),
}
OWN = "own"
_PEAK = 0.5


def missing() -> str | None:
    """What must be installed before the corpus can sound, if anything."""
    if shutil.which("fluidsynth") is None or not all(font.exists() for font in FONTS.values()):
        return "apt-get install --no-install-recommends fluidsynth fluid-soundfont-gm timgm6mb-soundfont"
    return None


def render(music: Music, sounds: str, length_s: float, room: float) -> AudioArray:
    """Stereo at 44.1 kHz, shape (n, 2), peak 0.5. sounds: a name of `FONTS`, or `OWN`. room: 0 (dry) to 1 (a hall)."""
    sound = _own(music, length_s, room) if sounds == OWN else render_midi(midi_file(music), sounds, room)
    frames = round(length_s * RATE_HZ)
    sound = np.pad(sound[:frames], ((0, max(frames - len(sound), 0)), (0, 0)))
    scaled: AudioArray = (sound * (_PEAK / max(float(np.abs(sound).max()), 1e-9))).astype(np.float32)
    return scaled


def render_midi(midi: bytes, font: str, room: float) -> AudioArray:
    """A MIDI file as fluidsynth plays it."""
    with tempfile.TemporaryDirectory() as folder:
        score, heard = Path(folder, "score.mid"), Path(folder, "heard.wav")
        score.write_bytes(midi)
        reverb = ("-o", f"synth.reverb.room-size={room:.2f}", "-o", f"synth.reverb.level={0.2 + 0.7 * room:.2f}")
        order = ["fluidsynth", "-niq", *reverb, "-C", "0", "-g", "0.5", "-r", str(RATE_HZ), "-F", heard, FONTS[font], score]
        subprocess.run(order, check=True, capture_output=True)
        return soundfile.read(heard, dtype="float32", always_2d=True)[0]


def _own(music: Music, length_s: float, room: float) -> AudioArray:
    """Partials with an envelope for what is pitched, filtered noise for drums, and an exponential room."""
    frames = round((length_s + 1.0) * RATE_HZ)
    dry = np.zeros(frames)
    chance = np.random.default_rng(len(music.notes))
    for note in music.notes:
        sound = _drum(note, chance) if note.channel == DRUMS else _tone(note, music.programs.get(note.channel, 0))
        at = round(note.at * RATE_HZ)
        dry[at : at + sound.size] += sound[: max(frames - at, 0)]
    tail = (
        chance.standard_normal((round(1.5 * RATE_HZ), 2)) * np.exp(-np.arange(round(1.5 * RATE_HZ)) / (0.25 * RATE_HZ))[:, None]
    )
    wet = np.stack([fftconvolve(dry, tail[:, side])[:frames] for side in (0, 1)], axis=1) / 60.0
    return (dry[:, None] + room * wet).astype(np.float32)


def _tone(note: Note, program: int) -> FloatArray:
    """Keys, mallets and strings that are plucked decay; bowed, blown and padded ones swell and end."""
    hz = 440.0 * 2.0 ** ((note.pitch - 69) / 12)
    decays = program < 16 or 24 <= program < 40 or program in (45, 46)
    rings_s = 0.4 if not decays else min(1.2, 150.0 / hz) if program >= 8 else 0.5
    time_s = np.arange(round((note.length + rings_s) * RATE_HZ)) / RATE_HZ
    rise_s = 0.004 if decays else 0.15 if program >= 88 else 0.07
    shape = (1.0 - np.exp(-time_s / rise_s)) * np.exp(-np.maximum(time_s - note.length, 0.0) / (0.25 * rings_s))
    if decays:
        shape *= np.exp(-time_s / (2.5 * (220.0 / hz) ** 0.6))
    softness = 2.2 - note.velocity / 127.0
    tone = sum(np.sin(2 * np.pi * k * hz * time_s + 0.7 * k) / k**softness for k in range(1, 8) if k * hz < 16_000)
    return (note.velocity / 127.0) ** 1.5 * shape * tone


def _drum(note: Note, chance: np.random.Generator) -> FloatArray:
    time_s = np.arange(round(0.25 * RATE_HZ)) / RATE_HZ
    loud = (note.velocity / 127.0) ** 1.5
    if note.pitch == 36:
        return 2.0 * loud * np.exp(-time_s / 0.08) * np.sin(2 * np.pi * (50.0 * time_s + 4.0 * (1 - np.exp(-time_s / 0.02))))
    low_hz, fades_s = (5000.0, 0.03) if note.pitch in (42, 44, 51) else (900.0, 0.07)
    hiss = sosfilt(butter(2, low_hz, "highpass", fs=RATE_HZ, output="sos"), chance.standard_normal(time_s.size))
    return 0.5 * loud * np.exp(-time_s / fades_s) * hiss
