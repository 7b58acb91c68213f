"""Methods texts from the disk: of a session's folder, or of a study's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.control.protocol import protocol_from_data
from relaxlisten.errors import UsageError
from relaxlisten.json_text import parse_json
from relaxlisten.report import checklists, methods_words
from relaxlisten.report.columns import text_of
from relaxlisten.report.methods import MethodsText
from relaxlisten.report.methods_figures import session_figures
from relaxlisten.report.methods_study import Opened, StudyFacts, StudySession, study_figures
from relaxlisten.report.write import session_facts
from relaxlisten.session.fidelity import Fidelity, fidelity
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.records import load_record
from relaxlisten.session.study import PLAN, SESSIONS, UNBLINDED, is_open, read_allocation, read_plan

if TYPE_CHECKING:
    from pathlib import Path


def methods_of(place: Path) -> MethodsText:
    """The methods text of a session or a study. Raises UsageError where the place is neither."""
    return _study_text(place) if (place / PLAN).is_file() else _session_text(place)


def _session_text(session: Path) -> MethodsText:
    facts = session_facts(session)
    simulated = {True: methods_words.SIMULATED, False: "", None: methods_words.UNKNOWN_HEART}[facts.simulated]
    warnings = [simulated, methods_words.CONCEALED if facts.concealed else "", *facts.missing]
    return MethodsText(
        title="Methods of one session",
        warning=" ".join(warning for warning in warnings if warning),
        paragraphs=methods_words.SESSION,
        checklists=checklists.ALL,
        figures=session_figures(facts, _delivered(session)),
    )


def _delivered(session: Path) -> Fidelity | None:
    """How far it delivered what was intended; None where its header or protocol says too little."""
    try:
        record = load_record(session)
        duration_s = protocol_from_data(record.header.protocol).duration_s
    except (UsageError, KeyError, TypeError, ValueError):
        return None
    if duration_s <= 0.0:
        return None
    return fidelity((entry.event for entry in record.events), duration_s)


def _study_text(folder: Path) -> MethodsText:
    facts = study_facts(folder)
    simulated = any(one.simulated for one in facts.sessions)
    opened = tuple(sentence for sentence in methods_words.STUDY[0] if sentence != methods_words.SEALED_SENTENCE)
    first = methods_words.STUDY[0] if facts.opened is None else opened
    return MethodsText(
        title="Methods of a study",
        warning=" ".join(
            warning
            for warning in (
                methods_words.SIMULATED_STUDY if simulated else "",
                methods_words.CONCEALED if facts.opened is None else "",
            )
            if warning
        ),
        paragraphs=(first, *methods_words.STUDY[1:]),
        checklists=checklists.ALL,
        figures=study_figures(facts),
    )


def study_facts(folder: Path) -> StudyFacts:
    """A study's plan and its records. Raises UsageError where the plan cannot be read."""
    plan = read_plan(folder)
    found = sorted(one for one in (folder / SESSIONS).glob("P*-*") if (one / RECORD_NAME).is_file())
    return StudyFacts(
        design=plan.design.value,
        protocol=plan.protocol,
        participants=plan.participants,
        arm_count=len(plan.arms),
        sessions=tuple(_study_session(one) for one in found),
        opened=_opened(folder) if is_open(folder) else None,
    )


def _opened(folder: Path) -> Opened:
    allocation = read_allocation(folder)
    try:
        said = parse_json((folder / UNBLINDED).read_bytes())
    except (OSError, ValueError):
        said = {}
    said = said if isinstance(said, dict) else {}
    return Opened(
        seed=allocation.seed,
        arms={letter: arm for arm, letter in allocation.letters.items()},
        opened_utc=text_of(said.get("opened_utc")),
        reason=text_of(said.get("reason")),
    )


def _study_session(folder: Path) -> StudySession:
    try:
        facts = session_facts(folder)
    except UsageError as fault:
        return StudySession(
            name=folder.name,
            label="",
            duration_s=0.0,
            simulated=None,
            clean_share=None,
            fidelity=None,
            version="",
            fault=str(fault),
        )
    delivered = _delivered(folder)
    beatless = "" if facts.quality.intervals else "no heart beat"
    return StudySession(
        name=folder.name,
        label=facts.condition or "",
        duration_s=facts.duration_s,
        simulated=facts.simulated,
        clean_share=facts.quality.clean_time_share,
        fidelity=None if delivered is None else delivered.index,
        version=facts.versions.get("relaxlisten", ""),
        fault=" ".join(facts.missing) or beatless,
    )
