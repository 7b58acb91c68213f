import pytest

from relaxlisten.control.arms import ARMS
from relaxlisten.control.avoiding import CODE, is_avoided
from relaxlisten.control.protocol_file import parse_protocol
from relaxlisten.control.setup import ControlSetup, setup_from_data, setup_to_data
from relaxlisten.messages import Command, Notice, Tick, Track, TrackChoice, TrackFound
from relaxlisten.pipeline import Pipeline
from relaxlisten.terms import Arm, CommandKind, TempoSource

PROTOCOL = parse_protocol('[[phase]]\nname = "a"\nkind = "settle"\nminutes = 10\n', "p.toml")


def track(track_id: str, title: str, place: int | None = None) -> Track:
    return Track(
        track_id=track_id, title=title, duration_s=60.0, tempo_bpm=60.0, tempo_source=TempoSource.TAG, place=place
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "avoided"),
    [
        ("requiem", True), ("REQUIEM ", True), ("req*", True), ("Mozart/*", True), ("file:Mozart/01 Requiem.flac", True),
        ("01 requiem.flac", True), ("quiem", False), ("Mozart", False), ("", False), ("requiem [live]", False),
    ],
)  # fmt: skip
def test_a_piece_is_named_by_title_file_or_pattern(wanted: str, avoided: bool) -> None:
    assert is_avoided(track("file:Mozart/01 Requiem.flac", "Requiem"), [wanted]) is avoided


def test_brackets_in_a_title_are_letters() -> None:
    assert is_avoided(track("file:x.mp3", "Song [live]"), ["song [live]"])
    assert not is_avoided(track("file:x.mp3", "Song l"), ["song [live]"])


@pytest.mark.parametrize("arm", [arm for arm in Arm if ARMS[arm].sound.value == "music" and arm is not Arm.YOKED])
@pytest.mark.parametrize("in_order", [False, True])
def test_no_rule_no_order_and_no_skip_ever_comes_to_an_avoided_piece(arm: Arm, in_order: bool) -> None:
    setup = ControlSetup(arm=arm, avoid=("bad*",))
    pipeline = Pipeline(PROTOCOL, seed=3, volume=1.0, setup=setup)
    found = [
        track(f"file:{title}", title, place if in_order else None)
        for place, title in enumerate(["bad 1", "good", "bad 2", "fine"])
    ]
    events = [event for one in found for event in pipeline.feed(TrackFound(time_s=0.0, track=one))]
    events += pipeline.feed(Command(time_s=0.0, what=CommandKind.START))
    for second in range(1, 300):
        events += pipeline.feed(Tick(time_s=float(second)))
        events += pipeline.feed(Command(time_s=float(second), what=CommandKind.SKIP)) if second % 10 == 0 else []
    titles = [event.title for event in events if isinstance(event, TrackChoice)]
    assert len(titles) > 20
    assert set(titles) == {"good", "fine"}


def test_where_only_avoided_pieces_are_there_it_is_said() -> None:
    pipeline = Pipeline(PROTOCOL, seed=3, volume=1.0, setup=ControlSetup(avoid=("bad",)))
    pipeline.feed(TrackFound(time_s=0.0, track=track("file:bad", "bad")))
    events = pipeline.feed(Command(time_s=0.0, what=CommandKind.START))
    assert [event.code for event in events if isinstance(event, Notice)] == [CODE]
    assert not any(isinstance(event, TrackChoice) for event in events)


def test_what_is_avoided_stands_in_the_record() -> None:
    setup = ControlSetup(avoid=("bad",))
    assert setup_from_data(setup_to_data(setup)) == setup
