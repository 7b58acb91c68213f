"""What a simulated study prints: arms against each other, with confidence intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from relaxlisten.control.response import HEART, VARIABILITY
from relaxlisten.simulation.listeners import ListenerKind
from relaxlisten.simulation.tables import LAST_SESSIONS, RESPONDING, against, coverage, of_kinds, regret
from relaxlisten.terms import Arm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.simulation.sessions import ArmResult, SessionResult
    from relaxlisten.simulation.tables import Interval

GROUPS = {"who respond": RESPONDING, "who do not": (ListenerKind.NON_RESPONDER.value,)}


def _settling(result: SessionResult) -> float | None:
    return result.settling


def _heart(result: SessionResult) -> float | None:
    return result.heart_bpm


def _variability(result: SessionResult) -> float | None:
    return result.ln_rmssd


FIGURES = {"settling": _settling, "heart_bpm": _heart, "ln_rmssd": _variability}


def compared(results: Sequence[ArmResult], arms: Sequence[str]) -> dict[str, dict[str, dict[str, Interval]]]:
    """By group and arm: how much more of each figure the adaptive arm has, over the last sessions."""
    sessions = [session for arm in results for session in arm.sessions]
    last = max(session.session for session in sessions)
    first = max(last - LAST_SESSIONS + 1, 1)
    ours = Arm.ADAPTIVE.value
    return {
        group: {
            arm: {
                name: against(of_kinds(sessions, kinds), ours, arm, figure, first=first, last=last)
                for name, figure in FIGURES.items()
            }
            for arm in arms
            if arm != ours
        }
        for group, kinds in GROUPS.items()
    }


def print_study(results: Sequence[ArmResult], arms: Sequence[str]) -> None:
    """Tables for people."""
    console = Console(highlight=False)
    for group, rows in compared(results, arms).items():
        table = Table("adaptive against", "settling", "heart rate (bpm)", "ln RMSSD", "listeners", box=None)
        for arm, row in rows.items():
            figures = [row[name] for name in FIGURES]
            table.add_row(arm, *(str(figure) for figure in figures), str(figures[0].n))
        console.print(f"Listeners {group}; differences within them, with 95 % confidence intervals:")
        console.print(table)
    _print_learning(console, results)


def _print_learning(console: Console, results: Sequence[ArmResult]) -> None:
    for outcome, share in _coverages(results).items():
        console.print(f"90 % intervals of what a piece does to the {outcome} held the truth in {_percent(share)}.")
    missed = _regret(results)
    if missed is not None:
        console.print(f"Of what an oracle gains over unmodified music, the adaptive arm misses {_percent(missed)}.")
    console.print("Simulated listeners: this tests the program, and says nothing about people.")


def _percent(share: Interval) -> str:
    between = f" [{share.low:.0%}, {share.high:.0%}]" if share.n > 1 else ""
    return f"{share.mean:.1%}{between}"


def _coverages(results: Sequence[ArmResult]) -> dict[str, Interval]:
    shares = {outcome.name: coverage(results, outcome.name) for outcome in (HEART, VARIABILITY)}
    return {name: share for name, share in shares.items() if share is not None}


def _regret(results: Sequence[ArmResult]) -> Interval | None:
    sessions = of_kinds([session for arm in results for session in arm.sessions], RESPONDING)
    if not sessions:
        return None
    last = max(session.session for session in sessions)
    return regret(sessions, first=max(last - LAST_SESSIONS + 1, 1), last=last)


def summary(results: Sequence[ArmResult], arms: Sequence[str]) -> dict[str, object]:
    """The same for machines."""
    tables = {
        group: {arm: {name: _plain(one) for name, one in row.items()} for arm, row in rows.items()}
        for group, rows in compared(results, arms).items()
    }
    covered = {name: _plain(share) for name, share in _coverages(results).items()}
    missed = _regret(results)
    return {"adaptive_minus": tables, "coverage_90": covered, "regret": None if missed is None else _plain(missed)}


def _plain(one: Interval) -> list[float]:
    return [one.mean, one.low, one.high, one.n]
