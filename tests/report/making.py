"""Records for tests of reports: one real offline session, and small ones whose every figure is known by hand."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from relaxlisten.assembly import assemble
from relaxlisten.messages import Beat, Command, Notice, Rating, SensorState, SessionPhase, SoundState, Track, TrackFound
from relaxlisten.runtime import run_offline
from relaxlisten.session.format import RECORD_NAME, SCHEMA, SessionHeader, event_line, header_line
from relaxlisten.session.scan import record_key
from relaxlisten.session.seal import seal
from relaxlisten.session.tables import LoadedSession, session_from_lines
from relaxlisten.settings import SessionSettings
from relaxlisten.sound.silent import SilentSound
from relaxlisten.terms import (
    CommandKind,
    PhaseKind,
    Quality,
    SensorKind,
    SensorPhase,
    SessionStage,
    Severity,
    TempoSource,
    When,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relaxlisten.messages import Event

QUESTION = {"scale": "calm", "question": "How calm do you feel now?", "low": 0.0, "high": 10.0}
PROTOCOL = {"name": "by-hand", "title": "By hand", "description": "For tests.", "phases": [], "limits": {}, "ratings": [QUESTION]}
HEADER = SessionHeader(
    schema=SCHEMA, started_utc="2026-01-02T03:04:00+00:00", seed=77, sensor="ble", simulated=False, settings={"music": "calm"},
    protocol=PROTOCOL, versions={"relaxlisten": "0.1.0"}, condition="adaptive",
)  # fmt: skip
BASELINE_S, END_S = 120.0, 420.0


def record_session(folder: Path) -> Path:
    """Twenty minutes of the real loop with a simulated heart, in two seconds; a note and an answer come after it."""
    settings = SessionSettings(offline=True, with_sound=False, protocol="study-20", out=folder, ratings=("calm=4",))
    run_offline(dataclasses.replace(assemble(settings), sound=SilentSound()))
    marker = Command(time_s=312.0, what=CommandKind.MARKER, value="deep sigh, shoulders drop")
    append(folder, [marker, Rating(time_s=1200.0, scale="calm", value=7.5, when=When.AFTER)])
    return folder


def append(folder: Path, events: Sequence[Event]) -> None:
    file = folder / RECORD_NAME
    written = file.read_bytes().splitlines(keepends=True)
    key, _ = record_key(written)
    with file.open("a", encoding="utf-8") as lines:
        lines.writelines(
            event_line(event, derived=False, number=n, key=key) for n, event in enumerate(events, start=len(written))
        )


def raw(folder: Path) -> list[dict[str, object]]:
    """The record's lines as plain data, read without the program."""
    return [json.loads(line) for line in (folder / RECORD_NAME).read_text(encoding="utf-8").splitlines()]


def with_header(source: Path, target: Path, **changes: object) -> Path:
    """A copy of a record with another header."""
    first, rest = (source / RECORD_NAME).read_text(encoding="utf-8").split("\n", 1)
    data = {key: value for key, value in json.loads(first).items() if key != "crc"} | changes
    target.mkdir(parents=True)
    line = seal(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    (target / RECORD_NAME).write_text(f"{line}\n{rest}", encoding="utf-8")
    return target


def phase(time_s: float, kind: PhaseKind, stage: SessionStage = SessionStage.RUNNING, name: str = "") -> SessionPhase:
    return SessionPhase(
        time_s=time_s, stage=stage, name=name or kind.value.title(), kind=kind, elapsed_s=time_s, remaining_s=0.0,
        session_remaining_s=0.0,
    )  # fmt: skip


def beats(start_s: float, end_s: float, nn_ms: float) -> list[Beat]:
    count = int((end_s - start_s) / (nn_ms / 1000.0))
    times_s = [start_s + (index + 1) * nn_ms / 1000.0 for index in range(count)]
    return [Beat(time_s=at, rr_ms=nn_ms, nn_ms=nn_ms, quality=Quality.NORMAL, confidence=1.0, follows=True) for at in times_s]


def session_by_hand(start_ms: float = 800.0, end_ms: float = 1000.0) -> list[Event]:
    """Two minutes of baseline at one heart rate, five of settling at another, half a minute of close."""
    return [
        SensorState(time_s=0.0, phase=SensorPhase.STREAMING, reason="", name="Strap", kind=SensorKind.OPTICAL),
        phase(0.0, PhaseKind.BASELINE),
        *beats(0.0, BASELINE_S, start_ms),
        phase(BASELINE_S, PhaseKind.SETTLE),
        *beats(BASELINE_S, END_S, end_ms),
        phase(END_S, PhaseKind.CLOSE),
        phase(END_S + 30.0, PhaseKind.CLOSE, SessionStage.ENDED),
        Rating(time_s=0.0, scale="calm", value=4.0, when=When.BEFORE),
        Rating(time_s=450.0, scale="calm", value=7.0, when=When.AFTER),
    ]


def lines(events: Sequence[Event], header: SessionHeader = HEADER) -> list[bytes]:
    counted = enumerate(events, start=1)
    return [header_line(header).encode(), *(event_line(event, derived=True, number=n).encode() for n, event in counted)]


def small(folder: Path, header: SessionHeader = HEADER, *, most: int | None = None) -> Path:
    """The session by hand on the disk, or its first lines."""
    folder.mkdir(parents=True)
    (folder / RECORD_NAME).write_bytes(b"".join(lines(session_by_hand(), header)[:most]))
    return folder


def loaded(events: Sequence[Event], header: SessionHeader = HEADER) -> LoadedSession:
    return session_from_lines(lines(events, header), "x")


def spoken_by(text: str) -> tuple[list[Event], SessionHeader]:
    """A session in which every text that somebody can write is this one."""
    track = Track(track_id=text, title=text, duration_s=60.0, tempo_bpm=60.0, tempo_source=TempoSource.TAG)
    heard = [
        SoundState(
            time_s=at, dac_time_s=at, track_id=text or None, source_s=at, time_ratio=1.0, tempo_bpm=60.0, beat_index=0,
            audible=True, buffered_s=1.0, breaks=0, underflow_frames=0, turn=1,
        )
        for at in (1.0, 2.0, 3.0)
    ]  # fmt: skip
    events: list[Event] = [
        SensorState(time_s=0.0, phase=SensorPhase.STREAMING, reason=text, name=text, kind=SensorKind.ECG),
        TrackFound(time_s=0.0, track=track),
        phase(0.0, PhaseKind.LEAD, name=text),
        *heard,
        Command(time_s=2.0, what=CommandKind.MARKER, value=text),
        Notice(time_s=2.0, severity=Severity.WARNING, code="x", text=text),
        Rating(time_s=0.0, scale=text, value=1.0, when=When.BEFORE),
        Rating(time_s=9.0, scale=text, value=2.0, when=When.AFTER),
        phase(300.0, PhaseKind.LEAD, SessionStage.ENDED, name=text),
    ]
    asked = {**QUESTION, "scale": text, "question": text, "low_label": text, "high_label": text}
    plan = {"name": text, "kind": text, "minutes": text, text: text}
    protocol = {"name": text, "title": text, "description": text, "phases": [plan], "limits": {text: text}, "ratings": [asked]}
    header = dataclasses.replace(
        HEADER, started_utc=text, protocol=protocol, settings={text: text}, versions={text: text}, condition=text
    )
    return events, header
