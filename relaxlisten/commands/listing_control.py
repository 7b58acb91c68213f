"""What the commands about decisions, pieces and studies print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from relaxlisten.errors import UsageError
from relaxlisten.messages import Decision
from relaxlisten.terms import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.control.memory import Memory
    from relaxlisten.control.response import Effects
    from relaxlisten.messages import Track
    from relaxlisten.session.fidelity import Fidelity
    from relaxlisten.session.format import Record

_NOT_ENOUGH = "not enough data yet"


def print_decisions(record: Record, at_s: float | None) -> None:
    """All decisions of a session, or the one of each kind that held at a time with everything that it rests on."""
    decisions = [entry.event for entry in record.events if isinstance(entry.event, Decision)]
    console = Console(highlight=False, soft_wrap=True)
    if not decisions:
        raise UsageError("This session holds no decisions: it is from before they were kept, or ended before the first.")
    if at_s is None:
        for decision in decisions:
            console.print(f"{_clock(decision.time_s)}  {decision.kind.value:<6} {decision.reason}", markup=False)
        return
    held = [_last(decisions, kind, at_s) for kind in DecisionKind]
    known = [decision for decision in held if decision is not None]
    if not known:
        message = f"Nothing had been decided at {_clock(at_s)}; the first decision came at {_clock(decisions[0].time_s)}."
        raise UsageError(message)
    for decision in sorted(known, key=lambda one: one.time_s):
        _print_whole(console, decision)


def _last(decisions: Sequence[Decision], kind: DecisionKind, at_s: float) -> Decision | None:
    before = [decision for decision in decisions if decision.kind is kind and decision.time_s <= at_s]
    return before[-1] if before else None


def _print_whole(console: Console, decision: Decision) -> None:
    console.print(f"{_clock(decision.time_s)}  {decision.kind.value}: {decision.chosen}", markup=False)
    console.print(f"  why: {decision.reason}", markup=False)
    known = ", ".join(f"{name} {_value(value)}" for name, value in decision.inputs.items() if value is not None)
    console.print(f"  known then: {known}", markup=False)
    if decision.alternatives:
        others = ", ".join(f"{name} {score:g}" for name, score in decision.alternatives.items())
        console.print(f"  there was also ({decision.score}): {others}", markup=False)


def _value(value: float | str | None) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _clock(time_s: float) -> str:
    return f"{int(time_s) // 60:02d}:{int(time_s) % 60:02d}"


def print_pieces(memory: Memory, tracks: Sequence[Track]) -> None:
    """The pieces that settle a person, those that settle most first."""
    from relaxlisten.control.values import values

    console = Console(highlight=False)
    known = values(memory, tracks)
    table = Table("Piece", "Heard", "Heart rate (bpm)", "ln RMSSD", "Felt (% of scale)", box=None)
    for track in sorted(tracks, key=lambda one: -known.mean[one.track_id]):
        index = known.heart.track_ids.index(track.track_id)
        table.add_row(
            track.title,
            f"{known.heart.hearings[index]:.0f}",
            _effect(known.heart, index, 1.0, ".1f"),
            _effect(known.variability, index, 1.0, ".2f"),
            _effect(known.feeling, index, 100.0, ".0f"),
        )
    console.print(f"{memory.sessions} sessions. Each against this person's average piece, with its 90 % credible interval:")
    console.print(table)
    console.print("A lower heart rate and a higher ln RMSSD mean settling. General wellness only: no diagnosis.")


def _effect(effects: Effects, index: int, factor: float, digits: str) -> str:
    if not effects.enough(index):
        return _NOT_ENOUGH
    low, high = effects.interval(index)
    return f"{factor * float(effects.mean[index]):+{digits}} [{factor * low:+{digits}}, {factor * high:+{digits}}]"


def print_completed(rows: Sequence[tuple[str, Fidelity]]) -> None:
    """A table of sessions with how much of each was run: all that may be told of their fidelity while the arms are concealed."""
    table = Table("Session", "Completed", box=None)
    for name, one in rows:
        table.add_row(name, f"{one.completed:.3f}")
    Console(highlight=False).print(table)


def print_fidelity(rows: Sequence[tuple[str, Fidelity]]) -> None:
    """A table of sessions with how far they delivered what was intended."""
    table = Table("Session", "Fidelity", "Completed", "Audible as planned", "Tempo as planned", box=None)
    for name, one in rows:
        table.add_row(name, f"{one.index:.3f}", f"{one.completed:.3f}", f"{one.audible:.3f}", f"{one.tempo:.3f}")
    Console(highlight=False).print(table)
