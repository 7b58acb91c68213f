"""What was heard, from the record alone: the same bytes for an offline session, and a measured share for any other."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from relaxlisten.cli import app
from relaxlisten.errors import UsageError
from relaxlisten.messages import PlaybackPlan, SoundState, Tick, Track, TrackFound
from relaxlisten.music.audio_bytes import content_id
from relaxlisten.rehearing import _places, agreement, lag_s, rehear
from relaxlisten.session.format import RECORD_NAME, event_line, header_line
from relaxlisten.terms import Alignment, TempoSource
from tests.session.test_export import HEADER

PLAN = PlaybackPlan(
    time_s=10.0, track_id="builtin:a", start_s=0.0, time_ratio=1.25, gain_db=0.0, volume=1.0, playing=True, fade_s=4.0, turn=1
)


def heard(dac_time_s: float, source_s: float, track_id: str = "builtin:a", ratio: float = 1.25, turn: int = 1) -> SoundState:
    return SoundState(
        time_s=dac_time_s, dac_time_s=dac_time_s, track_id=track_id, source_s=source_s, time_ratio=ratio, tempo_bpm=60.0,
        beat_index=0, audible=True, buffered_s=0.0, breaks=0, underflow_frames=0, turn=turn,
    )  # fmt: skip


def test_an_offline_session_is_rendered_again_to_the_same_bytes(tmp_path: Path) -> None:
    first, again = tmp_path / "first.wav", tmp_path / "again.wav"
    call = ["listen", "--offline", "--minutes", "0.2", "--seed", "3", "--out", str(tmp_path / "s"), "--render", str(first)]
    assert CliRunner().invoke(app, call).exit_code == 0
    result = CliRunner().invoke(app, ["export", str(tmp_path / "s"), "--format", "sound", "-o", str(again)])
    assert result.exit_code == 0, result.output
    assert "In 100.0% of the time" in result.output
    assert again.read_bytes() == first.read_bytes()
    with pytest.raises(UsageError, match="ends in"):
        rehear(tmp_path / "s", tmp_path / "x.mp3", "builtin")


def test_the_lag_of_a_live_session_is_read_from_where_its_pieces_began() -> None:
    # at 15 s the ear is at second 3 of a piece that lasts 1.25 times as long: it began 3.75 s before, 1.25 s after its plan
    assert lag_s([PLAN, heard(15.0, 3.0), heard(40.0, 3.0)]) == pytest.approx(1.25)
    waits_for_a_bar = dataclasses.replace(PLAN, align=Alignment.BAR)
    assert lag_s([waits_for_a_bar, heard(15.0, 3.0)]) == 0.0
    assert lag_s([PLAN, heard(13.75, 2.995)]) == 0.0  # some ms of block
    assert lag_s([]) == 0.0


def test_agreement_is_the_share_of_the_audible_time_at_the_same_place_of_the_same_piece() -> None:
    recorded = [heard(1.0, 0.8), heard(2.0, 1.6), heard(3.0, 2.4), heard(4.0, 3.2)]
    # a quarter of a second earlier the ear was 0.2 s of the source before; then another piece; then half a second off
    again = [heard(0.75, 0.6), heard(1.75, 1.4), heard(2.75, 2.2, track_id="builtin:b"), heard(3.75, 3.5)]
    assert agreement(recorded, again) == 0.5
    assert agreement([dataclasses.replace(recorded[0], audible=False)], again) is None
    assert agreement(recorded, []) == 0.0


def played_record(folder: Path, track_id: str, content: str | None) -> Path:
    """Two seconds of a session that played one piece of the listener's own from its beginning."""
    track = Track(track_id=track_id, title="x", duration_s=3.0, tempo_bpm=None, tempo_source=TempoSource.NONE, content=content)
    plan = dataclasses.replace(PLAN, time_s=0.0, track_id=track_id, time_ratio=1.0, fade_s=0.0)
    events = [TrackFound(time_s=0.0, track=track), plan, Tick(time_s=2.0)]
    lines = [event_line(event, derived=event is plan, number=number) for number, event in enumerate(events, start=1)]
    folder.mkdir()
    (folder / RECORD_NAME).write_text(header_line(HEADER) + "".join(lines))
    return folder


def noise(path: Path, seed: int) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.1 * np.random.default_rng(seed).standard_normal((3 * 44100, 2)), 44100)
    return content_id(path)


def test_a_piece_is_found_by_its_sound_wherever_it_lies_and_whatever_took_its_name(tmp_path: Path) -> None:
    content = noise(tmp_path / "music" / "calm.wav", 1)
    record = played_record(tmp_path / "s", "file:calm.wav", content)
    first = rehear(record, tmp_path / "first.wav", str(tmp_path / "music"))
    assert not any("elsewhere" in sentence for sentence in first.sentences)
    (tmp_path / "music" / "old").mkdir()
    (tmp_path / "music" / "calm.wav").rename(tmp_path / "music" / "old" / "01 - x.wav")
    noise(tmp_path / "music" / "calm.wav", 2)
    again = rehear(record, tmp_path / "again.wav", str(tmp_path / "music"))
    assert "calm.wav lay elsewhere or had another name: known by the sound." in again.sentences
    assert (tmp_path / "again.wav").read_bytes() == (tmp_path / "first.wav").read_bytes()
    assert soundfile.read(tmp_path / "again.wav")[0].std() > 0.01


def test_two_names_of_one_sound_are_both_found_where_one_copy_is_left(tmp_path: Path) -> None:
    content = noise(tmp_path / "music" / "c.wav", 1)
    found, moved = _places({"file:a.wav": content, "file:b.wav": content}, str(tmp_path / "music"))
    assert (found, moved) == (
        dict.fromkeys(["file:a.wav", "file:b.wav"], tmp_path / "music" / "c.wav"),
        ["file:a.wav", "file:b.wav"],
    )


def test_a_record_that_does_not_tell_the_sound_of_its_pieces_finds_them_by_name(tmp_path: Path) -> None:
    noise(tmp_path / "music" / "calm.wav", 1)
    rehear(played_record(tmp_path / "s", "file:calm.wav", None), tmp_path / "x.wav", str(tmp_path / "music"))
    assert soundfile.read(tmp_path / "x.wav")[0].std() > 0.01


def test_pieces_that_are_not_there_are_named_in_one_sentence_and_nothing_is_rendered(tmp_path: Path) -> None:
    noise(tmp_path / "music" / "calm.wav", 1)
    gone = played_record(tmp_path / "s", "file:calm.wav", "0" * 32)
    with pytest.raises(UsageError, match=r"not found, neither by their sound nor by their names: calm\.wav; they are not in "):
        rehear(gone, tmp_path / "x.wav", str(tmp_path / "music"))
    with pytest.raises(UsageError, match=r": calm\.wav; say where your music is with --music FOLDER\."):
        rehear(gone, tmp_path / "x.wav", "builtin")
    assert not (tmp_path / "x.wav").exists()
