import pytest

from relaxlisten.messages import Event, PlaybackPlan, SessionPhase, SoundState, Track, TrackFound
from relaxlisten.session.fidelity import fidelity
from relaxlisten.terms import PhaseKind, SessionStage, TempoSource

TRACK = Track(track_id="a", title="A", duration_s=500.0, tempo_bpm=60.0, tempo_source=TempoSource.TAG)


def session(seconds: int, *, heard_bpm: float = 60.0, silent_from: int = 10_000, paused_from: int = 10_000) -> list[Event]:
    """A plan that asks for 60 BPM at ratio 1, and what was at the ear each second."""
    events: list[Event] = [
        TrackFound(time_s=0.0, track=TRACK),
        PlaybackPlan(
            time_s=0.0, track_id="a", start_s=0.0, time_ratio=1.0, gain_db=0.0, volume=1.0, playing=True, fade_s=5.0, turn=1
        ),
    ]
    for second in range(seconds + 1):
        stage = SessionStage.PAUSED if second >= paused_from else SessionStage.RUNNING
        events.append(
            SessionPhase(
                time_s=float(second), stage=stage, name="x", kind=PhaseKind.LEAD, elapsed_s=float(second), remaining_s=0.0,
                session_remaining_s=0.0,
            )
        )  # fmt: skip
        audible = second < silent_from
        events.append(
            SoundState(
                time_s=float(second), dac_time_s=float(second), track_id="a", source_s=float(second), time_ratio=1.0,
                tempo_bpm=heard_bpm if audible else None, beat_index=second, audible=audible, buffered_s=0.0, breaks=0,
                underflow_frames=0, turn=1,
            )
        )  # fmt: skip
    return events


def test_a_session_that_went_as_planned_has_an_index_of_one() -> None:
    assert fidelity(session(100), 100.0).index == pytest.approx(1.0)


def test_a_tempo_that_was_not_the_plan_s_shows() -> None:
    found = fidelity(session(100, heard_bpm=61.0), 100.0)
    assert (found.tempo, found.completed, found.audible) == (0.0, 1.0, 1.0)
    assert fidelity(session(100, heard_bpm=60.5), 100.0).tempo == 1.0  # 0.8 %


def test_silence_where_there_should_be_music_shows() -> None:
    # from second 13 on the plan is judged: 88 seconds to 100, of which 37 are heard
    assert fidelity(session(100, silent_from=50), 100.0).audible == pytest.approx(37.0 / 88.0)


def test_a_session_that_was_broken_off_or_paused_shows() -> None:
    assert fidelity(session(50), 100.0).completed == pytest.approx(0.5)
    assert fidelity(session(100, paused_from=25), 100.0).completed == pytest.approx(0.24)
