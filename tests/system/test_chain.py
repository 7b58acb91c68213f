"""Strap to ears on real input: GATT notifications in, sound from a card out, the unmodified program between."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from relaxlisten.messages import Beat, Notice, Physiology, SensorState, TempoTarget
from relaxlisten.terms import Quality, SensorPhase
from tests.system.chain import Evidence, click_times_s, match_segments, run_chain
from tests.system.program import run
from tests.system.soundcard.virtual import RATE_HZ, missing_programs
from tests.system.strap.bench import missing as missing_strap

WHY_NOT = missing_strap() or (f"not installed: {', '.join(missing_programs())}" if missing_programs() else None)
pytestmark = [pytest.mark.system, pytest.mark.skipif(WHY_NOT is not None, reason=WHY_NOT or ""), pytest.mark.timeout(900)]

RR_FILE = Path("tests/data/exercise_rr_ms.txt").resolve()
CLICK_BPM = 66.0


@pytest.fixture
def click_track(tmp_path: Path) -> Path:
    """A folder with one piece: a steady tone, and a click on every beat; its tempo stands beside it."""
    folder = tmp_path / "music"
    folder.mkdir()
    frames = np.arange(240 * RATE_HZ)
    sound = 0.05 * np.sin(2.0 * np.pi * 220.0 * frames / RATE_HZ)
    for beat in range(int(240 * CLICK_BPM / 60.0) - 1):
        at = round((1.0 + beat * 60.0 / CLICK_BPM) * RATE_HZ)
        sound[at : at + 60] += 0.6 * np.exp(-np.arange(60) / 12.0) * (-1.0) ** np.arange(60)
    soundfile.write(folder / "clicks.wav", np.stack([sound, sound], axis=1), RATE_HZ)
    (folder / "clicks.wav.toml").write_text(f"tempo_bpm = {CLICK_BPM}\nfirst_beat_s = 1.0\n")
    return folder


def of(evidence: Evidence, kind: type) -> list:
    return [entry.event for entry in evidence.record.events if isinstance(entry.event, kind)]


def assert_whole(evidence: Evidence) -> None:
    """Every second that was rendered is in the recording, at the same distance from all others, unharmed."""
    matches = match_segments(evidence.rendered, evidence.heard)
    assert len(matches) > 5
    offsets_ms = np.array([match.offset_frames for match in matches]) / RATE_HZ * 1000.0
    assert np.ptp(offsets_ms) <= 50.0, offsets_ms


def test_a_strap_is_heard_and_met_by_music_that_follows_its_logged_tempo(tmp_path: Path, click_track: Path) -> None:
    evidence = run_chain(tmp_path, RR_FILE, click_track, minutes=1.5, seconds=100.0, qt="offscreen")
    assert evidence.exit_code == 0, evidence.output
    assert any(state.phase is SensorPhase.STREAMING for state in of(evidence, SensorState))
    assert len(of(evidence, Beat)) > 80
    assert of(evidence, Physiology)[-1].heart_rate_bpm is not None
    assert any("to meet the heart" in target.reason for target in of(evidence, TempoTarget))
    assert_whole(evidence)
    assert_tempo_is_as_logged(evidence)
    assert run("replay", tmp_path / "session", "--verify", home=tmp_path).returncode == 0


def assert_tempo_is_as_logged(evidence: Evidence) -> None:
    """The beats in the recording have the tempo that the record says was at the ear, within 1 % over every sixteen."""
    clicks_s = click_times_s(evidence.heard)
    offset_s = match_segments(evidence.rendered, evidence.heard)[0].offset_frames / RATE_HZ
    logged = [state for state in evidence.sound_states() if state.tempo_bpm is not None]
    assert len(clicks_s) > 60
    assert len({round(state.tempo_bpm, 2) for state in logged}) > 5  # the tempo did move
    first_audible_s = logged[0].dac_time_s - offset_s  # where the recording stands on the session clock, to within a second
    for start in range(2, len(clicks_s) - 20, 8):
        begin_s, end_s = clicks_s[start], clicks_s[start + 16]
        heard_bpm = 16 * 60.0 / (end_s - begin_s)
        near = [s.tempo_bpm for s in logged if begin_s - 2.0 <= s.dac_time_s - first_audible_s <= end_s + 2.0]
        if near:
            assert heard_bpm == pytest.approx(np.mean(near), rel=0.01)


def test_a_strap_that_goes_away_and_comes_back_leaves_a_gap_and_whole_music(tmp_path: Path, click_track: Path) -> None:
    evidence = run_chain(
        tmp_path, RR_FILE, click_track, minutes=1.6, strap=["--out-of-range-at", "25", "--for", "20"]
    )  # fmt: skip
    assert evidence.exit_code == 0, evidence.output
    states = [state.phase for state in of(evidence, SensorState)]
    lost = states.index(SensorPhase.WAITING)
    assert SensorPhase.STREAMING in states[lost:]
    assert_whole(evidence)
    beats = of(evidence, Beat)
    gap = max(range(1, len(beats)), key=lambda i: beats[i].time_s - beats[i - 1].time_s)
    assert beats[gap].time_s - beats[gap - 1].time_s >= 19.0
    assert beats[gap].quality is Quality.AFTER_GAP
    assert not beats[gap].follows
    silent_s = (beats[gap - 1].time_s + 11.0, beats[gap].time_s - 1.0)
    assert all(p.heart_rate_bpm is None for p in of(evidence, Physiology) if silent_s[0] < p.time_s < silent_s[1])
    assert any("No heartbeat for" in target.reason for target in of(evidence, TempoTarget))


MUSIC_PACKAGE = "singularity-music"
PIECES = ("Awakening.ogg", "Coherence.ogg", "Through Space.ogg")


@pytest.fixture(scope="session")
def real_music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three real pieces (CC BY-SA), from Debian; skipped where they are out of reach."""
    folder = tmp_path_factory.mktemp("real")
    if shutil.which("apt-get") is None:
        pytest.skip("the real music comes from Debian")
    got = subprocess.run(["apt-get", "download", MUSIC_PACKAGE], cwd=folder, capture_output=True, check=False)
    if got.returncode != 0:
        pytest.skip("the real music is out of reach")
    subprocess.run(["dpkg-deb", "-x", str(next(folder.glob("*.deb"))), str(folder / "x")], check=True)
    music = folder / "music"
    music.mkdir()
    for piece in PIECES:
        shutil.copy(next((folder / "x").rglob(piece)), music / piece)
    return music


@pytest.mark.soak
def test_ten_minutes_of_real_music_and_a_real_heart_with_the_window_open(
    tmp_path: Path, real_music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = run_chain(tmp_path, RR_FILE, real_music, minutes=10.0, seconds=612.0, qt="offscreen")
    assert evidence.exit_code == 0, evidence.output
    matches = match_segments(evidence.rendered, evidence.heard, every_s=2.0)
    offsets_ms = np.array([match.offset_frames for match in matches]) / RATE_HZ * 1000.0
    residuals_db = np.array([match.residual_db for match in matches])
    last = evidence.sound_states()[-1]
    figures = (
        f"{len(matches)} seconds compared over {matches[-1].rendered_s:.0f} s; offset {offsets_ms.min():.2f} to "
        f"{offsets_ms.max():.2f} ms; residual worst {residuals_db.max():.1f} dB, median {np.median(residuals_db):.1f} dB; "
        f"breaks {last.breaks}, underflow frames {last.underflow_frames}; beats {len(of(evidence, Beat))}; "
        f"tempo targets {len(of(evidence, TempoTarget))}; notices {[notice.text for notice in of(evidence, Notice)]}"
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")
    assert np.ptp(offsets_ms) <= 50.0
    assert run("replay", tmp_path / "session", "--verify", home=tmp_path).returncode == 0
