"""One simulated person through all sessions of one arm: the real loop, strap, pipeline and memory; only the sound is left out.

Decision: the sessions of a person differ in their seeds and not in anything else, and the same session has the same seed in
every arm, so that arms are compared on the same hearts on the same days (common random numbers).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from relaxlisten.control.memory import Memory, PastPiece
from relaxlisten.control.setup import ControlSetup
from relaxlisten.control.values import UNIT_HEART_BPM, UNIT_LN_RMSSD
from relaxlisten.loop import SessionLoop, SteppedClock
from relaxlisten.messages import Physiology, PieceResponse, SessionPhase
from relaxlisten.music.nature import nature_tracks
from relaxlisten.pipeline import Pipeline
from relaxlisten.ready_music import ReadyMusic
from relaxlisten.sensor.simulated import SimulatedSensor
from relaxlisten.simulation.direct import DirectHeart
from relaxlisten.simulation.listeners import Listener, library, listener
from relaxlisten.simulation.truth import held, true_worth
from relaxlisten.sound.silent import SilentSound
from relaxlisten.terms import Arm, PhaseKind, SessionStage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.control.donor import DonorPlan
    from relaxlisten.control.protocol import Protocol
    from relaxlisten.messages import Event, Rating, Track

ORACLE = "oracle"  # told the truth about every piece, it plays the best at the tempo it has
BETWEEN_SESSIONS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResult:
    """What came of one session. heart_bpm, ln_rmssd: of its settling phase against its baseline; None where not known."""

    listener: int
    kind: str
    arm: str
    session: int
    heart_bpm: float | None
    ln_rmssd: float | None

    @property
    def settling(self) -> float | None:
        """Both in one, in standard units (control/values.py)."""
        if self.heart_bpm is None or self.ln_rmssd is None:
            return None
        return 0.5 * (self.ln_rmssd / UNIT_LN_RMSSD - self.heart_bpm / UNIT_HEART_BPM)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResult:
    """All sessions of one person in one arm. intervals: by outcome, how many 90 % intervals held the truth, of how many."""

    sessions: tuple[SessionResult, ...]
    intervals: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One person in one arm; plain, so that it can be sent to another process."""

    number: int
    arm: str
    sessions: int
    seed: int
    protocol: Protocol
    donor: tuple[DonorPlan, ...] = ()
    fast: bool = False


@dataclass(slots=True)
class LoopParts:
    """What a session loop needs of assembly.Parts."""

    pipeline: Pipeline
    sensor: SimulatedSensor | DirectHeart
    sound: SilentSound
    library: ReadyMusic
    answers: tuple[Rating, ...] = ()


class _Ear:
    """An observer that keeps what the results are made of."""

    def __init__(self) -> None:
        self.kind: PhaseKind | None = None
        self.hearts: dict[PhaseKind, list[float]] = {}
        self.variabilities: dict[PhaseKind, list[float]] = {}
        self.responses: list[PieceResponse] = []
        self._second: Physiology | None = None

    def receive(self, event: Event, *, derived: bool) -> None:
        if isinstance(event, Physiology):
            self._second = event
        elif isinstance(event, SessionPhase) and event.stage is SessionStage.RUNNING and self._second is not None:
            self._keep(event.kind, event.elapsed_s, self._second)
        elif isinstance(event, PieceResponse):
            self.responses.append(event)

    def _keep(self, kind: PhaseKind, elapsed_s: float, known: Physiology) -> None:
        early = 60.0 if kind is PhaseKind.SETTLE else 30.0  # the trailing window still holds the phase before
        if elapsed_s < early or known.valid_fraction < 0.6:
            return
        if known.heart_rate_bpm is not None:
            self.hearts.setdefault(kind, []).append(known.heart_rate_bpm)
        if "ln_rmssd" in known.metrics:
            self.variabilities.setdefault(kind, []).append(known.metrics["ln_rmssd"])


def run_task(task: Task) -> ArmResult:
    """All sessions of one person in one arm."""
    tracks = library(task.seed)
    person = listener(task.number, task.seed, tracks)
    memory, results = Memory(), []
    for session in range(task.sessions):
        result, memory = _one(task, person, tracks, memory, session)
        results.append(result)
    intervals = held(memory, person, tracks) if task.arm == Arm.ADAPTIVE.value else {}
    return ArmResult(sessions=tuple(results), intervals=intervals)


def session_seed(task: Task, session: int) -> int:
    """The seed of a session, the same in every arm."""
    return (task.seed * 7919 + task.number) * BETWEEN_SESSIONS + session


def _one(task: Task, person: Listener, tracks: Sequence[Track], memory: Memory, session: int) -> tuple[SessionResult, Memory]:
    setup = _setup(task, person, tracks, memory)
    ear = run_session(task.protocol, person, tracks, setup, session_seed(task, session), fast=task.fast)
    result = SessionResult(
        listener=task.number,
        kind=person.kind.value,
        arm=task.arm,
        session=session + 1,
        heart_bpm=_change(ear.hearts),
        ln_rmssd=_change(ear.variabilities),
    )
    past = tuple(PastPiece(session=memory.sessions, hour=setup.hour, response=response) for response in ear.responses)
    return result, dataclasses.replace(memory, sessions=memory.sessions + 1, pieces=(*memory.pieces, *past))


def _setup(task: Task, person: Listener, tracks: Sequence[Track], memory: Memory) -> ControlSetup:
    if task.arm == ORACLE:
        return ControlSetup(arm=Arm.CHOICE_ONLY, told=true_worth(person, tracks))
    return ControlSetup(arm=Arm(task.arm), memory=memory, donor=task.donor)


def run_session(
    protocol: Protocol, person: Listener, tracks: Sequence[Track], setup: ControlSetup, seed: int, *,
    fast: bool = False,
) -> _Ear:  # fmt: skip
    """One session, as fast as the machine can. fast: without strap and cleaning."""
    ear = _Ear()
    direct = DirectHeart(seed, person.person, person.effects) if fast else None
    parts = LoopParts(
        pipeline=Pipeline(protocol, seed=seed, volume=0.8, setup=setup, hearing=direct),
        sensor=direct or SimulatedSensor(seed, person.person, person.effects),
        sound=SilentSound(),
        library=ReadyMusic([*tracks, *nature_tracks()]),
    )
    loop = SessionLoop(parts, [ear])  # type: ignore[arg-type]  # the parts that a loop uses
    parts.sensor.start(SteppedClock())
    second = 0
    while not loop.ended:
        loop.step(float(second))
        second += 1
    return ear


def _change(values: dict[PhaseKind, list[float]]) -> float | None:
    before, after = values.get(PhaseKind.BASELINE), values.get(PhaseKind.SETTLE)
    return None if not before or not after else sum(after) / len(after) - sum(before) / len(before)
