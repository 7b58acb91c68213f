"""Exports hold the beats of the record, to the millisecond, and say what they are."""

import csv
import dataclasses
import gzip
import io
import json
import re
from pathlib import Path

import edfio
import numpy as np
import pytest
from typer.testing import CliRunner

from relaxlisten.cli import app
from relaxlisten.errors import UsageError
from relaxlisten.messages import Beat, Command, Decision, Event, Physiology, Rating, SessionPhase, SoundState, TrackChoice
from relaxlisten.sensor.rr_formats import read_rr_text
from relaxlisten.session.export_bids import bids_files, held
from relaxlisten.session.export_edf import edf_bytes
from relaxlisten.session.export_midi import midi_bytes
from relaxlisten.session.export_text import csv_text, hrv_logger_text, kubios_text
from relaxlisten.session.format import RECORD_NAME, SCHEMA, SessionHeader, event_line, header_line
from relaxlisten.session.tables import LoadedSession, session_from_lines
from relaxlisten.terms import CommandKind, DecisionKind, PhaseKind, Quality, SessionStage, When

HEADER = SessionHeader(
    schema=SCHEMA, started_utc="2026-01-01T23:59:59+00:00", seed=1, sensor="ble", simulated=False, settings={}, protocol={},
    versions={"relaxlisten": "9"}, condition="adaptive",
)  # fmt: skip
RR_MS = [800.0 + 7.0 * (index % 9) + 1.0 / 1.024 for index in range(60)]


def phase(time_s: float, kind: PhaseKind, stage: SessionStage = SessionStage.RUNNING) -> SessionPhase:
    return SessionPhase(
        time_s=time_s, stage=stage, name="A name", kind=kind, elapsed_s=0.0, remaining_s=0.0, session_remaining_s=0.0
    )


def heart(time_s: float, rate_bpm: float | None) -> Physiology:
    return Physiology(
        time_s=time_s, window_s=60.0, heart_rate_bpm=None, heart_rate_sd_bpm=None, heart_rate_window_s=10.0,
        heart_rate_delay_s=5.0, heart_rate_now_bpm=rate_bpm, heart_rate_now_sd_bpm=None, rmssd_ms=None, sdnn_ms=None,
        valid_fraction=1.0, last_beat_age_s=None,
    )  # fmt: skip


def sound(time_s: float, tempo_bpm: float) -> SoundState:
    return SoundState(
        time_s=time_s, dac_time_s=time_s + 0.25, track_id="file:secret name.mp3", source_s=0.0, time_ratio=1.0,
        tempo_bpm=tempo_bpm, beat_index=0, audible=True, buffered_s=1.0, breaks=0, underflow_frames=0, turn=1,
    )  # fmt: skip


def beat(time_s: float, rr_ms: float) -> Beat:
    return Beat(time_s=time_s, rr_ms=rr_ms, nn_ms=rr_ms, quality=Quality.NORMAL, confidence=1.0, follows=True)


def lines(header: SessionHeader = HEADER) -> list[bytes]:
    ends_s = np.cumsum(RR_MS) / 1000.0
    events: list[Event] = [
        Command(time_s=0.5, what=CommandKind.MARKER, value="said something private"),
        TrackChoice(time_s=0.0, track_id="file:secret name.mp3", title="Secret", considered=1, reason="x"),
        phase(0.0, PhaseKind.BASELINE), phase(1.0, PhaseKind.BASELINE), phase(2.0, PhaseKind.MATCH),
        phase(3.0, PhaseKind.MATCH, SessionStage.ENDED), heart(1.0, 72.0), heart(2.0, None), sound(0.5, 70.0),
        *(beat(end_s, rr_ms) for end_s, rr_ms in zip(ends_s, RR_MS, strict=True)),
        Beat(time_s=60.0, rr_ms=None, nn_ms=700.0, quality=Quality.MISSED, confidence=0.9, follows=False),
    ]  # fmt: skip
    return [
        header_line(header).encode(),
        *(event_line(e, derived=True, number=n).encode() for n, e in enumerate(events, start=1)),
    ]


@pytest.fixture
def session() -> LoadedSession:
    return session_from_lines(lines(), "x")


def test_kubios_and_hrv_logger_files_give_the_same_beats_back_to_a_millisecond(session: LoadedSession) -> None:
    for text in (kubios_text(session), hrv_logger_text(session)):
        assert read_rr_text(text, "x") == pytest.approx(RR_MS, abs=0.001)


def test_an_hrv_logger_file_tells_the_date_of_each_beat(session: LoadedSession) -> None:
    row = hrv_logger_text(session).splitlines()[3].split(",")
    # three beats of 800.977, 807.977 and 814.977 ms after one second before midnight
    assert row[0].startswith("2026-01-02 00:00:01")
    assert int(row[1]) == 1767311999000 + 2424
    assert row[3] == "2424"


def test_without_a_header_there_is_no_date_and_the_format_that_needs_one_says_so() -> None:
    with pytest.raises(UsageError, match="date"):
        hrv_logger_text(session_from_lines(lines()[1:], "x"))


def test_csv_tables_hold_every_column_and_leave_the_unknown_empty(session: LoadedSession) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(session["Beat"]))))
    assert [float(row["nn_ms"]) for row in rows[:-1]] == RR_MS  # bit for bit
    assert rows[-1]["rr_ms"] == ""
    assert rows[-1]["quality"] == "missed"


def test_a_held_value_is_the_newest_and_never_one_from_the_future() -> None:
    values = held(np.array([0.0, 1.0, 1.5, 9.0]), np.array([2.0, 1.0]), np.array([20.0, 10.0]))
    np.testing.assert_array_equal(values, [np.nan, 10.0, 10.0, 20.0])


def table(files: dict[str, bytes], ending: str) -> list[list[str]]:
    name = next(name for name in files if name.endswith(ending))
    text = (gzip.decompress(files[name]) if name.endswith(".gz") else files[name]).decode()
    return [line.split("\t") for line in text.splitlines()]


def test_bids_beats_are_the_records_beats(session: LoadedSession) -> None:
    files = bids_files(session)
    rows = table(files, "_physioevents.tsv.gz")
    columns = json.loads(next(text for name, text in files.items() if name.endswith("_physioevents.json")))["Columns"]
    at = columns.index("rr_ms")
    assert [float(row[at]) for row in rows if row[at] != "n/a"] == pytest.approx(RR_MS, abs=0.001)
    assert [row[0] for row in rows[-1:]] == ["60"]


def test_bids_samples_stand_four_to_a_second_and_hold_the_newest_value(session: LoadedSession) -> None:
    rows = table(bids_files(session), "_physio.tsv.gz")
    assert [float(row[0]) for row in rows] == [index / 4 for index in range(60 * 4 + 1)]
    assert [row[1] for row in rows[3:9]] == ["n/a", "72", "72", "72", "72", "n/a"]
    assert [row[2] for row in rows[2:4]] == ["n/a", "70"]  # at the ear at 0.75 s


def test_bids_events_have_each_phase_with_its_length(session: LoadedSession) -> None:
    rows = table(bids_files(session), "_events.tsv")
    assert rows[0] == ["onset", "duration", "trial_type", "value"]
    assert [row for row in rows if row[2] == "phase"] == [["0", "2", "phase", "baseline"], ["2", "1", "phase", "match"]]


def test_no_date_no_name_of_a_file_and_no_note_leaves_with_bids(session: LoadedSession) -> None:
    for content in bids_files(session).values():
        text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode().lower()
        assert not any(word in text for word in ("secret", "private", "2026-01"))


@pytest.mark.parametrize(("simulated", "word"), [(True, "simulated"), (False, "recorded")])
def test_bids_says_whether_the_heart_was_simulated(simulated: bool, word: str) -> None:
    files = bids_files(session_from_lines(lines(dataclasses.replace(HEADER, simulated=simulated)), "x"))
    assert table(files, "participants.tsv")[1] == ["sub-01", word]
    assert f"The heart of this session: {word}." in files["README"].decode()


def test_an_edf_file_is_as_long_as_its_header_says_and_holds_each_beat_once(session: LoadedSession) -> None:
    content = edf_bytes(session)
    # two signals: 256 bytes of header each beside the file's own; the numbers stand where the specification puts them
    records, samples = int(content[236:244]), [int(content[256 + 2 * 216 + at : 256 + 2 * 216 + at + 8]) for at in (0, 8)]
    assert int(content[184:192]) == 256 * 3
    assert records == 7  # 60 s and what begins there
    assert samples[0] == 40
    assert len(content) == 256 * 3 + records * 2 * sum(samples)
    onsets = [float(onset) for onset in re.findall(rb"\+([0-9.]+)\x14QRS\x14\0", content)]
    assert onsets == pytest.approx(np.cumsum(RR_MS) / 1000.0, abs=0.0005)
    assert np.frombuffer(content[768 : 768 + 2 * 9], "<i2").tolist() == [0, 0, 0, 0, 7200, 7200, 7200, 7200, 0]


def test_an_edf_file_of_a_lost_header_has_no_date() -> None:
    assert b"Startdate X X X" in edf_bytes(session_from_lines(lines()[1:], "x"))[88:168]


def played(content: bytes) -> tuple[list[float], list[tuple[float, int]]]:
    """Times of note-ons and of tempos in a MIDI file, read as the specification says."""
    at, time_s, tempo_us, notes, tempos = 22, 0.0, 500_000, [], []
    while content[at:] != b"\xff\x2f\x00" and at < len(content):
        delta = content[at] & 0x7F
        while content[at] & 0x80:
            at += 1
            delta = delta << 7 | content[at] & 0x7F
        at += 1
        time_s += delta / 960 * tempo_us / 1e6
        if content[at : at + 2] == b"\xff\x51":
            tempo_us = int.from_bytes(content[at + 3 : at + 6], "big")
            tempos.append((time_s, tempo_us))
            at += 6
        elif content[at] in (0x99, 0x89):
            notes += [time_s] * (content[at] == 0x99)
            at += 3
    return notes, tempos


def test_a_midi_file_has_each_beat_at_its_time_and_the_tempo_that_was_heard(session: LoadedSession) -> None:
    content = midi_bytes(session)
    assert content[:14] == b"MThd" + bytes([0, 0, 0, 6, 0, 0, 0, 1, 960 >> 8, 960 & 255])
    assert int.from_bytes(content[18:22], "big") == len(content) - 22
    notes, tempos = played(content)
    assert notes == pytest.approx(np.cumsum(RR_MS) / 1000.0, abs=0.001)
    # 70 BPM from 0.75 s on: 60 / 70 s a beat
    assert [tempo_us for _, tempo_us in tempos] == [500_000, 857_143]
    assert tempos[1][0] == pytest.approx(0.75, abs=0.001)


def test_the_command_writes_what_is_asked_and_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / RECORD_NAME).write_bytes(b"".join(lines()))
    call = ["export", str(tmp_path), "--format", "kubios", "-o", str(tmp_path / "rr.txt")]
    first = CliRunner().invoke(app, call)
    assert first.exit_code == 0, first.output
    assert read_rr_text((tmp_path / "rr.txt").read_text(), "x") == pytest.approx(RR_MS, abs=0.001)
    again = CliRunner().invoke(app, call)
    assert isinstance(again.exception, UsageError)
    assert "exists already" in str(again.exception)


def test_an_independent_reader_finds_every_beat_in_the_edf_file(session: LoadedSession, tmp_path: Path) -> None:
    (tmp_path / "s.edf").write_bytes(edf_bytes(session))
    read = edfio.read_edf(tmp_path / "s.edf")
    onsets_s = [annotation.onset for annotation in read.annotations if annotation.text == "QRS"]
    assert onsets_s == pytest.approx(np.cumsum(RR_MS) / 1000.0, abs=0.0001)
    assert read.signals[0].label == "Heart rate"
    assert read.recording.equipment_code == "RelaxListen_heart"


def answered() -> LoadedSession:
    events: list[Event] = [
        Rating(time_s=0.0, scale="calm now", value=4.0, when=When.BEFORE),
        Rating(time_s=9.0, scale="calm now", value=7.5, when=When.AFTER),
        Decision(time_s=5.0, kind=DecisionKind.TEMPO, chosen="follow: 71.5 BPM", reason="The heart of Kim is at 71"),
        Decision(time_s=6.0, kind=DecisionKind.PIECE, chosen="Secret song", reason="It settles Kim"),
    ]
    written = [event_line(event, derived=True, number=number) for number, event in enumerate(events, start=1)]
    return session_from_lines([line.encode() for line in (header_line(HEADER), *written)], "x")


def test_bids_has_answers_as_events_and_as_phenotype() -> None:
    files = bids_files(answered())
    events = [row[3] for row in table(files, "_events.tsv") if row[2] == "rating"]
    assert events == ["calm_now before: 4", "calm_now after: 7.5"]
    assert table(files, "phenotype/ratings.tsv") == [
        ["participant_id", "calm_now_before", "calm_now_after"],
        ["sub-01", "4", "7.5"],
    ]
    assert json.loads(files["phenotype/ratings.json"])["calm_now_after"]["Description"].endswith("after the session")


def test_bids_has_decisions_without_a_name_or_a_sentence() -> None:
    files = bids_files(answered())
    assert [row[3] for row in table(files, "_events.tsv") if row[2] == "decision"] == ["tempo: follow: 71.5 BPM", "piece"]
    assert not any("kim" in text.decode().lower() for name, text in files.items() if not name.endswith(".gz"))


def test_the_csv_export_has_the_header_beside_the_tables(tmp_path: Path) -> None:
    (tmp_path / RECORD_NAME).write_bytes(b"".join(lines(dataclasses.replace(HEADER, simulated=True))))
    call = ["export", str(tmp_path), "--format", "csv", "-o", str(tmp_path / "tables")]
    assert CliRunner().invoke(app, call).exit_code == 0
    assert json.loads((tmp_path / "tables" / "SessionHeader.json").read_text())["simulated"] is True
