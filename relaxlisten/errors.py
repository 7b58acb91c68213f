"""Faults that a person can do something about. Their text is one sentence that says what happened and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class RelaxListenError(Exception):
    """A run that failed for a reason outside the program (exit code 1)."""

    exit_code = 1


class UsageError(RelaxListenError):
    """Something asked for does not exist or cannot be understood (exit code 2)."""

    exit_code = 2


class MalformedPayload(RelaxListenError):
    """A packet that breaks its specification; names the field and the length."""


def together(ends: Iterable[RelaxListenError | None]) -> RelaxListenError | None:
    """One fault that says what all of them say, each sentence once; it ends the program as the first of them does.

    ends: how each part ended, None for well. Of several faults only the sentences and the exit code are left, for they are for a
    person to read.
    """
    faults = [fault for fault in ends if fault is not None]
    if len(faults) <= 1:
        return faults[0] if faults else None
    whole = RelaxListenError(" ".join(dict.fromkeys(map(str, faults))))
    whole.exit_code = faults[0].exit_code
    return whole


class UnplayableFile(RelaxListenError):
    """A file that holds no sound that can be played. reason: what is so, to be read after its name."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} {reason}; it is left out.")
        self.reason = reason
