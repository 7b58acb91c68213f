"""A study from beginning to end: its records are measured, then its tables, figures and page are written.

Decision: two passes. The first measures what is not yet measured, each result to a file of its own; the second goes through these
files in the order of participants and writes row after row, so that many sessions need the memory of a few, and a study that
was killed and taken up again gives the same tables to the last bit as one that was not.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten import __version__, spreading
from relaxlisten.cohort import tables
from relaxlisten.cohort.folder import label_of, letters, places
from relaxlisten.cohort.page import overview
from relaxlisten.cohort.rules import reasons
from relaxlisten.cohort.summary import Summary
from relaxlisten.cohort.work import Done, Work, code_hash, do, remember, remembered
from relaxlisten.errors import RelaxListenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from relaxlisten.cohort.folder import Place
    from relaxlisten.cohort.rules import Rules

CACHE, SESSIONS, PHASES, EXCLUSIONS, OVERVIEW, FACTS = (
    "cache", "sessions.csv", "phases.csv", "exclusions.csv", "overview.html", "analysis.json",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A record of the study, and its result. key: the SHA-256 under which it lies; result: where it cannot lie anywhere."""

    place: Place
    key: str
    result: dict[str, Any] | None


def analyse(
    folder: Path, out: Path, rules: Rules, *, workers: int, scheduler: str | None, seen: Callable[[int, int], None]
) -> Summary:
    """Analyse a folder of sessions into another. seen: is told how many records are measured, of how many."""
    found = places(folder)
    if not found:
        message = f"There is no session in {folder}: name the folder of a study, or one with sessions below it."
        raise UsageError(message)
    try:
        out.mkdir(parents=True, exist_ok=True)
        known = _measured(found, out / CACHE, workers, scheduler, seen)
        return _written(folder, out, known, rules)
    except OSError as fault:
        message = f"The study cannot be written to {out} ({fault.strerror or fault}); what is measured is kept: run it again."
        raise RelaxListenError(message) from fault


def _measured(
    found: Sequence[Place], cache: Path, workers: int, scheduler: str | None, seen: Callable[[int, int], None]
) -> list[Known]:
    """The first pass."""
    code = code_hash()
    work = [Work(file=place.file.resolve(), cache=cache.resolve(), code=code) for place in found]
    results = spreading.on_processes(do, work, workers) if scheduler is None else spreading.on_dask(do, work, scheduler)
    known = []
    for number, (place, done) in enumerate(zip(found, results, strict=True), start=1):
        if scheduler is not None and not done.sha256 and os.access(place.file, os.R_OK):
            message = f"The cluster's workers do not see {place.file}: they need the same folders under the same names."
            raise RelaxListenError(message)
        known.append(_kept(place, done, cache, code))
        seen(number, len(found))
    return known


def _kept(place: Place, done: Done, cache: Path, code: str) -> Known:
    if done.result is not None and done.sha256:
        remember(cache, done.sha256, code, done.result)
    return Known(place=place, key=done.sha256, result=None if done.sha256 else done.result)


def _written(folder: Path, out: Path, known: Sequence[Known], rules: Rules) -> Summary:
    """The second pass."""
    cache, opened, summary = out / CACHE, letters(folder), Summary()
    scales = dict.fromkeys(name for one in known for name in _result(one, cache)["ratings"])
    columns = tables.session_columns(scales), tables.phase_columns(scales), tables.EXCLUSION
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context((out / name).open("w", encoding="utf-8")) for name in (SESSIONS, PHASES, EXCLUSIONS)]
        for file, names in zip(files, columns, strict=True):
            file.write(tables.head(names))
        for one in known:
            session, phases = _rows(one, _result(one, cache), opened, rules, summary)
            files[0].write(tables.line(columns[0], session))
            files[1].writelines(tables.line(columns[1], phase) for phase in phases)
            if session["excluded"]:
                files[2].write(tables.line(columns[2], session))
    page = overview(f"Study: {folder.resolve().name}", summary, rules, __version__)
    (out / OVERVIEW).write_text(page, encoding="utf-8")
    (out / FACTS).write_text(json.dumps(_facts(summary, rules), indent=1) + "\n", encoding="utf-8")
    return summary


def _result(one: Known, cache: Path) -> dict[str, Any]:
    found = one.result or remembered(cache, one.key, code_hash())
    if found is None:
        message = f"A result of {one.place.name} went away while the study was written: run it again."
        raise RelaxListenError(message)
    return found


def _rows(
    one: Known, result: dict[str, Any], opened: dict[str, str] | None, rules: Rules, summary: Summary
) -> tuple[dict[str, Any], Iterator[dict[str, Any]]]:
    session = result["session"]
    label, concealed = label_of(session, opened)
    why = reasons(session, rules)
    who = {
        "participant": one.place.participant,
        "session_number": one.place.number,
        "label": label,
        "concealed": concealed,
        "session": one.place.name,
        "excluded": bool(why),
        "reasons": "; ".join(reason.sentence for reason in why),
    }
    if concealed:  # an arm without music keeps its tempo without fail
        session = {**session, **dict.fromkeys(tables.OF_THE_ARM)}
    row = {**session, **result["ratings"], **who, "sha256": one.key}
    summary.session(row, why)
    beside = {name: session.get(name) for name in tables.OF_SESSION}
    phases = [{**phase, **beside, **result["ratings"], **who} for phase in result["phases"]]
    for phase in phases if not why else ():
        summary.phase(phase)
    return row, iter(phases)


def _facts(summary: Summary, rules: Rules) -> dict[str, Any]:
    """For machines: what was done with what."""
    return {
        "relaxlisten": __version__,
        "code": code_hash(),
        "rules": rules.sentences(),
        "sessions": summary.sessions,
        "counted": summary.counted,
        "simulated": summary.simulated,
        "excluded": dict(summary.why.most_common()),
    }
