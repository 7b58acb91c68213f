"""Where the beats of click-track pieces are in a recording, and where the session said that they would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from scipy.ndimage import maximum_filter1d

from tests.system.soundcard.virtual import RATE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relaxlisten.messages import SoundState
    from relaxlisten.units import AudioArray, FloatArray

_PITCHES_HZ = (3_000.0, 6_000.0, 10_000.0)  # one for each piece, so that two that sound at once can be told apart
_CLICK_S = 0.004


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickTrack:
    """A piece of clicks of one pitch, one on each beat. name: of its file."""

    name: str
    tempo_bpm: float
    first_beat_s: float
    pitch_hz: float

    def beat_s(self, beat: FloatArray) -> FloatArray:
        """Source seconds of beats."""
        return self.first_beat_s + beat * 60.0 / self.tempo_bpm


def write_click_tracks(folder: Path, tempi_bpm: Sequence[float], seconds: float) -> list[ClickTrack]:
    """Click tracks with a quiet tone under them, and their tempi beside them."""
    tracks = []
    for number, (tempo_bpm, pitch_hz) in enumerate(zip(tempi_bpm, _PITCHES_HZ, strict=False)):
        track = ClickTrack(name=f"clicks-{number}.flac", tempo_bpm=tempo_bpm, first_beat_s=0.8 + 0.3 * number, pitch_hz=pitch_hz)
        soundfile.write(folder / track.name, _clicks(track, seconds), RATE_HZ)
        beside = f"tempo_bpm = {tempo_bpm}\nfirst_beat_s = {track.first_beat_s}\n"
        (folder / f"{track.name}.toml").write_text(beside, encoding="utf-8")
        tracks.append(track)
    return tracks


def _clicks(track: ClickTrack, seconds: float) -> AudioArray:
    frames = np.arange(round(seconds * RATE_HZ))
    sound = 0.02 * np.sin(2.0 * np.pi * 220.0 * frames / RATE_HZ)
    shape = _shape(track.pitch_hz)
    for beat_s in track.beat_s(np.arange((seconds - 1.0) * track.tempo_bpm / 60.0 - 1.0)):
        at = round(beat_s * RATE_HZ)
        sound[at : at + len(shape)] += 0.2 * shape
    return np.stack([sound, sound], axis=1).astype(np.float32)


def _shape(pitch_hz: float) -> FloatArray:
    time_s = np.arange(round(_CLICK_S * RATE_HZ)) / RATE_HZ
    return np.cos(2.0 * np.pi * pitch_hz * time_s) * np.hanning(len(time_s))


def heard_clicks(recording: FloatArray, tracks: Sequence[ClickTrack]) -> dict[str, FloatArray]:
    """Frames at which the clicks of each piece begin in a recording, by track id; not those that are 26 dB down in a fade."""
    matches = {f"file:{track.name}": _match(recording, track) for track in tracks}
    least = 0.05 * max(match.max() for match in matches.values())
    return {track_id: _peaks(match, least) for track_id, match in matches.items()}


def _match(recording: FloatArray, track: ClickTrack) -> AudioArray:
    """Correlation with the click of a piece, for each frame."""
    shape = _shape(track.pitch_hz)
    size = 1 << 18
    step = size - len(shape)
    kernel = np.conj(np.fft.rfft(shape, size))
    parts = []
    for start in range(0, len(recording), step):
        part = recording[start : start + size]
        parts.append(np.abs(np.fft.irfft(np.fft.rfft(part, size) * kernel, size)[: min(step, len(part))]).astype(np.float32))
    return np.concatenate(parts)


def _peaks(match: AudioArray, least: float) -> FloatArray:
    """Frames at which the correlation is the largest within 100 ms on both sides, and no less than `least`."""
    largest_near = maximum_filter1d(match, 2 * round(0.1 * RATE_HZ) + 1)
    return np.flatnonzero((match >= largest_near) & (match > least)).astype(np.float64)


def told_errors_s(clicks_s: FloatArray, track: ClickTrack, states: Sequence[SoundState], offset_s: float) -> FloatArray:
    """How much later each click is heard than the nearest SoundState of its piece says; clicks without one are left out.

    offset_s: what has to be added to the moments of the clicks to give the session's.
    """
    ours = [state for state in states if state.audible and state.track_id == f"file:{track.name}"]
    told_at_s = np.array([state.dac_time_s for state in ours])
    errors = []
    for click_s in clicks_s + offset_s:
        state = ours[int(np.abs(told_at_s - click_s).argmin())]
        if abs(state.dac_time_s - click_s) > 0.5:
            continue
        source_s = state.source_s + (click_s - state.dac_time_s) / state.time_ratio
        beat = np.round((source_s - track.first_beat_s) * track.tempo_bpm / 60.0)
        errors.append((source_s - track.beat_s(beat)) * state.time_ratio)
    return np.array(errors)


def together_s(leaving: FloatArray, coming: FloatArray, around_s: tuple[float, float]) -> FloatArray:
    """How far the clicks of two pieces are apart in a cross-fade: for each of the one that leaves, the nearest of the other."""
    leaving, coming = (clicks[(clicks > around_s[0]) & (clicks < around_s[1])] for clicks in (leaving, coming))
    both = leaving[leaving > coming.min() - 0.3]
    return np.array([np.abs(coming - at_s).min() for at_s in both])
