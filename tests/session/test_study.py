import collections
import itertools
import json
from pathlib import Path

import pytest

from relaxlisten.control.setup import seal
from relaxlisten.errors import UsageError
from relaxlisten.session.allocation import Design, allocate, allocation_from_data, allocation_to_data, williams
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.study import SEALED, assign, is_open, new_study, unblind

ARMS = ("adaptive", "fixed", "silence", "yoked")


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_in_a_williams_square_every_arm_comes_equally_often_in_every_place_and_after_every_other(count: int) -> None:
    arms = [f"a{number}" for number in range(count)]
    rows = williams(arms)
    for place in range(count):
        assert set(collections.Counter(row[place] for row in rows).values()) == {len(rows) // count}
    follows = collections.Counter(pair for row in rows for pair in itertools.pairwise(row))
    assert len(follows) == count * (count - 1)
    assert len(set(follows.values())) == 1


def test_a_parallel_allocation_is_balanced_in_every_block() -> None:
    rows = allocate(ARMS, Design.PARALLEL, 24, seed=3).rows
    for first in range(0, 24, 8):
        assert set(collections.Counter(row[0] for row in rows[first : first + 8]).values()) == {2}


def test_an_allocation_is_the_same_for_the_same_seed_only_and_survives_its_file() -> None:
    one = allocate(ARMS, Design.CROSSOVER, 12, seed=1)
    assert one == allocate(ARMS, Design.CROSSOVER, 12, seed=1)
    assert one.rows != allocate(ARMS, Design.CROSSOVER, 12, seed=2).rows
    assert allocation_from_data(json.loads(json.dumps(allocation_to_data(one)))) == one


def test_letters_are_dealt_anew_in_every_study() -> None:
    assert len({tuple(sorted(allocate(ARMS, Design.CROSSOVER, 4, seed=seed).letters.items())) for seed in range(12)}) > 3


def made(folder: Path) -> Path:
    new_study(folder, ARMS, Design.CROSSOVER, 4, "short-5", seed=11)
    return folder


def test_a_participant_goes_through_all_arms_one_session_after_the_other(tmp_path: Path) -> None:
    study = made(tmp_path / "trial")
    arms = []
    for number in range(1, 5):
        one = assign(study, "P02")
        assert (one.session, one.folder.name) == (number, f"P02-{number}")
        arms.append(one.arm)
        one.folder.mkdir(parents=True)
        (one.folder / RECORD_NAME).write_text("x")
    assert sorted(arms) == sorted(ARMS)


def test_nothing_in_a_study_s_folder_says_who_gets_what_before_it_is_opened(tmp_path: Path) -> None:
    study = made(tmp_path / "trial")
    sealed = (study / SEALED).read_text()
    assert not any(arm in sealed for arm in ARMS)
    plan = json.loads((study / "study.json").read_text())
    assert "seed" not in plan
    assert plan["arms"] == sorted(ARMS)
    for participant in ("P01", "P02"):
        one = assign(study, participant)
        assert one.arm not in str(one.folder.name)
        assert one.label in "ABCD"


def test_a_study_is_opened_once_and_says_when_and_why(tmp_path: Path) -> None:
    study = made(tmp_path / "trial")
    assert not is_open(study)
    letters = unblind(study, "all sessions done").letters
    assert is_open(study)
    written = json.loads((study / "unblinded.json").read_text())
    assert (written["reason"], written["letters"]) == ("all sessions done", letters)
    unblind(study, "again")
    assert json.loads((study / "unblinded.json").read_text()) == written


@pytest.mark.parametrize("participant", ["P00", "P05", "kim", "P1x"])
def test_somebody_who_takes_no_part_is_told_so(tmp_path: Path, participant: str) -> None:
    with pytest.raises(UsageError, match="P01 to P04"):
        assign(made(tmp_path / "trial"), participant)


def test_a_study_is_not_made_over_another(tmp_path: Path) -> None:
    study = made(tmp_path / "trial")
    with pytest.raises(UsageError, match="holds a study already"):
        new_study(study, ARMS, Design.CROSSOVER, 4, "short-5", seed=1)


def test_a_damaged_seal_is_told_in_one_sentence(tmp_path: Path) -> None:
    study = made(tmp_path / "trial")
    (study / SEALED).write_text("not a seal")
    with pytest.raises(UsageError, match="cannot be read"):
        assign(study, "P01")


@pytest.mark.parametrize(
    "plan",
    [
        b"",
        b"[" * 2000,
        b"[]",
        b'{"arms": ["fixed"], "design": "crossover", "participants": 2}',
        b'{"arms": ["fixed"], "design": "crossover", "participants": "two", "protocol": "short-5"}',
        b'{"arms": ["fixed"], "design": "crossover", "participants": true, "protocol": "short-5"}',
        b'{"arms": ["fixed"], "design": "crossover", "participants": 0, "protocol": "short-5"}',
        b'{"arms": [1], "design": "crossover", "participants": 2, "protocol": "short-5"}',
        b'{"arms": ["fixed"], "design": "round", "participants": 2, "protocol": "short-5"}',
    ],
)
def test_a_plan_that_somebody_spoilt_is_refused_in_a_sentence(plan: bytes, tmp_path: Path) -> None:
    study = made(tmp_path / "trial")
    (study / "study.json").write_bytes(plan)
    with pytest.raises(UsageError, match="holds no study that can be read"):
        assign(study, "P01")


@pytest.mark.parametrize(
    "allocation",
    [
        {},
        {"design": "crossover", "seed": 1, "letters": {"fixed": "A"}, "rows": []},
        {"design": "crossover", "seed": 1, "letters": {"fixed": "A"}, "rows": [[]]},
        {"design": "crossover", "seed": 1, "letters": {"fixed": "A"}, "rows": [["adaptive"]]},
        {"design": "crossover", "seed": 1, "letters": {"fixed": 5}, "rows": [["fixed"]]},
        {"design": "crossover", "seed": [], "letters": {"fixed": "A"}, "rows": [["fixed"]]},
        {"design": "crossover", "seed": 1, "letters": {"fixed": "A"}, "rows": 7},
    ],
)
def test_an_allocation_that_somebody_spoilt_is_refused_in_a_sentence(allocation: dict[str, object], tmp_path: Path) -> None:
    study = made(tmp_path / "trial")
    (study / SEALED).write_text(seal(allocation))
    with pytest.raises(UsageError, match="without it no session can be assigned"):
        assign(study, "P01")
