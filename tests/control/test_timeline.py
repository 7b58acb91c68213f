import pytest

from relaxlisten.control.limits import Limits
from relaxlisten.control.protocol import Phase, Protocol
from relaxlisten.control.timeline import Timeline, after_command, after_tick, describe
from relaxlisten.terms import CommandKind, PhaseKind, SessionStage

PROTOCOL = Protocol(
    name="two", title="Two", description="", limits=Limits(),
    phases=(Phase(name="A", kind=PhaseKind.BASELINE, minutes=0.1), Phase(name="B", kind=PhaseKind.CLOSE, minutes=0.2)),
)  # fmt: skip


def run(timeline: Timeline, *times_s: float) -> Timeline:
    for time_s in times_s:
        timeline = after_tick(timeline, PROTOCOL, time_s)
    return timeline


def started() -> Timeline:
    return after_command(run(Timeline(), 1.0, 2.0), PROTOCOL, CommandKind.START, 2.0)


def test_time_before_the_start_does_not_count() -> None:
    assert run(started(), 3.0).phase_elapsed_s == 1.0


def test_a_phase_hands_its_excess_to_the_next() -> None:
    timeline = run(started(), 3.0, 4.0, 5.0, 6.0, 7.0, 8.5)
    assert (timeline.phase_index, timeline.phase_elapsed_s) == (1, pytest.approx(0.5))


def test_a_pause_costs_no_session_time() -> None:
    paused = after_command(run(started(), 3.0), PROTOCOL, CommandKind.PAUSE, 3.0)
    resumed = after_command(run(paused, 4.0, 100.0), PROTOCOL, CommandKind.RESUME, 100.0)
    assert run(resumed, 101.0).phase_elapsed_s == 2.0


def test_the_session_ends_with_its_last_phase() -> None:
    timeline = run(started(), *[2.0 + second for second in range(1, 19)])
    assert timeline.stage is SessionStage.ENDED
    assert describe(timeline, PROTOCOL, 21.0).session_remaining_s == 0.0


def test_next_phase_moves_on_and_after_the_last_ends() -> None:
    second = after_command(started(), PROTOCOL, CommandKind.NEXT_PHASE, 2.5)
    assert describe(second, PROTOCOL, 2.5).session_remaining_s == pytest.approx(12.0)
    assert after_command(second, PROTOCOL, CommandKind.NEXT_PHASE, 3.0).stage is SessionStage.ENDED


def test_a_machine_that_slept_does_not_lose_its_session() -> None:
    timeline = run(started(), 3.0, 3603.0)
    assert (timeline.stage, timeline.phase_elapsed_s) == (SessionStage.RUNNING, pytest.approx(0.0))


@pytest.mark.parametrize("what", list(CommandKind))
def test_no_command_wakes_a_session_that_has_ended(what: CommandKind) -> None:
    ended = after_command(started(), PROTOCOL, CommandKind.STOP, 3.0)
    assert after_command(ended, PROTOCOL, what, 4.0).stage is SessionStage.ENDED
