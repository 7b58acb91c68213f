"""People as the window works with them: through one object, which keeps passphrases in memory only."""

import dataclasses
import datetime
from pathlib import Path

import pytest

from relaxlisten.control.memory import Memory, PastPiece
from relaxlisten.errors import UsageError
from relaxlisten.messages import PieceResponse
from relaxlisten.people_desk import PeopleDesk, piece_effects
from relaxlisten.people_facts import Consent, HeardPiece, Need, PersonCard, SessionSummary
from relaxlisten.session import person_folder
from relaxlisten.session.people_store import People
from relaxlisten.session.person_lock import Locked
from relaxlisten.terms import PhaseKind
from tests.session.locks import PASSPHRASE, made_lock


@pytest.fixture
def desk(tmp_path: Path) -> PeopleDesk:
    return PeopleDesk(tmp_path)


def test_what_a_session_still_needs_is_known_before_it_begins(
    desk: PeopleDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, keys = made_lock()
    monkeypatch.setattr(person_folder, "new_lock", lambda _: (text, keys))
    monkeypatch.setattr(person_folder, "open_lock", lambda *_: keys)
    assert desk.need("Kim") is Need.NEW
    person_id = desk.add("Kim")
    assert desk.need("kim") is Need.CONSENT
    desk.agree("kim")
    assert desk.need("KIM") is Need.NOTHING
    People(tmp_path).folder(People(tmp_path).find("kim")).lock(PASSPHRASE)
    assert desk.need("kim") is Need.PASSPHRASE
    assert [line.locked for line in desk.lines()] == [True]
    assert desk.passphrase("kim") is None
    with pytest.raises(Locked):
        desk.page(person_id)
    desk.open(person_id, PASSPHRASE)
    assert desk.need("kim") is Need.NOTHING
    assert desk.passphrase("kim") == PASSPHRASE
    assert desk.page(person_id).card.consent is not None
    assert not any(PASSPHRASE.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_what_is_written_on_a_page_is_there_and_consents_are_not_overwritten(desk: PeopleDesk) -> None:
    desk.add("kim")
    desk.agree("kim")
    before = desk.page("kim").card
    forged = dataclasses.replace(before, goals=("sleep",), consents=(Consent(version="forged", given=datetime.date(2020, 1, 1)),))
    desk.write("kim", forged)
    desk.note("kim", "wept")
    desk.keep_until("kim", datetime.date(2020, 1, 31))
    page = desk.page("kim")
    assert page.card == dataclasses.replace(before, goals=("sleep",))
    assert [note.text for note in page.notes] == ["wept"]
    assert page.line.past
    assert list(desk.find("SLEEP").values()) == [["goals: sleep"]]
    assert desk.find("nothing of the kind") == {}
    desk.take_back("kim")
    assert desk.need("kim") is Need.CONSENT


def test_a_deleted_person_is_gone_from_the_desk_too(desk: PeopleDesk, tmp_path: Path) -> None:
    desk.add("kim")
    desk.write("kim", PersonCard(plan="rest"))
    assert [Path(file).name for file in desk.going("kim")] == ["person.toml"]
    (tmp_path / "settings.json").write_text('{"person": "kim"}')
    assert [Path(file).name for file in desk.delete("kim")] == ["settings.json"]
    assert desk.lines() == ()
    with pytest.raises(UsageError):
        desk.page("kim")


def response(track_id: str, end_bpm: float) -> PieceResponse:
    return PieceResponse(
        time_s=300.0, track_id=track_id, phase=PhaseKind.SETTLE, heard_s=180.0, elapsed_s=300.0, start_heart_bpm=0.0,
        end_heart_bpm=end_bpm, start_ln_rmssd=0.0, end_ln_rmssd=0.0, tempo_gap=None, clear=1.0,
    )  # fmt: skip


def test_pieces_that_settle_come_first_and_what_is_not_known_is_not_shown() -> None:
    past = [
        PastPiece(session=session, hour=12.0, response=response(name, end_bpm))
        for session in range(8)
        for name, end_bpm in (("calm", -6.0), ("loud", 6.0))
    ]
    past.append(PastPiece(session=7, hour=12.0, response=response("once", 0.0)))
    pieces = tuple(HeardPiece(track_id=name, title=name.title()) for name in ("loud", "once", "calm"))
    row = SessionSummary(
        session="s", started_utc="", title="", minutes=1.0, simulated=False, condition="adaptive", pieces=pieces
    )  # fmt: skip
    found = piece_effects(Memory(sessions=8, pieces=tuple(past)), [row])
    assert [one.title for one in found] == ["Calm", "Once", "Loud"]
    assert found[0].heart is not None
    assert found[0].heart.low < found[0].heart.mean < found[0].heart.high < 0.0
    assert found[1].heart is None
    assert [one.felt for one in found] == [None] * 3
    assert piece_effects(Memory(), [row]) == ()
