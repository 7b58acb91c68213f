import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.control.pacer import Ear, Pacer, breaths_per_min, step
from relaxlisten.control.protocol import Phase
from relaxlisten.messages import BreathCue
from relaxlisten.terms import BreathPart, PhaseKind

BY_MUSIC = Phase(name="Breathe", kind=PhaseKind.SETTLE, minutes=9.0, breath_in_beats=4, breath_out_beats=6)
BY_CLOCK = Phase(name="Breathe", kind=PhaseKind.SETTLE, minutes=9.0, breaths_per_min=6.0)
FREE = Phase(name="Free", kind=PhaseKind.SETTLE, minutes=9.0)


class Music:
    """Beats at the ear, at a tempo that may glide."""

    def __init__(self, tempo_bpm: float, turn: int = 1, beat: float = 0.0) -> None:
        self.tempo_bpm, self.turn, self.beat, self.at_s = tempo_bpm, turn, beat, 0.0

    def ear(self, time_s: float) -> Ear:
        self.beat += (time_s - self.at_s) * self.tempo_bpm / 60.0
        self.at_s = time_s
        return Ear(at_s=time_s, turn=self.turn, beat=self.beat, tempo_bpm=self.tempo_bpm)


def cues(phase: Phase, music: Music | None, seconds: float, pacer: Pacer | None = None, start_s: float = 0.0) -> list[BreathCue]:
    pacer, found = pacer or Pacer(), []
    for quarter in range(round(seconds * 4)):
        time_s = start_s + quarter / 4.0
        pacer, cue = step(pacer, phase, music.ear(time_s) if music else None, time_s)
        found += [cue] if cue else []
    return found


def test_a_free_breath_is_not_paced() -> None:
    assert cues(FREE, Music(60.0), 60.0) == []


def test_four_beats_in_and_six_out_at_60_bpm_are_six_breaths_a_minute() -> None:
    assert breaths_per_min(BY_MUSIC, 60.0) == 6.0
    found = cues(BY_MUSIC, Music(60.0), 60.0)
    assert [cue.part for cue in found[:4]] == [BreathPart.IN, BreathPart.OUT, BreathPart.IN, BreathPart.OUT]
    assert [cue.length_s for cue in found[:4]] == [4.0, 6.0, 4.0, 6.0]
    assert sum(cue.part is BreathPart.IN for cue in found) == 6


def test_every_turn_lies_on_a_beat_at_the_ear() -> None:
    found = cues(BY_MUSIC, Music(57.0, beat=0.37), 120.0)
    for cue in found:
        beat = 0.37 + cue.at_s * 57.0 / 60.0
        assert beat == pytest.approx(round(beat), abs=1e-6)
        assert cue.by_music


def test_a_cue_comes_before_its_turn_but_not_long_before() -> None:
    assert all(0.0 <= cue.at_s - cue.time_s <= 1.2 for cue in cues(BY_MUSIC, Music(60.0), 120.0))


def test_a_new_piece_takes_the_breath_over_without_a_jump() -> None:
    pacer, music, found = Pacer(), Music(60.0), []
    for quarter in range(4 * 120):
        time_s = quarter / 4.0
        if time_s == 50.0:
            music.turn, music.beat, music.tempo_bpm = 2, 3.45, 63.0
        pacer, cue = step(pacer, BY_MUSIC, music.ear(time_s), time_s)
        found += [cue] if cue else []
    for before, after in itertools.pairwise(found):
        assert after.part is not before.part
        # the beats of the piece that comes lie elsewhere, by half a beat at most, and go at another tempo
        assert after.at_s - before.at_s == pytest.approx(before.length_s, abs=1.5)
    late = [cue for cue in found if cue.time_s > 62.0]
    for cue in late:
        beat = 3.45 + (cue.at_s - 49.75) * 1.05
        assert beat == pytest.approx(round(beat), abs=1e-6)


def test_where_the_music_has_no_pulse_the_clock_goes_on_at_the_pace_of_the_last_beats() -> None:
    pacer, music = Pacer(), Music(50.0)
    for quarter in range(4 * 40):
        pacer, _ = step(pacer, BY_MUSIC, music.ear(quarter / 4.0), quarter / 4.0)
    found = cues(BY_MUSIC, None, 60.0, pacer, start_s=40.0)
    assert all(not cue.by_music for cue in found)
    # 4 and 6 beats at 50 BPM
    assert {round(cue.length_s, 6) for cue in found} == {4.8, 7.2}


def test_paced_by_the_clock_the_breath_out_is_longer_than_the_breath_in() -> None:
    found = cues(BY_CLOCK, Music(66.0), 61.0)
    assert {cue.part: cue.length_s for cue in found} == {BreathPart.IN: 4.0, BreathPart.OUT: 6.0}
    assert [after.at_s - before.at_s for before, after in itertools.pairwise(found)][:2] == pytest.approx([4.0, 6.0])


@given(st.lists(st.floats(46.0, 90.0), min_size=2, max_size=6), st.floats(0.0, 1.0))
def test_whatever_the_tempo_does_in_and_out_alternate_and_time_goes_forward(tempi: list[float], beat: float) -> None:
    pacer, music, found = Pacer(), Music(tempi[0], beat=beat), []
    for quarter in range(4 * 30 * len(tempi)):
        time_s = quarter / 4.0
        music.tempo_bpm = tempi[int(time_s // 30.0)]
        pacer, cue = step(pacer, BY_MUSIC, music.ear(time_s), time_s)
        found += [cue] if cue else []
    assert len(found) > 4
    for before, after in itertools.pairwise(found):
        assert after.part is not before.part
        assert after.at_s > before.at_s
