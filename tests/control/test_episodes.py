"""What a heart did with a piece: only of the time in which it was heard."""

from relaxlisten.control.episodes import Baseline, Episode, Second, add_to_baseline, begin, hear, response
from relaxlisten.messages import PieceResponse
from relaxlisten.terms import PhaseKind

REST = Baseline()
for _ in range(30):
    REST = add_to_baseline(REST, Second(heart_bpm=70.0, ln_rmssd=3.5))


def heard(episode: Episode, heart_bpm: float, begin_s: int, seconds: int, *, playing: bool = True) -> Episode:
    for time_s in range(begin_s, begin_s + seconds):
        phase = PhaseKind.SETTLE if playing else PhaseKind.RECOVERY
        episode = hear(episode, Second(heart_bpm=heart_bpm, ln_rmssd=3.5), phase, float(time_s), playing=playing)
    return episode


def told(episode: Episode, time_s: float) -> PieceResponse:
    answer = response(episode, REST.known, 60.0, 0.0, time_s)
    assert answer is not None
    return answer


def test_the_silence_after_a_piece_is_not_the_piece_s() -> None:
    music = heard(begin(heard(Episode(), 70.0, 0, 30, playing=False), "a"), 64.0, 30, 150)
    answer = told(heard(music, 72.0, 180, 120, playing=False), 300.0)
    assert (answer.start_heart_bpm, answer.end_heart_bpm) == (0.0, -6.0)
    assert (answer.heard_s, answer.elapsed_s, answer.phase) == (150.0, 179.0, PhaseKind.SETTLE)


def test_what_is_heard_of_a_piece_after_a_silence_does_not_mix_with_what_was_heard_before() -> None:
    before = heard(heard(begin(Episode(), "a"), 64.0, 0, 150), 72.0, 150, 120, playing=False)
    after = heard(before, 75.0, 270, 40)
    assert told(after, 310.0).end_heart_bpm == -6.0


def test_a_piece_that_had_hardly_begun_begins_anew_after_a_pause() -> None:
    """Nothing is heard while a session is paused: the seconds are simply missing."""
    begun = heard(begin(Episode(), "a"), 64.0, 0, 30)
    answer = told(heard(begun, 68.0, 200, 90), 290.0)
    assert (answer.heard_s, answer.end_heart_bpm, answer.start_heart_bpm) == (90.0, -2.0, -6.0)


def test_a_piece_heard_for_less_than_a_minute_tells_nothing() -> None:
    assert response(heard(begin(Episode(), "a"), 64.0, 0, 59), REST.known, 60.0, 0.0, 59.0) is None
    assert told(heard(begin(Episode(), "a"), 64.0, 0, 60), 60.0).end_heart_bpm == -6.0
