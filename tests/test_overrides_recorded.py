"""A session in which a person asks for everything there is, written down, read back, and replayed to the last bit."""

from pathlib import Path

import pytest

from relaxlisten.assembly import assemble
from relaxlisten.loop import SessionLoop
from relaxlisten.messages import Command, Decision
from relaxlisten.replay import replay
from relaxlisten.session.records import load_record
from relaxlisten.settings import SessionSettings
from relaxlisten.sound.silent import SilentSound
from relaxlisten.terms import CommandKind, DecisionKind, SessionStage

ASKED = {
    60: (CommandKind.HOLD, None),
    70: (CommandKind.TEMPO, -1.0),
    95: (CommandKind.MARKER, "sighs"),
    100: (CommandKind.RELEASE, None),
    110: (CommandKind.SKIP, None),
    115: (CommandKind.VOLUME, 0.55),
    130: (CommandKind.NEXT_PHASE, None),
    150: (CommandKind.TEMPO, 2.5),
    170: (CommandKind.MATCH_AGAIN, None),
    171: (CommandKind.PAUSE, None),
    172: (CommandKind.TEMPO, 1.0),
    180: (CommandKind.RESUME, None),
    200: (CommandKind.END_GENTLY, None),
}


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("relaxlisten.assembly._sound", lambda _settings: SilentSound())
    monkeypatch.setattr("relaxlisten.assembly.data_folder", lambda: tmp_path / "data")
    monkeypatch.setattr("relaxlisten.places.data_folder", lambda: tmp_path / "data")
    parts = assemble(SessionSettings(protocol="settle-20", seed=5, offline=True, out=tmp_path / "s"))
    recorder = parts.open_recorder(lambda _fault: None)
    loop = SessionLoop(parts, [recorder])
    parts.library.scan()
    parts.sensor.start(type("Start", (), {"now_s": lambda _self: 0.0})())
    for second in range(300):
        if second in ASKED:
            loop.commands.put(Command(time_s=float(second), what=ASKED[second][0], value=ASKED[second][1]))
        loop.step(float(second))
        if loop.ended:
            break
    recorder.close()
    assert parts.pipeline.stage is SessionStage.ENDED
    return recorder.path.parent


def test_every_override_is_in_the_record_is_answered_and_replays_to_the_last_bit(session: Path) -> None:
    record = load_record(session)
    assert replay(record).difference is None
    asked = [entry.event for entry in record.events if isinstance(entry.event, Command) and not entry.derived]
    assert [(one.what, one.value) for one in asked[1:]] == list(ASKED.values())
    answers = [e.event for e in record.events if isinstance(e.event, Decision) and e.event.kind is DecisionKind.PERSON]
    plain = (CommandKind.MARKER, CommandKind.PAUSE, CommandKind.RESUME)
    assert [answer.chosen for answer in answers] == [what.value for what, _ in ASKED.values() if what not in plain]
    assert "the session is paused, so nothing changes" in answers[-2].reason
