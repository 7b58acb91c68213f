"""Small records for studies: a heart that goes from one rate to another, with phases, answers and a sensor; no pipeline."""

from __future__ import annotations

import dataclasses
import random
from typing import TYPE_CHECKING

from relaxlisten.control.limits import Limits
from relaxlisten.control.protocol import Phase, Protocol, protocol_to_data
from relaxlisten.control.setup import ControlSetup, setup_to_data
from relaxlisten.messages import Beat, Event, PlaybackPlan, Rating, SensorState, SessionPhase, SoundState
from relaxlisten.session.format import RECORD_NAME, SCHEMA, SessionHeader, event_line, header_line
from relaxlisten.terms import Arm, PhaseKind, Quality, SensorKind, SensorPhase, SessionStage, When

if TYPE_CHECKING:
    from pathlib import Path

BASELINE_S, SETTLE_S = 90, 120
PROTOCOL = Protocol(
    name="tiny", title="Tiny", description="", limits=Limits(),
    phases=(
        Phase(name="Rest", kind=PhaseKind.BASELINE, minutes=BASELINE_S / 60.0),
        Phase(name="Settle", kind=PhaseKind.SETTLE, minutes=SETTLE_S / 60.0),
    ),
)  # fmt: skip
HEADER = SessionHeader(
    schema=SCHEMA, started_utc="2026-01-01T09:00:00+00:00", seed=1, sensor="ble", simulated=False,
    settings={"music": "builtin", "volume": 0.8, "volume_cap": 1.0, "bed": None}, protocol=protocol_to_data(PROTOCOL),
    versions={"relaxlisten": "0.1.0"}, condition="adaptive",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, kw_only=True)
class Heart:
    """baseline_ms, settle_ms: mean intervals; swing_ms: every second one is so much longer. dirty: share of beats made up."""

    baseline_ms: float = 800.0
    settle_ms: float = 1000.0
    swing_ms: float = 20.0
    dirty: float = 0.0
    kind: SensorKind = SensorKind.ECG
    seconds: int = BASELINE_S + SETTLE_S
    calm: tuple[float, float] | None = (3.0, 7.0)


def session_lines(heart: Heart, header: SessionHeader = HEADER) -> list[str]:
    events: list[Event] = [
        SensorState(time_s=0.0, phase=SensorPhase.STREAMING, reason="It sends.", kind=heart.kind),
        PlaybackPlan(
            time_s=0.0,
            track_id="builtin:x",
            start_s=0.0,
            time_ratio=1.0,
            gain_db=0.0,
            volume=1.0,
            playing=True,
            fade_s=1.0,
            turn=1,
        ),
    ]
    if heart.calm is not None:
        events.append(Rating(time_s=0.0, scale="calm", value=heart.calm[0], when=When.BEFORE))
    rng, at_s = random.Random(7), 0.0
    for second in range(heart.seconds):
        in_baseline = second < BASELINE_S
        events.append(_phase(second, in_baseline=in_baseline))
        events.append(_sound(float(second)))
        while at_s < second + 1.0:
            number = len(events)
            nn_ms = (heart.baseline_ms if in_baseline else heart.settle_ms) + heart.swing_ms * (number % 2)
            at_s += nn_ms / 1000.0
            quality = Quality.NOISE if rng.random() < heart.dirty else Quality.NORMAL
            events.append(Beat(time_s=at_s, rr_ms=nn_ms, nn_ms=nn_ms, quality=quality, confidence=1.0, follows=True))
    end_s = float(heart.seconds)
    events.append(dataclasses.replace(_phase(heart.seconds, in_baseline=False), stage=SessionStage.ENDED))
    if heart.calm is not None:
        events.append(Rating(time_s=end_s, scale="calm", value=heart.calm[1], when=When.AFTER))
    counted = enumerate(events, start=1)
    return [header_line(header), *(event_line(event, derived=isinstance(event, Beat), number=n) for n, event in counted)]


def _phase(second: int, *, in_baseline: bool) -> SessionPhase:
    phase = PROTOCOL.phases[0 if in_baseline else 1]
    return SessionPhase(
        time_s=float(second), stage=SessionStage.RUNNING, name=phase.name, kind=phase.kind, elapsed_s=0.0, remaining_s=0.0,
        session_remaining_s=0.0,
    )  # fmt: skip


def _sound(time_s: float) -> SoundState:
    return SoundState(
        time_s=time_s, dac_time_s=time_s, track_id="builtin:x", source_s=0.0, time_ratio=1.0, tempo_bpm=None, beat_index=None,
        audible=True, buffered_s=1.0, breaks=0, underflow_frames=0, turn=1,
    )  # fmt: skip


def concealed_header(arm: str, letter: str) -> SessionHeader:
    return dataclasses.replace(HEADER, condition=letter, control=setup_to_data(ControlSetup(arm=Arm(arm), concealed=letter)))


def write(folder: Path, heart: Heart | None = None, header: SessionHeader = HEADER) -> Path:
    folder.mkdir(parents=True)
    (folder / RECORD_NAME).write_text("".join(session_lines(heart or Heart(), header)), encoding="utf-8")
    return folder
