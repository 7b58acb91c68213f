"""What is kept of a session for its person, and what is said where it cannot be."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from relaxlisten import assembly
from relaxlisten import listener as listener_module
from relaxlisten.assembly import assemble
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.listener import Keeper
from relaxlisten.people_desk import PeopleDesk
from relaxlisten.session.people_store import People
from relaxlisten.settings import SessionSettings
from relaxlisten.unwaited import unwaited
from tests.system.program import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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


@pytest.mark.parametrize("wrong", [{"music": "/nowhere"}, {"sensor": "rubbish"}])
def test_a_session_that_does_not_begin_lets_go_of_its_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    monkeypatch.setattr(assembly, "data_folder", lambda: tmp_path)
    people = PeopleDesk(tmp_path)
    people.add("Ada")
    people.agree("Ada")
    faults = []
    for _ in range(2):
        with pytest.raises(UsageError) as fault:
            unwaited("start", lambda: assemble(SessionSettings(person="Ada", with_sound=False, **wrong))).result(60.0)
        faults.append(fault)  # and with it all that it came through
        wait_until(lambda: is_free(tmp_path), "the claim to be let go of")
    assert "is running already" not in "".join(str(fault.value) for fault in faults)


def is_free(data: Path) -> bool:
    """Whether nobody has a claim on Ada's folder."""
    people = People(data)
    claim = people.folder(people.find("Ada")).claim()
    if claim is not None:
        claim.release()
    return claim is not None


def test_a_folder_that_cannot_be_locked_says_so_itself_and_is_let_go_of() -> None:
    def refuse() -> None:
        message = "The folder could not be locked to the end."
        raise RelaxListenError(message)

    ended, released = keeper(refuse)
    with pytest.raises(RelaxListenError, match="could not be locked"):
        ended.close()
    assert released.is_set()
