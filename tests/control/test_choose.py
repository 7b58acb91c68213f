import pytest

from relaxlisten.control.choose import choose_next
from relaxlisten.messages import Track
from relaxlisten.terms import PhaseKind, TempoSource


def track(name: str, tempo_bpm: float | None) -> Track:
    source = TempoSource.NONE if tempo_bpm is None else TempoSource.COMPOSED
    return Track(track_id=name, title=name.title(), duration_s=200.0, tempo_bpm=tempo_bpm, tempo_source=source)


TRACKS = [track("slow", 54.0), track("middle", 66.0), track("quick", 80.0), track("bowls", None)]


def pick(wish: float | None, kind: PhaseKind = PhaseKind.MATCH, history: tuple[str, ...] = (), seed: int = 1) -> str:
    return choose_next(TRACKS, history, wish, kind, seed=seed, time_s=0.0)[0].track_id


@pytest.mark.parametrize(
    ("wish", "expected"), [(55.0, "slow"), (67.0, "middle"), (79.0, "quick"), (110.0, "slow"), (160.0, "quick"), (None, "middle")]
)
def test_the_piece_that_needs_least_stretching_is_chosen(wish: float | None, expected: str) -> None:
    assert pick(wish) == expected


def test_a_piece_just_heard_is_not_chosen_again() -> None:
    assert pick(67.0, history=("middle",)) != "middle"


def test_the_only_piece_there_is_is_played_again() -> None:
    only = [track("only", 60.0)]
    chosen, choice = choose_next(only, ("only", "only"), 70.0, PhaseKind.LEAD, seed=1, time_s=0.0)
    assert chosen is only[0]
    assert "only piece" in choice.reason


def test_a_closing_phase_prefers_a_piece_without_a_pulse() -> None:
    assert pick(60.0, PhaseKind.CLOSE) == "bowls"


def test_a_piece_without_a_pulse_is_the_last_resort_where_the_tempo_is_led() -> None:
    two = [track("slow", 60.0), track("bowls", None)]
    assert choose_next(two, ("slow",), 60.0, PhaseKind.LEAD, seed=1, time_s=0.0)[0].track_id == "bowls"
    assert choose_next(two, ("bowls",), 60.0, PhaseKind.LEAD, seed=1, time_s=0.0)[0].track_id == "slow"


def test_equals_are_told_apart_by_the_seed_and_always_the_same_way() -> None:
    equals = [track(name, 66.0) for name in "abcdefgh"]

    def chosen(seed: int) -> str:
        return choose_next(equals, (), 66.0, PhaseKind.MATCH, seed=seed, time_s=0.0)[0].track_id

    assert len({chosen(seed) for seed in range(20)}) > 2
    assert [chosen(seed) for seed in range(20)] == [chosen(seed) for seed in range(20)]


def test_the_reason_names_piece_tempo_and_how_many_were_considered() -> None:
    _, choice = choose_next(TRACKS, (), 67.0, PhaseKind.MATCH, seed=1, time_s=0.0)
    assert "Middle (66 BPM)" in choice.reason
    assert "+1.5 %" in choice.reason
    assert choice.considered == 4
