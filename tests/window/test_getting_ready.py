"""A window that waits for a session to get ready."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6 import QtCore

from relaxlisten.errors import RelaxListenError
from relaxlisten.terms import CommandKind
from relaxlisten.window import getting_ready
from relaxlisten.window.main_window import MainWindow
from tests.window.opening import Launcher, opening
from tests.window.scripted_session import ScriptedSession

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from relaxlisten.window.choices import SessionChoices


class Slow(Launcher):
    """Gets ready when it is let; what the window shows meanwhile is kept by whoever lets it."""

    def __init__(self, fault: RelaxListenError | None = None) -> None:
        super().__init__(ScriptedSession(), fault)
        self.answers = threading.Event()

    def __call__(self, choices: SessionChoices) -> ScriptedSession:
        assert self.answers.wait(30.0)
        return super().__call__(choices)


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getting_ready, "_AT_ONCE_S", 0.0)


def started(qtbot: QtBot, launcher: Slow, *, then_close: bool = False) -> tuple[MainWindow, list[tuple[str, bool]]]:
    """A window in which somebody pressed Start; what it said while it waited, and whether it took input then."""
    window = MainWindow(opening(launcher))
    qtbot.addWidget(window, before_close_func=lambda window: setattr(window.running, "handle", None))
    window.show()
    seen: list[tuple[str, bool]] = []

    def look() -> None:
        seen.append((window.message.text(), window.isEnabled()))
        if then_close:
            assert not window.close()
        launcher.answers.set()

    QtCore.QTimer.singleShot(0, look)
    window._begin()
    return window, seen


def test_while_a_session_gets_ready_the_window_says_so_and_lives(qtbot: QtBot) -> None:
    window, seen = started(qtbot, Slow())
    assert seen == [("Getting ready …", False)]
    assert window.running.handle is not None
    assert window.isEnabled()


def test_why_it_did_not_get_ready_is_said_and_start_is_there_again(qtbot: QtBot) -> None:
    window, _ = started(qtbot, Slow(RelaxListenError("The folder does not answer.")))
    assert (window.message.text(), window.running.handle, window.isEnabled()) == ("The folder does not answer.", None, True)


def test_whoever_closes_the_window_meanwhile_has_the_session_ended_gently(qtbot: QtBot) -> None:
    launcher = Slow()
    started(qtbot, launcher, then_close=True)
    qtbot.waitUntil(lambda: CommandKind.STOP in [what for what, _ in launcher.handle.commands])


def test_whoever_wishes_it_twice_closes_the_window_and_a_session_that_gets_ready_later_is_ended(qtbot: QtBot) -> None:
    launcher = Slow()
    window = MainWindow(opening(launcher))
    qtbot.addWidget(window)
    window.show()
    QtCore.QTimer.singleShot(0, lambda: [window.close(), window.close()])
    window._begin()
    assert window.message.text() == "It was given up: a disk or a network does not answer."
    qtbot.waitUntil(lambda: not window.isVisible())
    launcher.answers.set()
    qtbot.waitUntil(lambda: [what for what, _ in launcher.handle.commands] == [CommandKind.STOP])
