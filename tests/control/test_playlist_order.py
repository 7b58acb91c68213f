from __future__ import annotations

from relaxlisten.control.playlist_order import meant_for, next_in_order
from relaxlisten.messages import Track
from relaxlisten.terms import TempoSource


def track(name: str, place: int | None = None, phases: tuple[str, ...] = ()) -> Track:
    return Track(
        track_id=name, title=name, duration_s=60.0, tempo_bpm=60.0, tempo_source=TempoSource.TAG, place=place, phases=phases
    )  # fmt: skip


def test_a_phase_takes_the_pieces_that_are_meant_for_it_and_those_for_all():
    tracks = [track("a", phases=("Arrive",)), track("b", phases=("Lead", "Settle")), track("c")]
    assert [one.track_id for one in meant_for(tracks, "arrive")] == ["a", "c"]
    assert [one.track_id for one in meant_for(tracks, "Settle")] == ["b", "c"]


def test_where_none_is_meant_for_a_phase_all_may_play():
    tracks = [track("a", phases=("Arrive",)), track("b", phases=("Lead",))]
    assert list(meant_for(tracks, "Close")) == tracks


def test_pieces_of_an_ordered_playlist_come_one_after_the_other_and_then_the_choice_is_free():
    tracks = [track("c", 2), track("a", 0), track("b", 1)]
    played: list[str] = []
    for expected in ("a", "b", "c"):
        chosen = next_in_order(tracks, played, 5.0)
        assert chosen.track.track_id == chosen.choice.track_id == expected
        assert chosen.decision.inputs["rule"] == "playlist"
        played.append(expected)
    assert "number 1 of the playlist" in next_in_order(tracks, [], 5.0).choice.reason
    assert next_in_order(tracks, played, 5.0) is None


def test_what_was_passed_over_is_not_gone_back_to():
    assert next_in_order([track("a", 0), track("b", 1), track("c", 2)], ["b"], 0.0).track.track_id == "c"


def test_pieces_without_a_place_have_no_order():
    assert next_in_order([track("a"), track("b")], [], 0.0) is None
