import io
import os
import signal
from pathlib import Path

import pytest
from rich.console import Console

from relaxlisten.terms import CommandKind, SensorKind, SensorPhase
from relaxlisten.window.end_wish import EndWish
from relaxlisten.window.terminal import Screen, run_terminal, sparkline
from tests.window.scripted_session import ScriptedSession, sensor


class Script:
    """Passes the time for the view: one second of session a look, and an end."""

    def __init__(self, handle: ScriptedSession, seconds: int, at: dict[int, object] | None = None) -> None:
        self.handle, self.seconds, self.now, self.at = handle, seconds, 0, at or {}

    def wait(self, _seconds: float) -> None:
        self.now += 1
        self.handle.play_to(self.now)
        if action := self.at.get(self.now):
            action()
        if self.now >= self.seconds:
            self.handle.finished = True


def shown(handle: ScriptedSession, seconds: int, *, terminal: bool, at: dict[int, object] | None = None) -> str:
    output = io.StringIO()
    console = Console(file=output, force_terminal=terminal, width=150, highlight=False)
    run_terminal(handle, console=console, wait=Script(handle, seconds, at).wait)
    return output.getvalue()


def test_plain_lines_tell_phase_reasons_and_status_without_control_codes() -> None:
    text = shown(ScriptedSession(), 40, terminal=False)
    assert "\x1b" not in text
    assert "Phase: Lead" in text
    assert "Slow Keys (63 BPM) is near." in text
    assert "a little ahead of the heart." in text
    assert "Heart 7" in text
    assert "BPM" in text


def test_a_simulated_heart_is_marked_on_every_status_line() -> None:
    text = shown(ScriptedSession(SensorKind.SIMULATED), 60, terminal=False)
    status = [line for line in text.splitlines() if "Signal:" in line]
    assert len(status) >= 4
    assert all("SIMULATED" in line for line in status[1:])


def test_the_picture_shows_the_same_facts() -> None:
    text = shown(ScriptedSession(SensorKind.SIMULATED), 40, terminal=True)
    for part in ("SIMULATED HEART", "bpm", "BPM", "Lead", "Slow Keys", "Polar H10", "battery 87 %", "RMSSD 42 ms"):
        assert part in text


def test_a_word_on_the_sensor_is_told_once_until_it_is_connected_again() -> None:
    handle = ScriptedSession()
    again = {second: (lambda: handle.say(sensor(1.0, SensorPhase.WAITING))) for second in (5, 8, 11)}
    assert shown(handle, 14, terminal=False, at=again).count("was lost") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_asks_for_a_gentle_end_and_handlers_are_put_back(number: signal.Signals) -> None:
    handle = ScriptedSession()
    before = signal.getsignal(number)
    shown(handle, 30, terminal=False, at={5: lambda: os.kill(os.getpid(), number)})
    assert (CommandKind.STOP, None) in handle.commands
    assert signal.getsignal(number) is before


def test_where_nobody_reads_any_more_the_session_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("relaxlisten.window.terminal.to_nobody", lambda: None)
    handle = ScriptedSession()
    script = Script(handle, 30)
    run_terminal(handle, console=Screen(file=Closed(), width=150), wait=script.wait)
    assert script.now == 30


def test_a_fault_in_what_is_shown_is_told_and_the_session_goes_on_unseen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Faulty(io.StringIO):
        def write(self, _text: str) -> int:
            raise ValueError("no such colour")

    monkeypatch.setattr("relaxlisten.crash_report.data_folder", lambda: tmp_path)
    handle = ScriptedSession()
    script = Script(handle, 30)
    run_terminal(handle, console=Screen(file=Faulty(), width=150), wait=script.wait)
    assert script.now == 30
    assert capsys.readouterr().err.startswith("relaxlisten: What shows the session failed: the session goes on unseen. A report")


def test_a_wish_that_comes_before_the_session_ends_it_as_soon_as_it_is_there() -> None:
    handle = ScriptedSession()
    with EndWish() as wish:
        os.kill(os.getpid(), signal.SIGINT)
        assert handle.commands == []
        wish.tell(handle)
    assert handle.commands == [(CommandKind.STOP, None)]


def test_a_sparkline_spans_its_values_and_leaves_gaps() -> None:
    import numpy as np

    line = sparkline((np.arange(4.0), np.array([60.0, 80.0, np.nan, 60.0])), 4)
    assert line == "▁█ ▁ 60 to 80"
    assert sparkline((np.arange(2.0), np.array([np.nan, np.nan])), 4) == "-"
