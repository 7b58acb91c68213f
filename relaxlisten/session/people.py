"""What is remembered of a person between sessions, in a file of their own.

Decision: one line of JSON a session, appended when it ends: the answers to its pieces, and later how it felt. A line that
cannot be read is passed over. The file can be deleted at any time, and nothing but the choosing of pieces changes.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from relaxlisten.control.memory import Memory, PastFeeling, past_piece_from_data
from relaxlisten.errors import RelaxListenError
from relaxlisten.json_text import parse_json
from relaxlisten.messages import PieceResponse, Rating
from relaxlisten.terms import When

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relaxlisten.control.protocol import RatingQuestion
    from relaxlisten.messages import Event
    from relaxlisten.session.person_folder import PersonFolder

FILE_NAME = "responses.jsonl"


def read_memory(folder: PersonFolder) -> Memory:
    """All that is remembered; nothing where there is no file yet."""
    lines = (folder.read(FILE_NAME) or b"").decode("utf-8", "replace").splitlines()
    memory = Memory()
    for line in lines:
        memory = _with_line(memory, line)
    return memory


def _with_line(memory: Memory, line: str) -> Memory:
    try:
        data = parse_json(line)
        if "feeling" in data:  # said after the session, of the last one
            late = PastFeeling(session=memory.sessions - 1, change=float(data["feeling"]), shares=dict(data["shares"]))
            return dataclasses.replace(memory, feelings=(*memory.feelings, late))
        session = memory.sessions
        hour = float(data["hour"])
        pieces = tuple(
            past_piece_from_data({"session": session, "hour": hour, "response": response}) for response in data["pieces"]
        )
        felt = data.get("felt")
        feelings = () if felt is None else (PastFeeling(session=session, change=float(felt), shares=dict(data["shares"])),)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return memory
    return Memory(sessions=session + 1, pieces=(*memory.pieces, *pieces), feelings=(*memory.feelings, *feelings))


def remember(folder: PersonFolder, events: Sequence[Event], questions: Sequence[RatingQuestion], hour: float) -> bool:
    """Append what a session has shown; False where it has shown nothing."""
    responses = [event for event in events if isinstance(event, PieceResponse)]
    felt = felt_change((event for event in events if isinstance(event, Rating)), questions)
    if not responses:
        return False
    _append(
        folder,
        {
            "hour": hour,
            "pieces": [dataclasses.asdict(response) for response in responses],
            "felt": felt,
            "shares": _shares(responses),
        },
    )
    return True


def remember_feeling(folder: PersonFolder, events: Sequence[Event], questions: Sequence[RatingQuestion]) -> float | None:
    """Append how a session felt, where its answers came after its end; the change, or None where it is not known."""
    felt = felt_change((event for event in events if isinstance(event, Rating)), questions)
    responses = [event for event in events if isinstance(event, PieceResponse)]
    if felt is not None and responses:
        _append(folder, {"feeling": felt, "shares": _shares(responses)})
    return felt


def _shares(responses: Sequence[PieceResponse]) -> dict[str, float]:
    whole_s = sum(response.heard_s for response in responses)
    shares: dict[str, float] = {}
    for response in responses:
        shares[response.track_id] = shares.get(response.track_id, 0.0) + response.heard_s / whole_s
    return shares


def _append(folder: PersonFolder, data: dict[str, Any]) -> None:
    try:
        folder.append(FILE_NAME, (json.dumps(data, separators=(",", ":")) + "\n").encode())
    except RelaxListenError as fault:
        message = f"What this session showed could not be remembered; its record is whole. {fault}"
        raise RelaxListenError(message) from fault


def felt_change(ratings: Iterable[Rating], questions: Sequence[RatingQuestion]) -> float | None:
    """How much calmer, as a share of the scale, over all scales that were answered before and after; None where none was."""
    asked = {question.scale: question for question in questions if question.tells_calm}
    answers: dict[tuple[str, When], float] = {(rating.scale, rating.when): rating.value for rating in ratings}
    changes = []
    for scale, question in asked.items():
        before, after = answers.get((scale, When.BEFORE)), answers.get((scale, When.AFTER))
        if before is not None and after is not None:
            change = (after - before) / (question.high - question.low)
            changes.append(change if question.calm_is_high else -change)
    return sum(changes) / len(changes) if changes else None
