"""The therapist's screen in the running program: a real window, nothing but keys, and a sound card that is recorded."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from relaxlisten.messages import Command, Decision, SoundState
from relaxlisten.replay import replay
from relaxlisten.terms import CommandKind, DecisionKind
from tests.system.program import PROGRAM, bare_environment, count_of, read_session, wait_until
from tests.system.soundcard.virtual import missing_programs, virtual_sound_card
from tests.system.test_keyboard import Keyboard, display

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from relaxlisten.session.format import Record

ABSENT = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None] + missing_programs()
WHY_NOT = "Linux only" if sys.platform != "linux" else f"not installed: {', '.join(ABSENT)}" if ABSENT else None
pytestmark = [pytest.mark.system, pytest.mark.skipif(WHY_NOT is not None, reason=WHY_NOT or "")]
SOAK_S = 180.0


class Screen:
    """The program with its details open, a session running in it."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        settings = home / "config" / "relaxlisten" / "window.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps({"liking": {"store": True, "view": "details"}}), encoding="utf-8")
        self.home = home
        self.folder = home / "session"
        command = [*PROGRAM, "listen", "--sensor", "simulated", "--also", "Kim=simulated", "--out", str(self.folder)]
        with (home / "output").open("wb") as log:
            self.program = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self.keyboard = Keyboard(environment)
        self.said('"stage":"running"')

    def said(self, text: str) -> None:
        wait_until(lambda: count_of(self.folder / "session.jsonl", text) > 0, text)

    def end(self) -> Record:
        self.program.terminate()
        assert self.program.wait(30.0) == 0, (self.home / "output").read_text(encoding="utf-8")
        return read_session(self.folder)


@contextlib.contextmanager
def screen(home: Path) -> Iterator[Screen]:
    with virtual_sound_card() as card, display() as name:
        names = ("XDG_RUNTIME_DIR", "PULSE_SERVER")
        environment = bare_environment(home) | {each: card.environment[each] for each in names}
        environment |= {"DISPLAY": name, "QT_QPA_PLATFORM": "xcb", "XDG_CONFIG_HOME": str(home / "config"), "LANG": "C.UTF-8"}
        shown = Screen(home, environment)
        try:
            yield shown
        finally:
            shown.program.kill()


def test_overrides_observations_and_notes_by_key_are_recorded_answered_and_replayed(tmp_path: Path) -> None:
    with screen(tmp_path) as shown:
        press = shown.keyboard.press
        press("h", "minus", "3", "n", "h", "o", "1", "Return")
        shown.said('"value":"ho1"')
        press("g", "s", "o", "w", "alt+Left", "ctrl+plus", "alt+End")
        press("e")
        shown.said('"what":"end_gently"')
        record = shown.end()
        companion = read_session(shown.folder / "person-2")
    asked = [(event.what, event.value) for event in events(record, Command)][1:]
    assert asked[:5] == [
        (CommandKind.HOLD, None), (CommandKind.TEMPO, -1.0), (CommandKind.MARKER, "eyes closed"), (CommandKind.MARKER, "ho1"),
        (CommandKind.END_GENTLY, None),
    ]  # fmt: skip
    answers = [event.reason for event in events(record, Decision) if event.kind is DecisionKind.PERSON]
    assert all(answer.startswith("You asked ") for answer in answers)
    assert len(answers) == 3
    assert replay(record).difference is None
    assert replay(companion).difference is None
    assert not [event for event in events(companion, Command) if event.what is CommandKind.MARKER]


@pytest.mark.soak
@pytest.mark.timeout(int(SOAK_S) + 120)
def test_the_sound_never_breaks_while_the_screen_is_drawn_as_fast_as_it_can_be(tmp_path: Path) -> None:
    with screen(tmp_path) as shown:
        press = shown.keyboard.press
        press("s", "o", *["ctrl+plus"] * 8)  # half a minute across the window: it moves with every frame
        pause = threading.Event()
        for _ in range(int(SOAK_S / 3.0)):
            press("alt+Left", "alt+End")
            pause.wait(3.0)
        record = shown.end()
    states = [state for state in events(record, SoundState) if state.audible]
    sys.stdout.write(f"{states[-1].time_s:.0f} s of sound, {states[-1].breaks} breaks, least {least(states):.2f} s ready\n")
    assert states[-1].breaks == 0


def least(states: list[SoundState]) -> float:
    return min(state.buffered_s for state in states[8:])


def events(record: Record, kind: type) -> list:
    return [entry.event for entry in record.events if isinstance(entry.event, kind)]
