"""What is kept of a session for its person, and what is said where it cannot be."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from relaxlisten import listener as listener_module
from relaxlisten.errors import RelaxListenError
from relaxlisten.listener import Keeper

if TYPE_CHECKING:
    from collections.abc import Callable


class Folder:
    """A person's folder; `seal` is what happens while it is locked."""

    def __init__(self, seal: Callable[[], object]) -> None:
        self.seal_plain = seal


def keeper(seal: Callable[[], object]) -> tuple[Keeper, threading.Event]:
    """The keeper of Ada's session, and whether her folder was let go of."""
    released = threading.Event()
    who = SimpleNamespace(folder=Folder(seal), entry=SimpleNamespace(name="Ada"), claim=SimpleNamespace(release=released.set))
    return Keeper(who, (), 12.0), released  # type: ignore[arg-type]  # of a listener only what is needed at the end


def test_a_folder_that_does_not_answer_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(listener_module, "_KEPT_WITHIN_S", 0.0)
    ended, released = keeper(lambda: answers.wait(30.0))
    with pytest.raises(
        RelaxListenError, match=r"The folder of Ada does not answer, or too slowly: .* may not be remembered for the next one\."
    ):
        ended.close()
    assert not released.is_set()
    answers.set()
    assert released.wait(30.0)


def test_a_folder_that_cannot_be_locked_says_so_itself_and_is_let_go_of() -> None:
    def refuse() -> None:
        message = "The folder could not be locked to the end."
        raise RelaxListenError(message)

    ended, released = keeper(refuse)
    with pytest.raises(RelaxListenError, match="could not be locked"):
        ended.close()
    assert released.is_set()
