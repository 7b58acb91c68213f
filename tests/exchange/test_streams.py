"""What goes out live: each sample is what the event says, at the time that it is about."""

import math

from relaxlisten.exchange.sender import MOST_WAITING, Sender
from relaxlisten.exchange.streams import STREAMS, Sample, Translator
from relaxlisten.messages import Beat, Command, Physiology, Rating, SessionPhase, SoundState, Tick
from relaxlisten.terms import CommandKind, PhaseKind, Quality, SessionStage, When


def beat(rr_ms: float | None, nn_ms: float | None) -> Beat:
    return Beat(time_s=7.25, rr_ms=rr_ms, nn_ms=nn_ms, quality=Quality.NORMAL, confidence=0.75, follows=True)


def phase(time_s: float, kind: PhaseKind) -> SessionPhase:
    return SessionPhase(
        time_s=time_s, stage=SessionStage.RUNNING, name="Meet", kind=kind, elapsed_s=0.0, remaining_s=1.0, session_remaining_s=1.0
    )


def test_a_beat_goes_out_raw_and_corrected_at_its_own_time() -> None:
    assert Translator().samples(beat(801.0, 799.0)) == [
        Sample(stream="RR", time_s=7.25, values=(801.0,)),
        Sample(stream="NN", time_s=7.25, values=(799.0, 0.75)),
    ]
    assert [sample.stream for sample in Translator().samples(beat(None, 799.0))] == ["NN"]
    assert [sample.stream for sample in Translator().samples(beat(801.0, None))] == ["RR"]


def test_what_is_not_known_is_nan_and_every_sample_has_its_stream_s_channels() -> None:
    now = Physiology(
        time_s=3.0, window_s=60.0, heart_rate_bpm=None, heart_rate_sd_bpm=None, heart_rate_window_s=10.0, heart_rate_delay_s=5.0,
        heart_rate_now_bpm=61.0, heart_rate_now_sd_bpm=1.0, rmssd_ms=40.0, sdnn_ms=None, valid_fraction=0.9, last_beat_age_s=None,
        metrics={"coherence": 0.5},
    )  # fmt: skip
    rates, metrics = Translator().samples(now)
    assert math.isnan(rates.values[0])
    assert rates.values[1] == 61.0
    assert (
        dict(zip((channel.label for channel in STREAMS["Physiology"].channels), metrics.values, strict=True))["coherence"] == 0.5
    )
    assert sum(isinstance(value, float) and math.isnan(value) for value in metrics.values) == 2  # sdnn_ms and breathing


def test_the_tempo_has_the_time_at_which_it_reaches_the_ear() -> None:
    state = SoundState(
        time_s=1.0, dac_time_s=1.5, track_id="x", source_s=0.0, time_ratio=1.0, tempo_bpm=62.0, beat_index=0, audible=True,
        buffered_s=0.5, breaks=0, underflow_frames=0, turn=1,
    )  # fmt: skip
    assert Translator().samples(state) == [Sample(stream="Tempo", time_s=1.5, values=(62.0, 1.0))]


def test_markers_tell_phases_as_they_change_commands_and_answers() -> None:
    translator = Translator()
    events = [
        phase(0.0, PhaseKind.MATCH), phase(1.0, PhaseKind.MATCH), phase(2.0, PhaseKind.LEAD), Tick(time_s=3.0),
        Command(time_s=4.0, what=CommandKind.MARKER, value="eyes closed"), Command(time_s=5.0, what=CommandKind.SKIP),
        Rating(time_s=6.0, scale="calm", value=7.0, when=When.AFTER),
    ]  # fmt: skip
    told = [(sample.time_s, sample.values[0]) for event in events for sample in translator.samples(event)]
    assert told == [
        (0.0, "phase running match Meet"), (2.0, "phase running lead Meet"), (4.0, "marker eyes closed"), (5.0, "skip"),
        (6.0, "rating calm after 7"),
    ]  # fmt: skip


def test_a_sender_that_hangs_holds_nothing_up_and_loses_the_oldest() -> None:
    sent: list[Sample] = []
    sender = Sender("never started", sent.append, lambda: None, idle_every_s=1.0)
    for number in range(MOST_WAITING + 500):
        sender.put(Command(time_s=float(number), what=CommandKind.SKIP))
    sender.start()
    sender.stop()
    times_s = [sample.time_s for sample in sent]
    assert len(times_s) >= MOST_WAITING - 1
    assert times_s[-1] == MOST_WAITING + 499
