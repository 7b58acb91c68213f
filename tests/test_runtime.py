"""The loop that runs a session, between scripted shells on invented time."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.finding import FoundTrack
from relaxlisten.loop import SessionLoop
from relaxlisten.messages import (
    ClockOffset,
    Command,
    Event,
    Input,
    Notice,
    Notification,
    PlaybackPlan,
    SessionPhase,
    SoundState,
    Tick,
    Track,
    TrackFound,
)
from relaxlisten.pipeline import Pipeline
from relaxlisten.ports import Clock
from relaxlisten.runtime import CONCEALED_START_S
from relaxlisten.terms import CommandKind
from relaxlisten.watched import Watch
from tests.test_pipeline import PROTOCOL, TRACKS, packet


class ScriptedSensor:
    def __init__(self) -> None:
        self.heard: list[SoundState] = []
        self._next_s = 0.9

    def start(self, clock: Clock) -> None: ...

    def poll(self, now_s: float) -> Sequence[Input]:
        due = []
        while self._next_s <= now_s:
            due.append(packet(self._next_s, 900.0))
            self._next_s += 0.9
        return due

    def hear(self, state: SoundState) -> None:
        self.heard.append(state)

    def stop(self) -> None: ...


class ScriptedSound:
    def __init__(self) -> None:
        self.calls: list[object] = []

    def start(self, clock: Clock) -> None: ...

    def add_track(self, track: Track, path: Path | None) -> None:
        self.calls.append((track.track_id, path))

    def apply(self, plan: PlaybackPlan) -> None:
        self.calls.append(plan)

    def poll(self, now_s: float) -> Sequence[Input]:
        return [
            SoundState(
                time_s=now_s, dac_time_s=now_s, track_id=None, source_s=0.0, time_ratio=1.0, tempo_bpm=None, beat_index=None,
                audible=False, buffered_s=0.0, breaks=0, underflow_frames=0, turn=0,
            )
        ]  # fmt: skip

    def stop(self) -> None: ...


class ScriptedLibrary:
    def __init__(self, found: dict[float, list[FoundTrack | str]], failure: RelaxListenError | None = None) -> None:
        self.found = found
        self.failure = failure
        self.complete = False
        self.now_s = 0.0

    def poll(self) -> list[FoundTrack | str]:
        due = [time_s for time_s in self.found if time_s <= self.now_s]
        return [item for time_s in due for item in self.found.pop(time_s)]


class ScriptedLink:
    """Another program, which says one thing at each poll."""

    def poll(self, now_s: float) -> list[Command | ClockOffset]:
        offset = ClockOffset(time_s=now_s, clock="lsl", offset_s=100.0, error_s=0.0)
        return [offset, Command(time_s=now_s, what=CommandKind.MARKER, value="from there")]


class Parts:
    """The parts that a loop needs; what assembly.Parts gives it."""

    def __init__(self, library: ScriptedLibrary) -> None:
        self.pipeline = Pipeline(PROTOCOL, seed=1, volume=1.0)
        self.sensor = ScriptedSensor()
        self.sound = ScriptedSound()
        self.library = library
        self.answers = ()


class Everything:
    """An observer that keeps all."""

    def __init__(self) -> None:
        self.events: list[tuple[Event, bool]] = []

    def receive(self, event: Event, *, derived: bool) -> None:
        self.events.append((event, derived))

    def of(self, kind: type) -> list:
        return [event for event, _ in self.events if isinstance(event, kind)]


def found(index: int) -> FoundTrack:
    return FoundTrack(track=TRACKS[index], path=Path(f"{index}.flac"))


def loop_with(library: ScriptedLibrary, **more: object) -> tuple[SessionLoop, Parts, Everything]:
    parts, seen = Parts(library), Everything()
    return SessionLoop(parts, [seen], **more), parts, seen  # type: ignore[arg-type]  # scripted parts


def run(loop: SessionLoop, parts: Parts, until_s: float, from_s: float = 0.0) -> None:
    for step in range(round(from_s * 20), round(until_s * 20)):
        parts.library.now_s = step / 20.0
        loop.step(step / 20.0)


def test_one_tick_a_second_at_whole_seconds() -> None:
    loop, parts, seen = loop_with(ScriptedLibrary({}))
    run(loop, parts, 10.0)
    assert [tick.time_s for tick in seen.of(Tick)] == [float(second) for second in range(1, 10)]


def test_a_machine_that_slept_does_not_make_up_for_its_ticks() -> None:
    loop, parts, seen = loop_with(ScriptedLibrary({}))
    run(loop, parts, 3.0)
    loop.step(3600.5)
    assert [tick.time_s for tick in seen.of(Tick)] == [1.0, 2.0, 3600.0]


def test_music_starts_once_all_of_it_is_known() -> None:
    library = ScriptedLibrary({0.2: [found(0)], 0.4: [found(1)]})
    loop, parts, seen = loop_with(library)
    run(loop, parts, 0.45)
    assert seen.of(Command) == []
    library.complete = True
    run(loop, parts, 0.5, from_s=0.45)
    assert [command.what for command in seen.of(Command)] == [CommandKind.START]


def test_music_starts_with_what_is_known_when_the_rest_takes_long() -> None:
    loop, parts, seen = loop_with(ScriptedLibrary({0.2: [found(0)], 9.0: [found(1)]}))
    run(loop, parts, 2.0)
    assert [command.time_s for command in seen.of(Command)] == [pytest.approx(1.2)]
    run(loop, parts, 10.0, from_s=2.0)
    assert len(seen.of(TrackFound)) == 2


def test_the_sound_knows_a_piece_before_it_is_planned() -> None:
    library = ScriptedLibrary({0.0: [found(0)]})
    library.complete = True
    loop, parts, _ = loop_with(library)
    run(loop, parts, 0.1)
    assert parts.sound.calls[0] == (TRACKS[0].track_id, Path("0.flac"))
    assert isinstance(parts.sound.calls[1], PlaybackPlan)


def test_what_is_heard_reaches_the_simulated_wearer() -> None:
    loop, parts, seen = loop_with(ScriptedLibrary({}))
    run(loop, parts, 1.0)
    assert parts.sensor.heard == seen.of(SoundState)


def test_a_file_that_cannot_be_played_is_told_and_nothing_more() -> None:
    loop, parts, seen = loop_with(ScriptedLibrary({0.1: ["notes.mp3 is left out.", found(0)]}))
    run(loop, parts, 1.0)
    assert [(notice.code, notice.text) for notice in seen.of(Notice)] == [("music_left_out", "notes.mp3 is left out.")]
    assert loop.failure is None


def test_without_any_music_the_session_fails_with_the_reason() -> None:
    fault = UsageError("Nothing can be played.")
    loop, parts, _ = loop_with(ScriptedLibrary({}, failure=fault))
    run(loop, parts, 0.1)
    assert loop.failure is fault
    assert loop.ended


def test_music_that_is_long_in_coming_is_told_once_and_the_session_begins_when_it_is_there() -> None:
    loop, parts, seen = loop_with(ScriptedLibrary({40.0: [found(0)]}))
    run(loop, parts, 14.9)
    assert seen.of(Notice) == []
    run(loop, parts, 45.0, from_s=14.9)
    assert [(notice.code, notice.time_s) for notice in seen.of(Notice)][:1] == [("music_late", 15.0)]
    assert [notice.code for notice in seen.of(Notice)].count("music_late") == 1
    assert [command.what for command in seen.of(Command)] == [CommandKind.START]


def test_music_that_is_there_in_time_is_not_called_late() -> None:
    loop, parts, seen = loop_with(ScriptedLibrary({1.0: [found(0)]}))
    run(loop, parts, 30.0)
    assert "music_late" not in [notice.code for notice in seen.of(Notice)]


def test_a_stop_ends_the_loop() -> None:
    library = ScriptedLibrary({0.0: [found(0)]})
    library.complete = True
    loop, parts, seen = loop_with(library)
    run(loop, parts, 1.0)
    loop.commands.put(Command(time_s=1.0, what=CommandKind.STOP))
    run(loop, parts, 1.1, from_s=1.0)
    assert loop.ended
    assert seen.of(SessionPhase)[-1].session_remaining_s == 0.0


def test_observers_see_each_input_before_what_follows_from_it() -> None:
    loop, parts, seen = loop_with(ScriptedLibrary({}))
    run(loop, parts, 3.0)
    tick = next(i for i, (event, _) in enumerate(seen.events) if isinstance(event, Tick))
    assert seen.events[tick][1] is False
    assert seen.events[tick + 1][1] is True


def test_what_another_program_puts_in_is_an_input_like_any_other() -> None:
    loop, parts, seen = loop_with(ScriptedLibrary({}), links=[ScriptedLink()])
    run(loop, parts, 0.1)
    told = [(type(event).__name__, derived) for event, derived in seen.events if isinstance(event, ClockOffset | Command)]
    assert told == [("ClockOffset", False), ("Command", False)] * 2


def test_a_concealed_session_starts_no_sooner_for_an_arm_whose_music_is_there_at_once() -> None:
    starts_s = []
    for ready_s in (0.0, 1.5):
        loop, parts, seen = loop_with(ScriptedLibrary({ready_s: [found(0)]}), earliest_start_s=CONCEALED_START_S)
        run(loop, parts, 6.0)
        starts_s += [command.time_s for command in seen.of(Command) if command.what is CommandKind.START]
    assert starts_s == [CONCEALED_START_S, CONCEALED_START_S]


# ---- what may fail in the midst of it ----


class Failing(Everything):
    """An observer that takes nothing."""

    def receive(self, event: Event, *, derived: bool) -> None:
        super().receive(event, derived=derived)
        raise ValueError(event)


def watched_loop(parts: Parts, observers: list[Everything]) -> SessionLoop:
    return SessionLoop(parts, observers, Watch())  # type: ignore[arg-type]  # scripted parts


def test_an_observer_that_fails_is_given_up_and_touches_neither_the_session_nor_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relaxlisten.crash_report.data_folder", lambda: tmp_path)
    quiet, watched, failing = Everything(), Everything(), Failing()
    parts, other = Parts(ScriptedLibrary({})), Parts(ScriptedLibrary({}))
    run(watched_loop(parts, [failing, watched]), parts, 5.0)
    run(watched_loop(other, [quiet]), other, 5.0)
    assert len(failing.events) == 4  # three restarts, and then no more
    told = [notice.code for notice in watched.of(Notice)]
    assert told == ["part_failed", "part_failed", "part_failed", "part_given_up"]
    assert [event for event, _ in watched.events if not isinstance(event, Notice)] == [event for event, _ in quiet.events]


def test_a_strap_that_fails_once_is_polled_again_and_the_ticks_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relaxlisten.crash_report.data_folder", lambda: tmp_path)
    parts, seen = Parts(ScriptedLibrary({})), Everything()
    real, polls = parts.sensor.poll, []

    def poll(now_s: float) -> Sequence[Input]:
        polls.append(now_s)
        if len(polls) == 30:
            raise OSError("the radio is on fire")
        return real(now_s)

    parts.sensor.poll = poll  # type: ignore[method-assign]
    run(watched_loop(parts, [seen]), parts, 6.0)
    assert len(seen.of(Notification)) == 6
    assert [tick.time_s for tick in seen.of(Tick)] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert [notice.text.split(":")[0] for notice in seen.of(Notice)] == ["What listens to the strap failed and was started again"]


def test_a_session_that_nobody_listens_to_lets_the_fault_of_an_observer_through() -> None:
    parts = Parts(ScriptedLibrary({}))
    with pytest.raises(ValueError, match="SoundState"):
        run(SessionLoop(parts, [Failing()]), parts, 2.0)  # type: ignore[arg-type]
