"""While a study is sealed no table, export or command tells two arms apart that the same heart went through."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import relaxlisten
from relaxlisten.cli import app
from relaxlisten.commands.export import ExportFormat
from relaxlisten.control.setup import ControlSetup, setup_to_data
from relaxlisten.errors import UsageError
from relaxlisten.messages import Event, Notice, PlaybackPlan, SoundState
from relaxlisten.session.format import EVENT_TYPES, RECORD_NAME, event_line, header_line
from relaxlisten.session.study import PLAN, SESSIONS, UNBLINDED
from relaxlisten.session.tables import LoadedSession
from relaxlisten.terms import Arm, Severity
from tests.control.test_arms import bench_of, donated
from tests.session.test_export import HEADER

ARMS = (Arm.ADAPTIVE, Arm.SILENCE, Arm.NATURE, Arm.FIXED, Arm.YOKED)
INPUTS = ("Notification", "Command", "Tick", "TrackFound", "SoundState", "Notice", "SensorState")


def recorded(arm: Arm, study: Path) -> Path:
    """One and the same heart in each arm, with all that the arm makes beside it, as the program would have written it."""
    donor = {"donor": donated()[1]} if arm is Arm.YOKED else {}
    setup = ControlSetup(arm=arm, concealed="B")
    events: list[Event] = []
    for event in bench_of(arm, **donor_setup(donor)).run(120).events:
        events += [event, *heard_after(event)]
    folder = study / SESSIONS / "P01-1"
    folder.mkdir(parents=True)
    header = dataclasses.replace(HEADER, control=setup_to_data(setup), condition="B", simulated=True, seal_key="0badcafe")
    lines = [header_line(header)]
    for number, event in enumerate(events, start=1):
        derived = type(event).__name__ not in INPUTS
        lines.append(event_line(event, derived=derived, number=number, key=0x0BADCAFE))
    (folder / RECORD_NAME).write_text("".join(lines))
    return folder


def donor_setup(donor: dict[str, list[Event]]) -> dict[str, object]:
    from relaxlisten.control.donor import donor_path

    return {"donor": donor_path(donor["donor"])} if donor else {}


def heard_after(event: Event) -> list[Event]:
    """What the sound says of a plan, and a fault that only arms with pieces can have."""
    if not isinstance(event, PlaybackPlan) or event.track_id is None:
        return []
    state = SoundState(
        time_s=event.time_s, dac_time_s=event.time_s, track_id=event.track_id, source_s=1.0, time_ratio=event.time_ratio,
        tempo_bpm=60.0, beat_index=1, audible=event.playing, buffered_s=1.0, breaks=0, underflow_frames=0, turn=event.turn,
    )  # fmt: skip
    fault = Notice(time_s=event.time_s, severity=Severity.WARNING, code="piece_not_played", text=f"{event.track_id} is broken.")
    return [state, fault]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> dict[Arm, Path]:
    return {arm: recorded(arm, tmp_path_factory.mktemp("study")) for arm in ARMS}


def content(session: LoadedSession) -> dict[str, dict[str, list[object]]]:
    return {kind: {name: column.tolist() for name, column in table.items()} for kind, table in session.tables.items()}


def test_the_arms_do_differ_in_what_they_wrote(sealed: dict[Arm, Path]) -> None:
    assert len({(folder / RECORD_NAME).stat().st_size for folder in sealed.values()}) == len(ARMS)


@pytest.mark.parametrize("arm", ARMS[1:])
def test_two_sealed_sessions_of_the_same_heart_load_alike(sealed: dict[Arm, Path], arm: Arm) -> None:
    one, other = (relaxlisten.load(sealed[which]) for which in (Arm.ADAPTIVE, arm))
    assert one.concealed
    assert str(content(one)) == str(content(other))  # as text, in which NaN equals itself
    assert (one.header, one.missing, one.damage) == (other.header, other.missing, other.damage)


def test_the_heart_is_all_there(sealed: dict[Arm, Path]) -> None:
    session = relaxlisten.load(sealed[Arm.ADAPTIVE])
    assert session["Beat"]["time_s"].size > 100
    assert session["Physiology"]["time_s"].size > 100
    lines = np.concatenate([table["line"] for table in session.tables.values()])
    assert sorted(lines) == list(range(2, lines.size + 2))


def test_every_kind_of_event_is_there_with_or_without_rows(sealed: dict[Arm, Path]) -> None:
    assert relaxlisten.load(sealed[Arm.ADAPTIVE]).tables.keys() == EVENT_TYPES.keys()


@pytest.mark.parametrize("layout", [layout for layout in ExportFormat if layout is not ExportFormat.SOUND])
def test_no_export_tells_two_arms_apart(sealed: dict[Arm, Path], tmp_path: Path, layout: ExportFormat) -> None:
    written = []
    for arm, folder in sealed.items():
        place = tmp_path / arm.value
        result = CliRunner().invoke(app, ["export", str(folder), "--format", layout.value, "-o", str(place)])
        assert result.exit_code == 0, result.output
        assert "still sealed" in result.output
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        written.append({str(file.relative_to(place)): file.read_bytes() for file in files if file.is_file()})
    assert all(one == written[0] for one in written)
    assert not any(arm.value.encode() in text.lower() for text in written[0].values() for arm in ARMS if arm is not Arm.NATURE)


@pytest.mark.parametrize("command", [["why"], ["replay"], ["export", "--format", "sound", "-o", "x.wav"]])
def test_commands_that_cannot_but_tell_the_arm_refuse(sealed: dict[Arm, Path], command: list[str]) -> None:
    result = CliRunner().invoke(app, [command[0], str(sealed[Arm.SILENCE]), *command[1:]])
    assert isinstance(result.exception, UsageError)
    assert "concealed" in str(result.exception)


def test_an_opened_study_shows_everything(sealed: dict[Arm, Path]) -> None:
    study = sealed[Arm.FIXED].parent.parent
    (study / UNBLINDED).write_text(json.dumps({"reason": "done"}))
    try:
        session = relaxlisten.load(sealed[Arm.FIXED])
    finally:
        (study / UNBLINDED).unlink()
    assert not session.concealed
    assert session["TempoTarget"]["time_s"].size > 0


def test_damage_is_told_without_its_place(sealed: dict[Arm, Path], tmp_path: Path) -> None:
    lines = (sealed[Arm.ADAPTIVE] / RECORD_NAME).read_bytes().splitlines(keepends=True)
    (tmp_path / RECORD_NAME).write_bytes(b"".join([*lines[:50], b"rubbish\n", *lines[60:]]))
    session = relaxlisten.load(tmp_path)
    assert [(one.line, one.offset, one.size) for one in session.damage] == [(0, 0, 0)]
    assert session.missing[0] == "Lines of this record are lost or damaged; how many, and where, is concealed with the arm."


def test_a_lost_header_in_a_sealed_study_tells_nothing_either(sealed: dict[Arm, Path], tmp_path: Path) -> None:
    lines = (sealed[Arm.FIXED] / RECORD_NAME).read_bytes().splitlines(keepends=True)
    folder = tmp_path / SESSIONS / "P01-1"
    folder.mkdir(parents=True)
    (folder / RECORD_NAME).write_bytes(b"".join(lines[1:]))
    assert relaxlisten.load(folder)["TempoTarget"]["time_s"].size > 0  # of no study: an ordinary record that lost its header
    (tmp_path / PLAN).write_text("{}")
    session = relaxlisten.load(folder)
    assert session.concealed
    assert session["TempoTarget"]["time_s"].size == 0
    assert session["Beat"]["time_s"].size > 100
