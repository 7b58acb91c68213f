"""A whole session with a piece whose tempo drifts: what is heard keeps the tempo that was asked for, or the piece its own."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from relaxlisten.assembly import Parts, assemble
from relaxlisten.finding import FoundTrack
from relaxlisten.messages import PlaybackPlan, SoundState, Track, TrackFound
from relaxlisten.music.beat_grid import beat_grid
from relaxlisten.music.beat_path import beat_path
from relaxlisten.replay import load_record, replay
from relaxlisten.runtime import run_offline
from relaxlisten.settings import SessionSettings
from relaxlisten.terms import TempoSource
from tests.music.test_tempo_map import beats_at
from tests.test_runtime import ScriptedLibrary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relaxlisten.units import FloatArray

RATE_HZ = 22_050
SECONDS = 150.0
HEART_BPM = 66.0


def drift(time_s: float) -> float:
    return HEART_BPM * (1.0 + 0.05 * np.sin(2.0 * np.pi * time_s / 90.0))


BEATS_S = beats_at(drift, SECONDS - 1.0)


class Library(ScriptedLibrary):
    def scan(self) -> None:
        self.complete = True


def clicks(beats_s: Sequence[float]) -> FloatArray:
    sound = np.zeros(round(SECONDS * RATE_HZ))
    shape = 0.4 * np.exp(-np.arange(60) / 12.0) * (-1.0) ** np.arange(60)
    for beat_s in beats_s:
        at = round(beat_s * RATE_HZ)
        sound[at : at + 60] += shape
    return sound


def click_times_s(path: Path) -> FloatArray:
    sound, rate_hz = soundfile.read(path)
    loud = np.flatnonzero(np.abs(np.diff(sound[:, 0], 2)) > 0.02)
    return loud[np.diff(loud, prepend=-rate_hz) > 0.3 * rate_hz] / rate_hz


def session(folder: Path, kind: str) -> Parts:
    soundfile.write(folder / "drifting.wav", clicks(BEATS_S), RATE_HZ)
    (folder / "rr.txt").write_text("\n".join([f"{60_000.0 / HEART_BPM:.0f}"] * 250))
    (folder / "own.toml").write_text(f'[[phase]]\nname = "Only"\nkind = "{kind}"\nminutes = 2.2\n')
    track = Track(
        track_id="file:drifting.wav", title="Drifting", duration_s=SECONDS, tempo_bpm=HEART_BPM,
        tempo_source=TempoSource.ESTIMATE, first_beat_s=BEATS_S[0], beat_path=beat_path(BEATS_S),
    )  # fmt: skip
    settings = SessionSettings(
        sensor=f"file:{folder / 'rr.txt'}", protocol=str(folder / "own.toml"), render=folder / "heard.wav", offline=True,
        out=folder / "session",
    )  # fmt: skip
    library = Library({0.0: [FoundTrack(track=track, path=folder / "drifting.wav")]})
    return dataclasses.replace(assemble(settings), library=library)  # type: ignore[arg-type]


def smoothed_bpm(times_s: FloatArray) -> FloatArray:
    return 60.0 * 16 / (times_s[16:] - times_s[:-16])


@pytest.mark.parametrize(("kind", "wander"), [("match", 0.012), ("baseline", None)])
def test_drift_is_taken_out_where_a_tempo_is_asked_for_and_left_where_the_music_stays_as_it_is(tmp_path, kind, wander):
    outcome = run_offline(session(tmp_path, kind))
    assert outcome.failure is None
    record = load_record(tmp_path / "session")
    assert replay(record).difference is None
    heard_bpm = smoothed_bpm(click_times_s(tmp_path / "heard.wav"))
    if wander is None:
        own_bpm = smoothed_bpm(np.array(BEATS_S))
        assert np.abs(heard_bpm[5:80] / own_bpm[5:80] - 1.0).max() < 0.004
    else:
        after = heard_bpm[35:100]  # once the tempo has met the heart
        assert np.abs(after / HEART_BPM - 1.0).max() < wander
        assert np.abs(smoothed_bpm(np.array(BEATS_S))[35:100] / HEART_BPM - 1.0).max() > 0.035


def test_what_is_told_of_the_beat_is_what_is_heard_and_no_ratio_leaves_the_limits(tmp_path):
    run_offline(session(tmp_path, "match"))
    events = [one.event for one in load_record(tmp_path / "session").events]
    (found,) = [event for event in events if isinstance(event, TrackFound)]
    states = [event for event in events if isinstance(event, SoundState) and event.audible]
    grid = beat_grid(found.track)
    assert all(state.beat_index == max(grid.index(state.source_s), -1) for state in states)
    late = [state.tempo_bpm for state in states if 45.0 < state.time_s < 120.0]
    assert max(late) / min(late) < 1.02
    ratios = [event.time_ratio for event in events if isinstance(event, PlaybackPlan)]
    assert max(ratios) <= 1.0 / 0.92 + 1e-9
    assert min(ratios) >= 1.0 / 1.08 - 1e-9
