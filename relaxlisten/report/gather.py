"""All facts of a session, gathered from its record, damaged or whole."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING, Any

from relaxlisten.control.arms import ARMS, SoundRule, TempoRule
from relaxlisten.report import answers, course, heard, measured, soundness
from relaxlisten.report.columns import text_of, words
from relaxlisten.report.facts import PersonLines, PhaseFacts, SessionFacts
from relaxlisten.report.plausible import plausible
from relaxlisten.terms import Arm, DecisionKind, SensorKind

if TYPE_CHECKING:
    from relaxlisten.report.course import Span
    from relaxlisten.report.measured import Beats
    from relaxlisten.session.format import SessionHeader
    from relaxlisten.session.tables import LoadedSession

NOBODY = PersonLines()


def gather(loaded: LoadedSession, person: PersonLines = NOBODY) -> SessionFacts:
    """The facts; of a concealed session there is nothing of its arm in `loaded` (session/concealment.py)."""
    session = plausible(loaded)
    beats = measured.Beats(session)
    spans = course.spans(session)
    start_s = spans[0].start_s if spans else 0.0
    end_s = spans[-1].end_s if spans else course.last_s(session)
    metrics = beats.metrics(start_s, end_s)
    return SessionFacts(
        **_of_header(session.header),
        simulated=_simulated(session),
        concealed=session.concealed,
        led=not session.concealed and session.header is not None and _is_led(session.header.condition),
        duration_s=end_s - start_s,
        phases=tuple(_phase(session, beats, span) for span in spans),
        change=measured.heart_change(beats, spans),
        ratings=answers.ratings(session),
        pieces=heard.pieces(session),
        tempo=_tempo(session, start_s, end_s),
        notes=heard.notes(session),
        quality=soundness.quality(session, beats, end_s - start_s),
        metrics=metrics,
        sample=beats.sample(start_s, end_s),
        withheld=soundness.withheld(session, metrics),
        course=course.course(session, start_s, end_s),
        clocks=soundness.clocks(session),
        commands=heard.commands(session),
        decisions=_decisions(session),
        decided=collections.Counter(words(session["Decision"], "kind")),
        missing=session.missing,
        damaged_lines=len(loaded.damage),
        person=person,
    )


def _phase(session: LoadedSession, beats: Beats, span: Span) -> PhaseFacts:
    tempo_start_bpm, tempo_end_bpm = course.tempo_between(session, span.start_s, span.end_s)
    return PhaseFacts(
        name=span.name,
        kind=span.kind,
        stretch=beats.stretch(span.start_s, span.end_s),
        tempo_start_bpm=tempo_start_bpm,
        tempo_end_bpm=tempo_end_bpm,
        metrics=beats.metrics(span.start_s, span.end_s, measured.BY_PHASE),
    )


def _tempo(session: LoadedSession, start_s: float, end_s: float) -> tuple[float, float] | tuple[()]:
    first, last = course.tempo_between(session, start_s, end_s)
    return () if first is None or last is None else (first, last)


def _decisions(session: LoadedSession) -> tuple[tuple[float, str, str], ...]:
    """Those that did more than move the tempo."""
    table = session["Decision"]
    rows = zip(table["time_s"].tolist(), words(table, "kind"), words(table, "reason"), strict=True)
    return tuple(row for row in rows if row[1] != DecisionKind.TEMPO)


def _simulated(session: LoadedSession) -> bool | None:
    """Whether no real heart was heard: the header says it, or the sensor, where the header is lost; None where neither does."""
    if SensorKind.SIMULATED in words(session["SensorState"], "kind"):
        return True
    return session.header.simulated if session.header else None


def _is_led(condition: str) -> bool:
    """Whether the music was led as the phases of the protocol say."""
    rules = ARMS.get(Arm(condition)) if condition in list(Arm) else None
    return rules is not None and rules.tempo is TempoRule.LAW and rules.sound is SoundRule.MUSIC


def _of_header(header: SessionHeader | None) -> dict[str, Any]:
    protocol = header.protocol if header else {}
    phases, limits = protocol.get("phases"), protocol.get("limits")
    return {
        "started_utc": text_of(header.started_utc) if header else None,
        "condition": text_of(header.condition) if header else None,
        "seed": header.seed if header else None,
        "schema": header.schema if header else None,
        "settings": {text_of(key): value for key, value in header.settings.items()} if header else {},
        "versions": {text_of(key): text_of(value) for key, value in header.versions.items()} if header else {},
        "protocol_title": text_of(protocol.get("title")),
        "protocol_name": text_of(protocol.get("name")),
        "protocol_text": text_of(protocol.get("description")),
        "limits": limits if isinstance(limits, dict) else {},
        "protocol_phases": tuple(phase for phase in phases if isinstance(phase, dict))
        if isinstance(phases, list | tuple)
        else (),
    }
