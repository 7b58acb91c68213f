"""What is remembered of a person: what the heart did with each piece, and how sessions felt.

Decision: the measurements themselves are kept, never a summary of them, so that a better model can be fitted to old sessions;
and the whole memory stands in the header of a session that used it, so that every choice can be computed again.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten.messages import PieceResponse
from relaxlisten.terms import PhaseKind

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPiece:
    """One piece of a past session. session: counts the person's sessions from 0. hour: of the day when it began, 0 to 24."""

    session: int
    hour: float
    response: PieceResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class PastFeeling:
    """How much calmer a session left its listener. change: share of the scale's range. shares: of the time, per piece."""

    session: int
    change: float
    shares: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """All that is remembered of one person. sessions: how many there were. titles: of the pieces, where they are known."""

    sessions: int = 0
    pieces: tuple[PastPiece, ...] = ()
    feelings: tuple[PastFeeling, ...] = ()


def memory_to_data(memory: Memory) -> dict[str, Any]:
    """Plain data; `memory_from_data` is its inverse."""
    return dataclasses.asdict(memory)


def memory_from_data(data: Mapping[str, Any]) -> Memory:
    """A memory from plain data. Raises KeyError, TypeError or ValueError where it is damaged."""
    return Memory(
        sessions=int(data["sessions"]),
        pieces=tuple(past_piece_from_data(piece) for piece in data["pieces"]),
        feelings=tuple(PastFeeling(**feeling) for feeling in data["feelings"]),
    )


def past_piece_from_data(data: Mapping[str, Any]) -> PastPiece:
    """One past piece from plain data."""
    response = dict(data["response"])
    response["phase"] = PhaseKind(response["phase"])
    return PastPiece(session=int(data["session"]), hour=float(data["hour"]), response=PieceResponse(**response))
