"""A study's folder: its plan, its sealed allocation, its sessions, and the moment it was opened.

Decision: four kinds of file, each plain. `study.json` says what everybody may know (arms, design, protocol).
`allocation.sealed` holds the seed and who gets what, packed so that no eye reads it by accident. Sessions lie in
`sessions/P01-1` (participant and count, never an arm). `unblinded.json` is written once, when somebody opens the study, with
the time and their reason.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.control.setup import seal, unseal
from relaxlisten.errors import UsageError
from relaxlisten.json_text import parse_json
from relaxlisten.safe_files import replace_file
from relaxlisten.session.allocation import Allocation, Design, allocate, allocation_from_data, allocation_to_data
from relaxlisten.session.format import RECORD_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PLAN, SEALED, UNBLINDED, SESSIONS = "study.json", "allocation.sealed", "unblinded.json", "sessions"
_PARTICIPANT = re.compile(r"P(\d{1,4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlan:
    """What everybody may know of a study."""

    arms: tuple[str, ...]
    design: Design
    participants: int
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """The next session of a participant. label: what is shown instead of the arm."""

    participant: str
    session: int
    arm: str
    label: str
    protocol: str
    folder: Path


def new_study(folder: Path, arms: Sequence[str], design: Design, participants: int, protocol: str, seed: int) -> Allocation:
    """Make a study. Raises UsageError where there is one already."""
    if (folder / PLAN).exists():
        message = f"{folder} holds a study already: choose another folder."
        raise UsageError(message)
    allocation = allocate(arms, design, participants, seed)
    folder.mkdir(parents=True, exist_ok=True)
    plan = StudyPlan(arms=tuple(sorted(arms)), design=design, participants=participants, protocol=protocol)
    replace_file(folder / SEALED, f"{seal(allocation_to_data(allocation))}\n".encode())
    replace_file(folder / PLAN, (json.dumps(dataclasses.asdict(plan), indent=1) + "\n").encode())  # last: with it, it is a study
    return allocation


def read_plan(folder: Path) -> StudyPlan:
    """What everybody may know of a study. Raises UsageError."""
    try:
        return plan_from_text((folder / PLAN).read_bytes())
    except (OSError, ValueError) as fault:
        message = f"{folder} holds no study that can be read ({fault}): make one with `relaxlisten study new`."
        raise UsageError(message) from fault


def plan_from_text(text: bytes) -> StudyPlan:
    """The plan in a file's bytes. Raises ValueError."""
    data = parse_json(text)
    try:
        plan = StudyPlan(
            arms=tuple(data["arms"]),
            design=Design(data["design"]),
            participants=data["participants"],
            protocol=data["protocol"],
        )
    except (KeyError, TypeError) as fault:
        message = f"{PLAN} has no plan in it, or only a part of one"
        raise ValueError(message) from fault
    texts = all(isinstance(one, str) for one in (*plan.arms, plan.protocol))
    if not texts or type(plan.participants) is not int or plan.participants < 1:
        message = f"{PLAN} names no arms, no participants or no protocol"
        raise ValueError(message)
    return plan


def read_allocation(folder: Path) -> Allocation:
    """Who gets what; for the program only, until the study is opened."""
    try:
        return allocation_from_data(unseal((folder / SEALED).read_text(encoding="utf-8").strip()))
    except (OSError, ValueError) as fault:
        message = f"The allocation of {folder} cannot be read ({fault}): without it no session can be assigned."
        raise UsageError(message) from fault


def assign(folder: Path, participant: str) -> Assigned:
    """The next session of a participant (P01, P02 ...), counted by the records that lie there."""
    plan, allocation = read_plan(folder), read_allocation(folder)
    number = participant_number(participant, plan.participants)
    name = f"P{number:02d}"
    session = sum(1 for one in (folder / SESSIONS).glob(f"{name}-*") if (one / RECORD_NAME).is_file())
    arm = allocation.arm(number - 1, session)
    return Assigned(
        participant=name,
        session=session + 1,
        arm=arm,
        label=allocation.letters[arm],
        protocol=plan.protocol,
        folder=folder / SESSIONS / f"{name}-{session + 1}",
    )


def participant_number(participant: str, participants: int) -> int:
    """The number of a participant who is named P01, P02 ... Raises UsageError for anybody else."""
    match = _PARTICIPANT.fullmatch(participant)
    if match is None or not 1 <= int(match[1]) <= participants:
        message = f'"{participant}" takes no part in this study: participants are P01 to P{participants:02d}.'
        raise UsageError(message)
    return int(match[1])


def is_open(folder: Path) -> bool:
    """Whether somebody has opened the study."""
    return (folder / UNBLINDED).is_file()


def unblind(folder: Path, reason: str) -> Allocation:
    """Open a study for good: who, when and why stands in its folder from then on."""
    allocation = read_allocation(folder)
    if not is_open(folder):
        opened = {
            "opened_utc": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "reason": reason,
            **allocation_to_data(allocation),
        }
        replace_file(folder / UNBLINDED, (json.dumps(opened, indent=1) + "\n").encode())
    return allocation
