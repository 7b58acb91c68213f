"""Out and in again: each format that holds beats gives the same ones back, to the millisecond."""

import contextlib
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from relaxlisten.cli import app
from relaxlisten.errors import UsageError
from relaxlisten.importing import import_session
from relaxlisten.messages import Beat, Event, SensorState
from relaxlisten.replay import load_record, replay
from relaxlisten.session.export_bids import bids_files
from relaxlisten.session.export_edf import edf_bytes
from relaxlisten.session.export_fhir import R4, R5, fhir_bundle
from relaxlisten.session.export_omh import omh_points
from relaxlisten.session.export_text import csv_text, hrv_logger_text, kubios_text
from relaxlisten.session.format import SessionHeader, event_line, header_line
from relaxlisten.session.import_edf import read_edf
from relaxlisten.session.import_health import read_health
from relaxlisten.session.import_tables import read_bids, read_csv, read_parquet_beats
from relaxlisten.session.import_text import read_text
from relaxlisten.session.imported import Imported, ImportedBeat, from_both
from relaxlisten.session.load import load
from relaxlisten.session.parquet import parquet_files
from relaxlisten.session.tables import LoadedSession, session_from_lines
from relaxlisten.terms import Quality, SensorKind, SensorPhase
from tests.session.test_export import HEADER

# Runs of intervals as a strap sends them (1/1024 s), each run after a hole of so many seconds.
RUNS = st.lists(
    st.tuples(st.floats(8.0, 60.0), st.lists(st.integers(400, 1600), min_size=6, max_size=40)), min_size=1, max_size=4
)


def session_of(runs: list[tuple[float, list[int]]], header: SessionHeader = HEADER) -> LoadedSession:
    events: list[Event] = [SensorState(time_s=0.0, phase=SensorPhase.STREAMING, reason="x", kind=SensorKind.ECG)]
    time_s = 0.0
    for hole_s, run in runs:
        time_s += hole_s
        for index, rr_1024 in enumerate(run):
            rr_ms = rr_1024 * 1000.0 / 1024.0
            time_s += rr_ms / 1000.0
            quality = Quality.NORMAL if index else Quality.AFTER_GAP
            nn_ms = rr_ms if index else None
            events.append(Beat(time_s=time_s, rr_ms=rr_ms, nn_ms=nn_ms, quality=quality, confidence=1.0, follows=index > 1))
        events.append(Beat(time_s=time_s, rr_ms=None, nn_ms=700.0, quality=Quality.MISSED, confidence=0.5, follows=False))
    lines = [header_line(header), *(event_line(event, derived=True, number=n) for n, event in enumerate(events, start=1))]
    return session_from_lines([line.encode() for line in lines], "x")


def bids(session: LoadedSession) -> Imported:
    files = bids_files(session)
    stem = next(name for name in files if name.endswith("_physioevents.tsv.gz")).removesuffix(".tsv.gz")
    return read_bids(files[f"{stem}.tsv.gz"], json.loads(files[f"{stem}.json"]), "x")


THERE_AND_BACK: dict[str, Callable[[LoadedSession], Imported]] = {
    "kubios": lambda s: read_text(kubios_text(s), "x"),
    "hrv-logger": lambda s: read_text(hrv_logger_text(s), "x"),
    "csv": lambda s: read_csv(csv_text(s["Beat"]), "x", {}),
    "parquet": lambda s: read_parquet_beats(parquet_files(s)["Beat.parquet"], "x"),
    "bids": bids,
    "fhir-r5": lambda s: read_health(json.dumps(fhir_bundle(s, R5)), "x"),
    "omh": lambda s: read_health(json.dumps(omh_points(s)), "x"),
}


@pytest.mark.parametrize("layout", THERE_AND_BACK)
@settings(max_examples=40)
@given(runs=RUNS)
def test_the_same_beats_come_back_to_a_millisecond(layout: str, runs: list[tuple[float, list[int]]]) -> None:
    session = session_of(runs)
    heard = ~np.isnan(session["Beat"]["rr_ms"])
    back = THERE_AND_BACK[layout](session)
    assert back.layout == layout
    assert [beat.rr_ms for beat in back.beats] == pytest.approx(session["Beat"]["rr_ms"][heard], abs=0.001)
    # Open mHealth counts from the first whole second before the first interval: only differences are the session's.
    shift_s = session["Beat"]["time_s"][0] - back.beats[0].time_s if layout == "omh" else 0.0
    assert [beat.time_s + shift_s for beat in back.beats] == pytest.approx(session["Beat"]["time_s"][heard], abs=0.001)
    gaps = [number for number, beat in enumerate(back.beats) if beat.after_gap]
    lengths = [len(run) for _, run in runs]
    assert gaps == [sum(lengths[:number]) for number in range(1, len(lengths))]


@settings(max_examples=40)
@given(runs=RUNS)
def test_edf_gives_every_beat_back_that_ends_an_interval_between_two_beats(runs: list[tuple[float, list[int]]]) -> None:
    session = session_of(runs)
    heard = ~np.isnan(session["Beat"]["rr_ms"])
    times_s = session["Beat"]["time_s"][heard]
    back = read_edf(edf_bytes(session), "x").beats
    firsts = np.cumsum([0, *(len(run) for _, run in runs[:-1])])
    expected_s = np.delete(times_s, firsts)
    assert [beat.time_s for beat in back] == pytest.approx(expected_s, abs=0.001)
    assert [beat.rr_ms for beat in back] == pytest.approx(np.delete(session["Beat"]["rr_ms"][heard], firsts), abs=0.21)


@pytest.mark.parametrize("layout", ["bids", "fhir-r5", "omh", "parquet"])
@pytest.mark.parametrize("simulated", [True, False])
def test_a_simulated_heart_comes_back_as_one(layout: str, simulated: bool) -> None:
    session = session_of([(10.0, [1000] * 8)], dataclasses.replace(HEADER, simulated=simulated))
    assert bool(THERE_AND_BACK[layout](session).simulated) is simulated


def test_an_edf_file_of_ours_says_when_it_began_and_what_the_heart_was() -> None:
    back = read_edf(edf_bytes(session_of([(10.0, [1000] * 8)], dataclasses.replace(HEADER, simulated=True))), "x")
    assert (back.started_utc, back.simulated) == (HEADER.started_utc, True)


def test_beats_are_not_put_into_fhir_r4_which_has_no_form_for_them() -> None:
    with pytest.raises(UsageError, match="R5"):
        read_health(json.dumps(fhir_bundle(session_of([(10.0, [1000] * 8)]), R4)), "x")


# ---- what other programs write ----


def test_a_sensor_logger_file_whose_times_are_those_of_packets_is_laid_end_to_end() -> None:
    text = "Phone timestamp;RR-interval [ms]\n" + "".join(
        f"2026-01-01T10:00:{second:02d}.{jitter:03d};{rr}\n"
        for second, jitter, rr in [(1, 30, 800), (2, 10, 810), (2, 10, 790), (3, 40, 820)]
    )
    back = read_text(text, "x")
    assert [beat.rr_ms for beat in back.beats] == [800, 810, 790, 820]
    assert [beat.time_s for beat in back.beats] == pytest.approx([0.8, 1.61, 2.4, 3.22])
    assert not any(beat.after_gap for beat in back.beats)
    assert back.started_utc == ""  # a local time without its zone is no date


def test_a_hole_between_packets_is_a_gap() -> None:
    times_s = [1.0, 1.9, 3.1, 4.0, 34.0, 35.1]
    beats = from_both(times_s, [800.0] * 6, "x")
    assert [beat.after_gap for beat in beats] == [False] * 4 + [True, False]
    assert beats[4].time_s - beats[3].time_s > 28.0


HRM = "[Params]\nVersion=106\nInterval={interval}\nDate=20260101\n\n[HRData]\n801\n799\n812\n"


def test_a_polar_hrm_file_of_beats_is_read_and_one_of_rates_refused() -> None:
    assert [beat.rr_ms for beat in read_text(HRM.format(interval=238), "x").beats] == [801, 799, 812]
    with pytest.raises(UsageError, match="no beats"):
        read_text(HRM.format(interval=5), "x")


def test_a_polar_flow_file_is_refused_by_what_it_holds() -> None:
    with pytest.raises(UsageError, match="no beats"):
        read_text("Name,Sport,Date,Start time\nx,y,01-01-2026,10:00\nSample rate,Time,HR (bpm)\n1,00:00:01,62\n", "x")


def test_elite_hrv_and_lists_start_at_second_0() -> None:
    back = read_text("812\n790\n801\n", "x")
    assert [beat.time_s for beat in back.beats] == pytest.approx([0.812, 1.602, 2.403])


def test_a_foreign_bids_file_with_onsets_alone_has_its_intervals_between_them() -> None:
    back = read_bids(b"1.0\tx\n1.8\tx\n2.7\tx\n", {"Columns": ["onset", "trial_type"]}, "x")
    assert [(beat.time_s, round(beat.rr_ms, 6)) for beat in back.beats] == [(1.8, 800.0), (2.7, 900.0)]
    with pytest.raises(UsageError, match="sidecar"):
        read_bids(b"1.0\n", {}, "x")


@given(content=st.binary(max_size=400))
def test_no_bytes_whatever_lead_a_reader_into_more_than_a_sentence(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    readers: list[Callable[[], object]] = [
        lambda: read_edf(content, "x"),
        lambda: read_bids(content, {"Columns": ["onset", "rr_ms"]}, "x"),
        lambda: read_parquet_beats(content, "x"),
        lambda: read_health(text, "x"),
        lambda: read_text(text, "x"),
        lambda: read_csv(text, "x", {}),
    ]
    for reader in readers:
        with contextlib.suppress(UsageError):
            reader()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
BODY = st.fixed_dictionaries({"header": JSON, "body": JSON}) | JSON


@given(data=st.lists(BODY, max_size=3) | st.fixed_dictionaries({"resourceType": st.just("Bundle"), "entry": JSON}))
def test_json_of_any_other_shape_is_refused_in_a_sentence(data: object) -> None:
    with pytest.raises(UsageError):
        read_health(json.dumps(data), "x")


# ---- the record ----


def imported(folder: Path, simulated: bool | None = None) -> Path:
    beats = tuple(ImportedBeat(time_s=0.9 * n, rr_ms=900.0, after_gap=n == 40) for n in range(1, 100))
    found = Imported(beats=beats, layout="kubios", simulated=simulated)
    import_session(Path("/somewhere/private/kim.txt"), found, b"what it held", folder)
    return folder


def test_an_imported_session_is_marked_as_one_with_its_source_and_holds_no_packets(tmp_path: Path) -> None:
    session = load(imported(tmp_path / "s"))
    assert session.header is not None
    assert (session.header.condition, session.header.sensor, session.header.simulated) == ("imported", "import:kim.txt", False)
    assert (
        session.header.settings["imported_sha256"] == "3e3ebca4e5ca913d703a38ab77684610deaf397a0ab0b5732bd80a6a86e1eb5b"
    )  # of b"what it held"
    assert (session.damage, session.missing) == ((), ())
    assert session["Notification"]["time_s"].size == session["HeartRateMeasurement"]["time_s"].size == 0
    assert session["RrInterval"]["rr_ms"].tolist() == [900.0] * 99
    assert session["Beat"]["rr_ms"].tolist() == [900.0] * 99
    assert np.flatnonzero(session["Beat"]["quality"] == "after_gap").tolist() == [39]
    assert "private" not in (tmp_path / "s" / "session.jsonl").read_text()


def test_an_imported_session_replays_bit_for_bit(tmp_path: Path) -> None:
    assert replay(load_record(imported(tmp_path / "s"))).difference is None


def test_a_source_that_says_its_heart_was_simulated_makes_a_simulated_session(tmp_path: Path) -> None:
    header = load(imported(tmp_path / "s", simulated=True)).header
    assert header is not None
    assert header.simulated


def test_an_import_goes_over_no_other_session(tmp_path: Path) -> None:
    before = (imported(tmp_path / "s") / "session.jsonl").read_bytes()
    with pytest.raises(UsageError, match="holds a session already"):
        imported(tmp_path / "s")
    assert (tmp_path / "s" / "session.jsonl").read_bytes() == before
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["session.jsonl"]


def test_the_command_reads_what_the_export_command_wrote(tmp_path: Path) -> None:
    source = imported(tmp_path / "s", simulated=True)
    for layout, name in [("csv", "tables"), ("parquet", "columns"), ("bids", "dataset"), ("kubios", "rr.txt"), ("edf", "rr.edf")]:
        out = CliRunner().invoke(app, ["export", str(source), "--format", layout, "-o", str(tmp_path / name)])
        assert out.exit_code == 0, out.output
        back = CliRunner().invoke(app, ["import", str(tmp_path / name), "-o", str(tmp_path / f"from-{name}")])
        assert back.exit_code == 0, back.output
        header = load(tmp_path / f"from-{name}").header
        assert header is not None
        # a list of numbers has no word for it, and the command says so
        assert header.simulated is (layout != "kubios")
        assert ("taken for one" in back.output) is (layout == "kubios")


def test_what_a_person_knows_of_a_file_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "rr.txt").write_text("812\n790\n801\n")
    call = [
        "import",
        str(tmp_path / "rr.txt"),
        "-o",
        str(tmp_path / "s"),
        "--started",
        "2026-03-01T09:30:00+01:00",
        "--simulated",
    ]
    assert CliRunner().invoke(app, call).exit_code == 0
    header = load(tmp_path / "s").header
    assert header is not None
    assert (header.started_utc, header.simulated) == ("2026-03-01T08:30:00+00:00", True)
    wrong = CliRunner().invoke(app, [*call[:4], "--started", "2026-03-01 09:30"])
    assert "zone" in str(wrong.exception)
