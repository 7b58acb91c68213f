"""The group: each person beside their own beginning, nobody beside another."""

import pytest

from relaxlisten.messages import FromCompanion, Notice, SessionPhase
from relaxlisten.terms import PhaseKind, SensorKind, SensorPhase, SessionStage, Severity
from relaxlisten.window.board import Board
from relaxlisten.window.group_model import GroupModel, change_words, heart_words, rmssd_words, signal_words, spoken
from relaxlisten.window.traces import LIGHT
from relaxlisten.window.view_model import ViewModel
from tests.window.scripted_session import physiology, sensor


def of(number: int, event: object) -> FromCompanion:
    return FromCompanion(number=number, name=f"Person {number}", steered=True, event=event)


def phase(time_s: float, kind: PhaseKind) -> SessionPhase:
    return SessionPhase(
        time_s=time_s, stage=SessionStage.RUNNING, name=kind.value, kind=kind, elapsed_s=time_s, remaining_s=9.0,
        session_remaining_s=9.0,
    )  # fmt: skip


def group(hearts: dict[int, tuple[float, float]], kind: PhaseKind = PhaseKind.BASELINE) -> GroupModel:
    """hearts: of each strap, heart rate in the first minute and after it."""
    model = GroupModel()
    for second in range(1, 121):
        time_s = float(second)
        model.feed(phase(time_s, kind if second <= 60 else PhaseKind.MATCH))
        for number, (before, after) in hearts.items():
            now = physiology(time_s, before if second <= 60 else after)
            model.feed(now if number == 1 else of(number, now))
    return model


def test_each_is_compared_with_their_own_baseline_only() -> None:
    alone = group({1: (70.0, 66.0)}).first.change_bpm
    members = group({1: (70.0, 66.0), 2: (90.0, 91.0), 3: (55.0, 55.0)}).members
    assert [member.change_bpm for member in members] == pytest.approx([-4.0, 1.0, 0.0])
    assert members[0].change_bpm == alone


def test_people_stand_in_the_order_in_which_they_were_added_whatever_their_hearts_do() -> None:
    model = GroupModel()
    for number in (4, 2, 3):
        model.feed(of(number, physiology(1.0, 100.0 - number)))
    assert [member.name for member in model.members] == ["", "Person 2", "Person 3", "Person 4"]


def test_without_a_baseline_phase_the_first_minute_is_the_baseline() -> None:
    assert group({1: (72.0, 65.0)}, PhaseKind.LEAD).first.change_bpm == pytest.approx(-7.0)


def test_no_change_is_told_before_there_is_a_baseline_or_while_no_heart_is_heard() -> None:
    model = GroupModel()
    model.feed(phase(1.0, PhaseKind.BASELINE))
    model.feed(physiology(1.0, 70.0))
    assert change_words(model.first) == "own baseline not known yet"
    model = group({1: (70.0, 66.0)})
    assert change_words(model.first) == "-4.0 bpm from own baseline"
    assert rmssd_words(model.first) == "RMSSD 42 ms (+0 %)"
    model.feed(physiology(121.0, None))
    assert change_words(model.first) == "change not known now"
    assert heart_words(model.first) == "no heartbeat for 12 s"


def test_simulated_hearts_and_lost_straps_are_marked_in_their_own_row() -> None:
    model = GroupModel()
    model.feed(of(2, sensor(1.0, SensorPhase.STREAMING, SensorKind.SIMULATED)))
    model.feed(of(2, physiology(1.0, 70.0)))
    model.feed(of(3, sensor(1.0, SensorPhase.WAITING)))
    assert [signal_words(member) for member in model.members[1:]] == ["SIMULATED · signal good", "lost, looked for again"]
    assert "Person 3: no heartbeat yet" in spoken(model)


def test_a_companions_events_touch_nothing_of_the_sessions_own_facts() -> None:
    model = ViewModel()
    model.feed(physiology(1.0, 70.0))
    model.feed(of(2, physiology(2.0, 99.0)))
    assert model.facts.heart_rate_bpm == 70.0
    assert model.course.series["heart"].since(0.0)[1].tolist() == [70.0]


def test_what_is_wrong_with_a_companions_strap_is_said_with_their_name() -> None:
    model = ViewModel()
    model.feed(of(2, Notice(time_s=1.0, severity=Severity.WARNING, code="battery", text="The battery is low.")))
    assert (model.facts.notice, model.facts.notice_severity) == ("Person 2: The battery is low.", Severity.WARNING)


def test_the_group_has_a_key_once_there_is_one(qtbot) -> None:
    board = Board(LIGHT, lambda _what, _value: None)
    qtbot.addWidget(board)
    board.show()
    model = ViewModel()
    board.show_points(model)
    assert not board.toggles["group"].isVisible()
    model.feed(of(2, physiology(1.0, 99.0)))
    board.show_points(model)
    board.toggles["group"].click()
    assert board.group.isVisible()
    assert "Person 2: 99 bpm" in board.group.accessibleName()
    board.toggles["group"].click()
    assert board.canvas.isVisible()
