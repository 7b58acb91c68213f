import pytest

from relaxlisten.control.arms import ChoiceRule
from relaxlisten.control.choose import Wish, allowed_pieces, choose_next, fresh_pieces
from relaxlisten.control.limits import Limits
from relaxlisten.control.protocol import MusicRules, Phase
from relaxlisten.messages import Track, TrackChoice
from relaxlisten.terms import PhaseKind, Pieces, TempoSource


def track(name: str, tempo_bpm: float | None) -> Track:
    source = TempoSource.NONE if tempo_bpm is None else TempoSource.COMPOSED
    return Track(track_id=name, title=name.title(), duration_s=200.0, tempo_bpm=tempo_bpm, tempo_source=source)


TRACKS = [track("slow", 54.0), track("middle", 66.0), track("quick", 80.0), track("bowls", None)]


def choose(
    tracks: list[Track], history: tuple[str, ...], wish: float | None, kind: PhaseKind, seed: int = 1, heard: float | None = None
) -> tuple[Track, TrackChoice]:
    phase = Phase(name="Now", kind=kind, minutes=5.0)
    now = Wish(bpm=wish, phase=phase, rules=MusicRules(), limits=Limits(), seed=seed, time_s=0.0, heard_bpm=heard)
    chosen = choose_next(tracks, history, ChoiceRule.NEAREST, now)
    return chosen.track, chosen.choice


def pick(wish: float | None, kind: PhaseKind = PhaseKind.MATCH, history: tuple[str, ...] = (), heard: float | None = None) -> str:
    return choose(TRACKS, history, wish, kind, heard=heard)[0].track_id


@pytest.mark.parametrize(
    ("wish", "expected"), [(55.0, "slow"), (67.0, "middle"), (79.0, "quick"), (110.0, "slow"), (160.0, "quick"), (None, "middle")]
)
def test_the_piece_that_needs_least_stretching_is_chosen(wish: float | None, expected: str) -> None:
    assert pick(wish) == expected


def test_a_piece_just_heard_is_not_chosen_again() -> None:
    assert pick(67.0, history=("middle",)) != "middle"


def test_the_only_piece_there_is_is_played_again() -> None:
    only = [track("only", 60.0)]
    chosen, choice = choose(only, ("only", "only"), 70.0, PhaseKind.LEAD)
    assert chosen is only[0]
    assert "only piece" in choice.reason


def test_a_closing_phase_prefers_a_piece_without_a_pulse() -> None:
    assert pick(60.0, PhaseKind.CLOSE) == "bowls"


def test_a_piece_without_a_pulse_is_the_last_resort_where_the_tempo_is_led() -> None:
    two = [track("slow", 60.0), track("bowls", None)]
    assert choose(two, ("slow",), 60.0, PhaseKind.LEAD)[0].track_id == "bowls"
    assert choose(two, ("bowls",), 60.0, PhaseKind.LEAD)[0].track_id == "slow"


def test_equals_are_told_apart_by_the_seed_and_always_the_same_way() -> None:
    equals = [track(name, 66.0) for name in "abcdefgh"]

    def chosen(seed: int) -> str:
        return choose(equals, (), 66.0, PhaseKind.MATCH, seed)[0].track_id

    assert len({chosen(seed) for seed in range(20)}) > 2
    assert [chosen(seed) for seed in range(20)] == [chosen(seed) for seed in range(20)]


def test_the_reason_names_piece_tempo_and_how_many_were_considered() -> None:
    _, choice = choose(TRACKS, (), 67.0, PhaseKind.MATCH)
    assert "Middle (66 BPM)" in choice.reason
    assert "+1.5 %" in choice.reason
    assert choice.considered == 4


def test_a_piece_that_can_follow_at_the_tempo_that_is_heard_goes_before_one_a_little_nearer_to_the_wish() -> None:
    two = [track("nearer", 60.0), track("follows", 64.0)]
    assert choose(two, (), 61.5, PhaseKind.LEAD)[0].track_id == "nearer"
    assert choose(two, (), 61.5, PhaseKind.LEAD, heard=68.0)[0].track_id == "follows"  # 68 is 13 % above 60, 6 % above 64
    assert choose(two, (), 58.0, PhaseKind.LEAD, heard=68.0)[0].track_id == "nearer"  # the other is 10 % from this wish


def allowed(pieces: Pieces = Pieces.ANY, rules: MusicRules = MusicRules()) -> list[str]:  # noqa: B008  # frozen
    phase = Phase(name="Now", kind=PhaseKind.SETTLE, minutes=5.0, pieces=pieces)
    return [track.track_id for track in allowed_pieces(TRACKS, phase, rules)]


def test_a_phase_takes_only_the_pieces_of_its_kind() -> None:
    assert allowed(Pieces.PULSED) == ["slow", "middle", "quick"]
    assert allowed(Pieces.BEATLESS) == ["bowls"]


def test_pieces_outside_the_bounds_of_tempo_are_left_out_and_those_without_a_pulse_are_not() -> None:
    assert allowed(rules=MusicRules(slowest_bpm=60.0, quickest_bpm=70.0)) == ["middle", "bowls"]


def test_bounds_that_no_piece_keeps_are_no_reason_for_silence() -> None:
    phase = Phase(name="Now", kind=PhaseKind.SETTLE, minutes=5.0)
    assert allowed_pieces(TRACKS[:3], phase, MusicRules(slowest_bpm=150.0)) == TRACKS[:3]


@pytest.mark.parametrize(("remembered", "left"), [(0, 4), (1, 3), (2, 2), (50, 2)])
def test_as_many_pieces_are_remembered_as_the_protocol_says_but_half_stay_free(remembered: int, left: int) -> None:
    rules = MusicRules(remembered_pieces=remembered)
    assert len(fresh_pieces(TRACKS, ("slow", "middle", "quick", "bowls"), rules)) == left
