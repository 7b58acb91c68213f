from pathlib import Path

import pytest

from relaxlisten.control.protocol import RatingQuestion
from relaxlisten.messages import PieceResponse, Rating
from relaxlisten.session.people import FILE_NAME, felt_change, read_memory, remember, remember_feeling
from relaxlisten.session.person_folder import PersonFolder
from relaxlisten.terms import PhaseKind, When

CALM = RatingQuestion(scale="calm", question="How calm?")
TENSE = RatingQuestion(scale="tension", question="How tense?", calm_is_high=False)


def answer(track_id: str, heard_s: float = 120.0) -> PieceResponse:
    return PieceResponse(
        time_s=300.0, track_id=track_id, phase=PhaseKind.LEAD, heard_s=heard_s, elapsed_s=300.0, start_heart_bpm=-1.0,
        end_heart_bpm=-2.5, start_ln_rmssd=0.0, end_ln_rmssd=0.1, tempo_gap=None, clear=1.0,
    )  # fmt: skip


def rating(scale: str, value: float, when: When) -> Rating:
    return Rating(time_s=0.0, scale=scale, value=value, when=when)


FELT = [rating("calm", 4.0, When.BEFORE), rating("calm", 7.0, When.AFTER)]


def test_what_a_session_showed_is_read_back_as_it_was(tmp_path: Path) -> None:
    folder = PersonFolder(tmp_path, None)
    assert remember(folder, [answer("a"), answer("b"), *FELT], [CALM], hour=9.25)
    remember(folder, [answer("a")], [CALM], hour=20.0)
    memory = read_memory(folder)
    assert memory.sessions == 2
    assert [(past.session, past.hour, past.response) for past in memory.pieces] == [
        (0, 9.25, answer("a")), (0, 9.25, answer("b")), (1, 20.0, answer("a")),
    ]  # fmt: skip
    assert [(past.session, past.change, past.shares) for past in memory.feelings] == [
        (0, pytest.approx(0.3), {"a": 0.5, "b": 0.5})
    ]


def test_a_feeling_told_later_belongs_to_the_last_session(tmp_path: Path) -> None:
    folder = PersonFolder(tmp_path, None)
    remember(folder, [answer("a")], [CALM], hour=9.0)
    assert remember_feeling(folder, [answer("a"), *FELT], [CALM]) == pytest.approx(0.3)
    [feeling] = read_memory(folder).feelings
    assert (feeling.session, feeling.shares) == (0, {"a": 1.0})


def test_a_session_that_showed_nothing_is_not_remembered(tmp_path: Path) -> None:
    folder = PersonFolder(tmp_path, None)
    assert not remember(folder, FELT, [CALM], hour=9.0)
    assert read_memory(folder).sessions == 0


def test_less_tension_is_more_calm_and_scales_are_averaged() -> None:
    ratings = [*FELT, rating("tension", 8.0, When.BEFORE), rating("tension", 3.0, When.AFTER)]
    assert felt_change(ratings, [CALM, TENSE]) == pytest.approx((0.3 + 0.5) / 2.0)
    assert felt_change([rating("calm", 4.0, When.BEFORE)], [CALM]) is None


def test_damaged_lines_are_passed_over(tmp_path: Path) -> None:
    folder = PersonFolder(tmp_path, None)
    remember(folder, [answer("a")], [CALM], hour=9.0)
    folder.append(FILE_NAME, b'{"hour": 3\n[]\n{"pieces": 4}\n')
    remember(folder, [answer("b")], [CALM], hour=9.0)
    assert read_memory(folder).sessions == 2
