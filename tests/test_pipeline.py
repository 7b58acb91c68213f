"""The session as a whole, driven by hand-made inputs on invented time."""

import dataclasses
import itertools
import struct

import pytest

from relaxlisten.control.limits import Limits
from relaxlisten.control.protocol import Comfort, Phase, Protocol
from relaxlisten.messages import (
    Beat,
    BreathCue,
    Command,
    Decision,
    Derived,
    Event,
    Notice,
    Notification,
    Physiology,
    PlaybackPlan,
    SensorState,
    SessionPhase,
    SoundState,
    TempoTarget,
    Tick,
    Track,
    TrackChoice,
    TrackFound,
)
from relaxlisten.physiology.relaxation import TOO_LITTLE
from relaxlisten.pipeline import Pipeline
from relaxlisten.terms import (
    Alignment,
    CommandKind,
    DecisionKind,
    PhaseKind,
    Quality,
    SensorPhase,
    SessionStage,
    TempoSource,
    Until,
)

PROTOCOL = Protocol(
    name="test",
    title="Test",
    description="",
    limits=Limits(),
    phases=(
        Phase(name="Arrive", kind=PhaseKind.BASELINE, minutes=0.5),
        Phase(name="Meet", kind=PhaseKind.MATCH, minutes=2.0),
        Phase(name="Lead", kind=PhaseKind.LEAD, minutes=4.0),
        Phase(name="Close", kind=PhaseKind.CLOSE, minutes=0.5, fade_s=10.0),
    ),
)
TRACKS = [
    Track(track_id=f"builtin:{name}", title=name, duration_s=120.0, tempo_bpm=tempo, tempo_source=TempoSource.COMPOSED)
    for name, tempo in (("slow", 56.0), ("middle", 66.0), ("quick", 78.0))
]


def packet(time_s: float, rr_ms: float) -> Notification:
    return Notification(time_s=time_s, payload=struct.pack("<BBH", 0x10, round(60000 / rr_ms), round(rr_ms * 1.024)))


class Bench:
    """A pipeline with a regular heart, a sound that plays what is planned, and a clock that jumps."""

    def __init__(self, rr_ms: float = 60000 / 70, protocol: Protocol = PROTOCOL) -> None:
        self.pipeline = Pipeline(protocol, seed=1, volume=0.8)
        self.rr_ms = rr_ms
        self.now_s = 0.0
        self.next_beat_s = 0.5
        self.events: list[Event] = []
        self.source_s = 0.0
        self.plan: PlaybackPlan | None = None
        self.feed(SensorState(time_s=0.0, phase=SensorPhase.STREAMING, reason="A strap."))
        for track in TRACKS:
            self.feed(TrackFound(time_s=0.0, track=track))

    def feed(self, event: Event) -> list[Derived]:
        derived = self.pipeline.feed(event)
        self.events += derived
        for plan in (event for event in derived if isinstance(event, PlaybackPlan)):
            if self.plan is None or plan.turn != self.plan.turn:
                self.source_s = 0.0
            self.plan = plan
        return derived

    def command(self, what: CommandKind, value: float | None = None) -> list[Derived]:
        return self.feed(Command(time_s=self.now_s, what=what, value=value))

    def run(self, seconds: int, *, heart: bool = True) -> "Bench":
        for _ in range(seconds):
            self.now_s += 1.0
            while self.next_beat_s <= self.now_s:
                if heart:
                    self.feed(packet(self.next_beat_s + 0.01, self.rr_ms))
                self.next_beat_s += self.rr_ms / 1000.0
            self._sound()
            self.feed(Tick(time_s=self.now_s))
        return self

    def _sound(self) -> None:
        plan = self.plan
        if plan is None or plan.track_id is None:
            return
        self.source_s += 1.0 / plan.time_ratio if plan.playing else 0.0
        self.feed(
            SoundState(
                time_s=self.now_s, dac_time_s=self.now_s, track_id=plan.track_id, source_s=self.source_s, turn=plan.turn,
                time_ratio=plan.time_ratio, tempo_bpm=None, beat_index=None, audible=plan.playing and self.source_s < 120.0,
                buffered_s=0.3, breaks=0, underflow_frames=0,
            )
        )  # fmt: skip

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


def started(rr_ms: float = 60000 / 70, protocol: Protocol = PROTOCOL) -> Bench:
    bench = Bench(rr_ms, protocol).run(2)
    bench.command(CommandKind.START)
    return bench


def test_start_chooses_a_piece_and_plans_it_at_once() -> None:
    bench = Bench()
    stage, choice, decision, plan = bench.command(CommandKind.START)
    assert isinstance(stage, SessionPhase)
    assert stage.stage is SessionStage.RUNNING
    assert isinstance(choice, TrackChoice)
    assert isinstance(decision, Decision)
    assert (decision.kind, decision.reason) == (DecisionKind.PIECE, choice.reason)
    assert isinstance(plan, PlaybackPlan)
    assert (plan.track_id, plan.playing, plan.time_ratio, plan.volume) == (choice.track_id, True, 1.0, 0.8)


def test_a_start_without_music_begins_to_play_once_there_is_some() -> None:
    pipeline = Pipeline(PROTOCOL, seed=1, volume=1.0)
    assert not [event for event in pipeline.feed(Command(time_s=0.0, what=CommandKind.START)) if isinstance(event, PlaybackPlan)]
    pipeline.feed(TrackFound(time_s=0.5, track=TRACKS[0]))
    assert [event.track_id for event in pipeline.feed(Tick(time_s=1.0)) if isinstance(event, PlaybackPlan)] == ["builtin:slow"]


def test_a_steady_heart_is_measured_and_met() -> None:
    bench = started(60000 / 68).run(100)
    assert bench.of(Physiology)[-1].heart_rate_bpm == pytest.approx(68.0, abs=0.1)
    assert bench.of(TempoTarget)[-1].tempo_bpm == pytest.approx(68.0, abs=0.2)
    assert 66.0 / bench.plan.time_ratio == pytest.approx(68.0, abs=0.2)


def test_the_tempo_never_moves_faster_than_the_slew_within_a_piece() -> None:
    bench = started(60000 / 62).run(300)
    plans = bench.of(PlaybackPlan)
    for before, after in itertools.pairwise(plans):
        if before.turn == after.turn:
            beats = (after.time_s - before.time_s) * 80.0 / 60.0  # no piece here is faster than 78 BPM
            assert abs(after.time_ratio / before.time_ratio - 1.0) <= 0.00051 * max(beats, 1.0)


def test_the_next_piece_comes_before_this_one_ends() -> None:
    bench = started().run(300)
    turns = {plan.turn for plan in bench.of(PlaybackPlan)}
    assert turns == {1, 2, 3}
    assert all(choice.reason.endswith(".") for choice in bench.of(TrackChoice))
    assert all(before.track_id != after.track_id for before, after in itertools.pairwise(bench.of(TrackChoice)))


def test_a_strap_that_vanishes_leaves_the_tempo_where_it_is_and_its_return_leaves_a_gap() -> None:
    bench = started().run(90)
    bench.feed(SensorState(time_s=bench.now_s, phase=SensorPhase.WAITING, reason="Lost.", retry_in_s=1.0))
    bench.run(12, heart=False)
    held = bench.plan.time_ratio
    turn = bench.plan.turn
    bench.run(25, heart=False)
    if bench.plan.turn == turn:
        assert bench.plan.time_ratio == held
    assert "No heartbeat for" in bench.of(TempoTarget)[-1].reason
    assert bench.of(Physiology)[-1].heart_rate_bpm is None
    assert "heart_rate_bpm" in bench.of(Physiology)[-1].withheld
    bench.feed(SensorState(time_s=bench.now_s, phase=SensorPhase.STREAMING, reason="Back."))
    since_s = bench.now_s
    bench.run(60)
    back = [beat for beat in bench.of(Beat) if beat.time_s > since_s - 1.0]
    assert back[0].quality is Quality.AFTER_GAP
    assert not back[0].follows
    assert bench.of(Physiology)[-1].heart_rate_bpm == pytest.approx(70.0, abs=0.2)


def test_a_session_fades_in_its_closing_phase_and_then_ends() -> None:
    bench = started().run(7 * 60 - 9)
    assert bench.plan.track_id is None
    assert bench.plan.fade_s == pytest.approx(10.0, abs=1.0)
    bench.run(10)
    assert bench.pipeline.stage is SessionStage.ENDED
    assert bench.of(SessionPhase)[-1].stage is SessionStage.ENDED


def test_pause_keeps_the_place_and_the_clock_and_resume_goes_on() -> None:
    bench = started().run(10)
    remaining_s = bench.of(SessionPhase)[-1].session_remaining_s
    assert bench.command(CommandKind.PAUSE)[-1].playing is False
    bench.run(60)
    assert bench.of(SessionPhase)[-1].session_remaining_s == remaining_s
    plan = bench.command(CommandKind.RESUME)[-1]
    assert (plan.playing, plan.turn) == (True, 1)
    bench.run(5)
    assert bench.of(SessionPhase)[-1].session_remaining_s == remaining_s - 5.0


def test_stop_fades_and_ends_at_once() -> None:
    bench = started().run(10)
    plan = bench.command(CommandKind.STOP)[-1]
    assert (plan.track_id, plan.fade_s) == (None, 3.0)
    assert bench.pipeline.stage is SessionStage.ENDED
    assert not [event for event in bench.feed(Tick(time_s=99.0)) if isinstance(event, PlaybackPlan)]


def test_skip_goes_to_another_piece() -> None:
    bench = started().run(10)
    before = bench.plan.track_id
    bench.command(CommandKind.SKIP)
    assert bench.plan.turn == 2
    assert bench.plan.track_id != before


SILENT = dataclasses.replace(
    PROTOCOL,
    phases=(
        Phase(name="Meet", kind=PhaseKind.MATCH, minutes=0.5),
        Phase(name="Silence", kind=PhaseKind.SILENCE, minutes=1.0),
        Phase(name="Settle", kind=PhaseKind.SETTLE, minutes=1.0),
    ),
)


def test_in_a_phase_of_silence_no_music_plays_and_after_it_the_piece_goes_on() -> None:
    bench = started(protocol=SILENT).run(31)
    assert (bench.plan.playing, bench.plan.turn) == (False, 1)
    place_s = bench.source_s
    assert "1 min of silence" in bench.of(TempoTarget)[-1].reason
    bench.run(55)
    assert (bench.plan.playing, bench.plan.turn, bench.source_s) == (False, 1, place_s)
    bench.run(6)
    assert (bench.plan.playing, bench.plan.turn) == (True, 1)


def test_neither_a_resumed_session_nor_a_skip_breaks_a_silence() -> None:
    bench = started(protocol=SILENT).run(40)
    bench.command(CommandKind.PAUSE)
    bench.command(CommandKind.RESUME)
    bench.command(CommandKind.SKIP)
    assert (bench.run(5).plan.playing, bench.plan.turn) == (False, 1)


def test_a_session_that_begins_with_silence_plays_nothing_until_it_is_over() -> None:
    silent_first = dataclasses.replace(SILENT, phases=SILENT.phases[1:])
    bench = started(protocol=silent_first).run(59)
    assert not bench.of(PlaybackPlan)
    assert bench.run(3).plan.playing


def test_pieces_of_like_tempo_follow_each_other_bar_on_bar_at_one_tempo() -> None:
    bench = Bench(60000 / 68)
    likes = [dataclasses.replace(TRACKS[1], track_id=f"builtin:{tempo}", tempo_bpm=tempo) for tempo in (65.0, 67.0, 71.0)]
    for track in likes:
        bench.feed(TrackFound(time_s=0.0, track=track))
    bench.command(CommandKind.START)
    plans = bench.run(320).of(PlaybackPlan)
    turns = [after for before, after in itertools.pairwise(plans) if after.turn > before.turn]
    tempi = {track.track_id: track.tempo_bpm for track in [*TRACKS, *likes]}
    aligned = [plan for plan in turns if plan.align is Alignment.BAR]
    assert aligned
    for plan in aligned:
        before = next(earlier for earlier in reversed(plans) if earlier.turn == plan.turn - 1)
        assert tempi[plan.track_id] / plan.time_ratio == pytest.approx(tempi[before.track_id] / before.time_ratio, rel=0.001)


def test_volume_is_obeyed_within_its_bounds() -> None:
    bench = started()
    assert bench.command(CommandKind.VOLUME, 0.3)[-1].volume == 0.3
    assert bench.command(CommandKind.VOLUME, 7.0)[-1].volume == 1.0


def test_a_hold_by_hand_stops_the_tempo_until_it_is_released() -> None:
    bench = started(60000 / 62).run(40)
    bench.command(CommandKind.HOLD)
    bench.run(2)
    held = bench.plan.time_ratio
    bench.run(30)
    assert bench.plan.time_ratio == held
    assert "by hand" in bench.of(TempoTarget)[-1].reason
    bench.command(CommandKind.RELEASE)
    bench.run(2)
    assert "by hand" not in bench.of(TempoTarget)[-1].reason


@pytest.mark.parametrize("payload", [b"", b"\x10", b"\x00", b"\x01\x40", b"\x10\x40\x01", b"\xff" * 3, b"\x16" * 200])
def test_a_malformed_packet_is_told_once_and_changes_nothing(payload: bytes) -> None:
    bench = started().run(30)
    first = bench.feed(Notification(time_s=bench.now_s, payload=payload))
    again = bench.feed(Notification(time_s=bench.now_s, payload=payload))
    assert [type(event) for event in first] == [Notice]
    assert again == []
    assert bench.run(10).of(Physiology)[-1].heart_rate_bpm == pytest.approx(70.0, abs=0.1)


def test_a_strap_without_intervals_is_met_by_its_own_heart_rate() -> None:
    bench = Bench()
    bench.command(CommandKind.START)
    for _ in range(100):
        bench.feed(Notification(time_s=bench.now_s + 0.5, payload=struct.pack("<BB", 0x00, 69)))
        bench.run(1, heart=False)
    physiology = bench.of(Physiology)[-1]
    assert physiology.heart_rate_bpm == pytest.approx(69.0)
    assert physiology.rmssd_ms is None
    assert "no beat intervals" in physiology.withheld["rmssd_ms"]
    assert bench.of(TempoTarget)[-1].tempo_bpm == pytest.approx(69.0)


def test_the_same_inputs_give_the_same_outputs() -> None:
    assert started().run(300).events == started().run(300).events


def test_outside_the_comfort_range_the_music_fades_the_session_pauses_and_can_go_on() -> None:
    comfortable = dataclasses.replace(PROTOCOL, comfort=Comfort(heart_rate_high_bpm=80.0, for_s=15.0))
    bench = started(60000 / 70, comfortable).run(60)
    bench.rr_ms = 60000 / 90
    bench.run(40)
    assert bench.pipeline.stage is SessionStage.PAUSED
    assert (bench.plan.playing, bench.plan.fade_s) == (False, 6.0)
    [notice] = [notice for notice in bench.of(Notice) if notice.code == "session_pause"]
    assert "you chose as comfortable" in notice.text
    assert [decision.kind for decision in bench.of(Decision) if decision.kind is DecisionKind.PAUSE] == [DecisionKind.PAUSE]
    bench.command(CommandKind.RESUME)
    assert bench.run(30).plan.playing


def test_a_phase_that_has_done_its_work_is_over_with_a_sentence() -> None:
    lead = Phase(name="Lead", kind=PhaseKind.LEAD, minutes=9.0, until=Until.HEART_STEADY, until_for_s=30.0, prompt="Listen.")
    last = Phase(name="Settle", kind=PhaseKind.SETTLE, minutes=2.0)
    bench = started(protocol=dataclasses.replace(PROTOCOL, phases=(lead, last))).run(100)
    assert bench.of(SessionPhase)[-1].name == "Settle"
    assert [notice.code for notice in bench.of(Notice)] == ["prompt", "session_phase"]
    assert "has stayed between 70 and 70 bpm for 30 s" in bench.of(Notice)[-1].text


def test_the_pacer_breathes_with_the_music_and_stops_while_the_session_is_paused() -> None:
    phase = Phase(name="Breathe", kind=PhaseKind.SETTLE, minutes=9.0, tempo_bpm=66.0, breath_in_beats=4, breath_out_beats=6)
    bench = started(protocol=dataclasses.replace(PROTOCOL, phases=(phase,))).run(60)
    cues = bench.of(BreathCue)
    assert 10 <= len(cues) <= 14
    assert [before.part is not after.part for before, after in itertools.pairwise(cues)] == [True] * (len(cues) - 1)
    bench.command(CommandKind.PAUSE)
    assert len(bench.run(60).of(BreathCue)) == len(cues)


def test_a_baseline_in_silence_plays_nothing_and_is_a_baseline_all_the_same() -> None:
    silent = Phase(name="Rest", kind=PhaseKind.BASELINE, minutes=1.0, silent=True)
    bench = started(protocol=dataclasses.replace(PROTOCOL, phases=(silent, *PROTOCOL.phases[1:]))).run(58)
    assert not bench.of(PlaybackPlan)
    bench.run(60)
    assert bench.plan.playing
    # a heart as regular as this one has no variability to compare, but what there is to compare with is known
    assert bench.of(Physiology)[-1].withheld["relaxation"] == TOO_LITTLE
