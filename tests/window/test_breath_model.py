import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.messages import BreathCue
from relaxlisten.terms import BreathPart
from relaxlisten.window.breath_model import STALE_S, Breath, BreathModel, beats_per_breath
from tests.window.scripted_session import sound


def cue(at_s: float, part: BreathPart, length_s: float) -> BreathCue:
    return BreathCue(time_s=at_s - 1.2, at_s=at_s, part=part, length_s=length_s, by_music=True)


def playing(tempo_bpm: float, seconds: float, *, first_beat_s: float = 0.13, turn: int = 1, model: BreathModel | None = None):
    """Reports four times a second of a piece whose beats lie at first_beat_s, first_beat_s + 60 / tempo, ..."""
    model = model or BreathModel()
    for report in range(int(seconds * 4)):
        at_s = report / 4.0
        state = sound(at_s, tempo_bpm)
        index = int((at_s - first_beat_s) // (60.0 / tempo_bpm))
        model.feed(dataclasses.replace(state, beat_index=index, turn=turn))
    return model


def test_a_cue_holds_from_its_moment_to_its_end_although_the_next_is_given_before() -> None:
    model = BreathModel()
    model.feed(cue(10.0, BreathPart.IN, 4.0))
    model.feed(cue(14.0, BreathPart.OUT, 6.0))  # given at 12.8
    assert model.breath(9.9, with_music=False) is None
    assert model.breath(13.0, with_music=False) == Breath(part=BreathPart.IN, share=0.75)
    assert model.breath(17.0, with_music=False) == Breath(part=BreathPart.OUT, share=0.5)
    assert model.breath(20.1, with_music=False) is None


@pytest.mark.parametrize(
    ("part", "share", "fullness"),
    [
        (BreathPart.IN, 0.0, 0.0), (BreathPart.IN, 0.5, 0.5), (BreathPart.IN, 1.0, 1.0),
        (BreathPart.OUT, 0.0, 1.0), (BreathPart.OUT, 0.5, 0.5), (BreathPart.OUT, 1.0, 0.0),
    ],
)  # fmt: skip
def test_the_lungs_fill_and_empty_without_a_jump_at_the_turns(part: BreathPart, share: float, fullness: float) -> None:
    assert Breath(part=part, share=share).fullness == pytest.approx(fullness)


@pytest.mark.parametrize(
    ("tempo_bpm", "beats"),
    [(60.0, (4, 6)), (48.0, (3, 5)), (72.0, (5, 7)), (84.0, (6, 8)), (30.0, (2, 3))],
)  # nearest to ten seconds: 10, 8, 12, 14 and 5 beats; two fifths of them in
def test_a_breath_is_whole_beats_and_about_ten_seconds(tempo_bpm: float, beats: tuple[int, int]) -> None:
    assert beats_per_breath(tempo_bpm) == beats


def test_without_cues_nobody_is_paced_unless_they_wish_to_breathe_with_the_music() -> None:
    model = playing(60.0, 30.0)
    assert model.breath(29.9, with_music=False) is None
    assert model.breath(29.9, with_music=True) is not None


@settings(max_examples=25)
@given(st.floats(min_value=45.0, max_value=90.0), st.floats(min_value=0.0, max_value=0.6))
def test_turns_of_the_breath_fall_on_beats_of_the_music(tempo_bpm: float, first_beat_s: float) -> None:
    model = playing(tempo_bpm, 12.0, first_beat_s=first_beat_s)
    begin_s = 11.75  # of the last report: what comes is foretold from it
    before = model.breath(begin_s, with_music=True)
    assert before is not None
    turns_s = []
    for step in range(1, 180):
        now_s = begin_s + step * 0.01
        breath = model.breath(now_s, with_music=True)
        assert breath is not None
        if breath.part is not before.part:
            turns_s.append(now_s)
        before = breath
    for turn_s in turns_s:
        beats = (turn_s - first_beat_s) * tempo_bpm / 60.0
        assert abs(beats - round(beats)) * 60.0 / tempo_bpm < 0.06


def test_a_breath_that_has_begun_keeps_its_length_when_the_tempo_moves() -> None:
    model = playing(60.0, 8.0, first_beat_s=0.0)
    early = model.breath(7.75, with_music=True)
    model.feed(dataclasses.replace(sound(8.0, 63.1), beat_index=8))  # eleven beats would now be nearest to ten seconds
    late = model.breath(8.0, with_music=True)
    assert early is not None
    assert late is not None
    assert (early.part, late.part) == (BreathPart.IN, BreathPart.IN)  # begun on beat 7, when it was asked for
    assert (early.share, late.share) == (pytest.approx(0.75 / 4.0), pytest.approx(1.0 / 4.0))


def test_another_piece_takes_the_breath_on_near_where_it_was() -> None:
    model = playing(60.0, 8.0, first_beat_s=0.0)
    early = model.breath(7.75, with_music=True)
    model.feed(dataclasses.replace(sound(8.0, 62.0), beat_index=3, turn=2))
    late = model.breath(8.0, with_music=True)
    assert early is not None
    assert late is not None
    assert abs(late.fullness - early.fullness) < 0.3


def test_music_without_a_pulse_or_news_paces_nobody() -> None:
    model = playing(60.0, 8.0)
    assert model.breath(7.75 + STALE_S + 0.1, with_music=True) is None
    model.feed(sound(8.0, None))
    assert model.breath(8.0, with_music=True) is None
