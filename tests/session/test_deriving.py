"""New records out of old ones: what stays, what goes, and what the new header says of it."""

import gzip
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import relaxlisten
from relaxlisten.cli import app
from relaxlisten.control.memory import Memory, PastPiece
from relaxlisten.control.setup import ControlSetup, setup_from_data, setup_to_data
from relaxlisten.errors import UsageError
from relaxlisten.messages import Clocks, Command, Event, Notice, PieceResponse, SensorState, Tick, TrackFound
from relaxlisten.pipeline import Pipeline
from relaxlisten.replay import load_record, replay
from relaxlisten.session.anonymising import Keep
from relaxlisten.session.deriving import anonymised, merged, trimmed
from relaxlisten.session.format import RECORD_NAME, SessionHeader, event_line, header_line
from relaxlisten.terms import Arm, CommandKind, PhaseKind, SensorPhase, Severity
from tests.test_pipeline import PROTOCOL, TRACKS, packet
from tests.test_replay import HEADER

TITLES = ("Oma's Lullaby", "Rue d'Ulm 1987", "Zum Abschied")
OWN = [
    replace(track, track_id=f"file:Anna Berg/{title}.flac", title=title, content=f"c0ffee{title[:3]}")
    for track, title in zip(TRACKS, TITLES, strict=False)
]
MEMORY = Memory(
    sessions=1,
    pieces=(
        PastPiece(
            session=0, hour=9.5,
            response=PieceResponse(
                time_s=300.0, track_id=OWN[1].track_id, phase=PhaseKind.LEAD, heard_s=120.0, elapsed_s=300.0, start_heart_bpm=0.0,
                end_heart_bpm=-1.0, start_ln_rmssd=None, end_ln_rmssd=None, tempo_gap=None, clear=1.0,
            ),
        ),
    ),
)  # fmt: skip
# Everything in the record below that says whose it is.
SECRETS = (
    "Oma", "Lullaby", "Ulm", "Abschied", "Anna", "Berg", "Polar H10 A1B2C3D4", "A1B2C3D4", "A0:9E:1A:12:34:56", "flac", "2026-",
    "knock at the door", "Privatordner", "/home/", "Dr. Huber", "Huber", "c0ffee",
)  # fmt: skip
PRIVATE = replace(
    PROTOCOL,
    name="huber",
    title="Evening of Dr. Huber",
    description="For Anna",
    phases=tuple(replace(phase, prompt=f"Huber's prompt {number}") for number, phase in enumerate(PROTOCOL.phases)),
)


def header(setup: ControlSetup, protocol: object = PRIVATE) -> SessionHeader:
    from relaxlisten.control.protocol import protocol_to_data

    return replace(
        HEADER, sensor="file:Anna.txt", settings={**HEADER.settings, "music": "Privatordner"}, control=setup_to_data(setup),
        protocol=protocol_to_data(protocol), condition=setup.concealed or setup.arm.value,
    )  # fmt: skip


def write(folder: Path, *, setup: ControlSetup | None = None, seconds: int = 90, started: str = HEADER.started_utc) -> Path:
    """A session of somebody's own music, device and words, through the real pipeline."""
    setup = setup or ControlSetup(memory=MEMORY, hour=9.5)
    pipeline = Pipeline(PRIVATE, seed=3, volume=0.6, setup=setup)
    lines = [header_line(replace(header(setup), started_utc=started))]

    def feed(event: Event) -> None:
        for one, derived in [(event, False), *((one, True) for one in pipeline.feed(event))]:
            lines.append(event_line(one, derived=derived, number=len(lines)))

    reason = "Polar H10 A1B2C3D4 (A0:9E:1A:12:34:56) sends."
    feed(SensorState(time_s=0.0, phase=SensorPhase.STREAMING, reason=reason, name="Polar H10 A1B2C3D4"))
    feed(Notice(time_s=0.0, severity=Severity.WARNING, code="music_left_out", text="/home/anna/x.mp3 is no music."))
    feed(Clocks(time_s=0.5, wall_s=0.75, uncertainty_s=1e-6))
    for track in OWN:
        feed(TrackFound(time_s=0.0, track=track))
    feed(Command(time_s=0.1, what=CommandKind.START))
    for second in range(1, seconds):
        feed(packet(second - 0.2, 850.0 + 40.0 * (second % 5)))
        feed(Tick(time_s=float(second)))
        if second == 30:
            feed(Command(time_s=30.5, what=CommandKind.MARKER, value="knock at the door"))
            feed(Command(time_s=30.6, what=CommandKind.SKIP))
    folder.mkdir(parents=True)
    (folder / RECORD_NAME).write_text("".join(lines), encoding="utf-8")
    return folder


def text_of(folder: Path) -> str:
    """All that a record says, with what is sealed in it opened."""
    text = (folder / RECORD_NAME).read_text(encoding="utf-8")
    return text + json.dumps(setup_to_data(replace(setup_from_data(load_record(folder).header.control), concealed="")))


# ---- a stretch ----


def test_a_stretch_keeps_its_times_and_what_was_true_when_it_began(tmp_path: Path) -> None:
    source = write(tmp_path / "a")
    trimmed(source, 20.0, 40.0, tmp_path / "b")
    whole, part = relaxlisten.load(source), relaxlisten.load(tmp_path / "b")
    inside = (whole["Tick"]["time_s"] >= 20.0) & (whole["Tick"]["time_s"] <= 40.0)
    assert part["Tick"]["time_s"].tolist() == whole["Tick"]["time_s"][inside].tolist()
    assert part["TrackFound"]["track.title"].tolist() == [track.title for track in OWN]
    assert part["SensorState"]["name"].tolist() == ["Polar H10 A1B2C3D4"]
    assert part["PlaybackPlan"]["time_s"][0] < 20.0
    assert part.damage == ()
    assert part.missing == ("This record is a part of another: The stretch from 20 to 40 s; times are as in the source.",)


def test_the_new_header_names_the_source_by_its_hash_and_the_source_stays_as_it_was(tmp_path: Path) -> None:
    source = write(tmp_path / "a")
    before = (source / RECORD_NAME).read_bytes()
    trimmed(source, 20.0, 40.0, tmp_path / "b")
    trimmed(tmp_path / "b", 25.0, 30.0, tmp_path / "c")
    made = load_record(tmp_path / "c").header.derived_from
    assert [one.what for one in made] == ["trim", "trim"]
    assert made[0].sources == (hashlib.sha256(before).hexdigest(),)
    assert (source / RECORD_NAME).read_bytes() == before


def test_a_stretch_cannot_be_replayed_and_says_so(tmp_path: Path) -> None:
    trimmed(write(tmp_path / "a"), 20.0, 40.0, tmp_path / "b")
    with pytest.raises(UsageError, match="made by `session trim`"):
        replay(load_record(tmp_path / "b"))


def test_what_was_damaged_in_the_source_is_counted_in_the_new_record(tmp_path: Path) -> None:
    source = write(tmp_path / "a") / RECORD_NAME
    lines = source.read_bytes().splitlines(keepends=True)
    source.write_bytes(b"".join([*lines[:40], b"rubbish\n", *lines[41:]]))
    assert trimmed(source, 0.0, 99.0, tmp_path / "b").note.endswith("1 damaged lines of the source were left out.")


def test_nothing_is_written_over_and_an_empty_stretch_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "a")
    with pytest.raises(UsageError, match="holds a session already"):
        trimmed(source, 20.0, 40.0, source)
    with pytest.raises(UsageError, match="goes from 0 to 89 s"):
        trimmed(source, 200.0, 400.0, tmp_path / "b")
    assert not (tmp_path / "b").exists()


# ---- parts put together ----


def test_parts_come_together_on_the_clock_of_the_first_to_the_fraction_that_was_measured(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a"), write(tmp_path / "b", started="2026-01-01T00:05:00+00:00")
    merged([second, first], tmp_path / "c")
    whole = relaxlisten.load(tmp_path / "c")
    beats = [relaxlisten.load(part)["Beat"]["time_s"] for part in (first, second)]
    assert whole["Beat"]["time_s"].tolist() == [*beats[0], *(beats[1] + 300.0)]
    assert whole.damage == ()
    assert "0.000, 300.000 s" in load_record(tmp_path / "c").header.derived_from[0].note


def test_parts_that_overlap_or_differ_are_no_parts_of_one_session(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a"), write(tmp_path / "b", started="2026-01-01T00:01:00+00:00")
    with pytest.raises(UsageError, match=r"begins 29\.0 s before"):
        merged([first, second], tmp_path / "c")
    other = write(tmp_path / "d", setup=ControlSetup(arm=Arm.FIXED), started="2026-01-01T01:00:00+00:00")
    with pytest.raises(UsageError, match="differ in their condition"):
        merged([first, other], tmp_path / "c")


# ---- without names ----


@pytest.mark.parametrize("concealed", ["", "B"])
def test_nothing_that_says_whose_it_is_is_left_anywhere(tmp_path: Path, concealed: str) -> None:
    source = write(tmp_path / "a", setup=ControlSetup(memory=MEMORY, concealed=concealed))
    present = [secret for secret in SECRETS if secret in text_of(source)]
    assert present == list(SECRETS)
    anonymised(source, frozenset(), 800, tmp_path / "b", own_protocol=True)
    assert [secret for secret in SECRETS if secret in text_of(tmp_path / "b")] == []
    assert load_record(tmp_path / "b").header.condition == load_record(source).header.condition


def test_an_anonymised_session_has_the_same_heart_and_replays_to_the_last_bit(tmp_path: Path) -> None:
    source = write(tmp_path / "a")
    anonymised(source, frozenset(), 800, tmp_path / "b", own_protocol=True)
    before, after = relaxlisten.load(source), relaxlisten.load(tmp_path / "b")
    np.testing.assert_array_equal(after["Beat"]["nn_ms"], before["Beat"]["nn_ms"])
    assert (after.damage, len(after.missing)) == ((), len(before.missing))
    assert replay(load_record(source)).difference is None
    assert replay(load_record(tmp_path / "b")).difference is None


def test_a_date_goes_back_by_whole_days_and_its_hour_stays(tmp_path: Path) -> None:
    anonymised(write(tmp_path / "a"), frozenset(), 2, tmp_path / "b", own_protocol=True)
    assert load_record(tmp_path / "b").header.started_utc == "2025-12-30T00:00:00+00:00"


def test_what_somebody_wants_to_keep_stays_and_is_named(tmp_path: Path) -> None:
    note = anonymised(write(tmp_path / "a"), frozenset({Keep.MARKERS, Keep.TITLES}), 9, tmp_path / "b", own_protocol=True).note
    assert "Kept as they were: markers, titles." in note
    text = text_of(tmp_path / "b")
    assert [word in text for word in ("knock at the door", "Zum Abschied", "A1B2C3D4", "Huber")] == [True, True, False, False]


# ---- packed, and from the command line ----


def test_a_packed_record_reads_as_it_did_and_as_far_as_it_is_whole(tmp_path: Path) -> None:
    source = write(tmp_path / "a") / RECORD_NAME
    whole = relaxlisten.load(source)
    packed = gzip.compress(source.read_bytes())
    source.unlink()
    source.with_name(f"{RECORD_NAME}.gz").write_bytes(packed)
    np.testing.assert_array_equal(relaxlisten.load(tmp_path / "a")["Beat"]["nn_ms"], whole["Beat"]["nn_ms"])
    source.with_name(f"{RECORD_NAME}.gz").write_bytes(packed[: len(packed) // 2])
    half = relaxlisten.load(tmp_path / "a")
    assert 0 < half["Beat"]["time_s"].size < whole["Beat"]["time_s"].size
    assert any("stops at" in sentence for sentence in half.missing)


def test_the_commands_say_what_they_wrote(tmp_path: Path) -> None:
    source = str(write(tmp_path / "a"))

    def said(*words: str) -> str:
        result = CliRunner().invoke(app, ["session", *words])
        assert result.exit_code == 0, result.output
        return re.sub(r"\s+", " ", result.output)

    assert "The stretch from 20 to 60 s" in said("trim", source, "--from", "20", "--to", "1:00", "-o", str(tmp_path / "b"))
    assert "The heart itself is kept" in said("anonymise", source, "-o", str(tmp_path / "c"))
    assert "Huber" not in text_of(tmp_path / "c")
    assert "Made by trim (version" in said("show", str(tmp_path / "b"))
